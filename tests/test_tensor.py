"""Module 2's tensors: operations, gradients, shapes, what they read and write, what they refuse."""

from __future__ import annotations

import copy
import math
import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import DataObject, data, lists, permutations
from strategies import assert_close, small_floats
from tensor_strategies import assert_close_tensor, indices, shaped_tensors, tensors

import minitorch
from minitorch import (
    IndexingError,
    MathTestVariable,
    SimpleBackend,
    Tensor,
    TensorBackend,
    TensorData,
    cat,
    grad_check,
    no_grad,
    operators,
    rand,
    stack,
    tensor,
    zeros,
)
from minitorch.tensor_backend import power
from minitorch.tensor_functions import All, Function, IsClose, Mul
from minitorch.tensor_ops import SimpleOps

one_arg, two_arg, red_arg = MathTestVariable._comp_testing()

# Public names


@given(lists(small_floats, min_size=1))
def test_create(numbers: list[float]) -> None:
    t = tensor(numbers)
    for i in range(len(numbers)):
        assert numbers[i] == t[i]


@pytest.mark.task2_3
@given(data())
@pytest.mark.parametrize("fn", one_arg, ids=lambda f: f[0])
def test_one_args(fn: tuple[str, Callable[..., Any], Callable[..., Any]], data: DataObject) -> None:
    _, base_fn, tensor_fn = fn
    t = data.draw(tensors())
    result = tensor_fn(t)
    for place in t._tensor.indices():
        assert_close(result[place], base_fn(t[place]))


@pytest.mark.task2_3
@given(data())
@pytest.mark.parametrize("fn", two_arg, ids=lambda f: f[0])
def test_two_args(fn: tuple[str, Callable[..., Any], Callable[..., Any]], data: DataObject) -> None:
    _, base_fn, tensor_fn = fn
    t1, t2 = data.draw(shaped_tensors(2))
    result = tensor_fn(t1, t2)
    for place in t1._tensor.indices():
        assert_close(result[place], base_fn(t1[place], t2[place]))


@pytest.mark.task2_4
@given(data())
@settings(max_examples=25)
@pytest.mark.parametrize("fn", one_arg, ids=lambda f: f[0])
def test_one_derivative(
    fn: tuple[str, Callable[..., Any], Callable[..., Any]], data: DataObject
) -> None:
    grad_check(fn[2], data.draw(tensors()))


@pytest.mark.task2_4
@given(data())
@settings(max_examples=50)
def test_permute(data: DataObject) -> None:
    t = data.draw(tensors())
    order = data.draw(permutations(range(len(t.shape))))

    def permute(a: Tensor) -> Tensor:
        turned = a.permute(*order)
        return turned * turned

    grad_check(permute, t)


def test_grad_size() -> None:
    a = tensor([1.0], requires_grad=True)
    b = tensor([[1.0, 1.0]], requires_grad=True)
    c = (a * b).sum()
    c.backward()
    assert c.shape == (1,)
    assert a.grad is not None and a.grad.shape == a.shape
    assert b.grad is not None and b.grad.shape == b.shape


@pytest.mark.task2_4
@given(data())
@settings(max_examples=25)
@pytest.mark.parametrize("fn", red_arg, ids=lambda f: f[0])
def test_grad_reduce(
    fn: tuple[str, Callable[..., Any], Callable[..., Any]], data: DataObject
) -> None:
    grad_check(fn[2], data.draw(tensors()))


@pytest.mark.task2_4
@given(data())
@settings(max_examples=25)
@pytest.mark.parametrize("fn", two_arg, ids=lambda f: f[0])
def test_two_grad(fn: tuple[str, Callable[..., Any], Callable[..., Any]], data: DataObject) -> None:
    grad_check(fn[2], *data.draw(shaped_tensors(2)))


@pytest.mark.task2_4
@given(data())
@settings(max_examples=15)
@pytest.mark.parametrize("fn", two_arg, ids=lambda f: f[0])
def test_two_grad_broadcast(
    fn: tuple[str, Callable[..., Any], Callable[..., Any]], data: DataObject
) -> None:
    t1, t2 = data.draw(shaped_tensors(2))
    grad_check(fn[2], t1.sum(0), t2)
    grad_check(fn[2], t1, t2.sum(0))


