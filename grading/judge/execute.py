"""Runs a package's probes, tests and visible cell, and gathers what came of each.

A student's package runs in a sandbox; another is begun for what a stopped run left undone. The
reference and its mutants, code of the course alone, run as child processes, one at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from grading.judge.assemble import Files
from grading.judge.compare import Outcome, parse
from grading.judge.material import Material
from grading.sandbox import run as sandbox
from grading.sandbox import runner
from grading.sandbox.ending import NotYet, Result, settled, told
from grading.sandbox.limits import FLOOR, REFERENCE, Budget, Limits, Needs
from grading.sandbox.usage import cores

WORKERS = max(2, min(4, cores()))  # packages made ready side by side; `turns` lets them run

Outcomes = dict[str, Outcome]
Run = Callable[[Sequence[str], bool], Result]


def execute(
    material: Material,
    files: Files,
    items: set[str] | None = None,
    *,
    needs: Needs,
    budget: Budget | None = None,
    first_failure: bool = False,
    sandboxed: bool = True,
) -> tuple[Outcomes, list[str]]:
    """Run a package's items.

    Args:
        material: the task.
        files: the package.
        items: which; all and the visible cell by default.
        needs: what the reference needs for them.
        budget: what all runs for this task may use together.
        first_failure: begin no other run once an item has failed; then some have no outcome.
        sandboxed: False for code that the course made itself.

    Returns:
        An outcome for each item, and notes on what had to be stopped.

    Raises:
        NotYet: what an item comes to could not be found out.

    """
    wanted = [item for item in (*material.items, material.check) if items is None or item in items]

    def run(some: Sequence[str], alone: bool) -> Result:
        return _run(files, material.files(), material.request(set(some)), needs, sandboxed, alone)

    try:
        found, notes = _gather(wanted, run, budget, first_failure=first_failure)
    except NotYet as error:
        raise NotYet(f"{material.task.label}: {error}") from error
    return found, [f"{material.task.label}: {note}" for note in notes]


def execute_whole(
    materials: list[Material], files: Files, needs: Needs, *, sandboxed: bool = True
) -> Outcomes:
    """Run the items of several tasks on one package; no points depend on it.

    Args:
        materials: the tasks.
        files: the package.
        needs: what the reference needs for all of them.
        sandboxed: False for code that the course made itself.

    Raises:
        NotYet: what an item comes to could not be found out.

    """
    probes: Files = {}
    for material in materials:
        probes |= material.files()

    def run(some: Sequence[str], alone: bool) -> Result:
        request: dict[str, Any] = {"probes": {}, "tests": {}}
        for material in materials:
            one = material.request(set(some) & set(material.items))
            request["probes"] |= one.get("probes", {})
            request["tests"] |= one.get("tests", {})
        return _run(files, probes, request, needs, sandboxed, alone)

    wanted = [item for material in materials for item in material.items]
    return _gather(wanted, run, Budget(needs), twice=False)[0]


def measure(
    material: Material, files: Files, kernels: Path | None = None
) -> tuple[Outcomes, Needs]:
    """Run the reference: what its items give, and what they need.

    Args:
        material: the task.
        files: the reference.
        kernels: an empty folder, where the kernels that it compiles are left for others.

    Raises:
        NotYet: it did not come to its end, for reasons of this machine.
        RuntimeError: it ended by itself before all of them were run.

    """
    request = material.request()
    limits = dict.fromkeys(["", *material.items, material.check], REFERENCE)
    for alone in (False, True):
        result = _trust({"package": files}, material, {"package": request}, limits, alone, kernels)
        if any(item == "" for item, _ in _lines(result)):
            return _read(result), Needs(result.items)
    if result.stopped or result.killed:
        raise NotYet(f"{material.task.label}: the reference itself: {told(result, False)}")
    said = result.stderr.decode(errors="replace").strip().splitlines()
    raise RuntimeError(said[-1] if said else "it ended early")


def execute_trusted(
    material: Material,
    packages: Mapping[str, Files],
    items: Mapping[str, set[str]],
    needs: Mapping[str, Needs],
    kernels: Path | None = None,
) -> tuple[dict[str, Outcomes], list[str]]:
    """Run packages of the course's own, one after the other.

    Args:
        material: the task.
        packages: by name.
        items: which to run, by name of the package; all and the visible cell by default.
        needs: what the reference needs for them, by name of the package.
        kernels: a folder with kernels that are compiled already.

    Returns:
        Outcomes by name of the package, and why there are none of some items: what they come to
        could not be found out, and it is no outcome to be kept.

    """
    folders = {f"package{number}": name for number, name in enumerate(packages)}
    every = (*material.items, material.check)
    wanted = [
        f"{folder}/{item}"
        for folder, name in folders.items()
        for item in every
        if item in items.get(name, every)
    ]

    def run(some: Sequence[str], alone: bool) -> Result:
        chosen: dict[str, set[str]] = {}
        for place in some:
            folder, _, item = place.partition("/")
            chosen.setdefault(folder, set()).add(item)
        requests = {
            folder: material.request(few) | {"prefix": f"{folder}/"}
            for folder, few in chosen.items()
        }
        limits = {"": FLOOR}
        for folder, few in chosen.items():
            own = needs[folders[folder]].limits(few)
            limits |= {f"{folder}/{item}": limit for item, limit in own.items()}
        files = {folder: packages[folders[folder]] for folder in chosen}
        return _trust(files, material, requests, limits, alone, kernels)

    unsettled: list[str] = []
    hasty = {place for place in wanted if needs[folders[place.partition("/")[0]]].hasty}
    found, _ = _gather(wanted, run, unsettled=unsettled, hasty=hasty)
    outcomes: dict[str, Outcomes] = {name: {} for name in packages}
    for place, outcome in found.items():
        folder, _, item = place.partition("/")
        outcomes[folders[folder]][item] = outcome
    return outcomes, [f"{material.task.label}: {why}" for why in unsettled]


def _gather(
    wanted: Sequence[str],
    run: Run,
    budget: Budget | None = None,
    *,
    first_failure: bool = False,
    twice: bool = True,
    unsettled: list[str] | None = None,
    hasty: Collection[str] = (),
) -> tuple[Outcomes, list[str]]:
    """Run items until each has an outcome.

    Every run but the last finds an outcome, or has an item to blame, which is run again alone.

    Args:
        wanted: the items, in their order.
        run: runs some of them, among others or alone.
        budget: what all runs may use together.
        first_failure: begin no other run once an item has failed.
        twice: run again what was ended; else it has failed.
        unsettled: takes up why an item's outcome could not be found out, and the others go on.
        hasty: items that are settled by processor time alone; no points depend on them.

    Raises:
        NotYet: what an item comes to could not be found out.

    """
    found: Outcomes = {}
    notes: list[str] = []
    given_up: set[str] = set()

    def ask(some: Sequence[str], alone: bool) -> tuple[Result, list[str], bool]:
        """Run some items; say which of them it was at last, and whether it came to its end."""
        if budget and (why := budget.exhausted()):
            raise NotYet(why)
        result = run(some, alone)
        if budget:
            budget.spend(result.cpu, result.idle)
        lines = _lines(result)
        for item, outcome in lines:
            if item in some and outcome is not None:
                found.setdefault(item, outcome)
        last = [item for item, outcome in lines if outcome is None and item][-1:]
        return (
            result,
            [item for item in some if item not in found and _belongs(item, last)],
            any(item == "" for item, _ in lines),
        )

    while left := [item for item in wanted if item not in found and item not in given_up]:
        first, blamed, ended = ask(left, False)
        if found.keys() >= set(left):
            break
        if first_failure and not all(outcome.ok for outcome in found.values()):
            break
        said = told(first, ended)
        if not blamed and found.keys() & set(left):
            notes += [said] * bool(first.stopped or first.code)
            continue  # between two items: what one left behind ended it, and a new one may go on
        # The one that had begun is to blame; without one, none of them can be run.
        blamed = blamed or left
        if not twice:
            if first.stopped == "clock" or first.killed:
                raise NotYet(said)
            found |= {item: Outcome(missing=said) for item in blamed}
            continue
        second, _, ended = ask(blamed, True)
        missing = [item for item in blamed if item not in found]
        if missing or first.stopped not in ("", "cpu", "clock"):
            notes.append(said)  # what time alone had ended, and comes to its end now, was nothing
        if not missing:
            continue
        try:
            why = settled(first, second, ended, 0.0 if missing[0] in hasty else None)
        except NotYet as error:
            said = f"{missing[0].rpartition(':')[2]}: {error}"
            if unsettled is None:
                raise NotYet(said) from error
            unsettled.append(f"{missing[0]}: {error}")
            given_up |= set(missing)
        else:
            found |= {item: Outcome(missing=why) for item in missing}
    return found, list(dict.fromkeys(notes))


def _belongs(item: str, last: list[str]) -> bool:
    """Tell whether a run ended in an item, or in the import of its package among several."""
    return any(item == each or (each.endswith("/") and item.startswith(each)) for each in last)


def _run(
    package: Files,
    probes: Files,
    request: dict[str, Any],
    needs: Needs,
    sandboxed: bool,
    alone: bool,
) -> Result:
    inside = {f"package/{name}": data for name, data in package.items()}
    inside |= probes | _started({"packages": {"package": request}})
    limits = Limits(cpu=needs.limits(_asked(request)))
    return sandbox.run("runner.py", files=inside, limits=limits, sandboxed=sandboxed, alone=alone)


def _trust(
    packages: Mapping[str, Files],
    material: Material,
    requests: Mapping[str, dict[str, Any]],
    cpu: Mapping[str, float],
    alone: bool,
    kernels: Path | None,
) -> Result:
    files = dict(material.files())
    for folder, package in packages.items():
        files |= {f"{folder}/{path}": data for path, data in package.items()}
    return sandbox.run(
        "runner.py",
        files=files | _started({"packages": requests}),
        limits=Limits(cpu=cpu, memory=1 << 36, report=1 << 28),
        sandboxed=False,
        alone=alone,
        kernels=kernels,
    )


def _asked(request: Mapping[str, Any]) -> list[str]:
    """List the items of a request, as reports name them."""
    asked = [
        f"{place}:{name}"
        for kind in ("probes", "tests")
        for place, names in request.get(kind, {}).items()
        for name in names
    ]
    return [*asked, *(f"visible:{name}" for name in request.get("visible", {}))]


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
