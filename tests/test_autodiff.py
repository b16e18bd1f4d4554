"""Module 1's chain rule and backpropagation."""

from __future__ import annotations

from typing import Any

import pytest

import minitorch
from minitorch import Context, Scalar, ScalarFunction, ScalarHistory, derivative_check


class Function1(ScalarFunction):
    """f(x, y) = x + y + 10."""

    @staticmethod
    def forward(ctx: Context, x: float, y: float) -> float:
        return x + y + 10

    @staticmethod
    def backward(ctx: Context, d_output: float) -> tuple[float, float]:
        return d_output, d_output


class Function2(ScalarFunction):
    """f(x, y) = x · y + x."""

    @staticmethod
    def forward(ctx: Context, x: float, y: float) -> float:
        ctx.save_for_backward(x, y)
        return x * y + x

    @staticmethod
    def backward(ctx: Context, d_output: float) -> tuple[float, float]:
        x, y = ctx.saved_values
        return d_output * (y + 1), d_output * x


class Double(ScalarFunction):
    """f(x) = 2 · x; its backward returns a number, not a tuple."""

    @staticmethod
    def forward(ctx: Context, x: float) -> float:
        return 2 * x

    @staticmethod
    def backward(ctx: Context, d_output: float) -> float:
        return 2 * d_output


# Task 1.3


@pytest.mark.task1_3
def test_chain_rule1() -> None:
    x = Scalar(0.0)
    y = Scalar(0.0, ScalarHistory(Function1, ctx=Context(), inputs=[x, x]))
    assert [d for _, d in y.chain_rule(d_output=5)] == [5, 5]


@pytest.mark.task1_3
def test_chain_rule2() -> None:
    var = Scalar(0.0, ScalarHistory())
    y = Function1.apply(var, 0.0)
    (first, d), _ = y.chain_rule(d_output=5)
    assert first is var
    assert d == 5


@pytest.mark.task1_3
def test_chain_rule3() -> None:
    """A constant is in the pairs; the older chain rule leaves it out."""
    constant, var = 10, Scalar(5)
    y = Function2.apply(constant, var)
    pairs = list(y.chain_rule(d_output=5))
    assert len(pairs) == 2
    assert pairs[0][0].is_constant()
    assert pairs[1][0] is var
    assert pairs[1][1] == 5 * 10
    older = list(Function2.chain_rule(y.history.ctx, [constant, var], 5))
    assert [(v is var, d) for v, d in older] == [(True, 50)]


@pytest.mark.task1_3
def test_chain_rule4() -> None:
    var1, var2 = Scalar(5), Scalar(10)
    y = Function2.apply(var1, var2)
    back = list(y.chain_rule(d_output=5))
    assert [v for v, _ in back] == [var1, var2]
    assert [d for _, d in back] == [5 * (10 + 1), 5 * 5]


@pytest.mark.task1_3
def test_chain_rule_of_one_argument() -> None:
    x = Scalar(3.0)
    ((variable, d),) = Double.apply(x).chain_rule(7.0)
    assert variable is x
    assert d == 14.0


# Task 1.4


@pytest.mark.task1_4
def test_backprop1() -> None:
    var = Scalar(0)
    Function1.apply(0, var).backward(d_output=5)
    assert var.derivative == 5


@pytest.mark.task1_4
def test_backprop2() -> None:
    var = Scalar(0)
    var2 = Function1.apply(0, var)
    Function1.apply(0, var2).backward(d_output=5)
    assert var.derivative == 5


@pytest.mark.task1_4
def test_backprop3() -> None:
    """One variable, used twice."""
    var1 = Scalar(0)
    var2 = Function1.apply(0, var1)
    var3 = Function1.apply(0, var1)
    Function1.apply(var2, var3).backward(d_output=5)
    assert var1.derivative == 10


@pytest.mark.task1_4
def test_backprop4() -> None:
    """A diamond on top of a chain."""
    var0 = Scalar(0)
    var1 = Function1.apply(0, var0)
    var2 = Function1.apply(0, var1)
    var3 = Function1.apply(0, var1)
    Function1.apply(var2, var3).backward(d_output=5)
    assert var0.derivative == 10


@pytest.mark.task1_4
def test_topological_order() -> None:
    x, y = Scalar(2.0), Scalar(3.0)
    z = x * y
    out = z.log() + z.exp() + 1.0
    order = list(minitorch.topological_sort(out))
    assert len(order) == len(set(order)) == 7  # the constant 1.0 is left out
    assert order[0] is out
    place = {node: i for i, node in enumerate(order)}
    for node in order:
        for parent in node.parents:
            assert parent.is_constant() or place[parent] > place[node], f"{parent} before {node}"


