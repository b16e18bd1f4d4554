"""Module 3: kernels for CUDA, on a GPU or in Numba's simulator, at sizes that suit it."""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
import warnings
from typing import Any

import numba.cuda
import numpy as np
import pytest

import minitorch
from minitorch import (
    CudaOps,
    FastOps,
    IndexingError,
    SimpleBackend,
    TensorBackend,
    cuda_ops,
    grad_check,
    mm_practice,
    operators,
    sum_practice,
    tensor,
    zeros,
)
from minitorch.cuda_ops import REDUCE_THREADS, SIMULATED, TILE, device_jit, jit, launch
from minitorch.kernels import cuda_grid, cuda_memory
from minitorch.kernels.cuda_coarse import SIDE, WIDE, multiply_several
from minitorch.kernels.cuda_trace import Watched, shared_reads, watch

cuda: Any = numba.cuda  # its names mean something else in a kernel than to a type checker
CUDA = TensorBackend(CudaOps)
MAPS = ["neg", "sigmoid", "relu", "log", "exp", "id", "inv"]
ZIPS = ["add", "mul", "lt", "eq", "is_close", "relu_back", "log_back", "inv_back"]
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 1000.0, -1000.0, 1e300, math.inf, -math.inf, math.nan]

task3_3 = pytest.mark.task3_3
task3_4 = pytest.mark.task3_4
in_simulator = pytest.mark.skipif(not SIMULATED, reason="counts what Numba's simulator does")


@pytest.fixture(autouse=True)
def arrays_of_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of kernels, let the simulator's arrays do only what a GPU's can."""
    if not SIMULATED:
        return
    from numba.cuda.simulator.cudadrv.devicearray import FakeCUDAArray

    def attribute(array: Any, name: str) -> Any:
        if name not in ("dtype", "flags", "ndim", "size", "squeeze", "strides"):
            raise AttributeError(f"An array on a GPU has no {name}.")
        return getattr(array._ary, name)

    monkeypatch.setattr(FakeCUDAArray, "__getattr__", attribute)
    for name in ("add", "sub", "mul", "truediv", "pow", "eq", "ne", "lt", "le", "gt", "ge"):
        monkeypatch.delattr(FakeCUDAArray, f"__{name}__")


def cells_of(data: Any) -> Any:
    """Bring the numbers of practice kernels' results here."""
    return data._storage.copy_to_host()


# Public names: the practice kernels


def check_sum(values: list[float]) -> None:
    t = tensor(values, backend=CUDA)
    np.testing.assert_allclose(cells_of(sum_practice(t)).sum(), t.sum().item())


@task3_3
def test_sum_practice() -> None:
    check_sum([random.random() for _ in range(16)])


@task3_3
def test_sum_practice2() -> None:
    values = [random.random() for _ in range(64)]
    check_sum(values)
    got = cells_of(sum_practice(tensor(values, backend=CUDA)))
    np.testing.assert_allclose(got, [sum(values[:32]), sum(values[32:])])


@task3_3
def test_sum_practice3() -> None:
    check_sum([random.random() for _ in range(48)])


@task3_3
def test_sum_practice4() -> None:
    check_sum([random.random() for _ in range(32)])


@task3_3
def test_sum_practice5() -> None:
    values = np.random.default_rng(1).normal(size=500)
    np.testing.assert_allclose(tensor(values, backend=CUDA).sum().item(), values.sum())


@task3_3
def test_sum_practice_other_dims() -> None:
    cells = np.random.default_rng(2).normal(size=(16, 33))
    got = tensor(cells, backend=CUDA).sum(1).to_numpy()
    np.testing.assert_allclose(got, cells.sum(1, keepdims=True))


def check_practice(a: Any, b: Any) -> None:
    got = mm_practice(tensor(a, backend=CUDA), tensor(b, backend=CUDA))
    np.testing.assert_allclose(cells_of(got).reshape(a.shape), a @ b, atol=1e-12)
    np.testing.assert_allclose(
        (tensor(a, backend=CUDA) @ tensor(b, backend=CUDA)).to_numpy(), a @ b, atol=1e-12
    )


