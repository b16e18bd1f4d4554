"""Probes for Task 1.1."""

from __future__ import annotations

import math
from random import Random
from typing import Any

REQUIRES = ()
SECTION = "guides/module1/01_derivatives.html#task-1-1"
# A difference of nearly equal numbers loses digits, in any correct way of writing it.
TOLERANCE = 1e-5
RELEASED = ("probe_one_argument",)
PARTS = {
    "probe_one_argument": ("sin", "exp", "a cube"),
    "probe_which_argument": ("at floats", "at whole numbers"),
    "probe_both_sides": ("abs at 0", "max(0, t) at 0", "a jump at 0"),
    "probe_points": ("where it is called", "the other arguments stand still"),
}


def probe_one_argument(mt: Any, rng: Random) -> Any:
    """Look at the slopes of sin, exp and a cube, with the epsilon that is the default."""
    xs = [rng.uniform(-3, 3) for _ in range(10)]
    return [
        [mt.central_difference(f, x) for x in xs] for f in (math.sin, math.exp, lambda t: t * t * t)
    ]


def probe_which_argument(mt: Any, rng: Random) -> Any:
    """Look at functions of several arguments, moving each in turn, and at whole numbers."""
    found = []
    for _ in range(5):
        x, y, z = (rng.uniform(-2, 2) for _ in range(3))
        for arg in range(3):
            slope = mt.central_difference(lambda a, b, c: a * b + b * c * c, x, y, z, arg=arg)
            found.append(slope)
    whole = [mt.central_difference(lambda a, b: a * b, 3, 4, arg=arg) for arg in range(2)]
    return [found, whole]


def probe_epsilon(mt: Any, rng: Random) -> Any:
    """Look at wide steps, which show how far each side moved and what the result is divided by."""
    found = []
    for _ in range(5):
        x, epsilon = rng.uniform(-1, 1), rng.uniform(0.1, 1.0)
        found.append(mt.central_difference(lambda t: t**3 + t**2, x, epsilon=epsilon))
    return found


def probe_both_sides(mt: Any, rng: Random) -> Any:
    """Look at a kink and a jump: the two sides count equally."""
    return [
        mt.central_difference(abs, 0.0),
        mt.central_difference(lambda t: max(0.0, t), 0.0),
        mt.central_difference(lambda t: 1.0 if t > 0 else 0.0, 0.0, epsilon=0.25),
    ]


def probe_points(mt: Any, rng: Random) -> Any:
    """Look at where the function is called: on each side, the other arguments standing still.

    The points are counted from where the argument stood, in steps of epsilon. A call at that
    place itself is nobody's mistake.
    """
    calls: list[list[float]] = []

    def watched(*vals: float) -> float:
        calls.append([round((v - v0) / 0.125, 3) for v, v0 in zip(vals, at, strict=True)])
        return sum(vals)

    at = [rng.randint(-9, 9) / 2 for _ in range(3)]
    mt.central_difference(watched, *at, arg=1, epsilon=0.125)
    moved = sorted({call[1] for call in calls} - {0})
    return [moved, all([call[0], call[2]] == [0, 0] for call in calls)]
