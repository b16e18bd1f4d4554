"""What nbgrader's gradebook and folders hold, so that only what changed is written again."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grading.course.regions import GradingError
from grading.course.tasks import Assignment, Course
from grading.gradebook import examples
from grading.judge.judge import Judge
from grading.paths import AUTOGRADED, BACKUPS, GRADEBOOK
from grading.submission.handed_in import read_file

COURSE_ID = "minitorch"
STAMP = "minitorch_judgement"  # in a graded notebook's metadata
LONGEST_DATE = 100  # bytes of a timestamp.txt
MADE_FROM = ".made_from"  # beside feedback pages: the state of the gradebook that they show

GRADE_COLUMNS = 5  # of what an entry holds of a graded cell; comments and penalties have three

# What turns a judgement into stored points and feedback; the judge's key names the rest.
WRITERS = (
    "nbgrader_config.py",
    "grading/gradebook/nbgrader_plugin.py",
    "grading/gradebook/feedback.py",
)


@dataclass
class Entry:
    """What the gradebook holds of one submission.

    Attributes:
        automatic: scores of graded cells by notebook and grade_id; None where a person grades.
        earned: all points, before a penalty for lateness.
        points: what could be earned.
        penalty: points taken off because it was late.
        waits: something in it waits for a person.
        contents: every number and comment that feedback shows.

    """

    automatic: dict[tuple[str, str], float | None] = field(default_factory=dict)
    earned: float = 0.0
    points: float = 0.0
    penalty: float = 0.0
    waits: bool = False
    contents: list[Any] = field(default_factory=list)

    @property
    def total(self) -> float:
        """Points after the penalty, as in nbgrader's own export."""
        return max(0.0, self.earned - self.penalty)

    @property
    def scores(self) -> dict[tuple[str, str], float]:
        """Points of graded cells as they count, by notebook and grade_id."""
        return {(row[0], row[1]): row[3] for row in self.contents if len(row) == GRADE_COLUMNS}

    @property
    def by_hand(self) -> float:
        """Points that a person gave, beyond or instead of the automatic ones."""
        return self.earned - sum(score or 0.0 for score in self.automatic.values())


def entries(root: Path, assignment: str) -> dict[str, Entry]:
    """Read an assignment's submissions from the gradebook, by student's id."""
    from nbgrader.api import Gradebook, MissingEntry

    if not (root / GRADEBOOK).exists():
        return {}
    with Gradebook(f"sqlite:///{root / GRADEBOOK}", COURSE_ID) as book:
        try:
            row = book.find_assignment(assignment)
        except MissingEntry:
            return {}
        return _read(book, row)


def earned(root: Path, course: Course, assignment: str) -> dict[str, frozenset[str]]:
    """Say of which tasks of other assignments each student has all points, by student's id.

    The judge's own points count, not those that a person gave.
    """
    found: dict[str, set[str]] = {}
    needed = {each for task in course.assignment(assignment).tasks for each in task.requires}
    for other in course.assignments:
        tasks = [task for task in other.tasks if task.id in needed]
        if other.name == assignment or not tasks:
            continue
        for student, entry in entries(root, other.name).items():
            for task in tasks:
                score = entry.automatic.get((Path(task.notebook).stem, task.grade_id))
                if score is not None and score >= task.points:
                    found.setdefault(student, set()).add(task.id)
    return {student: frozenset(tasks) for student, tasks in found.items()}


