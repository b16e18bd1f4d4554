"""A new release comes in mid-term, and the student's work stays."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from grading.course.guides import load_course
from grading.course.notebooks import read_notebook
from grading.release.build import build, digest, export, files
from grading.release.journey import put_answers, run_tests
from grading.release.student.update import UpdateError, carry_out, parts, plan
from grading.tests import tiny
from minitorch.cli.export import export as export_as_students_do

RELU = "return max(x, 0.0)  # mine"


def text_of(project: Path, cell_id: str, guide: str = tiny.GUIDE) -> str:
    return tiny.cell(read_notebook(project / guide), cell_id).source


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases: in the second prose, a check and a given cell changed, and a guide came."""
    folder = tmp_path_factory.mktemp("update")
    root = tiny.make_project(folder / "course")
    build(root, folder / "old", strict=False)

    def change(notebook: nbformat.NotebookNode) -> None:
        tiny.cell(notebook, "title").source += "\n\nA better sentence."
        tiny.cell(notebook, "check-1").source += "\nassert mul(1, 1) == 1, 'mul'"
        tiny.cell(notebook, "picture").source += "  # shown"
        module = tiny.cell(notebook, "module")
        module.source = module.source.replace("A switch.", "A better switch.")
        notebook.cells.insert(2, new_markdown_cell("A new cell.", id="new"))

    tiny.edit(root, change)
    second = root / "nbs" / "guides" / "module0" / "02_more.ipynb"
    more = nbformat.v4.new_notebook(cells=[new_markdown_cell("# More\n\n> More.", id="title")])
    nbformat.write(more, second)
    with (root / "tests" / "test_operators.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef test_later() -> None:\n    assert True\n")
    tiny.export(root)
    build(root, folder / "new", strict=False)
    return folder


@pytest.fixture
def mine(releases: Path, tmp_path: Path) -> Path:
    """A student's project: some answers, own cells, a changed cell, a filled README."""
    project = Path(shutil.copytree(releases / "old", tmp_path / "mine"))

    def work(notebook: nbformat.NotebookNode) -> None:
        operators = tiny.cell(notebook, "operators")
        start = operators.source.rindex("raise NotImplementedError")
        operators.source = operators.source[:start] + RELU
        operators.outputs = [nbformat.v4.new_output("stream", text="mine")]
        tiny.cell(notebook, "written-3").source = "My answer."
        at = notebook.cells.index(operators)
        notebook.cells.insert(at, new_code_cell("#| export\nHELPER = 1", id="my-helper"))
        notebook.cells.insert(at + 2, new_code_cell("relu(1.0)", id="my-play"))

    tiny.edit(project, work)
    readme = project / "README.md"
    readme.write_text(
        readme.read_text(encoding="utf-8").replace("*Your sentence.*", "Sums commute.")
        + "\n## Diary\n\nDay 1.\n",
        encoding="utf-8",
    )
    return project


def test_work_stays_and_the_rest_is_renewed(mine: Path, releases: Path) -> None:
    made = plan(mine, releases / "new")
    assert made.report == []
    backup = carry_out(made, mine)
    notebook = read_notebook(mine / tiny.GUIDE)
    nbformat.validate(notebook)
    order = [cell.id for cell in notebook.cells]
    assert order[:6] == ["title", "exp", "new", "picture", "my-helper", "operators"]
    assert order[6:8] == ["my-play", "check-1"]
    assert RELU in text_of(mine, "operators")
    assert tiny.cell(notebook, "operators").outputs[0].text == "mine"
    assert text_of(mine, "written-3") == "My answer."
    assert text_of(mine, "title").endswith("A better sentence.")
    assert "mul(1, 1)" in text_of(mine, "check-1")
    assert "A better switch." in text_of(mine, "module")
    assert (mine / "nbs" / "guides" / "module0" / "02_more.ipynb").exists()
    assert "test_later" in (mine / "tests" / "test_operators.py").read_text(encoding="utf-8")
    readme = (mine / "README.md").read_text(encoding="utf-8")
    assert "Sums commute." in readme and readme.endswith("## Diary\n\nDay 1.\n")
    assert backup is not None and RELU in (backup / tiny.GUIDE).read_text(encoding="utf-8")
    export(mine)
    assert "HELPER = 1" in (mine / "minitorch" / "operators.py").read_text(encoding="utf-8")
    records = run_tests(mine)
    passed = {test for test, record in records.items() if record["outcome"] == "passed"}
    assert "tests/test_operators.py::test_relu[2.0]" in passed


def test_a_second_run_changes_nothing(mine: Path, releases: Path) -> None:
    carry_out(plan(mine, releases / "new"), mine)
    again = plan(mine, releases / "new")
    assert not again.write and not again.move and not again.report
    assert carry_out(again, mine) is None


def windows(folder: Path, *, mark: bool) -> None:
    """What Git (autocrlf) and an editor do to files there."""
    for path in files(folder):
        content = path.read_bytes().replace(b"\n", b"\r\n")
        path.write_bytes(b"\xef\xbb\xbf" * mark + content)


@pytest.mark.parametrize("mark", [False, True])
def test_ends_of_lines_are_no_changes(
    mine: Path, releases: Path, tmp_path: Path, mark: bool
) -> None:
    """Neither the student's files nor the release's are otherwise for them."""
    there = Path(shutil.copytree(mine, tmp_path / "there"))
    new = Path(shutil.copytree(releases / "new", tmp_path / "new"))
    windows(there, mark=mark)
    windows(new, mark=mark)
    made, wanted = plan(there, new), plan(mine, releases / "new")
    assert made.report == wanted.report == []
    assert made.write == wanted.write and made.move == wanted.move
    carry_out(made, there)
    export_as_students_do(there)
    assert not plan(there, new).write


