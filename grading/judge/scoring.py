"""Scores a task from what came of a student's package: probes that agree, mutants caught."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from grading.checks import Mutant
from grading.course.regions import GradingError
from grading.judge.assemble import Files
from grading.judge.compare import Outcome, holds
from grading.judge.diagnosis import check_says, hushed, says, suspects
from grading.judge.disclosure import Disclosure, error_name
from grading.judge.execute import WORKERS, Outcomes
from grading.judge.material import Material
from grading.judge.verdict import Finding, Verdict, clamped, share_of

# Right packages among the broken ones; and so many more for a test that passed on a package on
# which it had failed before: one that fails by chance fails on one of them.
RIGHT_ONES, MORE_RIGHT_ONES = 4, 30
# What a probe returns where it could not look into a student's function.
UNSEEN = "could not be walked in Python"
UNSEEN_NOTE = f"a kernel {UNSEEN}, so nobody saw how it works; please look, and give its points"
AGAIN = 2  # so often such a test must fail once more on what it is to have noticed
UNSTEADY = "passes on one right package and fails on another"
BY_CHANCE = "fails by chance, or by other signs than what it tests; please look"

Run = Callable[[Files, set[str]], tuple[Outcomes, list[str]]]


def score_probes(
    material: Material,
    known: Mapping[str, Outcomes],
    outcomes: Outcomes,
    notes: list[str],
    tell: Disclosure,
) -> Verdict:
    """Compare a student's outcomes with the reference's.

    Args:
        material: the task.
        known: outcomes of the reference and of the mutants, by package.
        outcomes: the student's.
        notes: what was odd in the run.
        tell: passes on what comes from the student's program.

    Raises:
        GradingError: a probe fails on the reference.

    """
    task = material.task
    explained = suspects(material, known, outcomes, task.tolerance)
    functions = {region.qualname.rpartition(".")[2] for region in task.regions}
    findings = []
    for item in material.items:
        expected, got = known["reference"].get(item), outcomes[item]
        name = item.partition(":")[2]
        about = material.about.get(name, "")
        if expected is None or not expected.ok:
            raise GradingError(
                f"The probes of {task.id}: {name} fails on the reference: "
                f"{expected.error if expected else 'no result'} "
                f"{expected.message if expected else ''}"
            )
        said = says(expected, got, task.tolerance, tell, task.parts_of(name))
        less = hushed(expected, got, task.tolerance, functions) or ""
        findings.append(
            Finding(name, about, False, said, explained.get(item, ""), less)
            if said
            else Finding(name, about, True)
        )
    check = check_says(outcomes[material.check], tell=tell)
    notes = [*notes, *(f"{task.label}: {note}" for note in tell.notes)]
    unseen = [i.partition(":")[2] for i in material.items if holds(outcomes[i].value, UNSEEN)]
    notes += [f"{task.label}: {name}: {UNSEEN_NOTE}" for name in unseen]
    return Verdict(
        task=task.id,
        points=task.points,
        earned=share_of(task.points, findings, check),
        findings=tuple(findings),
        check=check,
        section=task.section,
        notes=tuple(notes),
        hushed_check=check_says(outcomes[material.check], silent=True),
    )


def score_tests(
    material: Material,
    outcomes: Outcomes,
    notes: list[str],
    package: Callable[[Mutant | None], Files],
    run: Run,
) -> Verdict:
    """Score tests that a student wrote: they pass on the reference and fail on mutants.

    Each package has a sandbox of its own that doesn't know which it is, and only
    verdicts leave it: a message could carry the reference's source. No two packages are the same
    text. Among the broken ones are right ones, run in the same way, so that tests which fail for
    other reasons than what they test are found out; and what a test notices counts if it fails on
    the same package again, so that chance earns nothing.

    Args:
        material: the task.
        outcomes: on a right package.
        notes: what was odd in that run.
        package: builds a package with a mutant in it, or a right one, each time another text.
        run: runs some of the items on a package.

    """
    task = material.task
    findings = [_on_a_right_package(material, item, outcomes[item]) for item in material.items]
    valid = {item for item in material.items if outcomes[item].ok}
    check = check_says(outcomes[material.check], silent=True)
    groups: dict[str, list[Mutant]] = {}
    for mutant in material.mutants:
        groups.setdefault(mutant.group or f"mutant {mutant.name}", []).append(mutant)

    doubtful: set[str] = set()

    def failing(files: Files, some: set[str]) -> set[str]:
        results, _ = run(files, some)
        return {item for item in some if item in results and not results[item].ok}

    def again(files: Files, some: set[str]) -> set[str]:
        """Say which of the tests that failed on a package fail on it once more."""
        results, _ = run(files, some)
        doubtful.update(item for item in some if item in results and results[item].ok)
        return {item for item in some if item in results and not results[item].ok}

    def noticed(group: Sequence[Mutant | None]) -> tuple[set[str], Files]:
        for mutant in group:
            files = package(mutant)
            found = failing(files, valid)
            if found and mutant is not None:
                found = again(files, found)
            if found:
                return found, files
        return set(), {}

    earned, found = 0.0, dict[str, tuple[set[str], Files]]()
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        while valid:
            doubtful.clear()
            trials = [*groups.items(), *((f"right {n}", [None]) for n in range(RIGHT_ONES))]
            random.SystemRandom().shuffle(trials)
            tried = pool.map(noticed, (group for _, group in trials))
            found = dict(zip((name for name, _ in trials), tried, strict=True))
            unsteady = {item for n in range(RIGHT_ONES) for item in found[f"right {n}"][0]}
            if doubt := doubtful - unsteady:
                more = [(package(None), doubt) for _ in range(MORE_RIGHT_ONES)]
                unsteady |= set().union(*pool.map(lambda each: failing(*each), more))
            if not unsteady:
                break
            valid -= unsteady
            notes = [
                *notes,
                *(f"{task.label}: {i.partition(':')[2]} {BY_CHANCE}" for i in unsteady),
            ]
            for at, item in enumerate(material.items):
                if item in unsteady:
                    findings[at] = replace(findings[at], agrees=False, said=UNSTEADY)
        for name in groups:
            items, files = found.get(name, (set(), {}))
            for _ in range(AGAIN if items <= doubtful else 0):
                items = failing(files, items) if items else items
            found[name] = items, files
    if valid:
        for name, group in groups.items():
            earned += bool(found[name][0]) * task.points / len(groups)
            about = "a wrong package must make a test fail"
            said = "" if found[name][0] else f"no test notices it: {group[0].says}"
            findings.append(
                Finding(group[0].group or group[0].name, about, bool(found[name][0]), said)
            )
        if check and all(finding.agrees for finding in findings):
            earned -= task.points / len(groups)
    return Verdict(
        task=task.id,
        points=task.points,
        earned=clamped(earned, task.points),
        findings=tuple(findings),
        check=check,
        section=task.section,
        notes=tuple(notes),
    )


def _on_a_right_package(material: Material, item: str, outcome: Outcome) -> Finding:
    name = item.partition(":")[2]
    if outcome.ok:
        return Finding(name, "passes on a right package", True)
    said = outcome.missing or f"fails on a right package: it raised {error_name(outcome.error)}"
    if outcome.error == "NotImplementedError":
        said = "is not written yet"
    elif outcome.error == "AttributeError" and name in outcome.message:
        said = f"is not there: {material.module} has no {name}"
    return Finding(name, "", False, said)
