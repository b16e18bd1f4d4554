"""Handing in: the tiny course's reference as a student hands it in, changed in one place."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import nbformat
import pytest

from grading.gradebook import examples
from grading.judge.judge import Judge
from grading.judge.verdict import Judgement
from grading.sandbox import ending
from grading.submission.read import Submission
from grading.tests import tiny

Change = Callable[[Any], None]
Judged = Callable[..., Judgement]
MUL = "    product_of_both = x * y\n    return product_of_both"
RELU = "return x if x > 0 else 0.0"
ALL = {"task0_1": 40, "task0_2": 20, "task0_3": 30}


def hand_in(judge: Judge, *changes: Change) -> Submission:
    """The reference as a student hands it in, changed."""
    made = examples.make(judge, judge.course.assignments[0])["example-reference"]
    notebook = nbformat.reads(made[tiny.GUIDE].decode(), 4)
    for change in changes:
        change(notebook)
    return Submission("module0", {tiny.GUIDE: nbformat.writes(notebook).encode()})


def swap(cell_id: str, old: str, new: str) -> Change:
    def change(notebook: Any) -> None:
        cell = tiny.cell(notebook, cell_id)
        assert old in cell.source, f"{old!r} is not in the cell"
        cell.source = cell.source.replace(old, new)

    return change


def before(cell_id: str, text: str) -> Change:
    """Code in front of a cell's own."""

    def change(notebook: Any) -> None:
        cell = tiny.cell(notebook, cell_id)
        cell.source = cell.source.replace("\n", f"\n{text}\n\n", 1)

    return change


def add(after: str, source: str) -> Change:
    def change(notebook: Any) -> None:
        at = next(n for n, cell in enumerate(notebook.cells) if cell.id == after)
        notebook.cells.insert(at + 1, nbformat.v4.new_code_cell(source))

    return change


@contextlib.contextmanager
def settling() -> Iterator[None]:
    """Settle endless loops however little of a core this machine has for them just now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ending, "MOST_OF_A_CORE", 0.0)
        yield


def earned(judgement: Judgement) -> dict[str, float]:
    return {verdict.task: verdict.earned for verdict in judgement.verdicts}