@pytest.mark.task1_4
def test_slopes_at_kinks_and_poles() -> None:
    """ReLU is flat at 0, and 1/x has no slope there that a float could hold."""
    slopes = []
    for x, f in ((0.0, Scalar.relu), (0.0, lambda v: 1 / v), (1e-200, lambda v: 1 / v)):
        at = Scalar(x)
        f(at).backward()
        slopes.append(at.derivative)
    assert slopes == [0.0, -float("inf"), -float("inf")], f"ReLU, 1/x, 1/x gave {slopes}"


@pytest.mark.task1_4
def test_only_leaves_keep_a_derivative() -> None:
    x = Scalar(2.0)
    y = x * x
    z = y + 1.0
    z.backward()
    assert x.derivative == 4.0
    assert y.derivative is None and z.derivative is None
    assert z.history.inputs[1].derivative is None


@pytest.mark.task1_4
def test_derivatives_add_up_over_calls() -> None:
    x = Scalar(3.0)
    y = x * x
    y.backward()
    y.backward()
    assert x.derivative == 12.0
    x.backward(1.0)
    assert x.derivative == 13.0


@pytest.mark.task1_4
def test_reuse_takes_linear_time() -> None:
    x = y = Scalar(1.0)
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.derivative == 2.0**60


@pytest.mark.task1_4
def test_long_chain() -> None:
    x = y = Scalar(1.0)
    for _ in range(20_000):
        y = y + 1.0
    y.backward()
    assert x.derivative == 1.0


# Given code


def test_backward_of_a_constant() -> None:
    with pytest.raises(RuntimeError, match=r"Scalar\(3\.0\), a constant: nothing was recorded"):
        Scalar(3.0, None).backward()


def test_derivatives_only_for_leaves() -> None:
    y = Double.apply(Scalar(1.0))
    with pytest.raises(RuntimeError, match="made by Double"):
        y.accumulate_derivative(1.0)
    with pytest.raises(RuntimeError, match="a constant"):
        Scalar(1.0, None).accumulate_derivative(1.0)


def test_wrong_number_of_derivatives() -> None:
    class OneShort(Function2):
        """Forgets the second derivative."""

        @staticmethod
        def backward(ctx: Context, d_output: float) -> Any:
            return d_output

    y = OneShort.apply(Scalar(2.0), Scalar(3.0))
    with pytest.raises(ValueError, match=r"OneShort\.backward returned 1 .* for 2 input"):
        OneShort._backward(y.history.ctx, 1.0)


def _with_backward(backward: Any) -> Any:
    """Function2 with another backward."""
    return type("Wrong", (Function2,), {"backward": staticmethod(backward)}).apply  # type: ignore


@pytest.mark.task1_4
@pytest.mark.parametrize(
    ("backward", "guess"),
    [
        (lambda ctx, d: (d * 4, -d * 2), r"argument 1: backward gives -2, .* is 2, .*sign"),
        (lambda ctx, d: (d * 8, d * 2), r"argument 0: backward gives 8, .* is 4, .*2 times"),
        (lambda ctx, d: (d * 4, 0.0), r"argument 1: .*Nothing arrived"),
        (lambda ctx, d: (d * 2, d * 4), r"argument 0: .*another argument's.*\n.*argument 1: .*"),
        (lambda ctx, d: (d * 4, d), r"argument 1: .*passed on unchanged"),
    ],
)
def test_derivative_check_says_what_is_wrong(backward: Any, guess: str) -> None:
    with pytest.raises(AssertionError, match=guess):
        derivative_check(_with_backward(backward), Scalar(2.0), Scalar(3.0))


@pytest.mark.task1_4
def test_derivative_check_at_a_kink() -> None:
    derivative_check(lambda x: x.relu(), Scalar(0.0))
    derivative_check(lambda x: abs(x), Scalar(0.0))
    derivative_check(lambda x, y: x < y, Scalar(1.0), Scalar(1.0))
    derivative_check(lambda x: 1 / x, Scalar(0.0))


@pytest.mark.task1_4
@pytest.mark.parametrize("a", [-1.5, 0.5, 2.0])
def test_given_functions(a: float) -> None:
    derivative_check(abs, Scalar(a))
    derivative_check(lambda x: x**3, Scalar(a))
    derivative_check(lambda x: x**-2, Scalar(a))
    derivative_check(lambda x, y: x**y, Scalar(abs(a)), Scalar(a))
    derivative_check(lambda x: 2**x, Scalar(a))