@task3_4
def test_mul_practice1() -> None:
    check_practice(np.random.default_rng(1).normal(size=(2, 2)), np.array([[1.0, 2.0], [3.0, 4.0]]))


@task3_4
def test_mul_practice2() -> None:
    a, b = np.random.default_rng(2).normal(size=(2, 5, 5))
    check_practice(a, b)


@task3_4
def test_mul_practice3() -> None:
    a, b = np.random.default_rng(3).normal(size=(2, 8, 8))
    check_practice(a.T, b)


def check_matmul(a_shape: tuple[int, ...], b_shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(4)
    for kind, near in [(np.float64, 1e-12), (np.float32, 1e-4)]:
        a, b = rng.normal(size=a_shape).astype(kind), rng.normal(size=b_shape).astype(kind)
        got = tensor(a, backend=CUDA) @ tensor(b, backend=CUDA)
        assert got.dtype == kind
        assert got.shape == (a @ b).shape
        np.testing.assert_allclose(got.to_numpy(), a @ b, rtol=near, atol=near)


@task3_4
def test_mul_practice4() -> None:
    check_matmul((TILE + 1, TILE + 1), (TILE + 1, TILE + 1))


@task3_4
def test_mul_practice5() -> None:
    check_matmul((TILE - 1, 2 * TILE + 1), (2 * TILE + 1, 2))


@task3_4
def test_mul_practice6() -> None:
    check_matmul((3, 2, TILE + 1), (1, TILE + 1, 3))


@task3_4
def test_mul_practice_on_large_matrices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CudaOps, "MANY", math.inf)  # leaves all sizes to this task's kernel
    n = 4 * TILE + 1 if SIMULATED else 800
    check_matmul((n, n + 2), (n + 2, n - 3))
    check_matmul((2, n, 5), (1, 5, n))


# Ours: the same answers as the plain backend and as NumPy


@task3_3
@pytest.mark.parametrize("name", MAPS)
def test_maps_agree_on_special_numbers(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = getattr(CUDA, f"{name}_map")(tensor(SPECIAL, backend=CUDA))
        plain = getattr(SimpleBackend, f"{name}_map")(tensor(SPECIAL))
    np.testing.assert_allclose(got.to_numpy(), plain.to_numpy(), rtol=1e-12)


@task3_3
@pytest.mark.parametrize("name", ZIPS)
def test_zips_agree_on_special_numbers(name: str) -> None:
    column = np.array(SPECIAL).reshape(-1, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = getattr(CUDA, f"{name}_zip")(
            tensor(column, backend=CUDA), tensor(SPECIAL, backend=CUDA)
        )
        plain = getattr(SimpleBackend, f"{name}_zip")(tensor(column), tensor(SPECIAL))
    np.testing.assert_allclose(got.to_numpy(), plain.to_numpy(), rtol=1e-12)


@task3_3
@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(REDUCE_THREADS * 3 + 1, 2), (2, 1, 9), (1,)])
def test_reductions_as_numpy(shape: tuple[int, ...], kind: Any) -> None:
    cells = np.random.default_rng(2).normal(size=shape).astype(kind)
    order = tuple(reversed(range(len(shape))))
    for t, expected in [
        (tensor(cells, backend=CUDA), cells),
        (tensor(cells, backend=CUDA).permute(*order), cells.transpose(order)),
    ]:
        for dim in range(len(shape)):
            got = t.sum(dim)
            assert got.dtype == kind
            np.testing.assert_allclose(
                got.to_numpy(), expected.sum(dim, keepdims=True), rtol=1e-4, atol=1e-4
            )


@task3_3
def test_a_reduction_of_any_length_starts_once() -> None:
    for size in (1, REDUCE_THREADS, 1025):
        values = np.random.default_rng(size).normal(size=size)
        t = tensor(values, backend=CUDA)
        assert CudaOps.reduce(operators.add, 10.0)(t, 0).item() == pytest.approx(
            10.0 + values.sum()
        )
        assert CUDA.max_reduce(t, 0).item() == values.max()


