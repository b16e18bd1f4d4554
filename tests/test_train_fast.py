"""Training in mini-batches on the fast backends, and the commands for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

import minitorch
from minitorch import SGD, FastOps, TensorBackend, tensor
from minitorch.cli import make_parser
from minitorch.train.fast import CPUTrain, Linear, Network, batches, train_step

FAST = TensorBackend(FastOps)


@pytest.mark.task3_5
def test_a_layer_is_a_product_and_a_sum() -> None:
    layer = Linear(2, 3, FAST)
    layer.weights.update(tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], backend=FAST))
    layer.bias.update(tensor([0.5, 0.0, -0.5], backend=FAST))
    got = layer.forward(tensor([[1.0, 0.0], [1.0, 1.0]], backend=FAST))
    assert got.tolist() == [[1.5, 2.0, 2.5], [5.5, 7.0, 8.5]]
    assert [name for name, _ in layer.named_parameters()] == ["weights", "bias"]


@pytest.mark.task3_5
def test_a_network_gives_one_probability_a_point() -> None:
    got = Network(3, FAST).forward(tensor([[0.1, 0.2], [0.9, 0.4]], backend=FAST))
    assert got.shape == (2,)
    assert all(0.0 <= p <= 1.0 for p in got.tolist())


@pytest.mark.task3_5
def test_steps_on_one_batch_lower_its_loss() -> None:
    minitorch.seed(1)
    model = Network(4, FAST)
    optimizer = SGD(model.parameters(), 0.1)
    X = tensor([[0.1, 0.9], [0.8, 0.2], [0.5, 0.4]], backend=FAST)
    y = tensor([1.0, 0.0, 1.0], backend=FAST)
    losses = [train_step(model, optimizer, X, y)[0] for _ in range(30)]
    assert losses[-1] < losses[0]


def test_batches_deal_every_point_once() -> None:
    minitorch.seed(1)
    dealt = list(batches(23, 10))
    assert [len(batch) for batch in dealt] == [10, 10, 3]
    assert sorted(i for batch in dealt for i in batch) == list(range(23))
    minitorch.seed(1)
    assert dealt == list(batches(23, 10))
    assert dealt != list(batches(23, 10))


@pytest.mark.task3_5
def test_training_learns_and_the_seed_decides() -> None:
    found = []
    for _ in range(2):
        minitorch.seed(2)
        data = minitorch.datasets["Simple"](30)
        found.append(CPUTrain(8).train(data, 0.2, 20, log_fn=lambda *_: None))
    assert found[0] == found[1]
    assert found[0][-1] < found[0][0]


@pytest.mark.task3_5
def test_the_command_on_the_cpu(capsys: pytest.CaptureFixture[str]) -> None:
    flags = "--backend cpu --hidden 10 --dataset split --rate 0.05 --points 20 --epochs 20"
    chosen = make_parser().parse_args(["train", *flags.split()])
    chosen.run(chosen)
    *lines, last = capsys.readouterr().out.splitlines()
    assert all(re.fullmatch(r"Epoch  \d+  loss  \S+ correct  \d+", line) for line in lines)
    assert [line.split()[1] for line in lines] == ["10", "20"]
    assert "of 20 points correct" in last


def test_the_command_without_a_gpu() -> None:
    from minitorch.cuda_ops import SIMULATED

    if not SIMULATED:
        pytest.skip("There is a GPU.")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    del env["NUMBA_ENABLE_CUDASIM"]
    code = "from minitorch.cli import main; raise SystemExit(main(['train', '--backend', 'gpu']))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=env, capture_output=True, encoding="utf-8")
    assert done.returncode == 2
    assert "GPU" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.task3_2
def test_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    chosen = make_parser().parse_args(["diagnostics"])
    chosen.run(chosen)
    said = capsys.readouterr().out
    for heading in ("MAP", "ZIP", "REDUCE", "MATRIX MULTIPLY"):
        assert f"\n{heading}\n" in f"\n{said}"
    assert said.count("Parallel Accelerator Optimizing") == 4
