"""Probes for Task 2.5."""

from __future__ import annotations

from importlib import import_module
from math import prod
from random import Random
from typing import Any

REQUIRES = (
    "task0_1", "task0_4", "task1_3", "task1_4", "task2_1", "task2_2", "task2_3", "task2_4",
)  # fmt: skip
SECTION = "guides/module2/05_training.html#task-2-5"
TOLERANCE = 1e-5
RELEASED = ("probe_linear", "probe_network")
PARTS = {
    "probe_linear[]": ("the shape", "the cells"),
    "probe_linear_gradients": ("the inputs", "the weights", "the bias"),
    "probe_network[]": ("the shape", "the cells"),
    "probe_step": ("the loss", "the number of right points", "the parameters afterwards"),
    "probe_count[]": ("the type of the loss", "the loss", "the number of right points"),
    "probe_several_steps[]": ("the loss", "the number of right points"),
}


def _module(mt: Any) -> Any:
    return import_module(f"{mt.__name__}.train.tensor")


def _draw(mt: Any, rng: Random, *shape: int, width: float = 2.0) -> Any:
    row = [rng.uniform(-width, width) for _ in range(prod(shape))]
    return mt.Tensor.make(row, shape)


def _shuffle(mt: Any, module: Any, rng: Random) -> Any:
    """Give every parameter a value of this probe's own."""
    for parameter in module.parameters():
        parameter.update(_draw(mt, rng, *parameter.value.shape, width=1.0))
    return module


def _data(mt: Any, rng: Random, n: int = 6) -> Any:
    X = [(rng.random(), rng.random()) for _ in range(n)]
    return mt.Graph(n, X, [int(x1 < x2) for x1, x2 in X])


def probe_linear(mt: Any, rng: Random) -> Any:
    """Look at shapes and numbers of what layers of several sizes return."""
    found = []
    for n, ins, outs in [(4, 2, 3), (2, 3, 3), (1, 1, 1), (5, 4, 1), (1, 2, 2)]:
        layer = _shuffle(mt, _module(mt).Linear(ins, outs), rng)
        out = layer.forward(_draw(mt, rng, n, ins))
        found.append([list(out.shape), out.tolist()])
    return found


def probe_linear_gradients(mt: Any, rng: Random) -> Any:
    """Look at the gradients that reach a layer's weights, bias and inputs."""
    layer = _shuffle(mt, _module(mt).Linear(2, 3), rng)
    x = _draw(mt, rng, 4, 2)
    x.requires_grad_(True)
    (layer.forward(x) * _draw(mt, rng, 4, 3)).sum().backward()
    leaves = [x, layer.weights.value, layer.bias.value]
    return [None if leaf.grad is None else leaf.grad.tolist() for leaf in leaves]


def probe_network(mt: Any, rng: Random) -> Any:
    """Look at the probabilities that networks of several sizes give for some points."""
    found = []
    for hidden, n in [(1, 3), (2, 5), (5, 1)]:
        model = _shuffle(mt, _module(mt).Network(hidden), rng)
        out = model.forward(_draw(mt, rng, n, 2))
        found.append([list(out.shape), out.tolist()])
    return found


def probe_step(mt: Any, rng: Random) -> Any:
    """Look at one step: its loss, its correct points and the parameters after it.

    Some parameters hold gradients from before, which the step has to forget.
    """
    model = _shuffle(mt, _module(mt).Network(3), rng)
    for parameter in model.parameters()[::2]:
        parameter.value.derivative = parameter.value.zeros() + 1.0
    optimizer = mt.SGD(model.parameters(), 0.5)
    loss, correct = _module(mt).train_step(model, optimizer, _data(mt, rng))
    return [float(loss), int(correct), [p.value.tolist() for p in model.parameters()]]


def probe_count(mt: Any, rng: Random) -> Any:
    """Look at the correct points of steps so long that each one changes the answers."""
    model = _shuffle(mt, _module(mt).Network(3), rng)
    optimizer = mt.SGD(model.parameters(), 20.0)
    found = []
    for one in (0, 1, 0, 1):
        data = mt.Graph(3, [(rng.random(), rng.random()) for _ in range(3)], [one, one, 1 - one])
        for parameter in model.parameters():
            parameter.update(parameter.value.zeros() + 0.25)
        model.layer3.bias.update(mt.tensor([-1.0 if one else 0.5]))
        loss, correct = _module(mt).train_step(model, optimizer, data)
        found.append([type(loss).__name__, float(loss), int(correct)])
    return found


def probe_several_steps(mt: Any, rng: Random) -> Any:
    """Look at the losses of several steps: each starts with the gradients of its own."""
    model = _shuffle(mt, _module(mt).Network(2), rng)
    optimizer = mt.SGD(model.parameters(), 0.2)
    data = _data(mt, rng, 8)
    steps = [_module(mt).train_step(model, optimizer, data) for _ in range(4)]
    return [[float(loss), int(correct)] for loss, correct in steps]
