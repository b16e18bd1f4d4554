"""An answer that was wrong and is right now turns its check green, in the kernel that ran both."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from grading.checks import Mutant
from grading.course.guides import load_course
from grading.course.notebooks import read_notebook
from grading.course.regions import Region, fill
from grading.course.tasks import Task
from grading.judge.assemble import Reference, assemble
from grading.paths import ROOT

COURSE = load_course(ROOT)
ORDER = [task.id for task in COURSE.tasks]
# Their checks compute with the package, as their guides say: without an export they stay red.
WITH_EXPORT = {"task1_4", "task2_4", "task3_2", "task3_4"}

Bodies = Mapping[str, str]  # by target, as mutants name it


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference(COURSE)


def wrong_answers(task: Task, reference: Reference) -> dict[str, Bodies]:
    """The untouched cells, and the task's mutants; where students write tests there are none."""
    stubs = {r.target: reference.stubs[r.target] for r in task.regions}
    mutants: list[Mutant] = []
    if task.kind != "tests":
        mutants = importlib.import_module(f"grading.checks.{task.mark}.mutants").MUTANTS
    return {"stub": stubs, **{m.name: {m.target: m.body} for m in mutants}}


def package(task: Task, reference: Reference, bodies: Bodies | None) -> dict[str, str]:
    """The package of a student who exported some bodies; with None, nothing of this task yet."""

    def choose(region: Region) -> Any:
        later = ORDER.index(region.task) > ORDER.index(task.id)
        return "stub" if later or (bodies is None and region.task == task.id) else "reference"

    files, _ = assemble(reference, choose, bodies=bodies)
    return {name: data.decode() for name, data in files.items() if name.endswith(".py")}


def plan_for(
    task: Task, wrong: Mapping[str, Bodies], reference: Reference, folder: Path, export: bool
) -> dict[str, Any]:
    """Write down a task's guide as cells to run, with wrong answers and the right one."""
    cells = [c for c in read_notebook(ROOT / task.notebook).cells if c.cell_type == "code"]
    sources = {c.id: c.source for c in cells}
    here = [r for r in task.regions if r.notebook == task.notebook]
    right = package(task, reference, {} if export else None)

    def step(name: str, bodies: Bodies) -> dict[str, Any]:
        changed: dict[str, dict[str, str]] = {}
        for region in here:
            if region.target in bodies:
                changed.setdefault(region.cell_id, {})[region.qualname] = bodies[region.target]
        files = package(task, reference, bodies) if export else right
        return {
            "name": name,
            "cells": {i: fill(sources[i], found) for i, found in changed.items()},
            "files": {str(folder / n): text for n, text in files.items() if text != right[n]},
        }

    steps = [step(name, bodies) for name, bodies in wrong.items()]
    for name, text in right.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    at = [c.metadata.get("nbgrader", {}).get("grade_id") for c in cells].index(task.grade_id)
    return {
        "folder": str(folder),
        "before": [{"id": c.id, "source": c.source} for c in cells[:at]],
        "check": cells[at].source,
        "wrong": steps,
        "right": {
            "cells": {i: sources[i] for each in steps for i in each["cells"]},
            "files": {
                n: right[str(Path(n).relative_to(folder))] for s in steps for n in s["files"]
            },
        },
    }


def carry_out(plan: dict[str, Any], folder: Path) -> list[dict[str, str]]:
    """Run wrong answers, each followed by the right one, in one kernel."""
    path = folder / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    env = os.environ | {
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",  # two exports within a second have the same time
        "PYTHONUTF8": "1",
        "IPYTHONDIR": str(folder / "ipython"),
        "NUMBA_ENABLE_CUDASIM": "1",
    }
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("corrected.py")), str(path)],
        env=env, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def check_in_one_kernel(
    task: Task, wrong: Mapping[str, Bodies], reference: Reference, folder: Path, export: bool
) -> None:
    said = carry_out(plan_for(task, wrong, reference, folder, export), folder)
    stay_red = {each["name"]: each["after"] for each in said if each["after"]}
    assert not stay_red, json.dumps(stay_red, indent=1)
    assert any(each["red"] for each in said), "no wrong answer failed its check"


# One of each kind: kernels that are kept, one that is compiled, one that a card runs.
@pytest.mark.parametrize("task_id", ["task0_1", "task2_3", "task3_1", "task3_3"])
def test_a_corrected_answer_turns_its_check_green(
    task_id: str, reference: Reference, tmp_path: Path
) -> None:
    task = COURSE.task(task_id)
    wrong = dict(list(wrong_answers(task, reference).items())[:2])
    check_in_one_kernel(task, wrong, reference, tmp_path, export=False)


@pytest.mark.proof
@pytest.mark.parametrize("task", COURSE.tasks, ids=lambda task: task.id)
@pytest.mark.parametrize("export", [False, True], ids=["cell", "exported"])
def test_every_corrected_answer_turns_its_check_green(
    task: Task, export: bool, reference: Reference, tmp_path: Path
) -> None:
    if not export and task.id in WITH_EXPORT:
        pytest.skip("its check computes with the package")
    check_in_one_kernel(task, wrong_answers(task, reference), reference, tmp_path, export)
