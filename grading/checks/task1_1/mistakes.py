"""What was written for Task 1.1, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_TARGET = "autodiff.central_difference"
_BOTH = (
    "above, below = list(vals), list(vals)\n"
    "above[arg] = vals[arg] + {step}\nbelow[arg] = vals[arg] - {step}\n"
    "return (f(*above) - f(*below)) / {width}"
)
TOLD = {
    "forward_difference": r"slope from one side alone",
    "not_halved": r"Twice too much",
    "always_the_first": r"moving y.*slope in the other argument",
    "all_move": r"both slopes together",
    "one_list": r"got 0.0. The two points are the same",
    "fixed_epsilon": r"epsilon isn't used",
    "sign": r"The sign is turned",
    "half_steps": r"half a step",
    "int_array": r"cut (back )?to whole numbers",
}
MISTAKES = [
    Mistake(
        "no parentheses around 2 * epsilon",
        _TARGET,
        _BOTH.format(step="epsilon", width="2 * epsilon"),
        told=r"put 2·epsilon in parentheses",
    ),
    Mistake(
        "writes into the tuple",
        _TARGET,
        "vals[arg] = vals[arg] + epsilon\nreturn f(*vals)",
        told=r"raised TypeError in `vals\[arg\].*tuple, which can't be changed",
    ),
    Mistake(
        "hands over the list itself",
        _TARGET,
        _BOTH.format(step="epsilon", width="(2 * epsilon)")
        .replace("*above", "above")
        .replace("*below", "below"),
        told=r"raised TypeError.*call f\(\*that_list\)",
    ),
    Mistake(
        "divides by the measured width",
        _TARGET,
        _BOTH.format(step="epsilon", width="(above[arg] - below[arg])"),
        fair="right in another style",
    ),
    Mistake(
        "slices",
        _TARGET,
        "a, x, z = vals[:arg], vals[arg], vals[arg + 1 :]\n"
        "return (f(*a, x + epsilon, *z) - f(*a, x - epsilon, *z)) / (2 * epsilon)",
        fair="right in another style",
    ),
    Mistake(
        "no return",
        _TARGET,
        "above, below = list(vals), list(vals)\nabove[arg] += epsilon\nbelow[arg] -= epsilon\n"
        "(f(*above) - f(*below)) / (2 * epsilon)",
        told=r"gave None: is a `return` missing",
    ),
]
