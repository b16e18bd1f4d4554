"""Worked solutions, a page for each task, for those who learn alone: in no course's release.

`make release KIND=self-learner` builds the same project as a course's, in `course/self-learner`,
and proves it clean in the same way. Then the folder `solutions` is added: what the reference has in
each function, and what tends to go wrong in it, in the words of the task's mutants.
"""

from __future__ import annotations

import ast
import runpy
import textwrap
from pathlib import Path

from grading.course.regions import Region
from grading.course.tasks import Course, Task
from grading.paths import CHECKS

FOLDER = "solutions"
INTRODUCTION = """# Worked solutions

You learn alone, so there is nobody to ask. A page for each task shows one way to do it and what
tends to go wrong. Try first, with the three hints of the guide; look here when the check is green,
to compare, or when you have been stuck for longer than the task's card says.

| task | page |
|---|---|
"""


def _signature(course: Course, region: Region) -> str:
    """Return the line with which the function of a region begins."""
    name = region.qualname.rsplit(".", 1)[-1]
    cells = {cell.id: cell.source for cell in course.guides[region.notebook].cells}
    for node in ast.walk(ast.parse(cells[region.cell_id])):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
            return f"def {name}({ast.unparse(node.args)}){result}:"
    return f"def {name}(...):"


def _code(course: Course, region: Region) -> str:
    if region.whole:
        return region.body.strip()
    return f"{_signature(course, region)}\n{textwrap.indent(region.body.strip(), '    ')}"


def page(course: Course, task: Task) -> str:
    """Return the page of a task: each function, and what goes wrong in it."""
    guide = f"[{Path(task.notebook).stem}](../../{task.notebook})"
    pieces = [f"# {task.label}: a worked solution", f"The task stands in {guide}."]
    path = course.root / CHECKS / task.mark / "mutants.py"
    mutants = runpy.run_path(str(path))["MUTANTS"] if path.exists() else ()
    for region in task.regions:
        pieces += [f"## `{region.target}`", f"```python\n{_code(course, region)}\n```"]
        wrong = dict.fromkeys(each.says for each in mutants if each.target == region.target)
        if wrong:
            pieces += ["What tends to go wrong:", "\n".join(f"- {says}" for says in wrong)]
    return "\n\n".join(pieces) + "\n"


def write_solutions(course: Course, folder: Path) -> int:
    """Add the pages to a release; return how many.

    Args:
        course: the course, with its solutions.
        folder: the release.

    """
    lines = []
    for task in course.tasks:
        path = folder / FOLDER / task.assignment / f"{task.mark}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(course, task), encoding="utf-8")
        lines.append(f"| {task.label} | [{path.stem}]({task.assignment}/{path.name}) |")
    text = INTRODUCTION + "\n".join(lines) + "\n"
    (folder / FOLDER / "README.md").write_text(text, encoding="utf-8")
    return len(lines)
