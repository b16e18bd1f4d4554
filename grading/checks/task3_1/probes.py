"""Probes for Task 3.1."""

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

REQUIRES = ("task0_1", "task0_3", "task2_1", "task2_2", "task2_3")
SECTION = "guides/module3/01_parallel.html#task-3-1"
TOLERANCE = 1e-6
PARTS = {
    "probe_reduce": (
        "the results",
        "Does a loop of it run on all cores (prange)?",
        "Has each turn of that loop index buffers of its own?",
        "Do the turns of that loop do all the work?",
    ),
    "probe_dtypes": ("the cells", "the dtype"),
    "probe_parallel_map": (
        "Does a loop of it run on all cores (prange)?",
        "the cells",
        "Has each turn of that loop index buffers of its own?",
        "Do the turns of that loop do all the work?",
        "Of a permuted tensor: has each turn index buffers of its own?",
        "Of a permuted tensor: do the turns do all the work?",
    ),
    "probe_parallel_zip": (
        "Does a loop of it run on all cores (prange)?",
        "the cells",
        "Has each turn of that loop index buffers of its own?",
        "Do the turns of that loop do all the work?",
        "Of permuted tensors: has each turn index buffers of its own?",
        "Of permuted tensors: do the turns do all the work?",
    ),
    "probe_no_indices": ("map", "zip"),
    "probe_reduce_inside": (
        "along the last dimension",
        "along ten times as many",
        "Are ten times as many folded without more calls and more writes to out?",
        "along the first dimension",
        "along ten times as many of the first",
        "Are ten times as many of the first folded without more calls and more writes to out?",
    ),
}
_PRANGE = numba.prange
# Taken before the student's package is imported, which could pretend to be Numba.
_JIT, _DISPATCHER = numba.jit, type(numba.njit(lambda: None))
_PARTS = {part: dict(vars(part)) for part in _DISPATCHER.__mro__}
_CODE = numba.jit.__code__
UNSEEN = "could not be walked in Python"  # grading makes it a note for a person


def _compiled(kernel: Any) -> Any:
    """Return a kernel if it is a function that Numba compiles, and nothing that pretends to be."""
    if type(kernel) is not _DISPATCHER:
        raise TypeError(f"a function compiled by njit belongs here, not a {type(kernel).__name__}")
    if any(dict(vars(part)) != before for part, before in _PARTS.items()):
        raise TypeError("a part of Numba was changed")
    return kernel


def _line(x: float) -> float:
    return 2.0 * x + 1.0


def _apart(x: float, y: float) -> float:
    return x - 2.0 * y


def _grow(total: float, x: float) -> float:
    return 0.5 * total + x


def _data(mt: Any, rng: random.Random, shape: tuple[int, ...], order: Any = None) -> Any:
    """Tensor data whose dimensions are stored in some order."""
    order = tuple(range(len(shape))) if order is None else order
    stored = tuple(shape[dim] for dim in order)
    numbers = np.array([rng.uniform(-5, 5) for _ in range(int(np.prod(shape)))])
    strides = np.empty(len(shape), dtype=np.int64)
    strides[list(order)] = mt.strides_from_shape(stored)
    return mt.TensorData(numbers, shape, tuple(strides.tolist()))


def _empty(mt: Any, shape: tuple[int, ...], fill: float = 0.0) -> Any:
    return mt.TensorData(np.full(int(np.prod(shape)), fill), shape)


def _cells(data: Any) -> list[float]:
    return data._storage.tolist()


def _user_loops(kernel: Any) -> bool:
    """Say whether the compiled function has a loop that its author made parallel."""
    compiled = next(iter(_compiled(kernel).overloads.values()))
    loops = compiled.metadata["parfor_diagnostics"].initial_parfors
    return any(("prange", "user", "") in loop.patterns for loop in loops)


def _on_one_core(kernel: Any) -> Any:
    """Compile a kernel once more without threads, which takes a third of the time."""
    options = {**_compiled(kernel).targetoptions, "parallel": False}
    if _JIT.__code__ is not _CODE:
        raise TypeError("a part of Numba was changed")
    return _compiled(_JIT(**options)(kernel.py_func))


