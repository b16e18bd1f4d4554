"""Right solutions of Task 4.1, in other styles."""

SOLUTIONS = {
    "a loop for each index": {
        "fast_conv._tensor_conv1d": """
batch_, out_channels, out_width = out_shape
batch, in_channels, width = input_shape
out_channels_, in_channels_, kw = weight_shape
s1 = input_strides
s2 = weight_strides
for b in prange(batch_):
    for oc in range(out_channels):
        for ow in range(out_width):
            acc = 0.0
            for ic in range(in_channels):
                for k in range(kw):
                    if reverse:
                        iw = ow - k
                    else:
                        iw = ow + k
                    if iw >= 0 and iw < width:
                        acc += (
                            input[b * s1[0] + ic * s1[1] + iw * s1[2]]
                            * weight[oc * s2[0] + ic * s2[1] + k * s2[2]]
                        )
            out[b * out_strides[0] + oc * out_strides[1] + ow * out_strides[2]] = acc
""",
    },
    "one loop over all results, with to_index": {
        "fast_conv._tensor_conv1d": """
for i in prange(out_size):
    index = np.zeros(3, np.int64)
    left = i + 0
    for dim in range(2, -1, -1):
        index[dim] = left % out_shape[dim]
        left = left // out_shape[dim]
    total = 0.0
    for c in range(weight_shape[1]):
        for k in range(weight_shape[2]):
            at = index[2] + (-k if reverse else k)
            if 0 <= at < input_shape[2]:
                total += (
                    weight[index[1] * weight_strides[0] + c * weight_strides[1]
                           + k * weight_strides[2]]
                    * input[index[0] * input_strides[0] + c * input_strides[1]
                            + at * input_strides[2]]
                )
    place = 0
    for dim in range(3):
        place += index[dim] * out_strides[dim]
    out[place] = total
""",
    },
    "zeros first, then every kernel adds along the row": {
        "fast_conv._tensor_conv1d": """
for n in prange(out_shape[0] * out_shape[1]):
    b, f = n // out_shape[1], n % out_shape[1]
    row = np.zeros(out_shape[2], out.dtype)
    for c in range(input_shape[1]):
        for k in range(weight_shape[2]):
            step = -k if reverse else k
            w = weight[f * weight_strides[0] + c * weight_strides[1] + k * weight_strides[2]]
            start = max(0, -step)
            stop = min(out_shape[2], input_shape[2] - step)
            for i in range(start, stop):
                x = b * input_strides[0] + c * input_strides[1] + (i + step) * input_strides[2]
                row[i] += w * input[x]
    for i in range(out_shape[2]):
        out[b * out_strides[0] + f * out_strides[1] + i * out_strides[2]] = row[i]
""",
    },
    "windows cut short at the edges, products by np.dot": {
        "fast_conv._tensor_conv1d": """
width, kernel = out_shape[2], weight_shape[2]
for n in prange(out_shape[0] * out_shape[1] * width):
    i = n % width
    f = n // width % out_shape[1]
    b = n // width // out_shape[1]
    values = np.zeros(input_shape[1] * kernel, out.dtype)
    factors = np.zeros(input_shape[1] * kernel, out.dtype)
    for c in range(input_shape[1]):
        for k in range(kernel):
            j = i - k if reverse else i + k
            if j < 0 or j >= input_shape[2]:
                continue
            values[c * kernel + k] = input[
                b * input_strides[0] + c * input_strides[1] + j * input_strides[2]
            ]
            factors[c * kernel + k] = weight[
                f * weight_strides[0] + c * weight_strides[1] + k * weight_strides[2]
            ]
    out[b * out_strides[0] + f * out_strides[1] + i * out_strides[2]] = (values * factors).sum()
""",
    },
}
