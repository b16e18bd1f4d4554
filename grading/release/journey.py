"""Walks the student's way: from the untouched release to all answers, a task at a time.

At each step the student's own commands run (`minitorch export`, pytest), and exactly the tests of
the task just done must turn green. `python -m grading journey` walks the release in
`course/student`, and builds it first if the course has changed since; with `--module module1` it
walks through the tasks of that module alone.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from grading.course.guides import load_course
from grading.course.notebooks import read_notebook
from grading.course.regions import GradingError, fill, strip_solutions
from grading.course.tasks import Course, Task, probes_path
from grading.release.build import build, digest, export, files, say

HERE = Path(__file__).resolve().parent
KERNELS = Path("minitorch") / "kernels" / "__pycache__"
GREEN = {"passed", "xfailed", "skipped"}
# Tests that carry a task's mark, as in the public course, though given code alone passes them.
GIVEN_ONLY = frozenset({"tests/test_tensor_general.py::test_create"})  # no operation, no kernel
# Tests that carry a task's mark, as in the public course, though earlier tasks are enough for them.
EARLY = frozenset(
    {
        "tests/test_scalar.py::test_one_args[fn0]",  # 5 + x: `__radd__` is given
        "tests/test_scalar.py::test_one_args[fn3]",  # x / 5: so is `__truediv__`
    }
)

Records = dict[str, dict[str, Any]]

_PROBE = """
import importlib.util, json, random, sys
import minitorch
results = {}
for path in sys.argv[1:]:
    name_of_task = path.split("/")[-2] + ".py"
    spec = importlib.util.spec_from_file_location("probes", path)
    probes = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(probes)
    for name, probe in sorted(vars(probes).items()):
        if name.startswith("probe_"):
            try:
                result = probe(minitorch, random.Random(name_of_task + name))
            except Exception as error:
                result = f"{type(error).__name__}: {error}"
            results[f"{name_of_task} {name}"] = repr(result)
