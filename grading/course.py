"""The course as the instructor's tools see it: read from the guides and checked.

A solution region is what the student writes. It is marked in the guides, and the marks
survive the export, so the same functions work on a cell and on a module of the package:

    def relu(x: float) -> float:
        \"\"\"Zero for negative numbers, the number itself otherwise.\"\"\"
        # BEGIN SOLUTION task0_1
        return x if x > 0 else 0.0
        # END SOLUTION

At module level the marks cover whole functions, decorators included. That is for tasks in
which the student writes tests: their stubs have no decorator and no arguments.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

GUIDES = Path("nbs") / "guides"
TOTALS = {"module": 100, "closures": 130}
MIN_MUTANTS = 5

_BEGIN = re.compile(r"^(?P<indent>[ \t]*)#+ *BEGIN SOLUTION\b *(?P<task>\S*) *$")
_END = re.compile(r"^[ \t]*#+ *END SOLUTION\b.*$")
_MAGIC = re.compile(r"^([ \t]*)[%!]")
_NUMBERED = re.compile(r"task(?P<module>\d+)_(?P<number>\d+[a-z]?)")
_DIRECTIVE = re.compile(r"^#\|\s*(?P<name>\w+)[ \t]*(?P<value>\S*)[ \t]*$", re.M)

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


@dataclass(frozen=True)
class Task:
    """A numbered piece of work.

    Attributes:
        id: e.g. `task0_1`, or `chain-rule` of the neighbour.
        assignment: e.g. `module0`.
        notebook: guide that holds the visible check, relative to the project.
        points: of the visible check; `hand_points` come on top.
        grade_id: nbgrader's name of the visible check.
        regions: what the student writes.
        requires: tasks whose regions come from elsewhere when this one is graded.
        section: where the site explains it.
        tolerance: relative and absolute, for floats.
        kind: `probes`, or `tests` for a task in which the student writes tests.
        tests: names of those tests.
        hand_points: points given by a person.
        hand_grade_ids: nbgrader's names of the cells for them.
    """

    id: str
    assignment: str
    notebook: str
    points: float
    grade_id: str
    regions: tuple[Region, ...]
    requires: tuple[str, ...] = ()
    section: str = ""
    tolerance: float = 1e-6
    kind: Literal["probes", "tests"] = "probes"
    tests: tuple[str, ...] = ()
    hand_points: float = 0
    hand_grade_ids: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name that a student reads, e.g. `Task 0.1`."""
        return task_label(self.id)

    @property
    def mark(self) -> str:
        """The pytest mark of its tests."""
        return task_mark(self.id)


@dataclass(frozen=True)
class Assignment:
    """A folder of guides, e.g. `module0`; notebooks are relative to the project."""

    name: str
    notebooks: tuple[str, ...]
    tasks: tuple[Task, ...]

    @property
    def points(self) -> float:
        """All points, those given by hand included."""
        return sum(task.points + task.hand_points for task in self.tasks)


