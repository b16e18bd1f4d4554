"""Builds the student's project: the whole course without its solutions, in `course/student`.

`make release`, or `python -m grading release [folder]`; for those who learn alone, with worked
solutions beside it, `make release KIND=self-learner`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grading.course.guides import load_course
from grading.course.notebooks import read_notebook, shared
from grading.course.regions import GradingError, task_label
from grading.course.tasks import Course
from grading.paths import CHECKS, ROOT, SELF_LEARNER, STUDENT, sources
from grading.release import practice
from grading.release.leaks import (
    NEVER,
    REFERENCE_TESTS,
    check_tree,
    secrets,
    unreleased,
    written_out,
)
from grading.release.preprocessors import finish
from grading.release.solutions import write_solutions
from grading.release.strip import strip_notebook
from grading.release.student.update import MANIFEST, README, parts, sha

AS_IT_IS = ("settings.ini", "setup.py", "LICENSE", ".gitignore")
HOOKS = ".pre-commit-config.yaml"
TEMPLATES = Path(__file__).resolve().parent / "student"
KINDS = {"course": STUDENT, "self-learner": SELF_LEARNER}
INDEX = "_modidx.py"  # nbdev's, written anew by every export; git ignores it
IGNORED = NEVER | {".venv", ".ruff_cache", INDEX}


def say(text: str) -> None:
    """Print a line of progress."""
    print(text, flush=True)


def files(folder: Path) -> list[Path]:
    """All files of a tree, without what running it leaves behind."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not IGNORED & set(path.relative_to(folder).parts)
        and path.suffix != ".pyc"
        and not any(part.endswith(".egg-info") for part in path.parts)
    )


def tests(root: Path) -> list[Path]:
    """The tests that students get: all but those that look at the whole reference."""
    return [p for p in files(root / "tests") if root / REFERENCE_TESTS not in p.parents]


def digest(paths: list[Path], folder: Path) -> str:
    """One hash of the names and contents of files."""
    total = hashlib.sha256()
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return total.hexdigest()


def inputs(root: Path) -> list[Path]:
    """Everything that a release is made from."""
    paths = shared(root) + tests(root) + files(root / "minitorch")
    paths += [
        root / name for name in (*AS_IT_IS, HOOKS, "pyproject.toml") if (root / name).exists()
    ]
    paths += sorted((root / CHECKS).glob(f"*/{practice.RESULTS}"))
    paths += sorted((root / CHECKS).glob("*/probes.py"))
    return [
        path for path in paths if path.suffix != ".py" or root / "minitorch" not in path.parents
    ]


def tools() -> str:
    """One hash of the code that builds a release."""
    shown = [ROOT / practice.COMPARE, ROOT / practice.RUNNER, ROOT / practice.CLEAN]
    return digest([*files(TEMPLATES), *sources("course", "release"), *shown], ROOT)


# The parts


def _write_notebooks(course: Course, folder: Path, wanted: dict[str, str]) -> None:
    for path in shared(course.root):
        name = path.relative_to(course.root).as_posix()
        text = finish(strip_notebook(course.read(path).notebook, name, wanted))
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())


def student_pyproject(text: str) -> str:
    """Return `pyproject.toml` without the instructor's side."""
    text = re.sub(r',\s*"(grading(/tests)?|benchmarks)"', "", text)
    text = re.sub(r'^"grading.*\n', "", text, flags=re.M)
    ignores = '"minitorch/*" = [\n'
    more = """\
    "F401",  # imports that your code will use
    "D202",  # a blank line before a stub
"""
    return text.replace(ignores, ignores + more)


def marks(course: Course) -> list[str]:
    """Return the marks of those tasks that have tests."""
    text = "".join(p.read_text(encoding="utf-8") for p in tests(course.root) if p.suffix == ".py")
    return [t.mark for t in course.tasks if re.search(rf"\bmark\.{t.mark}\b", text)]


def tasks_table(course: Course) -> str:
    """Return the tasks with points, guide and check, for the student's README."""
    lines = []
    tested = marks(course)
    for assignment in course.assignments:
        if assignment.tasks:
            title = re.sub(r"(\D+)(\d+)", r"\1 \2", assignment.name).capitalize()
            lines += [f"## {title}", "", "| task | points | guide | tests |", "|---|---|---|---|"]
        for task in assignment.tasks:
            guide = f"[{Path(task.notebook).stem}]({task.notebook})"
            tests = f"`pytest -m {task.mark}`" if task.mark in tested else "the checks in the guide"
            points = f"{task.points + task.hand_points:g}{' extra' * task.extra}"
            lines.append(f"| {task_label(task.id)} | {points} | {guide} | {tests} |")
        lines.append("")
    return "\n".join(lines).strip()


