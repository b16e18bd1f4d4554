"""A tiny course, made on the spot: a guide, three tasks, tests, probes, mutants."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grading.paths import CHECKS
from grading.paths import ROOT as HERE
from grading.release import build

GUIDE = "nbs/guides/module0/01_functions.ipynb"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><title>A box</title></svg>'

OPERATORS = '''#| export
def mul(x: float, y: float) -> float:
    """Multiplies."""
    # BEGIN SOLUTION task0_1
    product_of_both = x * y
    return product_of_both
    # END SOLUTION


def relu(x: float) -> float:
    """Zero for negative numbers."""
    # BEGIN SOLUTION task0_1
    return x if x > 0 else 0.0
    # END SOLUTION'''

PROPERTY = '''#| export
from hypothesis import given
from hypothesis.strategies import integers

from minitorch.operators import mul


# BEGIN SOLUTION task0_2
@given(integers(-9, 9), integers(-9, 9))
def test_symmetric(first: int, second: int) -> None:
    """The order of factors doesn't matter."""
    assert mul(first, second) == mul(second, first)
# END SOLUTION'''

MODULE = '''#| export
class Module:
    """A switch."""

    training = True

    def train(self) -> None:
        """Switches on."""
        # BEGIN SOLUTION task0_3
        self.training = True
        # END SOLUTION

    def evaluate(self) -> None:
        """Switches off."""
        # BEGIN SOLUTION task0_3
        self.training = False
        # END SOLUTION

    def given_name(self) -> str:
        """Return what no task asks for."""
        return "given"'''

TESTS = """import pytest

from minitorch import property_tests
from minitorch.module import Module
from minitorch.operators import mul, relu


@pytest.mark.task0_1
def test_mul() -> None:
    assert mul(2, 3) == 6


@pytest.mark.task0_1
@pytest.mark.parametrize("x", [-1.0, 2.0])
def test_relu(x: float) -> None:
    assert relu(x) == max(x, 0.0)


@pytest.mark.task0_2
def test_symmetric() -> None:
    property_tests.test_symmetric()


@pytest.mark.task0_3
def test_modes() -> None:
    module = Module()
    module.evaluate()
    assert not module.training
    module.train()
    assert module.training


@pytest.mark.task0_3
def test_name() -> None:
    assert Module().given_name() == "given"
"""

PROBES = {
    "task0_1": '''"""Probes for Task 0.1."""
REQUIRES = ()
SECTION = "guides/module0/01_functions.html#task-0-1"
TOLERANCE = 1e-6


def probe_mul(mt, rng):
    """mul on numbers."""
    return [mt.operators.mul(rng.uniform(-9, 9), 2.0) for _ in range(5)]


def probe_relu(mt, rng):
    """relu on numbers."""
    return [mt.operators.relu(x) for x in (-1.0, 0.0, rng.uniform(1, 2))]
''',
    "task0_2": '''"""Probes for Task 0.2."""
REQUIRES = ("task0_1",)
SECTION = "guides/module0/01_functions.html#task-0-2"
KIND = "tests"
TESTS = ("test_symmetric",)
''',
    "task0_3": '''"""Probes for Task 0.3."""
SECTION = "guides/module0/01_functions.html#task-0-3"
PARTS = {"probe_modes": ("training after evaluate", "training after train")}


def probe_modes(mt, rng):
    """Both modes; a stub says: Need to implement for Task 0.3."""
    module = mt.module.Module()
    module.evaluate()
    seen = [module.training]
    module.train()
    return [*seen, module.training]
''',
}
WRONG = {
    "task0_1": [("operators.mul", f"return x * y + {n}") for n in range(1, 6)],
    "task0_2": [("operators.mul", f"return x - {n} * y") for n in range(1, 6)],
    "task0_3": [("module.Module.train", f"self.training = {n} > 9") for n in range(5)],
}


def grade(grade_id: str, *, solution: bool = False, points: float | None = None) -> dict:
    """The metadata by which nbgrader knows a cell."""
    mark: dict = {
        "schema_version": 3,
        "grade_id": grade_id,
        "solution": solution,
        "grade": points is not None,
        "locked": not solution,
        "task": False,
        "cell_type": "code",
    }
    if points is not None:
        mark["points"] = points
    return {"nbgrader": mark}


def guide() -> nbformat.NotebookNode:
    """The one guide."""
    figure = nbformat.v4.new_output("display_data", {"image/svg+xml": SVG, "text/plain": "Figure"})
    text = nbformat.v4.new_output("stream", name="stdout", text="a printed line of output\n")
    written = grade("written-task0_3", solution=True, points=10)
    written["nbgrader"]["cell_type"] = "markdown"

    def code(cell_id: str, source: str, metadata: dict | None = None, outputs: list | None = None):
        return new_code_cell(source, id=cell_id, metadata=metadata or {}, outputs=outputs or [])

    python = {"display_name": "python3", "language": "python", "name": "python3"}
    check_2 = "from minitorch.property_tests import test_symmetric\n\ntest_symmetric()"
    check_3 = "module = Module()\nmodule.evaluate()\nassert not module.training, 'mode'"
    cells = [
        new_markdown_cell("# Functions\n\n> The smallest guide.", id="title"),
        code("exp", "#| default_exp operators"),
        code("picture", "from minitorch.operators import mul\n\nmul", outputs=[figure, text]),
        code("operators", OPERATORS, grade("operators", solution=True), [figure]),
        code("check-1", "assert mul(2, 3) == 6, 'mul'", grade("test-task0_1", points=40)),
        code(
            "property",
            PROPERTY.replace("export", "export property_tests", 1),
            grade("property", solution=True),
        ),
        code("check-2", check_2, grade("test-task0_2", points=20)),
        code(
            "module", MODULE.replace("export", "export module", 1), grade("module", solution=True)
        ),
        code("check-3", check_3, grade("test-task0_3", points=30)),
        new_markdown_cell("*Your answer here.*", id="written-3", metadata=written),
    ]
    return new_notebook(cells=cells, metadata={"kernelspec": python})


