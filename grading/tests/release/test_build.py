from __future__ import annotations

import ast
import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from configparser import ConfigParser
from pathlib import Path

import nbformat
import pytest
import yaml

from grading.course.guides import load_course
from grading.course.notebooks import read_notebook
from grading.course.regions import GradingError
from grading.paths import CHECKS, ROOT
from grading.release import build as release
from grading.release.build import build, digest, files
from grading.release.leaks import check_tree, given_code, secrets
from grading.release.preprocessors import finish
from grading.release.strip import SETTINGS, strip_notebook
from grading.release.student.update import MANIFEST
from grading.tests import tiny
from minitorch.draw.figure import image


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tiny.make_project(tmp_path_factory.mktemp("release"))
    build(root)
    return root


@pytest.fixture(scope="module")
def student(project: Path) -> Path:
    return project / "course" / "student"


@pytest.fixture
def own(project: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil, already built."""
    return Path(shutil.copytree(project, tmp_path / "project", symlinks=True))


def test_the_project_is_whole(student: Path) -> None:
    names = {path.relative_to(student).as_posix() for path in files(student)}
    assert {
        ".github/workflows/tests.yml",
        ".gitignore",
        "README.md",
        "minitorch/__init__.py",
        "minitorch/operators.py",
        "nbs/guides/module0/01_functions.ipynb",
        "nbs/lib/00_init.ipynb",
        "pyproject.toml",
        "settings.ini",
        "setup.py",
        "tests/test_operators.py",
    } <= names
    assert not any(name.startswith(("grading", "course")) for name in names)


def test_a_student_s_hooks_run_what_a_student_has() -> None:
    ours = (ROOT / release.HOOKS).read_text(encoding="utf-8")
    hooks = yaml.safe_load(release.student_hooks(ours))["repos"][0]["hooks"]
    entries = {hook["id"]: hook["entry"] for hook in hooks}
    assert {"nbdev-clean", "nbdev-export", "ruff", "ruff-format", "pyright"} <= entries.keys()
    assert not [entry for entry in entries.values() if "grading" in entry]
    assert "grading" in ours


def test_tests_of_the_reference_stay_behind(own: Path, tmp_path: Path) -> None:
    kept, left = own / "tests" / "given" / "test_kept.py", own / release.REFERENCE_TESTS
    kept.parent.mkdir()
    kept.write_text("def test_kept() -> None: ...\n", encoding="utf-8")
    left.mkdir()
    # A solution's line is no given code because a test of the reference has it, too.
    (left / "test_left.py").write_text("product_of_both = x * y\n", encoding="utf-8")
    assert "product_of_both" not in given_code(load_course(own))
    names = {path.name for path in files(build(own, tmp_path / "student") / "tests")}
    assert "test_kept.py" in names and not names & {"test_left.py", left.name}


def test_what_a_notebook_keeps(student: Path) -> None:
    notebook = read_notebook(student / tiny.GUIDE)
    picture, operators = tiny.cell(notebook, "picture"), tiny.cell(notebook, "operators")
    diagram, printed = picture.outputs
    assert diagram.data == {"text/html": image(tiny.SVG, "A box.")}
    assert printed.text == "a printed line of output\n"
    assert operators.outputs == []
    assert "SOLUTION" not in operators.source
    assert operators.source.count("Need to implement for Task 0.1: write ") == 2
    assert operators.metadata.nbgrader.grade_id == "operators"
    assert len(operators.metadata.nbgrader.checksum) == 32
    check = tiny.cell(notebook, "check-1")
    assert check.metadata.editable is False and check.metadata.nbgrader.points == 40
    assert tiny.cell(notebook, "written-3").source == "*Write your answer here.*"
    nbformat.validate(notebook)


def test_everything_hidden_goes() -> None:
    notebook = tiny.guide()
    notebook.metadata["widgets"] = {"state": 1}
    notebook.metadata["notes"] = "mine"
    title, picture = notebook.cells[0], tiny.cell(notebook, "picture")
    title["attachments"] = {"a": {"text/plain": base64.b64encode(b"secret").decode()}}
    title.metadata["notes"] = "mine"
    picture.metadata["tags"] = ["raises-exception", "answer: product_of_both"]
    picture.metadata["nbgrader_notes"] = "mine"
    operators = tiny.cell(notebook, "operators")
    operators.metadata.nbgrader["reference"] = "product_of_both"
    picture.execution_count = 7
    shown = "<svg><text>product_of_both = x * y</text></svg>"
    picture.outputs += [
        nbformat.v4.new_output("display_data", {"image/svg+xml": shown}),
        nbformat.v4.new_output("display_data", {"image/png": "aaaa", "text/html": "<b>"}),
    ]
    before = nbformat.writes(notebook)
    text = finish(strip_notebook(notebook, tiny.GUIDE, {"product_of_both=x*y": ""}))
    assert nbformat.writes(notebook) == before
    for gone in ("widgets", "mine", "attachments", "product_of_both", "image/png", "<b>"):
        assert gone not in text
    assert '"raises-exception"' in text and "A box." in text


def test_what_a_text_speaks_of_stays_under_its_cell() -> None:
    new = nbformat.v4.new_output
    notebook = tiny.guide()
    picture, check = tiny.cell(notebook, "picture"), tiny.cell(notebook, "check-1")
    kept = [
        new("stream", name="stdout", text="0.12 s\n"),
        new("execute_result", {"text/plain": "(1, 2)"}, execution_count=3),
        new("error", ename="ValueError", evalue="no", traceback=["---> no"]),
        new("display_data", {"text/plain": "<Markdown>", "text/markdown": "| ms |\n|---|\n| 3 |"}),
    ]
    shown = "product_of_both = x * y"
    gone = [
        new("stream", name="stdout", text=f"{shown}\n"),
        new("execute_result", {"text/plain": repr(shown)}),
        new("error", ename="ValueError", evalue="no", traceback=[f"---> {shown}"]),
        new("error", ename="ValueError", evalue=shown, traceback=[]),
        new("display_data", {"text/plain": "<Markdown>", "text/markdown": f"`{shown}`"}),
        new("display_data", {"text/plain": "<Figure>", "image/png": "aaaa"}),
    ]
    picture.outputs = [*kept, *gone]
    check.outputs = tiny.cell(notebook, "operators").outputs = list(kept)
    wanted = {"product_of_both=x*y": ""}
    stripped = strip_notebook(notebook, tiny.GUIDE, wanted)
    kept[1].execution_count = None
    assert tiny.cell(stripped, "picture").outputs == kept
    # What stands under an answer or a check is the reference's.
    assert tiny.cell(stripped, "check-1").outputs == []
    assert tiny.cell(stripped, "operators").outputs == []


def test_worked_solutions_are_for_those_who_learn_alone(own: Path, tmp_path: Path) -> None:
    course = load_course(own)
    wanted = secrets(course)
    alone = build(own, tmp_path / "alone", kind="self-learner")
    page = (alone / "solutions" / "module0" / "task0_1.md").read_text(encoding="utf-8")
    assert "def mul(x: float, y: float) -> float:\n    product_of_both = x * y" in page
    assert "What tends to go wrong:\n\n- wrong number" in page
    # The leak search sees them, and they are all that it sees; a course's release has no trace.
    assert {Path(leak.path).parts[0] for leak in check_tree(alone, wanted)} == {"solutions"}
    student = build(own, tmp_path / "student")
    assert check_tree(student, wanted) == [] and not (student / "solutions").exists()
    extra = {"solutions", ".release.json"}
    same = [p for p in files(student) if p.relative_to(student).parts[0] not in extra]
    assert len(same) > 9
    for path in same:
        name = path.relative_to(student)
        if name.name != MANIFEST:
            assert (alone / name).read_bytes() == path.read_bytes(), name


def test_run_all_goes_on_below_a_stub() -> None:
    notebook = tiny.guide()
    later = nbformat.v4.new_code_cell("# Needs Task 0.3.\nmake_modules()", id="later")
    given = nbformat.v4.new_code_cell("one = 1", id="one")
    notebook.cells[2:2] = [later, given]
    stripped = strip_notebook(notebook, tiny.GUIDE)
    for name in ("later", "check-1", "check-3"):
        assert tiny.cell(stripped, name).metadata.tags == ["raises-exception"]
    for name in ("one", "picture", "operators", "title"):
        assert "tags" not in tiny.cell(stripped, name).metadata


def test_colab_fetches_the_release_and_not_the_course() -> None:
    config = ConfigParser(delimiters=["="])
    config.read(SETTINGS, encoding="utf-8")
    urls = config["DEFAULT"]
    guide = read_notebook(ROOT / "nbs/guides/module0/01_setup.ipynb")
    (before,) = (c.source for c in guide.cells if c.id == "bootstrap")
    (after,) = (c.source for c in strip_notebook(guide, "guide").cells if c.id == "bootstrap")
    assert f'git+{urls["git_url"]}"' in before
    assert after == before.replace(urls["git_url"], urls["student_url"])


def test_half_done_keeps_what_is_asked() -> None:
    notebook = strip_notebook(tiny.guide(), tiny.GUIDE, keep={"task0_2", "task0_3"})
    assert "NotImplementedError" in tiny.cell(notebook, "operators").source
    assert "@given" in tiny.cell(notebook, "property").source
    module = tiny.cell(notebook, "module").source
    assert "self.training = True" in module and "SOLUTION" not in module


def test_stubs_are_valid_and_say_what_to_do(student: Path) -> None:
    for path in (student / "minitorch").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert "SOLUTION" not in path.read_text(encoding="utf-8")
        assert max(map(len, path.read_text(encoding="utf-8").split("\n"))) <= 100
        del tree
    code = "from minitorch.module import Module; Module().train()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=student, capture_output=True, encoding="utf-8"
    )
    assert (
        "Need to implement for Task 0.3: write Module.train in 01_functions.ipynb, "
        "run minitorch export, then pytest -m task0_3." in done.stderr
    )


def test_export_again_changes_nothing(student: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(student, tmp_path / "student"))
    release.export(copy)
    assert digest(files(copy), copy) == digest(files(student), student)


def test_readme_and_workflow_know_the_tasks(student: Path) -> None:
    readme = (student / "README.md").read_text(encoding="utf-8")
    assert "| Task 0.3 | 40 | [01_functions](nbs/guides/module0/01_functions.ipynb)" in readme
    assert "### Task 0.2" in readme and "### Task 0.5" not in readme and "@" + "TASKS" not in readme
    workflow = (student / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    assert "mark: [task0_1, task0_2, task0_3]" in workflow
    for name in ("pyproject.toml", "README.md", "setup.py", ".gitignore"):
        assert "grading" not in (student / name).read_text(encoding="utf-8")


def test_answers_beside_the_tests_are_no_text(own: Path, tmp_path: Path) -> None:
    """What a test compares with may be an archive of numbers: it travels, and isn't read."""
    stored = own / "tests" / "answers" / "numbers.npz"
    stored.parent.mkdir()
    stored.write_bytes(bytes(range(256)))
    made = build(own, tmp_path / "release", strict=False)
    assert (made / "tests" / "answers" / "numbers.npz").read_bytes() == bytes(range(256))


def test_two_builds_are_identical(project: Path, student: Path, tmp_path: Path) -> None:
    again = build(project, tmp_path / "elsewhere" / "again")
    assert [p.relative_to(again) for p in files(again)] == [
        p.relative_to(student) for p in files(student)
    ]
    for path in files(again):
        assert path.read_bytes() == (student / path.relative_to(again)).read_bytes(), path


def test_unchanged_is_not_built_again(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(own)
    capsys.readouterr()
    build(own)
    assert "nothing has changed" in capsys.readouterr().out
    tiny.edit(own, lambda nb: nb.cells[0].update(source="# Changed\n\n> Other words."))
    build(own)
    assert "Built" in capsys.readouterr().out
    (own / "course" / "student" / "README.md").write_text("spoiled", encoding="utf-8")
    build(own)
    assert "spoiled" not in (own / "course" / "student" / "README.md").read_text(encoding="utf-8")


def test_nbgrader_gives_the_same_notebooks(own: Path) -> None:
    guides = own / "nbs" / "guides" / "module0"
    (guides / "answers.txt").write_text("product_of_both = x * y", encoding="utf-8")
    (guides / "old").mkdir()
    (guides / "old" / "answers.txt").write_text("product_of_both = x * y", encoding="utf-8")
    nbgrader = Path(sys.executable).parent / "nbgrader"
    done = subprocess.run(
        [nbgrader, "generate_assignment", "module0"], cwd=own, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    made = own / "course" / "release" / "module0"
    assert [p.name for p in made.rglob("*")] == ["01_functions.ipynb"]
    ours = own / "course" / "student" / tiny.GUIDE
    assert (made / "01_functions.ipynb").read_bytes() == ours.read_bytes()


def unmark(notebook: nbformat.NotebookNode) -> None:
    del tiny.cell(notebook, "operators").metadata["nbgrader"]


def show(notebook: nbformat.NotebookNode) -> None:
    tiny.cell(notebook, "title").source += "\n\nHint: `return x if x > 0 else 0.0`"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (unmark, "01_functions.ipynb, cell operators: has a solution"),
        (show, "01_functions.ipynb, cell title source: shows Task 0.1, operators.relu"),
    ],
)
def test_nbgrader_says_what_is_wrong(own: Path, change: Callable, says: str) -> None:
    tiny.edit(own, change)
    nbgrader = Path(sys.executable).parent / "nbgrader"
    done = subprocess.run(
        [nbgrader, "generate_assignment", "module0"], cwd=own, capture_output=True, encoding="utf-8"
    )
    assert done.returncode != 0
    assert says in done.stderr
    assert not (own / "course" / "release" / "module0").exists()


# What goes wrong leaves nothing behind


def state(root: Path) -> dict[str, bytes]:
    folder = root / "course"
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_bad_guide_changes_nothing(own: Path) -> None:
    before = state(own)
    (own / tiny.GUIDE).write_text("not json", encoding="utf-8")
    with pytest.raises(GradingError, match=r"01_functions\.ipynb: isn't a notebook"):
        build(own)
    assert state(own) == before


def test_a_release_that_leaks_is_not_built(own: Path) -> None:
    before = state(own)
    tiny.edit(
        own, lambda nb: nb.cells[0].update(source="# A\n\n> Write `product_of_both = x * y`.")
    )
    with pytest.raises(GradingError, match=r"cell title source: shows Task 0\.1, operators\.mul"):
        build(own)
    assert state(own) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, GradingError, OSError(28, "No space left")])
