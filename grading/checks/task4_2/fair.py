"""Right solutions of Task 4.2, in other styles."""

SOLUTIONS = {
    "a loop for each index": {
        "fast_conv._tensor_conv2d": """
batch_, out_channels, out_h, out_w = out_shape
batch, in_channels, height, width = input_shape
out_channels_, in_channels_, kh, kw = weight_shape
s1 = input_strides
s2 = weight_strides
s10, s11, s12, s13 = s1[0], s1[1], s1[2], s1[3]
s20, s21, s22, s23 = s2[0], s2[1], s2[2], s2[3]
for b in prange(batch_):
    for oc in range(out_channels):
        for oh in range(out_h):
            for ow in range(out_w):
                acc = 0.0
                for ic in range(in_channels):
                    for i in range(kh):
                        for j in range(kw):
                            ih = oh - i if reverse else oh + i
                            iw = ow - j if reverse else ow + j
                            if 0 <= ih < height and 0 <= iw < width:
                                acc += (
                                    input[b * s10 + ic * s11 + ih * s12 + iw * s13]
                                    * weight[oc * s20 + ic * s21 + i * s22 + j * s23]
                                )
                out[
                    b * out_strides[0] + oc * out_strides[1]
                    + oh * out_strides[2] + ow * out_strides[3]
                ] = acc
""",
    },
    "one loop over all results": {
        "fast_conv._tensor_conv2d": """
for n in prange(out_size):
    j = n % out_shape[3]
    i = n // out_shape[3] % out_shape[2]
    f = n // (out_shape[3] * out_shape[2]) % out_shape[1]
    b = n // (out_shape[3] * out_shape[2] * out_shape[1])
    sign = -1 if reverse else 1
    total = 0.0
    for c in range(input_shape[1]):
        for k in range(weight_shape[2]):
            row = i + sign * k
            if row < 0 or row >= input_shape[2]:
                continue
            for m in range(weight_shape[3]):
                column = j + sign * m
                if column < 0 or column >= input_shape[3]:
                    continue
                p = b * input_strides[0] + c * input_strides[1]
                p += row * input_strides[2] + column * input_strides[3]
                q = f * weight_strides[0] + c * weight_strides[1]
                q += k * weight_strides[2] + m * weight_strides[3]
                total += input[p] * weight[q]
    place = b * out_strides[0] + f * out_strides[1]
    out[place + i * out_strides[2] + j * out_strides[3]] = total
""",
    },
    "rows of results at a time, without questions about edges": {
        "fast_conv._tensor_conv2d": """
height, width = out_shape[2], out_shape[3]
for n in prange(out_shape[0] * out_shape[1]):
    b, f = n // out_shape[1], n % out_shape[1]
    image = np.zeros((height, width), out.dtype)
    for c in range(input_shape[1]):
        for k in range(weight_shape[2]):
            down = -k if reverse else k
            for m in range(weight_shape[3]):
                right = -m if reverse else m
                w = weight[
                    f * weight_strides[0] + c * weight_strides[1]
                    + k * weight_strides[2] + m * weight_strides[3]
                ]
                for i in range(max(0, -down), min(height, input_shape[2] - down)):
                    x = b * input_strides[0] + c * input_strides[1]
                    x += (i + down) * input_strides[2] + right * input_strides[3]
                    for j in range(max(0, -right), min(width, input_shape[3] - right)):
                        image[i, j] += w * input[x + j * input_strides[3]]
    for i in range(height):
        for j in range(width):
            place = b * out_strides[0] + f * out_strides[1] + i * out_strides[2]
            out[place + j * out_strides[3]] = image[i, j]
""",
    },
}
