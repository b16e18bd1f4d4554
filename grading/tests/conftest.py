"""A judge of the tiny course, for all tests that need one."""

from __future__ import annotations

import pytest

from grading.judge.judge import Judge
from grading.judge.verdict import Judgement
from grading.paths import CHECKS
from grading.sandbox import run as sandbox
from grading.tests import tiny
from grading.tests.handing_in import Change, Judged, hand_in


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    root = tiny.make_project(tmp_path_factory.mktemp("judge") / "project")
    for path in (root / CHECKS).glob("*/probes.py"):
        path.write_text(path.read_text() + "\nSECONDS = 2\n")
    return Judge(root, cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def judged(judge: Judge) -> Judged:
    """Judges the reference with changes."""
    if reason := sandbox.available():
        pytest.skip(reason)

    def run(*changes: Change) -> Judgement:
        return judge.judge(hand_in(judge, *changes), again=True)

    return run
