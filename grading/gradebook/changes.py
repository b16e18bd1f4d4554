"""What a run of grading changed: who, which task, old points, new points, and why.

What was told last is kept beside the judgements. A run is compared with it, so that a change is
told once, also when a run was killed between storing the points and telling of them.
"""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path

from grading.course.regions import task_label
from grading.course.tasks import Task
from grading.gradebook import feedback
from grading.gradebook.records import Entry
from grading.judge.judge import Judge
from grading.judge.verdict import Verdict
from grading.paths import CHANGES, TOLD

NEW = "not graded before"
SHOWN = 40  # lines that are printed; the file has all


@dataclass(frozen=True)
class State:
    """A student's points for a task, and what they depend on.

    Attributes:
        earned: points.
        points: what could be earned.
        key: of the verdict.
        work: of what was handed in.
        probes: of what the task brings: probes, mutants, visible cell.
        tools: of the grader and the reference.
        settled: a person had what can't be found out counted as wrong.

    """

    earned: float
    points: float
    key: str = ""
    work: str = ""
    probes: str = ""
    tools: str = ""
    settled: bool = False


States = dict[str, dict[str, State]]  # by student's id and task


@dataclass(frozen=True)
class Change:
    """One line of the report; `old` is None where nothing was graded before."""

    student: str
    task: str
    old: float | None
    new: float
    why: str


def state(
    judge: Judge, task: Task, verdict: Verdict, work: str, *, settled: bool, was: State | None
) -> State:
    """Say how a task stands.

    Args:
        judge: the grader.
        task: the task.
        verdict: on it.
        work: name of what was handed in.
        settled: a person had what can't be found out counted as wrong.
        was: how it stood when that was told last; so it stands where the verdict is that one.

    """
    points = (verdict.earned, verdict.points)
    if was and (was.key, was.earned, was.points) == (verdict.key, *points):
        return was
    probes = judge.probes_version(task)
    return State(*points, verdict.key, work, probes, judge.version, settled)


def of_gradebook(tasks: Iterable[Task], entries: Mapping[str, Entry]) -> States:
    """Read how tasks stand in the gradebook, for what was graded before there were reports."""
    found: States = {}
    for student, entry in entries.items():
        for task in tasks:
            score = entry.automatic.get((Path(task.notebook).stem, task.grade_id))
            if score is not None:
                found.setdefault(student, {})[task.id] = State(score, task.points)
    return found


def told(root: Path, assignment: str) -> States:
    """Read what was told last; empty if nothing was."""
    try:
        read = json.loads((root / TOLD / f"{assignment}.json").read_text(encoding="utf-8"))
        return {
            student: {task: State(**state) for task, state in tasks.items()}
            for student, tasks in read.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def remember(root: Path, assignment: str, states: Mapping[str, Mapping[str, State]]) -> None:
    """Note what was told, for the next run."""
    path = root / TOLD / f"{assignment}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = {
        student: {task: asdict(state) for task, state in tasks.items()}
        for student, tasks in sorted(states.items())
    }
    aside = path.with_suffix(".part")
    aside.write_text(json.dumps(plain, indent=1), encoding="utf-8")
    aside.replace(path)


def compare(old: States, new: States) -> list[Change]:
    """List the tasks whose points aren't what they were, by student and task."""
    found = []
    for student, tasks in sorted(new.items()):
        for task, now in tasks.items():
            was = old.get(student, {}).get(task)
            if was is None:
                found.append(Change(student, task, None, now.earned, NEW))
            elif (was.earned, was.points) != (now.earned, now.points):
                found.append(Change(student, task, was.earned, now.earned, why(was, now)))
    return found


def why(was: State, now: State) -> str:
    """Say what has changed since a task was graded last."""
    if not was.key:
        return "graded by an earlier version of the grader"
    reasons = {
        "new hand-in": was.work != now.work,
        "probe changed": was.probes != now.probes,
        "grader or reference changed": was.tools != now.tools,
        "settled by a person": was.settled != now.settled,
    }
    said = [reason for reason, holds in reasons.items() if holds]
    return ", ".join(said) or "judged again: another result of the same work"


def table(changes: Iterable[Change]) -> str:
    """Write changes in columns."""
    rows = [["student", "task", "old", "new", "why"]]
    for each in changes:
        old = "" if each.old is None else feedback.points(each.old)
        new = feedback.points(each.new)
        rows.append([feedback.short(each.student), task_label(each.task), old, new, each.why])
    return feedback.columns(rows, left=(0, 4))


def report(root: Path, assignment: str, changes: list[Change]) -> str:
    """Write a report of changes, as text and as CSV, and say what is in it.

    Who was graded for the first time is in the files, and only counted in what is printed: the
    points stand in the table above.

    Returns:
        Lines to print; empty where nothing has changed.

    """
    if not changes:
        return ""
    moment = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    path = root / CHANGES / f"{assignment}-{moment}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow([each.name for each in fields(Change)])
        lines.writerows(astuple(each) for each in changes)
    text = path.with_suffix(".txt")
    text.write_text(table(changes) + "\n", encoding="utf-8")
    again = [each for each in changes if each.old is not None]
    first = len({each.student for each in changes if each.old is None})
    said = []
    if again:
        students = len({each.student for each in again})
        said.append(
            f"Changed: {len(again)} result{'s' * (len(again) != 1)} of {students} "
            f"student{'s' * (students != 1)}"
        )
        said.append(table(again[:SHOWN]))
        said += [f"and {len(again) - SHOWN} more"] * (len(again) > SHOWN)
    if first:
        said.append(f"Graded for the first time: {first} student{'s' * (first != 1)}")
    where = path.relative_to(root)
    said.append(f"All changes: {where} and {where.with_suffix('.txt').name}")
    return "\n".join(said)