def test_an_interrupted_build_changes_nothing(
    own: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    before = state(own)

    def fail(folder: Path) -> None:
        raise error

    monkeypatch.setattr(release, "export", fail)
    with pytest.raises((KeyboardInterrupt, GradingError)):
        build(own, strict=False)
        tiny.edit(own, lambda nb: nb.cells[0].update(source="# Changed\n\n> Other."))
        build(own, strict=False)
    assert state(own) == before


def test_what_a_killed_build_left_is_cleared(own: Path) -> None:
    left = own / "course" / ".student.building" / "minitorch"
    left.mkdir(parents=True)
    (left / "half.py").write_text("half", encoding="utf-8")
    (own / "course" / "student").rename(own / "course" / ".student.old")
    built = build(own)
    assert built.is_dir() and not left.exists()
    assert not (own / "course" / ".student.old").exists()


def test_an_unwritable_folder_is_named(own: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(GradingError, match=r"file.*can't be written"):
        build(own, blocked / "student")


def test_strict_by_default(own: Path) -> None:
    (own / CHECKS / "task0_1" / "mutants.py").unlink()
    with pytest.raises(GradingError, match=r"Task 0\.1 has no mutants"):
        build(own)
    command = [sys.executable, "-m", "grading", "release"]
    done = subprocess.run(command, cwd=own, capture_output=True, encoding="utf-8")
    assert done.returncode == 1 and "Task 0.1 has no mutants" in done.stderr
    assert "Traceback" not in done.stderr
    done = subprocess.run(
        [*command, "--unfinished"], cwd=own, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert load_course(own).tasks


@pytest.mark.slow
def test_the_course_twice(tmp_path: Path) -> None:
    """The real guides, in two processes; a student's editor finds nothing wrong in them."""
    built = []
    for seed in ("1", "2"):
        target = tmp_path / seed / "student"
        command = [sys.executable, "-m", "grading", "release", "--unfinished", str(target)]
        env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(tiny.HERE)}
        done = subprocess.run(
            command, cwd=tiny.HERE, env=env, capture_output=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stderr
        built.append({p.relative_to(target).as_posix(): p.read_bytes() for p in files(target)})
    first, second = built
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    for check in ("ruff check", "ruff format --check", "pyright --pythonpath"):
        command = [sys.executable, "-m", *check.split()] + [sys.executable] * ("path" in check)
        done = subprocess.run(command, cwd=target, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stdout + done.stderr


def test_an_untouched_release_passes_the_style_that_is_asked_for(own: Path) -> None:
    """A stub may stand after a blank line, where an inner function was."""
    student = own / "course" / "student"
    module = student / "minitorch" / "operators.py"
    stub = 'def stub() -> None:\n    """Do it."""\n\n    raise NotImplementedError\n'
    module.write_text(f"{module.read_text(encoding='utf-8')}\n\n{stub}", encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "minitorch"]
    done = subprocess.run(command, cwd=student, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
