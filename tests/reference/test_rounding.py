"""Quotients and sums are as exact as NumPy's, in float32 as in float64, on every backend."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch as mt
from minitorch import operators

SIMPLE, FAST, CARD = mt.SimpleBackend, mt.TensorBackend(mt.FastOps), mt.TensorBackend(mt.CudaOps)
backends = pytest.mark.parametrize("backend", [SIMPLE, FAST, CARD], ids=repr)
dtypes = pytest.mark.parametrize("dtype", [np.float64, np.float32])
few = settings(deadline=None, max_examples=15)

any_float = st.floats(allow_nan=True, allow_infinity=True, width=32)
finite = st.floats(allow_nan=False, allow_infinity=False, width=32)


@pytest.fixture(autouse=True)
def every_kernel_on_all_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mt.FastOps, "LARGE", 0)


def same(got: Any, expected: Any) -> bool:
    """Say whether all cells are equal, NaN and the sign of zero included."""
    got, expected = np.asarray(got), np.asarray(expected)
    return bool(
        np.array_equal(got, expected, equal_nan=True)
        and np.array_equal(np.signbit(got[~np.isnan(got)]), np.signbit(expected[~np.isnan(got)]))
    )


@backends
@dtypes
@few
@given(pairs=st.lists(st.tuples(any_float, any_float), min_size=1, max_size=8))
def test_a_quotient_is_numpys(
    backend: mt.TensorBackend, dtype: Any, pairs: list[tuple[float, float]]
) -> None:
    a, b = (np.array(column, dtype) for column in zip(*pairs, strict=True))
    x, y = mt.tensor(a, backend=backend), mt.tensor(b, backend=backend)
    with np.errstate(all="ignore"):
        assert same((x / y).to_numpy(), a / b)
        assert same((x / pairs[0][1]).to_numpy(), a / b[0])
        assert same((pairs[0][0] / y).to_numpy(), a[0] / b)
        for p, q, wanted in zip(
            a.tolist(), b.tolist(), (a.astype(float) / b).tolist(), strict=True
        ):
            for got in (mt.Scalar(p) / mt.Scalar(q), mt.Scalar(p) / q, p / mt.Scalar(q)):
                assert same(got.data, wanted)


@backends
@dtypes
def test_whatever_is_divided_by_itself_is_one(backend: mt.TensorBackend, dtype: Any) -> None:
    most = 40 if backend is CARD else 500
    tiny, huge = np.finfo(dtype).smallest_subnormal, np.finfo(dtype).max
    cells = np.array([*range(1, most), tiny, -tiny, huge, -huge], dtype)
    x = mt.tensor(cells, backend=backend)
    assert (x / x).tolist() == [1.0] * len(cells)
    assert [(x[i] / mt.Scalar(x[i])).data for i in range(len(cells))] == [1.0] * len(cells)
    assert mt.tensor([0.0, 1.0], backend=backend).mean().item() == 0.5
    for n in (49, 98, 103):
        assert mt.tensor(np.ones(n, dtype), backend=backend).mean().item() == 1.0


sized = st.sampled_from([1e-30, 1e-23, 1e-3, 1.0, 1e3, 1e20, 1e30])
signed = st.floats(0.5, 2.0) | st.floats(-2.0, -0.5)


@backends
@dtypes
@few
@given(a=st.tuples(signed, sized), b=st.tuples(signed, sized))
def test_gradients_of_a_quotient_need_no_square(
    backend: mt.TensorBackend, dtype: Any, a: tuple[float, float], b: tuple[float, float]
) -> None:
    x, y = (
        mt.tensor(np.array([m * size], dtype), backend=backend, requires_grad=True)
        for m, size in (a, b)
    )
    (x / y).backward()
    p, q = Fraction(x[0]), Fraction(y[0])
    for leaf, slope in ((x, 1 / q), (y, -p / q**2)):
        limits = np.finfo(dtype)
        # Where the slope itself, or a quotient on the way, can't be held there is nothing to ask.
        if all(float(limits.tiny) < abs(v) < float(limits.max) for v in (slope, p / q, 1 / q)):
            assert math.isclose(leaf.grad[0], slope, rel_tol=4 * float(limits.eps))
    if dtype is np.float64:
        u, v = mt.Scalar(x[0]), mt.Scalar(y[0])
        (u / v).backward()
        assert (u.derivative, v.derivative) == (x.grad[0], y.grad[0])
        v.derivative = None
        (1 / v).backward()
        assert v.derivative is not None
        assert math.isclose(v.derivative, float(-1 / q**2), rel_tol=1e-15)


MAPS = [
    operators.neg, operators.sigmoid, operators.relu, operators.log, operators.exp,
    operators.id, operators.inv, lambda x: x * x * x - 1.0,
]  # fmt: skip
ZIPS = [
    operators.add, operators.mul, operators.lt, operators.eq, operators.is_close,
    operators.relu_back, operators.log_back, operators.inv_back, lambda x, y: x * x * y * y,
]  # fmt: skip


@backends
@few
@given(cells=st.lists(finite, min_size=1, max_size=6), other=finite)
def test_float32_is_float64_rounded_once(
    backend: mt.TensorBackend, cells: list[float], other: float
) -> None:
    """What a function gives in float64 is what it gives in float32, on every backend."""
    row = np.array(cells, np.float32)
    narrow = mt.tensor(row, backend=backend)
    wide = mt.tensor(row.astype(np.float64), backend=SIMPLE)
    mine, theirs = (mt.tensor(np.array([other], t)) for t in (np.float32, np.float64))
    mine = mt.tensor(mine.to_numpy(), backend=backend)
    for fn in MAPS:
        with np.errstate(all="ignore"):
            expected = mt.SimpleOps.map(fn)(wide).to_numpy().astype(np.float32)
        got = backend.ops.map(fn)(narrow).to_numpy()
        assert np.allclose(got, expected, rtol=2e-7, atol=0.0, equal_nan=True), fn
    for fn in ZIPS:
        with np.errstate(all="ignore"):
            expected = mt.SimpleOps.zip(fn)(wide, theirs).to_numpy().astype(np.float32)
        got = backend.ops.zip(fn)(narrow, mine).to_numpy()
        assert np.allclose(got, expected, rtol=2e-7, atol=0.0, equal_nan=True), fn


@backends
@few
@given(
    shape=st.tuples(st.integers(1, 4), st.integers(1, 60), st.integers(1, 3)),
    dim=st.integers(0, 2),
    order=st.permutations(range(3)),
    seed=st.integers(0, 1000),
)
def test_a_float32_sum_is_as_exact_as_one_can_be(
    backend: mt.TensorBackend, shape: tuple[int, ...], dim: int, order: list[int], seed: int
) -> None:
    if backend is CARD:
        shape = (shape[0], min(shape[1], 20), shape[2])
    cells = np.random.default_rng(seed).uniform(0.5, 1.0, shape).astype(np.float32)
    x = mt.tensor(cells, backend=backend).permute(*order)
    expected = cells.transpose(order).astype(np.float64).sum(dim, keepdims=True)
    assert np.allclose(x.sum(dim).to_numpy(), expected, rtol=2.5e-7, atol=0.0)
    mean = expected / x.shape[dim]
    assert np.allclose(x.mean(dim).to_numpy(), mean, rtol=4e-7, atol=0.0)
    assert x.sum(dim).dtype == np.float32


@pytest.mark.parametrize("shape", [(17_000_000, 1), (1, 17_000_000), (17_000_000,)])
def test_more_ones_than_float32_can_count_by_one(shape: tuple[int, ...]) -> None:
    x = mt.tensor(np.ones(shape, np.float32), backend=FAST)
    dim = int(np.argmax(shape))
    assert x.sum(dim).item() == x.sum().item() == 17_000_000
    assert x.mean(dim).item() == x.mean().item() == 1.0


def test_two_columns_of_many_uniform_numbers() -> None:
    cells = np.random.default_rng(0).uniform(size=(1_000_000, 2)).astype(np.float32)
    x = mt.tensor(cells, backend=FAST)
    for dim in (0, 1):
        expected = cells.astype(np.float64).sum(dim, keepdims=True)
        assert np.abs(x.sum(dim).to_numpy() / expected - 1.0).max() < 1e-7
