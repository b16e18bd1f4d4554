"""A platform's table comes back with the points in it, and its hand-ins' names with feedback."""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from grading.collect.collector import Collector
from grading.collect.roster import BRIGHTSPACE, CANVAS, MOODLE, read_table
from grading.course.regions import GradingError
from grading.course.tasks import Assignment, Task
from grading.gradebook import platforms, records
from grading.gradebook.platforms import fill, new_table, pack_feedback, students, task_scores
from grading.gradebook.records import Entry
from grading.tests.collect import made

GUIDE = Path(made.FUNCTIONAL).stem
TASKS = tuple(
    Task(f"task0_{n}", "module0", made.FUNCTIONAL, 20, f"test-task0_{n}", ()) for n in (1, 2)
)
MODULE = Assignment("module0", (made.FUNCTIONAL, made.MODULES), TASKS)
POINTS = {"first": (20.0, 12.5), "second": (0.0, 7.25)}

CANVAS_NAMES = {
    "lovelaceada_9003_5551_03_functional-1.ipynb": "first",
    "hoppergrace_LATE_9017_5553_03_functional.ipynb": "second",
}
MOODLE_NAMES = {
    "Ada Lovelace_12345_assignsubmission_file_/03_functional.ipynb": "first",
    "Grace Hopper_12346_assignsubmission_file_/03_functional.ipynb": "second",
}
BRIGHTSPACE_NAMES = {
    "77-678 - Ada Lovelace - Nov 30, 2026 1159 PM/03_functional.ipynb": "first",
    "78-678 - Grace Hopper - Nov 29, 2026 959 AM/03_functional.ipynb": "second",
}
CLASSES = {
    CANVAS: (made.CANVAS, CANVAS_NAMES, "Module 0 (771)"),
    MOODLE: (made.MOODLE, MOODLE_NAMES, "Grade"),
    BRIGHTSPACE: (
        made.BRIGHTSPACE, BRIGHTSPACE_NAMES, "Module 0 Points Grade <Numeric MaxPoints:50>",
    ),
}  # fmt: skip


def entries_of(points: dict[str, tuple[float, float]]) -> dict[str, Entry]:
    """What the gradebook would hold of the two tasks, by student's id."""
    return {
        student: Entry(
            earned=sum(scores),
            points=MODULE.points,
            contents=[
                [GUIDE, task.grade_id, score, score, False]
                for task, score in zip(TASKS, scores, strict=True)
            ],
        )
        for student, scores in points.items()
    }


