"""A small class of example submissions, made from the guides.

They are what `make course` grades: the reference, an untouched release, a half-done one, and
two with classic mistakes. Being the course's own work, they are recognised by content.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat

from grading.course.regions import Region, fill, regions_of
from grading.course.tasks import Assignment
from grading.judge.judge import Judge
from grading.submission.read import Submission

PREFIX = "example"
_made: dict[tuple[str, str], list[dict[str, bytes]]] = {}
WRITTEN = "An example answer, for a person to grade."


def bodies_of(judge: Judge, assignment: Assignment) -> dict[str, Callable[[Region], str | None]]:
    """Say, for each example, what stands in a region; None leaves the reference's."""
    tasks = [task.id for task in assignment.tasks]
    done = set(tasks[: (len(tasks) + 1) // 2])
    stubs = judge.reference.stubs

    def mistakes(turn: int) -> dict[str, str]:
        wrong = {}
        for task in assignment.tasks:
            mutants = judge.material(task).mutants
            if task.kind == "probes" and mutants:
                mutant = mutants[turn * 2 % len(mutants)]
                wrong[mutant.target] = mutant.body
        # The first makes mistakes in the earlier tasks, the second in the later ones.
        half = (len(wrong) + 1) // 2
        names = list(wrong)[:half] if turn == 0 else list(wrong)[half:]
        return {name: wrong[name] for name in names or wrong}

    first, second = mistakes(0), mistakes(1)
    return {
        "reference": lambda region: None,
        "untouched": lambda region: stubs[region.target],
        "half-done": lambda region: None if region.task in done else stubs[region.target],
        "mistakes-1": lambda region: first.get(region.target),
        "mistakes-2": lambda region: second.get(region.target),
    }


def make(judge: Judge, assignment: Assignment) -> dict[str, dict[str, bytes]]:
    """Make the examples of an assignment: notebooks by student's id and path in the project."""
    found: dict[str, dict[str, bytes]] = {}
    for name, body in bodies_of(judge, assignment).items():
        found[f"{PREFIX}-{name}"] = {
            notebook: handed_in(judge, notebook, body, name != "untouched")
            for notebook in assignment.notebooks
        }
    return found


def handed_in(
    judge: Judge, notebook: str, body: Callable[[Region], str | None], written: bool
) -> bytes:
    """Make one notebook: the release with bodies in its regions."""
    answers = judge.course.guides[notebook].answers
    modules = {r.cell_id: r.module for r in judge.course.regions if r.notebook == notebook}
    node: Any = copy.deepcopy(judge.release(notebook))
    for cell in node.cells:
        mark = cell.metadata.get("nbgrader", {})
        if not mark.get("solution"):
            continue
        source = answers[cell.id].source
        if cell.cell_type == "code" and cell.id in modules:
            regions = regions_of(source, modules[cell.id], notebook)
            chosen: Mapping[str, str | None] = {region.qualname: body(region) for region in regions}
            given = {name: text for name, text in chosen.items() if text is not None}
            cell.source = fill(source, given, marks=False, where=notebook)
        elif mark.get("grade") and written:
            cell.source = WRITTEN if cell.cell_type == "markdown" else f"# {WRITTEN}"
    return nbformat.writes(node).encode()


def write(judge: Judge, assignment: Assignment, submitted: Path) -> list[Path]:
    """Write the examples as submissions, `<submitted>/<student>/<assignment>/`.

    A file that is there already with the same content is left alone.
    """
    folders = []
    for student, notebooks in make(judge, assignment).items():
        folder = submitted / student / assignment.name
        folder.mkdir(parents=True, exist_ok=True)
        for notebook, content in notebooks.items():
            path = folder / Path(notebook).name
            if not path.exists() or path.read_bytes() != content:
                aside = path.with_name(f".{path.name}.{os.getpid()}.part")
                aside.write_bytes(content)
                aside.replace(path)
        folders.append(folder)
    return folders


def is_example(judge: Judge, submission: Submission) -> bool:
    """Tell whether a submission is, byte for byte, one that the course made itself."""
    key = (judge.key(submission.assignment, {}), submission.assignment)
    if key not in _made:
        _made[key] = list(make(judge, judge.course.assignment(submission.assignment)).values())
    return dict(submission.files) in _made[key]
