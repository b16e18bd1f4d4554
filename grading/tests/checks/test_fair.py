"""Right solutions in other styles than the reference's earn all points."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import nbformat
import pytest

from grading.course.regions import Region
from grading.course.tasks import Task
from grading.gradebook import examples
from grading.judge.execute import Outcomes
from grading.judge.judge import Judge
from grading.judge.material import Material
from grading.paths import CHECKS, ROOT
from grading.sandbox import run as sandbox
from grading.submission.answers import Graft, graft


class _FairJudge(Judge):
    """Runs no mutants: what a wrong solution earns is the proof's question. Tests need them."""

    def material(self, task: Task) -> Material:
        found = super().material(task)
        return found if task.kind == "tests" else replace(found, mutants=())

    def _run_trusted(self, task: Task) -> dict[str, Outcomes]:
        if task.kind == "tests":
            return super()._run_trusted(task)
        return {"reference": self._measure(task)}


def _solutions(name: str) -> dict[str, Mapping[str, Any]]:
    return importlib.import_module(f"grading.checks.{name}.fair").SOLUTIONS


def _styles() -> list[tuple[str, str]]:
    found = []
    for path in sorted((ROOT / CHECKS).glob("*/fair.py")):
        found += [(path.parent.name, style) for style in _solutions(path.parent.name)]
    return found


@pytest.fixture(scope="module")
def judge() -> Judge:
    return _FairJudge(ROOT, sandboxed=not sandbox.available())


def _handed_in(judge: Judge, task: Task, bodies: Mapping[str, Any]) -> dict[str, Graft]:
    """Write a solution into the release's guides, as a student does."""

    def body(region: Region) -> str | None:
        return bodies.get(region.target)

    known = {region.target: region for region in judge.course.regions}
    unknown = bodies.keys() - {"beside", "imports", "instead"} - known.keys()
    assert not unknown, f"a solution names what is no region: {unknown}"
    touched = [known[name] for name in bodies if name in known]
    placed = [
        (touched[0].notebook, touched[0].cell_id, bodies.get("beside", "")),
        (touched[0].notebook, "imports", bodies.get("imports", "")),
    ]
    grafts = {}
    for notebook in dict.fromkeys(region.notebook for region in (*task.regions, *touched)):
        raw = examples.handed_in(judge, notebook, body, True)
        node = nbformat.reads(raw.decode(), 4)
        for cell in node.cells:
            for where, cell_id, text in placed:
                if text and (where, cell_id) == (notebook, cell.get("id")):
                    directive, _, rest = cell.source.partition("\n")
                    cell.source = f"{directive}\n{text.strip()}\n\n\n{rest}"
            for cell_id, old, new in bodies.get("instead", ()):
                if cell.get("id") == cell_id:
                    assert old in cell.source, f"{notebook}, cell {cell_id} doesn't hold {old!r}"
                    cell.source = cell.source.replace(old, new)
        raw = nbformat.writes(node).encode()
        grafts[notebook] = graft(judge.release(notebook), raw)
    return grafts


@pytest.mark.parametrize(("name", "style"), _styles())
def test_a_right_solution_earns_all_points(judge: Judge, name: str, style: str) -> None:
    task = next(each for each in judge.course.tasks if each.id.replace("-", "_") == name)
    verdict = judge.judge_task(task, _handed_in(judge, task, _solutions(name)[style]))
    lost = [f"{f.name}: {f.said}" for f in verdict.findings if not f.agrees]
    said = "\n".join([*lost, verdict.check, *verdict.notes])
    assert verdict.full, f"{verdict.earned:g} of {verdict.points:g} points:\n{said}"


def test_a_stub_earns_none(judge: Judge) -> None:
    """The test above can fail."""
    task = judge.course.task("task2_2")
    stubs = {region.target: judge.reference.stubs[region.target] for region in task.regions}
    assert judge.judge_task(task, _handed_in(judge, task, stubs)).earned == 0.0
