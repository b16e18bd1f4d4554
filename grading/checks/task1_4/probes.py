"""Probes for Task 1.4."""

from __future__ import annotations

from random import Random
from typing import Any

REQUIRES = ("task0_1", "task1_1", "task1_2", "task1_3")
SECTION = "guides/module1/04_backpropagation.html#task-1-4"
TOLERANCE = 1e-6
RELEASED = ("probe_products", "probe_several_uses")
PARTS = {
    "probe_order[]": (
        "Does the output come first?", "how many come", "how many different ones come",
        "Do results come before their inputs?", "Are there constants in it?",
    ),
    "probe_where_derivatives_are_kept": (
        "a leaf", "the leaf after a second pass", "a result in the middle", "the output",
        "constants", "a leaf without a history",
    ),
    "probe_large_graphs": ("a long chain", "a value doubled"),
}  # fmt: skip


def _gradients(f: Any, *xs: Any, start: float | None = None) -> list[float | None]:
    """Return the derivative of f in each leaf."""
    out = f(*xs)
    out.backward() if start is None else out.backward(start)
    return [x.derivative for x in xs]


def probe_products(mt: Any, rng: Random) -> Any:
    """Look at the backward of Mul, Inv and Neg, in products, quotients and differences."""
    found = []
    for _ in range(4):
        a, b = rng.uniform(0.5, 5), -rng.uniform(0.5, 5)
        for f in (lambda x, y: x * y, lambda x, y: x / y, lambda x, y: x - y):
            found.append(_gradients(f, mt.Scalar(a), mt.Scalar(b)))
        found.append(_gradients(lambda x: 1 / x, mt.Scalar(b), start=rng.uniform(2, 3)))
        found.append(_gradients(lambda x: -x, mt.Scalar(a), start=rng.uniform(2, 3)))
    return found


def probe_curves(mt: Any, rng: Random) -> Any:
    """Look at the backward of Sigmoid, ReLU and Exp on both sides of 0, and of ReLU at 0."""
    found = []
    for a in [rng.uniform(0.5, 3), -rng.uniform(0.5, 3), 0.0]:
        for f in (lambda x: x.sigmoid(), lambda x: x.relu(), lambda x: x.exp()):
            found.append(_gradients(f, mt.Scalar(a), start=rng.uniform(2, 3)))
    return found


def probe_comparisons(mt: Any, rng: Random) -> Any:
    """Look at the backward of LT and EQ: nothing flows through a comparison."""
    found = []
    for a, b in [(1.0, 2.0), (2.0, 1.0), (3.0, 3.0)]:
        for f in (lambda x, y: x < y, lambda x, y: x > y, lambda x, y: x == y):
            found.append(_gradients(f, mt.Scalar(a), mt.Scalar(b)))
            found.append(_gradients(lambda x, y, f=f: f(x, y) * x, mt.Scalar(a), mt.Scalar(b)))
    return found


def probe_order(mt: Any, rng: Random) -> Any:
    """Look at the sorted graph of an expression: each once, results before inputs, no constants."""
    found = []
    for _ in range(3):
        values = [mt.Scalar(rng.uniform(0.5, 1)) for _ in range(3)]
        for _ in range(8):
            a, b = rng.choice(values), rng.choice(values)
            values.append(rng.choice([a + b, a * b, a.log(), a + 1.0]))
        out = values[-1] + values[-2]
        order = list(mt.topological_sort(out))
        place = {id(node): i for i, node in enumerate(order)}
        right = [
            place.get(id(parent), -1) > place[id(node)]
            for node in order
            for parent in node.parents
            if not parent.is_constant()
        ]
        constants = any(node.is_constant() for node in order)
        found.append([order[0] is out, len(order), len(place), all(right), constants])
    return found


def probe_several_uses(mt: Any, rng: Random) -> Any:
    """Look at values used more than once, on paths of different lengths, and at a pair of twins."""

    def bowtie(x: Any, y: Any) -> Any:
        z = x * y
        return z.log() + z.exp()

    def uneven(x: Any, y: Any) -> Any:
        long = (((x + 1.0) * 2.0 + y) * 0.5 + 1.0) * y
        return long * x + x

    found = []
    for _ in range(4):
        a, b = rng.uniform(0.5, 1.5), rng.uniform(0.5, 1.5)
        for f in (bowtie, uneven, lambda x, y: x * x * y + x + x):
            found.append(_gradients(f, mt.Scalar(a), mt.Scalar(b)))
    # Two variables may look the same, and are two all the same.
    c = rng.uniform(0.5, 1.5)
    found.append(_gradients(uneven, mt.Scalar(c, name="x"), mt.Scalar(c, name="x")))
    return found


def probe_where_derivatives_are_kept(mt: Any, rng: Random) -> Any:
    """Look at leaves, results and constants: only leaves keep a derivative, and it adds up."""
    x = mt.Scalar(rng.uniform(1, 2))
    middle = x * 3.0
    out = middle * x
    out.backward()
    first = x.derivative
    out.backward(2.0)
    constants = [v.derivative for v in (*middle.parents, *out.parents) if v.is_constant()]
    lonely = mt.Scalar(1.0)
    lonely.backward(5.0)
    return [first, x.derivative, middle.derivative, out.derivative, constants, lonely.derivative]


def probe_large_graphs(mt: Any, rng: Random) -> Any:
    """Look at a chain of 20,000 operations and at a value doubled by adding it to itself."""
    x = chain = mt.Scalar(rng.uniform(0, 1))
    for _ in range(20_000):
        chain = chain + 1.0
    chain.backward()
    y = doubled = mt.Scalar(1.0)
    for _ in range(18):
        doubled = doubled + doubled
    doubled.backward()
    return [x.derivative, y.derivative]
