"""What was written for Task 2.1, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_POSITION, _INDEX = "tensor_data.index_to_position", "tensor_data.to_index"
_PERMUTE = "tensor_data.TensorData.permute"
_FROM_THE_END = (
    "rest = ordinal\nfor dim in {dims}:\n    out_index[dim] = rest % shape[dim]\n"
    "    rest = rest // shape[dim]"
)
_REFUSED = r"Module 3 compiles {function}, and the compiler refuses: {why}.*range\(n - 1, -1, -1\)"

TOLD = {
    "position_adds_the_index": r"^Index \(1, 2\) with strides \(5, 1\) lies at 7.*1·5 \+ 2·1",
    "position_reverses_the_strides": r"^Index \(1, 2\) with strides \(5, 1\) lies at 7.*1·5",
    "position_in_16_bits": r"lies at 4900000005, but",
    "cells_column_by_column": r"the last dimension runs fastest",
    "cells_eat_the_shape": r"^to_index changed the shape",
    "cells_fill_from_the_right": r"fill it from its first place",
    "permute_shape_only": r"Each size takes its stride along",
    "permute_backwards": r"not where the first one goes",
    "permute_copies": r"copied the storage",
    "cells_leave_out_single_places": r"a place in a dimension of size 1 is written",
    "permute_takes_any_order": r"names each dimension once, and `checked_order`",
}
MISTAKES = [
    Mistake(
        "loop over the length of out_index",
        _INDEX,
        "rest = ordinal\nfor dim in range(len(out_index) - 1, -1, -1):\n"
        "    out_index[dim] = rest % shape[dim]\n    rest = rest // shape[dim]",
        told=r"to_index of cell 0 .*raised IndexError.*may be longer than the index in it",
    ),
    Mistake(
        "loop over the length of index",
        _POSITION,
        "position = 0\nfor dim in range(len(index)):\n    position += index[dim] * strides[dim]\n"
        "return position",
        told=r"raised IndexError.*may be longer than the index in it",
    ),
    Mistake(
        "out_index gets a new list",
        _INDEX,
        "out_index = []\nrest = ordinal\nfor size in shape[::-1]:\n"
        "    out_index = [rest % size, *out_index]\n    rest = rest // size",
        told=r"left out_index as it was.*out_index\[0\] = …",
    ),
    Mistake(
        "to_index returns the index",
        _INDEX,
        _FROM_THE_END.format(dims="range(len(shape) - 1, -1, -1)") + "\nreturn out_index",
        told=r"to_index gave .* back: it writes into out_index",
    ),
    Mistake(
        "no return",
        _POSITION,
        "position = 0\nfor dim in range(len(strides)):\n    position += index[dim] * strides[dim]",
        told=r"index_to_position gave None",
    ),
    Mistake(
        "permute in place",
        _PERMUTE,
        "order = checked_order(order, self.dims)\n"
        "self.shape = tuple(self.shape[dim] for dim in order)\n"
        "self.strides = tuple(self.strides[dim] for dim in order)\nreturn self",
        told=r"changed the tensor itself",
    ),
    Mistake(
        "strides from the new shape",
        _PERMUTE,
        "order = checked_order(order, self.dims)\n"
        "return TensorData(self._storage, tuple(self.shape[dim] for dim in order))",
        told=r"has strides \(1, 12, 4\), not .*takes its stride along",
    ),
    Mistake(
        "negative numbers forgotten",
        _PERMUTE,
        "if sorted(order) != list(range(self.dims)):\n    raise IndexingError(str(order))\n"
        "return TensorData(self._storage, tuple(self.shape[d] for d in order),\n"
        "    tuple(self.strides[d] for d in order))",
        told=r"permute\(-1, 0, 1\) .*raised IndexingError.*counts from the end",
    ),
    Mistake(
        "shape and strides only",
        _PERMUTE,
        "order = checked_order(order, self.dims)\n"
        "return tuple(self.shape[d] for d in order), tuple(self.strides[d] for d in order)",
        told=r"not a TensorData",
    ),
    Mistake(
        "reversed",
        _INDEX,
        _FROM_THE_END.format(dims="reversed(range(len(shape)))"),
        told=_REFUSED.format(function="to_index", why="it doesn't know `reversed`"),
    ),
    Mistake(
        "a range turned around by a slice",
        _INDEX,
        _FROM_THE_END.format(dims="range(len(shape))[::-1]"),
        told=_REFUSED.format(function="to_index", why=r"a range can't be .*\[::-1\]"),
    ),
    Mistake(
        "a generator",
        _POSITION,
        "return sum(i * s for i, s in zip(index, strides))",
        told=_REFUSED.format(function="index_to_position", why="a generator"),
    ),
    Mistake(
        "calls itself",
        _POSITION,
        "if len(strides) == 0:\n    return 0\n"
        "return index[0] * strides[0] + index_to_position(index[1:], strides[1:])",
        told=_REFUSED.format(function="index_to_position", why="it calls itself"),
    ),
    Mistake(
        "np.dot",
        _POSITION,
        "return np.dot(index[: len(strides)], strides)",
        told=_REFUSED.format(function="index_to_position", why="products of arrays"),
    ),
    Mistake(
        "np.unravel_index",
        _INDEX,
        "out_index[: len(shape)] = np.unravel_index(ordinal, tuple(shape))",
        told=_REFUSED.format(function="to_index", why="it doesn't know `numpy.unravel_index`"),
    ),
    Mistake(
        "pairs by zip",
        _POSITION,
        "position = 0\nfor i, s in zip(index, strides):\n    position += i * s\nreturn position",
        fair="right in another style",
    ),
    Mistake(
        "a product of slices",
        _POSITION,
        "return (index[: len(strides)] * strides).sum()",
        fair="right in another style",
    ),
    Mistake(
        "a list, summed",
        _POSITION,
        "return sum([i * s for i, s in zip(index, strides)])",
        fair="right in another style",
    ),
    Mistake(
        "divmod",
        _INDEX,
        "for dim in range(len(shape) - 1, -1, -1):\n"
        "    ordinal, out_index[dim] = divmod(ordinal, shape[dim])",
        fair="right in another style",
    ),
    Mistake(
        "blocks from the first dimension",
        _INDEX,
        "block = 1\nfor size in shape:\n    block *= size\nfor dim in range(len(shape)):\n"
        "    block //= shape[dim]\n    out_index[dim] = ordinal // block % shape[dim]",
        fair="right in another style",
    ),
]
