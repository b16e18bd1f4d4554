"""Makes `before_the_rooms.zip`: what the version before the rooms left behind.

It ran once, on a checkout of that version (0.6.0 as of commit e8d0b20), with its own code:

    git worktree add ../before e8d0b20
    python grading/tests/upgrade/make_fixture.py ../before

What is in it:

- `student/`: the tiny course's release (see `tiny.py`) and a student's work in it: an answer, a
  cell of their own, an edit of given code in `nbs/lib/00_module.ipynb`, a note of their own;
- `instructor/course/`: the tiny course's `course/` after grading: submissions of ada and bob, the
  graded notebooks, the judge's memory, and a gradebook in which a person gave ada 7 points and a
  word for her written answer;
- `real/`: the state of every notebook and file in the real course's release (`.release.json`), and
  one of its guides with a student's answer and own cell in it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent

PROGRAM = """
import json, shutil, subprocess, sys
from pathlib import Path
import nbformat
from grading import examples
from grading.judge import Judge
from grading.release import build
from grading.tests import tiny

out = Path(sys.argv[1])
project = tiny.make_project(out / "project")
student = build(project, out / "student")


def change(path, cell_id, old, new):
    notebook = nbformat.read(path, 4)
    cell = next(c for c in notebook.cells if c.id == cell_id)
    assert old in cell.source, cell.source
    cell.source = cell.source.replace(old, new)
    nbformat.write(notebook, path)


def add(path, after, source):
    notebook = nbformat.read(path, 4)
    at = next(n for n, c in enumerate(notebook.cells) if c.id == after)
    notebook.cells.insert(at + 1, nbformat.v4.new_code_cell(source, id="my-own"))
    nbformat.write(notebook, path)


# The student's work
guide = student / tiny.GUIDE
notebook = nbformat.read(guide, 4)
cell = next(c for c in notebook.cells if c.id == "operators")
cell.source = tiny.OPERATORS.replace("product_of_both", "my_product")
cell.source = "\\n".join(l for l in cell.source.split("\\n") if "SOLUTION" not in l)
nbformat.write(notebook, guide)
add(guide, "operators", "from minitorch.module import Module\\n\\nModule().given_name()")
change(student / "nbs/lib/00_module.ipynb", "front", "Modules.", "Modules, as I read them.")
(student / "my_notes.md").write_text("Ask about relu at 0.\\n")
subprocess.run([Path(sys.executable).parent / "nbdev_export"], cwd=student, check=True)

# The instructor's work
judge = Judge(project)
made = examples.make(judge, judge.course.assignments[0])
for name, kind in (("ada", "reference"), ("bob", "mistakes-1")):
    folder = project / "course/submitted" / name / "module0"
    folder.mkdir(parents=True)
    (folder / Path(tiny.GUIDE).name).write_bytes(made[f"example-{kind}"][tiny.GUIDE])
grade = [sys.executable, "-m", "grading.grade", "module0"]
subprocess.run(grade, cwd=project, check=True)
from nbgrader.api import Gradebook
with Gradebook(f"sqlite:///{project}/course/gradebook.db", "minitorch") as book:
    row = book.find_grade("written-task0_3", "01_functions", "module0", "ada")
    row.manual_score, row.needs_manual_grade = 7.0, False
    book.find_comment("written-task0_3", "01_functions", "module0", "ada").manual_comment = "Clear."
    book.db.commit()
subprocess.run(grade, cwd=project, check=True)

# The real course
real = out / "real"
release = build(Path(sys.argv[2]), out / "whole", strict=False)
name = "nbs/guides/module0/03_functional.ipynb"
(real / name).parent.mkdir(parents=True)
shutil.copy(release / name, real / name)
shutil.copy(release / ".release.json", real)
notebook = nbformat.read(real / name, 4)
cell = next(c for c in notebook.cells if "Need to implement for Task 0.1" in c.source)
cell.source += "\\n# mine"
answer = cell.id
nbformat.write(notebook, real / name)
add(real / name, answer, "mine = 1")
"""


def main() -> None:
    """Make the file anew."""
    before = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(out), str(before)],
            cwd=before,
            env=os.environ | {"PYTHONPATH": str(before)},
            check=True,
        )
        kept = {"student": out / "student", "real": out / "real"}
        places = [(path, f"{name}/{path.relative_to(top)}") for name, top in kept.items()
                  for path in sorted(top.rglob("*"))]  # fmt: skip
        for name in ("submitted", "autograded", "judged", "gradebook.db"):
            top = out / "project" / "course" / name
            for path in [top] if top.is_file() else sorted(top.rglob("*")):
                places.append((path, f"instructor/{path.relative_to(out / 'project')}"))
        with zipfile.ZipFile(HERE / "before_the_rooms.zip", "w", zipfile.ZIP_LZMA) as file:
            for path, name in places:
                if path.is_file() and "__pycache__" not in name and "egg-info" not in name:
                    file.write(path, name)


if __name__ == "__main__":
    main()
