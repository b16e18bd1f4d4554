"""Grades what lies in `course/submitted`, with nbgrader, and prints the points.

`make grade`, or `python -m grading.grade [assignment …]`. A run that was interrupted goes on
where it stopped; what hasn't changed is not graded twice.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from grading import examples, report, sandbox
from grading.course import GUIDES, GradingError, Task
from grading.judge import Judge
from grading.nbgrader_plugin import CACHE, PREREQUISITES, ROOT, UNSANDBOXED, judge_submission
from grading.verdict import Judgement

SUBMITTED = Path("course") / "submitted"
FEEDBACK = Path("course") / "feedback"
GRADEBOOK = Path("course") / "gradebook.db"
EXPORT = Path("course") / "grades.csv"


@dataclass
class Graded:
    """What one run of grading came to.

    Attributes:
        assignment: its name.
        judgements: by student's id.
        refused: why, by student's id.
        odd: what was wrong with the folder of submissions.
    """

    assignment: str
    judgements: dict[str, Judgement] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)


def say(text: str) -> None:
    """Print a line of progress."""
    print(text, flush=True)


def submissions(root: Path, assignment: str) -> tuple[dict[str, Path], list[str]]:
    """Find the submissions of an assignment.

    Returns:
        Folders by student's id, and what doesn't look like a submission.
    """
    found: dict[str, Path] = {}
    odd: list[str] = []
    folder = root / SUBMITTED
    ours = _notebooks_in(root / GUIDES / assignment)
    every = {name for guides in (root / GUIDES).glob("*/") for name in _notebooks_in(guides)}
    for student in sorted(folder.iterdir()) if folder.is_dir() else []:
        if student.name.startswith("."):
            continue
        where = SUBMITTED / student.name
        if not student.is_dir():
            odd.append(
                f"{where} is a file. A submission is a folder {SUBMITTED}/<student>/{assignment} "
                "with the notebooks in it."
            )
        elif (student / assignment).is_dir():
            found[student.name] = student / assignment
        elif (student / assignment).exists():
            odd.append(f"{where / assignment} is a file, and should be the folder of notebooks.")
        elif loose := [n for n in _notebooks_in(student) if n in ours or n not in every]:
            odd.append(
                f"{where} holds {loose[0]} itself; notebooks of {assignment} belong in "
                f"{where / assignment}."
            )
    return found, odd


def _notebooks_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.ipynb"))


def judge_all(
    judge: Judge, assignment: str, folders: dict[str, Path], *, again: bool = False
) -> Graded:
    """Judge submissions side by side; the pipeline finds the results in the cache."""
    graded = Graded(assignment)
    if not folders:
        return graded
    began = time.monotonic()
    say(f"Running the reference and its mutants for {assignment}")

    def ready(task: Task) -> None:
        if (seconds := time.monotonic() - began) > 2:  # what is known already needs no line
            say(f"  {task.label} ({seconds:.0f} s)")

    judge.prepare(judge.course.assignment(assignment), ready)

    def one(folder: Path) -> Judgement:
        return judge_submission(judge, judge.read(assignment, folder), again=again)

    with _pool(max(1, (os.cpu_count() or 2) // 2)) as pool:
        waiting = {pool.submit(one, folder): student for student, folder in folders.items()}
        for number, done in enumerate(as_completed(waiting), 1):
            student = waiting[done]
            try:
                judgement = done.result()
            except sandbox.SandboxError as error:
                graded.refused[student] = str(error)
                say(f"  {number} of {len(folders)}  {student}: refused")
                continue
            graded.judgements[student] = judgement
            seconds = time.monotonic() - began
            say(
                f"  {number} of {len(folders)}  {student}: {report.points(judgement.earned)} of "
                f"{report.points(judgement.points)} points ({seconds:.0f} s)"
            )
    graded.judgements = dict(sorted(graded.judgements.items()))
    return graded


@contextlib.contextmanager
def _pool(workers: int) -> Iterator[ThreadPoolExecutor]:
    """Work side by side; an interrupt waits for what has begun, not for what is queued."""
    pool = ThreadPoolExecutor(max_workers=workers)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def nbgrader(root: Path, *arguments: str) -> None:
    """Run one of nbgrader's commands in the project.

    Raises:
        GradingError: it failed; the message holds what it said.
    """
    command = [sys.executable, "-m", "nbgrader", *arguments]
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment)
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if "| INFO]" not in line]
        shown = "\n".join(said[-25:])
        raise GradingError(f"nbgrader {' '.join(arguments)} failed:\n{shown}")


def known_to_nbgrader(root: Path, judge: Judge, assignment: str) -> bool:
    """Tell whether the gradebook knows the assignment as the guides have it now."""
    from nbgrader.api import Gradebook, MissingEntry

    if not (root / GRADEBOOK).exists():
        return False
    model = judge.course.assignment(assignment)
    try:
        with Gradebook(f"sqlite:///{root / GRADEBOOK}", "minitorch") as book:
            entry = book.find_assignment(assignment)
            sources = {
                (notebook.name, cell.name): (cell.source, cell.cell_type)
                for notebook in entry.notebooks
                for cell in notebook.source_cells
            }
            names = {notebook.name for notebook in entry.notebooks}
            points = entry.max_score
    except MissingEntry:
        return False
    wanted = {
        (Path(notebook).stem, mark["grade_id"]): (cell.source, cell.cell_type)
        for notebook in model.notebooks
        for cell in judge.release(notebook).cells
        if (mark := cell.metadata.get("nbgrader"))
    }
    return (
        names == {Path(notebook).stem for notebook in model.notebooks}
        and points == model.points
        and sources == wanted
    )


def grade(root: Path, assignment: str, *, again: bool = False, own: bool = False) -> Graded:
    """Grade one assignment from the submissions to the exported table.

    Args:
        root: the project.
        assignment: e.g. `module0`.
        again: judge anew what is known already.
        own: take prerequisites from the student's own work where that earned its points.

    Raises:
        GradingError: the course or nbgrader is not in order.
    """
    os.environ[PREREQUISITES] = "own" if own else "reference"  # for nbgrader's processes too
    judge = Judge(root, cache=root / CACHE, own_prerequisites=own)
    judge.course.assignment(assignment)
    folders, odd = submissions(root, assignment)
    for line in odd:
        say(f"Left out: {line}")
    if not folders:
        say(f"There are no submissions of {assignment} in {SUBMITTED}.")
        return Graded(assignment, odd=odd)
    if reason := sandbox.available():
        say(f"No sandbox: {reason}")
        say(UNSANDBOXED)
    graded = judge_all(judge, assignment, folders, again=again)
    graded.odd = odd
    if graded.judgements:
        _record(root, judge, graded)
    return graded


def _record(root: Path, judge: Judge, graded: Graded) -> None:
    """Let nbgrader store what was judged, write feedback, and export the points."""
    name = graded.assignment
    if not known_to_nbgrader(root, judge, name):
        _make_room(root, judge, name)
        say(f"nbgrader generate_assignment {name}")
        nbgrader(root, "generate_assignment", name, "--force")
    say(f"nbgrader autograde {name}")
    exclude = [f"--CourseDirectory.student_id_exclude={','.join(graded.refused)}"]
    exclude = exclude if graded.refused else []
    nbgrader(root, "autograde", name, *exclude)
    for student in graded.judgements:
        _forget_old_feedback(root, student, name)
    say(f"nbgrader generate_feedback {name}")
    nbgrader(root, "generate_feedback", name, *exclude)
    nbgrader(root, "export", "--to", str(root / EXPORT))


def _make_room(root: Path, judge: Judge, assignment: str) -> None:
    """Let nbgrader take up another set of notebooks.

    It refuses while submissions of the assignment are in the gradebook. Those of the examples
    are made again in a moment; a student's hold grades that a person gave.

    Raises:
        GradingError: students' submissions are in the way.
    """
    from nbgrader.api import Gradebook, MissingEntry

    if not (root / GRADEBOOK).exists():
        return
    with Gradebook(f"sqlite:///{root / GRADEBOOK}", "minitorch") as book:
        try:
            entry = book.find_assignment(assignment)
        except MissingEntry:
            return
        old = {notebook.name for notebook in entry.notebooks}
        new = {Path(notebook).stem for notebook in judge.course.assignment(assignment).notebooks}
        if old == new:
            return
        students = [submission.student_id for submission in entry.submissions]
        if theirs := [s for s in students if not s.startswith(f"{examples.PREFIX}-")]:
            changed = ", ".join(sorted(old ^ new))
            raise GradingError(
                f"{GRADEBOOK} holds {len(theirs)} graded submissions of {assignment}, and its set "
                f"of notebooks has changed since ({changed}). nbgrader refuses that. Bring the "
                f"notebooks back, or move {GRADEBOOK} away to grade everything anew; grades that "
                "a person gave are in the old file then."
            )
        for student in students:
            book.remove_submission(assignment, student)
            shutil.rmtree(root / "course" / "autograded" / student / assignment, ignore_errors=True)


def _forget_old_feedback(root: Path, student: str, assignment: str) -> None:
    """Remove feedback that is older than the grades; nbgrader would leave it as it is."""
    feedback = root / FEEDBACK / student / assignment
    graded = root / "course" / "autograded" / student / assignment
    if not feedback.is_dir() or not graded.is_dir():
        return
    written = [path.stat().st_mtime for path in feedback.glob("*.html")]
    newest = max((path.stat().st_mtime for path in graded.glob("*.ipynb")), default=0.0)
    if not written or min(written) < newest:
        shutil.rmtree(feedback)


def summary(graded: Graded) -> str:
    """Write what came of it: points, notes, and where things lie."""
    said = [report.table(graded.judgements)] if graded.judgements else []
    for student, judgement in graded.judgements.items():
        notes = [*judgement.notes, *(note for v in judgement.verdicts for note in v.notes)]
        said += [f"  {student}: {note}" for note in notes]
    if graded.refused:
        said.append(f"Refused: {', '.join(graded.refused)}. {next(iter(graded.refused.values()))}")
    if graded.judgements:
        said.append(
            f"Gradebook {GRADEBOOK}, feedback {FEEDBACK}/<student>/{graded.assignment}/, "
            f"table {EXPORT}"
        )
    return "\n".join(said)


def main() -> None:
    """Grade the assignments that were named, or all that have submissions."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("assignments", nargs="*", help="module0 …; all by default")
    parser.add_argument("--again", action="store_true", help="judge anew what is known already")
    parser.add_argument("--examples", action="store_true", help="hand in the examples first")
    parser.add_argument(
        "--own-prerequisites",
        action="store_true",
        help="take prerequisites from the student's own work where that earned its points",
    )
    arguments = parser.parse_args()
    refused = False
    try:
        course = Judge(ROOT, cache=ROOT / CACHE)
        names = arguments.assignments or [a.name for a in course.course.assignments if a.tasks]
        for name in names:
            if arguments.examples:
                examples.write(course, course.course.assignment(name), ROOT / SUBMITTED)
            if not arguments.assignments and not submissions(ROOT, name)[0]:
                continue
            graded = grade(ROOT, name, again=arguments.again, own=arguments.own_prerequisites)
            say(summary(graded))
            refused = refused or bool(graded.refused)
        if not arguments.assignments and not any(submissions(ROOT, n)[0] for n in names):
            say(f"Nothing to grade: put notebooks into {SUBMITTED}/<student>/<module>/.")
    except GradingError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{error.filename or 'A file'}: {error.strerror}. Nothing else was changed.")
    except KeyboardInterrupt:
        sys.exit("Interrupted. Start it again: it goes on where it stopped.")
    if refused:
        sys.exit(1)


if __name__ == "__main__":
    main()