def _read(book: Any, row: Any) -> dict[str, Entry]:
    """Read in a few queries what nbgrader's objects would ask for cell by cell."""
    from nbgrader import api

    submitted, notebook, cell = api.SubmittedAssignment, api.SubmittedNotebook, api.BaseCell
    found: dict[str, Entry] = {}
    wanted = submitted.assignment_id == row.id
    for (student,) in book.db.query(submitted.student_id).filter(wanted):
        found[student] = Entry(points=row.max_score)

    def each(model: Any, *more: Any) -> Any:
        """Ask for something that belongs to a submitted notebook and a cell."""
        return (
            book.db.query(submitted.student_id, api.Notebook.name, cell.name, *more)
            .select_from(model)
            .join(notebook, model.notebook_id == notebook.id)
            .join(submitted, notebook.assignment_id == submitted.id)
            .join(api.Notebook, notebook.notebook_id == api.Notebook.id)
            .join(cell, model.cell_id == cell.id)
            .filter(wanted)
            .order_by(submitted.student_id, api.Notebook.name, cell.name)
        )

    grades = each(api.Grade, api.Grade.auto_score, api.Grade.score, api.Grade.needs_manual_grade)
    for student, name, grade_id, automatic, score, waits in grades:
        entry = found[student]
        entry.automatic[name, grade_id] = automatic
        entry.earned += score
        entry.waits = entry.waits or waits
        entry.contents.append([name, grade_id, automatic, score, waits])
    for student, *comment in each(api.Comment, api.Comment.comment):
        found[student].contents.append(comment)
    penalties = (
        book.db.query(submitted.student_id, api.Notebook.name, notebook.late_submission_penalty)
        .select_from(notebook)
        .join(submitted, notebook.assignment_id == submitted.id)
        .join(api.Notebook, notebook.notebook_id == api.Notebook.id)
        .filter(wanted)
        .order_by(submitted.student_id, api.Notebook.name)
    )
    for student, name, penalty in penalties:
        found[student].penalty += penalty or 0.0
        found[student].contents.append([name, "penalty", penalty])
    return found


Decided = dict[tuple[str, str, str], tuple[float | None, str]]


def decided(root: Path, assignment: str, *, settle: Decided | None = None) -> Decided:
    """Read what a person graded: automatic score and text by student, notebook and cell.

    nbgrader asks for a second look whenever it stores a submission anew, be it the same.

    Args:
        root: the project.
        assignment: its name.
        settle: what was decided earlier; where it is unchanged, no second look is asked for.

    """
    from nbgrader import api

    if not (root / GRADEBOOK).exists():
        return {}
    found: Decided = {}
    with api.Gradebook(f"sqlite:///{root / GRADEBOOK}", COURSE_ID) as book:
        grades: Any = book.db.query(api.Grade).filter(api.Grade.manual_score.isnot(None))
        for grade in grades:
            place = (grade.student.id, grade.notebook.name, grade.name)
            if grade.assignment.name != assignment:
                continue
            now = (grade.auto_score, _text(root, assignment, *place))
            if settle and settle.get(place) == now:
                grade.needs_manual_grade = False
            if not grade.needs_manual_grade:
                found[place] = now
        book.db.commit()
    return found