class _Noted:
    """An output that notes in which turn of the parallel loop each cell was written last.

    It knows single cells only; a kernel that does more with it can't be walked.
    """

    def __init__(self, size: int, now: list[int]) -> None:
        self.cells, self.turns, self.now = np.zeros(size), [-1] * size, now
        self.dtype, self.size, self.shape = self.cells.dtype, size, (size,)

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


def _walk(kernel: Any, out: Any, *args: Any) -> tuple[bool | str, bool | str]:
    """Walk a kernel's parallel loop in Python, a turn after the other.

    Returns:
        Whether each turn has index buffers of its own: a race shows only where threads meet.
        Whether the turns are what fills the output.
        For both, that nobody could look, where the kernel holds what only the compiler knows.

    """
    function, now, shared = _compiled(kernel).py_func, [0], [False]
    first: dict[int, tuple[int, Any]] = {}  # keeps the arrays, so that no address comes twice

    def to_index(ordinal: int, shape: Any, index: Any) -> None:
        seen, _ = first.setdefault(index.__array_interface__["data"][0], (now[0], index))
        shared[0] = shared[0] or seen != now[0]
        known(ordinal, shape, index)

    known = function.__globals__["to_index"].py_func
    storage, *place = out.tuple()
    noted = _Noted(storage.size, now)
    try:
        with _in_python(function, now) as names:
            names["to_index"] = to_index
            code, inner = function.__code__, function.__closure__
            types.FunctionType(code, names, "walked", None, inner)(noted, *place, *args)
    except Exception:
        return UNSEEN, UNSEEN
    return not shared[0], noted.in_turns()


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
    cells = tuple(
        types.CellType(getattr(cell.cell_contents, "py_func", cell.cell_contents))
        for cell in function.__closure__ or ()
    )
    walked = types.FunctionType(function.__code__, names, "walked", None, cells)
    passed_over = (_Counted.__setitem__.__code__, _grow.__code__)
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


def probe_map(mt: Any, rng: random.Random) -> Any:
    """Look at a compiled map: permuted inputs, broadcast ones, an output that isn't row by row."""
    fast = mt.fast_ops
    kernel = _on_one_core(fast.tensor_map(fast.njit(_line)))
    found = []
    for source, order, target in [
        ((4, 5), (0, 1), (4, 5)),
        ((4, 5), (1, 0), (4, 5)),
        ((2, 3, 4), (1, 2, 0), (2, 3, 4)),
        ((5,), (0,), (4, 5)),
        ((3, 1), (0, 1), (2, 3, 4)),
        ((30, 40, 5), (2, 0, 1), (30, 40, 5)),
    ]:
        out, data = _empty(mt, target), _data(mt, rng, source, order)
        kernel(*out.tuple(), *data.tuple())
        found.append(_cells(out)[:400])
    out, data = _data(mt, rng, (4, 5), (1, 0)), _data(mt, rng, (4, 5))
    kernel(*out.tuple(), *data.tuple())
    return [*found, _cells(out)]


def probe_zip(mt: Any, rng: random.Random) -> Any:
    """Look at a compiled zip: layouts that differ, and broadcasting on either side."""
    fast = mt.fast_ops
    kernel = _on_one_core(fast.tensor_zip(fast.njit(_apart)))
    found = []
    for a, b in [
        (((4, 5), (0, 1)), ((4, 5), (0, 1))),
        (((4, 5), (1, 0)), ((4, 5), (0, 1))),
        (((4, 5), (0, 1)), ((4, 5), (1, 0))),
        (((5,), (0,)), ((4, 5), (0, 1))),
        (((4, 1), (0, 1)), ((5,), (0,))),
        (((20, 1, 7), (2, 0, 1)), ((11, 7), (1, 0))),
    ]:
        left, right = _data(mt, rng, *a), _data(mt, rng, *b)
        out = _empty(mt, np.broadcast_shapes(a[0], b[0]))
        kernel(*out.tuple(), *left.tuple(), *right.tuple())
        found.append(_cells(out)[:400])
    return found


