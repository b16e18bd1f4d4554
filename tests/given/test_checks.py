"""How a check begins, tells an error, and says that it passed; and what is kept of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from minitorch import progress
from minitorch.checks import needs, passed, trying
from minitorch.progress import KEPT


def cell(name: str, source: str, points: float = 0, released: bool = True) -> dict[str, Any]:
    mark: dict[str, Any] = {"grade_id": name, "grade": points > 0, "solution": not points}
    mark |= {"points": points} if points else {}
    mark |= {"checksum": "0"} if released else {}
    return {"cell_type": "code", "metadata": {"nbgrader": mark}, "source": [source]}


def write(path: Path, *cells: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A released module of two checks; the current folder is that of its notebooks."""
    folder = tmp_path / "nbs" / "guides" / "module7"
    write(folder / "01_a.ipynb", cell("one", "def one(): 1"), cell("test-one", "", 30))
    write(folder / "02_b.ipynb", cell("two", "def two(): 2"), cell("test-two", "", 12.5))
    monkeypatch.chdir(folder)
    return folder


def test_it_says_what_was_tried_and_how_far_the_module_is(module: Path, capsys: Any) -> None:
    passed("test-one", "Task 7.1: 3 calls right. Now save.")
    passed("test-two", "Task 7.2: right.")
    assert capsys.readouterr().out.splitlines() == [
        "Task 7.1: 3 calls right. Now save.",
        "Module 7: 1 of 2 checks passed, 30 of the 42.5 points that can be known at home.",
        "Task 7.2: right.",
        "Module 7: 2 of 2 checks passed, 42.5 of the 42.5 points that can be known at home.",
    ]


def test_an_edited_answer_loses_its_mark(module: Path, capsys: Any) -> None:
    passed("test-one", "")
    write(module / "01_a.ipynb", cell("one", "def one(): 0"), cell("test-one", "", 30))
    capsys.readouterr()
    passed("test-two", "Task 7.2: right.")
    said = capsys.readouterr().out
    assert "1 of 2 checks passed, 12.5 of" in said
    assert said.endswith("Edited since, so run again: test-one.\n")


def test_an_answer_in_another_place_counts_too(module: Path, capsys: Any) -> None:
    passed("test-two", "", also=["one"])
    write(module / "01_a.ipynb", cell("one", "def one(): 0"), cell("test-one", "", 30))
    capsys.readouterr()
    passed("test-one", "")
    assert "run again: test-two" in capsys.readouterr().out


def test_what_the_session_has_run_counts_before_what_was_saved(
    module: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "def one(): 'not yet saved'"
    monkeypatch.setattr(progress, "run_here", lambda: {("one",): text})
    passed("test-one", "")
    monkeypatch.undo()
    monkeypatch.chdir(module)
    write(module / "01_a.ipynb", cell("one", text), cell("test-one", "", 30))
    capsys.readouterr()
    passed("test-two", "")
    assert "2 of 2 checks" in capsys.readouterr().out


def test_notebooks_that_are_not_released_keep_nothing(
    module: Path, capsys: Any, tmp_path: Path
) -> None:
    write(module / "01_a.ipynb", cell("test-one", "", 30, released=False))
    passed("test-one", "All well.")
    assert capsys.readouterr().out == "All well.\n"
    assert not (tmp_path / "nbs" / KEPT).exists()


@pytest.mark.parametrize("broken", ["{", "[]", '{"test-one": 3}', '{"test-one": {"one": []}}'])
def test_a_damaged_file_is_begun_anew(
    module: Path, capsys: Any, tmp_path: Path, broken: str
) -> None:
    (tmp_path / "nbs" / KEPT).write_text(broken, encoding="utf-8")
    passed("test-one", "All well.")
    passed("test-one", "All well.")
    out, err = capsys.readouterr()
    assert out.count("1 of 2 checks") == 2
    assert err == ""


@pytest.mark.parametrize("where", ["nowhere", "no notebook", "no place to write"])
def test_nothing_raises(
    module: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    if where == "nowhere":
        monkeypatch.chdir("/")
    elif where == "no notebook":
        (module / "01_a.ipynb").write_text('no JSON, though "test-one" is in it', encoding="utf-8")
    else:
        (tmp_path / "nbs" / KEPT).mkdir()
    passed("test-one", "All well.")
    out, err = capsys.readouterr()
    assert out.startswith("All well.\n")
    assert err == ""


def test_an_error_is_told_with_its_line() -> None:
    def half(x: float) -> float:
        return x / 0

    said = r"half\(3\) raised ZeroDivisionError in `return x / 0`"
    with pytest.raises(AssertionError, match=said), trying("half(3)"):
        half(3)
    said = r"^f\(\) raised KeyError: 'x'\. Look there\.$"
    with (
        pytest.raises(AssertionError, match=said),
        trying("f()", "Look elsewhere.", KeyError="Look there."),
    ):
        raise KeyError("x")
    said = r"raised ExceptionGroup: two \(2 sub-exceptions\)"
    with pytest.raises(AssertionError, match=said), trying("f()"):
        raise ExceptionGroup("two", [ValueError(), TypeError()])


def test_a_circle_is_told_without_its_thousand_lines() -> None:
    def again() -> None:
        again()

    said = r"^again\(\) called itself without end\. Stop\.$"
    with (
        pytest.raises(AssertionError, match=said) as told,
        trying("again()", RecursionError="Stop."),
    ):
        again()
    assert told.value.__suppress_context__


def test_a_stub_says_its_own_words() -> None:
    with pytest.raises(NotImplementedError, match=r"Task 9\.9"), trying("f()"):
        raise NotImplementedError("Need to implement for Task 9.9: f")


def test_a_restarted_kernel_is_told() -> None:
    session: dict[str, Any] = {"needs": needs, "mine": 1}
    exec("needs('mine')", session)
    said = r"^max: not defined .* Run the cells above first"
    with pytest.raises(AssertionError, match=said):
        exec("needs('mine', 'max')", session)
