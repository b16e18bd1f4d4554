"""Wrong solutions of Task 3.1, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

_MAP = """\
def _map(out, out_shape, out_strides, in_storage, in_shape, in_strides):
{fast}\
    for ordinal in {loop}(len(out)):
        out_index = np.zeros(MAX_DIMS, np.int64)
        in_index = np.zeros(MAX_DIMS, np.int64)
        to_index(ordinal, out_shape, out_index)
        broadcast_index(out_index, out_shape, in_shape, in_index)
        o = {target}
        out[o] = fn(in_storage[index_to_position(in_index, in_strides)])

return njit(_map, parallel=True)
"""
_FAST = """\
    if aligned(out_shape, out_strides, in_shape, in_strides):
        for i in range(len(out)):
            out[i] = fn(in_storage[i])
        return
"""
_TARGET = "index_to_position(out_index, out_strides)"

_ZIP = """\
def _zip(out, out_shape, out_strides, a_storage, a_shape, a_strides,
         b_storage, b_shape, b_strides):
    if {alike}:
        for i in prange(len(out)):
            out[i] = fn(a_storage[i], b_storage[i])
    else:
        for ordinal in prange(len(out)):
            out_index = np.zeros(MAX_DIMS, np.int64)
            index = np.zeros(MAX_DIMS, np.int64)
            to_index(ordinal, out_shape, out_index)
            broadcast_index(out_index, out_shape, a_shape, index)
            a = index_to_position(index, a_strides)
            broadcast_index(out_index, out_shape, b_shape, index)
            b = index_to_position(index, {b_strides})
            out[index_to_position(out_index, out_strides)] = fn(a_storage[a], b_storage[b])

return njit(_zip, parallel=True)
"""
_BOTH = (
    "aligned(out_shape, out_strides, a_shape, a_strides) "
    "and aligned(out_shape, out_strides, b_shape, b_strides)"
)

_IDLE = "    for _ in prange(2):\n        pass\n    for ordinal in"

_REDUCE = """\
def _reduce(out, out_shape, out_strides, a_storage, a_shape, a_strides, reduce_dim):
    size, step = a_shape[reduce_dim], {step}
    for ordinal in {loop}(len(out)):
        index = np.zeros(MAX_DIMS, np.int64)
        to_index(ordinal, out_shape, index)
        o = index_to_position(index, out_strides)
        a = index_to_position(index, a_strides)
        total = {start}
        for i in range(size):
            total = fn(total, a_storage[a + i * step])
        out[o] = total

