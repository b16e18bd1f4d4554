"""The tests warn when the package is older than the notebooks."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
spec = importlib.util.spec_from_file_location("tests_conftest", ROOT / "tests/conftest.py")
assert spec and spec.loader
conftest = importlib.util.module_from_spec(spec)
spec.loader.exec_module(conftest)

CELL = "#| export\nfrom minitorch.other import two\n\ndef one() -> int:\n    return two() - 1"
MODULE = "from .other import two\n\ndef one() -> int:\n    return two() - 1\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "minitorch").mkdir()
    (tmp_path / "nbs").mkdir()
    (tmp_path / "minitorch/small.py").write_text(MODULE)
    return tmp_path


def write(project, source):
    cell = dict(cell_type="code", id="one", metadata={}, source=source, outputs=[])
    (project / "nbs/small.ipynb").write_text(json.dumps(dict(cells=[cell])))


def test_an_exported_notebook_is_no_matter(project):
    write(project, CELL)
    assert conftest.stale_notebooks(project) == []


def test_a_forgotten_export_is_named(project):
    write(project, CELL.replace("- 1", "+ 1"))
    assert conftest.stale_notebooks(project) == [project / "nbs/small.ipynb"]


def test_other_cells_and_broken_notebooks_are_no_matter(project):
    write(project, "two() + 1")
    assert conftest.stale_notebooks(project) == []
    (project / "nbs/small.ipynb").write_text("{")
    assert conftest.stale_notebooks(project) == []


def test_this_project_is_exported():
    assert conftest.stale_notebooks(ROOT) == []
