"""The tensor sandbox (Module 2)."""

from typing import Any

import pytest

pytest.importorskip("matplotlib", reason="sandboxes draw: pip install -e .[notebooks]")

import minitorch
from minitorch import tensor_data
from minitorch.sandbox import (
    core,
    show_tensor,
    tensor_sandbox,
)
from minitorch.sandbox.tensor import read_shape
from reference.sandboxes.controls import widgets


def test_tensor_sandbox_follows_a_cell() -> None:
    sandbox = tensor_sandbox("2, 3").set(cell=4)
    assert sandbox.sentence == (
        "Shape (2, 3), strides (3, 1), contiguous. Cell 4 has index (1, 1); it lies at position "
        "3·1 + 1·1 = 4, where the storage holds 40."
    )
    assert "(1, 1)" in sandbox.detail


def test_tensor_sandbox_permutes() -> None:
    sandbox = tensor_sandbox("2, 3")
    sentence = sandbox.set(order="1, 0", cell=1).sentence
    assert "Shape (3, 2), strides (1, 3), not contiguous." in sentence
    assert "position 1·0 + 3·1 = 3" in sentence
    assert sandbox.set(order="0, 0").sentence.startswith("(0, 0) isn't an order")


def test_tensor_sandbox_broadcasts() -> None:
    sandbox = tensor_sandbox("2, 3").set(picture="broadcasting", other="4, 1, 3", cell=5)
    assert sandbox.sentence.startswith("(2, 3) and (4, 1, 3) broadcast to (4, 2, 3).")
    assert "reads (1, 2) of the first and (0, 0, 2) of the second" in sandbox.sentence
    refused = tensor_sandbox("2, 3").set(picture="broadcasting", other="2")
    assert "(2, 3) and (2,) can't be broadcast" in refused.sentence


@pytest.mark.parametrize("picture", ["cells", "storage", "strides", "broadcasting"])
@pytest.mark.parametrize("shape", ["1", "60", "5, 2", "2, 3, 4", "1, 1, 1"])
def test_tensor_sandbox_draws_every_shape(picture: str, shape: str) -> None:
    view = tensor_sandbox(shape).set(picture=picture, other="1", cell=59)
    assert "raised" not in view.sentence
    assert view.figure.desc


def test_tensor_sandbox_names_the_task_and_keeps_the_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stub(*args: Any) -> None:
        raise NotImplementedError("Need to implement for Task 2.1: add up the jumps")

    monkeypatch.setattr(tensor_data, "index_to_position", stub)
    view = tensor_sandbox().view()
    assert view.sentence.endswith("Task 2.1 isn't written yet: add up the jumps.")
    assert "(2, 3)" in view.figure.alt


def test_a_position_outside_the_storage_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensor_data, "index_to_position", lambda index, strides: 99)
    assert "at 99, outside the storage" in tensor_sandbox().view().sentence


def test_show_tensor_opens_a_tensor_of_ones_own() -> None:
    t = minitorch.tensor([[1.0, 2.0], [3.0, 4.0]])
    sandbox = show_tensor(t.permute(1, 0))
    assert "strides (1, 2)" in sandbox.view().sentence
    assert "holds 3." in sandbox.set(cell=1).sentence
    assert "shape" in sandbox.hidden()
    with pytest.raises(TypeError, match="not a list"):
        show_tensor([1.0])
    with pytest.raises(ValueError, match=r"\(100,\) can't be drawn"):
        show_tensor(minitorch.zeros((100,)))


@pytest.mark.parametrize("text", ["", "0", "a", "-1", "2, 3, 4, 5", "9, 9", "1.5", "²", "99999"])
def test_other_shapes_are_refused(text: str) -> None:
    with pytest.raises(core.InputError):
        read_shape(text)


def test_the_cells_slider_ends_with_the_tensor() -> None:
    widgets()
    sandbox = tensor_sandbox("2, 3")
    sandbox.live()
    assert sandbox.widgets["cell"].max == 5
    sandbox.widgets["cell"].value = 5
    sandbox.widgets["shape"].value = "2"
    assert sandbox.cell == sandbox.widgets["cell"].max == 1
    assert sandbox.widgets["other"].layout.display == "none"
