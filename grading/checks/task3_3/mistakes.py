"""What was written for Task 3.3, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_MAP, _REDUCE = "cuda_ops.tensor_map", "cuda_ops.tensor_reduce"
_PRACTICE = "cuda_ops._sum_practice"
_GUARD = r"have no cell: what keeps them from working"
_OUTSIDE = r"those beyond the last cell read or wrote outside"
_OWN = r"Each tensor has strides of its own"
_NO_BARRIER = r"there is no barrier"
_RACE = r"Between two levels of the tree belongs a barrier"
_SOME = r"All threads of a block must come to the same ones"
_UNFILLED = r"no thread had filled were added"
_START = r"The start value takes part once"
_ONCE = r"once, by one thread of its block"


def _practice(
    fill: str = "cache[t] = a[i] if i < size else 0.0",
    before: str = "cuda.syncthreads()",
    level: str = "if t < width:\n        cache[t] += cache[t + width]",
    after: str = "cuda.syncthreads()",
    kind: str = "a.dtype",
) -> str:
    return f"""\
cache = cuda.shared.array(THREADS_PER_BLOCK, {kind})
i = cuda.grid(1)
t = cuda.threadIdx.x
{fill}
{before}
width = THREADS_PER_BLOCK // 2
while width > 0:
    {level}
    {after}
    width //= 2
if t == 0:
    out[cuda.blockIdx.x] = cache[0]"""


TOLD = {
    "map_unguarded": rf"^map .*{_GUARD}",
    "map_first_block_only": r"^map .*cell 5 wasn't written, the first of the second block",
    "map_by_output_strides": rf"^map .*{_OWN}",
    "map_as_stored": rf"^map .*{_OWN}",
    "map_no_broadcast": r"^map .*broadcast_index says which",
    "zip_unguarded": rf"^zip .*{_GUARD}",
    "zip_one_shape_for_both": r"^zip .*broadcast_index says which",
    "zip_wrong_stride": rf"^zip .*{_OWN}",
    "zip_swapped": r"^zip .*come to the function in the wrong order",
    "practice_no_barrier": rf"^_sum_practice .*{_NO_BARRIER}",
    "practice_unguarded": rf"^_sum_practice .*{_OUTSIDE}",
    "practice_places_left_unfilled": rf"^_sum_practice .*{_UNFILLED}",
    "practice_every_thread_writes": rf"^_sum_practice .*written 32 times: {_ONCE}",
    "practice_without_sharing": rf"^_sum_practice .*{_NO_BARRIER}",
    "practice_barrier_inside_guard": rf"^_sum_practice .*{_SOME}",
    "reduce_racing": rf"^reduce .*{_NO_BARRIER}",
    "reduce_one_block_only": r"^reduce .*fewer threads than there are values: then each takes",
    "reduce_start_for_every_thread": rf"^reduce .*{_START}",
    "reduce_neighbours_in_storage": r"^reduce .*The values of one fold lie 2 places apart",
    "reduce_unfilled_places": rf"^reduce .*{_UNFILLED}",
    "reduce_forgets_start": rf"^reduce .*{_START}",
}
MISTAKES = [
    Mistake(
        "one barrier only",
        _PRACTICE,
        _practice(after="pass"),
        told=_RACE,
    ),
    Mistake(
        "no barrier before the tree",
        _PRACTICE,
        _practice(before="pass"),
        told=r"Between filling and adding belongs a barrier",
    ),
    Mistake(
        "one thread adds all",
        _PRACTICE,
        _practice(
            level="if t == 0:\n        for k in range(1, THREADS_PER_BLOCK):\n"
            "            cache[0] += cache[k]\n    break",
        ),
        told=r"a single thread adds all.*half of the threads",
    ),
    Mistake(
        "threads without a value leave",
        _PRACTICE,
        _practice(fill="if i >= size:\n    return\ncache[t] = a[i]"),
        told=_SOME,
    ),
    Mistake(
        "the barrier in the tree's if",
        _PRACTICE,
        _practice(
            level="if t < width:\n        cache[t] += cache[t + width]\n        cuda.syncthreads()",
            after="pass",
        ),
        told=_SOME,
    ),
    Mistake(
        "filled under a guard, barrier and all",
        _PRACTICE,
        _practice(
            fill="if i < size:\n    cache[t] = a[i]\n    cuda.syncthreads()\n"
            "else:\n    cache[t] = 0.0",
            before="pass",
        ),
        told=_SOME,
    ),
    Mistake(
        "shared memory of float32",
        _PRACTICE,
        _practice(kind="numba.float32"),
        told=r"^sum_practice .*float32 loses",
    ),
    Mistake(
        "a place of the block instead of the grid",
        _PRACTICE,
        _practice(fill="cache[t] = a[t] if t < size else 0.0"),
        told=r"^_sum_practice of 41 values.*value",
    ),
    Mistake(
        "not compiled",
        _MAP,
        "def _map(out, out_shape, out_strides, out_size, in_storage, in_shape, in_strides):\n"
        "    i = cuda.grid(1)\n    if i < out_size:\n        out[i] = fn(in_storage[i])\n"
        "return _map",
        told=r"returned a function of plain Python: put @jit",
    ),
    Mistake(
        "not returned",
        _MAP,
        "pass",
        told=r"^tensor_map gave None",
    ),
    Mistake(
        "along the storage",
        _MAP,
        "def _map(out, out_shape, out_strides, out_size, in_storage, in_shape, in_strides):\n"
        "    i = cuda.grid(1)\n    if i < out_size:\n        out[i] = fn(in_storage[i])\n"
        "return jit(_map)",
        told=rf"^map .*{_OWN}",
    ),
    Mistake(
        "a name that isn't there",
        _MAP,
        "def _map(out, out_shape, out_strides, out_size, in_storage, in_shape, in_strides):\n"
        "    i = cuda.gird(1)\n    if i < out_size:\n        out[i] = fn(in_storage[i])\n"
        "return jit(_map)",
        told=r"^map .* raised AttributeError.*gird",
    ),
    Mistake("the tree with both barriers", _PRACTICE, _practice(), fair="right in another style"),
    Mistake(
        "neighbours first",
        _PRACTICE,
        _practice(
            level="if t % (2 * (THREADS_PER_BLOCK // 2 // width)) == 0:\n"
            "        cache[t] += cache[t + THREADS_PER_BLOCK // 2 // width]"
        ),
        fair="right in another style",
    ),
]
