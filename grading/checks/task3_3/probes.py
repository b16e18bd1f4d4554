"""Probes for Task 3.3."""

from __future__ import annotations

import random
from importlib import import_module
from typing import Any

import numpy as np

REQUIRES = ("task0_1", "task2_1", "task2_2", "task2_3")
SECTION = "guides/module3/03_cuda.html#task-3-3"
TOLERANCE = 1e-4
PARTS = {
    "probe_map[]": ("the shape", "the cells"),
    "probe_zip[]": ("the shape", "the cells"),
    "probe_guards": (
        "the cells of a map",
        "how often a map writes each cell",
        "how often a map writes outside",
        "how often a map reads each cell",
        "how often a map reads outside",
        "the cells of a zip",
        "how often a zip writes each cell",
        "how often a zip writes outside",
        "how often a zip reads each cell of a",
        "how often a zip reads outside of a",
        "how often a zip reads each cell of b",
        "how often a zip reads outside of b",
    ),
    "probe_sum_practice_at_work[]": (
        "Do all threads of a block meet at the same barriers?",
        "how often each value is read",
        "how often it reads outside",
        "the sums",
        "how often each sum is written",
        "how often it writes outside",
    ),
    "probe_reduce_at_work[]": (
        "Do all threads of a block meet at the same barriers?",
        "how often each value is read",
        "how often it reads outside",
        "the results",
        "how often each result is written",
        "how often it writes outside",
    ),
}


def _ops(mt: Any) -> Any:
    return import_module(f"{mt.__name__}.cuda_ops")


def _watching(mt: Any) -> Any:
    return import_module(f"{mt.__name__}.kernels.cuda_trace")


def _cells(rng: random.Random, *shape: int) -> Any:
    size = int(np.prod(shape))
    return np.array([rng.uniform(-9, 9) for _ in range(size)]).reshape(shape)


def _laid_out(mt: Any, cells: Any, order: Any = None) -> Any:
    """Make a CUDA tensor whose storage is permuted by `order`."""
    t = mt.tensor(cells, backend=mt.TensorBackend(mt.CudaOps))
    return t if order is None else t.permute(*order)


def _half_less(x: float) -> float:
    return x * 0.5 - 1.0


def _mixed(x: float, y: float) -> float:
    return 2.0 * x - y


def _sum(x: float, y: float) -> float:
    return x + y


def _product(x: float, y: float) -> float:
    return x * y


def _larger(x: float, y: float) -> float:
    return x if x > y else y


def probe_map(mt: Any, rng: random.Random) -> Any:
    """map: tensors of one to four dimensions, as stored and permuted, in both precisions."""
    mapped = mt.CudaOps.map(_half_less)
    found = []
    for shape, order in [
        ((5,), None),
        ((3, 4), None),
        ((3, 4), (1, 0)),
        ((2, 3, 4), (2, 0, 1)),
        ((2, 1, 3, 2), (3, 1, 0, 2)),
    ]:
        for kind in (np.float64, np.float32):
            out = mapped(_laid_out(mt, _cells(rng, *shape).astype(kind), order))
            found.append([list(out.shape), out.tolist()])
    return found


def probe_map_into(mt: Any, rng: random.Random) -> Any:
    """map: into a tensor of a larger shape, and into one whose storage is permuted."""
    mapped = mt.CudaOps.map(_half_less)
    found = []
    for shape, big, order in [
        ((1, 4), (3, 4), None),
        ((4,), (2, 3, 4), None),
        ((3, 1), (5, 3), (1, 0)),
        ((2, 3), (3, 2), (1, 0)),
    ]:
        out = _laid_out(mt, np.zeros(big), order)
        mapped(_laid_out(mt, _cells(rng, *shape)), out)
        found.append(out.tolist())
    return found


def probe_zip(mt: Any, rng: random.Random) -> Any:
    """zip: shapes that broadcast to each other, tensors as stored and permuted."""
    zipped = mt.CudaOps.zip(_mixed)
    found = []
    for left, right in [
        (((7,), None), ((7,), None)),
        (((3, 4), None), ((4,), None)),
        (((3, 1), None), ((1, 5), None)),
        (((3, 4), (1, 0)), ((4, 3), None)),
        (((2, 3, 4), None), ((4, 3), (1, 0))),
        (((1,), None), ((2, 3), None)),
    ]:
        a = _laid_out(mt, _cells(rng, *left[0]), left[1])
        b = _laid_out(mt, _cells(rng, *right[0]), right[1])
        out = zipped(a, b)
        found.append([list(out.shape), out.tolist()])
    return found