return njit(_reduce, parallel=True)
"""

MUTANTS = [
    Mutant(
        "map_not_parallel",
        "fast_ops.tensor_map",
        _MAP.format(fast=_FAST, loop="range", target=_TARGET),
        "tensor_map has no parallel loop: the loop over the result has to be a prange.",
    ),
    Mutant(
        "map_has_an_idle_loop",
        "fast_ops.tensor_map",
        _MAP.format(fast=_FAST, loop="range", target=_TARGET).replace("    for ordinal in", _IDLE),
        "tensor_map has a parallel loop that does nothing: the work has to be in it.",
    ),
    Mutant(
        "map_alike_on_one_core",
        "fast_ops.tensor_map",
        _MAP.format(fast=_FAST, loop="prange", target=_TARGET),
        "tensor_map runs on one core where tensors are laid out alike: that loop has to be a "
        "prange, too.",
    ),
    Mutant(
        "map_is_the_plain_one",
        "fast_ops.tensor_map",
        "from minitorch.tensor_ops import tensor_map as plain\n\nreturn plain(fn)",
        "tensor_map returned a plain function: the kernel has to be compiled.",
    ),
    Mutant(
        "map_always_indexes",
        "fast_ops.tensor_map",
        _MAP.format(fast="", loop="prange", target=_TARGET),
        "tensor_map computes indices for tensors that are laid out alike: cell i of one storage "
        "belongs to cell i of the other.",
    ),
    Mutant(
        "map_writes_row_by_row",
        "fast_ops.tensor_map",
        _MAP.format(fast="", loop="prange", target="ordinal"),
        "tensor_map wrote its results row by row: the output has strides of its own.",
    ),
    Mutant(
        "zip_looks_at_one_input",
        "fast_ops.tensor_zip",
        _ZIP.format(
            alike="aligned(out_shape, out_strides, a_shape, a_strides)", b_strides="b_strides"
        ).replace("b_storage[i])", "b_storage[i % len(b_storage)])"),
        "tensor_zip skipped the indices when only a was laid out like the result: b has to be, "
        "too.",
    ),
    Mutant(
        "zip_compares_sizes_only",
        "fast_ops.tensor_zip",
        _ZIP.format(
            alike="len(a_storage) == len(out) and len(b_storage) == len(out)",
            b_strides="b_strides",
        ),
        "tensor_zip compared sizes: two tensors of one size may be laid out differently, so "
        "shapes and strides have to agree.",
    ),
    Mutant(
        "zip_reads_b_by_the_strides_of_a",
        "fast_ops.tensor_zip",
        _ZIP.format(alike=_BOTH, b_strides="a_strides[-len(b_shape):]").replace(
            "b_storage[b])", "b_storage[b % len(b_storage)])"
        ),
        "tensor_zip used the strides of a for b: each input has its own.",
    ),
    Mutant(
        "reduce_not_parallel",
        "fast_ops.tensor_reduce",
        _REDUCE.format(loop="range", start="out[o]", step="a_strides[reduce_dim]"),
        "tensor_reduce has no parallel loop: the results are independent of each other.",
    ),
    Mutant(
        "reduce_has_an_idle_loop",
        "fast_ops.tensor_reduce",
        _REDUCE.format(loop="range", start="out[o]", step="a_strides[reduce_dim]").replace(
            "    for ordinal in", _IDLE
        ),
        "tensor_reduce has a parallel loop that does nothing: the work has to be in it.",
    ),
    Mutant(
        "reduce_forgets_the_start",
        "fast_ops.tensor_reduce",
        _REDUCE.format(loop="prange", start="0.0 * out[o]", step="a_strides[reduce_dim]"),
        "tensor_reduce began with zero: `out` already holds the value to start from.",
    ),
    Mutant(
        "reduce_steps_along_the_last",
        "fast_ops.tensor_reduce",
        _REDUCE.format(loop="prange", start="out[o]", step="a_strides[-1]").replace(
            "a_storage[a + i * step]", "a_storage[(a + i * step) % len(a_storage)]"
        ),
        "tensor_reduce moved by the last dimension's stride: the reduced dimension has its own.",
    ),
    Mutant(
        "reduce_looks_up_every_place",
        "fast_ops.tensor_reduce",
        _REDUCE.format(loop="prange", start="out[o]", step="a_strides[reduce_dim]").replace(
            "            total = fn(total, a_storage[a + i * step])",
            "            index[reduce_dim] = i\n"
            "            total = fn(total, a_storage[index_to_position(index, a_strides)])",
        ),
        "tensor_reduce called a function for every value: work out the first place before the "
        "inner loop, and move on by the stride.",
    ),
    Mutant(
        "reduce_writes_every_step",
        "fast_ops.tensor_reduce",
        _REDUCE.format(loop="prange", start="out[o]", step="a_strides[reduce_dim]").replace(
            "            total = fn(total, a_storage[a + i * step])",
            "            total = fn(total, a_storage[a + i * step])\n            out[o] = total",
        ),
        "tensor_reduce wrote to out for every value: fold in a local variable, and write once.",
    ),
    Mutant(
        "reduce_races",
        "fast_ops.tensor_reduce",
        "def _reduce(out, out_shape, out_strides, a_storage, a_shape, a_strides, reduce_dim):\n"
        "    for ordinal in prange(len(a_storage)):\n"
        "        index = np.zeros(MAX_DIMS, np.int64)\n"
        "        to_index(ordinal, a_shape, index)\n"
        "        a = index_to_position(index, a_strides)\n"
        "        index[reduce_dim] = 0\n"
        "        o = index_to_position(index, out_strides)\n"
        "        out[o] = fn(a_storage[a], out[o])\n"
        "\n"
        "return njit(_reduce, parallel=True)\n",
        "tensor_reduce let several threads write to one cell, in any order: each result belongs "
        "to one turn of the parallel loop.",
    ),
    Mutant(
        "map_shares_its_buffers",
        "fast_ops.tensor_map",
        "def _map(out, out_shape, out_strides, in_storage, in_shape, in_strides):\n"
        + _FAST.replace("range", "prange")
        + "    out_index = np.zeros(MAX_DIMS, np.int64)\n"
        "    in_index = np.zeros(MAX_DIMS, np.int64)\n"
        "    for ordinal in prange(len(out)):\n"
        "        to_index(ordinal, out_shape, out_index)\n"
        "        broadcast_index(out_index, out_shape, in_shape, in_index)\n"
        "        o = index_to_position(out_index, out_strides)\n"
        "        out[o] = fn(in_storage[index_to_position(in_index, in_strides)])\n"
        "\n"
        "return njit(_map, parallel=True)\n",
        "tensor_map made its index buffers before the loop: all threads write into the same ones, "
        "so make them inside of it.",
    ),
]
