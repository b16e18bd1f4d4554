"""The sandboxes without a browser: their state is changed, their sentences are read.

These tests belong to the instructor's side: a sandbox turns a stub's error into a sentence, so in
a student's project they could not fail with the stub's own message.
"""

import asyncio
import json
import math
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("matplotlib", reason="sandboxes draw: pip install -e .[notebooks]")

import minitorch
from minitorch import operators, tensor_data
from minitorch.module import Module
from minitorch.sandbox import (
    core,
    expression_sandbox,
    math_sandbox,
    modules_sandbox,
    show_tensor,
    tensor_sandbox,
    training_sandbox,
)
from minitorch.sandbox.expression import read_expression
from minitorch.sandbox.math import REDUCE, TWO, find, menu, read_numbers, slope
from minitorch.sandbox.modules import read_modules
from minitorch.sandbox.running import TrainingRun, surface
from minitorch.sandbox.tensor import read_shape
from minitorch.sandbox.training import HandTraining

NBS = Path(__file__).resolve().parents[2] / "nbs"


def widgets() -> Any:
    return pytest.importorskip("ipywidgets", reason="controls need ipywidgets")


# What all sandboxes share


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
    assert "wrong (test_sandboxes.py, line" in sentence
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
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_stored_notebooks_hold_pictures_and_no_widgets() -> None:
    """A program that runs notebooks gets the still picture, so that nothing random is stored."""
    for path in NBS.rglob("*.ipynb"):
        notebook = json.loads(path.read_text())
        assert "widgets" not in notebook["metadata"], f"{path.name} stores the state of widgets"
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                kinds = output.get("data", {})
                assert not any("widget" in kind for kind in kinds), f"{path.name}, {cell['id']}"
                if re.fullmatch(r"\w+_sandbox\(.*\)", "".join(cell["source"][-1:])):
                    assert "image/svg+xml" in kinds, f"{path.name}, {cell['id']} has no picture"


# The math sandbox


def test_math_sandbox_reads_the_curve() -> None:
    sandbox = math_sandbox()
    assert sandbox.set(function="relu", x=-2.0).sentence.startswith("relu(-2) = 0")
    assert "slope there is 1." in sandbox.set(x=2.0).sentence
    assert "nothing (nan)" in sandbox.set(function="log", x=-1.0).sentence


def test_math_sandbox_measures_both_slopes() -> None:
    view = math_sandbox().set(kind=TWO, function="mul", x=2.0, y=3.0)
    assert view.sentence == "mul(2, 3) = 6. Its slope there is 3 along x and 2 along y."
    assert "def mul" in view.detail


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


# The modules sandbox


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


# The training sandbox, by hand


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


# The training sandbox, by derivatives


class Slope:
    """A trainer without a network: its loss halves in each epoch."""

    def __init__(self, hidden_layers: int) -> None:
        self.loss = 8.0 * hidden_layers

    def run_one(self, x: tuple[float, float]) -> float:
        return x[0]

    def train(self, data: Any, learning_rate: float, max_epochs: int, log_fn: Any) -> None:
        self.loss /= 2
        log_fn(max_epochs, self.loss, 7, [self.loss])


def test_any_trainer_plugs_in() -> None:
    sandbox = TrainingRun("Simple", 20, Slope, hidden=3, epochs=4)
    assert sandbox.backend == "Slope"
    assert sandbox.view().sentence.startswith("Not trained yet:")
    assert "Epoch 1: Loss 12.000" in sandbox.step().sentence
    assert "Epoch 4: Loss 1.500" in asyncio.run(sandbox.train()).sentence
    assert sandbox.losses == [12.0, 6.0, 3.0, 1.5]
    assert sandbox.counts == [7] * 4
    assert "<td" in sandbox.view().detail
    sandbox.restart()
    assert sandbox.losses == []


def test_another_setting_begins_anew_but_another_rate_does_not() -> None:
    sandbox = TrainingRun("Simple", 20, Slope)
    sandbox.step()
    sandbox.set(rate=0.1)
    assert len(sandbox.losses) == 1
    sandbox.set(points=30)
    assert sandbox.losses == []


def test_stop_is_heard_between_epochs() -> None:
    sandbox = TrainingRun("Simple", 20, Slope, epochs=100_000)

    async def train_and_stop() -> None:
        training = asyncio.create_task(sandbox.train())
        await asyncio.sleep(0.02)
        sandbox.stop()
        await training

    asyncio.run(train_and_stop())
    assert 0 < len(sandbox.losses) < 100_000


def test_the_buttons_train_and_step() -> None:
    widgets()
    sandbox = TrainingRun("Simple", 20, Slope, epochs=5)
    sandbox.live()
    sandbox.widgets["step"].click()
    assert "Epoch 1:" in sandbox._panes["status"].value
    sandbox.widgets["train"].click()  # no event loop here: it trains to the end
    assert "Epoch 5:" in sandbox._panes["status"].value
    sandbox.widgets["dataset"].value = "Xor"
    assert "Not trained yet" in sandbox._panes["status"].value


@pytest.mark.parametrize("backend", ["manual", "scalar", "tensor"])
def test_a_backend_learns(backend: str) -> None:
    sandbox = TrainingRun("Simple", 20, backend, hidden=2, rate=0.5, epochs=30)
    asyncio.run(sandbox.train())
    assert sandbox.losses[-1] < sandbox.losses[0]


def test_a_training_that_fails_says_why() -> None:
    class Broken(Slope):
        def train(self, data: Any, learning_rate: float, max_epochs: int, log_fn: Any) -> None:
            raise NotImplementedError("Need to implement for Task 1.5: take one step")

    view = asyncio.run(TrainingRun(backend=Broken).train())
    assert view.sentence == "Task 1.5 isn't written yet: take one step."
    sentence = TrainingRun(backend="quantum").view().sentence
    assert sentence.startswith("There is no backend 'quantum'")
    with pytest.raises(ValueError, match="1 to 200 hidden units, not 0"):
        TrainingRun(hidden=0)
    with pytest.raises(ValueError, match="above 0, and it is -1"):
        TrainingRun(rate=-1)


def test_a_surface_is_exact_at_the_points() -> None:
    points = [(0.1, 0.9), (0.37, 0.2)]
    score = surface(Slope(1), points)
    assert [score(*x) for x in points] == [0.1 - 0.5, 0.37 - 0.5]
    assert score(0.6, 0.1) == pytest.approx(0.1)


# The expression sandbox (Module 1)


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


# The tensor sandbox (Module 2)


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


def test_source_is_shown_without_marks() -> None:
    from minitorch.sandbox.math import math_sandbox, source

    text = source(operators.mul)
    assert "return" in text and "SOLUTION" not in text
    assert "return" in math_sandbox().view().detail
    assert math_sandbox(show_source=False).view().detail == ""
