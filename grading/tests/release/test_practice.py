"""What students may check at home: released probes, on other numbers, in grading's words."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from grading.course.guides import load_course
from grading.course.regions import GradingError
from grading.course.tasks import Course, Task
from grading.judge import practice as judged
from grading.judge.assemble import Reference, assemble
from grading.judge.at_home import Home
from grading.judge.compare import Outcome
from grading.judge.diagnosis import says
from grading.judge.material import read_material
from grading.paths import ROOT
from grading.release import practice
from grading.release.build import student_pyproject
from grading.release.layers import normal
from grading.release.leaks import given_code, search, secrets, unreleased

MODULES = ("module0", "module1", "module2")


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT)


@pytest.fixture(scope="module")
def project(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student's project in which everything is right, with what a release has for check.py."""
    folder = tmp_path_factory.mktemp("practice")
    package, _ = assemble(Reference(course), lambda region: "reference")
    for name, data in package.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    practice.write(course, folder)
    return folder


def run(project: Path, *words: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run check.py; `before` is Python that is run first."""
    start = f"{before}; import runpy, sys; sys.argv = {['check.py', *words]!r}; "
    start += f"sys.path.insert(0, {str(project)!r}); "
    start += f"runpy.run_path({str(project / 'check.py')!r}, run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-I", "-c", start.removeprefix("; ")],
        cwd=project, capture_output=True, encoding="utf-8",
    )  # fmt: skip


def released(course: Course) -> list[Task]:
    return [task for task in course.tasks if task.released]


def test_every_task_of_the_first_modules_with_probes_has_released_ones(course: Course) -> None:
    wanted = {
        task.id
        for name in MODULES
        for task in course.assignment(name).tasks
        if task.kind == "probes"
    }
    assert wanted <= {task.id for task in released(course)}
    for task in released(course):
        left = set(read_material(course, Reference(course), task).names) - set(task.released)
        assert left, f"all probes of {task.label} are released, and none is left to grade with"


def test_stored_results_are_of_what_is_here_now(course: Course) -> None:
    old = [task.label for task in released(course) if not judged.fresh(course, task)]
    assert not old, f"run python -m grading practice: {', '.join(old)} changed"


def test_seeds_at_home_are_never_those_of_grading(course: Course) -> None:
    for task in released(course):
        stored = json.loads(practice.results_path(ROOT, task.id).read_bytes())
        assert list(stored["probes"]) == list(task.released)
        for name, about in stored["probes"].items():
            assert about["seed"] == f"practice:{task.id}.py:{name}"


def test_the_reference_agrees_without_numba_processes_or_a_network(project: Path) -> None:
    """In this process alone, as in a browser's tab."""
    before = (
        "import sys; sys.modules.update(dict.fromkeys(('numba', '_posixsubprocess'))); import os, "
        "socket; os.fork = os.posix_spawn = os.execv = socket.socket = None"
    )
    labels = [
        f"{t[4]}.{t[6]}" for t in sorted(p.stem for p in (project / "practice").glob("*.json"))
    ]
    done = run(project, *labels, before=before)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("released probes agree with the course.") == len(labels) >= 14
    assert "- " not in done.stdout


def test_a_mistake_is_told_with_its_cause_and_in_the_graders_words(
    course: Course, project: Path, tmp_path: Path
) -> None:
    """One mutant of each of a few tasks: what check.py says is what grading would say."""
    reference = Reference(course)
    for name in ("task0_1", "task1_4", "task2_1"):
        task = course.task(name)
        material = read_material(course, reference, task)
        stored = json.loads(practice.results_path(ROOT, name).read_bytes())
        likely = stored["mistakes"][0]["says"]
        mutant = next(each for each in material.mutants if each.says == likely)
        changed, _ = assemble(
            reference, lambda region: "reference", bodies={mutant.target: mutant.body}
        )
        spoilt = tmp_path / name
        for each, data in changed.items():
            (spoilt / each).parent.mkdir(parents=True, exist_ok=True)
            (spoilt / each).write_bytes(data)
        practice.write(course, spoilt)
        done = run(spoilt, name)
        assert done.returncode == 1 and f"Most likely: {likely}" in done.stdout, done.stdout
        home = Home(ROOT, changed)
        items = {f"{material.file}:{n}": a["seed"] for n, a in stored["probes"].items()}
        for item, got in home.probe(material, changed, items).items():
            probe = item.partition(":")[2]
            right = Outcome(value=stored["probes"][probe]["expected"])
            said = says(right, got, task.tolerance, parts=task.parts_of(probe))
            assert not said or said in done.stdout


def test_a_stub_and_a_package_that_cannot_be_imported_are_sentences(
    course: Course, tmp_path: Path
) -> None:
    package, _ = assemble(Reference(course), lambda region: "stub")
    for name, data in package.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    practice.write(course, tmp_path)
    done = run(tmp_path, "Task 0.1")
    assert done.returncode == 1 and "is not written yet: Need to implement" in done.stdout
    assert "run minitorch export" in done.stdout
    (tmp_path / "minitorch/__init__.py").write_text("import nothing_of_that_name", encoding="utf-8")
    done = run(tmp_path, "0.1")
    assert "can't be imported" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("word", ["9.9", "0.2", "relu", "", "../x"])
def test_an_unknown_task_is_a_sentence(project: Path, word: str) -> None:
    done = run(project, word)
    assert done.returncode == 1 and "Tasks that can be checked: 0.1" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_of_solutions_or_of_other_probes_is_in_it(course: Course, project: Path) -> None:
    wanted = secrets(course) | unreleased(course)
    theirs = [path for path in sorted((project / "practice").iterdir()) if path.is_file()]
    for path in [project / "check.py", *theirs]:
        assert not search(path.read_bytes(), path.name, wanted), path.name
    for task in released(course):
        shown = (project / "practice" / f"{task.mark}.py").read_text(encoding="utf-8")
        every = read_material(course, Reference(course), task).names
        assert [n for n in every if f"def {n}(" in shown] == [
            n for n in every if n in task.released
        ]


def test_a_line_of_another_probe_would_be_found(course: Course) -> None:
    wanted = unreleased(course)
    assert len(wanted) > 500
    line = (
        "    pairs = [(rng.uniform(-9, 9), rng.uniform(-9, 9)) for _ in range(12)]"  # of probe_max
    )
    assert normal(line) in wanted
    assert [str(leak) for leak in search(line.encode(), "practice/x.py", wanted)]
    assert not set(wanted) & set(given_code(course).split("\n"))


def test_old_results_and_a_probe_that_is_not_there_are_refused(
    course: Course, tmp_path: Path, monkeypatch
) -> None:
    task = course.task("task0_1")
    stored = json.loads(practice.results_path(ROOT, task.id).read_bytes())
    other = tmp_path / "released.json"
    (tmp_path / "release").mkdir()
    other.write_text(json.dumps(stored | {"made_from": "another"}), encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(practice, "results_path", lambda *_: other)
        with pytest.raises(GradingError, match="python -m grading practice"):
            practice.write(course, tmp_path / "release")
    object.__setattr__(task, "released", ("probe_none",))
    try:
        with pytest.raises(GradingError, match="RELEASED names 'probe_none'"):
            practice.source(ROOT, task)
    finally:
        object.__setattr__(task, "released", tuple(stored["probes"]))


def test_released_probes_keep_the_style_that_a_students_project_asks_for(
    course: Course, project: Path, tmp_path: Path
) -> None:
    """A student's own ruff looks at them too."""
    (tmp_path / "practice").mkdir()
    for task in released(course):
        name = f"practice/{task.mark}.py"
        (tmp_path / name).write_bytes((project / name).read_bytes())
    settings = student_pyproject((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
    (tmp_path / "practice/imports.py").write_text(
        practice.released_source(
            '"""All."""\n\nfrom __future__ import annotations\n\nimport math\nimport random\n'
            "from typing import Any\n\nimport numpy as np\n\n\n"
            "def probe_a(mt: Any, rng: random.Random) -> Any:\n"
            '    """Look at numbers."""\n    return np.pi\n',
            ["probe_a"],
            "Some.",
        ),
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "ruff", "check", "--no-cache"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout


def test_what_a_released_probe_needs_comes_along_and_nothing_else() -> None:
    text = (
        '"""All."""\nimport math\nimport os\n\nSIZE = 3\nOTHER = 4\n\n\ndef _half(x):\n'
        "    return x / 2\n\n\ndef _twice(x):\n    return _half(x) * 4 * SIZE\n\n\n"
        "def probe_a(mt, rng):\n    return math.sin(_twice(1))\n\n\n"
        "def probe_b(mt, rng):\n    return os.sep * OTHER\n"
    )
    kept = practice.released_source(text, ["probe_a"], "Some.")
    assert "_half" in kept and "SIZE = 3" in kept and "import math" in kept
    assert "OTHER" not in kept and "import os" not in kept and "probe_b" not in kept
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("kept", loader=None)  # type: ignore[arg-type]
    )
    exec(kept, module.__dict__)
    assert module.probe_a(None, None) == pytest.approx(-0.279, abs=1e-3)
