"""Scripts as MiniTorch's users write them run: their imports, their names, their lines."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import minitorch
from minitorch import tensor_functions

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(__file__).parent / "scripts"
LOG = re.compile(r"Epoch +(\d+) +loss +(\S+) correct (\d+)")


def run(*words: str) -> str:
    """Run Python in the scripts' folder, with the card out of sight as on most machines."""
    env = {key: value for key, value in os.environ.items() if key != "NUMBA_ENABLE_CUDASIM"}
    env |= {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, *words], cwd=SCRIPTS, env=env, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_network_of_numbers() -> None:
    assert 0.0 < float(run("run_manual.py")) < 1.0


@pytest.mark.parametrize("script", ["run_scalar.py", "run_tensor.py"])
def test_a_training_script(script: str) -> None:
    lines = [LOG.fullmatch(line) for line in run(script).splitlines()]
    assert [line and int(line[1]) for line in lines] == [10, 20]
    assert all(line and float(line[2]) > 0.0 and 0 <= int(line[3]) <= 20 for line in lines)


@pytest.mark.parametrize("data", ["simple", "xor"])
def test_the_fast_script_with_its_flags(data: str) -> None:
    flags = f"--PTS 20 --HIDDEN 4 --RATE 0.05 --BACKEND cpu --PLOT False --DATASET {data}".split()
    lines = [LOG.fullmatch(line) for line in run("run_fast_tensor.py", *flags).splitlines()]
    assert [line and int(line[1]) for line in lines] == [0, 10, 20]


@pytest.mark.slow
def test_the_check_of_what_is_parallel() -> None:
    said = run("parallel_check.py")
    places = [said.index(f"{name}\n") for name in ("MAP", "ZIP", "REDUCE", "MATRIX MULTIPLY")]
    assert places == sorted(places)
    assert said.count("Parallel Accelerator Optimizing") == 4


def test_a_test_file_with_the_imports_of_2022() -> None:
    said = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "--noconftest", "tests_of_2022.py")
    assert re.search(r"16 passed", said), said


def test_numba_cuda_answers_once_there_is_a_fast_backend() -> None:
    code = (
        "import numba, minitorch; minitorch.TensorBackend(minitorch.FastOps); "
        "print(numba.cuda.is_available(), numba.cuda.is_available.__name__)"
    )
    assert run("-c", code).split()[1] == "is_available"


def test_the_fast_backend_leaves_the_choice_of_the_simulator_open() -> None:
    code = (
        "import minitorch; minitorch.FastOps; "
        "from minitorch.kernels.simulator import gpu_or_simulator; "
        "print(gpu_or_simulator()); import numba.cuda; print(numba.cuda.is_available())"
    )
    assert run("-c", code).split()[1] == "True"


def test_numba_cuda_is_not_loaded_before_it_is_used() -> None:
    code = "import sys, minitorch; minitorch.FastOps; print('numba.cuda.compiler' in sys.modules)"
    assert run("-c", code) == "False\n"


def test_functions_at_the_top_are_those_of_tensors() -> None:
    names = "Sigmoid ReLU Mul Add Exp Log EQ LT Inv Neg Sum Permute IsClose"
    for name in names.split():
        assert getattr(minitorch, name) is getattr(tensor_functions, name)
        assert issubclass(getattr(minitorch, name), minitorch.Function)
