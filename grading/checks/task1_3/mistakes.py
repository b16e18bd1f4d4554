"""What was written for Task 1.3, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_TARGET = "autodiff.Variable.chain_rule"
_GET = "h = self.history\nd = h.last_fn._backward(h.ctx, d_output)\n"
TOLD = {
    "constants_left_out": r"gave 1 pair.*constants included",
    "d_output_ignored": r"d_output didn't reach backward",
    "d_output_twice": r"multiplied in twice",
    "reversed": r"The first pair belongs to the first input",
    "first_only": r"gave 1 pair\(s\): there is one pair for each input\.",
    "added_up": r"adding up comes later",
    "fresh_context": r"hand it the history's context",
}
MISTAKES = [
    Mistake(
        "backward in place of _backward",
        _TARGET,
        "h = self.history\nreturn list(zip(h.inputs, h.last_fn.backward(h.ctx, d_output)))",
        told=r"of a function of 1 raised TypeError.*Call the function's `_backward",
    ),
    Mistake(
        "names in place of variables",
        _TARGET,
        _GET + "return [(v.name, x) for v, x in zip(h.inputs, d)]",
        told=r"holds the very variable",
    ),
    Mistake("a generator", _TARGET, _GET + "yield from zip(h.inputs, d)", fair="right"),
    Mistake(
        "no return",
        _TARGET,
        _GET + "list(zip(h.inputs, d))",
        told=r"gave None: is a `return` missing",
    ),
    Mistake(
        "keeps derivatives in the inputs",
        _TARGET,
        _GET + "for v, x in zip(h.inputs, d):\n    v.derivative = x\nreturn list(zip(h.inputs, d))",
        told=r"left a derivative in an input",
    ),
    Mistake(
        "derivatives without variables",
        _TARGET,
        _GET + "return d",
        told=r"give pairs, an input and its derivative",
    ),
]
