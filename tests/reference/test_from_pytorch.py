"""Every line of the page From PyTorch runs, and prints what the page shows."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import minitorch

PAGE = Path(__file__).resolve().parents[2] / "nbs" / "from_pytorch.ipynb"
CELLS = json.loads(PAGE.read_text(encoding="utf-8"))["cells"]
CODE = [cell for cell in CELLS if cell["cell_type"] == "code"]


def shown(cell: dict[str, Any]) -> str:
    texts = [out["data"]["text/plain"] for out in cell["outputs"] if "data" in out]
    return "".join("".join(text) for text in texts)


def test_every_line_runs_and_prints_what_the_page_shows() -> None:
    names: dict[str, Any] = {}
    compared = 0
    for cell in CODE:
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, cell["id"], "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), cell["id"], "eval"), names)
            # IPython breaks long lines of a tuple in its own way.
            assert "".join(repr(value).split()) == "".join(shown(cell).split()), cell["id"]
            compared += 1
    assert compared == sum(bool(cell["outputs"]) for cell in CODE) > 25


def test_what_is_said_to_be_missing_is() -> None:
    for name in ("where", "cumsum", "add_", "zero_"):
        assert not hasattr(minitorch.tensor([1.0]), name)
    assert not hasattr(minitorch.Module(), "register_buffer")


def test_the_page_is_linked() -> None:
    root = PAGE.parents[1]
    assert "nbs/from_pytorch.ipynb" in (root / "_quarto.yml").read_text(encoding="utf-8")
    assert "(from_pytorch.ipynb)" in (root / "nbs/index.ipynb").read_text(encoding="utf-8")
