"""The files in an export, a folder or a repository, wherever they lie in it.

Nothing is unpacked here, no link is followed, and no program in a repository is started.
"""

from __future__ import annotations

import io
import os
import re
import stat
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from grading.course.regions import GradingError
from grading.submission.handed_in import (
    DEEPEST,
    LARGEST_FILE,
    TOO_LARGE,
    Budget,
    File,
    ignored,
    member_reader,
    noted_time,
    read_file,
)
from grading.submission.sanitize import clean

MOST_ENTRIES = 500_000  # of one export
MOST_BYTES = 64 << 30  # of one export, unpacked; a single hand-in has its own limit
LARGEST_INNER = 512 << 20  # of a zip in a zip, which is held in memory
MOST_INNER, DEEPEST_INNER = 1000, 2  # zips in a zip that are looked into
GIT_SECONDS = 300  # a repository may take to be copied
PACKED = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_ADDRESS = re.compile(r"(?:https?|ssh|git|file)://\S+|[\w.-]+@[\w.-]+:\S+")


# Tells from a zip's path and its members' names whether it is what a student handed in.
IsWork = Callable[[tuple[str, ...], Sequence[str]], bool]


@dataclass
class Source:
    """What one word of the command line names.

    Attributes:
        path: a zip or a folder.
        files: what lies in it.
        left_out: what was not taken, and why.

    """

    path: Path
    files: list[File] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def leave(self, place: str, why: str) -> None:
        """Note what is left out."""
        self.left_out.append(f"{clean(place, 160)} {why}")


def look(path: Path, is_work: IsWork) -> Source:
    """List the files of an export.

    Args:
        path: a zip or a folder.
        is_work: tells whether a zip in it is a student's work; one that is stays whole.

    Raises:
        GradingError: it is neither, or can't be read.

    """
    source, budget = Source(path), Budget(MOST_BYTES, MOST_ENTRIES, MOST_INNER)
    if path.is_dir():
        _walk(source, path, budget, is_work)
    elif path.suffix.casefold() == ".zip":
        _open(source, path, (), budget, is_work)
    elif path.exists():
        what = "isn't opened here; unpack it" if path.suffix.casefold() in PACKED else "is no zip"
        raise GradingError(
            f"{path}: {what}. What can be collected: a platform's zip, a folder, a Git repository, "
            "or a table of repositories (id,repository)."
        )
    else:
        raise GradingError(f"{path}: is not there.")
    return source


def _walk(source: Source, top: Path, budget: Budget, is_work: IsWork) -> None:
    waiting = [top]
    for folder in waiting:  # it grows meanwhile
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            source.leave(folder.relative_to(top).as_posix(), f"can't be read: {error.strerror}")
            continue
        for entry in found:
            budget.entries -= 1
            path = folder / entry.name
            parts = path.relative_to(top).parts
            if budget.entries < 0:
                source.leave(str(top), f"holds more than {MOST_ENTRIES} files; the rest is left")
                return
            if ignored(entry.name) or entry.name.startswith("."):
                continue
            if entry.is_symlink():
                source.leave("/".join(parts), "is a link; left out")
            elif entry.is_dir(follow_symlinks=False):
                if len(parts) > DEEPEST:
                    source.leave("/".join(parts), "lies too deep; left out")
                else:
                    waiting.append(path)
            elif path.suffix.casefold() == ".zip" and not is_work(parts, _names(path)):
                _open(source, path, parts, budget, is_work)
            else:
                changed = entry.stat(follow_symlinks=False).st_mtime
                source.files.append(File("/".join(parts), changed, partial(read_file, path)))


def _open(
    source: Source,
    packed: Any,
    above: tuple[str, ...],
    budget: Budget,
    is_work: IsWork,
) -> None:
    """List the members of a zip; one that would be unpacked elsewhere is left out."""
    shown = "/".join(above) or source.path.name
    try:
        archive = zipfile.ZipFile(packed)
    except (OSError, ValueError, NotImplementedError, MemoryError, zipfile.BadZipFile):
        if not above:
            raise GradingError(
                f"{source.path}: is damaged, or no zip; download it again."
            ) from None
        source.leave(shown, "is damaged, or no zip")
        return
    for member in archive.infolist():
        budget.entries -= 1
        if budget.entries < 0:
            source.leave(shown, f"holds more than {MOST_ENTRIES} files; the rest is left")
            return
        name = member.filename.replace("\\", "/")
        parts = tuple(part for part in name.split("/") if part not in ("", "."))
        if member.is_dir() or name.endswith("/") or any(map(ignored, parts)):
            continue
        if leads_out(name):
            source.leave(f"{shown}: {name}", "leads out of the folder; left out")
        elif stat.S_ISLNK(member.external_attr >> 16):
            source.leave(f"{shown}: {name}", "is a link; left out")
        elif not parts or len(parts) > DEEPEST:
            source.leave(f"{shown}: {name}", "lies too deep; left out")
        elif parts[-1].casefold().endswith(".zip"):
            budget.archives -= 1
            deep = sum(part.casefold().endswith(".zip") for part in above) >= DEEPEST_INNER
            fits = not deep and budget.archives >= 0 and member.file_size <= LARGEST_INNER
            inner = _read_inner(archive, member) if fits else b""
            if is_work((*above, *parts), _names(io.BytesIO(inner))):
                source.files.append(_member(archive, member, (*above, *parts), budget))
            elif fits:
                _open(source, io.BytesIO(inner), (*above, *parts), budget, is_work)
            else:
                source.leave(f"{shown}: {name}", "is a zip too deep or too large; unpack it first")
        else:
            source.files.append(_member(archive, member, (*above, *parts), budget))


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, parts: tuple[str, ...], budget: Budget
) -> File:
    changed = noted_time(member) if member.date_time > (1980, 1, 1, 0, 0, 0) else 0.0
    return File("/".join(parts), changed, member_reader(archive, member, budget))


