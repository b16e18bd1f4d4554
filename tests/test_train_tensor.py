"""Module 2's layers of Tensors, and a training with them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import integers

import minitorch
from minitorch import SGD, Tensor, cli, grad_check, rand
from minitorch.train.scalar import ScalarTrain
from minitorch.train.tensor import Linear, Network, TensorTrain, train_step

sizes = integers(min_value=1, max_value=4)


@pytest.mark.task2_5
@given(sizes, sizes, sizes)
def test_linear(n: int, ins: int, outs: int) -> None:
    layer = Linear(ins, outs)
    x = rand((n, ins))
    got = layer.forward(x)
    assert got.shape == (n, outs)
    weights, bias = layer.weights.value.to_numpy(), layer.bias.value.to_numpy()
    np.testing.assert_allclose(got.to_numpy(), x.to_numpy() @ weights + bias, atol=1e-9)


@pytest.mark.task2_5
def test_linear_gradients() -> None:
    minitorch.seed(1)
    layer = Linear(2, 3)

    def output(x: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
        # Straight into the boxes: update() would make leaves of its own.
        layer.weights.value, layer.bias.value = weights, bias
        return layer.forward(x) * layer.forward(x)

    assert grad_check(output, rand((4, 2)), rand((2, 3)), rand((3,))) == []


@pytest.mark.task2_5
def test_network_gives_a_probability_for_each_point() -> None:
    minitorch.seed(2)
    model = Network(4)
    assert sum(math.prod(p.value.shape) for p in model.parameters()) == 12 + 20 + 5
    out = model.forward(rand((5, 2)))
    assert out.shape == (5,)
    assert all(0.0 < p < 1.0 for p in out.tolist())
    with pytest.raises(ValueError, match="at least one unit"):
        Network(0)


@pytest.mark.task2_5
def test_step_lowers_the_loss() -> None:
    minitorch.seed(3)
    data = minitorch.datasets["Simple"](20)
    model = Network(2)
    optimizer = SGD(model.parameters(), 0.1)
    steps = [train_step(model, optimizer, data) for _ in range(5)]
    losses = [loss for loss, _ in steps]
    assert losses == sorted(losses, reverse=True)
    assert all(type(loss) is float and type(correct) is int for loss, correct in steps)


@pytest.mark.task2_5
@pytest.mark.parametrize("name", ["Simple", "Split", "Xor"])
def test_same_seed_same_losses_as_scalars(name: str) -> None:
    def run(make: type[ScalarTrain] | type[TensorTrain]) -> tuple[list[float], list[int]]:
        minitorch.seed(5)
        data = minitorch.datasets[name](10)
        counts: list[int] = []
        losses = make(3).train(data, 0.5, 12, lambda epoch, loss, right, all_: counts.append(right))
        return losses, counts

    scalars, tensors = run(ScalarTrain), run(TensorTrain)
    assert scalars[0] == pytest.approx(tensors[0], rel=1e-9)
    assert scalars[1] == tensors[1]


@pytest.mark.task2_5
def test_training_learns_simple() -> None:
    minitorch.seed(3)
    data = minitorch.datasets["Simple"](50)
    trainer = TensorTrain(2)
    names = [p.name for p in trainer.model.parameters()]
    log: list[tuple[int, int]] = []
    trainer.train(data, 0.5, 95, lambda e, loss, correct, all_: log.append((e, correct)))
    assert [epoch for epoch, _ in log] == [*range(10, 91, 10), 95]
    assert log[-1][1] >= 49
    assert [p.name for p in trainer.model.parameters()] == names
    many = trainer.run_many(data.X)
    assert many.shape == (50,) and not many.requires_grad()
    assert trainer.run_one(data.X[0]).item() == pytest.approx(many[0])
    right = sum((trainer.score(*x) > 0) == y for x, y in zip(data.X, data.y, strict=True))
    assert right >= 49


@pytest.mark.task2_5
def test_command_has_the_same_flags_and_log_lines(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", "--dataset", "xor", "--points", "8", "--hidden", "2", "--epochs", "20"]
    logs = []
    for backend in ("scalar", "tensor"):
        chosen = cli.make_parser().parse_args([*words, "--backend", backend])
        cli.train_command(chosen)
        logs.append([line.split() for line in capsys.readouterr().out.splitlines()])
    assert len(logs[1]) == 3
    for scalar, with_tensors in zip(logs[0][:-1], logs[1][:-1], strict=True):
        assert scalar[:3] == with_tensors[:3] and scalar[4:] == with_tensors[4:]
        assert float(scalar[3]) == pytest.approx(float(with_tensors[3]), rel=1e-9)
    assert logs[0][-1][:8] == logs[1][-1][:8]


def test_bad_settings() -> None:
    data = minitorch.datasets["Simple"](4)
    trainer = TensorTrain.__new__(TensorTrain)  # without the tensors that Task 2.3 makes
    with pytest.raises(ValueError, match="must be above 0"):
        trainer.train(data, 0.0)
    with pytest.raises(ValueError, match="can't be negative"):
        trainer.train(data, 0.5, -1)