@task3_3
def test_folds_of_all_cells_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CudaOps, "LONG", 20)
    monkeypatch.setattr(CudaOps, "PARTS", 3)
    for size in (20, 21, 22, 61):
        values = np.random.default_rng(size).normal(size=size)
        t = tensor(values, backend=CUDA)
        total = CudaOps.reduce(operators.add, 10.0)(t, 0).item()
        assert total == pytest.approx(10.0 + values.sum())
        assert CUDA.max_reduce(t, 0).item() == values.max()
    every_second = tensor(np.arange(60.0).reshape(30, 2), backend=CUDA).permute(1, 0)
    assert CUDA.add_reduce(every_second, 1).tolist() == [[870.0], [900.0]]


@task3_3
def test_a_tensor_stays_on_its_backend() -> None:
    t = tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], backend=CUDA)
    for moved in (t.permute(1, 0), t.view(6), t.contiguous(), t[0], t.detach(), -t, t.zeros()):
        assert not isinstance(moved._tensor._storage, np.ndarray)
        assert moved.backend is CUDA
    assert t.permute(1, 0).tolist() == [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]
    assert t[1, 2] == 6.0
    t[1, 2] = 7.0
    assert t.sum().item() == 22.0


@task3_4
@pytest.mark.parametrize(
    ("a_shape", "b_shape"),
    [
        ((3,), (3,)),
        ((3,), (3, 4)),
        ((2, 3), (3,)),
        ((5, 2, 3), (3, 4)),
        ((2, 1, 2, 3), (4, 3, 2)),
    ],
)
def test_matmul_by_numpys_rules(a_shape: tuple[int, ...], b_shape: tuple[int, ...]) -> None:
    check_matmul(a_shape, b_shape)


def test_empty_tensors_need_no_kernel() -> None:
    assert zeros((0, 3), backend=CUDA).sum(0).tolist() == [[0.0] * 3]
    assert zeros((3, 0), backend=CUDA).sum(0).shape == (1, 0)
    check_matmul((2, 0), (0, 3))
    check_matmul((0, 2), (2, 3))


@task3_4
def test_matmul_gradients_and_permuted_batches() -> None:
    rng = np.random.default_rng(6)
    a, b = (tensor(rng.normal(size=shape), backend=CUDA) for shape in ((2, 2, 3), (3, 2)))
    grad_check(lambda x, y: x @ y, a, b, most=2)
    batch = rng.normal(size=(2, 3, 4))
    turned = tensor(batch, backend=CUDA).permute(2, 0, 1)
    np.testing.assert_allclose(
        (turned @ turned.permute(0, 2, 1)).to_numpy(),
        batch.transpose(2, 0, 1) @ batch.transpose(2, 1, 0),
    )


@task3_4
def test_a_grid_with_too_many_blocks_is_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda_grid, "MOST_BLOCKS", 2)
    check_matmul((5, 2, 3), (5, 3, 2))
    check_matmul((3 * TILE, 2), (2, 3))
    check_matmul((3, 2 * TILE + 1, 3), (1, 3, 2))


