"""nbgrader from the project's root: autograde, feedback, gradebook and export use the judge."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter

from grading.gradebook import examples
from grading.gradebook.grade import submissions
from grading.gradebook.nbgrader_plugin import NO_ALT, PageExporter, distrust, outputs
from grading.judge.judge import Judge
from grading.sandbox import run as sandbox
from grading.tests import tiny

REASON = sandbox.available()
if REASON and os.environ.get("CI") == "true":
    pytest.fail(f"CI must test grading: {REASON}", pytrace=False)

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.slow,
    pytest.mark.skipif(bool(REASON), reason=REASON),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny course with its own copy of the tools, as a user has it, and a released module."""
    root = tiny.make_project(tmp_path_factory.mktemp("nbgrader") / "project")
    nbgrader(root, "generate_assignment", "module0")
    return root


def nbgrader(root: Path, *arguments: str, good: bool = True) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        env=environment(root),
    )
    said = done.stdout + done.stderr
    assert (done.returncode == 0) == good, said
    return said


def environment(root: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(root), "PYTHONWARNINGS": "ignore"}


def grade(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "grading", "grade", *arguments]
    return subprocess.run(
        command, cwd=root, capture_output=True, encoding="utf-8", env=environment(root)
    )


def hand_in(root: Path, student: str, raw: bytes) -> Path:
    folder = root / "course" / "submitted" / student / "module0"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / Path(tiny.GUIDE).name).write_bytes(raw)
    return folder


def reference(root: Path) -> Any:
    judge = Judge(root)
    made = examples.make(judge, judge.course.assignments[0])["example-reference"]
    return nbformat.reads(made[tiny.GUIDE].decode(), 4)


def written(notebook: Any) -> bytes:
    return nbformat.writes(notebook).encode()


