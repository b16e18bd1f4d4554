"""Convolutions on the plain backend, in a process that has no Numba."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import minitorch


def test_the_plain_backend_needs_no_numba() -> None:
    program = (
        "import sys; sys.modules['numba'] = None\n"
        "from minitorch import conv1d, conv2d, tensor\n"
        "print(conv1d(tensor([[[1, 2, 3]]]), tensor([[[1, 1]]])).tolist())\n"
        "print(conv2d(tensor([[[[1, 2], [3, 4]]]]), tensor([[[[1, 1]]]])).tolist())\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(minitorch.__file__).parents[1], capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert run.stdout.splitlines() == ["[[[3.0, 5.0, 3.0]]]", "[[[[3.0, 2.0], [7.0, 4.0]]]]"], (
        run.stderr
    )
