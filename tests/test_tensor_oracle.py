"""Tensors against PyTorch: every operation, forward and gradient, in random shapes and layouts.

PyTorch is needed by these tests alone: `pip install torch` to run them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from backends import BACKENDS
from hypothesis import given, settings
from hypothesis.strategies import DataObject, data, integers, lists, permutations, sampled_from
from tensor_strategies import shapes

from minitorch import Tensor, cat, stack, tensor

torch = pytest.importorskip("torch", reason="PyTorch isn't installed: pip install torch")

pytestmark = [
    pytest.mark.parametrize("backend", BACKENDS),
    pytest.mark.parametrize("kind", [np.float64, np.float32], ids=["float64", "float32"]),
]

Op = Callable[..., Any]

# Each is the same expression for both; PyTorch needs its own only where the names differ.
ONE: dict[str, tuple[Op, Op]] = {
    "neg": (lambda x: -x, lambda x: -x),
    "sigmoid": (lambda x: x.sigmoid(), lambda x: x.sigmoid()),
    "relu": (lambda x: x.relu(), lambda x: x.relu()),
    "exp": (lambda x: x.exp(), lambda x: x.exp()),
    "log": (lambda x: (x * x + 1).log(), lambda x: (x * x + 1 + 1e-6).log()),
    "inv": (lambda x: 1 / (x * x + 1), lambda x: 1 / (x * x + 1)),
    "power": (lambda x: x**3, lambda x: x**3),
    "reversed": (lambda x: 2 - x, lambda x: 2 - x),
    "quotient": (lambda x: x / 3, lambda x: x / 3),
    "sum": (lambda x: x.sum() * x, lambda x: x.sum() * x),
    "mean": (lambda x: x.mean() * x, lambda x: x.mean() * x),
    "contiguous": (lambda x: x.contiguous(), lambda x: x.contiguous()),
    "flat": (lambda x: x.contiguous().view(-1) * 2, lambda x: x.contiguous().view(-1) * 2),
    "cat": (lambda x: cat([x, x * 2]), lambda x: torch.cat([x, x * 2])),
    "stack": (lambda x: stack([x, x * x], -1), lambda x: torch.stack([x, x * x], -1)),
    "first": (lambda x: x[0:1] * x[-1:], lambda x: x[0:1] * x[-1:]),
    "new axis": (lambda x: x[None, ..., 0:1], lambda x: x[None, ..., 0:1]),
}
TWO: dict[str, tuple[Op, Op]] = {
    "add": (lambda x, y: x + y, lambda x, y: x + y),
    "sub": (lambda x, y: x - y, lambda x, y: x - y),
    "mul": (lambda x, y: x * y, lambda x, y: x * y),
    "div": (lambda x, y: x / (y * y + 1), lambda x, y: x / (y * y + 1)),
    "lt": (lambda x, y: (x < y) * x, lambda x, y: (x < y) * x),
    "gt": (lambda x, y: (x > y) * y, lambda x, y: (x > y) * y),
    "eq": (lambda x, y: (x == y) * x + y, lambda x, y: (x == y) * x + y),
}


def numbers(data: DataObject, shape: tuple[int, ...], kind: Any) -> npt.NDArray[Any]:
    """Draw an array stored in some order of its dimensions; quarters make equal cells likely."""
    size = int(np.prod(shape))
    cells = data.draw(lists(integers(-8, 8), min_size=size, max_size=size))
    order = data.draw(permutations(range(len(shape))))
    row = np.array(cells, dtype=kind) / 4
    stored = row.reshape([shape[dim] for dim in order])
    return stored.transpose(np.argsort(order))


def ours(array: npt.NDArray[Any], backend: str) -> Tensor:
    """Make a leaf with the array's own strides."""
    order = np.argsort([-step for step in array.strides], kind="stable").tolist()
    base = tensor(array.transpose(order), backend=BACKENDS[backend])
    leaf = base.permute(*np.argsort(order).tolist())
    leaf.requires_grad_(True)
    return leaf


