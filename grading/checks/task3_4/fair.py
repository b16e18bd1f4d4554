"""Right solutions of Task 3.4, in other styles."""

SOLUTIONS = {
    "textbook tiles filled up with zeros": {
        "cuda_ops._mm_practice": """
left = cuda.shared.array((32, 32), numba.float64)
right = cuda.shared.array((32, 32), numba.float64)
i = cuda.threadIdx.x
j = cuda.threadIdx.y
if i < size and j < size:
    left[i, j] = a[i * size + j]
    right[i, j] = b[i * size + j]
cuda.syncthreads()
if i < size and j < size:
    total = 0.0
    for k in range(size):
        total += left[i, k] * right[k, j]
    out[i * size + j] = total
""",
        "cuda_ops._tensor_matrix_multiply": """
a_batch = a_strides[0] if a_shape[0] > 1 else 0
b_batch = b_strides[0] if b_shape[0] > 1 else 0
a_shared = cuda.shared.array((TILE, TILE), numba.float64)
b_shared = cuda.shared.array((TILE, TILE), numba.float64)
batch = cuda.blockIdx.z
tx = cuda.threadIdx.x
ty = cuda.threadIdx.y
row = cuda.blockIdx.y * TILE + ty
column = cuda.blockIdx.x * TILE + tx
inner = a_shape[2]
total = 0.0
for start in range(0, inner, TILE):
    if row < out_shape[1] and start + tx < inner:
        place = batch * a_batch + row * a_strides[1] + (start + tx) * a_strides[2]
        a_shared[ty, tx] = a_storage[place]
    else:
        a_shared[ty, tx] = 0.0
    if column < out_shape[2] and start + ty < inner:
        place = batch * b_batch + (start + ty) * b_strides[1] + column * b_strides[2]
        b_shared[ty, tx] = b_storage[place]
    else:
        b_shared[ty, tx] = 0.0
    cuda.syncthreads()
    for k in range(TILE):
        total += a_shared[ty, k] * b_shared[k, tx]
    cuda.syncthreads()
if row < out_shape[1] and column < out_shape[2]:
    out[batch * out_strides[0] + row * out_strides[1] + column * out_strides[2]] = total
""",
    },
    "only what is there is multiplied": {
        "cuda_ops._mm_practice": """
column, row = cuda.grid(2)
a_tile = cuda.shared.array((THREADS_PER_BLOCK, THREADS_PER_BLOCK), np.float64)
b_tile = cuda.shared.array((THREADS_PER_BLOCK, THREADS_PER_BLOCK), np.float64)
inside = row < size and column < size
if inside:
    a_tile[row, column] = a[size * row + column]
    b_tile[column, row] = b[size * row + column]
cuda.syncthreads()
if inside:
    value = a_tile[row, 0] * b_tile[column, 0]
    for k in range(1, size):
        value += a_tile[row, k] * b_tile[column, k]
    out[size * row + column] = value
""",
        "cuda_ops._tensor_matrix_multiply": """
a_tile = cuda.shared.array((TILE, TILE), np.float64)
b_tile = cuda.shared.array((TILE, TILE), np.float64)
column, row = cuda.grid(2)
batch = cuda.blockIdx.z
x, y = cuda.threadIdx.x, cuda.threadIdx.y
inner = a_shape[2]
a_start = row * a_strides[1]
if a_shape[0] > 1:
    a_start += batch * a_strides[0]
b_start = column * b_strides[2]
if b_shape[0] > 1:
    b_start += batch * b_strides[0]
total = 0.0
tiles = (inner + TILE - 1) // TILE
for tile in range(tiles):
    k = tile * TILE + x
    if row < a_shape[1] and k < inner:
        a_tile[x, y] = a_storage[a_start + k * a_strides[2]]
    k = tile * TILE + y
    if column < b_shape[2] and k < inner:
        b_tile[y, x] = b_storage[b_start + k * b_strides[1]]
    cuda.syncthreads()
    left = inner - tile * TILE
    if left > TILE:
        left = TILE
    if row < out_shape[1] and column < out_shape[2]:
        for k in range(left):
            total += a_tile[k, y] * b_tile[k, x]
    cuda.syncthreads()
if row < out_shape[1] and column < out_shape[2]:
    out[batch * out_strides[0] + row * out_strides[1] + column * out_strides[2]] = total
""",
    },
}
