"""Wrong solutions of Task 1.1, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

_TARGET = "autodiff.central_difference"

MUTANTS = [
    Mutant(
        "forward_difference",
        _TARGET,
        "above = list(vals)\nabove[arg] += epsilon\nreturn (f(*above) - f(*vals)) / epsilon",
        "this is the slope to the right only: take the point epsilon to the left as well.",
    ),
    Mutant(
        "not_halved",
        _TARGET,
        "above, below = list(vals), list(vals)\nabove[arg] += epsilon\nbelow[arg] -= epsilon\n"
        "return (f(*above) - f(*below)) / epsilon",
        "the two points are twice epsilon apart, so the difference is divided by 2 · epsilon.",
    ),
    Mutant(
        "always_the_first",
        _TARGET,
        "above, below = list(vals), list(vals)\nabove[0] += epsilon\nbelow[0] -= epsilon\n"
        "return (f(*above) - f(*below)) / (2 * epsilon)",
        "the first argument moved whichever was asked for: move the one that arg names.",
    ),
    Mutant(
        "all_move",
        _TARGET,
        "above = [v + epsilon for v in vals]\nbelow = [v - epsilon for v in vals]\n"
        "return (f(*above) - f(*below)) / (2 * epsilon)",
        "all arguments moved together; a partial derivative holds all but one still.",
    ),
    Mutant(
        "one_list",
        _TARGET,
        "above = below = list(vals)\nabove[arg] += epsilon\nbelow[arg] -= epsilon\n"
        "return (f(*above) - f(*below)) / (2 * epsilon)",
        "above and below are one and the same list, so the difference is always 0: copy it twice.",
    ),
    Mutant(
        "fixed_epsilon",
        _TARGET,
        "above, below = list(vals), list(vals)\nabove[arg] += 1e-6\nbelow[arg] -= 1e-6\n"
        "return (f(*above) - f(*below)) / 2e-6",
        "the step is always 1e-6: use the epsilon that the caller gave.",
    ),
    Mutant(
        "sign",
        _TARGET,
        "above, below = list(vals), list(vals)\nabove[arg] += epsilon\nbelow[arg] -= epsilon\n"
        "return (f(*below) - f(*above)) / (2 * epsilon)",
        "the sign is the wrong way round: subtract the left value from the right one.",
    ),
    Mutant(
        "half_steps",
        _TARGET,
        "above, below = list(vals), list(vals)\nabove[arg] += epsilon / 2\n"
        "below[arg] -= epsilon / 2\nreturn (f(*above) - f(*below)) / epsilon",
        "each side moved by half of epsilon: the argument moves by a whole epsilon to each side.",
    ),
    Mutant(
        "int_array",
        "autodiff.central_difference",
        "import numpy as np\n"
        "v = np.array(vals)\n"
        "w = v.copy()\n"
        "v[arg] = v[arg] + epsilon\n"
        "w[arg] = w[arg] - epsilon\n"
        "return (f(*v) - f(*w)) / (2 * epsilon)",
        "an array of whole numbers can't hold a small step, which is cut off: make it an array of floats.",
    ),
]