@task3_4
def test_matmul_keeps_infinity_and_nan() -> None:
    a = np.array([[math.inf, 0.0, 1e308], [math.nan, 1.0, 2.0]])
    b = np.array([[1.0, 0.0], [2.0, 3.0], [1e308, 1.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = tensor(a, backend=CUDA) @ tensor(b, backend=CUDA)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(got.to_numpy(), a @ b)


# Ours: what is on the card and may stay there


def test_room_on_the_card_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def device_array(*kind: Any) -> Any:
        asked.append(kind)
        return make(*kind)

    asked: list[Any] = []
    make = cuda.device_array
    monkeypatch.setattr(cuda, "device_array", device_array)
    monkeypatch.setattr(cuda_memory, "freed", cuda_memory.FreedArrays(most=100))
    rows = [CudaOps.empty(5, np.float64) for _ in range(2)]
    assert len(asked) == 2
    del rows[0]
    rows += [CudaOps.empty(5, np.float64), CudaOps.empty(5, np.float32)]
    assert len(asked) == 3
    for n in range(3):
        rows[n][0] = float(n)
    assert [float(row[0]) for row in rows] == [0.0, 1.0, 2.0]
    rows.clear()
    assert cuda_memory.freed.bytes == 100
    CudaOps.empty(13, np.float64)  # more than is kept
    assert (len(asked), cuda_memory.freed.bytes) == (4, 0)


def test_a_full_card_lets_go_of_spare_room(monkeypatch: pytest.MonkeyPatch) -> None:
    def device_array(*kind: Any) -> Any:
        if cuda_memory.freed.arrays:
            raise RuntimeError("[2] Call to cuMemAlloc results in CUDA_ERROR_OUT_OF_MEMORY")
        return make(*kind)

    make = cuda.device_array
    monkeypatch.setattr(cuda, "device_array", device_array)
    monkeypatch.setattr(cuda_memory, "freed", cuda_memory.FreedArrays(most=100))
    CudaOps.empty(5, np.float64)
    assert cuda_memory.freed.bytes == 40
    row = CudaOps.empty(6, np.float64)
    assert (row.size, cuda_memory.freed.bytes) == (6, 0)


@task3_3
def test_a_number_travels_to_the_card_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def to_device(row: Any) -> Any:
        sent.append(row.tolist())
        return send(row)

    sent: list[Any] = []
    send = cuda.to_device
    t = tensor([1.0, -2.0], backend=CUDA)
    monkeypatch.setattr(cuda, "to_device", to_device)
    cuda_memory.constant.cache_clear()
    for _ in range(2):
        assert np.signbit((t * 0.0).to_numpy()).tolist() == [False, True]
        assert np.signbit((t * -0.0).to_numpy()).tolist() == [True, False]
        assert (t + 3.5).tolist() == [4.5, 1.5]
    assert [row for row in sent if isinstance(row[0], float)] == [[0.0], [-0.0], [3.5]]


# Ours: the kernel for large products


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave products of all sizes to the kernel whose threads make several results."""
    monkeypatch.setattr(CudaOps, "MANY", 0)


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize(
    ("a_shape", "b_shape"),
    [
        ((1, 1), (1, 1)),
        ((WIDE, SIDE), (SIDE, WIDE)),
        ((WIDE + 1, 2 * SIDE + 1), (2 * SIDE + 1, WIDE - 1)),
        ((WIDE - 1, SIDE - 1), (SIDE - 1, 2 * WIDE + 1)),
        ((3, 5 * SIDE), (5 * SIDE, SIDE + 1)),
        ((3, 2, SIDE + 1), (1, SIDE + 1, 3)),
        ((1, WIDE + 1, 3), (2, 3, 2)),
        ((2, 1, 2, 3), (4, 3, 2)),
    ],
)
def test_several_results_a_thread(a_shape: tuple[int, ...], b_shape: tuple[int, ...]) -> None:
    check_matmul(a_shape, b_shape)


@pytest.mark.usefixtures("several")
def test_several_results_of_permuted_and_divided_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = np.random.default_rng(6).normal(size=(2, 3, WIDE + 1))
    turned = tensor(batch, backend=CUDA).permute(2, 0, 1)
    expected = batch.transpose(2, 0, 1) @ batch.transpose(2, 1, 0)
    np.testing.assert_allclose((turned @ turned.permute(0, 2, 1)).to_numpy(), expected)
    monkeypatch.setattr(cuda_grid, "MOST_BLOCKS", 2)
    check_matmul((5, 2, 3), (5, 3, 2))
    check_matmul((2 * WIDE + 1, 2), (2, 3))


@pytest.mark.usefixtures("several")
def test_several_results_keep_infinity_and_nan() -> None:
    test_matmul_keeps_infinity_and_nan()


def test_large_products_alone_are_made_several_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def note(kernel: Any, *_: Any) -> None:
        used.append(kernel is multiply_several)

    monkeypatch.setattr(CudaOps, "MANY", 4)
    monkeypatch.setattr(cuda_grid, "launch", note)
    used: list[bool] = []
    for *batch, n, m in [
        (2 * WIDE, 2 * WIDE),
        (2 * WIDE - 1, 3 * WIDE - 1),
        (4, WIDE, WIDE),
        (WIDE - 1, 99 * WIDE),
    ]:
        zeros((*batch, n, 1), backend=CUDA) @ zeros((*batch, 1, m), backend=CUDA)
    assert used == [True, False, True, False]


@in_simulator
@pytest.mark.parametrize("slow", [None, 0, 1])
def test_several_results_read_and_write_once(slow: int | None) -> None:
    batch, n, k, m = 2, WIDE + 1, SIDE + 1, 3
    rng = np.random.default_rng(8)
    a, b = rng.normal(size=(batch, n, k)), rng.normal(size=(k, m))
    left, right = Watched(a.reshape(-1)), Watched(b.reshape(-1))
    out = Watched(np.zeros(batch * n * m))

    def placed(*shape: int) -> tuple[Any, Any]:
        return np.array(shape), np.array([shape[1] * shape[2], shape[2], 1])

    barriers = watch(
        multiply_several, (1, 2, batch), (SIDE, SIDE), out, *placed(batch, n, m), out.size,
        left, *placed(batch, n, k), right, *placed(1, k, m), slow=slow,
    )  # fmt: skip
    np.testing.assert_allclose(out.cells, (a @ b).reshape(-1))
    assert (len(barriers), left.outside, right.outside, out.outside) == (1, 0, 0, 0)
    # The result is two blocks high, and one matrix serves both of the batch.
    assert (set(left.reads), set(right.reads), set(out.writes)) == ({1}, {4}, {1})


@in_simulator
def test_several_results_read_half_a_number_for_each_product() -> None:
    placed = np.array([1, WIDE, WIDE]), np.array([WIDE * WIDE, WIDE, 1])
    out, a, b = np.zeros((3, WIDE * WIDE))
    reads = shared_reads(
        multiply_several, 1, (SIDE, SIDE), out, *placed, WIDE * WIDE, a, *placed, b, *placed
    )
    assert reads == WIDE**3 / 2


# Ours: what goes wrong, said clearly


def test_two_backends_do_not_mix() -> None:
    with pytest.raises(TypeError, match=r"CudaOps.*SimpleOps"):
        tensor([1.0], backend=CUDA) + tensor([1.0])
    with pytest.raises(TypeError, match=r"FastOps.*CudaOps"):
        zeros((2, 2), backend=TensorBackend(FastOps)) @ zeros((2, 2), backend=CUDA)


def test_mm_practice_refuses_what_one_block_cannot_do() -> None:
    with pytest.raises(IndexingError, match="mm_practice"):
        mm_practice(zeros((33, 33), backend=CUDA), zeros((33, 33), backend=CUDA))
    with pytest.raises(IndexingError, match="mm_practice"):
        mm_practice(zeros((2, 3), backend=CUDA), zeros((3, 2), backend=CUDA))


@pytest.mark.parametrize("shape", [(), (2, 3)])
def test_sum_practice_takes_vectors(shape: tuple[int, ...]) -> None:
    with pytest.raises(IndexingError, match=r"sum_practice .* vector.* shape"):
        sum_practice(zeros(shape, backend=CUDA))


def test_a_full_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise RuntimeError("[2] Call to cuMemAlloc results in CUDA_ERROR_OUT_OF_MEMORY")

    monkeypatch.setattr(cuda, "to_device", full)
    with pytest.raises(MemoryError, match="MiB"):
        tensor([1.0], backend=CUDA)


def test_without_gpu_and_simulator() -> None:
    if not SIMULATED:
        pytest.skip("There is a GPU.")
    code = (
        "import json\nfrom minitorch import CudaOps, TensorBackend, tensor\n"
        "backend = TensorBackend(CudaOps)\n"
        "try:\n    tensor([1.0], backend=backend)\n"
        "except RuntimeError as error:\n    print(json.dumps(str(error)))\n"
        "from minitorch.kernels.simulator import gpu_or_simulator\n"
        "try:\n    gpu_or_simulator()\n"
        "except RuntimeError as error:\n    print(json.dumps(str(error)))\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    del env["NUMBA_ENABLE_CUDASIM"]
    said = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, encoding="utf-8"
    )
    assert said.stderr == ""
    missing, late = map(json.loads, said.stdout.splitlines())
    assert "NUMBA_ENABLE_CUDASIM=1" in missing
    assert "Restart" in late


@task3_3
@pytest.mark.skipif(SIMULATED, reason="the simulator compiles nothing")
def test_a_function_that_numba_cannot_compile() -> None:
    def odd(x: float) -> float:
        return {x: object()}[x].__sizeof__()

    with pytest.raises(TypeError, match="odd"):
        CudaOps.map(odd)(tensor([1.0], backend=CUDA))


def test_a_stub_speaks_up_when_it_is_launched() -> None:
    def unwritten(out: Any) -> None:
        raise NotImplementedError("Need to implement for Task 3.3: this")

    with pytest.raises(NotImplementedError, match=r"^Need to implement for Task 3\.3"):
        launch(jit(unwritten), 1, 2, CudaOps.hold(np.zeros(2)))


# Ours: what the kernels do, as the simulator sees it


@in_simulator
@task3_3
def test_kernels_touch_each_place_once() -> None:
    a, out = Watched(np.arange(5.0)), Watched(np.zeros(5))
    where = np.array([5]), np.array([1])
    kernel = cuda_ops.tensor_map(device_jit(operators.neg))
    watch(kernel, 2, 4, out, *where, 5, a, *where)
    assert (a.reads, a.outside, out.writes, out.outside) == ([1] * 5, 0, [1] * 5, 0)
    a, out = Watched(np.arange(40.0)), Watched(np.zeros(2))
    assert watch(cuda_ops.jit_sum_practice, 2, 32, out, a, 40, slow=1)[0] > 0
    assert (a.reads, a.outside, out.writes) == ([1] * 40, 0, [1] * 2)
    assert out.cells.tolist() == [496.0, 284.0]


@in_simulator
@task3_4
def test_a_product_reads_each_cell_once() -> None:
    a, b, out = Watched(np.arange(9.0)), Watched(np.ones(9)), Watched(np.zeros(9))
    watch(cuda_ops.jit_mm_practice, 1, (4, 4), out, a, b, 3, slow=0)
    assert a.reads == b.reads == out.writes == [1] * 9
    assert a.outside == b.outside == out.outside == 0
    assert out.cells.tolist() == [3.0] * 3 + [12.0] * 3 + [21.0] * 3


@in_simulator
@pytest.mark.parametrize("slow", [None, 1])
def test_two_shared_arrays_of_one_line_are_two(slow: int | None) -> None:
    @jit
    def swap(out: Any, a: Any) -> None:
        left, right = cuda.shared.array(2, a.dtype), cuda.shared.array(2, a.dtype)
        t = cuda.threadIdx.x
        left[t] = a[t]
        right[t] = -a[t]
        cuda.syncthreads()
        out[t] = left[1 - t]

    out = Watched(np.zeros(2))
    assert watch(swap, 1, 2, out, Watched(np.array([1.0, 2.0])), slow=slow) == [1]
    assert out.cells.tolist() == [2.0, 1.0]


@in_simulator
def test_watching_sees_a_race_and_a_missing_guard() -> None:
    @jit
    def turn_round(out: Any, a: Any) -> None:
        shared = cuda.shared.array(4, a.dtype)
        t = cuda.threadIdx.x
        shared[t] = a[t]
        out[t] = shared[3 - t]

    out = Watched(np.zeros(4))
    assert watch(turn_round, 1, 4, out, Watched(np.ones(4)), slow=0) == [0]
    assert np.isnan(out.cells).any()
    out = Watched(np.zeros(2))
    watch(turn_round, 1, 4, out, Watched(np.ones(2)))
    assert out.outside == 2


# Ours: training


def test_the_gpu_trainer_and_the_fast_one_agree() -> None:
    from minitorch.train.fast import CPUTrain, GPUTrain

    losses = []
    for make in (CPUTrain, GPUTrain):
        minitorch.seed(3)
        data = minitorch.datasets["Simple"](12)
        losses.append(make(2).train(data, 0.1, 2, log_fn=lambda *_: None))
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-9)
