"""The threads that fast kernels get."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from numba.core import config

from minitorch.kernels.threads import check_threads, cores


def run(code: str, **settings: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **settings, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=env
    )


def test_more_threads_than_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = cores()
    monkeypatch.setattr(config, "NUMBA_NUM_THREADS", limit)
    check_threads()
    monkeypatch.setattr(config, "NUMBA_NUM_THREADS", limit + 1)
    with pytest.raises(ValueError, match=rf"is {limit + 1}, .* {limit} core.* from 1 to {limit}"):
        check_threads()


def test_the_fast_backend_says_so_before_anything_runs() -> None:
    done = run("import minitorch; minitorch.FastOps", NUMBA_NUM_THREADS="100000")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("ValueError: NUMBA_NUM_THREADS is 100000")
