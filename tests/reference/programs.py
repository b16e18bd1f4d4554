"""Random programs of tensors, each run on a backend and in NumPy, with exact slopes.

The oracle runs the same program on complex numbers: with i·1e-100 added to one cell of a leaf, the
imaginary part of every result is its slope in that cell times 1e-100, to the last digits, since
nothing is subtracted. Comparisons look at the real part.

`python tests/reference/programs.py FastOps 1000` runs a thousand and prints what differs.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

import minitorch as mt
from minitorch.kernels.simulator import gpu_or_simulator

Array = npt.NDArray[np.complex128]
Cells = npt.NDArray[np.float64]
Run = Callable[[list[Any]], Any]  # of all values so far; returns the next, or None

STEP = 1e-100
CLOSE = 0.02  # no inexact number is compared with another that is closer than this
LARGEST = 50.0
LAST = 8  # of so many values the weighted sum is differentiated
SIZES = (1, 1, 2, 2, 2, 3, 3, 3, 3, 0)  # of a leaf's dimensions


@dataclass(frozen=True)
class Step:
    """One operation, for tensors and for arrays.

    Attributes:
        said: what it does; `vN` are values.
        tensors: the operation on tensors.
        arrays: the same on complex arrays.
        takes: which values it reads.
        view: the result shares its input's memory.
        exact: of quarters it makes quarters, which every dtype holds.
        kinks: how far each number is from where the slope or the value jumps.
    """

    said: str
    tensors: Run
    arrays: Run
    takes: tuple[int, ...]
    view: bool = False
    exact: bool = False
    kinks: tuple[Callable[[list[Array]], Cells], ...] = ()

    @property
    def writes(self) -> bool:
        """It makes no value, and writes into one."""
        return " = " in self.said


@dataclass
class Program:
    """Leaves, steps, and what the last values are weighed with.

    Attributes:
        seed: what it was made of.
        dtype: float64 or float32.
        leaves: the first values.
        learns: which leaves want a gradient.
        steps: each but a write adds a value.
        weights: of the last values, whose weighted sum is differentiated.
        writes: into how many values it writes.
        late: it writes where an operation may have saved a number, so backward may refuse.
    """

    seed: int
    dtype: npt.DTypeLike
    leaves: list[Cells]
    learns: list[bool]
    steps: list[Step] = field(default_factory=list)
    weights: list[Cells] = field(default_factory=list)
    writes: int = 0
    late: bool = False

    def __str__(self) -> str:
        lines = [
            f"v{n} = {'leaf' if learns else 'constant'} {leaf.tolist()}"
            for n, (leaf, learns) in enumerate(zip(self.leaves, self.learns, strict=True))
        ]
        number = len(lines)
        for step in self.steps:
            lines.append(step.said if step.writes else f"v{number} = {step.said}")
            number += not step.writes
        return f"program {self.seed}, {np.dtype(self.dtype)}:\n  " + "\n  ".join(lines)

    def on(self, backend: Any) -> list[Any]:
        """Run it on a backend; return all values."""
        values: list[Any] = [
            mt.tensor(leaf.astype(self.dtype), backend=backend, requires_grad=learns)
            for leaf, learns in zip(self.leaves, self.learns, strict=True)
        ]
        for step in self.steps:
            new = step.tensors(values)
            values += [new] if new is not None else []
        return values

    def in_numpy(self, leaf: int | None = None, place: tuple[int, ...] = ()) -> list[Array]:
        """Run it on complex arrays, of which one cell is moved; return all values."""
        values = [np.array(cells, complex) for cells in self.leaves]
        if leaf is not None:
            values[leaf][place] += 1j * STEP
        for step in self.steps:
            values += take(step, values)
        return values

    def total(self, values: list[Any]) -> Any:
        """Weigh the last values and add all up."""
        total: Any = 0.0
        for value, weights in zip(values[::-1], self.weights, strict=False):
            total = total + (value * weights.astype(self.dtype)).sum()
        return total

    def slopes(self, leaf: int) -> Cells:
        """Return how much the total grows with each cell of a leaf."""
        found = np.zeros(self.leaves[leaf].shape)
        for place in np.ndindex(found.shape):
            values = self.in_numpy(leaf, place)
            parts = zip(values[::-1], self.weights, strict=False)
            found[place] = sum((value.imag * weights).sum() / STEP for value, weights in parts)
        return found


def take(step: Step, values: list[Array]) -> list[Array]:
    """Take a step of the oracle; return the new value, if there is one."""
    new = step.arrays(values)
    if new is None:
        return []
    return [new if step.view else np.array(new, complex, order="C")]


# Operations on one value: tensors, arrays, kinks; "=" marks those that leave exact numbers exact.


def _sigmoid(x: Array) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


def _between(x: Array, low: float = -math.inf, high: float = math.inf) -> Any:
    return np.where(x.real < low, low, np.where(x.real > high, high, x))


CURVES: dict[str, tuple[Callable[[Any], Any], Callable[[Array], Any], tuple[float, ...]]] = {
    "=-x": (lambda x: -x, lambda x: -x, ()),
    "=abs(x)": (lambda x: abs(x), lambda x: np.sign(x.real) * x, (0.0,)),
    "=x.abs()": (lambda x: x.abs(), lambda x: np.sign(x.real) * x, (0.0,)),
    "=x.relu()": (lambda x: x.relu(), lambda x: (x.real > 0.0) * x, (0.0,)),
    "=x.clamp(-0.5, 1)": (lambda x: x.clamp(-0.5, 1), lambda x: _between(x, -0.5, 1.0), (-0.5, 1)),
    "=x.clamp(min=0.25)": (lambda x: x.clamp(min=0.25), lambda x: _between(x, 0.25), (0.25,)),
    "=x.clamp(max=0)": (lambda x: x.clamp(max=0), lambda x: _between(x, high=0.0), (0.0,)),
    "=x.clone()": (lambda x: x.clone(), lambda x: x, ()),
    "=1 - x": (lambda x: 1 - x, lambda x: 1 - x, ()),
    "=x + ones_like(x)": (lambda x: x + mt.ones_like(x), lambda x: x + 1, ()),
    "=zeros_like(x) - x": (lambda x: mt.zeros_like(x) - x, lambda x: -x, ()),
    "=x < 0.25": (lambda x: x < 0.25, lambda x: x.real < 0.25, (0.25,)),
    "=x >= 0": (lambda x: x >= 0, lambda x: x.real >= 0, (0.0,)),
    "=x != 0.5": (lambda x: x != 0.5, lambda x: x.real != 0.5, (0.5,)),
    "=x.detach().clone()": (lambda x: x.detach().clone(), lambda x: x.real, ()),
    "(x > 0) * x": (lambda x: (x > 0) * x, lambda x: (x.real > 0) * x, (0.0,)),
    "(x <= 1) / 2 * x": (lambda x: (x <= 1) / 2 * x, lambda x: (x.real <= 1) * x / 2, (1.0,)),
    "(x == 0) + x": (lambda x: (x == 0) + x, lambda x: (x.real == 0) + x, (0.0,)),
    "x.detach() * x": (lambda x: x.detach() * x, lambda x: x.real * x, ()),
    "x.sigmoid()": (lambda x: x.sigmoid(), _sigmoid, ()),
    "x.sigmoid().exp()": (lambda x: x.sigmoid().exp(), lambda x: np.exp(_sigmoid(x)), ()),
    "x.tanh()": (lambda x: x.tanh(), np.tanh, ()),
    "(x * x + 0.5).log()": (
        lambda x: (x * x + 0.5).log(),
        lambda x: np.log(x * x + 0.5 + 1e-6),
        (),
    ),
    "(x**2 + 0.5).sqrt()": (lambda x: (x**2 + 0.5).sqrt(), lambda x: np.sqrt(x * x + 0.5), ()),
    "(x * x + 1) ** 0.5": (lambda x: (x * x + 1) ** 0.5, lambda x: np.sqrt(x * x + 1), ()),
    "x.pow(3)": (lambda x: x.pow(3), lambda x: x * x * x, ()),
    "2 ** x.tanh()": (lambda x: 2 ** x.tanh(), lambda x: np.exp(np.tanh(x) * math.log(2)), ()),
    "1.0 / (x * x + 0.5)": (lambda x: 1.0 / (x * x + 0.5), lambda x: 1.0 / (x * x + 0.5), ()),
    "x / 3": (lambda x: x / 3, lambda x: x / 3, ()),
    "x * full(x.shape, 1.5)": (
        lambda x: x * mt.full(x.shape, 1.5, backend=x.backend, dtype=x.dtype),
        lambda x: x * 1.5,
        (),
    ),
    "x.astype(other).astype(dtype)": (
        lambda x: (x.astype(np.float64) * 2.0).astype(x.dtype),
        lambda x: x * 2.0,
        (),
    ),
}
PAIRS: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Array, Array], Any], Any]] = {
    "=x + y": (lambda x, y: x + y, lambda x, y: x + y, ()),
    "=x - y": (lambda x, y: x - y, lambda x, y: x - y, ()),
    "=x < y": (lambda x, y: x < y, lambda x, y: x.real < y.real, (0.0,)),
    "=x == y": (lambda x, y: x == y, lambda x, y: x.real == y.real, (0.0,)),
    "=x.is_close(y)": (
        lambda x, y: x.is_close(y),
        lambda x, y: abs(x.real - y.real) < 0.01,
        (0.01, -0.01),
    ),
    "x * y": (lambda x, y: x * y, lambda x, y: x * y, ()),
    "x / (y * y + 0.5)": (lambda x, y: x / (y * y + 0.5), lambda x, y: x / (y * y + 0.5), ()),
    "(x > y) * x * y": (
        lambda x, y: (x > y) * x * y,
        lambda x, y: (x.real > y.real) * x * y,
        (0.0,),
    ),
}


def _curve(rng: random.Random, values: list[Array], i: int) -> Step:
    name = rng.choice(sorted(CURVES))
    f, g, kinks = CURVES[name]
    return Step(
        re.sub(r"\bx\b", f"v{i}", name.strip("=")),
        lambda v: f(v[i]),
        lambda v: g(v[i]),
        (i,),
        exact=name[0] == "=",
        kinks=tuple((lambda v, at=at: v[i].real - at) for at in kinks),
    )


def _pair(rng: random.Random, values: list[Array], i: int) -> Step:
    fits = [j for j, y in enumerate(values) if _meet(values[i].shape, y.shape)]
    j, name = rng.choice(fits), rng.choice(sorted(PAIRS))
    f, g, kinks = PAIRS[name]
    said = re.sub(r"\bx\b", f"v{i}", name.strip("="))
    return Step(
        re.sub(r"\by\b", f"v{j}", said),
        lambda v: f(v[i], v[j]),
        lambda v: g(v[i], v[j]),
        (i, j),
        exact=name[0] == "=",
        kinks=tuple((lambda v, at=at: v[i].real - v[j].real - at) for at in kinks),
    )


def _meet(x: tuple[int, ...], y: tuple[int, ...]) -> bool:
    try:
        np.broadcast_shapes(x, y)
    except ValueError:
        return False
    return True


def _constant(rng: random.Random, values: list[Array], i: int) -> Step:
    """Meet an array, on either side, or a new tensor of one row."""
    shape = tuple(rng.choice([n, n, 1]) for n in values[i].shape)
    array = quarters(rng, shape)
    plus = rng.random() < 0.5
    if plus and shape and rng.random() < 0.3:
        n = values[i].shape[-1]
        return Step(
            f"v{i} + arange({n})",
            lambda v: v[i] + mt.arange(n, backend=v[i].backend, dtype=v[i].dtype),
            lambda v: v[i] + np.arange(n),
            (i,),
            exact=True,
        )
    if plus:
        return Step(
            f"array({array.tolist()}) + v{i}",
            lambda v: array.astype(v[i].dtype) + v[i],
            lambda v: array + v[i],
            (i,),
            exact=True,
        )
    return Step(
        f"v{i} * array({array.tolist()})", lambda v: v[i] * array, lambda v: v[i] * array, (i,)
    )


def _reduction(rng: random.Random, values: list[Array], i: int) -> Step:
    shape = values[i].shape
    how = rng.choice(["sum", "sum", "mean", "all", "any"])
    dims = rng.sample(range(len(shape)), rng.randint(0, len(shape)))
    dims = [dim - rng.choice([0, len(shape)]) for dim in dims]
    dim: Any = rng.choice([tuple, list])(dims) if rng.random() < 0.5 else (dims or [None])[0]
    dim = None if dim == [] else dim  # noqa: PLC1901
    keepdim = rng.choice([None, True, False])
    axis = rng.choice(["dim", "axis"])
    given = {} if keepdim is None else {"keepdim": keepdim}
    every = dim is None or dim == ()  # noqa: PLC1901

    def reduced(v: list[Array]) -> Any:
        over = None if every else tuple(dim) if isinstance(dim, list) else dim
        kept = keepdim is not False and not (keepdim is None and every)
        x = v[i] if how in ("sum", "mean") else v[i].real != 0.0
        result = getattr(np, how)(x, axis=over, keepdims=kept)
        return result.reshape(1) if every and keepdim is None else result

    options = ", ".join(f"{k}={n}" for k, n in {axis: dim, **given}.items())
    return Step(
        f"v{i}.{how}({options})",
        lambda v: getattr(v[i], how)(**{axis: dim}, **given),
        reduced,
        (i,),
        exact=how != "mean",
        kinks=() if how in ("sum", "mean") else (lambda v: v[i].real,),
    )


def _order(rng: random.Random, values: list[Array], i: int) -> Step:
    """Reorder dimensions: the memory is shared."""
    ndim = values[i].ndim
    order = rng.sample(range(ndim), ndim)
    ways: list[tuple[str, Run, Run]] = [
        ("T", lambda v: v[i].T, lambda v: v[i].T),
        (f"permute{tuple(order)}", lambda v: v[i].permute(*order), lambda v: v[i].transpose(order)),
        (f"permute({order})", lambda v: v[i].permute(order), lambda v: v[i].transpose(order)),
    ]
    if ndim:
        a, b = rng.randrange(-ndim, ndim), rng.randrange(-ndim, ndim)
        ways += [
            (f"transpose({a}, {b})", lambda v: v[i].transpose(a, b), lambda v: v[i].swapaxes(a, b))
        ]
    if ndim < 3:
        ways += [("t()", lambda v: v[i].t(), lambda v: v[i].T)]
    said, tensors, arrays = rng.choice(ways)
    return Step(f"v{i}.{said}", tensors, arrays, (i,), view=True, exact=True)


def _shape(rng: random.Random, values: list[Array], i: int) -> Step:
    """Change the shape: the memory is shared if the cells lie row by row, else copied."""
    x = values[i]
    ones = [dim for dim, n in enumerate(x.shape) if n == 1]
    new = _another(rng, x.shape)
    at = rng.randint(-x.ndim - 1, x.ndim)
    ways: list[tuple[str, Run, tuple[int, ...]]] = [
        ("contiguous()", lambda v: v[i].contiguous(), x.shape),
        (f"reshape{new}", lambda v: v[i].reshape(*new), _full(new, x.size)),
        (f"reshape({list(new)})", lambda v: v[i].reshape(list(new)), _full(new, x.size)),
        (f"contiguous().view{new}", lambda v: v[i].contiguous().view(*new), _full(new, x.size)),
        ("squeeze()", lambda v: v[i].squeeze(), tuple(n for n in x.shape if n != 1)),
        ("flatten()", lambda v: v[i].flatten(), (x.size,)),
        (f"unsqueeze({at})", lambda v: v[i].unsqueeze(at), np.expand_dims(x, at).shape),
    ]
    if ones:
        some = tuple(rng.sample(ones, rng.randint(1, len(ones))))
        rest = tuple(n for dim, n in enumerate(x.shape) if dim not in some)
        ways += [(f"squeeze({some})", lambda v: v[i].squeeze(some), rest)]
    if x.ndim:
        a, b = sorted(rng.choices(range(x.ndim), k=2))
        flat = (*x.shape[:a], math.prod(x.shape[a : b + 1]), *x.shape[b + 1 :])
        ways += [(f"flatten({a}, {b - x.ndim})", lambda v: v[i].flatten(a, b - x.ndim), flat)]
    said, tensors, shape = rng.choice(ways)
    return Step(
        f"v{i}.{said}",
        tensors,
        lambda v: (v[i] if v[i].flags.c_contiguous else v[i].copy()).reshape(shape),
        (i,),
        view=True,
        exact=True,
    )


def _another(rng: random.Random, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return another shape of as many cells, sometimes with a size left open."""
    sizes = [n for n in shape if n != 1] + [1] * rng.randint(0, 1)
    rng.shuffle(sizes)
    if len(sizes) > 1 and rng.random() < 0.5:
        sizes[:2] = [sizes[0] * sizes[1]]
    if sizes and 0 not in sizes and rng.random() < 0.5:
        sizes[rng.randrange(len(sizes))] = -1
    return tuple(sizes) or (1,)


