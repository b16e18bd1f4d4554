"""Which tests are ended, and which are only slow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent

COMPILED = """
import numba

@numba.njit
def forever(x):
    while x > 0:
        x += 1.0
    return x

def test_it():
    forever(1.0)
"""


def run(folder: Path, test: str, **limits: float) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(test, encoding="utf-8")
    (folder / "conftest.py").write_text(
        "from cpu_watchdog import Watchdog\n\n"
        "def pytest_configure(config):\n"
        f"    config.pluginmanager.register(Watchdog(**{limits}))\n",
        encoding="utf-8",
    )
    (folder / "cpu_watchdog.py").write_bytes((HERE / "cpu_watchdog.py").read_bytes())
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=1800)


def test_a_loop_without_end_is_ended_and_its_place_is_printed(tmp_path: Path) -> None:
    done = run(tmp_path, "def test_it():\n    while True:\n        pass\n", cpu=0.2)
    assert done.returncode == 1
    assert "test_it.py::test_it computed for 0.2 seconds: is there a loop without end?" in (
        done.stderr
    )
    assert "in test_it" in done.stderr


def test_a_compiled_loop_is_ended_too_though_python_gets_no_turn(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    done = run(tmp_path, COMPILED, unheard=5.0)
    assert done.returncode == 1
    assert "in test_it" in done.stderr


def test_waiting_costs_nothing(tmp_path: Path) -> None:
    """So it is on a busy computer: the clock goes on, the test doesn't compute."""
    test = "import time\n\ndef test_it():\n    time.sleep(4)\n"
    done = run(tmp_path, test, cpu=3.0)
    assert done.returncode == 0, done.stdout + done.stderr
