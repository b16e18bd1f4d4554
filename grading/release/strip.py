"""What a student's notebook keeps of a guide: marks, folds and what its cells show, no solution.

A text speaks of what stands under a cell, so that stays: diagrams as images, what was printed,
results, an error that is shown on purpose. It goes where it shows a line of a solution, and under
answers and checks, where it would be the reference's. `leaks` then looks for every line of every
solution, in outputs as in all else.

Run All goes on below an answer that isn't written yet, and below a cell that says what it needs.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from configparser import ConfigParser
from functools import lru_cache
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

import nbformat
from nbformat import NotebookNode

from grading.course.figures import alt_text, walk
from grading.course.regions import UNWRITTEN, WRITTEN, strip_solutions
from grading.course.tasks import Course
from grading.paths import ROOT
from grading.release.leaks import shows

SETTINGS = ROOT / "settings.ini"
SVG = "image/svg+xml"
KERNEL = {"display_name": "python3", "language": "python", "name": "python3"}
RAISES = "raises-exception"  # Run All goes on below a cell with this tag
KEPT_TAGS = {RAISES, "practice"}
# Such a cell uses what is still to be written when one comes to it; so may all below an answer.
NEEDS = re.compile(r"^# Needs Tasks? \d", re.MULTILINE)
KEPT_MARKS = (
    "cell_type",
    "checksum",
    "grade",
    "grade_id",
    "locked",
    "points",
    "schema_version",
    "solution",
    "task",
)


def strip_notebook(
    notebook: Any, name: str, wanted: Collection[str] = (), keep: Collection[str] = ()
) -> Any:
    """Return a copy for students.

    Args:
        notebook: the guide; it stays as it is.
        name: its path in the project, for stubs and errors.
        wanted: secret lines; an output that shows one goes.
        keep: tasks whose solutions stay.

    """
    cells = []
    below = False  # an answer, or something that needs one
    for number, cell in enumerate(notebook.cells, 1):
        mark = cell.metadata.get("nbgrader", {})
        answer = bool(mark.get("solution"))
        source = cell.source
        needs = below or bool(NEEDS.search(source))
        below = below or answer
        if cell.cell_type == "code":
            source = strip_solutions(source, name, f"{name}, cell {cell.get('id', number)}", keep)
            source = source.rstrip("\n").replace(*_addresses())  # a mark stood two lines below
        if answer and mark.get("grade") and source == cell.source:
            source = WRITTEN if cell.cell_type == "markdown" else UNWRITTEN
        new: Any = nbformat.from_dict(
            {"cell_type": cell.cell_type, "id": cell.id, "metadata": {}, "source": source}
        )
        if mark:
            new.metadata["nbgrader"] = {k: mark[k] for k in KEPT_MARKS if k in mark}
        tags = KEPT_TAGS & set(cell.metadata.get("tags", []))
        if cell.cell_type == "code" and needs and not answer:
            tags.add(RAISES)
        if tags:
            new.metadata["tags"] = sorted(tags)
        if cell.metadata.get("jupyter", {}).get("source_hidden"):  # folded in the reader's editor
            new.metadata |= {"cellView": "form", "jupyter": {"source_hidden": True}}
        if cell.cell_type == "code":
            new.execution_count = None
            new.outputs = [] if answer or mark.get("grade") else _outputs(cell, wanted)
        cells.append(new)
    return nbformat.from_dict(
        {"cells": cells, "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5}
    )


def released(course: Course, notebook: str) -> NotebookNode:
    """Return a guide as students get it, without what its cells show."""
    node = strip_notebook(course.guides[notebook].notebook, notebook)
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    return node


@lru_cache(maxsize=1)
def _addresses() -> tuple[str, str]:
    """Where the bootstrap fetches the package: from the course's repository, from the release's."""
    config = ConfigParser(delimiters=["="])
    config.read(SETTINGS, encoding="utf-8")
    return f'git+{config["DEFAULT"]["git_url"]}"', f'git+{config["DEFAULT"]["student_url"]}"'


def _outputs(cell: Any, wanted: Collection[str]) -> list[Any]:
    """Return the outputs that a student gets: what is text, and diagrams without anything beside.

    JupyterLab shows no SVG in a notebook that it doesn't trust, as a student's is at first, and
    says no alternative text of one: each becomes an image that has both.
    """
    new = nbformat.v4.new_output
    kept = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if SVG in data:
            shown, made = data[SVG], new("display_data", {"text/html": _image(data[SVG])})
        elif html := walk(data):
            shown, made = html, new("display_data", {"text/html": html})
        elif output.output_type == "stream":
            shown, made = output.text, new("stream", name=output.name, text=output.text)
        elif output.output_type == "error":
            said = {name: output[name] for name in ("ename", "evalue", "traceback")}
            shown, made = "\n".join([said["evalue"], *said["traceback"]]), new("error", **said)
        elif data and set(data) <= {"text/plain", "text/markdown"}:  # the latter is a table
            shown, made = "\n".join(data.values()), new(output.output_type, data)
        else:  # widgets, and pictures in another form
            continue
        if not shows(shown, wanted):
            kept.append(made)
    return kept


def _image(svg: str) -> str:
    """Return what `minitorch.draw.figure.image` makes of a diagram; grading imports no package."""
    source = f"data:{SVG};charset=utf-8," + quote(svg, safe=' !"$()*+,/:;<=>?@[]^{|}')
    alt = quoteattr(alt_text(svg))
    return f"<img alt={alt} style=\"max-width:100%;height:auto\" src='{source}'>"
