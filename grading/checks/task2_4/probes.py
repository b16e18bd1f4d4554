"""Probes for Task 2.4."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

REQUIRES = (
    "task0_1",
    "task0_3",
    "task1_3",
    "task1_4",
    "task2_1",
    "task2_2",
    "task2_3",
)
SECTION = "guides/module2/04_autograd.html#task-2-4"
TOLERANCE = 1e-6
RELEASED = ("probe_mul", "probe_sum")
PARTS = {
    "probe_mul": ("x * y", "x * x", "x * a column", "a row * x", "x * y * x"),
    "probe_curves": ("sigmoid", "exp", "sigmoid of exp", "exp of sigmoid, permuted"),
    "probe_relu_and_log": ("relu", "relu at 0", "log", "log of relu"),
    "probe_permute": ("permute", "a product of permutations", "permute, then view"),
    "probe_comparisons": ("x < y", "x == y", "(x < y) * x", "(x > 0) * x + (x == x)"),
}


def _tensor(mt: Any, rng: random.Random, *shape: int) -> Any:
    size = 1
    for n in shape:
        size *= n
    numbers = [rng.choice((-1, 1)) * round(rng.uniform(0.5, 3), 3) for _ in range(size)]
    return mt.Tensor.make(numbers, shape, backend=mt.SimpleBackend)


def _gradients(f: Callable[..., Any], *inputs: Any) -> list[Any]:
    """Return shape and cells of each input's gradient, weighted differently for each cell."""
    for x in inputs:
        x.requires_grad_(True)
        x.zero_grad_()
    result = f(*inputs)
    weights = result.zeros()
    for n, place in enumerate(weights._tensor.indices()):
        weights[tuple(place)] = 1.0 + n
    result.backward(weights)
    return [[list(x.grad.shape), x.grad.to_numpy().tolist()] for x in inputs]


def probe_mul(mt: Any, rng: random.Random) -> Any:
    """Look at the gradients of products, of a tensor with itself and of tensors that broadcast."""
    a, b, c = _tensor(mt, rng, 2, 3), _tensor(mt, rng, 2, 3), _tensor(mt, rng, 2, 1)
    row = _tensor(mt, rng, 3)
    return [
        _gradients(lambda x, y: x * y, a, b),
        _gradients(lambda x: x * x, a),
        _gradients(lambda x, y: x * y, a, c),
        _gradients(lambda x, y: x * y, row, a),
        _gradients(lambda x, y: x * y * x, c, row),
    ]


def probe_curves(mt: Any, rng: random.Random) -> Any:
    """Look at the gradients of sigmoid and exp, alone and one after the other."""
    a = _tensor(mt, rng, 2, 3)
    return [
        _gradients(lambda x: x.sigmoid(), a),
        _gradients(lambda x: x.exp(), a),
        _gradients(lambda x: x.exp().sigmoid(), a),
        _gradients(lambda x: x.permute(1, 0).sigmoid().exp(), a),
    ]


def probe_relu_and_log(mt: Any, rng: random.Random) -> Any:
    """Look at the gradients of relu, at zero too, and of log."""
    a, edge = _tensor(mt, rng, 2, 3), mt.tensor([0.0, -1.0, 1.0])
    return [
        _gradients(lambda x: x.relu(), a),
        _gradients(lambda x: x.relu(), edge),
        _gradients(lambda x: (x * x).log(), a),
        _gradients(lambda x: (x.relu() + 1.0).log(), a),
    ]


def probe_sum(mt: Any, rng: random.Random) -> Any:
    """Look at the gradients of sums and means over each dimension and over all."""
    t = _tensor(mt, rng, 2, 3, 2)
    found = [_gradients(lambda x, d=d: x.sum(d), t) for d in (0, 1, 2, None)]
    found += [_gradients(lambda x, d=d: x.mean(d) * x, t) for d in (0, 1, 2, None)]
    return found


def probe_permute(mt: Any, rng: random.Random) -> Any:
    """Look at the gradients of permutations that aren't their own inverse."""
    t = _tensor(mt, rng, 2, 3, 4)
    return [
        _gradients(lambda x: x.permute(1, 2, 0), t),
        _gradients(lambda x: x.permute(2, 0, 1) * x.permute(2, 0, 1), t),
        _gradients(lambda x: x.permute(0, 2, 1).contiguous().view(8, 3), t),
    ]


def probe_comparisons(mt: Any, rng: random.Random) -> Any:
    """Look at comparisons: nothing flows back, and what stands beside them isn't disturbed."""
    a, b = _tensor(mt, rng, 2, 3), _tensor(mt, rng, 3)
    return [
        _gradients(lambda x, y: x < y, a, b),
        _gradients(lambda x, y: x == y, a, b),
        _gradients(lambda x, y: (x < y) * x, a, b),
        _gradients(lambda x: (x > 0.0) * x + (x == x), a),
    ]
