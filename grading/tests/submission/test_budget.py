"""A submission takes a bounded time and memory of the process that grades everyone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from grading.judge.judge import Judge
from grading.submission import answers, handed_in
from grading.submission import read as submission_module
from grading.submission.answers import SHOWN, SQUARES, graft
from grading.submission.read import SubmissionError, read_submission
from grading.submission.slim import MOST_TEXT, PLAIN_SIZE, is_plain, slim
from grading.tests import tiny
from grading.tests.handing_in import hand_in

NAME = Path(tiny.GUIDE).name
MB = 1 << 20

# What a file of up to 60 MB may hold instead of a notebook's cells.
LARGE = {
    "strings": b'{"cells": [], "x": [' + b'"ab",' * (12 * MB) + b'"ab"]}',
    "numbers": b'{"cells": [], "x": [' + b"1.5," * (12 * MB) + b"1.5]}",
    "lists": b'{"cells": [' + b"[]," * (12 * MB) + b"[]]}",
    "dicts": b'{"cells": [' + b'{"a":{}},' * (2 * MB - 9) + b"{}]}",
    "deep": b'{"cells": [' + b"[" * (3 * MB),
    "no JSON": b"{" + b" " * (60 * MB),
    "one string": b'{"cells": [{"cell_type": "code", "source": "' + b"x" * (60 * MB) + b'"}]}',
    "cells": b'{"cells": [' + b'{"cell_type": "code", "source": "pass"},' * (MB - 1) + b"{}]}",
}

# Reads a submission in a process whose memory nothing else has touched.
MEASURED = """
import resource, sys
from grading.judge.judge import Judge
from pathlib import Path
judge = Judge(Path(sys.argv[1]))
def peak(who):
    return resource.getrusage(who).ru_maxrss >> 10
before = peak(resource.RUSAGE_SELF)
submission = judge.read("module0", Path(sys.argv[2]))
judge.grafts(submission)
print(peak(resource.RUSAGE_SELF) - before, peak(resource.RUSAGE_CHILDREN))
"""


@pytest.mark.parametrize("kind", LARGE)
def test_a_large_file_takes_little_of_the_memory_that_all_share(
    judge: Judge, tmp_path: Path, kind: str
) -> None:
    """A file of 60 MB took a gigabyte."""
    (tmp_path / NAME).write_bytes(LARGE[kind])
    command = [sys.executable, "-c", MEASURED, str(judge.course.root), str(tmp_path)]
    env = os.environ | {"PYTHONPATH": str(tiny.HERE)}
    said = subprocess.run(
        command, check=True, capture_output=True, encoding="utf-8", env=env
    ).stdout
    ours, theirs = map(int, said.split())
    assert ours < 150, f"{ours} MB in the process that grades everyone"
    assert theirs < submission_module.MEMORY >> 20


def test_many_large_files_take_the_memory_of_one(judge: Judge, tmp_path: Path) -> None:
    for number in range(20):
        with open(tmp_path / f"{number}.ipynb", "wb") as file:
            file.truncate(60 * MB)
    submission = read_submission(judge.course.assignments[0], tmp_path)
    assert submission.files == {tiny.GUIDE: None}
    assert submission.reasons == {tiny.GUIDE: f"was not read: {handed_in.OVER}"}


def test_sparse_notebooks_are_not_read_for_a_name(judge: Judge, tmp_path: Path) -> None:
    """A thousand of them take 60 kB in a zip."""
    for number in range(1000):
        (tmp_path / f"{number}").mkdir()
        with open(tmp_path / f"{number}" / "x.ipynb", "wb") as file:
            file.truncate(60 * MB)
    (tmp_path / NAME).write_bytes(hand_in(judge).files[tiny.GUIDE] or b"")
    before = time.process_time(), sum(os.times()[2:4])
    submission = judge.read("module0", tmp_path)
    assert submission.digest and submission.reasons == {}
    assert time.process_time() - before[0] < 1 and sum(os.times()[2:4]) - before[1] < 5


@pytest.mark.parametrize(
    ("limit", "value", "why"),
    [
        ("SECONDS", 0, "more than 0 seconds of computing"),
        ("MEMORY", 400 * MB, "takes too much memory to read"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="these limits are Linux's")
def test_what_is_over_its_limits_is_refused_by_itself(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, why: str
) -> None:
    (tmp_path / NAME).write_bytes(LARGE["numbers"])
    monkeypatch.setattr(submission_module, limit, value)
    try:
        said = str(judge.read("module0", tmp_path).reasons)
    except SubmissionError as error:
        said = str(error)
    assert why in said


def large(judge: Judge, change: Any) -> bytes:
    notebook = json.loads(hand_in(judge).files[tiny.GUIDE] or b"")
    change(notebook)
    return json.dumps(notebook).encode()


def test_a_notebook_with_much_output_loses_nothing_that_counts(judge: Judge) -> None:
    """Figures and a `print` in a loop make honest work large."""

    def change(notebook: Any) -> None:
        picture = {"image/png": "iVBORw0KGgo" + "A" * 900_000, "text/plain": "Figure"}
        shown = {"output_type": "display_data", "data": picture, "metadata": {}}
        printed = {"output_type": "stream", "name": "stdout", "text": ["0.5, 1.5\n"] * 300_000}
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = [shown, printed]
        notebook["cells"].append({"cell_type": "code", "source": ["x = 1\n", "y = 2"], "id": "x"})

    raw = large(judge, change)
    assert len(raw) > PLAIN_SIZE and not is_plain(raw)
    small, why = slim(raw)
    assert small is not None and not why and len(small) < 16 * MB
    release = judge.release(tiny.GUIDE)
    whole, less = graft(release, raw), graft(release, small)
    assert (less.answers, less.added, less.notes) == (whole.answers, whole.added, whole.notes)
    assert [c.source for c in less.notebook.cells] == [c.source for c in whole.notebook.cells]
    shown = [cell.outputs for cell in less.notebook.cells if cell.get("outputs")]
    assert shown and shown[0] == next(c.outputs for c in whole.notebook.cells if c.get("outputs"))


@pytest.mark.parametrize("odd", [{"cells": [1, None, {"source": 5}]}, {"worksheets": [{}, 3]}, []])
def test_odd_notebooks_are_as_odd_when_they_are_large(judge: Judge, odd: Any) -> None:
    release = judge.release(tiny.GUIDE)
    small = json.dumps(odd).encode()
    raw = small + b" " * PLAIN_SIZE
    less, why = slim(raw)
    notes = graft(release, less, why).notes
    assert notes == graft(release, small).notes


def test_what_a_person_looks_at_is_bounded(judge: Judge) -> None:
    def change(notebook: Any) -> None:
        cells = [{"cell_type": "markdown", "source": "z" * 150_000} for _ in range(60)]
        notebook["cells"] += cells

    result = graft(judge.release(tiny.GUIDE), large(judge, change))
    assert sum(len(cell.source) for cell in result.notebook.cells) < MOST_TEXT
    assert any("characters; from cell" in note for note in result.notes)
    assert any("shown in part" in note for note in result.notes)


# Texts for which colouring or Markdown takes a time that grows with its square.
SLOW = {
    "markdown": [r"\begin{a}", r"\begin{a} x ", "[", "\n", "[a](", "**a _b "],
    "code": [".", "...", "(", '"""', "x."],
}


