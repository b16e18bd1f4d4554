"""Modules 0 to 2 where Numba can't be installed, such as in a browser tab."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Python without Numba: every finder is asked for the rest only.
BLOCKED = """
import sys

class Without:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, *where):
        return None if name.split(".")[0] == "numba" else self.finder.find_spec(name, *where)

    def __getattr__(self, name):
        return getattr(self.finder, name)

sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
"""


def without_numba(program: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"{BLOCKED}\n{program}", *words],
        cwd=ROOT, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    return done.stdout + done.stderr


ORACLE = "tests/test_tensor_oracle.py"  # needs PyTorch
PYTEST = "import pytest; sys.exit(pytest.main(sys.argv[1:]))"
QUIET = ("-q", "-rs", "-p", "no:cacheprovider")


def test_only_files_about_kernels_are_skipped() -> None:
    said = without_numba(PYTEST, *QUIET, "--collect-only", "tests", "--ignore=tests/reference")
    assert not re.search(r"^(ERROR|!!!)", said, re.M), said[-3000:]
    assert "needs Numba, which isn't installed here" in said
    collected = set(re.findall(r"^(tests/\S+\.py)::", said, re.M))
    for path in {ROOT / name for name in ("tests/test_cuda.py", "tests/test_tensor_general.py")}:
        assert path.relative_to(ROOT).as_posix() not in collected
    for path in sorted((ROOT / "tests").glob("test_*.py")):
        marks = set(re.findall(r"mark\.(task\d)", path.read_text(encoding="utf-8")))
        if marks & {"task0", "task1", "task2", "task4"} and not marks & {"task3"}:
            name = path.relative_to(ROOT).as_posix()
            wanted = name in collected or name in ("tests/test_cuda_conv.py", ORACLE)
            assert wanted, f"{name} isn't collected without Numba"


def test_a_test_that_compiles_is_skipped_and_the_others_run() -> None:
    places = ("tests/test_operators.py", "tests/test_nn.py")
    said = without_numba(PYTEST, *QUIET, *places, "-k", "compiles or large_scores")
    assert re.search(r"needs Numba, which isn't installed here", said)
    assert re.search(r"^1 passed, \d+ skipped", said, re.M), said[-3000:]


@pytest.mark.parametrize("name", ["FastOps", "CudaOps", "fast_ops", "tensor_matrix_multiply"])
def test_what_needs_it_says_so(name: str) -> None:
    said = without_numba(f"import minitorch; minitorch.{name}").strip().splitlines()[-1]
    assert said == (
        f"ModuleNotFoundError: minitorch.{name} needs Numba, which isn't installed here: "
        "pip install numba. SimpleOps computes the same without it."
    )


def test_simple_ops_compute_and_train() -> None:
    said = without_numba(
        "from minitorch import tensor, SimpleOps, TensorBackend\n"
        "x = tensor([[1.0, 2.0]], backend=TensorBackend(SimpleOps), requires_grad=True)\n"
        "((x @ x.permute(1, 0)).sum()).backward()\n"
        "print(x.grad.tolist())"
    )
    assert said == "[[2.0, 4.0]]\n"


def test_the_command_says_so() -> None:
    program = "from minitorch.cli import main; sys.exit(main(sys.argv[1:]))"
    said = without_numba(program, "train", "--dataset", "simple", "--backend", "cpu")
    assert said == "minitorch: this needs Numba, which isn't installed here: pip install numba\n"
