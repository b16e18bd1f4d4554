"""Pooling, maxima, softmax and dropout: by definition, against slopes, and as PyTorch has them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from backends import BACKENDS
from hypothesis import given, settings
from hypothesis.strategies import data, floats, integers, sampled_from
from nn_cases import ANSWERS, CASES
from strategies import assert_close
from tensor_strategies import tensors

import minitorch
from minitorch import Tensor, property_tests, tensor

WEIGHTS = tensor(np.linspace(-1.0, 2.0, 16).reshape(1, 1, 4, 4))
STORED = json.loads(ANSWERS.read_text(encoding="utf-8"))


def agree(name: str, backend: str, dtype: Any) -> None:
    """Compare value, shape and gradient of a case with what PyTorch said."""
    case, expected = CASES[name], STORED[name]
    x = tensor(case.x, BACKENDS[backend], requires_grad=True, dtype=dtype)
    out = case.ours(minitorch, x)
    near = 1e-5 if dtype == np.float64 else 1e-3  # log adds a millionth
    assert out.backend is BACKENDS[backend] and out.dtype == dtype
    assert list(out.shape) == expected["shape"]
    got = out.to_numpy().ravel()
    np.testing.assert_allclose(got, np.array(expected["value"], dtype), rtol=near, atol=near)
    weights = np.arange(1.0, out.size + 1, dtype=dtype).reshape(out.shape) / 4
    out.backward(tensor(weights, BACKENDS[backend]))
    assert x.grad is not None and x.grad.dtype == dtype
    np.testing.assert_allclose(x.grad.to_numpy().ravel(), expected["grad"], rtol=near, atol=near)


def named(task: str) -> list[str]:
    return [name for name, case in CASES.items() if case.task == task]


# ## Task 4.3


@pytest.mark.task4_3
@given(tensors(shape=(1, 1, 4, 4)))
def test_avg(t: Tensor) -> None:
    """A tile's mean stands where the tile was, for square and for narrow tiles."""
    cells = t.to_numpy()[0, 0]
    for high, wide in ((2, 2), (2, 1), (1, 2), (4, 4)):
        out = minitorch.avgpool2d(t, (high, wide))
        assert out.shape == (1, 1, 4 // high, 4 // wide)
        for row in range(out.shape[2]):
            for column in range(out.shape[3]):
                rows, columns = row * high, column * wide
                mean = cells[rows : rows + high, columns : columns + wide].mean()
                assert_close(out[0, 0, row, column], mean)
    minitorch.grad_check(lambda x: minitorch.avgpool2d(x, (2, 2)), t)


@pytest.mark.task4_3
def test_tile() -> None:
    """Each tile's cells stand together, row by row."""
    cells = np.arange(48.0).reshape(2, 1, 4, 6)
    tiles, height, width = minitorch.nn.tile(tensor(cells), (2, 3))
    assert (tiles.shape, height, width) == ((2, 1, 2, 2, 6), 2, 2)
    assert tiles[0, 0, 0, 1].tolist() == [3.0, 4.0, 5.0, 9.0, 10.0, 11.0]
    assert tiles[1, 0, 1, 0].tolist() == [36.0, 37.0, 38.0, 42.0, 43.0, 44.0]


@pytest.mark.task4_3
def test_tile_of_permuted_images() -> None:
    cells = np.arange(48.0).reshape(2, 1, 6, 4)
    turned = minitorch.nn.tile(tensor(cells).permute(0, 1, 3, 2), (2, 3))[0]
    straight = minitorch.nn.tile(tensor(cells.swapaxes(2, 3).copy()), (2, 3))[0]
    assert turned.tolist() == straight.tolist()


@pytest.mark.task4_3
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["float64", "float32"])
@pytest.mark.parametrize("name", named("task4_3"))
def test_pooling_as_pytorch(name: str, backend: str, dtype: Any) -> None:
    agree(name, backend, dtype)


