"""Solution regions: finding them in source text, and putting other bodies into them.

A solution region is what the student writes. It is marked in the guides, and the marks
survive the export, so the same functions work on a cell and on a module of the package:

    def relu(x: float) -> float:
        \"\"\"Zero for negative numbers, the number itself otherwise.\"\"\"
        # BEGIN SOLUTION task0_1
        return x if x > 0 else 0.0
        # END SOLUTION

At module level the marks cover whole functions, decorators included. That is for tasks in
which the student writes tests: their stubs have no decorator and no arguments.

Only the standard library is needed here.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import io
import re
import textwrap
import tokenize
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# `task4_4-property` is a part of Task 4.4 that is graded in another way: by a check of its own.
NUMBERED = re.compile(r"task(?P<module>\d+)_(?P<number>\d+[a-z]?)(-(?P<part>[a-z]+))?")
# What a student finds where a person grades, in text and in code.
WRITTEN = "*Write your answer here.*"
UNWRITTEN = "# Write your answer here."
_BEGIN = re.compile(r"^(?P<indent>[ \t]*)#+ *BEGIN SOLUTION(?: +(?P<task>\S+))? *$")
_END = re.compile(r"^[ \t]*#+ *END SOLUTION\b.*$")
_MAGIC = re.compile(r"^([ \t]*)[%!]")

Function = ast.FunctionDef | ast.AsyncFunctionDef


class GradingError(Exception):
    """Something in the course or in its tools is wrong; the message says where and what to do."""


@dataclass(frozen=True)
class Region:
    """What a student writes in one function.

    Attributes:
        task: id of the task that the region belongs to, e.g. `task0_1`.
        module: module of the package, e.g. `operators`.
        qualname: name inside the module, e.g. `Module.train`.
        cell_id: id of the cell in the guide.
        grade_id: nbgrader's name of the cell.
        body: the reference's body without indentation; the whole function if `whole`.
        notebook: the guide, relative to the project.
        whole: the region covers the function with its decorators, not its body alone.

    """

    task: str
    module: str
    qualname: str
    cell_id: str
    grade_id: str
    body: str
    notebook: str = ""
    whole: bool = False

    @property
    def target(self) -> str:
        """Where the region lies in the package, as mutants name it: `operators.relu`."""
        return f"{self.module}.{self.qualname}"


def task_mark(task_id: str) -> str:
    """Return the pytest mark of a task: its id, `chain_rule` for `chain-rule`."""
    return task_id.replace("-", "_")


def task_label(task_id: str) -> str:
    """Return the name that a student reads: `Task 0.1`, or `Part chain-rule` of the neighbour."""
    match = NUMBERED.fullmatch(task_id)
    if not match:
        return f"Part {task_id}"
    part = f", {match['part']}" if match["part"] else ""
    return f"Task {match['module']}.{match['number']}{part}"


@dataclass(frozen=True)
class _Span:
    """One function's region as lines: `begin` and `end` are the marks, the rest lies between."""

    task: str
    qualname: str
    begin: int
    end: int
    first: int
    last: int
    indent: str
    whole: bool
    node: Function


def _parse(source: str, where: str) -> ast.Module:
    """Parse a cell; magics are blanked, so that line numbers stay."""
    with contextlib.suppress(SyntaxError):  # a line of Python may begin with % too
        return ast.parse(source)
    lines = [_MAGIC.sub(r"\1pass  # ", line) for line in source.split("\n")]
    try:
        return ast.parse("\n".join(lines))
    except SyntaxError as error:
        raise GradingError(f"{where}: line {error.lineno} isn't Python: {error.msg}.") from error


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Yield functions and methods by qualified name, as Python's `__qualname__` has it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield prefix + node.name, node
            yield from _functions(node, f"{prefix}{node.name}.<locals>.")
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from _functions(node, prefix)


def _last(node: Function) -> int:
    return node.end_lineno or node.lineno


def _start(node: ast.stmt) -> int:
    """Return the first line of a statement, decorators included."""
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _rest(node: Function) -> list[ast.stmt]:
    """Return the body after the docstring."""
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body


def _head_end(node: Function) -> int:
    """Return the last line of the signature and docstring."""
    if ast.get_docstring(node, clean=False) is not None:
        return node.body[0].end_lineno or node.lineno
    arguments = [*ast.walk(node.args), *([node.returns] if node.returns else [])]
    return max([node.lineno, *(getattr(each, "end_lineno", 0) or 0 for each in arguments)])


