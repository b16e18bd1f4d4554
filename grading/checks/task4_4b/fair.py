"""Right solutions of Task 4.4b, in other styles."""

SOLUTIONS = {
    "everything inside of one question": {
        "cuda_conv._conv1d_kernel": """
i = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
if i < out_size:
    b = i // (out_shape[1] * out_shape[2])
    f = (i // out_shape[2]) % out_shape[1]
    p = i % out_shape[2]
    acc = 0.0
    for c in range(weight_shape[1]):
        for k in range(weight_shape[2]):
            if reverse:
                j = p - k
            else:
                j = p + k
            if j >= 0 and j < input_shape[2]:
                acc += (
                    input[b * input_strides[0] + c * input_strides[1] + j * input_strides[2]]
                    * weight[f * weight_strides[0] + c * weight_strides[1] + k * weight_strides[2]]
                )
    out[b * out_strides[0] + f * out_strides[1] + p * out_strides[2]] = acc
""",
        "cuda_conv._conv2d_kernel": """
i = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
if i < out_size:
    plane = out_shape[2] * out_shape[3]
    b = i // (out_shape[1] * plane)
    f = (i // plane) % out_shape[1]
    r = (i % plane) // out_shape[3]
    p = i % out_shape[3]
    sign = -1 if reverse else 1
    acc = 0.0
    for c in range(weight_shape[1]):
        for k in range(weight_shape[2]):
            for m in range(weight_shape[3]):
                y = r + sign * k
                z = p + sign * m
                if y >= 0 and y < input_shape[2] and z >= 0 and z < input_shape[3]:
                    at = b * input_strides[0] + c * input_strides[1]
                    at += y * input_strides[2] + z * input_strides[3]
                    of = f * weight_strides[0] + c * weight_strides[1]
                    of += k * weight_strides[2] + m * weight_strides[3]
                    acc += input[at] * weight[of]
    at = b * out_strides[0] + f * out_strides[1]
    out[at + r * out_strides[2] + p * out_strides[3]] = acc
""",
    },
    "the index taken apart in a local array": {
        "cuda_conv._conv1d_kernel": """
index = cuda.local.array(3, numba.int64)
i = cuda.grid(1)
if i >= out_size:
    return
left = i
for dim in range(2, -1, -1):
    index[dim] = left % out_shape[dim]
    left //= out_shape[dim]
place = 0
for dim in range(3):
    place += index[dim] * out_strides[dim]
total = 0.0
for c in range(input_shape[1]):
    for k in range(weight_shape[2]):
        j = index[2] - k if reverse else index[2] + k
        if 0 <= j < input_shape[2]:
            x = index[0] * input_strides[0] + c * input_strides[1] + j * input_strides[2]
            w = index[1] * weight_strides[0] + c * weight_strides[1] + k * weight_strides[2]
            total += weight[w] * input[x]
out[place] = total
""",
        "beside": "import numba\n",
    },
}
