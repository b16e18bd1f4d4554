"""A kill, a full disk or a second grader costs nothing: run again, and all is as it would be."""

from __future__ import annotations

import errno
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

from grading.course.regions import GradingError
from grading.gradebook import grade as grade_module
from grading.gradebook import keeping, records
from grading.paths import BACKUPS, GRADEBOOK
from grading.sandbox import folders
from grading.tests import tiny
from grading.tests.gradebook import test_nbgrader
from grading.tests.gradebook.test_nbgrader import (
    environment,
    grade,
    hand_in,
    nbgrader,
    project,
    reference,
    written,
)

__all__ = ["project"]  # the fixture: a tiny course of this module's own

THOROUGH = os.environ.get("MINITORCH_PROOF") == "1"
KILLS = 20 if THOROUGH else 5
UUID = re.compile(r"[0-9a-f]{32}")
slow = [pytest.mark.sandbox, pytest.mark.slow]
slow += [pytest.mark.skipif(bool(test_nbgrader.REASON), reason=test_nbgrader.REASON)]


def tables(root: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Read the gradebook, table by table, without the names that nbgrader draws by lot."""
    found = {}
    with closing(sqlite3.connect(root / GRADEBOOK)) as book:
        names = book.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
        for (name,) in names:
            rows = book.execute(f"SELECT * FROM {name}").fetchall()
            plain = [
                tuple("id" if isinstance(v, str) and UUID.fullmatch(v) else v for v in row)
                for row in rows
            ]
            found[name] = sorted(plain, key=repr)
    return found


def state(root: Path) -> dict[str, Any]:
    """Read all that grading leaves for people."""
    feedback = root / "course" / "feedback"
    return {
        "tables": tables(root),
        "entries": {
            student: (entry.earned, entry.waits, entry.contents)
            for student, entry in records.entries(root, "module0").items()
        },
        "table": (root / "course/grades.csv").read_text(encoding="utf-8"),
        "feedback": sorted(p.relative_to(feedback).as_posix() for p in feedback.rglob("*")),
    }


def left_over(root: Path) -> list[str]:
    """List what a run should not leave behind."""
    unfinished = [*(root / "course").rglob("*.part"), *(root / "course/judged").glob("unsettled/*")]
    return [path.name for path in unfinished]


@pytest.fixture(scope="module")
def bases(project: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Courses at the beginning of a run: the first, with and without what is known; a later one."""
    folder = tmp_path_factory.mktemp("bases")
    course, made = project / "course", dict[str, Path]()

    def keep(name: str) -> None:
        made[name] = folder / name
        shutil.copytree(course, made[name])

    hand_in(project, "ada", written(reference(project)))
    hand_in(project, "bob", written(reference(project)))
    (course / "gradebook.db").unlink()
    keep("first")
    done = grade(project, "module0", "--examples")
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.copytree(course / "judged", made["first"] / "judged")
    by_hand(project, "ada")
    by_hand(project, "bob")
    changed = reference(project)
    cell = tiny.cell(changed, "operators")
    cell.source = cell.source.replace("return x if x > 0 else 0.0", "return x")
    hand_in(project, "ada", written(changed))
    hand_in(project, "carol", written(changed))
    # Judged anew, and so stored anew, with the same answer in words.
    notebook = reference(project)
    notebook.cells.append(nbformat.v4.new_code_cell("1 + 1", id="more"))
    hand_in(project, "bob", written(notebook))
    keep("later")
    return made


def by_hand(root: Path, student: str) -> None:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root}/course/gradebook.db", "minitorch") as book:
        given: Any = book.find_grade("written-task0_3", "01_functions", "module0", student)
        given.manual_score, given.needs_manual_grade = 7, False
        book.db.commit()


def begin(root: Path, base: Path) -> None:
    subprocess.run(["rm", "-rf", root / "course"], check=True)
    shutil.copytree(base, root / "course")


def run(root: Path) -> float:
    began = time.monotonic()
    done = grade(root, "module0")
    assert done.returncode == 0, done.stdout + done.stderr
    return time.monotonic() - began


