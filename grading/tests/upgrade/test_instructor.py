"""An instructor's gradebook of the version before the rooms goes on in this one.

`before_the_rooms.zip` holds it (see `make_fixture.py`): two students, one of them with points and a
word that a person gave.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grading.gradebook import records
from grading.paths import FEEDBACK, GRADES
from grading.sandbox import run as sandbox
from grading.tests import tiny

FIXTURE = Path(__file__).with_name("before_the_rooms.zip")

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.slow,
    pytest.mark.skipif(bool(sandbox.available()), reason=sandbox.available()),
]


def test_no_grade_is_lost(tmp_path: Path) -> None:
    root = tiny.make_project(tmp_path / "project")
    with zipfile.ZipFile(FIXTURE) as file:
        file.extractall(tmp_path)
    shutil.copytree(tmp_path / "instructor/course", root / "course", dirs_exist_ok=True)
    before = records.entries(root, "module0")
    assert before.keys() == {"ada", "bob"} and before["ada"].by_hand == 7.0
    for said in ("Storing points", "hold all of this already"):
        command = [sys.executable, "-m", "grading", "grade", "module0"]
        env = os.environ | {"PYTHONPATH": str(root), "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", env=env)
        assert done.returncode == 0, done.stdout + done.stderr
        assert said in done.stdout
        assert records.entries(root, "module0") == before
    assert not before["ada"].waits and "Clear." in str(before["ada"].contents)
    assert f"ada,,,,{before['ada'].earned}" in (root / GRADES).read_text(encoding="utf-8")
    assert "Clear." in (root / FEEDBACK / "ada/module0/01_functions.html").read_text(
        encoding="utf-8"
    )
