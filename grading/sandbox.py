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
import random
import selectors
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grading import seccomp

MEGABYTE = 1 << 20

INSTALL = (
    "Students' code runs inside bubblewrap only. Install it (on Debian and Ubuntu: "
    "sudo apt-get install bubblewrap) and start again."
)

# Inside, the given files lie here; the program's working folder is the only one it can write.
TASK = "/task"
SCRATCH = "/scratch"


class SandboxError(RuntimeError):
    """Students' code can't be run safely here; the message says what to do."""


@dataclass(frozen=True)
class Limits:
    """What one run may use.

    Attributes:
        seconds: wall-clock time of the whole run.
        silence: longest wait between two reports, so that one probe's endless loop does not
            eat the time of all. Twice as long where the machine gave it little of its time.
        memory: bytes that all its processes hold together.
        address_space: bytes that one process may ask for; Numba and BLAS reserve much more
            than they use.
        processes: processes at one time. Looked at ten times a second, so that a fork bomb
            ends before its neighbours feel it.
        threads: processes and threads at one time, for the kernel to enforce.
        files: bytes it may write.
        output: bytes on standard output and standard error together.
        report: bytes of the answer.

    """

    seconds: float = 60.0
    silence: float = 15.0
    memory: int = 1024 * MEGABYTE
    address_space: int = 4096 * MEGABYTE
    processes: int = 24
    threads: int = 256
    files: int = 64 * MEGABYTE
    output: int = 8 * MEGABYTE
    report: int = 4 * MEGABYTE


@dataclass
class Result:
    """How a run ended.

    Attributes:
        code: exit status, negative for a signal; None when we stopped it.
        stopped: the limit that stopped it ("time", "memory", …), empty if it ended by itself.
        report: the bytes it sent through the report pipe.
        stdout: the beginning of its standard output.
        stderr: the beginning of its standard error.
        seconds: how long it took.

    """

    code: int | None = None
    stopped: str = ""
    report: bytes = b""
    stdout: bytes = b""
    stderr: bytes = b""
    seconds: float = 0.0

    def lines(self) -> list[bytes]:
        """Give the complete lines of the report; a last one cut short is left out."""
        return self.report.split(b"\n")[:-1]


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

_KEPT = 64 * 1024  # bytes of output that a person may want to see


@functools.cache
def _bwrap() -> str | None:
    return shutil.which("bwrap")


@functools.cache
def _knows(option: str) -> bool:
    shown = subprocess.run([_bwrap() or "bwrap", "--help"], capture_output=True, text=True)
    return option in shown.stdout + shown.stderr


@functools.cache
def available() -> str:
    """Say why the sandbox can't be used here; empty when it can."""
    if not sys.platform.startswith("linux"):
        return f"Bubblewrap needs Linux; this is {platform.system()}."
    if _bwrap() is None:
        return f"The program bwrap was not found. {INSTALL}"
    try:
        result = run("probe.py", files={"probe.py": b"print('ready')"}, limits=Limits(seconds=20))
    except OSError as error:
        return f"bwrap could not be started: {error}. {INSTALL}"
    if result.stdout.strip() == b"ready":
        return ""
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
    limits: Limits = Limits(),  # noqa: B008 - frozen
    sandboxed: bool = True,
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

    Returns:
        How it ended; a limit that was reached is part of the answer, never an exception.

    """
    with _folder(files) as folder:
        reader, writer = os.pipe()
        inherited = [writer]
        try:
            place = TASK if sandboxed else str(folder)
            packages = os.pathsep.join(str(p) for p in site_folders())
            python = [_interpreter(), "-I", "-S", "-B", "-X", "utf8"]
            script = [*python, f"{place}/{entry}", str(writer), packages, *args]
            if sandboxed:
                uid = _ordinary_uid()
                start = [*python, "-c", _BOOTSTRAP, str(uid), str(_threads(limits, uid))]
                start += [str(limits.address_space), str(limits.files)]
                walls = _walls(folder, limits, uid)
                if (forbidden := _forbidden()) is not None:
                    inherited.append(forbidden)
                    walls += ["--seccomp", str(forbidden)]
                command = [*walls, "--", *start, *script]
                environment, cwd = {"PATH": "/usr/bin:/bin"}, "/"
            else:
                scratch = folder.parent / "scratch"
                scratch.mkdir(exist_ok=True)
                command, environment, cwd = script, _environment(str(scratch)), str(scratch)
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=inherited,
                env=environment,
                cwd=cwd,
                start_new_session=True,
            )
            while inherited:
                os.close(inherited.pop())
            return _watch(process, reader, limits)
        finally:
            for file in (reader, *inherited):
                os.close(file)


# --- the walls -------------------------------------------------------------------------------


def _walls(folder: Path, limits: Limits, uid: int) -> list[str]:
    """Build bwrap's command line up to the program."""
    wall = [_bwrap() or "bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-net"]
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
    for name, value in _environment(SCRATCH).items():
        wall += ["--setenv", name, value]

    # /tmp comes first: the environment may lie in it.
    wall += [*_writable("/tmp", limits.files), "--ro-bind", "/usr", "/usr"]
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"):
        path = Path(name)
        if path.is_symlink():
            wall += ["--symlink", os.readlink(path), name]
        elif path.is_dir():
            wall += ["--ro-bind", name, name]
    for name in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"):
        wall += ["--ro-bind-try", name, name]
    for path in _readable():
        for parent in reversed(path.parents[:-1]):  # else they could be entered by root alone
            wall += ["--perms", "0755", "--dir", str(parent)]
        wall += ["--ro-bind", str(path), str(path)]
    for path in _hidden():
        wall += ["--tmpfs", str(path)] if path.is_dir() else ["--ro-bind", "/dev/null", str(path)]

    wall += ["--proc", "/proc", "--dev", "/dev"]
    wall += [*_writable(SCRATCH, limits.files), *_writable("/dev/shm", 16 * MEGABYTE)]
    wall += ["--ro-bind", str(folder), TASK, "--remount-ro", "/dev", "--remount-ro", "/"]
    return [*wall, "--chdir", SCRATCH]


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


