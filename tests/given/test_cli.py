"""The command line: its flags, its answers, its exit codes."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from minitorch import cli
from minitorch.cli import app, older
from minitorch.cli import train as training
from minitorch.train import BACKENDS, Backend


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


def test_help_is_a_word_too(capsys) -> None:
    assert run(capsys, "help") == run(capsys, "--help")
    assert run(capsys, "help", "show-tensor") == run(capsys, "show_tensor", "--help")


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
        (["parallel-chek"], "Did you mean parallel_check"),
        (["sing"], "There are: export, train, show_expression, show_tensor, app, diagnostics"),
        (["train", "--rate"], "--rate needs a word after it"),
        (["train", "--hidden", "1e3"], "'1e3' isn't a whole number from 1 to 10000"),
        (["train", "--hidden", "1000000000"], "from 1 to 10000"),
        (["train", "--rate", "-0.5"], "above 0"),
        (["train", "--points", "0"], "'0' isn't a whole number from 1"),
        (["train", "--points", "2.5"], "'2.5' isn't a whole number"),
        (["train", "--hidden", "-1"], "from 1 to"),
        (["train", "--epochs", "-1"], "at least 0"),
        (["train", "--rate", "0"], "above 0"),
        (["train", "--rate", "nan"], "above 0"),
        (["train", "--seed", "luck"], "'luck' isn't a whole number"),
        (["train", "--picture", "x.png"], "should end in .svg"),
        (["train", "--picture", "nowhere/at/all/x.svg"], "there is no folder"),
        (["show_expression", "--at", "x"], "'x' doesn't say what a name stands for"),
        (["show_tensor", "2,x"], "neither a shape such as 2,3"),
        (["show_tensor", "0,3"], "needs 1 to 100 cells"),
        (["show_tensor", "2,2,2,2"], "up to 3 dimensions"),
        (["show_tensor", "[[1], [2, 3]]"], "rows of one length"),
        (["show_tensor", "2,3", "--permute", "0,0"], "isn't an order of the 2 dimensions"),
        (["show_tensor", "2,3", "--cell", "5,5"], "[5, 5] isn't in a tensor of shape (2, 3)"),
        (["show_tensor", "nowhere.py:x"], "there is no file 'nowhere.py'"),
        (["app", "5"], "'5' isn't a whole number from 0 to 4"),
        (["app", "1", "--notebook", "x.py"], "should end in .ipynb"),
        (["run_torch_sentiment"], "minitorch train sentiment trains ours"),
    ],
)
def test_mistakes_are_answered_in_a_sentence(
    capsys, monkeypatch, tmp_path, arguments, says
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert says in err and len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_backend_that_is_still_to_come(capsys, monkeypatch) -> None:
    later = Backend("minitorch.no_such_module:Train", 0.5, "not written yet", "Module 9")
    monkeypatch.setitem(BACKENDS, "later", later)
    code, _, err = run(capsys, "train", "--backend", "later")
    assert code == 2 and "comes with Module 9" in err and "manual" in err


def test_a_backend_that_needs_more(capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)  # as if it weren't installed
    code, _, err = run(capsys, "train", "--backend", "torch")
    assert code == 2 and "needs it" in err and "pip install torch" in err


def test_main_runs_the_command(capsys, monkeypatch) -> None:
    seen = []
    monkeypatch.setattr(training, "train_command", seen.append)
    assert run(capsys, "train", "--dataset", "XOR") == (0, "", "")
    assert seen[0].dataset == "xor"


def test_an_unwritten_task_is_named(capsys, monkeypatch) -> None:
    def unwritten(hidden: int) -> None:
        raise NotImplementedError("Need to implement for Task 0.1: write sigmoid")

    monkeypatch.setattr("minitorch.train.find_trainer", lambda name: unwritten)
    code, out, err = run(capsys, "train")
    assert (code, out) == (1, "")
    assert "Task 0.1" in err and "minitorch export" in err


def test_the_help_page_names_every_command(capsys) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    for name in ("train", "show_expression", "show_tensor", "app", "diagnostics"):
        assert f"\n  {name} " in out
    assert max(map(len, out.splitlines())) <= 100


def test_a_picture_that_cannot_be_written_is_found_out_first(capsys, monkeypatch, tmp_path) -> None:
    (tmp_path / "folder.svg").mkdir()
    code, out, err = run(capsys, "train", "--picture", str(tmp_path / "folder.svg"))
    assert (code, out) == (2, "") and "is a folder" in err


class Learner:
    """A trainer that is stopped, or that goes wrong, after its first line."""

    def __init__(self, loss: float, error: BaseException | type[BaseException] | None) -> None:
        self.loss, self.error = loss, error

    def train(self, data, rate, epochs, log_fn) -> None:
        log_fn(10, self.loss, 3, [self.loss])
        if self.error is not None:
            raise self.error

    def run_one(self, x) -> float:
        return 1.0


def test_an_interrupted_training_keeps_what_was_learnt(capsys, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(
        "minitorch.train.find_trainer", lambda name: lambda hidden: Learner(1.0, KeyboardInterrupt)
    )
    picture = tmp_path / "so_far.svg"
    code, out, err = run(capsys, "train", "--points", "5", "--picture", str(picture))
    assert code == 130
    assert "Stopped by Ctrl-C" in err and "10 epochs or a few more" in out
    assert picture.exists()


def test_a_loss_that_is_no_number_is_explained(capsys, monkeypatch) -> None:
    monkeypatch.setattr(
        "minitorch.train.find_trainer", lambda name: lambda hidden: Learner(float("nan"), None)
    )
    code, out, err = run(capsys, "train", "--points", "5", "--rate", "2")
    assert code == 0 and "5 points correct" in out
    assert "The loss is nan" in err and "--rate 0.2" in err


def test_a_full_memory_is_a_sentence(capsys, monkeypatch) -> None:
    full = MemoryError("The GPU has no room left for 1.0 MiB.")
    monkeypatch.setattr(
        "minitorch.train.find_trainer", lambda name: lambda hidden: Learner(1.0, full)
    )
    code, _, err = run(capsys, "train", "--hidden", "7")
    said = "minitorch: 7 hidden units don't fit into the memory: choose fewer. The GPU has no room"
    assert code == 2 and err.startswith(said)

    def none_to_begin_with(hidden: int) -> None:
        raise full

    monkeypatch.setattr("minitorch.train.find_trainer", lambda name: none_to_begin_with)
    code, _, err = run(capsys, "train", "--hidden", "7")
    assert code == 2 and err.startswith(said)


def test_a_reader_who_leaves_early_is_no_fault() -> None:
    code = "import sys; from minitorch.cli import main; sys.exit(main(['--help']))"
    read, write = os.pipe()
    os.close(read)  # nobody reads
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], stdout=write, stderr=subprocess.PIPE, encoding="utf-8"
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


# Pictures


def drawn(path: Path, capsys, *arguments: str) -> str:
    """Run a command that draws; return what it said. A task that isn't written yet raises."""
    chosen = cli.make_parser().parse_args(older.today([*arguments, "--picture", str(path)]))
    chosen.run(chosen)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<svg") and "<title" in text
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == f"Wrote {path}"
    return out


