"""The grading proof: nothing earns nothing, the reference earns all, every mutant loses.

For every task: its stub, and bodies that only return or refuse (`lazy`), agree with the reference
on no probe, the reference agrees with itself on all of them (with the declared prerequisites
only), and each mutant disagrees on at least one. The table goes to `course/proof.md`.

`python -m grading proof [task …]`
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from grading.course.readiness import MIN_MUTANTS, problems
from grading.course.regions import GradingError, task_label
from grading.course.tasks import Task
from grading.judge.carried import carried_key, carried_path, differences, write_carried
from grading.judge.compare import has_odd, holds, unnamed
from grading.judge.diagnosis import check_says, says
from grading.judge.execute import WORKERS, Outcomes
from grading.judge.judge import Judge
from grading.judge.scoring import UNSEEN
from grading.paths import JUDGED, MESSAGES, PROOF, ROOT
from grading.sandbox.ending import NotYet


@dataclass(frozen=True)
class Row:
    """The proof of one task.

    Attributes:
        task: its id.
        points: of its visible cell.
        stub: what the stub earns.
        reference: what the reference earns in the task's own package.
        mutants: what each mutant earns, by name.
        faults: what is wrong; empty if all holds.
        messages: what a student with the mistake of a mutant reads: mutant, probe, sentence.

    """

    task: str
    points: float
    stub: float
    reference: float
    mutants: dict[str, float]
    faults: tuple[str, ...]
    messages: tuple[tuple[str, str, str], ...] = ()


class Afresh(Judge):
    """Computes what the repository carries."""

    def carried(self, task: Task) -> dict[str, Outcomes]:
        """Know nothing beforehand."""
        return {}

    def carry(self, task: Task) -> None:
        """Write what was found into the repository."""
        key = carried_key(self.reference, self.probes_version(task))
        write_carried(carried_path(self.course.root, task), key, self.trusted(task))


# Words of how a probe writes down what it found, which mean nothing to a student.
ENCODING = ("a word", "a list", "something else", "the probe", "'accepted'")
# … and a truth of a case that only has a number.
_NUMBERED = re.compile(r"case [\d.]+: came out as (True|False)\b")


def messages(judge: Judge, task: Task) -> list[tuple[str, str, str]]:
    """Write what a student reads for the mistake of each mutant: mutant, probe, sentence."""
    material, known, found = judge.material(task), judge.trusted(task), []
    for mutant in material.mutants if task.kind == "probes" else ():
        outcomes = known[f"mutant:{mutant.name}"]
        for item in material.items:
            name = item.partition(":")[2]
            if item in outcomes and (
                said := says(
                    known["reference"][item],
                    outcomes[item],
                    task.tolerance,
                    parts=task.parts_of(name),
                )
            ):
                found.append((mutant.name, name, said))
    return found


def prove(judge: Judge, task: Task) -> Row:
    """Prove one task."""
    material = judge.material(task)
    known = judge.trusted(task)
    right = known["reference"]
    faults = []
    for item in (*material.items, material.check):
        name = item.partition(":")[2]
        if item not in right or not right[item].ok:
            got = right.get(item)
            why = f"{got.error} {got.message}".strip() if got else "no result"
            faults.append(f"{name} fails on the reference: {why}")
        elif has_odd(right[item].value):
            faults.append(f"{name} returns something that is no plain data")
        elif holds(right[item].value, UNSEEN):
            faults.append(f"{name}: the reference {UNSEEN}, so right answers would differ from it")
        elif item != material.check and unnamed(right[item].value, *task.parts_of(name)):
            faults.append(
                f"{name} returns things of several kinds, and no PARTS say to a student which is "
                "which"
            )
    every = (*material.items, material.check)
    if any(item not in known[name] for name in ("task", "stub") for item in every):
        faults += [f"it can't be said now: {why}" for why in judge.unsettled(task)]
    if faults:
        return Row(task.id, task.points, 0.0, 0.0, {}, tuple(faults))

    def earned(outcomes: Outcomes, check: bool = True) -> float:
        if task.kind == "tests":
            ok = [item not in outcomes or outcomes[item].ok for item in material.items]
            share = float(all(ok))
        else:
            agree = [
                # What couldn't be run to an end proves nothing.
                item not in outcomes or says(right[item], outcomes[item], task.tolerance) is None
                for item in material.items
            ]
            share = sum(agree) / len(agree)
            if share == 1.0 and check and not outcomes[material.check].ok:
                share -= 1 / len(agree)
        return round(task.points * share, 2)

    stub, reference = earned(known["stub"]), earned(known["task"])
    for item in material.items:
        if item in known["stub"] and known["stub"][item].ok and task.kind == "tests":
            faults.append(f"{item.partition(':')[2]} passes while it isn't written")
    if known["stub"][material.check].ok:
        faults.append("the visible cell passes while nothing is written")
    if stub:
        agreeing = [
            item.partition(":")[2]
            for item in material.items
            if task.kind != "tests"
            and says(right[item], known["stub"][item], task.tolerance) is None
        ]
        faults.append(f"the stub earns {stub:g} points: {', '.join(agreeing)}")
    for name, outcomes in known.items():
        if name.startswith("lazy:") and (share := earned(outcomes, check=False)):
            agreeing = [
                item.partition(":")[2]
                for item in material.items
                if item in outcomes and says(right[item], outcomes[item], task.tolerance) is None
            ]
            what = f"a body that {name.removeprefix('lazy:')}"
            faults.append(f"{what} earns {share:g} points: {', '.join(agreeing)}")
    if reference != task.points:
        lost = [
            f"{item.partition(':')[2]} ({says(right[item], known['task'][item], task.tolerance)})"
            for item in material.items
            if says(right[item], known["task"][item], task.tolerance) is not None
        ]
        check = f"the visible cell fails: {check_says(known['task'][material.check])}"
        faults.append(
            f"with its declared prerequisites the reference earns {reference:g} of "
            f"{task.points:g} points: {', '.join(lost) or check}. Is something missing in REQUIRES?"
        )
    mutants = {}
    caught: dict[str, bool] = {}
    for mutant in material.mutants:
        outcomes = known[f"mutant:{mutant.name}"]
        mutants[mutant.name] = earned(outcomes, check=False)
        group = mutant.group or mutant.name
        loses = mutants[mutant.name] < task.points
        caught[group] = caught.get(group, False) or loses
        if not loses and not mutant.group:
            faults.append(f"the mutant {mutant.name} loses nothing")
    faults += [f"no mutant of {group} loses anything" for group, seen in caught.items()
               if not seen and group not in mutants]  # fmt: skip
    if faults:
        faults += [f"and it can't be said now: {why}" for why in judge.unsettled(task)]
    faults += differences(task, Judge.carried(judge, task), known)
    if len(material.mutants) < MIN_MUTANTS:
        faults.append(f"it has {len(material.mutants)} mutants; it needs {MIN_MUTANTS}")
    told = messages(judge, task)
    faults += [
        f"{probe} tells of itself and not of the student's work, for the mutant {mutant}: {said}"
        for mutant, probe, said in told
        if not said.startswith("raised ")
        and (any(word in said for word in ENCODING) or _NUMBERED.match(said))
    ]
    return Row(task.id, task.points, stub, reference, mutants, tuple(faults), tuple(told))


def table(rows: Sequence[Row]) -> str:
    """Write the proof as a page of Markdown."""
    bad = sum(bool(row.faults) for row in rows)
    said = f"{len(rows) - bad} of {len(rows)} tasks are proven."
    lines = [
        "# Grading proof",
        "",
        "A stub earns nothing, the reference earns everything, every mutant loses points in its "
        f"own task. {said}",
        "",
        "| task | points | stub | reference | mutants | best mutant | |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for row in rows:
        best = max(row.mutants.values(), default=0.0)
        lines.append(
            f"| {task_label(row.task)} | {row.points:g} | {row.stub:g} | {row.reference:g} | "
            f"{len(row.mutants)} | {best:g} | {'fails' if row.faults else 'holds'} |"
        )
    if bad:
        lines += ["", "## What fails", ""]
        lines += [f"- {task_label(row.task)}: {fault}." for row in rows for fault in row.faults]
    lines += ["", "## Mutants", "", "| task | mutant | earns of its points |", "|---|---|---:|"]
    for row in rows:
        lines += [
            f"| {task_label(row.task)} | {name} | {value:g} of {row.points:g} |"
            for name, value in row.mutants.items()
        ]
    return "\n".join(lines) + "\n"


def told(rows: Sequence[Row]) -> str:
    """Write what students read, for a person to read once more."""
    lines = ["# What a student reads", "", "For the mistake of each mutant.", ""]
    for row in rows:
        lines += [f"## {task_label(row.task)}", ""]
        for mutant in dict.fromkeys(mutant for mutant, _, _ in row.messages):
            lines += [f"- {mutant}"]
            lines += [
                f"  - {probe}: {said}" for name, probe, said in row.messages if name == mutant
            ]
        lines.append("")
    return "\n".join(lines)


def run(
    root: Path, tasks: Sequence[str] = (), *, quiet: bool = False, carry: bool = False
) -> list[Row]:
    """Prove all tasks of a course, or some, and write the table.

    Args:
        root: the project.
        tasks: ids; all by default. The table is written for all only.
        quiet: print nothing.
        carry: write what reference and mutants give beside the probes of each task that is proven
            but for what was written there before.

    """
    judge = Afresh(root, cache=root / JUDGED)
    chosen = [judge.course.task(each) for each in tasks] or list(judge.course.tasks)
    broken: dict[str, str] = {}
    for task in chosen:  # parsing is not for several threads
        try:
            judge.material(task)
        except GradingError as error:
            broken[task.id] = str(error).rstrip(".")

    def one(task: Task) -> Row:
        if task.id in broken:
            return Row(task.id, task.points, 0.0, 0.0, {}, (broken[task.id],))
        try:
            if carry:
                carried_path(root, task).unlink(missing_ok=True)
            row = prove(judge, task)
            if carry and not row.faults and not judge.unsettled(task):
                judge.carry(task)
            return row
        except (GradingError, NotYet) as error:
            return Row(task.id, task.points, 0.0, 0.0, {}, (str(error).rstrip("."),))

    rows = []
    began = time.monotonic()
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        for task, row in zip(chosen, pool.map(one, chosen), strict=True):
            rows.append(row)
            if not quiet:
                state = f"fails: {'; '.join(row.faults)}" if row.faults else "holds"
                seconds = time.monotonic() - began
                print(
                    f"{task.label}: {len(row.mutants)} mutants, {state} ({seconds:.0f} s)",
                    flush=True,
                )
    if not tasks:
        path = root / PROOF
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(table(rows), encoding="utf-8")
        (root / MESSAGES).write_text(told(rows), encoding="utf-8")
        if not quiet:
            print(f"The table is in {PROOF}, what students read in {MESSAGES}.")
    return rows


def main() -> None:
    """Prove, and exit with 1 if something doesn't hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tasks", nargs="*", help="ids of tasks, all by default")
    parser.add_argument(
        "--carry", action="store_true", help="write what was found beside the probes, for all"
    )
    arguments = parser.parse_args()
    try:
        rows = run(ROOT, arguments.tasks, carry=arguments.carry)
        said = [] if arguments.tasks else problems(Judge(ROOT).course)
    except GradingError as error:
        sys.exit(f"The proof can't be made: {error}")
    for line in said:
        print(line)
    bad = [task_label(row.task) for row in rows if row.faults]
    if bad or said:
        sys.exit(f"The proof fails: {', '.join(bad) or 'the course is not complete'}.")
    print(f"The proof holds for {len(rows)} tasks.")