def test_fromlist() -> None:
    assert tensor([[2, 3, 4], [4, 5, 7]]).shape == (2, 3)
    t = tensor([[[2, 3, 4], [4, 5, 7]]])
    assert t.shape == (1, 2, 3)
    assert t[0, 1, 2] == 7


def test_view() -> None:
    t = tensor([[2, 3, 4], [4, 5, 7]])
    assert t.shape == (2, 3)
    t2 = t.view(6)
    assert t2.shape == (6,)
    t2 = t2.view(1, 6)
    assert t2.shape == (1, 6)
    t2 = t2.view(6, 1)
    assert t2.shape == (6, 1)
    t2 = t2.view(2, 3)
    assert t.is_close(t2).all().item() == 1.0
    assert t2._tensor._storage is t._tensor._storage


@given(tensors())
@settings(max_examples=25)
def test_back_view(t: Tensor) -> None:
    def view(a: Tensor) -> Tensor:
        row = a.contiguous().view(a.size)
        return row * row

    grad_check(view, t)


@pytest.mark.xfail(raises=IndexingError, strict=True)
def test_permute_view() -> None:
    t = tensor([[2, 3, 4], [4, 5, 7]])
    t.permute(1, 0).view(6)


@pytest.mark.xfail(raises=IndexingError, strict=True)
def test_index() -> None:
    tensor([[2, 3, 4], [4, 5, 7]])[50, 2]


def test_fromnumpy() -> None:
    t = tensor([[2, 3, 4], [4, 5, 7]])
    n = t.to_numpy()
    t2 = tensor(n.tolist())
    for place in t._tensor.indices():
        assert t[place] == t2[place]


@pytest.mark.task2_3
def test_reduce_forward_one_dim() -> None:
    t = tensor([[2, 3], [4, 6], [5, 7]])
    assert_close_tensor(t.sum(0), tensor([[11, 16]]))


@pytest.mark.task2_3
def test_reduce_forward_one_dim_2() -> None:
    t = tensor([[2, 3], [4, 6], [5, 7]])
    assert_close_tensor(t.sum(1), tensor([[5], [10], [12]]))


@pytest.mark.task2_3
def test_reduce_forward_all_dims() -> None:
    t = tensor([[2, 3], [4, 6], [5, 7]])
    assert_close_tensor(t.sum(), tensor([27]))


# Ours: operators and numbers


@pytest.mark.task2_3
def test_numbers_and_arrays_on_both_sides() -> None:
    t = tensor([1.0, 2.0, 4.0])
    for got, expected in [
        (1 - t, [0, -1, -3]),
        (t - 1, [0, 1, 3]),
        (2 / t, [2, 1, 0.5]),
        (t / 2, [0.5, 1, 2]),
        (t / tensor([2.0]), [0.5, 1, 2]),
        (np.float64(3) * t, [3, 6, 12]),
        (np.array([1, 2, 3]) - t, [0, 0, -1]),
        (t + np.array([1, 2, 3]), [2, 4, 7]),
        (t**2, [1, 4, 16]),
        (t**0.5, [1, 2**0.5, 2]),
        (t**-1, [1, 0.5, 0.25]),
        (t**0, [1, 1, 1]),
        (t >= 2, [0, 1, 1]),
        (t <= 2, [1, 1, 0]),
        (t != 2, [1, 0, 1]),
    ]:
        assert np.allclose(got.to_numpy(), expected)
    with pytest.raises(TypeError, match="'a'"):
        t + "a"
    with pytest.raises(TypeError, match="exponent"):
        t ** tensor([2.0])  # type: ignore[operator]


@pytest.mark.task2_3
def test_comparisons_with_nan() -> None:
    t = tensor([math.nan, 1.0])
    assert (t >= 1).tolist() == [0, 1]
    assert (t <= 1).tolist() == [0, 1]
    assert (t == t).tolist() == [0, 1]
    assert (t != t).tolist() == [1, 0]


@pytest.mark.task2_3
def test_ieee_results_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        big = tensor([1000.0, -1000.0, 0.0])
        assert big.exp().tolist() == [math.inf, 0.0, 1.0]
        assert big.sigmoid().tolist() == [1.0, 0.0, 0.5]
        assert (1 / tensor([0.0, -0.0])).tolist() == [math.inf, -math.inf]
        assert math.isnan(tensor([-1.0]).log().item())
        assert (tensor([1e300]) * 1e300).item() == math.inf
        assert (tensor([1.0]) / 0).item() == math.inf
        assert (tensor([1e300, -1e300]) ** 3).tolist() == [math.inf, -math.inf]


