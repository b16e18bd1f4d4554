"""Puts a student's answers, and nothing else of theirs, into a fresh copy of the release.

Answers are found by grade_id, then by cell id, then by the functions that a cell defines. What
was odd becomes a note for a person; no file, however broken, is an error.
"""

from __future__ import annotations

import ast
import copy
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode

from grading.submission.cells import Compiling, plain, within
from grading.submission.sanitize import (
    clean,
    harmless_attachments,
    harmless_markdown,
    harmless_outputs,
)
from grading.submission.slim import LONGEST_CELL, MOST_CELLS, MOST_TEXT, cells_of, parse

MOST_NOTES = 40
# Code that is kept is parsed, which takes 500 times its memory. The longest guide has 40 000
# characters of code, its longest cell 10 000.
LONGEST_ANSWER = 50_000
MOST_ADDED, MOST_ADDED_CODE = 200, 300_000
# Colouring code and reading Markdown take a time that grows with the square of a cell's length, for
# some texts. The cells of the longest guide come to a quarter of this, all of them together.
SQUARES = 500_000_000
SHOWN = 2000  # characters of a cell that is too long to be shown whole
_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_EXPORT = re.compile(r"^#\|\s*export", re.M)
_TOP_LEVEL = re.compile(r"^(?:async def|def|class)[ \t]+(\w+)", re.M)


@dataclass
class Graft:
    """What a student handed in for one notebook.

    Attributes:
        notebook: the fresh copy with the answers in it.
        answers: source by cell id, for the answer cells that were found.
        added: code cells of the student's own: id of the course's cell before it, source.
        order: ids of the course's cells.
        default_module: what the notebook exports to.
        notes: what was odd.
        compiling: what may be computed to compile it, with the submission's other notebooks.

    """

    notebook: NotebookNode
    answers: dict[str, str] = field(default_factory=dict)
    added: list[tuple[str, str]] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    default_module: str = ""
    notes: list[str] = field(default_factory=list)
    compiling: Compiling | None = field(default=None, compare=False, repr=False)


@dataclass
class _Theirs:
    """A cell as handed in."""

    kind: str
    id: str
    grade_id: str
    source: str
    outputs: list[Any]
    attachments: dict[str, dict[str, str]]


def graft(
    release: NotebookNode,
    raw: bytes | None,
    why: str = "",
    compiling: Compiling | None = None,
) -> Graft:
    """Put the answers of a file into a copy of the release.

    Args:
        release: the notebook as students got it.
        raw: the file as handed in; None if there is none.
        why: a note on how it was found, or why it wasn't.
        compiling: what may be computed for the whole submission; by default, for this notebook.

    """
    result = Graft(copy.deepcopy(release), compiling=compiling or Compiling())
    with within(result.compiling):
        return _graft(result, release, raw, why)


def _graft(result: Graft, release: NotebookNode, raw: bytes | None, why: str) -> Graft:
    cells = result.notebook.cells
    result.order = [cell.get("id", "") for cell in cells]
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    for source in sources:
        if match := re.search(r"^#\|\s*default_exp[ \t]+(\S+)", source, re.M):
            result.default_module = match[1]
            break
    if raw is None or why:
        result.notes.append(why or "was not handed in")
    if raw is None:
        return result
    theirs = _read(raw, result.notes)
    if theirs is None:
        return result
    match = _match(cells, theirs, result.notes)
    _place(result, theirs, match)
    _shorten(result, {cell.get("id"): cell.source for cell in release.cells})
    if len(result.notes) > MOST_NOTES:
        result.notes[MOST_NOTES:] = [f"{len(result.notes) - MOST_NOTES} more notes were left out"]
    return result


