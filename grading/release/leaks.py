"""Proves that a release holds no solution: looks for every line of them, everywhere.

`python -m grading leaks course/student` searches the whole tree: cells, outputs, metadata,
attachments, widgets, exported stubs, other files, file names and git objects, also where text is
escaped, encoded or compressed.
"""

from __future__ import annotations

import argparse
import ast
import base64
import binascii
import bz2
import gzip
import html
import io
import json
import lzma
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from grading.course.guides import load_course, read_notebook
from grading.course.regions import GradingError, Region, given_lines
from grading.course.tasks import Course
from grading.paths import STUDENT

REFERENCE_TESTS = Path("tests") / "reference"  # the instructor's; no release has them
SHORTEST = 15  # a shorter line says nothing: `return x * y`
NEVER = {"grading", ".git", "__pycache__", ".ipynb_checkpoints", ".hypothesis", ".pytest_cache"}
DEPTH = 3  # base64 of a compressed JSON text is found; a fourth layer isn't
LARGEST = 50_000_000  # bytes unpacked from one archive

_SPACE = re.compile(r"\s+")
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/_-]{16,}(?:\\n|[\r\n])*)+={0,2}")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){15,}")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.S)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
_TAG = re.compile(r"<[^<>]*>")
_UNPACK: list[tuple[bytes, Callable[[bytes], bytes]]] = [
    (b"\x1f\x8b", gzip.decompress),
    (b"BZh", bz2.decompress),
    (b"\xfd7zXZ", lzma.decompress),
    (b"\x78", zlib.decompress),
]


@dataclass(frozen=True)
class Leak:
    """Something of a solution in a release."""

    path: str
    where: str
    what: str

    def __str__(self) -> str:
        """One line: file, place, what was found."""
        return f"{self.path}{', ' if self.where else ''}{self.where}: {self.what}"


def normal(text: str) -> str:
    """Drops all white space, so that a reformatted line is the same line."""
    return _SPACE.sub("", text)


# What must not be found


def _own_lines(region: Region) -> list[str]:
    """The lines of a region that a student doesn't get: without docstrings of whole functions."""
    lines = region.body.split("\n")
    if region.whole:
        node = ast.parse(region.body).body[0]
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node, clean=False) is not None:
            doc = node.body[0]
            return lines[: doc.lineno - 1] + lines[doc.end_lineno or doc.lineno :]
    return lines


def given_code(root: Path) -> str:
    """All code that students get anyway: cells outside solution regions, and the tests."""
    lines: list[str] = []
    for path in sorted((root / "nbs").rglob("*.ipynb")):
        if ".ipynb_checkpoints" in path.parts:
            continue
        for cell in read_notebook(path).cells:
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
    """Returns every solution line that isn't trivially common, with its owner.

    A line is trivially common if it has fewer than 15 characters or occurs in given code too.
    """
    given = given_code(course.root)
    found: dict[str, str] = {}
    for region in course.regions:
        owner = f"{course.task(region.task).label}, {region.target}"
        for line in _own_lines(region):
            if len(line.strip()) >= SHORTEST and normal(line) not in given:
                found.setdefault(normal(line), f"{owner}: {line.strip()}")
    for assignment in course.assignments:
        for name in assignment.notebooks:
            for cell in read_notebook(course.root / name).cells:
                mark = cell.metadata.get("nbgrader", {})
                if mark.get("solution") and mark.get("grade"):
                    for line in cell.source.split("\n"):
                        if len(line.strip()) >= SHORTEST and normal(line) not in given:
                            owner = f"{name}, cell {cell.id}: {line.strip()}"
                            found.setdefault(normal(line), owner)
    return found


def written_out(course: Course) -> list[str]:
    """Says which solutions of several lines stand whole in given code."""
    given = given_code(course.root).replace("\n", "")
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


# Where it may hide