def _text(root: Path, assignment: str, student: str, notebook: str, grade_id: str) -> str:
    """Read a cell of a graded notebook."""
    path = root / AUTOGRADED / student / assignment / f"{notebook}.ipynb"
    try:
        for cell in json.loads(path.read_bytes())["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id:
                return "".join(cell["source"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return ""


def name_examples(root: Path) -> None:
    """Give the example submissions names; Formgrader calls who has none `None, None`."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / GRADEBOOK}", COURSE_ID) as book:
        students: Any = book.students
        for student in students:
            kind = student.id.removeprefix(f"{examples.PREFIX}-")
            if kind != student.id and student.last_name is None:
                student.last_name, student.first_name = examples.PREFIX.capitalize(), kind
        book.db.commit()


# What is recorded already


def stamp(root: Path, key: str, digest: str, folder: Path) -> str:
    """Name all that the record of a submission depends on.

    Args:
        root: the project.
        key: of the judgement: the answers, the release, the tools that grade.
        digest: of the submission: what a person grades counts, too.
        folder: the submission; when it was handed in counts.

    """
    made = hashlib.sha256(f"{key} {digest} ".encode())
    made.update(read_file(folder / "timestamp.txt", LONGEST_DATE)[0] or b"")
    for name in WRITERS:
        path = root / name
        made.update(path.read_bytes() if path.exists() else b"-")
    return made.hexdigest()


def is_recorded(folder: Path, names: Iterable[str], stamped: str, entry: Entry | None) -> bool:
    """Tell whether graded notebooks are complete, still true, and what the gradebook says.

    Args:
        folder: the graded notebooks of a submission.
        names: the files that must be there.
        stamped: what they must have been made from.
        entry: what the gradebook holds.

    """
    if entry is None:
        return False
    for name in names:
        try:
            read = json.loads((folder / name).read_bytes())["metadata"][STAMP]
            scores = {(Path(name).stem, cell): score for cell, score in read["scores"].items()}
            if read["key"] != stamped or not scores.items() <= entry.automatic.items():
                return False
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return False
    return True


def shown_in_feedback(stamped: str, entry: Entry) -> str:
    """Name what feedback shows: the graded notebooks, points and comments given by hand too."""
    return hashlib.sha256(json.dumps([stamped, entry.contents]).encode()).hexdigest()


def has_feedback(folder: Path, names: Iterable[str], state: str) -> bool:
    """Tell whether feedback pages are there and show this state of the gradebook."""
    try:
        made_from = (folder / MADE_FROM).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return made_from == state and all((folder / f"{Path(n).stem}.html").exists() for n in names)


# The assignment itself


def known(root: Path, judge: Judge, assignment: Assignment) -> bool:
    """Tell whether the gradebook knows the assignment as the guides have it now."""
    from nbgrader.api import Gradebook, MissingEntry

    if not (root / GRADEBOOK).exists():
        return False
    try:
        with Gradebook(f"sqlite:///{root / GRADEBOOK}", COURSE_ID) as book:
            entry = book.find_assignment(assignment.name)
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
        for notebook in assignment.notebooks
        for cell in judge.release(notebook).cells
        if (mark := cell.metadata.get("nbgrader"))
    }
    return (
        names == {Path(notebook).stem for notebook in assignment.notebooks}
        and points == assignment.points
        and sources == wanted
    )


KINDS = ("grade", "solution", "task")
Cells = set[tuple[str, str, str]]  # notebook, grade_id, what nbgrader does with it


def _cells_known(entry: Any) -> Cells:
    """List an assignment's cells in the gradebook, and its notebooks."""
    found: Cells = {(notebook.name, "", "notebook") for notebook in entry.notebooks}
    for notebook in entry.notebooks:
        for kind in (*KINDS, "source"):
            cells = getattr(notebook, f"{kind}_cells")
            found |= {(notebook.name, each.name, kind) for each in cells}
    return found


def _cells_wanted(judge: Judge, assignment: Assignment) -> Cells:
    """List an assignment's cells in the guides, and its notebooks."""
    found: Cells = {(Path(notebook).stem, "", "notebook") for notebook in assignment.notebooks}
    for notebook in assignment.notebooks:
        for cell in judge.release(notebook).cells:
            mark = cell.metadata.get("nbgrader", {})
            kinds = [kind for kind in KINDS if mark.get(kind)]
            kinds += ["source"] * bool(kinds or mark.get("locked"))
            found |= {(Path(notebook).stem, mark["grade_id"], kind) for kind in kinds}
    return found


def _changes(old: Cells, new: Cells) -> str:
    """Say what was added and what is gone."""
    said = []
    for what, cells in (("new", new - old), ("gone", old - new)):
        whole = {notebook for notebook, cell, _ in cells if not cell}
        names = [f"{notebook}.ipynb" for notebook in sorted(whole)]
        names += sorted({f"{cell} in {n}.ipynb" for n, cell, _ in cells if cell and n not in whole})
        said += [f"{what} {', '.join(names)}"] if names else []
    return "; ".join(said)


def make_room(root: Path, judge: Judge, assignment: Assignment) -> None:
    """Let nbgrader take up another set of notebooks or graded cells.

    It refuses while submissions of the assignment are in the gradebook. Those of the examples
    are made again in a moment; a student's hold grades that a person gave.

    Raises:
        GradingError: students' submissions are in the way.

    """
    from nbgrader.api import Gradebook, MissingEntry

    if not (root / GRADEBOOK).exists():
        return
    name = assignment.name
    with Gradebook(f"sqlite:///{root / GRADEBOOK}", COURSE_ID) as book:
        try:
            entry = book.find_assignment(name)
        except MissingEntry:
            return
        old, new = _cells_known(entry), _cells_wanted(judge, assignment)
        if old == new:
            return
        students = [submission.student_id for submission in entry.submissions]
        if theirs := [s for s in students if not s.startswith(f"{examples.PREFIX}-")]:
            raise GradingError(
                f"{GRADEBOOK} holds {len(theirs)} graded submissions of {name}, and its notebooks "
                f"or graded cells have changed since: {_changes(old, new)}. nbgrader refuses that, "
                "since points and comments belong to a cell. Bring back what is gone and take out "
                f"what is new; or run `nbgrader db assignment remove {name} --force` and then make "
                f"grade, and all of {name} is stored anew. That drops the points and comments that "
                f"a person gave in {name}; a copy of the gradebook is in {BACKUPS}."
            )
        for student in students:
            book.remove_submission(name, student)
            shutil.rmtree(root / AUTOGRADED / student / name, ignore_errors=True)
