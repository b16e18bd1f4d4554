"""Module 3: every layout, size and dtype, against the plain operations and NumPy."""

from __future__ import annotations

import functools
import inspect
import json
import math
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import DataObject, data, integers, lists, permutations
from strategies import assert_close, small_floats
from tensor_strategies import assert_close_tensor, broadcast_shapes, shaped_tensors, tensors

import minitorch
from minitorch import (
    CudaOps,
    FastOps,
    IndexingError,
    MathTestVariable,
    SimpleBackend,
    Tensor,
    TensorBackend,
    cat,
    grad_check,
    operators,
    tensor,
    zeros,
)
from minitorch.fast_ops import njit, tensor_map, tensor_reduce, tensor_zip
from minitorch.kernels.dispatch import Kernel
from minitorch.kernels.exponential import exp

one_arg, two_arg, red_arg = MathTestVariable._comp_testing()
FAST = TensorBackend(FastOps)
CUDA = TensorBackend(CudaOps)  # on a GPU, or in Numba's simulator: see conftest.py
BACKENDS = [
    pytest.param("fast", marks=pytest.mark.task3_1),
    pytest.param("cuda", marks=pytest.mark.task3_3),
]
shared = {"fast": FAST, "cuda": CUDA}
matmul_backends = [
    pytest.param("fast", marks=pytest.mark.task3_2),
    pytest.param("cuda", marks=pytest.mark.task3_4),
]
MOST = {"fast": 100, "cuda": 3}  # cells of an argument whose gradient is compared

Case = tuple[str, Callable[..., Any], Callable[..., Any]]


def drawn(examples: int, strategy: Any = None) -> Callable[[Any], Any]:
    """Draw examples for a test's last argument; few on CUDA, for the simulator takes its time."""

    def decorate(test: Any) -> Any:
        signature = inspect.signature(test)
        *others, last = signature.parameters.values()
        drawing = given(**{last.name: data() if strategy is None else strategy})
        runs = {
            name: settings(max_examples=count)(drawing(test))
            for name, count in (("fast", examples), ("cuda", 2))
        }

        @functools.wraps(test)
        def run(**chosen: Any) -> None:
            runs[chosen["backend"]](**chosen)

        run.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
        return run

    return decorate


# Public names


@pytest.mark.parametrize("backend", BACKENDS)
@drawn(100, lists(small_floats, min_size=1))
def test_create(backend: str, numbers: list[float]) -> None:
    t = tensor(numbers, backend=shared[backend])
    for i in range(len(numbers)):
        assert numbers[i] == t[i]


@pytest.mark.parametrize("fn", one_arg, ids=lambda f: f[0])
@pytest.mark.parametrize("backend", BACKENDS)
@drawn(30)
def test_one_args(fn: Case, backend: str, data: DataObject) -> None:
    _, base_fn, tensor_fn = fn
    t = data.draw(tensors(backend=shared[backend]))
    result = tensor_fn(t)
    for place in t._tensor.indices():
        assert_close(result[place], base_fn(t[place]))


@pytest.mark.parametrize("fn", two_arg, ids=lambda f: f[0])
@pytest.mark.parametrize("backend", BACKENDS)
@drawn(30)
def test_two_args(fn: Case, backend: str, data: DataObject) -> None:
    _, base_fn, tensor_fn = fn
    t1, t2 = data.draw(shaped_tensors(2, backend=shared[backend]))
    result = tensor_fn(t1, t2)
    for place in t1._tensor.indices():
        assert_close(result[place], base_fn(t1[place], t2[place]))


@pytest.mark.parametrize("fn", one_arg, ids=lambda f: f[0])
@pytest.mark.parametrize("backend", BACKENDS)
@drawn(20)
def test_one_derivative(fn: Case, backend: str, data: DataObject) -> None:
    grad_check(fn[2], data.draw(tensors(backend=shared[backend])), most=MOST[backend])


@pytest.mark.parametrize("fn", two_arg, ids=lambda f: f[0])
@pytest.mark.parametrize("backend", BACKENDS)
@drawn(20)
def test_two_grad(fn: Case, backend: str, data: DataObject) -> None:
    grad_check(fn[2], *data.draw(shaped_tensors(2, backend=shared[backend])), most=MOST[backend])


@pytest.mark.parametrize("fn", red_arg, ids=lambda f: f[0])
@pytest.mark.parametrize("backend", BACKENDS)
@drawn(20)
def test_reduce(fn: Case, backend: str, data: DataObject) -> None:
    grad_check(fn[2], data.draw(tensors(backend=shared[backend])), most=MOST[backend])