print(json.dumps(results))
"""


@dataclass
class Step:
    """What happened when the answers of one task went in."""

    name: str
    green: list[str]
    seconds: float
    problems: list[str] = field(default_factory=list)


@dataclass
class Journey:
    """The whole way.

    Attributes:
        steps: one a task, in order.
        given: tests that pass in the untouched release.
        problems: everything that isn't as it must be; empty if all is well.

    """

    steps: list[Step] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def _environment(*paths: Path, **more: str) -> dict[str, str]:
    ours = ("IN_TEST", "PYTHONSTARTUP", "PYTHONDONTWRITEBYTECODE")  # the copy is ours: it may fill
    env = {k: v for k, v in os.environ.items() if k not in ours}
    return env | {"PYTHONPATH": os.pathsep.join(map(str, paths))} | more


def run_tests(
    project: Path, only: Collection[str] | None = None, marks: Collection[str] = ()
) -> Records:
    """Run a student's tests in one process.

    Args:
        project: the student's project.
        only: ids of the tests to run; all unless given.
        marks: the tests with one of these marks; all unless given.

    Returns:
        For each test its outcome, marks and errors.

    """
    with tempfile.TemporaryDirectory(prefix="minitorch-outcomes-") as folder:
        beside = Path(folder)
        shutil.copy(HERE / "outcomes.py", beside)
        more = {"OUTCOMES": str(beside / "outcomes.json")}
        if only is not None:
            (beside / "only.json").write_text(json.dumps(sorted(only)), encoding="utf-8")
            more["ONLY"] = str(beside / "only.json")
        places = sorted({test.split("::")[0] for test in only or ()}) or _files(project, marks)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "outcomes", "-p", "no:cacheprovider"]
        done = subprocess.run(
            [*command, "--tb=no", "--no-header", "-m", " or ".join(marks), *places],
            cwd=project,
            env=_environment(project, beside, **more),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        try:
            return json.loads((beside / "outcomes.json").read_text(encoding="utf-8"))
        except OSError as error:
            said = (done.stdout + done.stderr).strip().split("\n")
            raise GradingError(
                f"{project}: pytest could not run:\n" + "\n".join(said[-15:])
            ) from error


def _files(project: Path, marks: Collection[str]) -> list[str]:
    """Return the test files that name one of the marks: to collect the others takes long."""
    found = sorted((project / "tests").glob("test_*.py")) if marks else []
    return [
        str(path)
        for path in found
        if any(f"mark.{mark}" in path.read_text(encoding="utf-8") for mark in marks)
    ]


def put_answers(course: Course, project: Path, done: Collection[str]) -> None:
    """Write the reference's answers of some tasks into a student's notebooks, as if typed there.

    Args:
        course: the reference.
        project: the student's project; other cells of its notebooks stay as they are.
        done: ids of the tasks; all other regions are stubs.

    """
    for name in {region.notebook for region in course.regions}:
        cells = {r.cell_id for r in course.regions if r.notebook == name}
        reference = course.guides[name].answers
        student = read_notebook(project / name)
        before = [cell.source for cell in student.cells]
        for cell in student.cells:
            if cell.id in cells:
                cell.source = strip_solutions(reference[cell.id].source, name, keep=done)
        if [cell.source for cell in student.cells] != before:
            text = nbformat.writes(student) + "\n"
            (project / name).write_text(text, encoding="utf-8")


def _is_stub(errors: list[list[str]], waiting: Collection[str]) -> bool:
    """Whether a test failed with the message of a stub that is still there, and nothing else."""
    starts = tuple(f"Need to implement for {label}: " for label in waiting)
    return bool(errors) and all(
        kind == "NotImplementedError" and message.startswith(starts) for kind, message in errors
    )


def _one_of_each(tests: Collection[str]) -> list[str]:
    """Return the first of each test that has parameters, so that it is reported once."""
    return list({test.split("[")[0]: test for test in sorted(tests, reverse=True)}.values())


def _red(records: Records, waiting: Collection[str], when: str, known: set[str]) -> list[str]:
    """Says which tests fail in another way than by a stub that is still there.

    Args:
        records: what became of the tests.
        waiting: labels of the tasks whose stubs are still there.
        when: said first.
        known: tests that were reported before, whatever their parameters; gets the new ones.

    """
    said = []
    for test, record in records.items():
        name = test.split("[")[0]
        if record["outcome"] in GREEN or _is_stub(record["errors"], waiting) or name in known:
            continue
        known.add(name)
        errors = "; ".join(f"{kind}: {message}" for kind, message in record["errors"])
        said.append(
            f"{when}: {test} is {record['outcome']}, and not by the message of a stub that is "
            f"still there, but with {errors or 'no error'}"
        )
    return said


def _untouched(records: Records, course: Course, known: set[str]) -> tuple[list[str], list[str]]:
    """Return the tests that pass in the untouched release, and what is wrong."""
    marks_of_tasks = {task.mark for task in course.tasks}
    said = _red(records, {task.label for task in course.tasks}, "untouched release", known)
    green = [test for test, record in records.items() if record["outcome"] in GREEN]
    for test in green:
        marks = marks_of_tasks & set(records[test]["marks"])
        real = records[test]["outcome"] == "passed"
        if marks and real and test.split("[")[0] not in GIVEN_ONLY:
            said.append(
                f"untouched release: {test} passes though {', '.join(sorted(marks))} isn't "
                "written. If it needs given code alone, list it in GIVEN_ONLY."
            )
    return green, said


def _turned(
    task: Task,
    records: Records,
    before: Collection[str],
    course: Course,
    done: Collection[str],
    known: set[str],
) -> tuple[list[str], list[str]]:
    """Return the tests that turned green with a task, and what is wrong."""
    waiting = {each.label for each in course.tasks if each.id not in done}
    said = _red(records, waiting, task.label, known)
    all_marks = {each.mark for each in course.tasks}
    reached = {each.mark for each in course.tasks if each.id in done}
    green = [t for t, r in records.items() if r["outcome"] in GREEN and t not in before]
    for test in _one_of_each(set(green) - EARLY):
        marks = all_marks & set(records[test]["marks"])
        if marks - reached:
            said.append(
                f"{task.label}: {test}, a test of {', '.join(sorted(marks))}, is green already."
            )
    red = [test for test, record in records.items() if record["outcome"] not in GREEN]
    for test in _one_of_each(red):
        marks = all_marks & set(records[test]["marks"])
        if task.mark in marks and marks <= reached:
            errors = "; ".join(message for _, message in records[test]["errors"])
            said.append(f"{task.label}: its {test} is still red: {errors}")
    own = [test for test, record in records.items() if task.mark in record["marks"]]
    if own and not set(own) & set(green):
        said.append(f"{task.label}: no test of it turned green.")
    return green, said


def _evenly(source: str) -> str:
    """Allow two empty lines at most: where a mark ended a notebook's cell, one more is left."""
    return re.sub(r"\n{3,}", "\n\n\n", source)


def same_package(course: Course, project: Path) -> list[str]:
    """Say where the student's package, all answers in, isn't the reference's."""
    said = []
    for path in (p for p in files(course.root / "minitorch") if p.suffix == ".py"):
        name = path.relative_to(course.root)
        theirs = project / name
        ours = fill(path.read_text(encoding="utf-8"), {}, marks=False, where=str(name))
        if not theirs.exists():
            said.append(f"at the end: the student has no {name}.")
        elif _evenly(theirs.read_text(encoding="utf-8")) != _evenly(ours):
            said.append(f"at the end: the student's {name} isn't the reference's.")
    return said


