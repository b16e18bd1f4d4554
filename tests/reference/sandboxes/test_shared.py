"""What all sandboxes share: sentences for errors, a view without widgets, named controls."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("matplotlib", reason="sandboxes draw: pip install -e .[notebooks]")

from minitorch import operators
from minitorch.sandbox import (
    core,
    expression_sandbox,
    math_sandbox,
    modules_sandbox,
    tensor_sandbox,
)
from minitorch.sandbox.running import TrainingRun
from minitorch.sandbox.training import HandTraining
from reference.sandboxes.controls import widgets

NBS = Path(__file__).resolve().parents[3] / "nbs"


def test_a_stub_is_named_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def stub(x: float) -> float:
        raise NotImplementedError("Need to implement for Task 0.1: return the sigmoid of x")

    monkeypatch.setattr(operators, "sigmoid", stub)
    view = math_sandbox().view()
    assert view.sentence == "Task 0.1 isn't written yet: return the sigmoid of x."
    assert view.sentence in view.figure.desc
    assert "Traceback" not in view.sentence + view.detail


def test_an_error_of_the_student_names_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(x: float) -> float:
        return x.size  # type: ignore[attr-defined]

    monkeypatch.setattr(operators, "sigmoid", wrong)
    sentence = math_sandbox().view().sentence
    assert "wrong (test_shared.py, line" in sentence
    assert "AttributeError" in sentence


def test_a_missing_module_is_a_later_one() -> None:
    error = ModuleNotFoundError("No module named 'minitorch.scalar'", name="minitorch.scalar")
    assert core.explain(error).startswith("minitorch.scalar isn't in this project yet")


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(AttributeError, match="no setting 'functoin'"):
        math_sandbox().set(functoin="relu")


def test_outside_a_notebook_it_is_a_picture_and_a_sentence() -> None:
    bundle = math_sandbox()._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "image/svg+xml"}
    assert "sigmoid(1)" in bundle["text/plain"]
    assert "still picture" in bundle["image/svg+xml"]
    assert "<title" in bundle["image/svg+xml"] and "<desc" in bundle["image/svg+xml"]


def test_without_ipywidgets_it_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    real = core.importlib.util.find_spec
    monkeypatch.setattr(
        core.importlib.util, "find_spec", lambda name: None if name == "ipywidgets" else real(name)
    )
    assert "pip install ipywidgets" in math_sandbox()._repr_mimebundle_()["image/svg+xml"]


def test_in_a_notebook_the_picture_stands_beside_the_widgets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    widgets()
    monkeypatch.setattr(core, "why_static", lambda: None)
    bundle = math_sandbox()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["image/svg+xml"].startswith("<svg")


OPENED = [
    math_sandbox, modules_sandbox, HandTraining, TrainingRun, expression_sandbox, tensor_sandbox
]  # fmt: skip


@pytest.mark.parametrize("opened", OPENED)
def test_every_control_is_named_and_gives_way_in_a_narrow_window(opened: Any) -> None:
    w = widgets()

    def controls(box: Any) -> Iterator[Any]:
        for child in getattr(box, "children", ()):
            yield from controls(child)
            if not isinstance(child, w.Box | w.HTML | w.Output):
                yield child

    found = list(controls(opened().live()))
    assert len(found) > 2
    for control in found:
        assert control.description and control.tooltip, control
        assert control.layout.max_width or control.layout.width == "max-content", control


def test_importing_sandboxes_loads_no_widgets() -> None:
    check = "import sys, minitorch.sandbox; print('ipywidgets' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == "False"


def test_stored_notebooks_hold_pictures_and_no_widgets() -> None:
    """A program that runs notebooks gets the still picture, so that nothing random is stored."""
    for path in NBS.rglob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        assert "widgets" not in notebook["metadata"], f"{path.name} stores the state of widgets"
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                kinds = output.get("data", {})
                assert not any("widget" in kind for kind in kinds), f"{path.name}, {cell['id']}"
                if re.fullmatch(r"\w+_sandbox\(.*\)", "".join(cell["source"][-1:])):
                    walk = 'class="stepper"' in "".join(kinds.get("text/html", ""))
                    shown = walk or "image/svg+xml" in kinds
                    assert shown, f"{path.name}, {cell['id']} has no picture"


def test_source_is_shown_without_marks() -> None:
    from minitorch.sandbox.math import math_sandbox, source

    text = source(operators.mul)
    assert "return" in text and "SOLUTION" not in text
    assert "return" in math_sandbox().view().detail
    assert math_sandbox(show_source=False).view().detail == ""