@pytest.fixture(scope="module")
def whole(project: Path, bases: dict[str, Path]) -> dict[str, tuple[dict[str, Any], float]]:
    """What comes of a run that nothing interrupts, and how long it takes."""
    found = {}
    for name, base in bases.items():
        begin(project, base)
        took = run(project)
        found[name] = state(project), took
    return found


@pytest.mark.parametrize("number", range(KILLS))
@pytest.mark.usefixtures("whole")
class TestKilled:
    """At any moment of a run."""

    pytestmark = slow

    def test_run_again(
        self, project: Path, bases: dict[str, Path], whole: dict[str, Any], number: int
    ) -> None:
        name = ("first", "later")[number % 2]
        expected, took = whole[name]
        begin(project, bases[name])
        # Every fifth of a run has its moment; which one, chance decides.
        moment = took * (number % 5 + random.random()) / 5
        process = start(project)
        time.sleep(moment)
        process.kill()
        process.communicate()
        run(project)
        assert state(project) == expected, f"killed after {moment:.2f} of {took:.2f} s"
        assert left_over(project) == []


def start(root: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "grading", "grade", "module0"]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=root, env=environment(root), stdout=pipe, stderr=pipe, encoding="utf-8"
    )


# A disk of its own for course/, with so much room and no more, in a namespace of its own.
FULL = """
set -e
mount -t tmpfs -o size=256m disk course
cp -a "$1/." course
free=$(df --output=avail -k course | tail -1)
head -c "$((free - $3))k" /dev/zero > course/.ballast
code=0
"$4" -c "$5" module0 || code=$?
rm course/.ballast
cp -a course/. "$2"
exit $code
"""
NO_FLOOR = "from grading.gradebook import grade, keeping; keeping.ROOM = 0; grade.main()"
ROOMS = [0, 20, 40, 60, 100, 150, 200, 300, 400, 500] if THOROUGH else [0, 200]  # kB
cannot_mount = os.geteuid() != 0 or not shutil.which("unshare")


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.usefixtures("whole")
@pytest.mark.skipif(cannot_mount, reason="only root may mount a disk")
class TestFullDisk:
    """Wherever in a run it becomes full."""

    pytestmark = slow

    @pytest.mark.parametrize("name", ["first", "later"] if THOROUGH else ["later"])
    def test_run_again(
        self,
        project: Path,
        bases: dict[str, Path],
        whole: dict[str, Any],
        room: int,
        name: str,
        tmp_path: Path,
    ) -> None:
        begin(project, bases[name])
        words = [bases[name], tmp_path, str(room), sys.executable, NO_FLOOR]
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", FULL, "sh", *words],
            cwd=project,
            env=environment(project),
            capture_output=True,
            encoding="utf-8",
        )
        if "mount" in done.stderr:
            pytest.skip(f"no disk can be mounted here: {done.stderr}")
        said = done.stdout + done.stderr
        assert done.returncode == 1 or room > 200, said  # it may have been enough
        assert "Traceback" not in said and "SQL" not in said, said
        if done.returncode:
            assert "is full" in said and "start it again" in said, said
        begin(project, tmp_path)
        run(project)
        assert state(project) == whole[name][0]
        assert left_over(project) == []


class TestTwoGraders:
    pytestmark = slow

    def test_at_one_time(
        self, project: Path, bases: dict[str, Path], whole: dict[str, Any]
    ) -> None:
        begin(project, bases["later"])
        both = [start(project), start(project)]
        said = [process.communicate() for process in both]
        assert [process.returncode for process in both] == [0, 0], said
        assert any("Grading is going on already (process " in out for out, _ in said)
        assert state(project) == whole["later"][0]


