"""The grading proof, of a tiny course that is spoiled and of the real one."""

from __future__ import annotations

import ast
import builtins
import os
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

import minitorch
from grading.course.guides import load_course
from grading.course.tasks import Task
from grading.judge import proof
from grading.judge.assemble import Reference
from grading.judge.compare import unnamed
from grading.judge.material import Material, read_material
from grading.judge.scoring import UNSEEN
from grading.paths import CHECKS, MESSAGES, PROOF, ROOT
from grading.sandbox import runner
from grading.tests import tiny

MODULES = ["module0", "module1", "module2", "module3", "module4", "closures"]
WHOLE = os.environ.get("MINITORCH_PROOF") == "1"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tiny.make_project(tmp_path / "project")


def probes(root: Path, task: str) -> Path:
    return root / CHECKS / task / "probes.py"


def mutants(root: Path, task: str) -> Path:
    return root / CHECKS / task / "mutants.py"


def faults(root: Path, task: str) -> str:
    return "; ".join(proof.run(root, [task], quiet=True)[0].faults)


def test_tiny_course_is_proven(project: Path) -> None:
    rows = proof.run(project, quiet=True)
    assert not any(row.faults for row in rows), rows
    assert [row.stub for row in rows] == [0, 0, 0]
    assert [row.reference for row in rows] == [40, 20, 30]
    text = (project / PROOF).read_text(encoding="utf-8")
    assert "3 of 3 tasks are proven" in text and "| Task 0.1 | 40 | 0 | 40 | 5 |" in text


def test_what_students_read_is_written_for_a_person_to_read(project: Path) -> None:
    rows = proof.run(project, quiet=True)
    assert len({mutant for row in rows for mutant, _, _ in row.messages}) == 5
    text = (project / MESSAGES).read_text(encoding="utf-8")
    assert "- wrong_0\n  - probe_mul: case 1: came out as " in text


def test_a_probe_that_speaks_of_itself(project: Path) -> None:
    """What it writes down in words of its own would be told to a student as the result."""
    path = probes(project, "task0_3")
    path.write_text(
        path.read_text(encoding="utf-8")
        + "\n\ndef probe_words(mt, rng):\n    module = mt.module.Module()\n    module.train()\n"
        + "    return 'on' if module.training else 0\n",
        encoding="utf-8",
    )
    said = faults(project, "task0_3")
    assert "probe_words tells of itself and not of the student's work" in said
    assert "came out as 0; a word belongs there" in said


def test_a_probe_that_cannot_walk_the_reference(project: Path) -> None:
    """It would take points from every right answer that can be walked."""
    path = probes(project, "task0_3")
    walked = f"\n\ndef probe_walk(mt, rng):\n    return [{UNSEEN!r}, mt.module.Module().training]\n"
    path.write_text(path.read_text(encoding="utf-8") + walked, encoding="utf-8")
    assert f"probe_walk: the reference {UNSEEN}" in faults(project, "task0_3")


def test_a_probe_that_gathers_several_kinds(project: Path) -> None:
    """Of "case 2: came out as False" nobody knows what it is about."""
    path = probes(project, "task0_3")
    gathering = (
        "\n\ndef probe_all(mt, rng):\n    module = mt.module.Module()\n    module.train()\n"
        "    return [7.0, module.training]\n"
    )
    text = path.read_text(encoding="utf-8") + gathering
    path.write_text(text, encoding="utf-8")
    assert "probe_all returns things of several kinds" in faults(project, "task0_3")
    names = 'PARTS = {"probe_all": ("seven", "Is it switched on?"), '
    path.write_text(text.replace("PARTS = {", names), encoding="utf-8")
    said = faults(project, "task0_3")
    assert "several kinds" not in said and "tells of itself" not in said


def test_every_probe_of_the_course_says_which_part_is_which() -> None:
    """Those of Module 3 are looked at by the proof, which compiles their kernels anyway."""
    course, unclear = load_course(ROOT), []
    for task in course.tasks:
        if task.kind != "probes" or task.assignment == "module3":
            continue
        path = str(probes(ROOT, task.mark))
        for name, probe in runner.load_probes(path).items():
            if not name.startswith("probe_"):
                continue
            value = runner.plain(probe(minitorch, runner.seeded(name)))
            unclear += [f"{task.id}: {name}"] * unnamed(value, *task.parts_of(name))
    assert unclear == []


def test_a_mutant_that_loses_nothing(project: Path) -> None:
    path = mutants(project, "task0_1")
    path.write_text(
        path.read_text(encoding="utf-8").replace("return x * y + 1", "return y * x"),
        encoding="utf-8",
    )
    assert faults(project, "task0_1") == "the mutant wrong_0 loses nothing"


def test_a_probe_that_the_stub_passes(project: Path) -> None:
    path = probes(project, "task0_3")
    path.write_text(
        path.read_text(encoding="utf-8") + "\n\ndef probe_idle(mt, rng):\n    return 1\n",
        encoding="utf-8",
    )
    assert "the stub earns 15 points: probe_idle" in faults(project, "task0_3")


