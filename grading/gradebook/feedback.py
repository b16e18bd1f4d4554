"""What a student reads about a task, and what an instructor reads about a class."""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping, Sequence
from configparser import ConfigParser
from pathlib import Path

from grading.course.regions import task_label
from grading.gradebook.records import Entry
from grading.judge.verdict import Finding, Judgement, Verdict

LONGEST_LIST = 12  # findings told in full; one misconception seldom needs more
LONGEST_NAME = 40  # of a student, in a table


def short(student: str) -> str:
    """Write a student's id for a line of a table: beginning and end of a long one."""
    if len(student) <= LONGEST_NAME:
        return student
    half = LONGEST_NAME // 2
    return f"{student[: half - 1]}…{student[-half:]}"


def points(value: float) -> str:
    """Write points without needless digits."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def address(root: Path, section: str) -> str:
    """Return the address of a section of the site."""
    config = ConfigParser(delimiters=["="])
    config.read(root / "settings.ini", encoding="utf-8")
    base = config["DEFAULT"].get("doc_host", "") + config["DEFAULT"].get("doc_baseurl", "")
    return f"{base.rstrip('/')}/{section}" if section else ""


def headline(verdict: Verdict) -> str:
    """Say what a task came to, in a line."""
    right = sum(finding.agrees for finding in verdict.findings)
    share = f", {right} of {len(verdict.findings)} parts right" if verdict.findings else ""
    return (
        f"{task_label(verdict.task)}: {points(verdict.earned)} of {points(verdict.points)} points"
        f"{share}"
    )


def lines(verdict: Verdict, notes: Sequence[str] = ()) -> list[str]:
    """Tell a task's result to its student, line by line."""
    said = [headline(verdict) + "."]
    wrong = [finding for finding in verdict.findings if not finding.agrees]
    for misconception in dict.fromkeys(f.misconception for f in wrong if f.misconception):
        said.append(f"Most likely: {misconception}")
    told: set[str] = set()
    for finding in wrong[:LONGEST_LIST]:
        if finding.said.startswith("is not written yet") and finding.said in told:
            continue
        told.add(finding.said)
        said.append(f"- {_subject(finding)}: {finding.said}")
    if len(wrong) > LONGEST_LIST:
        said.append(f"- and {len(wrong) - LONGEST_LIST} more.")
    if verdict.check and verdict.check not in told:
        said.append(f"The check in the notebook fails: {verdict.check}")
    if verdict.silent and verdict.earned < verdict.points:
        labels = " and ".join(task_label(task) for task in verdict.silent)
        said.append(
            f"What your program itself says is shown once you have earned {labels}: the "
            "course's solution is used here."
        )
    said += [f"Note: {note}." for note in notes]
    return said


def _subject(finding: Finding) -> str:
    name = finding.name.removeprefix("probe_").replace("_", " ")
    if finding.name.startswith("test_"):
        name = finding.name
    about = finding.about.rstrip(".")
    return f"{name} ({about[0].lower()}{about[1:]})" if about else name


def plain(verdict: Verdict, link: str = "", notes: Sequence[str] = ()) -> str:
    """Tell a task's result as text."""
    said = lines(verdict, notes)
    if link and verdict.earned < verdict.points:
        said.append(f"Read again: {link}")
    return "\n".join(said)


def page(verdict: Verdict, link: str = "", notes: Sequence[str] = ()) -> str:
    """Tell a task's result as HTML; everything a student wrote is escaped."""
    head, *rest = lines(verdict, notes)
    parts = [f"<p><strong>{html.escape(head)}</strong></p>"]
    items = [line[2:] for line in rest if line.startswith("- ")]
    for line in rest:
        if not line.startswith("- "):
            parts.append(f"<p>{html.escape(line)}</p>")
    if items:
        listed = "".join(f"<li>{html.escape(item)}</li>" for item in items)
        parts.append(f"<ul>{listed}</ul>")
    if link and verdict.earned < verdict.points:
        parts.append(f'<p><a href="{html.escape(link)}">Read the section again</a></p>')
    # A student's words may look like mathematics, and MathJax's may hold links.
    return f'<div class="tex2jax_ignore mathjax_ignore">{"".join(parts)}</div>'


def table(judgements: Mapping[str, Judgement], entries: Mapping[str, Entry] | None = None) -> str:
    """Write the points of several submissions, one a line.

    Args:
        judgements: by student's id.
        entries: what the gradebook holds, with the points that a person gave.

    """
    if not judgements:
        return "There are no submissions."
    tasks = [verdict.task for verdict in next(iter(judgements.values())).verdicts]
    entries = entries or {}
    late = any(entry.penalty for entry in entries.values())
    hand = any(entry.waits or round(entry.by_hand, 2) for entry in entries.values())
    head = ["student", *(task_label(task) for task in tasks), "points"]
    head += ["by hand"] * hand + ["late"] * late + ["total"] * bool(entries)
    rows = [[*head, "whole package", "notes"]]
    for student, judgement in judgements.items():
        row = [short(student), *(points(judgement.verdict(task).earned) for task in tasks)]
        row.append(f"{points(judgement.earned)} of {points(judgement.points)}")
        if entry := entries.get(student):
            row += [_by_hand(entry)] * hand + [points(-entry.penalty or 0.0)] * late
            row.append(f"{points(entry.total)} of {points(entry.points)}")
        rows.append([*row, _whole(judgement), str(len(notes(judgement)))])
    legend = []
    if hand:
        legend.append("by hand: points that a person gave; who waits has answers for one to grade")
    if late:
        legend.append("late: points taken off for lateness")
    legend.append("whole package: points, had each task run on all of the student's own code")
    return "\n".join([columns(rows), *legend])


def _whole(judgement: Judgement) -> str:
    return "?" if judgement.whole is None else points(judgement.whole)


def notes(judgement: Judgement) -> list[str]:
    """Tell what was odd in a submission; what several notebooks share is one line."""
    places: dict[str, list[str]] = {}
    for note in judgement.odd:
        place, _, said = note.partition(": ")
        places.setdefault(said, []).append(place)
    return [f"{', '.join(where)}: {said}" for said, where in places.items()]


def _by_hand(entry: Entry) -> str:
    given = round(entry.by_hand, 2)
    if entry.waits:
        return f"{points(given)}, waits" if given else "waits"
    return points(given)


def columns(rows: Sequence[Sequence[str]], left: Collection[int] = (0,)) -> str:
    """Set rows of words in columns; some are flush left, the first by default."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at in left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
