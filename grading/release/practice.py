"""What of a task's probes students may run at home: those marked released, and what came of them.

`RELEASED` in a task's `probes.py` names them. Beside it lies `released.json`, which
`python -m grading practice` writes: what the reference and the mutants gave for numbers that
grading never draws. A release takes both, and the code that runs and compares; of other probes it
has nothing.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from grading.course.regions import GradingError, task_mark
from grading.course.tasks import Course, Task, mutants_path, probes_path
from grading.paths import ROOT

FOLDER = Path("practice")
RESULTS = "released.json"
CHECK = Path(__file__).resolve().parent / "student" / "check.py"
COMPARE, RUNNER = "grading/judge/compare.py", "grading/sandbox/runner.py"
CLEAN = "grading/submission/sanitize.py"


def seed(file: str, probe: str) -> str:
    """Return the seed of a probe at home; grading's own has no such beginning."""
    return f"practice:{file}:{probe}"


def results_path(root: Path, task_id: str) -> Path:
    """Where the results of a task's released probes lie."""
    return probes_path(root, task_id).with_name(RESULTS)


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _bound(node: ast.stmt) -> set[str]:
    """Return the names that a statement of a module gives a meaning."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(each.asname or each.name).split(".")[0] for each in node.names}
    targets = node.targets if isinstance(node, ast.Assign) else []
    targets += [node.target] if isinstance(node, ast.AnnAssign) else []
    return {each.id for each in targets if isinstance(each, ast.Name)}


def released_source(text: str, wanted: Iterable[str], title: str) -> str:
    """Take some probes out of a module, with all that they need of it and nothing else.

    Args:
        text: of the module.
        wanted: names of probes.
        title: the docstring of what comes out.

    """
    nodes = ast.parse(text).body
    needed = {*wanted}
    while True:
        more = set().union(*(_names(node) for node in nodes if _bound(node) & needed))
        if more <= needed:
            break
        needed |= more
    lines, kept, end = text.split("\n"), [f'"""{title}"""'], 0
    for node in nodes:
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not (future or _bound(node) & needed):
            continue
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        # Imports of one block stay one, and blocks stay apart.
        block = isinstance(node, ast.Import | ast.ImportFrom) and 0 < end < first
        block = block and all(line.strip() for line in lines[end : first - 1])
        gap = 2 if isinstance(node, ast.FunctionDef | ast.ClassDef) else int(not block)
        kept += [""] * gap + lines[first - 1 : node.end_lineno]
        end = node.end_lineno or first
    return "\n".join(kept) + "\n"


def source(root: Path, task: Task) -> str:
    """Return a task's released probes as students get them.

    Raises:
        GradingError: one that is marked released isn't there.

    """
    path = probes_path(root, task.id)
    text = path.read_text(encoding="utf-8")
    there = set().union(*map(_bound, ast.parse(text).body))
    if lost := [name for name in task.released if name not in there]:
        raise GradingError(f"{path}: RELEASED names {lost[0]!r}, which isn't there.")
    title = f"What grading looks at in {task.label}, here on numbers of its own."
    return released_source(text, task.released, title)


def made_from(course: Course, task: Task) -> str:
    """Name all that the results of a task's released probes depend on."""
    digest = hashlib.sha256(source(course.root, task).encode())
    path = mutants_path(course.root, task.id)
    digest.update(path.read_bytes() if path.exists() else b"")
    for each in (task.id, *task.requires):
        for region in course.task(each).regions:
            digest.update(f"{region.target}\0{region.body}\0".encode())
    return digest.hexdigest()


def write(course: Course, folder: Path) -> None:
    """Write the released probes of a course, their results, and what runs and compares.

    Args:
        course: whose tasks.
        folder: the release.

    Raises:
        GradingError: results are missing, or were made from something else.

    """
    tasks = [task for task in course.tasks if task.released]
    if not tasks:
        return
    target = folder / FOLDER
    target.mkdir()
    (folder / CHECK.name).write_bytes(CHECK.read_bytes())
    for task in tasks:
        path = results_path(course.root, task.id)
        text = path.read_text(encoding="utf-8") if path.exists() else "{}"
        if json.loads(text).get("made_from") != made_from(course, task):
            raise GradingError(
                f"{path}: the results of the released probes of {task.label} are missing or old. "
                "Run python -m grading practice."
            )
        name = task_mark(task.id)
        (target / f"{name}.py").write_text(source(course.root, task), encoding="utf-8")
        (target / f"{name}.json").write_text(text, encoding="utf-8")
    for name, text in tools().items():
        (target / name).write_text(text, encoding="utf-8")


def tools() -> dict[str, str]:
    """Return the modules that run a probe and compare its result, as grading has them."""
    text = (ROOT / COMPARE).read_text(encoding="utf-8")
    clean = next(
        ast.get_source_segment(module, node) or ""
        for module in [(ROOT / CLEAN).read_text(encoding="utf-8")]
        for node in ast.parse(module).body
        if isinstance(node, ast.FunctionDef) and node.name == "clean"
    )
    line = "from grading.submission.sanitize import clean\n"
    alone = text.replace(f"\n{line}", "").replace(
        "\n\n@dataclass", f"\n\n{clean}\n\n\n@dataclass", 1
    )
    return {
        "compare.py": alone,
        "runner.py": (ROOT / RUNNER).read_text(encoding="utf-8"),
    }
