"""Wrong solutions of Task 1.3, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

_TARGET = "autodiff.Variable.chain_rule"
_DERIVATIVES = "history = self.history\nderivatives = history.last_fn._backward(history.ctx, {})\n"

MUTANTS = [
    Mutant(
        "constants_left_out",
        _TARGET,
        _DERIVATIVES.format("d_output")
        + "return [(v, d) for v, d in zip(history.inputs, derivatives) if not v.is_constant()]",
        "a constant has no pair: here each input has one; backpropagate passes constants over.",
    ),
    Mutant(
        "d_output_ignored",
        _TARGET,
        _DERIVATIVES.format("1.0") + "return list(zip(history.inputs, derivatives))",
        "the derivative that came from the right was lost: hand d_output to the function's backward.",
    ),
    Mutant(
        "d_output_twice",
        _TARGET,
        _DERIVATIVES.format("d_output")
        + "return [(v, d_output * d) for v, d in zip(history.inputs, derivatives)]",
        "d_output was multiplied in twice: backward has done it already.",
    ),
    Mutant(
        "reversed",
        _TARGET,
        _DERIVATIVES.format("d_output") + "return list(zip(history.inputs[::-1], derivatives))",
        "the pairs are crossed: the first derivative belongs to the first input.",
    ),
    Mutant(
        "first_only",
        _TARGET,
        _DERIVATIVES.format("d_output") + "return [(history.inputs[0], derivatives[0])]",
        "only the first input got its derivative: there is a pair for each.",
    ),
    Mutant(
        "added_up",
        _TARGET,
        _DERIVATIVES.format("d_output")
        + "total = {}\nfor v, d in zip(history.inputs, derivatives):\n"
        "    total[v] = total.get(v, 0.0) + d\nreturn list(total.items())",
        "an input that is used twice has two pairs: adding up is backpropagate's part.",
    ),
    Mutant(
        "fresh_context",
        _TARGET,
        "history = self.history\nderivatives = history.last_fn._backward(Context(), d_output)\n"
        "return list(zip(history.inputs, derivatives))",
        "backward got an empty context: hand it the one in the history, with forward's values.",
    ),
]