def _is_comment(line: str) -> bool:
    """Whether a line holds a mark in a comment; code may name the marks in strings."""
    if "BEGIN SOLUTION" not in line and "END SOLUTION" not in line:
        return False
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(line.strip()).readline))
    except (tokenize.TokenError, SyntaxError):  # a line that isn't a statement by itself
        return line.strip().startswith("#")
    return any(t.type == tokenize.COMMENT and "SOLUTION" in t.string for t in tokens)


def _marks(source: str, where: str) -> list[tuple[int, int, str, str]]:
    """Return begin line, end line, task and indentation of each pair of marks."""
    pairs, begin, task, indent = [], 0, "", ""
    for number, line in enumerate(source.split("\n"), 1):
        if match := _BEGIN.match(line):
            if begin:
                raise GradingError(
                    f"{where}: line {number} begins a solution inside the one begun in line "
                    f"{begin}. Put `# END SOLUTION` before it."
                )
            begin, task, indent = number, match["task"] or "", match["indent"]
            if not task:
                raise GradingError(
                    f"{where}: line {number} begins a solution without saying whose. "
                    "Write `# BEGIN SOLUTION task0_1` with the task's id."
                )
        elif _END.match(line):
            if not begin:
                raise GradingError(
                    f"{where}: line {number} ends a solution that nothing began. "
                    "Put `# BEGIN SOLUTION <task>` before it."
                )
            pairs.append((begin, number, task, indent))
            begin = 0
        elif _is_comment(line):
            raise GradingError(
                f"{where}: line {number} looks like a solution mark, yet isn't one: "
                f"{line.strip()!r}. A mark is alone on its line: `# BEGIN SOLUTION task0_1`."
            )
    if begin:
        raise GradingError(
            f"{where}: the solution of {task} that begins in line {begin} has no end. "
            "Put `# END SOLUTION` after it."
        )
    return pairs


@functools.lru_cache(maxsize=1024)  # hundreds of packages are built from the same few modules
def _spans(source: str, where: str) -> tuple[_Span, ...]:
    """Find every region of a source, top to bottom."""
    pairs = _marks(source, where)
    if not pairs:
        return ()
    tree = _parse(source, where)
    functions = list(_functions(tree))
    spans = []
    for begin, end, task, indent in pairs:
        found = []
        for qualname, node in functions:
            rest = _rest(node)
            last = _last(node)
            if not indent and begin < _start(node) and last < end and node in tree.body:
                found.append(_Span(task, qualname, begin, end, _start(node), last, "", True, node))
            elif rest and _head_end(node) < begin < _start(rest[0]) and last < end:
                found.append(
                    _Span(task, qualname, begin, end, begin + 1, end - 1, indent, False, node)
                )
        covered = [n for n in tree.body if begin < n.lineno and (n.end_lineno or 0) < end]
        if not found or (found[0].whole and len(found) != len(covered)):
            inside = [name for name, node in functions if _start(node) < begin <= _last(node)]
            about = (
                f"must be the whole body of {inside[0]} after its docstring"
                if inside
                else "lies outside a function"
            )
            raise GradingError(
                f"{where}: the solution of {task} in lines {begin} to {end} {about}. Mark the "
                "whole body of a function or method, or whole functions at module level."
            )
        spans += found
    return tuple(spans)


def regions_of(source: str, module: str, where: str = "") -> list[Region]:
    """Find the regions of a cell or of a module's source.

    Args:
        source: Python, with or without IPython's magics.
        module: module of the package that it belongs to, e.g. `operators`.
        where: said in errors.

    Raises:
        GradingError: a mark without its partner, a region that isn't a function's whole body.

    """
    lines = source.split("\n")
    return [
        Region(
            task=span.task,
            module=module,
            qualname=span.qualname,
            cell_id="",
            grade_id="",
            body=_dedent(lines[span.first - 1 : span.last]),
            whole=span.whole,
        )
        for span in _spans(source, where or module)
    ]


def _dedent(lines: list[str]) -> str:
    return textwrap.dedent("\n".join(lines)).strip("\n")


