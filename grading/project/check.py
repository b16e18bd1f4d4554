"""Everything that CI checks, in one command: `make test`.

Each check is a command of its own, so that a person can run just the one that failed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from grading.paths import ROOT

PYTHON = sys.executable
BIN = Path(PYTHON).parent

CHECKS: list[tuple[str, list[str]]] = [
    ("style", [str(BIN / "ruff"), "check", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "."]),
    ("types", [str(BIN / "pyright"), "--pythonpath", PYTHON]),
    ("who may import whom", [str(BIN / "lint-imports"), "--no-logo", "--no-cache"]),
    ("the package is the notebooks' export", [PYTHON, "-m", "grading", "notebooks", "export"]),
    ("the notebooks are clean", [PYTHON, "-m", "grading", "notebooks", "clean"]),
    ("every notebook runs", [PYTHON, "-m", "grading", "notebooks", "run"]),
    ("tests", [PYTHON, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"]),
]


def _typed(word: str) -> str:
    """Write a program as it is typed in the project's folder."""
    path = Path(word)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else word


def main() -> None:
    """Run every check, go on after a failure, and end with a line for each."""
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    try:
        _check()
    except KeyboardInterrupt:
        print("\nInterrupted; nothing was changed. Each check can be run alone, too:")
        for name, command in CHECKS:
            print(f"  {name}: {' '.join(map(_typed, command))}")
        sys.exit(130)


def _check() -> None:
    # A notebook, a test and the journey must see this project's package and no other.
    env = {k: v for k, v in os.environ.items() if k != "IN_TEST"} | {"PYTHONPATH": str(ROOT)}
    results: list[tuple[str, bool, float, list[str]]] = []
    for name, command in CHECKS:
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        good = subprocess.run(command, cwd=ROOT, env=env).returncode == 0
        results.append((name, good, time.monotonic() - started, command))
    print("\n== summary")
    for name, good, seconds, command in results:
        print(f"{'ok  ' if good else 'FAIL'} {seconds:6.0f} s  {name}")
        if not good:
            print(f"     again, alone: {' '.join(map(_typed, command))}")
    failed = sum(not good for _, good, _, _ in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
