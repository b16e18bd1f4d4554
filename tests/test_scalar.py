"""Module 1's numbers that remember: central difference, Scalars and their functions."""

from __future__ import annotations

import copy
import math
import pickle
import threading
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import floats, lists
from strategies import assert_close, small_floats

import minitorch
from minitorch import (
    Context,
    FunctionBase,
    MathTestVariable,
    Scalar,
    ScalarFunction,
    ScalarHistory,
    central_difference,
    derivative_check,
    no_grad,
    operators,
)

one_arg, two_arg, _ = MathTestVariable._comp_testing()
scalars = small_floats.map(Scalar)


def nearly(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-3, abs_tol=1e-3)


# Task 1.1


@pytest.mark.task1_1
def test_central_diff() -> None:
    d = central_difference(operators.id, 5, arg=0)
    assert_close(d, 1.0)

    d = central_difference(operators.add, 5, 10, arg=0)
    assert_close(d, 1.0)

    d = central_difference(operators.mul, 5, 10, arg=0)
    assert_close(d, 10.0)

    d = central_difference(operators.mul, 5, 10, arg=1)
    assert_close(d, 5.0)

    d = central_difference(operators.exp, 2, arg=0)
    assert_close(d, math.exp(2.0))


@pytest.mark.task1_1
@given(small_floats)
def test_central_diff_looks_at_both_sides(x: float) -> None:
    # At a parabola's vertex the slopes of the two sides cancel, however wide the step.
    slope = central_difference(lambda t: (t - x) ** 2, x, epsilon=0.5)
    assert nearly(slope, 0.0), (
        f"At the vertex {x} of a parabola the slope is 0, not {slope}: is it measured on one side?"
    )


@pytest.mark.task1_1
def test_central_diff_leaves_the_arguments_alone() -> None:
    seen: list[tuple[float, ...]] = []

    def f(*vals: float) -> float:
        seen.append(vals)
        return sum(vals)

    central_difference(f, 1.0, 2.0, 3.0, arg=1, epsilon=0.25)
    wanted = [(1.0, 1.75, 3.0), (1.0, 2.25, 3.0)]
    assert sorted(seen) == wanted, (
        f"arg=1 with epsilon=0.25 at (1, 2, 3) asks f at {wanted}, but it was asked at {seen}: one "
        "point on each side, and the other arguments stand still"
    )


# Task 1.2


@given(small_floats, small_floats)
@pytest.mark.task1_2
@pytest.mark.parametrize("fn", one_arg)
def test_one_args(fn: tuple[str, Callable, Callable], t1: float, t2: float) -> None:
    _, base_fn, scalar_fn = fn
    out = scalar_fn(Scalar(t1))
    assert_close(out.data, base_fn(t1))
    assert out == out.data


@given(small_floats, small_floats)
@pytest.mark.task1_2
@pytest.mark.parametrize("fn", two_arg)
def test_two_args(fn: tuple[str, Callable, Callable], t1: float, t2: float) -> None:
    _, base_fn, scalar_fn = fn
    got, want = scalar_fn(Scalar(t1), Scalar(t2)).data, base_fn(t1, t2) if t2 != -5.5 else None
    if want is not None:
        assert math.isclose(got, want, rel_tol=1e-9, abs_tol=1e-2)


@given(small_floats)
def test_simple(x: float) -> None:
    assert_close((Scalar(x) + Scalar(2.0)).data, x + 2)
    assert_close((Scalar(x) * 3).data, x * 3)
    assert_close(Scalar(x).relu().data, operators.relu(x))
    assert_close(Scalar(x).sigmoid().data, operators.sigmoid(x))


@pytest.mark.task1_2
@given(small_floats, small_floats)
def test_numbers_from_both_sides(a: float, b: float) -> None:
    assert (Scalar(a) + b).data == (a + Scalar(b)).data == a + b
    assert (Scalar(a) - b).data == (a - Scalar(b)).data == a - b
    assert (Scalar(a) * b).data == (a * Scalar(b)).data == a * b
    assert (-Scalar(a)).data == -a


