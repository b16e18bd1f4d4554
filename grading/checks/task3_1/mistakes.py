"""What was written for Task 3.1, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_MAP, _ZIP, _REDUCE = "fast_ops.tensor_map", "fast_ops.tensor_zip", "fast_ops.tensor_reduce"
_PREFER = r"no loop is parallel.*is to be a prange"
_WORK = r"The loop that does the work is to be the prange"
_OWN = r"Each tensor has strides of its own"
_ALIKE = r"Without indices only if shape and strides equal"
_BUFFERS = r"made before the loop.*Make the index buffers inside of the loop"
_BODY = """\
def _map(out, out_shape, out_strides, in_storage, in_shape, in_strides):
    {before}
    if aligned(out_shape, out_strides, in_shape, in_strides):
        for i in prange(len(out)):
            out[i] = fn(in_storage[i])
    else:
        for i in prange(len(out)):
            {buffers}
            to_index(i, out_shape, out_index)
            {smaller}
            o = index_to_position(out_index, out_strides)
            out[o] = fn(in_storage[index_to_position(in_index, in_strides)])

return {end}
"""
_MADE = "out_index = np.zeros(MAX_DIMS, np.int64); in_index = np.zeros(MAX_DIMS, np.int64)"
_BROADCAST = "broadcast_index(out_index, out_shape, in_shape, in_index)"
_END = "njit(_map, parallel=True)"


def _map(**changed: str) -> str:
    right = {"before": "pass", "buffers": _MADE, "smaller": _BROADCAST, "end": _END}
    return _BODY.format(**(right | changed))


def _reduce(start: str = "out[o]", size: str = "a_shape[reduce_dim]", after: str = "") -> str:
    return f"""\
def _reduce(out, out_shape, out_strides, a_storage, a_shape, a_strides, reduce_dim):
    for i in prange(len(out)):
        index = np.zeros(MAX_DIMS, np.int64)
        to_index(i, out_shape, index)
        o = index_to_position(index, out_strides)
        a = index_to_position(index, a_strides)
        total = {start}
        for k in range({size}):
            total = fn(total, a_storage[a + k * a_strides[reduce_dim]])
        out[o] = total{after}

return njit(_reduce, parallel=True)
"""


_BOTH = "aligned(out_shape, out_strides, a_shape, a_strides)"
_ONE_INPUT = f"""\
def _zip(out, out_shape, out_strides, a, a_shape, a_strides, b, b_shape, b_strides):
    if {_BOTH}:
        for i in prange(len(out)):
            out[i] = fn(a[i], b[i])
    else:
        for i in prange(len(out)):
            index = np.zeros(MAX_DIMS, np.int64)
            at = np.zeros(MAX_DIMS, np.int64)
            to_index(i, out_shape, index)
            broadcast_index(index, out_shape, a_shape, at)
            j = index_to_position(at, a_strides)
            broadcast_index(index, out_shape, b_shape, at)
            k = index_to_position(at, b_strides)
            out[index_to_position(index, out_strides)] = fn({{values}})

