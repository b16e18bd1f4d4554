"""Whatever is handed in: the student's answers reach a fresh copy of the release."""

from __future__ import annotations

import base64
import copy
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grading.course.guides import load_course
from grading.release.strip import released
from grading.submission.answers import Graft, graft
from grading.submission.handed_in import read_file
from grading.tests import tiny
from minitorch.draw.figure import image

MUL = "return product_of_both"
ANSWER = "return x * y  # mine"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Any:
    root = tmp_path_factory.mktemp("graft")
    (root / tiny.GUIDE).parent.mkdir(parents=True)
    nbformat.write(tiny.guide(), root / tiny.GUIDE)
    return released(load_course(root), tiny.GUIDE)


@pytest.fixture
def handed_in(release: Any) -> dict[str, Any]:
    """A submission as JSON, with one answer in it."""
    read = json.loads(nbformat.writes(release))
    cell = find(read, "operators")
    cell["source"] = tiny.OPERATORS.replace(MUL, ANSWER)
    return read


def find(read: dict[str, Any], cell_id: str) -> dict[str, Any]:
    return next(cell for cell in read["cells"] if cell["id"] == cell_id)


def put(release: Any, read: Any) -> Graft:
    return graft(release, json.dumps(read).encode())


def unharmed(release: Any, result: Graft) -> None:
    """The course's cells are all there, in order, and only answers differ."""
    ours = [c for c in result.notebook.cells if c.id in result.order]
    assert [c.id for c in ours] == [c.id for c in release.cells]
    for before, after in zip(release.cells, ours, strict=True):
        assert before.metadata == after.metadata
        assert before.cell_type == after.cell_type
        mark = before.metadata.get("nbgrader", {})
        if mark.get("grade") and not mark.get("solution"):
            assert before.source == after.source
    nbformat.validate(result.notebook)


def test_release_has_no_solution(release: Any) -> None:
    assert MUL not in nbformat.writes(release)
    assert "Task 0.1" in nbformat.writes(release)


def test_answers_are_found(release: Any, handed_in: dict[str, Any]) -> None:
    result = put(release, handed_in)
    unharmed(release, result)
    assert ANSWER in result.answers["operators"]
    assert set(result.answers) == {"operators", "property", "module"}
    assert result.notes == [] and result.added == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no notebook",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b"{}",
        b'{"cells": 3}',
        b'{"worksheets": [{"cells": 7}]}',
        b'{"worksheets": [{"cells": {"a": 1}}, 7]}',
        b"[" * 100_000,
        b'{"cells": [' * 2000,
        b"\x89PNG\r\n",
    ],
)
def test_no_notebook(release: Any, raw: bytes) -> None:
    result = graft(release, raw)
    unharmed(release, result)
    assert result.answers == {} and "not a notebook" in result.notes[0]


@pytest.mark.parametrize("cell", [1, {"cell_type": "code", "id": "x", "source": "def mul(): pass"}])
def test_a_flood_of_cells(release: Any, handed_in: dict[str, Any], cell: Any) -> None:
    """It takes neither minutes nor pages of notes."""
    seconds = []
    for more in (20_000, 180_000):
        handed_in["cells"] += [cell] * more
        began = time.process_time()
        result = put(release, handed_in)
        seconds.append(time.process_time() - began)
    assert seconds[1] < 40 * seconds[0], "ten times as many cells take about ten times as long"
    assert ANSWER in result.answers["operators"]
    assert len(result.notes) < 50 and any("were left out" in note for note in result.notes)


def test_a_flood_of_lists(release: Any) -> None:
    """Each empty list takes 64 bytes, three in the file."""
    result = graft(release, b'{"cells": [' + b"[]," * 5_000_000 + b"[]]}")
    unharmed(release, result)
    assert result.notes == [
        "is not a notebook: it has too many parts. Nothing in it could be graded"
    ]


def test_a_flood_of_code(release: Any, handed_in: dict[str, Any]) -> None:
    """What is kept of it is parsed, which takes 500 times its memory."""
    large = {"cell_type": "code", "source": "#| export\n" + "1\n" * 40_000, "metadata": {}}
    handed_in["cells"] += [large] * 100
    result = put(release, handed_in)
    unharmed(release, result)
    kept = sum(map(len, result.answers.values())) + sum(len(text) for _, text in result.added)
    assert kept < 500_000 and ANSWER in result.answers["operators"]
    assert any("cells beyond" in note for note in result.notes)
    find(handed_in, "operators")["source"] = "1\n" * 99_000
    result = put(release, handed_in)
    assert "operators" not in result.answers
    assert "the answer in cell operators is too long; it was left out" in result.notes


