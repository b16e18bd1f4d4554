"""Wrong solutions of Task 4.4, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

_SAVED = "a, largest, dim = ctx.saved_values\nhot = a == largest\n"


def _mask(mask: str, factor: str = "1.0 / (1.0 - rate)") -> str:
    """Write a dropout with another mask or factor."""
    return (
        "if ignore or rate == 0.0:\n"
        "    return input\n"
        "if rate == 1.0:\n"
        "    return input * input.zeros()\n"
        "drawn = rand(input.shape, backend=input.backend, dtype=input.dtype)\n"
        f"return input * ({mask}) * ({factor})"
    )


MUTANTS = [
    Mutant(
        "argmax_first_only",
        "nn.argmax",
        "import numpy as np\n"
        "cells = input.to_numpy()\n"
        "hot = np.zeros_like(cells)\n"
        "np.put_along_axis(hot, np.expand_dims(cells.argmax(dim), dim), 1.0, dim)\n"
        "return input._from_array(hot)",
        "argmax marked the first of several equal cells; it marks all of them.",
    ),
    Mutant(
        "argmax_of_all",
        "nn.argmax",
        "x = input.detach()\nflat = x.contiguous().view(x.size)\nreturn x == max_reduce(flat, 0)",
        "argmax compared with the largest of all cells; each row along the dimension has its own.",
    ),
    Mutant(
        "argmax_places",
        "nn.argmax",
        "import numpy as np\n"
        "cells = input.to_numpy()\n"
        "return input._from_array(np.expand_dims(cells.argmax(dim) * 1.0, dim))",
        "argmax gave places; it gives ones at the largest cells and zeros elsewhere.",
    ),
    Mutant(
        "max_from_a_billion_below",
        "nn.Max.forward",
        "dim = int(dim.item())\n"
        "ones = a.zeros() + 1.0\n"
        "above = (a + 1e9 * ones).relu()\n"
        "largest = max_reduce(above, dim) - 1e9\n"
        "ctx.save_for_backward(a, max_reduce(a, dim), dim)\n"
        "return largest",
        "The maximum of numbers below minus a billion came out as minus a billion: the fold has to "
        "start from minus infinity.",
    ),
    Mutant(
        "max_from_zero",
        "nn.Max.forward",
        "dim = int(dim.item())\n"
        "ctx.save_for_backward(a, max_reduce(a, dim), dim)\n"
        "return max_reduce(a.relu(), dim)",
        "The maximum of negative numbers came out as 0: the fold has to start from minus infinity.",
    ),
    Mutant(
        "max_whole_gradient_to_ties",
        "nn.Max.backward",
        _SAVED + "return grad_output * hot, 0.0",
        "Several equal maxima each got the whole gradient; they share it evenly.",
    ),
    Mutant(
        "max_gradient_to_all",
        "nn.Max.backward",
        _SAVED + "return grad_output + hot * 0.0, 0.0",
        "Every cell got the gradient; only the largest ones were used.",
    ),
    Mutant(
        "max_gradient_shared_by_all",
        "nn.Max.backward",
        _SAVED + "return grad_output / a.shape[dim] + hot * 0.0, 0.0",
        "The gradient was shared by all cells, as of a mean; only the largest ones were used.",
    ),
    Mutant(
        "max_ties_of_the_table",
        "nn.Max.backward",
        _SAVED + "return grad_output * hot / hot.sum(), 0.0",
        "The gradient was divided by the number of maxima in the whole tensor; each row along the "
        "dimension has its own.",
    ),
    Mutant(
        "max_forgets_the_gradient",
        "nn.Max.backward",
        _SAVED + "return hot / hot.sum(dim), 0.0",
        "Max.backward returned the local derivative; it has to be multiplied by the gradient.",
    ),
    Mutant(
        "max_over_the_first",
        "nn.max",
        "return Max.apply(input, 0)",
        "max reduced dimension 0, whatever dimension it was asked for.",
    ),
    Mutant(
        "max_without_history",
        "nn.max",
        "return max_reduce(input, dim)",
        "max has no history, so no gradient flows back: apply Max.",
    ),
    Mutant(
        "softmax_without_the_shift",
        "nn.softmax",
        "powers = input.exp()\nreturn powers / powers.sum(dim)",
        "softmax overflows at large scores: subtract the largest of each row first.",
    ),
    Mutant(
        "softmax_over_the_last",
        "nn.softmax",
        "last = len(input.shape) - 1\n"
        "powers = (input - max(input.detach(), last)).exp()\n"
        "return powers / powers.sum(last)",
        "The shares add up to 1 along the last dimension, whatever dimension it was asked for.",
    ),
    Mutant(
        "softmax_of_all",
        "nn.softmax",
        "powers = (input - max(input.detach(), dim)).exp()\nreturn powers / powers.sum()",
        "The shares of all cells together add up to 1; along the dimension each row has to.",
    ),
    Mutant(
        "softmax_shift_by_all",
        "nn.softmax",
        "x = input.detach()\n"
        "largest = max_reduce(x.contiguous().view(x.size), 0)\n"
        "powers = (input - largest).exp()\n"
        "return powers / powers.sum(dim)",
        "The shift was the largest of all cells, so a row far below it underflows to 0/0; subtract "
        "the largest of each row.",
    ),
    Mutant(
        "softmax_constant_sum",
        "nn.softmax",
        "powers = (input - max(input.detach(), dim)).exp()\n"
        "return powers / powers.sum(dim).detach()",
        "The sum of the exponentials was detached: the shares depend on it, so a gradient has to "
        "flow through it.",
    ),
    Mutant(
        "softmax_without_a_sum",
        "nn.softmax",
        "return (input - max(input.detach(), dim)).exp()",
        "The exponentials aren't divided by their sum.",
    ),
    Mutant(
        "logsoftmax_without_the_max",
        "nn.logsoftmax",
        "return input - input.exp().sum(dim).log()",
        "logsoftmax overflows at large scores: shift by the largest of each row before the "
        "exponential.",
    ),
    Mutant(
        "logsoftmax_log_of_softmax",
        "nn.logsoftmax",
        "return softmax(input, dim).log()",
        "The logarithm was taken of a share that had underflowed; x - m - log(sum(exp(x - m))) "
        "never asks for it.",
    ),
    Mutant(
        "logsoftmax_max_once",
        "nn.logsoftmax",
        "m = max(input.detach(), dim)\nreturn input - (input - m).exp().sum(dim).log()",
        "The largest score was subtracted inside the exponential and not outside: the logarithm of "
        "the sum is m + log(sum(exp(x - m))).",
    ),
    Mutant(
        "logsoftmax_sums_logs",
        "nn.logsoftmax",
        "shifted = input - max(input.detach(), dim)\nreturn shifted - shifted.sum(dim)",
        "The scores were summed, not their exponentials.",
    ),
    Mutant(
        "maxpool_means",
        "nn.maxpool2d",
        "tiles, rows, columns = tile(input, kernel)\n"
        "return tiles.mean(4).view(*input.shape[:2], rows, columns)",
        "maxpool2d gave the means of the tiles, not their largest cells.",
    ),
    Mutant(
        "maxpool_over_columns",
        "nn.maxpool2d",
        "tiles, rows, columns = tile(input, kernel)\n"
        "found = max(tiles, 3)\n"
        "return found.view(*input.shape[:2], rows, found.shape[4])",
        "The maximum was taken over a row of tiles; the cells of a tile are the last dimension.",
    ),
    Mutant(
        "maxpool_five_dimensions",
        "nn.maxpool2d",
        "tiles, rows, columns = tile(input, kernel)\nreturn max(tiles, 4)",
        "The result still has the reduced dimension, with size 1: pooled images have four.",
    ),
    Mutant(
        "dropout_in_evaluation",
        "nn.dropout",
        _mask("drawn > rate").replace("ignore or ", ""),
        "dropout drops cells although it is to be ignored: in evaluation it does nothing.",
    ),
    Mutant(
        "dropout_ignore_reversed",
        "nn.dropout",
        _mask("drawn > rate").replace("if ignore or", "if not ignore or"),
        "dropout drops cells only when it is to be ignored: the other way round.",
    ),
    Mutant(
        "dropout_without_the_factor",
        "nn.dropout",
        _mask("drawn > rate", "1.0"),
        "The cells that are kept weren't rescaled: multiply them by 1 / (1 - rate).",
    ),
    Mutant(
        "dropout_factor_of_the_rate",
        "nn.dropout",
        _mask("drawn > rate", "1.0 / rate"),
        "The factor was 1 / rate; it is 1 / (1 - rate), one over the share that is kept.",
    ),
    Mutant(
        "dropout_scales_down",
        "nn.dropout",
        _mask("drawn > rate", "1.0 - rate"),
        "The kept cells were made smaller: divide by 1 - rate, so that sums stay as large.",
    ),
    Mutant(
        "dropout_keeps_the_rate",
        "nn.dropout",
        _mask("drawn < rate", "1.0 / rate"),
        "The rate is the share that is dropped, and it was taken for the share that is kept.",
    ),
    Mutant(
        "dropout_whole_rows",
        "nn.dropout",
        _mask("drawn[:, 0:1] > rate"),
        "Whole rows were dropped; each cell needs a draw of its own.",
    ),
    Mutant(
        "dropout_divides_by_zero",
        "nn.dropout",
        "if ignore:\n"
        "    return input\n"
        "drawn = rand(input.shape, backend=input.backend, dtype=input.dtype)\n"
        "return input * (drawn > rate) * (1.0 / (1.0 - rate))",
        "At a rate of 1 the factor divides by 0; everything is dropped then, and no factor is "
        "needed.",
    ),
    Mutant(
        "dropout_by_numpy",
        "nn.dropout",
        "import numpy as np\n"
        "if ignore or rate == 0.0:\n"
        "    return input\n"
        "kept = input._from_array(np.random.rand(*input.shape) > rate)\n"
        "return input * kept * (0.0 if rate == 1.0 else 1.0 / (1.0 - rate))",
        "The mask was drawn by NumPy, which minitorch.seed doesn't reach: draw with rand.",
    ),
    Mutant(
        "dropout_history_lost",
        "nn.dropout",
        _mask("drawn > rate").replace("return input * (", "return input.detach() * ("),
        "The result has no history, so no gradient flows through the cells that were kept.",
    ),
    Mutant(
        "dropout_forgets_float32",
        "nn.dropout",
        _mask("drawn > rate").replace(", dtype=input.dtype", ""),
        "The mask was drawn in float64, whatever the input's dtype: rand takes dtype=.",
    ),
]
