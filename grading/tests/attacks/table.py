"""The table of attacks that an instructor reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grading.course.regions import task_label
from grading.course.tasks import Course, probes_path
from grading.tests.attacks.case import Attack

# Probes that see only from inside whether a kernel is compiled, parallel, or reads what it should.
INSIDE = {
    "task3_1": ("probe_parallel_map", "probe_parallel_zip", "probe_reduce", "probe_reduce_inside"),
    "task3_2": ("probe_parallel", "probe_inside"),
    "task3_3": ("probe_guards", "probe_sum_practice_at_work", "probe_reduce_at_work"),
    "task3_4": (
        "probe_practice_at_work",
        "probe_practice_uneven",
        "probe_matmul_at_work",
        "probe_matmul_uneven",
    ),
}


@dataclass(frozen=True)
class Row:
    """What came of an attack.

    Attributes:
        attack: the case.
        gained: points that it got.
        lost: what its author's other tasks lost by it.
        touched: files, processes or work of others are not what they were.
        notes: what a person is told.
    """

    attack: Attack
    gained: float
    lost: dict[str, float]
    touched: bool
    notes: tuple[str, ...]


def table(rows: Sequence[Row], course: Course) -> str:
    """Write what was found as a page of Markdown."""
    gained, touched = sum(row.gained > 0 for row in rows), sum(row.touched for row in rows)
    lines = [
        "# Attacks",
        "",
        f"{len(rows)} submissions that mean to get what they haven't earned, or to harm, each "
        "judged in the sandbox: a notebook of the smallest course in which all is right but the "
        f"task that the case is after. {gained or 'None'} gained points, {touched or 'none'} "
        "touched what belongs to others.",
    ]
    for group in dict.fromkeys(row.attack.group for row in rows):
        lines += ["", f"## To {group}", ""]
        lines += ["| case | it | points gained | others touched | note for a person |"]
        lines += ["|---|---|---:|---|---|"]
        lines += [_line(row) for row in rows if row.attack.group == group]
    lines += [
        "",
        "## What can only be seen from inside",
        "",
        "These probes look at a kernel's loops, or at what a simulated kernel reads, from the "
        "process that the student's program runs in. It can lie to them, and then get their "
        "share, for work that gives the right results otherwise. Who reads the submission sees it.",
        "",
        "| task | probes | share | points |",
        "|---|---|---:|---:|",
    ]
    for name, probes in INSIDE.items():
        task = course.task(name)
        source = probes_path(course.root, name).read_text(encoding="utf-8")
        every = source.count("\ndef probe_")
        listed = ", ".join(probe.removeprefix("probe_") for probe in probes)
        points = task.points * len(probes) / every
        lines += [
            f"| {task_label(name).removeprefix('Task ')} | {listed} | {len(probes)} of {every} | "
            f"{points:.2f} of {task.points:g} |"
        ]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    gained = f"**{row.gained:g}**" if row.gained else "0"
    touched = "**yes**" if row.touched else "no"
    if row.attack.lay is None and (own := sum(row.lost.values())):
        touched += f" (its author lost {own:g} points elsewhere)"
    notes = " ".join("; ".join(row.notes).split()).replace("|", "\\|") or "none"
    return f"| {row.attack.name} | {row.attack.tries} | {gained} | {touched} | {notes[:300]} |"