def hand_ins(course: Course) -> str:
    """Return what is handed in besides code, for the modules and tasks that the course has."""
    text = (TEMPLATES / "hand_ins.md").read_text(encoding="utf-8")
    ids = {task.id for task in course.tasks}
    kept = []
    for section in re.split(r"^(?=##)", text, flags=re.M):
        named = re.findall(r"\d+\.\d+b?", section.split("\n")[0])
        if any(f"task{name.replace('.', '_')}" in ids for name in named):
            kept.append(section.strip())
    return "\n\n".join(kept)


def student_hooks(text: str) -> str:
    """Return what a commit checks, without the checks of the instructor's side."""
    hooks = re.split(r"^(?= *- id:)", text, flags=re.M)
    return "".join(hook for hook in hooks if "entry: python -m grading" not in hook)


def _write_frame(course: Course, folder: Path) -> None:
    """Everything but the notebooks and the package."""
    root = course.root
    for name in AS_IT_IS:
        if (root / name).exists():
            _copy(root / name, folder / name)
    for path in tests(root):
        _copy(path, folder / path.relative_to(root))
    for path in files(root / "minitorch"):
        if path.suffix != ".py":
            _copy(path, folder / path.relative_to(root))
    if (root / HOOKS).exists():
        hooks = (root / HOOKS).read_text(encoding="utf-8")
        (folder / HOOKS).write_text(student_hooks(hooks), encoding="utf-8")
    pyproject = (root / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(student_pyproject(pyproject), encoding="utf-8")
    readme = (TEMPLATES / "README.md").read_text(encoding="utf-8")
    readme = readme.replace("@TASKS@", tasks_table(course))
    readme = readme.replace("@HAND_INS@", hand_ins(course) or "Nothing besides the notebooks.")
    (folder / "README.md").write_text(readme, encoding="utf-8")
    workflow = (TEMPLATES / "tests.yml").read_text(encoding="utf-8")
    target = folder / ".github" / "workflows" / "tests.yml"
    target.parent.mkdir(parents=True)
    target.write_text(workflow.replace("@MARKS@", ", ".join(marks(course))), encoding="utf-8")
    for name in ("update.py", "AGENTS.md"):
        _copy(TEMPLATES / name, folder / name)
    practice.write(course, folder)


# Imports stay as the notebooks have them: nbdev would make some of them relative.
NBDEV = (
    "from nbdev import maker; maker._import2relative = lambda *_: None; "
    "from nbdev.doclinks import nbdev_export; nbdev_export()"
)
COMMAND = "from minitorch.cli import main; raise SystemExit(main(['export']))"


def export(project: Path, *, typed: bool = False) -> None:
    """Export a project's notebooks, in UTF-8 mode: nbdev writes in the system's encoding.

    Args:
        project: its folder.
        typed: as its owner types it, by the command in the project's own package; otherwise by
            nbdev, which does the same where there may be no package yet.

    Raises:
        GradingError: the export failed; the message ends with what was said.

    """
    # nbdev does nothing, without a word, while IN_TEST is set.
    env = {k: v for k, v in os.environ.items() if k not in ("IN_TEST", "PYTHONSTARTUP")}
    env |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    # The tests' tiny course has no command of its own, and takes the one that is installed.
    own = not typed or (project / "minitorch" / "cli").is_dir()
    env["PYTHONPATH"] = str(project) if own else ""
    command = [sys.executable, "-P", "-X", "utf8", "-c", COMMAND if typed else NBDEV]
    done = subprocess.run(
        command, cwd=project, env=env, capture_output=True, encoding="utf-8", errors="replace"
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().split("\n")
        raise GradingError(f"{project}: the export failed: {said[-1]}\n" + "\n".join(said[-12:]))


def manifest(folder: Path) -> str:
    """Return the state in which a student gets each cell and file; `update.py` compares with it."""
    cells: dict[str, dict[str, str]] = {}
    others: dict[str, str] = {}
    for path in files(folder):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".ipynb":
            cells[name] = {cell.id: sha(cell.source) for cell in read_notebook(path).cells}
        else:
            others[name] = sha(path.read_bytes())
    readme = parts((folder / README).read_text(encoding="utf-8"))
    state = {
        "cells": cells,
        "files": others,
        "parts": {name: sha(text) for name, text in readme.items()},
    }
    return json.dumps(state, indent=1, sort_keys=True) + "\n"


# The whole


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the target's place if all goes well."""
    building = target.with_name(f".{target.name}.building")
    old = target.with_name(f".{target.name}.old")
    try:
        for left in (building, old):
            if left.exists():
                shutil.rmtree(left)
        building.mkdir(parents=True)
        yield building
        if target.exists():
            target.rename(old)
        building.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise GradingError(
            f"{error.filename or target}: can't be written: {error.strerror or error}. "
            "Nothing was changed; check the folder's owner, permissions and free space."
        ) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
        if old.exists() and not target.exists():
            old.rename(target)


def build(
    root: Path, target: Path | None = None, *, strict: bool = True, kind: str = "course"
) -> Path:
    """Build the student's project and prove that it shows no solution.

    Args:
        root: the course's project.
        target: where the release goes; the folder of its kind unless given. Replaced as a whole.
        strict: refuse a course whose points, probes or mutants aren't complete.
        kind: `course`, or `self-learner`: then worked solutions are added to the proven release.

    Returns:
        The release's folder.

    Raises:
        GradingError: the course, a guide or the folder is not fit; nothing was changed then.

    """
    started = time.monotonic()
    root = Path(root).resolve()
    target = (target or root / KINDS[kind]).resolve()
    course = load_course(root, strict=strict)
    stamp = target.with_name(f".{target.name}.json")
    made_from = digest(inputs(root), root) + tools()
    if kind != "course":
        made_from += kind + digest(files(root / CHECKS), root)
    if _unchanged(stamp, made_from, target):
        say(f"{target}: nothing has changed since it was built.")
        return target
    wanted = secrets(course)
    if said := written_out(course):
        raise GradingError("\n".join(said))
    with _beside(target) as folder:
        say(f"Building the student's project from {len(shared(root))} notebooks")
        _write_notebooks(course, folder, wanted)
        _write_frame(course, folder)
        say("  exporting its package of stubs")
        export(folder)
        shutil.rmtree(folder / "minitorch" / "__pycache__", ignore_errors=True)
        (folder / "minitorch" / INDEX).unlink(missing_ok=True)
        (folder / MANIFEST).write_text(manifest(folder), encoding="utf-8")
        say(f"  looking for {len(wanted)} solution lines in {len(files(folder))} files")
        leaks = check_tree(folder, wanted)
        if leaks := leaks + check_tree(folder / practice.FOLDER, unreleased(course)):
            raise GradingError(
                "The release was not built: it would show solutions.\n"
                + "\n".join(map(str, leaks[:20]))
            )
        if kind == "self-learner":
            say(f"  adding {write_solutions(course, folder)} worked solutions")
            (folder / MANIFEST).unlink()
            (folder / MANIFEST).write_text(manifest(folder), encoding="utf-8")
        built = digest(files(folder), folder)
    stamp.write_text(json.dumps({"made_from": made_from, "built": built}), encoding="utf-8")
    names = ", ".join(a.name for a in course.assignments)
    say(f"Built {target} ({names}; {time.monotonic() - started:.0f} s)")
    return target


def _unchanged(stamp: Path, made_from: str, target: Path) -> bool:
    try:
        known = json.loads(stamp.read_text(encoding="utf-8"))
        return known == {"made_from": made_from, "built": digest(files(target), target)}
    except (OSError, ValueError):
        return False


def main() -> None:
    """Build the release, or say in a sentence why not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help=f"where it goes ({STUDENT})")
    parser.add_argument(
        "--kind", choices=KINDS, default="course", help="with worked solutions for a self-learner"
    )
    parser.add_argument(
        "--unfinished", action="store_true", help="without complete points, probes and mutants"
    )
    arguments = parser.parse_args()
    try:
        build(Path.cwd(), arguments.folder, strict=not arguments.unfinished, kind=arguments.kind)
    except GradingError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Interrupted; the release is as it was before.")
