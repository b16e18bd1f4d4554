"""Watching a run: it is stopped at the first limit that it reaches."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from grading.sandbox.limits import Limits, Result

_KEPT = 64 * 1024  # bytes of output that a person may want to see


@dataclass
class _Streams:
    """What came out so far."""

    report: bytearray = field(default_factory=bytearray)
    stdout: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)
    output: int = 0


def watch(process: subprocess.Popen[bytes], reader: int, limits: Limits) -> Result:
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
