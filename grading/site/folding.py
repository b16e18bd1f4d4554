"""Which code a reader need not see first, and how a notebook says so.

A guide should open with its picture, on the site and in JupyterLab and Colab alike. A cell whose
code is folded says so in two words of its metadata, `jupyter.source_hidden` and Colab's `cellView`;
the site's filter reads the first of them. Both are written by `python -m grading notebooks fold`,
by the rule below.

Folded are, unless the cell says `#| code-fold: false`:

- what is hidden on the site, and what says `#| code-fold: true`;
- imports, and cells of directives alone;
- the checks of the tasks;
- code that draws a figure;
- code of which the text before it says that you can skip it;
- in a guide, given code of the library of more than LONG lines.

A cell that a student writes into is never folded. Slides show what they show.

Only the standard library is needed here.
"""

from __future__ import annotations

import ast
import re
from typing import Any

from grading.course.figures import walk

LONG = 12  # lines; what is longer is read when it is wanted
SKIP = re.compile(r"\bskip (its|the|this) (code|cell)\b", re.IGNORECASE)
DIRECTIVE = re.compile(r"^\s*#\|")
WHY = {
    "hidden": "Setup",
    "asked": "Code",  # as Quarto says it
    "imports": "Imports",
    "check": "Code of the check",
    "figure": "Code of the figure",
    "skip": "Code that you can skip",
    "long": "Code of the library",
}

Cell = dict[str, Any]


def text_of(value: str | list[str]) -> str:
    """Join a notebook's multi-line string."""
    return value if isinstance(value, str) else "".join(value)


def bare(source: str) -> str:
    """Return the source without the lines that are directives or options."""
    return "\n".join(line for line in source.splitlines() if not DIRECTIVE.match(line))


def option(source: str, name: str) -> str:
    """Return the value of a Quarto option `#| name: value`, or an empty string."""
    for line in source.splitlines():
        key, _, value = line.strip().removeprefix("#|").partition(":")
        if DIRECTIVE.match(line) and key.strip() == name:
            return value.strip()
    return ""


def only_imports(source: str) -> bool:
    """Tell whether a cell's code, comments aside, does nothing but import."""
    try:
        body = ast.parse(bare(source)).body
    except SyntaxError:  # a magic
        return False
    return all(isinstance(node, ast.Import | ast.ImportFrom) for node in body)


def draws(cell: Cell) -> bool:
    """Tell whether a figure, or a walk through several, is among a cell's stored outputs."""
    bundles = [output.get("data", {}) for output in cell.get("outputs", [])]
    return any("image/svg+xml" in data or walk(data) for data in bundles)


def why_folded(cell: Cell, before: str = "", guide: bool = True) -> str:
    """Say why a cell's code is folded, by a word of `WHY`; an empty string if it isn't.

    Args:
        cell: A cell of a notebook, as JSON.
        before: The Markdown before it.
        guide: The notebook is a guide rather than a page of the library.

    """
    if cell["cell_type"] != "code":
        return ""
    source = text_of(cell["source"])
    mark = cell["metadata"].get("nbgrader", {})
    asked = option(source, "code-fold")
    if mark.get("solution") or asked == "false" or option(source, "echo") == "false":
        return ""
    if re.match(r"\s*#\|\s*hide\s*$", source.split("\n", 1)[0]):
        return "hidden"
    if asked == "true":
        return "figure" if draws(cell) else "asked"
    if mark.get("grade"):
        return "check"
    if only_imports(source):
        return "imports"
    exported = re.search(r"^#\|\s*export", source, re.MULTILINE)
    if draws(cell) and not exported:
        return "figure"
    if SKIP.search(before):
        return "skip"
    return "long" if guide and exported and len(bare(source).splitlines()) > LONG else ""


def reasons(notebook: dict[str, Any], guide: bool = True) -> list[str]:
    """Say for each cell of a notebook why it is folded."""
    found, before = [], ""
    deck = notebook["cells"] and notebook["cells"][0]["cell_type"] == "raw"
    for cell in notebook["cells"]:
        reason = why_folded(cell, before, guide)
        found.append("" if deck and reason != "hidden" else reason)
        before = text_of(cell["source"]) if cell["cell_type"] == "markdown" else ""
    return found


def folded(cell: Cell) -> bool:
    """Tell whether a cell's metadata folds it."""
    return bool(cell["metadata"].get("jupyter", {}).get("source_hidden"))


def fold(cell: Cell, reason: str) -> Cell:
    """Return the cell with metadata that says whether it is folded, and otherwise unchanged."""
    metadata = {k: v for k, v in cell["metadata"].items() if k != "cellView"}
    jupyter = {k: v for k, v in metadata.pop("jupyter", {}).items() if k != "source_hidden"}
    if reason:
        metadata["cellView"] = "form"
        jupyter["source_hidden"] = True
    if jupyter:
        metadata["jupyter"] = jupyter
    return {**cell, "metadata": dict(sorted(metadata.items()))}


def fold_notebook(notebook: dict[str, Any], guide: bool = True) -> dict[str, Any]:
    """Return the notebook with every cell folded, or not, as the rule says."""
    cells = zip(notebook["cells"], reasons(notebook, guide), strict=True)
    return {**notebook, "cells": [fold(cell, reason) for cell, reason in cells]}