class TestRunAgain:
    pytestmark = slow

    def test_what_a_person_decided_is_not_forgotten(
        self, project: Path, bases: dict[str, Path], whole: dict[str, Any]
    ) -> None:
        """Killed between storing points and settling what needs no second look."""
        begin(project, bases["later"])
        env = environment(project)
        code = (
            "import os, sys; from grading.gradebook import grade, records\n"
            "decided = records.decided\n"
            "def kill(*place, settle=None):\n"
            "    return os.kill(os.getpid(), 9) if settle else decided(*place)\n"
            "records.decided = kill\n"
            "sys.argv[1:] = ['module0']; grade.main()"
        )
        killed = subprocess.run(
            [sys.executable, "-c", code], cwd=project, env=env, capture_output=True
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert left_over(project) == ["module0.json"]
        run(project)
        assert state(project) == whole["later"][0]
        assert left_over(project) == []

    def test_a_copy_is_made_before_a_run_that_writes(
        self, project: Path, bases: dict[str, Path]
    ) -> None:
        begin(project, bases["later"])
        before = tables(project)
        run(project)
        (copy,) = (project / BACKUPS).iterdir()
        shutil.copy(copy, project / GRADEBOOK)
        assert tables(project) == before

    def test_a_graded_cell_that_is_new(self, project: Path, bases: dict[str, Path]) -> None:
        """nbgrader ends with "Cannot add or remove cells"."""
        begin(project, bases["later"])
        kept = (project / tiny.GUIDE).read_bytes()

        def more(notebook: Any) -> None:
            mark = tiny.grade("written-task0_1", solution=True, points=5)
            mark["nbgrader"]["cell_type"] = "markdown"
            notebook.cells.append(nbformat.v4.new_markdown_cell("*Why?*", id="why", metadata=mark))

        tiny.edit(project, more)
        try:
            done = grade(project, "module0")
            assert done.returncode == 1 and "Traceback" not in done.stderr
            assert "new written-task0_1 in 01_functions.ipynb" in done.stderr
            assert "nbgrader db assignment remove module0 --force" in done.stderr
            nbgrader(project, "db", "assignment", "remove", "module0", "--force")
            run(project)
            assert test_nbgrader.scores(project)["bob"]["test-task0_1"] == 40
            assert test_nbgrader.scores(project)["bob"]["written-task0_1"] == 0
        finally:
            (project / tiny.GUIDE).write_bytes(kept)


# Without a course


@pytest.fixture(autouse=True)
def alembic(monkeypatch: pytest.MonkeyPatch) -> None:
    """nbgrader starts it by name."""
    tools = [str(Path(sys.executable).parent), os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(tools))


def gradebook(root: Path) -> None:
    from nbgrader.api import Gradebook

    (root / GRADEBOOK).parent.mkdir(parents=True, exist_ok=True)
    with Gradebook(f"sqlite:///{root / GRADEBOOK}", "minitorch"):
        pass


def date(path: Path, seconds: float) -> None:
    """Let a file be so much younger than it is."""
    changed = time.time() + seconds
    os.utime(path, (changed, changed))


def execute(root: Path, *statements: str) -> None:
    with closing(sqlite3.connect(root / GRADEBOOK)) as book, book:
        for statement in statements:
            book.execute(statement)


@pytest.mark.parametrize(
    "statements",
    [
        ["DROP TABLE alembic_version"],
        ["DELETE FROM alembic_version"],
        ["DROP TABLE alembic_version", "DROP TABLE comment", "DROP TABLE grade"],
    ],
)
def test_a_gradebook_whose_making_was_killed_is_made_whole(
    tmp_path: Path, statements: list[str]
) -> None:
    gradebook(tmp_path)
    expected = tables(tmp_path)
    assert len(expected["alembic_version"]) == 1
    execute(tmp_path, *statements)
    keeping.mend(tmp_path)
    assert tables(tmp_path) == expected
    keeping.mend(tmp_path)
    assert tables(tmp_path) == expected


def test_a_gradebook_of_an_older_nbgrader_is_left_as_it_is(tmp_path: Path) -> None:
    gradebook(tmp_path)
    execute(tmp_path, "DROP TABLE alembic_version", "ALTER TABLE student DROP COLUMN email")
    before = tables(tmp_path)
    keeping.mend(tmp_path)
    assert tables(tmp_path) == before
    keeping.mend(tmp_path / "without")  # and where there is none


def test_ten_copies_are_kept(tmp_path: Path) -> None:
    assert keeping.back_up(tmp_path) is None, "there is nothing to copy"
    gradebook(tmp_path)
    made = []
    for number in range(13):
        execute(tmp_path, f"INSERT INTO course (id) VALUES ('course {number}')")
        date(tmp_path / GRADEBOOK, number + 1)
        copy = keeping.back_up(tmp_path)
        assert copy is not None
        date(copy, number + 1)
        made.append(copy)
    assert keeping.back_up(tmp_path) is None, "nothing has changed"
    kept = sorted((tmp_path / BACKUPS).iterdir())
    assert kept == made[3:], "the last ten"
    with closing(sqlite3.connect(kept[-1])) as book:
        assert ("course 12",) in book.execute("SELECT id FROM course").fetchall()


TROUBLE = {
    "(sqlite3.OperationalError) database or disk is full": "make room there",
    "OSError: [Errno 28] No space left on device: 'a'": "make room there",
    "(sqlite3.OperationalError) attempt to write a readonly database": "let it be written",
    "(sqlite3.OperationalError) database is locked": "in use by another program",
    "(sqlite3.DatabaseError) file is not a database": "the copies that were made",
}


@pytest.mark.parametrize("said", TROUBLE)
def test_advice_that_would_make_it_worse_is_not_passed_on(tmp_path: Path, said: str) -> None:
    advice = "run the command `nbgrader db upgrade`."
    why = keeping.trouble(tmp_path, f"[ERROR] {said}\n[SQL: CREATE TABLE x]\n[ERROR] {advice}")
    assert TROUBLE[said] in why and str(tmp_path / "course") in why
    assert "upgrade" not in why and "CREATE" not in why


def test_a_column_that_is_missing_is_another_matter(tmp_path: Path) -> None:
    assert keeping.trouble(tmp_path, "no such column: student.lms_user_id") == ""


def test_a_full_disk_is_named_before_anything_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=60 << 10))
    with pytest.raises(GradingError, match=r"60 kB are left.*Make room there"):
        keeping.require_room(tmp_path)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("name", ["/elsewhere/judge-1/task", "01_functions.ipynb", None])