@pytest.mark.parametrize("kind", SLOW)
def test_showing_a_submission_takes_a_bounded_time(judge: Judge, kind: str) -> None:
    """Counted, not measured: the time of a text of twice the length is four times as long."""
    colour = Highlight2HTML(pygments_lexer="ipython3")
    show = markdown2html_mistune if kind == "markdown" else colour
    for shape in SLOW[kind]:

        def change(notebook: Any, shape: str = shape) -> None:
            cell = {"cell_type": kind, "source": shape * (40_000 // len(shape))}
            notebook["cells"] += [cell] * 20

        result = graft(judge.release(tiny.GUIDE), large(judge, change))
        given = {cell.get("id"): cell.source for cell in judge.release(tiny.GUIDE).cells}
        lengths = [
            len(c.source) for c in result.notebook.cells if c.source != given.get(c.get("id"))
        ]
        assert sum(n**2 for n in lengths if n > SHOWN + 200) <= SQUARES
        # The measure behind the count, ten times as short.
        began = time.process_time()
        show(shape * (4_000 // len(shape)))
        assert time.process_time() - began < 10, f"{shape!r} grows faster than by its square"


def test_a_long_answer_is_graded_whole_and_shown_in_part(judge: Judge) -> None:
    def change(notebook: Any) -> None:
        for cell in notebook["cells"]:
            if cell.get("id") == "operators":
                cell["source"] = "".join(cell["source"]) + "\n# " + "long " * 9_000
            if cell.get("id") == "written-3":
                cell["source"] = "words " * 9_000

    result = graft(judge.release(tiny.GUIDE), large(judge, change))
    assert len(result.answers["operators"]) > 45_000
    shown = {cell.id: cell.source for cell in result.notebook.cells}
    assert len(shown["written-3"]) < SHOWN + 100
    assert shown["written-3"].endswith("more characters are in the file that was handed in)")
    nbformat.validate(result.notebook)
    assert result.notes == [
        "2 long cells are shown in part, here and in feedback; look at the file itself"
    ]
    assert answers.LONGEST_ANSWER**2 > SQUARES