@pytest.mark.task2_3
def test_the_largest_of_numbers_and_nan_is_nan() -> None:
    nan = math.nan
    cells = np.array([[nan, 1.0, 2.0], [0.0, nan, 2.0], [0.0, 1.0, nan], [0.0, 1.0, 2.0]])
    largest = minitorch.SimpleBackend.max_reduce(tensor(cells), 1).to_numpy()
    np.testing.assert_array_equal(largest, np.max(cells, axis=1, keepdims=True))


@pytest.mark.task2_3
def test_float32_overflows_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        big = tensor([[1e30], [3e38]], dtype=np.float32)
        assert (big * big).tolist() == [[math.inf], [math.inf]]
        assert big.exp().tolist() == [[math.inf], [math.inf]]
        assert (big + 1e38 * big).sum().item() == math.inf


EDGES = [0.0, -0.0, 1.0, -1.0, -2.0, 2.5, -0.5, 1e300, -1e300, math.inf, -math.inf, math.nan]


@pytest.mark.parametrize("x", EDGES)
@pytest.mark.parametrize("y", [*EDGES, 2.0, 3.0, -3.0, 1.5, -1.5])
def test_power_is_the_ieee_power(x: float, y: float) -> None:
    with np.errstate(all="ignore"):
        expected = float(np.power(x, y))
    np.testing.assert_allclose(power(x, y), expected, rtol=1e-14)
    if expected == expected:
        assert math.copysign(1.0, power(x, y)) == math.copysign(1.0, expected)


@pytest.mark.task2_4
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_dtype_is_kept(kind: Any) -> None:
    t = tensor(np.array([[1, 2], [3, 4]], dtype=kind), requires_grad=True)
    column = t.sum(1)
    for other in [
        t + 1,
        2.0 / t,
        t * t,
        t.sigmoid(),
        t.exp(),
        column,
        t.mean(),
        t.permute(1, 0).contiguous(),
        t.view(4),
        t[0],
        t < 2,
        t**2,
        t.all(),
    ]:
        assert other.dtype == kind
    (t * column).sum().backward()
    assert t.grad.dtype == kind


def test_integers_become_floats() -> None:
    assert tensor([1, 2]).dtype == np.float64
    assert tensor(np.array([1, 2], dtype=np.int16)).dtype == np.float64
    assert tensor([True]).tolist() == [1.0]
    t = Tensor.make(np.array([1, 2]), (2,))
    t[0] = 1.7
    assert t[0] == 1.7
    assert tensor([1], dtype=np.float32).dtype == np.float32
    assert zeros((2,), dtype=np.float32).dtype == np.float32
    assert rand((2,), dtype=np.float32).dtype == np.float32
    with pytest.raises(TypeError, match="float32 or float64"):
        tensor([1], dtype=np.int32)


@pytest.mark.task2_3
def test_mixed_dtypes_are_refused_until_converted() -> None:
    single, double = tensor([1.0], dtype=np.float32), tensor([1.0], requires_grad=True)
    with pytest.raises(TypeError, match="float32 tensor of shape"):
        single + double
    total = single + double.astype(np.float32)
    total.backward()
    assert double.grad.dtype == np.float64


class OtherOps(SimpleOps):
    """A backend of its own, which computes in the same memory."""


@pytest.mark.task2_3
def test_variables_on_two_backends_are_refused_and_nothing_moves() -> None:
    other = TensorBackend(OtherOps)
    a, b = tensor([1.0], requires_grad=True), tensor([1.0], other, requires_grad=True)
    with pytest.raises(
        TypeError, match=r"add: .*SimpleOps and the other on OtherOps.* same backend="
    ):
        a + b
    with pytest.raises(TypeError, match="SimpleOps and the other on OtherOps"):
        (a * 2.0) + (b * 2.0)
    with pytest.raises(TypeError, match="matmul: one tensor is on OtherOps"):
        other.matrix_multiply(b.view(1, 1), a.view(1, 1))
    with pytest.raises(TypeError, match="cat: one tensor is on SimpleOps and the other on Other"):
        cat([a, a, b])
    a.backward(b)  # a derivative to start from needs no history, so it can move
    assert a.grad.tolist() == [1.0] and a.grad.backend is SimpleBackend
    assert b.backend is other
    twin = tensor([1.0], backend=TensorBackend(SimpleOps))
    assert (a + twin).item() == 2.0


