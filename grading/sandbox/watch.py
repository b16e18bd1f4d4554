"""Watching a run: it is stopped at the first limit that it reaches."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import time
from dataclasses import dataclass, field

from grading.sandbox.ending import Result
from grading.sandbox.limits import LONGEST, LOOK, STEP, WAKE, Limits
from grading.sandbox.usage import Meter, Usage, killed_for_memory

_KEPT = 64 * 1024  # bytes of output that a person may want to see
# Ended so, it was somebody outside: the filter of system calls refuses it inside, and the outermost
# process can't be reached from there. (Signals come as negative numbers, or above 128.)
_BY_OTHERS = {128 + signal.SIGKILL, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT}


@dataclass
class _Streams:
    """What came out so far."""

    report: bytearray = field(default_factory=bytearray)
    stdout: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)
    output: int = 0


class _Item:
    """The item that a run is at: what it has used since it began.

    Args:
        name: of the item; empty before the first.
        limit: processor time that it may use.
        usage: of the whole run when it began.

    """

    def __init__(self, name: str, limit: float, usage: Usage) -> None:
        self.name, self.limit = name, limit
        self.began = usage
        self.usage = usage
        self.since = time.monotonic()
        self.clock = 0.0  # not while the watcher itself stood still

    @property
    def cpu(self) -> float:
        """Processor time."""
        return self.usage.cpu - self.began.cpu

    def over(self, clock: float) -> str:
        """Name the limit of time that it has reached; empty if none.

        Args:
            clock: seconds in which it may do nothing.

        """
        if self.cpu > self.limit:
            return "cpu"
        waited = self.usage.waited - self.began.waited
        return "clock" if self.clock - waited > clock + self.limit or self.clock > LONGEST else ""


def watch(process: subprocess.Popen[bytes], reader: int, limits: Limits) -> Result:
    """Collect what the run says, and stop it at the first limit it reaches."""
    streams, result = _Streams(), Result()
    began = before = next_look = time.monotonic()
    meter, memory_before = Meter(process.pid), killed_for_memory()
    usage = Usage()
    item = _Item("", limits.cpu.get("", 0.0), usage)
    left = set(limits.cpu) - {""}
    clock = 0.0
    seen = 0  # bytes of the report that were looked at
    try:
        with selectors.DefaultSelector() as selector:
            assert process.stdout is not None and process.stderr is not None
            for fd, name in (
                (reader, "report"),
                (process.stdout.fileno(), "stdout"),
                (process.stderr.fileno(), "stderr"),
            ):
                selector.register(fd, selectors.EVENT_READ, name)
            while not result.stopped and (selector.get_map() or process.poll() is None):
                for key, _ in selector.select(timeout=WAKE):
                    chunk = os.read(key.fd, 1 << 16)
                    if not chunk:
                        selector.unregister(key.fd)
                        continue
                    if key.data == "report":
                        streams.report += chunk
                    else:
                        streams.output += len(chunk)
                        kept: bytearray = getattr(streams, key.data)
                        kept += chunk[: max(0, _KEPT - len(kept))]
                now = time.monotonic()
                item.clock += min(now - before, STEP)
                clock, before = clock + min(now - before, STEP), now
                if now >= next_look or len(streams.report) > seen:
                    item.usage = usage = meter.read()
                    next_look = now + LOOK
                # What the program says can end an item that was asked for, and begin the next,
                # once each. So it can't make itself more time than all of them together have.
                whole = streams.report.rfind(b"\n") + 1
                for line in bytes(streams.report[seen:whole]).split(b"\n"):
                    if (name := _begun(line)) in left:
                        result.items[item.name] = result.items.get(item.name, 0.0) + item.cpu
                        left.discard(name)
                        item = _Item(name, limits.cpu[name], usage)
                seen = max(seen, whole)
                if len(streams.report) > limits.report or streams.output > limits.output:
                    result.stopped = "output"
                elif usage.processes > limits.processes + 3:  # bwrap's own and the starter
                    result.stopped = "processes"
                elif usage.memory > limits.memory:
                    result.stopped = "memory"
                else:
                    result.stopped = item.over(limits.clock)
        if not result.stopped:
            result.code = process.wait()
    finally:
        _end(process)
    result.items[item.name] = result.items.get(item.name, 0.0) + item.cpu
    result.used = item.cpu
    result.share = item.cpu / max(time.monotonic() - item.since, 1e-9)
    result.cpu, result.seconds = usage.cpu, time.monotonic() - began
    result.idle = max(0.0, clock - usage.cpu - usage.waited)
    result.killed = result.code in _BY_OTHERS or killed_for_memory() > memory_before
    result.report = bytes(streams.report)
    result.stdout, result.stderr = bytes(streams.stdout), bytes(streams.stderr)
    return result


def _begun(line: bytes) -> str:
    """Read which item a line of the report begins; empty if none."""
    if b'"begin"' not in line:
        return ""
    try:
        read = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    named = isinstance(read, dict) and read.get("begin") is True
    return str(read.get("item")) if named else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the run; with bwrap gone its process namespace goes too."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
