"""Several machines: a worker that is lost, one without bwrap, a scheduler that isn't there."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from grading.course.regions import GradingError
from grading.judge.judge import Judge
from grading.judge.pair import Answer, Pair
from grading.paths import ROOT
from grading.sandbox.ending import NotYet
from grading.schedule import cluster as cluster_module
from grading.schedule import worker
from grading.schedule.cluster import Cluster, cluster
from grading.tests import tiny
from grading.tests.gradebook import test_keeping, test_nbgrader
from grading.tests.gradebook.test_nbgrader import environment, hand_in, project, reference, written

__all__ = ["project"]  # the fixture: a tiny course of this module's own

DASK = importlib.util.find_spec("distributed")
if not DASK and os.environ.get("CI") == "true":
    pytest.fail("CI must test grading on a cluster: install the extra [cluster]", pytrace=False)
needs_dask = pytest.mark.skipif(not DASK, reason="needs Dask (the extra [cluster])")

STUDENTS = 4


# A real scheduler and real workers


@contextmanager
def running(root: Path, *arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """A program in a session of its own, with all that it begins; ended at last."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=root,
        env=environment(root) | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def said(process: subprocess.Popen[str], pattern: str) -> str:
    """Wait until it says something; returns all that it said until then."""
    assert process.stdout
    lines = ""
    for line in process.stdout:
        lines += line
        if re.search(pattern, line):
            return lines
    raise AssertionError(f"it never said {pattern}: {lines}")


def a_class(root: Path) -> None:
    """Students of whom no two wrote the same."""
    for number in range(STUDENTS):
        notebook = reference(root)
        cell = tiny.cell(notebook, "operators")
        cell.source = f"{cell.source}\n# {number}"
        if number % 2:
            cell.source = cell.source.replace("return x if x > 0 else 0.0", "return x")
        hand_in(root, f"student{number}", written(notebook))


@needs_dask
@pytest.mark.sandbox
@pytest.mark.slow
@pytest.mark.skipif(bool(test_nbgrader.REASON), reason=test_nbgrader.REASON)
def test_a_lost_worker_loses_nothing(project: Path, tmp_path: Path) -> None:
    """One of two is killed half-way, and one has no bwrap: the gradebook is that of one machine."""
    a_class(project)
    with ExitStack() as started:
        scheduler = started.enter_context(
            running(project, "dask", "scheduler", "--host", "127.0.0.1", "--port", "0",
                    "--no-dashboard", "--no-show")
        )  # fmt: skip
        address = said(scheduler, r"Scheduler at:").split()[-1]
        first, second = [
            started.enter_context(running(project, "grading", "worker", address)) for _ in range(2)
        ]
        without = ("--nworkers", "1", "--nthreads", "1", "--no-nanny", "--no-dashboard")
        bad = started.enter_context(
            running(project, "dask", "worker", address, *without, PATH=str(tmp_path))
        )
        for process in (first, second, bad):
            said(process, "Registered to")
        grader = started.enter_context(
            running(project, "grading", "grade", "module0", "--scheduler", address)
        )
        before = said(grader, rf"1 of {STUDENTS}  student")
        end(first)
        told, _ = grader.communicate()
    assert grader.returncode == 0, told
    assert "on 2 workers" in before + told
    assert "bwrap was not found" in before + told
    said_of = re.findall(rf"of {STUDENTS}  (student\d)", told)
    assert len(said_of) == len({*said_of}) == STUDENTS - 1, "the first was said before"
    on_a_cluster = test_keeping.state(project)
    for name in ("gradebook.db", "grades.csv", "judged", "autograded", "feedback", "backups"):
        path = project / "course" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    alone = test_nbgrader.grade(project, "module0")
    assert alone.returncode == 0, alone.stdout + alone.stderr
    assert test_keeping.state(project) == on_a_cluster
    assert [entry[0] for entry in on_a_cluster["entries"].values()] == [90, 70] * (STUDENTS // 2)


@needs_dask
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "ftp://127.0.0.1:1", "tcp:/"])
def test_a_scheduler_that_is_not_there(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "CONNECT", 0.5)
    there = cluster(address, print)
    with pytest.raises(GradingError, match=f"There is no Dask scheduler at {address}") as caught:
        there.__enter__()
    assert "Nothing was changed" in str(caught.value)