@pytest.mark.parametrize("fn", two_arg, ids=lambda f: f[0])
@pytest.mark.parametrize("backend", BACKENDS)
@drawn(10)
def test_two_grad_broadcast(fn: Case, backend: str, data: DataObject) -> None:
    t1, t2 = data.draw(shaped_tensors(2, backend=shared[backend]))
    grad_check(fn[2], t1.sum(0), t2, most=MOST[backend])
    grad_check(fn[2], t1, t2.sum(0), most=MOST[backend])


@pytest.mark.parametrize("backend", BACKENDS)
@drawn(30)
def test_permute(backend: str, data: DataObject) -> None:
    t = data.draw(tensors(backend=shared[backend]))
    order = data.draw(permutations(range(len(t.shape))))
    grad_check(lambda a: a.permute(*order) * a.permute(*order), t, most=MOST[backend])


@pytest.mark.task3_2
def test_mm2() -> None:
    a = minitorch.rand((2, 3), backend=FAST)
    b = minitorch.rand((3, 4), backend=FAST)
    c = a @ b
    c2 = (a.view(2, 3, 1) * b.view(1, 3, 4)).sum(1).view(2, 4)
    for place in c._tensor.indices():
        assert_close(c[place], c2[place])
    grad_check(lambda x, y: x @ y, a, b)


@pytest.mark.task3_2
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_product_wider_than_any_tile(dtype: str) -> None:
    cells = np.random.default_rng(0)
    left, right = (cells.normal(size=shape).astype(dtype) for shape in [(6, 9), (9, 2500)])
    product = minitorch.tensor(left, backend=FAST) @ minitorch.tensor(right, backend=FAST)
    np.testing.assert_allclose(product.to_numpy(), left @ right, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("backend", matmul_backends)
@drawn(25)
def test_bmm(backend: str, data: DataObject) -> None:
    d, a, b, c = (data.draw(integers(1, 4)) for _ in range(4))
    left = data.draw(tensors(backend=shared[backend], shape=(d, a, b)))
    right = data.draw(tensors(backend=shared[backend], shape=(1, b, c)))
    product = left @ right
    by_hand = (
        (left.contiguous().view(d, a, b, 1) * right.contiguous().view(1, 1, b, c))
        .sum(2)
        .view(d, a, c)
    )
    assert_close_tensor(product, by_hand)


# Ours: the same answer as the plain backend and as NumPy

MAPS = ["neg", "sigmoid", "relu", "log", "exp", "id", "inv"]
ZIPS = ["add", "mul", "lt", "eq", "is_close", "relu_back", "log_back", "inv_back"]
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 1000.0, -1000.0, 1e300, math.inf, -math.inf, math.nan]


