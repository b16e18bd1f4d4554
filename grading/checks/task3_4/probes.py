"""Probes for Task 3.4."""

from __future__ import annotations

import random
from importlib import import_module
from typing import Any

import numpy as np

REQUIRES = ("task0_1", "task2_1", "task2_2", "task2_3", "task3_2", "task3_3")
SECTION = "guides/module3/04_cuda_shared.html#task-3-4"
TOLERANCE = 1e-4
PARTS = {
    "probe_practice_at_work[]": (
        "Do all threads of the block meet at the same barriers?",
        "the product",
        "how often each cell is written",
        "how often each cell of a is read",
        "how often each cell of b is read",
        "how often it reads outside of a",
        "how often it reads outside of b",
        "how often it writes outside",
    ),
    "probe_matmul[]": ("the shape", "the cells"),
    "probe_matmul_layouts[]": ("the shape", "the cells"),
    "probe_matmul_batches[]": ("the shape", "the cells"),
    "probe_matmul_at_work[]": (
        "Do all threads of a block meet at the same barriers?",
        "how often each cell is written",
        "the product",
        "how often each cell of a is read",
        "how often each cell of b is read",
        "how often it reads outside of a",
        "how often it reads outside of b",
        "how often it writes outside",
    ),
}


def _ops(mt: Any) -> Any:
    return import_module(f"{mt.__name__}.cuda_ops")


def _watching(mt: Any) -> Any:
    return import_module(f"{mt.__name__}.kernels.cuda_trace")


def _cells(rng: random.Random, *shape: int) -> Any:
    size = int(np.prod(shape))
    return np.array([rng.uniform(-3, 3) for _ in range(size)]).reshape(shape)


def _on_gpu(mt: Any, cells: Any) -> Any:
    return mt.tensor(cells, backend=mt.TensorBackend(mt.CudaOps))


def _product(mt: Any, a: Any, b: Any) -> Any:
    out = mt.CudaOps.matrix_multiply(a, b)
    return [list(out.shape), out.tolist()]


def probe_practice(mt: Any, rng: random.Random) -> Any:
    """mm_practice: matrices of several sizes, as stored and permuted."""
    found = []
    for size in (1, 2, 3, 4, 5, 6):
        a, b = (_on_gpu(mt, _cells(rng, size, size)) for _ in range(2))
        found.append(_ops(mt).mm_practice(a, b)._storage.copy_to_host())
        found.append(_ops(mt).mm_practice(a.permute(1, 0), b)._storage.copy_to_host())
    return found


def probe_practice_at_work(mt: Any, rng: random.Random) -> Any:
    """_mm_practice, launched with more threads than cells: reads, writes and barriers."""
    ops, watching = _ops(mt), _watching(mt)
    found: list[Any] = []
    for size, side in ((2, 3), (4, 4), (5, 6)):
        a, b = (watching.Watched(_cells(rng, size * size)) for _ in range(2))
        out = watching.Watched([0.0] * size * size)
        barriers = watching.watch(ops.jit_mm_practice, 1, (side, side), out, a, b, size)
        met = len(barriers) == 1 and barriers[0] > 0
        found.append([met, out.cells, out.writes])
        found[-1] += [a.reads, b.reads, a.outside, b.outside, out.outside]
    return found


def probe_practice_uneven(mt: Any, rng: random.Random) -> Any:
    """_mm_practice: its products if some threads are slower than others."""
    ops, watching = _ops(mt), _watching(mt)
    found: list[Any] = []
    for slow in (0, 1):
        a, b = (watching.Watched(_cells(rng, 25)) for _ in range(2))
        out = watching.Watched([0.0] * 25)
        watching.watch(ops.jit_mm_practice, 1, (5, 5), out, a, b, 5, slow=slow)
        found.append(out.cells)
    return found


