"""Losses, given layers and the methods for maxima: what they refuse, and where they stay."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch import (
    CudaOps,
    Dropout,
    Embedding,
    FastOps,
    Module,
    Parameter,
    Sequential,
    SimpleBackend,
    Tensor,
    TensorBackend,
    binary_cross_entropy_with_logits,
    cross_entropy,
    nll_loss,
    tensor,
)

BACKENDS = {
    "simple": SimpleBackend,
    "fast": TensorBackend(FastOps),
    "cuda": TensorBackend(CudaOps),
}
every_backend = pytest.mark.parametrize("backend", BACKENDS.values(), ids=BACKENDS)


# ## Everything stays on its backend, with its dtype


@every_backend
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["float64", "float32"])
def test_where_and_what(backend: TensorBackend, dtype: Any) -> None:
    images = tensor(np.arange(32.0).reshape(1, 2, 4, 4) / 8, backend, True, dtype)
    rows = images.view(8, 4)
    for made in (
        minitorch.avgpool2d(images, 2),
        minitorch.maxpool2d(images, (4, 2)),
        minitorch.max(rows, 0),
        minitorch.argmax(rows, 1),
        minitorch.softmax(rows, 1),
        minitorch.logsoftmax(rows, 0),
        minitorch.dropout(rows, 0.5),
        minitorch.dropout(rows, 1.0),
        rows.max(),
        rows.min((0, 1)),
        rows.argmax(1),
        cross_entropy(rows, [0, 1, 2, 3] * 2),
        nll_loss(rows, np.zeros(8)),
        binary_cross_entropy_with_logits(rows, np.ones((8, 4))),
    ):
        assert made.backend is backend and made.dtype == dtype
    images.zero_grad_()
    cross_entropy(minitorch.maxpool2d(images, 2).view(2, 4), [0, 3]).backward()
    assert images.grad is not None and images.grad.dtype == dtype
    assert images.grad.backend is backend


@every_backend
def test_max_is_right_for_every_float(backend: TensorBackend) -> None:
    inf, nan = math.inf, math.nan
    cells = [[-2e9, -3e9], [-inf, -inf], [inf, nan], [-1e308, -inf], [-0.0, -5e-324]]
    got = minitorch.max(tensor(cells, backend), 1).to_numpy().ravel()
    np.testing.assert_array_equal(got, [-2e9, -inf, nan, -1e308, 0.0])
    wide = -1e12 - np.arange(3000.0)
    assert minitorch.max(tensor(wide, backend), 0).item() == -1e12


@every_backend
def test_an_empty_dimension(backend: TensorBackend) -> None:
    nothing = minitorch.zeros((2, 0), backend)
    for call in (
        lambda: minitorch.max(nothing, 1),
        lambda: minitorch.argmax(nothing, -1),
        lambda: minitorch.softmax(nothing, 1),
        lambda: minitorch.logsoftmax(nothing, 1),
        lambda: minitorch.max_reduce(nothing, 1),
        lambda: nothing.max(),
        lambda: nothing.min(1),
        lambda: nothing.max((0, 1)),
        lambda: nothing.argmax(),
        lambda: nothing.argmin(1),
    ):
        with pytest.raises(minitorch.IndexingError, match=r"empty|no cells"):
            call()
    assert minitorch.max(nothing, 0).shape == (1, 0)
    assert nothing.argmax(0).shape == (1, 0)


def test_a_parameter_stands_for_its_value() -> None:
    weight = Parameter(tensor([[1.0, 3.0]]))
    assert minitorch.max(weight, 1).item() == 3.0  # type: ignore[arg-type]
    assert minitorch.softmax(weight, 1).shape == (1, 2)  # type: ignore[arg-type]
    for wrong in ([[1.0]], np.ones((1, 2)), 3.0, None):
        with pytest.raises(TypeError, match="takes a tensor"):
            minitorch.max(wrong, 0)  # type: ignore[arg-type]


# ## Kernels


@pytest.mark.parametrize("function", ["tile", "avgpool2d", "maxpool2d"])
def test_kernels_that_do_not_fit(function: str) -> None:
    pool = getattr(minitorch, function)
    x = minitorch.zeros((1, 1, 4, 6))
    for kernel in ((3, 2), (2, 4), (8, 6), (4, 12)):
        with pytest.raises(minitorch.IndexingError, match=rf"{function}: a kernel of .* divide"):
            pool(x, kernel)
    for kernel in ((0, 2), (2, -1)):
        with pytest.raises(ValueError, match="Sizes start from 1"):
            pool(x, kernel)
    for kernel in ((2,), (2, 2, 2), (2.5, 2), "22", None, ("a", "b")):
        with pytest.raises(TypeError, match="two whole numbers"):
            pool(x, kernel)
    for shape in ((4, 6), (1, 4, 6), (1, 1, 1, 4, 6)):
        with pytest.raises(minitorch.IndexingError, match="batch, channels, height, width"):
            pool(minitorch.zeros(shape), (2, 2))
    with pytest.raises(TypeError, match="takes a tensor"):
        pool(np.zeros((1, 1, 4, 6)), (2, 2))


def test_one_number_is_a_square_kernel() -> None:
    x = tensor(np.arange(16.0).reshape(1, 1, 4, 4))
    assert minitorch.avgpool2d(x, 2).tolist() == minitorch.avgpool2d(x, (2, 2)).tolist()
    assert minitorch.maxpool2d(x, [2, 4]).shape == (1, 1, 2, 1)  # type: ignore[arg-type]
    assert minitorch.avgpool2d(minitorch.zeros((0, 3, 4, 4)), 2).shape == (0, 3, 2, 2)


# ## Losses


def test_labels_that_are_none() -> None:
    scores = tensor([[0.0, 1.0, 2.0], [3.0, 1.0, 0.0]], requires_grad=True)
    for loss in (cross_entropy, nll_loss):
        name = loss.__name__
        for labels in ([0, 3], [-1, 0], np.array([7, 0])):
            with pytest.raises(ValueError, match=rf"{name}: label \d is -?\d, and there are 3"):
                loss(scores, labels)
        for labels in ([0], [0, 1, 2], [], [[0, 1], [1, 2]]):
            with pytest.raises(ValueError, match=f"{name}: 2 rows of scores"):
                loss(scores, labels)
        for labels in ([0.5, 1.0], ["a", "b"], [math.nan, 0.0]):
            with pytest.raises(TypeError, match=f"{name}: labels are whole numbers"):
                loss(scores, labels)
        for shape in ((0, 3), (2, 0)):
            with pytest.raises(ValueError, match="empty batch"):
                loss(minitorch.zeros(shape), [])
        for shape in ((3,), (1, 2, 3)):
            with pytest.raises(ValueError, match=r"\(batch, classes\)"):
                loss(minitorch.zeros(shape), [0])
        with pytest.raises(TypeError, match="takes a tensor"):
            loss([[0.0, 1.0]], [0])  # type: ignore[arg-type]


def test_labels_in_any_form() -> None:
    scores = tensor([[0.0, 1.0, 2.0], [3.0, 1.0, 0.0]])
    wanted = cross_entropy(scores, [2, 0]).item()
    for labels in ((2, 0), np.array([2, 0]), np.array([[2.0], [0.0]]), tensor([2.0, 0.0])):
        assert cross_entropy(scores, labels).item() == wanted


def test_binary_labels_that_are_none() -> None:
    scores = tensor([1.0, -1.0])
    for labels in ([0, 2], [-0.1, 1], [math.nan, 0]):
        with pytest.raises(ValueError, match=r"label \(\d,\) is .* Labels are from 0 to 1"):
            binary_cross_entropy_with_logits(scores, labels)
    with pytest.raises(ValueError, match="Each score needs one"):
        binary_cross_entropy_with_logits(scores, [[0, 1]])
    with pytest.raises(ValueError, match="empty batch"):
        binary_cross_entropy_with_logits(minitorch.zeros((0,)), [])
    with pytest.raises(TypeError, match="takes a tensor"):
        binary_cross_entropy_with_logits([1.0], [1.0])  # type: ignore[arg-type]


@every_backend
def test_losses_at_scores_out_of_every_bound(backend: TensorBackend) -> None:
    x = tensor([[1e4, -1e4], [-1e4, 1e4]], backend, requires_grad=True)
    loss = cross_entropy(x, [0, 0])
    loss.backward()
    assert abs(loss.item() - 1e4) < 1e-3 and x.grad is not None
    np.testing.assert_allclose(x.grad.to_numpy(), [[0, 0], [-0.5, 0.5]], atol=1e-6)
    y = tensor([1e4, -1e4, 0.0], backend, requires_grad=True)
    loss = binary_cross_entropy_with_logits(y, [0.0, 0.0, 1.0])
    loss.backward()
    assert abs(loss.item() - (1e4 + math.log(2)) / 3) < 1e-9 and y.grad is not None
    np.testing.assert_allclose(y.grad.to_numpy(), [1 / 3, 0, -0.5 / 3], atol=1e-12)


# ## Layers


def test_dropout_knows_its_mode() -> None:
    model = Sequential(Dropout(0.5), lambda x: x * 2.0)
    x = tensor(np.ones((20, 20)))
    assert set(model(x).to_numpy().ravel().tolist()) == {0.0, 4.0}
    model.eval()
    assert set(model(x).to_numpy().ravel().tolist()) == {2.0}
    model.train()
    assert (model(x).to_numpy() == 0.0).any()
    assert repr(Dropout(0.25)) == "Dropout(0.25)"
    for rate in (-0.5, 2, "half", None, math.nan):
        with pytest.raises(ValueError, match="Dropout: a rate of"):
            Dropout(rate)  # type: ignore[arg-type]


def test_sequential() -> None:
    model = Sequential(Embedding(3, 2), Tensor.relu, Sequential(Dropout(0.0)))
    assert [name for name, _ in model.named_parameters()] == ["0.weights"]
    assert len(model) == 3 and repr(model[1]) == "relu"
    assert model([0, 2]).shape == (2, 2)
    model.append(Tensor.exp)
    assert (model([1]).to_numpy() >= 1.0).all()
    del model[0]
    assert model(tensor([-1.0])).tolist() == [1.0]
    assert Sequential()(3.0) == 3.0
    again = copy.deepcopy(model)
    assert again(tensor([-1.0])).tolist() == [1.0]
    for wrong in (3, "relu", None, Dropout):
        with pytest.raises(TypeError, match="holds modules only"):
            Sequential(wrong)  # type: ignore[arg-type]


def test_what_an_embedding_refuses() -> None:
    words = Embedding(3, 2)
    for places in ([3], [-1], [[0], [5]], tensor([7.0])):
        with pytest.raises(
            minitorch.IndexingError, match=r"number -?\d at \[.*\] isn't in its table"
        ):
            words(places)
    for places in ([0.5], ["a"], [None], [True]):
        with pytest.raises(TypeError, match="whole numbers"):
            words(places)
    with pytest.raises((TypeError, ValueError)):
        words([[0, 1], [2]])
    for count, size in ((0, 2), (3, 0), (-1, 2)):
        with pytest.raises(ValueError, match="no numbers"):
            Embedding(count, size)
    for padding in (3, -1):
        with pytest.raises(ValueError, match="padding"):
            Embedding(3, 2, padding)


@every_backend
def test_padding_stays_nothing(backend: TensorBackend) -> None:
    words = Embedding(4, 3, padding=1, backend=backend)
    sgd = minitorch.SGD(words.parameters(), lr=0.5)
    for _ in range(3):
        sgd.zero_grad()
        (words([[0, 1], [1, 3]]) + 1.0).sum().backward()
        sgd.step()
    table = words.weights.value.to_numpy()
    assert not table[1].any() and table[0].any()
    assert not words([1, 1]).to_numpy().any()


def test_the_same_seed_gives_the_same_table() -> None:
    tables = []
    for _ in range(2):
        minitorch.seed(4)
        tables.append(Embedding(3, 2).state_dict()["weights"])
    assert (tables[0] == tables[1]).all()


def test_a_network_learns_with_all_of_it() -> None:
    """Which of three words comes twice in a sentence of four."""

    class Net(Module):
        def __init__(self) -> None:
            super().__init__()
            self.words = Embedding(3, 3)

        def forward(self, places: Any) -> Tensor:
            return self.words(places).max(1, keepdim=False)

    minitorch.seed(1)
    sentences = [[0, 0, 1, 2], [1, 0, 1, 2], [2, 2, 1, 0]]
    model = Sequential(Embedding(3, 3), lambda x: x.sum(1, keepdim=False))
    adam = minitorch.Adam(model.parameters(), lr=0.2)
    for _ in range(60):
        adam.zero_grad()
        loss = cross_entropy(model(sentences), [0, 1, 2])
        loss.backward()
        adam.step()
    assert loss.item() < 0.05
    assert model(sentences).argmax(1, keepdim=False).tolist() == [0.0, 1.0, 2.0]
    assert Net()(sentences).shape == (3, 3)
