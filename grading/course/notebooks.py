"""Lists the notebooks of a project, and reads each of them once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat

from grading.course.regions import GradingError

_DIRECTIVE = re.compile(r"^#\|[ \t]*(?P<name>\w+)(?:[ \t]+(?P<value>\S+))?[ \t]*$", re.M)
_CARD = re.compile(r"^\|(?P<label>[^|\n]*)\|[ \t]*(?P<points>\d+) points\b", re.M)


def notebooks(root: Path) -> list[Path]:
    """List the notebooks of a project in reading order, as nbdev finds them."""
    hidden = ("_", ".")
    return sorted(
        path
        for path in (root / "nbs").rglob("*.ipynb")
        if not any(part.startswith(hidden) for part in path.relative_to(root).parts)
    )


INSTRUCTORS = "instructor.ipynb"  # the instructor's guide: no release and no site has it


def shared(root: Path) -> list[Path]:
    """List the notebooks that students get, and readers see."""
    return [path for path in notebooks(root) if path.name != INSTRUCTORS]


def read_notebook(path: Path) -> Any:
    """Read a notebook (format 4).

    Raises:
        GradingError: it can't be read, or isn't a notebook; the message names the file.

    """
    try:
        # nbformat.read would quietly give new ids to cells that share one.
        notebook = nbformat.convert(nbformat.reader.reads(path.read_text(encoding="utf-8")), 4)
    except OSError as error:
        raise GradingError(f"{path}: can't be read: {error.strerror or error}.") from error
    except Exception as error:  # nbformat has its own error for each way of not being a notebook
        raise GradingError(
            f"{path}: isn't a notebook ({type(error).__name__}: {str(error)[:120]}). "
            "Restore it from version control, or save it again in JupyterLab."
        ) from error
    if not isinstance(notebook.get("cells"), list):
        raise GradingError(f"{path}: isn't a notebook: it has no cells.")
    for number, cell in enumerate(notebook.cells, 1):
        if not {"cell_type", "source", "metadata"} <= cell.keys():
            raise GradingError(f"{path}: cell {cell.get('id', number)} isn't a notebook's cell.")
    return notebook


def _directives(sources: Sequence[str]) -> Iterator[tuple[str, str]]:
    for source in sources:
        for match in _DIRECTIVE.finditer(source):
            yield match["name"], match["value"] or ""


def default_module(sources: Sequence[str]) -> str:
    """Names the module that a notebook exports to by default; empty if there is none."""
    return next((value for name, value in _directives(sources) if name == "default_exp"), "")


def export_module(source: str, default: str) -> str | None:
    """Names the module of the package that a cell is exported to; None if it isn't."""
    for name, value in _directives([source]):
        if name in ("export", "exporti", "exports"):
            return value or default or None
    return None


@dataclass(frozen=True)
class Guide:
    """A notebook of the course, read once and handed from room to room.

    Attributes:
        name: its path, relative to the project.
        notebook: what was read. Nobody changes it: a copy is made by whoever needs another one.

    """

    name: str
    notebook: Any = field(repr=False, compare=False)

    @classmethod
    def read(cls, root: Path, path: Path) -> Guide:
        """Read a notebook of a project.

        Raises:
            GradingError: it can't be read, or isn't a notebook.

        """
        return cls(path.relative_to(root).as_posix(), read_notebook(path))

    @property
    def cells(self) -> list[Any]:
        """The cells, in their order."""
        return self.notebook.cells

    @cached_property
    def default(self) -> str:
        """The module that it exports to by default."""
        return default_module([cell.source for cell in self.cells if cell.cell_type == "code"])

    def module(self, cell: Any) -> str | None:
        """Names the module that one of its cells is exported to; None if it isn't."""
        return export_module(cell.source, self.default) if cell.cell_type == "code" else None

    @cached_property
    def exports(self) -> tuple[str, ...]:
        """The modules that it exports to, in the order of its cells."""
        return tuple(dict.fromkeys(m for cell in self.cells if (m := self.module(cell))))

    @cached_property
    def answers(self) -> dict[str, Any]:
        """The cells in which a student writes, by their ids."""
        return {
            cell.get("id", ""): cell
            for cell in self.cells
            if cell.metadata.get("nbgrader", {}).get("solution")
        }

    def graded(self, grade_id: str) -> Any:
        """Return the cell that nbgrader knows by a name, such as a visible check.

        Raises:
            GradingError: there is none.

        """
        for cell in self.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
                return cell
        raise GradingError(f"{self.name}: has no cell {grade_id!r}.")

    @cached_property
    def cards(self) -> dict[str, float]:
        """The task cards: what each says the task is worth, by the task's label."""
        return {
            match["label"].strip(): float(match["points"])
            for cell in self.cells
            if cell.cell_type == "markdown" and (match := _CARD.search(cell.source))
        }
