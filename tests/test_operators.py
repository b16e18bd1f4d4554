"""Module 0's operators: against Python's own mathematics, and by their properties."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis.strategies import lists
from strategies import any_floats, assert_close, same, small_floats

from minitorch import MathTest, operators, property_tests
from minitorch.operators import (
    add,
    addLists,
    eq,
    exp,
    id,
    inv,
    inv_back,
    is_close,
    log,
    log_back,
    lt,
    max,
    mul,
    neg,
    negList,
    prod,
    reduce,
    relu,
    relu_back,
    sigmoid,
    zipWith,
)

# ## Task 0.1


@pytest.mark.task0_1
@given(small_floats, small_floats)
def test_same_as_python(x: float, y: float) -> None:
    assert_close(mul(x, y), x * y)
    assert_close(add(x, y), x + y)
    assert_close(neg(x), -x)
    assert_close(max(x, y), x if x > y else y)
    if abs(x) > 1e-5:
        assert_close(inv(x), 1.0 / x)


@pytest.mark.task0_1
@given(small_floats)
def test_relu(a: float) -> None:
    if a > 0:
        assert relu(a) == a
    if a < 0:
        assert relu(a) == 0.0


@pytest.mark.task0_1
@given(small_floats, small_floats)
def test_relu_back(a: float, b: float) -> None:
    if a > 0:
        assert relu_back(a, b) == b
    if a < 0:
        assert relu_back(a, b) == 0.0


@pytest.mark.task0_1
@given(small_floats)
def test_id(a: float) -> None:
    assert id(a) == a


@pytest.mark.task0_1
@given(small_floats)
def test_lt(a: float) -> None:
    """A number is above the one before it, and never below."""
    assert lt(a - 1.0, a) == 1.0
    assert lt(a, a - 1.0) == 0.0
    assert lt(a, a) == 0.0


@pytest.mark.task0_1
@given(small_floats)
def test_max(a: float) -> None:
    assert max(a - 1.0, a) == a
    assert max(a, a - 1.0) == a
    assert max(a + 1.0, a) == a + 1.0
    assert max(a, a + 1.0) == a + 1.0


@pytest.mark.task0_1
@given(small_floats)
def test_eq(a: float) -> None:
    assert eq(a, a) == 1.0
    assert eq(a, a - 1.0) == 0.0
    assert eq(a, a + 1.0) == 0.0


@pytest.mark.task0_1
@given(small_floats)
def test_is_close(a: float) -> None:
    assert is_close(a, a + 0.005)
    assert is_close(a + 0.005, a)
    assert not is_close(a, a + 0.02)
    assert not is_close(a + 0.02, a)


def _ieee(fn: Callable[[float], float], x: float, overflow: float) -> float:
    """Python's answer, with the IEEE result where Python raises instead."""
    try:
        return fn(x)
    except OverflowError:
        return overflow
    except (ValueError, ZeroDivisionError):
        return math.nan


def _agree(name: str, got: float, wanted: float, *inputs: float) -> None:
    call = f"{name}({', '.join(map(str, inputs))})"
    assert same(got, wanted), f"{call} gave {got}, but should be {wanted}"


@pytest.mark.task0_1
@given(any_floats)
@example(1000.0)
@example(-1000.0)
@example(-1.0)
@example(0.0)
@example(-1e-6)
@example(math.inf)
@example(-math.inf)
@example(math.nan)
def test_curves_against_math(x: float) -> None:
    """Any float goes in and the IEEE result comes out: inf and nan, never an exception."""
    _agree("exp", exp(x), _ieee(math.exp, x, math.inf), x)
    wanted = -math.inf if x == -1e-6 else _ieee(math.log, x + 1e-6, math.inf)
    _agree("log", log(x), wanted, x)
    if x != 0:
        _agree("inv", inv(x), 1.0 / x, x)
    if not math.isnan(x):
        got, half = sigmoid(x), 0.5 + 0.5 * math.tanh(x / 2)
        assert math.isclose(got, half, rel_tol=1e-9, abs_tol=1e-15), f"sigmoid({x}) gave {got}"


@pytest.mark.task0_1
def test_division_by_zero() -> None:
    assert inv(0.0) == math.inf
    assert inv(-0.0) == -math.inf
    assert inv_back(0.0, 2.0) == -math.inf
    assert inv_back(0.0, -2.0) == math.inf
    assert log_back(-1e-6, 2.0) == math.inf
    assert log_back(-1e-6, -2.0) == -math.inf


ONE = {"id": id, "neg": neg, "sigmoid": sigmoid, "relu": relu, "log": log, "exp": exp, "inv": inv}
TWO = {
    "mul": mul, "add": add, "lt": lt, "eq": eq, "max": max, "is_close": is_close,
    "log_back": log_back, "inv_back": inv_back, "relu_back": relu_back,
}  # fmt: skip
ODD_NUMBERS = [-1000.0, -1.0, -1e-6, -0.0, 0.0, 0.5, 710.0, math.inf, math.nan]


@pytest.mark.task0_1
@pytest.mark.parametrize("name", [*ONE, *TWO])
def test_compiles(name: str) -> None:
    """Numba compiles each operator by itself, and the compiled one gives the same numbers."""
    import numba
    from numba.core.errors import NumbaError

    fn = operators.__dict__[name]
    backwards = reversed(ODD_NUMBERS)
    inputs = [
        (x, y)[: 1 if name in ONE else 2] for x, y in zip(ODD_NUMBERS, backwards, strict=True)
    ]
    wanted = [(args, fn(*args)) for args in inputs]
    compiled: Any = numba.njit(fn)
    for args, result in wanted:
        try:
            got = float(compiled(*args))
        except NumbaError as error:
            said = str(error).strip().splitlines()[-1]
            pytest.fail(
                f"Numba can't compile {name} by itself: it takes plain arithmetic and math, no "
                f"`try`, and no other operator of yours. It says: {said}",
                pytrace=False,
            )
        _agree(f"compiled, {name}", got, float(result), *args)


