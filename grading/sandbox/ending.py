"""What happened to a run, and whether it may decide about points.

What a limit ended is run again, alone. One that passes its limit of processor time both times,
the second time with most of a core, is an endless loop. One that used too much memory, crashed or
ended by itself twice has done so. Whatever else ends a run may be the machine's doing: then the
task is not graded yet (`NotYet`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from grading.sandbox.limits import MOST_OF_A_CORE


class NotYet(Exception):
    """Nothing can be said about a task in this run of the grader; the message says why."""


@dataclass
class Result:
    """How a run ended.

    Attributes:
        code: exit status, negative for a signal; None when we stopped it.
        stopped: the limit that stopped it ("cpu", "clock", "memory", …), empty if it ended by
            itself.
        report: the bytes it sent through the report pipe.
        stdout: the beginning of its standard output.
        stderr: the beginning of its standard error.
        seconds: how long it took.
        cpu: processor time that it used.
        idle: seconds in which it neither computed nor waited for a core.
        items: processor time by item; that of the import under "".
        used: processor time of the item at which it was stopped.
        share: of a core, that it had in this item.
        killed: somebody outside ended it, or the machine had no memory left.

    """

    code: int | None = None
    stopped: str = ""
    report: bytes = b""
    stdout: bytes = b""
    stderr: bytes = b""
    seconds: float = 0.0
    cpu: float = 0.0
    idle: float = 0.0
    items: dict[str, float] = field(default_factory=dict)
    used: float = 0.0
    share: float = 0.0
    killed: bool = False

    def lines(self) -> list[bytes]:
        """Give the complete lines of the report; a last one cut short is left out."""
        return self.report.split(b"\n")[:-1]


_STOPPED = {
    "memory": "it was stopped: it used too much memory",
    "processes": "it was stopped: it started too many processes",
    "output": "it was stopped: it wrote too much output",
}


def told(result: Result, ended: bool) -> str:
    """Say why a run gave no result.

    Args:
        result: the run.
        ended: it has said that it came to its end.

    """
    if result.stopped == "cpu":
        return f"it was stopped after {result.used:.1f} seconds of processor time"
    if result.stopped == "clock":
        return "it was stopped: it did nothing for too long"
    if result.stopped:
        return _STOPPED[result.stopped]
    if ended:
        return "it gave no result that could be read"
    if result.code is not None and not 0 <= result.code <= 128:
        return "the process crashed"
    return f"the process ended by itself, with status {result.code}"


def settled(first: Result, second: Result, ended: bool, least: float | None = None) -> str:
    """Say why an item has no result, after it was run twice.

    Args:
        first: the run among others.
        second: the run alone.
        ended: the second has said that it came to its end.
        least: share of a core that a loop must have had; by default most of one.

    Raises:
        NotYet: it can't be said whether that is the program's own doing.

    """
    least = MOST_OF_A_CORE if least is None else least
    if second.killed:
        raise NotYet("it was ended by somebody else, or for want of memory on this machine")
    if second.stopped == "clock":
        raise NotYet(
            f"it did nothing for too long: {second.used:.1f} seconds of processor time in "
            f"{second.seconds:.0f} seconds. Does it sleep, or wait for something?"
        )
    if second.stopped == "cpu":
        if first.stopped != "cpu" or second.share < least:
            raise NotYet(
                f"it used {second.used:.1f} seconds of processor time and was not done, with "
                f"{second.share:.0%} of a core. Is the machine busy with other programs?"
            )
        return (
            f"it used {first.used:.1f} seconds of processor time and was not done, and "
            f"{second.used:.1f} when it was tried again: is there a loop that never ends?"
        )
    return told(second, ended)
