"""Tracebacks: an error that a notebook stores quotes no line that a student writes."""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest
from IPython.core.ultratb import VerboseTB

from grading.course.guides import load_course
from grading.release.leaks import secrets, shows
from grading.release.tracebacks import LEFT_OUT, mend, quoting
from grading.tests import tiny

ROOT = Path(__file__).resolve().parents[3]

# A line is quoted with its neighbours; short ones say as much as long ones.
OPERATORS = """def given(x, y):
    helped = 2 * x
    return mul(helped, y)


def mul(x, y):
    x, y = y, x
    z = inner(x)
    return z


def inner(x):
    raise ValueError("mul: both are numbers")
"""
NESTED = OPERATORS.replace(
    "    z = inner(x)\n    return z", "    def go(x):\n        return inner(x)\n\n    return go(x)"
)


def stored(source: str, folder: Path, colours: str) -> dict[str, Any]:
    """The output of a cell in which `given` raises, as IPython stores it."""
    path = folder / "minitorch" / "operators.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(f"operators_{abs(hash(source))}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with pytest.raises(ValueError) as raised:
        module.given(1, 2)
    kind, error, trace = raised.type, raised.value, raised.tb
    assert trace
    told = VerboseTB(theme_name=colours, include_vars=False).structured_traceback(
        kind, error, trace.tb_next
    )
    return {"output_type": "error", "ename": "E", "evalue": str(error), "traceback": told}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.make_project(tmp_path_factory.mktemp("tracebacks"))


def store(project: Path, *outputs: dict[str, Any]) -> Path:
    path = project / tiny.GUIDE
    notebook = json.loads(path.read_text(encoding="utf-8"))
    (cell,) = (each for each in notebook["cells"] if each["id"] == "picture")
    cell["outputs"] = list(outputs)
    path.write_text(
        json.dumps(notebook, sort_keys=True, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return path


@pytest.mark.parametrize("colours", ["linux", "nocolor"])
@pytest.mark.parametrize("source", [OPERATORS, NESTED], ids=["plain", "nested"])
def test_a_frame_in_a_solution_keeps_its_name_and_no_line(
    project: Path, tmp_path: Path, source: str, colours: str
) -> None:
    path = store(project, stored(source, tmp_path, colours))
    assert "quotes a function that students write" in quoting(project)[0]
    assert mend(project) == [path]
    assert quoting(project) == [] and mend(project) == []
    text = "\n".join(read(path))
    assert not re.search(r"(z =|return) inner\(x\)|y, x", text)
    assert LEFT_OUT in text and ", in mul(x, y)" in text
    assert "mul(helped, y)" in text, "given code is quoted as before"
    assert "mul: both are numbers" in text


def read(path: Path) -> list[str]:
    (cell,) = (
        c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["id"] == "picture"
    )
    return [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in cell["outputs"][0]["traceback"]]


def test_a_solution_in_a_cell_is_not_quoted_either(project: Path) -> None:
    frame = (
        "\x1b[36mCell\x1b[39m\x1b[36m In[3], line 2\x1b[39m, in \x1b[36mmul\x1b[39m(x, y)\n> 2 x"
    )
    store(project, {"output_type": "error", "traceback": [frame]})
    assert "quotes a function" in quoting(project)[0]
    assert len(mend(project)) == 1 and quoting(project) == []


def test_what_only_has_the_name_of_a_task_is_quoted(project: Path) -> None:
    frame = "File minitorch/tensor_ops.py:3, in mul(x, y)\n> 3 return x"
    path = store(project, {"output_type": "error", "traceback": [frame]})
    assert quoting(project) == [] and mend(project) == []
    assert read(path) == [frame]


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "name": "stdout", "text": ["# BEGIN SOL", "UTION task0_1\n"]},
        {"data": {"text/html": "<b>#</b> <i>END</i>&nbsp;SOLUTION"}},
        {"data": {"text/plain": "\x1b[3m# BEGIN\x1b[0m SOLUTION"}},
    ],
)
def test_marks_of_a_solution_are_found(project: Path, output: dict[str, Any]) -> None:
    store(project, output)
    assert "shows the marks of a solution" in quoting(project)[0]


def test_a_printed_traceback_is_found(project: Path, tmp_path: Path) -> None:
    stored(OPERATORS, tmp_path, "nocolor")
    sys.path.insert(0, str(tmp_path / "minitorch"))
    try:
        operators = importlib.import_module("operators")
        with pytest.raises(ValueError) as raised:
            operators.given(1, 2)
    finally:
        sys.path.pop(0)
        sys.modules.pop("operators", None)
    text = "".join(traceback.format_exception(raised.value))
    store(project, {"output_type": "stream", "name": "stderr", "text": text.splitlines(True)})
    assert "quotes a function that students write" in quoting(project)[0]


def test_the_courses_own_notebooks_quote_no_solution() -> None:
    assert quoting(ROOT) == []
    wanted = secrets(load_course(ROOT))
    for path in sorted((ROOT / "nbs").rglob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            marks = cell["metadata"].get("nbgrader", {})
            for output in cell.get("outputs", []) if not marks.get("solution") else ():
                text = json.dumps(output)
                assert not shows(text, wanted), f"{path.name}, cell {cell['id']}: {text[:200]}"
