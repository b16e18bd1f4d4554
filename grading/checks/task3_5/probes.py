"""Probes for Task 3.5."""

from __future__ import annotations

from importlib import import_module
from random import Random
from typing import Any

REQUIRES = (
    "task0_1", "task0_4", "task1_3", "task1_4", "task2_1", "task2_2", "task2_3", "task2_4",
    "task3_1", "task3_2",
)  # fmt: skip
SECTION = "guides/module3/05_training.html#task-3-5"
TOLERANCE = 1e-5
PARTS = {
    "probe_linear[]": ("the shape", "the cells"),
    "probe_linear_gradients": ("the inputs", "the weights", "the bias"),
    "probe_network[]": ("the shape", "the cells"),
    "probe_step": ("the loss", "the number of right points", "the parameters afterwards"),
    "probe_batches_of_two_sizes": (
        "the steps' losses and right points",
        "the parameters afterwards",
    ),
    "probe_count[]": ("the type of the loss", "the loss", "the number of right points"),
}


def _module(mt: Any) -> Any:
    return import_module(f"{mt.__name__}.train.fast")


def _backend(mt: Any) -> Any:
    """The plain one: nothing needs to be compiled."""
    return mt.SimpleBackend


def _cells(mt: Any, rng: Random, rows: int, columns: int) -> Any:
    numbers = [[rng.uniform(-2, 2) for _ in range(columns)] for _ in range(rows)]
    return mt.tensor(numbers, backend=_backend(mt))


def _shuffle(mt: Any, module: Any, rng: Random) -> Any:
    """Give every parameter values of this probe's own."""
    for parameter in module.parameters():
        shape = parameter.value.shape
        values = _cells(mt, rng, 1, parameter.value.size).view(*shape)
        parameter.update(mt.tensor((values * 0.5).tolist(), backend=_backend(mt)))
    return module


def _batch(mt: Any, rng: Random, n: int) -> tuple[Any, Any]:
    X = _cells(mt, rng, n, 2)
    y = mt.tensor([float(rng.random() < 0.5) for _ in range(n)], backend=_backend(mt))
    return X, y


def probe_linear(mt: Any, rng: Random) -> Any:
    """Look at what layers of several sizes return for one point and for several."""
    found = []
    for rows, sizes in [(1, (2, 3)), (4, (3, 2)), (5, (1, 1)), (3, (4, 4))]:
        layer = _shuffle(mt, _module(mt).Linear(*sizes, _backend(mt)), rng)
        out = layer.forward(_cells(mt, rng, rows, sizes[0]))
        found.append([list(out.shape), out.tolist()])
    return found


def probe_linear_gradients(mt: Any, rng: Random) -> Any:
    """Look at the gradients that reach a layer's weights, bias and inputs."""
    layer = _shuffle(mt, _module(mt).Linear(3, 2, _backend(mt)), rng)
    x = _cells(mt, rng, 4, 3)
    x.requires_grad_(True)
    out = layer.forward(x)
    (out * out).sum().backward()
    leaves = [x, *(parameter.value for parameter in layer.parameters())]
    return [None if leaf.grad is None else leaf.grad.tolist() for leaf in leaves]


def probe_network(mt: Any, rng: Random) -> Any:
    """Look at the probabilities that networks of several sizes give."""
    found = []
    for hidden, rows in ((1, 3), (2, 1), (5, 4)):
        model = _shuffle(mt, _module(mt).Network(hidden, _backend(mt)), rng)
        out = model.forward(_cells(mt, rng, rows, 2))
        found.append([list(out.shape), out.tolist()])
    return found


def probe_step(mt: Any, rng: Random) -> Any:
    """Look at one step: its loss, its correct points and the parameters after it.

    Some parameters hold gradients from before, which the step has to forget.
    """
    model = _shuffle(mt, _module(mt).Network(3, _backend(mt)), rng)
    for parameter in list(model.parameters())[::2]:
        parameter.value.grad = parameter.value.zeros() + 1.0
    optimizer = mt.SGD(model.parameters(), 0.5)
    loss, correct = _module(mt).train_step(model, optimizer, *_batch(mt, rng, 7))
    return [float(loss), int(correct), [p.value.tolist() for p in model.parameters()]]


def probe_batches_of_two_sizes(mt: Any, rng: Random) -> Any:
    """Look at the losses of several steps with batches of different sizes."""
    model = _shuffle(mt, _module(mt).Network(2, _backend(mt)), rng)
    optimizer = mt.SGD(model.parameters(), 0.3)
    found = []
    for size in (4, 4, 1, 6, 4):
        loss, correct = _module(mt).train_step(model, optimizer, *_batch(mt, rng, size))
        found.append([float(loss), int(correct)])
    return [found, [p.value.tolist() for p in model.parameters()]]


def probe_count(mt: Any, rng: Random) -> Any:
    """Look at the correct points of steps so long that each one changes the answers."""
    model = _module(mt).Network(3, _backend(mt))
    optimizer = mt.SGD(model.parameters(), 20.0)
    found = []
    for one in (0.0, 1.0):
        for parameter in model.parameters():
            parameter.update(parameter.value.zeros() + 0.25)
        model.layer3.bias.update(mt.tensor([-1.0 if one else 0.5], backend=_backend(mt)))
        X = mt.tensor([[rng.random(), rng.random()] for _ in range(3)], backend=_backend(mt))
        y = mt.tensor([one, one, 1.0 - one], backend=_backend(mt))
        loss, correct = _module(mt).train_step(model, optimizer, X, y)
        found.append([type(loss).__name__, float(loss), int(correct)])
    return found
