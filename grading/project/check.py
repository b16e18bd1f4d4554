"""What must hold before a change goes on, in three sizes: quick, test and proof.

`make quick` looks at what changed and at one test of each room. `make test` is what CI runs; of
what takes hours it tries a fixed sample. `make proof` runs all of it. Each check is a command of
its own, so that a person can run just the one that failed.
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
WHOLE = {"MINITORCH_PROOF": "1"}  # lets tests that try a sample try everything

Check = tuple[str, list[str]]

FORM: list[Check] = [
    ("style", [str(BIN / "ruff"), "check", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "."]),
]
PYRIGHT = [str(BIN / "pyright"), "--pythonpath", PYTHON]
TESTS = [PYTHON, "-m", "pytest", "-q"]
CHECKS: list[Check] = [
    *FORM,
    ("types", PYRIGHT),
    ("who may import whom", [str(BIN / "lint-imports"), "--no-logo", "--no-cache"]),
    ("the package is the notebooks' export", [PYTHON, "-m", "grading", "notebooks", "export"]),
    ("the notebooks are clean", [PYTHON, "-m", "grading", "notebooks", "clean"]),
    ("code is folded as the rule says", [PYTHON, "-m", "grading", "notebooks", "folds"]),
    ("every notebook runs", [PYTHON, "-m", "grading", "notebooks", "run"]),
    ("tests", [*TESTS, "-n", "2", "--dist", "loadfile", "--durations", "25"]),
]
SMOKE = [  # a test of each room: of the library, then of the course's machinery
    "tests/test_scalar.py::test_simple",
    "tests/test_tensor_data.py::test_layout",
    "tests/test_tensor_general.py::test_create",
    "tests/reference/sandboxes/test_math.py::test_math_sandbox_reads_the_curve",
    "tests/given/test_draw.py::test_ids_are_unique_and_resolve",
    "tests/given/test_cli.py::test_training_prints_the_log_and_a_last_line",
    "grading/tests/course/test_guides.py::test_strip_leaves_stubs",
    "grading/tests/release/test_leaks.py::test_depth_has_its_limit_and_says_so",
    "grading/tests/submission/test_find.py::test_two_sets_in_folders",
    "grading/tests/sandbox/test_sandbox.py::test_answer_comes_back",
    "grading/tests/judge/test_compare.py::test_comparing",
    "grading/tests/gradebook/test_names.py::test_a_long_name_does_not_widen_the_table",
    "grading/tests/site/test_site.py::test_a_solution_becomes_a_stub",
]
PROOF: list[Check] = [
    ("the proof of every task", [PYTHON, "-m", "grading", "proof"]),
    ("every mistake", [PYTHON, "-m", "grading", "mistakes"]),
    ("the oldest and the newest NumPy and Numba", [PYTHON, "-m", "grading", "versions"]),
]


def quick() -> list[Check]:
    """Return the checks of a minute: form, types of what changed, a test of each room."""
    changed = [name for name in _changed() if name.endswith(".py") and (ROOT / name).exists()]
    types: list[Check] = [("types of what changed", [*PYRIGHT, *changed])] if changed else []
    return [
        *FORM,
        *types,
        ("it imports", [PYTHON, "-c", "import minitorch; minitorch.tensor([1.0]) + 1"]),
        ("a test of each room", [*TESTS, "-p", "no:cacheprovider", *SMOKE]),
        ("the proof of one task", [PYTHON, "-m", "grading", "proof", "task0_3"]),
    ]


def _changed() -> list[str]:
    """List the files that git sees changed since the last commit."""
    command = ["git", "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    return [entry[3:] for entry in done.stdout.split("\0") if entry]


def _typed(word: str) -> str:
    """Write a program as it is typed in the project's folder."""
    path = Path(word)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else word


def main() -> None:
    """Run every check, go on after a failure, and end with a line for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("size", nargs="?", choices=("quick", "test", "proof"), default="test")
    size = parser.parse_args().size
    checks = {"quick": quick, "test": lambda: CHECKS, "proof": lambda: [*CHECKS, *PROOF]}[size]()
    try:
        _check(checks, WHOLE if size == "proof" else {})
    except KeyboardInterrupt:
        print("\nInterrupted; nothing was changed. Each check can be run alone, too:")
        for name, command in checks:
            print(f"  {name}: {' '.join(map(_typed, command))}")
        sys.exit(130)


def _check(checks: list[Check], more: dict[str, str]) -> None:
    # A notebook, a test and the journey must see this project's package and no other.
    env = {k: v for k, v in os.environ.items() if k != "IN_TEST"} | {"PYTHONPATH": str(ROOT)}
    results: list[tuple[str, bool, float, list[str]]] = []
    for name, command in checks:
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        good = subprocess.run(command, cwd=ROOT, env=env | more).returncode == 0
        results.append((name, good, time.monotonic() - started, command))
    print("\n== summary")
    for name, good, seconds, command in results:
        print(f"{'ok  ' if good else 'FAIL'} {seconds:6.0f} s  {name}")
        if not good:
            print(f"     again, alone: {' '.join(map(_typed, command))}")
    failed = sum(not good for _, good, _, _ in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
