"""Right solutions of Task 3.1, in other styles."""

SOLUTIONS = {
    "index buffers made in the loop": {
        "fast_ops.tensor_map": """
def _map(out, out_shape, out_strides, in_storage, in_shape, in_strides):
    if aligned(out_shape, out_strides, in_shape, in_strides):
        for i in prange(len(out)):
            out[i] = fn(in_storage[i])
    else:
        for i in prange(len(out)):
            out_index = np.zeros(len(out_shape), dtype=np.int64)
            in_index = np.zeros(len(in_shape), dtype=np.int64)
            to_index(i, out_shape, out_index)
            broadcast_index(out_index, out_shape, in_shape, in_index)
            o = index_to_position(out_index, out_strides)
            out[o] = fn(in_storage[index_to_position(in_index, in_strides)])

return njit(_map, parallel=True)
""",
        "fast_ops.tensor_zip": """
def _zip(
    out, out_shape, out_strides, a_storage, a_shape, a_strides, b_storage, b_shape, b_strides
):
    if aligned(out_shape, out_strides, a_shape, a_strides) and aligned(
        out_shape, out_strides, b_shape, b_strides
    ):
        for i in prange(len(out)):
            out[i] = fn(a_storage[i], b_storage[i])
    else:
        for i in prange(len(out)):
            out_index = np.zeros(len(out_shape), dtype=np.int64)
            a_index = np.zeros(len(a_shape), dtype=np.int64)
            b_index = np.zeros(len(b_shape), dtype=np.int64)
            to_index(i, out_shape, out_index)
            broadcast_index(out_index, out_shape, a_shape, a_index)
            broadcast_index(out_index, out_shape, b_shape, b_index)
            a = a_storage[index_to_position(a_index, a_strides)]
            b = b_storage[index_to_position(b_index, b_strides)]
            out[index_to_position(out_index, out_strides)] = fn(a, b)

return njit(_zip, parallel=True)
""",
        "fast_ops.tensor_reduce": """
def _reduce(out, out_shape, out_strides, a_storage, a_shape, a_strides, reduce_dim):
    for i in prange(len(out)):
        index = np.zeros(len(out_shape), dtype=np.int64)
        to_index(i, out_shape, index)
        o = index_to_position(index, out_strides)
        place = index_to_position(index, a_strides)
        step = a_strides[reduce_dim]
        total = out[o]
        for k in range(a_shape[reduce_dim]):
            total = fn(total, a_storage[place + k * step])
        out[o] = total

return njit(_reduce, parallel=True)
""",
    },
    "buffers of the largest size, comparisons by NumPy, places that move on": {
        "fast_ops.tensor_map": """
def kernel(out, out_shape, out_strides, in_storage, in_shape, in_strides):
    if (
        len(out_strides) == len(in_strides)
        and np.all(out_strides == in_strides)
        and np.all(out_shape == in_shape)
    ):
        for i in prange(out.size):
            out[i] = fn(in_storage[i])
        return
    for i in prange(out.size):
        out_index = np.empty(MAX_DIMS, np.int32)
        in_index = np.empty(MAX_DIMS, np.int32)
        to_index(i, out_shape, out_index)
        broadcast_index(out_index, out_shape, in_shape, in_index)
        value = in_storage[index_to_position(in_index, in_strides)]
        out[index_to_position(out_index, out_strides)] = fn(value)

return numba.njit(parallel=True)(kernel)
""",
        "fast_ops.tensor_zip": """
def kernel(out, out_shape, out_strides, a, a_shape, a_strides, b, b_shape, b_strides):
    same = np.array_equal(out_shape, a_shape) and np.array_equal(out_shape, b_shape)
    same = same and np.array_equal(out_strides, a_strides)
    same = same and np.array_equal(out_strides, b_strides)
    size = 1
    for n in out_shape:
        size *= n
    if same:
        for i in prange(size):
            out[i] = fn(a[i], b[i])
    else:
        for i in prange(size):
            out_index = np.empty(MAX_DIMS, np.int32)
            a_index = np.empty(MAX_DIMS, np.int32)
            b_index = np.empty(MAX_DIMS, np.int32)
            to_index(i, out_shape, out_index)
            o = index_to_position(out_index, out_strides)
            broadcast_index(out_index, out_shape, a_shape, a_index)
            j = index_to_position(a_index, a_strides)
            broadcast_index(out_index, out_shape, b_shape, b_index)
            k = index_to_position(b_index, b_strides)
            out[o] = fn(a[j], b[k])

return numba.njit(parallel=True)(kernel)
""",
        "fast_ops.tensor_reduce": """
def kernel(out, out_shape, out_strides, a_storage, a_shape, a_strides, reduce_dim):
    n = a_shape[reduce_dim]
    step = a_strides[reduce_dim]
    for i in prange(out.size):
        out_index = np.empty(MAX_DIMS, np.int32)
        to_index(i, out_shape, out_index)
        o = index_to_position(out_index, out_strides)
        p = index_to_position(out_index, a_strides)
        so_far = out[o]
        for _ in range(n):
            so_far = fn(so_far, a_storage[p])
            p += step
        out[o] = so_far

return numba.njit(parallel=True)(kernel)
""",
    },
}
