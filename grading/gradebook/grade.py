"""Grades what lies in `course/submitted`, with nbgrader, and prints the points.

`make grade`, or `python -m grading grade [assignment …]`. A run that was interrupted goes on
where it stopped; what hasn't changed is not graded twice.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import errno
import os
import re
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from grading.course.regions import GradingError
from grading.course.tasks import Assignment, Task
from grading.gradebook import changes, examples, feedback, keeping, records
from grading.gradebook.nbgrader_plugin import (
    PREREQUISITES,
    UNSANDBOXED,
    handing_over,
    judge_submission,
)
from grading.gradebook.nbgrader_steps import Pipeline
from grading.gradebook.records import Entry
from grading.judge.judge import Judge
from grading.judge.pair import Place, threads
from grading.judge.verdict import Judgement
from grading.paths import AUTOGRADED, FEEDBACK, GRADEBOOK, GRADES, GUIDES, JUDGED, ROOT, SUBMITTED
from grading.sandbox import folders as temporary
from grading.sandbox import run as sandbox
from grading.sandbox.ending import NotYet
from grading.sandbox.usage import cores
from grading.schedule.cluster import cluster
from grading.schedule.progress import Progress
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
        changes: what is different from what was told last.

    """

    assignment: str
    judgements: dict[str, Judgement] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, list[str]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    changes: str = ""


@dataclass(frozen=True)
class Choice:
    """What a run of grading is to do.

    Attributes:
        students: their ids; all by default.
        tasks: ids of the tasks to judge; the others keep their verdicts. All by default.
        again: judge anew what is known already.
        settle: students in whose work what can't be found out counts as wrong.
        own: take prerequisites from the student's own work where that earned its points.

    """

    students: Collection[str] = ()
    tasks: Collection[str] = ()
    again: bool = False
    settle: Collection[str] = ()
    own: bool = False


EVERYTHING = Choice()


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
    choice: Choice = EVERYTHING,
    held: Mapping[str, Mapping[str, str]] | None = None,
) -> Graded:
    """Judge submissions side by side; the pipeline finds the results in the cache.

    Args:
        judge: of the course.
        assignment: its name.
        folders: the submissions by student's id.
        choice: what to judge.
        held: keys of the verdicts that were given last, by student's id and task.

    """
    graded = Graded(assignment)
    if not folders:
        return graded
    began = time.monotonic()
    say(f"Judging {len(folders)} of {assignment}; first the reference and its mutants")

    def ready(task: Task) -> None:
        if (seconds := time.monotonic() - began) > 2:  # what is known already needs no line
            say(f"  {task.label} ({seconds:.0f} s)")

    judge.prepare(judge.course.assignment(assignment), ready, choice.tasks)

    judge.place.begin(judge, assignment)
    reading = threading.BoundedSemaphore(cores())  # a process for each, however large the cluster
    earned = records.earned(judge.course.root, judge.course, assignment)

    def one(student: str, folder: Path) -> tuple[str, Judgement]:
        with reading:
            work = judge.read(assignment, folder)
        work = replace(work, earned=earned.get(student, frozenset()))
        judgement = judge_submission(
            judge,
            work,
            again=choice.again,
            settle=student in choice.settle,
            only=choice.tasks,
            held=(held or {}).get(student),
        )
        return work.digest, judgement

    def tell(student: str, said: str) -> None:
        more = f" ({progress})" if f"{progress}" else ""
        say(f"  {number}  {feedback.short(student)}: {said}{more}")

    def wait(student: str, why: list[str]) -> None:
        graded.waiting[student] = why
        tell(student, "not graded yet")

    def refuse(student: str, why: str) -> None:
        graded.refused[student] = why
        tell(student, "refused")

    progress = Progress(len(folders))
    # The work is done in pairs of a submission and a task; a submission only waits for its own.
    with _pool(judge.place.workers + 1) as pool:
        waiting = {pool.submit(one, *each): each[0] for each in folders.items()}
        for done in as_completed(waiting):
            student, number = waiting[done], progress.count()
            try:
                graded.digests[student], judgement = done.result()
            except NotYet as error:
                wait(student, [str(error)])
                continue
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
            earned_now, of = feedback.points(judgement.earned), feedback.points(judgement.points)
            tell(student, f"{earned_now} of {of} points")
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


