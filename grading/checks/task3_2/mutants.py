"""Wrong solutions of Task 3.2, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

_KERNEL = """\
a_batch = {a_batch}
b_batch = {b_batch}
for cell in {loop}(out_shape[0] * out_shape[1] * out_shape[2]):
    column = cell % out_shape[2]
    row = cell // out_shape[2] % out_shape[1]
    batch = cell // (out_shape[2] * out_shape[1])
    a = batch * a_batch + row * a_strides[1]
    b = batch * b_batch + column * b_strides[2]
    total = {start}
    for k in range({inner}):
        total += a_storage[{a}] * b_storage[{b}]
    out[batch * out_strides[0] + row * out_strides[1] + column * out_strides[2]] = total
"""
_RIGHT = {
    "a_batch": "a_strides[0] if a_shape[0] > 1 else 0",
    "b_batch": "b_strides[0] if b_shape[0] > 1 else 0",
    "loop": "prange",
    "start": "0.0",
    "inner": "a_shape[2]",
    "a": "a + k * a_strides[2]",
    "b": "b + k * b_strides[1]",
}


def _kernel(**changed: str) -> str:
    return _KERNEL.format(**(_RIGHT | changed))


_BACKWARD = """\
t1, t2 = ctx.saved_values

def transposed(x):
    *outer, row, column = range(x.dims)
    return x._new(x._tensor.permute(*outer, column, row))

multiply = grad_output.f.matrix_multiply
return {left}, {right}
"""

MUTANTS = [
    Mutant(
        "not_parallel",
        "fast_ops._tensor_matrix_multiply",
        _kernel(loop="range"),
        "The kernel has no parallel loop: the outer loop has to be a prange.",
    ),
    Mutant(
        "idle_loop",
        "fast_ops._tensor_matrix_multiply",
        "for _ in prange(2):\n    pass\n" + _kernel(loop="range"),
        "The kernel has a parallel loop that does nothing: the work has to be in it.",
    ),
    Mutant(
        "batch_of_one_not_shared",
        "fast_ops._tensor_matrix_multiply",
        _kernel(
            a="(a + k * a_strides[2]) % len(a_storage)",
            b="(b + k * b_strides[1]) % len(b_storage)",
            a_batch="a_strides[0] + 1",
            b_batch="b_strides[0] + 1",
        ),
        "The kernel moved on in a batch of one: its batch stride counts as zero.",
    ),
    Mutant(
        "rows_assumed_contiguous",
        "fast_ops._tensor_matrix_multiply",
        _kernel(a="batch * a_batch + row * a_shape[2] + k"),
        "The kernel read a row by row whatever its strides: a permuted matrix lies otherwise.",
    ),
    Mutant(
        "columns_by_the_wrong_stride",
        "fast_ops._tensor_matrix_multiply",
        _kernel(b="(b + k * b_strides[2]) % len(b_storage)"),
        "The kernel walked along a row of b: down a column, the stride of dimension 1 counts.",
    ),
    Mutant(
        "one_product_short",
        "fast_ops._tensor_matrix_multiply",
        _kernel(inner="a_shape[2] - 1"),
        "The kernel left out the last product of each sum.",
    ),
    Mutant(
        "adds_to_the_output",
        "fast_ops._tensor_matrix_multiply",
        _kernel(
            start="out[batch * out_strides[0] + row * out_strides[1] + column * out_strides[2]]"
        ),
        "The kernel added to what stood in the output: it has to overwrite it.",
    ),
    Mutant(
        "looks_up_every_place",
        "fast_ops._tensor_matrix_multiply",
        _kernel(a="index_to_position(place, a_strides)").replace(
            "    for k in range(a_shape[2]):\n",
            "    place = np.zeros(3, np.int64)\n"
            "    place[0], place[1] = (batch if a_shape[0] > 1 else 0), row\n"
            "    for k in range(a_shape[2]):\n        place[2] = k\n",
        ),
        "The kernel called a function for every product: add up strides instead.",
    ),
    Mutant(
        "writes_every_product",
        "fast_ops._tensor_matrix_multiply",
        _kernel().replace("\n    out[", "\n        out["),
        "The kernel wrote to out for every product: add up in a local variable, and write once.",
    ),
    Mutant(
        "gradients_not_transposed",
        "tensor_functions.MatMul.backward",
        _BACKWARD.format(
            left="multiply(transposed(multiply(t2, transposed(grad_output))), "
            "multiply(t2, transposed(t2)))",
            right="multiply(transposed(t1), grad_output)",
        ),
        "The gradient of the left factor is the gradient times the right factor, transposed.",
    ),
    Mutant(
        "gradients_swapped",
        "tensor_functions.MatMul.backward",
        _BACKWARD.format(
            left="multiply(transposed(t1), grad_output)",
            right="multiply(grad_output, transposed(t2))",
        ),
        "MatMul.backward returned the gradients in the wrong order: the left factor's comes first.",
    ),
]
