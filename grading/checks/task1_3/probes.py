"""Probes for Task 1.3."""

from __future__ import annotations

from random import Random
from typing import Any

REQUIRES = ("task0_1", "task1_2")
SECTION = "guides/module1/03_autodifferentiation.html#task-1-3"
TOLERANCE = 1e-6
RELEASED = ("probe_one_input", "probe_two_inputs")
PARTS = {
    "probe_older_surface": ("a history put together by hand", "the function's own chain_rule"),
}


def _functions(mt: Any) -> tuple[Any, Any, Any]:
    """Make functions of one, two and three arguments that the course has nowhere else."""

    class Triple(mt.ScalarFunction):
        @staticmethod
        def forward(ctx: Any, a: float) -> float:
            return 3 * a

        @staticmethod
        def backward(ctx: Any, d_output: float) -> float:
            return 3 * d_output

    class Mixed(mt.ScalarFunction):
        @staticmethod
        def forward(ctx: Any, a: float, b: float) -> float:
            ctx.save_for_backward(a, b)
            return a * a * b + a

        @staticmethod
        def backward(ctx: Any, d_output: float) -> tuple[float, float]:
            a, b = ctx.saved_values
            return d_output * (2 * a * b + 1), d_output * a * a

    class Weighted(mt.ScalarFunction):
        @staticmethod
        def forward(ctx: Any, a: float, b: float, c: float) -> float:
            return a + 2 * b + 3 * c

        @staticmethod
        def backward(ctx: Any, d_output: float) -> tuple[float, float, float]:
            return d_output, 2 * d_output, 3 * d_output

    return Triple, Mixed, Weighted


def _read(out: Any, d_output: float, names: dict[Any, str]) -> list[list[Any]]:
    """Return the pairs with each variable's name, its number and the derivative."""
    pairs = list(out.chain_rule(d_output))
    return [[names.get(v, "constant"), v.data, d] for v, d in pairs]


def probe_one_input(mt: Any, rng: Random) -> Any:
    """Look at a function whose backward returns a number: one pair comes out."""
    triple, _, _ = _functions(mt)
    found = []
    for _ in range(4):
        x, d = mt.Scalar(rng.uniform(-5, 5)), rng.uniform(-5, 5)
        found.append(_read(triple.apply(x), d, {x: "x"}))
    return found


def probe_two_inputs(mt: Any, rng: Random) -> Any:
    """Look at the order of the pairs and at derivatives that need the saved values."""
    _, mixed, _ = _functions(mt)
    found = []
    for _ in range(4):
        x, y = mt.Scalar(rng.uniform(-5, 5)), mt.Scalar(rng.uniform(-5, 5))
        found.append(_read(mixed.apply(x, y), rng.uniform(-5, 5), {x: "x", y: "y"}))
    return found


def probe_constants(mt: Any, rng: Random) -> Any:
    """Look at functions of a Scalar and plain numbers: each input has its pair."""
    _, mixed, weighted = _functions(mt)
    x = mt.Scalar(rng.uniform(-5, 5))
    n = rng.randint(2, 9)
    results = (mixed.apply(n, x), mixed.apply(x, n), weighted.apply(1.0, x, n))
    return [_read(out, 5.0, {x: "x"}) for out in results]


def probe_same_input_twice(mt: Any, rng: Random) -> Any:
    """Look at one variable in two places: it has two pairs, not yet added up."""
    _, mixed, weighted = _functions(mt)
    x = mt.Scalar(rng.uniform(-5, 5))
    d = rng.uniform(1, 5)
    return [_read(f, d, {x: "x"}) for f in (mixed.apply(x, x), weighted.apply(x, 1, x))]


def probe_starting_derivatives(mt: Any, rng: Random) -> Any:
    """Look at several derivatives of the output: 0, 1, negative, infinite."""
    _, mixed, _ = _functions(mt)
    x, y = mt.Scalar(2.0), mt.Scalar(rng.uniform(1, 5))
    out = mixed.apply(x, y)
    return [_read(out, d, {x: "x", y: "y"}) for d in (0.0, 1.0, -2.5, float("inf"))]


def probe_older_surface(mt: Any, rng: Random) -> Any:
    """Look at a history put together by hand, and at the function's own chain_rule."""
    triple, mixed, _ = _functions(mt)
    x = mt.Scalar(rng.uniform(-5, 5))
    made = mt.Scalar(0.0, mt.ScalarHistory(triple, ctx=mt.Context(), inputs=[x]))
    ctx = mt.Context()
    mixed.forward(ctx, 4.0, x.data)
    without_constants = list(mixed.chain_rule(ctx, [4.0, x], 2.0))
    return [_read(made, 7.0, {x: "x"}), [[v is x, d] for v, d in without_constants]]
