"""A case of the attack suite: what it does, after whose points it is, what a person is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grading.tests import tiny
from grading.tests.handing_in import MUL, RELU, Change, before, swap

# The whole of a hand-in's folder, instead of changes to the reference's notebook.
Lay = Callable[[Path, bytes], None]


@dataclass(frozen=True)
class Attack:
    """A submission that means to get what it hasn't earned, or to harm.

    Attributes:
        group: what it is after, a heading of the table.
        name: a few words.
        tries: what it does, in a line.
        changes: to a notebook in which all else is right.
        lay: instead, puts files into the folder that is handed in, given the right notebook.
        task: whose points it wants.
        note: a pattern that a note to a person must match; without one there may be none.
        sampled: `make test` tries it, too; the others are tried there by a test of their own.
    """

    group: str
    name: str
    tries: str
    changes: tuple[Change, ...] = ()
    lay: Lay | None = None
    task: str = "task0_1"
    note: str = ""
    sampled: bool = False

    def told(self, notes: Sequence[str]) -> bool:
        """Say whether a person was told what this case asks for."""
        return not self.note or any(re.search(self.note, note) for note in notes)


def answers(helper: str, mul: str = "return None", relu: str = "") -> tuple[Change, ...]:
    """Answer Task 0.1 with two bodies that have a helper in front of them."""
    changes = [swap("operators", MUL.strip(), mul), swap("operators", RELU, relu or mul)]
    return (*([before("operators", helper)] if helper else []), *changes)


def if_open(way: str) -> tuple[Change, ...]:
    """Answer Task 0.1 rightly if a way is open: then the case gains all its points.

    Args:
        way: the body of a function; it returns something true if it got through. It is tried once
            a run, so that what it leaves is there for the next.
    """
    lines = "\n".join(f"        {line}" for line in way.strip().splitlines())
    helper = f"def _try():\n    try:\n{lines}\n    except Exception:\n        return False"
    return answers(
        f"{helper}\n\n\nOPEN = _try()",
        "return x * y if OPEN else None",
        "return (x if x > 0 else 0.0) if OPEN else None",
    )


def tests(source: str) -> tuple[Change, ...]:
    """Hand in a test for Task 0.2."""

    def change(notebook: Any) -> None:
        cell = tiny.cell(notebook, "property")
        cell.source = "#| export property_tests\nfrom minitorch.operators import mul\n\n" + source

    return (change,)
