"""Lays out hand-ins, and never puts older work in the place of newer."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grading.collect.roster import folded
from grading.course.tasks import Course
from grading.paths import COLLECTED, EARLIER, SUBMITTED
from grading.submission.find import named, words
from grading.submission.handed_in import MOST_BYTES, File, OverBudget
from grading.submission.read import unfit
from grading.submission.sanitize import clean

MOST_FILES = 2000  # of one hand-in
STAMP = "timestamp.txt"
Parts = tuple[str, ...]  # of a path


@dataclass
class HandIn:
    """What one student handed in at one time.

    Attributes:
        student: the id.
        label: by which the platform knows it again.
        platform: which one; empty for a folder or a repository.
        when: it was handed in; None if nobody says.
        late: the platform says so.
        files: with the places that they have in it.

    """

    student: str
    label: str = ""
    platform: str = ""
    when: datetime | None = None
    late: bool = False
    files: list[tuple[File, Parts]] = field(default_factory=list)


@dataclass
class Collected:
    """What came of collecting.

    Attributes:
        placed: files by student's id.
        late: students whom the platform marks late.
        timeless: students of whose work nobody says when it was handed in.
        kept: work that newer work took the place of, or that is older than what is there.
        left_out: what could not be placed, and why.
        missing: students of the course of whom there is nothing.
        expected: how many students are in the course; 0 if nobody says.

    """

    placed: dict[str, list[str]] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)
    timeless: set[str] = field(default_factory=set)
    kept: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    expected: int = 0

    def leave(self, place: str, why: str) -> None:
        """Note what can't be placed."""
        self.left_out.append(f"{clean(place, 160)} {why}")


class Guides:
    """Which guide a file's name names, and which assignment a folder's.

    Args:
        course: whose guides.
        assignment: the one that is collected.

    """

    def __init__(self, course: Course, assignment: str) -> None:
        self.assignment = course.assignment(assignment).name
        self.own = set(course.assignment(assignment).notebooks)
        self.stems = {n: words(Path(n).stem) for each in course.assignments for n in each.notebooks}
        self._folders = {folded(each.name): each.name for each in course.assignments}

    def of(self, name: str) -> str:
        """Return the guide that a file's name names; empty if none."""
        return named(File(name, 0.0, lambda: (None, "")), self.stems)

    def folder(self, parts: Parts) -> tuple[int, str]:
        """Return the innermost folder called as an assignment: where it stands, and which."""
        for at in range(len(parts) - 2, -1, -1):
            if found := self._folders.get(folded(parts[at])):
                return at, found
        return -1, ""


