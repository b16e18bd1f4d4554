"""Proves that a release holds no solution: looks for every line of them, everywhere.

`python -m grading leaks course/student` searches the whole tree: cells, outputs, metadata,
attachments, widgets, exported stubs, other files, file names and git objects, under every layer of
notation that `layers` takes off: colours, tags, escapes, base64, archives.
"""

from __future__ import annotations

import argparse
import ast
import functools
import json
import subprocess
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grading.course.guides import load_course
from grading.course.notebooks import INSTRUCTORS, shared
from grading.course.regions import GradingError, Region, given_lines
from grading.course.tasks import Course, probes_path
from grading.paths import STUDENT
from grading.release import practice
from grading.release.layers import normal, strings, views

REFERENCE_TESTS = Path("tests") / "reference"  # the instructor's; no release has them
SHORTEST = 15  # a shorter line says nothing: `return x * y`
_WORD = 8  # bytes that are compared at once
NEVER = {"grading", ".git", "__pycache__", ".ipynb_checkpoints", ".hypothesis", ".pytest_cache"}
NEVER |= {INSTRUCTORS}


@dataclass(frozen=True)
class Leak:
    """Something of a solution in a release."""

    path: str
    where: str
    what: str

    def __str__(self) -> str:
        """One line: file, place, what was found."""
        return f"{self.path}{', ' if self.where else ''}{self.where}: {self.what}"


# What must not be found


def _own_lines(region: Region) -> list[str]:
    """Return a region's lines that a student doesn't get: of whole functions no docstring."""
    lines = region.body.split("\n")
    if region.whole:
        node = ast.parse(region.body).body[0]
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node, clean=False) is not None:
            doc = node.body[0]
            return lines[: doc.lineno - 1] + lines[doc.end_lineno or doc.lineno :]
    return lines


def given_code(course: Course) -> str:
    """All code that students get anyway: cells outside solution regions, and the tests."""
    root = course.root
    lines: list[str] = []
    for path in shared(root):
        for cell in course.read(path).cells:
            answer = cell.metadata.get("nbgrader", {})
            by_hand = answer.get("solution") and answer.get("grade")
            if cell.cell_type == "code" and not by_hand:
                lines += given_lines(cell.source)
    for path in sorted((root / "tests").rglob("*.py")):
        if root / REFERENCE_TESTS in path.parents:
            continue
        lines += path.read_text(encoding="utf-8").split("\n")
    return "\n".join(map(normal, lines))


def secrets(course: Course) -> dict[str, str]:
    """Return every solution line that isn't trivially common, with its owner.

    A line is trivially common if it has fewer than 15 characters or occurs in given code too.
    """
    given = given_code(course)
    found: dict[str, str] = {}
    for region in course.regions:
        owner = f"{course.task(region.task).label}, {region.target}"
        for line in _own_lines(region):
            if len(line.strip()) >= SHORTEST and normal(line) not in given:
                found.setdefault(normal(line), f"{owner}: {line.strip()}")
    for assignment in course.assignments:
        for name in assignment.notebooks:
            for cell in course.guides[name].answers.values():
                if cell.metadata.nbgrader.get("grade"):
                    for line in cell.source.split("\n"):
                        if len(line.strip()) >= SHORTEST and normal(line) not in given:
                            owner = f"{name}, cell {cell.id}: {line.strip()}"
                            found.setdefault(normal(line), owner)
    return found


def unreleased(course: Course) -> dict[str, str]:
    """Return the lines of probes that students don't get, each with its owner."""
    shown = "".join(normal(practice.source(course.root, t)) for t in course.tasks if t.released)
    known = given_code(course) + shown
    found: dict[str, str] = {}
    for task in course.tasks:
        path = probes_path(course.root, task.id)
        if task.kind != "probes" or not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        lines = text.split("\n")
        for node in ast.parse(text).body:  # what feedback names, such as PARTS, is no secret
            if isinstance(node, ast.FunctionDef):
                for line in lines[node.lineno - 1 : node.end_lineno]:
                    if len(line.strip()) >= SHORTEST and normal(line) not in known:
                        found.setdefault(normal(line), f"a probe of {task.label}: {line.strip()}")
    return found


