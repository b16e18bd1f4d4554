"""Keeps the gradebook whole: through a kill, a full disk, two graders at one time.

One run of grading at a time writes; before it does, the gradebook is copied. What a run that was
killed left unfinished is made good by the next.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from grading.course.regions import GradingError
from grading.gradebook.records import COURSE_ID, Decided
from grading.paths import BACKUPS, GRADEBOOK, JUDGED, UNSETTLED

try:
    import fcntl
except ImportError:
    fcntl = None

KEPT = 10  # copies of the gradebook
ROOM = 2 << 20  # bytes that must be free to begin
LOCK = Path("course") / ".grading"
UNFINISHED = 3600.0  # seconds, after which a file that was being written is nobody's

KEEPS = "What was finished is kept"


@contextlib.contextmanager
def alone(root: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Wait until no other run of grading writes here.

    Args:
        root: the project.
        say: told when there is something to wait for.

    """
    with contextlib.ExitStack() as held:
        try:
            (root / LOCK).parent.mkdir(parents=True, exist_ok=True)
            file = held.enter_context(open(root / LOCK, "a+", encoding="utf-8"))
            _lock(file, say)
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
        except OSError as error:
            # A drive without locks, or one that can't be written: what is written next says so.
            if error.errno not in (errno.EROFS, errno.EACCES, errno.ENOLCK, errno.ENOSPC):
                raise
        yield


def _lock(file: IO[str], say: Callable[[str], None]) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        say(f"Grading is going on already (process {file.read() or 'unknown'}); waiting for it")
        fcntl.flock(file, fcntl.LOCK_EX)


def require_room(root: Path) -> None:
    """Refuse to begin where the disk is full.

    Raises:
        GradingError: says how much room there is.

    """
    place = root / GRADEBOOK.parent
    place.mkdir(parents=True, exist_ok=True)
    if (free := shutil.disk_usage(place).free) < ROOM:
        raise GradingError(
            f"The disk that holds {place} is full: {free >> 10} kB are left, and grading needs "
            f"{ROOM >> 20} MB to begin. Nothing was changed. Make room there, and start it again."
        )


def trouble(root: Path, said: str) -> str:
    """Say what to do where nbgrader's words or the database's mislead; empty if they don't.

    Whatever the database refuses, nbgrader advises to upgrade it.

    Args:
        root: the project.
        said: what nbgrader logged, or the error's text.

    """
    place = root / GRADEBOOK.parent
    if "disk is full" in said or "No space left" in said:
        return (
            f"The disk that holds {place} is full. {KEEPS}: make room there, and start it again. "
            "The gradebook itself is in order."
        )
    if "readonly database" in said or "Read-only file system" in said:
        return f"{place} can't be written. {KEEPS}: let it be written, and start it again."
    if "database is locked" in said:
        return (
            f"{root / GRADEBOOK} is in use by another program. {KEEPS}: end that program "
            "(Formgrader, nbgrader), and start it again."
        )
    if "disk I/O error" in said or "malformed" in said or "not a database" in said:
        return (
            f"{root / GRADEBOOK} can't be read as a database. Look at the disk; the copies that "
            f"were made before earlier runs are in {root / BACKUPS}."
        )
    return ""


def back_up(root: Path) -> Path | None:
    """Copy the gradebook if it has changed since the last copy; the last ten are kept.

    Returns:
        The copy; None if there is nothing new to copy.

    """
    book, folder = root / GRADEBOOK, root / BACKUPS
    if not book.exists():
        return None
    copies = sorted(folder.glob("gradebook-*.db"))
    if max((each.stat().st_mtime_ns for each in copies), default=0) >= book.stat().st_mtime_ns:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    for unfinished in folder.glob("*.part"):  # of a run that was killed; this one is alone
        unfinished.unlink(missing_ok=True)
    copy = folder / f"gradebook-{datetime.datetime.now():%Y%m%d-%H%M%S-%f}.db"
    aside = copy.with_suffix(".part")
    opened = contextlib.closing
    with opened(sqlite3.connect(book)) as ours, opened(sqlite3.connect(aside)) as theirs:
        ours.backup(theirs)
    aside.replace(copy)
    for old in copies[: max(0, len(copies) + 1 - KEPT)]:
        old.unlink(missing_ok=True)
    return copy


def mend(root: Path) -> None:
    """Give a gradebook the version that it lacks when its making was killed half-way.

    nbgrader notes it last, and never again: from then on its own commands end with an error. One
    that an older nbgrader made has other columns; it is left as it is.
    """
    book = root / GRADEBOOK
    if not book.exists():
        return
    with contextlib.closing(sqlite3.connect(book)) as database:
        tables = {
            name: {column[1] for column in database.execute(f"PRAGMA table_info({name!r})")}
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
        }
        versions = "alembic_version" in tables and list(
            database.execute("SELECT version_num FROM alembic_version")
        )
    if not tables or versions:
        return
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from nbgrader import api, dbutil

    columns = {name: {*table.columns.keys()} for name, table in api.Base.metadata.tables.items()}
    if any(tables[name] != columns.get(name, tables[name]) for name in tables):
        return
    with api.Gradebook(f"sqlite:///{book}", COURSE_ID):
        pass  # makes the tables that are missing
    scripts = Config()
    scripts.set_main_option("script_location", dbutil.ALEMBIC_DIR)
    version = ScriptDirectory.from_config(scripts).get_current_head()
    with contextlib.closing(sqlite3.connect(book)) as database, database:
        database.execute("BEGIN IMMEDIATE")
        database.execute(
            "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)"
        )
        database.execute("INSERT INTO alembic_version (version_num) VALUES (?)", (version,))


def sweep(root: Path) -> None:
    """Remove files that a run was writing when it was killed."""
    for path in (root / JUDGED).glob("*/*"):
        with contextlib.suppress(OSError):
            if path.suffix != ".json" and time.time() - path.stat().st_mtime > UNFINISHED:
                path.unlink()


# What a person decided, while submissions are stored anew


def remember(root: Path, assignment: str, decided: Decided) -> None:
    """Note what a person decided, for a run that has to go on after this one was killed."""
    path = root / UNSETTLED / f"{assignment}.json"
    if not decided:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    aside.write_text(json.dumps([[*place, *was] for place, was in decided.items()]), "utf-8")
    aside.replace(path)


def unsettled(root: Path, assignment: str) -> Decided:
    """Read what a run that was killed had noted."""
    try:
        read = json.loads((root / UNSETTLED / f"{assignment}.json").read_text(encoding="utf-8"))
        return {
            (student, notebook, cell): (score, text)
            for student, notebook, cell, score, text in read
        }
    except (OSError, ValueError):
        return {}
