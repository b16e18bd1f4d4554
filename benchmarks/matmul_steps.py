"""`python -m benchmarks.matmul_steps`: what each idea in the kernel of Task 3.2 brings.

The numbers behind the last figure of the guide on matrix multiplication. The steps show how the
task is solved, so they stand here: no student's release contains them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is imported: one core for everybody

import numba
import numpy as np

from minitorch.benchmark import machine
from minitorch.fast_ops import tensor_matrix_multiply
from minitorch.kernels.compile import REGROUP, njit
from minitorch.kernels.dispatch import Kernel
from minitorch.kernels.machine import machine_card, shortest
from minitorch.tensor_data import TensorData

SIZE = 512
RESULTS = Path(__file__).resolve().parent / "results" / "matmul_steps.json"


def one_cell_at_a_time(a: Any, b: Any, out: Any) -> None:
    """Walk down a column of b for every cell."""
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            total = 0.0
            for k in range(a.shape[1]):
                total += a[i, k] * b[k, j]
            out[i, j] = total


def along_the_rows(a: Any, b: Any, out: Any) -> None:
    """Walk along the rows of b and of the result."""
    for i in range(a.shape[0]):
        out[i] = 0.0
        for k in range(a.shape[1]):
            for j in range(b.shape[1]):
                out[i, j] += a[i, k] * b[k, j]


def four_steps_of_k(a: Any, b: Any, out: Any) -> None:
    """Visit every sum once for four products."""
    for i in range(a.shape[0]):
        out[i] = 0.0
        for k in range(0, a.shape[1], 4):
            p, q, r, s = a[i, k], a[i, k + 1], a[i, k + 2], a[i, k + 3]
            for j in range(b.shape[1]):
                out[i, j] += p * b[k, j] + q * b[k + 1, j] + r * b[k + 2, j] + s * b[k + 3, j]


def in_tiles_of(columns: int) -> Any:
    """Compile the kernel as if half of the fastest cache had room for so many columns."""
    kernel: FunctionType = tensor_matrix_multiply.py_func  # type: ignore[attr-defined]
    names = {**kernel.__globals__, "FIRST_CACHE": 16 * columns * np.dtype(np.float64).itemsize}
    return njit(FunctionType(kernel.__code__, names, kernel.__name__), parallel=True)


def main() -> None:
    """Measure the steps on one core, and write the milliseconds of each."""
    a, b = np.random.default_rng(0).normal(size=(2, SIZE, SIZE))
    out = np.empty((SIZE, SIZE))
    tensors = [
        part
        for cells in (out, a, b)
        for part in TensorData.trusted(cells.reshape(-1), (1, SIZE, SIZE)).tuple()
    ]
    whole = Kernel(tensor_matrix_multiply, "matmul", large=SIZE**3)
    narrow = Kernel(in_tiles_of(128), "matmul-narrow", large=SIZE**3)
    steps: dict[str, Callable[[], Any]] = {}
    for name, step in [
        ("rows, columns, k", one_cell_at_a_time),
        ("rows, k, columns", along_the_rows),
        ("k in steps of four", four_steps_of_k),
    ]:
        compiled = numba.njit(step, error_model="numpy", fastmath=REGROUP)
        steps[name] = lambda compiled=compiled: compiled(a, b, out)
    steps["and four rows, 128 columns"] = lambda: narrow.one_core(*tensors)
    steps["as wide as the cache"] = lambda: whole.one_core(*tensors)
    steps["NumPy"] = lambda: np.matmul(a, b, out=out)
    measured = {}
    for name, work in steps.items():
        out[:] = 0.0
        measured[name] = round(1000 * shortest(work, 25), 1)
        if not np.allclose(out, a @ b):
            raise ArithmeticError(f"{name}: the product is wrong.")
        print(f"{name:27s} {measured[name]:8.1f} ms")
    best = round(machine_card().least(flops=2 * SIZE**3), 1)
    print(f"{'at best, by the card':27s} {best:8.1f} ms")
    results = {"size": SIZE, "machine": machine(), "milliseconds": measured, "at best": best}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
