"""The walls around a run: bubblewrap's command line, an ordinary user, limits, an environment.

Inside are the interpreter, the installed packages without `minitorch`, the given files
(read-only) and an empty folder to write into; no network, no other process. Wherever the project
lies, nothing of it is shown but the environment in it.
"""

from __future__ import annotations

import contextlib
import functools
import os
import platform
import random
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from grading.paths import ROOT
from grading.sandbox import seccomp
from grading.sandbox.limits import MEGABYTE, Limits
from grading.sandbox.usage import cores

# Inside, the given files lie here; the program's working folder is the only one it can write.
TASK = "/task"
SCRATCH = "/scratch"
_UNNEEDED = [Path("/usr", name) for name in ("share", "include", "src", "games", "libexec")]
PROJECT = ROOT


class SandboxError(RuntimeError):
    """Students' code can't be run safely here; the message says what to do."""


# The first program inside: it takes the limits upon itself, gives up root, and becomes the
# runner. Written out here because nothing of `grading` is there to import.
_BOOTSTRAP = """
import os, resource, sys
uid, threads, space, files, *argv = sys.argv[1:]
def limit(what, value):
    hard = resource.getrlimit(what)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))
limit(resource.RLIMIT_CORE, 0)
limit(resource.RLIMIT_FSIZE, int(files))
limit(resource.RLIMIT_NOFILE, 256)
limit(resource.RLIMIT_AS, int(space))
limit(resource.RLIMIT_NPROC, int(threads))
if int(uid):
    os.setgroups([])
    os.setresgid(int(uid), int(uid), int(uid))
    os.setresuid(int(uid), int(uid), int(uid))
os.execv(argv[0], argv)
"""


@functools.cache
def bwrap() -> str | None:
    """Find bubblewrap."""
    return shutil.which("bwrap")


@functools.cache
def _knows(option: str) -> bool:
    shown = subprocess.run([bwrap() or "bwrap", "--help"], capture_output=True, encoding="utf-8")
    return option in shown.stdout + shown.stderr


def command(folder: Path, limits: Limits, program: list[str]) -> tuple[list[str], int | None]:
    """Write the command that runs a program inside.

    Args:
        folder: the given files.
        limits: what it may use.
        program: what to run there, as it is called inside.

    Returns:
        The command, and a file that it must inherit: the filter of system calls.

    """
    uid = ordinary_uid()
    start = [*python(), "-c", _BOOTSTRAP, str(uid), str(_threads(limits, uid))]
    start += [str(limits.address_space), str(limits.files)]
    wall, forbidden = _walls(folder, limits, uid), _forbidden()
    if forbidden is not None:
        wall += ["--seccomp", str(forbidden)]
    return [*wall, "--", *start, *program], forbidden


def python() -> list[str]:
    """Start the interpreter with nothing of the user's around it."""
    return [_interpreter(), "-I", "-S", "-B", "-X", "utf8"]


def _walls(folder: Path, limits: Limits, uid: int) -> list[str]:
    """Build bwrap's command line up to the program."""
    wall = [bwrap() or "bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-net"]
    wall += ["--unshare-uts", "--unshare-cgroup-try", "--die-with-parent", "--new-session"]
    wall += ["--hostname", "sandbox"]
    if uid:
        # As root a user namespace would still count as root towards the process limit, and
        # the interpreter may lie where only root can look: root builds the walls, the
        # program inside gives up all rights before it does anything else.
        wall += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        wall += ["--unshare-user"]
        if _knows("--disable-userns"):
            wall += ["--disable-userns"]
    for name, value in environment(SCRATCH).items():
        wall += ["--setenv", name, value]

    # /tmp comes first: the environment may lie in it.
    wall += [*_writable("/tmp", limits.files), "--ro-bind", "/usr", "/usr"]
    # Nothing there is needed to compute. What no run has read yet is room for a word to the next.
    for path in _UNNEEDED:
        if path.is_dir():
            wall += ["--perms", "0755", "--tmpfs", str(path)]
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"):
        path = Path(name)
        if path.is_symlink():
            wall += ["--symlink", os.readlink(path), name]
        elif path.is_dir():
            wall += ["--ro-bind", name, name]
    for name in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"):
        wall += ["--ro-bind-try", name, name]
    wall += _shown(_readable())
    for path in _UNNEEDED:
        if path.is_dir():
            wall += ["--remount-ro", str(path)]
    if any(PROJECT.is_relative_to(place) for place in (Path("/usr"), *_readable())):
        wall += ["--perms", "0755", "--tmpfs", str(PROJECT)]
        wall += _shown(path for path in _needed() if path.is_relative_to(PROJECT))
        wall += ["--remount-ro", str(PROJECT)]
    for path in map(str, _hidden()):
        nothing = ["--tmpfs", path, "--remount-ro", path]
        wall += nothing if Path(path).is_dir() else ["--ro-bind", "/dev/null", path]

    wall += ["--proc", "/proc", "--dev", "/dev"]
    # Mapped and shared, it is memory that belongs to no process (see seccomp).
    wall += ["--ro-bind", "/dev/null", "/dev/zero"]
    wall += [*_writable(SCRATCH, limits.files), *_writable("/dev/shm", 16 * MEGABYTE)]
    wall += ["--ro-bind", str(folder), TASK, "--remount-ro", "/dev", "--remount-ro", "/"]
    return [*wall, "--chdir", SCRATCH]


