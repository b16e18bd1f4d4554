"""Scores a task from what came of a student's package: probes that agree, mutants caught."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from grading.checks import Mutant
from grading.course.regions import GradingError
from grading.judge.assemble import Files
from grading.judge.compare import Outcome
from grading.judge.diagnosis import check_says, says, suspects
from grading.judge.disclosure import NOTE, Disclosure, error_name
from grading.judge.execute import WORKERS, Outcomes
from grading.judge.material import Material
from grading.judge.verdict import Finding, Verdict, clamped, share_of

RIGHT_ONES = 2  # right packages among the broken ones
UNSTEADY = "passed on a right package once and failed on the same another time"

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
        findings.append(
            Finding(name, about, False, said, explained.get(item, ""))
            if said
            else Finding(name, about, True)
        )
    check = check_says(outcomes[material.check], tell=tell)
    if tell.quoted:
        notes = [*notes, f"{task.label}: {NOTE}"]
    return Verdict(
        task=task.id,
        points=task.points,
        earned=share_of(task.points, findings, check),
        findings=tuple(findings),
        check=check,
        section=task.section,
        notes=tuple(notes),
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
    verdicts leave it: a message could carry the reference's source. Among the broken packages
    are right ones, run in the same way, so that tests which fail for other reasons than what
    they test are found out.

    Args:
        material: the task.
        outcomes: on a right package.
        notes: what was odd in that run.
        package: builds the package with a mutant in it, or a right one.
        run: runs some of the items on a package.
    """
    task = material.task
    findings = [_on_a_right_package(material, item, outcomes[item]) for item in material.items]
    valid = {item for item in material.items if outcomes[item].ok}
    check = check_says(outcomes[material.check], silent=True)
    groups: dict[str, list[Mutant]] = {}
    for mutant in material.mutants:
        groups.setdefault(mutant.group or f"mutant {mutant.name}", []).append(mutant)

    def failing(mutant: Mutant | None) -> set[str]:
        results, _ = run(package(mutant), valid)
        return {item for item in valid if item in results and not results[item].ok}

    def noticed(group: Sequence[Mutant | None]) -> set[str]:
        return next((found for each in group if (found := failing(each))), set())

    earned, found = 0.0, dict[str, set[str]]()
    while valid:
        trials = [*groups.items(), *((f"right {n}", [None]) for n in range(RIGHT_ONES))]
        random.SystemRandom().shuffle(trials)
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            found = dict(
                zip(
                    (name for name, _ in trials),
                    pool.map(noticed, (group for _, group in trials)),
                    strict=True,
                )
            )
        unsteady = {item for n in range(RIGHT_ONES) for item in found[f"right {n}"]}
        if not unsteady:
            break
        valid -= unsteady
        for at, item in enumerate(material.items):
            if item in unsteady:
                findings[at] = replace(findings[at], agrees=False, said=UNSTEADY)
    if valid:
        for name, group in groups.items():
            earned += bool(found[name]) * task.points / len(groups)
            about = "a wrong package must make a test fail"
            said = "" if found[name] else f"no test notices it: {group[0].says}"
            findings.append(
                Finding(group[0].group or group[0].name, about, bool(found[name]), said)
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
