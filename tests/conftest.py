"""The GPU or its simulator, and what every test run says at its end.

A forgotten `nbdev_export` is the commonest confusion.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from minitorch.simulator import gpu_or_simulator

# Before anything imports Numba: where there is no GPU, CUDA's tests run in its simulator.
gpu_or_simulator()

ROOT = Path(__file__).resolve().parent.parent


def stale_notebooks(root: Path) -> list[Path]:
    """Find the notebooks with an exported line that the package doesn't have.

    Times of files say nothing after a checkout, so the text is compared. Import lines are left
    out, because the export rewrites them.
    """
    package = "\n".join(p.read_text(encoding="utf-8") for p in (root / "minitorch").rglob("*.py"))
    known = {line.strip() for line in package.splitlines()}
    return [p for p in sorted((root / "nbs").rglob("*.ipynb")) if _exported_lines(p) - known]


def _exported_lines(notebook: Path) -> set[str]:
    """Return the lines of a notebook's export cells; none if it can't be read."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return set()
    exported = [s for s in sources if re.match(r"#\s*\|\s*export", s)]
    lines = {line.strip() for source in exported for line in source.splitlines()}
    return {s for s in lines if s and not re.match(r"#\s*\||.*\bimport\b|__version__", s)}


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Warn when the tests ran on a package that is older than the notebooks."""
    stale = [p.relative_to(ROOT).as_posix() for p in stale_notebooks(ROOT)]
    if stale:
        terminalreporter.section("the package is older than the notebooks", yellow=True)
        terminalreporter.write_line(
            f"These tests ran on an older version of {', '.join(stale)}. "
            f"Save the notebook, run nbdev_export, then test again."
        )
