"""Wrong solutions of Task 2.1, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

MUTANTS = [
    Mutant(
        "position_adds_the_index",
        "tensor_data.index_to_position",
        "return sum(int(i) for i in index)",
        "index_to_position added up the index: each number counts as many cells as its "
        "dimension's stride says.",
    ),
    Mutant(
        "position_reverses_the_strides",
        "tensor_data.index_to_position",
        "return sum(int(i) * int(s) for i, s in zip(index, strides[::-1]))",
        "index_to_position paired the first index with the last stride: stride d belongs to "
        "dimension d.",
    ),
    Mutant(
        "position_in_16_bits",
        "tensor_data.index_to_position",
        "position = 0\n"
        "for i, s in zip(index, strides):\n"
        "    position = (position + int(i) * int(s)) & 0x7FFF\n"
        "return position",
        "index_to_position lost the high part of a large position: small integers overflow.",
    ),
    Mutant(
        "cells_column_by_column",
        "tensor_data.to_index",
        "for dim in range(len(shape)):\n"
        "    out_index[dim] = ordinal % shape[dim]\n"
        "    ordinal = ordinal // shape[dim]",
        "to_index counts column by column: the last dimension has to run fastest.",
    ),
    Mutant(
        "cells_eat_the_shape",
        "tensor_data.to_index",
        "remaining = ordinal\n"
        "for dim in range(len(shape) - 1, -1, -1):\n"
        "    out_index[dim] = remaining % shape[dim]\n"
        "    remaining = remaining // shape[dim]\n"
        "    shape[dim] = remaining",
        "to_index wrote into the shape that it was given: whoever asks next gets a wrong answer.",
    ),
    Mutant(
        "cells_fill_from_the_right",
        "tensor_data.to_index",
        "remaining = ordinal\n"
        "for dim in range(1, len(shape) + 1):\n"
        "    out_index[-dim] = remaining % shape[-dim]\n"
        "    remaining = remaining // shape[-dim]",
        "to_index filled a buffer that is too long from its end: index d belongs in place d.",
    ),
    Mutant(
        "permute_shape_only",
        "tensor_data.TensorData.permute",
        "return TensorData(\n"
        "    self._storage, tuple(self.shape[dim] for dim in order), self.strides\n"
        ")",
        "permute moved the sizes but not the strides: each stride goes with its size.",
    ),
    Mutant(
        "permute_backwards",
        "tensor_data.TensorData.permute",
        "back = [list(order).index(dim) for dim in range(self.dims)]\n"
        "return TensorData(\n"
        "    self._storage,\n"
        "    tuple(self.shape[dim] for dim in back),\n"
        "    tuple(self.strides[dim] for dim in back),\n"
        ")",
        "permute applied the opposite order: order[0] names the dimension that comes first.",
    ),
    Mutant(
        "permute_copies",
        "tensor_data.TensorData.permute",
        "return TensorData(\n"
        "    self._storage.copy(),\n"
        "    tuple(self.shape[dim] for dim in order),\n"
        "    tuple(self.strides[dim] for dim in order),\n"
        ")",
        "permute copied the numbers: the permuted tensor reads the same storage.",
    ),
    Mutant(
        "cells_leave_out_single_places",
        "tensor_data.to_index",
        "rest = ordinal\n"
        "for dim in range(len(shape) - 1, -1, -1):\n"
        "    if shape[dim] > 1:\n"
        "        out_index[dim] = rest % shape[dim]\n"
        "        rest = rest // shape[dim]",
        "to_index left out the dimensions of size 1: their place is 0, and the buffer may hold "
        "anything before.",
    ),
    Mutant(
        "permute_takes_any_order",
        "tensor_data.TensorData.permute",
        "shape = [self.shape[dim] for dim in order]\n"
        "strides = [self.strides[dim] for dim in order]\n"
        "return TensorData.trusted(self._storage, tuple(shape), tuple(strides))",
        "permute took an order that doesn't name each dimension once: `checked_order` refuses it.",
    ),
]
