"""Who is in the course: a table of students, of a learning platform or as nbgrader reads it.

It is kept as it was written, cell by cell, so that it can be given back with a column filled in.
"""

from __future__ import annotations

import contextlib
import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from grading.course.regions import GradingError

LARGEST = 16 << 20  # bytes of a table
CANVAS, MOODLE, BRIGHTSPACE, OWN = "canvas", "moodle", "brightspace", "own"
PLATFORMS = (CANVAS, MOODLE, BRIGHTSPACE)

# Of each kind: the columns that give a student's id (the first that is filled), and by which of
# them the platform names a hand-in.
IDS: Mapping[str, tuple[str, ...]] = {
    CANVAS: ("ID", "SIS User ID", "SIS Login ID"),
    MOODLE: ("ID number", "Email address", "Username", "Identifier"),
    BRIGHTSPACE: ("OrgDefinedId", "Username"),
    OWN: ("id",),
}
NUMBERS: Mapping[str, tuple[str, ...]] = {
    CANVAS: ("ID",),
    MOODLE: ("Identifier",),
    BRIGHTSPACE: (),
    OWN: ("lms_user_id", "id"),
}
NAMES = (
    ("Student",),
    ("Full name",),
    ("First name", "Last name"),
    ("First name", "Surname"),
    ("First Name", "Last Name"),
    ("first_name", "last_name"),
)
TEST = "Student, Test"
MAILS = ("Email address", "Email", "email")
KNOWN = (
    "Canvas (Student, ID, …), Moodle (Identifier or ID number or Email address), "
    "Brightspace (OrgDefinedId or Username) or nbgrader's own (id,first_name,last_name,email)"
)


@dataclass(frozen=True)
class Person:
    """A student of the course.

    Attributes:
        id: by which grading knows them.
        row: of the table.
        number: by which the platform names their hand-ins; empty if the table has none.
        name: as the table has it.
        handed_in: when, if the table says it; in the platform's own time.
        keys: spellings of the name and of what else may stand for it, folded.

    """

    id: str
    row: int
    number: str = ""
    name: str = ""
    handed_in: datetime | None = None
    keys: frozenset[str] = frozenset()


@dataclass
class Table:
    """A table of students, as it was read.

    Attributes:
        path: where it was read.
        kind: whose it is: `canvas`, `moodle`, `brightspace` or `own`.
        head: its columns.
        rows: all other lines, also those that are no student.
        people: the students in it.
        doubtful: what could not be read as a student, a sentence each.

    """

    path: Path
    kind: str
    head: list[str]
    rows: list[list[str]]
    people: list[Person] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    encoding: str = "utf-8"
    delimiter: str = ","
    newline: str = "\n"

    def column(self, name: str) -> int:
        """Return where a column stands; -1 if there is none."""
        return self.columns.index(name) if name in self.columns else -1

    @property
    def columns(self) -> list[str]:
        """The names of the columns, without the spaces around them."""
        return [cell.strip() for cell in self.head]

    def find(self, platform: str, number: str, name: str) -> tuple[Person | None, str]:
        """Find whose a hand-in is.

        Args:
            platform: that named it; empty where a person did.
            number: in its name; empty if there is none.
            name: of the student, in any spelling.

        Returns:
            The student, or None and why not.

        """
        # A platform's own number decides alone: a name may be borne by two.
        if number and (platform == self.kind or self.kind == OWN):
            if found := [person for person in self.people if person.number == number]:
                return found[0], ""
            if platform == self.kind and any(person.number for person in self.people):
                return None, f"number {number} is not in {self.path.name}"
        wanted = folded(name)
        found = [person for person in self.people if wanted and wanted in person.keys]
        if len(found) == 1:
            return found[0], ""
        if found:
            return None, f"{len(found)} students in {self.path.name} have this name"
        return None, f"nobody in {self.path.name} is called so"

    def text(self) -> str:
        """Write the table as it was, with what has been changed in it."""
        out = io.StringIO()
        rows = csv.writer(out, delimiter=self.delimiter, lineterminator=self.newline)
        rows.writerows([self.head, *self.rows])
        return out.getvalue()

    def write(self, path: Path) -> None:
        """Write the table into a file, moved into place when it is whole."""
        aside = path.with_name(f".{path.name}.part")
        aside.write_bytes(self.text().encode(self.encoding))
        aside.replace(path)


def folded(text: str) -> str:
    """Leave out how a name is spelled: accents, capitals, spaces, hyphens."""
    letters = unicodedata.normalize("NFKD", text[:300].casefold())
    return "".join(c for c in letters if c.isalnum())