def probe_guards(mt: Any, rng: random.Random) -> Any:
    """Maps and zips, launched with more threads than there are cells: what is read and written."""
    ops, watching = _ops(mt), _watching(mt)
    shape, strides = np.array([2, 3]), np.array([3, 1])
    values = [rng.uniform(-9, 9) for _ in range(12)]
    a, b, out = (watching.Watched(v) for v in (values[:6], values[6:], [0.0] * 6))
    kernel = ops.tensor_map(ops.device_jit(_half_less))
    watching.watch(kernel, 2, 5, out, shape, strides, 6, a, shape, strides)
    found = [out.cells, out.writes, out.outside, a.reads, a.outside]
    a, out = watching.Watched(values[:6]), watching.Watched([0.0] * 6)
    kernel = ops.tensor_zip(ops.device_jit(_mixed))
    watching.watch(kernel, 3, 4, out, shape, strides, 6, a, shape, strides, b, shape, strides)
    return [*found, out.cells, out.writes, out.outside, a.reads, a.outside, b.reads, b.outside]


def probe_sum_practice(mt: Any, rng: random.Random) -> Any:
    """sum_practice: from one value to more than two blocks of them."""
    found = []
    for size in (1, 2, 16, 31, 32, 33, 64, 75):
        out = _ops(mt).sum_practice(_laid_out(mt, _cells(rng, size)))
        found.append(out._storage.copy_to_host())
    return found


def probe_sum_practice_at_work(mt: Any, rng: random.Random) -> Any:
    """_sum_practice: what it reads and writes, its barriers, and its sums if threads are uneven."""
    ops, watching = _ops(mt), _watching(mt)
    found: list[Any] = []
    for size, slow in ((41, None), (32, 0), (32, 1)):
        values = [rng.uniform(-9, 9) for _ in range(size)]
        blocks = -(-size // 32)
        a, out = watching.Watched(values), watching.Watched([0.0] * blocks)
        barriers = watching.watch(ops.jit_sum_practice, blocks, 32, out, a, size, slow=slow)
        met = len(barriers) == 1 and barriers[0] > 0
        found.append([met, a.reads, a.outside, out.cells, out.writes, out.outside])
    return found


def probe_reduce(mt: Any, rng: random.Random) -> Any:
    """reduce: every dimension of tensors as stored and permuted, in both precisions."""
    found = []
    for fn, start in ((_sum, 0.0), (_product, 1.0), (_larger, -1e30)):
        reduced = mt.CudaOps.reduce(fn, start)
        for shape, order in [((5,), None), ((3, 4), (1, 0)), ((2, 3, 2), (2, 0, 1))]:
            kind = rng.choice((np.float64, np.float32))
            t = _laid_out(mt, _cells(rng, *shape).astype(kind), order)
            found += [reduced(t, dim).tolist() for dim in range(len(shape))]
    return found


def probe_reduce_long(mt: Any, rng: random.Random) -> Any:
    """reduce: dimensions longer than a block, and a start that isn't neutral."""
    threads = _ops(mt).REDUCE_THREADS
    found = []
    for size in (threads - 1, threads, threads + 1, 3 * threads + 2):
        cells = _cells(rng, size, 2)
        found.append(mt.CudaOps.reduce(_sum, 100.0)(_laid_out(mt, cells), 0).tolist())
        found.append(mt.CudaOps.reduce(_larger, -1e30)(_laid_out(mt, cells, (1, 0)), 1).tolist())
    return found


def probe_reduce_at_work(mt: Any, rng: random.Random) -> Any:
    """reduce: what it reads and writes, its barriers, and its results if threads are uneven."""
    ops, watching = _ops(mt), _watching(mt)
    threads = ops.REDUCE_THREADS
    kernel = ops.tensor_reduce(ops.device_jit(_sum))
    found: list[Any] = []
    for size, slow in ((threads - 3, None), (threads, 0), (threads, 1), (2 * threads + 1, 1)):
        a = watching.Watched([rng.uniform(-9, 9) for _ in range(2 * size)])
        out = watching.Watched([0.0, 0.0])
        barriers = watching.watch(
            kernel, 2, threads,
            out, np.array([2, 1]), np.array([1, 1]), 2,
            a, np.array([2, size]), np.array([size, 1]), 1, 0.0,
            slow=slow,
        )  # fmt: skip
        met = len(barriers) == 1 and barriers[0] > 0
        found.append([met, a.reads, a.outside, out.cells, out.writes, out.outside])
    return found
