"""Wrong solutions of Task 2.2, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

_BY_DIMENSION = """\
dims = max(len(shape1), len(shape2))
padded1 = {pad1}
padded2 = {pad2}
result = []
for one, two in zip(padded1, padded2):
    if {bad}:
        raise IndexingError("no")
    result.append({size})
return tuple(result)
"""
_RIGHT = {
    "pad1": "(1,) * (dims - len(shape1)) + tuple(shape1)",
    "pad2": "(1,) * (dims - len(shape2)) + tuple(shape2)",
    "bad": "one != two and 1 not in (one, two)",
    "size": "two if one == 1 else one",
}


def _shapes(**changed: str) -> str:
    return _BY_DIMENSION.format(**(_RIGHT | changed))


MUTANTS = [
    Mutant(
        "aligned_on_the_left",
        "tensor_data.shape_broadcast",
        _shapes(
            pad1="tuple(shape1) + (1,) * (dims - len(shape1))",
            pad2="tuple(shape2) + (1,) * (dims - len(shape2))",
        ),
        "shape_broadcast aligned the shapes on the left: missing sizes are on the left, so the "
        "right edges meet.",
    ),
    Mutant(
        "takes_the_larger",
        "tensor_data.shape_broadcast",
        _shapes(bad="False", size="max(one, two)"),
        "shape_broadcast took the larger size where two sizes differ: unless one of them is 1, "
        "that is an error.",
    ),
    Mutant(
        "larger_of_zero_and_one",
        "tensor_data.shape_broadcast",
        _shapes(size="max(one, two)"),
        "shape_broadcast made a size of 0 into 1: a size of 1 becomes the other size, 0 too.",
    ),
    Mutant(
        "divisors_fit",
        "tensor_data.shape_broadcast",
        _shapes(bad="0 in (one, two) or max(one, two) % min(one, two)", size="max(one, two)"),
        "shape_broadcast repeated a size that divides the other: only a size of 1 is stretched.",
    ),
    Mutant(
        "same_length_only",
        "tensor_data.shape_broadcast",
        _shapes(bad="len(shape1) != len(shape2) or (one != two and 1 not in (one, two))"),
        "shape_broadcast refused shapes of different lengths: missing sizes on the left count "
        "as 1.",
    ),
    Mutant(
        "index_from_the_left",
        "tensor_data.broadcast_index",
        "for dim in range(len(shape)):\n"
        "    out_index[dim] = big_index[dim] if shape[dim] > 1 else 0",
        "broadcast_index paired the dimensions from the left: the small shape sits under the "
        "right end of the big one.",
    ),
    Mutant(
        "index_not_held_at_zero",
        "tensor_data.broadcast_index",
        "missing = len(big_shape) - len(shape)\n"
        "for dim in range(len(shape)):\n"
        "    out_index[dim] = big_index[dim + missing]",
        "broadcast_index walked along a dimension of size 1: it has the place 0 only.",
    ),
    Mutant(
        "index_modulo_shifted",
        "tensor_data.broadcast_index",
        "for dim in range(len(shape)):\n"
        "    out_index[-1 - dim] = big_index[-1 - dim] if shape[-1 - dim] > 1 else 0",
        "broadcast_index filled a buffer that is too long from its end: index d belongs in "
        "place d.",
    ),
    Mutant(
        "index_by_the_buffer",
        "tensor_data.broadcast_index",
        "missing = len(big_index) - len(shape)\n"
        "for dim in range(len(shape)):\n"
        "    out_index[dim] = 0 if shape[dim] == 1 else big_index[dim + missing]",
        "broadcast_index measured big_index, a buffer that may be longer than the index in it: "
        "big_shape says how many dimensions there are.",
    ),
]
