"""How long a run may go on, and what else it may use.

Every length of time that grading knows stands here, each with its reason. They are of two kinds:
limits in seconds of the processors' time, which is the same on a busy machine, and distant guards
by the clock, which take no points from anybody: what they end is not graded yet (`ending`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

MEGABYTE = 1 << 20

# Processor time, summed over all processes and threads of a run

# Of one probe, test or visible cell, and of the import before the first. A student's way may be a
# hundred times slower than the reference's and still be right; most probes take it milliseconds.
FLOOR = 10.0
# So many times what the reference needs for the same item, where that is more.
TIMES = 10.0
# So many times what the reference needs for all items of the task, its compiling too, where that is
# more: what the reference compiles in its first item, another package may compile in any.
WHOLE = 3.0
# Instead of FLOOR, for bodies that solve nothing and are only shown to earn nothing: some of them
# keep a loop from ending, and no student waits for what they come to.
LAZY = 2.0
# Of one item of the reference, which is measured by nothing: ten times what the slowest one takes.
REFERENCE = 600.0
# What all runs of a task may use together: of so many endless loops, each run twice, …
LOOPS = 20
# … and of every package that a test task tries, so many times what the reference needs for one.
# Beyond it a submission waits for a person, since it would keep the others waiting.

# An endless loop is one that passes its limit twice, and had this share of a core the second time.
MOST_OF_A_CORE = 0.8

# By the clock: guards against what sleeps, or hides its processor time

# One item may do nothing for so long: neither compute nor wait for a core. A runner that somebody
# stops for half a minute, or a cold disk, stays well below it.
CLOCK = 60.0
# All runs of a task together may do nothing for so long: it bounds tests that sleep a little each.
IDLE = 300.0
# One item at all, on a machine that gives it next to nothing.
LONGEST = 3600.0
# One cell of the course's own notebooks, in CI: a guard against hanging, on a slow machine, too.
CELL = 1800
# A step of the watcher that takes longer was no step: it was itself stopped, or the machine asleep.
STEP = 0.5
# Between two looks at what a run uses, and until the reports are read again.
LOOK, WAKE = 0.1, 0.05


@dataclass(frozen=True)
class Needs:
    """What the reference needs for a task: the measure of what a submission may use.

    Measured in the same run of the grader, on the same machine, from outside.

    Attributes:
        items: processor time by item; that of the import under "".
        floor: of a limit.
        hasty: what passes its limits is given up, though it had little of a core.

    """

    items: Mapping[str, float] = field(default_factory=dict)
    floor: float = FLOOR
    hasty: bool = False

    @property
    def whole(self) -> float:
        """Processor time of everything: import, compiling, all items."""
        return sum(self.items.values())

    def limit(self, item: str = "") -> float:
        """Return the processor time that an item may use."""
        return max(self.floor, WHOLE * self.whole, TIMES * self.items.get(item, 0.0))

    def limits(self, items: Iterable[str]) -> dict[str, float]:
        """Return the limits of the import and of some items."""
        return {item: self.limit(item) for item in ("", *items)}


class Budget:
    """What the runs of one task may use together, for one submission.

    Args:
        needs: what the reference needs.
        packages: how many packages the task is tried on.

    """

    def __init__(self, needs: Needs, packages: int = 1) -> None:
        self.cpu = 2 * LOOPS * needs.limit() + TIMES * needs.whole * packages
        self.idle = IDLE
        self._lock = threading.Lock()
        self._used = self._slept = 0.0

    def spend(self, cpu: float, idle: float) -> None:
        """Count a run."""
        with self._lock:
            self._used += cpu
            self._slept += idle

    def exhausted(self) -> str:
        """Say what was used up; empty while there is something left."""
        if self._used > self.cpu:
            return (
                f"used {self._used:.0f} seconds of processor time, and its budget is {self.cpu:.0f}"
            )
        if self._slept > self.idle:
            return (
                f"did nothing for {self._slept:.0f} seconds (does it sleep, or wait?), and its "
                f"budget is {self.idle:.0f}"
            )
        return ""


@dataclass(frozen=True)
class Limits:
    """What one run may use.

    Attributes:
        cpu: seconds of processor time by item; under "" what comes before the first of them. An
            item that isn't named, or is begun twice, gets nothing of its own.
        clock: seconds in which it may do nothing, in each item.
        memory: bytes that all its processes hold together.
        address_space: bytes that one process may ask for; Numba and BLAS reserve much more
            than they use.
        processes: processes at one time. Looked at ten times a second, so that a fork bomb
            ends before its neighbours feel it.
        threads: processes and threads at one time, for the kernel to enforce.
        files: bytes it may write.
        output: bytes on standard output and standard error together; a `print` that was forgotten
            in an inner loop writes many, and is no mistake.
        report: bytes of the answer.

    """

    cpu: Mapping[str, float] = field(default_factory=lambda: {"": FLOOR})
    clock: float = field(default_factory=lambda: CLOCK)
    memory: int = 1024 * MEGABYTE
    address_space: int = 4096 * MEGABYTE
    processes: int = 24
    threads: int = 256
    files: int = 64 * MEGABYTE
    output: int = 64 * MEGABYTE
    report: int = 4 * MEGABYTE
