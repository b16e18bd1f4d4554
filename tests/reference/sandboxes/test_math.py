"""The math sandbox: curves, slopes, reductions."""

import ast
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("matplotlib", reason="sandboxes draw: pip install -e .[notebooks]")

from minitorch.sandbox import (
    core,
    math_sandbox,
)
from minitorch.sandbox.math import ONE, REDUCE, TWO, find, menu, read_numbers, slope, source
from reference.sandboxes.controls import widgets


def test_math_sandbox_reads_the_curve() -> None:
    sandbox = math_sandbox()
    assert sandbox.set(function="relu", x=-2.0).sentence.startswith("relu(-2) = 0")
    assert "slope there is 1." in sandbox.set(x=2.0).sentence
    assert "nothing (nan)" in sandbox.set(function="log", x=-1.0).sentence


def test_math_sandbox_measures_both_slopes() -> None:
    view = math_sandbox().set(kind=TWO, function="mul", x=2.0, y=3.0)
    assert view.sentence == "mul(2, 3) = 6. Its slope there is 3 along x and 2 along y."
    assert "def mul" in view.detail


@pytest.mark.parametrize("kind", [ONE, TWO, REDUCE])
def test_the_source_that_is_shown_is_python(kind: str) -> None:
    for path in menu(kind).values():
        if path != "reduce max":
            ast.parse(source(find(path)))


def test_math_sandbox_reduces_a_typed_list() -> None:
    sandbox = math_sandbox()
    assert sandbox.set(kind=REDUCE, function="sum").sentence == "sum of 1, 3, 5 is 9."
    assert sandbox.set(function="prod", numbers="2 4;8").sentence == "prod of 2, 4, 8 is 64."
    assert sandbox.set(numbers="").sentence == "prod of an empty list is 1."
    assert sandbox.set(numbers="1, two").sentence.startswith("'two' isn't a number")


def test_math_sandbox_follows_its_controls() -> None:
    widgets()
    sandbox = math_sandbox()
    sandbox.live()
    sandbox.widgets["x"].value = 0.0
    assert "sigmoid(0) = 0.5" in sandbox._panes["status"].value
    sandbox.widgets["kind"].value = TWO
    assert sandbox.function in menu(TWO)
    assert tuple(sandbox.widgets["function"].options) == tuple(menu(TWO))
    assert sandbox.widgets["numbers"].layout.display == "none"
    assert sandbox.widgets["y"].layout.display is None


@pytest.mark.parametrize("kind", ["One argument", "Two arguments", "Reduction"])
def test_math_sandbox_offers_functions_that_exist(kind: str) -> None:
    for path in menu(kind).values():
        assert callable(find(path)), path


def test_a_jump_has_no_slope() -> None:
    assert math.isnan(slope(lambda x: float(x > 1), 1.0))
    assert slope(lambda x: x**3, 2.0) == pytest.approx(12)
    assert slope(lambda x: 1000 * x, 2.0) == pytest.approx(1000)


@given(st.lists(st.floats(-1e6, 1e6), max_size=12))
def test_typed_numbers_are_read_back(numbers: list[float]) -> None:
    assert read_numbers(", ".join(map(repr, numbers))) == numbers


@pytest.mark.parametrize("text", ["1, x", "__import__('os')", "nan", "1e999"])
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(core.InputError):
        read_numbers(text)


def test_a_corner_has_two_slopes() -> None:
    sentence = math_sandbox().set(function="relu", x=0.0).sentence
    assert "corner there: slope 0 on the left, 1 on the right" in sentence
    assert "corner" not in math_sandbox().set(function="exp", x=5.0).sentence