def test_an_error_of_a_file_names_the_folder(number: int, name: str | None) -> None:
    said = grade_module._of_a_file(OSError(number, os.strerror(number), name))
    assert said.startswith("/") and "start it again. What was finished is kept." in said
    assert (name or "course") in said


# One at a time


def test_a_second_grader_waits(tmp_path: Path) -> None:
    heard: list[str] = []
    done: list[str] = []
    waiting = threading.Event()

    def hear(text: str) -> None:
        heard.append(text)
        waiting.set()

    def second() -> None:
        with keeping.alone(tmp_path, hear):
            done.append("second")

    with keeping.alone(tmp_path, hear):
        other = threading.Thread(target=second)
        other.start()
        assert waiting.wait(60)
        assert heard == [f"Grading is going on already (process {os.getpid()}); waiting for it"]
        done.append("first")
    other.join(60)
    assert done == ["first", "second"]


def test_a_course_that_cannot_be_written_is_not_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(keeping, "open", refuse, raising=False)
    with keeping.alone(tmp_path, print):
        pass


# Temporary folders

HOLDS = """
import sys, tempfile
from grading.sandbox import folders
with folders.fresh() as folder:
    (folder / "file").write_text("x", encoding="utf-8")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Callable[[], subprocess.Popen[str]]:
    """Starts a process that holds a temporary folder."""
    env = os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(tiny.HERE)}
    pipe = subprocess.PIPE

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", HOLDS], env=env, stdin=pipe, stdout=pipe, encoding="utf-8"
        )

    return start


def test_a_killed_process_leaves_no_folder_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, holder: Callable[[], subprocess.Popen[str]]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    killed, alive = holder(), holder()
    assert killed.stdout and alive.stdout
    places = [Path(each.readline().strip()) for each in (killed.stdout, alive.stdout)]
    killed.kill()
    killed.communicate()
    assert all(place.is_dir() for place in places)
    assert folders.sweep() == 1
    assert [place.is_dir() for place in places] == [False, True]
    alive.communicate("")
    assert [path.name for path in tmp_path.iterdir()] == [], "one that ends tidies up itself"


def test_folders_of_an_unknown_owner_are_left_for_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "judge-young").mkdir()
    (tmp_path / "judge-old").mkdir()
    date(tmp_path / "judge-old", -90_000)
    (tmp_path / "judge-link").symlink_to(tmp_path / "judge-old")
    assert folders.sweep() == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["judge-link", "judge-young"]
    with folders.fresh() as folder:
        assert folder.parent.parent == tmp_path