def _environment(home: str) -> dict[str, str]:
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
        "NUMBA_NUM_THREADS": "2",
        "OPENBLAS_NUM_THREADS": "2",
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


@functools.cache
def _readable() -> tuple[Path, ...]:
    """List what the interpreter needs and /usr does not hold."""
    base = Path(sys.base_prefix).resolve()
    stdlib = Path(sysconfig.get_path("stdlib")).resolve()
    needed = [base, stdlib, Path(_interpreter()).parent.parent, *site_folders()]
    found: list[Path] = []
    for path in needed:
        if path.is_relative_to("/usr") or any(path.is_relative_to(p) for p in found):
            continue
        if path == Path("/"):
            raise SandboxError("The interpreter's home is /, which can't be shown to students.")
        found.append(path)
    return tuple(found)


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


def _ordinary_uid() -> int:
    """Choose the user to become; 0 when we are an ordinary user already.

    The kernel counts processes by user, so every run gets one of its own: by chance, since
    another judge, or one in another container, may be at work on the same kernel.
    """
    return random.SystemRandom().choice(_users()) if os.geteuid() == 0 else 0


@functools.cache
def _users() -> range:
    """Give the users that we may become and that belong to nobody."""
    mapped = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
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


@contextlib.contextmanager
def _folder(files: Mapping[str, bytes]) -> Iterator[Path]:
    """Lay the files into a fresh folder that the sandbox's user can read, and no one else."""
    with tempfile.TemporaryDirectory(prefix="judge-", ignore_cleanup_errors=True) as top:
        folder = Path(top) / "task"
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


# --- watching --------------------------------------------------------------------------------


@dataclass
class _Streams:
    """What came out so far."""

    report: bytearray = field(default_factory=bytearray)
    stdout: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)
    output: int = 0


def _watch(process: subprocess.Popen[bytes], reader: int, limits: Limits) -> Result:
    """Collect what the run says, and stop it at the first limit it reaches."""
    streams, result = _Streams(), Result()
    began = heard = next_look = time.monotonic()
    usage, used = _Usage(), 0.0
    try:
        with selectors.DefaultSelector() as selector:
            assert process.stdout is not None and process.stderr is not None
            for fd, name in (
                (reader, "report"),
                (process.stdout.fileno(), "stdout"),
                (process.stderr.fileno(), "stderr"),
            ):
                selector.register(fd, selectors.EVENT_READ, name)
            while selector.get_map() and not result.stopped:
                for key, _ in selector.select(timeout=0.05):
                    chunk = os.read(key.fd, 1 << 16)
                    if not chunk:
                        selector.unregister(key.fd)
                        continue
                    if key.data == "report":
                        heard, used = time.monotonic(), usage.seconds
                        streams.report += chunk
                    else:
                        streams.output += len(chunk)
                        kept: bytearray = getattr(streams, key.data)
                        kept += chunk[: max(0, _KEPT - len(kept))]
                now = time.monotonic()
                idle = usage.seconds - used < limits.silence / 2
                patience = limits.silence * (2 if idle else 1)
                if len(streams.report) > limits.report or streams.output > limits.output:
                    result.stopped = "output"
                elif now - began > limits.seconds or now - heard > patience:
                    result.stopped = "time"
                elif now >= next_look:
                    usage = _usage(process.pid)
                    if usage.processes > limits.processes + 3:  # bwrap's own and the starter
                        result.stopped = "processes"
                    elif usage.memory > limits.memory:
                        result.stopped = "memory"
                    next_look = now + 0.1
        if not result.stopped:
            result.code = process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        result.stopped = "time"
    finally:
        _end(process)
    result.report, result.seconds = bytes(streams.report), time.monotonic() - began
    result.stdout, result.stderr = bytes(streams.stdout), bytes(streams.stderr)
    return result


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the run; with bwrap gone its process namespace goes too."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


@dataclass
class _Usage:
    """What a run uses: bytes, processes, seconds of the processors' time."""

    memory: int = 0
    processes: int = 0
    seconds: float = 0.0


def _usage(pid: int) -> _Usage:
    """Sum what a process and all below it use."""
    page, tick = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
    usage = _Usage()
    waiting = [pid]
    while waiting:
        current = waiting.pop()
        with contextlib.suppress(OSError, ValueError, IndexError):
            usage.memory += int(Path(f"/proc/{current}/statm").read_bytes().split()[1]) * page
            usage.processes += 1
            times = Path(f"/proc/{current}/stat").read_bytes().rpartition(b")")[2].split()[11:15]
            usage.seconds += sum(int(each) for each in times) / tick
            for thread in os.listdir(f"/proc/{current}/task"):
                children = Path(f"/proc/{current}/task/{thread}/children").read_bytes()
                waiting += [int(child) for child in children.split()]
    return usage
