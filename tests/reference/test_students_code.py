"""What students may well write works with the given code of later tasks."""

from __future__ import annotations

import importlib.util
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numba import prange

from minitorch import SimpleOps, TensorBackend, fast_ops, tensor, tensor_data, tensor_ops


def in_a_copy(ordinal: int, shape: Any, out_index: Any) -> None:
    rest = ordinal
    for dim in range(len(shape) - 1, -1, -1):
        out_index[dim] = rest % shape[dim]
        rest = rest // shape[dim]


def in_place(ordinal: int, shape: Any, out_index: Any) -> None:
    for dim in range(len(shape) - 1, -1, -1):
        out_index[dim] = ordinal % shape[dim]
        ordinal = ordinal // shape[dim]


@pytest.mark.parametrize("to_index", [in_a_copy, in_place])
def test_to_index_takes_the_counter_of_a_parallel_loop(
    to_index: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tensor_data, "to_index", to_index)
    spec = importlib.util.spec_from_file_location("minitorch.fast_ops_anew", fast_ops.__file__)
    assert spec and spec.loader
    anew = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(anew)
    compiled = anew.to_index

    def loop(out: Any, shape: Any) -> None:
        for i in prange(len(out)):
            index = np.zeros(len(shape), np.int64)
            compiled(i, shape, index)
            out[i] = 10 * index[0] + index[1]

    out = np.zeros(6)
    anew.njit(loop, parallel=True)(out, np.array([2, 3]))
    assert out.tolist() == [0, 1, 2, 10, 11, 12]


def plain_map(fn: Callable[..., Any]) -> Callable[..., None]:
    def kernel(out: Any, _: Any, __: Any, cells: Any, *___: Any) -> None:
        for i in range(len(out)):
            out[i] = fn(cells[i])

    return kernel


def plain_zip(fn: Callable[..., Any]) -> Callable[..., None]:
    def kernel(out: Any, _: Any, __: Any, a: Any, ___: Any, ____: Any, b: Any, *_____: Any) -> None:
        for i in range(len(out)):
            out[i] = fn(a[i], b[i])

    return kernel


def plain_reduce(fn: Callable[..., Any]) -> Callable[..., None]:
    def kernel(out: Any, _: Any, __: Any, cells: Any, *___: Any) -> None:
        for i in range(len(cells)):
            out[0] = fn(out[0], cells[i])

    return kernel


def test_kernels_that_read_numpys_numbers_warn_of_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, kernel in (("map", plain_map), ("zip", plain_zip), ("reduce", plain_reduce)):
        monkeypatch.setattr(tensor_ops, f"tensor_{kind}", kernel)

    class Plain(SimpleOps):
        pass

    big = tensor([1e308, 1e308, -math.inf], backend=TensorBackend(Plain))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (big * big).tolist() == [math.inf] * 3
        assert math.isnan(big.sum().item())
        assert Plain.map(lambda x: x * x)(big).tolist() == [math.inf] * 3


def test_two_versions_of_one_backend_are_named() -> None:
    ours = tensor([1.0], backend=TensorBackend(SimpleOps))
    theirs = tensor([1.0], backend=TensorBackend(type("SimpleOps", (SimpleOps,), {})))
    with pytest.raises(TypeError, match="two versions of it"):
        ours + theirs
