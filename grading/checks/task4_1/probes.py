"""Probes for Task 4.1."""

from __future__ import annotations

import random
from importlib import import_module
from typing import Any

import numpy as np

REQUIRES = (
    "task0_1", "task0_3", "task1_3", "task1_4", "task2_1", "task2_2", "task2_3", "task2_4",
)  # fmt: skip
SECTION = "guides/module4/01_convolution.html#task-4-1"
TOLERANCE = 1e-6
PARTS = {
    "probe_one_row": (
        "_tensor_conv1d with a kernel of 3 on a row of 6",
        "_tensor_conv1d with a kernel of 1 on a row of 4",
        "_tensor_conv1d with a kernel of 5 on a row of 3",
        "_tensor_conv1d with a kernel of 4 on a single number",
    ),
    "probe_reverse": (
        "_tensor_conv1d, reversed, with a kernel of 3 on a row of 6",
        "_tensor_conv1d, reversed, with channels in a batch",
        "_tensor_conv1d, reversed, with kernels wider than the rows",
    ),
    "probe_other_width": (
        "_tensor_conv1d with a narrower result",
        "_tensor_conv1d with a wider result",
        "_tensor_conv1d, reversed, with a wider result",
    ),
    "probe_gradients": (
        "conv1d with _tensor_conv1d",
        "the input's gradient with _tensor_conv1d",
        "the weight's gradient with _tensor_conv1d",
    ),
    "probe_parallel": (
        "whether turns of a parallel loop write the results of _tensor_conv1d",
        "whether two turns of a loop of _tensor_conv1d write to one cell",
        "_tensor_conv1d on all cores",
    ),
}
UNSEEN = "could not be walked in Python"  # grading makes it a note for a person


def _numbers(rng: random.Random, *shape: int) -> Any:
    size = int(np.prod(shape))
    return np.array([rng.uniform(-2, 2) for _ in range(size)]).reshape(shape)


def _trace(mt: Any) -> Any:
    return import_module(f"{mt.__name__}.kernels.conv_trace")


def _run(mt: Any, x: Any, w: Any, **options: Any) -> Any:
    """Run the loops in plain Python."""
    return _trace(mt).run_loops(mt.fast_conv._tensor_conv1d, x, w, **options).result.tolist()


def probe_one_row(mt: Any, rng: random.Random) -> Any:
    """Look at single rows: a kernel of three numbers, of one, and wider than the row."""
    return [
        _run(mt, _numbers(rng, 1, 1, width), _numbers(rng, 1, 1, kernel))
        for width, kernel in [(6, 3), (4, 1), (3, 5), (1, 4)]
    ]


def probe_batch(mt: Any, rng: random.Random) -> Any:
    """Look at several rows: each has zeros behind it, and not the next one's numbers."""
    return _run(mt, _numbers(rng, 4, 1, 5), _numbers(rng, 1, 1, 3))


def probe_channels_in(mt: Any, rng: random.Random) -> Any:
    """Look at several input channels: a result is a sum over all of them."""
    return _run(mt, _numbers(rng, 1, 3, 5), _numbers(rng, 1, 3, 2))


def probe_channels_out(mt: Any, rng: random.Random) -> Any:
    """Look at several output channels: each has kernels of its own."""
    return [
        _run(mt, _numbers(rng, 2, 1, 5), _numbers(rng, 5, 1, 2)),
        _run(mt, _numbers(rng, 2, 3, 7), _numbers(rng, 3, 3, 4)),
    ]


def probe_layouts(mt: Any, rng: random.Random) -> Any:
    """Look at permuted tensors: input, weight and result are stored in other orders."""
    x, w = _numbers(rng, 3, 2, 5), _numbers(rng, 4, 2, 3)
    orders = [(None, (2, 1, 0), None), (None, None, (1, 2, 0)), ((2, 0, 1), (1, 0, 2), (2, 1, 0))]
    return [_run(mt, x, w, orders=order) for order in orders]


def probe_reverse(mt: Any, rng: random.Random) -> Any:
    """Look at `reverse`: kernels reach to the left, and zeros stand before the first cell."""
    return [
        _run(mt, _numbers(rng, *x), _numbers(rng, *w), reverse=True)
        for x, w in [((1, 1, 6), (1, 1, 3)), ((3, 2, 5), (4, 2, 2)), ((2, 2, 3), (2, 2, 5))]
    ]


def probe_other_width(mt: Any, rng: random.Random) -> Any:
    """Look at results of another width than the input, as the gradients need them."""
    x, w = _numbers(rng, 2, 3, 6), _numbers(rng, 2, 3, 5)
    return [
        _run(mt, x, w, size=(2,)),
        _run(mt, x, w, size=(9,)),
        _run(mt, x, w, size=(9,), reverse=True),
    ]


def probe_gradients(mt: Any, rng: random.Random) -> Any:
    """Look at conv1d on SimpleOps, and at the gradients of input and weight."""
    x = mt.tensor(_numbers(rng, 2, 3, 6), requires_grad=True)
    w = mt.tensor(_numbers(rng, 4, 3, 3), requires_grad=True)
    y = mt.conv1d(x, w)
    y.backward(mt.tensor(_numbers(rng, *y.shape)))
    return [part.to_numpy().tolist() for part in (y, x.grad, w.grad)]


def probe_parallel(mt: Any, rng: random.Random) -> Any:
    """Look for the parallel loop: its turns make the results, each its own; then compile it."""
    loops = mt.fast_conv._tensor_conv1d
    x, w = _numbers(rng, 4, 2, 9), _numbers(rng, 5, 2, 3)
    trace = _trace(mt)
    found = trace.run_loops(loops, x, w)
    out, *placed = trace.parts(np.full((4, 5, 9), 7.0))
    sides = [*trace.parts(x), *trace.parts(w)]
    mt.fast_conv.tensor_conv1d(out, *placed, out.size, *sides, False)
    alone = UNSEEN if found.alone is None else found.alone and found.turns > 1
    return [alone, found.clash is not None, out.tolist()]
