"""The numbers in the guides are those that the benchmarks wrote."""

from __future__ import annotations

import ast
import json
from pathlib import Path

from grading.guides import read_notebook

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_ladder_of_the_matmul_guide() -> None:
    path = ROOT / "benchmarks" / "results" / "matmul_steps.json"
    measured = json.loads(path.read_text(encoding="utf-8"))["milliseconds"]
    notebook = read_notebook(ROOT / "nbs" / "guides" / "module3" / "02_matmul.ipynb")
    (cell,) = (c for c in notebook["cells"] if c["id"] == "gains-figure")
    (shown,) = (
        ast.literal_eval(node.value)
        for node in ast.parse("".join(cell["source"])).body
        if isinstance(node, ast.Assign)
    )
    assert shown == measured, "copy the numbers of benchmarks/results/matmul_steps.json"