def test_nothing_needs_dask_that_did_not_ask_for_it() -> None:
    """Neither grading on this machine nor the module that knows clusters imports it."""
    code = (
        "import sys; import grading.gradebook.grade, grading.schedule.cluster; "
        "print({name.partition('.')[0] for name in sys.modules} & {'dask', 'distributed'})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert done.stdout.strip() == "set()", done.stdout + done.stderr


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    there = cluster("tcp://127.0.0.1:1", print)
    with pytest.raises(GradingError, match=r"needs Dask.*\[course,cluster\]"):
        there.__enter__()


# A client that does as it is told


class Client:
    """Dask's, as far as it is used: pairs are done when the test says so."""

    def __init__(self, **said: Any) -> None:
        self.said = said  # what each worker answers when it gets the course
        self.alive = dict.fromkeys(said, 2)
        self.sent: list[tuple[Any, list[str], Pair]] = []

    def nthreads(self, workers: list[str] | None = None) -> dict[str, int]:
        return {each: self.alive[each] for each in workers or self.alive}

    def run(self, function: Any, course: Any, workers: list[str], **_: Any) -> dict[str, Any]:
        return {each: self.said[each] for each in workers}

    def submit(self, function: Any, course: str, pair: Pair, workers: list[str], **_: Any) -> Any:
        future: Any = Future()
        future.status = "pending"
        self.sent.append((future, sorted(workers), pair))
        return future


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "CONNECT", 0.05)
    monkeypatch.setattr(cluster_module, "PATIENCE", 0.2)
    monkeypatch.setattr(cluster_module, "LOOK", 0.02)


def place_of(judge: Judge, client: Client) -> tuple[Cluster, list[str]]:
    lines: list[str] = []
    place = Cluster(client, "tcp://here:1", lines.append)
    place.begin(judge, "module0")
    return place, lines


PAIR = Pair("module0", ("task0_1",), {})


def until(condition: Any) -> None:
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


@pytest.mark.usefixtures("hurried")
def test_a_pair_goes_to_who_is_left_and_is_answered_once(judge: Judge) -> None:
    client = Client(a="", b="It has no bwrap.", c=ModuleNotFoundError("no", name="grading"))
    place, lines = place_of(judge, client)
    assert "Left out: the worker b. It has no bwrap." in lines
    assert any("the worker c. It has no grading." in line for line in lines)
    assert place.workers == 4
    waiting = place.submit(judge, PAIR)
    client.said["d"], client.alive["d"] = "", 1
    del client.alive["a"]
    until(lambda: len(client.sent) == 2)
    (first, to_first, _), (second, to_second, _) = client.sent
    assert (to_first, to_second) == (["a"], ["d"]) and first.cancelled()
    answer = Answer(shares={"task0_1": 1.0})
    second.set_result(answer)
    assert waiting.result(30) is answer
    place.close()


@pytest.mark.usefixtures("hurried")
def test_without_any_worker_left_the_rest_is_not_graded_yet(judge: Judge) -> None:
    client = Client(a="")
    place, _ = place_of(judge, client)
    waiting = place.submit(judge, PAIR)
    client.alive.clear()
    for each in (waiting, place.submit(judge, PAIR)):
        with pytest.raises(NotYet, match="no worker that can judge"):
            each.result(30)
    place.close()


@pytest.mark.usefixtures("hurried")
def test_nobody_can_judge(judge: Judge) -> None:
    with pytest.raises(GradingError, match=r"no worker that can judge.*a: It has no bwrap"):
        place_of(judge, Client(a="It has no bwrap."))
    with pytest.raises(GradingError, match=r"There is none at all.*grading worker tcp://here:1"):
        place_of(judge, Client())


def test_a_worker_with_other_tools_says_so(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.sandbox, "available", lambda: "")
    course = worker.sent(judge, "module0")
    other = worker.Sent("other", course.files, "other", course.software, False)
    assert "Bring it to the same commit" in worker.receive(other)
    other = worker.Sent("other", course.files, course.version, "Python 2.7", False)
    assert "Python 2.7 is needed" in worker.receive(other)
    assert worker.receive(course) == worker.receive(course) == ""
    monkeypatch.setattr(worker.sandbox, "available", lambda: "The program bwrap was not found.")
    assert "bwrap was not found" in worker.receive(course)