@dataclass(frozen=True)
class Course:
    """Every assignment, in reading order."""

    root: Path
    assignments: tuple[Assignment, ...]

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks of all assignments, in reading order."""
        return tuple(task for assignment in self.assignments for task in assignment.tasks)

    @property
    def regions(self) -> tuple[Region, ...]:
        """The regions of all tasks."""
        return tuple(region for task in self.tasks for region in task.regions)

    def task(self, task_id: str) -> Task:
        """Returns the task of that id.

        Raises:
            GradingError: there is none.
        """
        for task in self.tasks:
            if task.id == task_id:
                return task
        known = ", ".join(task.id for task in self.tasks) or "none"
        raise GradingError(f"No task is called {task_id!r}. The guides have: {known}.")

    def assignment(self, name: str) -> Assignment:
        """Returns the assignment of that name.

        Raises:
            GradingError: there is none.
        """
        for assignment in self.assignments:
            if assignment.name == name:
                return assignment
        known = ", ".join(each.name for each in self.assignments) or "none"
        raise GradingError(f"No assignment is called {name!r}. {GUIDES} has: {known}.")


def task_mark(task_id: str) -> str:
    """Returns the pytest mark of a task: its id, `chain_rule` for `chain-rule`."""
    return task_id.replace("-", "_")


def task_label(task_id: str) -> str:
    """Returns the name that a student reads: `Task 0.1`, or `Part chain-rule` of the neighbour."""
    match = _NUMBERED.fullmatch(task_id)
    return f"Task {match['module']}.{match['number']}" if match else f"Part {task_id}"


# Regions in source text


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
    """Parses a cell; magics are blanked, so that line numbers stay."""
    lines = [_MAGIC.sub(r"\1pass  # ", line) for line in source.split("\n")]
    try:
        return ast.parse("\n".join(lines))
    except SyntaxError as error:
        raise GradingError(f"{where}: line {error.lineno} isn't Python: {error.msg}.") from error


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Yields functions and methods by qualified name; not those inside other functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from _functions(node, prefix)


def _last(node: Function) -> int:
    return node.end_lineno or node.lineno


def _start(node: ast.stmt) -> int:
    """The first line of a statement, decorators included."""
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _rest(node: Function) -> list[ast.stmt]:
    """The body after the docstring."""
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body


def _head_end(node: Function) -> int:
    """The last line of the signature and docstring."""
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
    """Returns begin line, end line, task and indentation of each pair of marks."""
    pairs, begin, task, indent = [], 0, "", ""
    for number, line in enumerate(source.split("\n"), 1):
        if match := _BEGIN.match(line):
            if begin:
                raise GradingError(
                    f"{where}: line {number} begins a solution inside the one begun in line "
                    f"{begin}. Put `# END SOLUTION` before it."
                )
            begin, task, indent = number, match["task"], match["indent"]
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


def _spans(source: str, where: str) -> list[_Span]:
    """Finds every region of a source, top to bottom."""
    pairs = _marks(source, where)
    if not pairs:
        return []
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
    return spans


def regions_of(source: str, module: str, where: str = "") -> list[Region]:
    """Finds the regions of a cell or of a module's source.

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
    """Puts other bodies into regions: the one function behind stubs, mutants and half-done work.

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
    """Returns the body that stands where the student's goes; it says what to do next."""
    write = f"write {qualname or 'this function'}"
    if notebook:
        write += f" in {Path(notebook).name}"
    first = f"Need to implement for {task_label(task_id)}: {write}, "
    then = f"run nbdev_export, then pytest -m {task_mark(task_id)}."
    return f'raise NotImplementedError(\n    "{first}"\n    "{then}"\n)'


def _stub(span: _Span, source: str, notebook: str) -> str:
    """The stub of a region; of a whole function the signature loses its arguments too."""
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
    """Replaces every region with its stub and drops the marks: what a student gets.

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
    """Returns a function's body after its docstring from unmarked source, as students hand it in.

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
    """Yields the lines outside the marks."""
    inside = False
    for line in source.split("\n"):
        if _BEGIN.match(line):
            inside = True
        elif _END.match(line):
            inside = False
        elif not inside:
            yield line


# Notebooks


def read_notebook(path: Path) -> Any:
    """Reads a notebook (format 4).

    Raises:
        GradingError: it can't be read, or isn't a notebook; the message names the file.
    """
    import nbformat  # here, because the site's filter runs where only Python itself is installed

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


def export_module(source: str, default: str) -> str | None:
    """The module of the package that a cell is exported to; None if it isn't."""
    for match in _DIRECTIVE.finditer(source):
        if match["name"] in ("export", "exporti", "exports"):
            return match["value"] or default or None
    return None


@dataclass
class _Found:
    """What the guides of one assignment hold, before it becomes tasks."""

    regions: list[Region]
    checks: dict[str, tuple[str, float]]  # grade_id -> notebook, points
    written: dict[str, tuple[str, float]]


