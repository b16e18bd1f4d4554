"""Right solutions of Task 2.2, in other styles."""

SOLUTIONS = {
    "zip_longest from the right": {
        "beside": "from itertools import zip_longest",
        "tensor_data.shape_broadcast": """
result = []
for a, b in zip_longest(reversed(shape1), reversed(shape2), fillvalue=1):
    if a == b or b == 1:
        result.append(a)
    elif a == 1:
        result.append(b)
    else:
        raise IndexingError(f"Shapes {shape1} and {shape2} can't be broadcast.")
return tuple(result[::-1])
""",
        "tensor_data.broadcast_index": """
for i in range(1, len(shape) + 1):
    if shape[len(shape) - i] > 1:
        out_index[len(shape) - i] = big_index[len(big_shape) - i]
    else:
        out_index[len(shape) - i] = 0
""",
    },
    "ones on the left, a helper beside": {
        "beside": '''
def _padded(shape, length):
    """Give a shape ones on its left."""
    return [1] * (length - len(shape)) + list(shape)
''',
        "tensor_data.shape_broadcast": """
n = max(len(shape1), len(shape2))
out = []
for a, b in zip(_padded(shape1, n), _padded(shape2, n)):
    if a != b and a != 1 and b != 1:
        raise IndexingError("%s and %s do not fit" % (list(shape1), list(shape2)))
    out.append(b if a == 1 else a)
return tuple(out)
""",
        "tensor_data.broadcast_index": """
offset = len(big_shape) - len(shape)
for i, s in enumerate(shape):
    out_index[i] = 0 if s == 1 else big_index[i + offset]
""",
    },
    "the shorter one's dimensions by hand": {
        "tensor_data.shape_broadcast": """
big, small = list(shape1), list(shape2)
if len(big) < len(small):
    big, small = small, big
missing = len(big) - len(small)
for d in range(len(small)):
    if big[missing + d] == 1:
        big[missing + d] = small[d]
    elif small[d] != 1 and small[d] != big[missing + d]:
        message = f"can't broadcast {tuple(shape1)} with {tuple(shape2)}: sizes {small[d]} and "
        raise IndexingError(message + str(big[missing + d]))
return tuple(big)
""",
        "tensor_data.broadcast_index": """
for d in range(len(shape)):
    if shape[d] == 1:
        out_index[d] = 0
        continue
    out_index[d] = big_index[d + len(big_shape) - len(shape)]
""",
    },
}