@pytest.mark.task2_3
def test_a_constant_is_taken_over_by_the_other_backend() -> None:
    other = TensorBackend(OtherOps)
    constant, chosen = tensor([1.0, 2.0]), tensor([3.0, 4.0], backend=other)
    leaf = tensor([3.0, 4.0], backend=other, requires_grad=True)
    for b in (chosen, leaf):
        for result in (constant * b, b * constant, constant < b, cat([constant, b])):
            assert result.backend is other
    assert (constant * chosen).tolist() == [3.0, 8.0]
    variable = tensor([1.0, 2.0], requires_grad=True)
    assert (variable * chosen).backend is (chosen - variable).backend is SimpleBackend
    assert (constant.backend, chosen.backend) == (SimpleBackend, other)  # no operand is changed


# Ours: shapes


def test_arrays_keep_shape_and_numbers() -> None:
    cells = np.arange(24.0).reshape(2, 3, 4)
    for array in (cells, cells.T, cells[:, ::2], cells[:, :0]):
        t = tensor(array)
        assert t.shape == array.shape
        assert (t.to_numpy() == array).all()
        assert (np.asarray(t) == array).all()
    assert tensor(3.0).shape == ()
    assert tensor(np.float32(3.0)).dtype == np.float32
    assert tensor(cells).tolist() == cells.tolist()
    kept = cells.copy()
    tensor(cells)[0, 0, 0] = 99.0
    assert (cells == kept).all(), "tensor() copies"


@pytest.mark.parametrize(
    ("ls", "error", "where"),
    [
        ([[1.0, 2.0], [3.0]], ValueError, r"\[1\]"),
        ([[1.0], 2.0], ValueError, r"\[1\]"),
        ([[[1.0], [2.0]], [[1.0], [2.0, 3.0]]], ValueError, r"\[1\]\[1\]"),
        (["a"], TypeError, "numbers"),
        ([object()], TypeError, "numbers"),
        ([1j], TypeError, "numbers"),
    ],
)
def test_what_is_no_tensor(ls: Any, error: type[Exception], where: str) -> None:
    with pytest.raises(error, match=where):
        tensor(ls)


@pytest.mark.task2_3
def test_negative_dims() -> None:
    t = tensor(np.arange(24.0).reshape(2, 3, 4))
    for dim in (-1, -2, -3):
        assert (t.sum(dim).to_numpy() == t.to_numpy().sum(dim, keepdims=True)).all()
        assert np.allclose(t.mean(dim).to_numpy(), t.to_numpy().mean(dim, keepdims=True))
    assert t.permute(-1, 0, 1).shape == (4, 2, 3)
    for dim in (3, -4):
        with pytest.raises(IndexingError, match=r"\(2, 3, 4\)"):
            t.sum(dim)


@pytest.mark.task2_3
def test_view_works_out_one_size() -> None:
    t = tensor(np.arange(6.0))
    assert t.view(-1, 3).shape == (2, 3)
    assert t.view(2, -1).shape == (2, 3)
    assert t.view(-1).shape == (6,)
    assert tensor(5.0).view(1, 1).shape == (1, 1)
    assert zeros((0, 3)).view(3, 0).shape == (3, 0)
    for bad in [(4, -1), (-1, -1), (5,), (-2, -3)]:
        with pytest.raises(IndexingError, match=r"6 cells"):
            t.view(*bad)
    assert tensor([[1.0, 2.0, 3.0]]).permute(1, 0).view(3).tolist() == [1, 2, 3]


@pytest.mark.task2_3
def test_empty_tensors() -> None:
    t = zeros((0, 3))
    assert (t + tensor([1.0, 2.0, 3.0])).shape == (0, 3)
    assert t.sum(0).tolist() == [[0, 0, 0]]
    assert t.sum(1).shape == (0, 1)
    assert t.sum().tolist() == [0]
    assert t.exp().shape == (0, 3)
    assert math.isnan(t.mean().item())
    assert t.all().item() == 1.0
    with pytest.raises(IndexingError, match="add"):
        t + zeros((2, 3))


