"""What lies in a student's folder: files, also those in folders below and in zips, within a budget.

Nothing is unpacked or written: a member of a zip is read where it is, so its path leads nowhere.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import os
import stat
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LARGEST_FILE = 64 << 20
MOST_BYTES = 256 << 20  # read of one submission, unpacked
MOST_ENTRIES = 20_000  # of folders and archives
DEEPEST = 20  # folders in folders
MOST_ARCHIVES, DEEPEST_ARCHIVE = 20, 2

OVER = f"this submission holds more than {MOST_BYTES >> 20} MB of notebooks"
TOO_LARGE = f"is larger than {LARGEST_FILE >> 20} MB; it must be handed in without its outputs"
_ARCHIVE = ".zip"


class OverBudget(Exception):
    """More was handed in than is read."""


@dataclass
class Budget:
    """What may still be read of one submission."""

    bytes: int = MOST_BYTES
    entries: int = MOST_ENTRIES
    archives: int = MOST_ARCHIVES

    def spend(self, size: int) -> None:
        """Count bytes.

        Raises:
            OverBudget: there were too many.

        """
        self.bytes -= size
        if self.bytes < 0:
            raise OverBudget(OVER)


@dataclass
class File:
    """A file that may be a notebook.

    Attributes:
        place: where it lies, for a person: `old/03_functional.ipynb`, `work.zip/03.ipynb`.
        changed: when it was last changed, in seconds.
        read: gives its bytes, or None with the reason.
        digest: of its bytes, once it was read.
        whole: it looks like a notebook.
        checks: those asked for that are in it.

    """

    place: str
    changed: float
    read: Callable[[], tuple[bytes | None, str]]
    digest: str = ""
    whole: bool = False
    checks: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The last part of its place."""
        return self.place.rpartition("/")[2]

    def look(self, checks: Iterable[str] = ()) -> None:
        """Read it once; remember what it is, and not its bytes."""
        raw, _ = self.read()
        self.digest = hashlib.sha256(raw).hexdigest() if raw is not None else self.place
        self.whole = raw is not None and _looks_whole(raw)
        self.checks = {check for check in checks if raw and check.encode() in raw}


def _looks_whole(raw: bytes) -> bool:
    return raw.lstrip()[:1] == b"{" and (b'"cells"' in raw or b'"worksheets"' in raw)


def read_file(path: Path, most: int = LARGEST_FILE) -> tuple[bytes | None, str]:
    """Read a file that was handed in.

    Args:
        path: the file.
        most: bytes; a larger one isn't read.

    Returns:
        Its bytes, or None with the reason.

    """
    try:
        if path.is_symlink() or not path.is_file():
            return None, "is not a plain file"
        if path.stat().st_size > most:
            return None, TOO_LARGE
        return path.read_bytes(), ""
    except OSError as error:
        return None, f"can't be read: {error.strerror}"


def files_in(folder: Path, budget: Budget) -> Iterator[File]:
    """List the files of a folder, of those below and of zips, as far as the budget goes."""
    waiting = [(folder, 0)]
    for place, depth in waiting:  # it grows meanwhile
        try:
            with os.scandir(place) as entries:
                found = sorted(itertools.islice(entries, max(0, budget.entries)), key=_by_name)
        except OSError:
            continue
        budget.entries -= len(found)
        for entry in found:
            path = place / entry.name
            where = path.relative_to(folder).as_posix()
            if ignored(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith("."):
                    waiting += [(path, depth + 1)] * (depth < DEEPEST)
                continue
            try:
                changed = entry.stat(follow_symlinks=False).st_mtime
            except OSError:
                continue
            yield File(where, changed, lambda path=path: _charged(path, budget))
            if entry.name.lower().endswith(_ARCHIVE) and entry.is_file(follow_symlinks=False):
                yield from _files_in_archive(path, where, budget, 1)


def _by_name(entry: os.DirEntry[str]) -> str:
    return entry.name


def ignored(name: str) -> bool:
    """Tell what an operating system or JupyterLab puts beside a person's own files."""
    return name.startswith("._") or name in ("__MACOSX", ".ipynb_checkpoints")


def _charged(path: Path, budget: Budget) -> tuple[bytes | None, str]:
    raw, why = read_file(path)
    budget.spend(len(raw or b""))
    return raw, why


def _files_in_archive(source: Any, where: str, budget: Budget, depth: int) -> Iterator[File]:
    """List the files of a zip; a member is read, and never written, so its path leads nowhere."""
    budget.archives -= 1
    if budget.archives < 0:
        return
    try:
        archive = zipfile.ZipFile(source)
    except (OSError, ValueError, NotImplementedError, MemoryError, zipfile.BadZipFile):
        return
    for member in archive.infolist()[: max(0, budget.entries)]:
        budget.entries -= 1
        parts = [part for part in member.filename.split("/") if part]
        link = stat.S_ISLNK(member.external_attr >> 16)
        if member.is_dir() or link or not parts or any(ignored(part) for part in parts):
            continue
        place = "/".join([where, *parts])
        read = member_reader(archive, member, budget)
        yield File(place, noted_time(member), read)
        if parts[-1].lower().endswith(_ARCHIVE) and depth < DEEPEST_ARCHIVE:
            inner, _ = read()
            if inner is not None:
                yield from _files_in_archive(io.BytesIO(inner), place, budget, depth + 1)


def noted_time(member: zipfile.ZipInfo) -> float:
    """Return when a zip says that a file was last changed, by this machine's clock."""
    try:
        return time.mktime((*member.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return 0.0


def member_reader(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget
) -> Callable[[], tuple[bytes | None, str]]:
    """Make a function that gives a member's bytes, or None with the reason."""

    def read() -> tuple[bytes | None, str]:
        if member.flag_bits & 1:
            return None, "is locked with a password"
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return None, "is packed in a way that isn't read here"
        try:
            with archive.open(member) as file:
                raw = file.read(LARGEST_FILE + 1)  # whatever size it claims
        except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError):
            return None, "can't be unpacked: the zip is damaged"
        budget.spend(len(raw))
        return (raw, "") if len(raw) <= LARGEST_FILE else (None, TOO_LARGE)

    return read
