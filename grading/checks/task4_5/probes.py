"""Probes for Task 4.5."""

from __future__ import annotations

from importlib import import_module
from random import Random
from typing import Any

REQUIRES = (
    "task0_1", "task0_4", "task1_3", "task1_4", "task2_1", "task2_2", "task2_3", "task2_4",
    "task3_1", "task3_2", "task4_1", "task4_2", "task4_3", "task4_4",
)  # fmt: skip
SECTION = "guides/module4/04_images.html#task-4-5"
TOLERANCE = 1e-5
PARTS = {
    "probe_network_modes": (
        "At rate 0, in training: are four answers the same?",
        "At rate 0, in evaluation: are four answers the same?",
        "At rate 0.5, in training: are four answers the same?",
        "At rate 0.5, in evaluation: are four answers the same?",
        "At rate 1, in training: are four answers the same?",
        "At rate 1, in evaluation: are four answers the same?",
        "the answers at rate 1",
    ),
    "probe_kim_modes": (
        "At rate 0.5, in training: are eight answers the same?",
        "At rate 0.5, in evaluation: are eight answers the same?",
        "At rate 1, in training: are eight answers the same?",
        "At rate 1, in evaluation: are eight answers the same?",
        "the answers at rate 1",
    ),
    "probe_step[]": ("the loss", "the number of right images", "the parameters afterwards"),
    "probe_count[]": ("the type of the loss", "the loss", "the number of right images"),
}


def _layers(mt: Any) -> Any:
    return import_module(f"{mt.__name__}.layers")


def _images(mt: Any) -> Any:
    return import_module(f"{mt.__name__}.train.images")


def _sentences(mt: Any) -> Any:
    return import_module(f"{mt.__name__}.train.sentences")


def _cells(mt: Any, rng: Random, *shape: int) -> Any:
    """A tensor of float64 on the backend that compiles nothing."""
    count = 1
    for size in shape:
        count *= size
    return mt.tensor([rng.uniform(-1, 1) for _ in range(count)]).view(*shape)


def _shuffle(mt: Any, module: Any, rng: Random) -> Any:
    """Gives every parameter values of this probe's own."""
    for parameter in module.parameters():
        parameter.update(_cells(mt, rng, *parameter.value.shape))
    return module


def _gradients(mt: Any, layer: Any, x: Any) -> Any:
    x.requires_grad_(True)
    out = layer.forward(x)
    (out * out).sum().backward()
    return [list(out.shape), *(leaf.grad.tolist() for leaf in (x, *_values(layer)))]


def _values(module: Any) -> list[Any]:
    return [parameter.value for parameter in module.parameters()]


def probe_linear(mt: Any, rng: Random) -> Any:
    """Look at what linear layers of several sizes return for one row and for several."""
    found = []
    for rows, sizes in [(1, (2, 3)), (4, (3, 2)), (3, (1, 4))]:
        layer = _shuffle(mt, _layers(mt).Linear(*sizes), rng)
        out = layer.forward(_cells(mt, rng, rows, sizes[0]))
        found.append([list(out.shape), out.tolist()])
    return found


def probe_conv1d(mt: Any, rng: Random) -> Any:
    """Look at what a layer of one-dimensional filters returns."""
    found = []
    for n, size, filters, width, length in ((1, 1, 1, 2, 4), (2, 3, 2, 3, 5), (3, 2, 4, 1, 2)):
        layer = _shuffle(mt, _layers(mt).Conv1d(size, filters, width), rng)
        out = layer.forward(_cells(mt, rng, n, size, length))
        found.append([list(out.shape), out.tolist()])
    return found


def probe_conv2d(mt: Any, rng: Random) -> Any:
    """Look at what a layer of two-dimensional filters returns."""
    found = []
    for n, size, filters, kernel, image in ((1, 1, 1, (2, 2), (3, 3)), (2, 2, 3, (1, 2), (2, 4))):
        layer = _shuffle(mt, _layers(mt).Conv2d(size, filters, *kernel), rng)
        out = layer.forward(_cells(mt, rng, n, size, *image))
        found.append([list(out.shape), out.tolist()])
    return found


def probe_layers_gradients(mt: Any, rng: Random) -> Any:
    """Look at the gradients that reach the layers' weights, biases and inputs."""
    layers = _layers(mt)
    return [
        _gradients(mt, _shuffle(mt, layers.Linear(3, 2), rng), _cells(mt, rng, 4, 3)),
        _gradients(mt, _shuffle(mt, layers.Conv1d(2, 3, 2), rng), _cells(mt, rng, 2, 2, 4)),
        _gradients(mt, _shuffle(mt, layers.Conv2d(1, 2, 2, 2), rng), _cells(mt, rng, 2, 1, 3, 3)),
    ]


def _network(mt: Any, rng: Random, rate: float = 0.25) -> Any:
    return _shuffle(mt, _images(mt).Network(4, 2, rate=rate, dtype=float), rng)


