"""A second run leaves alone what holds, and renews what doesn't: points, penalties, feedback."""

from __future__ import annotations

import csv
import datetime
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

from grading.course.guides import load_course
from grading.course.regions import GradingError
from grading.course.tasks import Assignment, Course
from grading.gradebook import grade as grade_module
from grading.gradebook import records
from grading.gradebook.nbgrader_plugin import Links
from grading.gradebook.records import Entry
from grading.judge.verdict import Judgement
from grading.paths import ROOT
from grading.submission.read import Submission
from grading.tests import tiny
from grading.tests.gradebook import test_nbgrader
from grading.tests.gradebook.test_nbgrader import grade, hand_in, project, reference, written

__all__ = ["project"]  # the fixture: a tiny course of this module's own

pytestmark = test_nbgrader.pytestmark
NOTHING_TO_DO = "hold all of this already"


def run(root: Path, *arguments: str) -> str:
    done = grade(root, "module0", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def files(root: Path) -> dict[str, int]:
    """When each graded notebook and each feedback page was written."""
    found = [*(root / "course/autograded").rglob("*.ipynb")]
    found += (root / "course/feedback").rglob("*.html")
    return {path.relative_to(root / "course").as_posix(): path.stat().st_mtime_ns for path in found}


def renewed(root: Path, before: dict[str, int]) -> set[str]:
    """The folder and the student of what was written since."""
    now = files(root)
    assert now.keys() == before.keys()
    return {"/".join(name.split("/")[:2]) for name in now if now[name] != before[name]}


def total(root: Path, student: str) -> float:
    with open(root / "course" / "grades.csv", encoding="utf-8") as file:
        rows = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    return rows[student]


def book(root: Path) -> Any:
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{root}/course/gradebook.db", "minitorch")


@pytest.fixture(scope="module")
def graded(project: Path) -> Path:
    """Two students whose grades and feedback are as they should be; each test leaves them so."""
    hand_in(project, "ada", written(reference(project)))
    hand_in(project, "Lovelace, Bob", written(reference(project)))
    run(project)
    return project


def test_a_second_run_writes_nothing(graded: Path) -> None:
    before = files(graded)
    table = (graded / "course/grades.csv").stat().st_mtime_ns
    assert NOTHING_TO_DO in run(graded)
    assert renewed(graded, before) == set()
    assert (graded / "course/grades.csv").stat().st_mtime_ns == table


def test_only_what_changed_is_graded_again(graded: Path) -> None:
    before = files(graded)
    notebook = reference(graded)
    cell = tiny.cell(notebook, "operators")
    cell.source = cell.source.replace("return x if x > 0 else 0.0", "return x")
    hand_in(graded, "ada", written(notebook))
    said = run(graded)
    assert "1 submission\n" in said
    assert renewed(graded, before) == {"autograded/ada", "feedback/ada"}
    assert total(graded, "ada") == 70
    hand_in(graded, "ada", written(reference(graded)))
    run(graded)


def test_changed_tools_grade_everything_again(graded: Path) -> None:
    """What writes points and feedback counts as much as what judges."""
    before = files(graded)
    path = graded / "grading" / "gradebook" / "feedback.py"
    kept = path.read_text(encoding="utf-8")
    path.write_text(f"{kept}\n# another way to put it\n", encoding="utf-8")
    run(graded)
    everything = {f"{f}/{s}" for f in ("autograded", "feedback") for s in ("ada", "Lovelace, Bob")}
    assert renewed(graded, before) == everything
    path.write_text(kept, encoding="utf-8")
    run(graded)


def test_judging_again_stores_again(graded: Path) -> None:
    before = files(graded)
    run(graded, "--again")
    assert {"autograded/ada", "autograded/Lovelace, Bob"} <= renewed(graded, before)


@pytest.mark.parametrize("lost", ["autograded/ada", "feedback/ada", "gradebook.db", "grades.csv"])
def test_what_was_lost_is_made_again(graded: Path, lost: str) -> None:
    before, points = files(graded), total(graded, "ada")
    path = graded / "course" / lost
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    run(graded)
    assert files(graded).keys() == before.keys()
    assert total(graded, "ada") == points


def test_an_older_gradebook_is_brought_up_to_date(graded: Path) -> None:
    with book(graded) as gradebook_:
        old = gradebook_.find_grade("test-task0_1", "01_functions", "module0", "ada")
        right = old.auto_score
        old.auto_score = right - 1
        gradebook_.db.commit()
    run(graded)
    with book(graded) as gradebook_:
        new = gradebook_.find_grade("test-task0_1", "01_functions", "module0", "ada")
        assert new.auto_score == right


def test_points_given_by_hand_reach_feedback_table_and_report(graded: Path) -> None:
    """In Formgrader a person gives points, extra credit and a comment; then comes make grade."""
    before, points = files(graded), total(graded, "Lovelace, Bob")
    assert "waits" in run(graded)
    with book(graded) as gradebook_:
        place = ("01_functions", "module0", "Lovelace, Bob")
        mark = gradebook_.find_grade("written-task0_3", *place)
        mark.manual_score, mark.extra_credit, mark.needs_manual_grade = 7.5, 1, False
        gradebook_.find_comment("written-task0_3", *place).manual_comment = "Look at the sign."
        gradebook_.db.commit()
    said = run(graded)
    assert renewed(graded, before) == {"feedback/Lovelace, Bob"}
    page = (graded / "course/feedback/Lovelace, Bob/module0/01_functions.html").read_text(
        encoding="utf-8"
    )
    assert "Look at the sign." in page and "Score: 98.5 / 100.0" in page
    assert total(graded, "Lovelace, Bob") == points + 8.5
    line = next(line for line in said.splitlines() if line.startswith("Lovelace, Bob "))
    assert "8.5" in line.split() and "98.5 of 100" in line
    assert NOTHING_TO_DO in run(graded)


def test_what_a_person_decided_stays_decided(graded: Path) -> None:
    """Who graded two hundred answers doesn't look at them again because a probe was mended."""
    place = ("written-task0_3", "01_functions", "module0", "Lovelace, Bob")

    def waits() -> bool:
        with book(graded) as gradebook_:
            return bool(gradebook_.find_grade(*place).needs_manual_grade)

    with book(graded) as gradebook_:
        mark = gradebook_.find_grade(*place)
        mark.manual_score, mark.needs_manual_grade = 7.5, False
        gradebook_.db.commit()
    run(graded, "--again")
    assert not waits(), "the answer is the one that was graded"
    notebook = reference(graded)
    tiny.cell(notebook, "written-3").source = "Another answer."
    hand_in(graded, "Lovelace, Bob", written(notebook))
    run(graded)
    assert waits(), "another answer was handed in"
    hand_in(graded, "Lovelace, Bob", written(reference(graded)))
    run(graded)


def test_a_late_penalty_follows_the_dates(graded: Path) -> None:
    """nbgrader's own step takes the points; it sees a changed date of unchanged work."""
    config = graded / "nbgrader_config.py"
    kept = config.read_text(encoding="utf-8")
    config.write_text(f'{kept}\nc.LateSubmissionPlugin.penalty_method = "zero"\n', encoding="utf-8")
    when = graded / "course" / "submitted" / "ada" / "module0" / "timestamp.txt"
    when.write_text("2026-03-02 10:00:00 UTC", encoding="utf-8")

    def due(date: datetime.datetime) -> None:
        with book(graded) as gradebook_:
            gradebook_.update_or_create_assignment("module0", duedate=date)

    run(graded)
    assert total(graded, "ada") == 90, "nothing is late without a due date"
    others = files(graded)
    due(datetime.datetime(2026, 3, 1))
    said = run(graded)
    assert total(graded, "ada") == 0 and total(graded, "Lovelace, Bob") >= 90
    line = next(line for line in said.splitlines() if line.startswith("ada"))
    assert "-90" in line.split() and "0 of 100" in line
    page = (graded / "course/feedback/ada/module0/01_functions.html").read_text(encoding="utf-8")
    assert "late submission penalty" in page.lower()
    with book(graded) as gradebook_:
        mark = gradebook_.find_grade("written-task0_3", "01_functions", "module0", "ada")
        mark.manual_score, mark.needs_manual_grade = 5, False
        gradebook_.db.commit()
    assert "0 of 100" in next(line for line in run(graded).splitlines() if line.startswith("ada"))
    assert total(graded, "ada") == 0, "points given after the penalty are late, too"
    page = (graded / "course/feedback/ada/module0/01_functions.html").read_text(encoding="utf-8")
    assert "Score: 0.0 / 100.0" in page and "Score: -95.0" in page
    assert NOTHING_TO_DO in run(graded)
    with book(graded) as gradebook_:
        gradebook_.find_grade("written-task0_3", "01_functions", "module0", "ada").manual_score = 0
        gradebook_.db.commit()
    when.write_text("2026-02-28 10:00:00 UTC", encoding="utf-8")
    run(graded)
    assert total(graded, "ada") == 90, "a submission in time"
    when.write_text("2026-03-02 10:00:00 UTC", encoding="utf-8")
    run(graded)
    assert total(graded, "ada") == 0
    due(datetime.datetime(2026, 3, 3))
    run(graded)
    assert total(graded, "ada") == 90, "a later due date"
    assert renewed(graded, others) >= {"autograded/ada", "feedback/ada"}
    when.unlink()
    config.write_text(kept, encoding="utf-8")
    with book(graded) as gradebook_:
        gradebook_.update_or_create_assignment("module0", duedate=None)


def test_one_that_cannot_be_stored_stops_nobody(graded: Path) -> None:
    hand_in(graded, "carol", written(reference(graded)))
    hand_in(graded, "dora", written(reference(graded)))
    (graded / "course" / "autograded" / "carol").write_text("in the way", encoding="utf-8")
    done = grade(graded, "module0")
    assert done.returncode == 1 and "Traceback" not in done.stdout + done.stderr
    assert "Failed: carol. The gradebook did not take it:" in done.stdout
    assert total(graded, "dora") == 90
    assert (graded / "course/feedback/dora/module0/01_functions.html").exists()
    (graded / "course" / "autograded" / "carol").unlink()
    run(graded)
    assert total(graded, "carol") == 90


def test_feedback_that_cannot_be_written_is_told(graded: Path) -> None:
    hand_in(graded, "erin", written(reference(graded)))
    blocked = graded / "course" / "feedback" / "erin"
    blocked.write_text("in the way", encoding="utf-8")
    done = grade(graded, "module0")
    blocked.unlink()
    assert done.returncode == 1 and "Traceback" not in done.stdout + done.stderr
    assert "Failed: erin. No feedback was written: NotADirectoryError: " in done.stdout
    assert total(graded, "erin") == 90
    run(graded)
    assert (blocked / "module0/01_functions.html").exists()


def test_a_gradebook_that_cannot_be_read_is_named(graded: Path) -> None:
    path = graded / "course" / "gradebook.db"
    kept = path.read_bytes()
    path.write_bytes(b"no database" * 1000)
    done = grade(graded, "module0")
    path.write_bytes(kept)
    assert done.returncode == 1 and "Traceback" not in done.stdout + done.stderr
    assert "course/gradebook.db can't be read as a database." in done.stderr
    assert "course/backups" in done.stderr


def test_a_withdrawn_submission_is_named(graded: Path) -> None:
    """Points are never taken away without a word, nor kept without one."""
    hand_in(graded, "frank", written(reference(graded)))
    run(graded)
    shutil.rmtree(graded / "course" / "submitted" / "frank")
    said = run(graded)
    assert "not in course/submitted any more: frank." in said and total(graded, "frank") == 90
    test_nbgrader.nbgrader(graded, "db", "student", "remove", "frank", "--force")
    run(graded)
    with open(graded / "course" / "grades.csv", encoding="utf-8") as file:
        assert "frank" not in file.read()


def test_a_killed_run_goes_on(graded: Path) -> None:
    students = [f"student{number}" for number in range(4)]
    for student in students:
        hand_in(graded, student, written(reference(graded)))
    command = [sys.executable, "-m", "grading", "grade", "module0"]
    pipe = subprocess.PIPE
    env = test_nbgrader.environment(graded)
    killed = subprocess.Popen(command, cwd=graded, env=env, stdout=pipe, encoding="utf-8")
    assert killed.stdout
    for line in killed.stdout:
        if line.startswith("Storing points"):
            break
    done = graded / "course" / "autograded"
    while killed.poll() is None and not any(done.glob("student*")):
        time.sleep(0.01)
    killed.kill()
    killed.communicate()
    run(graded)
    assert [total(graded, student) for student in students] == [90] * 4
    assert NOTHING_TO_DO in run(graded)
    for student in students:
        assert (graded / f"course/feedback/{student}/module0/01_functions.html").exists()


@pytest.mark.parametrize("error", [RecursionError("too deep"), GradingError("too deep")])
def test_a_submission_that_cannot_be_judged_stops_nobody(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
) -> None:
    """Whatever goes wrong with one of them is named; the others are judged."""
    judged = Judgement("module0", "key", ())

    class Anyone:
        course = Course(tmp_path, (Assignment("module0", (), ()),))
        place = SimpleNamespace(workers=1, begin=lambda *_: None)

        def prepare(self, *_: Any) -> None:
            """Nothing needs to be ready."""

        def read(self, name: str, folder: Path) -> Submission:
            return Submission(name, {folder.name: b""})

    def judge(_: Any, submission: Submission, **_more: Any) -> Judgement:
        if "bob" in submission.files:
            raise error
        return judged

    monkeypatch.setattr(grade_module, "judge_submission", judge)
    folders = {name: tmp_path / name for name in ("ada", "bob", "carol")}
    anyone: Any = Anyone()
    graded = grade_module.judge_all(anyone, "module0", folders)
    assert graded.judgements == {"ada": judged, "carol": judged}
    assert graded.refused == {"bob": f"it could not be judged: {type(error).__name__}: too deep"}
    assert "bob: refused" in capsys.readouterr().out


def test_a_changed_answer_in_words_reaches_the_person_who_grades(graded: Path) -> None:
    """No code changed, so that the judgement is the old one."""
    notebook = reference(graded)
    tiny.cell(notebook, "written-3").source = "A second thought."
    hand_in(graded, "ada", written(notebook))
    assert "1 submission\n" in run(graded)
    shown = graded / "course/autograded/ada/module0/01_functions.ipynb"
    assert "A second thought." in shown.read_text(encoding="utf-8")


def test_feedback_leads_to_feedback() -> None:
    """The course's links lead to pages; a student's own are text by then."""
    link = (
        "[back](00_start.ipynb#here), [on](../module1/02_more.ipynb), [out](https://a.org/b.ipynb)"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(link, id="links")])
    course = SimpleNamespace(coursedir=SimpleNamespace(root=ROOT))
    step: Any = SimpleNamespace(parent=SimpleNamespace(parent=course))
    changed, _ = Links.preprocess(step, notebook, {"nbgrader": {"assignment": "module0"}})
    back, on, out = changed.cells[0].source.split(", ")
    assert back == "[back](00_start.html#here)" and out == "[out](https://a.org/b.ipynb)"
    assert on.startswith("[on](https:") and on.endswith("/guides/module1/02_more.html)")


def test_no_total_is_below_nothing() -> None:
    entry = records.Entry(automatic={("n", "a"): 3.0, ("n", "w"): None}, earned=5.0, penalty=6.0)
    assert entry.by_hand == 2 and entry.total == 0


def test_what_was_earned_in_earlier_assignments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a solution that isn't earned, nothing that a program says leaves."""
    course = load_course(ROOT)
    task = course.task("task0_1")
    place = (Path(task.notebook).stem, task.grade_id)
    held = {
        "ada": Entry(automatic={place: task.points}),
        "bob": Entry(automatic={place: task.points - 1}),
        "cyd": Entry(automatic={place: None}),
        "dan": Entry(),
    }
    monkeypatch.setattr(records, "entries", lambda root, name: held if name == "module0" else {})
    assert records.earned(ROOT, course, "module1") == {"ada": frozenset({"task0_1"})}
    assert records.earned(ROOT, course, "module0") == {}