def test_a_probe_that_earns_points_without_work(project: Path) -> None:
    path = probes(project, "task0_3")
    path.write_text(
        path.read_text(encoding="utf-8")
        + "\n\ndef probe_calm(mt, rng):\n    mt.module.Module().train()\n    return 'calm'\n",
        encoding="utf-8",
    )
    said = faults(project, "task0_3")
    assert "a body that does nothing earns 15 points: probe_calm" in said


def test_a_probe_that_fails_on_the_reference(project: Path) -> None:
    path = probes(project, "task0_3")
    path.write_text(
        path.read_text(encoding="utf-8") + "\n\ndef probe_gone(mt, rng):\n    return mt.gone\n",
        encoding="utf-8",
    )
    assert "probe_gone fails on the reference" in faults(project, "task0_3")


def test_a_probe_that_returns_objects(project: Path) -> None:
    path = probes(project, "task0_3")
    path.write_text(
        path.read_text(encoding="utf-8") + "\n\ndef probe_obj(mt, rng):\n    return [object()]\n",
        encoding="utf-8",
    )
    assert "no plain data" in faults(project, "task0_3")


def test_a_prerequisite_that_is_not_declared(project: Path) -> None:
    path = probes(project, "task0_3")
    path.write_text(
        path.read_text(encoding="utf-8")
        + "\n\ndef probe_mul(mt, rng):\n    return mt.operators.mul(2, 3)\n",
        encoding="utf-8",
    )
    said = faults(project, "task0_3")
    assert "REQUIRES" in said and "probe_mul" in said


def test_too_few_mutants(project: Path) -> None:
    path = mutants(project, "task0_1")
    lines = [
        line for line in path.read_text(encoding="utf-8").splitlines() if "wrong_4" not in line
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert "it has 4 mutants; it needs 5" in faults(project, "task0_1")


def test_a_mutant_of_nothing(project: Path) -> None:
    path = mutants(project, "task0_1")
    path.write_text(
        path.read_text(encoding="utf-8").replace("operators.mul", "operators.gone"),
        encoding="utf-8",
    )
    assert "wrong_0 changes operators.gone, which is no solution region" in faults(
        project, "task0_1"
    )


def test_a_task_without_probes(project: Path) -> None:
    probes(project, "task0_1").unlink()
    assert "Task 0.1 has no probes" in faults(project, "task0_1")


class Sampled(proof.Afresh):
    """Knows every third mutant only, where students write no tests."""

    def material(self, task: Task) -> Material:
        material = super().material(task)
        if WHOLE or task.kind == "tests":
            return material
        return replace(material, mutants=material.mutants[::3])


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_the_course_is_proven(module: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every task: the stub earns nothing, the reference all, every mutant loses.

    Of a task's mutants this sample tries every third, from nothing; MINITORCH_PROOF=1 tries all.
    """
    monkeypatch.setattr(proof, "Afresh", lambda root, cache: Sampled(root, cache=tmp_path))
    monkeypatch.setattr(proof, "MIN_MUTANTS", proof.MIN_MUTANTS if WHOLE else 2)
    tasks = [task.id for task in load_course(ROOT).tasks if task.assignment == module]
    rows = proof.run(ROOT, tasks, quiet=True)
    assert [row.task for row in rows] == tasks and tasks
    said = [f"{row.task}: {fault}" for row in rows for fault in row.faults]
    assert not said, "\n".join(said)


def test_every_task_has_its_mutants_and_its_module_is_tried() -> None:
    course = load_course(ROOT)
    assert {task.assignment for task in course.tasks} == set(MODULES)
    reference = Reference(course)
    few = [
        task.id
        for task in course.tasks
        if len(read_material(course, reference, task).mutants) < proof.MIN_MUTANTS
    ]
    assert few == []


def test_every_visible_cell_finds_its_names() -> None:
    """The grader runs it with what its guide exports, and with nothing of the cells before it."""
    course, lost = load_course(ROOT), {}
    reference = Reference(course)
    for task in course.tasks:
        visible = reference.visible(task)
        known = {*dir(builtins), "__name__"}
        for module in cast(list[str], visible["modules"]):
            known |= vars(runner.import_module(module)).keys()
        used: set[str] = set()
        for node in ast.walk(ast.parse(str(visible["source"]))):
            match node:
                case ast.Name(id=name, ctx=ast.Load()):
                    used.add(name)
                case ast.Name(id=name) | ast.arg(arg=name):
                    known.add(name)
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    known.add(name)
                case ast.ExceptHandler(name=str(name)):
                    known.add(name)
                case ast.alias(name=name, asname=None):
                    known.add(name.partition(".")[0])
                case ast.alias(asname=str(name)):
                    known.add(name)
        if used - known:
            lost[task.id] = sorted(used - known)
    assert lost == {}
