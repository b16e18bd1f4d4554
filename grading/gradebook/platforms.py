"""Gives points and feedback back to a learning platform, in the columns and names it imports.

    python -m grading export-grades module1 --roster grades.csv
    python -m grading export-grades module1 --for canvas --feedback feedback.zip

The table that the platform exported is given back with one column filled in and all else as it was;
without one, a new table has the columns that the platform asks for. Points come from the gradebook,
with what a person gave and less what lateness cost. `course/grades.csv` stays as it is.
"""

from __future__ import annotations

import argparse
import re
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grading.collect.place import remembered
from grading.collect.roster import (
    BRIGHTSPACE,
    CANVAS,
    MOODLE,
    OWN,
    PLATFORMS,
    Person,
    Table,
    folded,
    read_table,
)
from grading.course.guides import load_course
from grading.course.regions import GradingError
from grading.course.tasks import Assignment
from grading.gradebook import examples, records
from grading.gradebook.feedback import points, short
from grading.gradebook.records import Entry
from grading.paths import FEEDBACK, GRADEBOOK, ROOT

END = "End-of-Line Indicator"
POSSIBLE = "Points Possible"
MOST_NAMED = 20  # students in a line
# The columns of a new table, and of each a student's value.
HEADS: Mapping[str, Mapping[str, str]] = {
    CANVAS: {
        "Student": "{last_name}, {first_name}",
        "ID": "{id}",
        "SIS User ID": "",
        "SIS Login ID": "{email}",
        "Section": "",
    },
    MOODLE: {
        "ID number": "{id}",
        "First name": "{first_name}",
        "Last name": "{last_name}",
        "Email address": "{email}",
    },
    BRIGHTSPACE: {"OrgDefinedId": "#{id}", "Username": "", END: "#"},
}


@dataclass
class Exported:
    """What came of an export.

    Attributes:
        table: with the points in it.
        filled: students whose points are in it.
        strangers: students with points who are not in the table.
        empty: students of the table without points; what stood there stays.
        waiting: of those filled, students of whose work a part waits for a person.
        notes: what to look at besides.

    """

    table: Table
    filled: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def title(assignment: str) -> str:
    """Write an assignment's name for people: `Module 1`."""
    word = assignment.rstrip("0123456789")
    return f"{word} {assignment.removeprefix(word)}".strip().capitalize()


def task_scores(assignment: Assignment, entry: Entry) -> dict[str, float]:
    """Return the points of each task, by its label, with those given by hand."""
    scores = entry.scores
    found = {}
    for task in assignment.tasks:
        cells = (task.grade_id, *task.hand_grade_ids)
        found[task.label] = sum(score for (_, cell), score in scores.items() if cell in cells)
    return found


def fill(
    table: Table,
    assignment: Assignment,
    entries: Mapping[str, Entry],
    *,
    tasks: bool = False,
    column: str = "",
    scale: bool = False,
) -> Exported:
    """Fill an assignment's points into a platform's table.

    Args:
        table: of the platform; it is changed.
        assignment: whose points.
        entries: what the gradebook holds, by student's id.
        tasks: add a column for each task.
        column: the name of the column; found by the assignment's name unless given.
        scale: turn points into those that the platform counts of.

    Raises:
        GradingError: nobody with points is in the table, or there is no such column.

    """
    done = Exported(table)
    known = _matched(table, entries, done)
    if entries and not known:
        raise GradingError(
            f"{table.path}: none of the {len(entries)} students with points in {assignment.name} "
            "is in it. Is it the table of another course?"
        )
    at = _column(table, title(assignment.name), assignment.name, column)
    _set_possible(table, at, assignment.points)
    factor = _factor(table, at, assignment.points, done, scale=scale)
    per_task = {}
    for task in assignment.tasks if tasks else ():
        own = _column(table, f"{title(assignment.name)} {task.label}", task.id)
        _set_possible(table, own, task.points + task.hand_points)
        per_task[task.label] = own
    words = next((n for n, name in enumerate(table.columns) if _is_feedback(name)), -1)
    for person in table.people:
        entry = known.get(person.id)
        if entry is None:
            done.empty.append(person.id)
            continue
        row = table.rows[person.row]
        row[at] = points(entry.total * factor)
        scores = task_scores(assignment, entry)
        for label, where in per_task.items():
            row[where] = points(scores[label])
        if words >= 0 and not row[words].strip():
            row[words] = "; ".join(f"{label}: {points(s)}" for label, s in scores.items())
        done.filled.append(person.id)
        done.waiting += [person.id] * entry.waits
    return done


