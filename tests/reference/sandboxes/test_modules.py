"""The modules sandbox: trees that are typed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("matplotlib", reason="sandboxes draw: pip install -e .[notebooks]")

from minitorch.module import Module
from minitorch.sandbox import (
    core,
    modules_sandbox,
)
from minitorch.sandbox.modules import read_modules
from reference.sandboxes.controls import widgets


def test_modules_sandbox_names_the_tree() -> None:
    sandbox = modules_sandbox()
    sentence = sandbox.view().sentence
    assert "3 parameters: p1 = 5, a.p2 = 10, b.c.p3 = 15." in sentence
    assert "modules() has 2 children: a, b." in sentence
    assert "data" not in sentence
    assert "no parameters. modules() has no children." in sandbox.set(source="").sentence.lower()


def test_modules_sandbox_switches_the_mode() -> None:
    sandbox = modules_sandbox()
    assert "in training mode" in sandbox.view().sentence
    assert sandbox.set(mode="eval()").sentence.endswith("Every module is in evaluation mode.")
    assert "training mode" in sandbox.set(mode="eval(), then train()").sentence


def test_modules_sandbox_names_the_module_that_was_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def forgetful(self: Any) -> None:
        self.training = False

    monkeypatch.setattr(Module, "eval", forgetful)
    monkeypatch.setattr(Module, "named_parameters", lambda self: [])
    sentence = modules_sandbox().set(mode="eval()").sentence
    assert sentence.endswith("not in evaluation mode: a, b, b.c.")


def test_modules_sandbox_draws_the_tree_before_task_0_4(monkeypatch: pytest.MonkeyPatch) -> None:
    def stub(self: Any) -> None:
        raise NotImplementedError("Need to implement for Task 0.4: collect the tree")

    monkeypatch.setattr(Module, "named_parameters", stub)
    view = modules_sandbox().view()
    assert view.sentence == "Task 0.4 isn't written yet: collect the tree."
    assert "p3" in view.figure.desc


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("p = Parameter(print(1))", "Line 1: 'p = Parameter(print(1))' is none"),
        ("a = Kind:\n        p = 1\n    q = 2", "Line 3 ('q = 2') is indented by 4"),
        ("p = 1\n    q = 2", "Line 2 ('q = 2') is indented by 4"),
        ("import os", "Line 1: 'import os' is none"),
        ("_hidden = 1", "Line 1"),
        ("train = Parameter(1)", "Line 1: Module1.train"),
        ("\n".join(f"{'  ' * n}m{n}:" for n in range(20)), "deeper than 12"),
        ("x = 1\n" * 70, "70 lines are too many"),
    ],
)
def test_other_lines_are_refused(source: str, says: str) -> None:
    with pytest.raises(core.InputError) as caught:
        read_modules(source)
    assert says in str(caught.value)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(source: str) -> None:
    try:
        read_modules(source)
    except core.InputError as error:
        assert str(error)


def test_the_text_is_read_when_its_control_changes() -> None:
    widgets()
    sandbox = modules_sandbox("p = Parameter(1)")
    sandbox.live()
    sandbox.widgets["source"].value = "p = Parameter(2)"
    assert "p = 2" in sandbox._panes["status"].value
    sandbox.widgets["read"].click()
    assert "p = 2" in sandbox._panes["status"].value
