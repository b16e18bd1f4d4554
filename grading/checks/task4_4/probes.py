"""Probes for Task 4.4."""

from __future__ import annotations

import random
from typing import Any

REQUIRES = (
    "task0_1",
    "task0_3",
    "task1_3",
    "task1_4",
    "task2_1",
    "task2_2",
    "task2_3",
    "task2_4",
    "task4_3",
)
SECTION = "guides/module4/03_softmax.html#task-4-4"
# The logarithm of the course adds a millionth to what it is taken of.
TOLERANCE = 1e-5
PARTS = {
    "probe_argmax": ("along the rows", "down the columns", "along the middle of a cube", "ties"),
    "probe_max": ("along the rows", "down the columns", "along the middle of a cube", "one cell"),
    "probe_max_of_low_numbers": ("-1e10", "minus infinity", "mixed with infinity"),
    "probe_max_gradient": ("along the rows", "down the columns", "along the middle of a cube"),
    "probe_ties": ("two of three", "all of a row", "down the columns"),
    "probe_softmax": ("along the rows", "down the columns", "along the middle of a cube"),
    "probe_logsoftmax": ("along the rows", "down the columns", "along the middle of a cube"),
    "probe_large_scores": ("softmax", "logsoftmax", "softmax of minus infinity"),
    "probe_softmax_gradients": ("softmax", "logsoftmax", "softmax down the columns"),
    "probe_maxpool2d": ("tiles of (2, 2)", "tiles of (1, 3)", "the whole image"),
    "probe_maxpool2d_gradient": ("tiles of (2, 2)", "an image of zeros"),
    "probe_dropout_ends": ("a rate of 1", "a rate of 0", "a rate of 0.5"),
    "probe_dropout_in_evaluation": ("in evaluation", "a rate of 1 in evaluation", "in training"),
    "probe_dropout_factor": ("a rate of 0.2", "a rate of 0.5", "a rate of 0.75"),
    "probe_dropout_share": ("a rate of 0.2", "a rate of 0.8", "whole rows", "whole columns"),
    "probe_dropout_gradient": ("as the result", "some cells without"),
    "probe_dropout_seed": (
        "After the same seed: are the same cells dropped?",
        "Without a new seed: are other cells dropped?",
    ),
    "probe_float32": ("max", "softmax", "logsoftmax", "dropout"),
}


def _leaf(mt: Any, rng: random.Random, *shape: int) -> Any:
    """Return a leaf of numbers none of which are equal."""
    size = 1
    for n in shape:
        size *= n
    numbers = [x / 4 for x in rng.sample(range(-3 * size, 3 * size), size)]
    x = mt.Tensor.make(numbers, shape, backend=mt.SimpleBackend)
    x.requires_grad_(True)
    return x


def _table(mt: Any, rows: Any) -> Any:
    x = mt.tensor(rows)
    x.requires_grad_(True)
    return x


def _shown(x: Any) -> Any:
    return [list(x.shape), x.to_numpy().tolist()]


def _along(mt: Any, rng: random.Random, function: Any) -> list[Any]:
    table, cube = _leaf(mt, rng, 3, 4), _leaf(mt, rng, 2, 3, 2)
    return [_shown(function(x, dim)) for x, dim in ((table, 1), (table, 0), (cube, 1))]


def _gradient(x: Any, out: Any) -> Any:
    """Return the gradient of x, each cell of the result with another derivative."""
    weights = out.zeros()
    for n, place in enumerate(weights._tensor.indices()):
        weights[tuple(place)] = 1.0 + n * n
    x.zero_grad_()
    out.backward(weights)
    return _shown(x.grad)


def probe_argmax(mt: Any, rng: random.Random) -> Any:
    """Look at the ones and zeros of argmax along dimensions, and where cells are equal."""
    ties = mt.argmax(_table(mt, [[1.0, 4.0, 4.0], [2.0, 2.0, 2.0]]), 1)
    return [*_along(mt, rng, mt.argmax), _shown(ties)]


def probe_max(mt: Any, rng: random.Random) -> Any:
    """Look at the maxima along different dimensions, and at the shape of the result."""
    return [*_along(mt, rng, mt.max), _shown(mt.max(_leaf(mt, rng, 1, 1), 0))]


def probe_max_of_low_numbers(mt: Any, rng: random.Random) -> Any:
    """Look at the maxima of numbers far below zero."""
    low = -1e10 * rng.uniform(1.0, 2.0)
    inf = float("inf")
    rows = ([[low, 2.0 * low]], [[-inf, -inf]], [[low, -inf], [-inf, inf]])
    return [_shown(mt.max(_table(mt, cells), 1)) for cells in rows]


def probe_max_gradient(mt: Any, rng: random.Random) -> Any:
    """Look at the gradient behind a maximum: where it arrives, and how much."""
    table, cube = _leaf(mt, rng, 3, 4), _leaf(mt, rng, 2, 3, 2)
    return [_gradient(x, mt.max(x, dim)) for x, dim in ((table, 1), (table, 0), (cube, 1))]


def probe_ties(mt: Any, rng: random.Random) -> Any:
    """Look at the gradient behind a maximum of cells that are equal."""
    high = float(rng.randint(3, 9))
    rows = _table(mt, [[1.0, high, high], [2.0, 0.0, 1.0]])
    same = _table(mt, [[high, high, high, high]])
    down = _table(mt, [[high, 1.0], [high, 2.0], [0.0, 2.0]])
    return [_gradient(x, mt.max(x, dim) * 1.0) for x, dim in ((rows, 1), (same, 1), (down, 0))]


