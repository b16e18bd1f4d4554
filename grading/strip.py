"""What a student's notebook keeps of a guide: no solution, no output but diagrams, no metadata."""

from __future__ import annotations

from collections.abc import Collection
from configparser import ConfigParser
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

import nbformat
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    LockCells,
    NbGraderPreprocessor,
    SaveCells,
)

from grading.course import GUIDES, GradingError, load_course, strip_solutions
from grading.leaks import search, secrets, shows
from grading.site_filter import UNWRITTEN, WRITTEN, alt_text

SETTINGS = Path(__file__).resolve().parent.parent / "settings.ini"
SVG = "image/svg+xml"
KERNEL = {"display_name": "python3", "language": "python", "name": "python3"}
KEPT_TAGS = {"raises-exception"}
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
    """Returns a copy for students.

    Args:
        notebook: the guide; it stays as it is.
        name: its path in the project, for stubs and errors.
        wanted: secret lines; a diagram that shows one goes.
        keep: tasks whose solutions stay.
    """
    cells = []
    for number, cell in enumerate(notebook.cells, 1):
        mark = cell.metadata.get("nbgrader", {})
        answer = bool(mark.get("solution"))
        source = cell.source
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
        if tags := sorted(KEPT_TAGS & set(cell.metadata.get("tags", []))):
            new.metadata["tags"] = tags
        if cell.cell_type == "code":
            new.execution_count = None
            new.outputs = [] if answer else _diagrams(cell, wanted)
        cells.append(new)
    return nbformat.from_dict(
        {"cells": cells, "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5}
    )


@lru_cache(maxsize=1)
def _addresses() -> tuple[str, str]:
    """Where the bootstrap fetches the package: from the course's repository, from the release's."""
    config = ConfigParser(delimiters=["="])
    config.read(SETTINGS, encoding="utf-8")
    return f'git+{config["DEFAULT"]["git_url"]}"', f'git+{config["DEFAULT"]["student_url"]}"'


def _diagrams(cell: Any, wanted: Collection[str]) -> list[Any]:
    """The outputs that are diagrams, without anything beside the picture.

    JupyterLab shows no SVG in a notebook that it doesn't trust, as a student's is at first, and
    says no alternative text of one: each becomes an image that has both.
    """
    kept = []
    for output in cell.get("outputs", []):
        picture = output.get("data", {}).get(SVG)
        if picture and not shows(picture, wanted):
            kept.append(nbformat.v4.new_output("display_data", {"text/html": _image(picture)}))
    return kept


def _image(svg: str) -> str:
    """What `minitorch.draw.figure.image` makes of a diagram; grading imports no package."""
    source = f"data:{SVG};charset=utf-8," + quote(svg, safe=' !"$()*+,/:;<=>?@[]^{|}')
    alt = quoteattr(alt_text(svg))
    return f"<img alt={alt} style=\"max-width:100%;height:auto\" src='{source}'>"


class Strip(NbGraderPreprocessor):
    """Our step of nbgrader's `generate_assignment`, in place of ClearSolutions and ClearOutput."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Replaces the notebook's content by what students get."""
        root = _root(Path.cwd())
        place = resources["nbgrader"]
        name = (GUIDES / place["assignment"] / f"{place['notebook']}.ipynb").as_posix()
        stamp = tuple(p.stat().st_mtime_ns for p in sorted(root.glob("nbs/**/*.ipynb")))
        wanted = dict(_secrets(root, stamp))
        stripped = strip_notebook(nb, name, wanted)
        if leaks := search(nbformat.writes(stripped).encode(), name, wanted):
            raise GradingError("\n".join(map(str, leaks)))
        return stripped, resources


def _root(folder: Path) -> Path:
    return next((p for p in [folder, *folder.parents] if (p / GUIDES).is_dir()), folder)


@lru_cache(maxsize=2)
def _secrets(root: Path, stamp: tuple[int, ...]) -> tuple[tuple[str, str], ...]:
    """The secret lines of a course; `stamp` tells an edited course from the one read before."""
    return tuple(secrets(load_course(root)).items())


# The database is written between Strip and the steps that hide what only the instructor sees.
PREPROCESSORS = [
    Strip,
    LockCells,
    CheckCellMetadata,
    ComputeChecksums,
    SaveCells,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
]


def finish(notebook: Any) -> str:
    """Applies nbgrader's own steps and returns the text of the file.

    The same as `generate_assignment` writes, without its database.
    """
    for step in PREPROCESSORS:
        if step not in (Strip, SaveCells):
            notebook, _ = step().preprocess(notebook, {"nbgrader": {}})
    return nbformat.writes(notebook) + "\n"


def remove_sidecars(assignment: str, student: str, notebooks: list[str]) -> None:
    """Removes what nbgrader copied beside the notebooks; its hook after generate_assignment."""
    folder = _root(Path.cwd()) / "course" / "release" / assignment
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
        elif path.is_file() and (path.suffix != ".ipynb" or path.parent != folder):
            path.unlink()