def make_project(root: Path) -> Path:
    """Writes the tiny course under `root` and exports its package."""
    root.mkdir(parents=True, exist_ok=True)
    for name in ("settings.ini", "setup.py", "pyproject.toml", ".gitignore", "nbgrader_config.py"):
        shutil.copy(HERE / name, root / name)
    shutil.copytree(HERE / "grading", root / "grading", ignore=_only_tools)
    (root / "README.md").write_text("A tiny course.\n", encoding="utf-8")
    (root / GUIDE).parent.mkdir(parents=True)
    nbformat.write(guide(), root / GUIDE)
    # nbdev goes by file name, and wants a module's own notebook before others add to it.
    front = '''"""A tiny package."""

import importlib

__version__ = "0"


def __getattr__(name):
    if name not in ("operators", "module", "property_tests"):
        raise AttributeError(name)
    return importlib.import_module(f"{__name__}.{name}")'''

    modules = {
        "__init__": front,
        "module": '"""Modules."""',
        "property_tests": '"""Properties."""',
    }
    (root / "nbs" / "lib").mkdir()
    for name, text in modules.items():
        cells = [
            new_markdown_cell(f"# {name}\n\n> A module.", id="title"),
            new_code_cell(f"#| default_exp {name}", id="exp"),
            new_code_cell(f"#| export\n{text}", id="front"),
        ]
        nbformat.write(
            new_notebook(cells=cells), root / "nbs" / "lib" / f"00_{name.strip('_')}.ipynb"
        )
    (root / "tests").mkdir()
    (root / "tests" / "test_operators.py").write_text(TESTS, encoding="utf-8")
    for task, text in PROBES.items():
        path = root / CHECKS / task / "probes.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for task, wrong in WRONG.items():
        path = root / CHECKS / task / "mutants.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            f'    Mutant("wrong_{n}", "{target}", "{body}", "wrong number {n}"),'
            for n, (target, body) in enumerate(wrong)
        ]
        path.write_text("\n".join(
            [f'"""Wrong solutions of {task}."""', "", "from grading.checks import Mutant", "",
             "MUTANTS = [", *lines, "]", ""]
        ), encoding="utf-8")  # fmt: skip
    export(root)
    return root


def nest(root: Path) -> Path:
    """Moves the tiny course's `module` into a package of the package: `train.module`."""
    for name, old, new in (
        (GUIDE, "#| export module", "#| export train.module"),
        ("nbs/lib/00_module.ipynb", "#| default_exp module", "#| default_exp train.module"),
        ("tests/test_operators.py", "minitorch.module", "minitorch.train.module"),
        (f"{CHECKS}/task0_3/probes.py", "mt.module", "mt.train.module"),
        (f"{CHECKS}/task0_3/mutants.py", "module.Module", "train.module.Module"),
        (
            "nbs/lib/00_init.ipynb",
            '(\\"operators\\", \\"module\\",',
            '(\\"operators\\", \\"train\\",',
        ),
    ):
        text = (root / name).read_text(encoding="utf-8")
        assert old in text, f"{name} has no {old}"
        (root / name).write_text(text.replace(old, new), encoding="utf-8")
    train = root / "nbs" / "lib" / "train"
    train.mkdir()
    (root / "nbs/lib/00_module.ipynb").rename(train / "00_module.ipynb")
    cells = [
        new_markdown_cell("# train\n\n> A package.", id="title"),
        new_code_cell("#| default_exp train.__init__", id="exp"),
        new_code_cell(
            '#| export\n"""What trains."""\n\nfrom minitorch.train import module', id="front"
        ),
    ]
    nbformat.write(new_notebook(cells=cells), train / "00_init.ipynb")
    (root / "minitorch" / "module.py").unlink()
    export(root)
    return root


def _only_tools(folder: str, names: list[str]) -> list[str]:
    """What of grading/ isn't a tool: what belongs to the real course's tasks, and the tests."""
    real = [n for n in names if Path(folder).name == "checks" and (Path(folder) / n).is_dir()]
    return [*real, *({"tests", "__pycache__"} & set(names))]


def export(root: Path) -> None:
    """Exports a project's notebooks, as a user does."""
    build.export(root)


def edit(root: Path, change, guide: str = GUIDE) -> None:
    """Reads a guide, lets `change` alter it, writes it back."""
    path = root / guide
    notebook = nbformat.read(path, 4)
    change(notebook)
    nbformat.write(notebook, path)


def cell(notebook, cell_id: str):
    """The cell of that id."""
    return next(each for each in notebook.cells if each.id == cell_id)
