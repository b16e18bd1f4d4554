"""Wrong solutions of Task 3.3, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant


def _map(
    guard: str = "i < out_size",
    strides: str = "in_strides",
    place: str = "index_to_position(out_index, out_strides)",
    broadcast: str = "broadcast_index(out_index, out_shape, in_shape, in_index)",
    number: str = "cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x",
) -> str:
    return f"""\
def _map(out, out_shape, out_strides, out_size, in_storage, in_shape, in_strides):
    out_index = cuda.local.array(MAX_DIMS, int64)
    in_index = cuda.local.array(MAX_DIMS, int64)
    i = {number}
    if {guard}:
        to_index(i, out_shape, out_index)
        {broadcast}
        out[{place}] = fn(in_storage[index_to_position(in_index, {strides})])

return jit(_map)"""


def _zip(
    guard: str = "i < out_size",
    b_shape: str = "b_shape",
    b_strides: str = "b_strides",
    values: str = "a, b",
) -> str:
    return f"""\
def _zip(
    out, out_shape, out_strides, out_size, a_storage, a_shape, a_strides, b_storage, b_shape, b_strides
):
    index = cuda.local.array(MAX_DIMS, int64)
    a_index = cuda.local.array(MAX_DIMS, int64)
    b_index = cuda.local.array(MAX_DIMS, int64)
    i = cuda.grid(1)
    if {guard}:
        to_index(i, out_shape, index)
        broadcast_index(index, out_shape, a_shape, a_index)
        broadcast_index(index, out_shape, {b_shape}, b_index)
        a = a_storage[index_to_position(a_index, a_strides)]
        b = b_storage[index_to_position(b_index, {b_strides})]
        out[index_to_position(index, out_strides)] = fn({values})

return jit(_zip)"""


def _practice(
    fill: str = "cache[t] = a[i] if i < size else 0.0",
    barrier: str = "cuda.syncthreads()",
    write: str = "if t == 0:\n    out[cuda.blockIdx.x] = cache[0]",
    number: str = "cuda.grid(1)",
) -> str:
    return f"""\
cache = cuda.shared.array(THREADS_PER_BLOCK, a.dtype)
i = {number}
t = cuda.threadIdx.x
{fill}
width = THREADS_PER_BLOCK // 2
while width > 0:
    {barrier}
    if t < width:
        cache[t] += cache[t + width]
    width //= 2
{write}"""


def _reduce(
    share: str = "range(t + REDUCE_THREADS, size, REDUCE_THREADS)",
    step: str = "a_strides[reduce_dim]",
    barrier: str = "cuda.syncthreads()",
    both: str = "t < width and t + width < size",
    end: str = "fn(reduce_value, cache[0])",
) -> str:
    return f"""\
def _reduce(
    out, out_shape, out_strides, out_size, a_storage, a_shape, a_strides, reduce_dim, reduce_value
):
    cache = cuda.shared.array(REDUCE_THREADS, a_storage.dtype)
    index = cuda.local.array(MAX_DIMS, int64)
    t = cuda.threadIdx.x
    to_index(cuda.blockIdx.x, out_shape, index)
    start = index_to_position(index, a_strides)
    size = a_shape[reduce_dim]
    step = {step}
    if t < size:
        cache[t] = a_storage[start + t * step]
        for i in {share}:
            cache[t] = fn(cache[t], a_storage[start + i * step])
    width = REDUCE_THREADS // 2
    while width > 0:
        {barrier}
        if {both}:
            cache[t] = fn(cache[t], cache[t + width])
        width //= 2
    if t == 0:
        out[index_to_position(index, out_strides)] = {end}

