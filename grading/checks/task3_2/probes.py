"""Probes for Task 3.2."""

from __future__ import annotations

import contextlib
import itertools
import random
import sys
import types
import unittest.mock
from collections.abc import Iterator
from typing import Any

import numba
import numpy as np

REQUIRES = (
    "task0_1",
    "task0_3",
    "task1_3",
    "task1_4",
    "task2_1",
    "task2_2",
    "task2_3",
    "task2_4",
    "task3_1",
)
SECTION = "guides/module3/02_matmul.html#task-3-2"
TOLERANCE = 1e-6
PARTS = {
    "probe_parallel": (
        "Does a loop of it run on all cores (prange)?",
        "Do the turns of that loop do all the work?",
        "the product",
    ),
    "probe_gradients": (
        "the product",
        "the left gradient",
        "the right gradient",
        "the product",
        "the left gradient",
        "the right gradient",
        "the product",
        "the left gradient",
        "the right gradient",
    ),
    "probe_inside": (
        "a short sum",
        "a long sum",
        "Does a sum of ten times as many need no more calls and no more writes to out?",
    ),
}
_PRANGE = numba.prange
# Taken before the student's package is imported, which could pretend to be Numba.
_DISPATCHER = type(numba.njit(lambda: None))
_PARTS = {part: dict(vars(part)) for part in _DISPATCHER.__mro__}
UNSEEN = "could not be walked in Python"  # grading makes it a note for a person


def _compiled(kernel: Any) -> Any:
    """Return a kernel if it is a function that Numba compiles, and nothing that pretends to be."""
    if type(kernel) is not _DISPATCHER:
        raise TypeError(f"a function compiled by njit belongs here, not a {type(kernel).__name__}")
    if any(dict(vars(part)) != before for part, before in _PARTS.items()):
        raise TypeError("a part of Numba was changed")
    return kernel


def _numbers(rng: random.Random, *shape: int) -> Any:
    return np.array([rng.uniform(-2, 2) for _ in range(int(np.prod(shape)))]).reshape(shape)


def _fast(mt: Any) -> Any:
    return mt.TensorBackend(mt.FastOps)


def _kernel(mt: Any, a: Any, b: Any) -> list[float]:
    """Call the kernel itself on two arrays of three dimensions, in any layout."""
    shape = (max(a.shape[0], b.shape[0]), a.shape[1], b.shape[2])
    out = mt.TensorData(np.zeros(int(np.prod(shape))), shape)
    parts = []
    for array in (a, b):
        base = array if array.base is None else array.base
        strides = tuple(step // array.itemsize for step in array.strides)
        parts.append(mt.TensorData(base.reshape(-1), array.shape, strides).tuple())
    _compiled(mt.fast_ops.tensor_matrix_multiply)(*out.tuple(), *parts[0], *parts[1])
    return out._storage.tolist()


def _stored(array: Any, *order: int) -> Any:
    """The same numbers, stored in another order of the dimensions."""
    back = [order.index(dim) for dim in range(len(order))]
    return np.ascontiguousarray(array.transpose(order)).transpose(back)


class _Noted:
    """An output that notes in which turn of the parallel loop each cell was written last.

    It knows single cells only; a kernel that does more with it can't be walked.
    """

    def __init__(self, size: int, now: list[int]) -> None:
        self.cells, self.turns, self.now = np.zeros(size), [-1] * size, now
        self.dtype, self.itemsize = self.cells.dtype, self.cells.itemsize
        self.size, self.shape = size, (size,)

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, place: Any) -> Any:
        return self.cells[int(place)]

    def __setitem__(self, place: Any, value: Any) -> None:
        self.cells[int(place)] = value
        self.turns[int(place)] = self.now[0]  # 0 outside the loop

    def in_turns(self) -> bool:
        """Say whether turns wrote the cells, and more than one of them."""
        return 0 not in self.turns and len({*self.turns}) > 1


@contextlib.contextmanager
def _in_python(function: Any, now: list[int]) -> Iterator[dict[str, Any]]:
    """Let a parallel loop be one of Python's; give the function's names with it in them."""
    count = itertools.count(1)

    def turns(*bounds: int) -> Any:
        for i in range(*bounds):
            now[0] = next(count)
            yield i
            now[0] = 0

    names = function.__globals__
    with unittest.mock.patch.object(numba, "prange", turns):
        yield names | {name: turns for name, each in names.items() if each is _PRANGE}