def _read_guide(root: Path, path: Path, found: _Found, seen: dict[str, str]) -> None:
    notebook = read_notebook(path)
    name = path.relative_to(root).as_posix()
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    exports = [m for text in sources for m in _DIRECTIVE.finditer(text)]
    default = next((m["value"] for m in exports if m["name"] == "default_exp"), "")
    ids = Counter(cell.get("id", "") for cell in notebook.cells)
    for cell_id, count in ids.items():
        if cell_id and count > 1:
            raise GradingError(f"{name}: {count} cells have the id {cell_id!r}; give each its own.")
    for number, cell in enumerate(notebook.cells, 1):
        where = f"{name}, cell {cell.get('id') or number}"
        mark = cell.metadata.get("nbgrader", {})
        grade_id = mark.get("grade_id", "")
        if grade_id and grade_id in seen:
            raise GradingError(
                f"{where}: the grade_id {grade_id!r} is already that of {seen[grade_id]}. "
                "A grade_id names one cell of an assignment."
            )
        if grade_id:
            seen[grade_id] = where
        points = float(mark.get("points") or 0)
        regions = []
        if cell.cell_type == "code":
            module = export_module(cell.source, default)
            regions = regions_of(cell.source, module or "", where)
            if regions and not mark.get("solution"):
                raise GradingError(
                    f"{where}: has a solution, but nbgrader doesn't know it. Mark the cell as "
                    "an autograded answer (Create Assignment), with a grade_id of its own."
                )
            if regions and not module:
                raise GradingError(
                    f"{where}: has a solution that isn't exported. Begin the cell with "
                    "`#| export`, and give the notebook a `#| default_exp` cell."
                )
        if mark.get("solution") and not regions and not mark.get("grade"):
            raise GradingError(
                f"{where}: is an answer cell without a solution. Put `# BEGIN SOLUTION <task>` "
                "and `# END SOLUTION` into the body of its function."
            )
        found.regions += [
            replace(each, cell_id=cell.get("id", ""), grade_id=grade_id, notebook=name)
            for each in regions
        ]
        if mark.get("grade") or mark.get("task"):
            by_hand = mark.get("solution") or mark.get("task")
            (found.written if by_hand else found.checks)[grade_id] = (name, points)


