"""Grades what lies in `course/submitted`, with nbgrader, and prints the points.

`make grade`, or `python -m grading grade [assignment …]`. A run that was interrupted goes on
where it stopped; what hasn't changed is not graded twice.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from grading.course.regions import GradingError
from grading.course.tasks import Assignment, Task
from grading.gradebook import examples, feedback, keeping, records
from grading.gradebook.nbgrader_plugin import (
    PREREQUISITES,
    UNSANDBOXED,
    judge_submission,
)
from grading.gradebook.nbgrader_steps import Pipeline
from grading.gradebook.records import Entry
from grading.judge.judge import Judge
from grading.judge.verdict import Judgement
from grading.paths import AUTOGRADED, FEEDBACK, GRADEBOOK, GRADES, GUIDES, JUDGED, ROOT, SUBMITTED
from grading.sandbox import folders as temporary
from grading.sandbox import run as sandbox
from grading.sandbox.usage import cores
from grading.submission.read import SubmissionError, unfit
from grading.submission.sanitize import clean

QUIET = 5.0  # seconds between two lines of progress
_NO_ROOM = {errno.ENOMEM, errno.EAGAIN}  # no memory, or no process more

WAITING = (
    "What is not graded yet has lost nothing: the gradebook keeps what it held, and the next "
    "make grade tries again. If that is of no help, look at the work: with --settle ID, a task "
    "that can't be run to its end earns nothing, and a person may give it points in Formgrader."
)


@dataclass
class Graded:
    """What one run of grading came to.

    Attributes:
        assignment: its name.
        judgements: by student's id.
        digests: of what was handed in, by student's id.
        waiting: why tasks are not graded yet, by student's id; of those nothing is stored.
        refused: what could not be done and why, by student's id.
        odd: what a person should look at besides.
        entries: what the gradebook holds, by student's id; points given by hand, too.

    """

    assignment: str
    judgements: dict[str, Judgement] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, list[str]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)


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
    others = every - {*ours}
    for student in sorted(folder.iterdir()) if folder.is_dir() else []:
        try:
            why = _out_of_place(student, assignment, others)
            if not why and (student / assignment).is_dir():
                found[student.name] = student / assignment
        except OSError as error:
            why = f"can't be read: {error.strerror}."
        if why:
            odd.append(f"{SUBMITTED / clean(student.name, 60)} {why}")
    return found, odd


def _out_of_place(student: Path, assignment: str, others: Collection[str]) -> str:
    """Say why something among the submissions isn't taken for one; empty if nothing is odd.

    Args:
        student: a folder, or what is there instead.
        assignment: its name.
        others: notebooks of other assignments.

    """
    place = SUBMITTED / clean(student.name, 60) / assignment
    if not student.is_dir():
        belongs = f"A submission is a folder {SUBMITTED}/<student>/{assignment} with notebooks."
        return "" if student.name.startswith(".") else f"is a file. {belongs}"
    if (student / assignment).is_dir():
        why = unfit(student.name)
        return f"is left alone: {why}. Rename it to the student's id." if why else ""
    if (student / assignment).exists():
        return f"holds a file {assignment}; that should be the folder of notebooks."
    folders = sorted(path.name for path in student.iterdir() if path.is_dir())
    if alike := [name for name in folders if _plain(name) == _plain(assignment)]:
        return f"holds a folder {clean(alike[0], 60)!r}; rename it to {assignment}."
    if student.name.startswith("."):
        return ""
    loose = [name for name in _notebooks_in(student) if name not in others]
    zips = sorted(path.name for path in student.glob("*.[zZ][iI][pP]"))
    loose += [name for name in zips if not folders or _plain(assignment) in _plain(name)]
    if loose:
        return f"holds {clean(loose[0], 60)} itself; notebooks of {assignment} belong in {place}."
    return ""


def _plain(name: str) -> str:
    """Leave out how a name is spelled: `Module 0` is `module0`."""
    return "".join(c for c in name.casefold() if c.isalnum())


def _notebooks_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.ipynb"))


def judge_all(
    judge: Judge,
    assignment: str,
    folders: dict[str, Path],
    *,
    again: bool = False,
    settle: Collection[str] = (),
) -> Graded:
    """Judge submissions side by side; the pipeline finds the results in the cache.

    Args:
        judge: of the course.
        assignment: its name.
        folders: the submissions by student's id.
        again: judge anew what is known already.
        settle: students in whose work what can't be found out counts as wrong.

    """
    graded = Graded(assignment)
    if not folders:
        return graded
    began = time.monotonic()
    say(f"Judging {len(folders)} of {assignment}; first the reference and its mutants")

    def ready(task: Task) -> None:
        if (seconds := time.monotonic() - began) > 2:  # what is known already needs no line
            say(f"  {task.label} ({seconds:.0f} s)")

    judge.prepare(judge.course.assignment(assignment), ready)

    earned = records.earned(judge.course.root, judge.course, assignment)

    def one(student: str, folder: Path) -> tuple[str, Judgement]:
        work = judge.read(assignment, folder)
        work = replace(work, earned=earned.get(student, frozenset()))
        settled = student in settle
        return work.digest, judge_submission(judge, work, again=again, settle=settled)

    def wait(student: str, why: list[str]) -> None:
        graded.waiting[student] = why
        say(f"  {number} of {len(folders)}  {feedback.short(student)}: not graded yet")

    def refuse(student: str, why: str) -> None:
        graded.refused[student] = why
        say(f"  {number} of {len(folders)}  {feedback.short(student)}: refused")

    with _pool(max(1, cores() // 2)) as pool:
        waiting = {pool.submit(one, *each): each[0] for each in folders.items()}
        for number, done in enumerate(as_completed(waiting), 1):
            student = waiting[done]
            try:
                graded.digests[student], judgement = done.result()
            except (sandbox.SandboxError, SubmissionError) as error:
                refuse(student, str(error))
                continue
            except (MemoryError, OSError) as error:
                if not isinstance(error, MemoryError) and error.errno not in _NO_ROOM:
                    raise  # the disk: nothing to do with one of them
                wait(student, [f"this machine had no room for it: {error or 'no memory'}"])
                continue
            except Exception as error:  # whatever one submission brings, the others are graded
                refuse(student, f"it could not be judged: {type(error).__name__}: {error}")
                continue
            if judgement.waits:
                wait(student, judgement.waits)
                continue
            graded.judgements[student] = judgement
            seconds = time.monotonic() - began
            say(
                f"  {number} of {len(folders)}  {feedback.short(student)}: "
                f"{feedback.points(judgement.earned)} of "
                f"{feedback.points(judgement.points)} points ({seconds:.0f} s)"
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


def grade(
    root: Path,
    assignment: str,
    *,
    again: bool = False,
    own: bool = False,
    settle: Collection[str] = (),
) -> Graded:
    """Grade one assignment from the submissions to the exported table.

    Args:
        root: the project.
        assignment: e.g. `module0`.
        again: judge anew what is known already.
        own: take prerequisites from the student's own work where that earned its points.
        settle: students in whose work what can't be found out counts as wrong.

    Raises:
        GradingError: the course or nbgrader is not in order.

    """
    os.environ[PREREQUISITES] = "own" if own else "reference"  # for nbgrader's processes too
    with keeping.alone(root, say):
        keeping.require_room(root)
        keeping.sweep(root)
        temporary.sweep()
        return _grade(root, assignment, again=again, own=own, settle=settle)


def _grade(
    root: Path, assignment: str, *, again: bool, own: bool, settle: Collection[str]
) -> Graded:
    """Grade, while no one else does."""
    judge = Judge(root, cache=root / JUDGED, own_prerequisites=own)
    judge.course.assignment(assignment)
    folders, odd = submissions(root, assignment)
    for line in odd:
        say(f"Left out: {line}")
    if not folders:
        say(f"There are no submissions of {assignment} in {SUBMITTED}.")
        return Graded(assignment)
    if reason := sandbox.available():
        say(f"No sandbox: {reason}")
        say(UNSANDBOXED)
    graded = judge_all(judge, assignment, folders, again=again, settle=settle)
    graded.odd = [f"Left out: {line}" for line in odd]
    if graded.judgements or graded.waiting:
        try:
            keeping.mend(root)
            if copy := keeping.back_up(root):
                say(f"Copied the gradebook to {copy.relative_to(root)}")
            _record(root, judge, graded, again=again)
        except (DatabaseError, sqlite3.DatabaseError) as error:
            said = str(getattr(error, "orig", error))
            why = keeping.trouble(root, said) or (
                f"{root / GRADEBOOK}: {said}. What was judged is kept: mend this and start again."
            )
            raise GradingError(why) from error
    return graded


def _record(root: Path, judge: Judge, graded: Graded, *, again: bool = False) -> None:
    """Let nbgrader store what was judged, write feedback, and export the points.

    What the gradebook and the folders hold already is left alone.
    """
    assignment = judge.course.assignment(graded.assignment)
    pipeline = Pipeline(root)
    if not records.known(root, judge, assignment):
        records.make_room(root, judge, assignment)
        say(f"Telling the gradebook of {assignment.name}")
        pipeline.generate_assignment(assignment.name)
        again = True  # checks or points may have changed
    stored = _store(root, pipeline, assignment, graded, again=again)
    records.name_examples(root)
    pipeline.count_lateness(assignment.name)
    entries = records.entries(root, assignment.name)
    graded.entries = {student: entries[student] for student in graded.judgements}
    if gone := [s for s in entries if not (root / SUBMITTED / s / assignment.name).is_dir()]:
        names = ", ".join(feedback.short(student) for student in sorted(gone))
        graded.odd.append(
            f"In the gradebook, but not in {SUBMITTED} any more: {names}. Their "
            f"points stay in {GRADES}; `nbgrader db student remove ID --force` takes a student out."
        )
    written = _write_feedback(root, pipeline, assignment, graded)
    table, book = root / GRADES, root / GRADEBOOK
    old = not table.exists() or table.stat().st_mtime < book.stat().st_mtime
    if old or graded.waiting:  # who waits has a line without points, and is not in the gradebook
        pipeline.export(table)
    if not stored and not written and graded.judgements:
        say(f"Gradebook and feedback of {assignment.name} hold all of this already")


def _store(
    root: Path, pipeline: Pipeline, assignment: Assignment, graded: Graded, *, again: bool
) -> int:
    """Store points where they aren't stored yet; say of how many submissions."""

    def missing(students: Iterable[str]) -> list[str]:
        graded.entries = records.entries(root, assignment.name)
        return [s for s in students if not _recorded(root, assignment, graded, s)]

    left = keeping.unsettled(root, assignment.name)  # by a run that was killed
    changed = missing(graded.judgements)
    changed = list(graded.judgements) if again else changed
    if changed:
        progress = _progress("Storing points in the gradebook", len(changed))
        before = left | records.decided(root, assignment.name)
        keeping.remember(root, assignment.name, before)
        said = pipeline.autograde(assignment.name, changed, progress)
        left = before
    else:
        said = ""
    if left:
        records.decided(root, assignment.name, settle=left)
        keeping.remember(root, assignment.name, {})
    if changed:
        for student in missing(changed):
            graded.refused[student] = f"The gradebook did not take it: {_reason(said)}"
            del graded.judgements[student]
    return len(changed)


