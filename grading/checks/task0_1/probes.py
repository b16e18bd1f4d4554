"""Probes for Task 0.1."""

from __future__ import annotations

import math
from random import Random
from typing import Any

REQUIRES = ()
SECTION = "guides/module0/03_functional.html#task-0-1"
TOLERANCE = 1e-6
RELEASED = ("probe_arithmetic", "probe_relu")
PARTS = {
    "probe_arithmetic": ("mul", "add", "neg", "id"),
    "probe_comparisons": ("lt", "eq"),
    "probe_relu": ("relu", "relu_back"),
    "probe_log_and_exp": ("log", "exp"),
    "probe_inverse_and_slopes": ("inv", "inv_back", "log_back"),
}


def _numbers(rng: Random, count: int, size: float = 10.0) -> list[float]:
    return [rng.uniform(-size, size) for _ in range(count)]


def _answer(fn: Any, *args: float) -> Any:
    """Return what the operator gives as a float, or the name of the exception that it raises."""
    try:
        return float(fn(*args))
    except (ArithmeticError, ValueError, RecursionError) as error:
        return type(error).__name__


def probe_arithmetic(mt: Any, rng: Random) -> Any:
    """Look at mul, add, neg and id on numbers of either sign, large, small and zero."""
    xs = [*_numbers(rng, 15), *_numbers(rng, 5, 1e6), 0.0, math.inf]
    ys = [*_numbers(rng, 20), 3.0, 2.0]
    ops = mt.operators
    return [
        [_answer(op, x, y) for x, y in zip(xs, ys, strict=True)] for op in (ops.mul, ops.add)
    ] + [[_answer(op, x) for x in xs] for op in (ops.neg, ops.id)]


def probe_comparisons(mt: Any, rng: Random) -> Any:
    """Look at lt and eq on pairs in either order, on equal numbers, infinities and NaN."""
    xs = [*_numbers(rng, 10), 2.0, -3.0, math.inf, math.nan, 1.0]
    ys = [*_numbers(rng, 10), 2.0, -2.0, math.inf, math.nan, 1.0 + 1e-9]
    pairs = [*zip(xs, ys, strict=True), *zip(ys, xs, strict=True)]
    return [[_answer(op, x, y) for x, y in pairs] for op in (mt.operators.lt, mt.operators.eq)]


def probe_max(mt: Any, rng: Random) -> Any:
    """Look at max on pairs in either order, both negative, tied, and with NaN on either side."""
    pairs = [(rng.uniform(-9, 9), rng.uniform(-9, 9)) for _ in range(12)]
    pairs += [(-2.0, -7.5), (4.0, 4.0), (math.nan, 1.0), (1.0, math.nan), (-math.inf, -1e300)]
    both_ways = pairs + [(y, x) for x, y in pairs]
    return [_answer(mt.operators.max, x, y) for x, y in both_ways]


def probe_is_close(mt: Any, rng: Random) -> Any:
    """Look at is_close just inside and outside a hundredth, either way round, also at 10000."""
    found = []
    for x in [*_numbers(rng, 6), 0.0, 10000.0, -10000.0]:
        for gap in (0.0, 0.001, 0.009, 0.011, 0.5, 3.0):
            found += [_answer(mt.operators.is_close, x, x + gap)]
            found += [_answer(mt.operators.is_close, x + gap, x)]
    return found


def probe_sigmoid(mt: Any, rng: Random) -> Any:
    """Look at sigmoid around zero and so far out that e to that power has no float."""
    xs = [*_numbers(rng, 12, 6.0), 0.0, 30.0, -30.0, 800.0, -800.0, math.inf, -math.inf]
    return [_answer(mt.operators.sigmoid, x) for x in xs]


def probe_relu(mt: Any, rng: Random) -> Any:
    """Look at relu and relu_back on positive and negative numbers, and at zero itself."""
    xs = [*_numbers(rng, 12), 0.0, 1e-9, -1e-9, math.inf, -math.inf]
    ds = [*_numbers(rng, 12), 3.0, -4.0, 5.0, 6.0, 7.0]
    ops = mt.operators
    backs = [_answer(ops.relu_back, x, d) for x, d in zip(xs, ds, strict=True)]
    return [[_answer(ops.relu, x) for x in xs], backs]


def probe_log_and_exp(mt: Any, rng: Random) -> Any:
    """Look at log and exp on ordinary numbers, on zero, below zero and beyond the largest float."""
    xs = [rng.uniform(0.01, 9.0) for _ in range(8)]
    logs = [*xs, 0.0, 1e-5, -1.0, -50.0, math.inf]
    exps = [*xs, 0.0, -2.5, 700.0, 1000.0, -1000.0, math.inf, -math.inf]
    ops = mt.operators
    return [
        [_answer(ops.log, x) for x in logs],
        [_answer(ops.exp, x) for x in exps],
    ]


def probe_inverse_and_slopes(mt: Any, rng: Random) -> Any:
    """Look at inv, inv_back and log_back on ordinary numbers, and where they divide by zero."""
    xs = [rng.choice((-1, 1)) * rng.uniform(0.1, 9.0) for _ in range(10)]
    ds = _numbers(rng, 10)
    pairs = [*zip(xs, ds, strict=True), (0.0, 2.0), (0.0, -2.0), (-1e-6, 2.0), (-1e-6, -2.0)]
    ops = mt.operators
    return [
        [_answer(ops.inv, x) for x in [*xs, 0.0, -0.0, math.inf]],
        [_answer(ops.inv_back, x, d) for x, d in pairs if x > -1e-7 or x < -1e-5],
        [_answer(ops.log_back, abs(x) if x < -1e-5 else x, d) for x, d in pairs],
    ]