def grade(root: Path, assignment: str, choice: Choice = EVERYTHING, address: str = "") -> Graded:
    """Grade one assignment from the submissions to the exported table.

    Args:
        root: the project.
        assignment: e.g. `module0`.
        choice: what to judge.
        address: of a Dask scheduler that judges, e.g. `tcp://10.0.0.1:8786`; else this machine.

    Raises:
        GradingError: the course or nbgrader is not in order, or the scheduler isn't there.

    """
    # For nbgrader's processes, too.
    os.environ[PREREQUISITES] = "own" if choice.own else "reference"
    with keeping.alone(root, say):
        keeping.require_room(root)
        keeping.sweep(root)
        temporary.sweep()
        return _grade(root, assignment, choice, address)


def _grade(root: Path, assignment: str, choice: Choice, address: str) -> Graded:
    """Grade, while no one else does."""
    judge = Judge(root, cache=root / JUDGED, own_prerequisites=choice.own)
    judge.course.assignment(assignment)
    folders, odd = submissions(root, assignment)
    for line in odd:
        say(f"Left out: {line}")
    if not folders:
        say(f"There are no submissions of {assignment} in {SUBMITTED}.")
        return Graded(assignment)
    folders = _chosen(folders, choice.students, assignment)
    told = changes.told(root, assignment)
    held = {
        student: {task: state.key for task, state in states.items()}
        for student, states in told.items()
    }
    with _place(address) as judge.place:
        graded = judge_all(judge, assignment, folders, choice, held)
    graded.odd = [f"Left out: {line}" for line in odd]
    if graded.judgements or graded.waiting:
        try:
            keeping.mend(root)
            if copy := keeping.back_up(root):
                say(f"Copied the gradebook to {copy.relative_to(root)}")
            before = records.entries(root, assignment)
            _record(root, judge, graded, again=choice.again)
            _compare(root, judge, graded, told, before, choice)
        except (DatabaseError, sqlite3.DatabaseError) as error:
            said = str(getattr(error, "orig", error))
            why = keeping.trouble(root, said) or (
                f"{root / GRADEBOOK}: {said}. What was judged is kept: mend this and start again."
            )
            raise GradingError(why) from error
    return graded


def _chosen(folders: dict[str, Path], wanted: Collection[str], assignment: str) -> dict[str, Path]:
    """Take the students that were asked for.

    Raises:
        GradingError: one of them has handed in nothing.

    """
    for student in wanted:
        if student not in folders:
            near = difflib.get_close_matches(student, folders, 3)
            raise GradingError(
                f"There is no submission of {assignment} by {student!r}: "
                f"{SUBMITTED / clean(student, 60) / assignment} is no folder. "
                + (f"Close to it: {', '.join(near)}." if near else "")
            )
    return {student: folders[student] for student in folders if not wanted or student in wanted}


@contextlib.contextmanager
def _place(address: str) -> Iterator[Place]:
    """Open the place where pairs are to be judged: a cluster, else this machine."""
    if address:
        with cluster(address, say) as place:
            yield place
        return
    if reason := sandbox.available():
        say(f"No sandbox: {reason}")
        say(UNSANDBOXED)
    # Sandboxes take turns, one for each core; what is read and compared meanwhile is beside them.
    with threads(2 * cores()) as place:
        yield place


def _compare(
    root: Path,
    judge: Judge,
    graded: Graded,
    told: changes.States,
    before: Mapping[str, Entry],
    choice: Choice,
) -> None:
    """Report which points aren't what they were, and remember them as they are now."""
    tasks = judge.course.assignment(graded.assignment).tasks
    new = {
        student: {
            task.id: changes.state(
                judge,
                task,
                judgement.verdict(task.id),
                graded.digests[student],
                settled=student in choice.settle,
                was=told.get(student, {}).get(task.id),
            )
            for task in tasks
        }
        for student, judgement in graded.judgements.items()
    }
    old = changes.of_gradebook(tasks, before) | told
    graded.changes = changes.report(root, graded.assignment, changes.compare(old, new))
    if told | new != told:
        changes.remember(root, graded.assignment, told | new)


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
        handed = {
            (root / SUBMITTED / student / assignment.name).absolute(): graded.judgements[student]
            for student in changed
        }
        with handing_over(handed):
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
    said += [f"Not graded yet: {names}. {why}" for why, names in _by_reason(graded.waiting)]
    if graded.waiting:
        said.append(WAITING)
    refused = {student: [why] for student, why in graded.refused.items()}
    said += [f"Failed: {names}. {why}" for why, names in _by_reason(refused)]
    said += graded.odd
    said += [graded.changes] if graded.changes else []
    if graded.judgements:
        said.append(
            f"Gradebook {GRADEBOOK}, "
            f"feedback {FEEDBACK}/<student>/{graded.assignment}/, table {GRADES}"
        )
    return "\n".join(said)