def _reason(said: str) -> str:
    """Find in what nbgrader logged the error that it is about."""
    lines = said.strip().splitlines() or ["nbgrader gave no reason"]
    errors = [line for line in lines if re.match(r"[\w.]+(Error|Exception)\b", line)]
    return (errors or lines)[-1]


def _recorded(root: Path, assignment: Assignment, graded: Graded, student: str) -> bool:
    folder = root / AUTOGRADED / student / assignment.name
    stamp = _stamp(root, graded, student)
    return records.is_recorded(folder, _files(assignment), stamp, graded.entries.get(student))


def _stamp(root: Path, graded: Graded, student: str) -> str:
    folder = root / SUBMITTED / student / graded.assignment
    key = graded.judgements[student].key
    return records.stamp(root, key, graded.digests[student], folder)


def _files(assignment: Assignment) -> list[str]:
    return [Path(notebook).name for notebook in assignment.notebooks]


def _write_feedback(root: Path, pipeline: Pipeline, assignment: Assignment, graded: Graded) -> int:
    """Write the feedback that doesn't show the gradebook as it is; say of how many submissions."""
    folders: dict[str, Path] = {}
    states: dict[str, str] = {}
    for student, entry in graded.entries.items():
        folder = root / FEEDBACK / student / assignment.name
        state = records.shown_in_feedback(_stamp(root, graded, student), entry)
        if not records.has_feedback(folder, _files(assignment), state):
            folders[student], states[student] = folder, state
    done: list[str] = []

    def mark() -> None:
        """Note what the last page written shows; a run that is interrupted goes on after it."""
        for student in done[-1:]:
            if folders[student].is_dir():
                (folders[student] / records.MADE_FROM).write_text(states[student], encoding="utf-8")

    def begin(student: str) -> None:
        mark()
        done.append(student)
        progress(student)

    if folders:
        progress = _progress("Writing feedback", len(folders))
        said = pipeline.feedback(assignment.name, list(folders), begin)
        mark()
        for student in folders:
            if not folders[student].is_dir():
                graded.refused[student] = f"No feedback was written: {_reason(said)}"
    return len(folders)


