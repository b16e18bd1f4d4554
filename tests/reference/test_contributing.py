"""What CONTRIBUTING shows as a backend is one."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch import cli
from minitorch.train import BACKENDS, Backend

TEXT = (Path(__file__).resolve().parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
_, SECTION = TEXT.split("\n## A backend\n")
MODULE, LINE, *_ = re.findall(r"```python\n(.*?)```", SECTION.split("\n## ")[0], re.DOTALL)


@pytest.fixture
def numpy_ops(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make the module of the page importable."""
    made = ModuleType("minitorch.numpy_ops")
    exec(compile(MODULE, "CONTRIBUTING.md", "exec"), vars(made))
    monkeypatch.setitem(sys.modules, made.__name__, made)
    return made


WORK = {
    "arithmetic": lambda x, y: (x * y - x / (y + 3.0)).sum(0),
    "functions": lambda x, y: (x.sigmoid() + x.relu() + (x * x + 1.0).log() + x.exp()).sum(),
    "permuted": lambda x, y: x.permute(1, 0).contiguous().view(6) * 2.0,
    "broadcast": lambda x, y: x + y[0] + 1.0,
    "matmul": lambda x, y: x @ y.permute(1, 0),
    "batched": lambda x, y: x.view(1, 2, 3) @ y.view(2, 3, 1),
    "largest": lambda x, y: x.f.max_reduce(x, 1),
    "compared": lambda x, y: (x < y) + (x == x) + x.is_close(y),
    "convolution": lambda x, y: mt.conv1d(x.view(1, 2, 3), y.view(1, 2, 3)[:, :, :2]),
    "mean": lambda x, y: x.mean(1) + y.mean(),
}


@pytest.mark.parametrize("name", WORK)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_backend_of_the_page_computes_as_ours(numpy_ops: Any, name: str, dtype: str) -> None:
    found = []
    for backend in (mt.SimpleBackend, mt.TensorBackend(numpy_ops.NumPyOps)):
        rng = np.random.default_rng(3)
        x, y = (mt.tensor(rng.normal(size=(2, 3)), backend, True, dtype) for _ in range(2))
        out = WORK[name](x, y)
        if out.history is not None:
            out.sum().backward()
        found.append([part.to_numpy() for part in (out, x.grad, y.grad) if part is not None])
    assert len(found[0]) == len(found[1])
    for ours, theirs in zip(*found, strict=True):
        assert theirs.dtype == ours.dtype == dtype
        assert np.allclose(theirs, ours, rtol=1e-5 if dtype == "float32" else 1e-12)


def test_what_does_not_fit_is_refused(numpy_ops: Any) -> None:
    backend = mt.TensorBackend(numpy_ops.NumPyOps)
    with pytest.raises(mt.IndexingError, match="don't fit"):
        _ = mt.zeros((2, 3), backend) @ mt.zeros((2, 3), backend)


def test_the_line_of_the_page_makes_it_a_backend_of_the_command(
    numpy_ops: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, backend in eval("{" + LINE + "}", {"Backend": Backend}).items():
        monkeypatch.setitem(BACKENDS, name, backend)
    lines = []
    for backend in ("tensor", "numpy"):
        flags = ("--points", "20", "--hidden", "3", "--epochs", "20")
        assert cli.main(["train", "--backend", backend, *flags]) == 0
        lines.append(re.findall(r"\d+\.\d{6}|correct  \d+", capsys.readouterr().out))
    assert lines[0] == lines[1] and len(lines[0]) == 4


def test_it_is_as_short_as_it_looks() -> None:
    written = [line for line in MODULE.splitlines() if line.strip()]
    assert len(written) <= 30