@pytest.mark.task3_1
@pytest.mark.parametrize("name", MAPS)
def test_maps_agree_on_special_numbers(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fast = getattr(FAST, f"{name}_map")(tensor(SPECIAL, backend=FAST))
        plain = getattr(SimpleBackend, f"{name}_map")(tensor(SPECIAL))
    np.testing.assert_allclose(fast.to_numpy(), plain.to_numpy(), rtol=1e-14)


@pytest.mark.task3_1
@pytest.mark.parametrize("name", ZIPS)
def test_zips_agree_on_special_numbers(name: str) -> None:
    column = np.array(SPECIAL).reshape(-1, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fast = getattr(FAST, f"{name}_zip")(
            tensor(column, backend=FAST), tensor(SPECIAL, backend=FAST)
        )
        plain = getattr(SimpleBackend, f"{name}_zip")(tensor(column), tensor(SPECIAL))
    np.testing.assert_allclose(fast.to_numpy(), plain.to_numpy(), rtol=1e-14)


@pytest.mark.task3_1
@given(broadcast_shapes())
@settings(max_examples=60)
def test_zip_broadcasts_as_numpy(pair: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    rng = np.random.default_rng(1)
    a, b = (rng.normal(size=shape[::-1]).T for shape in pair)
    got = tensor(a, backend=FAST) + tensor(b, backend=FAST)
    assert (got.to_numpy() == a + b).all()
    assert got.shape == (a + b).shape


@pytest.mark.task3_1
@pytest.mark.parametrize("shape", [(700, 3), (3, 700), (5, 1, 1100), (1, 4, 1)])
@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_reductions_as_numpy(shape: tuple[int, ...], kind: Any) -> None:
    cells = np.random.default_rng(2).normal(size=shape).astype(kind)
    for order in (range(len(shape)), reversed(range(len(shape)))):
        turned = tuple(order)
        t = tensor(cells, backend=FAST).permute(*turned)
        for dim in range(len(shape)):
            got = t.sum(dim)
            assert got.dtype == kind
            expected = cells.transpose(turned).sum(dim, keepdims=True)
            np.testing.assert_allclose(got.to_numpy(), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    "backend",
    [
        pytest.param(FAST, marks=pytest.mark.task3_1, id="fast"),
        pytest.param(CUDA, marks=pytest.mark.task3_3, id="cuda"),
    ],
)
@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_the_largest_of_numbers_and_nan_is_nan(backend: TensorBackend, kind: Any) -> None:
    cells = np.tile(np.arange(20.0, dtype=kind), (4, 1))
    for row, place in enumerate((0, 11, 19)):  # the last row has no NaN
        cells[row, place] = math.nan
    t = tensor(cells, backend=backend)
    rows = backend.max_reduce(t, 1).to_numpy()
    np.testing.assert_array_equal(rows, np.max(cells, axis=1, keepdims=True))
    columns = backend.max_reduce(t, 0).to_numpy()
    np.testing.assert_array_equal(columns, np.max(cells, axis=0, keepdims=True))


def test_reductions_of_nothing() -> None:
    assert zeros((0, 3), backend=FAST).sum(0).tolist() == [[0.0] * 3]
    assert zeros((3, 0), backend=FAST).sum(1).tolist() == [[0.0]] * 3


@pytest.mark.task3_1
def test_folds_of_all_cells_in_parts() -> None:
    cells = np.random.default_rng(8).uniform(0.999999, 1.000001, FastOps.LARGE + 5)
    every_second = tensor(np.repeat(cells, 2).reshape(-1, 2), backend=FAST).permute(1, 0)[0]
    for x in (tensor(cells, backend=FAST), every_second):
        assert math.isclose(FastOps.reduce(operators.add, 5.0)(x, 0).item(), 5.0 + cells.sum())
        assert math.isclose(FastOps.reduce(operators.mul, 2.0)(x, 0).item(), 2.0 * cells.prod())
        assert FAST.max_reduce(x, 0).item() == cells.max()
        # Nothing says that a function of ours may be folded in parts: this one mayn't.
        assert math.isclose(FastOps.reduce(minus, 0.0)(x, 0).item(), -cells.sum())


def minus(x: float, y: float) -> float:
    return x - y


@pytest.mark.task3_2
def test_both_variants_of_a_kernel_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = np.random.default_rng(3).normal(size=(40, 70))
    a, row = tensor(cells, backend=FAST), tensor(cells[:1], backend=FAST)
    calls: list[Callable[[Tensor, Tensor], Tensor]] = [
        lambda x, y: x + y,
        lambda x, _: -x.permute(1, 0),
        lambda x, _: x.sum(0),
        lambda x, _: x.sum(1),
        lambda x, _: x @ x.permute(1, 0),
    ]
    on_one = [f(a, row).to_numpy() for f in calls]
    monkeypatch.setattr(Kernel, "one_core", property(lambda self: self.all_cores))
    for f, expected in zip(calls, on_one, strict=True):
        np.testing.assert_allclose(f(a, row).to_numpy(), expected, rtol=1e-13)


@pytest.mark.task3_1
def test_public_kernels_are_parallel_and_explain_themselves(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, a = zeros((10,)), tensor(np.arange(10.0))
    for kernel, args in [
        (tensor_map(njit(operators.id)), (*out.tuple(), *a.tuple())),
        (tensor_zip(njit(operators.eq)), (*out.tuple(), *a.tuple(), *a.tuple())),
        (tensor_reduce(njit(operators.add)), (*zeros((1,)).tuple(), *a.tuple(), 0)),
    ]:
        kernel(*args)
        kernel.parallel_diagnostics(level=3)  # type: ignore[attr-defined]
        assert "Parallel loop" in capsys.readouterr().out


@pytest.mark.task3_1
def test_exp_is_exact_to_the_last_bits() -> None:
    x = np.random.default_rng(4).uniform(-700.0, 709.0, 20_000)
    got = tensor(x, backend=FAST).exp().to_numpy()
    np.testing.assert_allclose(got, np.exp(x), rtol=1e-15)
    assert exp(0.0) == 1.0


def an_object(x: float, y: float = 0.0) -> float:
    return {x: object()}[x].__sizeof__() + y


def a_file(x: float, y: float = 0.0) -> float:
    with open(os.devnull, encoding="utf-8") as file:
        return x + y + len(file.read())


@pytest.mark.task3_1
@pytest.mark.parametrize("fn", [an_object, a_file])
def test_a_function_that_numba_cannot_compile(fn: Callable[..., float]) -> None:
    t = tensor([1.0], backend=FAST)
    for run in (
        lambda: FastOps.map(fn)(t),
        lambda: FastOps.zip(fn)(t, t),
        lambda: FastOps.reduce(fn)(t, 0),
    ):
        with pytest.raises(TypeError, match=f"FastOps can't compile .*{fn.__name__}.*SimpleOps"):
            run()


@pytest.mark.parametrize("fn", [math.sin, functools.partial(max, 1.0), 3.0])
@pytest.mark.parametrize("ops", [FastOps, CudaOps])
def test_what_is_not_written_in_python(ops: Any, fn: Any) -> None:
    with pytest.raises(TypeError, match=r"with def or lambda.* not .*(sin|partial|float)"):
        ops.map(fn)(tensor([1.0], backend=TensorBackend(ops)))


@pytest.mark.parametrize("backend", [SimpleBackend, FAST, CUDA])
def test_operations_say_that_they_take_tensors(backend: TensorBackend) -> None:
    t = tensor([[1.0]], backend=backend)
    for name, run in [
        ("neg", lambda: backend.neg_map([1.0])),  # type: ignore[arg-type]
        ("neg", lambda: backend.neg_map(t, [1.0])),  # type: ignore[arg-type]
        ("add", lambda: backend.add_zip([1.0], t)),  # type: ignore[arg-type]
        ("add", lambda: backend.add_zip(t, 1.0)),  # type: ignore[arg-type]
        ("add", lambda: backend.add_reduce([1.0], 0)),  # type: ignore[arg-type]
        ("matmul", lambda: backend.matrix_multiply(t, [1.0])),  # type: ignore[arg-type]
    ]:
        with pytest.raises(TypeError, match=f"^{name} takes tensors, not .*1.0.*tensor\\("):
            run()


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_map_into_the_storage_that_it_reads(backend: str) -> None:
    t = tensor(np.arange(9.0).reshape(3, 3), backend=shared[backend])
    shared[backend].neg_map(t.permute(1, 0), t)
    np.testing.assert_array_equal(t.to_numpy(), -np.arange(9.0).reshape(3, 3).T)
    shared[backend].neg_map(t, t)
    np.testing.assert_array_equal(t.to_numpy(), np.arange(9.0).reshape(3, 3).T)


@pytest.mark.task3_1
def test_backends_share_their_kernels() -> None:
    assert TensorBackend(FastOps).add_zip is FAST.add_zip
    both = tensor([1.0], backend=TensorBackend(FastOps)) + tensor([2.0], backend=FAST)
    assert both.item() == 3.0
    with pytest.raises(TypeError, match="FastOps"):
        tensor([1.0], FAST, True) + tensor([1.0], requires_grad=True)


@pytest.mark.task3_2
def test_a_constant_made_on_the_default_backend_meets_a_fast_tensor() -> None:
    constant, fast = tensor([[1.0, 2.0], [3.0, 4.0]]), tensor([[5.0, 6.0]], backend=FAST)
    leaf = tensor([[5.0, 6.0]], backend=FAST, requires_grad=True)
    for other in (fast, leaf):
        for total in (
            constant + other,
            other + constant,
            (other > 1.0) * constant,
            cat([constant, other]),
        ):
            assert total.backend is FAST
        assert (other @ constant).tolist() == [[23.0, 34.0]]
        assert (constant @ other.permute(1, 0)).backend is FAST
    (leaf * constant).sum().backward()
    assert leaf.grad.tolist() == [[4.0, 6.0]] and leaf.grad.backend is FAST
    leaf.backward(tensor([[1.0, 1.0]]))
    assert leaf.grad.tolist() == [[5.0, 7.0]]
    assert constant.backend is SimpleBackend and constant.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    variable = tensor([[1.0, 2.0]], requires_grad=True)
    (variable * fast).sum().backward()
    assert variable.grad.tolist() == [[5.0, 6.0]] and variable.grad.backend is SimpleBackend


# Ours: products of matrices

SHAPES = [
    ((3,), (3,)),
    ((3,), (3, 4)),
    ((2, 3), (3,)),
    ((2, 3), (3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (3,)),
    ((3,), (5, 3, 4)),
    ((2, 1, 2, 3), (4, 3, 2)),
    ((1, 5, 2, 3), (6, 1, 3, 4)),
    ((2, 0), (0, 3)),
    ((0, 2), (2, 3)),
    ((1, 1), (1, 1)),
    ((6, 5), (5, 260)),
]


@pytest.mark.task3_2
@pytest.mark.parametrize(("a_shape", "b_shape"), SHAPES)
@pytest.mark.parametrize("backend", [FAST, SimpleBackend], ids=["fast", "simple"])
def test_matmul_by_numpys_rules(
    a_shape: tuple[int, ...], b_shape: tuple[int, ...], backend: TensorBackend
) -> None:
    rng = np.random.default_rng(5)
    for kind, near in [(np.float64, 1e-12), (np.float32, 1e-4)]:
        a, b = rng.normal(size=a_shape).astype(kind), rng.normal(size=b_shape).astype(kind)
        got = tensor(a, backend=backend) @ tensor(b, backend=backend)
        assert got.dtype == kind
        np.testing.assert_allclose(got.to_numpy(), a @ b, rtol=near, atol=near)
        assert got.shape == (a @ b).shape


@pytest.mark.task3_2
@pytest.mark.parametrize(("a_shape", "b_shape"), SHAPES[:10])
def test_matmul_gradients(a_shape: tuple[int, ...], b_shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(6)
    a, b = (tensor(rng.normal(size=shape), backend=FAST) for shape in (a_shape, b_shape))
    grad_check(lambda x, y: (x @ y) * (x @ y), a, b)


@pytest.mark.task3_2
def test_matmul_of_permuted_matrices_and_large_ones() -> None:
    rng = np.random.default_rng(7)
    a, b = rng.normal(size=(33, 131)), rng.normal(size=(129, 33))
    got = tensor(a, backend=FAST).permute(1, 0) @ tensor(b, backend=FAST).permute(1, 0)
    np.testing.assert_allclose(got.to_numpy(), a.T @ b.T, rtol=1e-10)
    a, b = rng.normal(size=(150, 151)), rng.normal(size=(151, 149))
    got = tensor(a, backend=FAST) @ tensor(b, backend=FAST)
    np.testing.assert_allclose(got.to_numpy(), a @ b, rtol=1e-10, atol=1e-10)
    batch = rng.normal(size=(4, 5, 6))
    turned = tensor(batch, backend=FAST).permute(2, 0, 1)
    np.testing.assert_allclose(
        (turned @ turned.permute(0, 2, 1)).to_numpy(),
        batch.transpose(2, 0, 1) @ batch.transpose(2, 1, 0),
        rtol=1e-12,
    )


@pytest.mark.task3_2
@pytest.mark.parametrize(
    ("a_shape", "b_shape"), [((2, 3), (2, 3)), ((3,), (4,)), ((2, 2, 3), (3, 3, 4))]
)
def test_matmul_refuses_what_does_not_fit(
    a_shape: tuple[int, ...], b_shape: tuple[int, ...]
) -> None:
    with pytest.raises(IndexingError, match="matmul"):
        zeros(a_shape, backend=FAST) @ zeros(b_shape, backend=FAST)
    with pytest.raises(TypeError, match="matmul"):
        tensor([[1.0]], FAST, True) @ tensor([[1.0]], requires_grad=True)


@pytest.mark.task3_2
def test_an_array_may_stand_on_the_left_of_a_product() -> None:
    a, b = np.arange(6.0).reshape(2, 3), np.ones((3, 2))
    product: Any = a @ tensor(b, backend=FAST)
    assert isinstance(product, Tensor)
    np.testing.assert_array_equal(product.to_numpy(), a @ b)


# Ours: the cache's names, and what an import does


def test_fingerprints_follow_the_code() -> None:
    from minitorch.kernels.cache import fingerprint

    def kernel(helper: Any) -> Callable[[float], float]:
        return lambda x: helper(x)

    one, other = njit(lambda x: x + 1.0), njit(lambda x: x + 2.0)
    prints = {fingerprint(kernel(one), {}), fingerprint(kernel(other), {})}
    assert len(prints) == 2
    assert fingerprint(kernel(one), {}) in prints
    assert fingerprint(kernel(one), {"parallel": True}) not in prints


def test_import_starts_no_threads() -> None:
    code = (
        "import threading, os, minitorch, minitorch.fast_ops as f\n"
        "minitorch.TensorBackend(f.FastOps)\n"
        "n = len(os.listdir('/proc/self/task')) if os.path.exists('/proc/self/task') else 1\n"
        "import json; print(json.dumps([n, threading.active_count()]))"
    )
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    env["PYTHONPATH"] = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=env, check=True
    )
    assert json.loads(done.stdout) == [1, 1]
