"""Lays out what was handed in, wherever it comes from, as nbgrader wants it: course/submitted.

    python -m grading collect submissions.zip --module module1 --roster grades.csv

Takes what Canvas, Moodle and Brightspace export, a folder with a folder for each student, and Git
repositories: a clone, a folder of clones, an address, or a table `id,repository`. Work that is
there already and newer stays; what it takes the place of goes to course/earlier.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from grading.collect.collector import Collector
from grading.collect.place import STAMP, Collected
from grading.collect.roster import read_table
from grading.course.guides import load_course
from grading.course.regions import GradingError
from grading.paths import ROOT, SUBMITTED
from grading.submission.sanitize import clean

MOST_TOLD = 20  # lines of a kind in the report


def summary(found: Collected, assignment: str) -> str:
    """Say what was placed, what wasn't, and who is missing; students appear by id."""
    new = {student: files for student, files in found.placed.items() if files}
    same = len(found.placed) - len(new)
    count = sum(len(files) for files in new.values())
    placed = f"{_count(count, 'file')} of {_count(len(new), 'student')}"
    said = [
        f"Placed {placed} in {SUBMITTED}/<student>/{assignment}"
        + (f"; of {same} everything was there already." if same else ".")
    ]
    said += _few("Kept both", found.kept)
    if found.late:
        said.append(f"Marked late by the platform ({len(found.late)}): {_ids(found.late)}")
    if found.timeless:
        said.append(
            f"Nobody says when the work of {len(found.timeless)} was handed in, so nbgrader counts "
            f"none of it late; a {STAMP} in a student's folder says it."
        )
    said += _few("Not placed", found.left_out)
    if found.missing:
        head = f"Missing ({len(found.missing)} of {found.expected})"
        said.append(f"{head}: {_ids(found.missing)}")
    elif not found.expected:
        said.append("Who is missing can be told with a --roster.")
    return "\n".join(said)


def _few(head: str, lines: Sequence[str]) -> list[str]:
    said = [f"{head}: {line}" for line in lines[:MOST_TOLD]]
    more = len(lines) - MOST_TOLD
    return said + ([f"{head}: and {more} more."] if more > 0 else [])


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _ids(students: Collection[str]) -> str:
    return ", ".join(clean(student, 60) for student in sorted(students))


def parse_zone(name: str | None) -> tzinfo | None:
    """Read a zone of time.

    Raises:
        GradingError: there is none of that name.

    """
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise GradingError(f"{name}: is no zone of time; one is Europe/Berlin.") from error


def parse_deadline(text: str | None, zone: tzinfo | None) -> datetime | None:
    """Read a time such as `2026-11-30 23:59`.

    Raises:
        GradingError: it is none.

    """
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise GradingError(f"--deadline {text}: a time is written 2026-11-30 23:59.") from error
    if read.tzinfo:
        return read
    return read.replace(tzinfo=zone) if zone else read.astimezone()


def main() -> None:
    """Collect what the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="zips, folders, repositories")
    parser.add_argument("--module", required=True, help="the assignment: module0 …")
    parser.add_argument("--roster", type=Path, help="a table of students, of the platform or own")
    parser.add_argument(
        "--deadline", help="of repositories: 2026-11-30 23:59; the last commit until then"
    )
    parser.add_argument("--zone", help="of the platform's times: Europe/Berlin (this machine's)")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    arguments = parser.parse_args()
    try:
        zone = parse_zone(arguments.zone)
        before = parse_deadline(arguments.deadline, zone)
        table = read_table(arguments.roster) if arguments.roster else None
        course = load_course(ROOT, strict=False)
        collector = Collector(course, arguments.module, table, zone=zone, dry=arguments.dry_run)
        found = collector.collect(arguments.paths, before)
    except GradingError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. Start it again: what is placed stays.")
    for line in table.doubtful if table else ():
        print(line)
    print(summary(found, arguments.module))
    if table and not found.placed and found.left_out:
        print(f"Nobody of {arguments.roster} handed in: is it the table of another course?")
    if found.left_out:
        sys.exit(1)
