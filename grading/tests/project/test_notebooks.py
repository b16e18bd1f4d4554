"""The checks of the notebooks find what they are there to find."""

import json
import re
import shutil
import subprocess

import pytest

from grading.paths import ROOT
from grading.project.notebooks import copy_of, export_differences, notebooks, run_all, unclean
from grading.release.build import export

CELLS = {
    "title": ("markdown", "# Small\n\n> A small notebook.", []),
    "default-exp": ("code", "#| default_exp small", []),
    "one": ("code", "#| export\ndef one() -> int:\n    return 1", []),
}


def write(root, cells=CELLS, name="small"):
    body = []
    for key, (kind, source, tags) in cells.items():
        metadata = {"tags": tags} if tags else {}
        cell = dict(cell_type=kind, id=key, metadata=metadata, source=source.splitlines(True))
        if kind == "code":
            cell |= dict(execution_count=None, outputs=[])
        body.append(cell)
    notebook = dict(cells=body, metadata={}, nbformat=4, nbformat_minor=5)
    text = json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (root / "nbs" / f"{name}.ipynb").write_text(text, encoding="utf-8")


@pytest.fixture
def project(tmp_path):
    (tmp_path / "nbs").mkdir()
    (tmp_path / "minitorch").mkdir()
    shutil.copy(ROOT / "settings.ini", tmp_path)
    shutil.copy(ROOT / "minitorch/py.typed", tmp_path / "minitorch")
    (tmp_path / "minitorch/__init__.py").write_text('__version__ = "0.6.0"\n', encoding="utf-8")
    write(tmp_path)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def exported(project):
    with copy_of(project) as copy:
        export(copy)
        shutil.rmtree(project / "minitorch")
        shutil.copytree(copy / "minitorch", project / "minitorch")


def test_a_package_edited_by_hand_is_found(project):
    exported(project)
    path = project / "minitorch/small.py"
    path.write_text(
        path.read_text(encoding="utf-8").replace("return 1", "return 2"), encoding="utf-8"
    )
    (project / "minitorch/stray.py").write_text("", encoding="utf-8")
    found = export_differences(project)
    assert "minitorch/small.py differs from its notebook" in found
    assert "minitorch/stray.py is in the package, yet no notebook exports it" in found


def test_an_exported_package_is_accepted(project):
    exported(project)
    # The front door isn't exported here, so nbdev may touch it; the rest must agree.
    assert not [f for f in export_differences(project) if "small.py" in f]


def test_an_unclean_notebook_is_found(project):
    path = project / "nbs/small.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][1]["execution_count"] = 7
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert unclean(project) == ["nbs/small.ipynb"]


@pytest.mark.parametrize(
    ("source", "tags", "problem"),
    [
        ("1 + 1", [], ""),
        ("1 / 0", [], "ZeroDivisionError"),
        ("1 / 0", ["raises-exception"], ""),
        ("1 + 1", ["raises-exception"], "nothing was raised"),
    ],
)
def test_an_error_is_allowed_only_where_it_is_announced(project, source, tags, problem):
    write(project, CELLS | {"last": ("code", source, tags)})
    found = run_all(project)
    assert bool(found) == bool(problem)
    assert problem in "".join(found)


@pytest.mark.parametrize(
    ("stored", "problem"),
    [("<svg>old</svg>", "isn't what the library draws"), ("<svg>new</svg>", "")],
)
def test_a_stored_picture_that_is_no_longer_drawn_is_found(project, stored, problem):
    write(project, {"one": ("code", "from IPython.display import SVG\nSVG('<svg>new</svg>')", [])})
    path = project / "nbs/small.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    data = {"image/svg+xml": stored}
    notebook["cells"][0]["outputs"] = [dict(output_type="display_data", data=data, metadata={})]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    problems = run_all(project)
    assert bool(problems) == bool(problem)
    assert all(problem in found for found in problems)


@pytest.mark.parametrize("path", notebooks(ROOT), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_code_lines_fit_the_page(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            long = [line for line in "".join(cell["source"]).splitlines() if len(line) > 100]
            # The address from which Colab fetches the course can't be broken.
            long = [line for line in long if "%pip install" not in line]
            assert not long, f"{cell['id']}: longer than 100 characters: {long[0]}"


def test_every_guide_begins_with_the_same_bootstrap():
    found = {}
    for path in notebooks(ROOT):
        if "guides" in path.parts:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            second = cells[1]
            assert second["id"] == "bootstrap", f"{path.name}: the second cell is the bootstrap"
            found.setdefault("".join(second["source"]), []).append(path.name)
    assert len(found) == 1, f"The bootstrap differs: {list(found.values())}"


@pytest.mark.parametrize("path", notebooks(ROOT), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_no_stored_output_names_the_machine_it_was_made_on(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        stored = json.dumps(cell.get("outputs", []))
        place = re.search(r"/(home|root|tmp|work|Users)/[\w./-]+", stored)
        assert not place, f"{cell['id']}: its output names {place and place.group()}"