# ## Task 4.4

# The student's own test, written in the guide on softmax
test_max = pytest.mark.task4_4(pytest.mark.task4_4_property(property_tests.test_max))


@pytest.mark.task4_4
@given(tensors(shape=(2, 3, 4)), integers(-3, 2))
def test_max_forward(t: Tensor, dim: int) -> None:
    got = minitorch.max(t, dim)
    np.testing.assert_array_equal(got.to_numpy(), t.to_numpy().max(dim, keepdims=True))


@pytest.mark.task4_4
@given(tensors(shape=(2, 3, 4)), integers(-3, 2))
def test_argmax(t: Tensor, dim: int) -> None:
    """Ones at the largest cells, all of them, and zeros elsewhere."""
    cells = t.to_numpy()
    got = minitorch.argmax(t, dim)
    np.testing.assert_array_equal(got.to_numpy(), cells == cells.max(dim, keepdims=True))


@pytest.mark.task4_4
def test_max_shares_its_gradient() -> None:
    x = tensor([[1.0, 4.0, 4.0], [2.0, 2.0, 2.0]], requires_grad=True)
    minitorch.max(x, 1).backward(tensor([[1.0], [6.0]]))
    assert x.grad is not None
    assert x.grad.tolist() == [[0.0, 0.5, 0.5], [2.0, 2.0, 2.0]]


@pytest.mark.task4_4
@pytest.mark.parametrize("low", [-1e10, -1e300, -math.inf])
def test_max_of_low_numbers(low: float) -> None:
    assert minitorch.max(tensor([[low, low]]), 1).tolist() == [[low]]


