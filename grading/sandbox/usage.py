"""What the machine gives: cores, and what a run has used of them, measured from outside of it."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_CGROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Usage:
    """What a run has used so far.

    Attributes:
        memory: bytes that its processes hold now.
        processes: how many there are now.
        cpu: seconds of processor time.
        waited: seconds that its threads were ready to go on and had no core, added up.

    """

    memory: int = 0
    processes: int = 0
    cpu: float = 0.0
    waited: float = 0.0


class Meter:
    """Sums what a process and all below it use.

    A process that ended stays counted: its parent, or the first process of the sandbox, has its
    time. A parent that refuses to know of its children hides theirs; then it is what was seen of
    each while it ran, and for what is left there is the clock.

    Args:
        pid: the process.

    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._cpu = 0.0
        self._own: dict[tuple[int, bytes], float] = {}  # by process and when it was started
        self._waits: dict[str, float] = {}
        self._pressure = _pressure()

    def read(self) -> Usage:
        """Look at the processes as they are now."""
        page, tick = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
        memory = processes = 0
        cpu = 0.0
        waiting = [self.pid]
        while waiting:
            folder = _PROC / str(pid := waiting.pop())
            with contextlib.suppress(OSError, ValueError, IndexError):
                memory += int((folder / "statm").read_bytes().split()[1]) * page
                processes += 1
                about = (folder / "stat").read_bytes().rpartition(b")")[2].split()
                # Its own time, and that of its children which ended, in user's and system's mode.
                own, others = (sum(map(int, about[at : at + 2])) / tick for at in (11, 13))
                cpu += own + others
                self._own[pid, about[19]] = own
                for thread in os.listdir(folder / "task"):
                    children = (folder / "task" / thread / "children").read_bytes()
                    waiting += [int(child) for child in children.split()]
                    self._look(folder / "task" / thread / "schedstat")
        # Neither counts a second twice, and either may miss some; while a run ends, both do.
        self._cpu = max(self._cpu, cpu, sum(self._own.values()))
        return Usage(memory, processes, self._cpu, self._waited())

    def _look(self, path: Path) -> None:
        with contextlib.suppress(OSError, ValueError, IndexError):
            self._waits[str(path)] = int(path.read_bytes().split()[1]) / 1e9

    def _waited(self) -> float:
        """Sum the waiting of threads; where the kernel doesn't count it, that of the machine."""
        return sum(self._waits.values()) if self._waits else _pressure() - self._pressure


def _pressure() -> float:
    """Return for how many seconds anything on this machine has waited for a core."""
    try:
        first = (_PROC / "pressure" / "cpu").read_text(encoding="utf-8").split("\n")[0]
        return int(first.rpartition("=")[2]) / 1e6
    except (OSError, ValueError):
        return 0.0


def killed_for_memory() -> int:
    """Count the processes that this machine has ended because it had no memory left."""
    try:
        lines = (_PROC / "vmstat").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
    except (OSError, StopIteration):
        return 0


@functools.cache
def cores() -> int:
    """Count the cores that this process may use: not all that the machine has."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # not every system tells
        allowed = os.cpu_count() or 1
    return max(1, min(allowed, int(min(_quotas(), default=allowed))))


def _quotas() -> Iterator[float]:
    """Give the cores that the control groups around this process allow, as a container has them."""
    try:
        lines = (_PROC / "self" / "cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, place = line.split(":", 2)
        inside = Path(place.lstrip("/"))
        for folder in (inside, *inside.parents):
            with contextlib.suppress(OSError, ValueError):
                if not controllers:
                    quota, period = (
                        (_CGROUPS / folder / "cpu.max").read_text(encoding="utf-8").split()
                    )
                elif "cpu" in controllers.split(","):
                    path = _CGROUPS / controllers / folder
                    quota = (path / "cpu.cfs_quota_us").read_text(encoding="utf-8")
                    period = (path / "cpu.cfs_period_us").read_text(encoding="utf-8")
                else:
                    continue
                if int(quota) > 0:
                    yield int(quota) / int(period)
