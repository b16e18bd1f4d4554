"""Layers and networks on images and sentences, and training them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch import SGD, tensor
from minitorch.data import DataError
from minitorch.data.digits import Digits, small_digits
from minitorch.layers import Conv1d, Conv2d, Linear
from minitorch.train.images import ImageTrain, Network, as_images, one_hot, train_step


def filled(layer, weights, bias):
    layer.weights.update(tensor(weights))
    layer.bias.update(tensor(bias))
    return layer


@pytest.mark.task4_5
def test_linear_is_a_product_and_a_sum() -> None:
    layer = filled(Linear(2, 3), [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [0.5, 0.0, -0.5])
    got = layer.forward(tensor([[1.0, 0.0], [1.0, 1.0]]))
    assert got.tolist() == [[1.5, 2.0, 2.5], [5.5, 7.0, 8.5]]


@pytest.mark.task4_5
def test_conv1d_slides_and_adds_a_bias_for_each_filter() -> None:
    layer = filled(Conv1d(1, 2, 2), [[[1.0, 1.0]], [[0.0, -1.0]]], [[10.0], [20.0]])
    got = layer.forward(tensor([[[1.0, 2.0, 3.0]]]))
    assert got.tolist() == [[[13.0, 15.0, 13.0], [18.0, 17.0, 20.0]]]


@pytest.mark.task4_5
def test_conv2d_slides_and_adds_a_bias_for_each_filter() -> None:
    weights = [[[[1.0, 0.0], [0.0, 1.0]]], [[[0.0, 0.0], [1.0, 0.0]]]]
    layer = filled(Conv2d(1, 2, 2, 2), weights, [[[10.0]], [[20.0]]])
    got = layer.forward(tensor([[[[1.0, 2.0], [3.0, 4.0]]]]))
    assert got.tolist() == [[[[15.0, 12.0], [13.0, 14.0]], [[23.0, 24.0], [20.0, 20.0]]]]


@pytest.mark.task4_5
def test_gradients_reach_all_parameters_of_the_layers() -> None:
    for layer, shape in ((Linear(3, 2), (4, 3)), (Conv1d(3, 2, 2), (4, 3, 5)),
                         (Conv2d(3, 2, 2, 2), (4, 3, 5, 5))):  # fmt: skip
        layer.forward(minitorch.rand(shape)).sum().backward()
        for name, parameter in layer.named_parameters():
            assert parameter.value.grad is not None, name


@pytest.mark.task4_5
def test_a_network_answers_with_log_probabilities_and_keeps_its_activations() -> None:
    model = Network(size=4, pool=2, dtype=np.float64)
    model.eval()
    out = model.forward(minitorch.rand((3, 1, 4, 4)))
    assert out.shape == (3, 10)
    assert np.allclose(np.exp(out.to_numpy()).sum(1), 1.0)
    assert model.mid.shape == (3, 4, 4, 4) and model.out.shape == (3, 8, 4, 4)
    assert model.mid.to_numpy().min() >= 0.0 and model.out.to_numpy().min() >= 0.0


@pytest.mark.task4_5
def test_dropout_is_for_training() -> None:
    minitorch.seed(1)
    model = Network(size=4, pool=2, rate=0.5, dtype=np.float64)
    x = minitorch.rand((2, 1, 4, 4))
    several = {str(model.forward(x).tolist()) for _ in range(5)}
    assert len(several) > 1
    model.eval()
    assert len({str(model.forward(x).tolist()) for _ in range(5)}) == 1


@pytest.mark.task4_5
def test_steps_on_one_batch_lower_its_loss() -> None:
    minitorch.seed(1)
    model = Network(size=4, pool=2, rate=0.0, dtype=np.float64)
    x, y = minitorch.rand((4, 1, 4, 4)), one_hot(np.array([3, 1, 4, 1]))
    optimizer = SGD(model.parameters(), 0.5)
    losses = [train_step(model, optimizer, x, y)[0] for _ in range(30)]
    assert losses[-1] < losses[0]
    loss, right = train_step(model, optimizer, x, y)
    assert isinstance(loss, float) and isinstance(right, int) and 0 <= right <= 4


@pytest.mark.task4_5
@pytest.mark.slow
def test_the_small_digits_are_learnt_and_the_seed_decides() -> None:
    few, others = small_digits("train").take(0, 600), small_digits("validation")

    def trained() -> tuple[ImageTrain, Any]:
        minitorch.seed(1)
        trainer = ImageTrain(size=8)
        return trainer, trainer.train(few, others, 0.005, 5, log_fn=None)

    trainer, first = trained()
    _, second = trained()
    assert first == second
    assert first[-1].accuracy > 60.0
    assert trainer.read(others.images[0]).shape == (1,)


def test_one_hot() -> None:
    assert one_hot(np.array([2])).tolist() == [[0.0] * 2 + [1.0] + [0.0] * 7]


@pytest.mark.parametrize("shape", [(3, 7, 8), (8, 9), (0, 8, 8), (2, 1, 8, 8)])
def test_images_of_another_size_are_refused(shape) -> None:
    with pytest.raises(DataError, match="reads images of 8×8"):
        as_images(np.zeros(shape), 8, minitorch.SimpleBackend, np.float32)


def test_a_network_that_cannot_be_pooled() -> None:
    with pytest.raises(ValueError, match="7×7 can't be cut into pieces of 2×2"):
        Network(size=7, pool=2)


def test_digits_are_checked_before_anything_is_trained() -> None:
    with pytest.raises(DataError, match="image 0 is 11"):
        Digits(np.zeros((1, 8, 8), np.float32), np.array([11]))
