"""Probes for Task 2.3."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

REQUIRES = ("task0_1", "task0_3", "task2_1", "task2_2")
SECTION = "guides/module2/03_operations.html#task-2-3"
TOLERANCE = 1e-6
RELEASED = ("probe_map", "probe_operators")
PARTS = {
    "probe_operators": (
        "a + b", "a - b", "b - a", "a * b", "-a", "a + n", "n + a", "a * n", "n * a", "a - n",
        "a + a.sum(0)", "shapes that don't fit",
    ),
    "probe_comparisons": (
        "a < b", "a > b", "a == b", "b > a", "a < n", "a > n", "a == n", "a.all()",
        "(a < 3).all()", "(a < 3).all(0)", "(a > 0).all(1)", "all(1) of a permuted tensor",
    ),
    "probe_histories": ("remembers its history", "dtype beside a number", "dtype of mean and <"),
    "probe_shapes": (
        "size and dims", "permute", "permute twice", "view(4, 6)", "view(24)",
        "view of a permuted tensor", "view(5, 5)", "permute shares the storage",
        "view shares the storage", "zero_grad_ forgets the gradient",
    ),
}  # fmt: skip


def _numbers(rng: random.Random, n: int) -> list[float]:
    return [round(rng.uniform(-5, 5), 3) for _ in range(n)]


def _tensor(mt: Any, rng: random.Random, *shape: int) -> Any:
    size = 1
    for n in shape:
        size *= n
    return mt.Tensor.make(_numbers(rng, size), shape, backend=mt.SimpleBackend)


def _try(f: Callable[[], Any]) -> Any:
    """Return shape and cells of a result, or the name of the error."""
    try:
        result = f()
    except NotImplementedError:
        raise
    except Exception as error:
        return type(error).__name__
    return [list(result.shape), result.to_numpy().tolist()]


def probe_map(mt: Any, rng: random.Random) -> Any:
    """Look at tensor_map on its own: row by row, permuted, and broadcast to a larger output."""
    kernel = mt.tensor_ops.tensor_map(lambda x: 2.0 * x + 1.0)
    found = []
    for source, target in [((2, 3), (2, 3)), ((3,), (2, 3)), ((2, 1), (2, 3)), ((1, 3), (4, 2, 3))]:
        data = mt.TensorData(
            _numbers(rng, 3 if 3 in source and 2 not in source else 6)
            if source != (2, 1)
            else _numbers(rng, 2),
            source,
        )
        size = 24 if len(target) == 3 else 6
        out = mt.TensorData([0.0] * size, target)
        kernel(*out.tuple(), *data.tuple())
        found.append(out._storage.tolist())
    wide = mt.TensorData(_numbers(rng, 6), (3, 2), (1, 3))
    out = mt.TensorData([0.0] * 6, (3, 2), (1, 3))
    kernel(*out.tuple(), *wide.tuple())
    found.append(out._storage.tolist())
    out = mt.TensorData([0.0] * 6, (3, 2))
    kernel(*out.tuple(), *wide.tuple())
    return [*found, out._storage.tolist()]


def probe_zip(mt: Any, rng: random.Random) -> Any:
    """Look at tensor_zip on its own: layouts that differ, and broadcasting on either side."""
    kernel = mt.tensor_ops.tensor_zip(lambda x, y: x - 2.0 * y)
    a = mt.TensorData(_numbers(rng, 6), (2, 3))
    turned = mt.TensorData(_numbers(rng, 6), (2, 3), (1, 2))
    row, column = mt.TensorData(_numbers(rng, 3), (3,)), mt.TensorData(_numbers(rng, 2), (2, 1))
    found = []
    for left, right in [(a, a), (a, turned), (turned, a), (a, row), (row, a), (column, row)]:
        out = mt.TensorData([0.0] * 6, (2, 3))
        kernel(*out.tuple(), *left.tuple(), *right.tuple())
        found.append(out._storage.tolist())
    return found


def probe_reduce(mt: Any, rng: random.Random) -> Any:
    """Look at tensor_reduce on its own: each dimension, any layout, starting from what is there."""
    kernel = mt.tensor_ops.tensor_reduce(lambda total, x: 2.0 * total + x)
    found = []
    for strides in [(12, 4, 1), (1, 2, 6)]:
        data = mt.TensorData(_numbers(rng, 24), (2, 3, 4), strides)
        for dim, shape in [(0, (1, 3, 4)), (1, (2, 1, 4)), (2, (2, 3, 1))]:
            size = shape[0] * shape[1] * shape[2]
            out = mt.TensorData([1.0] * size, shape)
            kernel(*out.tuple(), *data.tuple(), dim)
            found.append(out._storage.tolist())
    return found


def probe_functions(mt: Any, rng: random.Random) -> Any:
    """Look at sigmoid, relu, log, exp and is_close of tensors in several layouts."""
    found = []
    for t in [_tensor(mt, rng, 5), _tensor(mt, rng, 2, 3).permute(1, 0), _tensor(mt, rng, 1, 2, 2)]:
        found += [_try(t.sigmoid), _try(t.relu), _try((t * t).log), _try(t.exp)]
        found.append(_try(lambda t=t: t.is_close(t + 0.009)))
        found.append(_try(lambda t=t: t.is_close(t + 0.011)))
    return found


def probe_operators(mt: Any, rng: random.Random) -> Any:
    """Look at + - * and negation, with tensors that broadcast and with numbers on either side."""
    a, b = _tensor(mt, rng, 2, 3), _tensor(mt, rng, 2, 1)
    n = rng.uniform(1, 3)
    return [
        _try(f)
        for f in (
            lambda: a + b,
            lambda: a - b,
            lambda: b - a,
            lambda: a * b,
            lambda: -a,
            lambda: a + n,
            lambda: n + a,
            lambda: a * n,
            lambda: n * a,
            lambda: a - n,
            lambda: a + a.sum(0),
            lambda: a + _tensor(mt, rng, 3, 2),
        )
    ]


def probe_comparisons(mt: Any, rng: random.Random) -> Any:
    """Look at <, > and ==, equal cells among them, and at all()."""
    a = mt.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])
    b = mt.tensor([2.0, 2.0, 2.0])
    n = float(rng.randint(1, 3))
    return [
        _try(f)
        for f in (
            lambda: a < b,
            lambda: a > b,
            lambda: a == b,
            lambda: b > a,
            lambda: a < n,
            lambda: a > n,
            lambda: a == n,
            lambda: a.all(),
            lambda: (a < 3).all(),
            lambda: (a < 3).all(0),
            lambda: (a > 0).all(1),
            lambda: (a - 2.0).permute(1, 0).all(1),
        )
    ]


def probe_reductions(mt: Any, rng: random.Random) -> Any:
    """Look at sum and mean over each dimension and over all, of permuted tensors too."""
    found = []
    t = _tensor(mt, rng, 2, 3, 4)
    for each in (t, t.permute(2, 0, 1)):
        for dim in (0, 1, 2, None):
            found += [
                _try(lambda e=each, d=dim: e.sum(d)),
                _try(lambda e=each, d=dim: e.mean(d)),
            ]
    return found


def probe_histories(mt: Any, rng: random.Random) -> Any:
    """Look at what a method's result remembers, and at its dtype: gradients need a history."""
    x = _tensor(mt, rng, 2, 3)
    x.requires_grad_(True)
    y = _tensor(mt, rng, 2, 3)
    single = _tensor(mt, rng, 2, 3).astype("float32")

    def remembered(f: Callable[[Any], Any]) -> bool:
        history = f(x).history
        return history is not None and history.last_fn is not None

    methods = [
        lambda t: t + y,
        lambda t: y - t,
        lambda t: t * y,
        lambda t: 2.0 + t,
        lambda t: 2.0 * t,
        lambda t: -t,
        lambda t: t.sigmoid(),
        lambda t: t.relu(),
        lambda t: t.log(),
        lambda t: t.exp(),
        lambda t: t.sum(),
        lambda t: t.sum(1),
        lambda t: t.mean(),
        lambda t: t.mean(0),
        lambda t: t.view(6),
        lambda t: t.permute(1, 0),
    ]
    numbers = [lambda: single + 1.0, lambda: single - 2, lambda: 2.0 * single, lambda: 1 + single]
    return [
        [remembered(f) for f in methods],
        [str(f().dtype) for f in numbers],
        [str(single.mean().dtype), str((single < 1.0).dtype)],
    ]


def probe_shapes(mt: Any, rng: random.Random) -> Any:
    """Look at size, dims, view and permute, and at what a view refuses."""
    t = _tensor(mt, rng, 2, 3, 4)
    t.grad = t
    t.zero_grad_()
    turned = t.permute(1, 2, 0)
    return [
        [t.size, t.dims, turned.size, mt.tensor(1.0).dims],
        _try(lambda: turned),
        _try(lambda: turned.permute(1, 2, 0)),
        _try(lambda: t.view(4, 6)),
        _try(lambda: t.view(24)),
        _try(lambda: turned.view(24)),
        _try(lambda: t.view(5, 5)),
        turned._tensor._storage is t._tensor._storage,
        t.view(24)._tensor._storage is t._tensor._storage,
        t.grad is None,
    ]
