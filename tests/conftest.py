"""What every test run begins with, which files it reads, and what it says at its end.

A forgotten `minitorch export` is the commonest confusion.
"""

from __future__ import annotations

import json
import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cpu_watchdog import Watchdog
from hypothesis import Phase, settings

from minitorch.kernels.simulator import gpu_or_simulator

# Before anything imports Numba: where there is no GPU, CUDA's tests run in its simulator.
gpu_or_simulator()

# A first call may compile a kernel, and a computer may be busy: only wrong results fail a test.
settings.register_profile("minitorch", deadline=None)
if sys.platform == "emscripten":  # in a browser tab, to vary a falsifying example takes a minute
    settings.register_profile("minitorch", deadline=None, phases=set(Phase) - {Phase.explain})
settings.load_profile("minitorch")

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
EXPORT = re.compile(r"\s*(#\s*\|.*\n\s*)*#\s*\|\s*export")


def pytest_configure(config: Any) -> None:
    """Watch for tests that never end; in a browser tab there is no second thread to do it."""
    if sys.platform != "emscripten":
        config.pluginmanager.register(Watchdog(), "watchdog")


NUMBA = "needs Numba, which isn't installed here"


def _lacks_numba(error: BaseException | None) -> bool:
    return isinstance(error, ModuleNotFoundError) and (error.name or "").split(".")[0] == "numba"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Skip a test that compiles kernels where Numba is missing, such as in a browser tab."""
    try:
        return (yield)
    except ModuleNotFoundError as error:
        if _lacks_numba(error):
            pytest.skip(NUMBA)
        raise


class Tests(pytest.Module):
    """A file of tests; one that is about compiled kernels alone is skipped without Numba."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Import the file and list its tests."""
        try:
            return list(super().collect())
        except self.CollectError as error:
            if _lacks_numba(error.__cause__):
                pytest.skip(NUMBA, allow_module_level=True)
            raise


def pytest_pycollect_makemodule(module_path: Path, parent: Any) -> pytest.Module:
    """Make a file of tests."""
    return Tests.from_parent(parent, path=module_path)


def pytest_ignore_collect(collection_path: Path, config: Any) -> bool | None:
    """Leave out the files that can't have a test of the marks that `-m` names."""
    asked = config.getoption("markexpr", "")
    if collection_path.suffix != ".py" or HERE not in collection_path.parents:
        return None
    if not re.fullmatch(r"\w+( or \w+)*", asked):
        return None  # all tests, or an expression such as `not slow`
    text = collection_path.read_text(encoding="utf-8")
    wanted = any(re.search(rf"\bmark\.{mark}\b", text) for mark in asked.split(" or "))
    return None if wanted else True


def stale_notebooks(root: Path) -> list[Path]:
    """Find the notebooks with an exported cell that the package has otherwise, or not at all.

    Times of files say nothing after a checkout, so the text is compared. Import lines are left
    out, because the export rewrites them.
    """
    package = {p: p.read_text(encoding="utf-8") for p in (root / "minitorch").rglob("*.py")}
    known = _exported_blocks(package.values())
    return [p for p in _notebooks(root / "nbs") if not _cells_of(p) <= known]


def _notebooks(folder: Path) -> list[Path]:
    """Find notebooks as nbdev does: what is hidden, such as JupyterLab's checkpoints, is none."""
    found = [(p, p.relative_to(folder).parts) for p in sorted(folder.rglob("*.ipynb"))]
    return [p for p, parts in found if not any(part[0] in "._" for part in parts)]


def _exported_blocks(texts: Iterable[str]) -> set[tuple[str, ...]]:
    """Return the cells of the package: each stands below a line `# %% notebook #cell`."""
    return {_essence(block.partition("\n")[2]) for text in texts for block in text.split("\n# %% ")}


def broken_cells(root: Path) -> list[str]:
    """Say what keeps an answer out of the package: no notebook, no Python, or no `#| export`."""
    return [
        f"{p.relative_to(root).as_posix()}: {s}"
        for p in _notebooks(root / "nbs")
        for s in _wrong(p)
    ]


def _wrong(notebook: Path) -> Iterator[str]:
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8-sig"))["cells"]
    except (ValueError, KeyError) as error:
        yield f"this is no notebook any more ({error}). Take it back from git, or from the release"
        return
    for cell in cells:
        source = "".join(cell["source"])
        answer = cell["metadata"].get("nbgrader", {}).get("solution")
        if cell["cell_type"] != "code" or not (answer or EXPORT.match(source)):
            continue
        if wrong := _fault(source):
            line, why = wrong
            text = source.split("\n")[line - 1].strip()
            yield f"cell {cell.get('id')}, line {line}: `{text}` isn't Python: {why}"
        if not EXPORT.match(source):
            first = re.search(r"^(?:def|class) \w+", source, re.M)
            yield f"the cell with `{first[0] if first else source[:20]}` needs its line `#| export`"


def _fault(source: str) -> tuple[int, str] | None:
    """Return line and reason if Python can't compile a cell, as `minitorch export` does."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<cell>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return min(error.lineno or 1, source.count("\n") + 1), error.msg
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return 1, str(error) or "it is nested too deeply"
    return None


def _cells_of(notebook: Path) -> set[tuple[str, ...]]:
    """Return a notebook's export cells; none if it can't be read."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8-sig"))["cells"]
        sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return set()
    exported = {_essence(s) for s in sources if EXPORT.match(s)}
    return exported - {()}


def _essence(source: str) -> tuple[str, ...]:
    """Return the lines that an export leaves as they are."""
    lines = (line.strip() for line in source.splitlines())
    return tuple(s for s in lines if s and not re.match(r"#\s*\||.*\bimport\b|__version__", s))


def pytest_unconfigure(config: Any) -> None:
    """Warn when the tests ran on a package that is older than the notebooks, or lacks a cell.

    It comes after pytest's own last line: of what stands above a list of failures, nobody reads.
    """
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    if broken := broken_cells(ROOT):
        reporter.section("the notebooks can't be exported", yellow=True)
        for said in broken:
            reporter.write_line(f"{said}. Then save, run minitorch export, and test again.")
    elif stale := [p.relative_to(ROOT).as_posix() for p in stale_notebooks(ROOT)]:
        reporter.section("the package is older than the notebooks", yellow=True)
        reporter.write_line(
            f"These tests ran on an older version of {', '.join(stale)}. "
            f"Save the notebook, run minitorch export, then test again."
        )
