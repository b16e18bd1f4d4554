"""What the judge knows about a task: its probes or tests, its visible cell, its mutants."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grading.checks import Mutant
from grading.course.regions import GradingError
from grading.course.tasks import Course, Task, mutants_path, probes_path
from grading.judge.assemble import Files, Reference


@dataclass(frozen=True)
class Material:
    """What the judge knows about a task beyond the course's model."""

    task: Task
    source: str
    names: tuple[str, ...]
    about: Mapping[str, str]
    mutants: tuple[Mutant, ...]
    visible: dict[str, object]

    @property
    def file(self) -> str:
        """The probes' file name inside."""
        return f"{self.task.id.replace('-', '_')}.py"

    @property
    def module(self) -> str:
        """The module of the student's tests."""
        return self.task.regions[0].module

    @property
    def items(self) -> tuple[str, ...]:
        """Names of what is run, as reports carry them."""
        if self.task.kind == "tests":
            return tuple(f"{self.module}:{name}" for name in self.task.tests)
        return tuple(f"{self.file}:{name}" for name in self.names)

    @property
    def check(self) -> str:
        """Name of the visible cell, as reports carry it."""
        return f"visible:{self.task.grade_id}"

    def request(self, items: set[str] | None = None) -> dict[str, Any]:
        """Ask for some of the items; for all of them and the visible cell by default."""
        wanted = {*self.items, self.check} if items is None else items
        request: dict[str, Any] = {}
        names = [item.partition(":")[2] for item in self.items if item in wanted]
        if names:
            tests = self.task.kind == "tests"
            request |= {"tests": {self.module: names}} if tests else {"probes": {self.file: names}}
        if self.check in wanted:
            request["visible"] = {self.task.grade_id: self.visible}
        return request

    def files(self) -> Files:
        """Return the probes, as a file for the sandbox."""
        return {} if self.task.kind == "tests" else {self.file: self.source.encode()}


def read_material(course: Course, reference: Reference, task: Task) -> Material:
    """Read a task's probes and mutants.

    Raises:
        GradingError: it has no probes, or a mutant of no solution region.

    """
    path = probes_path(course.root, task.id)
    if not path.exists():
        raise GradingError(f"{task.notebook}: {task.label} has no probes. Write {path}.")
    source = path.read_text(encoding="utf-8")
    names: list[str] = []
    about: dict[str, str] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("probe_"):
            names.append(node.name)
            about[node.name] = " ".join((ast.get_docstring(node) or "").split())
    mutants = _mutants(mutants_path(course.root, task.id))
    for mutant in mutants:
        if mutant.target not in {region.target for region in course.regions}:
            raise GradingError(
                f"{mutants_path(course.root, task.id)}: {mutant.name} changes {mutant.target}, "
                "which is no solution region."
            )
    return Material(
        task=task,
        source=source,
        names=tuple(names),
        about=about,
        mutants=mutants,
        visible=reference.visible(task),
    )


def _mutants(path: Path) -> tuple[Mutant, ...]:
    if not path.exists():
        return ()
    namespace: dict[str, Any] = {"__name__": f"grading.checks.{path.parent.name}.mutants"}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)
    return tuple(namespace["MUTANTS"])
