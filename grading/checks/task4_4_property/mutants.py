"""Wrong maxima that the test of Task 4.4 must catch, each with what it has to look at."""

from __future__ import annotations

from grading.checks import Mutant

_RESULT = (
    "dim = int(dim.item())\nlargest = max_reduce(a, dim)\nctx.save_for_backward(a, largest, dim)\n"
)
_SAVED = "a, largest, dim = ctx.saved_values\nhot = a == largest\n"

MUTANTS = [
    Mutant(
        "smallest",
        "nn.Max.forward",
        _RESULT + "return -max_reduce(-a, dim)",
        "A max that takes the smallest cell passed: assert that no cell is larger.",
    ),
    Mutant(
        "first",
        "nn.Max.forward",
        _RESULT + "return a[0:1] if dim == 0 else a[:, 0:1]",
        "A max that takes the first cell passed: assert that no cell is larger.",
    ),
    Mutant(
        "larger_than_all",
        "nn.Max.forward",
        _RESULT + "return largest + 1.0",
        "A max that is larger than every cell passed: assert that it equals one of them.",
    ),
    Mutant(
        "from_zero",
        "nn.Max.forward",
        _RESULT + "return max_reduce(a.relu(), dim)",
        "A max that is never negative passed: assert that it equals one of the cells.",
    ),
    Mutant(
        "from_a_billion_below",
        "nn.Max.forward",
        _RESULT + "return max_reduce((a + 1e9).relu(), dim) - 1e9",
        "A max that starts from minus a billion passed: it has to equal one of the cells, however "
        "far below zero they are.",
    ),
    Mutant(
        "by_size",
        "nn.Max.forward",
        _RESULT + "return max_reduce(a.abs(), dim)",
        "A max that drops the signs passed: assert that it equals one of the cells.",
    ),
    Mutant(
        "of_the_whole",
        "nn.Max.forward",
        _RESULT + "return largest * 0.0 + max_reduce(a.contiguous().view(a.size), 0)",
        "A max of all cells passed: assert for each row that it equals one of *its* cells.",
    ),
    Mutant(
        "rows_only",
        "nn.max",
        "return Max.apply(input, 1) if dim == 1 else Max.apply(input[0:1], dim)",
        "A max that is wrong down the columns passed: try both dimensions.",
    ),
    Mutant(
        "whole_gradient_to_ties",
        "nn.Max.backward",
        _SAVED + "return grad_output * hot, 0.0",
        "A max whose equal cells each get the whole gradient passed: what a row gets in all has to "
        "be the gradient that came back.",
    ),
    Mutant(
        "first_of_ties",
        "nn.Max.backward",
        _SAVED + "import numpy as np\n"
        "cells = a.to_numpy()\n"
        "first = np.zeros_like(cells)\n"
        "np.put_along_axis(first, np.expand_dims(cells.argmax(dim), dim), 1.0, dim)\n"
        "return grad_output * a._from_array(first), 0.0",
        "A max that gives the gradient to the first of equal cells passed: they share it evenly.",
    ),
    Mutant(
        "gradient_to_all",
        "nn.Max.backward",
        _SAVED + "return grad_output / a.shape[dim] + hot * 0.0, 0.0",
        "A max that shares the gradient among all cells passed: assert that it is 0 where the cell "
        "isn't the largest.",
    ),
    Mutant(
        "forgets_the_gradient",
        "nn.Max.backward",
        _SAVED + "return hot / hot.sum(dim), 0.0",
        "A max that forgets the gradient that comes back passed: start backward from numbers other "
        "than 1.",
    ),
    Mutant(
        "no_gradient",
        "nn.Max.backward",
        _SAVED + "return hot * 0.0, 0.0",
        "A max whose gradient is 0 everywhere passed: assert what the largest cells get.",
    ),
    Mutant(
        "gradients_of_other_rows",
        "nn.Max.backward",
        _SAVED + "mean = grad_output.sum() / grad_output.size\n"
        "return mean * hot / hot.sum(dim), 0.0",
        "A max that mixes up the gradients of the rows passed: give each row another one.",
    ),
]
