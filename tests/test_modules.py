"""Module 1's layers of Scalars, and a training with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis.strategies import lists
from strategies import assert_close, small_floats

import minitorch
from minitorch import SGD, Parameter, Scalar
from minitorch.train.scalar import Linear, Network, ScalarTrain, train_step


@given(lists(small_floats, min_size=2, max_size=2))
def test_linear(xs: list[float]) -> None:
    layer = Linear(2, 3)
    assert list(dict(layer.named_parameters()))[:2] == ["weight_0_0", "weight_0_1"]
    for j, out in enumerate(layer.forward([Scalar(x) for x in xs])):
        weighted = [x * layer.weights[i][j].value.data for i, x in enumerate(xs)]
        assert_close(out.data, sum(weighted) + layer.biases[j].value.data)


def test_nn_size() -> None:
    model = Network(4)
    assert len(model.parameters()) == (2 * 4 + 4) + (4 * 4 + 4) + (4 * 1 + 1)
    with pytest.raises(ValueError, match="at least one unit"):
        Network(0)


@pytest.mark.task1_5
def test_step_lowers_the_loss() -> None:
    minitorch.seed(3)
    data = minitorch.datasets["Simple"](20)
    model = Network(2)
    optimizer = SGD(model.parameters(), 0.1)
    losses = [train_step(model, optimizer, data)[0] for _ in range(5)]
    assert losses == sorted(losses, reverse=True), (
        f"five steps gave the losses {[round(loss, 3) for loss in losses]}, which don't fall: does "
        "each step go against the slope of the loss that it returns?"
    )


@pytest.mark.task1_5
def test_training_learns_simple() -> None:
    minitorch.seed(3)
    data = minitorch.datasets["Simple"](50)
    log: list[tuple[int, float, int, int]] = []
    trainer = ScalarTrain(2)
    names = [p.name for p in trainer.model.parameters()]
    trainer.train(
        data, 0.5, 95, lambda e, loss, correct, all_: log.append((e, loss, correct, len(all_)))
    )
    assert [line[0] for line in log] == [*range(10, 91, 10), 95]
    assert [line[3] for line in log] == [line[0] for line in log]
    assert log[-1][2] >= 49, (
        f"after 95 epochs {log[-1][2]} of 50 points are right, loss {log[-1][1]:.2f}: the "
        "check in the guide tells apart the layers, the output, the classes and the step"
    )
    assert [p.name for p in trainer.model.parameters()] == names
    right = sum((trainer.score(*x) > 0) == y for x, y in zip(data.X, data.y, strict=True))
    assert right >= 49, f"the trained network is right at {right} of 50 points, but counts more"


@pytest.mark.task1_5
def test_same_seed_same_training(capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for _ in range(2):
        minitorch.seed(1)
        ScalarTrain(2).train(minitorch.datasets["Xor"](6), 0.5, max_epochs=10)
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    assert printed[0].startswith("Epoch  10  loss  ")
    assert " correct  " in printed[0]


def test_bad_settings() -> None:
    data = minitorch.Graph(1, [(0.0, 0.0)], [0])
    with pytest.raises(ValueError, match="rate must be above 0"):
        ScalarTrain(2).train(data, 0.0)
    with pytest.raises(ValueError, match="can't be negative"):
        ScalarTrain(2).train(data, 0.5, -1)


def test_sgd_moves_against_the_derivative() -> None:
    w, other = Parameter(Scalar(2.0), name="w"), Parameter(Scalar(5.0))
    optimizer = SGD([w, other], lr=0.5)
    w.value.derivative = 3.0
    optimizer.zero_grad()
    assert w.value.derivative is None
    with pytest.raises(TypeError, match=r"changes Parameters.*model\.parameters\(\)"):
        SGD([Scalar(1.0)])  # type: ignore


@pytest.mark.task1_2
def test_sgd_keeps_names_and_makes_leaves() -> None:
    w, other = Parameter(Scalar(2.0), name="w"), Parameter(Scalar(5.0))
    w.value.derivative = 3.0
    SGD([w, other], lr=0.5).step()
    assert w.value.data == 0.5
    assert w.value.name == "w"
    assert w.value.is_leaf() and w.value.derivative is None
    assert other.value.data == 5.0
