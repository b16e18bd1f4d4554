"""What was written for Task 4.4, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_GRADIENT = r"^The gradient of x in max\(x, 1\).*: "
_LARGE = r"x = \[\[1000.0, 0.0\].*"
TOLD = {
    "argmax_first_only": r"^argmax.*marks the first of equal cells only",
    "argmax_of_all": r"^argmax.*compares with the largest of all",
    "argmax_places": r"^argmax.*places, it seems",
    "max_from_a_billion_below": r"the fold starts from a number that is larger",
    "max_from_zero": r"the fold starts from a number that is larger",
    "max_whole_gradient_to_ties": _GRADIENT + "both 3s got the whole gradient",
    "max_gradient_to_all": _GRADIENT + "every cell got it",
    "max_gradient_shared_by_all": _GRADIENT + "every cell got an equal part",
    "max_ties_of_the_table": _GRADIENT + "equal cells of the whole table",
    "max_forgets_the_gradient": _GRADIENT + "what comes back from the right.*multiplied in",
    "max_over_the_first": r"^max\(x, 1\).*dimension 0 was reduced, not 1",
    "max_without_history": r"^max\(x, 1\) has no history",
    "softmax_without_the_shift": rf"^softmax.*{_LARGE}Subtract the largest cell of each row",
    "softmax_over_the_last": r"^softmax\(x, 0\).*along dimension 1, not 0",
    "softmax_of_all": r"^softmax.*all cells together add up to 1",
    "softmax_shift_by_all": rf"^softmax.*{_LARGE}Subtract the largest cell of each row",
    "softmax_constant_sum": r"^The gradient of x in softmax.*lost its history",
    "softmax_without_a_sum": r"^softmax.*aren't divided by their sum",
    "logsoftmax_without_the_max": rf"^logsoftmax.*{_LARGE}Subtract the largest cell of each row",
    "logsoftmax_log_of_softmax": rf"^logsoftmax.*{_LARGE}underflowed before its logarithm",
    "logsoftmax_max_once": r"^logsoftmax.*m is missing outside",
    "logsoftmax_sums_logs": r"^logsoftmax.*the scores were summed",
    "maxpool_means": r"^maxpool2d.*these are the means",
    "maxpool_over_columns": r"^maxpool2d.*gave shape .*; it should be",
    "maxpool_five_dimensions": r"^maxpool2d.*reduced dimension is still there",
    "dropout_in_evaluation": r"in evaluation it does nothing",
    "dropout_ignore_reversed": r"in evaluation it does nothing",
    "dropout_without_the_factor": r"left the kept cells as they are",
    "dropout_factor_of_the_rate": r"multiplied the kept cells by 5",
    "dropout_scales_down": r"multiplied the kept cells by 0.8",
    "dropout_keeps_the_rate": r"dropped 80%.*the share that is dropped",
    "dropout_whole_rows": r"drops whole rows or columns",
    "dropout_divides_by_zero": r"At a rate of 1 all cells are 0",
    "dropout_by_numpy": r"After the same minitorch.seed",
    "dropout_history_lost": r"^dropout.* has no history",
    "dropout_forgets_float32": r"^dropout of a float32 tensor.*dtype=input.dtype",
}
MISTAKES = [
    Mistake(
        "argmax returns nothing",
        "nn.argmax",
        "input == max_reduce(input, dim)",
        told=r"^argmax.*gave NoneType.*`return` missing",
    ),
    Mistake(
        "backward without the dimension's gradient",
        "nn.Max.backward",
        "a, largest, dim = ctx.saved_values\nhot = a == largest\n"
        "return grad_output * hot / hot.sum(dim)",
        told=r"^the way back through max\(x, 1\) raised",
    ),
    Mistake(
        "softmax with a gradient through the shift",
        "nn.softmax",
        "powers = (input - max(input, dim)).exp()\nreturn powers / powers.sum(dim)",
        fair="the shift's gradients cancel",
    ),
    Mistake(
        "logsoftmax by logsumexp",
        "nn.logsoftmax",
        "m = max(input, dim)\nreturn input - ((input - m).exp().sum(dim).log() + m)",
        fair="the same sum in another order",
    ),
    Mistake(
        "a shift by a constant",
        "nn.softmax",
        "powers = (input - 700.0).exp()\nreturn powers / powers.sum(dim)",
        told=rf"^softmax.*{_LARGE}Subtract the largest cell of each row",
    ),
    Mistake(
        "dropout with a drawn number for all",
        "nn.dropout",
        "if ignore or rate == 0.0:\n    return input\nif rate == 1.0:\n    return input * 0.0\n"
        "return input * (rand((1,)) > rate) * (1.0 / (1.0 - rate))",
        told=r"^dropout\(x, 0.2\) dropped \d+% of 2000 cells",
    ),
    Mistake(
        "dropout without the ends",
        "nn.dropout",
        "if ignore:\n    return input\n"
        "kept = rand(input.shape, backend=input.backend, dtype=input.dtype) >= rate\n"
        "return input * kept / max(kept + 1.0 - rate - kept, 0)",
        told=r"dropout",
    ),
]
