"""Idioms of PyTorch on every backend, with the values, shapes and gradients that PyTorch has.

Where PyTorch is installed it is asked; elsewhere its answers are read from torch_answers.json.
"""

from __future__ import annotations

import importlib.util
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch import CudaOps, FastOps, SimpleBackend, TensorBackend, tensor
from reference.torch_cases import ANSWERS, CASES, PLACES, PLAIN, by_torch

BACKENDS = {
    "simple": SimpleBackend,
    "fast": TensorBackend(FastOps),
    "cuda": TensorBackend(CudaOps),
}
STORED = json.loads(ANSWERS.read_text(encoding="utf-8"))


def answer(name: str) -> dict[str, Any]:
    return by_torch(name) if importlib.util.find_spec("torch") else STORED[name]


class Library:
    """minitorch, whose constructors make tensors on one backend."""

    def __init__(self, backend: TensorBackend) -> None:
        self.backend = backend

    def __getattr__(self, name: str) -> Callable[..., Any]:
        make = getattr(minitorch, name)
        if name.endswith("_like"):
            return make
        return lambda *args: make(*args, backend=self.backend)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", CASES)
def test_an_idiom(name: str, backend: str) -> None:
    place, case = CASES[name]
    x = tensor(PLACES[place], BACKENDS[backend], requires_grad=True)
    out = case(Library(BACKENDS[backend]), x)
    expected = answer(name)
    assert out.backend is BACKENDS[backend]
    assert list(out.shape) == expected["shape"]
    np.testing.assert_allclose(out.to_numpy().ravel(), expected["value"], rtol=1e-12, atol=1e-14)
    weights = np.arange(1.0, out.size + 1).reshape(out.shape)
    (out * tensor(weights, BACKENDS[backend])).sum().backward()
    grad = np.zeros(x.shape) if x.grad is None else x.grad.to_numpy()
    np.testing.assert_allclose(grad.ravel(), expected["grad"], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", PLAIN)
def test_a_question(name: str, backend: str) -> None:
    place, case = PLAIN[name]
    got = case(Library(BACKENDS[backend]), tensor(PLACES[place], BACKENDS[backend]))
    assert got == answer(name)["plain"] and type(got) is not float


def test_every_case_has_a_stored_answer() -> None:
    assert set(STORED) == {*CASES, *PLAIN}


@pytest.mark.parametrize("backend", BACKENDS)
def test_float32_stays_float32(backend: str) -> None:
    x = tensor(PLACES["matrix"].astype(np.float32), BACKENDS[backend], requires_grad=True)
    for out in (x.tanh(), x.abs(), x.sqrt(), x.clamp(0, 1), 2**x, x.T, x[x > 0], x[[0, 1]]):
        assert out.dtype == np.float32
    made = minitorch.ones_like(x), minitorch.zeros_like(x, requires_grad=True)
    assert [each.dtype for each in made] == [np.float32] * 2 and made[1].is_leaf()


def test_what_the_reductions_keep_by_themselves() -> None:
    x = tensor(PLACES["cube"])
    assert x.sum(1).shape == (2, 1, 4) and x.sum((0, 2)).shape == (1, 3, 1)
    assert x.sum().shape == (1,) and x.sum(keepdim=True).shape == (1, 1, 1)
    assert x.sum(keepdim=False).shape == x.mean(keepdim=False).shape == ()
    assert (x > 9).any((1, 2), keepdim=False).shape == (2,)
    assert (x < 9).all((0, 1)).shape == (1, 1, 4)


def test_size_is_a_number_and_a_shape() -> None:
    x: Any = tensor(PLACES["cube"])
    size: Any = x.size
    assert size() == x.shape == (2, 3, 4) and size(0) == 2
    assert size == 24 and isinstance(x.size, int) and x.size + 1 == 25
    assert x.view(x.size).shape == (24,) and list(range(x.size))[-1] == 23


def test_numpy_is_a_copy() -> None:
    x = tensor([1.0, 2.0], requires_grad=True)
    x.numpy()[0] = 5.0
    assert x.tolist() == [1.0, 2.0] and isinstance(x.numpy(), np.ndarray)


def test_a_format() -> None:
    assert f"{tensor([2.5]):.3f}" == "2.500" and f"{tensor([1.0, 2.0])}" == "[1.00 2.00]"
    assert f"{minitorch.Parameter(tensor([2.5])):8.1f}" == "     2.5"


def test_writing_through_keys() -> None:
    x = minitorch.zeros(2, 3)
    x[[0]] = 1.0
    x[x == 0.0] = tensor([5.0, 6.0, 7.0])
    x[:, [2]] = [[8.0], [9.0]]
    assert x.tolist() == [[1.0, 1.0, 8.0], [5.0, 6.0, 9.0]]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_mask_of_a_tensor_without_dimensions(backend: str) -> None:
    x = minitorch.zeros((), backend=BACKENDS[backend], requires_grad=True)
    x[x == 0.0] = 3.0
    assert x.item() == 3.0 and x[x > 4.0].shape == (0,)
    chosen = x[x > 2.0]
    (chosen * 2.0).sum().backward()
    assert chosen.tolist() == [3.0] and x.grad.tolist() == 2.0


def test_randn_is_normal_and_follows_the_seed() -> None:
    minitorch.seed(3)
    first = minitorch.randn(50, 40)
    minitorch.seed(3)
    assert first.tolist() == minitorch.randn((50, 40)).tolist()
    cells = first.to_numpy()
    assert abs(cells.mean()) < 0.1 and abs(cells.std() - 1.0) < 0.1


@pytest.mark.parametrize("backend", ["simple", "fast"])
def test_a_parameter_works_as_its_value(backend: str) -> None:
    chosen = BACKENDS[backend]
    start = tensor([[1.0, 2.0], [3.0, 4.0]], chosen)
    x = tensor([[2.0, -1.0]], chosen)
    used, plain = minitorch.Parameter(start.clone()), minitorch.Parameter(start.clone())

    def loss(x: Any, w: Any) -> Any:
        out = (x @ w) * w - w / 2 + 2 * w + (1 - w) * (w > 1.5) + w**2 - (-w) + abs(w) + 2 / w
        return out.sum() + minitorch.cat([w, w]).sum() + w.sum(0, keepdim=False)[0] + w.T[0, 1]

    got, expected = loss(x, used), loss(x, plain.value)
    got.backward()
    expected.backward()
    assert got.item() == expected.item()
    assert used.grad.tolist() == plain.value.grad.tolist() and used.shape == (2, 2)
    used.grad = None
    assert used.value.grad is None and "grad" not in vars(used)
    np.testing.assert_array_equal((np.ones(2) * used).to_numpy(), start.to_numpy())
    assert used != plain and used in [plain, used] and len({used, plain}) == 2
    assert (used == start).all().item() == 1.0


def test_a_parameter_of_a_scalar_or_a_number_works_too() -> None:
    p = minitorch.Parameter(minitorch.Scalar(3.0))
    (minitorch.Scalar(2.0) * p + p * p + p.log()).backward()
    assert math.isclose(p.grad, 2.0 + 6.0 + 1 / (3 + 1e-6)) and float(p) == 3.0
    number = minitorch.Parameter(2.5)
    assert (number + 1, 1 - number, number > 2, int(number), bool(number)) == (
        3.5,
        -1.5,
        True,
        2,
        True,
    )
    with pytest.raises(AttributeError):
        _ = number.nothing


class Model(minitorch.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w = minitorch.Parameter(tensor([1.0]))
        self.add_module("inner", minitorch.ModuleList())


def test_modules_as_in_pytorch() -> None:
    model = Model()
    (model.w * 2).sum().backward()
    assert model.w.grad.tolist() == [2.0]
    model.zero_grad()
    assert model.w.grad is None
    assert model.train(False) is model and not model.training and not model.inner.training
    assert model.train() is model and model.inner.training
    assert model.eval() is model and not model.inner.training
    assert (
        list(model.children()) == [model.inner] and dict(model.named_parameters())["w"] is model.w
    )


def test_no_grad_with_and_without_parentheses() -> None:
    leaf = tensor([1.0], requires_grad=True)

    @minitorch.no_grad
    def bare() -> Any:
        return leaf * 2

    @minitorch.no_grad()
    def called() -> Any:
        return leaf * 2

    assert bare().is_constant() and called().is_constant() and not (leaf * 2).is_constant()


def test_hints_cost_attributes_nothing() -> None:
    # A class with __getattr__ makes every attribute slower, those that exist too.
    assert "__getattr__" not in vars(minitorch.Tensor) and not hasattr(
        minitorch.Tensor, "__getattr__"
    )
    x = tensor([1.0])
    assert not hasattr(x, "cumsum") and "cumsum" not in dir(x) and "sum" in dir(x)