def _progress(what: str, count: int) -> Callable[[str], None]:
    """Make a function that says how far a step is: at its beginning, then every few seconds."""
    began = said = time.monotonic()
    number = 0
    say(f"{what}: {count} submission{'s' * (count != 1)}")

    def ready(student: str) -> None:
        nonlocal number, said
        number += 1
        if time.monotonic() - said > QUIET:
            said = time.monotonic()
            say(f"  {number} of {count}  {feedback.short(student)} ({said - began:.0f} s)")

    return ready


def summary(graded: Graded) -> str:
    """Write what came of it: points, notes, and where things lie."""
    said = [feedback.table(graded.judgements, graded.entries)] if graded.judgements else []
    for student, judgement in graded.judgements.items():
        said += [f"  {feedback.short(student)}: {note}" for note in feedback.notes(judgement)]
    for student, reasons in graded.waiting.items():
        said += [f"Not graded yet: {feedback.short(student)}. {why}" for why in reasons]
    if graded.waiting:
        said.append(WAITING)
    for why in dict.fromkeys(graded.refused.values()):
        students = [feedback.short(student) for student, w in graded.refused.items() if w == why]
        said.append(f"Failed: {', '.join(students)}. {why}")
    said += graded.odd
    if graded.judgements:
        said.append(
            f"Gradebook {GRADEBOOK}, "
            f"feedback {FEEDBACK}/<student>/{graded.assignment}/, table {GRADES}"
        )
    return "\n".join(said)


