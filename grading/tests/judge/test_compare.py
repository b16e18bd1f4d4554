"""Comparing: what counts as the same, and what a difference tells."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from grading.judge.compare import Outcome, difference, parse, show, unnamed
from grading.judge.diagnosis import says
from grading.sandbox.runner import plain as encode
from grading.submission.sanitize import clean


@pytest.mark.parametrize(
    "expected, got, agree",
    [
        (1.0, 1.0, True),
        (1.0, 1, True),
        (1.0, True, True),
        (0.1 + 0.2, 0.3, True),
        (1e300, 1e300 * (1 + 1e-12), True),
        (1.0, 1.1, False),
        (math.nan, math.nan, True),
        (math.nan, 0.0, False),
        (0.0, math.nan, False),
        (math.inf, math.inf, True),
        (math.inf, -math.inf, False),
        (math.inf, 1e308, False),
        (1e308, math.inf, False),
        (1.0, "1.0", False),
        (1.0, None, False),
        (1.0, [1.0], False),
        (3, 3, True),
        (3, 3.0, False),
        (1, True, False),
        (True, True, True),
        (True, 1, False),
        (False, 0.0, False),
        (None, None, True),
        (None, 0, False),
        ("a", "a", True),
        ("a", "b", False),
        ([1.0, [2, "x"]], [1.0, [2, "x"]], True),
        ([1.0, 2.0], [1.0], False),
        ([], [], True),
        ([], None, False),
        (1.0, 10**299, False),
        ({"dict": [["a", 1.0], [2, None]]}, {"dict": [[2, None], ["a", 1]]}, True),
        ({"dict": [["a", 1.0]]}, {"dict": [["b", 1.0]]}, False),
        ({"dict": [["a", 1.0]]}, {"dict": [["a"]]}, False),
        ({"dict": [["a", 1.0]]}, {"dict": 7}, False),
        ({"dict": []}, [], False),
        (1.0, {"odd": "an object of type x.AlwaysEqual"}, False),
    ],
)
def test_comparing(expected: Any, got: Any, agree: bool) -> None:
    said = difference(expected, got, 1e-6)
    assert (said is None) == agree, said


def test_expected_values_are_not_told() -> None:
    for expected, got in ((3.25, 1.0), ("secret", "x"), ([3.25], [1.0]), (77, 1), (3.25, None)):
        said = difference(expected, got, 1e-6) or ""
        assert said and not any(word in said for word in ("3.25", "secret", "77")), said


def test_errors_are_called_errors() -> None:
    """A probe that caught an error returns its name, which for the student is no string."""
    assert (
        difference("ValueError", "IndexError", 0) == "raised IndexError; it is not the right error"
    )
    assert difference([1.0], ["OverflowError"], 0) == (
        "case 1: raised OverflowError; a number belongs there"
    )
    assert difference([math.inf], ["ZeroDivisionError"], 0) == (
        "case 1: raised ZeroDivisionError; a number belongs there"
    )
    assert difference("ValueError", 3, 0) == "came out as 3; an error belongs there"
    assert difference("ValueError", "accepted", 0) == "raised no error; an error belongs there"
    assert difference("accepted", "TypeError", 0) == "raised TypeError; no error belongs there"


def test_a_place_is_named_for_the_students_function() -> None:
    """How a probe writes results down means nothing to a student."""
    right, wrong = [[1.0, 2.0], [3.0]], [[1.0, 2.0], [4.0]]
    assert difference(right, wrong, 0) == "case 2.1: came out as 4; not the right number"
    told = "exp, case 1: came out as 4; not the right number"
    assert difference(right, wrong, 0, ("log", "exp")) == told
    told = "x + y, case 2: came out as 4; not the right number"
    assert difference(right, wrong, 0, (), ("x + y", "x - y")) == told
    assert difference([True], [False], 0, ("the list stays",)) == (
        "the list stays: came out as False; that is not right"
    )
    assert difference({"dict": [["a", [1]]]}, {"dict": [["a", [2]]]}, 0) == (
        'case "a".1: came out as 2; not the right number'
    )


def test_a_cell_that_is_not_python_is_told_once() -> None:
    """The package raises it in the function's place; that line is not the student's."""
    told = "03_a.ipynb, cell mul is not Python: line 3: invalid syntax"
    place = f"operators.py, in mul: raise SyntaxError('{told}')"
    got = Outcome(error="SyntaxError", message=told, place=place)
    assert says(Outcome(value=1), got, 0) == told


def test_encoding_is_plain() -> None:
    class Number(float):
        def __eq__(self, other: object) -> bool:
            return True

        def __repr__(self) -> str:
            return "3"

        __hash__ = float.__hash__

    class Always:
        def __eq__(self, other: object) -> bool:
            return True

    assert json.loads(json.dumps(encode(Number(2.0)))) == 2.0
    assert "odd" in encode(Always())
    assert encode((1, [2.0, {"a": None}])) == [1, [2.0, {"dict": [["a", None]]}]]
    deep: Any = []
    for _ in range(100):
        deep = [deep]
    json.dumps(encode(deep))
    assert "odd" in encode(10**400) and "odd" in encode("x" * 10**6)


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b"3", b'{"item": 3}', b'{"item": "a"}', b'{"item": "a", "raised": 3}',
     b'{"item": "a", "raised": {"type": 3}}', b"[" * 100_000, b"\xff",
     b'{"item": "a", "begin": 1}'],
)  # fmt: skip
def test_lines_that_are_none(line: bytes) -> None:
    assert parse(line) is None


def test_strangers_text_is_made_fit() -> None:
    assert clean("a\n\x1b[31mb\u202e" + "c" * 1000).startswith("a ?[31mb?ccc")
    assert len(clean("c" * 1000)) == 300 and len(show(["x" * 999] * 99)) <= 120


def test_a_question_is_answered_for_the_students_work() -> None:
    """A truth of the probe's own, "case 4: came out as False", says nothing to a student."""
    names = ("the cells", "Does a loop run on all cores?", "Does it read outside?")
    right = [[1.0], True, False]
    said = "Does a loop run on all cores? No."
    assert difference(right, [[1.0], False, False], 0, names) == said
    said = "Does it read outside? Yes, and it should not be so."
    assert difference(right, [[1.0], True, True], 0, names) == said
    said = "Does a loop run on all cores? It could not be walked in Python."
    assert difference(right, [[1.0], "could not be walked in Python", False], 0, names) == said
    said = "Does it read outside?, case 2: No."
    assert difference([[True, True]], [[True, False]], 0, ("Does it read outside?",)) == said


@pytest.mark.parametrize(
    ("value", "names", "inner", "unclear"),
    [
        ([1.0, 2, math.nan], (), (), False),
        ([1.0, "ValueError", None], (), (), False),  # what a function gave, or how it failed
        ([[1.0, 2.0], [3]], (), (), False),
        ([1.0, True], (), (), True),
        ([1.0, True], ("loss", "Is it plain?"), (), False),
        ([1.0, [2.0], True], ("loss", "cells"), (), True),
        ([[1.0, [2.0]]], (), (), True),
        ([[1.0, [2.0]], [3.0, []]], (), ("loss", "cells"), False),
        ([[2, 3], [[1.0, True]]], ("shape", "cells"), (), False),  # two levels have names
        (True, (), (), False),
    ],
)
def test_what_gathers_several_kinds_needs_names(
    value: Any, names: tuple[str, ...], inner: tuple[str, ...], unclear: bool
) -> None:
    assert unnamed(value, names, inner) == unclear
