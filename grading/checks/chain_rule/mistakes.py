"""What is said at home about what was written for the chain rule."""

from __future__ import annotations

TOLD = {
    "last_use_wins": r"later share took the place",
    "leaf_overwrites": r"A second backward adds to the gradient",
    "every_variable_keeps": r"Only leaves keep a gradient",
    "starts_from_zero": r"the walk starts with ones",
    "ignores_start": r"the walk starts with the gradient that is given",
    "one_step_only": r"the leaf x has no gradient",
    "constants_collect": r"A constant .* collects nothing",
    "recursive": r"20,000 additions called itself without end. Walk in a loop",
}
