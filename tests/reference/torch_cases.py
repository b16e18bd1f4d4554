"""What MiniTorch's users write as PyTorch's do: each case is one expression for both libraries.

`python tests/reference/torch_cases.py` works all of them out with PyTorch, where it is installed,
and stores the answers in torch_answers.json. Tests compare with PyTorch itself or with what it
said.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ANSWERS = Path(__file__).with_name("torch_answers.json")

Array = npt.NDArray[Any]
MATRIX = np.array([[1.5, -0.5, 0.25], [2.0, 0.0, -3.0]])
CUBE = (np.arange(24.0).reshape(2, 3, 4) - 9.5) / 4
ROW = np.array([[1.0, 2.0, 3.0]])
BATCH = np.arange(12.0).reshape(1, 3, 1, 4) / 8
EXTREME = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e300, -1e300, 1e-320])
PLACES = {"matrix": MATRIX, "cube": CUBE, "row": ROW, "batch": BATCH, "extreme": EXTREME}

# `t` is the library: minitorch or torch. `keep` is what MiniTorch's reductions do by themselves.
CASES: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "T": ("matrix", lambda t, x: x.T),
    "T of a cube": ("cube", lambda t, x: x.T),
    "t": ("matrix", lambda t, x: x.t() * 2),
    "transpose": ("cube", lambda t, x: x.transpose(0, 2)),
    "transpose from the end": ("cube", lambda t, x: x.transpose(-1, 1)),
    "reshape": ("cube", lambda t, x: x.reshape(4, 6)),
    "reshape with a tuple": ("cube", lambda t, x: x.reshape((4, -1))),
    "reshape of a transposed": ("cube", lambda t, x: x.transpose(0, 1).reshape(-1) * x.reshape(-1)),
    "flatten": ("cube", lambda t, x: x.flatten()),
    "flatten from": ("cube", lambda t, x: x.flatten(1)),
    "flatten some": ("cube", lambda t, x: x.flatten(0, 1)),
    "flatten of a transposed": ("cube", lambda t, x: x.transpose(0, 1).flatten(start_dim=1)),
    "squeeze": ("batch", lambda t, x: x.squeeze()),
    "squeeze one": ("batch", lambda t, x: x.squeeze(0)),
    "squeeze from the end": ("batch", lambda t, x: x.squeeze(-2)),
    "squeeze nothing": ("batch", lambda t, x: x.squeeze(1)),
    "squeeze several": ("batch", lambda t, x: x.squeeze((0, 2))),
    "unsqueeze": ("matrix", lambda t, x: x.unsqueeze(1)),
    "unsqueeze at the end": ("matrix", lambda t, x: x.unsqueeze(-1)),
    "permute with a tuple": ("cube", lambda t, x: x.permute((2, 0, 1))),
    "permute from the end": ("cube", lambda t, x: x.permute(-1, 0, 1)),
    "view with a tuple": ("cube", lambda t, x: x.view((6, 4))),
    "sum without keepdim": ("cube", lambda t, x: x.sum(1, keepdim=False)),
    "sum with keepdim": ("cube", lambda t, x: x.sum(1, keepdim=True)),
    "sum from the end": ("cube", lambda t, x: x.sum(dim=-1, keepdim=False)),
    "sum of two": ("cube", lambda t, x: x.sum((0, 2), keepdim=False)),
    "sum of two, kept": ("cube", lambda t, x: x.sum((0, -1), keepdim=True)),
    "sum of all": ("cube", lambda t, x: x.sum((0, 1, 2), keepdim=False)),
    "sum of none": ("cube", lambda t, x: x.sum((), keepdim=False)),
    "sum over an axis": ("cube", lambda t, x: x.sum(axis=1, keepdim=True)),
    "mean without keepdim": ("cube", lambda t, x: x.mean(2, keepdim=False)),
    "mean of two": ("cube", lambda t, x: x.mean((1, 2), keepdim=False)),
    "mean of a list": ("cube", lambda t, x: x.mean([0, 1], keepdim=True)),
    "amax": ("cube", lambda t, x: x.amax(1, keepdim=True) * x),
    "amax of two": ("cube", lambda t, x: x.amax((0, 2), keepdim=False)),
    "amin": ("matrix", lambda t, x: x.amin(0, keepdim=False)),
    "argmax": ("matrix", lambda t, x: x.argmax(1, keepdim=True) * x),
    "argmin of all": ("matrix", lambda t, x: x.argmin().reshape(1) + x),
    "softmax": ("cube", lambda t, x: x.softmax(-1)),
    "mean from the end": ("matrix", lambda t, x: x.mean(-2, keepdim=True) * x),
    "clone": ("matrix", lambda t, x: x.clone() * x),
    "abs": ("matrix", lambda t, x: x.abs()),
    "built-in abs": ("cube", lambda t, x: abs(x) * x),
    "sqrt": ("matrix", lambda t, x: (x * x + 0.5).sqrt()),
    "tanh": ("cube", lambda t, x: x.tanh()),
    "tanh of small and large": ("cube", lambda t, x: (x * 1e-9).tanh() + (x * 100).tanh()),
    "clamp": ("cube", lambda t, x: x.clamp(-1.0, 1.5)),
    "clamp at a bound": ("matrix", lambda t, x: x.clamp(min=0.0, max=2.0)),
    "clamp below": ("matrix", lambda t, x: x.clamp(min=0.1)),
    "clamp above": ("matrix", lambda t, x: x.clamp(max=1)),
    "clamp crossed": ("matrix", lambda t, x: x.clamp(1.0, -1.0)),
    "plus": ("matrix", lambda t, x: +x),
    "power of two": ("cube", lambda t, x: 2**x),
    "power of a fraction": ("matrix", lambda t, x: 0.5**x * x),
    "power of zero": ("row", lambda t, x: 0**x + x),
    "power of one": ("matrix", lambda t, x: 1**x),
    "pow": ("row", lambda t, x: x.pow(3)),
    "root as a power": ("row", lambda t, x: x**0.5),
    "mask": ("matrix", lambda t, x: x[x > 0]),
    "mask of rows": ("cube", lambda t, x: x[x.sum((1, 2), keepdim=False) > 0] * 2),
    "mask of matrices": ("cube", lambda t, x: x[x[:, :, 0] < 0]),
    "list": ("cube", lambda t, x: x[[1, 0, 1]]),
    "list in a later place": ("cube", lambda t, x: x[:, [0, 2]]),
    "list from the end": ("cube", lambda t, x: x[..., [-1, 0]]),
    "two lists": ("cube", lambda t, x: x[[0, 1], [2, 0]]),
    "list and number": ("cube", lambda t, x: x[1, [0, 2]]),
    "list of bools": ("matrix", lambda t, x: x[[False, True]]),
    "empty list": ("matrix", lambda t, x: x[[]]),
    "array of numbers": ("cube", lambda t, x: x[np.array([[0, 1], [1, 1]])]),
    "array of bools": ("matrix", lambda t, x: x[np.array([True, False])]),
    "ones": ("row", lambda t, x: x + t.ones(2, 3)),
    "ones of a tuple": ("row", lambda t, x: x + t.ones((2, 3))),
    "zeros": ("row", lambda t, x: x * t.zeros(2, 3)),
    "full": ("row", lambda t, x: x * t.full((2, 3), 2.5)),
    "arange": ("row", lambda t, x: x * t.arange(3)),
    "arange in steps": ("row", lambda t, x: x * t.arange(1, 4, 1)),
    "arange down": ("row", lambda t, x: x * t.arange(3, 0, -1)),
    "ones like": ("matrix", lambda t, x: x * t.ones_like(x)),
    "zeros like": ("matrix", lambda t, x: x + t.zeros_like(x)),
    "extremes: abs": ("extreme", lambda t, x: x.abs()),
    "extremes: sqrt": ("extreme", lambda t, x: x.sqrt()),
    "extremes: tanh": ("extreme", lambda t, x: x.tanh()),
    "extremes: clamp": ("extreme", lambda t, x: x.clamp(-2.0, 2.0)),
    "extremes: power": ("extreme", lambda t, x: 2**x),
}  # fmt: skip

# Expressions whose answer is no tensor.
PLAIN: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "ndim": ("cube", lambda t, x: x.ndim),
    "dim": ("cube", lambda t, x: x.dim()),
    "numel": ("cube", lambda t, x: x.numel()),
    "size": ("cube", lambda t, x: list(x.size())),
    "size of one": ("cube", lambda t, x: x.size(-1)),
    "format": ("row", lambda t, x: f"{x.sum((0, 1), keepdim=False):.4f}"),
    "int": ("row", lambda t, x: int(x.sum((0, 1), keepdim=False))),
    "equals None": ("row", lambda t, x: x == None),  # noqa: E711
    "differs from None": ("row", lambda t, x: x != None),  # noqa: E711
    "shape of randn": ("row", lambda t, x: list(t.randn(2, 3).shape)),
    "shape of rand": ("row", lambda t, x: list(t.rand(4, 1).shape)),
}


def by_torch(name: str) -> dict[str, Any]:
    """Return PyTorch's answer: value, shape and gradient of a weighted sum."""
    torch: Any = importlib.import_module("torch")

    place, case = {**CASES, **PLAIN}[name]
    x = torch.tensor(PLACES[place].copy(), requires_grad=True)
    if name in PLAIN:
        return {"plain": case(torch, x.detach())}
    out = case(torch, x)
    weights = torch.arange(1.0, out.numel() + 1, dtype=torch.float64).reshape(out.shape)
    (out * weights).sum().backward()
    grad = torch.zeros_like(x) if x.grad is None else x.grad
    return {
        "value": out.detach().flatten().tolist(),
        "shape": list(out.shape),
        "grad": grad.flatten().tolist(),
    }


def main() -> None:
    """Write PyTorch's answers to all cases."""
    answers = {name: by_torch(name) for name in [*CASES, *PLAIN]}
    ANSWERS.write_text(json.dumps(answers, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
