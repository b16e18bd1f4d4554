"""Probes for Task 1.2."""

from __future__ import annotations

from random import Random
from typing import Any

REQUIRES = ("task0_1",)
SECTION = "guides/module1/02_scalar.html#task-1-2"
TOLERANCE = 1e-6
RELEASED = ("probe_arithmetic", "probe_plain_numbers")
PARTS = {
    "probe_arithmetic[]": ("x * y", "x + y", "x - y", "x / y", "-x"),
    "probe_plain_numbers[]": (
        "x * n", "n * x", "x + n", "n + x", "x - n", "n - x", "n / x", "x / n",
    ),
    "probe_comparisons[]": ("x < y", "x > y", "x == y", "x < n", "x > n", "x == n"),
    "probe_functions[]": ("exp", "log", "sigmoid", "relu"),
    "probe_forward[]": ("Inv", "Neg", "Sigmoid", "ReLU", "Exp", "Mul", "LT", "EQ"),
    "probe_history": ("what a result came from", "the function of a log", "after detach"),
}  # fmt: skip


def _pairs(rng: Random, n: int = 8) -> list[tuple[float, float]]:
    return [(rng.uniform(-10, 10), rng.uniform(-10, 10)) for _ in range(n)]


def _data(x: Any) -> Any:
    """Return a Scalar's number, or for anything else its type's name."""
    return x.data if hasattr(x, "history") else type(x).__name__


def probe_arithmetic(mt: Any, rng: Random) -> Any:
    """Look at a · b, a + b, a - b, a / b and -a for Scalars."""
    found = []
    for a, b in _pairs(rng):
        x, y = mt.Scalar(a), mt.Scalar(b)
        found.append([_data(v) for v in (x * y, x + y, x - y, x / y, -x)])
    return found


def probe_plain_numbers(mt: Any, rng: Random) -> Any:
    """Look at Scalars with plain numbers on either side, ints among them."""
    found = []
    for a, _ in _pairs(rng):
        x, n = mt.Scalar(a), rng.randint(1, 9)
        found.append([_data(v) for v in (x * n, n * x, x + n, n + x, x - n, n - x, n / x, x / n)])
    return found


def probe_comparisons(mt: Any, rng: Random) -> Any:
    """Look at <, > and == of Scalars and numbers, equal ones and NaN among them."""
    nan = float("nan")
    pairs = [*_pairs(rng, 4), (2.0, 2.0), (0.0, -0.0), (nan, nan), (1.0, nan)]
    found = []
    for a, b in pairs:
        x, y = mt.Scalar(a), mt.Scalar(b)
        found.append([_data(v) for v in (x < y, x > y, x == y, x < b, x > b, x == b)])
    return found


def probe_functions(mt: Any, rng: Random) -> Any:
    """Look at exp, log, sigmoid and relu for small numbers of both signs, and 0."""
    found = []
    for a in [0.0, *(rng.uniform(-5, 5) for _ in range(8))]:
        x = mt.Scalar(a)
        found.append([_data(v) for v in (x.exp(), x.log(), x.sigmoid(), x.relu())])
    return found


def probe_edges(mt: Any, rng: Random) -> Any:
    """Look at huge numbers, infinities, NaN and the inverse of 0: no answer raises an error."""
    numbers = [1e3, -1e3, float("inf"), float("-inf"), 0.0, -0.0]
    nan = mt.Scalar(float("nan"))
    nan.relu()  # 0 or NaN, both are in use
    found = [[_data(v) for v in (nan.exp(), nan.log(), nan.sigmoid(), 1 / nan, -nan, nan * 2)]]
    for x in map(mt.Scalar, numbers):
        found.append(
            [_data(v) for v in (x.exp(), x.log(), x.sigmoid(), x.relu(), 1 / x, -x, x * 2)]
        )
    return found


def probe_forward(mt: Any, rng: Random) -> Any:
    """Look at what each forward returns for plain numbers."""
    from importlib import import_module

    functions = import_module(f"{mt.__name__}.scalar_functions")
    one = ["Inv", "Neg", "Sigmoid", "ReLU", "Exp"]
    two = ["Mul", "LT", "EQ"]
    found = []
    for a, b in _pairs(rng, 4):
        results = [getattr(functions, name).forward(mt.Context(), a) for name in one]
        results += [getattr(functions, name).forward(mt.Context(), a, b) for name in two]
        found.append([float(r) for r in results])
    return found


def probe_history(mt: Any, rng: Random) -> Any:
    """Look at what results remember: walking back from each leads to the Scalars it came from."""
    a, b = _pairs(rng, 1)[0]
    x, y = mt.Scalar(a), mt.Scalar(b)
    found = []
    for out in (x + y, x - y, x * y, -x, x < y, x > y, x == y, x.exp(), x.sigmoid(), x.relu()):
        nodes, seen = [out], []
        while nodes:
            node = nodes.pop()
            seen.append(node)
            nodes.extend(node.parents)
        found.append([any(n is x for n in seen), any(n is y for n in seen), out.is_constant()])
    return [found, (x.log()).history.last_fn.__name__, _data((x + 1).detach() + 1)]
