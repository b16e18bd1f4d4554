"""The course in a browser tab: its Python under Node, and the page in a headless Chromium.

Under Node the journey is the one at home: from the untouched release, a task at a time.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
from pathlib import Path

import pytest

from grading.course.guides import load_course
from grading.course.tasks import Course
from grading.lite.build import sizes
from grading.paths import ROOT
from grading.release import journey
from grading.release.journey import put_answers
from grading.tests.test_browser import require

NODE = ROOT / "grading" / "lite" / "node.mjs"
WHOLE = os.environ.get("MINITORCH_PROOF") == "1"
MODULES = ["module0", "module1", "module2", "closures"] if WHOLE else ["closures"]

# In the tab's Python: the answers of each step go into the browser's storage, as if typed there.
PROGRAM = """
import json, os, pathlib, shutil, sys
import tab

shared = pathlib.Path("/shared")
sys.path.insert(0, "/shared")
marks = (shared / "marks").read_text()
for step in json.loads((shared / "steps.json").read_text()):
    for path in (shared / step).rglob("*.ipynb"):
        shutil.copy(path, pathlib.Path("/drive") / path.relative_to(shared / step))
    assert tab.export(), "the export failed"
    os.environ["OUTCOMES"] = f"/shared/{step}.json"
    import outcomes
    outcomes._records.clear()
    tab.test(marks, "-p", "outcomes", "--tb=no", "--no-header", "--no-summary")
    for path in (tab.PROJECT / "minitorch").rglob("*.py"):
        place = shared / f"{step}-package" / path.relative_to(tab.PROJECT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
"""


def in_tab(site: Path, program: str, shared: Path) -> str:
    """Run a program in the tab's Python; return what it said."""
    require(shutil.which("node"), "Node (apt install nodejs)")
    (shared / "program.py").write_text(program, encoding="utf-8")
    done = subprocess.run(
        ["node", str(NODE), str(site), str(shared / "program.py"), str(shared)],
        capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_s_tasks_turn_exactly_their_tests_green(
    module: str, site: Path, release: Path, course: Course, tmp_path: Path
) -> None:
    tasks = [task for task in course.tasks if task.assignment == module]
    before = course.tasks[: course.tasks.index(tasks[0])]
    home = Path(shutil.copytree(release, tmp_path / "home"))
    shared = tmp_path / "shared"
    shared.mkdir()
    done = {task.id for task in before}
    steps = ["untouched", *(task.id for task in tasks)]
    for step in steps:
        if step != "untouched":
            done.add(step)
        put_answers(course, home, done)
        for path in (home / "nbs" / "guides").rglob("*.ipynb"):
            place = shared / step / path.relative_to(home)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)
    (shared / "steps.json").write_text(json.dumps(steps), encoding="utf-8")
    (shared / "marks").write_text(" or ".join(t.mark for t in tasks), encoding="utf-8")
    shutil.copy(ROOT / "grading" / "release" / "outcomes.py", shared)
    in_tab(site, PROGRAM, shared)

    known: set[str] = set()
    records = json.loads((shared / "untouched.json").read_text(encoding="utf-8"))
    assert records, "no test ran"
    green = {test for test, each in records.items() if each["outcome"] in journey.GREEN}
    done = {task.id for task in before}
    for task in tasks:
        done.add(task.id)
        latest = json.loads((shared / f"{task.id}.json").read_text(encoding="utf-8"))
        turned, said = journey._turned(task, latest, green, course, done, known)
        assert said == []
        green |= set(turned)
    # What the tab's exporter wrote is, byte by byte, what a computer's writes.
    journey.export(home, typed=True)
    for path in sorted((home / "minitorch").rglob("*.py")):
        name = path.relative_to(home)
        if path.name != "_modidx.py":
            assert (shared / f"{steps[-1]}-package" / name).read_bytes() == path.read_bytes(), name


def test_sizes(site: Path) -> None:
    mb = sizes(site)
    assert mb["disk"] - mb["plots"] <= 45


def test_python_is_ready_soon(site: Path, tmp_path: Path) -> None:
    def computed() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before = computed()
    in_tab(site, "import minitorch\nminitorch.Scalar(1.0)", tmp_path)
    assert computed() - before <= 15


STORED = """
import io, zipfile, pathlib
import tab

whole = tab.project_zip()

def says(content):
    before = {p: p.read_bytes() for p in pathlib.Path("/drive").rglob("*") if p.is_file()}
    assert not tab.take_in(content)
    assert before == {p: p.read_bytes() for p in pathlib.Path("/drive").rglob("*") if p.is_file()}

def repacked(change):
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(packed, "w") as new:
        for info in old.infolist():
            name, content = change(info.filename, old.read(info))
            if name:
                new.writestr(name, content)
    return packed.getvalue()

says(b"")
says(whole[: len(whole) // 2])
says(repacked(lambda name, content: (None if ".release.json" in name else name, content)))
says(repacked(lambda name, content: (name, b"{}" if ".release.json" in name else content)))
says(repacked(lambda name, content: (name, b"{" if ".release.json" in name else content)))
inside = repacked(lambda name, content: ("minitorch-project/../../stolen", b"") if "README" in name
    else (name, content))
tab.take_in(inside)
assert not pathlib.Path("/stolen").exists()
assert tab.take_in(whole)
tab._keep_bytes = pathlib.Path.write_bytes
def full(path, content):
    raise OSError(28, "No space left on device")
pathlib.Path.write_bytes, kept = full, pathlib.Path.write_bytes
try:
    tab._keep("minitorch/operators.py", b"")
except tab.TabError as error:
    print(error)
finally:
    pathlib.Path.write_bytes = kept
"""


def test_a_zip_that_is_none_and_a_full_storage_are_said_in_a_sentence(
    site: Path, tmp_path: Path
) -> None:
    said = in_tab(site, STORED, tmp_path)
    assert said.count("can't be read as a zip") == 2
    assert said.count("is no project of this course") == 1
    assert said.count("Nothing was changed.") == 5
    assert "the browser's storage doesn't take it (No space left on device)" in said
