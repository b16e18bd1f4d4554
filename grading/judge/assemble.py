"""Builds the packages that are graded: whose work stands in which region.

The exported reference is text with a header before each cell's block and marks around each
region. A package is that text with other bodies in the regions and a student's cells in place
of the course's. Nothing is executed here, and only modules that the course has are written.
"""

from __future__ import annotations

import ast
import contextlib
import re
import textwrap
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Literal

from grading.course.notebooks import export_module
from grading.course.regions import GradingError, Region, body_of, fill, strip_solutions
from grading.course.tasks import Course, Task
from grading.submission.answers import Graft
from grading.submission.cells import fault, plain, within
from grading.submission.sanitize import clean

Source = Literal["reference", "student", "stub"]
Files = dict[str, bytes]

PACKAGE = "minitorch"
_HEADER = re.compile(r"^# %% (?P<path>\S+\.ipynb) #(?P<cell>\S+)[ \t]*$", re.M)
_DIRECTIVE = re.compile(r"^[ \t]*#\|.*$\n?", re.M)
_FUTURE = re.compile(r"^from __future__ import (?:\([^()]*\)|[^(\n]*)$", re.M)
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
# Python 3.11 mixes up ast.parse in several threads ("recursion depth mismatch").
PARSING = threading.RLock()


def file_of(module: str) -> str:
    """Where a module lies: `minitorch/train/images.py` for `train.images`."""
    return f"{PACKAGE}/{module.replace('.', '/')}.py"


@dataclass(frozen=True)
class Block:
    """The text that one cell exports to one module."""

    notebook: str  # relative to the project
    cell_id: str
    text: str


class Reference:
    """The exported package and the notebooks that it comes from."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.folder = course.root / PACKAGE
        self.modules: dict[str, str] = {}
        self.others: Files = {}
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if not path.is_file() or "__pycache__" in name or name.endswith((".pyc", "_modidx.py")):
                continue
            if path.suffix == ".py":
                self.modules[name.removesuffix(".py").replace("/", ".")] = path.read_text(
                    encoding="utf-8"
                )
            else:
                self.others[name] = path.read_bytes()
        if not self.modules:
            raise GradingError(f"{self.folder}: there is no package. Run minitorch export.")
        for region in course.regions:
            self._check(region)

    def _check(self, region: Region) -> None:
        if body := body_of(self.modules.get(region.module, ""), region.qualname, whole=True):
            marked = f"BEGIN SOLUTION {region.task}" in self.modules[region.module]
            if marked and body:
                return
        raise GradingError(
            f"{self.folder.parent / file_of(region.module)}: has no {region.qualname} of "
            f"{region.task}, which {region.notebook}, cell {region.cell_id}, holds. "
            "Run minitorch export."
        )

    @cached_property
    def given(self) -> dict[str, str]:
        """The modules as students get them."""
        return {
            name: strip_solutions(text, where=file_of(name)) for name, text in self.modules.items()
        }

    @cached_property
    def stubs(self) -> dict[str, str]:
        """What stands in each region when nothing was written: target to body."""
        found = {}
        for region in self.course.regions:
            stub = body_of(self.given[region.module], region.qualname, whole=region.whole)
            found[region.target] = stub or "raise NotImplementedError"
        return found

    def visible(self, task: Task) -> dict[str, object]:
        """Return a task's visible cell and the modules whose names it uses."""
        guide = self.course.guides[task.notebook]
        return {"source": guide.graded(task.grade_id).source, "modules": list(guide.exports)}


Chooser = Callable[[Region], Source]


def assemble(
    reference: Reference,
    choose: Chooser,
    grafts: Mapping[str, Graft] | None = None,
    *,
    bodies: Mapping[str, str] | None = None,
    extras: bool = True,
    only: str = "",
) -> tuple[Files, list[str]]:
    """Build a package.

    Args:
        reference: the exported course.
        choose: whose work stands in a region.
        grafts: a student's answers, by notebook relative to the project.
        bodies: bodies for regions that are not the student's, by target: mutants.
        extras: keep what the student wrote outside the chosen regions: helpers in other
            answer cells, and cells that were added.
        only: build this module alone.

    Returns:
        The files (`minitorch/…`), and notes on what was odd.

    """
    compiling = next((graft.compiling for graft in (grafts or {}).values()), None)
    with PARSING, within(compiling):
        return _assemble(reference, choose, grafts or {}, bodies or {}, extras, only)


