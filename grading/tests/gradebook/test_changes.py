"""A regrade judges what has changed, and tells who has other points now, and why."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from grading.gradebook.changes import Change, State, compare, of_gradebook, report, told, why
from grading.gradebook.records import Entry
from grading.judge.judge import Judge
from grading.paths import CHANGES, CHECKS
from grading.tests import tiny
from grading.tests.gradebook import test_nbgrader
from grading.tests.gradebook.test_nbgrader import grade, hand_in, project, reference, written

__all__ = ["project"]  # the fixture: a tiny course of this module's own

WAS = State(3.0, 5.0, "key", "work", "probes", "tools")


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (replace(WAS, work="other"), "new hand-in"),
        (replace(WAS, probes="other"), "probe changed"),
        (replace(WAS, tools="other"), "grader or reference changed"),
        (replace(WAS, settled=True), "settled by a person"),
        (replace(WAS, work="other", probes="other"), "new hand-in, probe changed"),
        (WAS, "judged again: another result of the same work"),
    ],
)
def test_each_reason_has_its_name(now: State, reason: str) -> None:
    assert why(WAS, now) == reason


def test_only_other_points_are_a_change() -> None:
    old = {"ada": {"task0_1": WAS}, "bob": {"task0_1": WAS}}
    new = {
        "ada": {"task0_1": replace(WAS, probes="other")},
        "bob": {"task0_1": replace(WAS, probes="other", earned=4.0)},
        "cyd": {"task0_1": WAS},
    }
    assert compare(old, new) == [
        Change("bob", "task0_1", 3.0, 4.0, "probe changed"),
        Change("cyd", "task0_1", None, 3.0, "not graded before"),
    ]


def test_a_gradebook_from_before_the_reports_is_compared_with(judge: Judge) -> None:
    tasks = judge.course.assignments[0].tasks
    place = ("01_functions", "test-task0_1")
    old = of_gradebook(tasks, {"ada": Entry(automatic={place: 30.0}), "bob": Entry()})
    assert old == {"ada": {"task0_1": State(30.0, 40.0)}}
    (change,) = compare(old, {"ada": {"task0_1": State(40.0, 40.0, "key")}})
    assert (change.old, change.new) == (30.0, 40.0) and "earlier version" in change.why


def test_names_with_commas_and_long_lists_are_whole_in_the_file(tmp_path: Path) -> None:
    many = [Change(f"Lovelace, {n}", "task0_1", 1.0, 2.0, "new hand-in") for n in range(99)]
    said = report(tmp_path, "module0", many)
    assert "Changed: 99 results of 99 students" in said and "and 59 more" in said
    (table,) = (tmp_path / CHANGES).glob("*.csv")
    with open(table, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 99 and rows[7]["student"] == "Lovelace, 7"
    assert table.with_suffix(".txt").read_text(encoding="utf-8").count("new hand-in") == 99
    assert report(tmp_path, "module0", []) == ""


def judged(root: Path) -> int:
    """How many verdicts there are."""
    return len(list((root / "course" / "judged" / "verdict").glob("*.json")))


def rows(root: Path) -> list[tuple[str, ...]]:
    """The last report of changes."""
    last = max((root / CHANGES).glob("*.csv"), key=lambda path: path.stat().st_mtime_ns)
    with open(last, encoding="utf-8") as file:
        return [tuple(row.values()) for row in csv.DictReader(file)]


@pytest.mark.sandbox
@pytest.mark.slow
@pytest.mark.skipif(bool(test_nbgrader.REASON), reason=test_nbgrader.REASON)
def test_a_mended_probe_judges_its_task_only(project: Path) -> None:
    """A class from first to last: a probe, a late joiner, one student, one task."""

    def run(*arguments: str, good: bool = True) -> str:
        done = grade(project, "module0", *arguments)
        assert (done.returncode == 0) == good, done.stdout + done.stderr
        return done.stdout + done.stderr

    notebook = reference(project)
    hand_in(project, "ada", written(notebook))
    for name, right, wrong in (
        ("module", "self.training = False", "self.training = True"),
        ("operators", "return x if x > 0 else 0.0", "return x"),
    ):
        cell = tiny.cell(notebook, name)
        assert right in cell.source
        cell.source = cell.source.replace(right, wrong)
    hand_in(project, "bob", written(notebook))
    assert "Graded for the first time: 2 students" in run()
    assert judged(project) == 6 and len(rows(project)) == 6

    # A probe more, for what Bob has right, and a student more.
    path = project / CHECKS / "task0_3" / "probes.py"
    more = "def probe_name(mt, rng):\n    return mt.module.Module().given_name()\n"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{more}", encoding="utf-8")
    hand_in(project, "cyd", written(notebook))
    said = run()
    assert judged(project) == 6 + 2  # what Cyd wrote is what Bob wrote
    assert "Changed: 1 result of 1 student" in said
    assert "Graded for the first time: 1 student\n" in said
    assert [row for row in rows(project) if row[0] != "cyd"] == [
        ("bob", "task0_3", "0.0", "15.0", "probe changed")
    ]

    # Bob hands in again, and everything is right; a task is asked for.
    hand_in(project, "bob", written(reference(project)))
    before = test_nbgrader.scores(project)
    run("--student", "bob", "--task", "0.1")
    assert rows(project) == [("bob", "task0_1", "20.0", "40.0", "new hand-in")]
    after = test_nbgrader.scores(project)
    assert after.pop("bob") == before.pop("bob") | {"test-task0_1": 40.0} and after == before
    run()
    assert rows(project) == [("bob", "task0_3", "15.0", "30.0", "new hand-in")]
    assert set(told(project, "module0")) == {"ada", "bob", "cyd"}
    number = len(list((project / CHANGES).iterdir()))
    assert "Changed" not in run() and len(list((project / CHANGES).iterdir())) == number

    # Of a newcomer, a task alone is judged and kept, and nothing is stored.
    hand_in(project, "dan", written(notebook))
    said = run("--student", "dan", "--task", "task0_1", good=False)
    assert "Not graded yet: dan." in said and "there is no earlier verdict" in said
    assert "dan" not in test_nbgrader.scores(project)

    said = run("--student", "bop", good=False)
    assert "no submission of module0 by 'bop'" in said and "Close to it: bob." in said
    assert "There is no task '9.9'" in run("--task", "9.9", good=False)