def _full(sizes: tuple[int, ...], cells: int) -> tuple[int, ...]:
    rest = math.prod(n for n in sizes if n != -1)
    return tuple(cells // rest if n == -1 else n for n in sizes)


def _key(rng: random.Random, shape: tuple[int, ...], arrays: bool = True) -> tuple[Any, ...]:
    """Make an index that leaves at least a dimension: numbers, slices, None, ..., lists, bools."""
    key: list[Any] = []
    for n in shape[: rng.randint(0, len(shape))]:
        kinds = ["slice", "slice", "new"] + ["number"] * (n > 0)
        kinds += ["list", "array", "bools"] * arrays
        kind = rng.choice(kinds)
        arrays &= kind not in ("list", "array", "bools")  # one a key; more meet, as in NumPy
        if kind == "new":
            key += [None, slice(None)]
        elif kind == "number":
            key.append(rng.randrange(-n, n))
        elif kind == "slice":
            ends = [rng.choice([None, rng.randint(-n - 1, n + 1)]) for _ in range(2)]
            key.append(slice(ends[0], ends[1], rng.choice([None, None, 2, -1])))
        elif kind == "bools":
            key.append([rng.random() < 0.6 for _ in range(n)] or slice(None))
        else:
            some = [rng.randrange(-n, n) for _ in range(rng.randint(0, 3) if n else 0)]
            key.append(some if kind == "list" else np.array(some, int))
    if rng.random() < 0.3:
        key.append(...)
    if len(key) == len(shape) and all(type(part) is int for part in key):
        key.append(None)  # a full index is one float, and no tensor
    return tuple(key)


def _select(rng: random.Random, values: list[Array], i: int) -> Step:
    if rng.random() < 0.3:
        return Step(
            f"v{i}[v{i} > 0.25]",
            lambda v: v[i][v[i] > 0.25],
            lambda v: v[i][v[i].real > 0.25],
            (i,),
            exact=True,
            kinks=(lambda v: v[i].real - 0.25,),
        )
    key = _key(rng, values[i].shape)
    return Step(
        f"v{i}[{key}]", lambda v: v[i][key], lambda v: v[i][_for_numpy(key)], (i,), exact=True
    )


def _for_numpy(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(np.array(part, int) if part == [] else part for part in map(_no_array, key))


def _no_array(part: Any) -> Any:
    return part.tolist() if isinstance(part, np.ndarray) else part


def _join(rng: random.Random, values: list[Array], i: int) -> Step:
    shape = values[i].shape
    others = [j for j, y in enumerate(values) if y.shape == shape]
    parts = [i, *rng.choices(others, k=rng.randint(0, 2))]
    said = ", ".join(f"v{n}" for n in parts)
    if not shape or rng.random() < 0.5:
        dim = rng.randint(-len(shape) - 1, len(shape))
        return Step(
            f"stack([{said}], {dim})",
            lambda v: mt.stack([v[n] for n in parts], dim),
            lambda v: np.stack([v[n] for n in parts], dim),
            tuple(parts),
            exact=True,
        )
    dim = rng.randrange(-len(shape), len(shape))
    return Step(
        f"cat([{said}], {dim})",
        lambda v: mt.cat([v[n] for n in parts], dim),
        lambda v: np.concatenate([v[n] for n in parts], dim),
        tuple(parts),
        exact=True,
    )


def _product(rng: random.Random, values: list[Array], i: int) -> Step | None:
    x = values[i]
    fits = [
        j
        for j, y in enumerate(values)
        if x.ndim and y.ndim and x.shape[-1] == y.shape[-2 if y.ndim > 1 else 0]
        if _meet(x.shape[:-2], y.shape[:-2])
    ]
    if not fits:
        return None
    j = rng.choice(fits)

    return Step(f"v{i} @ v{j}", lambda v: v[i] @ v[j], lambda v: v[i] @ v[j], (i, j))


def _write(rng: random.Random, values: list[Array], i: int) -> Step:
    """Write into a value, or through what shares its memory; the slopes stay what they were."""
    shape = values[i].shape
    order = rng.sample(range(len(shape)), len(shape))
    turned = tuple(shape[n] for n in order)
    key = _key(rng, turned, arrays=rng.random() < 0.5)
    there = np.empty(turned)[_for_numpy(key)]
    new: Any = quarters(rng, rng.choice([(), there.shape]))
    said = f"v{i}.detach().permute{tuple(order)}[{key}] = {new.tolist()}"

    def tensors(v: list[Any]) -> None:
        v[i].detach().permute(*order)[key] = new if new.shape else float(new)

    def arrays(v: list[Array]) -> None:
        v[i].real.transpose(order)[_for_numpy(key)] = new

    return Step(said, tensors, arrays, (i,), exact=True)


KINDS: dict[str, tuple[int, Callable[[random.Random, list[Array], int], Step | None]]] = {
    "curve": (6, _curve),
    "pair": (6, _pair),
    "constant": (2, _constant),
    "reduction": (3, _reduction),
    "order": (3, _order),
    "shape": (3, _shape),
    "select": (3, _select),
    "join": (2, _join),
    "product": (4, _product),
    "write": (1, _write),
}


def quarters(rng: random.Random, shape: tuple[int, ...]) -> Cells:
    """Make numbers that every dtype holds exactly, zeros and ties among them."""
    cells = [rng.randint(-8, 8) / 4 for _ in range(math.prod(shape))]
    return np.array(cells, float).reshape(shape)


def make(seed: int, most: int = 40) -> Program:
    """Make a program of at most so many steps; the same seed makes the same one."""
    rng = random.Random(seed)
    names, weights = list(KINDS), [weight for weight, _ in KINDS.values()]
    shapes = [tuple(rng.choice(SIZES) for _ in range(rng.randint(0, 3))) for _ in range(3)]
    leaves = [quarters(rng, shape) for shape in shapes]
    dtype = np.float32 if rng.random() < 0.25 else np.float64
    program = Program(seed, dtype, leaves, [True, *(rng.random() < 0.8 for _ in leaves[1:])])
    values = [np.array(cells, complex) for cells in leaves]
    exact = [True] * len(values)
    for _ in range(rng.randint(min(8, most), most)):
        i = rng.choice([len(values) - 1, rng.randrange(len(values))])
        step = KINDS[rng.choices(names, weights)[0]][1](rng, values, i)
        if step is None or not _stands(step, values, all(exact[n] for n in step.takes)):
            continue
        if step.writes:
            program.writes += 1
            program.late |= _late(program, values, i)
        program.steps.append(step)
        new = take(step, values)
        values += new
        exact += [step.exact and all(exact[n] for n in step.takes)] * len(new)
    program.weights = [quarters(rng, value.shape) for value in values[: -LAST - 1 : -1]]
    return program


def _stands(step: Step, values: list[Array], exact: bool) -> bool:
    """Say whether a step's result is small, finite and the same however a number is rounded."""
    if not exact and any((abs(kink(values)) < CLOSE).any() for kink in step.kinks):
        return False
    if step.writes:
        return exact
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        new = np.asarray(step.arrays(values))  # the mean of nothing is NaN, and warns
    return new.size <= 200 and new.ndim <= 6 and bool((abs(new) < LARGEST).all())


def _late(program: Program, values: list[Array], i: int) -> bool:
    """Say whether an operation may have saved the memory that is about to be written to."""
    number = len(program.leaves)
    for step in program.steps:
        if not step.writes:
            touched = list(step.takes) if not step.view else []
            touched += [number] if not step.view else []
            # Empty arrays share no memory; a write of no cells counts, as it does in PyTorch.
            if any(not values[n].size or np.shares_memory(values[n], values[i]) for n in touched):
                return True
            number += 1
    return False


def differences(program: Program, backend: Any) -> Iterator[tuple[str, str]]:
    """Run a program on a backend; yield the kind of each difference, and what differs."""
    near = 2e-3 if program.dtype is np.float32 else 1e-9
    expected = program.in_numpy()
    try:
        got = program.on(backend)
    except (TypeError, ValueError, IndexError, RuntimeError) as error:
        yield "error", repr(error)
        return
    for n, (x, cells) in enumerate(zip(got, expected, strict=True)):
        if x.shape != cells.shape or x.dtype != program.dtype:
            yield "shape", f"v{n} has shape {x.shape} and {x.dtype}, not {cells.shape}"
            return
        if not _same(x.to_numpy(), cells.real, near):
            yield "value", f"v{n} is {x.tolist()}, not {cells.real.tolist()}"
            return
    total = program.total(got)
    if not total.is_constant():
        try:
            total.backward()
        except RuntimeError as error:
            foreseen = program.late and "was written to after" in str(error)
            yield ("refused", "") if foreseen else ("error", repr(error))
            return
    for n, learns in enumerate(program.learns):
        leaf = got[n]
        if not learns:
            if leaf.grad is not None:
                yield "gradient", f"v{n} is a constant and has {leaf.grad}"
            continue
        grad = np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.to_numpy()
        slopes = program.slopes(n)
        if grad.shape != leaf.shape or not _same(grad, slopes, 5 * near):
            yield "gradient", f"of v{n} is {grad.tolist()}, not {slopes.tolist()}"


def _same(got: Cells, expected: Cells, near: float) -> bool:
    """Compare with what rounding may cost the largest number."""
    largest = abs(expected).max(initial=1.0)
    return bool((abs(got - expected) <= near * largest).all())


def main() -> None:
    """Run programs, print what differs, and count."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("ops", choices=("SimpleOps", "FastOps", "CudaOps"))
    parser.add_argument("programs", type=int)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--most", type=int, default=40, help="steps")
    args = parser.parse_args()
    gpu_or_simulator()
    backend = mt.TensorBackend(getattr(mt, args.ops))
    kinds: Counter[str] = Counter()
    for seed in range(args.first, args.first + args.programs):
        program = make(seed, args.most)
        for kind, said in differences(program, backend):
            kinds[kind] += 1
            if kind != "refused":
                print(f"{kind}: {said}\n{program}")
    print(f"{args.ops}: {args.programs} programs; {dict(kinds) or 'no differences'}")


if __name__ == "__main__":
    main()
