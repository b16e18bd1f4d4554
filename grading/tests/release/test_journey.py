from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from grading.course.guides import load_course
from grading.paths import CHECKS
from grading.release import journey
from grading.release.build import build, export
from grading.release.journey import copy_release, put_answers, run_tests, same_package, walk
from grading.tests import tiny

NAME = "tests/test_operators.py::test_name"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tiny.make_project(tmp_path_factory.mktemp("journey"))
    build(root)
    return root


@pytest.fixture
def project(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built tiny course that a test may spoil."""
    monkeypatch.setattr(journey, "GIVEN_ONLY", frozenset({NAME}))
    return Path(shutil.copytree(built, tmp_path / "project"))


def go(root: Path) -> journey.Journey:
    return walk(root, root / "course" / "student", tell=lambda line: None)


def student(root: Path) -> Path:
    return root / "course" / "student"


def test_all_is_well(project: Path) -> None:
    before = {p: p.read_bytes() for p in student(project).rglob("*") if p.is_file()}
    lines: list[str] = []
    seen = walk(project, student(project), tell=lines.append)
    assert seen.problems == []
    assert seen.given == [NAME]
    assert [(step.name, len(step.green)) for step in seen.steps] == [
        ("task0_1", 3),
        ("task0_2", 1),
        ("task0_3", 1),
    ]
    assert lines[0].startswith("untouched: 5 tests fail by a stub's message, 1 pass")
    assert lines[1].startswith("Task 0.1: 3 tests turn green")
    assert lines[-1].startswith("the end: 6 of 6 tests are green")
    assert {p: p.read_bytes() for p in student(project).rglob("*") if p.is_file()} == before


def add_test(root: Path, text: str) -> None:
    path = student(root) / "tests" / "test_operators.py"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{text}", encoding="utf-8")


SPOILED = {
    "swallows the stub": (
        "@pytest.mark.task0_1\ndef test_lax():\n    with pytest.raises(NotImplementedError):\n"
        "        mul(1, 2)\n",
        "test_lax passes though task0_1 isn't written",
    ),
    "fails in another way": (
        "@pytest.mark.task0_1\ndef test_odd():\n    assert mul(1, 2) if False else 1 == 2\n",
        "untouched release: .*test_odd is failed, .* with AssertionError",
    ),
    "hides the stub": (
        "@pytest.mark.task0_1\ndef test_hidden():\n    try:\n        mul(1, 2)\n"
        "    except NotImplementedError as error:\n        raise ValueError('no') from error\n",
        "untouched release: .*test_hidden is failed, .* with ValueError: no",
    ),
    "needs a later task": (
        "@pytest.mark.task0_1\ndef test_early():\n    Module().train()\n    mul(1, 2)\n",
        "Task 0.1: its .*test_early is still red: Need to implement for Task 0.3",
    ),
    "is marked with a later task": (
        "@pytest.mark.task0_3\ndef test_late():\n    assert mul(1, 2) == 2\n",
        "Task 0.1: .*test_late, a test of task0_3, is green already",
    ),
    "is wrong": (
        "def test_wrong():\n    assert mul(1, 2) == 3\n",
        "Task 0.1: .*test_wrong is failed, .* with AssertionError",
    ),
}
GROUP = """@pytest.mark.task0_1
def test_group():
    errors = []
    for function in (mul, lambda x, y: relu(x)):
        try:
            assert function(-1, 2) <= 0
        except NotImplementedError as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("both", errors)
"""


def test_what_is_wrong_is_said(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journey, "GIVEN_ONLY", frozenset())
    for text, _ in SPOILED.values():
        add_test(project, text)
    add_test(project, GROUP)
    problems = go(project).problems
    for _, says in SPOILED.values():
        assert any(re.search(says, problem) for problem in problems), problems
    assert any(f"{NAME} passes though task0_3 isn't written" in each for each in problems)
    assert not any("test_group" in each for each in problems)


@pytest.mark.parametrize("text", ["import nowhere_to_be_found\n", "TWO = mul(1, 2)\n"])
def test_a_file_that_cannot_be_collected(project: Path, text: str) -> None:
    add_test(project, text)
    records = run_tests(student(project))
    _, problems = journey._untouched(records, load_course(project), set())
    assert any("tests/test_operators.py is failed" in each for each in problems)
    assert any("CollectError" in each for each in problems)


def test_another_package_at_the_end(project: Path) -> None:
    """The release is older than the reference, and a probe sees two packages."""

    def change(notebook) -> None:
        notebook.cells[-1].source += "\n\nlater = 1"

    tiny.edit(project, change, "nbs/lib/00_module.ipynb")
    tiny.export(project)
    probe = project / CHECKS / "task0_3" / "probes.py"
    probe.write_text(
        "def probe_place(mt, rng):\n    return [mt.__file__, rng.random()]\n", encoding="utf-8"
    )
    problems = go(project).problems
    assert len(problems) == 2
    assert "minitorch/module.py isn't the reference's" in problems[0]
    assert "task0_3.py probe_place gives" in problems[1]


def test_answers_of_some_tasks(project: Path) -> None:
    course = load_course(project)
    put_answers(course, student(project), {"task0_1"})
    tiny.export(student(project))
    records = run_tests(student(project))
    assert {test.split("::")[1] for test, r in records.items() if r["outcome"] == "passed"} == {
        "test_mul",
        "test_relu[-1.0]",
        "test_relu[2.0]",
        "test_name",
    }
    assert run_tests(student(project), {NAME}).keys() == {NAME}


MODULES = ["module0", "module1", "module2", "module3", "module4", "closures"]


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_the_course(module: str, real_release: Path) -> None:
    """The real guides and tests, a module at a time: each task turns its own tests green.

    In every module the answers of those before it are in. What this sample leaves out is in
    `test_the_whole_way`: the tests of other modules and of given code between two tasks, and the
    probes on the student's package at the end.
    """
    seen = walk(tiny.HERE, real_release, module=module)
    assert seen.problems == []
    tasks = [task for task in load_course(tiny.HERE).tasks if task.assignment == module]
    assert [step.name for step in seen.steps] == [task.id for task in tasks]


def test_no_module_is_left_out() -> None:
    assert {task.assignment for task in load_course(tiny.HERE).tasks} == set(MODULES)


@pytest.mark.slow
def test_the_untouched_release(real_release: Path, tmp_path: Path) -> None:
    """Given code needs no answer, and nothing else fails but by the message of a stub."""
    project, course = tmp_path / "student", load_course(tiny.HERE)
    copy_release(tiny.HERE, real_release, project)
    given, problems = journey._untouched(run_tests(project), course, set())
    assert given and problems == []


@pytest.mark.slow
def test_all_answers_make_the_reference(real_release: Path, tmp_path: Path) -> None:
    project, course = tmp_path / "student", load_course(tiny.HERE)
    copy_release(tiny.HERE, real_release, project)
    put_answers(course, project, {task.id for task in course.tasks})
    export(project, typed=True)
    assert same_package(course, project) == []


@pytest.mark.proof
def test_the_whole_way(real_release: Path) -> None:
    """From the untouched release to the end, all tests at each step, the probes at the end."""
    seen = walk(tiny.HERE, real_release)
    assert seen.problems == []
    assert [step.name for step in seen.steps] == [t.id for t in load_course(tiny.HERE).tasks]
