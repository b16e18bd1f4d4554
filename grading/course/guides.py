"""Reads the guides: solution regions, checks and points, cell by cell, and the whole course."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grading.course.notebooks import Guide, notebooks
from grading.course.readiness import problems
from grading.course.regions import NUMBERED, GradingError, Region, regions_of, task_label
from grading.course.tasks import Assignment, Course, Task, probes_path
from grading.paths import GUIDES

SETTINGS = ("REQUIRES", "SECTION", "TOLERANCE", "KIND", "TESTS", "PARTS", "EXTRA", "RELEASED")


@dataclass
class _Found:
    """What the guides of one assignment hold, before it becomes tasks."""

    regions: list[Region]
    checks: dict[str, tuple[str, float]]  # grade_id -> notebook, points
    written: dict[str, tuple[str, float]]


def _take(guide: Guide, found: _Found, seen: dict[str, str]) -> None:
    name = guide.name
    ids = Counter(cell.get("id", "") for cell in guide.cells)
    for cell_id, count in ids.items():
        if cell_id and count > 1:
            raise GradingError(f"{name}: {count} cells have the id {cell_id!r}; give each its own.")
    for number, cell in enumerate(guide.cells, 1):
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
            module = guide.module(cell)
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
    """Read constants of a module without running it."""
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
    read = _constants(path, SETTINGS)
    settings = {name.lower(): value for name, value in read.items()}
    for name in ("requires", "tests", "released"):
        if name in settings:
            settings[name] = tuple(settings[name])
    if settings.get("kind", "probes") not in ("probes", "tests"):
        raise GradingError(f"{path}: KIND is {settings['kind']!r}; it is 'probes' or 'tests'.")
    return settings


def read_assignment(root: Path, folder: Path, guides: Sequence[Guide]) -> Assignment:
    """Find the tasks in the guides of a folder.

    Args:
        root: the project.
        folder: the assignment's.
        guides: its notebooks, in reading order.

    Raises:
        GradingError: says what is wrong in which file and cell.

    """
    found, seen = _Found([], {}, {}), {}
    for guide in guides:
        _take(guide, found, seen)
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
        number = NUMBERED.fullmatch(task_id)
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
    return Assignment(folder.name, tuple(guide.name for guide in guides), tuple(tasks))


def load_course(root: Path, *, strict: bool = False) -> Course:
    """Read every guide.

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
    by_folder: dict[Path, list[Guide]] = {}
    for path in notebooks(root):
        if path.parent.parent == folder:
            by_folder.setdefault(path.parent, []).append(Guide.read(root, path))
    folders = sorted(by_folder, key=lambda p: (not p.name.startswith("module"), p.name))
    course = Course(
        root,
        tuple(read_assignment(root, each, by_folder[each]) for each in folders),
        {guide.name: guide for each in folders for guide in by_folder[each]},
    )
    if strict and (said := problems(course)):
        raise GradingError("\n".join(said))
    return course
