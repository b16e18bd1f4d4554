"""nbgrader's `generate_assignment` with our own step: what releases one assignment as it does."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

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

from grading.course.guides import load_course
from grading.course.notebooks import notebooks
from grading.course.regions import GradingError
from grading.paths import GUIDES, RELEASE
from grading.release.leaks import search, secrets
from grading.release.strip import strip_notebook


class Strip(NbGraderPreprocessor):
    """Our step of nbgrader's `generate_assignment`, in place of ClearSolutions and ClearOutput."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Replace the notebook's content by what students get."""
        root = _root(Path.cwd())
        place = resources["nbgrader"]
        name = (GUIDES / place["assignment"] / f"{place['notebook']}.ipynb").as_posix()
        stamp = tuple(p.stat().st_mtime_ns for p in notebooks(root))
        wanted = dict(_secrets(root, stamp))
        stripped = strip_notebook(nb, name, wanted)
        if leaks := search(nbformat.writes(stripped).encode(), name, wanted):
            raise GradingError("\n".join(map(str, leaks)))
        return stripped, resources


def _root(folder: Path) -> Path:
    return next((p for p in [folder, *folder.parents] if (p / GUIDES).is_dir()), folder)


@lru_cache(maxsize=2)
def _secrets(root: Path, stamp: tuple[int, ...]) -> tuple[tuple[str, str], ...]:
    """Return the secret lines of a course; `stamp` tells an edited course from an older one."""
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
    """Apply nbgrader's own steps and return the text of the file.

    The same as `generate_assignment` writes, without its database.
    """
    for step in PREPROCESSORS:
        if step not in (Strip, SaveCells):
            notebook, _ = step().preprocess(notebook, {"nbgrader": {}})
    return nbformat.writes(notebook) + "\n"


def remove_sidecars(assignment: str, student: str, notebooks: list[str]) -> None:
    """Remove what nbgrader copied beside the notebooks; its hook after generate_assignment."""
    folder = _root(Path.cwd()) / RELEASE / assignment
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
        elif path.is_file() and (path.suffix != ".ipynb" or path.parent != folder):
            path.unlink()