def _unescaped(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        code = match[1]
        return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPED.get(code, code)

    return _ESCAPE.sub(plain, text)


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Yields what a compressed or encoded piece of data holds."""
    for magic, unpack in _UNPACK:
        if data.startswith(magic):
            try:
                yield unpack(data)[:LARGEST]
            except (OSError, ValueError, EOFError, zlib.error, lzma.LZMAError):
                continue
    if data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for info in archive.infolist():
                    yield info.filename.encode()
                    with archive.open(info) as member:
                        yield member.read(LARGEST)
        except (zipfile.BadZipFile, OSError, RuntimeError):
            pass
    for match in _BASE64.finditer(data):
        run = re.sub(rb"\\n|\s|=", b"", match[0])
        try:
            yield base64.b64decode(run[: len(run) - (len(run) % 4 == 1)] + b"===", b"-_")
            yield base64.b64decode(run[: len(run) - (len(run) % 4 == 1)] + b"===")
        except binascii.Error:
            continue
    for match in _HEX.finditer(data):
        yield bytes.fromhex(match[0].decode())


def views(data: bytes, depth: int = DEPTH) -> Iterator[str]:
    """Yields every way to read a piece of data, without white space."""
    text = data.decode("utf-8", "replace")
    yield normal(text)
    if b"\0" in data[:200]:
        yield normal(data.decode("utf-16", "replace"))
    if "\\" in text:
        text = _unescaped(text)
        yield normal(text)
        yield normal(_unescaped(text))
    for read in {text, unquote(text)}:
        if read != text:
            yield normal(read)
        if "&" in read:
            yield normal(html.unescape(read))
        if "<" in read:
            yield normal(html.unescape(_TAG.sub("", read)))
    if depth:
        for inner in _unpacked(data):
            yield from views(inner, depth - 1)


def _hits(data: bytes, wanted: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    for view in views(data):
        found |= {line for line in wanted if line in view}
    return found


def _places(node: Any, trail: str = "") -> Iterator[tuple[str, str]]:
    """Yields the strings of a notebook with their places."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield trail, str(key)
            if key == "cells" and isinstance(value, list):
                for number, cell in enumerate(value, 1):
                    name = cell.get("id", number) if isinstance(cell, dict) else number
                    yield from _places(cell, f"cell {name}")
            else:
                yield from _places(value, f"{trail} {key}".strip())
    elif isinstance(node, list):
        if all(isinstance(each, str) for each in node):
            yield trail, "".join(node)
        else:
            for each in node:
                yield from _places(each, trail)
    elif isinstance(node, str):
        yield trail, node


def search(data: bytes, path: str, wanted: Mapping[str, str]) -> list[Leak]:
    """Looks for secret lines in one file; in a notebook says in which part."""
    found = _hits(data, wanted)
    places: list[tuple[str, str]] = []
    if path.endswith((".ipynb", ".json")):
        try:
            places = list(_places(json.loads(data)))
        except ValueError:
            places = []
        text = "\n".join(normal(text) for _, text in places)
        found |= {line for line in wanted if line in text}
    leaks = []
    for line in sorted(found):
        at = sorted({w for w, text in places if line in _hits(text.encode(), {line: ""})})
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
    """Searches every file under a folder.

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
    return bool(_hits(text.encode(), dict.fromkeys(wanted, "")))


def main() -> None:
    """Checks the release that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "folder", nargs="?", type=Path, default=STUDENT, help=f"a release ({STUDENT})"
    )
    folder = parser.parse_args().folder
    try:
        if not folder.is_dir():
            raise GradingError(f"{folder}: there is no release. Build it with make release.")
        course = load_course(Path.cwd())
        wanted = secrets(course)
        found = [*map(str, check_tree(folder, wanted)), *written_out(course)]
    except GradingError as error:
        sys.exit(str(error))
    if found:
        sys.exit("\n".join(found))
    print(f"{folder}: none of {len(wanted)} solution lines is in it.")