return jit(_reduce)"""


MUTANTS = [
    Mutant(
        "map_unguarded",
        "cuda_ops.tensor_map",
        _map(guard="True"),
        "threads without a cell worked all the same: there are more threads than cells, so ask "
        "whether the thread's number is below out_size.",
    ),
    Mutant(
        "map_first_block_only",
        "cuda_ops.tensor_map",
        _map(number="cuda.threadIdx.x"),
        "only the first block's cells were filled: a thread's number in the grid also counts the "
        "threads of the blocks before its own.",
    ),
    Mutant(
        "map_by_output_strides",
        "cuda_ops.tensor_map",
        _map(strides="out_strides"),
        "the input was read by the output's strides: each storage has strides of its own.",
    ),
    Mutant(
        "map_as_stored",
        "cuda_ops.tensor_map",
        _map(place="i"),
        "the result was written in the order of the storage: an output may be permuted, so its "
        "strides say where a cell lies.",
    ),
    Mutant(
        "map_no_broadcast",
        "cuda_ops.tensor_map",
        _map(broadcast="to_index(i, out_shape, in_index)"),
        "the input was read at the output's index: a smaller input is broadcast.",
    ),
    Mutant(
        "zip_unguarded",
        "cuda_ops.tensor_zip",
        _zip(guard="True"),
        "threads without a pair worked all the same: guard them by out_size.",
    ),
    Mutant(
        "zip_one_shape_for_both",
        "cuda_ops.tensor_zip",
        _zip(b_shape="a_shape"),
        "the second tensor was broadcast by the shape of the first.",
    ),
    Mutant(
        "zip_wrong_stride",
        "cuda_ops.tensor_zip",
        _zip(b_strides="a_strides"),
        "the second tensor was read by the strides of the first.",
    ),
    Mutant(
        "zip_swapped",
        "cuda_ops.tensor_zip",
        _zip(values="b, a"),
        "the two numbers came to the function in the wrong order.",
    ),
    Mutant(
        "practice_no_barrier",
        "cuda_ops._sum_practice",
        _practice(barrier="pass"),
        "threads added what others hadn't written yet: a barrier belongs between two levels.",
    ),
    Mutant(
        "practice_unguarded",
        "cuda_ops._sum_practice",
        _practice(fill="cache[t] = a[i]"),
        "the last block read past the end of the values.",
    ),
    Mutant(
        "practice_places_left_unfilled",
        "cuda_ops._sum_practice",
        _practice(fill="if i < size:\n    cache[t] = a[i]"),
        "places of shared memory that nobody filled were added: they hold anything at all.",
    ),
    Mutant(
        "practice_every_thread_writes",
        "cuda_ops._sum_practice",
        _practice(write="out[cuda.blockIdx.x] = cache[0]"),
        "all threads wrote the sum, 32 times the same: one write for each block will do.",
    ),
    Mutant(
        "practice_without_sharing",
        "cuda_ops._sum_practice",
        "i = cuda.grid(1)\nif i < size:\n    out[i // THREADS_PER_BLOCK] += a[i]",
        "threads added to one place of global memory at once, and lost each other's sums.",
    ),
    Mutant(
        "practice_barrier_inside_guard",
        "cuda_ops._sum_practice",
        _practice(
            barrier="if t < width:\n        cuda.syncthreads()",
        ),
        "the barrier stands where only some threads come to it; the others leave them waiting.",
    ),
    Mutant(
        "reduce_racing",
        "cuda_ops.tensor_reduce",
        _reduce(barrier="pass"),
        "the threads raced: without a barrier between two levels, some fold what isn't there yet.",
    ),
    Mutant(
        "reduce_one_block_only",
        "cuda_ops.tensor_reduce",
        _reduce(share="range(0)"),
        "values beyond the number of threads were left out: each thread has to fold several.",
    ),
    Mutant(
        "reduce_start_for_every_thread",
        "cuda_ops.tensor_reduce",
        _reduce(share="range(t, size, REDUCE_THREADS)")
        .replace("cache[t] = a_storage[start + t * step]", "cache[t] = reduce_value")
        .replace("fn(reduce_value, cache[0])", "cache[0]"),
        "every thread began with the start value, so it took part many times.",
    ),
    Mutant(
        "reduce_neighbours_in_storage",
        "cuda_ops.tensor_reduce",
        _reduce(step="1"),
        "values one place apart were folded: along another dimension they lie a stride apart.",
    ),
    Mutant(
        "reduce_unfilled_places",
        "cuda_ops.tensor_reduce",
        _reduce(both="t < width"),
        "places of shared memory that nobody filled were folded in: a dimension may be shorter "
        "than the block.",
    ),
    Mutant(
        "reduce_forgets_start",
        "cuda_ops.tensor_reduce",
        _reduce(end="cache[0]"),
        "the start value took no part.",
    ),
]