def test_the_gradebook_is_read_by_task_and_the_examples_are_no_students(tmp_path: Path) -> None:
    (tmp_path / "course").mkdir()
    with Gradebook(f"sqlite:///{tmp_path / 'course/gradebook.db'}", records.COURSE_ID) as opened:
        book: Any = opened
        book.add_assignment("module0")
        book.add_notebook(GUIDE, "module0")
        for task in TASKS:
            about = {"max_score": task.points, "cell_type": "code"}
            book.add_grade_cell(task.grade_id, GUIDE, "module0", **about)
        for student in ("m1", "example-reference"):
            book.add_student(student, first_name="Ada", last_name="Lovelace", email="a@b.example")
        with book.db.no_autoflush:
            book.add_submission("module0", "m1")
        for task, score in zip(TASKS, POINTS["first"], strict=True):
            book.find_grade(task.grade_id, GUIDE, "module0", "m1").auto_score = score
        book.db.commit()
    found = records.entries(tmp_path, "module0")
    assert task_scores(MODULE, found["m1"]) == {"Task 0.1": 20.0, "Task 0.2": 12.5}
    assert found["m1"].total == 32.5
    names = {"first_name": "Ada", "last_name": "Lovelace", "email": "a@b.example"}
    assert students(tmp_path) == {"m1": names}


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("platform", CLASSES)
def test_a_round_trip_changes_one_column_and_nothing_else(tmp_path: Path, platform: str) -> None:
    """Roster, hand-ins, points, roster: and feedback goes back under the hand-ins' own names."""
    text, names, column = CLASSES[platform]
    roster = made.table(tmp_path / "roster.csv", text)
    table = read_table(roster)
    export = made.packed(
        tmp_path / "export.zip", {name: made.notebook(who) for name, who in names.items()}
    )
    found = Collector(made.course(tmp_path), "module0", table).collect([str(export)])
    assert len(found.placed) == 2 and not found.left_out
    by_work = {raw: name.split("/")[0] for name, raw in made.laid_out(tmp_path).items()}
    points = {by_work[made.notebook(who)]: score for who, score in POINTS.items()}
    done = fill(table, MODULE, entries_of(points))
    assert sorted(done.filled) == sorted(points) and len(done.empty) == 1 and not done.strangers
    table.write(tmp_path / "back.csv")
    before, after = cells(text), cells((tmp_path / "back.csv").read_text("utf-8-sig"))
    assert [list(row) for row in after] == [list(row) for row in before]
    wanted = {"Lovelace": "32.5", "Hopper": "7.25"}
    for old, new in zip(before, after, strict=True):
        who = next((name for name in wanted if name in " ".join(map(str, old.values()))), "")
        assert new[column] == (wanted[who] if who else old[column])
        changed = {name for name in old if old[name] != new[name]}
        assert changed <= {column, "Feedback comments"}
    for student in points:
        folder = tmp_path / "course/feedback" / student / "module0"
        folder.mkdir(parents=True)
        (folder / f"{GUIDE}.html").write_text(student, encoding="utf-8")
    count, unnamed = pack_feedback(tmp_path, MODULE, tmp_path / "feedback.zip")
    assert count == 2 and not unnamed
    with zipfile.ZipFile(tmp_path / "feedback.zip") as archive:
        packed = {name: archive.read(name).decode() for name in archive.namelist()}
    expected = {f"{Path(name).with_suffix('')}.html": by_work[made.notebook(who)]
                for name, who in names.items()}  # fmt: skip
    assert packed == expected


def test_moodles_worksheet_gets_the_points_per_task_as_words(tmp_path: Path) -> None:
    table = read_table(made.table(tmp_path / "r.csv", made.MOODLE))
    done = fill(table, MODULE, entries_of({"m1": (20.0, 12.5)}))
    assert cells(table.text())[0]["Feedback comments"] == "Task 0.1: 20; Task 0.2: 12.5"
    assert "counts 100 points and the gradebook 40" in done.notes[0]


@pytest.mark.parametrize("platform", CLASSES)
def test_points_per_task_and_another_scale(tmp_path: Path, platform: str) -> None:
    text, _, column = CLASSES[platform]
    table = read_table(made.table(tmp_path / "r.csv", text))
    entries = entries_of({table.people[0].id: (20.0, 12.5)})
    fill(table, MODULE, entries, tasks=True, scale=True)
    row = next(row for row in cells(table.text()) if "Lovelace" in " ".join(row.values()))
    assert row[column] == ("81.25" if platform == MOODLE else "40.62")
    end = " Points Grade" if platform == BRIGHTSPACE else ""
    assert row[f"Module 0 Task 0.1{end}"] == "20" and row[f"Module 0 Task 0.2{end}"] == "12.5"
    if platform == BRIGHTSPACE:
        assert table.columns[-1] == "End-of-Line Indicator" and row["End-of-Line Indicator"] == "#"
    if platform == CANVAS:
        assert cells(table.text())[0]["Module 0 Task 0.1"] == "20"


