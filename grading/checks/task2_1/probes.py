"""Probes for Task 2.1."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

REQUIRES = ()
SECTION = "guides/module2/01_tensors.html#task-2-1"
TOLERANCE = 1e-6
RELEASED = ("probe_position", "probe_cells")
PARTS = {
    "probe_arguments": ("the shape", "the index", "returns None"),
    "probe_twice": ("shape", "strides", "one storage", "the first shape", "the first strides"),
}


def probe_position(mt: Any, rng: random.Random) -> list[int]:
    """index_to_position: strides in any order, large positions, a buffer that is too long."""
    found = []
    for _ in range(20):
        dims = rng.randint(1, 4)
        index = np.array([rng.randrange(6) for _ in range(dims)], dtype=np.int64)
        strides = np.array([rng.randrange(1, 40) for _ in range(dims)], dtype=np.int64)
        found.append(int(mt.index_to_position(index, strides)))
    longer, far = np.array([1, 2, 9, 9]), np.array([70_000, 5])
    found.append(int(mt.index_to_position(longer, np.array([4, 1]))))
    found.append(int(mt.index_to_position(far, np.array([70_000, 1]))))
    return found


def probe_cells(mt: Any, rng: random.Random) -> list[list[int]]:
    """to_index: every cell of shapes of one to four dimensions."""
    found = []
    for shape in [(4,), (2, 5), (3, 1, 2), (2, 3, 2, 2), (rng.randint(2, 5), rng.randint(2, 5))]:
        for ordinal in range(int(np.prod(shape))):
            out = np.full(len(shape), -7, dtype=np.int64)
            mt.to_index(ordinal, np.array(shape, dtype=np.int64), out)
            found.append(out.tolist())
    return found


def probe_arguments(mt: Any, rng: random.Random) -> list[Any]:
    """to_index: the shape that it is given stays as it is, and so does the end of a long buffer."""
    shape, out = np.array([3, rng.randint(2, 4), 2]), np.full(5, -7)
    returned = mt.to_index(4, shape, out)
    return [shape.tolist(), out.tolist(), returned is None]


def probe_permute(mt: Any, rng: random.Random) -> list[Any]:
    """permute: shape, strides and each cell of tensors of three and four dimensions."""
    found: list[Any] = []
    for shape in [(2, 3), (2, 3, 4), (2, 1, 3, 2)]:
        size = int(np.prod(shape))
        data = mt.TensorData([float(i) for i in range(size)], shape)
        for _ in range(3):
            order = list(range(len(shape)))
            rng.shuffle(order)
            turned = data.permute(*order)
            found.append([list(turned.shape), list(turned.strides)])
            row = turned._storage
            found.append(
                [
                    float(row[sum(i * s for i, s in zip(place, turned.strides, strict=True))])
                    for place in np.ndindex(*turned.shape)
                ]
            )
    return found


def probe_orders(mt: Any, rng: random.Random) -> list[Any]:
    """permute: negative numbers count from the end; what is no order raises IndexingError."""
    data = mt.TensorData([float(i) for i in range(24)], (2, 3, 4))
    found: list[Any] = []
    for order in [(-1, 0, 1), (2, -2, 0), (0, 0, 1), (0, 1), (0, 1, 3), (2, -1, 0), (0, 1, 2, 3)]:
        try:
            turned = data.permute(*order)
            found.append([list(turned.shape), list(turned.strides)])
        except mt.IndexingError:
            found.append("IndexingError")
    return found


def probe_twice(mt: Any, rng: random.Random) -> list[Any]:
    """permute: permuting what was permuted before, on one storage that never moves."""
    data = mt.TensorData([float(i) for i in range(24)], (2, 3, 4))
    first = data.permute(1, 2, 0)
    second = first.permute(1, 2, 0)
    return [
        list(second.shape),
        list(second.strides),
        second._storage is data._storage,
        list(data.shape),
        list(data.strides),
    ]
