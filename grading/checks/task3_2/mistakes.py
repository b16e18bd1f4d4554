"""What was written for Task 3.2, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_KERNEL = "fast_ops._tensor_matrix_multiply"
_BACKWARD = "tensor_functions.MatMul.backward"
_WORK = r"(no loop is parallel|the parallel loop isn't the one that does the work)"
_STRIDES = r"Places follow the strides"
_HINT = r"With d what arrives"
_PLAIN = """\
a_batch = a_strides[0] if a_shape[0] > 1 else 0
b_batch = b_strides[0] if b_shape[0] > 1 else 0
for n in {batches}(out_shape[0]):
    for i in {rows}(out_shape[1]):
        for j in range(out_shape[2]):
            total = 0.0
            for k in {inner}(a_shape[2]):
                a = a_storage[n * a_batch + i * a_strides[1] + k * a_strides[2]]
                total += a * b_storage[n * b_batch + k * b_strides[1] + j * b_strides[2]]
            out[n * out_strides[0] + i * out_strides[1] + j * out_strides[2]] = total
"""
TOLD = {
    "not_parallel": _WORK,
    "idle_loop": _WORK,
    "batch_of_one_not_shared": r"A batch of one is shared by all|Each matrix of a batch lies",
    "rows_assumed_contiguous": _STRIDES,
    "columns_by_the_wrong_stride": _STRIDES,
    "one_product_short": r"The last product of each sum is missing",
    "adds_to_the_output": r"added to what stood in `out`",
    "looks_up_every_place": r"calls index_to_position more often.*no calls inside",
    "writes_every_product": r"add up in a local variable, and write once",
    "gradients_not_transposed": rf"the gradient of the left factor is wrong. {_HINT}",
    "gradients_swapped": r"the other one: they are returned in the wrong order",
}
MISTAKES = [
    Mistake(
        "a batch of one isn't shared",
        _KERNEL,
        _PLAIN.format(batches="prange", rows="range", inner="range").replace(
            "a_strides[0] if a_shape[0] > 1 else 0", "a_strides[0]"
        ),
        told=r"A batch of one is shared by all",
    ),
    Mistake(
        "in parallel over k",
        _KERNEL,
        _PLAIN.format(batches="range", rows="range", inner="prange"),
        told=_WORK,
    ),
    Mistake(
        "k outside and parallel",
        _KERNEL,
        "for k in prange(a_shape[2]):\n"
        "    for n in range(out_shape[0]):\n        for i in range(out_shape[1]):\n"
        "            for j in range(out_shape[2]):\n"
        "                a = a_storage[n * a_strides[0] * (a_shape[0] > 1) + i * a_strides[1]\n"
        "                    + k * a_strides[2]]\n"
        "                b = b_storage[n * b_strides[0] * (b_shape[0] > 1) + k * b_strides[1]\n"
        "                    + j * b_strides[2]]\n"
        "                o = n * out_strides[0] + i * out_strides[1] + j * out_strides[2]\n"
        "                out[o] = (out[o] if k else 0.0) + a * b",
        told=r"is written by the turns .* each cell belongs to one turn",
    ),
    Mistake(
        "the cell itself as the total",
        _KERNEL,
        _PLAIN.format(batches="prange", rows="range", inner="range")
        .replace(
            "            total = 0.0\n",
            "            o = n * out_strides[0] + i * "
            "out_strides[1] + j * out_strides[2]\n            out[o] = 0.0\n",
        )
        .replace("total += ", "out[o] += ")
        .replace(
            "            out[n * out_strides[0] + i * out_strides[1] + j * out_strides[2]] "
            "= total\n",
            "",
        ),
        told=r"add up in a local variable, and write once",
    ),
    Mistake(
        "b as stored",
        _KERNEL,
        _PLAIN.format(batches="prange", rows="range", inner="range").replace(
            "k * b_strides[1] + j * b_strides[2]", "k * b_shape[2] + j"
        ),
        told=_STRIDES,
    ),
    Mistake(
        "out as the size of a",
        _KERNEL,
        _PLAIN.format(batches="prange", rows="range", inner="range").replace(
            "range(out_shape[2])", "range(a_shape[2])"
        ),
        told=r"A place outside of an array|should begin",
    ),
    Mistake(
        "one derivative",
        _BACKWARD,
        "t1, t2 = ctx.saved_values\nreturn grad_output @ t2.permute(*range(t2.dims - 2), -1, -2)",
        told=r"Return one for each argument",
    ),
    Mistake(
        "elementwise",
        _BACKWARD,
        "t1, t2 = ctx.saved_values\nreturn t2 * grad_output, t1 * grad_output",
        told=_HINT,
    ),
    Mistake(
        "nothing saved",
        "tensor_functions.MatMul.forward",
        "return t1.f.matrix_multiply(t1, t2)",
        told=r"and back, raised ValueError",
    ),
    Mistake(
        "three plain loops",
        _KERNEL,
        _PLAIN.format(batches="prange", rows="range", inner="range"),
        fair="right in another style",
    ),
    Mistake(
        "rows in parallel",
        _KERNEL,
        _PLAIN.format(batches="range", rows="prange", inner="range"),
        fair="right in another style",
    ),
]
