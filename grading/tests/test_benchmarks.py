"""The numbers in the guides are those that the benchmarks wrote."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

from benchmarks import card
from grading.course.notebooks import read_notebook

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("steps", "guide"),
    [("matmul_steps", "module3/02_matmul"), ("conv_steps", "module4/01_convolution")],
)
def test_the_ladder_of_a_guide(steps: str, guide: str) -> None:
    path = ROOT / "benchmarks" / "results" / f"{steps}.json"
    measured = json.loads(path.read_text(encoding="utf-8"))["milliseconds"]
    notebook = read_notebook(ROOT / "nbs" / "guides" / f"{guide}.ipynb")
    (cell,) = (c for c in notebook["cells"] if c["id"] == "gains-figure")
    (shown,) = (
        ast.literal_eval(node.value)
        for node in ast.parse("".join(cell["source"])).body
        if isinstance(node, ast.Assign)
    )
    assert shown == measured, f"copy the numbers of benchmarks/results/{steps}.json"


def test_the_steps_on_a_card_can_be_started_and_fit_in_ten_minutes(tmp_path: Path) -> None:
    for command, _ in card.steps(tmp_path).values():
        files = [part for part in command if part.endswith(".py")]
        assert all((ROOT / file).is_file() for file in files)
    assert all((ROOT / f"nbs/guides/module3/{guide}.ipynb").is_file() for guide in card.GUIDES)
    assert sum(limit for _, limit in card.steps(tmp_path).values()) < 600


def test_a_step_that_fails_or_hangs_is_told(tmp_path: Path) -> None:
    fails = [sys.executable, "-c", "print('so far'); raise SystemExit('it broke')"]
    assert card.run_step("fails", fails, 60, tmp_path) == (False, "it broke")
    hangs = [sys.executable, "-c", "import time; time.sleep(60)"]
    assert card.run_step("hangs", hangs, 1, tmp_path) == (False, "stopped after 1 s")
    runs = [sys.executable, "-c", "import minitorch; print('there')"]
    assert card.run_step("runs", runs, 60, tmp_path) == (True, "there")
    assert (tmp_path / "runs.log").read_text(encoding="utf-8") == "there\n"
