"""Scores a task from what came of a student's package: probes that agree, mutants caught."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from grading.course import GradingError
from grading.diagnosis import check_says, says, suspects
from grading.execute import WORKERS, Outcomes
from grading.material import Material
from grading.mutants import Mutant
from grading.packages import Files
from grading.verdict import Finding, Verdict, clamped, share_of

Run = Callable[[Files, set[str]], tuple[Outcomes, list[str]]]


def score_probes(
    material: Material, known: Mapping[str, Outcomes], outcomes: Outcomes, notes: list[str]
) -> Verdict:
    """Compare a student's outcomes with the reference's.

    Args:
        material: the task.
        known: outcomes of the reference and of the mutants, by package.
        outcomes: the student's.
        notes: what was odd in the run.

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
        said = says(expected, got, task.tolerance)
        findings.append(
            Finding(name, about, False, said, explained.get(item, ""))
            if said
            else Finding(name, about, True)
        )
    check = check_says(outcomes[material.check])
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
    broken: Callable[[Mutant], Files],
    run: Run,
) -> Verdict:
    """Score tests that a student wrote: they pass on the reference and fail on mutants.

    Each package has a sandbox of its own that doesn't know which it is, and only
    verdicts leave it: a message could carry the reference's source.

    Args:
        material: the task.
        outcomes: on a right package.
        notes: what was odd in that run.
        broken: builds the package with a mutant in it.
        run: runs some of the items on a package.
    """
    task = material.task
    findings, valid = [], set()
    for item in material.items:
        name, outcome = item.partition(":")[2], outcomes[item]
        if outcome.ok:
            valid.add(item)
            findings.append(Finding(name, "passes on a right package", True))
        else:
            said = outcome.missing or f"fails on a right package: it raised {outcome.error}"
            if outcome.error == "NotImplementedError":
                said = "is not written yet"
            elif outcome.error == "AttributeError" and name in outcome.message:
                said = f"is not there: {material.module} has no {name}"
            findings.append(Finding(name, "", False, said))
    check = check_says(outcomes[material.check], silent=True)

    def caught(mutant: Mutant) -> bool:
        results, _ = run(broken(mutant), valid)
        return any(not results[item].ok for item in valid)

    def noticed(group: list[Mutant]) -> bool:
        return any(caught(mutant) for mutant in group)

    groups: dict[str, list[Mutant]] = {}
    for mutant in material.mutants:
        groups.setdefault(mutant.group or f"mutant {mutant.name}", []).append(mutant)
    earned = 0.0
    if valid:
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            verdicts = list(pool.map(noticed, groups.values()))
        for group, found in zip(groups.values(), verdicts, strict=True):
            earned += found * task.points / len(groups)
            about = "a wrong package must make a test fail"
            said = "" if found else f"no test notices it: {group[0].says}"
            findings.append(Finding(group[0].group or group[0].name, about, found, said))
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
