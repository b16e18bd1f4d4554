"""Runs a package's probes, tests and visible cell, and gathers what came of each.

A student's package runs in a sandbox; another is begun for what a stopped run left undone. The
reference and its mutants, code of the course alone, run as one child process.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grading.judge.assemble import Files
from grading.judge.compare import Outcome, parse
from grading.judge.material import Material
from grading.sandbox import run as sandbox
from grading.sandbox import runner
from grading.sandbox.limits import Limits, Result

WORKERS = max(2, min(4, os.cpu_count() or 1))  # sandboxes side by side
PATIENCE = 6  # so many probes' time for all of a task, and then what is left is not run

Outcomes = dict[str, Outcome]


def execute(
    material: Material,
    files: Files,
    items: set[str] | None = None,
    *,
    first_failure: bool = False,
    sandboxed: bool = True,
) -> tuple[Outcomes, list[str]]:
    """Run a package's items; start again after one that had to be stopped.

    Every run finds an outcome or blames an item, so it ends.

    Args:
        material: the task.
        files: the package.
        items: which; all and the visible cell by default.
        first_failure: begin no other sandbox once an item has failed.
        sandboxed: False for code that the course made itself.

    Returns:
        An outcome for each item, and notes on what had to be stopped.
    """
    wanted = [item for item in (*material.items, material.check) if items is None or item in items]
    found: Outcomes = {}
    notes: list[str] = []
    until = time.monotonic() + material.seconds * PATIENCE + 10
    while left := {item for item in wanted if item not in found}:
        if time.monotonic() > until:
            break
        request = material.request(left)
        limits = Limits(seconds=until - time.monotonic(), silence=material.seconds + 3)
        result = _run(files, material.files(), request, limits, sandboxed)
        lines = _lines(result)
        for item, outcome in lines:
            if item in left and outcome is not None:
                found.setdefault(item, outcome)
        begun = [i for i, outcome in lines if outcome is None and i in left and i not in found]
        ended = any(item == "" for item, _ in lines)
        if found.keys() >= left:
            break
        why = _ending(result, ended, material.seconds)
        if result.stopped or result.code:
            notes.append(why)
        if first_failure and not all(outcome.ok for outcome in found.values()):
            break
        if found.keys() & left and not (begun and result.stopped == "time"):
            continue  # what an earlier one left behind may be to blame: try in a fresh place
        # The one that had begun is to blame; without one, none of them can be run.
        for item in begun[-1:] or list(left):
            found.setdefault(item, Outcome(missing=why))
    for item in wanted:
        found.setdefault(item, Outcome(missing="was not run: those before took all the time"))
    return found, [f"{material.task.label}: {note}" for note in dict.fromkeys(notes)]


def execute_whole(
    materials: list[Material], files: Files, seconds: float, *, sandboxed: bool = True
) -> Outcomes:
    """Run the items of several tasks on one package, in one sandbox.

    Args:
        materials: the tasks.
        files: the package.
        seconds: of one item.
        sandboxed: False for code that the course made itself.
    """
    request: dict[str, Any] = {"seconds": seconds, "probes": {}, "tests": {}}
    probes: Files = {}
    for material in materials:
        probes |= material.files()
        one = material.request(set(material.items))
        request["probes"] |= one.get("probes", {})
        request["tests"] |= one.get("tests", {})
    limits = Limits(seconds=120, silence=seconds + 3)
    return _read(_run(files, probes, request, limits, sandboxed))


def _run(
    package: Files, probes: Files, request: dict[str, Any], limits: Limits, sandboxed: bool
) -> Result:
    inside = {f"package/{name}": data for name, data in package.items()}
    inside |= probes | _started({"packages": {"package": request}})
    return sandbox.run("runner.py", files=inside, limits=limits, sandboxed=sandboxed)


def execute_trusted(
    material: Material,
    packages: Mapping[str, Files],
    items: Mapping[str, set[str]],
    seconds: Mapping[str, float] | None = None,
) -> dict[str, Outcomes]:
    """Run packages of the course's own, one after the other.

    Args:
        material: the task.
        packages: by name.
        items: which to run, by name of the package; all and the visible cell by default.
        seconds: of one item, by name of the package; as the task says by default.

    Returns:
        Outcomes by name of the package.

    Raises:
        RuntimeError: it ended before all of them were run.
    """
    files, wanted, names = dict(material.files()), {}, {}
    for number, (name, package) in enumerate(packages.items()):
        folder = f"package{number}"
        names[folder] = name
        wanted[folder] = material.request(items.get(name))
        wanted[folder]["seconds"] = (seconds or {}).get(name, material.seconds)
        files |= {f"{folder}/{path}": data for path, data in package.items()}
    files |= _started({"packages": wanted})
    limits = Limits(seconds=3600, silence=material.seconds + 20, memory=1 << 36, report=1 << 28)
    result = sandbox.run("runner.py", files=files, limits=limits, sandboxed=False)
    outcomes: dict[str, Outcomes] = {name: {} for name in packages}
    for item, outcome in _read(result).items():
        folder, _, rest = item.partition("/")
        if folder in names:
            outcomes[names[folder]][rest] = outcome
    if not any(item == "" for item, _ in _lines(result)):
        said = result.stderr.decode(errors="replace").strip().splitlines()
        raise RuntimeError(said[-1] if said else result.stopped or "it ended early")
    return outcomes


def _started(request: dict[str, Any]) -> Files:
    program = Path(runner.__file__).read_bytes()
    return {"runner.py": program, "request.json": json.dumps(request).encode()}


def _lines(result: Result) -> list[tuple[str, Outcome | None]]:
    parsed = (parse(line) for line in result.lines())
    return [each for each in parsed if each is not None]


def _read(result: Result) -> Outcomes:
    found: Outcomes = {}
    for item, outcome in _lines(result):
        if outcome is not None:
            found.setdefault(item, outcome)
    return found


def _ending(result: Result, ended: bool, seconds: float) -> str:
    """Say for a person why a run gave no result."""
    stopped = {
        "time": f"it was stopped after {seconds:g} seconds, and did not let itself be interrupted",
        "memory": "it was stopped: it used too much memory",
        "processes": "it was stopped: it started too many processes",
        "output": "it was stopped: it wrote too much output",
    }
    if result.stopped:
        return stopped.get(result.stopped, f"it was stopped: {result.stopped}")
    if ended:
        return "it gave no result that could be read"
    if result.code is not None and not 0 <= result.code <= 128:
        return "the process crashed"
    return f"the process ended by itself, with status {result.code}"
