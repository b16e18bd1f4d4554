"""A tensor has at most 32 dimensions, however it is made, and up to there every result is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch as mt
from minitorch.tensor_data import MAX_DIMS

BACKENDS = [mt.SimpleBackend, mt.TensorBackend(mt.FastOps), mt.TensorBackend(mt.CudaOps)]
backends = pytest.mark.parametrize("backend", BACKENDS, ids=repr)


@pytest.fixture(autouse=True)
def every_kernel_on_all_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mt.FastOps, "LARGE", 0)


def nested(depth: int) -> Any:
    cells: Any = 1.0
    for _ in range(depth):
        cells = [cells]
    return cells


# How a tensor of n dimensions is made of x, which has two and one cell.
WAYS: dict[str, Callable[[Any, int], Any]] = {
    "view": lambda x, n: x.view(*(1,) * n),
    "[None]": lambda x, n: x[(None,) * (n - 2)],
    "[None, ...]": lambda x, n: x[(..., *(None,) * (n - 2))],
    "stack": lambda x, n: mt.stack([x.view(*(1,) * min(n - 1, 32))] * 2, 0)[(None,) * (n - 33)],
    "cat": lambda x, n: mt.cat([x.view(*(1,) * n)] * 2),
    "with an array": lambda x, n: x + np.ones((1,) * min(n, 64)),
    "permute": lambda x, n: x.view(*(1,) * n).permute(*range(n)),
    "zeros()": lambda x, n: mt.zeros((1,) * n, backend=x.backend),
    "rand()": lambda x, n: mt.rand((1,) * n, backend=x.backend),
    "tensor() of lists": lambda x, n: mt.tensor(nested(n), backend=x.backend),
    "tensor() of an array": lambda x, n: mt.tensor(np.ones((1,) * min(n, 64)), backend=x.backend),
    "x.zeros()": lambda x, n: x.zeros((1,) * n),
    "TensorData": lambda x, n: mt.TensorData([1.0], (1,) * n),
    "TensorData with strides": lambda x, n: mt.TensorData([1.0], (1,) * n, (1,) * n),
    "Tensor.make": lambda x, n: mt.Tensor.make([1.0], (1,) * n, backend=x.backend),
    "astype": lambda x, n: x.view(*(1,) * n).astype(np.float32),
}


@backends
@pytest.mark.parametrize("dims", [MAX_DIMS + 1, 40, 70])
@pytest.mark.parametrize("way", WAYS)
def test_more_are_refused_with_the_number_the_limit_and_a_way_out(
    way: str, dims: int, backend: mt.TensorBackend
) -> None:
    x = mt.tensor([[1.0]], backend=backend, requires_grad=True)
    with pytest.raises(mt.IndexingError, match=r"at most 32 .* would have \d+: .* view\(\)"):
        WAYS[way](x, dims)


@backends
@pytest.mark.parametrize("way", [way for way in WAYS if way != "stack"])
def test_as_many_as_there_may_be_are_made(way: str, backend: mt.TensorBackend) -> None:
    made = WAYS[way](mt.tensor([[1.0]], backend=backend), MAX_DIMS)
    assert len(made.shape) == MAX_DIMS


@st.composite
def placed(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Where, among 32 dimensions, three that aren't 1 lie; and an order of all."""
    places = draw(st.lists(st.integers(0, MAX_DIMS - 1), min_size=3, max_size=3, unique=True))
    return sorted(places), draw(st.permutations(range(MAX_DIMS)))


@backends
@settings(deadline=None, max_examples=10)
@given(where=placed())
def test_thirty_two_compute_as_numpy_does(
    backend: mt.TensorBackend, where: tuple[list[int], list[int]]
) -> None:
    places, order = where
    shape = [1] * MAX_DIMS
    for place, size in zip(places, (2, 3, 2), strict=True):
        shape[place] = size
    cells = np.arange(12.0).reshape(shape)
    x = mt.tensor(cells, backend=backend).permute(*order)
    cells = cells.transpose(order)
    row = mt.tensor([[1.0], [2.0]], backend=backend)
    long = int(np.argmax(cells.shape))
    for got, expected in [
        (-x, -cells),
        (x + x.permute(*range(MAX_DIMS)), 2 * cells),
        (x + x.sum(long), cells + cells.sum(long, keepdims=True)),
        (x.sum(), [66.0]),
    ]:
        assert np.array_equal(got.to_numpy(), expected)
    matrices = x.contiguous().view(*(1,) * 29, 3, 2, 2)
    assert np.array_equal((matrices @ row).to_numpy(), matrices.to_numpy() @ row.to_numpy())


@pytest.mark.parametrize("kind", ["map", "zip", "reduce"])
def test_a_compiled_kernel_has_room_for_all_that_it_is_given(kind: str) -> None:
    dims = 50
    fast = mt.fast_ops
    shape, strides = np.ones(dims, np.int64), np.ones(dims, np.int64)
    shape[-1], other = 2, np.full(dims, 7)
    other[-1] = 1
    a, out = (np.arange(1.0, 3.0), shape, other), np.zeros(2)
    if kind == "map":
        fast.tensor_map(fast.njit(mt.operators.neg))(out, shape, strides, *a)
        assert out.tolist() == [-1.0, -2.0]
    elif kind == "zip":
        fast.tensor_zip(fast.njit(mt.operators.add))(out, shape, strides, *a, *a)
        assert out.tolist() == [2.0, 4.0]
    else:
        shape_of_one = np.ones(dims, np.int64)
        total = np.zeros(1)
        fast.tensor_reduce(fast.njit(mt.operators.add))(total, shape_of_one, strides, *a, dims - 1)
        assert total.tolist() == [3.0]