def _assemble(
    reference: Reference,
    choose: Chooser,
    grafts: Mapping[str, Graft],
    bodies: Mapping[str, str],
    extras: bool,
    only: str,
) -> tuple[Files, list[str]]:
    notes: list[str] = []
    by_module: dict[str, dict[str, str]] = {}
    chosen: dict[tuple[str, str], list[Region]] = {}
    cells: dict[tuple[str, str], list[Region]] = {}
    for region in reference.course.regions:
        key = (region.notebook, region.cell_id)
        cells.setdefault(key, []).append(region)
        source = choose(region)
        if source == "student":
            chosen.setdefault(key, []).append(region)
        body = bodies.get(region.target)
        if body is None and source != "reference":
            body = reference.stubs[region.target]
        if body is not None:
            by_module.setdefault(region.module, {})[region.qualname] = body
    files: Files = {f"{PACKAGE}/{name}": data for name, data in reference.others.items()}
    for module, text in reference.modules.items():
        if only and module != only:
            continue
        text = fill(text, by_module.get(module, {}), where=file_of(module))
        if grafts:
            head, blocks = split(text)
            blocks = [
                _answered(block, grafts.get(block.notebook), cells, chosen, extras, notes)
                for block in blocks
            ]
            if extras:
                for notebook, graft in grafts.items():
                    blocks = _with_added(reference, module, notebook, graft, blocks, notes)
            text = head + "".join(block.text for block in blocks)
        files[file_of(module)] = text.encode("utf-8", "replace")
    return files, list(dict.fromkeys(notes))


def split(text: str) -> tuple[str, list[Block]]:
    """Split an exported module into its head and its cells' blocks, headers included."""
    heads = list(_HEADER.finditer(text))
    if not heads:
        return text, []
    blocks = []
    for number, match in enumerate(heads):
        end = heads[number + 1].start() if number + 1 < len(heads) else len(text)
        parts = [part for part in PurePosixPath(match["path"]).parts if part != ".."]
        blocks.append(Block("/".join(parts), match["cell"], text[match.start() : end]))
    return text[: heads[0].start()], blocks


def _answered(
    block: Block,
    graft: Graft | None,
    cells: Mapping[tuple[str, str], list[Region]],
    chosen: Mapping[tuple[str, str], list[Region]],
    extras: bool,
    notes: list[str],
) -> Block:
    """Put a student's cell where the course's stands."""
    key = (block.notebook, block.cell_id)
    if graft is None or key not in cells or (source := graft.answers.get(block.cell_id)) is None:
        return block
    own = chosen.get(key, [])
    if not own and not extras:
        return block
    header, _, body = block.text.partition("\n")
    where = f"{Path(block.notebook).name}, cell {block.cell_id}"
    merged = merge(body, source, own, [r for r in cells[key] if r not in own], where, notes)
    return Block(block.notebook, block.cell_id, f"{header}\n{merged.rstrip()}\n\n")


