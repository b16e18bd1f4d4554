"""The table of mistakes: what a student is told at home, and what the grader makes of it.

Every mutant, and every entry of a task's `mistakes.py`, is put into a project in which all else is
right. Nothing that costs points may be green at home, nothing right may be refused, no message may
name another cause, and every error is told in a sentence. The table goes to `course/mistakes.md`.

`python -m grading mistakes [task …]`
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grading.checks import Mistake
from grading.course.guides import load_course
from grading.course.regions import GradingError, task_label
from grading.course.tasks import Task, mistakes_path
from grading.judge.assemble import Files, Reference, assemble, file_of
from grading.judge.at_home import Home, Seen
from grading.judge.diagnosis import says
from grading.judge.material import Material, read_material
from grading.paths import MISTAKES, ROOT

# What became of a mistake
OWN = "told by its own cause"
OTHER = "told by another cause"
UNSAID = "told, its cause not recorded"
BARE = "a bare error"
COSTLY = "green at home, costs points"
HARMLESS = "green, and costs nothing"
RIGHT = "right, and accepted"
REFUSED = "right, and refused"
EXCUSED = "green at home, with a reason"

FAULTS = (OTHER, BARE, COSTLY, REFUSED)


@dataclass(frozen=True)
class Row:
    """What became of one mistake.

    Attributes:
        task: its task's id.
        mistake: what was written.
        seen: what was said.
        lost: the share of the points that it loses at the grader.
        verdict: one of the words above.

    """

    task: str
    mistake: Mistake
    seen: Seen
    lost: float
    verdict: str


def read_mistakes(root: Path, material: Material) -> list[Mistake]:
    """List a task's mutants and recorded mistakes.

    In a task in which students write tests, mutants are no mistakes of theirs.

    Raises:
        GradingError: an entry is of no mutant, or of no solution region.

    """
    path = mistakes_path(root, material.task.id)
    namespace: dict[str, Any] = {"__name__": f"grading.checks.{path.parent.name}.mistakes"}
    if path.exists():
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)
    told = namespace.get("TOLD", {})
    fair = namespace.get("FAIR", {})
    mutants = [] if material.task.kind == "tests" else material.mutants
    if lost := (told.keys() | fair.keys()) - {mutant.name for mutant in mutants}:
        raise GradingError(f"{path}: there is no mutant {', '.join(sorted(lost))}.")
    found = [
        Mistake(
            mutant.name,
            mutant.target,
            mutant.body,
            told=told.get(mutant.name, ""),
            fair=fair.get(mutant.name, ""),
        )
        for mutant in mutants
    ]
    found += namespace.get("MISTAKES", [])
    names = [mistake.name for mistake in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise GradingError(f"{path}: {', '.join(sorted(twice))} is there twice.")
    return found


class Table:
    """Makes rows, a task at a time.

    Args:
        root: the project.

    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.course = load_course(root)
        self.reference = Reference(self.course)
        self.right, _ = assemble(self.reference, lambda region: "reference")
        self.home = Home(root, self.right)

    def package(self, mistake: Mistake) -> Files:
        """Build the package with a mistake in it.

        Raises:
            GradingError: it is of no solution region.

        """
        bodies = {mistake.target: mistake.body, **mistake.more}
        targets = {region.target for region in self.course.regions}
        if unknown := bodies.keys() - targets:
            raise GradingError(f"{mistake.name}: {', '.join(unknown)} is no solution region.")
        files, _ = assemble(self.reference, lambda region: "reference", bodies=bodies)
        if mistake.beside:
            name = file_of(self.course.region(mistake.target).module)
            files[name] += f"\n\n{mistake.beside}\n".encode()
        return files

    def rows(self, task: Task, names: Sequence[str] = (), *, tests: bool = True) -> Iterator[Row]:
        """Try a task's mistakes.

        Args:
            task: the task.
            names: those of these names; all by default.
            tests: run the task's tests as well, which takes most of the time.

        Raises:
            GradingError: the right answer doesn't pass.

        """
        material = read_material(self.course, self.reference, task)
        right = self.home.see(material, self.right, tests=tests)
        if right.check or right.tests:
            raise GradingError(
                f"{task.label}: the right answer is refused: {right.check or right.tests}"
            )
        for mistake in read_mistakes(self.root, material):
            if names and mistake.name not in names:
                continue
            package = self.package(mistake)
            seen = self.home.see(material, package, tests=tests)
            lost = self._lost(material, right, seen, package)
            yield Row(task.id, mistake, seen, lost, judge(mistake, seen, lost))

    def _lost(self, material: Material, right: Seen, seen: Seen, package: Files) -> float:
        """Return the share of a task's points that is lost."""
        if material.task.kind == "tests":
            return self._lost_by_tests(material, seen, package)
        agree = [
            says(right.probes[item], seen.probes[item], material.task.tolerance) is None
            for item in material.items
        ]
        lost = 1 - sum(agree) / len(agree)
        return lost or (1 / len(agree) if seen.check else 0.0)

    def _lost_by_tests(self, material: Material, seen: Seen, package: Files) -> float:
        """Return how many groups of wrong packages no test notices."""
        valid = [item for item in material.items if seen.probes[item].ok]
        groups: dict[str, bool] = {}
        for mutant in material.mutants:
            group = mutant.group or mutant.name
            if groups.get(group):
                continue
            module = self.course.region(mutant.target).module
            wrong, _ = assemble(
                self.reference,
                lambda region: "reference",
                bodies={mutant.target: mutant.body},
                only=module,
            )
            # What the student wrote stands in another module.
            failing = self.home.run_tests_on(material, package | wrong, valid)
            groups[group] = bool(failing)
        return 1 - sum(groups.values()) / len(groups)