def probe_reduce(mt: Any, rng: random.Random) -> Any:
    """Look at a reduction on all cores: each dimension and layout, from the value that is there."""
    fast = mt.fast_ops
    kernel = _compiled(fast.tensor_reduce(fast.njit(_grow)))
    found = []
    for shape, order in [
        ((6,), (0,)),
        ((4, 5), (0, 1)),
        ((4, 5), (1, 0)),
        ((3, 4, 5), (2, 0, 1)),
        ((60, 70), (0, 1)),
    ]:
        data = _data(mt, rng, shape, order)
        for dim in range(len(shape)):
            out = _empty(mt, (*shape[:dim], 1, *shape[dim + 1 :]), 1.0)
            kernel(*out.tuple(), *data.tuple(), dim)
            found.append(_cells(out))
    walked = _walk(kernel, _empty(mt, (40, 1)), *_data(mt, rng, (40, 5)).tuple(), 1)
    return [found, _user_loops(kernel), *walked]


def probe_dtypes(mt: Any, rng: random.Random) -> Any:
    """Look at float32: the kernels write what they are given room for."""
    fast = mt.fast_ops
    data = mt.TensorData(np.array([0.5, -1.5, 2.0], dtype=np.float32), (3,))
    out = mt.TensorData(np.zeros(3, dtype=np.float32), (3,))
    _on_one_core(fast.tensor_map(fast.njit(_line)))(*out.tuple(), *data.tuple())
    return [_cells(out), str(out.dtype)]


def probe_parallel_map(mt: Any, rng: random.Random) -> Any:
    """Look at the map's loop: on all cores, with all the work, each turn with its own buffers."""
    data, out = _data(mt, rng, (3, 4)), _empty(mt, (3, 4))
    kernel = _compiled(mt.fast_ops.tensor_map(mt.fast_ops.njit(_line)))
    kernel(*out.tuple(), *data.tuple())
    found = [_user_loops(kernel), _cells(out)]
    for order in ((0, 1), (1, 0)):
        data, out = _data(mt, rng, (60, 50), order), _empty(mt, (60, 50))
        found += _walk(kernel, out, *data.tuple())
    return found


def probe_parallel_zip(mt: Any, rng: random.Random) -> Any:
    """Look at the zip's loop: on all cores, with all the work, each turn with its own buffers."""
    data, out = _data(mt, rng, (3, 4)), _empty(mt, (3, 4))
    kernel = _compiled(mt.fast_ops.tensor_zip(mt.fast_ops.njit(_apart)))
    kernel(*out.tuple(), *data.tuple(), *data.tuple())
    found = [_user_loops(kernel), _cells(out)]
    for order in ((0, 1), (1, 0)):
        data, out = _data(mt, rng, (60, 50), order), _empty(mt, (60, 50))
        found += _walk(kernel, out, *data.tuple(), *data.tuple())
    return found


def probe_no_indices(mt: Any, rng: random.Random) -> Any:
    """Look at tensors laid out alike: cell by cell along the storage, whatever the strides say.

    All strides are 0, so that a kernel that computes positions would write the first cell only.
    """
    fast = mt.fast_ops
    shape, strides = np.array([6]), np.array([0])
    a, b = (np.array([rng.uniform(-5, 5) for _ in range(6)]) for _ in range(2))
    out = np.zeros(6)
    _on_one_core(fast.tensor_map(fast.njit(_line)))(out, shape, strides, a, shape, strides)
    found = [out.tolist()]
    out = np.zeros(6)
    kernel = _on_one_core(fast.tensor_zip(fast.njit(_apart)))
    kernel(out, shape, strides, a, shape, strides, b, shape, strides)
    return [*found, out.tolist()]


def probe_reduce_inside(mt: Any, rng: random.Random) -> Any:
    """Look at a reduction of ten times as many values: no more calls, and no more writes to out."""
    kernel = _compiled(mt.fast_ops.tensor_reduce(mt.fast_ops.njit(_grow)))
    found = []
    for short, long, dim in [((4, 3), (4, 30), 1), ((3, 4), (30, 4), 0)]:
        work = []
        for shape in (short, long):
            folded = (*shape[:dim], 1, *shape[dim + 1 :])
            out, data = _empty(mt, folded, 1.0), _data(mt, rng, shape)
            work.append(_work(kernel, out, *data.tuple(), dim))
            if not work[-1]:
                out = _empty(mt, folded, 1.0)
                kernel(*out.tuple(), *data.tuple(), dim)
            found.append(_cells(out))
        found.append(work[0] == work[1] if work[0] else UNSEEN)
    return found
