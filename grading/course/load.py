"""The course as the instructor's tools see it: read from the guides and checked."""

from __future__ import annotations

from pathlib import Path

from grading.course.guides import read_assignment, read_notebook
from grading.course.readiness import MIN_MUTANTS, problems
from grading.course.regions import (
    GradingError,
    Region,
    body_of,
    fill,
    given_lines,
    regions_of,
    strip_solutions,
    stub_body,
    task_label,
    task_mark,
)
from grading.course.tasks import GUIDES, Assignment, Course, Task, mutants_path, probes_path

__all__ = [
    "GUIDES",
    "MIN_MUTANTS",
    "Assignment",
    "Course",
    "GradingError",
    "Region",
    "Task",
    "body_of",
    "fill",
    "given_lines",
    "load_course",
    "mutants_path",
    "probes_path",
    "problems",
    "read_notebook",
    "regions_of",
    "strip_solutions",
    "stub_body",
    "task_label",
    "task_mark",
]


def load_course(root: Path, *, strict: bool = False) -> Course:
    """Reads every guide.

    Args:
        root: the project, with `nbs/guides`.
        strict: refuse a course that can't be graded yet (see `problems`).

    Raises:
        GradingError: says what is wrong in which file and cell.
    """
    root = Path(root).resolve()
    folder = root / GUIDES
    if not folder.is_dir():
        raise GradingError(f"{folder}: there are no guides. Run this in the project's root.")
    folders = sorted(p for p in folder.iterdir() if p.is_dir() and any(p.glob("*.ipynb")))
    folders.sort(key=lambda p: (not p.name.startswith("module"), p.name))
    course = Course(root, tuple(read_assignment(root, each) for each in folders))
    if strict and (said := problems(course)):
        raise GradingError("\n".join(said))
    return course
