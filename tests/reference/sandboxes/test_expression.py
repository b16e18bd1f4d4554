"""The expression sandbox (Module 1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("matplotlib", reason="sandboxes draw: pip install -e .[notebooks]")

from minitorch.sandbox import (
    core,
    expression_sandbox,
)
from minitorch.sandbox.expression import read_expression
from reference.sandboxes.controls import widgets


def test_expression_sandbox_computes() -> None:
    sandbox = expression_sandbox("x * y + 10")
    assert sandbox.set(x=2.0, y=3.0).sentence == "f = 16 at x = 2, y = 3."
    assert "Mul" in sandbox.view().figure.desc
    assert sandbox.set(expression="relu(x - 5) + z.exp()", z=0.0).sentence.startswith("f = 1 at")


@given(x=st.floats(0.1, 3), y=st.floats(0.1, 3))
def test_expressions_agree_with_python(x: float, y: float) -> None:
    text = "a = x * y; -a / (y + 2) + a ** 2 - 3 * (x - y) + (x < y)"
    a = x * y
    expected = -a / (y + 2) + a**2 - 3 * (x - y) + (x < y)
    assert read_expression(text, x=x, y=y).out.data == pytest.approx(expected, abs=1e-4)


def test_expression_sandbox_says_the_derivatives() -> None:
    sandbox = expression_sandbox("z = x * y; z * z").set(x=2.0, y=3.0, picture="all derivatives")
    assert sandbox.sentence == "f = 36 at x = 2, y = 3. Its derivative is 36 in x, 24 in y."


def test_backpropagation_goes_forwards_and_backwards() -> None:
    widgets()
    sandbox = expression_sandbox()
    sandbox.live()
    sandbox.set(picture=sandbox.PICTURES[-1])
    seen = [sandbox.view().sentence]
    for _ in range(6):
        sandbox.widgets["forwards"].click()
        seen.append(sandbox.view().sentence)
    assert [sentence[:11] for sentence in seen] == [f"Step {n} of 6" for n in range(7)]
    assert "Waiting in the dictionary: nothing." in seen[-1]
    assert sandbox.walk(1).sentence == seen[-1]
    sandbox.widgets["backwards"].click()
    assert sandbox.view().sentence == seen[-2]
    assert sandbox.widgets["z"].layout.display == "none"  # z names a part here
    sandbox.widgets["expression"].value = "x * z"
    assert sandbox.widgets["z"].layout.display is None
    assert sandbox.step <= sandbox.widgets["step"].max == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Type an expression"),
        ("x +", "'x +' isn't an expression"),
        ("x.__class__", "'x.__class__' isn't one of the known forms"),
        ("__import__('os').getcwd()", "isn't one of the functions"),
        ("open('/etc/passwd')", "isn't one of the functions"),
        ("(lambda: x)()", "isn't one of the functions"),
        ("[x for x in y]", "isn't one of the known forms"),
        ("x if y else z", "isn't one of the known forms"),
        ("x < y < z", "compares twice"),
        ("w + x", "'w' is none of x, y, z"),
        ("1 + 2", "Use at least one of x, y and z"),
        ("x", "Do something with x"),
        ("'a' * x", "'a' isn't a number"),
        ("1e999 * x", "too large"),
        ("z = z * y; z", "'z' can't name a part"),
        ("x + 1; y", "names no part"),
        ("import os", "isn't an expression"),
        ("x" + " + x" * 45, "More than 40 operations"),
        ("x" + " + x" * 90, "too many to draw"),
        ("(" * 99 + "x" + ")" * 99, ""),
    ],
)
def test_expressions_are_never_evaluated_as_python(text: str, says: str) -> None:
    with pytest.raises(core.InputError) as caught:
        read_expression(text, x=1.0, y=2.0, z=3.0)
    assert says in str(caught.value)


@given(st.text(max_size=40))
def test_no_expression_breaks_the_sandbox(text: str) -> None:
    try:
        read_expression(text, x=1.0, y=2.0, z=3.0)
    except core.InputError as error:
        assert str(error)


def test_stored_for_a_page_it_is_a_walk_of_all_steps() -> None:
    bundle = expression_sandbox("(x + y) * x")._repr_mimebundle_()
    assert 'class="stepper"' in bundle["text/html"]
    assert "image/svg+xml" not in bundle
    steps = expression_sandbox("(x + y) * x").steps().frames
    assert len(steps) == 5  # the start, f, x + y, x and y
    assert "x is a leaf and keeps 5." in {step.sentence for step in steps}


def test_what_cannot_be_walked_is_a_still_picture_that_says_why() -> None:
    bundle = expression_sandbox("1 + 2")._repr_mimebundle_()
    assert "Use at least one of x, y and z" in bundle["image/svg+xml"]
