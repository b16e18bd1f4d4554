"""What is collected for a mark, and that every file can be run alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
COLLECT = """
import sys, pytest
code = pytest.main(["-q", "--collect-only", "-p", "no:cacheprovider", *sys.argv[1:]])
from hypothesis import settings
print("numba" in sys.modules, settings.default.deadline, int(code))
"""


def collect(*arguments: str) -> tuple[set[str], str]:
    """Collect, and return the names of the files with tests, and the last line."""
    done = subprocess.run(
        [sys.executable, "-c", COLLECT, *arguments],
        cwd=TESTS.parent,
        capture_output=True,
        encoding="utf-8",
    )
    lines = done.stdout.splitlines()
    assert lines and lines[-1].endswith(" 0"), done.stdout + done.stderr
    return {line.split("::")[0] for line in lines if "::" in line}, lines[-1]


@pytest.mark.parametrize(
    ("mark", "files"),
    [
        ("task0_1", {"tests/test_operators.py"}),
        ("task0_4", {"tests/test_module.py"}),
        ("task1_3 or task0_4", {"tests/test_autodiff.py", "tests/test_module.py"}),
        ("task2_1", {"tests/test_tensor.py", "tests/test_tensor_data.py"}),
    ],
)
def test_a_mark_collects_only_what_it_needs(mark: str, files: set[str]) -> None:
    found, last = collect("tests", "-m", mark)
    assert found == files
    assert last == "False None 0", "Numba was loaded, or there is a deadline by the clock"


def test_other_expressions_read_every_file() -> None:
    found, _ = collect("tests/test_module.py", "tests/test_closures.py", "-m", "not task0_4")
    assert found == {"tests/test_module.py", "tests/test_closures.py"}


@pytest.mark.parametrize("file", ["test_closures.py", "given/test_scratch.py"])
def test_a_file_that_is_run_alone_has_no_deadline(file: str) -> None:
    """The profile is conftest's, not a module's that only some files import."""
    _, last = collect(f"tests/{file}")
    assert " None " in last