def test_the_known_expression(capsys, tmp_path) -> None:
    out = drawn(tmp_path / "y.svg", capsys, "show-expression", "--at", "x=2,z=4")
    assert "x = 2, z = 4" in out and "gives y = 18" in out


def test_graphs_and_grids_need_no_matplotlib(capsys, monkeypatch, tmp_path) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # as if it weren't installed
    assert run(capsys, "show_tensor", "--picture", str(tmp_path / "t.svg"))[0] == 0
    code, _, err = run(capsys, "train", "--picture", str(tmp_path / "b.svg"))
    assert code == 2 and "A picture needs matplotlib" in err and "pip install" in err


def test_an_expression_with_its_derivatives(capsys, tmp_path) -> None:
    words = ("show_expression", "a * b", "--at", "a=1,b=2", "--derivatives", "--gradients")
    out = drawn(tmp_path / "f.svg", capsys, *words)
    assert "×2 to a" in out and "f 1, b 1, a 2" in out


def test_an_expression_of_a_file(capsys, tmp_path) -> None:
    (tmp_path / "mine.py").write_text("def loss(x, w):\n    return x * w + 1.0\n", encoding="utf-8")
    place = f"{tmp_path / 'mine.py'}:loss"
    out = drawn(tmp_path / "loss.svg", capsys, "show_expression", place, "--at", "w=5")
    assert "x = 2, w = 5" in out and "= 11" in out


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("los", "mine.py has no 'los'. Did you mean loss?"),
        ("loss", "raised ZeroDivisionError: float division by zero (mine.py, line 2)"),
        ("number", "returned 3"),
    ],
)
def test_mistakes_in_a_file(capsys, tmp_path, name, says) -> None:
    (tmp_path / "mine.py").write_text(
        "def loss():\n    return 1.0 / 0.0\n\n\ndef number():\n    return 3\n", encoding="utf-8"
    )
    code, out, err = run(capsys, "show_expression", f"{tmp_path / 'mine.py'}:{name}")
    assert (code, out) == (2, "") and says in err


