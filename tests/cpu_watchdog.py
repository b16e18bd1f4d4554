"""Ends a test that never ends, and prints the place where it was.

What counts is the processor's time: a right answer isn't ended because the computer is busy. A
compiled loop hears no Ctrl-C and lets no other Python code run, the watching thread included; then
nobody sets the clock of `faulthandler` back, which needs no Python.
"""

from __future__ import annotations

import faulthandler
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

CPU_SECONDS = 180.0
UNHEARD_SECONDS = 600.0  # by the clock, in which this thread got no turn at all


class Watchdog:
    """A plugin that watches how long each test computes."""

    def __init__(self, cpu: float = CPU_SECONDS, unheard: float = UNHEARD_SECONDS) -> None:
        self.cpu = cpu
        self.unheard = unheard
        self._running: tuple[str, float] | None = None
        self._over = threading.Event()
        self._stderr = os.dup(2)  # pytest takes the other one while a test runs

    def pytest_sessionstart(self) -> None:
        """Begin to watch."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def pytest_sessionfinish(self) -> None:
        """End it."""
        self._over.set()
        faulthandler.cancel_dump_traceback_later()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        """Note which test runs, and since when."""
        self._running = (item.nodeid, time.process_time())
        faulthandler.dump_traceback_later(self.unheard, exit=True, file=self._stderr)
        try:
            return (yield)
        finally:
            self._running = None
            faulthandler.cancel_dump_traceback_later()

    def _watch(self) -> None:
        while not self._over.wait(min(1.0, self.cpu / 4)):
            running = self._running
            if running is None:
                continue
            test, since = running
            faulthandler.dump_traceback_later(self.unheard, exit=True, file=self._stderr)
            if self._running is None:  # it ended just now
                faulthandler.cancel_dump_traceback_later()
            elif time.process_time() - since > self.cpu:
                said = f"\n{test} computed for {self.cpu:g} seconds: is there a loop without end?\n"
                os.write(self._stderr, said.encode())
                faulthandler.dump_traceback(file=self._stderr, all_threads=True)
                os._exit(1)
