"""The place where students' code runs: bubblewrap, limits, an ordinary user.

A run sees the interpreter, the installed packages without `minitorch`, the files it is
given (read-only) and an empty folder to write into. It has no network, and it ends when it
is over its time, memory, processes or output. Its answer comes back through a pipe and is
only bytes to us.

`run` is the one door. `available` says why the door can't be opened on this machine.
"""

from __future__ import annotations

import contextlib
import functools
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grading.sandbox import bubblewrap, folders
from grading.sandbox.bubblewrap import SandboxError
from grading.sandbox.ending import Result
from grading.sandbox.limits import Limits
from grading.sandbox.turns import TURNS
from grading.sandbox.watch import watch

INSTALL = (
    "Students' code runs inside bubblewrap only. Install it (on Debian and Ubuntu: "
    "sudo apt-get install bubblewrap) and start again."
)


@functools.cache
def available() -> str:
    """Say why the sandbox can't be used here; empty when it can."""
    if not sys.platform.startswith("linux"):
        return f"Bubblewrap needs Linux; this is {platform.system()}."
    if bubblewrap.bwrap() is None:
        return f"The program bwrap was not found. {INSTALL}"
    try:
        for alone in (False, True):  # what time ended, or somebody else, is tried once more
            result = run("probe.py", files={"probe.py": b"print('ready')"}, alone=alone)
            if result.stdout.strip() == b"ready":
                return ""
    except OSError as error:
        return f"bwrap could not be started: {error}. {INSTALL}"
    said = result.stderr.decode(errors="replace").strip().splitlines()
    return (
        f"bwrap is installed, and this machine does not let it build a sandbox: "
        f"{said[-1] if said else result.stopped or f'exit status {result.code}'}. Most often "
        "user namespaces are switched off (sysctl kernel.unprivileged_userns_clone, or "
        "kernel.apparmor_restrict_unprivileged_userns on Ubuntu)."
    )


def require() -> None:
    """Refuse to go on where students' code can't be shut in.

    Raises:
        SandboxError: bwrap is missing or not allowed to work.

    """
    reason = available()
    if reason:
        raise SandboxError(reason)


def run(
    entry: str,
    *,
    files: Mapping[str, bytes],
    args: Sequence[str] = (),
    limits: Limits | None = None,
    sandboxed: bool = True,
    alone: bool = False,
    kernels: Path | None = None,
) -> Result:
    """Run a Python script that is one of the given files.

    The script finds its files beside itself, gets the report pipe's number as its first
    argument and the folders of the installed packages (joined by `os.pathsep`) as its second.

    Args:
        entry: the script's name among the files.
        files: relative path to content; all are read-only inside.
        args: further arguments.
        limits: what it may use.
        sandboxed: False runs it as an ordinary child process. For code of the course alone.
        alone: wait until no other run is left, and let none begin.
        kernels: a folder for compiled kernels, for code of the course alone.

    Returns:
        How it ended; a limit that was reached is part of the answer, never an exception.

    """
    limits = limits or Limits()
    with TURNS.take(alone=alone), _folder(files) as folder:
        reader, writer = os.pipe()
        inherited = [writer]
        try:
            place = bubblewrap.TASK if sandboxed else str(folder)
            packages = os.pathsep.join(str(p) for p in bubblewrap.site_folders())
            script = [*bubblewrap.python(), f"{place}/{entry}", str(writer), packages, *args]
            if sandboxed:
                command, forbidden = bubblewrap.command(folder, limits, script)
                inherited += [] if forbidden is None else [forbidden]
                environment, cwd = {"PATH": "/usr/bin:/bin"}, "/"
            else:
                scratch = folder.parent / "scratch"
                scratch.mkdir(exist_ok=True)
                command, environment = script, bubblewrap.environment(str(scratch))
                if kernels is not None:
                    environment["NUMBA_CACHE_DIR"] = str(kernels)
                cwd = str(scratch)
            process = subprocess.Popen(
                command,
                # Not /dev/null: through it the time of the host's own could be set, for all to see.
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=inherited,
                env=environment,
                cwd=cwd,
                start_new_session=True,
            )
            assert process.stdin is not None
            process.stdin.close()
            while inherited:
                os.close(inherited.pop())
            return watch(process, reader, limits)
        finally:
            for file in (reader, *inherited):
                os.close(file)


@contextlib.contextmanager
def _folder(files: Mapping[str, bytes]) -> Iterator[Path]:
    """Lay the files into a fresh folder that the sandbox's user can read, and no one else."""
    with folders.fresh() as top:
        folder = top / "task"
        folder.mkdir(mode=0o755)
        for name, content in files.items():
            path = folder / name
            if not path.resolve().is_relative_to(folder.resolve()):
                raise ValueError(f"The file name {name!r} leads out of the task's folder.")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        yield folder