def scores(root: Path) -> dict[str, dict[str, float | None]]:
    """Points by student and graded cell, as the gradebook holds them."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root}/course/gradebook.db", "minitorch") as book:
        return {
            str(submission.student_id): {
                grade.name: grade.auto_score
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in book.assignment_submissions("module0")
        }


@pytest.fixture(scope="module")
def graded(project: Path) -> Path:
    """A class: right, partly right, untouched, and everything that ends other graders."""
    notebook = reference(project)
    hand_in(project, "right", written(notebook))
    cell = tiny.cell(notebook, "operators")
    cell.source = cell.source.replace("return product_of_both", "return product_of_both + 2")
    hand_in(project, "partly", written(notebook))
    judge = Judge(project)
    hand_in(project, "untouched", written(judge.release(tiny.GUIDE)))
    hand_in(project, "broken", b"{ this is no notebook")

    doubled = reference(project)
    check = tiny.cell(doubled, "check-1")
    doubled.cells.append(nbformat.from_dict(dict(check) | {"id": "again", "source": "pass"}))
    doubled.cells.append(nbformat.from_dict(dict(check) | {"id": "more", "source": "40"}))
    hand_in(project, "doubled", written(doubled))

    renamed = reference(project)
    tiny.cell(renamed, "operators").metadata["nbgrader"]["grade_id"] = "renamed"
    tiny.cell(renamed, "check-1").metadata["nbgrader"]["points"] = 4000
    hand_in(project, "renamed", written(renamed))

    stripped = reference(project)
    for each in stripped.cells:
        each.metadata = {}
    hand_in(project, "stripped", written(stripped))

    dead = reference(project)
    cell = tiny.cell(dead, "module")
    cell.source = cell.source.replace("self.training = False", "import os; os.kill(os.getpid(), 9)")
    hand_in(project, "dead", written(dead))

    folder = project / "course" / "submitted" / "empty" / "module0"
    folder.mkdir(parents=True)
    said = nbgrader(project, "autograde", "module0")
    assert "ERROR" not in said, said
    return project


ALL = {"test-task0_1": 40, "test-task0_2": 20, "test-task0_3": 30}


def automatic(root: Path, student: str) -> dict[str, float | None]:
    found = scores(root)[student]
    return {name: found[name] for name in ALL}


def test_points_reach_the_gradebook(graded: Path) -> None:
    nothing = dict.fromkeys(ALL, 0)
    assert automatic(graded, "right") == ALL
    assert automatic(graded, "partly") == ALL | {"test-task0_1": 20}
    for student in ("untouched", "broken", "empty"):
        assert automatic(graded, student) == nothing, student
    for student in ("doubled", "renamed", "stripped"):
        assert automatic(graded, student) == ALL, student
    assert automatic(graded, "dead") == ALL | {"test-task0_3": 0}


def test_a_person_grades_what_was_written(graded: Path) -> None:
    found = scores(graded)
    assert found["right"]["written-task0_3"] is None  # waits for a person
    assert found["untouched"]["written-task0_3"] == 0  # nothing was written


def test_manual_grades_and_export(graded: Path) -> None:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded}/course/gradebook.db", "minitorch") as book:
        grade_ = book.find_grade("written-task0_3", "01_functions", "module0", "right")
        setattr(grade_, "manual_score", 7)  # noqa: B010
        setattr(grade_, "needs_manual_grade", False)  # noqa: B010
        book.db.commit()
    nbgrader(graded, "autograde", "module0", "--force", "--student=right")
    nbgrader(graded, "export", "--to", "course/points.csv")
    with open(graded / "course" / "points.csv", encoding="utf-8") as file:
        rows = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert rows["right"] == 97 and rows["partly"] == 70 and rows["broken"] == 0


def test_the_graded_notebook(graded: Path) -> None:
    path = graded / "course" / "autograded" / "partly" / "module0" / "01_functions.ipynb"
    notebook = nbformat.read(path, 4)
    check = tiny.cell(notebook, "check-1")
    assert [each.output_type for each in check.outputs] == ["display_data", "execute_result"]
    assert check.outputs[1].data["text/plain"] == "20.0"
    assert "wrong number 1" in check.outputs[0].data["text/plain"]
    assert tiny.cell(notebook, "check-2").outputs == []
    odd = nbformat.read(path.parents[2] / "renamed" / "module0" / path.name, 4)
    assert "found by id: cell" in tiny.cell(odd, "check-1").outputs[0].data["text/plain"]


def test_feedback_names_the_mistake(graded: Path) -> None:
    nbgrader(graded, "generate_feedback", "module0")
    page = (graded / "course/feedback/partly/module0/01_functions.html").read_text(encoding="utf-8")
    assert "wrong number 1" in page and "01_functions.html#task-0-1" in page
    assert "20 of 40 points" in page
    solution = "product_of_both = x * y"
    untouched = (graded / "course/feedback/untouched/module0/01_functions.html").read_text(
        encoding="utf-8"
    )
    assert solution not in untouched and "is not written yet" in untouched


def test_a_feedback_page_is_nbconverts_own() -> None:
    """It is written without nbconvert's last step, which takes longer than all others."""
    picture = {"image/png": "iVBORw0KGgo=", "text/plain": "Figure"}
    html = {"text/html": '<p>1 &lt; 2</p><img src="a.png"><img src="b.png" alt="b">'}
    code = nbformat.v4.new_code_cell("if x < 1:\n    y = f'{x!r}'", id="code")
    code.outputs = [nbformat.v4.new_output("display_data", data) for data in (picture, html)]
    text = nbformat.v4.new_markdown_cell("# A *title*\n\n$a < b$, `c`, ![d](e.png)", id="text")
    python = {"kernelspec": {"display_name": "p", "language": "python", "name": "python3"}}
    language = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    notebook = nbformat.v4.new_notebook(cells=[text, code], metadata=python | language)
    ours, theirs = (
        BeautifulSoup(kind(template_name="classic").from_notebook_node(notebook)[0], "html.parser")
        for kind in (PageExporter, HTMLExporter)
    )
    assert [img["alt"] for img in theirs.select("img")] == ["d", NO_ALT, NO_ALT, "b"]
    assert ours == theirs


