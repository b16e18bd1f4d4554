"""The command line: its flags, its answers, its exit codes."""

import subprocess
import sys

import pytest

from minitorch import cli


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    """Run the command; returns exit code, what it printed, what it complained about."""
    try:
        code = cli.main(arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def test_version(capsys) -> None:
    import minitorch

    assert run(capsys, "--version") == (0, f"minitorch {minitorch.__version__}\n", "")


def test_without_a_command_comes_the_help(capsys) -> None:
    code, out, _ = run(capsys)
    assert code == 0 and "train" in out


def train(capsys, *arguments: str) -> list[str]:
    """Run `minitorch train` and return its lines; a task that isn't written yet raises."""
    cli.train_command(cli.make_parser().parse_args(["train", *arguments]))
    return capsys.readouterr().out.splitlines()


def test_training_prints_the_log_and_a_last_line(capsys) -> None:
    lines = train(capsys, "--backend", "manual", "--epochs", "20", "--points", "10")
    assert len(lines) == 3
    assert lines[0].split()[:3] == ["Epoch", "10", "loss"]
    assert lines[2].split()[1:5] == ["of", "10", "points", "correct"]


def test_old_flags_do_the_same(capsys) -> None:
    numbers = ("7", "3", "0.5")
    new = ("--points", "--hidden", "--rate", "--dataset", "--backend")
    old = ("--PTS", "--HIDDEN", "--RATE", "--DATASET", "--BACKEND")
    logs = []
    for flags, more in ((new, ("xor", "units")), (old, ("Xor", "UNITS"))):
        words = [part for pair in zip(flags, (*numbers, *more), strict=True) for part in pair]
        logs.append(train(capsys, *words, "--epochs", "10")[0])
    assert logs[0] == logs[1]


def test_seed_decides(capsys) -> None:
    flags = ("--epochs", "10", "--points", "9", "--hidden", "2", "--seed")
    first, again, other = (train(capsys, *flags, n)[0] for n in ("4", "4", "5"))
    assert first == again != other


def test_picture(capsys, tmp_path) -> None:
    path = tmp_path / "boundary.svg"
    lines = train(capsys, "--backend", "manual", "--epochs", "0", "--picture", str(path))
    assert str(path) in lines[-1]
    text = path.read_text(encoding="utf-8")
    assert text.lstrip().startswith("<svg") and "<desc" in text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["train", "--dataset", "spirl"], "Did you mean spiral"),
        (["train", "--dataset", "moons"], "There are: simple, diag"),
        (["train", "--backend", "scalr"], "Did you mean scalar"),
        (["train", "--bckend", "manual"], "Did you mean --backend"),
        (["train", "extra"], "unknown argument 'extra'"),
        (["trian"], "Did you mean train"),
        (["train", "--points", "0"], "'0' isn't a whole number of at least 1"),
        (["train", "--points", "2.5"], "'2.5' isn't a whole number"),
        (["train", "--hidden", "-1"], "at least 1"),
        (["train", "--epochs", "-1"], "at least 0"),
        (["train", "--rate", "0"], "above 0"),
        (["train", "--rate", "nan"], "above 0"),
        (["train", "--seed", "luck"], "'luck' isn't a whole number"),
        (["train", "--picture", "x.png"], "should end in .svg"),
        (["train", "--picture", "nowhere/at/all/x.svg"], "there is no folder"),
    ],
)
def test_mistakes_are_answered_in_a_sentence(capsys, arguments, says) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert says in err and len(err.splitlines()) == 1


def test_a_backend_that_is_still_to_come(capsys, monkeypatch) -> None:
    later = cli.Backend("minitorch.no_such_module:Train", 0.5, "not written yet", "Module 9")
    monkeypatch.setitem(cli.BACKENDS, "later", later)
    code, _, err = run(capsys, "train", "--backend", "later")
    assert code == 2 and "comes with Module 9" in err and "manual" in err


def test_main_runs_the_command(capsys, monkeypatch) -> None:
    seen = []
    monkeypatch.setattr(cli, "train_command", seen.append)
    assert run(capsys, "train", "--dataset", "XOR") == (0, "", "")
    assert seen[0].dataset == "xor"


def test_an_unwritten_task_is_named(capsys, monkeypatch) -> None:
    def unwritten(hidden: int) -> None:
        raise NotImplementedError("Need to implement for Task 0.1: write sigmoid")

    monkeypatch.setattr(cli, "find_trainer", lambda name: unwritten)
    code, out, err = run(capsys, "train")
    assert (code, out) == (1, "")
    assert "Task 0.1" in err and "nbdev_export" in err


def test_the_command_is_light() -> None:
    heavy = ("numpy", "numba", "matplotlib", "minitorch.datasets")
    code = f"import sys, minitorch.cli; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
