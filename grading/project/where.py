"""Says where a thing is made: `python -m grading where Tensor.__add__`.

Notebook and cell, module and line; the library's tests that name it; the tasks that ask for it or
look at it.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grading.course.guides import load_course
from grading.course.tasks import Course
from grading.paths import CHECKS, ROOT

_CELL = re.compile(r"^# %% (?P<notebook>\S+) #(?P<cell>\S+)$")


@dataclass(frozen=True)
class Place:
    """Where a class, a function or a method is made.

    Attributes:
        name: e.g. `Tensor.__add__`.
        module: file of the package, relative to the project.
        line: its line there.
        notebook: the notebook that exports it, relative to the project.
        cell: id of the cell.

    """

    name: str
    module: str
    line: int
    notebook: str
    cell: str


def places(root: Path) -> list[Place]:
    """List every class, function and method of the package."""
    found = []
    for path in sorted((root / "minitorch").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        cells = [
            (number, (path.parent / match["notebook"]).resolve(), match["cell"])
            for number, line in enumerate(text.splitlines(), 1)
            if (match := _CELL.match(line))
        ]
        for name, line in _definitions(ast.parse(text), ""):
            before = [cell for cell in cells if cell[0] < line]
            if before:
                _, notebook, cell = before[-1]
                module = path.relative_to(root).as_posix()
                source = notebook.relative_to(root.resolve()).as_posix()
                found.append(Place(name, module, line, source, cell))
    return found


def _definitions(tree: ast.AST, outer: str) -> Iterator[tuple[str, int]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{outer}{node.name}", node.lineno
            if isinstance(node, ast.ClassDef):
                yield from _definitions(node, f"{outer}{node.name}.")


def wanted(name: str, known: list[Place]) -> list[Place]:
    """Find a name as it is typed: `Tensor.__add__`, `tensor.Tensor.__add__`, or `__add__` alone.

    The last part may stand alone; then all that bear the name are given.
    """
    name = name.removeprefix("minitorch.")

    def dotted(place: Place) -> str:
        module = place.module.removeprefix("minitorch/").removesuffix(".py").replace("/", ".")
        return f"{module}.{place.name}"

    exact = [p for p in known if name in (p.name, dotted(p))]
    return exact or [p for p in known if dotted(p).endswith(f".{name}")]


def _naming(paths: list[Path], name: str, root: Path) -> list[str]:
    """List the files that name a thing, each with the first lines where they do."""
    word = re.compile(rf"(?<![\w.]){re.escape(name)}\b|\.{re.escape(name)}\b")
    said = []
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines()
        hits = [str(n) for n, line in enumerate(lines, 1) if word.search(line)]
        if hits:
            more = ", …" if len(hits) > 3 else ""
            said.append(f"{path.relative_to(root).as_posix()} (line {', '.join(hits[:3])}{more})")
    return said


def describe(place: Place, course: Course) -> str:
    """Say in lines where a thing is made, and who looks at it."""
    root = course.root
    last = place.name.rpartition(".")[2]
    own = {
        region.task: course.task(region.task).mark
        for region in course.regions
        if (region.notebook, region.cell_id) == (place.notebook, place.cell)
        and region.qualname == place.name
    }
    tests = [f"pytest -m {mark}" for mark in own.values()]
    tests += _naming(sorted((root / "tests").rglob("test_*.py")), last, root)
    probes = [p.parent.name for p in sorted((root / CHECKS).glob("*/probes.py"))]
    looking = [
        f"{task} (its probes name it)"
        for task in probes
        if _naming([root / CHECKS / task / "probes.py"], last, root)
    ]
    rows = [
        ("notebook", [f"{place.notebook}, cell {place.cell}"]),
        ("module", [f"{place.module}, line {place.line}"]),
        ("tests", tests),
        ("tasks", [f"{task} (the student writes it)" for task in own] + looking),
    ]
    lines = [place.name]
    for title, said in rows:
        lines += [
            f"  {title if not i else '':<9} {what}" for i, what in enumerate(said or ["none"])
        ]
    return "\n".join(lines)


def main() -> None:
    """Say where the things are that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", nargs="+", help="e.g. Tensor.__add__, minitorch.tensor, relu")
    names = parser.parse_args().name
    course, known = load_course(ROOT), places(ROOT)
    for name in names:
        found = wanted(name, known)
        if not found:
            near = difflib.get_close_matches(name, {p.name for p in known}, n=3)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            sys.exit(f"The package has no class, function or method called {name!r}.{hint}")
        print("\n\n".join(describe(place, course) for place in found))
