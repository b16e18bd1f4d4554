"""Networks' functions, methods, losses and layers against PyTorch, in random shapes and layouts.

PyTorch is needed by these tests alone: `pip install torch` to run them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import DataObject, booleans, data, integers, lists, sampled_from
from tensor_strategies import shapes
from test_tensor_oracle import BACKENDS, agree, numbers

import minitorch
from minitorch.layers import Embedding
from minitorch.losses import binary_cross_entropy_with_logits, cross_entropy, nll_loss

torch = pytest.importorskip("torch", reason="PyTorch isn't installed: pip install torch")
functional = torch.nn.functional

pytestmark = [
    pytest.mark.parametrize("backend", BACKENDS),
    pytest.mark.parametrize("kind", [np.float64, np.float32], ids=["float64", "float32"]),
]
MILLIONTH = 1e-6  # what the course's logarithm adds


@given(data())
@settings(max_examples=30)
def test_max_and_argmax(backend: str, kind: Any, data: DataObject) -> None:
    """The numbers are quarters, so that many are equal: amax shares its gradient as ours does."""
    array = numbers(data, data.draw(shapes()), kind)
    dim = data.draw(integers(-array.ndim, array.ndim - 1))
    agree(lambda x: minitorch.max(x, dim), lambda x: x.amax(dim, keepdim=True), [array], backend)
    agree(lambda x: x.min(dim) * x, lambda x: x.amin(dim, keepdim=True) * x, [array], backend)
    agree(
        lambda x: minitorch.argmax(x, dim) * x,
        lambda x: (x == x.amax(dim, keepdim=True)) * x,
        [array],
        backend,
    )


@given(data(), sampled_from([None, True, False]))
@settings(max_examples=30)
def test_methods_over_several_dims(
    backend: str, kind: Any, data: DataObject, keepdim: bool | None
) -> None:
    array = numbers(data, data.draw(shapes()), kind)
    dims = tuple(data.draw(lists(integers(0, array.ndim - 1), min_size=1, unique=True)))
    kept = keepdim is not False
    agree(
        lambda x: x.max(dims, keepdim=keepdim),
        lambda x: x.amax(dims, keepdim=kept),
        [array],
        backend,
    )
    agree(
        lambda x: x.min(dims, keepdim=keepdim),
        lambda x: x.amin(dims, keepdim=kept),
        [array],
        backend,
    )


@given(data(), booleans())
@settings(max_examples=30)
def test_places(backend: str, kind: Any, data: DataObject, keepdim: bool) -> None:
    array = numbers(data, data.draw(shapes()), kind)
    dim = data.draw(integers(-array.ndim, array.ndim - 1))
    x, other = minitorch.tensor(array, BACKENDS[backend]), torch.tensor(array.copy())
    for name in ("argmax", "argmin"):
        got, expected = getattr(x, name)(dim, keepdim), getattr(other, name)(dim, keepdim=True)
        assert got.to_numpy().ravel().tolist() == expected.flatten().tolist()
        assert got.shape == tuple(getattr(other, name)(dim, keepdim=keepdim).shape)
        assert got.history is None and got.backend is BACKENDS[backend]
        assert getattr(x, name)().item() == getattr(other, name)().item()


@given(data())
@settings(max_examples=30)
def test_softmax(backend: str, kind: Any, data: DataObject) -> None:
    array = numbers(data, data.draw(shapes()), kind) * data.draw(sampled_from([1, 5, 400]))
    dim = data.draw(integers(-array.ndim, array.ndim - 1))
    agree(lambda x: x.softmax(dim), lambda x: x.softmax(dim), [array], backend)
    # Ours is a millionth off, and exactly so: log(s + 1e-6).
    agree(
        lambda x: x.log_softmax(dim),
        lambda x: (
            x
            - x.detach().amax(dim, keepdim=True)
            - (
                (x - x.detach().amax(dim, keepdim=True)).exp().sum(dim, keepdim=True) + MILLIONTH
            ).log()
        ),
        [array],
        backend,
    )


@given(data())
@settings(max_examples=30)
def test_pooling(backend: str, kind: Any, data: DataObject) -> None:
    batch, channels, rows, columns, high, wide = (data.draw(integers(1, 3)) for _ in range(6))
    array = numbers(data, (batch, channels, rows * high, columns * wide), kind)
    kernel = (high, wide)
    agree(
        lambda x: minitorch.avgpool2d(x, kernel),
        lambda x: functional.avg_pool2d(x, kernel),
        [array],
        backend,
    )
    agree(
        lambda x: minitorch.maxpool2d(x, kernel),
        lambda x: x.reshape(batch, channels, rows, high, columns, wide).amax((3, 5)),
        [array],
        backend,
    )
    got = minitorch.maxpool2d(minitorch.tensor(array, BACKENDS[backend]), kernel).to_numpy()
    expected = functional.max_pool2d(torch.tensor(array.copy()), kernel).numpy()
    np.testing.assert_array_equal(got, expected)


@given(data())
@settings(max_examples=30)
def test_losses(backend: str, kind: Any, data: DataObject) -> None:
    count, classes = data.draw(integers(1, 4)), data.draw(integers(1, 4))
    array = numbers(data, (count, classes), kind)
    labels = data.draw(lists(integers(0, classes - 1), min_size=count, max_size=count))
    wanted = torch.tensor(labels)
    agree(
        lambda x: nll_loss(x, labels),
        lambda x: functional.nll_loss(x, wanted).reshape(1),
        [array],
        backend,
    )
    x = minitorch.tensor(array, BACKENDS[backend], requires_grad=True)
    other = torch.tensor(array.copy(), requires_grad=True)
    mine, theirs = cross_entropy(x, labels), functional.cross_entropy(other, wanted)
    mine.backward()
    theirs.backward()
    assert mine.dtype == kind and x.grad is not None
    assert abs(mine.item() - theirs.item()) < 1e-5
    np.testing.assert_allclose(x.grad.to_numpy(), other.grad.numpy(), atol=1e-5)


@given(data(), sampled_from([1, 300]))
@settings(max_examples=30)
def test_binary_loss(backend: str, kind: Any, data: DataObject, factor: int) -> None:
    array = numbers(data, data.draw(shapes()), kind) * factor
    labels = np.abs(numbers(data, array.shape, kind)) / 2
    loss = functional.binary_cross_entropy_with_logits
    agree(
        lambda x: binary_cross_entropy_with_logits(x, labels),
        lambda x: loss(x, torch.tensor(labels.copy())).reshape(1),
        [array],
        backend,
    )


@given(data())
@settings(max_examples=20)
def test_embedding(backend: str, kind: Any, data: DataObject) -> None:
    count, size = data.draw(integers(2, 5)), data.draw(integers(1, 3))
    padding = data.draw(sampled_from([None, 0, count - 1]))
    shape = data.draw(shapes(max_dims=3))
    places = np.array(
        data.draw(
            lists(
                integers(0, count - 1), min_size=int(np.prod(shape)), max_size=int(np.prod(shape))
            )
        )
    ).reshape(shape)
    table = numbers(data, (count, size), kind)
    layer = Embedding(count, size, padding, BACKENDS[backend], kind)
    theirs = torch.nn.Embedding(
        count, size, padding_idx=padding, dtype=torch.tensor(table.copy()).dtype
    )
    if padding is not None:
        table = table.copy()
        table[padding] = 0.0
    layer.load_state_dict({"weights": table})
    theirs.load_state_dict({"weight": torch.tensor(table.copy())})
    got, expected = layer(places), theirs(torch.tensor(places))
    np.testing.assert_array_equal(got.to_numpy(), expected.detach().numpy())
    (got * got).sum().backward()
    (expected * expected).sum().backward()
    np.testing.assert_allclose(
        layer.weights.grad.to_numpy(), theirs.weight.grad.numpy(), rtol=1e-6, atol=1e-6
    )
