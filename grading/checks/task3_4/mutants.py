"""Wrong solutions of Task 3.4, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

_PRACTICE = "cuda_ops._mm_practice"
_MATMUL = "cuda_ops._tensor_matrix_multiply"


def _practice(
    inside: str = "row < size and column < size",
    barrier: str = "cuda.syncthreads()",
    right: str = "b_tile[k, column]",
    numbers: str = "cuda.threadIdx.y, cuda.threadIdx.x",
) -> str:
    return f"""\
a_tile = cuda.shared.array((THREADS_PER_BLOCK, THREADS_PER_BLOCK), a.dtype)
b_tile = cuda.shared.array((THREADS_PER_BLOCK, THREADS_PER_BLOCK), b.dtype)
row, column = {numbers}
inside = {inside}
if inside:
    a_tile[row, column] = a[row * size + column]
    b_tile[row, column] = b[row * size + column]
{barrier}
if inside:
    total = out.dtype.type(0)
    for k in range(size):
        total += a_tile[row, k] * {right}
    out[row * size + column] = total"""


def _matmul(
    tiles: str = "range(0, inner, TILE)",
    a_guard: str = "row < rows and start + x < inner",
    b_guard: str = "column < columns and start + y < inner",
    a_place: str = "(start + x) * a_strides[2]",
    first: str = "cuda.syncthreads()",
    second: str = "cuda.syncthreads()",
    end: str = "min(TILE, inner - start)",
    inside: str = "row < rows and column < columns",
    a_batch: str = "(batch * a_strides[0] if a_shape[0] > 1 else 0)",
    b_batch: str = "(batch * b_strides[0] if b_shape[0] > 1 else 0)",
    write: str = "",
) -> str:
    return f"""\
a_tile = cuda.shared.array((TILE, TILE), a_storage.dtype)
b_tile = cuda.shared.array((TILE, TILE), b_storage.dtype)
x, y, batch = cuda.threadIdx.x, cuda.threadIdx.y, cuda.blockIdx.z
column = cuda.blockIdx.x * TILE + x
row = cuda.blockIdx.y * TILE + y
rows, columns, inner = out_shape[1], out_shape[2], a_shape[2]
a_start = {a_batch} + row * a_strides[1]
b_start = {b_batch} + column * b_strides[2]
place = batch * out_strides[0] + row * out_strides[1] + column * out_strides[2]
total = out.dtype.type(0)
for start in {tiles}:
    if {a_guard}:
        a_tile[y, x] = a_storage[a_start + {a_place}]
    if {b_guard}:
        b_tile[y, x] = b_storage[b_start + (start + y) * b_strides[1]]
    {first}
    for k in range({end}):
        total += a_tile[y, k] * b_tile[k, x]
    {second}
    {write or "pass"}
if {inside}:
    out[place] = total"""


MUTANTS = [
    Mutant(
        "practice_no_barrier",
        _PRACTICE,
        _practice(barrier="pass"),
        "threads multiplied before the others had filled the tiles: a barrier belongs between.",
    ),
    Mutant(
        "practice_unguarded",
        _PRACTICE,
        _practice(inside="True"),
        "threads outside of the matrix read and wrote all the same: the block is larger than it.",
    ),
    Mutant(
        "practice_right_transposed",
        _PRACTICE,
        _practice(right="b_tile[column, k]"),
        "rows of the right matrix were multiplied: the product goes down its columns.",
    ),
    Mutant(
        "practice_result_transposed",
        _PRACTICE,
        _practice().replace(
            "a_tile[row, k] * b_tile[k, column]", "a_tile[column, k] * b_tile[k, row]"
        ),
        "the product came out transposed: rows are those of the left matrix.",
    ),
    Mutant(
        "practice_from_global_memory",
        _PRACTICE,
        "row, column = cuda.threadIdx.y, cuda.threadIdx.x\n"
        "if row < size and column < size:\n"
        "    total = out.dtype.type(0)\n"
        "    for k in range(size):\n"
        "        total += a[row * size + k] * b[k * size + column]\n"
        "    out[row * size + column] = total",
        "each number was read again for every product: read it once into shared memory.",
    ),
    Mutant(
        "practice_barrier_inside_guard",
        _PRACTICE,
        _practice(barrier="if inside:\n    cuda.syncthreads()"),
        "the barrier stands where only some threads come to it; the others leave them waiting.",
    ),
    Mutant(
        "matmul_first_barrier_missing",
        _MATMUL,
        _matmul(first="pass"),
        "threads multiplied before the tiles were full: a barrier belongs after fetching.",
    ),
    Mutant(
        "matmul_second_barrier_missing",
        _MATMUL,
        _matmul(second="pass"),
        "fast threads fetched the next tile over one that slow threads still needed: a second "
        "barrier belongs after multiplying.",
    ),
    Mutant(
        "matmul_first_tile_only",
        _MATMUL,
        _matmul(tiles="range(0, min(inner, TILE), TILE)"),
        "only the first tile along k was multiplied.",
    ),
    Mutant(
        "matmul_last_tile_missing",
        _MATMUL,
        _matmul(tiles="range(0, inner // TILE * TILE, TILE)"),
        "the last tile along k was left out where it isn't a whole one.",
    ),
    Mutant(
        "matmul_tile_not_filled",
        _MATMUL,
        _matmul(end="TILE"),
        "the last tile along k was multiplied to its end, though only part of it was filled.",
    ),
    Mutant(
        "matmul_output_unguarded",
        _MATMUL,
        _matmul(inside="True"),
        "threads to the right of the result or below it wrote all the same.",
    ),
    Mutant(
        "matmul_input_unguarded",
        _MATMUL,
        _matmul(a_guard="start + x < inner", b_guard="start + y < inner"),
        "threads read rows or columns that the matrices don't have.",
    ),
    Mutant(
        "matmul_as_stored",
        _MATMUL,
        _matmul(a_place="start + x"),
        "the left matrix was read as if it lay row by row: it may be permuted, so use its strides.",
    ),
    Mutant(
        "matmul_batch_ignored",
        _MATMUL,
        _matmul(a_batch="0", b_batch="0"),
        "every product of the batch was made of the first matrices.",
    ),
    Mutant(
        "matmul_batch_not_broadcast",
        _MATMUL,
        _matmul(b_batch="batch * b_strides[0]"),
        "a single matrix stands for the whole batch: its stride there counts as 0.",
    ),
    Mutant(
        "matmul_writes_each_tile",
        _MATMUL,
        _matmul(write="if row < rows and column < columns:\n        out[place] = total"),
        "the result was written after every tile: keep the sum and write once.",
    ),
    Mutant(
        "matmul_without_tiles",
        _MATMUL,
        "batch = cuda.blockIdx.z\n"
        "column = cuda.blockIdx.x * TILE + cuda.threadIdx.x\n"
        "row = cuda.blockIdx.y * TILE + cuda.threadIdx.y\n"
        "if row < out_shape[1] and column < out_shape[2]:\n"
        "    a = (batch * a_strides[0] if a_shape[0] > 1 else 0) + row * a_strides[1]\n"
        "    b = (batch * b_strides[0] if b_shape[0] > 1 else 0) + column * b_strides[2]\n"
        "    total = out.dtype.type(0)\n"
        "    for k in range(a_shape[2]):\n"
        "        total += a_storage[a + k * a_strides[2]] * b_storage[b + k * b_strides[1]]\n"
        "    out[batch * out_strides[0] + row * out_strides[1] + column * out_strides[2]] = total",
        "each number was read again for every product: read tiles into shared memory, once.",
    ),
]
