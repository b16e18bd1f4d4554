"""What Hypothesis draws for the tests of tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis.strategies import (
    DrawFn,
    SearchStrategy,
    composite,
    floats,
    integers,
    lists,
    permutations,
    tuples,
)
from strategies import small_ints

from minitorch.tensor import Tensor
from minitorch.tensor_data import TensorData, UserIndex, UserShape
from minitorch.tensor_ops import SimpleBackend

vals = floats(min_value=-100, max_value=100, allow_nan=False, allow_subnormal=False)


@composite
def shapes(draw: DrawFn, max_dims: int = 4) -> tuple[int, ...]:
    """Sizes of one to four dimensions, each from 1 to 3."""
    return tuple(draw(lists(small_ints, min_size=1, max_size=max_dims)))


@composite
def tensor_data(
    draw: DrawFn,
    numbers: SearchStrategy[float] = vals,
    shape: UserShape | None = None,
) -> TensorData:
    """Tensor data in any layout: stored in some order of its dimensions."""
    sizes = tuple(draw(shapes())) if shape is None else tuple(shape)
    size = int(np.prod(sizes))
    storage = draw(lists(numbers, min_size=size, max_size=size))
    order = draw(permutations(range(len(sizes))))
    stored = TensorData(np.array(storage, dtype=np.float64), tuple(sizes[dim] for dim in order))
    return stored.permute(*np.argsort(order).tolist())


@composite
def indices(draw: DrawFn, layout: Any) -> UserIndex:
    """An index of some cell of a tensor or of tensor data."""
    return draw(tuples(*(integers(min_value=0, max_value=size - 1) for size in layout.shape)))


@composite
def broadcast_shapes(draw: DrawFn) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two shapes that fit: some sizes of either are 1, and leading ones may be missing."""
    full = draw(lists(integers(min_value=0, max_value=4), min_size=0, max_size=4))
    pair = []
    for _ in range(2):
        start = draw(integers(min_value=0, max_value=len(full)))
        ones = draw(lists(integers(0, 2), min_size=len(full), max_size=len(full)))
        pair.append(tuple(1 if one == 0 else n for n, one in zip(full, ones, strict=True))[start:])
    return pair[0], pair[1]


@composite
def tensors(
    draw: DrawFn,
    numbers: SearchStrategy[float] = vals,
    backend: Any = None,
    shape: UserShape | None = None,
) -> Tensor:
    """A tensor in any layout."""
    data = draw(tensor_data(numbers, shape))
    return Tensor(data, backend=SimpleBackend if backend is None else backend)


@composite
def shaped_tensors(
    draw: DrawFn, n: int, numbers: SearchStrategy[float] = vals, backend: Any = None
) -> list[Tensor]:
    """Some tensors of one shape, each in a layout of its own."""
    shape = draw(shapes(max_dims=3))
    return [draw(tensors(numbers, backend, shape)) for _ in range(n)]


def assert_close_tensor(a: Tensor, b: Tensor) -> None:
    """Fail unless the two tensors are less than a hundredth apart, cell by cell."""
    close = a.is_close(b)
    assert close.all().item() == 1.0, f"the tensors differ:\n{a}\n{b}"
