"""What a sandboxed run may use, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1 << 20


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
        output: bytes on standard output and standard error together; a `print` that was forgotten
            in an inner loop writes many, and is no mistake.
        report: bytes of the answer.

    """

    seconds: float = 60.0
    silence: float = 15.0
    memory: int = 1024 * MEGABYTE
    address_space: int = 4096 * MEGABYTE
    processes: int = 24
    threads: int = 256
    files: int = 64 * MEGABYTE
    output: int = 64 * MEGABYTE
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
