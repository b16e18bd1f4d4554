"""Writes what came of released probes, for students to check themselves against at home.

    python -m grading practice [task1_4 …]

For each task with `RELEASED` in its probes: what the reference and the mutants give for numbers
that grading never draws, into `released.json` beside the probes. `--check` only says what is old.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from grading.course.guides import load_course
from grading.course.regions import GradingError
from grading.course.tasks import Course, Task
from grading.judge.assemble import Reference, assemble
from grading.judge.at_home import Home
from grading.judge.compare import Outcome, difference, has_odd
from grading.judge.material import read_material
from grading.paths import ROOT
from grading.release.practice import made_from, results_path, seed


def results(course: Course, reference: Reference, home: Home, task: Task) -> dict[str, Any]:
    """Run a task's released probes on the reference and on its mutants.

    Raises:
        GradingError: a probe fails on the reference, or doesn't depend on chance, so that its
            results at home would be those of grading.

    """
    material = read_material(course, reference, task)
    items = {f"{material.file}:{name}": name for name in task.released}
    seeds = {item: seed(material.file, name) for item, name in items.items()}
    right = home.probe(material, home.package, seeds)
    graded = home.probe(material, home.package, {item: item for item in items})
    for item, name in items.items():
        if not right[item].ok or has_odd(right[item].value):
            raise GradingError(f"The probes of {task.id}: {name} fails on the reference.")
        if right[item].value == graded[item].value:
            raise GradingError(
                f"The probes of {task.id}: {name} gives at home what it gives in grading, since it "
                "draws no numbers. Take it out of RELEASED."
            )
    mistakes = []
    for mutant in material.mutants:
        bodies = {mutant.target: mutant.body}
        package, _ = assemble(reference, lambda region: "reference", bodies=bodies)
        found = home.probe(material, package, seeds)
        wrong = {
            items[i]: _told(each) for i, each in found.items() if _differs(right[i], each, task)
        }
        if wrong:
            mistakes.append({"says": mutant.says, "results": wrong})
    return {
        "label": task.label,
        "section": task.section,
        "tolerance": task.tolerance,
        "made_from": made_from(course, task),
        "probes": {
            name: {
                "about": material.about[name],
                "parts": task.parts_of(name),
                "seed": seeds[item],
                "expected": right[item].value,
            }
            for item, name in items.items()
        },
        # Those that explain most come first, as in grading.
        "mistakes": sorted(mistakes, key=lambda each: -len(each["results"])),
    }


def _differs(right: Outcome, got: Outcome, task: Task) -> bool:
    if got.missing or got.error == "NotImplementedError":
        return False
    return not got.ok or difference(right.value, got.value, task.tolerance) is not None


def _told(got: Outcome) -> dict[str, Any]:
    return {"value": got.value} if got.ok else {"error": got.error, "message": got.message}


def text(found: dict[str, Any]) -> str:
    """Write results, a probe and a mistake a line."""
    probes = ",\n".join(f"  {json.dumps(n)}: {json.dumps(p)}" for n, p in found["probes"].items())
    mistakes = ",\n".join(f"  {json.dumps(each)}" for each in found["mistakes"])
    head = {key: value for key, value in found.items() if key not in ("probes", "mistakes")}
    first = json.dumps(head, indent=1).rstrip("}\n")
    return f'{first},\n "probes": {{\n{probes}\n }},\n "mistakes": [\n{mistakes}\n ]\n}}\n'


def main() -> None:
    """Write the results of the tasks that the command line names, or of all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tasks", nargs="*", help="task1_4 …; all that have released probes")
    parser.add_argument("--check", action="store_true", help="only say what is old")
    arguments = parser.parse_args()
    try:
        course = load_course(ROOT)
        chosen = [course.task(each) for each in arguments.tasks]
        chosen = chosen or [task for task in course.tasks if task.released]
        if old := [t for t in chosen if not fresh(course, t)] if arguments.check else []:
            sys.exit("Old: " + ", ".join(task.label for task in old))
        if not arguments.check:
            reference = Reference(course)
            home = Home(ROOT, assemble(reference, lambda region: "reference")[0])
            for task in chosen:
                path = results_path(ROOT, task.id)
                path.write_text(text(results(course, reference, home, task)), encoding="utf-8")
                print(f"Wrote {path.relative_to(ROOT)}", flush=True)
    except GradingError as error:
        sys.exit(str(error))


def fresh(course: Course, task: Task) -> bool:
    """Tell whether a task's stored results are of its probes, mutants and solutions as they are."""
    try:
        stored = json.loads(results_path(course.root, task.id).read_bytes())
        return stored["made_from"] == made_from(course, task)
    except (OSError, ValueError, KeyError):
        return False