def merge(
    course_text: str,
    source: str,
    own: Sequence[Region],
    others: Sequence[Region],
    where: str,
    notes: list[str],
) -> str:
    """Take a student's cell, with the functions of other tasks as the course has them.

    Args:
        course_text: the course's cell, its regions filled as chosen.
        source: the student's.
        own: regions that are the student's.
        others: the cell's other regions.
        where: said in notes.
        notes: takes what was odd.

    Returns:
        The text for the package. What can't be placed is the course's.

    """

    def broken(said: str) -> str:
        notes.append(f"{where}: {said}")
        # Raised where the function is called: one cell's slip is not the module's.
        wrong = {r.qualname: _broken(r, f"{where} is not Python: {said}") for r in own}
        return fill(course_text, wrong, where=where)

    source = plain(source)
    if said := fault(source):
        return broken(said)
    source = exported_text(source)
    try:
        found = _functions(ast.parse(source), source.split("\n"))
    except _UNREADABLE:
        return broken("it is nested too deep")
    lost = [r.qualname for r in own if r.qualname not in found]
    if lost:
        notes.append(f"{where}: {', '.join(lost)} is gone from it")
    if all(r.qualname in found for r in others):
        lines = source.split("\n")
        for region in sorted(others, key=lambda r: -found[r.qualname][0]):
            first, last, indent = found[region.qualname]
            text = body_of(course_text, region.qualname, whole=True) or ""
            lines[first - 1 : last] = textwrap.indent(text, indent).split("\n")
        merged = "\n".join(lines)
        with contextlib.suppress(*_UNREADABLE):
            ast.parse(merged)
            return merged
    # Its functions can't all be placed: then the student's go into the course's cell.
    bodies = {}
    for region in own:
        if region.qualname in found:
            body = body_of(source, region.qualname, whole=region.whole)
            bodies[region.qualname] = body or "pass"
    merged = fill(course_text, bodies, where=where)
    # A body may need what stood around it: `await` an `async def`, `nonlocal` another function.
    if said := fault(merged):
        return broken(f"in the course's cell, {said}")
    return merged


def _broken(region: Region, message: str) -> str:
    body = f"raise SyntaxError({message!r})"
    if not region.whole:
        return body
    return f"def {region.qualname}() -> None:\n    {body}"


def exported_text(source: str) -> str:
    """Make a cell into text of a module: no directives, and nothing from the future."""
    return _FUTURE.sub("", _DIRECTIVE.sub("", source))


def _functions(
    tree: ast.AST, lines: Sequence[str], prefix: str = ""
) -> dict[str, tuple[int, int, str]]:
    """Find functions and methods: first line with decorators, last line, indentation."""
    found: dict[str, tuple[int, int, str]] = {}
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            last = node.end_lineno or node.lineno
            indent = lines[node.lineno - 1][: node.col_offset]
            found[prefix + node.name] = (first, last, indent)
        elif isinstance(node, ast.ClassDef):
            found |= _functions(node, lines, f"{prefix}{node.name}.")
        elif isinstance(node, ast.If | ast.Try | ast.With):
            found |= _functions(node, lines, prefix)
    return found


def _with_added(
    reference: Reference,
    module: str,
    notebook: str,
    graft: Graft,
    blocks: list[Block],
    notes: list[str],
) -> list[Block]:
    """Insert the exported cells that a student added to a notebook, where they stood."""
    if not any("#|" in source for _, source in graft.added):
        return blocks
    allowed = reference.course.guides[notebook].exports
    default = graft.default_module
    order = {cell_id: number for number, cell_id in enumerate(graft.order)}
    result = list(blocks)
    for number, (after, source) in enumerate(graft.added, 1):
        target = export_module(source, default)
        if target is None:
            continue
        where = f"{Path(notebook).name}, added cell {number}"
        if target not in allowed:
            notes.append(
                f"{where}: exports to {clean(target, 60)!r}, which isn't this notebook's to write"
            )
            continue
        if target != module:
            continue
        source = plain(source)
        if said := fault(source):
            notes.append(f"{where}: {said}; it was left out")
            continue
        text = exported_text(source)
        added = Block(notebook, "", f"# %% added by the student\n{text.rstrip()}\n\n")
        place = order.get(after, -1)
        index = next(
            (
                at
                for at, block in enumerate(result)
                if block.notebook == notebook and block.cell_id and order[block.cell_id] > place
            ),
            None,
        )
        if index is None:
            theirs = [at for at, block in enumerate(result) if block.notebook == notebook]
            index = theirs[-1] + 1 if theirs else len(result)
        result.insert(index, added)
    return result


def same_code(left: Files, right: Files) -> bool:
    """Tell whether two packages are the same program: comments and layout don't count."""
    if left.keys() != right.keys():
        return False
    with PARSING:
        return all(data == right[name] or _same(data, right[name]) for name, data in left.items())


def _same(left: bytes, right: bytes) -> bool:
    try:
        return ast.dump(ast.parse(left)) == ast.dump(ast.parse(right))
    except _UNREADABLE:
        return False