def _read(raw: bytes, notes: list[str]) -> list[_Theirs] | None:
    """Read the cells of whatever was handed in."""
    read, why = parse(raw)
    if why:
        notes.append(f"{why}. Nothing in it could be graded")
        return None
    if read.get("cells") is None:
        notes.append("is in an old notebook format")
    cells = cells_of(read)
    if (language := _language(read)) != "python":
        notes.append(f"was run as {clean(language, 40)}; it is graded as Python")
    if len(cells) > MOST_CELLS:
        notes.append(f"has too many cells; those after the first {MOST_CELLS} were left out")
    found, room = [], MOST_TEXT
    for number, cell in enumerate(cells[:MOST_CELLS], 1):
        if not isinstance(cell, dict):
            notes.append(f"cell {number} is not a cell; it was left out")
            continue
        source = cell.get("source", cell.get("input", ""))
        if isinstance(source, list):
            source = "".join(part for part in source if isinstance(part, str))
        if not isinstance(source, str):
            notes.append(f"cell {number} has no text; it was left out")
            continue
        if len(source) > LONGEST_CELL:
            notes.append(f"cell {number} is longer than {LONGEST_CELL} characters; left out")
            continue
        room -= len(source)
        if room < 0:
            notes.append(f"has over {MOST_TEXT} characters; from cell {number} on it is left out")
            break
        metadata = cell.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        mark = metadata.get("nbgrader")
        grade_id = mark.get("grade_id", "") if isinstance(mark, dict) else ""
        cell_id = cell.get("id") or metadata.get("id") or ""
        outputs = cell.get("outputs")
        found.append(
            _Theirs(
                kind=str(cell.get("cell_type")),
                id=cell_id if isinstance(cell_id, str) else "",
                grade_id=grade_id if isinstance(grade_id, str) else "",
                source=_ends_of_lines(source).encode("utf-8", "replace").decode(),
                outputs=outputs if isinstance(outputs, list) else [],
                attachments=harmless_attachments(cell.get("attachments")),
            )
        )
    return found


def _ends_of_lines(text: str) -> str:
    """Write ends of lines in one way; Python takes all of these for one."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _language(read: dict[str, Any]) -> str:
    """Say in which language a notebook was run; many don't tell, and those are Python's."""
    metadata = read.get("metadata")
    for name, key in (("kernelspec", "language"), ("language_info", "name")):
        said = metadata.get(name) if isinstance(metadata, dict) else None
        language = said.get(key) if isinstance(said, dict) else None
        if isinstance(language, str) and language:
            return language.lower()
    return "python"


def _mark(cell: NotebookNode) -> dict[str, Any]:
    return cell.metadata.get("nbgrader", {})


def _match(
    cells: Sequence[NotebookNode], theirs: list[_Theirs], notes: list[str]
) -> dict[int, int]:
    """Say which of their cells is which of the course's: index to index.

    A cell that was split becomes one again; what was joined to another cell becomes a cell again.
    """
    match: dict[int, int] = {}
    free = set(range(len(theirs)))
    found_by: dict[str, list[str]] = {}

    def take(ours: int, candidates: list[int], how: str) -> bool:
        if not candidates:
            return False
        cell = cells[ours]
        name = _mark(cell).get("grade_id") or cell.get("id")
        changed = [c for c in candidates if theirs[c].source.strip() != cell.source.strip()]
        best = (changed or candidates)[-1]
        if len(candidates) > 1:
            together = _together(cell, [theirs[c].source for c in changed[-9:]])
            counts = "the last that was changed counts" if changed else "none was changed"
            if changed and together != theirs[best].source:
                counts = "what they define together counts"
                theirs[best].source = together
            notes.append(f"cell {name} is there {len(candidates)} times; {counts}")
        if how:
            found_by.setdefault(how, []).append(str(name))
        match[best] = ours
        free.difference_update(candidates)
        return True

    waiting = list(range(len(cells)))
    # By grade_id; where it and the cell id disagree, a person should look.
    for ours in list(waiting):
        grade_id = _mark(cells[ours]).get("grade_id")
        found = [c for c in sorted(free) if grade_id and theirs[c].grade_id == grade_id]
        # A copied mark on another of the course's cells: that cell is found by its own id.
        elsewhere = {each.get("id") for each in cells if each is not cells[ours]} - {None}
        if len(found) > 1:
            found = [c for c in found if theirs[c].id not in elsewhere] or found
        if take(ours, found, ""):
            waiting.remove(ours)
    for ours in list(waiting):
        cell_id = cells[ours].get("id")
        found = [c for c in sorted(free) if cell_id and theirs[c].id == cell_id]
        lost = "without nbgrader mark, found by id"
        if take(ours, found, lost if _mark(cells[ours]) else ""):
            waiting.remove(ours)
    for ours in list(waiting):
        text = cells[ours].source.strip()
        found = [c for c in sorted(free) if theirs[c].source.strip() == text]
        if take(ours, found[:1], ""):
            waiting.remove(ours)
    for ours in list(waiting):
        names = set(_TOP_LEVEL.findall(cells[ours].source))
        if not _mark(cells[ours]).get("solution") or not names:
            continue
        found = [
            c
            for c in sorted(free)
            if theirs[c].kind == "code" and names & set(_TOP_LEVEL.findall(theirs[c].source))
        ]
        if take(ours, found, "without mark and id, found by functions"):
            waiting.remove(ours)
    for ours in list(waiting):
        if not _mark(cells[ours]).get("solution") or cells[ours].cell_type != "markdown":
            continue
        place = {mine: index for index, mine in match.items()} | {len(cells): len(theirs)}
        if ours - 1 in place and ours + 1 in place:
            between = range(place[ours - 1] + 1, place[ours + 1])
            found = [c for c in between if c in free and theirs[c].kind == "markdown"]
            if take(ours, found[:1], "without mark and id, found by place"):
                waiting.remove(ours)
    for how, names in found_by.items():
        notes.append(f"{how}: cell{'s' * (len(names) > 1)} {', '.join(names)}")
    order = [match[c] for c in sorted(match)]
    defined: dict[str, str] = {}
    for number, ours in match.items() if waiting else ():
        if cells[ours].cell_type == "code" and _EXPORT.search(cells[ours].source):
            defined |= _defined(theirs[number].source)
    for ours in waiting:
        mark = _mark(cells[ours])
        if mark.get("solution") and (text := _within(cells[ours], defined)):
            match[len(theirs)] = ours
            theirs.append(_Theirs("code", "", "", text, [], {}))
            notes.append(
                f"the answer cell {mark.get('grade_id')} is missing; it was found in another"
            )
        elif mark.get("solution"):
            notes.append(f"the answer cell {mark.get('grade_id')} is missing")
        elif mark.get("grade"):
            notes.append(f"the check {mark.get('grade_id')} is missing; the course's is used")
    if order != sorted(order):
        notes.append("the cells are in another order; the course's order is used")
    return match


def _together(ours: NotebookNode, copies: Sequence[str]) -> str:
    """Join copies of an answer: before the last, those that define what it lacks.

    An editor splits a cell into two with the same mark.
    """
    wanted, parts = _defined(ours.source).keys(), list[str](copies[-1:])
    there = _defined("".join(parts)).keys() & wanted
    for text in reversed(copies[:-1]):
        if more := (_defined(text).keys() & wanted) - there:
            parts.insert(0, text)
            there |= more
    return "\n\n\n".join(parts)


def _within(ours: NotebookNode, found: Mapping[str, str]) -> str:
    """Find what an answer cell defines in cells that are others'; empty unless all is there."""
    wanted = _defined(ours.source) if ours.cell_type == "code" else {}
    if not wanted or not wanted.keys() <= found.keys():
        return ""
    directives = [line for line in ours.source.split("\n") if line.startswith("#|")]
    return "\n".join([*directives, "\n\n\n".join(found[name] for name in wanted)])