def forms(parts: Sequence[str]) -> frozenset[str]:
    """Spell a name as platforms do: `Ada Lovelace`, `Lovelace, Ada`, `lovelaceada`."""
    whole = [part for part in parts if part.strip()]
    if len(whole) == 1 and "," in whole[0]:
        last, _, first = whole[0].partition(",")
        whole = [first, last]
    if len(whole) == 1:  # where the first name ends, nobody says
        words = whole[0].split()
        turns = [words[at:] + words[:at] for at in range(len(words))]
        return frozenset(folded("".join(turn)) for turn in turns) - {""}
    return frozenset({folded("".join(whole)), folded("".join(reversed(whole)))}) - {""}


def read_table(path: Path) -> Table:
    """Read a table of students.

    Raises:
        GradingError: it can't be read, or holds no students.

    """
    raw = _bytes(path)
    text, encoding = _decoded(raw, path)
    line = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=lambda c: (line.count(c), c == ","))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False))
    except csv.Error as error:
        raise GradingError(f"{path}: is not a table of comma-separated values: {error}.") from error
    while rows and not any(cell.strip() for cell in rows[0]):
        del rows[0]
    if not rows:
        raise GradingError(f"{path}: is empty; a table of students has a line of column names.")
    head, *rest = rows
    kind = _kind([cell.strip() for cell in head])
    if not kind:
        shown = ", ".join(cell.strip()[:40] for cell in head[:6])
        raise GradingError(
            f"{path}: its columns ({shown}{', …' * (len(head) > 6)}) are not those of a table of "
            f"students from {KNOWN}."
        )
    newline = "\r\n" if "\r\n" in text else "\n"
    table = Table(path, kind, head, rest, encoding=encoding, delimiter=delimiter, newline=newline)
    _fill(table)
    if not table.people:
        raise GradingError(f"{path}: no student is in it.")
    return table


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise GradingError(f"{path}: is larger than {LARGEST >> 20} MB; no class is.")
        return path.read_bytes()
    except IsADirectoryError as error:
        raise GradingError(f"{path}: is a folder; name the table of students in it.") from error
    except OSError as error:
        raise GradingError(f"{path}: can't be read: {error.strerror}.") from error


def _decoded(raw: bytes, path: Path) -> tuple[str, str]:
    if b"\0" in raw and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise GradingError(f"{path}: is no text; export the table as CSV, not as a workbook.")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8", "cp1252"]
    for encoding in encodings:
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise GradingError(f"{path}: is in no encoding that is known here; save it as UTF-8.")


def _kind(head: Iterable[str]) -> str:
    columns = set(head)
    if {"Student", "ID"} <= columns:
        return CANVAS
    if "OrgDefinedId" in columns or {"Username", "End-of-Line Indicator"} <= columns:
        return BRIGHTSPACE
    if {"Identifier", "ID number", "Email address"} & columns:
        return MOODLE
    return OWN if "id" in columns else ""


def _fill(table: Table) -> None:
    """Find the students in a table's rows; two of one id can't be told apart."""
    taken: dict[str, int] = {}

    for at, row in enumerate(table.rows):
        cells = dict(zip(table.columns, row, strict=False))

        def cell(name: str, cells: dict[str, str] = cells) -> str:
            return cells.get(name, "").strip().lstrip("#")  # Brightspace puts # before an id

        names = [[cell(part) for part in parts] for parts in NAMES]
        spelled = [parts for parts in names if all(parts)]
        chosen = next((v for column in IDS[table.kind] if (v := cell(column))), "")
        # `Points Possible` and other lines above a class in Canvas have no ID; the teacher's own
        # view of the course has one.
        if not chosen or (table.kind == CANVAS and (not cell("ID") or cell("Student") == TEST)):
            continue
        if chosen in taken:
            table.doubtful.append(
                f"{table.path.name}: {chosen} stands in lines {taken[chosen] + 2} and {at + 2}; "
                "the first counts"
            )
            continue
        taken[chosen] = at
        number = next((v for column in NUMBERS[table.kind] if (v := cell(column))), "")
        keys = {chosen, *(cell(column) for columns in IDS.values() for column in columns)}
        keys |= {cell(column) for column in MAILS}
        keys |= {cell(column).partition("@")[0] for column in MAILS}
        table.people.append(
            Person(
                id=chosen,
                row=at,
                number=number.removeprefix("Participant").strip(),
                name=" ".join(spelled[0]) if spelled else "",
                handed_in=_time(cell("Last modified (submission)")),
                keys=frozenset({folded(key) for key in keys} - {""}).union(*map(forms, spelled)),
            )
        )


def _time(text: str) -> datetime | None:
    """Read a time as Moodle writes it in English: `Monday, 30 November 2026, 11:59 PM`."""
    for form in ("%A, %d %B %Y, %I:%M %p", "%d %B %Y, %I:%M %p", "%d/%m/%Y, %H:%M"):
        with contextlib.suppress(ValueError):
            return datetime.strptime(text, form).astimezone()
    return None