def _names(packed: Any) -> list[str]:
    """List what is in a zip; nothing if it can't be opened."""
    try:
        with zipfile.ZipFile(packed) as archive:
            return archive.namelist()[:MOST_ENTRIES]
    except (OSError, ValueError, NotImplementedError, MemoryError, zipfile.BadZipFile):
        return []


def _read_inner(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Read a zip that lies in a zip, and no more of it than it says it is."""
    try:
        with archive.open(member) as file:
            return file.read(LARGEST_INNER)
    except Exception:  # damaged, locked, packed in an unknown way: it opens as no zip
        return b""


def leads_out(name: str) -> bool:
    """Tell whether a name in a zip would be written outside the folder it is unpacked into."""
    absolute = name.startswith("/") or re.match(r"[A-Za-z]:", name) is not None
    return absolute or ".." in name.split("/") or "\0" in name


# Git


def is_address(word: str) -> bool:
    """Tell whether a word names a repository elsewhere."""
    return _ADDRESS.fullmatch(word) is not None


def is_repository(path: Path) -> bool:
    """Tell whether a folder is a repository, with files beside it or bare."""
    bare = (path / "HEAD").is_file() and (path / "objects").is_dir() and (path / "refs").is_dir()
    return (path / ".git").exists() or bare


@contextmanager
def repository(address: str, before: datetime | None) -> Iterator[tuple[list[File], datetime]]:
    """Yield the files of a repository's last commit, and when it was made.

    It is copied without a working tree, so that no hook or filter of its owner is run.

    Args:
        address: a path or an address that Git understands.
        before: the commit must be of that time or earlier.

    Raises:
        GradingError: there is no such commit, or no repository.

    """
    with tempfile.TemporaryDirectory(prefix="minitorch-collect-") as place:
        copy = Path(place) / "copy.git"
        if address.startswith("-"):
            raise GradingError(f"{address}: is no repository.")
        _git(["clone", "--bare", "--quiet", "--no-hardlinks", "--", address, str(copy)], address)
        until = [f"--before={int(before.timestamp())}"] if before else []
        line = _git(
            ["-C", str(copy), "log", "-1", "--format=%H %ct", *until, "HEAD"], address
        ).decode()
        if not line.strip():
            when = f" before {before:%Y-%m-%d %H:%M}" if before else ""
            raise GradingError(f"{address}: has no commit{when}.")
        commit, seconds = line.split()
        listed = _git(["-C", str(copy), "ls-tree", "-r", "-z", "-l", commit], address)
        files = []
        for entry in listed.split(b"\0"):
            about, _, raw = entry.partition(b"\t")
            name = raw.decode("utf-8", "replace")
            if not name or leads_out(name) or any(map(ignored, name.split("/"))):
                continue
            mode, _, blob, size = about.decode().split()
            if mode in ("100644", "100755") and not any(p[0] == "." for p in name.split("/")):
                read = partial(_blob, copy, blob, int(size), address)
                files.append(File(name, float(seconds), read))
        yield files, datetime.fromtimestamp(int(seconds)).astimezone()


def _blob(copy: Path, blob: str, size: int, address: str) -> tuple[bytes | None, str]:
    if size > LARGEST_FILE:
        return None, TOO_LARGE
    return _git(["-C", str(copy), "cat-file", "blob", blob], address), ""


def _git(words: list[str], address: str) -> bytes:
    """Run Git; it asks nobody for a password."""
    safe = [
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "core.fsmonitor=",
        "-c",
        "advice.detachedHead=false",
    ]
    environment = os.environ | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    environment = {k: v for k, v in environment.items() if k not in ("GIT_DIR", "GIT_WORK_TREE")}
    try:
        done = subprocess.run(
            ["git", *safe, *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=GIT_SECONDS,
        )
    except FileNotFoundError as error:
        raise GradingError("Git is not installed, and repositories are read with it.") from error
    except subprocess.TimeoutExpired as error:
        raise GradingError(f"{address}: takes more than {GIT_SECONDS} seconds to copy.") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["Git failed"]
        raise GradingError(f"{address}: can't be read by Git: {clean(said[-1], 200)}")
    return done.stdout
