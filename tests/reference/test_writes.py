"""Writing between forward and backward is refused; what shares a storage sees what was written."""

from __future__ import annotations

import copy
import gc
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch as mt
from minitorch.tensor_functions import Inv
from minitorch.tensor_writes import Writes, writes

BACKENDS = [mt.SimpleBackend, mt.TensorBackend(mt.FastOps), mt.TensorBackend(mt.CudaOps)]
backends = pytest.mark.parametrize("backend", BACKENDS, ids=repr)


def put(x: Any, key: Any, value: float = 7.0) -> None:
    x[key] = value


# Every way to write into the cells of a (2, 3) leaf.
WAYS: dict[str, Callable[[Any], None]] = {
    "a cell": lambda x: put(x, (0, 1)),
    "a row": lambda x: put(x, 1),
    "all": lambda x: put(x, ...),
    "detach": lambda x: put(x.detach(), (0, 1)),
    "a view of detach": lambda x: put(x.detach().view(3, 2), (0, 1)),
    "a permutation of detach": lambda x: put(x.detach().permute(1, 0), (1, 0)),
    "both": lambda x: put(x.detach().view(6).view(2, 3).permute(1, 0), (1, 0)),
    "TensorData.set": lambda x: x._tensor.set((0, 1), 7.0),
    "out": lambda x: x.f.neg_map(x.detach(), x.detach()),
}
# Every function that needs what it saved; what it saved is its input or its result.
SAVING: dict[str, Callable[[Any], Any]] = {
    "Mul": lambda x: x * x,
    "Mul by a number": lambda x: x * 2.0,
    "MatMul": lambda x: x @ x.permute(1, 0),
    "Sigmoid": lambda x: x.sigmoid(),
    "ReLU": lambda x: x.relu(),
    "Log": lambda x: x.log(),
    "Exp": lambda x: x.exp(),
    "Inv": lambda x: Inv.apply(x),
    "Pow": lambda x: x**3.0,
}
FREE: dict[str, Callable[[Any], Any]] = {
    "Add": lambda x: x + 1.0,
    "Neg": lambda x: -x,
    "Sum": lambda x: x.sum(1),
    "View": lambda x: x.view(6),
    "Permute": lambda x: x.permute(1, 0),
    "Copy": lambda x: x.permute(1, 0).contiguous(),
    "Select": lambda x: x[0],
    "Cast": lambda x: x.astype(np.float32),
    "LT": lambda x: x < 1.0,
    "EQ": lambda x: x == 1.0,
    "cat": lambda x: mt.cat([x, x]),
}


def leaf(backend: mt.TensorBackend) -> Any:
    x = mt.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], backend=backend, requires_grad=True)
    x.name = "the leaf"
    return x


@backends
@pytest.mark.parametrize("name", SAVING)
@settings(deadline=None, max_examples=4)
@given(way=st.sampled_from(sorted(WAYS)))
def test_backward_names_the_tensor_and_the_operation(
    backend: mt.TensorBackend, name: str, way: str
) -> None:
    x = leaf(backend)
    y = SAVING[name](x)
    if name in ("Sigmoid", "Exp"):  # they save their result
        y.detach()[0, 0] = 7.0
        said = r"its result, of shape \(2, 3\)"
    else:
        WAYS[way](x)
        said = r"its input [01]( \(the leaf\))?, of shape \([23], [23]\)"
    with pytest.raises(RuntimeError, match=rf"backward\(\) through {name.split()[0]}: {said}"):
        y.sum().backward()
    assert x.grad is None


@backends
@pytest.mark.parametrize("name", FREE)
def test_what_needs_no_saved_numbers_may_be_written_to(
    backend: mt.TensorBackend, name: str
) -> None:
    x = leaf(backend)
    y = FREE[name](x)
    x[0, 1] = 7.0
    y.sum().backward()
    fresh = leaf(backend)
    FREE[name](fresh).sum().backward()
    assert np.array_equal(x.grad.to_numpy(), fresh.grad.to_numpy())


@backends
@pytest.mark.parametrize("shape", [(0,), (2, 0), (0, 3)])
def test_an_empty_tensor_takes_what_is_written(
    backend: mt.TensorBackend, shape: tuple[int, ...]
) -> None:
    made = mt.tensor(np.zeros(shape), backend=backend)
    for x in (made, mt.zeros(shape, backend=backend), made[made > 0.0], made + 1.0, made.T):
        x[...] = 7.0
        x[:0] = 1.0
        assert x.sum().item() == 0.0


@backends
def test_before_and_after_anything_may_be_written(backend: mt.TensorBackend) -> None:
    x, other = leaf(backend), leaf(backend)
    for number in (7.0, 8.0, 9.0):
        x[0, 0] = number
        x.grad = None
        y = (x * x).sum()
        other[0, 0] = number
        mt.tensor(x.to_numpy(), backend=backend)[0, 0] = 1.0
        y.backward()
        assert x.grad is not None and x.grad[0, 0] == 2 * number


@backends
@settings(deadline=None, max_examples=10)
@given(
    steps=st.lists(st.sampled_from(["view", "permute", "detach", "contiguous"]), max_size=4),
    cell=st.integers(0, 5),
)
def test_a_write_is_seen_by_all_who_share_the_storage(
    backend: mt.TensorBackend, steps: list[str], cell: int
) -> None:
    """NumPy says who does: a view of an array, or its transpose."""
    x = mt.tensor(np.arange(6.0).reshape(2, 3), backend=backend)
    cells = x.to_numpy()
    seen = [(x, cells)]
    for step in steps:
        last, array = seen[-1]
        if step == "view" and last._tensor.is_contiguous():
            seen.append((last.view(*last.shape[::-1]), array.reshape(last.shape[::-1])))
        elif step == "permute":
            seen.append((last.permute(1, 0), array.T))
        elif step == "detach":
            seen.append((last.detach(), array))
        elif step == "contiguous" and last._tensor.is_contiguous():
            seen.append((last.contiguous(), array))
    last, array = seen[-1]
    place = np.unravel_index(cell, array.shape)
    last[tuple(map(int, place))] = -1.0
    array[place] = -1.0
    for tensor, expected in seen:
        assert np.array_equal(tensor.to_numpy(), expected)


def test_a_saved_graph_is_watched_in_the_process_that_loads_it() -> None:
    x = leaf(mt.SimpleBackend)
    y = (x * x).sum()
    for loaded in (pickle.loads(pickle.dumps((x, y))), copy.deepcopy((x, y))):
        for _ in range(3):
            put(mt.tensor([1.0]), 0)
        loaded[1].backward()
        assert loaded[0].grad[0, 1] == 4.0
    x, y = pickle.loads(pickle.dumps((x, y)))
    x[0, 0] = 5.0
    with pytest.raises(RuntimeError, match="written to"):
        y.backward()


def test_a_storage_is_forgotten_with_its_last_tensor() -> None:
    gc.collect()
    before = len(writes._last)
    for _ in range(100):
        put(mt.tensor([1.0, 2.0]), 0)
    gc.collect()
    assert len(writes._last) == before


def test_a_write_is_newer_than_what_was_counted_before_it() -> None:
    counted, row, other = Writes(), np.zeros(1), np.zeros(1)
    counted.note(row)
    moment = counted.total
    assert not counted.since(moment, row) and not counted.since(moment, other)
    counted.note(row)
    assert counted.since(moment, row) and not counted.since(moment, other)
