"""The site's notebook filter: what a reader shouldn't see or Quarto can't read is taken out.

Quarto starts it with `python3`, gives it a notebook's JSON on standard input and renders the JSON
that it prints. It therefore imports nothing but the standard library and its neighbour.

What it does to each notebook:

- solutions become the stubs that a student gets, and their cells' outputs go (not for instructors);
- nbdev's directives go (Quarto would read `#| export` as options of its own);
- cells marked `#| hide` and cells with nothing left in them go;
- each figure's alternative text, which lies in the SVG's <desc>, becomes the image's.
"""

from __future__ import annotations

import json
import re
import sys
from html import unescape
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from grading.regions import strip_solutions  # noqa: E402

DIRECTIVE = re.compile(r"^\s*#\|")
OPTION = re.compile(r"^\s*#\|\s*[\w-]+:(\s|$)")
MARK = re.compile(r"^ *# (BEGIN|END) SOLUTION.*\n?", re.MULTILINE)
DESC = re.compile(r"<desc[^>]*>(.*?)</desc>", re.DOTALL)
TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)


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


def alt_text(svg: str) -> str:
    """Read a figure's title and description, one sentence after the other."""
    found = [pattern.search(svg) for pattern in (TITLE, DESC)]
    parts = [" ".join(unescape(m.group(1)).split()) for m in found if m and m.group(1).strip()]
    title = parts[0] if parts else ""
    if len(parts) == 2 and parts[1].startswith(title):
        return parts[1]
    return " ".join(p if p.endswith((".", "!", "?")) else p + "." for p in parts)


def figures(cell: dict[str, Any]) -> list[str]:
    """List the SVG figures among a cell's outputs."""
    bundles = [output.get("data", {}) for output in cell.get("outputs", [])]
    return [text_of(data["image/svg+xml"]) for data in bundles if "image/svg+xml" in data]


def filter_cell(cell: dict[str, Any], solutions: bool) -> dict[str, Any] | None:
    """Return the cell as the site shows it, or None where it has no place there."""
    if cell["cell_type"] != "code":
        return cell
    source = text_of(cell["source"])
    if re.match(r"\s*#\|\s*hide\s*$", source.split("\n", 1)[0]):
        return None
    outputs = cell.get("outputs", [])
    if not solutions and MARK.search(source):
        source, outputs = strip_solutions(source), []
    source = MARK.sub("", source)
    source = without_directives(source)
    if not source and not outputs:
        return None
    shown = dict(cell, outputs=outputs)
    alts = [alt_text(svg) for svg in figures(shown)]
    if alts and "fig-alt:" not in source:
        # JSON's quoting is YAML's too; one figure takes a string, several a list.
        value = json.dumps(alts[0] if len(alts) == 1 else alts, ensure_ascii=False)
        source = f"#| fig-alt: {value}\n{source}"
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


def main(solutions: bool = False) -> None:
    """Filter standard input to standard output."""
    try:
        notebook = json.load(sys.stdin)
    except json.JSONDecodeError as error:
        sys.exit(f"The site filter was given something that isn't a notebook: {error}")
    json.dump(filter_notebook(notebook, solutions), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