def test_old_ends_of_lines(release: Any, handed_in: dict[str, Any]) -> None:
    """Python counts a lone carriage return as the end of a line, and so must we."""
    cell = find(handed_in, "operators")
    cell["source"] = cell["source"].replace("\n", "\r")
    assert put(release, handed_in).answers["operators"] == cell["source"].replace("\r", "\n")


def test_nothing_handed_in(release: Any) -> None:
    result = graft(release, None)
    unharmed(release, result)
    assert result.notes == ["was not handed in"]


def test_cells_of_every_wrong_shape(release: Any, handed_in: dict[str, Any]) -> None:
    handed_in["cells"] += [
        None,
        3,
        [],
        {},
        {"cell_type": "code"},
        {"cell_type": "code", "source": 7, "metadata": []},
        {"cell_type": ["code"], "source": ["a", 3, None], "id": {"a": 1}, "outputs": "x"},
        {"cell_type": "code", "source": "x = 1\ud800", "metadata": {"nbgrader": []}},
        {"cell_type": "code", "source": "y = 1", "metadata": {"nbgrader": {"grade_id": [1]}}},
        {"cell_type": "raw", "source": "z", "id": "../../etc"},
        {"cell_type": "code", "source": "x" * 300_000},
    ]
    result = put(release, handed_in)
    unharmed(release, result)
    assert ANSWER in result.answers["operators"]
    assert any("is not a cell" in note for note in result.notes)
    assert any("longer than" in note for note in result.notes)


Change = Callable[[dict[str, Any]], None]


def no_marks(read: dict[str, Any]) -> None:
    for cell in read["cells"]:
        cell["metadata"] = {}


def no_ids(read: dict[str, Any]) -> None:
    for cell in read["cells"]:
        del cell["id"]


def neither(read: dict[str, Any]) -> None:
    no_marks(read)
    no_ids(read)


def new_ids(read: dict[str, Any]) -> None:
    for number, cell in enumerate(read["cells"]):
        cell["id"] = f"colab-{number}"


def renamed(read: dict[str, Any]) -> None:
    find(read, "operators")["metadata"]["nbgrader"]["grade_id"] = "something-else"


def swapped_name(read: dict[str, Any]) -> None:
    find(read, "operators")["metadata"]["nbgrader"]["grade_id"] = "module"


def reversed_order(read: dict[str, Any]) -> None:
    read["cells"].reverse()


def old_copy_after(read: dict[str, Any]) -> None:
    stub = copy.deepcopy(find(read, "operators"))
    stub["source"], stub["id"] = read["stub"], "copy"
    read["cells"].append(stub)


def copy_of_mine(read: dict[str, Any]) -> None:
    again = copy.deepcopy(find(read, "operators"))
    again["id"] = "copy"
    find(read, "operators")["source"] = read["stub"]
    read["cells"].append(again)


def no_checks(read: dict[str, Any]) -> None:
    read["cells"] = [c for c in read["cells"] if not c["id"].startswith("check")]


def edited_checks(read: dict[str, Any]) -> None:
    for cell in read["cells"]:
        if cell["id"].startswith("check"):
            cell["source"] = "pass"
            cell["metadata"]["nbgrader"]["points"] = 1000


def as_markdown(read: dict[str, Any]) -> None:
    find(read, "operators")["cell_type"] = "markdown"


def as_text(read: dict[str, Any]) -> None:
    for cell in read["cells"]:
        cell["source"] = "".join(cell["source"])


def windows(read: dict[str, Any]) -> None:
    for cell in read["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")


def version_3(read: dict[str, Any]) -> None:
    for cell in read["cells"]:
        cell["input"] = cell.pop("source")
    read["worksheets"] = [{"cells": read.pop("cells")}]


@pytest.mark.parametrize(
    "change, note",
    [
        (no_marks, "without nbgrader mark, found by id: cells operators, "),
        (no_ids, ""),
        (neither, "without mark and id, found by functions: cell operators"),
        (new_ids, ""),
        (renamed, "found by id: cell operators"),
        (swapped_name, "found by id: cell operators"),
        (reversed_order, "another order"),
        (old_copy_after, "is there 2 times"),
        (copy_of_mine, "is there 2 times"),
        (no_checks, "is missing; the course's is used"),
        (edited_checks, "was changed; the course's is used"),
        (as_markdown, "was turned into markdown"),
        (as_text, ""),
        (windows, ""),
        (version_3, "old notebook format"),
    ],
    ids=lambda each: getattr(each, "__name__", "") or None,
)
def test_odd_notebooks_keep_their_answers(
    release: Any, handed_in: dict[str, Any], change: Change, note: str
) -> None:
    stub = next(c.source for c in release.cells if c.id == "operators")
    handed_in["stub"] = stub
    change(handed_in)
    result = put(release, handed_in)
    unharmed(release, result)
    assert ANSWER in result.answers["operators"], result.notes
    assert note in "; ".join(result.notes)
    assert bool(note) == bool(result.notes), result.notes