def run_probes(course: Course, project: Path) -> dict[str, str]:
    """Run all probes on a project's package and return what came out, by probe."""
    paths = [str(probes_path(course.root, task.id)) for task in course.tasks]
    paths = [path for path in paths if Path(path).exists()]
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, *paths],
        cwd=project,
        env=_environment(project),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        raise GradingError(f"{project}: the probes could not run:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().split("\n")[-1])


def _same_behaviour(course: Course, project: Path) -> list[str]:
    ours, theirs = run_probes(course, course.root), run_probes(course, project)
    return [
        f"at the end: {name} gives {theirs.get(name)!s:.80}, the reference {ours[name]!s:.80}."
        for name in ours
        if theirs.get(name) != ours[name]
    ]


def copy_release(root: Path, release: Path, project: Path) -> None:
    """Copy a release, to walk in it, with the kernels that the course has compiled already.

    A kernel's name says of what code it is made, so another one is never taken for it.
    """
    for path in files(release):
        (project / path.relative_to(release)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, project / path.relative_to(release))
    kernels = project / KERNELS
    kernels.mkdir(parents=True, exist_ok=True)
    for path in (root / KERNELS).glob("*.nbc"):
        shutil.copy(path, kernels)


def walk(
    root: Path,
    student: Path | None = None,
    *,
    module: str = "",
    tell: Callable[[str], None] = say,
) -> Journey:
    """Walk the whole way in a temporary copy.

    Args:
        root: the course's project.
        student: the untouched release; built if it isn't given.
        module: walk through the tasks of this assignment only, those before it done already.
        tell: gets a line of progress after each step.

    Raises:
        GradingError: a step could not run at all.

    """
    course = load_course(root)
    tasks = [task for task in course.tasks if module in ("", task.assignment)]
    if not tasks:
        raise GradingError(f"{module}: the course has no tasks of that name.")
    marks = [task.mark for task in tasks] if module else []
    journey = Journey()
    known: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="minitorch-journey-") as folder:
        project = Path(folder) / "student"
        release = student or build(root, Path(folder) / "release", strict=False)
        copy_release(root, release, project)

        before = digest(files(project), project)
        export(project, typed=True)
        if digest(files(project), project) != before:
            journey.problems.append("untouched release: the export changes its package.")
        started = time.monotonic()
        first = run_tests(project, marks=marks)
        journey.given, said = _untouched(first, course, known)
        journey.problems += said
        tell(
            f"untouched: {len(first) - len(journey.given)} tests fail by a stub's message, "
            f"{len(journey.given)} pass on given code alone ({time.monotonic() - started:.0f} s)"
        )

        green = set(journey.given)
        done = {task.id for task in course.tasks[: course.tasks.index(tasks[0])]}
        latest = dict(first)
        for task in tasks:
            started = time.monotonic()
            done.add(task.id)
            put_answers(course, project, done)
            export(project, typed=True)
            # A test that met a stub which is still there would meet it again: no need to run it.
            waiting = {each.label for each in course.tasks if each.id not in done}
            again = {
                test
                for test, record in latest.items()
                if test not in green and not _is_stub(record["errors"], waiting)
            }
            latest |= run_tests(project, again, marks) if again else {}
            turned, said = _turned(task, latest, green, course, done, known)
            green |= set(turned)
            step = Step(task.id, turned, time.monotonic() - started, said)
            journey.steps.append(step)
            journey.problems += said
            tell(f"{task.label}: {len(turned)} tests turn green ({step.seconds:.0f} s)")

        if module:
            return journey
        started = time.monotonic()
        last = run_tests(project)
        journey.problems += _red(last, (), "at the end", known)
        journey.problems += same_package(course, project)
        journey.problems += _same_behaviour(course, project)
        count = sum(record["outcome"] in GREEN for record in last.values())
        tell(
            f"the end: {count} of {len(last)} tests are green ({time.monotonic() - started:.0f} s)"
        )
    return journey


def main() -> None:
    """Walk from today's release, or from the one in the folder that is named."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "folder", nargs="?", type=Path, help="a release; today's is built by default"
    )
    parser.add_argument("--module", default="", help="walk through the tasks of this one only")
    arguments = parser.parse_args()
    try:
        # An older release would be compared with a reference that has moved on.
        folder = arguments.folder or build(Path.cwd())
        if not folder.is_dir():
            raise GradingError(f"{folder}: there is no release. Build it with make release.")
        journey = walk(Path.cwd(), folder.resolve(), module=arguments.module)
    except GradingError as error:
        sys.exit(str(error))
    if journey.problems:
        sys.exit("\n".join(journey.problems))
    print("The journey ends well: each task turned exactly its own tests green.")
