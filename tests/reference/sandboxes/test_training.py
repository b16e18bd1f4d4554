"""The training sandbox, by hand."""

import random
from typing import Any

import pytest

pytest.importorskip("matplotlib", reason="sandboxes draw: pip install -e .[notebooks]")

from minitorch.module import Module
from minitorch.sandbox import (
    core,
    training_sandbox,
)
from minitorch.sandbox.training import HandTraining
from reference.sandboxes.controls import widgets


def test_training_sandbox_separates_simple_by_hand() -> None:
    sandbox = HandTraining()
    assert list(sandbox.parameters) == []
    sandbox.turn("linear.weight_0_0", -10.0)
    assert list(sandbox.parameters) == ["linear.weight_0_0", "linear.weight_1_0", "linear.bias_0"]
    sandbox.turn("linear.weight_1_0", 0.0)
    assert "50 of 50 points correct." in sandbox.turn("linear.bias_0", 5.0).sentence
    with pytest.raises(core.InputError, match="only linear"):
        sandbox.turn("linear.bias", 1.0)


def test_training_sandbox_steps_downhill_and_back() -> None:
    sandbox = HandTraining("Diag", points=30)
    start = sandbox.view().sentence
    first = float(start.split()[1])
    assert float(sandbox.step(20).sentence.split()[1]) < first
    assert sandbox.restart().sentence == start


def test_training_sandbox_has_a_slider_for_each_parameter() -> None:
    widgets()
    sandbox = HandTraining()
    sandbox.live()

    def names() -> list[str]:
        return [slider.description for slider in sandbox._sliders.children]

    assert names() == ["linear.weight_0_0", "linear.weight_1_0", "linear.bias_0"]
    before = sandbox._panes["status"].value
    sandbox._sliders.children[2].value = -10.0
    assert sandbox._panes["status"].value != before
    assert "linear.bias_0 = -10.00. Loss" in sandbox._panes["status"].value
    sandbox.widgets["model"].value = "two ReLU units"
    assert len(names()) == 9 and "hidden.weight_0_1" in names()


def test_a_step_beyond_the_sliders_keeps_the_parameter() -> None:
    widgets()
    sandbox = HandTraining()
    sandbox.live()
    sandbox.turn("linear.bias_0", 12.5)
    assert sandbox._sliders.children[2].value == 10.0
    assert sandbox.parameters["linear.bias_0"] == 12.5


def test_what_a_browser_rounds_is_no_turn() -> None:
    """It sends a slider's value back on the slider's grid as soon as the slider is shown."""
    widgets()
    sandbox = HandTraining()
    sandbox.live()
    sandbox.step(20)
    before = dict(sandbox.parameters)
    for slider in sandbox._sliders.children:
        slider.value = slider.min + round((slider.value - slider.min) / slider.step) * slider.step
    assert sandbox.parameters == before
    slider = sandbox._sliders.children[-1]
    slider.value += slider.step
    assert sandbox.parameters["linear.bias_0"] == slider.value
    slider.value = 0.987  # typed beside the slider
    assert sandbox.parameters["linear.bias_0"] == 0.987


def test_sliders_and_table_read_the_same() -> None:
    """A browser brings a slider to its grid; the table has two digits."""
    widgets()
    sandbox = HandTraining()
    sandbox.live()
    detail = sandbox.step(20).detail
    for slider in sandbox._sliders.children:
        shown = slider.min + round((slider.value - slider.min) / slider.step) * slider.step
        assert f"{shown:.2f}" in detail


@pytest.mark.parametrize("dataset", ["Simple", "Diag", "Split", "Xor", "Circle", "Spiral"])
@pytest.mark.parametrize("points", [1, 7, 150])
def test_training_sandbox_takes_every_data_set(dataset: str, points: int) -> None:
    sandbox = HandTraining(dataset, points)
    assert f"of {points} point" in sandbox.view().sentence
    assert f"of {points} point" in sandbox.step().sentence


def test_training_sandbox_leaves_random_numbers_alone() -> None:
    random.seed(7)
    expected = random.random()
    random.seed(7)
    HandTraining().view()
    assert random.random() == expected


def test_training_sandbox_refuses_what_is_not_there() -> None:
    with pytest.raises(ValueError, match="no data set 'Moons'"):
        training_sandbox("Moons")
    with pytest.raises(ValueError, match="between 1 and 150"):
        training_sandbox(points=151)
    with pytest.raises(ValueError, match="no model 'deep'"):
        training_sandbox(model="deep")


def test_training_sandbox_names_the_task_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    widgets()

    def stub(self: Any) -> None:
        raise NotImplementedError("Need to implement for Task 0.4: collect the tree")

    monkeypatch.setattr(Module, "named_parameters", stub)
    sandbox = HandTraining()
    sandbox.live()
    assert "Task 0.4 isn&#x27;t written yet" in sandbox._panes["status"].value
    sandbox.widgets["step"].click()
    assert "Task 0.4 isn&#x27;t written yet" in sandbox._panes["status"].value
