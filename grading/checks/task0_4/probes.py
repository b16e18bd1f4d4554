"""Probes for Task 0.4."""

from __future__ import annotations

from random import Random
from typing import Any

REQUIRES = ()
SECTION = "guides/module0/05_modules.html#task-0-4"
TOLERANCE = 1e-6
RELEASED = ("probe_names_and_order", "probe_eval")
PARTS = {
    "probe_named_parameters_of_one_module": (
        "without parameters", "with one", "asked again", "the very Parameter",
    ),
    "probe_parameters[]": ("how many", "their values", "the very Parameters"),
    "probe_shared_parameter": (
        "named_parameters", "how many", "how many of two that look the same",
    ),
    "probe_eval[]": ("a part", "the whole tree", "the whole tree again"),
    "probe_train_again[]": ("a part", "the whole tree", "the whole tree again"),
}  # fmt: skip


def _tree(mt: Any, rng: Random, depth: int = 3) -> Any:
    """Build a random tree of modules with parameters, plain data and submodules."""
    module = mt.Module()
    for i in range(rng.randint(0, 2)):
        setattr(module, f"p{i}", mt.Parameter(rng.randint(0, 99)))
    module.data = rng.random()
    for i in range(rng.randint(1, 2) if depth else 0):
        setattr(module, f"m{i}", _tree(mt, rng, depth - 1))
    return module


def _named(module: Any) -> list[list[Any]]:
    return [[name, parameter.value] for name, parameter in module.named_parameters()]


def _all(module: Any) -> list[Any]:
    """Return the module and all below it, found without the student's methods."""
    return [module, *(below for child in module.modules() for below in _all(child))]


def _modes(module: Any) -> list[bool]:
    return [bool(each.training) for each in _all(module)]


def probe_names_and_order(mt: Any, rng: Random) -> Any:
    """Look at named_parameters of random trees: dotted names, own parameters before children's."""
    return [_named(_tree(mt, rng)) for _ in range(4)]


def probe_named_parameters_of_one_module(mt: Any, rng: Random) -> Any:
    """Look at a module without submodules, one with plain data only, and the same one again."""
    module = mt.Module()
    empty = _named(module)
    module.data = 25
    module.weight = mt.Parameter(rng.randint(1, 9))
    pair = module.named_parameters()[0]
    return [empty, _named(module), _named(module), pair[1] is module.weight]


def probe_parameters(mt: Any, rng: Random) -> Any:
    """Look at parameters: all of them, in the order of their names, the very objects."""
    found = []
    for _ in range(3):
        tree = _tree(mt, rng)
        parameters = tree.parameters()
        objects = [parameter for _, parameter in tree.named_parameters()]
        same = [a is b for a, b in zip(parameters, objects, strict=False)]
        found.append([len(parameters), [p.value for p in parameters], same])
    return found


def probe_shared_parameter(mt: Any, rng: Random) -> Any:
    """Look at a Parameter in two places of the tree, and at a module in two places."""
    tree, shared = mt.Module(), mt.Parameter(rng.randint(1, 9))
    tree.left, tree.right = mt.Module(), mt.Module()
    tree.left.weight = shared
    tree.right.tied = shared
    tree.right.own = mt.Parameter(10)
    tree.again = tree.right
    twins = mt.Module()
    twins.a, twins.b = mt.Parameter(1), mt.Parameter(1)
    return [_named(tree), len(tree.parameters()), len(twins.parameters())]


def probe_eval(mt: Any, rng: Random) -> Any:
    """Look at eval: the mode of every module of random trees, of a part, and again of the tree."""
    found = []
    for _ in range(3):
        tree = _tree(mt, rng)
        tree.modules()[0].eval()
        part = _modes(tree)
        tree.eval()
        whole = _modes(tree)
        tree.modules()[0].train()
        tree.eval()
        found.append([part, whole, _modes(tree)])
    return found


def probe_train_again(mt: Any, rng: Random) -> Any:
    """Look at train after eval, on the whole tree and on a part; eval twice is like once."""
    found = []
    for _ in range(3):
        tree = _tree(mt, rng)
        tree.eval()
        tree.eval()
        tree.modules()[0].train()
        part = _modes(tree)
        tree.train()
        whole = _modes(tree)
        tree.modules()[0].eval()
        tree.train()
        found.append([part, whole, _modes(tree)])
    return found