def _fills_in_turns(kernel: Any, a: Any, b: Any) -> bool | str:
    """Walk the kernel in Python: do the turns of its parallel loop fill the output?

    Where the kernel holds what only the compiler knows, nobody could look.
    """
    function, now = kernel.py_func, [0]
    shape = np.array([a.shape[0], a.shape[1], b.shape[2]])
    out = _Noted(int(shape.prod()), now)
    places = [(x.ravel(), np.array(x.shape), np.array(x.strides) // x.itemsize) for x in (a, b)]
    strides = np.array([shape[1] * shape[2], shape[2], 1])
    try:
        with _in_python(function, now) as names:
            walked = types.FunctionType(function.__code__, names)
            walked(out, shape, strides, *places[0], *places[1])
    except Exception:
        return UNSEEN
    return out.in_turns()


class _Counted(np.ndarray[Any, Any]):
    """Results that count how often they are written."""

    writes = 0

    def __setitem__(self, place: Any, value: Any) -> None:
        _Counted.writes += 1
        super().__setitem__(place, value)


def _work(kernel: Any, out: Any, *rest: Any) -> list[int]:
    """Walk a kernel in Python, and count the functions it calls and the results it writes."""
    function = getattr(kernel, "py_func", kernel)
    names = {k: getattr(v, "py_func", v) for k, v in function.__globals__.items()}
    names["prange"] = range
    walked = types.FunctionType(function.__code__, names, "walked", None, function.__closure__)
    passed_over = (_Counted.__setitem__.__code__,)
    calls = 0

    def count(frame: Any, event: str, _: Any) -> None:
        nonlocal calls
        module = frame.f_globals.get("__name__", "").partition(".")[0]
        caller = frame.f_back.f_code if frame.f_back else None
        inside = event == "call" and caller is walked.__code__
        calls += inside and module not in ("numba", "numpy") and frame.f_code not in passed_over

    _Counted.writes = 0
    storage, shape, strides = out.tuple()
    sys.setprofile(count)
    try:
        walked(storage.view(_Counted), shape, strides, *rest)
    except Exception:  # it holds what only the compiler knows: nobody could look
        return []
    finally:
        sys.setprofile(None)
    return [calls, _Counted.writes]


def probe_kernel(mt: Any, rng: random.Random) -> Any:
    """Look at products of single matrices: a row, a column, odd sizes, one cell."""
    shapes = [(2, 4, 3), (1, 1, 1), (1, 5, 1), (5, 1, 6), (7, 9, 11), (6, 4, 8), (3, 6, 150)]
    return [
        _kernel(mt, np.array(_numbers(rng, 1, n, k)), np.array(_numbers(rng, 1, k, m)))
        for n, k, m in shapes
    ]


def probe_layouts(mt: Any, rng: random.Random) -> Any:
    """Look at matrices that are stored column by column, on either side and on both."""
    a, b = np.array(_numbers(rng, 1, 6, 5)), np.array(_numbers(rng, 1, 5, 7))
    turned_a, turned_b = _stored(a, 0, 2, 1), _stored(b, 0, 2, 1)
    return [
        _kernel(mt, turned_a, b),
        _kernel(mt, a, turned_b),
        _kernel(mt, turned_a, turned_b),
    ]


def probe_batches(mt: Any, rng: random.Random) -> Any:
    """Look at batches: of equal size, and one matrix for all on either side."""
    found = []
    for one, two in [(3, 3), (3, 1), (1, 3)]:
        a, b = np.array(_numbers(rng, one, 5, 4)), np.array(_numbers(rng, two, 4, 2))
        found += [_kernel(mt, a, b), _kernel(mt, _stored(a, 1, 2, 0), _stored(b, 2, 0, 1))]
    return found


def probe_parallel(mt: Any, rng: random.Random) -> Any:
    """Look into the compiled kernel for the loop that runs on all cores, with all the work."""
    found = _kernel(mt, np.array(_numbers(rng, 1, 2, 2)), np.array(_numbers(rng, 1, 2, 2)))
    kernel = _compiled(mt.fast_ops.tensor_matrix_multiply)
    loops = next(iter(kernel.overloads.values())).metadata["parfor_diagnostics"].initial_parfors
    a, b = np.array(_numbers(rng, 3, 40, 4)), np.array(_numbers(rng, 3, 4, 20))
    return [
        any(("prange", "user", "") in loop.patterns for loop in loops),
        _fills_in_turns(kernel, a, b),
        found,
    ]


def probe_fills_the_output(mt: Any, rng: random.Random) -> Any:
    """Look at an output that isn't empty before: it is overwritten."""
    a, b = mt.TensorData(_numbers(rng, 6), (1, 2, 3)), mt.TensorData(_numbers(rng, 6), (1, 3, 2))
    out = mt.TensorData([7.0] * 4, (1, 2, 2))
    mt.fast_ops.tensor_matrix_multiply(*out.tuple(), *a.tuple(), *b.tuple())
    return out._storage.tolist()


def probe_gradients(mt: Any, rng: random.Random) -> Any:
    """Look at MatMul: the result, and the gradients of both factors, in batches too."""
    found = []
    for a_shape, b_shape in [((2, 3), (3, 4)), ((3, 2, 4), (3, 4, 5)), ((3, 2, 4), (1, 4, 2))]:
        a = mt.tensor(_numbers(rng, *a_shape), backend=_fast(mt), requires_grad=True)
        b = mt.tensor(_numbers(rng, *b_shape), backend=_fast(mt), requires_grad=True)
        product = a @ b
        product.backward(mt.tensor(_numbers(rng, *product.shape), backend=_fast(mt)))
        found += [x.to_numpy().tolist() for x in (product, a.grad, b.grad)]
    return found


def probe_inside(mt: Any, rng: random.Random) -> Any:
    """Look at sums of ten times as many products: no more calls, and no more writes to out."""
    found, work = [], []
    for inner in (3, 30):
        a = mt.TensorData(_numbers(rng, 2 * inner), (1, 2, inner))
        b = mt.TensorData(_numbers(rng, inner * 5), (1, inner, 5))
        out = mt.TensorData([0.0] * 10, (1, 2, 5))
        mt.fast_ops.tensor_matrix_multiply(*out.tuple(), *a.tuple(), *b.tuple())
        found.append(out._storage.tolist())
        kernel = _compiled(mt.fast_ops.tensor_matrix_multiply)
        work.append(_work(kernel, out, *a.tuple(), *b.tuple()))
    return [*found, work[0] == work[1] if work[0] else UNSEEN]
