"""Who may run now: as many runs at one time as there are cores, or one alone.

Another grader on the machine is a neighbour like any other program; what a run had of a core is
measured, not assumed.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from grading.sandbox.usage import cores


class Turns:
    """Lets runs go side by side, and one alone when it asks for it.

    Args:
        places: how many may run side by side.

    """

    def __init__(self, places: int) -> None:
        self.places = places
        self._running = 0
        self._alone = 0  # those that wait to be alone, or are
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def take(self, *, alone: bool = False) -> Iterator[None]:
        """Wait for a place, or for all of them; who wants all of them comes first."""
        wanted = self.places if alone else 1
        with self._changed:
            self._alone += alone
            while self._running + wanted > self.places or (self._alone and not alone):
                self._changed.wait()
            self._running += wanted
        try:
            yield
        finally:
            with self._changed:
                self._alone -= alone
                self._running -= wanted
                self._changed.notify_all()


TURNS = Turns(cores())
