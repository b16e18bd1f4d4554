from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from grading.course import notebooks as reading
from grading.course.guides import load_course
from grading.course.notebooks import Guide, notebooks, read_notebook
from grading.course.readiness import problems
from grading.course.regions import (
    GradingError,
    body_of,
    fill,
    given_lines,
    regions_of,
    strip_solutions,
    stub_body,
    task_label,
)
from grading.judge.assemble import Reference
from grading.paths import CHECKS, ROOT
from grading.release.leaks import secrets
from grading.release.strip import released
from grading.tests import tiny


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.make_project(tmp_path_factory.mktemp("course"))


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A course without its package, to be spoiled."""
    import shutil

    import nbformat

    root = tmp_path / "broken"
    (root / tiny.GUIDE).parent.mkdir(parents=True)
    nbformat.write(tiny.guide(), root / tiny.GUIDE)
    for task, text in tiny.PROBES.items():
        for kind in ("probes", "mutants"):
            path = root / CHECKS / task / f"{kind}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(
                text if kind == "probes" else "[" + "Mutant()," * 5 + "]", encoding="utf-8"
            )
    assert not problems(load_course(root))
    shutil.rmtree(root / ".hypothesis", ignore_errors=True)
    return root


def test_reads_tasks(project: Path) -> None:
    course = load_course(project, strict=True)
    assert [a.name for a in course.assignments] == ["module0"]
    assert course.assignments[0].points == 100
    assert [(t.id, t.points, t.hand_points) for t in course.tasks] == [
        ("task0_1", 40, 0),
        ("task0_2", 20, 0),
        ("task0_3", 30, 10),
    ]
    first = course.task("task0_1")
    assert first.grade_id == "test-task0_1" and first.notebook == tiny.GUIDE
    assert first.section.endswith("#task-0-1") and first.kind == "probes"
    assert [r.target for r in first.regions] == ["operators.mul", "operators.relu"]
    assert first.regions[1].body == "return x if x > 0 else 0.0"
    assert (first.regions[1].cell_id, first.regions[1].grade_id) == ("operators", "operators")
    second = course.task("task0_2")
    assert second.kind == "tests" and second.tests == ("test_symmetric",)
    assert second.requires == ("task0_1",)
    assert second.regions[0].whole and second.regions[0].module == "property_tests"
    assert [r.qualname for r in course.task("task0_3").regions] == [
        "Module.train",
        "Module.evaluate",
    ]


def test_unknown_names_say_what_there_is(project: Path) -> None:
    course = load_course(project)
    with pytest.raises(GradingError, match=r"task9_9.*task0_1, task0_2"):
        course.task("task9_9")
    with pytest.raises(GradingError, match=r"module7.*module0"):
        course.assignment("module7")


def test_regions_survive_the_export(project: Path) -> None:
    course = load_course(project)
    for region in course.regions:
        text = (project / "minitorch" / f"{region.module}.py").read_text(encoding="utf-8")
        exported = {r.qualname: r for r in regions_of(text, region.module)}
        assert exported[region.qualname].body == region.body


def test_fill_with_own_bodies_changes_nothing() -> None:
    for source in (tiny.OPERATORS, tiny.PROPERTY, tiny.MODULE):
        bodies = {r.qualname: r.body for r in regions_of(source, "m")}
        assert fill(source, bodies) == source


def test_fill_one_region() -> None:
    text = fill(tiny.OPERATORS, {"relu": "y = x\nif y < 0:\n    y = 0\nreturn y"})
    assert "    if y < 0:\n        y = 0\n" in text
    assert "product_of_both" in text and "if x > 0" not in text
    assert fill(text, {"relu": "return x if x > 0 else 0.0"}) == tiny.OPERATORS
    with pytest.raises(GradingError, match=r"no solution region is called tanh.*mul, relu"):
        fill(tiny.OPERATORS, {"tanh": "pass"})


def test_strip_leaves_stubs() -> None:
    text = strip_solutions(tiny.OPERATORS, "nbs/guides/module0/01_functions.ipynb")
    assert "SOLUTION" not in text and "product_of_both" not in text
    namespace: dict = {}
    exec(text, namespace)
    with pytest.raises(NotImplementedError) as raised:
        namespace["relu"](1.0)
    assert str(raised.value) == (
        "Need to implement for Task 0.1: write relu in 01_functions.ipynb, "
        "run minitorch export, then pytest -m task0_1."
    )
    assert max(map(len, text.split("\n"))) <= 100


def test_strip_whole_functions() -> None:
    text = strip_solutions(tiny.PROPERTY)
    assert "@given" not in text and "first" not in text
    function = ast.parse(text).body[-1]
    assert isinstance(function, ast.FunctionDef)
    assert ast.get_docstring(function) == "The order of factors doesn't matter."
    assert not function.args.args and not function.decorator_list
    assert "def test_symmetric() -> None:" in text


def test_strip_without_solutions_changes_nothing() -> None:
    assert strip_solutions("%matplotlib inline\nx = 1") == "%matplotlib inline\nx = 1"


@pytest.mark.parametrize(
    ("task", "label"),
    [("task0_1", "Task 0.1"), ("task4_4b", "Task 4.4b"), ("chain-rule", "Part chain-rule")],
)
def test_labels(task: str, label: str) -> None:
    assert task_label(task) == label
    assert f"Need to implement for {label}: " in stub_body(task)


def test_body_of_unmarked_source() -> None:
    source = (
        "%load_ext autoreload\n"
        "class A:\n"
        "    @property\n"
        "    def b(\n"
        "        self,\n"
        "    ) -> int:\n"
        '        """Doc."""\n'
        "        # why\n"
        "        def inner():\n"
        "            return 1\n"
        "        return inner()\n"
        "def f(x): return x\n"
        "def only_doc():\n"
        '    """Doc."""\n'
        "def g():\n"
        "    return 1\n"
        "def g():\n"
        "    return 2\n"
    )
    assert body_of(source, "A.b") == "# why\ndef inner():\n    return 1\nreturn inner()"
    assert body_of(source, "f") == "return x"
    assert body_of(source, "only_doc") is None and body_of(source, "h") is None
    assert body_of(source, "g") == "return 2"
    assert body_of(source, "A.b", whole=True).startswith("@property\ndef b(")  # type: ignore[union-attr]
    with pytest.raises(GradingError, match="isn't Python"):
        body_of("def f(:", "f")


BAD_SOURCES = {
    "begins in line 2 has no end": "def f():\n    # BEGIN SOLUTION task0_1\n    pass",
    "ends a solution that nothing began": "def f():\n    pass\n    # END SOLUTION",
    "inside the one begun": (
        "def f():\n    # BEGIN SOLUTION t\n    # BEGIN SOLUTION t\n    pass\n    # END SOLUTION"
    ),
    "without saying whose": "def f():\n    # BEGIN SOLUTION\n    pass\n    # END SOLUTION",
    "lies outside a function": "# BEGIN SOLUTION task0_1\nx = 1\n# END SOLUTION",
    "must be the whole body of f": (
        "def f():\n    y = 1\n    # BEGIN SOLUTION t\n    return y\n    # END SOLUTION"
    ),
    "must be the whole body of A.f": (
        "class A:\n  def f(self):\n    # BEGIN SOLUTION t\n    y = 1\n    # END SOLUTION\n"
        "    return y"
    ),
    "isn't Python": "def f(:\n    # BEGIN SOLUTION t\n    pass\n    # END SOLUTION",
    "looks like a solution mark": "def f():\n    pass  # BEGIN SOLUTION t",
}


@pytest.mark.parametrize("says", BAD_SOURCES)
def test_bad_marks(says: str) -> None:
    with pytest.raises(GradingError, match=says) as raised:
        regions_of(BAD_SOURCES[says], "m", "guide.ipynb, cell here")
    assert "guide.ipynb, cell here" in str(raised.value)


def test_a_region_in_a_function_inside_a_function() -> None:
    source = (
        "def tensor_map(fn):\n"
        "    def _map(out):\n"
        "        # BEGIN SOLUTION task3_1\n"
        "        for i in range(3):\n"
        "            out[i] = fn(i)\n"
        "        # END SOLUTION\n"
        "\n"
        "    return _map"
    )
    (region,) = regions_of(source, "fast_ops")
    assert region.target == "fast_ops.tensor_map.<locals>._map"
    assert fill(source, {region.qualname: region.body}) == source
    stub = strip_solutions(source)
    assert "range(3)" not in stub and stub.endswith("    return _map")
    assert "Task 3.1: write _map of tensor_map" in stub
    assert body_of(stub, region.qualname) == stub_body("task3_1", region.qualname)
    assert body_of(source, "tensor_map.<locals>._map") is not None


def test_code_may_name_the_marks() -> None:
    source = 'MARKS = ("# BEGIN SOLUTION", "# END SOLUTION")\nCALL = f(\n    "# END SOLUTION",\n)'
    assert regions_of(source, "m") == []
    assert list(given_lines(source)) == source.split("\n")
    assert "product_of_both" not in "".join(given_lines(tiny.OPERATORS))


def spoil(cell_id: str, **changes):
    def change(notebook) -> None:
        cell = tiny.cell(notebook, cell_id)
        if "source" in changes:
            cell.source = changes["source"]
        if "metadata" in changes:
            cell.metadata = changes["metadata"]
        for key in changes.keys() - {"source", "metadata"}:
            cell.metadata["nbgrader"][key] = changes[key]

    return change


BAD_GUIDES = {
    "cell operators.*nbgrader doesn't know it": spoil("operators", metadata={}),
    "cell check-2.*grade_id 'test-task0_1' is already": spoil("check-2", grade_id="test-task0_1"),
    "cell check-2.*'test-task0_7' belongs to no task|has no visible check.*test-task0_2": spoil(
        "check-2", grade_id="test-task0_7"
    ),
    "cell written-3.*'written-task0_7' belongs to no task": spoil(
        "written-3", grade_id="written-task0_7"
    ),
    "cell operators.*'task1_1' is no task of module0": spoil(
        "operators", source=tiny.OPERATORS.replace("task0_1", "task1_1")
    ),
    "cell operators.*isn't exported": spoil(
        "operators", source=tiny.OPERATORS.replace("#| export\n", "")
    ),
    "cell operators.*answer cell without a solution": spoil("operators", source="x = 1"),
    "cell module.*module.Module.train has a solution|operators.mul has a solution already": spoil(
        "module", source=tiny.OPERATORS
    ),
}


@pytest.mark.parametrize("says", BAD_GUIDES)
def test_bad_guides(broken: Path, says: str) -> None:
    tiny.edit(broken, BAD_GUIDES[says])
    with pytest.raises(GradingError, match=says) as raised:
        load_course(broken)
    assert tiny.GUIDE in str(raised.value)


def test_two_cells_with_one_id(broken: Path) -> None:
    path = broken / tiny.GUIDE
    path.write_text(
        path.read_text(encoding="utf-8").replace('"id": "exp"', '"id": "title"'), encoding="utf-8"
    )
    with pytest.raises(GradingError, match=r"01_functions.*2 cells have the id 'title'"):
        load_course(broken)


def test_points_must_add_up(broken: Path) -> None:
    tiny.edit(broken, spoil("check-1", points=41))
    load_course(broken)
    with pytest.raises(GradingError, match=r"module0.*add up to 101, not 100.*task0_1 41"):
        load_course(broken, strict=True)


def test_the_points_of_an_extra_task_come_on_top(broken: Path) -> None:
    probes = broken / "grading" / "checks" / "task0_1" / "probes.py"
    probes.write_text("EXTRA = True\n" + probes.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(GradingError, match=r"module0.*add up to 60, not 100"):
        load_course(broken, strict=True)
    (task, *others) = load_course(broken).tasks
    assert task.extra and not any(other.extra for other in others)


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        ("task0_1/probes.py", None, "Task 0.1 has no probes"),
        ("task0_1/probes.py", "", "Task 0.1 has no probes"),
        ("task0_2/probes.py", "KIND = 'tests'", "Task 0.2 has no tests to grade"),
        ("task0_2/probes.py", "KIND = 'test'", "KIND is 'test'"),
        ("task0_2/probes.py", "KIND = str(3)", "must be a plain constant"),
        ("task0_2/probes.py", "KIND = (", "isn't Python"),
        ("task0_2/probes.py", "REQUIRES = ('task0_9',)", "REQUIRES names 'task0_9'"),
        ("task0_3/mutants.py", None, "Task 0.3 has no mutants"),
        ("task0_3/mutants.py", "[Mutant()]", "Task 0.3 has 1 mutants"),
    ],
)
def test_every_task_needs_probes_and_mutants(
    broken: Path, path: str, text: str | None, says: str
) -> None:
    where = broken / CHECKS / path
    if text is None:
        where.unlink()
    else:
        where.write_text(text, encoding="utf-8")
    with pytest.raises(GradingError, match=says) as raised:
        load_course(broken, strict=True)
    assert path in str(raised.value)


@pytest.mark.parametrize("text", ["not json", "{}", "[]", '{"cells": 3, "nbformat": 4}'])
def test_not_a_notebook(tmp_path: Path, text: str) -> None:
    path = tmp_path / "guide.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GradingError, match=r"guide\.ipynb: isn't a notebook"):
        read_notebook(path)
    with pytest.raises(GradingError, match=r"nowhere\.ipynb: can't be read"):
        read_notebook(tmp_path / "nowhere.ipynb")
    with pytest.raises(GradingError, match="there are no guides"):
        load_course(tmp_path)


def test_each_guide_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def counted(path: Path) -> object:
        read.append(path)
        return read_notebook(path)

    monkeypatch.setattr(reading, "read_notebook", counted)
    course = load_course(ROOT)
    secrets(course)
    reference = Reference(course)
    for task in course.tasks:
        assert task.grade_id and reference.visible(task)["source"]
    for name in course.guides:
        released(course, name)
    guides = sorted(path.relative_to(ROOT).as_posix() for path in read if "guides" in path.parts)
    assert guides == sorted(course.guides)


def test_every_task_has_a_card_that_says_its_points() -> None:
    course = load_course(ROOT)
    said = {task.label: course.cards.get(task.label) for task in course.tasks}
    assert said == {task.label: task.points + task.hand_points for task in course.tasks}


def test_a_card_that_says_other_points_is_told(project: Path) -> None:
    course = load_course(project)
    task = course.tasks[0]
    guide = course.guides[task.notebook]
    assert not [line for line in problems(course) if "card" in line]
    guide.cards[task.label] = task.points + task.hand_points + 1
    (told,) = [line for line in problems(course) if "card" in line]
    assert f"the card of {task.label} says {guide.cards[task.label]:g} points" in told


def test_a_guide_says_what_it_exports(project: Path) -> None:
    guide = Guide.read(project, project / tiny.GUIDE)
    assert guide.default == guide.exports[0] == "operators"
    assert guide.name == Path(tiny.GUIDE).as_posix()
    assert set(guide.answers) == {
        cell.id for cell in guide.cells if cell.metadata.get("nbgrader", {}).get("solution")
    }
    with pytest.raises(GradingError, match="has no cell 'no-such'"):
        guide.graded("no-such")


def test_hidden_notebooks_are_left_out(tmp_path: Path) -> None:
    for name in ("b.ipynb", "a/c.ipynb", ".ipynb_checkpoints/b.ipynb", "_d.ipynb", "_e/f.ipynb"):
        (tmp_path / "nbs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "nbs" / name).touch()
    assert notebooks(tmp_path) == [tmp_path / "nbs/a/c.ipynb", tmp_path / "nbs/b.ipynb"]


def test_a_guide_comes_after_those_that_it_names_as_before_it() -> None:
    """The order is the navigation's, whatever numbers the files have."""
    text = (ROOT / "_quarto.yml").read_text(encoding="utf-8")
    order = re.findall(r"^ +- (nbs/guides/\S+\.ipynb)$", text, re.M)
    assert sorted(order) == sorted(set(order)) and len(order) > 20
    named = 0
    for place, name in enumerate(order):
        cells = read_notebook(ROOT / name).cells
        (about,) = [c.source for c in cells if c.id in ("about", "intro")]
        for link in re.findall(r"\((\S+\.ipynb)", about.partition("Before it")[2]):
            before = (ROOT / name).parent.joinpath(link).resolve().relative_to(ROOT).as_posix()
            assert before in order[:place], f"{name} names {before}, which comes later"
            named += 1
    assert named > 20