def probe_softmax(mt: Any, rng: random.Random) -> Any:
    """Look at the shares along different dimensions."""
    return _along(mt, rng, mt.softmax)


def probe_logsoftmax(mt: Any, rng: random.Random) -> Any:
    """Look at the logarithms of the shares along different dimensions."""
    return _along(mt, rng, mt.logsoftmax)


def probe_large_scores(mt: Any, rng: random.Random) -> Any:
    """Look at scores whose exponentials overflow or underflow."""
    large = 1000.0 + rng.randint(0, 100)
    scores = [[large, large - 2.0, 0.0], [-large, -2.0 * large, -large]]
    masked = [[1.0, -float("inf"), 2.0]]
    return [
        _shown(mt.softmax(_table(mt, scores), 1)),
        _shown(mt.logsoftmax(_table(mt, scores), 1)),
        _shown(mt.softmax(_table(mt, masked), 1)),
    ]


def probe_softmax_gradients(mt: Any, rng: random.Random) -> Any:
    """Look at the gradients of the scores behind both kinds of softmax."""
    x = _leaf(mt, rng, 2, 4)
    return [_gradient(x, out) for out in (mt.softmax(x, 1), mt.logsoftmax(x, 1), mt.softmax(x, 0))]


def probe_maxpool2d(mt: Any, rng: random.Random) -> Any:
    """Look at the maxima of tiles, and at the shape of the pooled images."""
    x = _leaf(mt, rng, 2, 2, 4, 6)
    return [_shown(mt.maxpool2d(x, kernel)) for kernel in ((2, 2), (1, 3), (4, 6))]


def probe_maxpool2d_gradient(mt: Any, rng: random.Random) -> Any:
    """Look at the gradient of images behind a pooling by maxima."""
    x, flat = _leaf(mt, rng, 1, 2, 4, 4), _table(mt, [[[[0.0] * 4] * 2]])
    return [_gradient(each, mt.maxpool2d(each, (2, 2))) for each in (x, flat)]


def _ones(mt: Any) -> Any:
    x = mt.ones((40, 50))
    x.requires_grad_(True)
    return x


def _dropped(mt: Any, x: Any, rate: float) -> Any:
    mt.seed(11)
    return mt.dropout(x, rate).to_numpy()


def probe_dropout_ends(mt: Any, rng: random.Random) -> Any:
    """Look at dropout of nothing and of everything."""
    x = _leaf(mt, rng, 3, 4)
    some = (_dropped(mt, _ones(mt), 0.5) == 0.0).any()
    return [_shown(mt.dropout(x, 1.0)), _shown(mt.dropout(x, 0.0)), bool(some)]


def probe_dropout_in_evaluation(mt: Any, rng: random.Random) -> Any:
    """Look at dropout that is to be ignored, and at one that isn't."""
    x = _leaf(mt, rng, 3, 4)
    ignored = [_shown(mt.dropout(x, rate, ignore=True)) for rate in (0.5, 1.0)]
    return [*ignored, bool((_dropped(mt, _ones(mt), 0.5) == 0.0).any())]


def probe_dropout_factor(mt: Any, rng: random.Random) -> Any:
    """Look at what becomes of the cells that are kept."""
    found = []
    for rate in (0.2, 0.5, 0.75):
        cells = _dropped(mt, _ones(mt), rate)
        found.append(sorted({round(float(cell), 6) for cell in cells.ravel()})[:4])
    return found


def probe_dropout_share(mt: Any, rng: random.Random) -> Any:
    """Look at how many cells are dropped, and whether each is drawn by itself."""
    zeros = [_dropped(mt, _ones(mt), rate) == 0.0 for rate in (0.2, 0.8)]
    shares = [
        bool(abs(float(each.mean()) - rate) < 0.06)
        for each, rate in zip(zeros, (0.2, 0.8), strict=True)
    ]
    mixed = [bool(((each.mean(dim) > 0.0) & (each.mean(dim) < 1.0)).any())
             for dim in (1, 0) for each in zeros[:1]]  # fmt: skip
    return [*shares, *mixed]


def probe_dropout_gradient(mt: Any, rng: random.Random) -> Any:
    """Look at the gradient behind dropout: it flows where cells were kept, with the same factor."""
    x = _ones(mt)
    mt.seed(12)
    out = mt.dropout(x, 0.3)
    out.sum().backward()
    grad = x.grad.to_numpy()
    return [bool(abs(grad - out.to_numpy()).max() < 1e-9), bool((grad == 0.0).any())]


def probe_dropout_seed(mt: Any, rng: random.Random) -> Any:
    """Look at two runs after the same seed, and at one that goes on."""
    first = _dropped(mt, _ones(mt), 0.4)
    again = _dropped(mt, _ones(mt), 0.4)
    later = mt.dropout(_ones(mt), 0.4).to_numpy()
    return [bool((first == again).all()), bool((first != later).any())]


def probe_float32(mt: Any, rng: random.Random) -> Any:
    """Look at the kind of numbers: what goes in as float32 comes out as float32."""
    x = _leaf(mt, rng, 2, 3).detach().astype("float32")
    mt.seed(13)
    found = [mt.max(x, 1), mt.softmax(x, 1), mt.logsoftmax(x, 0), mt.dropout(x, 0.5)]
    return [str(each.dtype) for each in found]
