"""The tests warn when the package is older than the notebooks."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "tests"))
spec = importlib.util.spec_from_file_location("tests_conftest", ROOT / "tests/conftest.py")
assert spec and spec.loader
conftest = importlib.util.module_from_spec(spec)
spec.loader.exec_module(conftest)

CELL = "#| export\nfrom minitorch.other import two\n\ndef one() -> int:\n    return two() - 1"
MODULE = CELL.replace("#| export", "# %% ../nbs/small.ipynb #one").replace("minitorch.", ".")


@pytest.fixture
def project(tmp_path):
    (tmp_path / "minitorch").mkdir()
    (tmp_path / "nbs").mkdir()
    (tmp_path / "minitorch/small.py").write_text(MODULE, encoding="utf-8")
    return tmp_path


def write(project, source, **metadata):
    cell = dict(cell_type="code", id="one", metadata=metadata, source=source, outputs=[])
    (project / "nbs/small.ipynb").write_text(json.dumps(dict(cells=[cell])), encoding="utf-8")


def test_an_exported_notebook_is_no_matter(project):
    write(project, CELL)
    assert conftest.stale_notebooks(project) == []


def test_a_forgotten_export_is_named(project):
    write(project, CELL.replace("- 1", "+ 1"))
    assert conftest.stale_notebooks(project) == [project / "nbs/small.ipynb"]


def test_a_line_that_stands_elsewhere_is_no_excuse(project):
    """`return x` is somewhere in every package; here it isn't."""
    two = MODULE.replace("#one", "#two").replace("one()", "three()").replace("- 1", "+ 1")
    (project / "minitorch/other.py").write_text(two, encoding="utf-8")
    write(project, CELL.replace("- 1", "+ 1"))
    assert conftest.stale_notebooks(project) == [project / "nbs/small.ipynb"]


def test_the_warning_is_the_last_thing_said(project):
    (project / "tests").mkdir()
    for name in ("conftest.py", "cpu_watchdog.py"):
        shutil.copy(ROOT / "tests" / name, project / "tests")
    (project / "tests/test_one.py").write_text(
        "def test_one():\n    assert 1 == 2\n", encoding="utf-8"
    )
    write(project, CELL.replace("- 1", "+ 1"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=project, capture_output=True, encoding="utf-8", env=env)
    assert "nbs/small.ipynb" in done.stdout.splitlines()[-1], done.stdout


def test_other_cells_and_broken_notebooks_are_no_matter(project):
    write(project, "two() + 1")
    assert conftest.stale_notebooks(project) == []
    (project / "nbs/small.ipynb").write_text("{", encoding="utf-8")
    assert conftest.stale_notebooks(project) == []


def test_checkpoints_are_no_matter(project):
    write(project, CELL.replace("- 1", "+ 1"))
    (project / "nbs/.ipynb_checkpoints").mkdir()
    (project / "nbs/small.ipynb").rename(project / "nbs/.ipynb_checkpoints/small-checkpoint.ipynb")
    assert conftest.stale_notebooks(project) == []


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (CELL, ""),
        (
            CELL.replace("two() - 1", "(two() - 1"),
            "`return (two() - 1` isn't Python: '(' was never",
        ),
        (CELL.replace("#| export\n", ""), "the cell with `def one` needs its line `#| export`"),
        ("", "no notebook any more"),
    ],
)
def test_what_keeps_an_answer_out_of_the_package_is_told(project, source, told):
    write(project, source, nbgrader={"solution": True})
    if not source:
        (project / "nbs/small.ipynb").write_text('{"cells": [', encoding="utf-8")
    said = conftest.broken_cells(project)
    assert len(said) == bool(told) and told in "".join(said), said


def test_this_project_is_exported():
    assert conftest.stale_notebooks(ROOT) == conftest.broken_cells(ROOT) == []
