"""What of a program's text may reach its student: little, and nothing that quotes hidden code.

A sandbox holds no expected value, but it holds probes, and the reference of the tasks that this one
requires. A message can carry what a program read there. Nothing keeps it from doing so in a code of
its own, so what leaves is bounded; what it quotes as it stands is left out, with a note.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable

LONGEST = 240  # characters of one piece
MOST = 1000  # characters of one task
QUOTE = 20  # so many characters in a row, spaces aside, are a quotation
LEFT_OUT = "(left out: it quotes code that students don't have)"
ENOUGH = "(left out: this task has said enough)"
NOTE = "what it said quotes code that students don't have; that was left out, please look why"


def quotations(texts: Iterable[str]) -> set[str]:
    """List what would be a quotation of the texts."""
    found: set[str] = set()
    for text in texts:
        packed = _packed(text)
        found.update(packed[at : at + QUOTE] for at in range(len(packed) - QUOTE + 1))
    return found


def _packed(text: str) -> str:
    """Leave out spaces, and what `repr` and JSON put before a quote or in place of a newline."""
    return re.sub(r"\\n|\\t|[\s\\'\"]", "", text)


class Disclosure:
    """Passes on a student's text, for one task.

    Args:
        hidden: quotations of what students don't have.
    """

    def __init__(self, hidden: set[str] | frozenset[str] = frozenset()) -> None:
        self._hidden = hidden
        self._left = MOST
        self.quoted = False

    def __call__(self, text: str) -> str:
        """Return the text, or the beginning of it, or why it is left out."""
        if self.quotes(text):
            return LEFT_OUT
        if self._left < min(len(text), 20):
            return ENOUGH
        longest = min(LONGEST, self._left)
        text = text if len(text) <= longest else text[: longest - 1] + "…"
        self._left -= len(text)
        return text

    def quotes(self, text: str) -> bool:
        """Tell whether a text quotes what students don't have, and remember it."""
        if quotations([text]).isdisjoint(self._hidden):
            return False
        self.quoted = True
        return True


def error_name(name: str) -> str:
    """Name an error by a word that is not the student's own."""
    known = getattr(builtins, name, None)
    python = isinstance(known, type) and issubclass(known, BaseException)
    return name if python else "an error of its own"
