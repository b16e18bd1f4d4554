"""The memory that fast kernels get."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

KEEP_AND_TOUCH = """
import resource
import numpy as np
from minitorch.kernels.allocator import keep_freed_memory

keep_freed_memory()
pages = []
for _ in range(10):
    cells = [np.ones(1_000_000) for _ in range(5)]
    del cells
    pages.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
print(pages[-1] - pages[1])
"""


def run(code: str, **settings: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **settings, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=env
    )


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a setting of GNU's C library")
def test_freed_memory_is_used_again() -> None:
    given_back = int(run(KEEP_AND_TOUCH, MALLOC_TRIM_THRESHOLD_="131072").stdout)
    kept = int(run(KEEP_AND_TOUCH).stdout)
    assert kept < 100 < given_back
