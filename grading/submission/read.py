"""What a student handed in for an assignment: finding the notebooks and reading them."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grading.course.tasks import Assignment
from grading.submission.answers import read_file
from grading.submission.sanitize import clean

MOST_ENTRIES = 20_000  # of a folder and all below are looked at
DEEPEST = 20  # folders in folders
MOST_STRAYS = 20  # notebooks of another name are looked into


@dataclass
class Submission:
    """One student's files of one assignment, by notebook."""

    assignment: str
    files: Mapping[str, bytes | None]
    reasons: Mapping[str, str] = field(default_factory=dict)


def read_submission(assignment: Assignment, folder: Path) -> Submission:
    """Read the notebooks that lie in a submission's folder.

    A notebook that isn't where it belongs is looked for: in a folder below, or under the
    name that a browser or a file manager gives to a second copy, or by its checks.
    """
    files: dict[str, bytes | None] = {}
    reasons: dict[str, str] = {}
    strays: dict[Path, bytes] | None = None
    linked = folder.is_symlink() or folder.parent.is_symlink()
    for notebook in assignment.notebooks:
        if linked:  # perhaps to another's work
            files[notebook], reasons[notebook] = None, "lies in a folder that is a link; not read"
            continue
        path = folder / Path(notebook).name
        if not path.exists() and not path.is_symlink():
            found = _astray(folder, path.stem)
            if not found:
                strays = _strays(assignment, folder) if strays is None else strays
                checks = [task.grade_id for task in assignment.tasks if task.notebook == notebook]
                found = [p for p, raw in strays.items() if any(c.encode() in raw for c in checks)]
            places = ", ".join(clean(str(each.relative_to(folder)), 120) for each in found[:3])
            if len(found) != 1:
                files[notebook], reasons[notebook] = None, "was not handed in"
                if found:
                    reasons[notebook] += f" under its name; {places} hold its checks"
                continue
            reasons[notebook] = f"was found as {places}"
            path = found[0]
        files[notebook], why = read_file(path)
        if why:
            reasons[notebook] = why
    return Submission(assignment.name, files, reasons)


def notebooks_in(folder: Path) -> list[Path]:
    """List the notebooks in a folder and below, as far as it is not too deep and not too full."""
    found: list[Path] = []
    waiting, left = [(folder, 0)], MOST_ENTRIES
    for place, depth in waiting:  # it grows meanwhile
        try:
            with os.scandir(place) as entries:
                for entry in itertools.islice(entries, left):
                    left -= 1
                    if entry.is_dir(follow_symlinks=False):
                        waiting += [(place / entry.name, depth + 1)] * (depth < DEEPEST)
                    elif entry.name.endswith(".ipynb"):
                        found.append(place / entry.name)
        except OSError:
            continue
    return sorted(found)


def _astray(folder: Path, stem: str) -> list[Path]:
    """Find a notebook by its name where it doesn't belong."""
    name = re.compile(rf"{re.escape(stem)}([ _-]*(\(\d+\)|copy\d*|\d+))*\.ipynb", re.IGNORECASE)
    return [path for path in _notebooks(folder) if name.fullmatch(path.name)]


def _strays(assignment: Assignment, folder: Path) -> dict[Path, bytes]:
    """Read the notebooks of other names than the assignment's."""
    names = {Path(notebook).name for notebook in assignment.notebooks}
    strays = [path for path in _notebooks(folder) if path.name not in names][:MOST_STRAYS]
    return {path: read_file(path)[0] or b"" for path in strays}


def _notebooks(folder: Path) -> list[Path]:
    hidden = re.compile(r"^[._]")
    return [
        path
        for path in notebooks_in(folder)
        if not any(hidden.match(part) for part in path.relative_to(folder).parts)
    ]
