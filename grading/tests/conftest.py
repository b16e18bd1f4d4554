"""A judge of the tiny course, for all tests that need one."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from grading.course.tasks import Task
from grading.judge.judge import Judge
from grading.judge.verdict import Judgement
from grading.sandbox import run as sandbox
from grading.sandbox.limits import Needs
from grading.tests import tiny
from grading.tests.handing_in import Change, Judged, hand_in, settling


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to `make proof` what takes hours, and of which the others try a sample."""
    if os.environ.get("MINITORCH_PROOF") != "1":
        long = [item for item in items if item.get_closest_marker("proof")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


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
