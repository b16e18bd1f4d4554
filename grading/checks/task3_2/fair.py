"""Right solutions of Task 3.2, in other styles."""

SOLUTIONS = {
    "three loops, batches side by side": {
        "fast_ops._tensor_matrix_multiply": """
a_batch_stride = a_strides[0] if a_shape[0] > 1 else 0
b_batch_stride = b_strides[0] if b_shape[0] > 1 else 0
for n in prange(out_shape[0]):
    for i in range(out_shape[1]):
        for j in range(out_shape[2]):
            total = 0.0
            for k in range(a_shape[2]):
                total += (
                    a_storage[n * a_batch_stride + i * a_strides[1] + k * a_strides[2]]
                    * b_storage[n * b_batch_stride + k * b_strides[1] + j * b_strides[2]]
                )
            out[n * out_strides[0] + i * out_strides[1] + j * out_strides[2]] = total
""",
        "tensor_functions.MatMul.forward": """
ctx.save_for_backward(t1, t2)
return t1.f.matrix_multiply(t1, t2)
""",
        "tensor_functions.MatMul.backward": """
t1, t2 = ctx.saved_values

def transpose(a):
    order = list(range(a.dims))
    order[-2], order[-1] = order[-1], order[-2]
    return a._new(a._tensor.permute(*order))

f = grad_output.f
return (
    f.matrix_multiply(grad_output, transpose(t2)),
    f.matrix_multiply(transpose(t1), grad_output),
)
""",
    },
    "one loop over all cells, places that move on": {
        "fast_ops._tensor_matrix_multiply": """
rows, columns, inner = out_shape[1], out_shape[2], a_shape[-1]
for cell in prange(out_shape[0] * rows * columns):
    batch = cell // (rows * columns)
    row = (cell // columns) % rows
    column = cell % columns
    p = row * a_strides[1]
    if a_shape[0] != 1:
        p += batch * a_strides[0]
    q = column * b_strides[2]
    if b_shape[0] != 1:
        q += batch * b_strides[0]
    total = 0.0
    for _ in range(inner):
        total += a_storage[p] * b_storage[q]
        p += a_strides[2]
        q += b_strides[1]
    out[batch * out_strides[0] + row * out_strides[1] + column * out_strides[2]] = total
""",
        "tensor_functions.MatMul.forward": """
ctx.save_for_backward(t1, t2)
return t1.backend.matrix_multiply(t1, t2)
""",
        "tensor_functions.MatMul.backward": """
t1, t2 = ctx.saved_values
front = list(range(t1.dims - 2)), list(range(t2.dims - 2))
left = t1.permute(*front[0], t1.dims - 1, t1.dims - 2)
right = t2.permute(*front[1], t2.dims - 1, t2.dims - 2)
return grad_output @ right, left @ grad_output
""",
    },
    "rows in parallel inside of each batch": {
        "fast_ops._tensor_matrix_multiply": """
for n in range(out_shape[0]):
    a_start = n * a_strides[0] * (a_shape[0] > 1)
    b_start = n * b_strides[0] * (b_shape[0] > 1)
    for i in prange(out_shape[1]):
        for j in range(out_shape[2]):
            total = 0.0
            for k in range(b_shape[1]):
                a = a_storage[a_start + i * a_strides[1] + k * a_strides[2]]
                b = b_storage[b_start + k * b_strides[1] + j * b_strides[2]]
                total += a * b
            out[n * out_strides[0] + i * out_strides[1] + j * out_strides[2]] = total
""",
        "tensor_functions.MatMul.backward": """
t1, t2 = ctx.saved_values
return (
    grad_output @ t2.permute(*range(t2.dims - 2), -1, -2),
    t1.permute(*range(t1.dims - 2), -1, -2) @ grad_output,
)
""",
        "tensor_functions.MatMul.forward": """
ctx.save_for_backward(t1, t2)
return t1.f.matrix_multiply(t1, t2)
""",
    },
}
