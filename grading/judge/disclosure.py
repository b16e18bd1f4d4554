"""What of a program's text may reach its student: little, and nothing that quotes hidden code.

A sandbox holds no expected value, but it holds probes, and the reference of the tasks that this one
requires. A message can carry what a program read there, in a code of its own. So:

- where the reference of a task is inside that the student hasn't earned, no text leaves and no
  value as it stands: an error's own Python name, a line of the student's function, a small number;
- elsewhere what leaves is bounded, in bytes: ASCII alone, `LONGEST` a piece and `MOST` a task;
- what it quotes as it stands is left out, and what reads like a code is passed on, each with a note
  for a person; paths of this machine are left out without one.
"""

from __future__ import annotations

import builtins
import math
import re
from collections import Counter
from collections.abc import Iterable

LONGEST = 240  # bytes of one piece
MOST = 1000  # bytes of one task
QUOTE = 20  # so many characters in a row, spaces aside, are a quotation
LEFT_OUT = "(left out: it quotes code that students don't have)"
ENOUGH = "(left out: this task has said enough)"
NOTE = "what it said quotes code that students don't have; that was left out, please look why"
ENCODED = "what it said reads like a code of its own, not like words or numbers; please look why"

_PATH = re.compile(r"(?<![\w.)\]])/(?:[\w.@+~-]+/)+")
_NUMBER = re.compile(r"[-+]?[0-9.]+(?:e[-+]?[0-9]+)?")
_NAME = re.compile(r"_*[a-z][a-z_]*|_*[A-Z][A-Z_]*|(?:[A-Z][a-z]+)+")
_PARTS = re.compile(r"[^(),:;'\"\[\]{}]+")
# Bits that a word may hold: the longest words of a program's own messages have fewer.
_MOST_BITS = 80.0
_FOREIGN = 8  # so many letters that aren't ASCII are no name in an error message
_LARGEST = 1000.0


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

    Attributes:
        quoted: something was left out, since it quotes hidden code.
        encoded: something reads like a code.

    """

    def __init__(self, hidden: set[str] | frozenset[str] = frozenset()) -> None:
        self._hidden = hidden
        self._left = MOST
        self.quoted = False
        self.encoded = False

    def __call__(self, text: str) -> str:
        """Return the text, or the beginning of it, or why it is left out."""
        self.encoded = self.encoded or reads_like_a_code(text)
        if self.quotes(text):
            return LEFT_OUT
        text = without_paths(in_ascii(text))
        if self._left < min(len(text), 20):
            return ENOUGH
        longest = min(LONGEST, self._left)
        text = text if len(text) <= longest else text[: longest - 3] + "..."
        self._left -= len(text)
        return text

    def quotes(self, text: str) -> bool:
        """Tell whether a text quotes what students don't have, and remember it."""
        if quotations([text]).isdisjoint(self._hidden):
            return False
        self.quoted = True
        return True

    @property
    def notes(self) -> list[str]:
        """What a person should look at."""
        return [NOTE] * self.quoted + [ENCODED] * self.encoded


def in_ascii(text: str) -> str:
    """Write a text in ASCII; a character more would carry two bytes more."""
    return text.replace("\u2026", "...").encode("ascii", "replace").decode()


def without_paths(text: str) -> str:
    """Leave out the folders of this machine; names of files stay."""
    return _PATH.sub(".../", text)


def reads_like_a_code(text: str) -> bool:
    """Tell whether a text holds what is neither words, names nor numbers."""
    if sum(not each.isascii() for each in text) >= _FOREIGN:
        return True
    return any(
        sum(_bits(part) for part in _PARTS.findall(word)) > _MOST_BITS for word in text.split()
    )


def _bits(word: str) -> float:
    """Return how much a word could say, by how evenly it uses its letters; names say little."""
    if _NUMBER.fullmatch(word) and len(word) < 26:
        return 0.0
    parts = [part for part in re.split(r"[^A-Za-z0-9]", word) if part]
    if all(_NAME.fullmatch(part) and len(part) < 26 for part in parts):
        return 0.0
    counts = Counter(word).values()
    return sum(count * math.log2(len(word) / count) for count in counts)


def error_name(name: str) -> str:
    """Name an error by a word that is not the student's own."""
    known = getattr(builtins, name, None)
    python = isinstance(known, type) and issubclass(known, BaseException)
    return name if python else "an error of its own"


def small_value(value: object) -> str:
    """Show a result that is too small to carry anything: a truth, or a number of three digits."""
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float) and abs(value) < _LARGEST:
        return f"{value:.3g}"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return ""