def _constants(path: Path, names: tuple[str, ...]) -> dict[str, Any]:
    """Reads constants of a module without running it."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise GradingError(f"{path}: line {error.lineno} isn't Python: {error.msg}.") from error
    values: dict[str, Any] = {}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign) and node.value:
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Name) and target.id in names:
                assert isinstance(node, ast.Assign | ast.AnnAssign) and node.value
                try:
                    values[target.id] = ast.literal_eval(node.value)
                except ValueError as error:
                    raise GradingError(
                        f"{path}: {target.id} in line {node.lineno} must be a plain constant."
                    ) from error
    return values


def _probe_settings(root: Path, task_id: str) -> dict[str, Any]:
    path = probes_path(root, task_id)
    if not path.exists():
        return {}
    read = _constants(path, ("REQUIRES", "SECTION", "TOLERANCE", "KIND", "TESTS"))
    settings = {name.lower(): value for name, value in read.items()}
    for name in ("requires", "tests"):
        if name in settings:
            settings[name] = tuple(settings[name])
    if settings.get("kind", "probes") not in ("probes", "tests"):
        raise GradingError(f"{path}: KIND is {settings['kind']!r}; it is 'probes' or 'tests'.")
    return settings


def probes_path(root: Path, task_id: str) -> Path:
    """Where the probes of a task are."""
    return root / "grading" / "probes" / f"{task_mark(task_id)}.py"


def mutants_path(root: Path, task_id: str) -> Path:
    """Where the mutants of a task are."""
    return root / "grading" / "mutants" / f"{task_mark(task_id)}.py"


def _assignment(root: Path, folder: Path) -> Assignment:
    paths = sorted(p for p in folder.glob("*.ipynb") if not p.name.startswith("."))
    found, seen = _Found([], {}, {}), {}
    for path in paths:
        _read_guide(root, path, found, seen)
    places: dict[str, Region] = {}
    for region in found.regions:
        if (other := places.setdefault(region.target, region)) is not region:
            raise GradingError(
                f"{region.notebook}, cell {region.cell_id}: {region.target} has a solution "
                f"already, in {other.notebook}, cell {other.cell_id}."
            )
    ids = list(dict.fromkeys(region.task for region in found.regions))
    tasks = []
    for task_id in sorted(ids) if folder.name != "closures" else ids:
        regions = tuple(region for region in found.regions if region.task == task_id)
        at = f"{regions[0].notebook}, cell {regions[0].cell_id}"
        number = _NUMBERED.fullmatch(task_id)
        if folder.name.startswith("module") and (
            not number or f"module{number['module']}" != folder.name
        ):
            raise GradingError(
                f"{at}: {task_id!r} is no task of {folder.name}. A task of it is called "
                f"`task{folder.name.removeprefix('module')}_1`."
            )
        grade_id = f"test-{task_id}"
        if grade_id not in found.checks:
            raise GradingError(
                f"{at}: {task_label(task_id)} has no visible check. Add a locked cell of "
                f"autograder tests with the grade_id {grade_id!r} and its points."
            )
        notebook, points = found.checks[grade_id]
        own = re.compile(rf"written-{re.escape(task_id)}(-.*)?")
        written = {each: found.written[each][1] for each in found.written if own.fullmatch(each)}
        tasks.append(
            Task(
                id=task_id,
                assignment=folder.name,
                notebook=notebook,
                points=points,
                grade_id=grade_id,
                regions=regions,
                hand_points=sum(written.values()),
                hand_grade_ids=tuple(written),
                **_probe_settings(root, task_id),
            )
        )
    used = {task.grade_id for task in tasks} | {g for task in tasks for g in task.hand_grade_ids}
    for grade_id in [*found.checks, *found.written]:
        if grade_id not in used:
            raise GradingError(
                f"{seen[grade_id]}: the graded cell {grade_id!r} belongs to no task. Name it "
                "`test-<task>` (`written-<task>` if a person grades it), with a task that has "
                f"solutions: {', '.join(ids) or 'there is none'}."
            )
    names = tuple(path.relative_to(root).as_posix() for path in paths)
    return Assignment(folder.name, names, tuple(tasks))


def problems(course: Course) -> list[str]:
    """Says what keeps a course from being graded: points, probes, mutants, prerequisites."""
    said = []
    known = {task.id for task in course.tasks}
    for assignment in course.assignments:
        total = next((n for p, n in TOTALS.items() if assignment.name.startswith(p)), None)
        if total is not None and assignment.points != total:
            shares = ", ".join(f"{t.id} {t.points + t.hand_points:g}" for t in assignment.tasks)
            said.append(
                f"{GUIDES / assignment.name}: the points add up to {assignment.points:g}, not "
                f"{total} ({shares or 'no tasks'}). Change `points` of the graded cells."
            )
        for task in assignment.tasks:
            said += _unproven(course.root, task)
            said += [
                f"{probes_path(course.root, task.id)}: REQUIRES names {each!r}, which is no task."
                for each in task.requires
                if each not in known
            ]
    return said


def _unproven(root: Path, task: Task) -> list[str]:
    where = f"{task.notebook}, cell {task.grade_id}: {task.label}"
    said = []
    probes, mutants = probes_path(root, task.id), mutants_path(root, task.id)
    if not probes.exists():
        said.append(f"{where} has no probes. Write {probes}.")
    elif task.kind == "probes":
        tree = ast.parse(probes.read_text(encoding="utf-8"))
        if not any(isinstance(n, Function) and n.name.startswith("probe_") for n in tree.body):
            said.append(f"{where} has no probes: {probes} has no function `probe_…(mt, rng)`.")
    elif not task.tests:
        said.append(f"{where} has no tests to grade: {probes} names none in TESTS.")
    if not mutants.exists():
        said.append(f"{where} has no mutants. Write {mutants}.")
    else:
        tree = ast.parse(mutants.read_text(encoding="utf-8"))
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
        count = sum(isinstance(n.func, ast.Name) and n.func.id == "Mutant" for n in calls)
        if count < MIN_MUTANTS:
            said.append(f"{where} has {count} mutants in {mutants}; it needs {MIN_MUTANTS}.")
    return said


def load_course(root: Path, *, strict: bool = False) -> Course:
    """Reads every guide.

    Args:
        root: the project, with `nbs/guides`.
        strict: refuse a course that can't be graded yet (see `problems`).

    Raises:
        GradingError: says what is wrong in which file and cell.
    """
    root = Path(root).resolve()
    folder = root / GUIDES
    if not folder.is_dir():
        raise GradingError(f"{folder}: there are no guides. Run this in the project's root.")
    folders = sorted(p for p in folder.iterdir() if p.is_dir() and any(p.glob("*.ipynb")))
    folders.sort(key=lambda p: (not p.name.startswith("module"), p.name))
    course = Course(root, tuple(_assignment(root, each) for each in folders))
    if strict and (said := problems(course)):
        raise GradingError("\n".join(said))
    return course
