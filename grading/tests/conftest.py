"""A judge of the tiny course, for all tests that need one."""

from __future__ import annotations

import fcntl
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grading.course.tasks import Task
from grading.judge.judge import Judge
from grading.judge.verdict import Judgement
from grading.paths import ROOT
from grading.release.build import build
from grading.sandbox import run as sandbox
from grading.sandbox.limits import Needs
from grading.tests import tiny
from grading.tests.handing_in import Change, Judged, hand_in, settling

# What takes minutes comes first: at the end one of two workers would compute alone. A test is named
# that shares nothing with the others of its file, or a whole file.
LONG = (
    "grading/tests/judge/test_proof.py::test_the_course_is_proven[module3]",
    "grading/tests/release/test_journey.py::test_the_course[module3]",
    "grading/tests/release/test_journey.py::test_the_course[",
    "grading/tests/judge/test_proof.py::test_the_course_is_proven[",
    "grading/tests/release/test_journey.py::test_the_untouched_release",
    "grading/tests/judge/test_timing.py",
    "grading/tests/test_browser.py",
    "grading/tests/gradebook/test_keeping.py",
    "grading/tests/checks/test_fair.py",
    "grading/tests/release/test_build.py::test_the_course_twice",
    "tests/test_tensor_general.py",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to `make proof` what takes hours, and begin with what takes minutes."""
    if os.environ.get("MINITORCH_PROOF") != "1":
        long = [item for item in items if item.get_closest_marker("proof")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
    items.sort(key=lambda item: _place(item.nodeid))


def _place(nodeid: str) -> int:
    """Say at which place of LONG a test is; those that aren't there follow as they are."""
    places = (at for at, name in enumerate(LONG) if nodeid.startswith(name))
    return next(places, len(LONG))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: Any, log: Any) -> Any:
    """Hand a worker a file at a time, a test of LONG by itself, in the order of collection."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            alone = any("::" in name and nodeid.startswith(name) for name in LONG)
            return nodeid if alone else super()._split_scope(nodeid)

    config.option.loadscopereorder = False
    return ByFile(config, log)


@pytest.fixture(scope="session")
def real_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course's release, built once for all workers; who means to change it takes a copy."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    target = folder / "release" / "student"
    with open(folder / "release.lock", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return target if target.exists() else build(ROOT, target, strict=False)


class Hurried(Judge):
    """Ends an endless loop of the tiny course sooner: its reference needs next to nothing."""

    def needs(self, task: Task) -> Needs:
        return replace(super().needs(task), floor=1.0)


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    root = tiny.make_project(tmp_path_factory.mktemp("judge") / "project")
    return Hurried(root, cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def judged(judge: Judge) -> Judged:
    """Judges the reference with changes."""
    if reason := sandbox.available():
        pytest.skip(reason)

    def run(*changes: Change) -> Judgement:
        with settling():
            return judge.judge(hand_in(judge, *changes), again=True)

    return run