def test_an_expression_that_cannot_be_read(capsys) -> None:
    code, _, err = run(capsys, "show_expression", "open('x')")
    assert code == 2 and "isn't one of the functions" in err


def test_a_tensor(capsys, tmp_path) -> None:
    out = drawn(tmp_path / "t.svg", capsys, "show_tensor", "2,3", "--cell", "1,2")
    assert "shape (2, 3)" in out


def test_a_permuted_tensor_keeps_its_storage(capsys, tmp_path) -> None:
    words = ("show-tensor", "2,5", "--permute", "1,0", "--strides")
    assert "shape (5, 2), strides (1, 5)" in drawn(tmp_path / "t.svg", capsys, *words)


def test_a_tensor_of_a_file(capsys, tmp_path) -> None:
    (tmp_path / "mine.py").write_text("weights = [[1.0, 2.0], [3.0, 4.5]]\n", encoding="utf-8")
    out = drawn(tmp_path / "t.svg", capsys, "show_tensor", f"{tmp_path / 'mine.py'}:weights")
    assert "shape (2, 2)" in out and "4.5" in out


# The app


def test_the_app_writes_a_notebook_that_runs(capsys, tmp_path) -> None:
    path = tmp_path / "play.ipynb"
    assert run(capsys, "app", "1", "--no-start", "--notebook", str(path))[0] == 0
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert len(code) == len(app.plays(1))
    for source in code:
        exec(source, {})  # an unwritten task is a sentence in its sandbox
    assert "show_source" not in code[0]


def test_the_app_keeps_what_was_changed(capsys, tmp_path) -> None:
    path = tmp_path / "play.ipynb"
    words = ("--no-start", "--notebook", str(path))
    run(capsys, "app", "0", *words, "--hide_function_defs")
    short = path.read_text(encoding="utf-8")
    assert "math_sandbox(show_source=False)" in short
    run(capsys, "app", "2", *words)
    whole = path.read_text(encoding="utf-8")
    assert len(whole) > len(short)
    path.write_text(whole.replace("Sandboxes", "My sandboxes"), encoding="utf-8")
    mine = path.read_text(encoding="utf-8")
    code, out, _ = run(capsys, "app", "1", *words)
    assert code == 0 and "was changed" in out
    assert path.read_text(encoding="utf-8") == mine


def test_the_app_starts_jupyterlab(capsys, monkeypatch, tmp_path) -> None:
    seen = []
    monkeypatch.setattr(app, "_missing", lambda: [])
    monkeypatch.setattr(app, "_wait", lambda command: seen.append(command) or 0)
    path = tmp_path / "play.ipynb"
    words = ("--notebook", str(path), "--jupyter=--no-browser --port 9000")
    assert run(capsys, "app", "0", *words)[0] == 0
    assert seen[0][1:4] == ["-m", "jupyterlab", str(path)]
    assert seen[0][-3:] == ["--no-browser", "--port", "9000"]


def test_the_app_without_jupyterlab(capsys, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(app, "_missing", lambda: ["jupyterlab"])
    path = tmp_path / "play.ipynb"
    code, _, err = run(capsys, "app", "0", "--notebook", str(path))
    assert code == 2 and "pip install" in err and str(path) in err
    assert path.exists()


# The older scripts


def test_every_older_script_has_an_answer(capsys) -> None:
    for name, script in older.SCRIPTS.items():
        if script.now:
            words = older.today([f"{name}.py"])
            assert isinstance(cli.make_parser().parse_args(words), argparse.Namespace)
        else:
            code, _, err = run(capsys, name)
            assert code == 2 and script.instead in err


def test_flags_win_over_an_older_scripts_numbers() -> None:
    words = [
        "run_fast_tensor.py",
        "--BACKEND",
        "GPU",
        "--HIDDEN",
        "100",
        "--DATASET",
        "Split",
        "--PLOT",
        "True",
    ]
    chosen = cli.make_parser().parse_args(older.today(words))
    assert (chosen.backend, chosen.hidden, chosen.dataset) == ("gpu", 100, "split")
    assert (chosen.points, chosen.rate, chosen.epochs) == (50, 0.05, 500)


def test_the_command_is_light() -> None:
    heavy = ("numpy", "numba", "matplotlib", "minitorch.datasets")
    code = f"import sys, minitorch.cli; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
