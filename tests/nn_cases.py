"""Pooling, maxima and softmax beside PyTorch's: each case is one expression for either library.

`python tests/nn_cases.py` asks PyTorch, where it is installed, and stores its answers in
tests/torch_answers/nn.json, so that nobody else needs it.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ANSWERS = Path(__file__).with_name("torch_answers") / "nn.json"

Array = npt.NDArray[Any]
_random = np.random.default_rng(4)
IMAGES = np.round(_random.normal(size=(2, 3, 4, 6)), 3)
FLAT = np.round(_random.normal(size=(3, 4)), 1)  # some are equal
TIES = np.array([[1.0, 3.0, 3.0, -2.0], [0.0, 0.0, 0.0, 0.0], [5.0, -5.0, 4.0, 5.0]])
LOW = np.array([[-2e9, -3e9], [-np.inf, -1e30], [-5e-30, -1.0]])
LARGE = np.array([[1000.0, 0.0, -1000.0], [1e5, 1e5, 0.0], [-800.0, -801.0, -805.0]])
MASKED = np.array([[1.0, -np.inf, 2.0], [-np.inf, 3.0, -np.inf]])
CUBE = np.round(_random.normal(size=(2, 3, 4)) * 3)


@dataclass(frozen=True)
class Case:
    """An expression.

    Attributes:
        task: Whose function it needs.
        x: The input.
        ours: Takes minitorch and a tensor.
        theirs: Takes torch and a tensor of the same numbers.
    """

    task: str
    x: Array
    ours: Callable[[Any, Any], Any]
    theirs: Callable[[Any, Any], Any]


def _avg(kernel: tuple[int, int], x: Array = IMAGES) -> Case:
    return Case(
        "task4_3",
        x,
        lambda t, x: t.avgpool2d(x, kernel),
        lambda t, x: t.nn.functional.avg_pool2d(x, kernel),
    )


def _largest(kernel: tuple[int, int], x: Array = IMAGES) -> Case:
    def theirs(t: Any, x: Any) -> Any:
        """PyTorch's own pooling gives ties to the first; its amax shares, as we do."""
        batch, channels, height, width = x.shape
        rows, columns = height // kernel[0], width // kernel[1]
        split = x.reshape(batch, channels, rows, kernel[0], columns, kernel[1])
        return split.amax((3, 5))

    return Case("task4_4", x, lambda t, x: t.maxpool2d(x, kernel), theirs)


def _max(x: Array, dim: int) -> Case:
    return Case("task4_4", x, lambda t, x: t.max(x, dim), lambda t, x: x.amax(dim, keepdim=True))


def _softmax(x: Array, dim: int) -> Case:
    return Case("task4_4", x, lambda t, x: t.softmax(x, dim), lambda t, x: x.softmax(dim))


def _log(x: Array, dim: int) -> Case:
    return Case("task4_4", x, lambda t, x: t.logsoftmax(x, dim), lambda t, x: x.log_softmax(dim))


CASES: dict[str, Case] = {
    "avgpool2d 2x2": _avg((2, 2)),
    "avgpool2d 1x1": _avg((1, 1)),
    "avgpool2d 2x3": _avg((2, 3)),
    "avgpool2d 4x1": _avg((4, 1)),
    "avgpool2d all": _avg((4, 6)),
    "maxpool2d 2x2": _largest((2, 2)),
    "maxpool2d 1x3": _largest((1, 3)),
    "maxpool2d 4x2": _largest((4, 2)),
    "maxpool2d all": _largest((4, 6)),
    "maxpool2d of ties": _largest((2, 2), np.maximum(np.round(IMAGES), 0.0)),
    "max 0": _max(FLAT, 0),
    "max 1": _max(FLAT, 1),
    "max from the end": _max(CUBE, -2),
    "max of a cube": _max(CUBE, 0),
    "max of ties": _max(TIES, 1),
    "max of ties, down": _max(TIES, 0),
    "max of low numbers": _max(LOW, 1),
    "max of one": _max(FLAT[:, :1], 1),
    "softmax 0": _softmax(FLAT, 0),
    "softmax 1": _softmax(FLAT, 1),
    "softmax of a cube": _softmax(CUBE, 1),
    "softmax from the end": _softmax(CUBE, -1),
    "softmax of large numbers": _softmax(LARGE, 1),
    "softmax of large numbers, down": _softmax(LARGE, 0),
    "softmax with masked": _softmax(MASKED, 1),
    "softmax of one": _softmax(FLAT[:, :1], 1),
    "logsoftmax 0": _log(FLAT, 0),
    "logsoftmax 1": _log(FLAT, 1),
    "logsoftmax of a cube": _log(CUBE, 1),
    "logsoftmax from the end": _log(CUBE, -1),
    "logsoftmax of large numbers": _log(LARGE, 1),
    "logsoftmax of large numbers, down": _log(LARGE, 0),
}


def by_torch(case: Case) -> dict[str, Any]:
    """Return PyTorch's answer: value, shape and gradient of a weighted sum."""
    torch: Any = importlib.import_module("torch")
    x = torch.tensor(case.x, requires_grad=True)
    out = case.theirs(torch, x)
    weights = torch.arange(1.0, out.numel() + 1, dtype=torch.float64).reshape(out.shape) / 4
    out.backward(weights)
    return {
        "value": out.detach().flatten().tolist(),
        "shape": list(out.shape),
        "grad": x.grad.flatten().tolist(),
    }


if __name__ == "__main__":
    answers = {name: by_torch(case) for name, case in CASES.items()}
    ANSWERS.write_text(json.dumps(answers, indent=1) + "\n", encoding="utf-8")