def written_out(course: Course) -> list[str]:
    """Says which solutions of several lines stand whole in given code."""
    given = given_code(course).replace("\n", "")
    said = []
    for region in course.regions:
        lines = [normal(line) for line in _own_lines(region) if normal(line)]
        body = "".join(lines)
        if len(lines) > 2 and len(body) > 3 * SHORTEST and body in given:
            said.append(
                f"{region.notebook}, cell {region.cell_id}: the solution of {region.target} "
                "is written out in given code. Show a neighbour instead."
            )
    return said


# Where it hides


@functools.lru_cache(maxsize=64)
def _pieces(lines: frozenset[str]) -> tuple[dict[int, set[str]], list[str]]:
    """Index lines by every eight bytes in a row of them; shorter ones are listed beside them.

    However a line of 15 bytes lies in a text, it fills eight bytes that begin at a multiple of
    eight. So one look at each such eight finds the few lines that are worth searching for.
    """
    pieces: dict[int, set[str]] = {}
    short = []
    for line in lines:
        data = _bytes(line)
        if len(data) < 2 * _WORD - 1:
            short.append(line)
            continue
        for at in range(len(data) - _WORD + 1):
            word = int.from_bytes(data[at : at + _WORD], sys.byteorder)
            pieces.setdefault(word, set()).add(line)
    return pieces, short


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _hits(data: bytes, wanted: Collection[str]) -> set[str]:
    pieces, short = _pieces(frozenset(wanted))
    found: set[str] = set()
    for view in views(data):
        text = _bytes(view)
        words = memoryview(text[: len(text) // _WORD * _WORD]).cast("Q")
        near = {line for word in pieces.keys() & words for line in pieces[word]}
        found |= {line for line in (*near, *short) if line in view}
    return found


def search(data: bytes, path: str, wanted: Mapping[str, str]) -> list[Leak]:
    """Look for secret lines in one file; in a notebook say in which part."""
    found = _hits(data, wanted)
    places: list[tuple[str, str]] = []
    if path.endswith((".ipynb", ".json")):
        try:
            places = list(strings(json.loads(data)))
        except ValueError:
            places = []
    leaks = []
    for line in sorted(found):
        at = sorted({w for w, text in places if line in _hits(text.encode(), {line})})
        leaks += [Leak(path, where, f"shows {wanted[line]}") for where in at or [""]]
    return leaks


def _git_objects(folder: Path) -> bytes:
    """All objects of a repository, unpacked."""
    command = ["git", "cat-file", "--batch", "--batch-all-objects"]
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout
    except OSError:
        return b""


def check_tree(folder: Path, wanted: Mapping[str, str]) -> list[Leak]:
    """Search every file under a folder.

    Args:
        folder: the release.
        wanted: secret lines, as `secrets` returns them.

    """
    leaks = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        for line in sorted(_hits(name.encode(), wanted)):
            leaks.append(Leak(name, "", f"its name shows {wanted[line]}"))
        if path.name in NEVER or path.suffix == ".pyc":
            leaks.append(Leak(name, "", "has no place in a release"))
        if path.name == ".git":
            leaks += search(_git_objects(folder), f"{name} objects", wanted)
        if path.is_symlink():
            leaks.append(Leak(name, "", "is a link; a release stands on its own"))
        elif path.is_file():
            leaks += search(path.read_bytes(), name, wanted)
    return leaks


def shows(text: str, wanted: Iterable[str]) -> bool:
    """Whether a text shows any secret line."""
    return bool(_hits(text.encode(), set(wanted)))


def main() -> None:
    """Check the release that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "folder", nargs="?", type=Path, default=STUDENT, help=f"a release ({STUDENT})"
    )
    folder = parser.parse_args().folder
    try:
        if not folder.is_dir():
            raise GradingError(f"{folder}: there is no release. Build it with make release.")
        course = load_course(Path.cwd())
        wanted, probes = secrets(course), unreleased(course)
        leaks = check_tree(folder, wanted) + check_tree(folder / practice.FOLDER, probes)
        found = [*map(str, leaks), *written_out(course)]
    except GradingError as error:
        sys.exit(str(error))
    if found:
        sys.exit("\n".join(found))
    nor = f"nor any of {len(probes)} lines of probes"
    print(f"{folder}: none of {len(wanted)} solution lines is in it, {nor}.")