def probe_network(mt: Any, rng: Random) -> Any:
    """Look at the log-probabilities of a network in evaluation, and at `mid` and `out`."""
    model = _network(mt, rng)
    model.eval()
    found = []
    for n in (1, 3):
        out = model.forward(_cells(mt, rng, n, 1, 4, 4))
        kept = [[list(x.shape), x.tolist()] for x in (model.mid, model.out)]
        found.append([list(out.shape), out.tolist(), *kept])
    return found


def probe_network_gradients(mt: Any, rng: Random) -> Any:
    """Look at the gradients that reach the parameters of a network without dropout."""
    model = _network(mt, rng, rate=0.0)
    out = model.forward(_cells(mt, rng, 2, 1, 4, 4))
    (out * _cells(mt, rng, 2, 10)).sum().backward()
    return [value.grad.tolist() for value in _values(model)]


def probe_network_modes(mt: Any, rng: Random) -> Any:
    """Look at whether dropout is on in training, off in evaluation, and of the given rate."""
    found = []
    for rate in (0.0, 0.5, 1.0):
        model = _network(mt, rng, rate)
        x = _cells(mt, rng, 1, 1, 4, 4)
        for mode in (model.train, model.eval):
            mode()
            answers = [model.forward(x).tolist() for _ in range(4)]
            found.append(all(each == answers[0] for each in answers))
        model.train()
        if rate == 1.0:  # nothing of the image is left: the last bias alone
            found.append(model.forward(x).tolist())
    return found


def _hot(mt: Any, digits: list[int]) -> Any:
    return mt.tensor([[float(place == digit) for place in range(10)] for digit in digits])


def probe_step(mt: Any, rng: Random) -> Any:
    """Look at one step: its loss, its right images and the parameters after it.

    The parameters hold gradients from before, which the step has to forget.
    """
    found = []
    for n in (1, 3):
        model = _network(mt, rng, rate=0.0)
        for value in _values(model)[::2]:
            value.grad = value.zeros() + 1.0
        optimizer = mt.SGD(model.parameters(), 0.1)
        x, y = _cells(mt, rng, n, 1, 4, 4), _hot(mt, [rng.randrange(10) for _ in range(n)])
        loss, right = _images(mt).train_step(model, optimizer, x, y)
        found.append([float(loss), int(right), [value.tolist() for value in _values(model)]])
    return found


def probe_count(mt: Any, rng: Random) -> Any:
    """Look at the right images of steps so long that each one changes the answers."""
    model = _network(mt, rng, rate=0.0)
    optimizer = mt.SGD(model.parameters(), 30.0)
    found = []
    for _ in range(3):
        for value, parameter in zip(_values(model), model.parameters(), strict=True):
            parameter.update(value.zeros() + 0.01)
        model.linear2.bias.update(mt.tensor([float(place == 4) for place in range(10)]))
        x, y = _cells(mt, rng, 4, 1, 4, 4), _hot(mt, [4, 4, 1, rng.randrange(10)])
        loss, right = _images(mt).train_step(model, optimizer, x, y)
        found.append([type(loss).__name__, float(loss), int(right)])
    return found


def _kim(mt: Any, rng: Random, rate: float = 0.0, widths: tuple[int, ...] = (1, 2, 3)) -> Any:
    return _shuffle(mt, _sentences(mt).CNNSentimentKim(2, 3, widths, rate), rng)


def probe_kim(mt: Any, rng: Random) -> Any:
    """Look at the probabilities that networks of several widths give for sentences."""
    found = []
    for widths, n, length in (((1,), 1, 2), ((2, 3), 2, 4), ((1, 2, 3), 3, 5)):
        model = _kim(mt, rng, widths=widths)
        out = model.forward(_cells(mt, rng, n, length, 3))
        found.append([list(out.shape), out.tolist()])
    return found


def probe_kim_gradients(mt: Any, rng: Random) -> Any:
    """Look at the gradients that reach a sentence network's parameters and its word vectors."""
    model = _kim(mt, rng)
    x = _cells(mt, rng, 2, 4, 3)
    x.requires_grad_(True)
    out = model.forward(x)
    (out * out).sum().backward()
    return [x.grad.tolist(), *(value.grad.tolist() for value in _values(model))]


def probe_kim_negative(mt: Any, rng: Random) -> Any:
    """Look at sentences in which all of a filter's answers are negative."""
    model = _kim(mt, rng)
    for conv in model.convs:
        conv.bias.update(conv.bias.value.zeros() - 2.0)
    return model.forward(_cells(mt, rng, 3, 4, 3) * 0.2).tolist()


def probe_kim_modes(mt: Any, rng: Random) -> Any:
    """Look at whether the sentence network's dropout is on in training and off in evaluation."""
    found = []
    for rate in (0.5, 1.0):
        model = _kim(mt, rng, rate)
        for conv in model.convs:
            conv.bias.update(conv.bias.value.zeros() + 3.0)  # every filter answers
        x = _cells(mt, rng, 2, 4, 3)
        for mode in (model.train, model.eval):
            mode()
            answers = [model.forward(x).tolist() for _ in range(8)]
            found.append(all(each == answers[0] for each in answers))
    model.train()
    return [*found, model.forward(x).tolist()]