def test_what_a_student_wrote_is_escaped_in_feedback(graded: Path) -> None:
    notebook = reference(graded)
    cell = tiny.cell(notebook, "operators")
    cell.source = cell.source.replace(
        "return product_of_both", "raise ValueError('<script>alert(1)</script>')"
    )
    hand_in(graded, "script", written(notebook))
    nbgrader(graded, "autograde", "module0", "--student=script")
    nbgrader(graded, "generate_feedback", "module0", "--student=script")
    page = (graded / "course/feedback/script/module0/01_functions.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page and "alert(1)" in page


def test_unchanged_work_is_left_alone_and_changed_work_is_not(graded: Path) -> None:
    path = graded / "course" / "autograded" / "doubled" / "module0" / "01_functions.ipynb"
    stamp = path.stat().st_mtime_ns
    nbgrader(graded, "autograde", "module0")
    assert path.stat().st_mtime_ns == stamp
    notebook = reference(graded)
    cell = tiny.cell(notebook, "operators")
    cell.source = cell.source.replace("return x if x > 0 else 0.0", "return x")
    hand_in(graded, "doubled", written(notebook))
    nbgrader(graded, "autograde", "module0")
    assert automatic(graded, "doubled") == ALL | {"test-task0_1": 20}


def test_an_interrupted_run_goes_on(graded: Path) -> None:
    """Killed at any moment, a second run ends with the same gradebook."""
    before = scores(graded)
    shutil.rmtree(graded / "course" / "autograded")
    command = [sys.executable, "-m", "nbgrader", "autograde", "module0"]
    run = subprocess.Popen(
        command,
        cwd=graded,
        env=environment(graded),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    results = graded / "course" / "autograded"
    while run.poll() is None and len(list(results.glob("*/module0/*.ipynb"))) < 2:
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL)
    run.wait()
    half = sorted(results.glob("*/module0/*.ipynb"))[-1]
    half.chmod(0o644)
    half.write_text(half.read_text(encoding="utf-8")[:100], encoding="utf-8")
    nbgrader(graded, "autograde", "module0")
    assert scores(graded) == before
    for path in results.glob("*/module0/*.ipynb"):
        json.loads(path.read_text(encoding="utf-8"))


def test_the_command_grades_and_sums_up(graded: Path) -> None:
    (graded / "course" / "submitted" / "loose").mkdir()
    (graded / "course" / "submitted" / "loose" / "01_functions.ipynb").write_text(
        "{}", encoding="utf-8"
    )
    (graded / "course" / "submitted" / "archive.zip").write_text("x", encoding="utf-8")
    done = grade(graded, "module0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "course/submitted/loose holds 01_functions.ipynb itself" in done.stdout
    assert "course/submitted/archive.zip is a file" in done.stdout
    line = next(line for line in done.stdout.splitlines() if line.startswith("partly"))
    assert line.split()[1:7] == ["20", "20", "30", "70", "of", "90"]
    assert "broken: 01_functions.ipynb: is not a notebook" in done.stdout
    assert (graded / "course" / "grades.csv").exists()


def test_the_command_says_what_it_does_not_know(graded: Path) -> None:
    done = grade(graded, "module7")
    assert done.returncode != 0 and "No assignment is called 'module7'" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unwritable_folder_is_named(graded: Path) -> None:
    blocked = graded / "course" / "judged"
    shutil.move(blocked, graded / "course" / "judged.kept")
    blocked.write_text("in the way", encoding="utf-8")
    done = grade(graded, "module0", "--again")
    blocked.unlink()
    shutil.move(graded / "course" / "judged.kept", blocked)
    assert done.returncode != 0
    assert "course/judged" in done.stderr and "Traceback" not in done.stderr


def test_without_bwrap_only_examples_are_graded(graded: Path, tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(graded, root)
    shutil.rmtree(root / "course")
    judge = Judge(root)
    examples.write(judge, judge.course.assignments[0], root / "course" / "submitted")
    hand_in(root, "student", written(reference(root)) + b" ")
    tools = tmp_path / "bin"  # a PATH without bwrap
    tools.mkdir()
    env = environment(root) | {"PATH": str(tools)}
    command = [sys.executable, "-m", "grading", "grade", "module0"]
    done = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", env=env)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "apt-get install bubblewrap" in done.stdout
    assert "Failed: student" in done.stdout, done.stdout + done.stderr
    assert automatic(root, "example-reference") == ALL
    assert "student" not in scores(root)
    refused = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", "module0", "--student=student"],
        cwd=root, capture_output=True, encoding="utf-8", env=env,
    )  # fmt: skip
    assert refused.returncode == 1 and "bubblewrap" in refused.stdout + refused.stderr


def test_points_never_exceed_the_cell(graded: Path) -> None:
    from grading.judge.verdict import Verdict

    too_much = Verdict("task0_1", 40, 50)
    assert outputs(too_much, "", [], 40) == []
    lowered = outputs(Verdict("task0_1", 40, 30), "", [], 20)
    assert lowered == []
    none = outputs(Verdict("task0_1", 40, 0), "", [], 40)
    assert [each.output_type for each in none] == ["display_data", "error"]


def test_other_files_of_a_submission_are_not_trusted(graded: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    folder = hand_in(graded, "links", written(reference(graded)))
    (folder / "stolen.txt").symlink_to(secret)
    (folder / "timestamp.txt").write_text("the day before yesterday\x00", encoding="utf-8")
    said = nbgrader(graded, "autograde", "module0", "--student=links")
    assert automatic(graded, "links") == ALL
    assert "is no date" in said
    assert not (graded / "course/autograded/links/module0/stolen.txt").exists()


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "long"])
def test_a_date_is_read_from_a_short_plain_file_only(tmp_path: Path, kind: str) -> None:
    """nbgrader would read on for ever."""
    path = tmp_path / "timestamp.txt"
    if kind == "link":
        path.symlink_to("/dev/zero")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_text("9" * 100_000, encoding="utf-8")
    read: list[str] = []
    nbgraders: Any = SimpleNamespace(get_existing_timestamp=read.append)
    distrust(nbgraders, SimpleNamespace(warning=lambda *said: None))
    nbgraders.get_existing_timestamp(str(tmp_path))
    assert read == []
    nbgraders.get_existing_timestamp(str(tmp_path / "elsewhere"))
    (tmp_path / "in time").mkdir()
    (tmp_path / "in time" / "timestamp.txt").write_text("2026-01-01 00:00:00 UTC", encoding="utf-8")
    nbgraders.get_existing_timestamp(str(tmp_path / "in time"))
    assert read == [str(tmp_path / "in time")]


def test_a_loose_notebook_is_named_for_its_own_module_only(tmp_path: Path) -> None:
    for name in ("module0/01_a.ipynb", "module1/01_b.ipynb"):
        (tmp_path / "nbs" / "guides" / name).parent.mkdir(parents=True)
        (tmp_path / "nbs" / "guides" / name).write_text("{}", encoding="utf-8")
    student = tmp_path / "course" / "submitted" / "ada"
    student.mkdir(parents=True)
    (student / "01_b.ipynb").write_text("{}", encoding="utf-8")
    assert submissions(tmp_path, "module0") == ({}, [])
    assert "01_b.ipynb" in submissions(tmp_path, "module1")[1][0]
    (student / "01_b.ipynb").rename(student / "my work.ipynb")
    assert "my work.ipynb" in submissions(tmp_path, "module0")[1][0]