def _factor(table: Table, at: int, ours: float, done: Exported, *, scale: bool) -> float:
    """Return what a point of the gradebook is worth in a column; note where they differ."""
    theirs = _possible(table, at)
    if not theirs or not ours or abs(theirs - ours) < 1e-9:
        return 1.0
    what = "scaled" if scale else "not scaled; --scale does it"
    done.notes.append(
        f"{table.columns[at]!r} counts {points(theirs)} points and the gradebook {points(ours)}: "
        f"{what}."
    )
    return theirs / ours if scale else 1.0


def _matched(table: Table, entries: Mapping[str, Entry], done: Exported) -> dict[str, Entry]:
    """Find the table's students in the gradebook: by id, else by what else names them."""
    by_id = {person.id: person for person in table.people}
    known: dict[str, Entry] = {}
    for student, entry in sorted(entries.items(), key=lambda each: each[0] not in by_id):
        person: Person | None = by_id.get(student) or table.find("", "", student)[0]
        if person is None or person.id in known:
            done.strangers.append(student)
        else:
            known[person.id] = entry
    return known


def _is_feedback(name: str) -> bool:
    return name.casefold() in ("feedback comments", "feedback")


def _base(table: Table, name: str) -> str:
    """Leave out what a platform adds to the name that a teacher gave."""
    if table.kind == CANVAS:
        name = re.sub(r" \(\d+\)$", "", name)
    if table.kind == BRIGHTSPACE:
        name = name.partition(" Points Grade")[0]
    if table.kind == MOODLE:
        name = name.removeprefix("Assignment:").partition(" (Real)")[0]
    return folded(name)


def _column(table: Table, name: str, other: str, wanted: str = "") -> int:
    """Find the column of a name, or make it: the last, but for the one that ends a line.

    Raises:
        GradingError: a column that was asked for by its name isn't there.

    """
    columns, names = table.columns, (folded(name), folded(other))
    if wanted:
        found = [n for n, each in enumerate(columns) if each == wanted]
    elif {"Identifier", "Grade"} <= {*columns} and " Task " not in name:
        found = [columns.index("Grade")]  # Moodle's worksheet is of one assignment
    else:
        found = [n for n, each in enumerate(columns) if _base(table, each) in names]
    if wanted and not found:
        raise GradingError(f"{table.path}: has no column {wanted!r}, but {', '.join(columns)}.")
    if len(found) > 1:
        listed = ", ".join(repr(columns[n]) for n in found)
        raise GradingError(f"{table.path}: {listed} could be meant; name one with --column.")
    for row in filter(None, table.rows):
        row += [""] * (len(table.head) - len(row))
    if found:
        return found[0]
    at = columns.index(END) if END in columns else len(columns)
    table.head.insert(at, f"{name} Points Grade" if table.kind == BRIGHTSPACE else name)
    for row in filter(None, table.rows):
        row.insert(at, "")
    return at


def _possible_row(table: Table) -> list[str] | None:
    """Find the line of Canvas that says how many points there are."""
    if table.kind == CANVAS:
        for row in table.rows:
            if row and row[table.column("Student")].strip() == POSSIBLE:
                return row
    return None


def _set_possible(table: Table, at: int, value: float) -> None:
    """Say of how many points a new column counts, where the platform has a line for it."""
    row = _possible_row(table)
    if row is not None and not row[at].strip():
        row[at] = points(value)


def _possible(table: Table, at: int) -> float:
    """Return of how many points a column counts; 0 if nobody says."""
    said = ""
    if row := _possible_row(table):
        said = row[at]
    elif found := re.search(r"MaxPoints:([\d.]+)", table.columns[at]):
        said = found[1]
    elif table.columns[at] == "Grade" and "Maximum Grade" in table.columns and table.people:
        said = table.rows[table.people[0].row][table.column("Maximum Grade")]
    try:
        return float(said.replace(",", "."))
    except ValueError:
        return 0.0


def new_table(platform: str, students: Mapping[str, Mapping[str, str]]) -> Table:
    """Make the table that a platform imports.

    Args:
        platform: `canvas`, `moodle` or `brightspace`.
        students: names and e-mail addresses by id.

    """
    head = HEADS[platform]
    rows = [
        [value.format(id=student, **about).strip(", ") for value in head.values()]
        for student, about in students.items()
    ]
    first = int(platform == CANVAS)
    if first:
        rows.insert(0, [f"    {POSSIBLE}", *[""] * (len(head) - 1)])
    people = [Person(student, row) for row, student in enumerate(students, first)]
    return Table(Path(f"{platform}.csv"), platform, list(head), rows, people)


