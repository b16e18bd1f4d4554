"""Compiled kernels stay on disk, for several processes at once, and without a folder to write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
import pytest

from minitorch.kernels.cache import cache_folders, fingerprint

ADD_TWICE = """
import json, sys, time
import numba
from minitorch import FastOps, TensorBackend, tensor
fast = TensorBackend(FastOps)
x = tensor([[1.0, 2.0], [3.0, 4.0]], backend=fast)
start = time.perf_counter()
values = [(x + x).tolist(), (x * x).tolist(), (x @ x).tolist(), x.sum(0).tolist()]
kernel = fast.add_zip
print(json.dumps([values, time.perf_counter() - start]))
"""
EXPECTED = [
    [[2.0, 4.0], [6.0, 8.0]],
    [[1.0, 4.0], [9.0, 16.0]],
    [[7.0, 10.0], [15.0, 22.0]],
    [[4.0, 6.0]],
]


def start(folder: Path, code: str = ADD_TWICE) -> subprocess.Popen[str]:
    env = {**os.environ, "NUMBA_CACHE_DIR": str(folder), "NUMBA_DISABLE_JIT": "0"}
    env["PYTHONPATH"] = os.pathsep.join(sys.path)
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=env,
    )


def finish(process: subprocess.Popen[str]) -> list[Any]:
    values, said = read(process)
    assert not said, said
    return values


def read(process: subprocess.Popen[str]) -> tuple[list[Any], str]:
    out, err = process.communicate(timeout=1800)
    values, _ = json.loads(out)
    return values, err


def test_kernels_are_kept_for_later_processes(tmp_path: Path) -> None:
    # Two processes at once, on an empty cache, then one that finds it filled.
    for process in [start(tmp_path), start(tmp_path)]:
        assert finish(process) == EXPECTED
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nbc")}
    assert len(kept) == 4, "one file for each of add, mul, matmul and sum"
    assert not list(tmp_path.rglob("*.tmp"))
    assert finish(start(tmp_path)) == EXPECTED
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.nbc")} == kept
    # A spoiled file is compiled anew.
    for path in kept:
        path.write_bytes(path.read_bytes()[:100])
    assert finish(start(tmp_path)) == EXPECTED


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "minitorch").write_text("a file where the folder should be", encoding="utf-8")
    values, said = read(start(tmp_path))
    assert values == EXPECTED
    assert said.count("RuntimeWarning") == 1, "four kernels, and one warning"
    assert f"can't be written in '{tmp_path / 'minitorch'}'." in said
    assert "set NUMBA_CACHE_DIR" in said


def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    with_a_home = cache_folders()

    def homeless() -> None:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert cache_folders() == with_a_home[:1]


def closure(value: Any) -> Callable[[float], float]:
    return lambda x: x * value


def default(value: Any) -> Callable[[float], float]:
    return lambda x, value=value: x * value


def keyword(value: Any) -> Callable[[float], float]:
    return lambda x, *, value=value: x * value


def of_a_module(value: Any) -> Callable[[float], float]:
    settings: Any = ModuleType("settings")
    settings.value = value
    return lambda x: x * settings.value


def of_an_inner_module(value: Any) -> Callable[[float], float]:
    settings: Any = ModuleType("settings")
    inner: Any = ModuleType("inner")
    inner.value, settings.inner = value, inner
    return lambda x: x * settings.inner.value


@pytest.mark.parametrize("make", [closure, default, keyword, of_a_module, of_an_inner_module])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (2.0, 3.0),
        (np.float32(2), np.float32(3)),
        (np.int64(2), np.int64(3)),
        (np.array([1.0, 2.0]), np.array([1.0, 3.0])),
        (np.zeros(2), np.zeros(2, np.float32)),
        (np.zeros((1, 4)), np.zeros((2, 2))),
        ((1.0, np.arange(5000)), (1.0, np.arange(5000)[::-1])),
        (numba.njit(lambda x: x + 1.0), numba.njit(lambda x: x + 2.0)),
        (numba.int64, numba.uint64),
    ],
)
def test_a_kernel_is_not_taken_for_one_with_other_numbers(make: Any, one: Any, other: Any) -> None:
    assert fingerprint(make(one), {}) != fingerprint(make(other), {})
    assert fingerprint(make(one), {}) == fingerprint(make(one), {})


INTERRUPTED = """
import json
import numpy as np
from numba.core.codegen import JITCodeLibrary
from minitorch.kernels.cache import compiled

class Interrupt(BaseException): pass
hook, lost = JITCodeLibrary._object_compiled_hook.__func__, []

def interrupted(cls, module, code):
    \"\"\"Ctrl-C, in the moment in which the compiler hands its code over.\"\"\"
    library = getattr(module, "_CPUCodeLibrary__library", None)
    if library is not None and library._object_caching_enabled and len(lost) < 2:
        lost.append(1)
        raise Interrupt
    hook(cls, module, code)

JITCodeLibrary._object_compiled_hook = classmethod(interrupted)

def triple(x):
    return 3 * x

inner = compiled(triple, "inner")

def kernel(x):
    return inner(x) + 1

outer = compiled(kernel, "outer")
print(json.dumps([[outer(2.0), outer(2.0), inner(5.0), len(lost)], 0]))
"""


def test_an_interrupted_compile_spoils_nothing_that_follows(tmp_path: Path) -> None:
    values, said = read(start(tmp_path, INTERRUPTED))
    assert values == [7.0, 7.0, 15.0, 2], said
    values, _ = read(start(tmp_path, INTERRUPTED.replace("len(lost) < 2", "False")))
    assert values == [7.0, 7.0, 15.0, 0], "what was kept is whole"