def _of_a_file(error: OSError) -> str:
    """Say which file or folder something went wrong with, and what to do."""
    path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else None
    place = ROOT / "course" if path is None else path if path.is_absolute() else ROOT / path
    folder = place.parent
    what = {
        errno.ENOSPC: f"the disk that holds {folder} is full; make room there",
        errno.EDQUOT: f"you may not fill more of the disk that holds {folder}; make room there",
        errno.EROFS: f"{folder} can't be written; let it be written",
        errno.EACCES: f"you may not use it; let {folder} be read and written",
    }.get(error.errno or 0, f"{error.strerror or error}; mend this")
    return f"{place}: {what} and start it again. What was finished is kept."


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
    parser.add_argument(
        "--settle",
        action="append",
        default=[],
        metavar="ID",
        help="of this student, let what can't be found out count as wrong",
    )
    arguments = parser.parse_args()
    refused = False
    try:
        course = Judge(ROOT, cache=ROOT / JUDGED)
        names = arguments.assignments or [a.name for a in course.course.assignments if a.tasks]
        for name in names:
            if arguments.examples:
                examples.write(course, course.course.assignment(name), ROOT / SUBMITTED)
            if not arguments.assignments and not submissions(ROOT, name)[0]:
                continue
            graded = grade(
                ROOT,
                name,
                again=arguments.again,
                own=arguments.own_prerequisites,
                settle=arguments.settle,
            )
            say(summary(graded))
            refused = refused or bool(graded.refused or graded.waiting)
        if not arguments.assignments and not any(submissions(ROOT, n)[0] for n in names):
            say(f"Nothing to grade: put notebooks into {SUBMITTED}/<student>/<module>/.")
    except GradingError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(_of_a_file(error))
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. Start it again: it goes on where it stopped.")
    if refused:
        sys.exit(1)