def _by_reason(reasons: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Pair each reason with the names of all students that it holds for."""
    names: dict[str, list[str]] = {}
    for student, said in reasons.items():
        for why in said:
            names.setdefault(why, []).append(feedback.short(student))
    return [(why, ", ".join(students)) for why, students in names.items()]


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


def _task_ids(judge: Judge, words: Sequence[str]) -> list[str]:
    """Find the tasks that were named as `1.4`, `Task 1.4` or `task1_4`.

    Raises:
        GradingError: there is none of that name.

    """
    names = {_plain(name): task.id for task in judge.course.tasks for name in _names(task)}
    for word in words:
        if _plain(word) not in names:
            known = ", ".join(task.label.removeprefix("Task ") for task in judge.course.tasks)
            raise GradingError(f"There is no task {word!r}; there are {known}.")
    return [names[_plain(word)] for word in words]


def _names(task: Task) -> tuple[str, ...]:
    return task.id, task.label, task.label.removeprefix("Task ")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("assignments", nargs="*", help="module0 …; all by default")
    several = {"action": "append", "default": []}
    parser.add_argument(
        "--student", **several, metavar="ID", help="grade this student alone; may be repeated"
    )
    parser.add_argument(
        "--task",
        **several,
        metavar="1.4",
        help="judge this task alone, the others keep their points; may be repeated",
    )
    parser.add_argument(
        "--scheduler",
        default="",
        metavar="tcp://…",
        help="judge on the workers of this Dask scheduler; on this machine by default",
    )
    parser.add_argument("--again", action="store_true", help="judge anew what is known already")
    parser.add_argument("--examples", action="store_true", help="hand in the examples first")
    parser.add_argument(
        "--own-prerequisites",
        action="store_true",
        help="take prerequisites from the student's own work where that earned its points",
    )
    parser.add_argument(
        "--settle",
        **several,
        metavar="ID",
        help="of this student, let what can't be found out count as wrong",
    )
    return parser


def main() -> None:
    """Grade the assignments that were named, or all that have submissions."""
    arguments = _parser().parse_args()
    refused = False
    try:
        course = Judge(ROOT, cache=ROOT / JUDGED)
        tasks = _task_ids(course, arguments.task)
        named = arguments.assignments or [
            a.name for a in course.course.assignments if {t.id for t in a.tasks} & {*tasks}
        ]
        names = named or [a.name for a in course.course.assignments if a.tasks]
        for name in names:
            assignment = course.course.assignment(name)
            here = [task.id for task in assignment.tasks if task.id in tasks]
            if tasks and not here:
                raise GradingError(f"{name} has no {course.course.task(tasks[0]).label}.")
            if arguments.examples:
                examples.write(course, assignment, ROOT / SUBMITTED)
            if not named and not submissions(ROOT, name)[0]:
                continue
            choice = Choice(
                students=arguments.student,
                tasks=here,
                again=arguments.again,
                settle=arguments.settle,
                own=arguments.own_prerequisites,
            )
            graded = grade(ROOT, name, choice, arguments.scheduler)
            say(summary(graded))
            refused = refused or bool(graded.refused or graded.waiting)
        if not named and not any(submissions(ROOT, n)[0] for n in names):
            say(f"Nothing to grade: put notebooks into {SUBMITTED}/<student>/<module>/.")
    except GradingError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(_of_a_file(error))
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. Start it again: it goes on where it stopped.")
    if refused:
        sys.exit(1)
