"""Which code is folded: the rule, what keeps the mark, and that the stored notebooks agree."""

import json
import subprocess
import sys

import nbformat
import pytest

from grading.paths import ROOT
from grading.project.notebooks import copy_of, fold, folds, notebooks, tool, unfolded
from grading.release.strip import strip_notebook
from grading.release.student import update
from grading.site.filter import filter_notebook
from grading.site.folding import LONG, fold_notebook, folded, reasons, text_of
from grading.tests.site.test_site import code, figure, notebook

LINES = "\n".join(f"x{n} = {n}" for n in range(LONG + 1))


def words(text):
    return dict(cell_type="markdown", id="m", metadata={}, source=text.splitlines(keepends=True))


def why(*cells, guide=True):
    return reasons(notebook(*cells), guide)[-1]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (code("#| hide\nx = 1"), "hidden"),
        (code("#| code-fold: true\nx = 1"), "asked"),
        (code("#| code-fold: true\ndraw()", [figure()]), "figure"),
        (code("draw()", [figure()]), "figure"),
        (code("#| code-fold: false\ndraw()", [figure()]), ""),
        (code("#| echo: false\ndraw()", [figure()]), ""),
        (code("#| export\nfrom a import (\n    b,\n    c,\n)"), "imports"),
        (code("#| export\n# Last, because they need each other.\nimport a"), "imports"),
        (code("#| default_exp scalar"), "imports"),
        (code("import a\n\na.draw()"), ""),
        (code("%load_ext autoreload"), ""),
        (code("check()", nbgrader={"grade": True, "solution": False}), "check"),
        (code(f"#| export\n{LINES}"), "long"),
        (code(LINES), ""),
        (code(f"#| export\n{LINES}", nbgrader={"grade": False, "solution": True}), ""),
        (code("x = 3", [figure()], nbgrader={"grade": True, "solution": True}), ""),
        (words("import a"), ""),
    ],
)
def test_why_a_cell_is_folded(cell, reason):
    assert why(cell) == reason


def test_pages_of_the_library_show_its_code():
    assert why(code(f"#| export\n{LINES}"), guide=False) == ""
    assert why(code("import a"), guide=False) == "imports"


@pytest.mark.parametrize(
    "text", ["You can skip its code; see below.", "Skip this cell if you like."]
)
def test_code_that_can_be_skipped_is_folded(text):
    assert why(words(text), code("x = 1")) == "skip"
    assert why(words(text), code("y = 1"), code("x = 1")) == "", "only the next cell"
    assert why(words("It is tempting to skip the indices."), code("x = 1")) == ""


def test_slides_show_what_they_show():
    front = dict(cell_type="raw", id="r", metadata={}, source=["---\n", "title: a\n", "---"])
    assert reasons(notebook(front, code("draw()", [figure()]), code("import a"))) == ["", "", ""]


def test_folding_changes_nothing_but_its_own_words_and_is_undone():
    marks = {"grade_id": "test-task0_1", "grade": True, "solution": False}
    cell = code("x", nbgrader=marks, tags=["raises-exception"], jupyter={"outputs_hidden": True})
    (once,) = fold_notebook(notebook(cell))["cells"]
    assert once["metadata"] == {
        "cellView": "form",
        "jupyter": {"outputs_hidden": True, "source_hidden": True},
        "nbgrader": marks,
        "tags": ["raises-exception"],
    }
    assert {**once, "metadata": cell["metadata"]} == cell
    assert fold_notebook(notebook(once))["cells"] == [once]
    open_again = {**once, "source": ["#| code-fold: false\n", "x"]}
    assert not folded(fold_notebook(notebook(open_again))["cells"][0])


def test_the_site_folds_what_the_metadata_folds_and_says_what_it_is():
    (cell,) = fold_notebook(notebook(code("draw()", [figure()])))["cells"]
    (shown,) = filter_notebook(notebook(cell))["cells"]
    text = text_of(shown["source"])
    assert "#| code-fold: true\n" in text
    assert '#| code-summary: "Code of the figure"\n' in text


def test_the_stored_notebooks_agree_with_the_rule():
    assert not unfolded(ROOT), "run: python -m grading notebooks fold"


def test_every_guide_opens_with_its_words_and_pictures():
    """Before the first open code there are a title, a sentence and, where one is near, a figure."""
    for path in notebooks(ROOT):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = text_of(cell["source"])
            asked = "code-fold: false" in source or "echo: false" in source
            if cell["cell_type"] == "code" and not asked and "nbs/lib" not in path.as_posix():
                drawn = any("image/svg+xml" in o.get("data", {}) for o in cell["outputs"])
                written = "BEGIN SOLUTION" in source or "#| export" in source
                hand = cell["metadata"].get("nbgrader", {}).get("solution")
                deck = "nbs/slides" in path.as_posix()
                if drawn and not written and not hand and not deck:
                    assert folded(cell), f"{path.name}, {cell['id']}: its code stands before it"


def test_the_command_writes_and_checks(tmp_path):
    (tmp_path / "nbs").mkdir()
    path = tmp_path / "nbs" / "a.ipynb"
    path.write_text(json.dumps(notebook(code("import a"))), encoding="utf-8")
    assert unfolded(tmp_path) == ["nbs/a.ipynb: `fold` would change it"]
    fold(tmp_path)
    assert not folds(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "grading", "notebooks", "folds"],
        cwd=tmp_path, capture_output=True, encoding="utf-8", env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_cleaning_releasing_and_updating_keep_what_folds():
    cell = nbformat.v4.new_code_cell("import a")
    cell.id = "imports"
    cell.metadata = nbformat.from_dict({"cellView": "form", "jupyter": {"source_hidden": True}})
    page = nbformat.v4.new_notebook(cells=[cell])
    stripped = strip_notebook(page, "nbs/a.ipynb")
    assert stripped.cells[0].metadata == cell.metadata
    released = json.loads(nbformat.writes(stripped))["cells"]
    mine = [{**released[0], "metadata": {}}]
    base = {"imports": update.sha("import a")}
    merged = update.Notebook("nbs/a.ipynb", mine, base, {}).merge(released)
    assert merged[0]["metadata"] == cell.metadata


def test_nbdev_clean_keeps_what_folds():
    with copy_of(ROOT) as copy:
        path = copy / "nbs" / "index.ipynb"
        page = fold_notebook(json.loads(path.read_text(encoding="utf-8")))
        assert any(folded(each) for each in page["cells"])
        path.write_text(json.dumps(page, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        before = path.read_bytes()
        tool("nbdev_clean", "--fname", "nbs/index.ipynb", cwd=copy)
        assert path.read_bytes() == before
