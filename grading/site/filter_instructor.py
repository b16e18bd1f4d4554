"""The second filter of the instructor's site: a warning at the top of each page.

It also keeps the two sites apart. Quarto remembers what the filters made of a notebook, and knows
it again by the times of the files alone: after a clone all filters are of one time, so with one
filter for each site the readers' pages could be those with the solutions.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from grading.site.filter import pipe  # noqa: E402

WARNING = """::: {.callout-warning}
This page shows the solutions. Never publish it.
:::
"""


def warned(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook with a warning after its first cell, the title."""
    warning = dict(
        cell_type="markdown", id="warning", metadata={}, source=WARNING.splitlines(keepends=True)
    )
    first, *rest = notebook["cells"]
    return dict(notebook, cells=[first, warning, *rest])


if __name__ == "__main__":
    pipe(warned)
