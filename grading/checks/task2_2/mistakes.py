"""What was written for Task 2.2, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_SHAPE, _INDEX = "tensor_data.shape_broadcast", "tensor_data.broadcast_index"
_ALIGN = r"Align the shapes on the right"
_ONES = (
    "result = []\nfor dim in range(max(len(shape1), len(shape2))):\n"
    "    one = shape1[-1 - dim] if dim < len(shape1) else 1\n"
    "    two = shape2[-1 - dim] if dim < len(shape2) else 1\n"
    "    if one != two and 1 not in (one, two):\n        raise {error}('no')\n"
    "    result.append(two if one == 1 else one)\nreturn {result}"
)
TOLD = {
    "aligned_on_the_left": rf"shape_broadcast of \(5, 3\) and \(3,\) refused them.*{_ALIGN}",
    "takes_the_larger": r"but they don't fit: sizes that differ meet only if one is 1",
    "larger_of_zero_and_one": r"gave \(1, 3\), but is \(0, 3\).*a 1 becomes it",
    "divisors_fit": r"but they don't fit: sizes that differ meet only if one is 1",
    "same_length_only": rf"shape_broadcast of \(5, 3\) and \(3,\) refused them.*{_ALIGN}",
    "index_from_the_left": rf"wrote \(4,\), but is \(2,\). {_ALIGN}",
    "index_not_held_at_zero": r"in its dimension 2, of size 1, there is one place, 0",
    "index_modulo_shifted": r"3 places more .* say how many dimensions there are",
    "index_by_the_buffer": r"3 places more .* say how many dimensions there are",
}
MISTAKES = [
    Mistake(
        "the larger of two sizes",
        _SHAPE,
        _ONES.format(error="IndexingError", result="tuple(result[::-1])").replace(
            "    if one != two and 1 not in (one, two):\n        raise IndexingError('no')\n", ""
        ),
        told=r"but they don't fit: sizes that differ meet only if one is 1",
    ),
    Mistake(
        "divisors fit, zeros seen to",
        _SHAPE,
        _ONES.format(error="IndexingError", result="tuple(result[::-1])").replace(
            "1 not in (one, two)", "0 not in (one, two) and max(one, two) % min(one, two)"
        ),
        told=r"but they don't fit: sizes that differ meet only if one is 1",
    ),
    Mistake(
        "ValueError",
        _SHAPE,
        _ONES.format(error="ValueError", result="tuple(result[::-1])"),
        told=r"raised ValueError.*Shapes that don't fit raise IndexingError",
    ),
    Mistake(
        "a list",
        _SHAPE,
        _ONES.format(error="IndexingError", result="result[::-1]"),
        told=r"gave a list, .*: a shape is a tuple",
    ),
    Mistake(
        "not turned around",
        _SHAPE,
        _ONES.format(error="IndexingError", result="tuple(result)"),
        told=rf"gave \(3, 5\), but is \(5, 3\). {_ALIGN}",
    ),
    Mistake(
        "over the shorter one only",
        _SHAPE,
        "result = []\nfor one, two in zip(shape1[::-1], shape2[::-1]):\n"
        "    if one != two and 1 not in (one, two):\n        raise IndexingError('no')\n"
        "    result.append(two if one == 1 else one)\nreturn tuple(result[::-1])",
        told=rf"gave \(3,\), but is \(5, 3\). {_ALIGN}",
    ),
    Mistake(
        "lengths not seen to",
        _SHAPE,
        "result = []\nfor dim in range(max(len(shape1), len(shape2))):\n"
        "    one, two = shape1[dim], shape2[dim]\n"
        "    if one != two and 1 not in (one, two):\n        raise IndexingError('no')\n"
        "    result.append(two if one == 1 else one)\nreturn tuple(result)",
        told=rf"refused them.*{_ALIGN}",
    ),
    Mistake(
        "no return",
        _SHAPE,
        "result = tuple(shape1)",
        told=r"gave None: is a `return` missing",
    ),
    Mistake(
        "by the buffer out_index",
        _INDEX,
        "missing = len(big_shape) - len(shape)\nfor dim in range(len(out_index)):\n"
        "    out_index[dim] = big_index[dim + missing] if shape[dim] > 1 else 0",
        told=r"3 places more .*raised IndexError.*say how many dimensions there are",
    ),
    Mistake(
        "out_index gets a new list",
        _INDEX,
        "missing = len(big_shape) - len(shape)\n"
        "out_index = [0 if n == 1 else big_index[d + missing] for d, n in enumerate(shape)]",
        told=r"left out_index as it was",
    ),
    Mistake(
        "big_index written",
        _INDEX,
        "missing = len(big_shape) - len(shape)\nfor dim in range(len(shape)):\n"
        "    if shape[dim] == 1:\n        big_index[dim + missing] = 0\n"
        "    out_index[dim] = big_index[dim + missing]",
        told=r"changed big_index, which belongs to the caller",
    ),
    Mistake(
        "only sizes of the larger one looked at",
        _INDEX,
        "missing = len(big_shape) - len(shape)\nfor dim in range(len(shape)):\n"
        "    out_index[dim] = big_index[dim + missing] if big_shape[dim + missing] > 1 else 0",
        told=r"in its dimension 2, of size 1, there is one place, 0",
    ),
    Mistake(
        "index returned",
        _INDEX,
        "missing = len(big_shape) - len(shape)\nfor dim in range(len(shape)):\n"
        "    out_index[dim] = big_index[dim + missing] if shape[dim] > 1 else 0\nreturn out_index",
        told=r"back: it writes, and returns nothing",
    ),
    Mistake(
        "min with size - 1",
        _INDEX,
        "missing = len(big_shape) - len(shape)\nfor dim in range(len(shape)):\n"
        "    out_index[dim] = min(big_index[dim + missing], shape[dim] - 1)",
        fair="right in another style",
    ),
    Mistake(
        "remainder",
        _INDEX,
        "for dim in range(len(shape)):\n"
        "    out_index[dim] = big_index[dim + len(big_shape) - len(shape)] % shape[dim]",
        fair="right in another style",
    ),
    Mistake(
        "from the right, by one list",
        _SHAPE,
        _ONES.format(error="IndexingError", result="tuple(reversed(result))"),
        fair="right in another style",
    ),
]