@pytest.mark.task0_1
@pytest.mark.parametrize("name", [*ONE, *TWO])
def test_compiles_for_cuda(name: str) -> None:
    """The same source compiles for a GPU, as a device function; no GPU is needed for that."""
    import numba.cuda

    fn = operators.__dict__[name]
    inputs = 1 if name in ONE else 2
    fn(*[1.0] * inputs)
    cuda: Any = numba.cuda
    if not (hasattr(cuda, "compile_ptx") and cuda.cudadrv.nvvm.is_available()):
        pytest.skip("needs the CUDA toolkit's compiler (libNVVM), and not the simulator")
    ptx, _ = cuda.compile_ptx(fn, (numba.float64,) * inputs, device=True, cc=(9, 0))
    assert ".func" in ptx


# ## Task 0.2: the student's own tests, written in the guide on property testing

test_sigmoid = pytest.mark.task0_2(property_tests.test_sigmoid)
test_transitive = pytest.mark.task0_2(property_tests.test_transitive)
test_symmetric = pytest.mark.task0_2(property_tests.test_symmetric)
test_distribute = pytest.mark.task0_2(property_tests.test_distribute)
test_other = pytest.mark.task0_2(property_tests.test_other)


# ## Task 0.3


@pytest.mark.task0_3
@given(small_floats, small_floats, small_floats, small_floats)
def test_zip_with(a: float, b: float, c: float, d: float) -> None:
    x1, x2 = addLists([a, b], [c, d])
    assert_close(x1, a + c)
    assert_close(x2, b + d)
    assert list(zipWith(lambda x, y: x - y)([a, b], [c, d])) == [a - c, b - d]


@pytest.mark.task0_3
@given(
    lists(small_floats, min_size=5, max_size=5),
    lists(small_floats, min_size=5, max_size=5),
)
def test_sum_distribute(ls1: list[float], ls2: list[float]) -> None:
    """The sums of two lists add up to the sum of the lists added pair by pair."""
    assert_close(operators.sum(ls1) + operators.sum(ls2), operators.sum(addLists(ls1, ls2)))


@pytest.mark.task0_3
@given(lists(small_floats))
def test_sum(ls: list[float]) -> None:
    assert_close(operators.sum(ls), builtins.sum(ls))


@pytest.mark.task0_3
@given(small_floats, small_floats, small_floats)
def test_prod(x: float, y: float, z: float) -> None:
    assert_close(prod([x, y, z]), x * y * z)
    assert prod([]) == 1


@pytest.mark.task0_3
@given(lists(small_floats))
def test_negList(ls: list[float]) -> None:
    assert list(negList(ls)) == [-x for x in ls]


@pytest.mark.task0_3
@given(lists(small_floats))
def test_map(ls: list[float]) -> None:
    """`map` gives what the built-in one gives, also for an iterator that can be read only once."""
    assert list(operators.map(abs)(ls)) == list(builtins.map(abs, ls))
    assert list(operators.map(abs)(iter(ls))) == list(builtins.map(abs, ls))


@pytest.mark.task0_3
@given(lists(small_floats), small_floats)
def test_reduce_order(ls: list[float], start: float) -> None:
    """`reduce` begins with start and takes the numbers from left to right."""
    steps: list[tuple[float, float]] = []

    def latest(x: float, so_far: float) -> float:
        steps.append((x, so_far))
        return x

    result = reduce(latest, start)(ls)
    wanted = list(zip(ls, [start, *ls], strict=False))
    assert steps == wanted, (
        f"reduce(fn, {start})({ls}) called fn with {steps}, but should with {wanted}: each number "
        "from the left, with the result so far, which begins as start"
    )
    assert result == [start, *ls][-1], f"reduce gave {result}, not what fn returned last"


# ## The functions that later modules are tested with

one_arg, two_arg, _ = MathTest._comp_testing()


@given(small_floats)
@pytest.mark.parametrize("fn", one_arg, ids=lambda fn: fn[0])
def test_one_args(fn: tuple[str, Callable[..., float], object], t1: float) -> None:
    name, base_fn, _ = fn
    assert isinstance(base_fn(t1), (int, float)), name


@given(small_floats, small_floats)
@pytest.mark.parametrize("fn", two_arg, ids=lambda fn: fn[0])
def test_two_args(fn: tuple[str, Callable[..., float], object], t1: float, t2: float) -> None:
    name, base_fn, _ = fn
    if name == "div2" and t2 == -5.5:
        return
    assert isinstance(base_fn(t1, t2), (int, float)), name


@given(small_floats, small_floats)
def test_backs(a: float, b: float) -> None:
    """The slope helpers agree with the slope measured between two near points."""
    relu_back(a, b)
    inv_back(a + 2.4, b)
    log_back(abs(a) + 4, b)
    x, eps = abs(a) + 1.0, 1e-4
    assert_close(log_back(x, 1.0), (log(x + eps) - log(x - eps)) / (2 * eps))
    assert_close(inv_back(x, 1.0), (inv(x + eps) - inv(x - eps)) / (2 * eps))
