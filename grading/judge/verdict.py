"""What grading comes to: a finding for each probe, a verdict for each task, a judgement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Finding:
    """What one probe (or one of the student's tests) showed.

    Attributes:
        name: of the probe, the test or the mutant.
        about: what it looks at, for the student.
        agrees: it earned its share.
        said: what came out, and what belongs there; empty if it agrees.
        misconception: the sentence of the mutant that gives the same result.
        hushed: what came out, in none of its program's words.

    """

    name: str
    about: str
    agrees: bool
    said: str = ""
    misconception: str = ""
    hushed: str = ""


@dataclass(frozen=True)
class Verdict:
    """What one task came to.

    Attributes:
        task: its id.
        points: what its visible cell is worth.
        earned: what the student gets, between 0 and `points`.
        findings: one for each probe.
        check: why the visible cell fails; empty if it passes.
        section: where the site explains the task.
        notes: what was odd, for a person.
        whole: share of the probes that agree on the student's whole package; None if it
            was not tried.
        waits: why it is not graded yet; then no points were earned and none were lost.
        hushed_check: why the visible cell fails, in none of its program's words.
        silent: whose solutions are inside that the student hasn't earned; so it is hushed.
        key: all that it depends on.

    """

    task: str
    points: float
    earned: float
    findings: tuple[Finding, ...] = ()
    check: str = ""
    section: str = ""
    notes: tuple[str, ...] = ()
    whole: float | None = None
    waits: str = ""
    hushed_check: str = ""
    silent: tuple[str, ...] = ()
    key: str = ""

    @classmethod
    def from_dict(cls, read: dict[str, Any]) -> Verdict:
        """Read it from what `asdict` wrote."""
        tuples: dict[str, Any] = {name: tuple(read[name]) for name in ("notes", "silent")}
        tuples["findings"] = tuple(Finding(**each) for each in read["findings"])
        return cls(**read | tuples)

    def hushed(self, unearned: Sequence[str]) -> Verdict:
        """Leave out what the student's program said: it could read what is inside.

        Args:
            unearned: the tasks whose solutions are inside, and which the student hasn't earned.

        """
        findings = tuple(
            replace(finding, said=finding.hushed or finding.said) for finding in self.findings
        )
        return replace(
            self, findings=findings, check=self.hushed_check or self.check, silent=tuple(unearned)
        )

    @property
    def full(self) -> bool:
        """Every point was earned."""
        return self.earned >= self.points


@dataclass(frozen=True)
class Judgement:
    """What one submission of one assignment came to.

    Attributes:
        assignment: its name.
        key: all that it depends on.
        verdicts: one for each task.
        notes: what was odd in the submission.
        known: it was judged by an earlier run.

    """

    assignment: str
    key: str
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...] = ()
    known: bool = field(default=False, compare=False)

    @property
    def earned(self) -> float:
        """Points of all tasks; those given by hand come on top."""
        return sum(verdict.earned for verdict in self.verdicts)

    @property
    def points(self) -> float:
        """Points that could be earned."""
        return sum(verdict.points for verdict in self.verdicts)

    @property
    def whole(self) -> float | None:
        """Points, had every task been graded on the student's whole package; None if unknown."""
        found = [v.points * v.whole for v in self.verdicts if v.whole is not None]
        return sum(found) if len(found) == len(self.verdicts) else None

    @property
    def waits(self) -> list[str]:
        """Why tasks are not graded yet; while there is a reason, the points are no points."""
        return [verdict.waits for verdict in self.verdicts if verdict.waits]

    @property
    def odd(self) -> list[str]:
        """What was odd in the submission or with a task, each once."""
        notes = [*self.notes, *(note for verdict in self.verdicts for note in verdict.notes)]
        return list(dict.fromkeys(notes))

    def verdict(self, task_id: str) -> Verdict:
        """Return the verdict on a task."""
        return next(verdict for verdict in self.verdicts if verdict.task == task_id)

    def to_json(self) -> str:
        """Write it for the cache."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> Judgement:
        """Read it from the cache."""
        read = json.loads(text)
        verdicts = tuple(Verdict.from_dict(each) for each in read["verdicts"])
        return cls(read["assignment"], read["key"], verdicts, tuple(read["notes"]))


def best(verdicts: list[Verdict]) -> Verdict:
    """Join verdicts on readings of the same work: what agrees in any of them counts."""
    first = verdicts[0]
    findings = [
        next((finding for finding in same if finding.agrees), same[0])
        for same in zip(*(verdict.findings for verdict in verdicts), strict=True)
    ]
    shown = next((verdict for verdict in verdicts if not verdict.check), first)
    check = shown.check
    notes = dict.fromkeys(note for verdict in verdicts for note in verdict.notes)
    return replace(
        first,
        earned=share_of(first.points, findings, check),
        findings=tuple(findings),
        check=check,
        hushed_check=shown.hushed_check,
        notes=tuple(notes),
    )


def share_of(points: float, findings: Sequence[Finding], check: str) -> float:
    """Count the share of agreeing probes; a visible cell that alone fails costs one share."""
    right = sum(finding.agrees for finding in findings)
    if check and right == len(findings):
        right -= 1
    return clamped(points * right / len(findings) if findings else 0.0, points)


def clamped(earned: float, points: float) -> float:
    """Keep what was earned between nothing and all points."""
    return round(min(max(earned, 0.0), points), 2)