@pytest.mark.task2_3
def test_all_and_any() -> None:
    t = tensor([[1.0, 0.0], [2.0, 0.5]])
    assert t.all().item() == 0.0
    assert t.all(1).tolist() == [[0.0], [1.0]]
    assert t.any(0).tolist() == [[1.0, 1.0]]
    assert zeros((2,)).any().item() == 0.0
    assert (zeros((400,)) + 0.1).all().item() == 1.0, "no underflow"
    assert t.permute(1, 0).all(0).tolist() == [[0.0, 1.0]]


@pytest.mark.task2_3
def test_wrong_shapes_name_the_operation() -> None:
    with pytest.raises(IndexingError, match=r"mul: .*\(2,\).*\(3,\)"):
        zeros((2,)) * zeros((3,))
    with pytest.raises(IndexingError, match="permute"):
        zeros((2, 3)).permute(0, 0)


# Ours: reading and writing


@pytest.mark.task2_1
@given(data())
def test_index_reads_a_number(data: DataObject) -> None:
    t = data.draw(tensors())
    place = data.draw(indices(t))
    cells = t.to_numpy()
    assert type(t[place]) is float
    assert t[place] == cells[tuple(place)]
    back = tuple(i - n for i, n in zip(place, t.shape, strict=True))
    assert t[back] == t[tuple(np.int64(i) for i in place)] == t[place]


@pytest.mark.task2_4
@pytest.mark.parametrize(
    "key",
    [
        0,
        -1,
        np.int64(1),
        (1, 2),
        (slice(None), 1),
        (slice(None, None, 2), slice(1, None)),
        (slice(None, None, -1),),
        ...,
        (..., 0),
        (0, ..., 1),
        None,
        (None, 1, None),
        (slice(0, 0),),
        (),
    ],
)
def test_slices_are_differentiable_copies(key: Any) -> None:
    cells = np.arange(24.0).reshape(2, 3, 4)
    t = tensor(cells.transpose(1, 0, 2)).permute(1, 0, 2)
    chosen = t[key]
    assert (chosen.to_numpy() == cells[key]).all()
    grad_check(lambda a: a[key] * a[key], t)


@pytest.mark.parametrize(
    ("key", "error"),
    [
        ((2, 0), IndexingError),
        ((0, -4), IndexingError),
        ((0, 0, 0), IndexingError),
        ((..., 0, ...), IndexingError),
        ((None, 5), IndexingError),
        (1.0, TypeError),
        ("a", TypeError),
        (True, TypeError),
        ([0, 2], IndexingError),
        ([0.5], TypeError),
    ],
)
def test_bad_keys(key: Any, error: type[Exception]) -> None:
    t = tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    with pytest.raises(error, match="index"):
        t[key]
    with pytest.raises(error, match="index"):
        t[key] = 0.0


@pytest.mark.task2_3
def test_writing() -> None:
    t = zeros((2, 3))
    t[0, 1] = 5.0
    t[1] = tensor([1.0, 2.0, 3.0])
    t[:, -1] = 9.0
    assert t.tolist() == [[0, 5, 9], [1, 2, 9]]
    computed = tensor([1.0], requires_grad=True) * 2
    with pytest.raises(RuntimeError, match="computed by Mul"):
        computed[0] = 1.0


def test_len_iteration_and_truth() -> None:
    t = tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    assert len(t) == 3
    assert [row.tolist() for row in t] == [[1, 2], [3, 4], [5, 6]]
    assert list(tensor([1.0, 2.0])) == [1.0, 2.0]
    assert bool(tensor([0.0])) is False
    assert bool(tensor([[2.0]])) is True
    assert float(tensor(2.0)) == tensor([2.0]).item() == 2.0
    for refused in (lambda: bool(t), t.item, lambda: bool(zeros((0,)))):
        with pytest.raises(ValueError, match="shape"):
            refused()
    with pytest.raises(TypeError, match="dimensions"):
        len(tensor(1.0))
    assert len({t, t, tensor([1.0])}) == 2


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([1, 1, 1], "[1.00 1.00 1.00]"),
        ([[1, 2.345], [-3, 4]], "[[1.00 2.35]\n [-3.00 4.00]]"),
        (7, "7.00"),
        ([math.nan, math.inf], "[nan inf]"),
    ],
)
def test_printing(numbers: Any, text: str) -> None:
    assert repr(tensor(numbers)) == str(tensor(numbers)) == text