class Placer:
    """Lays out the hand-ins of an assignment.

    Args:
        root: the project.
        guides: of the course.
        found: takes note of what came of it.
        dry: only say what would be done.

    """

    def __init__(self, root: Path, guides: Guides, found: Collected, *, dry: bool = False) -> None:
        self.root, self.guides, self.found, self.dry = root, guides, found, dry
        self.assignment = guides.assignment
        self._names = remembered(root)

    def place(self, hand_ins: Collection[HandIn]) -> None:
        """Lay out hand-ins, the first in time first."""

        def when(hand_in: HandIn) -> float:
            return hand_in.when.timestamp() if hand_in.when else 0.0

        for hand_in in sorted(hand_ins, key=when):
            try:
                self._place_one(hand_in)
            except OSError as error:
                self.found.leave(hand_in.student, f"can't be written: {error.strerror or error}")
        if not self.dry and any(hand_in.platform for hand_in in hand_ins):
            text = json.dumps(self._names, indent=1, sort_keys=True, ensure_ascii=False)
            _write_at(self.root / COLLECTED, f"{text}\n".encode())

    def _place_one(self, hand_in: HandIn) -> None:
        student = hand_in.student
        if why := unfit_id(student):
            self.found.leave(hand_in.label or student, f"can't be placed: {why}")
            return
        target = self.root / SUBMITTED / student / self.assignment
        if _blocked(target) or _blocked(target.parent):
            self.found.leave(student, f"can't be placed: {target} is a link or a file")
            return
        chosen = self._of_this_assignment(hand_in)
        if not chosen:
            return
        size, written = 0, list[str]()
        for count, (file, parts) in enumerate(chosen):
            if count == MOST_FILES:
                self.found.leave(student, f"holds more than {MOST_FILES} files; the rest is left")
                break
            try:
                raw, why = file.read()
            except OverBudget:
                self.found.leave(student, "holds more than can be unpacked")
                break
            if raw is None:
                self.found.leave(f"{student}: {file.place}", why)
                continue
            size += len(raw)
            if size > MOST_BYTES:
                self.found.leave(
                    student, f"holds more than {MOST_BYTES >> 20} MB; the rest is left"
                )
                break
            when = hand_in.when.timestamp() if hand_in.when else file.changed
            if self._write(target, parts, raw, when, student):
                written.append("/".join(parts))
        self.found.placed.setdefault(student, []).extend(written)
        if written:
            self._stamp(target, hand_in)
        if written or student not in self._names.get(self.assignment, {}):
            self._remember(hand_in, chosen)
        if hand_in.late:
            self.found.late.add(student)

    def _of_this_assignment(self, hand_in: HandIn) -> list[tuple[File, Parts]]:
        """Choose what of a hand-in belongs to the assignment, and where in its folder it goes."""
        inside, loose, others = list[tuple[File, Parts]](), list[tuple[File, Parts]](), set[str]()
        for file, parts in hand_in.files:
            at, folder = self.guides.folder(parts)
            if folder == self.assignment:
                inside.append((file, parts[at + 1 :]))
            elif folder:
                others.add(folder)
            else:
                loose.append((file, parts))
        files = [each for each in inside or loose if each[1][-1] != STAMP]  # its author's own
        guides = [self.guides.of(parts[-1]) for _, parts in files]
        own = [
            guide if guide in self.guides.own and ".ipynb" in parts[-1].casefold() else ""
            for guide, (_, parts) in zip(guides, files, strict=True)
        ]
        others |= {
            Path(each).parent.name for each in guides if each and each not in self.guides.own
        }
        if not inside and not any(own) and others:
            said = f"holds nothing of {self.assignment}, but work of {', '.join(sorted(others))}"
            self.found.leave(hand_in.label or hand_in.student, said)
            return []
        placed = []
        for guide, (file, parts) in zip(own, files, strict=True):
            if guide and own.count(guide) == 1:  # nbgrader knows a notebook by its own name
                parts = (Path(guide).name,)
            placed.append((file, tuple(_tidy(part) for part in parts)))
        return placed

    def _write(self, target: Path, parts: Parts, raw: bytes, when: float, student: str) -> bool:
        """Write a file where nothing newer is, and say so; what gives way is kept."""
        path = target.joinpath(*parts)
        shown = f"{student}: {'/'.join(parts)}"
        above = list(path.parents)[: len(parts) - 1]
        if path.is_symlink() or path.is_dir() or any(map(_blocked, above)):
            self.found.leave(shown, "can't be placed: a link, or a folder of that name, is there")
            return False
        if path.exists():
            there, changed = path.read_bytes(), path.stat().st_mtime
            if there == raw:
                return False
            if when > changed:
                if kept := self._keep(student, parts, there, changed):
                    self.found.kept.append(f"{shown} is newer than what was there, now in {kept}")
            else:
                if kept := self._keep(student, parts, raw, when):
                    self.found.kept.append(
                        f"{shown} is not newer than what stays there; see {kept}"
                    )
                return False
        if not self.dry:
            _write_at(path, raw, when)
        return True

    def _keep(self, student: str, parts: Parts, raw: bytes, when: float) -> str:
        """Keep what doesn't count any more; say where, or nothing if it is there already."""
        name = (
            datetime.fromtimestamp(when).strftime("%Y-%m-%d %H.%M.%S") if when else "unknown time"
        )
        folder = EARLIER / student / self.assignment / name
        place = folder.joinpath(*parts)
        if (self.root / place).exists():
            if (self.root / place).read_bytes() == raw:
                return ""
            digest = hashlib.sha256(raw).hexdigest()[:8]
            place = place.with_name(f"{digest} {place.name}")
            if (self.root / place).exists():
                return ""
        if not self.dry:
            _write_at(self.root / place, raw, when)
        return place.as_posix()

    def _stamp(self, target: Path, hand_in: HandIn) -> None:
        """Note when new work was handed in, as nbgrader reads it, if somebody who knows says so."""
        path, there = target / STAMP, b""
        if path.is_file():
            there = path.read_bytes()
        if hand_in.when is None:
            self.found.timeless.add(hand_in.student)
            if there:  # it told of the work before
                kept = self._keep(hand_in.student, (STAMP,), there, path.stat().st_mtime)
                self.found.kept.append(f"{hand_in.student}: {STAMP} told of older work; see {kept}")
                if not self.dry:
                    path.unlink()
            return
        text = f"{hand_in.when.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC\n".encode()
        if text > there and not self.dry:
            _write_at(path, text, hand_in.when.timestamp())

    def _remember(self, hand_in: HandIn, files: Sequence[tuple[File, Parts]]) -> None:
        """Remember how the platform names a hand-in: feedback goes back under that name."""
        if hand_in.platform:
            self._names.setdefault(self.assignment, {})[hand_in.student] = {
                "platform": hand_in.platform,
                "label": hand_in.label,
                "files": {"/".join(parts): file.name for file, parts in files},
            }


def remembered(root: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Read how platforms name hand-ins, by assignment and student's id."""
    try:
        return json.loads((root / COLLECTED).read_bytes())
    except (OSError, ValueError):
        return {}


def _blocked(folder: Path) -> bool:
    """Tell whether something that is no folder of its own stands in a folder's place."""
    return folder.is_symlink() or (folder.exists() and not folder.is_dir())


def unfit_id(student: str) -> str:
    """Say why something can't be a student's id, and a folder's name; empty if it can."""
    if not student or student in (".", "..") or "/" in student or "\\" in student:
        return f"{student!r} can't be the name of a folder"
    return "its name is too long" if len(student.encode(errors="replace")) > 200 else unfit(student)


def _tidy(part: str) -> str:
    """Make a name that this machine can write; what can't be printed is left out."""
    text = "".join(c if c.isprintable() and c != "/" else "_" for c in part)
    text = text.encode("utf-8", "replace").decode()
    while len(text.encode()) > 200:
        head, dot, end = text.rpartition(".")
        text = f"{head[:-8]}{dot}{end}" if len(head) > 8 else text[:50]
    return text if text.strip(". ") else "_"


def _write_at(path: Path, raw: bytes, when: float = 0.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{os.getpid()}.part")
    aside.write_bytes(raw)
    if when:
        os.utime(aside, (when, when))
    aside.replace(path)