def fill(source: str, bodies: Mapping[str, str], *, marks: bool = True, where: str = "") -> str:
    """Put other bodies into regions: the one function behind stubs, mutants and half-done work.

    Args:
        source: a cell or a module's source with marked regions.
        bodies: new body by qualified name, without indentation (the whole function for a
            region that covers it). Regions that aren't named keep theirs.
        marks: keep the marks; without them nothing tells a solution from given code.
        where: said in errors.

    Raises:
        GradingError: a name in `bodies` that has no region here, or wrong marks.

    """
    spans = _spans(source, where or "source")
    if unknown := sorted(set(bodies) - {span.qualname for span in spans}):
        known = ", ".join(span.qualname for span in spans) or "none"
        raise GradingError(
            f"{where or 'source'}: no solution region is called {', '.join(unknown)}. "
            f"There is: {known}."
        )
    lines: list[str | None] = list(source.split("\n"))
    for span in reversed(spans):
        if span.qualname in bodies:
            body = _dedent(bodies[span.qualname].split("\n"))
            lines[span.first - 1 : span.last] = [textwrap.indent(body, span.indent)] + [None] * (
                span.last - span.first
            )
    if not marks:
        for span in spans:
            lines[span.begin - 1] = lines[span.end - 1] = None
    return "\n".join(line for line in lines if line is not None)


def stub_body(task_id: str, qualname: str = "", notebook: str = "") -> str:
    """Return the body that stands where the student's goes; it says what to do next."""
    name = " of ".join(reversed(qualname.split(".<locals>.")))
    write = f"write {name or 'this function'}"
    if notebook:
        write += f" in {Path(notebook).name}"
    first = f"Need to implement for {task_label(task_id)}: {write}, "
    then = f"run minitorch export, then pytest -m {task_mark(task_id)}."
    return f'raise NotImplementedError(\n    "{first}"\n    "{then}"\n)'


def _stub(span: _Span, source: str, notebook: str) -> str:
    """Return the stub of a region; of a whole function the signature loses its arguments too."""
    body = stub_body(span.task, span.qualname, notebook)
    if not span.whole:
        return body
    returns = f" -> {ast.unparse(span.node.returns)}" if span.node.returns else ""
    head = f"def {span.node.name}(){returns}:"
    lines = source.split("\n")
    doc = span.node.body[0]
    if ast.get_docstring(span.node, clean=False) is None:
        return "\n".join([head, textwrap.indent(body, "    ")])
    docstring = lines[doc.lineno - 1 : doc.end_lineno]
    return "\n".join([head, *docstring, textwrap.indent(body, "    ")])


def strip_solutions(
    source: str, notebook: str = "", where: str = "", keep: Collection[str] = ()
) -> str:
    """Replace every region with its stub and drop the marks: what a student gets.

    Args:
        source: a cell or a module's source.
        notebook: named in the stubs, so that they say where to go on.
        where: said in errors.
        keep: tasks whose solutions stay; with them, what a student has half done.

    """
    where = where or notebook or "source"
    spans = _spans(source, where)
    stubs = {
        span.qualname: _stub(span, source, notebook) for span in spans if span.task not in keep
    }
    return fill(source, stubs, marks=False, where=where) if spans else source


def body_of(source: str, qualname: str, *, whole: bool = False) -> str | None:
    """Return a function's body after its docstring from unmarked source, as students hand it in.

    Args:
        source: a cell or a module's source.
        qualname: e.g. `Module.train`; of two definitions the last counts, as in Python.
        whole: the function with its decorators instead.

    Returns:
        The text without indentation; None if there is no such function or no body.

    Raises:
        GradingError: the source isn't Python.

    """
    found = [n for name, n in _functions(_parse(source, qualname)) if name == qualname]
    if not found:
        return None
    node, lines = found[-1], source.split("\n")
    if whole:
        return _dedent(lines[_start(node) - 1 : node.end_lineno])
    if not (rest := _rest(node)):
        return None
    first = _start(rest[0])
    if first == node.lineno:  # def f(x): return x
        return _dedent([lines[first - 1][rest[0].col_offset :], *lines[first : node.end_lineno]])
    head = _head_end(node)
    between = [line for line in lines[head : first - 1] if line.strip().startswith("#")]
    return _dedent([*between, *lines[first - 1 : node.end_lineno]])


def given_lines(source: str) -> Iterator[str]:
    """Yield the lines outside the marks."""
    inside = False
    for line in source.split("\n"):
        if _BEGIN.match(line):
            inside = True
        elif _END.match(line):
            inside = False
        elif not inside:
            yield line