def test_long_tensors_are_shortened() -> None:
    assert "..." in repr(zeros((1001,)))
    assert "..." not in repr(zeros((1000,)))


@pytest.mark.task2_3
def test_copies_and_pickles() -> None:
    t = tensor([[1.0, 2.0]], requires_grad=True)
    for twin in (copy.deepcopy(t), pickle.loads(pickle.dumps(t))):
        assert twin.tolist() == t.tolist()
        assert (twin + t).tolist() == [[2.0, 4.0]]


def test_same_seed_same_numbers() -> None:
    minitorch.seed(3)
    first = rand((2, 3)).tolist()
    minitorch.seed(3)
    assert rand((2, 3)).tolist() == first


@pytest.mark.task2_4
def test_cat_and_stack() -> None:
    a, b = tensor(np.arange(6.0).reshape(2, 3)), tensor(np.ones((1, 3)))
    assert (cat([a, b]).to_numpy() == np.concatenate([a, b])).all()
    assert cat([a, a], -1).shape == (2, 6)
    assert (stack([b, b], 1).to_numpy() == np.stack([b, b], 1)).all()
    assert stack([a, a], -1).shape == (2, 3, 2)
    grad_check(lambda x, y: cat([x, y, x]) * cat([x, y, x]), a, b)
    grad_check(lambda x, y: stack([x, y * y], -1) * 2.0, b, b)
    for bad in (lambda: cat([a, b], 1), lambda: stack([a, b]), lambda: cat([a, tensor([1.0])])):
        with pytest.raises(IndexingError, match="shapes"):
            bad()
    for empty in (cat, stack):
        with pytest.raises(ValueError, match="at least one"):
            empty([])
    for join in (cat, stack):
        with pytest.raises(TypeError, match=r"cat: a float64 .* meets a float32"):
            join([a, a, a.astype(np.float32)])


def test_matmul_shapes_are_checked() -> None:
    from minitorch.tensor_operands import matmul_shape

    assert matmul_shape((5, 2, 3), (1, 3, 4)) == (5, 2, 4)
    for bad in [((2, 3), (2, 3)), ((2, 2, 3), (3, 3, 4)), ((3,), (3, 4))]:
        with pytest.raises(IndexingError, match="matmul"):
            matmul_shape(*bad)


# Ours: gradients


@pytest.mark.task2_4
def test_backward_of_any_single_element() -> None:
    for shape in [(), (1,), (1, 1)]:
        t = Tensor.make([3.0], shape)
        t.requires_grad_(True)
        (t * t).backward()
        assert t.grad.shape == shape
        assert t.grad.item() == 6.0
    t = tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(ValueError, match=r"shape \(2,\)"):
        (t * t).backward()
    with pytest.raises(ValueError, match=r"gradient of shape \(3,\)"):
        (t * t).backward(tensor([1.0, 2.0, 3.0]))
    (t * t).backward(tensor([1.0, 10.0]))
    assert t.grad.tolist() == [2.0, 40.0]


@pytest.mark.task2_4
def test_gradients_add_up_and_are_forgotten() -> None:
    t = tensor([1.0, 2.0], requires_grad=True)
    for _ in range(2):
        (t * 3.0).sum().backward()
    assert t.grad.tolist() == [6.0, 6.0]
    t.zero_grad_()
    assert t.grad is None


@pytest.mark.task2_4
def test_constants_get_no_gradient_and_no_history() -> None:
    t, c = tensor([1.0, 2.0], requires_grad=True), tensor([3.0, 4.0], requires_grad=False)
    assert (c * c).is_constant()
    (t * c).sum().backward()
    assert c.grad is None
    t.requires_grad_(False)
    assert (t * c).is_constant() and t.is_constant()
    with no_grad():
        assert (tensor([1.0], requires_grad=True) * 2).is_constant()
    assert (tensor([1.0], requires_grad=True) * 2).detach().is_constant()
    with pytest.raises(RuntimeError, match="constant"):
        (c * c).sum().backward()


