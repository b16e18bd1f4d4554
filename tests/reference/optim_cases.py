"""Optimisers beside PyTorch's: each case makes one, of the library that it is given.

`python tests/reference/optim_cases.py` asks PyTorch, where it is installed, and stores its answers
in tests/torch_answers/optim.json. Tests compare with PyTorch itself or with what it said.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ANSWERS = Path(__file__).parents[1] / "torch_answers" / "optim.json"

# The loss of each is a sum of these times its values squared, and falls at very different rates.
SHAPES = [(2, 3), (4,), (1, 1)]
STARTS = [np.linspace(-2.03, 3.14, int(np.prod(shape))).reshape(shape) for shape in SHAPES]
WEIGHTS = [np.logspace(-3, 1, int(np.prod(shape))).reshape(shape) for shape in SHAPES]
STEPS = 12
PAUSED = 5  # the third value has no derivative at this step

CASES: dict[str, Callable[[Any, Any], Any]] = {
    "sgd": lambda optim, values: optim.SGD(values, lr=0.05),
    "momentum": lambda optim, values: optim.SGD(values, lr=0.02, momentum=0.9),
    "decay": lambda optim, values: optim.SGD(values, lr=0.05, weight_decay=0.1),
    "momentum and decay": lambda optim, values: optim.SGD(
        values, lr=0.02, momentum=0.5, weight_decay=0.3
    ),
    "adam": lambda optim, values: optim.Adam(values),
    "adam, fast": lambda optim, values: optim.Adam(values, lr=0.3),
    "adam, betas": lambda optim, values: optim.Adam(values, lr=0.1, betas=(0.5, 0.9), eps=1e-3),
    "adam, no memory": lambda optim, values: optim.Adam(values, lr=0.1, betas=(0.0, 0.0)),
    "adam, decay": lambda optim, values: optim.Adam(values, lr=0.1, weight_decay=0.2),
}


def by_torch(name: str) -> list[list[float]]:
    """Return all values after each of PyTorch's steps."""
    torch: Any = importlib.import_module("torch")
    values = [torch.tensor(start, requires_grad=True) for start in STARTS]
    optimizer = CASES[name](torch.optim, values)
    found = []
    for step in range(STEPS):
        optimizer.zero_grad()
        for place, (value, weight) in enumerate(zip(values, WEIGHTS, strict=True)):
            if not (step == PAUSED and place == 2):
                (value * value * torch.tensor(weight)).sum().backward()
        optimizer.step()
        found.append([x for value in values for x in value.detach().flatten().tolist()])
    return found


if __name__ == "__main__":
    answers = {name: by_torch(name) for name in CASES}
    ANSWERS.write_text(json.dumps(answers, indent=1) + "\n", encoding="utf-8")
