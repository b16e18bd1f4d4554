"""Questions between the tasks: nothing is said before the reader has answered."""

import pytest

from minitorch.practice import OPEN, answer, predict, rows, seal


def never():
    raise AssertionError("computed before there was a prediction")


def test_what_is_not_answered_gives_nothing_away():
    assert predict(..., never) is OPEN
    assert predict((1, ...), never) is OPEN
    assert answer(..., seal(30)) is OPEN
    assert rows([...], seal(1)) is OPEN
    assert rows([], seal(1)) is OPEN
    assert repr(OPEN) == str(OPEN) and "..." in OPEN


@pytest.mark.parametrize("guess", [6, 6.0, 6.0000001])
def test_a_prediction_that_holds(guess):
    assert predict(guess, lambda: 2 * 3).startswith("As you said")


def test_a_prediction_that_does_not():
    said = predict(5, lambda: 6, "It is multiplied.")
    assert "You said 5; it is 6." in said and said.endswith("multiplied.")
    assert predict([1, 2], lambda: [1, 2]).startswith("As you said")
    assert predict("a", lambda: 6).startswith("You said a")


def test_a_seal_is_the_answers_whatever_its_spelling():
    assert seal(151) == seal(151.0) == seal(151.0000000001)
    assert seal("Add,  Mul ") == seal("add, mul")
    assert seal((1, "A")) == seal([1.0, "a"])
    assert seal({"b", "a"}) == seal({"a", "b"}) != seal(("a", "b"))
    assert len({seal(value) for value in range(200)}) == 200


def test_a_sealed_answer():
    right = f"{seal('x')} {seal('y')}"
    assert "x is right. Both are." in answer("X ", right, "Both are.").replace("X ", "x")
    assert "y is right" in answer("y", right)
    assert answer("z", right) == "z isn't it. Look again."
    assert answer(20, seal(30), hints={seal(20): "Biases!"}) == "20 isn't it. Biases!"


def test_a_table_is_read_down_to_the_first_row_that_differs():
    right = [seal((8, 4)), f"{seal((4, 2))}|{seal((2, 4))}", seal((2, 1))]
    assert "All 3 rows" in rows([(8, 4), (2, 4), (2, 1)], " ".join(right))
    said = rows([(8, 4), (4, 1), (2, 2)], right, "n, half")
    assert "1 above it is right" in said and "Row 2 (n, half) isn't (4, 1)" in said
    assert rows([(8, 4), (4, 2), ...], right) == "Right so far. Row 3 is next."
    assert "there are 3 rows, and you have 2" in rows([(8, 4), (4, 2)], right)
    assert "there are 3 rows, and you have 4" in rows([(8, 4), (4, 2), (2, 1), (1, 0)], right)
    assert rows("ab", [seal("a"), seal("b")]).startswith("All 2 rows")
