"""The table of mistakes: a small sample of it, and all of it when it is asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grading.judge import mistakes
from grading.judge.material import read_material
from grading.judge.mistakes import FAULTS, OWN, RIGHT, Table, read_mistakes
from grading.paths import ROOT

# A classic mistake of each kind: value, error, circle, right in another style.
SAMPLE = {
    "task0_1": ["max_calls_itself", "exp with try", "neg by 0 - x"],
    "task0_4": ["return inside the loop over children", "eval toggles"],
    "task1_2": ["add calls forward"],
    "task1_4": ["overwritten", "constants in the dictionary"],
    "task2_1": ["cells_eat_the_shape", "reversed"],
    "task2_4": ["one derivative for two inputs"],
    "task3_4": ["no second barrier"],
    "task3_5": ["the squared error"],
}
# Whose checks say that they passed, and that the cells above must be run first.
SPEAKING = ("module0", "module1", "module2", "module3", "closures")


@pytest.fixture(scope="module")
def table() -> Table:
    return Table(ROOT)


@pytest.mark.parametrize("task", SAMPLE)
def test_a_sample_is_told_by_its_own_cause(table: Table, task: str) -> None:
    rows = list(table.rows(table.course.task(task), SAMPLE[task], tests=False))
    assert sorted(row.mistake.name for row in rows) == sorted(SAMPLE[task])
    bad = {row.mistake.name: row.seen.check for row in rows if row.verdict not in (OWN, RIGHT)}
    assert not bad


def test_every_entry_is_of_a_region_and_says_what_to_expect(table: Table) -> None:
    for task in table.course.tasks:
        material = read_material(table.course, table.reference, task)
        for mistake in read_mistakes(ROOT, material):
            assert mistake.name
            table.package(mistake)
            if task.assignment in SPEAKING:
                assert mistake.told or mistake.fair, f"{task.label}: {mistake.name}"


def test_a_check_begins_by_what_it_needs_and_ends_by_saying_so(table: Table) -> None:
    for task in (t for t in table.course.tasks if t.assignment in SPEAKING):
        source = str(table.reference.visible(task)["source"])
        assert source.rstrip().endswith(")") and f'passed(\n    "{task.grade_id}"' in source
        with pytest.raises(AssertionError, match="Run the cells above first"):
            exec(source, {"__name__": "__main__"})


def test_a_wrong_pattern_is_a_fault(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    task = table.course.task("task0_1")
    material = read_material(table.course, table.reference, task)
    entry = next(each for each in read_mistakes(ROOT, material) if each.name == "neg by minus abs")
    for told, fair in (("another cause", ""), ("", "thought to be right")):
        wrong = mistakes.Mistake(entry.name, entry.target, entry.body, told=told, fair=fair)
        monkeypatch.setattr(mistakes, "read_mistakes", lambda *_, wrong=wrong: [wrong])
        (row,) = table.rows(task, tests=False)
        assert row.verdict in FAULTS


@pytest.mark.slow
@pytest.mark.skipif("MINITORCH_PROOF" not in os.environ, reason="set MINITORCH_PROOF=1")
def test_no_mistake_is_told_wrongly_or_missed(tmp_path: Path) -> None:
    bad = [row for row in mistakes.run(ROOT, SPEAKING) if row.verdict in FAULTS]
    assert not bad, mistakes.table(bad)
