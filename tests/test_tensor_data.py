"""Module 2's tensor data: storage, shape and strides, against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis.strategies import data, integers, lists
from strategies import small_ints
from tensor_strategies import broadcast_shapes, indices, shapes, tensor_data

from minitorch import IndexingError, TensorData
from minitorch.tensor_data import (
    broadcast_index,
    index_to_position,
    shape_broadcast,
    strides_from_shape,
    to_index,
)
from minitorch.tensor_storage import as_storage


def counted(*shape: int) -> TensorData:
    """Tensor data that holds 0, 1, 2, … row by row."""
    return TensorData(np.arange(int(np.prod(shape)), dtype=np.float64), shape)


def compiled(*fns: Any) -> list[Any]:
    """Compile functions with Numba, each by itself."""
    import numba

    return [numba.njit(fn) for fn in fns]


# Public names: the layout


@pytest.mark.task2_1
def test_layout() -> None:
    storage = [0.0] * 3 * 5
    data = TensorData(storage, (3, 5), (5, 1))
    assert data.is_contiguous()
    assert data.shape == (3, 5)
    assert data.index((1, 0)) == 5
    assert data.index((1, 2)) == 7

    data = TensorData(storage, (5, 3), (1, 5))
    assert data.shape == (5, 3)
    assert not data.is_contiguous()
    assert data.index((2, 1)) == 7

    data = TensorData([0.0] * 4 * 2 * 2, (4, 2, 2))
    assert data.strides == (4, 2, 1)


@pytest.mark.xfail(raises=IndexingError, strict=True)
def test_layout_bad() -> None:
    TensorData([0.0] * 3 * 5, (3, 5), (6,))


@pytest.mark.parametrize(
    ("shape", "strides"), [((3,), (-1,)), ((3,), (2,)), ((3, 1), (100, 1)), ((1, 3), (5, 3))]
)
def test_strides_that_leave_the_storage(shape: tuple[int, ...], strides: tuple[int, ...]) -> None:
    with pytest.raises(IndexingError, match=r"places .* has the places 0 … 2"):
        TensorData([1.0, 2.0, 3.0], shape, strides)
    TensorData([], (0, 3), (-100, 100))


@pytest.mark.task2_1
@given(tensor_data())
def test_enumeration(tensor_data: TensorData) -> None:
    visited = list(tensor_data.indices())
    assert len(visited) == tensor_data.size
    assert len(set(visited)) == tensor_data.size
    assert visited == list(np.ndindex(*tensor_data.shape)), "row by row, the last dimension fastest"
    for place in visited:
        for i, size in zip(place, tensor_data.shape, strict=True):
            assert 0 <= i < size


@pytest.mark.task2_1
@given(tensor_data())
def test_index(tensor_data: TensorData) -> None:
    positions = [tensor_data.index(place) for place in tensor_data.indices()]
    assert sorted(positions) == list(range(tensor_data.size))

    base = [0] * tensor_data.dims
    with pytest.raises(IndexingError):
        base[0] = -1
        tensor_data.index(tuple(base))
    if tensor_data.dims > 1:
        with pytest.raises(IndexingError):
            tensor_data.index(tuple([0] * (tensor_data.dims - 1)))
    with pytest.raises(IndexingError):
        tensor_data.index(tensor_data.shape)


@pytest.mark.task2_1
@given(data())
def test_permute(data: data) -> None:  # type: ignore[valid-type]
    td = data.draw(tensor_data())
    place = data.draw(indices(td))
    turned = td.permute(*reversed(range(td.dims)))
    assert td.index(place) == turned.index(tuple(reversed(place)))
    again = turned.permute(*reversed(range(td.dims)))
    assert td.index(place) == again.index(place)
    assert turned._storage is td._storage


@pytest.mark.task2_2
@given(lists(small_ints, min_size=0, max_size=4))
def test_shape_broadcast(extra: list[int]) -> None:
    assert shape_broadcast((1,), (5, 5)) == (5, 5)
    assert shape_broadcast((5, 5), (1,)) == (5, 5)
    assert shape_broadcast((1, 5, 5), (5, 5)) == (1, 5, 5)
    assert shape_broadcast((5, 1, 5, 1), (1, 5, 1, 5)) == (5, 5, 5, 5)
    assert shape_broadcast((2, 3, 1), (7, 2, 1, 5)) == (7, 2, 3, 5)
    assert shape_broadcast((2, 5), (5,)) == (2, 5)
    for one, two in [((5, 7, 5, 1), (1, 5, 1, 5)), ((5, 2), (5,)), ((2, 5), (4,)), ((3,), (0,))]:
        with pytest.raises(IndexingError):
            shape_broadcast(one, two)
    assert shape_broadcast(tuple(extra), tuple(extra)) == tuple(extra)
    assert shape_broadcast((), tuple(extra)) == tuple(extra)


@given(tensor_data())
def test_string(tensor_data: TensorData) -> None:
    text = tensor_data.to_string()
    assert text.count("[") == text.count("]")
    assert text.count(".") == tensor_data.size


# Ours: against NumPy


def strided(data: TensorData) -> npt.NDArray[np.float64]:
    return np.lib.stride_tricks.as_strided(
        data._storage, data.shape, [stride * 8 for stride in data.strides]
    )


@pytest.mark.task2_1
@given(tensor_data())
def test_get_reads_what_numpy_reads(td: TensorData) -> None:
    seen = strided(td)
    for place in td.indices():
        assert td.get(place) == seen[tuple(place)]
    assert (td.array() == seen).all()


@pytest.mark.task2_1
@given(shapes(), integers(0, 3))
def test_to_index_keeps_its_arguments(shape: tuple[int, ...], longer: int) -> None:
    sizes, found = np.array(shape), np.full(len(shape) + longer, -7)
    to_index(int(np.prod(shape)) - 1, sizes, found)
    assert sizes.tolist() == list(shape)
    assert found.tolist() == [n - 1 for n in shape] + [-7] * longer


@pytest.mark.task2_1
def test_positions_past_the_reach_of_small_integers() -> None:
    index, strides = np.array([70_000, 5], np.int64), np.array([70_000, 1], np.int64)
    assert index_to_position(index, strides) == 4_900_000_005
    found = np.zeros(2, dtype=np.int64)
    to_index(4_900_000_005, np.array([70_001, 70_000], np.int64), found)
    assert found.tolist() == [70_000, 5]


@pytest.mark.task2_1
def test_index_functions_compile() -> None:
    """Numba compiles both, as Module 3 does: numbers, arrays and loops will do, and little else."""
    index, shape, strides = np.array([1, 2]), np.array([2, 3]), np.array([3, 1])
    for place, count in [(index_to_position, to_index), compiled(index_to_position, to_index)]:
        assert place(index, strides) == 5
        found = np.zeros(2, dtype=np.int64)
        count(5, shape, found)
        assert found.tolist() == [1, 2]


@pytest.mark.task2_2
def test_broadcast_index_compiles() -> None:
    """Numba compiles it, too."""
    big_index, big_shape, shape = np.array([4, 1, 2]), np.array([5, 2, 3]), np.array([1, 3])
    for find in (broadcast_index, *compiled(broadcast_index)):
        found = np.full(2, -1)
        find(big_index, big_shape, shape, found)
        assert found.tolist() == [0, 2]


@pytest.mark.task2_1
def test_permute_of_three_dimensions_is_not_its_own_inverse() -> None:
    td = counted(2, 3, 4)
    assert (td.permute(1, 2, 0).array() == td.array().transpose(1, 2, 0)).all()
    assert td.permute(-1, 0, 1).shape == (4, 2, 3)
    assert TensorData([1.0], ()).permute().shape == ()


@pytest.mark.task2_1
@pytest.mark.parametrize("order", [(0,), (0, 0), (0, 2), (0, 1, 2), (0, -3)])
def test_permute_refuses_what_is_no_permutation(order: tuple[int, ...]) -> None:
    with pytest.raises(IndexingError):
        counted(2, 3).permute(*order)


@pytest.mark.task2_2
@given(broadcast_shapes())
def test_shape_broadcast_as_numpy(pair: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    assert shape_broadcast(*pair) == np.broadcast_shapes(*pair)


@pytest.mark.task2_2
@given(broadcast_shapes())
def test_broadcast_index_as_numpy(pair: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    small, big = pair[0], np.broadcast_shapes(*pair)
    cells = np.arange(int(np.prod(small))).reshape(small)
    stretched = np.broadcast_to(cells, big)
    found = np.zeros(len(small) + 1, dtype=np.int64)
    for place in np.ndindex(*big):
        given_index = np.array(place, dtype=np.int64)
        broadcast_index(given_index, np.array(big), np.array(small, dtype=np.int64), found)
        assert cells[tuple(found[: len(small)])] == stretched[place]
        assert tuple(given_index) == place, "big_index was changed"


def test_strides_row_by_row() -> None:
    assert strides_from_shape((5, 2)) == (2, 1)
    assert strides_from_shape((2, 3, 3)) == (9, 3, 1)
    assert strides_from_shape(()) == ()
    assert strides_from_shape((4, 0, 2)) == (2, 2, 1)


@pytest.mark.parametrize(
    ("shape", "strides", "contiguous"),
    [
        ((3, 1), (1, 3), True),
        ((1, 3), (1, 1), True),
        ((3, 1), (1, 7), True),
        ((2, 2), (1, 2), False),
        ((), (), True),
        ((0, 3), (1, 1), True),
    ],
)
def test_is_contiguous(shape: tuple[int, ...], strides: tuple[int, ...], contiguous: bool) -> None:
    numbers = [0.0] * int(np.prod(shape))
    assert TensorData(numbers, shape, strides).is_contiguous() is contiguous


def test_storage_keeps_floats_and_converts_the_rest() -> None:
    for kind in (np.float32, np.float64):
        row = np.zeros(3, dtype=kind)
        assert TensorData(row, (3,))._storage is row
    whole = TensorData(np.array([1, 2, 3]), (3,))
    whole.set((0,), 1.7)
    assert whole.get((0,)) == 1.7
    assert as_storage([True, False]).dtype == np.float64
    assert as_storage(np.zeros(6)[::2]).flags.c_contiguous


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ([[1.0, 2.0], [3.0]], ValueError),
        ([[1.0, 2.0]], ValueError),
        (np.zeros((2, 2)), ValueError),
        ([object()], TypeError),
        (["a"], TypeError),
        ([1j], TypeError),
    ],
)
def test_storage_refuses_what_is_no_row_of_numbers(values: object, error: type) -> None:
    with pytest.raises(error, match="storage"):
        TensorData(values, (2,))  # type: ignore[arg-type]


def test_wrong_shapes_are_named() -> None:
    with pytest.raises(IndexingError, match="needs 6 numbers, and the storage has 5"):
        TensorData([0.0] * 5, (2, 3))
    with pytest.raises(IndexingError, match="negative"):
        TensorData([0.0] * 6, (-2, -3))
    with pytest.raises(IndexingError, match="at most 32"):
        TensorData([0.0], (1,) * 33)


@pytest.mark.task2_1
def test_wrong_indices_are_named() -> None:
    with pytest.raises(IndexingError, match=r"\(0, 3\) is out of range for shape \(2, 3\)"):
        counted(2, 3).get((0, 3))
    with pytest.raises(IndexingError, match="needs 2"):
        counted(2, 3).index(1)
    with pytest.raises(IndexingError, match="empty"):
        counted(0, 3).index((0, 0))
    assert TensorData([4.0], ()).get(()) == TensorData([4.0], ()).get((0,)) == 4.0
    assert counted(4).get((np.int64(2),)) == 2.0  # type: ignore[arg-type]


def test_size_is_the_product_of_the_shape() -> None:
    td = counted(2, 3, 4)
    assert td.size == 24
    assert td.dims == 3
    assert td.like(np.ones(24))._shape is not None


def test_a_sample_is_one_of_the_indices() -> None:
    td = counted(2, 3)
    assert td.sample() in set(np.ndindex(2, 3))
