"""How far a class has come: count, rate, and what is left of the time."""

from __future__ import annotations

import time
from collections.abc import Callable


class Progress:
    """Counts submissions as they are done.

    The rate is that of what had to be judged: what was known already takes no time, and would
    promise an end that doesn't come.

    Args:
        total: how many there are.
        clock: seconds that only grow.

    """

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.done = 0
        self._judged = 0
        self._clock = clock
        self._began = clock()

    def count(self, *, known: bool = False) -> str:
        """Count one more.

        Args:
            known: nothing had to be judged for it.

        Returns:
            Which one it is, e.g. `12 of 200`.

        """
        self.done += 1
        self._judged += not known
        return f"{self.done} of {self.total}"

    @property
    def rate(self) -> float:
        """Submissions a minute; 0 until one was judged."""
        seconds = self._clock() - self._began
        return 60 * self._judged / seconds if seconds > 0 else 0.0

    @property
    def left(self) -> float:
        """Seconds until all are done, if each that is left has to be judged."""
        return 60 * (self.total - self.done) / self.rate if self.rate else 0.0

    def __str__(self) -> str:
        """Say it in a few words, e.g. `7.2 a minute, about 26 min left`; empty if unknown."""
        if not self._judged or self.done == self.total:
            return ""
        return f"{self.rate:.3g} a minute, about {span(self.left)} left"


def span(seconds: float) -> str:
    """Write a time as a person says it: `40 s`, `26 min`, `3.5 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
