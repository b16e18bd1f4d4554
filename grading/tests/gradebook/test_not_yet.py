"""What is not graded yet, on its way through gradebook, table, feedback and the next run."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from grading.tests import tiny
from grading.tests.gradebook import test_nbgrader
from grading.tests.gradebook.test_nbgrader import (
    automatic,
    grade,
    hand_in,
    nbgrader,
    project,
    reference,
    scores,
    written,
)

__all__ = ["project"]  # the fixture: a tiny course of this module's own

pytestmark = test_nbgrader.pytestmark
ALL = test_nbgrader.ALL
PLACE = "autograded/ada/module0/01_functions.ipynb"
RELU = "return x if x > 0 else 0.0"


def sleeping(root: Path) -> bytes:
    """Right work that sleeps for an hour."""
    notebook = reference(root)
    cell = tiny.cell(notebook, "operators")
    cell.source = cell.source.replace(RELU, f"import time; time.sleep(3600); {RELU}")
    return written(notebook)


@pytest.fixture
def impatient(project: Path) -> Iterator[Path]:
    """The course with a short clock: its grader doesn't wait two minutes for a sleeper."""
    path = project / "grading" / "sandbox" / "limits.py"
    kept = path.read_text(encoding="utf-8")
    changed = kept.replace("\nCLOCK = 60.0", "\nCLOCK = 0.5").replace(
        "\nFLOOR = 10.0", "\nFLOOR = 2.0"
    )
    assert changed.count("CLOCK = 0.5") == changed.count("FLOOR = 2.0") == 1
    path.write_text(changed, encoding="utf-8")
    yield project
    path.write_text(kept, encoding="utf-8")
    shutil.rmtree(project / "course" / "submitted")


def row(root: Path, student: str) -> dict[str, str]:
    with open(root / "course" / "grades.csv", encoding="utf-8") as file:
        return next(row for row in csv.DictReader(file) if row["student_id"] == student)


def test_an_earlier_score_stays_and_a_new_one_is_blank(impatient: Path) -> None:
    root = impatient
    hand_in(root, "ada", written(reference(root)))
    hand_in(root, "carol", written(reference(root)))
    done = grade(root, "module0")
    assert done.returncode == 0, done.stdout + done.stderr
    page = root / "course/feedback/ada/module0/01_functions.html"
    before = [(root / "course" / PLACE).read_bytes(), page.read_bytes()]

    hand_in(root, "ada", sleeping(root))
    hand_in(root, "bob", sleeping(root))
    done = grade(root, "module0")
    assert done.returncode == 1 and "Traceback" not in done.stdout + done.stderr
    for student in ("ada", "bob"):
        assert f"{student}: not graded yet" in done.stdout
        # Who waits for the same reason, to the tenth of a second, is named in one line.
        lines = [line for line in done.stdout.splitlines() if line.startswith("Not graded yet: ")]
        waiting = [line.partition(". Task 0.1: probe_relu: ") for line in lines]
        assert any(why and student in who for who, why, _ in waiting)
    assert "carol" in done.stdout and "has lost nothing" in done.stdout
    assert automatic(root, "ada") == ALL and "bob" not in scores(root)
    assert float(row(root, "ada")["score"]) == 90
    assert row(root, "bob")["score"] == row(root, "bob")["raw_score"] == ""
    assert float(row(root, "carol")["score"]) == 90
    assert [(root / "course" / PLACE).read_bytes(), page.read_bytes()] == before
    assert not (root / "course/feedback/bob").exists()

    # nbgrader's own command, which tries it again and tells it by its exit status
    said = nbgrader(root, "autograde", "module0", "--force", "--student=[ab]*", good=False)
    assert "Not graded yet: " in said and said.count("Task 0.1: probe_relu") == 2
    assert automatic(root, "ada") == ALL and "bob" not in scores(root)
    assert (root / "course" / PLACE).read_bytes() == before[0]
    nbgrader(root, "export", "--to", "course/points.csv")
    assert (root / "course/points.csv").read_text(encoding="utf-8") == (
        root / "course/grades.csv"
    ).read_text(encoding="utf-8")

    # A person has looked, and decides
    done = grade(root, "module0", "--settle", "bob")
    assert "Not graded yet: bob" not in done.stdout and "Not graded yet: ada" in done.stdout
    assert automatic(root, "bob") == ALL | {"test-task0_1": 0}
    assert "never ends" not in (root / "course/feedback/bob/module0/01_functions.html").read_text(
        encoding="utf-8"
    )

    # Handed in anew, or tried on a better day, it is graded as ever
    for student in ("ada", "bob"):
        hand_in(root, student, written(reference(root)))
    done = grade(root, "module0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert automatic(root, "ada") == automatic(root, "bob") == ALL
