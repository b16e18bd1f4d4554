"""Right solutions of Task 3.3, in other styles."""

SOLUTIONS = {
    "neighbours in pairs, every thread works out its place": {
        "cuda_ops.tensor_map": """
def _map(out, out_shape, out_strides, out_size, in_storage, in_shape, in_strides):
    out_index = cuda.local.array(MAX_DIMS, numba.int32)
    in_index = cuda.local.array(MAX_DIMS, numba.int32)
    i = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
    if i < out_size:
        to_index(i, out_shape, out_index)
        broadcast_index(out_index, out_shape, in_shape, in_index)
        o = index_to_position(out_index, out_strides)
        j = index_to_position(in_index, in_strides)
        out[o] = fn(in_storage[j])

return jit(_map)
""",
        "cuda_ops.tensor_zip": """
def _zip(
    out,
    out_shape,
    out_strides,
    out_size,
    a_storage,
    a_shape,
    a_strides,
    b_storage,
    b_shape,
    b_strides,
):
    out_index = cuda.local.array(MAX_DIMS, numba.int32)
    a_index = cuda.local.array(MAX_DIMS, numba.int32)
    b_index = cuda.local.array(MAX_DIMS, numba.int32)
    i = cuda.grid(1)
    if i < out_size:
        to_index(i, out_shape, out_index)
        o = index_to_position(out_index, out_strides)
        broadcast_index(out_index, out_shape, a_shape, a_index)
        j = index_to_position(a_index, a_strides)
        broadcast_index(out_index, out_shape, b_shape, b_index)
        k = index_to_position(b_index, b_strides)
        out[o] = fn(a_storage[j], b_storage[k])

return jit(_zip)
""",
        "cuda_ops._sum_practice": """
cache = cuda.shared.array(32, numba.float64)
i = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
pos = cuda.threadIdx.x
if i < size:
    cache[pos] = a[i]
else:
    cache[pos] = 0.0
cuda.syncthreads()
stride = 1
while stride < 32:
    if pos % (2 * stride) == 0:
        cache[pos] += cache[pos + stride]
    cuda.syncthreads()
    stride *= 2
if pos == 0:
    out[cuda.blockIdx.x] = cache[0]
""",
        "cuda_ops.tensor_reduce": """
def _reduce(
    out,
    out_shape,
    out_strides,
    out_size,
    a_storage,
    a_shape,
    a_strides,
    reduce_dim,
    reduce_value,
):
    cache = cuda.shared.array(REDUCE_THREADS, numba.float64)
    index = cuda.local.array(MAX_DIMS, numba.int32)
    cell = cuda.blockIdx.x
    pos = cuda.threadIdx.x
    size = a_shape[reduce_dim]
    to_index(cell, out_shape, index)
    o = index_to_position(index, out_strides)
    if pos < size:
        index[reduce_dim] = pos
        total = a_storage[index_to_position(index, a_strides)]
        k = pos + REDUCE_THREADS
        while k < size:
            index[reduce_dim] = k
            total = fn(total, a_storage[index_to_position(index, a_strides)])
            k += REDUCE_THREADS
        cache[pos] = total
    cuda.syncthreads()
    stride = 1
    while stride < REDUCE_THREADS:
        if pos % (2 * stride) == 0 and pos + stride < size:
            cache[pos] = fn(cache[pos], cache[pos + stride])
        cuda.syncthreads()
        stride = stride * 2
    if pos == 0:
        out[o] = fn(reduce_value, cache[0])

return jit(_reduce)
""",
    },
    "halves onto halves, all inside of a guard that holds for whole blocks": {
        "cuda_ops.tensor_map": """
def _map(out, out_shape, out_strides, out_size, in_storage, in_shape, in_strides):
    i = cuda.grid(1)
    if i >= out_size:
        return
    if aligned(out_shape, out_strides, in_shape, in_strides):
        out[i] = fn(in_storage[i])
    else:
        out_index = cuda.local.array(MAX_DIMS, np.int64)
        in_index = cuda.local.array(MAX_DIMS, np.int64)
        to_index(i, out_shape, out_index)
        broadcast_index(out_index, out_shape, in_shape, in_index)
        value = in_storage[index_to_position(in_index, in_strides)]
        out[index_to_position(out_index, out_strides)] = fn(value)

return jit(_map)
""",
        "cuda_ops._sum_practice": """
shared = cuda.shared.array(THREADS_PER_BLOCK, np.float64)
t = cuda.threadIdx.x
i = cuda.blockIdx.x * THREADS_PER_BLOCK + t
shared[t] = a[i] if i < size else 0.0
half = THREADS_PER_BLOCK // 2
while half > 0:
    cuda.syncthreads()
    if t < half:
        shared[t] = shared[t] + shared[t + half]
    half //= 2
if t == 0:
    out[cuda.blockIdx.x] = shared[0]
""",
        "cuda_ops.tensor_reduce": """
def _reduce(
    out,
    out_shape,
    out_strides,
    out_size,
    a_storage,
    a_shape,
    a_strides,
    reduce_dim,
    reduce_value,
):
    shared = cuda.shared.array(REDUCE_THREADS, np.float64)
    index = cuda.local.array(MAX_DIMS, np.int64)
    block = cuda.blockIdx.x
    t = cuda.threadIdx.x
    if block < out_size:
        to_index(block, out_shape, index)
        place = index_to_position(index, a_strides)
        step = a_strides[reduce_dim]
        size = a_shape[reduce_dim]
        filled = size if size < REDUCE_THREADS else REDUCE_THREADS
        if t < size:
            mine = a_storage[place + t * step]
            if t == 0:
                mine = fn(reduce_value, mine)
            for k in range(t + REDUCE_THREADS, size, REDUCE_THREADS):
                mine = fn(mine, a_storage[place + k * step])
            shared[t] = mine
        half = REDUCE_THREADS // 2
        while half > 0:
            cuda.syncthreads()
            if t < half and t + half < filled:
                shared[t] = fn(shared[t], shared[t + half])
            half = half // 2
        if t == 0:
            out[index_to_position(index, out_strides)] = shared[0]

return jit(_reduce)
""",
    },
}
