"""Long trainings: logs, files to go on from, and the commands."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch.checkpoint import CheckpointError
from minitorch.cli import main
from minitorch.data.digits import Digits, small_digits
from minitorch.train.epochs import Epoch, Pace, Schedule, TrainingError, log_line, run

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


class Counter:
    """A trainer whose loss comes from chance, and whose one parameter counts the epochs."""

    def __init__(self) -> None:
        self.model = minitorch.Module()
        self.model.w = minitorch.Parameter(minitorch.tensor([0.0]))

    def optimizer(self, learning_rate: float) -> Any:
        return minitorch.SGD(self.model.parameters(), learning_rate, momentum=0.9)

    def step(self, optimizer: Any, data: Any, tick: Any = None) -> tuple[float, int]:
        import random

        optimizer.zero_grad()
        value = self.model.w.value
        ((value - 3.0) * (value - 3.0)).sum().backward()
        optimizer.step()
        tick(len(data))
        return self.model.w.value[0] + random.random(), 1

    def count(self, data: Any) -> int:
        return 1


DATA = [1, 2, 3]


def trained(path: Path | None, epochs: int, stop: int | None = None, resume: bool = False) -> Any:
    if not resume:
        minitorch.seed(4)
    told: list[Epoch] = []

    def tell(done: Epoch) -> None:
        told.append(done)
        if done.epoch == stop:
            raise KeyboardInterrupt

    try:
        run(Counter(), DATA, DATA, epochs, Schedule(0.1), log_fn=tell, keep=path, resume=resume,
            seed=4)  # fmt: skip
    except KeyboardInterrupt:
        minitorch.seed(99)
    return told


def test_a_resumed_training_gives_the_numbers_of_one_that_was_not_interrupted(tmp_path) -> None:
    whole = trained(tmp_path / "a.npz", 6)
    assert [each.epoch for each in whole] == [1, 2, 3, 4, 5, 6]
    for stop in (1, 3, 5, 6):
        path = tmp_path / f"{stop}.npz"
        assert trained(path, 6, stop) == whole[:stop]
        assert trained(path, 6, resume=True) == whole


def test_a_file_of_another_training_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    trained(path, 3)
    with pytest.raises(TrainingError, match=r"epochs 3 \(now 4\)"):
        run(Counter(), DATA, DATA, 4, Schedule(0.1), keep=path, resume=True, seed=4)
    with pytest.raises(TrainingError, match=r"seed 4 \(now 5\)"):
        run(Counter(), DATA, DATA, 3, Schedule(0.1), keep=path, resume=True, seed=5)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(CheckpointError, match="damaged or cut off"):
        run(Counter(), DATA, DATA, 3, Schedule(0.1), keep=path, resume=True, seed=4)


def test_a_loss_that_is_no_number_ends_the_training() -> None:
    class Wild(Counter):
        def step(self, optimizer: Any, data: Any, tick: Any = None) -> tuple[float, int]:
            return float("nan"), 0

    with pytest.raises(TrainingError, match=r"smaller rate than 0\.1"):
        run(Wild(), DATA, DATA, 3, Schedule(0.1))


def test_the_rate_falls_and_a_wrong_one_is_refused() -> None:
    rates = [Schedule(0.5).rate(epoch, 5) for epoch in range(1, 6)]
    assert rates[0] == 0.5 and rates == sorted(rates, reverse=True) and rates[-1] > 0.0
    assert Schedule(0.5, falls=False).rate(5, 5) == 0.5
    for rate in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="above 0"):
            Schedule(rate)
    with pytest.raises(ValueError, match="negative"):
        run(Counter(), DATA, None, -1, Schedule(0.1))


def test_the_pace_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    said: list[str] = []
    pace = Pace(2, 1000, said.append, every=5.0)
    pace(1, 16)
    now = 103.0
    pace(1, 50)
    assert said == []
    now = 110.0
    pace(1, 516)
    assert said == ["epoch 1 of 2: 516 of 1,000, 50 a second, about 30 s left"]


def test_log_lines() -> None:
    assert log_line(Epoch(3, 0.25, 90.0, 95, 100)) == "Epoch 3 loss 0.250000 valid acc 95/100"
    assert log_line(Epoch(3, 0.25, 90.0)) == "Epoch 3 loss 0.250000"


# The commands


def idx(path: Path, array: Any) -> None:
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(head + array.astype(np.uint8).tobytes())


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """MNIST's place is taken by the small digits, so that nothing takes long."""
    from minitorch.cli import real
    from minitorch.train.images import ImageTrain

    def build(size: int) -> tuple[Any, Digits, Digits]:
        return ImageTrain(size=8), small_digits("train").take(0, size), small_digits("validation")

    kind = real.KINDS["mnist"]
    monkeypatch.setitem(real.KINDS, "mnist", type(kind)(**{**vars(kind), "build": build}))
    monkeypatch.chdir(tmp_path)
    return tmp_path


