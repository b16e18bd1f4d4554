"""What was written for Task 3.4, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_PRACTICE, _MATMUL = "cuda_ops._mm_practice", "cuda_ops._tensor_matrix_multiply"
_SOME = r"All threads of a block must come to the same ones"
_WAIT = r"others didn't wait for them"
_NONE = r"there is no barrier. After the tiles are filled"
_GUARD = r"needs a guard of its own"
_LAST = r"The last tile along k isn't a full one"
_SHARED = r"The numbers aren't shared"
_KERNEL = """\
a_tile = cuda.shared.array((TILE, TILE), {kind})
b_tile = cuda.shared.array((TILE, TILE), {kind})
x, y, batch = cuda.threadIdx.x, cuda.threadIdx.y, cuda.blockIdx.z
column = cuda.blockIdx.x * TILE + x
row = cuda.blockIdx.y * TILE + y
rows, columns, inner = out_shape[1], out_shape[2], a_shape[2]
{begin}
a_start = (batch * a_strides[0] if a_shape[0] > 1 else 0) + row * a_strides[1]
b_start = (batch * b_strides[0] if b_shape[0] > 1 else 0) + column * b_strides[2]
place = batch * out_strides[0] + row * out_strides[1] + column * out_strides[2]
total = out.dtype.type(0)
for start in range(0, inner, TILE):
    a_tile[y, x] = 0.0
    b_tile[y, x] = 0.0
    if row < rows and start + x < inner:
        a_tile[y, x] = a_storage[a_start + (start + x) * a_strides[2]]
    if column < columns and start + y < inner:
        b_tile[y, x] = b_storage[b_start + (start + y) * b_strides[1]]
    {first}
    for k in range(TILE):
        total += {product}
    {second}
if row < rows and column < columns:
    {write}"""


def _matmul(**changed: str) -> str:
    right = {
        "kind": "a_storage.dtype",
        "begin": "pass",
        "first": "cuda.syncthreads()",
        "second": "cuda.syncthreads()",
        "product": "a_tile[y, k] * b_tile[k, x]",
        "write": "out[place] = total",
    }
    return _KERNEL.format(**(right | changed))


TOLD = {
    "practice_no_barrier": rf"^mm_practice .*{_NONE}",
    "practice_unguarded": rf"^mm_practice .*{_GUARD}",
    "practice_right_transposed": r"^mm_practice .*Rows of b were multiplied",
    "practice_result_transposed": r"^mm_practice .*That is the result, transposed",
    "practice_from_global_memory": rf"^mm_practice .*{_SHARED}",
    "practice_barrier_inside_guard": rf"^mm_practice .*{_SOME}",
    "matmul_first_barrier_missing": rf"^matmul .*{_WAIT}",
    "matmul_second_barrier_missing": rf"^matmul .*{_WAIT}.*before it is filled anew",
    "matmul_first_tile_only": r"^matmul .*Two tiles along k",
    "matmul_last_tile_missing": rf"^matmul .*{_LAST}",
    "matmul_tile_not_filled": rf"^matmul .*{_LAST}",
    "matmul_output_unguarded": rf"^matmul .*{_GUARD}",
    "matmul_input_unguarded": rf"^matmul .*{_GUARD}",
    "matmul_as_stored": r"^matmul .*lie column by column: use the strides",
    "matmul_batch_ignored": r"^matmul .*lies a batch stride after the last",
    "matmul_batch_not_broadcast": r"^matmul .*alone in its batch is shared by all",
    "matmul_writes_each_tile": r"^matmul .*the most writes of a cell: 2",
    "matmul_without_tiles": rf"^matmul .*{_SHARED}",
}
MISTAKES = [
    Mistake(
        "threads outside of the result return early",
        _MATMUL,
        _matmul(begin="if row >= rows or column >= columns:\n    return"),
        told=_SOME,
    ),
    Mistake("no second barrier", _MATMUL, _matmul(second="pass"), told=_WAIT),
    Mistake("no first barrier", _MATMUL, _matmul(first="pass"), told=_WAIT),
    Mistake("no barrier at all", _MATMUL, _matmul(first="pass", second="pass"), told=_NONE),
    Mistake(
        "no zero in the last tile",
        _MATMUL,
        _matmul().replace("    a_tile[y, x] = 0.0\n", "").replace("    b_tile[y, x] = 0.0\n", ""),
        told=_LAST,
    ),
    Mistake(
        "reads global memory in the sum",
        _MATMUL,
        _matmul(
            product="(a_storage[a_start + (start + k) * a_strides[2]] if row < rows and "
            "start + k < inner else 0.0) * b_tile[k, x]"
        ),
        told=r"The most reads of a number of a: [2-9]",
    ),
    Mistake(
        "a tile of float32",
        _MATMUL,
        _matmul(kind="numba.float32"),
        told=r"a tile of float32 loses its last digit",
    ),
    Mistake(
        "the tile's row and column swapped",
        _MATMUL,
        _matmul(product="a_tile[k, y] * b_tile[x, k]"),
        told=r"One full tile: rows of a, columns of b",
    ),
    Mistake(
        "the sum in the result",
        _MATMUL,
        _matmul(
            second="cuda.syncthreads()\n    if row < rows and column < columns:\n"
            "        out[place] = total",
            write="pass",
        ),
        told=r"the most writes of a cell: 2",
    ),
    Mistake(
        "one barrier where the threads of the result are",
        _MATMUL,
        _matmul(second="if row < rows:\n        cuda.syncthreads()"),
        told=_SOME,
    ),
    Mistake("zeros beyond the end", _MATMUL, _matmul(), fair="right in another style"),
]