GIVEN = """#| export
from __future__ import annotations

from math import (
    exp,
    log,
)
import os.path

SIZE = 2


def given(x):
    return x
"""
MORE = """

import itertools
import numpy as np, os


def _twice(x):
    return 2 * x


_TABLE = [1, 2]
print("spoken")
"""


def test_what_was_added_to_given_code_stays(release: Any) -> None:
    """An import belongs to the imports, so that is where students write it."""
    release = copy.deepcopy(release)
    release.cells.insert(3, nbformat.v4.new_code_cell(GIVEN, id="imports"))
    read = json.loads(nbformat.writes(release))
    find(read, "imports")["source"] = (
        GIVEN.replace("    log,", "    floor,\n    log,").replace("return x", "return -x") + MORE
    )
    result = put(release, read)
    unharmed(release, result)
    ((after, added),) = result.added
    assert after == "imports"
    assert added.split("\n") == [
        "#| export", "from math import floor", "import itertools", "import numpy as np",
        "def _twice(x):", "    return 2 * x", "_TABLE = [1, 2]",
    ]  # fmt: skip
    assert result.notes == [
        "given code in cell imports was changed; the course's is used, with what was added to it"
    ]
    for broken in ("return (", "x = \\0", "\ud800 = 1", "y = " + "-" * 30_000 + "1"):
        find(read, "imports")["source"] = f"{GIVEN}\n{broken}"
        assert put(release, read).added == [], broken[:20]


def test_deleted_answer(release: Any, handed_in: dict[str, Any]) -> None:
    handed_in["cells"].remove(find(handed_in, "module"))
    result = put(release, handed_in)
    unharmed(release, result)
    assert "module" not in result.answers and ANSWER in result.answers["operators"]
    assert result.notes == ["the answer cell module is missing"]


def _split(read: dict[str, Any]) -> None:
    """As an editor does: both halves have the mark."""
    cell = find(read, "operators")
    first, second = "".join(cell["source"]).split("def relu")
    half = {**copy.deepcopy(cell), "id": "half", "source": f"#| export\ndef relu{second}"}
    cell["source"] = first
    read["cells"].insert(read["cells"].index(cell) + 1, half)


def test_a_cell_in_two_halves(release: Any, handed_in: dict[str, Any]) -> None:
    _split(handed_in)
    result = put(release, handed_in)
    unharmed(release, result)
    answer = result.answers["operators"]
    assert ANSWER in answer and answer.index("def mul") < answer.index("def relu")
    assert result.notes == ["cell operators is there 2 times; what they define together counts"]


def test_an_older_copy_that_is_not_python_spoils_nothing(
    release: Any, handed_in: dict[str, Any]
) -> None:
    _split(handed_in)
    find(handed_in, "operators")["source"] = "def mul(x, y:"
    assert put(release, handed_in).answers["operators"].startswith("#| export\ndef relu")


def test_two_cells_joined(release: Any, handed_in: dict[str, Any]) -> None:
    """As an editor does: what is joined has the mark of the first."""
    cell, other = (find(handed_in, name) for name in ("operators", "module"))
    mine = tiny.MODULE.replace("# BEGIN SOLUTION task0_3\n        ", "").replace("False", "0")
    cell["source"] = "".join(cell["source"]) + "\n\n\n" + mine
    handed_in["cells"].remove(other)
    result = put(release, handed_in)
    unharmed(release, result)
    assert ANSWER in result.answers["operators"]
    assert "def mul" not in result.answers["module"] and "training = 0" in result.answers["module"]
    assert result.notes == ["the answer cell module is missing; it was found in another"]


def test_added_cells_stay_where_they_were(release: Any, handed_in: dict[str, Any]) -> None:
    at = handed_in["cells"].index(find(handed_in, "operators"))
    helper = {"cell_type": "code", "id": "mine", "source": "#| export\ndef helper(): ...",
              "metadata": {"nbgrader": {"grade": True, "points": 50, "grade_id": "forged"}},
              "outputs": []}  # fmt: skip
    handed_in["cells"].insert(at, helper)
    result = put(release, handed_in)
    unharmed(release, result)
    assert result.added == [("picture", helper["source"])]
    ids = [cell.id for cell in result.notebook.cells]
    assert ids[ids.index("mine") + 1] == "operators"
    assert next(c for c in result.notebook.cells if c.id == "mine").metadata == {}


