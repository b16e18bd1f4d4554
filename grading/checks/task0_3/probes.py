"""Probes for Task 0.3."""

from __future__ import annotations

from random import Random
from typing import Any

REQUIRES = ("task0_1",)
SECTION = "guides/module0/03_functional.html#task-0-3"
TOLERANCE = 1e-6
RELEASED = ("probe_map", "probe_reduce")
PARTS = {
    "probe_map_on_an_iterator": ("map", "reduce"),
    "probe_reduce": ("what it returns", "what it calls fn with", "a fold", "the same fold again"),
    "probe_lists": ("the lists stay as they are", "negList", "addLists"),
    "probe_sum_and_prod": ("sum, then prod", "the list stays as it is"),
}


def _numbers(rng: Random, count: int) -> list[float]:
    return [rng.uniform(-10, 10) for _ in range(count)]


def probe_map(mt: Any, rng: Random) -> Any:
    """Look at map with two functions, on lists of several lengths, empty ones included."""
    ops = mt.operators
    triple = ops.map(lambda x: 3.0 * x)
    lists = [_numbers(rng, n) for n in (0, 1, 5)]
    return [list(triple(ls)) for ls in lists] + [list(ops.map(ops.neg)(ls)) for ls in lists]


def probe_map_on_an_iterator(mt: Any, rng: Random) -> Any:
    """Look at map and reduce on something that can be read only once, as an Iterable may be."""
    ops = mt.operators
    ls = _numbers(rng, 4)
    return [list(ops.map(ops.id)(iter(ls))), ops.reduce(ops.add, 1.0)(iter(ls))]


def probe_zipWith(mt: Any, rng: Random) -> Any:
    """Look at zipWith with a function for which the order of its arguments matters."""
    minus = mt.operators.zipWith(lambda x, y: x - 2.0 * y)
    return [list(minus(_numbers(rng, n), _numbers(rng, n))) for n in (0, 1, 6)]


def probe_reduce(mt: Any, rng: Random) -> Any:
    """Look at reduce: from the left, beginning with start, with (number, result so far)."""
    ops = mt.operators
    calls: list[list[float]] = []

    def half(x: float, so_far: float) -> float:
        calls.append([x, so_far])
        return x + so_far / 2.0

    fold = ops.reduce(half, 8.0)
    results = [fold(_numbers(rng, n)) for n in (0, 1, 4)]
    twice = ops.reduce(ops.add, 0.0)
    ls = _numbers(rng, 3)
    return [results, calls, twice(ls), twice(ls)]


def probe_lists(mt: Any, rng: Random) -> Any:
    """Look at negList and addLists, on lists of several lengths; the lists stay as they are."""
    ops = mt.operators
    first, second = _numbers(rng, 3), _numbers(rng, 3)
    kept = [*first, *second]
    list(ops.negList(first))
    list(ops.addLists(first, second))
    return [
        [*first, *second] == kept,
        [list(ops.negList(_numbers(rng, n))) for n in (0, 1, 5)],
        [list(ops.addLists(_numbers(rng, n), _numbers(rng, n))) for n in (0, 1, 5)],
    ]


def probe_sum_and_prod(mt: Any, rng: Random) -> Any:
    """Look at sum and prod, of an empty list too; and that the list itself isn't changed."""
    ops = mt.operators
    ls = _numbers(rng, 5)
    kept = list(ls)
    found = [float(op(each)) for op in (ops.sum, ops.prod) for each in ([], [2.5], [0.0, 3.0], ls)]
    return [found, ls == kept]