@pytest.mark.parametrize("platform", CLASSES)
def test_without_a_table_a_new_one_has_the_platforms_columns(tmp_path: Path, platform: str) -> None:
    names = {"first_name": "Ada", "last_name": "Lovelace", "email": "a@b.example"}
    table = new_table(platform, {"m1": names})
    fill(table, MODULE, entries_of({"m1": (20.0, 12.5)}))
    rows = cells(table.text())
    assert list(rows[0]) == {
        CANVAS: [
            "Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Module 0",
        ],
        MOODLE: ["ID number", "First name", "Last name", "Email address", "Module 0"],
        BRIGHTSPACE: [
            "OrgDefinedId", "Username", "Module 0 Points Grade", "End-of-Line Indicator",
        ],
    }[platform]  # fmt: skip
    assert [value for value in rows[-1].values() if value == "32.5"] and len(rows) <= 2
    if platform == CANVAS:
        assert rows[0]["Student"].strip() == "Points Possible" and rows[0]["Module 0"] == "40"


def test_a_students_login_or_address_may_be_the_folders_name(tmp_path: Path) -> None:
    table = read_table(made.table(tmp_path / "r.csv", made.BRIGHTSPACE))
    done = fill(
        table,
        MODULE,
        entries_of({"ada": (20.0, 0.0), "grace@uni.example": (1.0, 0.0), "nobody": (2.0, 0.0)}),
    )
    assert done.filled == ["m1", "m2"] and done.strangers == ["nobody"] and done.empty == ["m3"]
    said = platforms.summary(done)
    assert "In the gradebook, but not in the table (1): nobody" in said


def test_a_table_of_another_course_is_a_sentence_and_nothing_is_filled(tmp_path: Path) -> None:
    table = read_table(made.table(tmp_path / "r.csv", made.CANVAS))
    with pytest.raises(GradingError, match="Is it the table of another course"):
        fill(table, MODULE, entries_of({"zoe": (20.0, 0.0)}))
    assert table.text() == made.CANVAS


def test_a_column_that_is_not_there_or_there_twice_is_a_sentence(tmp_path: Path) -> None:
    entries = entries_of({"9003": (20.0, 0.0)})
    table = read_table(made.table(tmp_path / "r.csv", made.CANVAS))
    with pytest.raises(GradingError, match="has no column 'Week 1'"):
        fill(table, MODULE, entries, column="Week 1")
    twice = made.CANVAS.replace("Final Score", "module0 (8)")
    table = read_table(made.table(tmp_path / "r.csv", twice))
    with pytest.raises(GradingError, match="could be meant; name one with --column"):
        fill(table, MODULE, entries)
    fill(table, MODULE, entries, column="module0 (8)")
    assert cells(table.text())[1]["module0 (8)"] == "20"


def test_feedback_without_a_platforms_names_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "course").mkdir()
    with pytest.raises(GradingError, match="python -m grading collect"):
        pack_feedback(tmp_path, MODULE, tmp_path / "f.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["course"]


def test_the_command_says_what_is_wrong_and_leaves_grades_csv(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(platforms, "ROOT", tmp_path)
    monkeypatch.setattr(platforms, "load_course", lambda _: made.course(tmp_path))
    (tmp_path / "course").mkdir()
    roster = str(made.table(tmp_path / "r.csv", made.CANVAS))

    def said(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["export-grades", *words])
        with pytest.raises(SystemExit) as ended:
            platforms.main()
        return str(ended.value)

    assert "holds no points of module0" in said("module0", "--roster", roster)
    monkeypatch.setattr(records, "entries", lambda *_: entries_of({"9003": (20.0, 12.5)}))
    (tmp_path / "course/grades.csv").write_text("as it was", encoding="utf-8")
    assert "No assignment is called" in said("module9", "--roster", roster)
    assert "or say --for" in said("module0")
    assert "is the platform's own table" in said("module0", "--roster", roster, "--output", roster)
    assert Path(roster).read_text(encoding="utf-8") == made.CANVAS
    monkeypatch.setattr(sys, "argv", ["export-grades", "module0", "--roster", roster])
    platforms.main()
    assert (tmp_path / "course/grades-module0.csv").exists()
    assert (tmp_path / "course/grades.csv").read_text(encoding="utf-8") == "as it was"
