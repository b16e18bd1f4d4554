"""Finds out whose each file is, in an export, a folder or a repository."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from grading.collect.names import Named, read_name
from grading.collect.place import Collected, Guides, HandIn, Parts, Placer, unfit_id
from grading.collect.roster import Table
from grading.collect.sources import is_address, is_repository, look, repository
from grading.course.regions import GradingError
from grading.course.tasks import Course
from grading.paths import SUBMITTED
from grading.submission.handed_in import File, OverBudget, read_file

_FRONT = ("index.html",)  # what a platform itself puts beside the hand-ins


class Collector:
    """Sorts files by student and lays them out.

    Args:
        course: whose guides tell what belongs to the assignment.
        assignment: its name.
        table: who is in the course; None if nobody says.
        zone: in which a platform's times are; this machine's if None.
        dry: only say what would be done.

    """

    def __init__(
        self,
        course: Course,
        assignment: str,
        table: Table | None = None,
        *,
        zone: tzinfo | None = None,
        dry: bool = False,
    ) -> None:
        self.root, self.table, self.zone = course.root, table, zone
        self.guides = Guides(course, assignment)
        self.found = Collected(expected=len(table.people) if table else 0)
        self.placer = Placer(course.root, self.guides, self.found, dry=dry)

    # Whose is it

    def collect(self, words: Sequence[str], before: datetime | None = None) -> Collected:
        """Collect what the words of a command line name.

        Args:
            words: paths and addresses.
            before: of a repository, the last commit until then counts.

        Raises:
            GradingError: one of them can't be read; the others are collected.

        """
        problems = []
        for word in words:
            try:
                if repositories := list(self._repositories(word)):
                    for student, address in repositories:
                        self._take_repository(student, address, before)
                else:
                    self._take_export(Path(word))
            except (GradingError, OverBudget) as error:
                problems.append(str(error))
        self._count_missing()
        self.found.left_out += problems
        return self.found

    def _repositories(self, word: str) -> Iterator[tuple[str, str]]:
        """List the repositories that a word names: whose they are, if anybody says, and where."""
        path = Path(word)
        if is_address(word) or (path.is_dir() and is_repository(path)):
            yield "", word
        elif path.suffix.casefold() in (".csv", ".txt") and path.is_file():
            yield from self._listed(path)
        elif path.is_dir():
            inside = sorted(each for each in path.iterdir() if not each.is_symlink())
            if any(each.is_dir() and is_repository(each) for each in inside):
                for each in inside:
                    if each.is_dir() and is_repository(each):
                        yield "", str(each)
                    elif not each.name.startswith("."):
                        self.found.leave(each.name, "is no repository; the others are")

    def _listed(self, path: Path) -> Iterator[tuple[str, str]]:
        """Read a table `id,repository`."""
        text = (read_file(path)[0] or b"").decode("utf-8-sig", "replace")
        count = 0
        for row in csv.reader(text.splitlines()):
            cells = [cell.strip() for cell in row if cell.strip()]
            if not cells or cells[0].startswith("#") or "repository" in cells:
                continue
            place = path.parent / cells[-1]
            address = cells[-1] if is_address(cells[-1]) else str(place)
            if len(cells) > 2 or not (is_address(cells[-1]) or place.is_dir()):
                self.found.leave(
                    f"{path.name}: {','.join(row)}", "names no repository that is there"
                )
            else:
                yield cells[0] if len(cells) == 2 else "", address
            count += 1
        if not count:
            raise GradingError(
                f"{path}: is empty; a table of repositories has lines id,repository."
            )

    def _take_repository(self, student: str, address: str, before: datetime | None) -> None:
        name = student or address.rstrip("/").removesuffix(".git").replace(":", "/").split("/")[-1]
        chosen, why = self._whose_repository(name)
        if not chosen:
            self.found.leave(address, f"belongs to nobody: {why}")
            return
        try:
            with repository(address, before) as (files, when):
                ours = [(f, tuple(f.place.split("/"))) for f in files if self._is_ours(f.place)]
                if not ours:
                    self.found.leave(address, f"holds no notebook of {self.guides.assignment}")
                self.placer.place([HandIn(chosen, when=when, files=ours)] if ours else [])
        except GradingError as error:
            self.found.left_out.append(str(error))

    def _whose_repository(self, name: str) -> tuple[str, str]:
        """Find whose a repository is: `ada`, or `module1-ada` as classrooms name it."""
        ends = [name[at + 1 :] for at, c in enumerate(name) if c in "-_"] if self.table else []
        found = [self._student("", "", end) for end in (name, *ends)]
        return next((each for each in found if each[0]), found[0])

    def _is_ours(self, place: str) -> bool:
        """Tell whether a file of a whole project belongs to the assignment."""
        parts = tuple(place.split("/"))
        _, folder = self.guides.folder(parts)
        return (folder or self.guides.assignment) == self.guides.assignment and (
            bool(folder) or self.guides.of(parts[-1]) in self.guides.own
        )

    def _take_export(self, path: Path) -> None:
        source = look(path, self._is_work)
        hand_ins: dict[tuple[str, str], HandIn] = {}
        lost: dict[str, str] = {}  # what could not be placed, and why: once for each
        plain: list[tuple[File, Parts]] = []
        for file in source.files:
            parts = tuple(file.place.split("/"))
            at, name = self._named_part(parts)
            if name is None:
                plain.append((file, parts))
            elif not name.text:  # what was typed into the platform's own box is no notebook
                self._sort_named(name, file, parts[at + 1 :], hand_ins, lost)
        front = _FRONT if hand_ins or lost else ()
        plain = [each for each in plain if each[1][-1].casefold() not in front]
        depth = _depth([parts for _, parts in plain])
        for file, parts in plain:
            self._sort_plain(file, parts, depth, hand_ins, lost)
        if self.table is None:
            self._refuse_folders_of_folders(hand_ins, lost)
        for place, why in lost.items():
            self.found.leave(place, why)
        self.found.left_out += source.left_out
        if not source.files:
            self.found.leave(str(path), "holds no files")
        self.placer.place(list(hand_ins.values()))

    def _sort_named(
        self,
        name: Named,
        file: File,
        below: Parts,
        hand_ins: dict[tuple[str, str], HandIn],
        lost: dict[str, str],
    ) -> None:
        """Find whose a file is by the name that a platform gave it."""
        student, why = self._student(name.platform, name.number, name.name)
        if not student:
            lost.setdefault(name.label, f"belongs to nobody: {why}")
            return
        # Brightspace has a folder for each time; of the others all that is there is one hand-in.
        key = (student, name.label if name.when else "")
        when = name.when or self._noted(student)
        hand_in = hand_ins.setdefault(key, HandIn(student, name.label, name.platform, when))
        hand_in.late = hand_in.late or name.late
        parts = (name.rest, *below) if name.rest else below
        hand_in.files.append((file, parts or (file.name,)))

    def _named_part(self, parts: Parts) -> tuple[int, Named | None]:
        """Find the part of a path that a platform wrote; a student's own folder may stand first."""
        for at, part in enumerate(parts):
            if name := read_name(part, self.zone):
                return at, name
            if self.table and self.table.find("", "", _stem(part))[0]:
                break
        return -1, None

    def _is_work(self, parts: Parts, names: Sequence[str]) -> bool:
        """Tell whether a zip is what one student handed in, and no export of a class."""
        if self._named_part(parts)[1]:
            return True
        if self.table:
            return any(self.table.find("", "", _stem(part))[0] for part in parts)
        inside = (part for name in names for part in name.replace("\\", "/").split("/"))
        return not any(read_name(part) for part in inside)

    def _noted(self, student: str) -> datetime | None:
        """Return when a student handed in by the table, as Moodle's worksheet has it."""
        people = self.table.people if self.table else ()
        found = next((each.handed_in for each in people if each.id == student), None)
        return found.replace(tzinfo=self.zone) if found and self.zone else found

    def _student(self, platform: str, number: str, name: str) -> tuple[str, str]:
        """Return a student's id; or why there is none."""
        if self.table:
            person, why = self.table.find(platform, number, name)
            return (person.id, "") if person else ("", why)
        # Moodle numbers anew for each assignment, so a name is what stays.
        chosen = name if platform in ("", "moodle") else number
        why = unfit_id(chosen)
        return ("", why) if why else (chosen, "")

    def _sort_plain(
        self,
        file: File,
        parts: Parts,
        depth: int,
        hand_ins: dict[tuple[str, str], HandIn],
        lost: dict[str, str],
    ) -> None:
        """Find whose a file in a folder is: that of the folder that is called so.

        Args:
            file: the file.
            parts: of its path.
            depth: at which students' folders lie, where no table names them.
            hand_ins: it goes to one of them,
            lost: or here.

        """
        student, at, why = "", min(depth, len(parts) - 1), ""
        place = parts[at]
        if self.table:
            why = f"belongs to nobody: no part of its path is a student of {self.table.path.name}"
            for at, part in enumerate(parts):
                owner = self._owner(part) if at + 1 == len(parts) else part
                student, _ = self._student("", "", owner)
                if student:
                    break
        elif at + 1 < len(parts):
            student, why = self._student("", "", place)
        elif place.casefold().endswith(".zip"):
            student, why = self._student("", "", _stem(place))
        else:
            why = "lies among the students' folders; work lies in a folder called by a student's id"
        if not student:
            lost.setdefault(place, why)
            return
        hand_in = hand_ins.setdefault((student, ""), HandIn(student))
        hand_in.files.append((file, parts[at + 1 :] or (parts[-1],)))

    def _owner(self, name: str) -> str:
        """Take what names a student from a file's name: `ada_03_functional.ipynb`, `ada.zip`."""
        stem = _stem(name)
        guide = Path(self.guides.of(name)).stem
        if guide and stem.casefold().endswith(guide.casefold()):
            return stem[: -len(guide)].strip(" _-")
        return stem

    def _refuse_folders_of_folders(
        self, hand_ins: dict[tuple[str, str], HandIn], lost: dict[str, str]
    ) -> None:
        """Refuse a folder that holds several students' folders: its name is nobody's."""
        for key, hand_in in list(hand_ins.items()):
            within: dict[str, set[str]] = {}
            for _, parts in () if hand_in.platform else hand_in.files:
                if len(parts) > 1 and not self.guides.folder(parts)[1]:
                    within.setdefault(self.guides.of(parts[-1]), set()).add(parts[0])
            within.pop("", None)
            if folders := next((sorted(each) for each in within.values() if len(each) > 1), []):
                lost[hand_in.student] = (
                    f"holds folders with the same notebook ({', '.join(folders[:3])}); if these "
                    "are students, name that folder itself, or give a --roster"
                )
                del hand_ins[key]

    def _count_missing(self) -> None:
        for person in self.table.people if self.table else ():
            if person.id in self.found.placed:
                continue
            if not (self.root / SUBMITTED / person.id / self.guides.assignment).is_dir():
                self.found.missing.append(person.id)


def _stem(part: str) -> str:
    head, dot, end = part.rpartition(".")
    return head if dot and end.casefold() in ("zip", "ipynb") else part


def _depth(paths: Sequence[Parts]) -> int:
    """Say at which depth students' folders lie: below those that hold nothing but one other."""
    depth = 0
    while (
        paths
        and all(len(parts) > depth + 2 for parts in paths)
        and len({parts[depth] for parts in paths}) == 1
        and len({parts[depth + 1] for parts in paths}) > 1
    ):
        depth += 1
    return depth