def agree(mine: Op, theirs: Op, arrays: list[npt.NDArray[Any]], backend: str) -> None:
    """Compare a result and the gradients of its inputs."""
    leaves = [ours(array, backend) for array in arrays]
    others = [torch.tensor(array.copy(), requires_grad=True) for array in arrays]
    got, expected = mine(*leaves), theirs(*others)
    near: dict[str, Any] = (
        {"rtol": 1e-9, "atol": 1e-9}
        if arrays[0].dtype == np.float64
        else {"rtol": 2e-3, "atol": 2e-3}
    )
    assert got.dtype == arrays[0].dtype
    assert got.shape == tuple(expected.shape)
    np.testing.assert_allclose(got.to_numpy(), expected.detach().numpy(), **near)
    weights = np.arange(1, got.size + 1, dtype=got.dtype).reshape(got.shape) / 8
    got.backward(tensor(weights, backend=BACKENDS[backend]))
    expected.backward(torch.tensor(weights))
    for leaf, other in zip(leaves, others, strict=True):
        if other.grad is not None:
            np.testing.assert_allclose(leaf.grad.to_numpy(), other.grad.numpy(), **near)


@pytest.mark.parametrize("name", ONE)
@given(data())
@settings(max_examples=15)
def test_one_tensor(name: str, backend: str, kind: Any, data: DataObject) -> None:
    array = numbers(data, data.draw(shapes()), kind)
    agree(*ONE[name], [array], backend)


@pytest.mark.parametrize("name", TWO)
@given(data())
@settings(max_examples=25)
def test_two_tensors_that_broadcast(name: str, backend: str, kind: Any, data: DataObject) -> None:
    full = data.draw(shapes())
    pair = []
    for _ in range(2):
        start = data.draw(integers(0, len(full)))
        shape = tuple(data.draw(sampled_from([1, n])) for n in full)[start:]
        pair.append(numbers(data, shape, kind))
    agree(*TWO[name], pair, backend)


@given(data())
@settings(max_examples=40)
def test_reductions(backend: str, kind: Any, data: DataObject) -> None:
    array = numbers(data, data.draw(shapes()), kind)
    dim = data.draw(integers(-array.ndim, array.ndim - 1))
    agree(lambda x: x.sum(dim) * x, lambda x: x.sum(dim, keepdim=True) * x, [array], backend)
    agree(lambda x: x.mean(dim), lambda x: x.mean(dim, keepdim=True), [array], backend)


@given(data())
@settings(max_examples=40)
def test_permutations_and_views(backend: str, kind: Any, data: DataObject) -> None:
    array = numbers(data, data.draw(shapes()), kind)
    order = data.draw(permutations(range(array.ndim)))
    agree(
        lambda x: x.permute(*order).contiguous().view(-1, 1) * 3,
        lambda x: x.permute(*order).contiguous().view(-1, 1) * 3,
        [array],
        backend,
    )
    agree(
        lambda x: x.permute(*order) * x.permute(*order),
        lambda x: x.permute(*order) * x.permute(*order),
        [array],
        backend,
    )


@given(data())
@settings(max_examples=40)
def test_matmul(backend: str, kind: Any, data: DataObject) -> None:
    n, k, m = (data.draw(integers(1, 5)) for _ in range(3))
    full = data.draw(shapes(max_dims=2))
    outer = []
    for _ in range(2):
        start = data.draw(integers(0, len(full)))
        outer.append(tuple(data.draw(sampled_from([1, size])) for size in full)[start:])
    left = data.draw(sampled_from([(*outer[0], n, k), (k,)]))
    right = data.draw(sampled_from([(*outer[1], k, m), (k,)]))
    agree(
        lambda x, y: x @ y,
        lambda x, y: x @ y,
        [numbers(data, left, kind), numbers(data, right, kind)],
        backend,
    )
