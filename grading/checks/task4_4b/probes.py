"""Probes for Task 4.4b."""

from __future__ import annotations

import math
import random
from importlib import import_module
from typing import Any

import numpy as np

EXTRA = True  # its points come on top of the module's
REQUIRES = (
    "task0_1",
    "task0_3",
    "task1_3",
    "task1_4",
    "task2_1",
    "task2_2",
    "task2_3",
    "task2_4",
    "task3_3",
)
SECTION = "guides/module4/01_convolution.html#task-4-4b"
TOLERANCE = 1e-4
PARTS = {
    "probe_results": ("_conv1d_kernel", "_conv2d_kernel"),
    "probe_reverse": ("_conv1d_kernel", "_conv2d_kernel"),
    "probe_layouts": ("_conv1d_kernel", "_conv2d_kernel"),
    "probe_other_size": ("_conv1d_kernel", "_conv2d_kernel"),
    "probe_at_work": ("_conv1d_kernel", "_conv2d_kernel"),
    "probe_gradients": ("_conv1d_kernel", "_conv2d_kernel"),
}
_SHAPES = (((2, 3, 5), (4, 3, 2)), ((2, 2, 4, 3), (3, 2, 2, 2)))
_ORDERS = (((2, 0, 1), (1, 2, 0), (2, 1, 0)), ((2, 0, 3, 1), (1, 3, 2, 0), (3, 2, 1, 0)))


def _module(mt: Any, name: str) -> Any:
    return import_module(f"{mt.__name__}.{name}")


def _numbers(rng: random.Random, *shape: int) -> Any:
    size = int(np.prod(shape))
    return np.array([rng.uniform(-2, 2) for _ in range(size)]).reshape(shape)


def _run(mt: Any, x: Any, w: Any, size: Any = None, reverse: bool = False) -> Any:
    """Convolve tensors on the CUDA backend."""
    convolve = mt.CudaOps.conv1d if x.dims == 3 else mt.CudaOps.conv2d
    out = convolve(x, w, reverse=reverse, size=size)
    return [list(out.shape), out.tolist()]


def _tensors(mt: Any, rng: random.Random, orders: Any = None) -> Any:
    """Make an input and a weight of each number of dimensions, stored in some order."""
    backend = mt.TensorBackend(mt.CudaOps)
    for number, shapes in enumerate(_SHAPES):
        pair = []
        for place, shape in enumerate(shapes):
            order = range(len(shape)) if orders is None else orders[number][place]
            stored = mt.tensor(
                _numbers(rng, *(shape[dim] for dim in order)), backend=backend
            )._tensor
            back = [list(order).index(dim) for dim in range(len(shape))]
            pair.append(mt.Tensor(stored.permute(*back), backend=backend))
        yield pair


def probe_results(mt: Any, rng: random.Random) -> Any:
    """Look at rows and images with channels, in batches."""
    return [_run(mt, x, w) for x, w in _tensors(mt, rng)]


def probe_reverse(mt: Any, rng: random.Random) -> Any:
    """Look at `reverse`: kernels reach up and to the left."""
    return [_run(mt, x, w, reverse=True) for x, w in _tensors(mt, rng)]


def probe_layouts(mt: Any, rng: random.Random) -> Any:
    """Look at permuted tensors."""
    return [_run(mt, x, w) for x, w in _tensors(mt, rng, _ORDERS)]


def probe_other_size(mt: Any, rng: random.Random) -> Any:
    """Look at results that are larger and smaller than the input."""
    found = []
    for x, w in _tensors(mt, rng):
        dims = x.dims - 2
        found.append([_run(mt, x, w, size, True) for size in ((2,) * dims, (6,) * dims)])
    return found


def probe_gradients(mt: Any, rng: random.Random) -> Any:
    """Look at conv1d and conv2d on the CUDA backend, with both gradients."""
    found = []
    for x, w in _tensors(mt, rng):
        for leaf in (x, w):
            leaf.requires_grad_(True)
        y = (mt.conv1d if x.dims == 3 else mt.conv2d)(x, w)
        y.backward(mt.tensor(_numbers(rng, *y.shape), backend=y.backend))
        found.append([part.to_numpy().tolist() for part in (y, x.grad, w.grad)])
    return found


def probe_at_work(mt: Any, rng: random.Random) -> Any:
    """Look at what the kernels write, and that they touch nothing outside, with idle threads."""
    watching, trace = _module(mt, "kernels.cuda_trace"), _module(mt, "kernels.conv_trace")
    module, found = _module(mt, "cuda_conv"), []
    for name, (x_shape, w_shape) in zip(("conv1d", "conv2d"), _SHAPES, strict=True):
        x, w = _numbers(rng, *x_shape), _numbers(rng, *w_shape)
        shape = (x_shape[0], w_shape[0], *x_shape[2:])
        sides = [trace.parts(np.full(shape, 7.0)), trace.parts(x), trace.parts(w)]
        out, a, b = (watching.Watched(side[0]) for side in sides)
        for reverse in (False, True):
            watching.watch(
                getattr(module, f"{name}_kernel"),
                math.ceil(out.size / module.CONV_THREADS) + 1, module.CONV_THREADS,
                out, *sides[0][1:], out.size, a, *sides[1][1:], b, *sides[2][1:], reverse,
            )  # fmt: skip
        found.append([out.writes, out.reads, [row.outside for row in (out, a, b)], out.cells])
    return found
