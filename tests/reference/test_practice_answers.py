"""The sealed answers of the guides' questions: what each page takes for right is right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from minitorch.practice import seal

ROOT = Path(__file__).resolve().parents[2]
# For each cell the answer, or the rows, that it must take for right.
ANSWERS: dict[tuple[str, str], list[Any]] = {
    ("module0/03_functional", "practice-fold-code"): [5, 3 - 5, 10 - (3 - 5)],
    ("module0/05_modules", "practice-names-code"): ["w", "left.w", "left.end.w", "left.end.b"],
    ("module0/07_ml_primer", "practice-count-code"): [8 * 3 + 8 + 1],
    ("module1/03_autodifferentiation", "practice-count-code"): [(151 * 6000, 6000)],
    ("module1/04_backpropagation", "practice-trace-code"): [
        ("out s", "a"),
        ("out s b", "a"),
        ("out s", "a b"),
        ("out", "a b s"),
        ("", "a b s out"),
    ],
    ("module1/04_backpropagation", "practice-hunt-answer"): ["Wave"],
    ("module1/05_training", "practice-count-code"): [2 * 10 + 10 + 10 * 10 + 10 + 10 + 1],
    ("module1/05_training", "practice-lines-code"): ["DCBA"],
}


def source(guide: str, cell: str) -> str:
    notebook = json.loads((ROOT / f"nbs/guides/{guide}.ipynb").read_text(encoding="utf-8"))
    (found,) = (each for each in notebook["cells"] if each["id"] == cell)
    assert "practice" in found["metadata"]["tags"]
    return "".join(found["source"])


@pytest.mark.parametrize(("guide", "cell"), ANSWERS)
def test_a_guide_takes_the_right_answer_for_right(guide: str, cell: str) -> None:
    right = ANSWERS[guide, cell]
    assert " ".join(map(seal, right)) in source(guide, cell)


def test_the_trace_is_that_of_a_depth_first_search() -> None:
    inputs = {"out": ("s", "a"), "s": ("a", "b"), "a": (), "b": ()}
    stack, finished, seen = ["out"], list[str](), list[tuple[str, str]]()
    while stack:
        waits = [each for each in inputs[stack[-1]] if each not in finished]
        if stack[-1] in finished:
            stack.pop()
        elif waits:
            stack += waits
        else:
            finished.append(stack.pop())
        seen.append((" ".join(stack), " ".join(finished)))
    first, *rest = seen
    assert first == ("out s a", "")
    assert rest == ANSWERS["module1/04_backpropagation", "practice-trace-code"]


def test_the_hunted_function_is_the_wrong_one() -> None:
    from minitorch.scalar import Scalar, ScalarFunction, derivative_check

    made: dict[str, Any] = {"ScalarFunction": ScalarFunction, "math": __import__("math")}
    exec(source("module1/04_backpropagation", "practice-hunt-code"), made)
    derivative_check(made["Cube"].apply, Scalar(-2.0))
    derivative_check(made["Distance"].apply, Scalar(-3.0), Scalar(4.0))
    derivative_check(made["Wave"].apply, Scalar(1.0), Scalar(2.0))  # there nobody sees it
    with pytest.raises(AssertionError, match="argument 1"):
        derivative_check(made["Wave"].apply, Scalar(3.0), Scalar(2.0))
