"""The site's notebook filter: what a reader shouldn't see or Quarto can't read is taken out.

Quarto starts it with `python3`, gives it a notebook's JSON on standard input and renders the JSON
that it prints. It therefore imports nothing but the standard library and what needs no more.

What it does to each notebook:

- solutions become the stubs that a student gets, and their cells' outputs go, as do answers that
  are graded by hand (not for instructors);
- nbdev's directives go (Quarto would read `#| export` as options of its own);
- cells marked `#| hide` and cells with nothing left in them go;
- each figure's alternative text, which lies in the SVG's <desc>, becomes the image's;
- cells lose their metadata (Quarto would write nbgrader's marks into the page), and their ids get a
  prefix (Quarto makes them the page's ids: `hints` would catch the links to the section of that
  name, and `tip-1` would become a callout).

Quarto sets QUARTO_PROFILE to the profiles in use; solutions stay for `instructor` alone.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from grading.course.figures import alt_text  # noqa: E402
from grading.course.regions import UNWRITTEN, WRITTEN, strip_solutions  # noqa: E402

DIRECTIVE = re.compile(r"^\s*#\|")
OPTION = re.compile(r"^\s*#\|\s*[\w-]+:(\s|$)")
MARK = re.compile(r"^ *# (BEGIN|END) SOLUTION.*\n?", re.MULTILINE)


def text_of(value: str | list[str]) -> str:
    """Join a notebook's multi-line string."""
    return value if isinstance(value, str) else "".join(value)


def without_directives(source: str) -> str:
    """Drop nbdev's directives and keep Quarto's options, which have the form `#| key: value`."""
    kept = [
        line
        for line in source.splitlines(keepends=True)
        if not DIRECTIVE.match(line) or OPTION.match(line)
    ]
    return "".join(kept).strip("\n")


def alternatives(cell: dict[str, Any]) -> str | list[str]:
    """Return the alternative text of a cell's figure; of several, a list as long as its outputs.

    Quarto looks an output's text up by the output's place, after it has joined equal streams.
    """
    texts: list[str] = []
    streams: set[str] = set()
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            if output["name"] in streams:
                continue
            streams.add(output["name"])
        svg = output.get("data", {}).get("image/svg+xml", "")
        texts.append(alt_text(text_of(svg)) if svg else "")
    said = [text for text in texts if text]
    return texts if len(said) > 1 else "".join(said)


def figures(cell: dict[str, Any]) -> list[str]:
    """List the SVG figures among a cell's outputs."""
    bundles = [output.get("data", {}) for output in cell.get("outputs", [])]
    return [text_of(data["image/svg+xml"]) for data in bundles if "image/svg+xml" in data]


def filter_cell(cell: dict[str, Any], solutions: bool) -> dict[str, Any] | None:
    """Return the cell as the site shows it, or None where it has no place there."""
    marks = cell["metadata"].get("nbgrader", {})
    by_hand = marks.get("solution") and marks.get("grade") and not solutions
    if cell["cell_type"] != "code":
        return dict(cell, metadata={}, source=[WRITTEN] if by_hand else cell["source"])
    source = text_of(cell["source"])
    if re.match(r"\s*#\|\s*hide\s*$", source.split("\n", 1)[0]):
        return None
    outputs = cell.get("outputs", [])
    if not solutions and MARK.search(source):
        source, outputs = strip_solutions(source), []
    elif by_hand:
        source, outputs = UNWRITTEN, []
    source = MARK.sub("", source)
    source = without_directives(source)
    if not source and not outputs:
        return None
    shown = dict(cell, outputs=outputs, metadata={})
    if "id" in cell:
        shown["id"] = "cell-" + cell["id"].removeprefix("cell-")
    alt = alternatives(shown)
    if alt and "fig-alt:" not in source:
        # JSON's quoting is YAML's too.
        source = f"#| fig-alt: {json.dumps(alt, ensure_ascii=False)}\n{source}"
    shown["source"] = source.splitlines(keepends=True)
    return shown


def filter_notebook(notebook: dict[str, Any], solutions: bool = False) -> dict[str, Any]:
    """Return the notebook as the site shows it.

    Args:
        notebook: A notebook as JSON, version 4.
        solutions: True keeps the solutions, for the instructor's site.

    """
    cells = [filter_cell(cell, solutions) for cell in notebook["cells"]]
    return dict(notebook, cells=[cell for cell in cells if cell is not None])


def pipe(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change the notebook on standard input and print it."""
    try:
        notebook = json.load(sys.stdin)
    except json.JSONDecodeError as error:
        sys.exit(f"The site filter was given something that isn't a notebook: {error}")
    json.dump(change(notebook), sys.stdout, ensure_ascii=False)


def for_instructors() -> bool:
    """Tell whether Quarto renders the instructor's site."""
    return "instructor" in os.environ.get("QUARTO_PROFILE", "").split(",")


if __name__ == "__main__":
    pipe(lambda notebook: filter_notebook(notebook, for_instructors()))
