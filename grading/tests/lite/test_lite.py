"""The course in a browser tab: its Python under Node, and the page in a headless Chromium.

Under Node the journey is the one at home: from the untouched release, a task at a time.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import resource
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from grading.course.guides import load_course
from grading.course.regions import strip_solutions
from grading.course.tasks import Course
from grading.judge.judge import Judge
from grading.lite.build import sizes
from grading.paths import ROOT
from grading.release import journey
from grading.release.journey import put_answers
from grading.sandbox import run as sandbox
from grading.tests.test_browser import FLAGS, HANGING, SECONDS, require

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


# In a browser, every foreign host blocked

STATE = """() => {
    const panel = jupyterapp.shell.currentWidget;
    const cells = panel.content.widgets.filter(
        (cell) => cell.model.type === 'code' && cell.model.sharedModel.getSource().trim());
    const errors = cells.filter((cell) => !cell.model.metadata.tags?.includes('raises-exception'))
        .flatMap((cell) => cell.model.outputs.toJSON())
        .filter((output) => output.output_type === 'error');
    const stubs = cells.filter(
        (cell) => JSON.stringify(cell.model.outputs.toJSON()).includes('Need to implement'));
    return {
        idle: panel.sessionContext.session?.kernel?.status === 'idle',
        left: cells.filter((cell) => cell.model.executionCount === null).length,
        errors: errors.map((error) => error.ename + ': ' + error.evalue),
        stubs: stubs.map((cell) => cell.model.id),
    };
}"""
TYPED = """([name, text]) => {
    const cells = jupyterapp.shell.currentWidget.content.widgets;
    cells.find((cell) => cell.model.id === name).model.sharedModel.setSource(text);
}"""
SOURCE = """(name) => jupyterapp.shell.currentWidget.content.widgets
    .find((cell) => cell.model.id === name)?.model.sharedModel.getSource()"""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Serve the folder as `python -m http.server` does."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    require(program, "Chromium (apt install chromium)")
    from playwright.sync_api import sync_playwright

    blocked = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=[*FLAGS, blocked])
        yield chromium
        chromium.close()


class Tab:
    """A guide, open in a tab."""

    def __init__(self, page: Any, address: str, guide: str) -> None:
        self.page = page
        self.asked: set[str] = set()
        page.on("request", lambda request: self.asked.add(request.url))
        page.set_default_timeout(HANGING * SECONDS)
        page.goto(f"{address}/notebooks/index.html?path={guide}")
        self.wait()

    def wait(self) -> None:
        """Wait until Python has started."""
        self.page.locator("#minitorch-bar[data-ready=true]").wait_for(state="attached")

    def run_all(self) -> list[str]:
        """Run every cell; return the errors that none of them shows on purpose."""
        self.page.evaluate("""async () => {
            await jupyterapp.commands.execute('notebook:clear-all-cell-outputs');
            jupyterapp.commands.execute('notebook:run-all-cells');
        }""")
        self.page.wait_for_function(
            f"() => {{ const s = ({STATE})(); return s.idle && (!s.left || s.errors.length); }}"
        )
        return self.page.evaluate(STATE)["errors"]

    def press(self, name: str, until: str) -> str:
        """Press a button of the bar and wait until it says something."""
        self.page.locator("#minitorch-bar").get_by_role("button", name=name, exact=True).click()
        said = self.page.locator("#minitorch-bar pre").filter(has_text=re.compile(until))
        said.wait_for()
        return said.inner_text()


@pytest.mark.browser
def test_a_guide_in_a_browser(
    browser: Any, address: str, site: Path, course: Course, tmp_path: Path
) -> None:
    """An answer is typed, run, exported, tested, kept over a reload, downloaded and graded."""
    task = course.task("task0_4")
    answers = {
        cell.id: strip_solutions(cell.source, task.notebook, keep={task.id})
        for cell in course.guides[task.notebook].answers.values()
    }
    context = browser.new_context(accept_downloads=True)
    page = context.new_page()
    tab = Tab(page, address, task.notebook)
    assert tab.run_all() == []  # what isn't written yet stops nothing below it
    assert page.evaluate(STATE)["stubs"]
    for name, text in answers.items():
        page.evaluate(TYPED, [name, text])
    assert tab.run_all() == page.evaluate(STATE)["stubs"] == []
    assert "Exported: minitorch/module.py" in tab.press("Export", "Exported|package|Nothing")
    said = tab.press("Test", r"\d+ (passed|failed|error)")
    assert re.search(r"^\d+ passed", said, re.M), said  # failures would stand first

    page.reload()
    tab.wait()
    for name, text in answers.items():
        assert page.evaluate(SOURCE, name) == text
    said = tab.press("Test", r"\d+ (passed|failed|error)")  # the package is there, too
    assert re.search(r"^\d+ passed", said, re.M), said  # failures would stand first
    folder = tmp_path / "submitted" / "ada" / task.assignment
    folder.mkdir(parents=True)
    with page.expect_download() as download:
        tab.press("Download project", "Downloaded")
    download.value.save_as(folder / "minitorch-project.zip")
    assert {urlsplit(each).netloc for each in tab.asked} <= {urlsplit(address).netloc, ""}
    asked = {site / urlsplit(each).path.lstrip("/") for each in tab.asked}
    first = sum(len(gzip.compress(path.read_bytes(), 6)) for path in asked if path.is_file())
    assert first / 1e6 <= 20, f"a first visit fetches {first / 1e6:.1f} MB"
    context.close()

    judge = Judge(ROOT, cache=tmp_path / "cache", sandboxed=not sandbox.available())
    submission = judge.read(task.assignment, folder)
    assert judge.judge_task(task, judge.grafts(submission)).earned == task.points

    # Unzipped on a computer it goes on: the package is what its notebooks hold.
    home = tmp_path / "home"
    with zipfile.ZipFile(folder / "minitorch-project.zip") as packed:
        packed.extractall(home)
    project = home / "minitorch-project"
    before = (project / "minitorch" / "module.py").read_bytes()
    journey.export(project, typed=True)
    assert (project / "minitorch" / "module.py").read_bytes() == before