def _shown(paths: Iterable[Path]) -> list[str]:
    """Show folders for reading."""
    wall: list[str] = []
    for path in paths:
        for parent in reversed(path.parents[:-1]):  # else they could be entered by root alone
            wall += ["--perms", "0755", "--dir", str(parent)]
        wall += ["--ro-bind", str(path), str(path)]
    return wall


def _forbidden() -> int | None:
    """Open the filter of system calls as a file; None on a machine that it isn't written for."""
    if not (program := seccomp.program()):
        return None
    file = os.memfd_create("seccomp")
    os.write(file, program)
    os.lseek(file, 0, os.SEEK_SET)
    return file


def _writable(path: str, size: int) -> list[str]:
    sized = ["--size", str(size)] if _knows("--size") else []
    return ["--perms", "1777", *sized, "--tmpfs", path]


def environment(home: str) -> dict[str, str]:
    """Return all that a run finds in its environment."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": home,
        "USER": "student",
        "LOGNAME": "student",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": f"{home}/matplotlib",
        "NUMBA_CACHE_DIR": f"{home}/numba",
        "NUMBA_NUM_THREADS": str(min(2, cores())),
        "OPENBLAS_NUM_THREADS": str(min(2, cores())),
        "NUMBA_ENABLE_CUDASIM": "1",
    }


@functools.cache
def _interpreter() -> str:
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


@functools.cache
def site_folders() -> tuple[Path, ...]:
    """List the folders of installed packages that this interpreter uses."""
    paths = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    return tuple(Path(p).resolve() for p in paths if Path(p).is_dir())


def _needed() -> list[Path]:
    """List the folders that the interpreter needs."""
    base = Path(sys.base_prefix).resolve()
    stdlib = Path(sysconfig.get_path("stdlib")).resolve()
    return [base, stdlib, Path(_interpreter()).parent.parent, *site_folders()]


@functools.cache
def _readable() -> tuple[Path, ...]:
    """List what the interpreter needs and /usr does not hold."""
    found: list[Path] = []
    for path in _needed():
        if _in_usr(path) or any(path.is_relative_to(p) for p in found):
            continue
        if path == Path("/"):
            raise SandboxError("The interpreter's home is /, which can't be shown to students.")
        found.append(path)
    return tuple(found)


def _in_usr(path: Path) -> bool:
    """Tell whether a path is shown with /usr."""
    unneeded = any(path.is_relative_to(each) for each in _UNNEEDED)
    return path.is_relative_to("/usr") and not unneeded


def _hidden() -> list[Path]:
    """List installed copies of the package: a reference must not be importable."""
    places = {
        *site_folders(),
        *Path(sys.base_prefix).glob("lib/python3*/site-packages"),
        *Path("/usr").glob("lib/python3*/dist-packages"),
        *Path("/usr").glob("local/lib/python3*/*-packages"),
    }
    return sorted(
        path
        for place in places
        if place.is_dir()
        for path in place.iterdir()
        if "minitorch" in path.name.lower()
    )


def ordinary_uid() -> int:
    """Choose the user to become; 0 when we are an ordinary user already.

    The kernel counts processes by user, so every run gets one of its own: by chance, since
    another judge, or one in another container, may be at work on the same kernel.
    """
    return random.SystemRandom().choice(_users()) if os.geteuid() == 0 else 0


@functools.cache
def _users() -> range:
    return users_in(Path("/proc/self/uid_map").read_text(encoding="utf-8"))


def users_in(uid_map: str) -> range:
    """Give the users that we may become and that belong to nobody.

    Args:
        uid_map: as the kernel shows it; in a container it may hold 65536 users only.

    """
    mapped = [line.split() for line in uid_map.splitlines()]
    largest = max((range(int(first), int(first) + int(n)) for first, _, n in mapped), key=len)
    lowest = 1 << 20 if largest.stop > 1 << 21 else 20_000
    users = range(max(largest.start, lowest), min(largest.stop, 1 << 30))
    if not users:
        raise SandboxError("Root may become no ordinary user here (see /proc/self/uid_map).")
    return users


def _threads(limits: Limits, uid: int) -> int:
    """Say what to set as the limit of processes and threads.

    Since Linux 5.14 it counts the sandbox's own user namespace; before, it counted all that
    the user runs anywhere, so those are added.
    """
    release = tuple(int(part) for part in platform.release().split("-")[0].split(".")[:2])
    if uid or release >= (5, 14):
        return limits.threads
    mine = 0
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if entry.stat().st_uid == os.geteuid():
                mine += len(list((entry / "task").iterdir()))
    return mine + limits.threads
