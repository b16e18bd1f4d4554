"""The package's front door: light, lazy, and helpful."""

import subprocess
import sys
from pathlib import Path

import pytest

import minitorch

ROOT = Path(__file__).resolve().parents[2]


def python(code):
    """Run code in a fresh interpreter, where nothing has been imported yet."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_loads_nothing_heavy():
    heavy = "numba matplotlib chalk ipywidgets IPython hypothesis"
    loaded = python(
        "import sys, minitorch; "
        f"print(*[name for name in {heavy!r}.split() if name in sys.modules])"
    )
    assert loaded.split() == []


def test_importing_costs_no_more_than_numpy():
    # Counted, not timed: the modules that each import brings in.
    count = (
        "import sys; before = set(sys.modules); import {}; print(len(set(sys.modules) - before))"
    )
    assert int(python(count.format("minitorch"))) <= int(python(count.format("numpy")))


@pytest.mark.parametrize("first", ["minitorch.datasets", "minitorch"])
def test_datasets_is_the_dictionary_whatever_was_imported_before(first):
    assert (
        python(f"import {first}, minitorch; print(isinstance(minitorch.datasets, dict))")
        == "True\n"
    )


@pytest.mark.parametrize("first", ["minitorch.tensor", "minitorch.train.tensor, minitorch"])
def test_tensor_is_the_function_whatever_was_imported_before(first):
    assert python(f"import {first}; print(callable(minitorch.tensor))") == "True\n"


def test_a_submodule_is_found_by_name():
    assert python("import minitorch; print(minitorch.operators.__name__)").endswith("operators\n")


def test_a_typo_is_answered_with_the_nearest_names():
    with pytest.raises(AttributeError, match=r"Did you mean.*Module"):
        _ = minitorch.Modul


def test_a_name_that_comes_with_a_later_module_says_where_it_will_live(monkeypatch):
    monkeypatch.setitem(minitorch._MODULE_OF, "later", "module_of_next_week")
    with pytest.raises(AttributeError, match=r"lives in module_of_next_week\.py"):
        _ = minitorch.later


def test_dir_lists_the_public_names():
    assert {"Module", "datasets", "operators"} <= set(dir(minitorch))


def test_star_import_and_version():
    version = (ROOT / "settings.ini").read_text(encoding="utf-8")
    assert f"version = {minitorch.__version__}" in version