def _defined(source: str) -> dict[str, str]:
    """Name the functions and classes of a cell, with their text; none if it isn't Python."""
    if len(source) > LONGEST_ANSWER:
        return {}
    try:
        source = plain(source)
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found, lines = dict[str, str](), source.split("\n")
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            found[node.name] = "\n".join(lines[first - 1 : node.end_lineno])
    return found


def _place(result: Graft, theirs: Sequence[_Theirs], match: dict[int, int]) -> None:
    """Copy answers into the fresh notebook, and the student's own cells where they stood."""
    cells = result.notebook.cells
    own: dict[int, list[NotebookNode]] = {}
    before, used, skipped, room = -1, set(result.order), 0, MOST_ADDED_CODE
    graded = {_mark(cell).get("grade_id") for cell in cells if _mark(cell)} - {None}
    for number, cell in enumerate(theirs):
        if (ours := match.get(number)) is not None:
            before = ours
            _answer(result, cells[ours], cell)
            continue
        if not cell.source.strip():
            continue
        if cell.grade_id in graded or (cell.id and cell.id in result.order):
            continue  # a second copy of one of ours; noted already
        if cell.kind == "code":
            room -= len(cell.source)
        if len(result.added) >= MOST_ADDED or room < 0:
            skipped += 1
            continue
        cell_id = cell.id
        if not _PLAIN_ID.fullmatch(cell_id) or cell_id in used:
            cell_id = next(i for n in itertools.count(1) if (i := f"added-{n}") not in used)
        used.add(cell_id)
        if cell.kind == "code":
            after = cells[before].get("id", "") if before >= 0 else ""
            result.added.append((after, cell.source))
            node = nbformat.v4.new_code_cell(cell.source, id=cell_id)
            node.outputs = harmless_outputs(cell.outputs)
        else:
            node = nbformat.v4.new_markdown_cell(
                harmless_markdown(cell.source, cell.attachments), id=cell_id
            )
            _attach(node, cell)
        own.setdefault(before, []).append(node)
    if skipped:
        result.notes.append(
            f"{skipped} cells beyond the first {MOST_ADDED} added, or beyond {MOST_ADDED_CODE} "
            "characters of code in them, were left out"
        )
    placed = list(own.get(-1, []))
    for number, cell in enumerate(cells):
        placed += [cell, *own.get(number, [])]
    result.notebook.cells = placed


