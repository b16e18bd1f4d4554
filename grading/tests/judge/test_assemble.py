"""Packages: whose work stands in which region."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from grading.course.guides import load_course
from grading.course.regions import GradingError, regions_of
from grading.judge.alternatives import chooser
from grading.judge.assemble import Reference, assemble, exported_text, merge, same_code, split
from grading.judge.judge import Judge
from grading.submission.read import Submission
from grading.tests import tiny
from grading.tests.handing_in import RELU, add, hand_in


def test_a_task_has_its_own_regions_only(judge: Judge) -> None:
    task = judge.course.task("task0_2")
    files, _ = assemble(judge.reference, chooser(task, "reference"))
    operators, module = (files[f"minitorch/{n}.py"].decode() for n in ("operators", "module"))
    assert "product_of_both" in operators  # a prerequisite
    assert "self.training = False" not in module and "Task 0.3" in module


def test_blocks_join_to_the_module(judge: Judge) -> None:
    for text in judge.reference.modules.values():
        head, blocks = split(text)
        assert head + "".join(block.text for block in blocks) == text


def test_the_reference_handed_in_is_the_reference(judge: Judge) -> None:
    grafts = judge.grafts(hand_in(judge))
    theirs, notes = assemble(judge.reference, lambda region: "student", grafts)
    ours, _ = assemble(judge.reference, lambda region: "reference")
    assert same_code(theirs, ours) and notes == []


def test_an_old_export_is_refused(judge: Judge, tmp_path: Path) -> None:
    root = tiny.make_project(tmp_path / "project")
    path = root / "minitorch" / "operators.py"
    path.write_text(
        path.read_text(encoding="utf-8").replace("def relu", "def rely"), encoding="utf-8"
    )
    with pytest.raises(GradingError, match=r"relu.*Run minitorch export"):
        Reference(load_course(root))


def test_two_tasks_in_one_cell(judge: Judge) -> None:
    """Of one cell, each task gets its own functions."""
    course = judge.course
    region = course.task("task0_1").regions[0]
    assert region.qualname == "mul"
    other = course.task("task0_1").regions[1]
    text = judge.reference.modules["operators"]
    block = next(b.text for b in split(text)[1] if b.cell_id == "operators")
    mine = "def relu(x):\n    return 'mine'\n\nCONSTANT = 4\n\ndef mul(x, y):\n    return CONSTANT"
    notes: list[str] = []
    merged = merge(block, mine, [region], [other], "here", notes)
    assert "CONSTANT = 4" in merged and "return CONSTANT" in merged
    assert "'mine'" not in merged and RELU in merged and not notes
    compile(merged, "merged", "exec")
    lost = merge(block, "def mul(x, y):\n    return 5", [region], [other], "here", notes)
    assert "return 5" in lost and RELU in lost
    broken = merge(block, "def mul(x, y:\n  return 5", [region], [other], "here", notes)
    assert "raise SyntaxError" in broken and RELU in broken and notes
    compile(broken, "broken", "exec")


CLASS = """class Mul:
    def forward(self, a, b):
        # BEGIN SOLUTION task1_2
        return 1
        # END SOLUTION

    def backward(self, d):
        # BEGIN SOLUTION task1_4
        return 2
        # END SOLUTION
"""


@pytest.mark.parametrize(
    ("mine", "says"),
    [
        ("class Mul:\n\tdef forward(self, a, b):\n\t\treturn a\n\tdef backward(self, d): 0", "a"),
        ("class Mul:\n def forward(self, a, b): return a\n def backward(self, d): 0", "a"),
        # The method of the other task is gone; a line begins with what could be a magic.
        ("class Mul:\n  def forward(self, a, b):\n    return (a\n    % b)", "% b"),
    ],
    ids=["tabs", "one space", "a line that begins with %"],
)
def test_a_method_of_ones_own_style_among_the_courses(mine: str, says: str) -> None:
    forward, backward = (
        replace(region, cell_id="mul") for region in regions_of(CLASS, "scalar_functions")
    )
    merged = merge(CLASS, mine, [forward], [backward], "here", [])
    assert "return 2" in merged and says in merged
    compile(merged, "merged", "exec")


def test_a_slip_is_told_with_its_line_in_the_cell(judge: Judge) -> None:
    """Lines count as the student sees them: directives are in the cell, too."""
    region = judge.course.task("task0_1").regions[0]
    text = judge.reference.modules["operators"]
    block = next(b.text for b in split(text)[1] if b.cell_id == "operators")
    notes: list[str] = []
    merge(block, "#| export\n\ndef mul(x, y:\n  return 5", [region], [], "here", notes)
    assert notes[0].startswith("here: line 3: ")
    conflict = "#| export\ndef mul(x, y):\n<<<<<<< HEAD\n  return 5\n=======\n>>>>>>> it"
    merge(block, conflict, [region], [], "here", notes)
    assert notes[1] == "here: line 3: a merge conflict was left there (<<<<<<<, =======, >>>>>>>)"


def test_future_imports_go_wherever_they_stand() -> None:
    """They may only come first in a module, and a cell's text stands in the middle of one."""
    for written in ("annotations", "(annotations)", "(\n    annotations,\n    division,\n)"):
        text = exported_text(f"from __future__ import {written}\nimport math\n\nx = 1")
        assert text.split() == ["import", "math", "x", "=", "1"], written


def test_notes_stay_short(judge: Judge) -> None:
    notebook = nbformat.reads(str((hand_in(judge).files[tiny.GUIDE] or b"").decode()), 4)
    add("exp", f"#| export {'x' * 5000}\nx = 1")(notebook)
    raw = nbformat.writes(notebook).encode()
    grafts = judge.grafts(Submission("module0", {tiny.GUIDE: raw}))
    _, notes = assemble(judge.reference, lambda region: "student", grafts)
    assert len(notes) == 1 and len(notes[0]) < 300
