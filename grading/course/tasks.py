"""The course as a model: assignments, their tasks, and where a task's files are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from grading.course.notebooks import Guide
from grading.course.regions import GradingError, Region, task_label, task_mark
from grading.paths import CHECKS, GUIDES


@dataclass(frozen=True)
class Task:
    """A numbered piece of work.

    Attributes:
        id: e.g. `task0_1`, or `chain-rule` of the neighbour.
        assignment: e.g. `module0`.
        notebook: guide that holds the visible check, relative to the project.
        points: of the visible check; `hand_points` come on top.
        grade_id: nbgrader's name of the visible check.
        regions: what the student writes.
        requires: tasks whose regions come from elsewhere when this one is graded.
        section: where the site explains it.
        tolerance: relative and absolute, for floats.
        kind: `probes`, or `tests` for a task in which the student writes tests.
        tests: names of those tests.
        parts: what the parts of a probe's result are of, by its name; with `[]` behind it, what
            the parts of each part are of.
        released: names of probes that students get, with other numbers.
        extra: its points come on top of the assignment's.
        hand_points: points given by a person.
        hand_grade_ids: nbgrader's names of the cells for them.

    """

    id: str
    assignment: str
    notebook: str
    points: float
    grade_id: str
    regions: tuple[Region, ...]
    requires: tuple[str, ...] = ()
    section: str = ""
    tolerance: float = 1e-6
    kind: Literal["probes", "tests"] = "probes"
    tests: tuple[str, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    released: tuple[str, ...] = ()
    extra: bool = False
    hand_points: float = 0
    hand_grade_ids: tuple[str, ...] = ()

    def parts_of(self, probe: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Name the parts of a probe's result, and the parts of each of these."""
        return self.parts.get(probe, ()), self.parts.get(f"{probe}[]", ())

    @property
    def label(self) -> str:
        """The name that a student reads, e.g. `Task 0.1`."""
        return task_label(self.id)

    @property
    def mark(self) -> str:
        """The pytest mark of its tests."""
        return task_mark(self.id)


@dataclass(frozen=True)
class Assignment:
    """A folder of guides, e.g. `module0`; notebooks are relative to the project."""

    name: str
    notebooks: tuple[str, ...]
    tasks: tuple[Task, ...]

    @property
    def points(self) -> float:
        """All points, those given by hand and those of extra tasks included."""
        return sum(task.points + task.hand_points for task in self.tasks)


@dataclass(frozen=True)
class Course:
    """Every assignment, in reading order.

    Attributes:
        root: the project.
        assignments: with their tasks.
        guides: the notebooks, as they were read, by path relative to the project.

    """

    root: Path
    assignments: tuple[Assignment, ...]
    guides: Mapping[str, Guide] = field(default_factory=dict, repr=False, compare=False)

    def read(self, path: Path) -> Guide:
        """Return a notebook of the project: a guide as it was read, another one read now."""
        return self.guides.get(path.relative_to(self.root).as_posix()) or Guide.read(
            self.root, path
        )

    @property
    def cards(self) -> dict[str, float]:
        """The task cards of all guides: a task's may stand in another guide than its check."""
        cards: dict[str, float] = {}
        for guide in self.guides.values():
            cards |= guide.cards
        return cards

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks of all assignments, in reading order."""
        return tuple(task for assignment in self.assignments for task in assignment.tasks)

    @property
    def regions(self) -> tuple[Region, ...]:
        """The regions of all tasks."""
        return tuple(region for task in self.tasks for region in task.regions)

    def task(self, task_id: str) -> Task:
        """Return the task of that id.

        Raises:
            GradingError: there is none.

        """
        for task in self.tasks:
            if task.id == task_id:
                return task
        known = ", ".join(task.id for task in self.tasks) or "none"
        raise GradingError(f"No task is called {task_id!r}. The guides have: {known}.")

    def region(self, target: str) -> Region:
        """Return the region of that name, e.g. `operators.relu` or `train.images.Network.forward`.

        Raises:
            GradingError: there is none.

        """
        for region in self.regions:
            if region.target == target:
                return region
        raise GradingError(f"{target!r} is no solution region.")

    def assignment(self, name: str) -> Assignment:
        """Return the assignment of that name.

        Raises:
            GradingError: there is none.

        """
        for assignment in self.assignments:
            if assignment.name == name:
                return assignment
        known = ", ".join(each.name for each in self.assignments) or "none"
        raise GradingError(f"No assignment is called {name!r}. {GUIDES} has: {known}.")


def probes_path(root: Path, task_id: str) -> Path:
    """Where the probes of a task are."""
    return root / CHECKS / task_mark(task_id) / "probes.py"


def mutants_path(root: Path, task_id: str) -> Path:
    """Where the mutants of a task are."""
    return root / CHECKS / task_mark(task_id) / "mutants.py"


def mistakes_path(root: Path, task_id: str) -> Path:
    """Where the mistakes that were seen in a task lie."""
    return probes_path(root, task_id).with_name("mistakes.py")