def students(root: Path) -> dict[str, dict[str, str]]:
    """Read names and e-mail addresses from the gradebook, by id."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / GRADEBOOK}", records.COURSE_ID) as book:
        everyone: Any = book.students
        return {
            each.id: {n: getattr(each, n) or "" for n in ("first_name", "last_name", "email")}
            for each in everyone
            if not each.id.startswith(f"{examples.PREFIX}-")
        }


# Feedback


def pack_feedback(root: Path, assignment: Assignment, target: Path) -> tuple[int, list[str]]:
    """Pack the feedback pages under the names by which the platform knows the hand-ins.

    Returns:
        How many students' pages are in it, and of whom there are pages that have no such name.

    Raises:
        GradingError: there is no feedback.

    """
    known = remembered(root).get(assignment.name, {})
    aside = target.with_name(f".{target.name}.part")
    unnamed, count = [], 0
    with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in sorted((root / FEEDBACK).glob(f"*/{assignment.name}")):
            student = folder.parent.name
            pages = sorted(folder.glob("*.html"))
            if student not in known:
                unnamed += [student] * bool(pages and not student.startswith(examples.PREFIX))
                continue
            names = {page: name for page in pages if (name := _page_name(known[student], page))}
            for page, name in names.items():
                archive.write(page, name)
            count += bool(names)
    if not count:
        aside.unlink()
        raise GradingError(
            f"{FEEDBACK}: holds no feedback on {assignment.name} of a hand-in that was collected "
            f"from a platform. `python -m grading grade {assignment.name}` writes it, and "
            "`python -m grading collect` remembers a platform's names."
        )
    aside.replace(target)
    return count, unnamed


def _page_name(known: Mapping[str, Any], page: Path) -> str:
    """Name a page as the platform named what it is about; empty if that was not handed in."""
    if known["platform"] != CANVAS:
        return f"{known['label']}/{page.name}"
    name = known["files"].get(f"{page.stem}.ipynb", "")
    return f"{name.rpartition('.')[0] or name}.html" if name else ""


# The command


def summary(done: Exported) -> str:
    """Say whose points are in the table, and whose are not; students appear by id."""
    said = [f"Filled in the points of {len(done.filled)} students."]
    for head, ids in (
        ("A part waits for a person to grade it", done.waiting),
        ("Without points; what stood there stays", done.empty),
        ("In the gradebook, but not in the table", done.strangers),
    ):
        if ids:
            named = ", ".join(short(each) for each in sorted(ids)[:MOST_NAMED])
            more = ", …" * (len(ids) > MOST_NAMED)
            said.append(f"{head} ({len(ids)}): {named}{more}")
    return "\n".join([*said, *done.notes])


def _table(arguments: argparse.Namespace) -> Table:
    if arguments.roster:
        table = read_table(arguments.roster)
        if table.kind != OWN:
            return table
        if not arguments.platform:
            raise GradingError(f"{table.path}: is no platform's table; say --for which it is.")
    if not arguments.platform:
        raise GradingError("Give the table that the platform exported as --roster, or say --for.")
    return new_table(arguments.platform, students(ROOT))


def main() -> None:
    """Export what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("module", help="the assignment: module0 …")
    parser.add_argument("--roster", type=Path, help="the table that the platform exported")
    parser.add_argument("--for", dest="platform", choices=PLATFORMS, help="without one: for which")
    parser.add_argument("--column", default="", help="its column, if the name doesn't tell")
    parser.add_argument("--tasks", action="store_true", help="a column for each task, too")
    parser.add_argument("--scale", action="store_true", help="to the points the platform counts of")
    parser.add_argument("--feedback", type=Path, help="a zip to write, for the platform's upload")
    parser.add_argument("--output", type=Path, help="the table to write (course/grades-MODULE.csv)")
    arguments = parser.parse_args()
    target = arguments.output or ROOT / "course" / f"grades-{arguments.module}.csv"
    try:
        assignment = load_course(ROOT).assignment(arguments.module)
        entries = records.entries(ROOT, assignment.name)
        entries = {s: e for s, e in entries.items() if not s.startswith(f"{examples.PREFIX}-")}
        if not entries:
            raise GradingError(
                f"The gradebook holds no points of {assignment.name}: "
                f"run python -m grading grade {assignment.name}."
            )
        if arguments.roster and target.resolve() == arguments.roster.resolve():
            raise GradingError(f"{target}: is the platform's own table; name another --output.")
        done = fill(
            _table(arguments),
            assignment,
            entries,
            tasks=arguments.tasks,
            column=arguments.column,
            scale=arguments.scale,
        )
        done.table.write(target)
        print(f"{summary(done)}\nWrote {target}")
        if arguments.feedback:
            count, unnamed = pack_feedback(ROOT, assignment, arguments.feedback)
            print(f"Wrote {arguments.feedback}, with the feedback on {count} hand-ins")
            if unnamed:
                named = ", ".join(short(each) for each in unnamed[:MOST_NAMED])
                print(f"Not in it, since no platform's name of the hand-in is known: {named}")
    except GradingError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{error.filename}: can't be written: {error.strerror}.")