@pytest.mark.task1_2
@given(small_floats, small_floats)
def test_comparisons_are_scalars(a: float, b: float) -> None:
    x, y = Scalar(a), Scalar(b)
    assert [(x < y).data, (x > y).data, (x == y).data] == [a < b, a > b, a == b]
    assert [(x <= y).data, (x >= y).data, (x != y).data] == [a <= b, a >= b, a != b]
    assert [(x < b).data, (a < y).data, (a > y).data] == [a < b, a < b, a > b]


@pytest.mark.task1_2
@given(lists(small_floats, min_size=1, max_size=10))
def test_sorting(xs: list[float]) -> None:
    assert [x.data for x in sorted(map(Scalar, xs))] == sorted(xs)
    assert max(map(Scalar, xs)).data == max(xs)


@pytest.mark.task1_2
def test_ieee_results() -> None:
    inf = math.inf
    assert (1 / Scalar(0.0)).data == inf
    assert (Scalar(-1.0) / 0.0).data == -inf
    assert Scalar(1000.0).exp().data == inf
    assert math.isnan(Scalar(-1.0).log().data)
    assert [Scalar(1000.0).sigmoid().data, Scalar(-1000.0).sigmoid().data] == [1.0, 0.0]
    nan = Scalar(math.nan)
    assert nan != nan
    assert not nan <= nan


@pytest.mark.task1_2
def test_saved_values_follow_need() -> None:
    x = Scalar(10.0)
    assert (x * x).history.ctx.saved_values
    assert (x.detach() * 2.0).is_constant()
    assert (Scalar(1.0) + 2.0).history.inputs[1].is_constant()


# Task 1.4


@given(small_floats)
@pytest.mark.task1_4
@pytest.mark.parametrize("fn", one_arg)
def test_one_derivative(fn: tuple[str, Callable, Callable], t1: float) -> None:
    _, _, scalar_fn = fn
    derivative_check(scalar_fn, Scalar(t1))


@given(small_floats, small_floats)
@pytest.mark.task1_4
@pytest.mark.parametrize("fn", two_arg)
def test_two_derivative(fn: tuple[str, Callable, Callable], t1: float, t2: float) -> None:
    _, _, scalar_fn = fn
    derivative_check(scalar_fn, Scalar(t1), Scalar(t2))


# Given code: how a Scalar behaves as a number.


def test_repr_format_and_conversions() -> None:
    x = Scalar(2.567)
    assert repr(Scalar(10)) == str(Scalar(10)) == f"{Scalar(10)}" == "Scalar(10.0)"
    assert f"{x:.1f}" == "2.6"
    assert [float(x), int(x), round(x, 1), round(x), math.floor(x)] == [2.567, 2, 2.6, 3, 2]
    assert bool(x) and not Scalar(0.0)
    assert type(Scalar(np.float64(3)).data) is float
    assert x.item() == 2.567


def test_a_scalar_is_a_key() -> None:
    x, y = Scalar(1.0), Scalar(1.0)
    assert len({x, y}) == 2
    assert {x: "x", y: "y"}[x] == "x"


def test_names() -> None:
    x = Scalar(1.0, name="x")
    y = Scalar(2.0)
    assert x.name == "x"
    assert y.name == str(y.unique_id)
    assert x.unique_id != y.unique_id
    y.name = "y"
    assert y.name == "y"


def test_copies() -> None:
    x = Scalar(3.0, name="x")
    for y in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert y.data == 3.0
        assert y.is_leaf()


@given(floats(0.1, 5), floats(-3, 3))
def test_power(a: float, b: float) -> None:
    assert math.isclose((Scalar(a) ** b).data, a**b)
    assert math.isclose((a ** Scalar(b)).data, a**b)


def test_power_at_the_edges() -> None:
    def power(a: float, b: float) -> float:
        return (Scalar(a) ** b).data

    assert [power(-2, 3), power(0, 0), power(0, 2)] == [-8, 1, 0]
    assert power(0.0, -1) == power(10.0, 400) == math.inf
    assert power(-0.0, -1) == power(-10.0, 401) == -math.inf
    assert math.isnan(power(-8, 1 / 3))


