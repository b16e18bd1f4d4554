"""Probes for Task 2.2."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

REQUIRES = ()
SECTION = "guides/module2/02_broadcasting.html#task-2-2"
TOLERANCE = 1e-6
RELEASED = ("probe_fitting",)
PARTS = {
    "probe_edges": (
        "() and ()", "() and (3,)", "(1,) and ()", "(0,) and (1,)", "(1, 4) and (0, 4)",
        "(1, 1) and (1,)", "Is the result a tuple?",
    ),
    "probe_buffers": (
        "big_index", "shape", "out_index", "returns None", "the index of a long buffer",
    ),
}  # fmt: skip


def _shape(mt: Any, one: tuple[int, ...], two: tuple[int, ...]) -> Any:
    try:
        return list(mt.shape_broadcast(one, two))
    except mt.IndexingError:
        return "IndexingError"


def _fitting(rng: random.Random) -> tuple[tuple[int, ...], tuple[int, ...]]:
    full = [rng.randint(2, 5) for _ in range(rng.randint(1, 4))]
    one = [1 if rng.random() < 0.3 else n for n in full]
    two = [1 if rng.random() < 0.3 else n for n in full]
    return tuple(one), tuple(two[rng.randrange(len(full)) :])


def probe_fitting(mt: Any, rng: random.Random) -> list[Any]:
    """shape_broadcast: shapes that fit, of equal and of different lengths, both ways round."""
    pairs = [_fitting(rng) for _ in range(20)]
    return [_shape(mt, *pair) for one, two in pairs for pair in ((one, two), (two, one))]


def probe_edges(mt: Any, rng: random.Random) -> list[Any]:
    """shape_broadcast: no dimensions at all, sizes of 1 and of 0."""
    pairs = [((), ()), ((), (3,)), ((1,), ()), ((0,), (1,)), ((1, 4), (0, 4)), ((1, 1), (1,))]
    result = [_shape(mt, *pair) for pair in pairs]
    return [*result, isinstance(mt.shape_broadcast((2, 1), (3,)), tuple)]


def probe_refused(mt: Any, rng: random.Random) -> list[Any]:
    """shape_broadcast: shapes that don't fit raise IndexingError, those that fit don't."""
    n = rng.randint(2, 5)
    pairs = [((n, 3), (n,)), ((2, 3), (3, 2)), ((0,), (2,)), ((7, 5), (7, 5, 7)), ((4, 1), (2, 4))]
    fitting = [_fitting(rng) for _ in range(3)]
    turned = [(two, one) for one, two in pairs[:4]]
    return [_shape(mt, *pair) for pair in (*pairs, *turned, *fitting)]


def probe_cells(mt: Any, rng: random.Random) -> list[Any]:
    """broadcast_index: every cell of random results, seen from the smaller tensor."""
    found = []
    for _ in range(6):
        one, two = _fitting(rng)
        big = np.broadcast_shapes(one, two)
        for small in (one, two):
            out = np.zeros(len(small), dtype=np.int64)
            for place in np.ndindex(*big):
                mt.broadcast_index(np.array(place), np.array(big), np.array(small), out)
                found.append(out.tolist())
    return found


def probe_buffers(mt: Any, rng: random.Random) -> list[Any]:
    """broadcast_index: arguments are left alone; long buffers count from their start."""
    big, shape, out = np.array([3, 1, rng.randint(1, 3)]), np.array([1, 4]), np.full(4, -7)
    returned = mt.broadcast_index(big, np.array([5, 2, 4]), shape, out)
    longer, found = np.array([1, rng.randint(0, 1), 3, 9, 9]), np.full(2, -7)
    mt.broadcast_index(longer, np.array([2, 2, 4]), np.array([2, 4]), found)
    return [big.tolist(), shape.tolist(), out.tolist(), returned is None, found.tolist()]