def _shorten(result: Graft, given: Mapping[str, str]) -> None:
    """Cut cells that would take long to show; what is graded was taken out of them before."""
    left, cut = SQUARES, 0
    for cell in result.notebook.cells:
        if cell.source == given.get(cell.get("id")):
            continue
        if len(cell.source) ** 2 <= left:
            left -= len(cell.source) ** 2
            continue
        sign = "# " if cell.cell_type == "code" else ""
        more = f"{len(cell.source) - SHOWN} more characters are in the file that was handed in"
        cell.source = f"{cell.source[:SHOWN]}\n\n{sign}… ({more})"
        cut += 1
    if cut:
        many = "one long cell is" if cut == 1 else f"{cut} long cells are"
        result.notes.append(f"{many} shown in part, here and in feedback; look at the file itself")


def _answer(result: Graft, ours: NotebookNode, cell: _Theirs) -> None:
    mark = _mark(ours)
    changed = cell.source.strip() != ours.source.strip()
    if mark.get("solution"):
        if cell.kind != ours.cell_type:
            kind = cell.kind if cell.kind in ("code", "markdown", "raw") else "something else"
            result.notes.append(f"cell {mark.get('grade_id')} was turned into {kind}")
        if ours.cell_type != "code":
            if changed:
                ours.source = harmless_markdown(cell.source, cell.attachments)
            _attach(ours, cell)
        elif len(cell.source) > LONGEST_ANSWER:
            result.notes.append(
                f"the answer in cell {mark.get('grade_id')} is too long; it was left out"
            )
        else:
            ours.source = cell.source
            result.answers[ours.get("id", "")] = cell.source
    elif changed and mark.get("grade"):
        result.notes.append(f"the check {mark.get('grade_id')} was changed; the course's is used")
    elif changed and _EXPORT.search(ours.source):
        own = _of_their_own(ours.source, cell.source)
        if own:  # what their answers need of it stays, as in a cell of their own
            directive = next(line for line in ours.source.split("\n") if line.startswith("#|"))
            result.added.append((ours.get("id", ""), f"{directive}\n{own}"))
        result.notes.append(
            f"given code in cell {ours.get('id')} was changed; the course's is used"
            + (", with what was added to it" if own else "")
        )
    elif changed and ours.cell_type == "code" and not mark:
        ours.source = cell.source  # an experiment; nothing of it is exported or graded
    if ours.cell_type == "code" and not (mark.get("grade") and not mark.get("solution")):
        ours.outputs = harmless_outputs(cell.outputs)


def _attach(ours: NotebookNode, cell: _Theirs) -> None:
    """Give a Markdown cell the pictures that the student put into it."""
    if cell.attachments and ours.cell_type == "markdown":
        ours["attachments"] = cell.attachments


def _of_their_own(given: str, changed: str) -> str:
    """List the imports, functions and constants that a student added to a cell of given code."""
    if len(changed) > LONGEST_ANSWER:
        return ""
    try:
        known = {name for node in ast.parse(given).body for name in _bound(node)}
        kept: list[str] = []
        for node in ast.parse(plain(changed)).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                if getattr(node, "module", "") == "__future__":
                    continue
                node.names = [each for each in node.names if not _names([each]) & known]
            names = _bound(node)
            if names and not names & known:
                kept.append(ast.unparse(node))
        return "\n".join(kept)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


def _names(aliases: Sequence[ast.alias]) -> set[str]:
    """Name what an import binds."""
    return {alias.asname or alias.name.split(".")[0] for alias in aliases}


def _bound(node: ast.stmt) -> set[str]:
    """Name what a statement of a module defines."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return _names(node.names)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}