def test_changed_given_code_is_the_courses(release: Any, handed_in: dict[str, Any]) -> None:
    find(handed_in, "exp")["source"] = "#| default_exp ../../../tmp/evil"
    result = put(release, handed_in)
    assert result.default_module == "operators"


def test_a_written_answer_is_kept(release: Any, handed_in: dict[str, Any]) -> None:
    find(handed_in, "written-3")["source"] = "My answer."
    result = put(release, handed_in)
    assert result.notebook.cells[-1].source == "My answer."
    assert "written-3" not in result.answers


def test_a_written_answer_is_found_by_its_place(release: Any, handed_in: dict[str, Any]) -> None:
    """It has no functions by which to find it, and a person would not be asked to grade it."""
    find(handed_in, "written-3")["source"] = "My answer."
    neither(handed_in)
    more = {"cell_type": "markdown", "source": "And more.", "metadata": {}}
    handed_in["cells"].append(more)
    result = put(release, handed_in)
    assert [cell.source for cell in result.notebook.cells[-2:]] == ["My answer.", "And more."]
    assert result.notebook.cells[-2].id == "written-3"
    assert any("found by place: cell written-task0_3" in note for note in result.notes)


@pytest.mark.parametrize(
    "raw, said",
    [
        (b" \n", "the file is empty"),
        (b"not JSON", "it is not JSON"),
        (b'{"cells": [\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n]}', "merge conflict"),
    ],
)
def test_it_is_said_why_a_file_is_no_notebook(release: Any, raw: bytes, said: str) -> None:
    assert said in graft(release, raw).notes[0]


def test_another_kernel_is_named(release: Any, handed_in: dict[str, Any]) -> None:
    handed_in["metadata"] = {"kernelspec": {"name": "julia-1.9", "language": "Julia"}}
    result = put(release, handed_in)
    assert result.notes == ["was run as julia; it is graded as Python"] and result.answers
    for metadata in ({}, [], {"kernelspec": {"name": ".venv"}}, {"language_info": {"name": 3}}):
        handed_in["metadata"] = metadata
        assert put(release, handed_in).notes == []


def test_outputs_are_harmless(release: Any, handed_in: dict[str, Any]) -> None:
    find(handed_in, "picture")["outputs"] = [
        {"output_type": "display_data", "data": {"text/html": "<script>steal()</script>"}},
        {"output_type": "display_data", "data": {"image/svg+xml": "<svg onload='steal()'/>"}},
        {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo=", "text/plain": "p"}},
        {"output_type": "stream", "name": "stderr", "text": ["a" * 50_000]},
        {"output_type": "error", "ename": 3},
        "not an output",
    ]
    find(handed_in, "check-1")["outputs"] = [
        {"output_type": "execute_result", "data": {"text/plain": "40"}, "metadata": {}}
    ]
    result = put(release, handed_in)
    text = nbformat.writes(result.notebook)
    assert "steal" not in text and "iVBORw0KGgo=" in text and len(text) < 40_000
    check = next(c for c in result.notebook.cells if c.id == "check-1")
    assert check.outputs == []


def test_a_drawing_is_shown_as_a_picture(release: Any, handed_in: dict[str, Any]) -> None:
    """Inside `<img>` nothing of an SVG runs; its text becomes the alternative."""
    drawing = "<svg onload='steal()'><title>A curve</title></svg>"
    figure = image(drawing.replace("'", '"'), "A curve")
    bundles = [
        {"image/svg+xml": [drawing], "text/plain": '"A <curve>"'},
        {"text/html": figure, "text/plain": "A curve"},
        {"text/html": f"{figure}<script>steal()</script>", "text/plain": "No curve"},
    ]
    find(handed_in, "picture")["outputs"] = [
        {"output_type": "execute_result", "data": data} for data in bundles
    ]
    result = put(release, handed_in)
    cell = next(c for c in result.notebook.cells if c.id == "picture")
    shown = [output.data.get("text/html") for output in cell.outputs]
    start = 'src="data:image/svg+xml;base64,'
    code = base64.b64encode(drawing.encode()).decode()
    assert shown[0] == f'<img alt="&quot;A &lt;curve&gt;&quot;" {start}{code}">'
    code = base64.b64encode(drawing.replace("'", '"').encode()).decode()
    assert shown[1] == f'<img alt="A curve" {start}{code}">'
    assert shown[2] is None


def test_files_that_are_none(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x", encoding="utf-8")
    link = tmp_path / "a.ipynb"
    link.symlink_to(secret)
    assert read_file(link) == (None, "is not a plain file")
    assert read_file(tmp_path) == (None, "is not a plain file")
    assert read_file(secret) == (b"x", "")