def judge(mistake: Mistake, seen: Seen, lost: float) -> str:
    """Say what became of a mistake."""
    said = seen.check or seen.tests
    if mistake.fair and not mistake.told:
        if not said:
            return RIGHT if not lost else EXCUSED
        return REFUSED
    if not said:
        return HARMLESS if not lost else COSTLY
    if seen.raised:
        return BARE
    if not mistake.told:
        return UNSAID
    return OWN if re.search(mistake.told, said, re.S) else OTHER


def totals(rows: Sequence[Row]) -> dict[str, int]:
    """Count the verdicts."""
    return {
        verdict: count
        for verdict in (OWN, RIGHT, HARMLESS, EXCUSED, UNSAID, *FAULTS)
        if (count := sum(row.verdict == verdict for row in rows))
    }


def table(rows: Sequence[Row]) -> str:
    """Write the table as a page of Markdown."""
    lines = ["# Mistakes", "", f"{len(rows)} tried: every mutant, and what students wrote.", ""]
    lines += ["| | |", "|---|---:|"]
    lines += [f"| {verdict} | {count} |" for verdict, count in totals(rows).items()]
    for task in dict.fromkeys(row.task for row in rows):
        lines += ["", f"## {task_label(task)}", ""]
        lines += [
            "| mistake | at home | the check, or else the tests | loses |",
            "|---|---|---|---:|",
        ]
        for row in rows:
            if row.task == task:
                said = row.seen.check or row.seen.tests or row.mistake.fair or "silent"
                if not row.seen.check and row.seen.tests:
                    said = f"pytest: {said}"
                said = " ".join(said.split()).replace("|", "\\|")
                lines.append(
                    f"| {row.mistake.name} | {row.verdict} | {said[:300]} | {row.lost:.0%} |"
                )
    return "\n".join(lines) + "\n"


def run(root: Path, tasks: Sequence[str] = (), *, tests: bool = True) -> list[Row]:
    """Make the table of all tasks of a course, or of some; it is written for all only.

    Args:
        root: the project.
        tasks: ids of tasks, or names of assignments.
        tests: run each task's tests as well.

    """
    made = Table(root)
    chosen = [t for t in made.course.tasks if not tasks or {t.id, t.assignment} & set(tasks)]
    rows: list[Row] = []
    for task in chosen:
        began = time.monotonic()
        new = list(made.rows(task, tests=tests))
        rows += new
        said = ", ".join(f"{count} {verdict}" for verdict, count in totals(new).items())
        print(f"{task.label}: {said} ({time.monotonic() - began:.0f} s)", flush=True)
    if not tasks:
        path = root / MISTAKES
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(table(rows), encoding="utf-8")
        print(f"The table is in {MISTAKES}.")
    return rows


def main() -> None:
    """Make the table, and exit with 1 if a mistake is told wrongly or not at all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tasks", nargs="*", help="tasks or modules, all by default")
    parser.add_argument("--show", action="store_true", help="print the table")
    parser.add_argument("--checks-only", action="store_true", help="leave the tests out")
    arguments = parser.parse_args()
    try:
        rows = run(ROOT, arguments.tasks, tests=not arguments.checks_only)
    except GradingError as error:
        sys.exit(f"The table can't be made: {error}")
    if arguments.show:
        print(table(rows))
    bad = [row for row in rows if row.verdict in FAULTS]
    for row in bad:
        said = row.seen.check or row.seen.tests
        print(f"{task_label(row.task)}, {row.mistake.name}: {row.verdict}. {said}")
    print(", ".join(f"{count} {verdict}" for verdict, count in totals(rows).items()))
    if bad:
        sys.exit(1)