FLAGS = ["train", "mnist", "--train-size", "200", "--epochs", "3", "--seed", "7"]


@pytest.mark.task4_5
@pytest.mark.slow
def test_the_command_writes_a_log_and_ends_with_the_accuracy(pretended: Path, capsys: Any) -> None:
    assert main(FLAGS) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert last.startswith("Test accuracy: ") and last.endswith(" % of 360 images")
    assert (pretended / "mnist.txt").read_text(encoding="utf-8").splitlines() == lines
    assert [line.split()[1] for line in lines] == ["1", "2", "3"]
    first = (pretended / "mnist.txt").read_text(encoding="utf-8")
    assert main([*FLAGS, "--log", "again.txt", "--checkpoint", "again.npz"]) == 0
    assert (pretended / "again.txt").read_text(encoding="utf-8") == first


@pytest.mark.task4_5
@pytest.mark.slow
def test_an_interrupted_command_goes_on(pretended: Path, monkeypatch: Any, capsys: Any) -> None:
    from minitorch.train.images import ImageTrain

    assert main(FLAGS) == 0
    whole = (pretended / "mnist.txt").read_text(encoding="utf-8")
    step, calls = ImageTrain.step, []

    def interrupted(*args: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return step(*args, **more)

    monkeypatch.setattr(ImageTrain, "step", interrupted)
    assert main(FLAGS) == 130
    assert "Stopped by Ctrl-C after 2 of 3 epochs" in capsys.readouterr().err
    monkeypatch.setattr(ImageTrain, "step", step)
    assert main([*FLAGS, "--resume"]) == 0
    assert (pretended / "mnist.txt").read_text(encoding="utf-8") == whole
    assert main([*FLAGS[:-1], "8", "--resume"]) == 2
    assert "seed 7 (now 8)" in capsys.readouterr().err


@pytest.mark.task4_5
def test_nothing_to_go_on_from_begins_at_the_start(pretended: Path, capsys: Any) -> None:
    assert main([*FLAGS[:3], "20", "--epochs", "1", "--resume"]) == 0
    assert "no epoch was finished" in capsys.readouterr().err


def test_data_that_cannot_be_had_is_said_in_a_sentence(
    monkeypatch: Any, tmp_path: Path, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MINITORCH_DATA", str(tmp_path))
    for what in ("mnist", "sentiment"):
        assert main(["train", what]) == 2
        said = capsys.readouterr().err
        assert (
            "isn't there, and MINITORCH_DATA names that folder" in said and "Traceback" not in said
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "flags",
    [["--train-size", "0"], ["--train-size", "60001"], ["--epochs", "0"], ["--rate", "-1"],
     ["--seed", "x"], ["--batch", "3"]],
)  # fmt: skip
def test_wrong_flags_are_answered_in_a_sentence(flags: list[str], capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["train", "mnist", *flags])
    assert ended.value.code == 2
    assert "See: minitorch" in capsys.readouterr().err


@pytest.mark.task4_5
@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the real data isn't in ../shared/data")
def test_kill_minus_nine_loses_at_most_an_epoch(tmp_path: Path) -> None:
    flags = ["train", "mnist", "--train-size", "300", "--epochs", "4"]
    code = (
        "import sys; from minitorch.cli import main; "
        f"raise SystemExit(main({flags!r} + sys.argv[1:]))"
    )
    env = {
        **os.environ,
        "MINITORCH_DATA": str(SHARED),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "NUMBA_NUM_THREADS": "1",
    }

    def begin(folder: str, *more: str) -> subprocess.Popen[str]:
        (tmp_path / folder).mkdir(exist_ok=True)
        return subprocess.Popen(
            [sys.executable, "-c", code, *more], cwd=tmp_path / folder, env=env,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8",
        )  # fmt: skip

    whole = begin("whole")
    text = whole.communicate()[0]
    assert whole.returncode == 0
    killed = begin("killed")
    assert killed.stdout is not None
    seen = [killed.stdout.readline() for _ in range(2)]
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    assert "".join(seen) == "".join(line + "\n" for line in text.splitlines()[:2])
    again = begin("killed", "--resume")
    assert again.communicate()[0] == text