@pytest.mark.task2_4
def test_shapes_and_orders_are_constants() -> None:
    t = tensor([[1.0, 2.0]], requires_grad=True)
    for result in (t.view(2), t.permute(1, 0), t.sum(0)):
        value, setting = result.parents
        assert value is t and setting.is_constant()
        pairs = list(result.chain_rule(result.zeros()))
        assert len(pairs) == 2
        assert pairs[0][1].shape == t.shape


@pytest.mark.task2_4
def test_truth_values_have_zero_gradient() -> None:
    t = tensor([1.0, 2.0], requires_grad=True)
    for result in (t.all(), t.is_close(t + 1).sum(), (t < 2).sum(), (t == 2).sum()):
        t.zero_grad_()
        (result * 1.0).backward()
        assert t.grad.tolist() == [0.0, 0.0]
    assert issubclass(All, Function) and issubclass(IsClose, Function)


@pytest.mark.task2_3
def test_a_long_chain() -> None:
    t = tensor([1.0], requires_grad=True)
    total = t
    for _ in range(3000):
        total = total + 1.0
    total.backward()
    assert t.grad.item() == 1.0


def test_apply_takes_numbers() -> None:
    assert Mul.apply(tensor([2.0]), 3.0).tolist() == [6.0]


@pytest.mark.task2_4
def test_powers_and_division_are_differentiable() -> None:
    t = tensor([[1.0, 2.0], [0.5, 4.0]])
    for f in (
        lambda x: x**3,
        lambda x: x**-2,
        lambda x: x**0.5,
        lambda x: x**0,
        lambda x: 2.0 / x - x / 3.0,
        lambda x: 1 - x,
        lambda x: x / x.sum(1),
    ):
        assert grad_check(f, t) == []


def test_grad_check_names_the_wrong_cell() -> None:
    class Wrong(Function):
        @staticmethod
        def forward(ctx: Any, t: Tensor) -> Tensor:
            return t.f.mul_zip(t, t)

        @staticmethod
        def backward(ctx: Any, d: Tensor) -> Tensor:
            return d

    with pytest.raises(AssertionError, match=r"Argument 0, cell \(1,\)"):
        grad_check(Wrong.apply, tensor([0.5, 2.0]))


@pytest.mark.task2_4
def test_grad_check_knows_kinks() -> None:
    t = tensor([-1.0, 0.0, 2.0])
    assert grad_check(lambda x: x.relu(), t) == [(0, (1,))]
    assert grad_check(lambda x: x == tensor([1.0, 0.0, 5.0]), t) == [(0, (1,))]
    assert grad_check(lambda x: x * 2.0, tensor([1.0], dtype=np.float32)) == []
    assert t.grad is None, "the tensors that are checked stay as they were"


def test_make_and_types() -> None:
    with pytest.raises(TypeError, match="TensorData"):
        Tensor([1.0])  # type: ignore[arg-type]
    t = Tensor(TensorData([1.0, 2.0], (2,)), name="t")
    assert t.name == "t" and t.f is t.backend
    storage, shape, strides = t.tuple()
    assert shape.tolist() == [2] and strides.tolist() == [1] and len(storage) == 2
    assert operators.id(t.zeros().tolist()) == [0.0, 0.0]


@pytest.mark.parametrize(
    "call", ["rand((2,))", "zeros((2,))", "tensor([1.0])", "Tensor.make([1.0], (1,))"]
)
def test_any_of_them_may_come_first(call: str) -> None:
    code = f"import minitorch; assert len(minitorch.{call}.shape) == 1"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=env)


@pytest.mark.task2_4
def test_the_gradient_of_a_sum_has_cells_of_its_own() -> None:
    x = tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    for total in (x.sum(), x.sum(0).sum(), (x.permute(1, 0) + tensor([1.0])).sum()):
        x.zero_grad_()
        total.backward()
        assert x.grad.tolist() == [[1.0, 1.0], [1.0, 1.0]]
        x.grad[0, 1] = 5.0
        assert x.grad.tolist() == [[1.0, 5.0], [1.0, 1.0]]
    x.sum().backward()
    assert x.grad.tolist() == [[2.0, 6.0], [2.0, 2.0]]
