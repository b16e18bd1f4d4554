"""A student's project of the version before the rooms goes on in this one: nothing is lost.

`before_the_rooms.zip` holds it (see `make_fixture.py`). In the release it meets, a notebook of
given code and its module have moved into a folder, as the real ones did.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from grading.course.notebooks import read_notebook, shared
from grading.paths import ROOT
from grading.release import build as release_room
from grading.release.build import build, export, manifest
from grading.release.journey import run_tests
from grading.release.preprocessors import finish
from grading.release.strip import strip_notebook
from grading.release.student import update
from grading.tests import tiny

FIXTURE = Path(__file__).with_name("before_the_rooms.zip")
OLD, NEW = "nbs/lib/00_module.ipynb", "nbs/lib/train/00_module.ipynb"
GUIDE = "nbs/guides/module0/03_functional.ipynb"
EDIT = "Modules, as I read them."


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Today's release of the tiny course, with a module in a folder."""
    folder = tmp_path_factory.mktemp("upgrade")
    return build(tiny.nest(tiny.make_project(folder / "course")), folder / "new")


@pytest.fixture
def before(tmp_path: Path) -> Path:
    with zipfile.ZipFile(FIXTURE) as file:
        file.extractall(tmp_path)
    return tmp_path


def run(program: Path, *arguments: object, cwd: Path) -> str:
    command = [sys.executable, str(program), *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def work_is_there(project: Path) -> None:
    """Answers and own cells stand in the guide; nothing old is left beside the new."""
    guide = read_notebook(project / tiny.GUIDE)
    assert "my_product" in tiny.cell(guide, "operators").source
    assert "Module().given_name()" in tiny.cell(guide, "my-own").source
    assert (project / "my_notes.md").exists()
    assert (project / NEW).exists() and not (project / OLD).exists()
    assert not (project / "minitorch/module.py").exists()
    export(project)
    assert "my_product" in (project / "minitorch/operators.py").read_text(encoding="utf-8")
    passed = {t for t, record in run_tests(project).items() if record["outcome"] == "passed"}
    assert "tests/test_operators.py::test_mul" in passed


def test_by_the_update_of_this_version(before: Path, release: Path) -> None:
    """Edits of given code move with their notebook, and who uses a moved module is told."""
    project = before / "student"
    said = run(release / "update.py", cwd=project)
    assert f"{OLD}: is {NEW} now; what you changed in it went with it." in said
    assert "1 notebook(s) have moved" in said
    assert "minitorch.module is minitorch.train.module" in said
    assert f"{tiny.GUIDE}, cell my-own: uses minitorch.module, which is minitorch.train" in said
    gone = [line for line in said.splitlines() if "no longer has it" in line]
    assert all("minitorch/_modidx.py" in line for line in gone), gone  # nbdev's index, not kept now
    assert EDIT in tiny.cell(read_notebook(project / NEW), "front").source
    assert "train.module" in tiny.cell(read_notebook(project / NEW), "exp").source
    work_is_there(project)
    assert EDIT in (project / "minitorch/train/module.py").read_text(encoding="utf-8")
    assert "up to date" in run(release / "update.py", cwd=project)


def test_by_the_update_that_the_student_has(before: Path, release: Path) -> None:
    """The old program knows no moves: it keeps the edited notebook aside, and says so."""
    project = before / "student"
    assert "have moved" not in (project / "update.py").read_text(encoding="utf-8")
    said = run(project / "update.py", release, cwd=before)
    assert f"{OLD}: the release no longer has it; it is in .before-update now." in said
    assert EDIT in (project / ".before-update/1" / OLD).read_text(encoding="utf-8")
    work_is_there(project)


def test_the_newer_program_does_the_update(before: Path, release: Path) -> None:
    project = before / "student"
    shutil.copy(release / "update.py", project)
    newer = Path(shutil.copytree(release, before / "newer"))
    with (newer / "update.py").open("a", encoding="utf-8") as file:
        file.write('\nprint("the newer one")\n')
    assert "the newer one" in run(project / "update.py", newer, "--dry-run", cwd=before)
    assert (project / OLD).exists()
    assert "the newer one" in run(project / "update.py", newer, cwd=before)
    assert (project / NEW).exists()


def test_an_interrupted_move_can_go_on(before: Path, release: Path) -> None:
    project = before / "student"
    made = update.plan(project, release)
    made.write.pop(update.MANIFEST)
    made.move.clear()  # killed before the end
    update.carry_out(made, project)
    update.carry_out(update.plan(project, release), project)
    cells = read_notebook(project / NEW).cells
    assert [cell.id for cell in cells] == ["title", "exp", "front"]
    assert EDIT in cells[-1].source
    work_is_there(project)


def test_a_notebook_that_can_t_be_read_is_kept_aside(before: Path, release: Path) -> None:
    project = before / "student"
    (project / OLD).write_text("not json", encoding="utf-8")
    made = update.plan(project, release)
    assert any(f"{OLD}: isn't a notebook any more" in line for line in made.report)
    backup = update.carry_out(made, project)
    assert backup and (backup / OLD).read_text(encoding="utf-8") == "not json"
    assert (project / NEW).exists() and not (project / OLD).exists()


# The real course


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Today's notebooks as students get them, with the state of each cell."""
    folder = tmp_path_factory.mktemp("real")
    for path in shared(ROOT):
        name = path.relative_to(ROOT)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        node = strip_notebook(read_notebook(path), name.as_posix())
        (folder / name).write_text(
            finish(node) if name.as_posix() == GUIDE else nbformat.writes(node), encoding="utf-8"
        )
    shutil.copy(release_room.TEMPLATES / "README.md", folder)
    (folder / update.MANIFEST).write_text(manifest(folder), encoding="utf-8")
    return folder


def test_an_answer_in_a_real_guide_stays(before: Path, real: Path) -> None:
    project = before / "real"
    shutil.copy(real / "README.md", project)
    cells = {cell.id: cell.source for cell in read_notebook(project / GUIDE).cells}
    (answer,) = (cell_id for cell_id, text in cells.items() if text.endswith("\n# mine"))
    update.carry_out(update.plan(project, real), project)
    after = {cell.id: cell.source for cell in read_notebook(project / GUIDE).cells}
    assert after[answer] == cells[answer] and after["my-own"] == "mine = 1"
    order = list(after)
    assert order.index("my-own") == order.index(answer) + 1


def test_every_real_notebook_of_then_is_found_today(before: Path, real: Path) -> None:
    """What a student changed in given code has a place to go to, wherever it moved."""
    then = json.loads((before / "real" / update.MANIFEST).read_text(encoding="utf-8"))["cells"]
    now = json.loads((real / update.MANIFEST).read_text(encoding="utf-8"))["cells"]
    for name in then:
        (before / "all" / name).parent.mkdir(parents=True, exist_ok=True)
        (before / "all" / name).touch()
    found = update._origins(before / "all", then, now)
    lost = {name for name in then if name not in now and name not in found.values()}
    # Of the one that became two, threads and allocator, neither has a third of the cells; what was
    # changed in it lies in .before-update.
    assert lost <= {"nbs/lib/machine.ipynb"}, "no notebook of today has their cells"
