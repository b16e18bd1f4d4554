"""`python -m benchmarks.conv_steps`: what each idea in the kernel of Task 4.2 brings.

The numbers behind a figure of the guide on convolution. The steps show how the task is solved, so
they stand here: no student's release contains them. The time is that of one thread, so that a busy
machine changes it little.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np

from minitorch import fast_conv
from minitorch.benchmark import machine
from minitorch.kernels.compile import REGROUP
from minitorch.kernels.conv_trace import by_windows, parts
from minitorch.kernels.convolution import conv_kernel

SHAPES = (64, 16, 28, 28), (32, 16, 3, 3)
RESULTS = Path(__file__).resolve().parent / "results" / "conv_steps.json"


def cell_by_cell(x: Any, w: Any, out: Any) -> None:
    """Ask about the edges for every product."""
    images, filters, height, width = out.shape
    for b in range(images):
        for f in range(filters):
            for i in range(height):
                for j in range(width):
                    total = 0.0
                    for c in range(x.shape[1]):
                        for k in range(w.shape[2]):
                            for m in range(w.shape[3]):
                                if i + k < height and j + m < width:
                                    total += x[b, c, i + k, j + m] * w[f, c, k, m]
                    out[b, f, i, j] = total


def along_the_rows(x: Any, w: Any, out: Any) -> None:
    """Walk along a row of results, for one number of the kernel at a time."""
    images, filters, height, width = out.shape
    for b in range(images):
        for f in range(filters):
            for i in range(height):
                sums = np.zeros(width)
                for c in range(x.shape[1]):
                    for k in range(min(w.shape[2], height - i)):
                        for m in range(w.shape[3]):
                            one = w[f, c, k, m]
                            for j in range(width - m):
                                sums[j] += one * x[b, c, i + k, j + m]
                out[b, f, i] = sums


def in_a_frame(x: Any, w: Any, out: Any) -> None:
    """Walk along whole images, framed with zeros and laid out in a line."""
    images, filters, height, width = out.shape
    wide, long = width + w.shape[3] - 1, height + w.shape[2]
    for b in range(images):
        line = np.zeros((x.shape[1], long, wide))
        line[:, :height, :width] = x[b]
        for f in range(filters):
            sums = np.zeros(height * wide)
            for c in range(x.shape[1]):
                cells = line[c].ravel()
                for k in range(w.shape[2]):
                    for m in range(w.shape[3]):
                        here, one = cells[k * wide + m :], w[f, c, k, m]
                        for j in range(len(sums)):
                            sums[j] += one * here[j]
            out[b, f] = sums.reshape(height, wide)[:, :width]


def shortest(work: Callable[[], Any], runs: int = 7) -> float:
    """Return the shortest of several runs, in seconds that this thread was at work."""
    work()
    times = []
    for _ in range(runs):
        start = time.thread_time()
        work()
        times.append(time.thread_time() - start)
    return min(times)


def main() -> None:
    """Measure the steps on one core, and write the milliseconds of each."""
    x, w = (np.random.default_rng(0).normal(size=shape) for shape in SHAPES)
    right = by_windows(x, w)
    out, shape, strides = parts(np.zeros(right.shape))
    seen = out.reshape(right.shape)
    steps: dict[str, Callable[[], Any]] = {}
    for name, step in [
        ("cell by cell", cell_by_cell),
        ("along the rows", along_the_rows),
        ("in a frame", in_a_frame),
    ]:
        compiled = numba.njit(step, error_model="numpy", fastmath=REGROUP)
        steps[name] = lambda compiled=compiled: compiled(x, w, seen)
    whole = conv_kernel(fast_conv._tensor_conv2d).one_core
    steps["and four at once"] = lambda: whole(
        out, shape, strides, out.size, *parts(x), *parts(w), False
    )
    measured = {}
    for name, work in steps.items():
        out[:] = 0.0
        measured[name] = round(1000 * shortest(work), 1)
        if not np.allclose(seen, right):
            raise ArithmeticError(f"{name}: the convolution is wrong.")
        print(f"{name:24s} {measured[name]:8.1f} ms")
    results = {"shapes": SHAPES, "machine": machine(), "milliseconds": measured}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
