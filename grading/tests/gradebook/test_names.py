"""A student's folder may have any name: it is stored, or refused by itself with a sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as some

from grading.gradebook import feedback
from grading.gradebook.grade import submissions
from grading.submission.read import unfit
from grading.tests.gradebook import test_nbgrader
from grading.tests.gradebook.test_nbgrader import (
    grade,
    hand_in,
    nbgrader,
    project,
    reference,
    scores,
    written,
)

__all__ = ["project"]  # the fixture: a tiny course of this module's own

EXAMPLES = 20 if os.environ.get("MINITORCH_PROOF") == "1" else 1  # of the whole way, beside ours
RENAME = "Rename it to the student's id."
STORED = [
    "-rf", "--again", "*", "?q", "[x]", "#1", "100%", "%s", "{student_id}", "a+b", "A.B.C", "a b",
    "O'Brien, Pat", '"', "\\", "~", "$HOME", "a;b", "Müller", "Mu\u0308ller", "Ada", "ada", "ADA",
    "..a".lstrip("."), "a..", "a.", "module0", "123", "x" * 200, "数" * 80, "None", "null", " a ",
    "(?P<a>.*)", "<b>", "&amp;", "a=b", "a\N{ROCKET}", "CON", "a.ipynb", "autograded",
]  # fmt: skip
REFUSED = [
    "new\nline", "tab\there", "\x1b[31mred", "bell\a", "\u202eright to left", "zero\u200bwidth",
    "line\u2028end", os.fsdecode(b"M\xfcller"), os.fsdecode(b"\xff\xfe"), ".hidden", "...", ". .",
]  # fmt: skip


def any_name() -> some.SearchStrategy[str]:
    """Names that a file system takes: all but `/` and NUL, 255 bytes; not only UTF-8."""
    printed = some.text(some.characters(exclude_categories=("C", "Z")), min_size=1)
    encoded = (printed | some.text(min_size=1)).map(lambda text: text.encode("utf-8", "ignore"))
    raw = (encoded | some.binary(min_size=1)).map(lambda name: name[:255])
    fit = raw.map(lambda name: name.replace(b"/", b"").replace(b"\0", b""))
    return fit.map(os.fsdecode).filter(lambda name: name not in ("", ".", ".."))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(some.lists(any_name(), max_size=6, unique=True))
@example(STORED)
@example(REFUSED)
def test_every_name_is_taken_or_named(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / "course" / "submitted" / name / "module0").mkdir(parents=True)
    found, odd = submissions(tmp_path, "module0")
    shutil.rmtree(tmp_path / "course", ignore_errors=True)
    assert found.keys() == {name for name in names if not unfit(name)}
    assert len(found) + len(odd) == len(names)
    assert all(line.isprintable() and line.endswith(RENAME) and len(line) < 250 for line in odd)


def test_ordinary_names_are_fit_and_odd_ones_are_not() -> None:
    assert [name for name in STORED if unfit(name)] == []
    assert [name for name in REFUSED if not unfit(name)] == []


def test_a_folder_that_is_spelled_otherwise_is_named(tmp_path: Path) -> None:
    (tmp_path / "course" / "submitted" / "ada" / "Module 0").mkdir(parents=True)
    assert submissions(tmp_path, "module0") == (
        {},
        ["course/submitted/ada holds a folder 'Module 0'; rename it to module0."],
    )
    assert submissions(tmp_path, "module1") == ({}, [])


def test_a_zip_beside_the_folder_it_belongs_in_is_named(tmp_path: Path) -> None:
    student = tmp_path / "course" / "submitted" / "ada"
    student.mkdir(parents=True)
    (student / "work.ZIP").write_bytes(b"")
    said = submissions(tmp_path, "module0")[1]
    assert said == [
        "course/submitted/ada holds work.ZIP itself; notebooks of module0 belong in "
        "course/submitted/ada/module0."
    ]
    (student / "module1").mkdir()
    assert submissions(tmp_path, "module0") == ({}, []), "it may belong to another module"
    (student / "work.ZIP").rename(student / "module0-ada.zip")
    assert "module0-ada.zip" in submissions(tmp_path, "module0")[1][0]


def test_a_folder_that_cannot_be_read_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ada", "bob", "eve"):
        (tmp_path / "course" / "submitted" / name / "module0").mkdir(parents=True)
    is_dir = Path.is_dir

    def refused(path: Path) -> bool:
        if path.parent.name == "bob":
            raise PermissionError(13, "Permission denied", str(path))
        return is_dir(path)

    monkeypatch.setattr(Path, "is_dir", refused)
    found, odd = submissions(tmp_path, "module0")
    assert list(found) == ["ada", "eve"]
    assert odd == ["course/submitted/bob can't be read: Permission denied."]


def test_a_long_name_does_not_widen_the_table() -> None:
    assert len(feedback.short("x" * 200)) == feedback.LONGEST_NAME
    assert feedback.short("x" * 40) == "x" * 40


@pytest.mark.sandbox
@pytest.mark.slow
@pytest.mark.skipif(bool(test_nbgrader.REASON), reason=test_nbgrader.REASON)
@settings(max_examples=EXAMPLES, phases=(Phase.explicit, Phase.generate), deadline=None)
@given(some.lists(any_name(), min_size=4, max_size=8, unique=True))
@example([*STORED, *REFUSED])
def test_any_name_is_stored_and_stops_nobody(project: Path, names: list[str]) -> None:
    """All in one run, so that one that is refused stands before others in the alphabet."""
    for made in ("submitted", "autograded", "feedback", "gradebook.db"):
        subprocess.run(["rm", "-rf", project / "course" / made], check=True)
    work = written(reference(project))
    for name in names:
        hand_in(project, name, work)
    stored = {name for name in names if not unfit(name)}
    done = grade(project, "module0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    refused = len(names) - len(stored)
    if stored:
        assert done.stdout.count(RENAME) == 2 * refused, "while it runs, and in the summary"
    assert all(len(line) < 250 for line in done.stdout.splitlines())
    if not stored:
        return
    found = scores(project)
    assert found.keys() == stored
    assert all(each["test-task0_1"] == 40 for each in found.values())
    for name in stored:
        page = project / "course" / "feedback" / name / "module0" / "01_functions.html"
        assert page.exists(), name
    said = nbgrader(project, "autograde", "module0", "--force", "--student=*")
    assert ("is left out: its name" in said) == any(unfit(n) and n[0] != "." for n in names)
    assert scores(project) == found