return njit(_zip, parallel=True)
"""

TOLD = {
    "map_not_parallel": _PREFER,
    "map_has_an_idle_loop": _WORK,
    "map_alike_on_one_core": rf"strides \(5, 1\), into \(4, 5\), strides \(5, 1\): {_PREFER}",
    "map_is_the_plain_one": r"^tensor_map returned a function of plain Python",
    "map_always_indexes": r"Tensors that are laid out alike need no indices",
    "map_writes_row_by_row": rf"^tensor_map .*into \(4, 5\), strides \(1, 4\).*{_OWN}",
    "zip_looks_at_one_input": rf"^tensor_zip.*{_ALIKE}",
    "zip_compares_sizes_only": rf"^tensor_zip.*{_ALIKE}",
    "zip_reads_b_by_the_strides_of_a": rf"^tensor_zip.*{_OWN}",
    "reduce_not_parallel": _PREFER,
    "reduce_has_an_idle_loop": _WORK,
    "reduce_forgets_the_start": r"^tensor_reduce.*What `out` holds is what the fold starts from",
    "reduce_steps_along_the_last": r"^tensor_reduce along dimension 0.*each 20 places on",
    "reduce_looks_up_every_place": r"calls index_to_position more often.*the first place before",
    "reduce_writes_every_step": r"fold in a local variable, and write once",
    "reduce_races": r"is written by the turns .* each cell belongs to one turn",
    "map_shares_its_buffers": _BUFFERS,
}
MISTAKES = [
    Mistake(
        "one buffer before the loop",
        _MAP,
        _map(
            before="in_index = np.zeros(MAX_DIMS, np.int64)",
            buffers="out_index = np.zeros(MAX_DIMS, np.int64)",
        ),
        told=_BUFFERS,
    ),
    Mistake(
        "a buffer of floats",
        _MAP,
        _map(buffers=_MADE.replace(", np.int64", "")),
        told=r"an index isn't a whole number. np.zeros\(n, np.int64\)",
    ),
    Mistake(
        "no broadcast_index",
        _MAP,
        _map(smaller="in_index[:] = out_index"),
        told=r"^tensor_map of \((5,|4, 1)\).*(broadcast_index says which of its cells|has strides)",
    ),
    Mistake(
        "njit without parallel",
        _MAP,
        _map(end="njit(_map)"),
        told=r"compiles for one core: njit\(…, parallel=True\)",
    ),
    Mistake(
        "not returned",
        _MAP,
        _map(end="None"),
        told=r"^tensor_map gave None: return the compiled inner function",
    ),
    Mistake(
        "always along the storage",
        _MAP,
        "def _map(out, out_shape, out_strides, in_storage, in_shape, in_strides):\n"
        "    for i in prange(len(out)):\n        out[i] = fn(in_storage[i])\n"
        "return njit(_map, parallel=True)",
        told=rf"^tensor_map .*{_ALIKE}",
    ),
    Mistake(
        "what the compiler doesn't know",
        _MAP,
        _map(before="order = reversed(out_shape)"),
        told=r"the compiler refuses: it doesn't know `reversed`",
    ),
    Mistake(
        "one input looked at",
        _ZIP,
        _ONE_INPUT.format(values="a[j], b[k]"),
        told=rf"^tensor_zip.*{_ALIKE}",
    ),
    Mistake(
        "the inputs swapped",
        _ZIP,
        _ONE_INPUT.format(values="b[k], a[j]"),
        told=r"^tensor_zip.*fn got b first, then a",
    ),
    Mistake(
        "the sum begins with 0.0",
        _REDUCE,
        _reduce(start="0.0"),
        told=r"^tensor_reduce.*What `out` holds is what the fold starts from",
    ),
    Mistake(
        "the size of the result folded",
        _REDUCE,
        _reduce(size="out_shape[reduce_dim]"),
        told=r"^tensor_reduce along dimension 0 .*there are 3 cells",
    ),
    Mistake(
        "the result's cell as the total",
        _REDUCE,
        _reduce().replace("total", "out[o]").replace("out[o] = out[o]\n", "pass\n"),
        told=r"fold in a local variable, and write once",
    ),
    Mistake(
        "the parallel loop inside",
        _REDUCE,
        _reduce()
        .replace("in prange(len(out))", "in range(len(out))")
        .replace("in range(a_shape[reduce_dim])", "in prange(a_shape[reduce_dim])"),
        told=_WORK,
    ),
    Mistake("a plain loop", _MAP, _map(), fair="right in another style"),
    Mistake("a plain reduction", _REDUCE, _reduce(), fair="right in another style"),
    Mistake(
        "a buffer for each turn, made beforehand",
        _MAP,
        _map(
            before="buffers = np.zeros((2, len(out), MAX_DIMS), np.int64)",
            buffers="out_index = buffers[0, i]; in_index = buffers[1, i]",
        ),
        fair="right in another style",
    ),
]
