"""Probes for Task 1.5."""

from __future__ import annotations

from importlib import import_module
from random import Random
from typing import Any

REQUIRES = ("task0_1", "task0_4", "task1_2", "task1_3", "task1_4")
SECTION = "guides/module1/05_training.html#task-1-5"
TOLERANCE = 1e-5
RELEASED = ("probe_linear", "probe_step")
PARTS = {
    "probe_linear_derivatives": (
        "the first input",
        "the second input",
        "weight 1.1",
        "weight 1.2",
        "weight 2.1",
        "weight 2.2",
        "the first bias",
        "the second bias",
    ),
    "probe_step": (
        "the loss",
        "the number of right points",
        "the parameters afterwards",
        "the loss of a long step",
        "the number of right points of a long step",
        "the loss of a long step",
        "the number of right points of a long step",
        "the loss of a long step",
        "the number of right points of a long step",
        "the loss of a long step",
        "the number of right points of a long step",
    ),
    "probe_several_steps": (
        "the first step",
        "the second step",
        "the third step",
        "the fourth step",
        "Are the losses plain numbers?",
    ),
    "probe_several_steps[]": ("its loss", "its number of right points"),
}


def _module(mt: Any) -> Any:
    return import_module(f"{mt.__name__}.train.scalar")


def _shuffle(mt: Any, module: Any, rng: Random) -> Any:
    """Give every parameter a value of this probe's own."""
    for parameter in module.parameters():
        parameter.update(mt.Scalar(rng.uniform(-1, 1)))
    return module


def _data(mt: Any, rng: Random, n: int = 6) -> Any:
    X = [(rng.random(), rng.random()) for _ in range(n)]
    return mt.Graph(n, X, [int(x1 < x2) for x1, x2 in X])


def probe_linear(mt: Any, rng: Random) -> Any:
    """Look at what layers of several sizes return for numbers and for Scalars."""
    found = []
    for sizes in [(2, 3), (3, 2), (1, 1), (4, 1)]:
        layer = _shuffle(mt, _module(mt).Linear(*sizes), rng)
        xs = [rng.uniform(-2, 2) for _ in range(sizes[0])]
        found.append([out.data for out in layer.forward(xs)])
        found.append([out.data for out in layer.forward([mt.Scalar(x) for x in xs])])
    return found


def probe_linear_derivatives(mt: Any, rng: Random) -> Any:
    """Look at the derivatives that reach a layer's weights, biases and inputs."""
    layer = _shuffle(mt, _module(mt).Linear(2, 2), rng)
    xs = [mt.Scalar(rng.uniform(-2, 2)) for _ in range(2)]
    first, second = layer.forward(xs)
    (first * 2.0 + second).backward()
    leaves = [*xs, *(parameter.value for parameter in layer.parameters())]
    return [leaf.derivative for leaf in leaves]


def probe_network(mt: Any, rng: Random) -> Any:
    """Look at the probability that networks of several sizes give for some points."""
    found = []
    for hidden in (1, 2, 5):
        model = _shuffle(mt, _module(mt).Network(hidden), rng)
        points = [(rng.uniform(-2, 2), rng.uniform(-2, 2)) for _ in range(4)]
        found.append([model.forward(point).data for point in points])
    return found


def probe_step(mt: Any, rng: Random) -> Any:
    """Look at one step: loss and correct points from before it, and the parameters after it.

    Some parameters hold derivatives from before, which the step has to forget.
    """
    model = _shuffle(mt, _module(mt).Network(3), rng)
    for parameter in model.parameters()[::2]:
        parameter.value.derivative = 1.0
    optimizer = mt.SGD(model.parameters(), 0.5)
    loss, correct = _module(mt).train_step(model, optimizer, _data(mt, rng))
    found = [float(loss), int(correct), [p.value.data for p in model.parameters()]]
    for _ in range(4):  # such long steps change what is right
        model = _shuffle(mt, _module(mt).Network(2), rng)
        optimizer = mt.SGD(model.parameters(), 30.0)
        loss, correct = _module(mt).train_step(model, optimizer, _data(mt, rng))
        found += [float(loss), int(correct)]
    return found


def probe_several_steps(mt: Any, rng: Random) -> Any:
    """Look at the losses of several steps: plain numbers, each step with derivatives of its own."""
    model = _shuffle(mt, _module(mt).Network(2), rng)
    optimizer = mt.SGD(model.parameters(), 0.2)
    data = _data(mt, rng, 8)
    steps = [_module(mt).train_step(model, optimizer, data) for _ in range(4)]
    plain = not any(hasattr(loss, "history") for loss, _ in steps)
    return [[float(loss), int(correct)] for loss, correct in steps] + [plain]
