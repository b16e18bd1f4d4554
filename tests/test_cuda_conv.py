"""Module 4's extra: convolutions for CUDA, on a GPU or in Numba's simulator, at small sizes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from minitorch import CudaOps, TensorBackend, conv1d, conv2d, tensor
from minitorch.cuda_conv import CONV_THREADS, conv1d_kernel, conv2d_kernel
from minitorch.kernels.conv_trace import by_windows, parts
from minitorch.kernels.cuda_launch import SIMULATED
from minitorch.kernels.cuda_trace import Watched, watch

CUDA = TensorBackend(CudaOps)
SHAPES = [
    ((1, 1, 6), (1, 1, 3)), ((2, 3, 4), (4, 3, 2)), ((2, 2, 2), (1, 2, 4)),
    ((1, 1, 4, 3), (1, 1, 2, 2)), ((2, 2, 3, 4), (3, 2, 2, 3)), ((1, 2, 2, 2), (2, 2, 3, 3)),
]  # fmt: skip

task4_4b = pytest.mark.task4_4b


def make(shape: tuple[int, ...], seed: int = 0, kind: Any = np.float64) -> Any:
    return np.random.default_rng(seed).normal(size=shape).astype(kind)


@task4_4b
@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize(("shape", "kernel"), SHAPES)
def test_results_and_gradients(shape: tuple[int, ...], kernel: tuple[int, ...], kind: Any) -> None:
    x, w, d = make(shape, 0, kind), make(kernel, 1, kind), None
    a, b = (tensor(each, backend=CUDA, requires_grad=True) for each in (x, w))
    y = (conv1d if x.ndim == 3 else conv2d)(a, b)
    right = by_windows(x, w)
    d = make(right.shape, 2, kind)
    y.backward(tensor(d, backend=CUDA))
    back = by_windows(d, w.swapaxes(0, 1), shape[2:], reverse=True)
    weight = by_windows(x.swapaxes(0, 1), d.swapaxes(0, 1), kernel[2:]).swapaxes(0, 1)
    near = 1e-9 if kind is np.float64 else 1e-4
    for got, expected in ((y, right), (a.grad, back), (b.grad, weight)):
        assert got.dtype == kind
        np.testing.assert_allclose(got.to_numpy(), expected, rtol=near, atol=near)


@task4_4b
@pytest.mark.parametrize("reverse", [False, True])
def test_permuted_tensors_and_other_sizes(reverse: bool) -> None:
    x, w = make((4, 2, 3)), make((2, 3, 2), 1)
    a = tensor(x, backend=CUDA).permute(1, 2, 0)
    b = tensor(w, backend=CUDA).permute(0, 1, 2)
    for size in ((2,), (6,)):
        got = CudaOps.conv1d(a, b, reverse=reverse, size=size)
        right = by_windows(x.transpose(1, 2, 0), w, size, reverse)
        np.testing.assert_allclose(got.to_numpy(), right)


@task4_4b
def test_as_pytorchs() -> None:
    x, w = make((1, 2, 4, 5)), make((2, 2, 3, 3), 1)
    got = conv2d(tensor(x, backend=CUDA), tensor(w, backend=CUDA), stride=2, padding=1)
    big = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    np.testing.assert_allclose(got.to_numpy(), by_windows(big, w)[:, :, :4:2, :5:2])


@task4_4b
@pytest.mark.skipif(not SIMULATED, reason="counts what Numba's simulator does")
@pytest.mark.parametrize(
    ("kernel", "shape", "size"),
    [(conv1d_kernel, (2, 2, 5), (3, 2, 3)), (conv2d_kernel, (1, 2, 3, 4), (2, 2, 2, 3))],
)
@pytest.mark.parametrize("reverse", [False, True])
def test_a_result_is_written_once(
    kernel: Any, shape: tuple[int, ...], size: tuple[int, ...], reverse: bool
) -> None:
    x, w = make(shape), make(size, 1)
    right = by_windows(x, w, None, reverse)
    sides = [parts(np.full(right.shape, 7.0)), parts(x), parts(w)]
    out, a, b = (Watched(side[0]) for side in sides)
    watch(
        kernel, math.ceil(out.size / CONV_THREADS) + 1, CONV_THREADS,
        out, *sides[0][1:], out.size, a, *sides[1][1:], b, *sides[2][1:], reverse,
    )  # fmt: skip
    np.testing.assert_allclose(out.cells.reshape(right.shape), right)
    assert set(out.writes) == {1} and not any(out.reads)
    assert (out.outside, a.outside, b.outside) == (0, 0, 0)
