"""Random programs compute on every backend what NumPy computes, and their gradients are its slopes.

`MINITORCH_PROOF=1` tries 20,000; otherwise a fixed sample. On SimpleOps and FastOps, float64 and
float32, none of them differs. What was found on the way and isn't counted as a difference:

- a gradient is refused because a saved number was written to, and only where the program did so;
- a write of no cells (an empty slice or mask) counts as one, as in PyTorch;
- NaN and infinity aren't among the numbers: `test_rounding.py` has those.
"""

from __future__ import annotations

import math
import os
from typing import Any

import pytest

import minitorch as mt
from minitorch import tensor_elementwise, tensor_functions, tensor_movement
from minitorch.tensor_writes import Writes
from reference.programs import differences, make

WHOLE = os.environ.get("MINITORCH_PROOF") == "1"


class AllCores(mt.FastOps):
    """Every kernel on all cores, however little there is to do."""

    LARGE = LARGE_IF_SLOW = 0


# How many programs are tried, in the sample and in all; how many a test; of how many steps.
# Compiling every kernel for all cores takes minutes, which a test has by itself: few at once.
AMOUNTS: dict[type[mt.TensorOps], tuple[int, int, int, int]] = {
    mt.SimpleOps: (200, 10_000, 100, 40),
    mt.FastOps: (200, 8_000, 100, 40),
    AllCores: (0, 1_500, 5, 40),
    mt.CudaOps: (20, 500, 20, 6),
}
CASES = [
    pytest.param(ops, range(first, first + at_once), most, id=f"{ops.__name__}-{first}")
    for ops, (sample, whole, at_once, most) in AMOUNTS.items()
    for first in range(0, whole if WHOLE else sample, at_once)
]


@pytest.mark.parametrize(("ops", "seeds", "most"), CASES)
def test_programs(
    ops: type[mt.TensorOps], seeds: range, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    matmul = mt.fast_ops._matmul_kernel(mt.fast_ops.tensor_matrix_multiply)
    monkeypatch.setattr(matmul, "large", 0 if ops is AllCores else matmul.large)
    found = [
        f"{kind}: {said}\n{make(seed, most)}"
        for seed in seeds
        for kind, said in differences(make(seed, most), mt.TensorBackend(ops))
        if kind != "refused"
    ]
    assert not found, "\n".join(found)


def _wrong(function: Any, factor: float = 1.001) -> tuple[Any, str, Any]:
    """Return what replaces a `backward`: one whose first derivative is a little too large."""
    right = function.backward

    def backward(ctx: Any, d: Any) -> Any:
        first, *rest = right(ctx, d)
        return (first * factor, *rest)

    return function, "backward", staticmethod(backward)


FUNCTIONS = [
    tensor_functions.MatMul, tensor_functions.Mul, tensor_functions.Sum, tensor_functions.Permute,
    tensor_movement.Cat, tensor_movement.Select, tensor_movement.View,
    tensor_elementwise.Div, tensor_elementwise.AtMost, tensor_elementwise.Pow,
]  # fmt: skip
WRONG: dict[str, tuple[Any, str, Any]] = {
    **{function.__name__: _wrong(function) for function in FUNCTIONS},
    "abs at zero": (tensor_elementwise, "absolute_back", lambda x, d: d if x >= 0 else -d),
    "a bound": (tensor_elementwise, "not_below", lambda x, low: 1.0 if x > low else 0.0),
    "tanh": (tensor_elementwise, "tanh", lambda x: math.tanh(x) * (1.0 + 1e-7)),
    "relu at zero": (mt.operators, "relu_back", lambda x, d: d if x >= 0 else 0.0),
    "no version counter": (Writes, "note", lambda self, storage: None),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, attribute, wrong = WRONG[name]
    monkeypatch.setattr(place, attribute, wrong)
    backend = mt.TensorBackend(type("Fresh", (mt.SimpleOps,), {}))
    found = (
        kind
        for seed in range(500)
        for kind, _ in differences(make(seed), backend)
        if kind != "refused"
    )
    assert next(found, None)