@pytest.mark.task4_4
@given(tensors(shape=(1, 1, 4, 4)))
def test_max_pool(t: Tensor) -> None:
    """A tile's largest cell stands where the tile was."""
    cells = t.to_numpy()[0, 0]
    for high, wide in ((2, 2), (2, 1), (1, 2), (4, 4)):
        out = minitorch.maxpool2d(t, (high, wide))
        assert out.shape == (1, 1, 4 // high, 4 // wide)
        for row in range(out.shape[2]):
            for column in range(out.shape[3]):
                rows, columns = row * high, column * wide
                largest = cells[rows : rows + high, columns : columns + wide].max()
                assert out[0, 0, row, column] == largest


@pytest.mark.task4_4
@given(tensors(), data())
def test_drop(t: Tensor, data: Any) -> None:
    """Nothing is dropped at a rate of 0 or in evaluation, all at 1; what stays is rescaled."""
    cells = t.to_numpy()
    assert minitorch.dropout(t, 0.0).tolist() == cells.tolist()
    assert not minitorch.dropout(t, 1.0).to_numpy().any()
    assert minitorch.dropout(t, 1.0, ignore=True).tolist() == cells.tolist()
    rate = data.draw(floats(0.05, 0.95))
    got = minitorch.dropout(t, rate).to_numpy()
    dropped = got == 0.0
    np.testing.assert_allclose(got[~dropped], (cells / (1.0 - rate))[~dropped], rtol=1e-9)


@pytest.mark.task4_4
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_drop_share(rate: float) -> None:
    """About as many cells are dropped as the rate says, the same ones after the same seed."""
    minitorch.seed(7)
    first = minitorch.dropout(tensor(np.ones((40, 50))), rate).to_numpy()
    minitorch.seed(7)
    again = minitorch.dropout(tensor(np.ones((40, 50))), rate).to_numpy()
    other = minitorch.dropout(tensor(np.ones((40, 50))), rate).to_numpy()
    assert (first == again).all() and (first != other).any()
    # Six standard deviations to each side: once in half a billion runs of another seed.
    room = 6.0 * math.sqrt(rate * (1.0 - rate) / 2000)
    assert abs((first == 0.0).mean() - rate) < room
    assert len(set(first.ravel().tolist())) == 2


@pytest.mark.task4_4
def test_drop_gradient() -> None:
    """The gradient flows through the cells that were kept, with the same factor."""
    x = tensor(np.ones((10, 10)), requires_grad=True)
    out = minitorch.dropout(x, 0.3)
    out.sum().backward()
    assert x.grad is not None and x.grad.tolist() == out.tolist()


@pytest.mark.task4_4
@pytest.mark.parametrize("rate", [-0.1, 1.1, math.nan, "half", None])
def test_a_rate_that_is_none(rate: Any) -> None:
    minitorch.dropout(tensor([1.0]), 0.5)
    with pytest.raises(ValueError, match="share of cells that are dropped"):
        minitorch.dropout(tensor([1.0]), rate)


@pytest.mark.task4_4
@given(tensors(shape=(1, 1, 4, 4)), sampled_from([1, 2, 3]))
@settings(max_examples=30)
def test_softmax(t: Tensor, dim: int) -> None:
    """Shares along the dimension, positive and adding up to 1."""
    shares = minitorch.softmax(t, dim)
    assert shares.shape == t.shape
    sums = shares.to_numpy().sum(dim)
    np.testing.assert_allclose(sums, np.ones_like(sums), rtol=1e-9)
    assert (shares.to_numpy() >= 0.0).all()
    minitorch.grad_check(lambda x: minitorch.softmax(x, dim) * WEIGHTS, t)


@pytest.mark.task4_4
@given(tensors(shape=(1, 1, 4, 4)), sampled_from([1, 2, 3]))
@settings(max_examples=30)
def test_log_softmax(t: Tensor, dim: int) -> None:
    """The logarithms of the shares."""
    shares, logs = minitorch.softmax(t, dim), minitorch.logsoftmax(t, dim)
    np.testing.assert_allclose(np.exp(logs.to_numpy()), shares.to_numpy(), rtol=1e-5)
    minitorch.grad_check(lambda x: minitorch.logsoftmax(x, dim) * WEIGHTS, t)


@pytest.mark.task4_4
@pytest.mark.parametrize("backend", BACKENDS)
def test_softmax_of_large_scores(backend: str) -> None:
    x = tensor([[1000.0, 0.0]], BACKENDS[backend])
    assert minitorch.softmax(x, 1).tolist() == [[1.0, 0.0]]
    np.testing.assert_allclose(minitorch.logsoftmax(x, 1).tolist(), [[0.0, -1000.0]], atol=1e-5)


@pytest.mark.task4_4
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["float64", "float32"])
@pytest.mark.parametrize("name", named("task4_4"))
def test_as_pytorch(name: str, backend: str, dtype: Any) -> None:
    agree(name, backend, dtype)


ALONG: dict[str, Callable[[Tensor, int], Tensor]] = {
    "max": lambda x, dim: minitorch.max(x, dim),
    "argmax": lambda x, dim: minitorch.argmax(x, dim),
    "softmax": lambda x, dim: minitorch.softmax(x, dim),
    "logsoftmax": lambda x, dim: minitorch.logsoftmax(x, dim),
}


@pytest.mark.task4_4
@pytest.mark.parametrize("name", ALONG)
def test_along_nothing(name: str) -> None:
    """An empty dimension, and one that isn't there, are refused by name."""
    function = ALONG[name]
    function(tensor([[1.0, 2.0]]), 1)
    with pytest.raises(minitorch.IndexingError, match=rf"{name}: dimension 1 .* is empty"):
        function(minitorch.zeros((3, 0)), 1)
    assert function(minitorch.zeros((0, 3)), 1).shape[0] == 0
    for dim in (2, -3):
        with pytest.raises(minitorch.IndexingError, match=name):
            function(tensor([[1.0, 2.0]]), dim)
    with pytest.raises(TypeError, match=name):
        function(tensor([[1.0, 2.0]]), 0.5)  # type: ignore[arg-type]