def test_untouched_becomes_the_new_release(releases: Path, tmp_path: Path) -> None:
    project = Path(shutil.copytree(releases / "old", tmp_path / "untouched"))
    carry_out(plan(project, releases / "new"), project)
    export(project)
    shutil.rmtree(project / ".before-update")
    assert digest(files(project), project) == digest(files(releases / "new"), releases / "new")


def test_an_interrupted_update_can_go_on(mine: Path, releases: Path) -> None:
    made = plan(mine, releases / "new")
    made.write = dict(list(made.write.items())[:2])  # killed after two files
    made.write.pop(".release.json", None)
    carry_out(made, mine)
    carry_out(plan(mine, releases / "new"), mine)
    assert RELU in text_of(mine, "operators")
    assert [c.id for c in read_notebook(mine / tiny.GUIDE).cells].count("my-helper") == 1


def change_cell(project: Path, cell_id: str, text: str) -> None:
    tiny.edit(project, lambda notebook: tiny.cell(notebook, cell_id).update(source=text))


def test_conflicts_are_reported(mine: Path, releases: Path) -> None:
    change_cell(mine, "picture", "mul  # my version")
    change_cell(mine, "module", text_of(mine, "module") + "\n# my start")
    change_cell(mine, "check-1", "assert True")
    (mine / "tests" / "test_operators.py").write_text("# mine\n", encoding="utf-8")
    made = plan(mine, releases / "new")
    said = "\n".join(made.report)
    assert "cell picture: both you and the release changed it" in said
    assert "cell module: your answer stays, though the release has changed" in said
    assert "cell check-1: you had changed this check" in said
    assert "tests/test_operators.py: yours stays" in said
    carry_out(made, mine)
    assert "# shown" in text_of(mine, "picture")
    assert "my version" in text_of(mine, "picture-yours")
    assert "# my start" in text_of(mine, "module")
    assert (mine / "tests" / "test_operators.py").read_text(encoding="utf-8") == "# mine\n"
    assert "test_later" in (mine / "tests" / "test_operators.py.new").read_text(encoding="utf-8")


def test_a_round_trip_that_loses_ids(mine: Path, releases: Path) -> None:
    path = mine / tiny.GUIDE
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for number, cell in enumerate(notebook["cells"]):
        cell.pop("id")
        if number % 2:
            cell["id"] = f"colab{number}"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    carry_out(plan(mine, releases / "new"), mine)
    ids = [cell.id for cell in read_notebook(path).cells]
    assert len(ids) == 13 and len(set(ids)) == 13
    assert RELU in text_of(mine, "operators")
    nbformat.validate(read_notebook(path))


def test_deleted_and_doubled_cells(mine: Path, releases: Path) -> None:
    def spoil(notebook: nbformat.NotebookNode) -> None:
        notebook.cells = [c for c in notebook.cells if c.id not in ("check-1", "title")]
        notebook.cells.append(tiny.cell(notebook, "picture").copy())

    tiny.edit(mine, spoil)
    made = plan(mine, releases / "new")
    assert any("cell check-1: you had removed this graded cell" in line for line in made.report)
    carry_out(made, mine)
    assert "A better sentence" in text_of(mine, "title")
    nbformat.validate(read_notebook(mine / tiny.GUIDE))


def test_a_broken_notebook_is_left_alone(mine: Path, releases: Path) -> None:
    (mine / tiny.GUIDE).write_text("not json", encoding="utf-8")
    made = plan(mine, releases / "new")
    assert any("isn't a notebook any more" in line for line in made.report)
    carry_out(made, mine)
    assert (mine / tiny.GUIDE).read_text(encoding="utf-8") == "not json"


def test_a_guide_that_was_renamed(releases: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(releases / "course", tmp_path / "course"))
    project = Path(shutil.copytree(releases / "new", tmp_path / "mine"))
    put_answers(load_course(root), project, {"task0_1", "task0_2"})
    (root / tiny.GUIDE).rename(root / "nbs" / "guides" / "module0" / "03_functions.ipynb")
    tiny.export(root)
    new = build(root, tmp_path / "newer", strict=False)
    made = plan(project, new)
    assert made.move == [tiny.GUIDE]
    carry_out(made, project)
    moved = "nbs/guides/module0/03_functions.ipynb"
    assert "product_of_both" in text_of(project, "operators", moved)
    assert not (project / tiny.GUIDE).exists()
    export(project)
    assert "product_of_both" in (project / "minitorch" / "operators.py").read_text(encoding="utf-8")


def test_the_command(mine: Path, releases: Path, tmp_path: Path) -> None:
    def update(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(mine / "update.py"), *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")

    before = digest(files(mine), mine)
    dry = update(releases / "new", "--dry-run")
    assert dry.returncode == 0 and "would be written" in dry.stdout
    assert digest(files(mine), mine) == before
    for wrong in (tmp_path / "nowhere", mine):
        done = update(wrong)
        assert done.returncode == 1 and "Nothing was changed." in done.stderr
        assert "Traceback" not in done.stderr
    done = update(releases / "new")
    assert done.returncode == 0 and "Updated " in done.stdout, done.stderr
    assert "up to date" in update(releases / "new").stdout
    (mine / ".release.json").write_text("{", encoding="utf-8")
    with pytest.raises(UpdateError, match="is damaged"):
        plan(mine, releases / "new")


def test_parts_put_together_are_the_text() -> None:
    text = "Before\n# A\n\na\n## B\nb\n# A\nagain\n"
    assert list(parts(text)) == ["", "# A", "## B", "# A (2)"]
    assert "".join(parts(text).values()) == text
