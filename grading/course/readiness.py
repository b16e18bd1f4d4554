"""Says what a course lacks before it can be graded: points, probes, mutants, prerequisites."""

from __future__ import annotations

import ast
from pathlib import Path

from grading.course.regions import Function
from grading.course.tasks import Course, Task, mutants_path, probes_path
from grading.paths import GUIDES

TOTALS = {"module": 100, "closures": 130}
MIN_MUTANTS = 5


def problems(course: Course) -> list[str]:
    """Says what keeps a course from being graded: points, probes, mutants, prerequisites."""
    said = []
    known = {task.id for task in course.tasks}
    for assignment in course.assignments:
        total = next((n for p, n in TOTALS.items() if assignment.name.startswith(p)), None)
        counted = [task for task in assignment.tasks if not task.extra]
        points = sum(task.points + task.hand_points for task in counted)
        if total is not None and points != total:
            shares = ", ".join(f"{t.id} {t.points + t.hand_points:g}" for t in counted)
            said.append(
                f"{GUIDES / assignment.name}: the points add up to {points:g}, not "
                f"{total} ({shares or 'no tasks'}). Change `points` of the graded cells."
            )
        for task in assignment.tasks:
            said += _unproven(course.root, task)
            points = task.points + task.hand_points
            card = course.guides[task.notebook].cards.get(task.label, points)
            if card != points:
                said.append(
                    f"{task.notebook}: the card of {task.label} says {card:g} points, and its "
                    f"graded cells give {points:g}. Let both say the same."
                )
            said += [
                f"{probes_path(course.root, task.id)}: REQUIRES names {each!r}, which is no task."
                for each in task.requires
                if each not in known
            ]
    return said


def _unproven(root: Path, task: Task) -> list[str]:
    where = f"{task.notebook}, cell {task.grade_id}: {task.label}"
    said = []
    probes, mutants = probes_path(root, task.id), mutants_path(root, task.id)
    if not probes.exists():
        said.append(f"{where} has no probes. Write {probes}.")
    elif task.kind == "probes":
        tree = ast.parse(probes.read_text(encoding="utf-8"))
        if not any(isinstance(n, Function) and n.name.startswith("probe_") for n in tree.body):
            said.append(f"{where} has no probes: {probes} has no function `probe_…(mt, rng)`.")
    elif not task.tests:
        said.append(f"{where} has no tests to grade: {probes} names none in TESTS.")
    if not mutants.exists():
        said.append(f"{where} has no mutants. Write {mutants}.")
    else:
        tree = ast.parse(mutants.read_text(encoding="utf-8"))
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
        count = sum(isinstance(n.func, ast.Name) and n.func.id == "Mutant" for n in calls)
        if count < MIN_MUTANTS:
            said.append(f"{where} has {count} mutants in {mutants}; it needs {MIN_MUTANTS}.")
    return said
