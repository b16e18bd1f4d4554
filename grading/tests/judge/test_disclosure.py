"""Disclosure: what a student's program can carry out of its sandbox to the student."""

from __future__ import annotations

from typing import Any

import pytest

from grading.gradebook.feedback import plain
from grading.judge.disclosure import ENOUGH, LEFT_OUT, MOST, Disclosure, quotations
from grading.judge.judge import Judge
from grading.submission.read import Submission
from grading.tests import tiny
from grading.tests.handing_in import ALL, MUL, RELU, Judged, before, earned, swap

READ = "__import__('pathlib').Path('/task/task0_1.py').read_text()"
WAYS_OUT = {
    "message": f"raise ValueError({READ})",
    "name": f"raise type({READ}[:70], (Exception,), dict())",
    "value": f"return {READ}",
    "list": f"return {READ}.split('.')",
    "key": f"return dict([({READ}, 1)])",
    "type": f"return type({READ}[:70], (), dict())()",
    "check": f"raise AssertionError({READ})",
    "repr": f"raise ValueError(repr({READ}))",
}


@pytest.mark.sandbox
@pytest.mark.parametrize("way", WAYS_OUT)
def test_probes_are_not_quoted(judge: Judge, judged: Judged, way: str) -> None:
    body = WAYS_OUT[way]
    judgement = judged(swap("operators", MUL.strip(), body), swap("operators", RELU, body))
    assert earned(judgement) == ALL | {"task0_1": 0}
    told = plain(judgement.verdict("task0_1"))
    source = judge.material(judge.course.task("task0_1")).source
    assert not quotations([told]) & (quotations([source]) - quotations([body, tiny.OPERATORS]))
    assert len(told) < 2 * MOST


@pytest.mark.sandbox
def test_a_prerequisites_reference_is_not_quoted(judged: Judged) -> None:
    """Task 0.2 has it inside, and so has any task with `REQUIRES`."""
    leak = before("property", "import inspect\nfrom minitorch import operators")

    def raise_it(notebook: Any) -> None:
        leak(notebook)
        cell = tiny.cell(notebook, "property")
        cell.source += "\n\nraise ValueError(inspect.getsource(operators.mul))"

    assert "product_of_both" not in repr(judged(raise_it).verdict("task0_2"))


@pytest.mark.sandbox
def test_a_students_own_lines_are_shown(judged: Judged) -> None:
    broken = "scaled_product = x / 0\n    return scaled_product"
    told = plain(judged(swap("operators", MUL.strip(), broken)).verdict("task0_1"))
    assert "ZeroDivisionError: " in told and "scaled_product = x / 0" in told


@pytest.mark.sandbox
def test_a_stubs_own_words_are_no_quotation(judge: Judge, judged: Judged) -> None:
    """Students have the release, also one who handed in nothing."""
    nothing = judge.judge(Submission("module0", {tiny.GUIDE: None}), again=True)
    assert [note for v in nothing.verdicts for note in v.notes] == []
    assert "is not written yet: Need to implement" in plain(nothing.verdict("task0_3"))


def test_quotations_are_left_out() -> None:
    tell = Disclosure(quotations(["    total = 0.0\n    for each in numbers:\n        total += 1"]))
    assert tell("for x in numbers") == "for x in numbers" and not tell.quoted
    assert tell("it says: 'total = 0.0\\n for each in numbers'") == LEFT_OUT and tell.quoted
    assert tell("f o r e a c h i n n u m b e r s : t o t a l") == LEFT_OUT


def test_all_of_it_together_is_bounded() -> None:
    tell = Disclosure()
    told = [tell("x" * 1000) for _ in range(20)]
    assert sum(len(each) for each in told if each != ENOUGH) <= MOST and told[-1] == ENOUGH
    assert tell("") == ""
