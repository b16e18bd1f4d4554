"""A backend whose numbers lie elsewhere needs the methods of `TensorOps` and nothing else."""

import ast
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch import (
    tensor_backend,
    tensor_base,
    tensor_cells,
    tensor_core,
    tensor_data,
    tensor_ops,
)
from minitorch.train import BACKENDS, Backend, find_trainer


class Far:
    """A row of numbers that nobody but its backend can read."""

    def __init__(self, cells: Any) -> None:
        self.cells = np.array(cells)
        self.dtype, self.size = self.cells.dtype, self.cells.size

    def __len__(self) -> int:
        return self.size


def near(part: Any) -> Any:
    return part.cells if isinstance(part, Far) else part


def over(kernel: Callable[..., None]) -> Callable[..., None]:
    return lambda *args: kernel(*map(near, args))


class FarOps(mt.TensorOps):
    in_host_memory = False

    @staticmethod
    def hold(row: Any) -> Any:
        return row if isinstance(row, Far) else Far(row)

    @staticmethod
    def empty(size: int, dtype: Any) -> Any:
        return Far(np.full(size, np.nan, dtype))

    @staticmethod
    def constant(number: Any, dtype: Any) -> Any:
        return Far(np.array([number], dtype))

    @staticmethod
    def fetch(row: Any, position: int) -> float:
        return float(row.cells[position])

    @staticmethod
    def fetch_all(row: Any) -> Any:
        return row.cells.copy()

    @staticmethod
    def write(row: Any, numbers: Any) -> None:
        row.cells[:] = numbers

    @staticmethod
    def map_kernel(fn: Any) -> Callable[..., None]:
        return over(mt.SimpleOps.map_kernel(fn))

    @staticmethod
    def zip_kernel(fn: Any) -> Callable[..., None]:
        return over(mt.SimpleOps.zip_kernel(fn))

    @staticmethod
    def reduce_kernel(fn: Any, start: float) -> Callable[..., None]:
        kernel = mt.SimpleOps.reduce_kernel(fn, start)

        def reduce(out: Any, *rest: Any) -> None:
            out.cells[:] = start
            kernel(out.cells, *map(near, rest))

        return reduce

    @staticmethod
    def fold_into(kernel: Any, result: Any, data: Any, dim: int, start: float) -> None:
        kernel(*result.tuple(), *data.tuple(), dim)


FAR = mt.TensorBackend(FarOps)


def numbers(*shape: int) -> Any:
    return np.random.default_rng(sum(shape)).normal(size=shape)


@pytest.mark.parametrize(
    "work",
    [
        lambda x, y: (x * y + 2.0).exp().sum(0),
        lambda x, y: x.permute(1, 0).contiguous().view(6) * 2,
        lambda x, y: x.sum(),
        lambda x, y: x.mean(1),
        lambda x, y: x[0] + y[1, 0],
        lambda x, y: x[:, [0, 2, 2]],
        lambda x, y: x[x > 0.0],
        lambda x, y: mt.cat([x, y], 1).relu(),
        lambda x, y: mt.stack([x, y]).log(),
        lambda x, y: x.astype("float32").sum(1),
        lambda x, y: x.zeros() + x.zeros((1, 3)),
        lambda x, y: x / y,
        lambda x, y: (x < y) + x.is_close(y) + (x == y),
        lambda x, y: x**2.0,
        lambda x, y: x[2:].sum(0),
    ],
    ids=range(15),
)
def test_whatever_a_tensor_does_its_numbers_are_reached_through_the_backend(work):
    answers, gradients = [], []
    for backend in (mt.SimpleBackend, FAR):
        x, y = (mt.tensor(numbers(2, 3) + n, backend=backend) for n in range(2))
        x.requires_grad_(True)
        result = work(x, y)
        answers.append(result.to_numpy())
        if result.history is not None:
            result.sum().backward()
        gradients.append(None if x.grad is None else x.grad.to_numpy())
    assert np.array_equal(*answers, equal_nan=True)
    assert (gradients[0] is None) == (gradients[1] is None)
    assert gradients[0] is None or np.array_equal(*gradients)


def test_cells_are_read_written_and_printed():
    cells = numbers(2, 3)
    x = mt.tensor(cells, backend=FAR)
    assert x[1, -1] == cells[1, 2]
    assert x.tolist() == cells.tolist()
    assert x.sum().item() == pytest.approx(cells.sum())
    view = x.view(6)
    x[0, 1] = 7.0
    x[1] = [1.0, 2.0, 3.0]
    assert view.tolist() == [cells[0, 0], 7.0, cells[0, 2], 1.0, 2.0, 3.0]
    assert repr(x) == repr(mt.tensor(x.to_numpy()))
    assert float(mt.tensor([4.0], backend=FAR)) == 4.0
    assert (mt.tensor([[1.0, 2.0]], backend=FAR) @ mt.tensor([[3.0], [4.0]], backend=FAR)).item()


def test_tensors_move_there_and_back():
    x = mt.tensor(numbers(2, 3))
    kept, turned = x.detach(), x.permute(1, 0)
    for moved in (x, turned):
        before = moved.tolist()
        moved._type_(FAR)
        assert isinstance(moved._tensor._storage, Far)
        assert moved.tolist() == before
    x._type_(mt.SimpleBackend)
    assert x.tolist() == kept.tolist()
    assert isinstance(kept._tensor._storage, np.ndarray)  # it was left where it is


def test_no_constant_moves_by_itself_to_or_from_elsewhere():
    with pytest.raises(TypeError, match=r"FarOps.*SimpleOps|SimpleOps.*FarOps"):
        _ = mt.tensor([1.0], backend=FAR) + mt.tensor([2.0])


def test_a_backend_without_a_convolution_says_so():
    x = mt.tensor(numbers(1, 1, 4), backend=FAR)
    for convolution in (x.f.conv1d, x.f.conv2d):
        with pytest.raises(NotImplementedError, match=r"A backend needs a convolution\."):
            convolution(x, x)


@pytest.mark.parametrize(
    "module",
    [tensor_backend, tensor_base, tensor_cells, tensor_core, tensor_data, tensor_ops],
    ids=lambda m: m.__name__,
)
def test_the_modules_of_tensors_branch_on_no_backend(module):
    tree = ast.parse(inspect.getsource(module))
    names = {"cuda", "copy_to_host", "copy_to_device", "FastOps", "CudaOps"}
    tests = [
        part.test
        for part in ast.walk(tree)
        if isinstance(part, ast.If | ast.IfExp | ast.While | ast.Assert)
    ]
    tests += [part for part in ast.walk(tree) if isinstance(part, ast.BoolOp | ast.Compare)]
    asked = {
        getattr(part, "attr", None) or getattr(part, "id", None) or getattr(part, "value", None)
        for test in tests
        for part in ast.walk(test)
        if isinstance(part, ast.Attribute | ast.Name | ast.Constant)
    }
    assert not names & {name for name in asked if isinstance(name, str)}


def test_a_backend_is_a_line_in_the_registry(monkeypatch):
    place = "minitorch.train.tensor:TensorTrain"
    line = Backend(place, 0.5, "Tensors, elsewhere", "this test", ops=f"{__name__}:FarOps")
    monkeypatch.setitem(BACKENDS, "far", line)
    losses = []
    for name in ("tensor", "far"):
        mt.seed(1)
        trainer, data = find_trainer(name)(2), mt.datasets["Simple"](8)
        losses.append(trainer.train(data, 0.5, 2, log_fn=lambda *_: None))
        assert trainer.model.backend.ops is (FarOps if name == "far" else mt.SimpleOps)
    assert losses[0] == losses[1]
