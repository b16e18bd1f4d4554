"""Optimisers step as PyTorch's do, on tensors of every backend and on Scalars."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch import CudaOps, FastOps, Parameter, Scalar, SimpleBackend, TensorBackend, tensor
from minitorch.optim import SGD, Adam, Optimizer
from reference.optim_cases import ANSWERS, CASES, PAUSED, STARTS, STEPS, WEIGHTS, by_torch

BACKENDS = {
    "simple": SimpleBackend,
    "fast": TensorBackend(FastOps),
    "cuda": TensorBackend(CudaOps),
}
STORED = json.loads(ANSWERS.read_text(encoding="utf-8"))


def answer(name: str) -> list[list[float]]:
    return by_torch(name) if importlib.util.find_spec("torch") else STORED[name]


def walk(optimizer: Optimizer, first: int = 0, last: int = STEPS) -> list[list[float]]:
    """Take steps, and return all values after each."""
    found = []
    for step in range(first, last):
        optimizer.zero_grad()
        for place, (parameter, weight) in enumerate(
            zip(optimizer.parameters, WEIGHTS, strict=True)
        ):
            if step == PAUSED and place == 2:
                continue
            value: Any = parameter.value
            kept = tensor(weight, value.backend, dtype=value.dtype)
            (value * value * kept).sum().backward()
        optimizer.step()
        found.append([x for p in optimizer.parameters for x in p.value.to_numpy().ravel().tolist()])
    return found


def made(name: str, backend: TensorBackend = SimpleBackend, dtype: Any = np.float64) -> Any:
    values = [Parameter(tensor(start, backend, dtype=dtype)) for start in STARTS]
    return CASES[name](minitorch.optim, values)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", CASES)
def test_as_in_pytorch(name: str, backend: str) -> None:
    got = walk(made(name, BACKENDS[backend]))
    np.testing.assert_allclose(got, answer(name), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_float32_stays_float32(name: str) -> None:
    optimizer = made(name, dtype=np.float32)
    np.testing.assert_allclose(walk(optimizer), answer(name), rtol=1e-4, atol=1e-5)
    assert {p.value.dtype for p in optimizer.parameters} == {np.dtype(np.float32)}


@pytest.mark.parametrize("name", CASES)
def test_scalars(name: str) -> None:
    """Each cell of the tensors as a Scalar of its own."""
    values = [Parameter(Scalar(x)) for start in STARTS for x in start.ravel().tolist()]
    weights = [x for weight in WEIGHTS for x in weight.ravel().tolist()]
    optimizer = CASES[name](minitorch.optim, values)
    for step, expected in enumerate(answer(name)):
        optimizer.zero_grad()
        for place, (parameter, weight) in enumerate(zip(values, weights, strict=True)):
            if not (step == PAUSED and place == len(values) - 1):
                (parameter.value * parameter.value * weight).backward()
        optimizer.step()
        got = [p.value.data for p in values]
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_resumed(name: str) -> None:
    """Taken out and put back half-way, to the last bit: also where the settings were others."""
    whole = walk(made(name))
    before = made(name)
    walk(before, 0, 7)
    after = made(name)
    for parameter, old in zip(after.parameters, before.parameters, strict=True):
        parameter.update(tensor(old.value.to_numpy()))
    after.lr = 123.0
    after.load_state_dict(before.state_dict())
    assert walk(after, 7) == whole[7:]


def test_what_was_taken_out_does_not_change() -> None:
    optimizer = made("momentum")
    walk(optimizer, 0, 1)
    state = optimizer.state_dict()
    kept = state["0.velocity"].copy()
    walk(optimizer, 1, 3)
    assert (state["0.velocity"] == kept).all()
    other = made("momentum")
    other.load_state_dict(state)
    state["0.velocity"][:] = 99.0
    assert (other.state_dict()["0.velocity"] == kept).all()


def test_defaults_are_the_old_descent() -> None:
    """Bit for bit: the value plus minus the rate times the derivative, in a new value."""
    weight = Parameter(tensor([0.1, 0.7, -1.3]), name="weight")
    old: Any = weight.value
    (old * old * old).sum().backward()
    expected = (old.detach() + -0.3 * old.grad).tolist()
    SGD([weight], lr=0.3).step()
    assert weight.value is not old and weight.value.tolist() == expected
    assert weight.value.name == "weight" and weight.value.is_leaf()


class _Signs(Optimizer):
    """An optimiser that only knows up and down."""

    def change(self, value: Any, slope: Any, memory: dict[str, Any]) -> Any:
        return -0.1 if slope > 0.0 else 0.1


def test_an_optimiser_of_ones_own() -> None:
    weight = Parameter(Scalar(1.0))
    (weight * weight).backward()
    _Signs([weight]).step()
    assert weight.value.data == 0.9
    with pytest.raises(NotImplementedError, match="Optimizer doesn't say how"):
        bare = Optimizer([weight])
        (weight * weight).backward()
        bare.step()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: SGD(p, momentum=-0.1), "momentum=-0.1"),
        (lambda p: SGD(p, weight_decay=float("nan")), "weight_decay=nan"),
        (lambda p: Adam(p, lr=-1.0), "lr=-1.0"),
        (lambda p: Adam(p, eps=-1e-8), "eps=-1e-08"),
        (lambda p: Adam(p, weight_decay=-1.0), "weight_decay=-1.0"),
        (lambda p: Adam(p, betas=(0.9, 1.0)), "each from 0 up to 1"),
        (lambda p: Adam(p, betas=(-0.1, 0.9)), "each from 0 up to 1"),
        (lambda p: Adam(p, betas=(0.9,)), "each from 0 up to 1"),  # type: ignore[arg-type]
    ],
)
def test_settings_without_a_meaning(make: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make([Parameter(Scalar(1.0))])


def test_a_state_of_another_optimiser() -> None:
    sgd, adam = made("momentum"), made("adam")
    walk(sgd, 0, 1)
    walk(adam, 0, 1)
    with pytest.raises(ValueError, match="this is Adam, and the state is of SGD"):
        adam.load_state_dict(sgd.state_dict())
    with pytest.raises(ValueError, match="no optimiser"):
        adam.load_state_dict({})
    fewer = SGD(sgd.parameters[:2], momentum=0.9)
    with pytest.raises(ValueError, match=r"2 parameters: 2.velocity of shape \(1, 1\)"):
        fewer.load_state_dict(sgd.state_dict())
    turned = SGD(sgd.parameters[::-1], lr=7.0, momentum=0.9)
    with pytest.raises(ValueError, match=r"0.velocity of shape \(2, 3\)"):
        turned.load_state_dict(sgd.state_dict())
    assert turned.lr == 7.0 and turned.state_dict().keys() == {
        "optimizer",
        "lr",
        "momentum",
        "weight_decay",
    }
