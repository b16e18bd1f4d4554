"""Folders for one run, which don't stay when the process that made them is killed.

All folders of a process lie in one of its own, and that one holds a locked file. The operating
system lets go of the lock when the process ends, however it ends; so whoever can take it knows that
nobody uses the folder any more.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # where there are no such locks, nothing of others is removed
    fcntl = None

PREFIX, MAKING = "judge-", "making-judge-"
OWNER = "owner"  # the locked file
OLD = 24 * 3600.0  # seconds; without an owner it is then of nobody

_changing = threading.Lock()
_own: tuple[Path, IO[bytes], int] | None = None


@contextlib.contextmanager
def fresh() -> Iterator[Path]:
    """Make an empty folder, and remove it afterwards."""
    place = _of_this_process()
    with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _of_this_process() -> Path:
    """Return the folder that holds all of this process's; it is made when it is first needed."""
    global _own
    with _changing:
        if _own is not None:
            folder, _, process = _own
            there = folder.parent == Path(tempfile.gettempdir()) and folder.is_dir()
            if there and process == os.getpid():
                return folder
        aside = Path(tempfile.mkdtemp(prefix=MAKING))
        owner = open(aside / OWNER, "wb")  # noqa: SIM115 - as long as the process lives
        if fcntl is not None:
            with contextlib.suppress(OSError):  # some network drives know no locks
                fcntl.flock(owner, fcntl.LOCK_EX)
        # Under this name only once it is locked: else another process might take it for left.
        folder = aside.with_name(PREFIX + aside.name.removeprefix(MAKING))
        aside.rename(folder)
        _own = folder, owner, os.getpid()
        atexit.register(_remove, folder, os.getpid())
        return folder


def _remove(folder: Path, process: int) -> None:
    if process == os.getpid():  # not in a child that was forked
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> int:
    """Remove what processes of this user that are gone have left; say how many folders."""
    removed = 0
    place = Path(tempfile.gettempdir())
    for folder in [*place.glob(f"{PREFIX}*"), *place.glob(f"{MAKING}*")] if fcntl else ():
        try:
            left = not folder.is_symlink() and folder.stat().st_uid == os.getuid()
            if left and folder.is_dir() and _is_left(folder):
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
        except OSError:
            continue
    return removed


def _is_left(folder: Path) -> bool:
    """Tell whether nobody uses a folder."""
    assert fcntl is not None
    try:
        with open(folder / OWNER, "rb") as owner:
            if folder.name.startswith(MAKING):
                return time.time() - folder.stat().st_mtime > OLD
            fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except FileNotFoundError:
        return time.time() - folder.stat().st_mtime > OLD
    except OSError:
        return False