def test_operators_without_derivative_are_refused() -> None:
    for bad in (lambda x: x % 2, lambda x: 7 % x, lambda x: x // 2, lambda x: x @ 2):
        with pytest.raises(TypeError, match=r"no operator .*Scalar\(3\.0\).* and [27]"):
            bad(Scalar(3.0))


@pytest.mark.parametrize("bad", ["a", None, [1.0], 1j, np.array([1.0, 2.0])])
def test_operands_that_are_no_numbers(bad: object) -> None:
    for attempt in (lambda: Scalar(2.0) * bad, lambda: bad * Scalar(2.0)):  # type: ignore
        with pytest.raises(TypeError, match=r"Mul takes Scalars and plain numbers.*"):
            attempt()


def test_a_forgotten_return_is_guessed() -> None:
    with pytest.raises(TypeError, match=r"one operand is None.*forget `return`"):
        Scalar(2.0) * None  # type: ignore


@pytest.mark.parametrize("bad", ["3", None, Scalar(1.0), [1]])
def test_scalar_of_no_number(bad: object) -> None:
    with pytest.raises(TypeError, match=r"Scalar\(\.\.\.\) takes a number"):
        Scalar(bad)  # type: ignore


def test_forward_without_return() -> None:
    class Forgot(ScalarFunction):
        """Computes and forgets to return."""

        @staticmethod
        def forward(ctx: Context, a: float) -> None:
            a * a  # noqa: B018

    with pytest.raises(TypeError, match=r"Forgot\.forward returned None"):
        Forgot.apply(Scalar(1.0))
    with pytest.raises(NotImplementedError, match="two static methods"):
        ScalarFunction.apply(1.0)


def test_a_family_without_variables() -> None:
    class Lonely(FunctionBase):
        """Of a family that never said what it works on."""

    with pytest.raises(RuntimeError, match="Lonely doesn't know which variables"):
        Lonely.apply(1.0)


def test_no_grad() -> None:
    x = Scalar(2.0)
    with no_grad():
        assert (x + 1).is_constant()
        with no_grad():
            pass
        assert (x + 1).is_constant()
    assert not (x + 1).is_constant()

    @no_grad()
    def plus_one(t: Scalar) -> Scalar:
        return t + 1

    assert plus_one(x).is_constant()
    with pytest.raises(ValueError), no_grad():
        raise ValueError
    assert not (x + 1).is_constant()


def test_no_grad_is_of_its_thread() -> None:
    recorded = []

    def elsewhere() -> None:
        recorded.append(not (Scalar(1.0) ** 2).is_constant())

    with no_grad():
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert recorded == [True]


def test_requires_grad() -> None:
    x = Scalar(2.0)
    assert x.requires_grad()
    x.requires_grad_(False)
    assert x.is_constant() and (x + 1).is_constant()
    x.requires_grad_(True)
    assert x.is_leaf()
    y = x + 1
    y.requires_grad_(True)
    assert not y.is_leaf()
    with pytest.raises(RuntimeError, match="computed by Add"):
        y.requires_grad_(False)
    assert y.detach().is_constant() and y.detach().data == y.data


def test_older_surface() -> None:
    assert minitorch.scalar.central_difference is central_difference
    assert minitorch.scalar.ScalarFunction is ScalarFunction
    x = Scalar(1.0, back=ScalarHistory(), name="x")
    assert x.is_leaf()
    x.grad = 2.0
    assert x.derivative == x.grad == 2.0
    functions = minitorch.scalar_functions
    assert functions.wrap_tuple(1) == functions.wrap_tuple((1,)) == (1,)
    assert functions.unwrap_tuple((1,)) == 1
    assert functions.unwrap_tuple((1, 2)) == (1, 2)
    assert functions.Add._forward(Context(), 1.0, 2.0) == 3.0
    lone = minitorch.Variable(ScalarHistory(), name="v")
    assert lone.name == "v" and lone.derivative is None and lone.is_leaf()


def test_make_graph() -> None:
    x = Scalar(2.0, name="x")
    svg = minitorch.make_graph(x**3.0)
    assert svg.startswith("<svg") and "Pow" in svg