def probe_matmul(mt: Any, rng: random.Random) -> Any:
    """matmul: shapes that tiles divide and shapes that they don't, in both precisions."""
    tile = _ops(mt).TILE
    found = []
    for n, k, m in [
        (1, 1, 1),
        (2, 3, 4),
        (tile, tile, tile),
        (tile + 1, tile - 1, tile + 2),
        (3, 2 * tile + 1, 2),
        (1, tile + 1, 2 * tile),
    ]:
        for kind in (np.float64, np.float32):
            a, b = _cells(rng, n, k).astype(kind), _cells(rng, k, m).astype(kind)
            found.append(_product(mt, _on_gpu(mt, a), _on_gpu(mt, b)))
    return found


def probe_matmul_layouts(mt: Any, rng: random.Random) -> Any:
    """matmul: permuted matrices, on the left, on the right, on both sides."""
    found = []
    for n, k, m in [(3, 5, 2), (6, 2, 5)]:
        a, b = _on_gpu(mt, _cells(rng, n, k)), _on_gpu(mt, _cells(rng, k, m))
        at, bt = _on_gpu(mt, _cells(rng, k, n)), _on_gpu(mt, _cells(rng, m, k))
        found.append(_product(mt, at.permute(1, 0), b))
        found.append(_product(mt, a, bt.permute(1, 0)))
        found.append(_product(mt, at.permute(1, 0), bt.permute(1, 0)))
    return found


def probe_matmul_batches(mt: Any, rng: random.Random) -> Any:
    """matmul: batches, of one matrix and of several, that broadcast and that are permuted."""
    found = []
    for left, right in [
        ((2, 3, 2), (2, 2, 3)),
        ((3, 2, 5), (1, 5, 2)),
        ((1, 2, 3), (2, 3, 2)),
        ((2, 3), (3, 3, 2)),
        ((2, 1, 2, 3), (2, 3, 2)),
    ]:
        a, b = _on_gpu(mt, _cells(rng, *left)), _on_gpu(mt, _cells(rng, *right))
        found.append(_product(mt, a, b))
    turned = _on_gpu(mt, _cells(rng, 2, 3, 4)).permute(1, 0, 2)
    found.append(_product(mt, turned, _on_gpu(mt, _cells(rng, 3, 4, 2))))
    return found


def _at_work(
    mt: Any, rng: random.Random, sizes: tuple[int, int, int], slow: int | None, batch: int = 1
) -> Any:
    n, k, m = sizes
    ops, watching = _ops(mt), _watching(mt)
    tile = ops.TILE
    a, b = watching.Watched(_cells(rng, batch * n * k)), watching.Watched(_cells(rng, k * m))
    out = watching.Watched([0.0] * (batch * n * m))

    def placed(matrices: int, rows: int, columns: int) -> tuple[Any, Any]:
        return np.array([matrices, rows, columns]), np.array([rows * columns, columns, 1])

    barriers = watching.watch(
        ops.tensor_matrix_multiply, (-(-m // tile), -(-n // tile), batch), (tile, tile),
        out, *placed(batch, n, m), batch * n * m, a, *placed(batch, n, k), b, *placed(1, k, m),
        slow=slow,
    )  # fmt: skip
    return a, b, out, barriers


def probe_matmul_at_work(mt: Any, rng: random.Random) -> Any:
    """matmul: its reads and writes in global memory, and whether barriers are for all threads."""
    tile = _ops(mt).TILE
    found: list[Any] = []
    cases = [(1, tile, tile, tile), (2, 3, 2, 3), (1, 2, 2 * tile + 1, tile + 1)]
    for batch, n, k, m in cases:
        a, b, out, barriers = _at_work(mt, rng, (n, k, m), None, batch)
        met = len(barriers) == 1 and barriers[0] > 0
        found.append([met, out.writes, out.cells])
        found[-1] += [a.reads, b.reads, a.outside, b.outside, out.outside]
    return found


def probe_matmul_uneven(mt: Any, rng: random.Random) -> Any:
    """matmul: its products if some threads are slower than others."""
    tile = _ops(mt).TILE
    return [
        _at_work(mt, rng, sizes, slow)[2].cells
        for slow in (0, 1)
        for sizes in [(tile, 2 * tile + 1, tile), (3, tile, 2)]
    ]
