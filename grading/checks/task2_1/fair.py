"""Right solutions of Task 2.1, in other styles."""

SOLUTIONS = {
    "from the left, blocks worked out for each dimension": {
        "tensor_data.index_to_position": """
total = 0
for i in range(len(strides)):
    total = total + index[i] * strides[i]
return total
""",
        "tensor_data.to_index": """
rest = ordinal
for d in range(len(shape)):
    block = 1
    for later in range(d + 1, len(shape)):
        block *= shape[later]
    out_index[d] = rest // block
    rest = rest - out_index[d] * block
""",
        "tensor_data.TensorData.permute": """
order = tuple(d + self.dims if d < 0 else d for d in order)
if sorted(order) != list(range(self.dims)):
    raise IndexingError("not an order of the dimensions: " + str(order))
shape, strides = [], []
for d in order:
    shape.append(self.shape[d])
    strides.append(self.strides[d])
return TensorData(self._storage, shape, strides)
""",
    },
    "divmod from the right, NumPy for the rest": {
        "tensor_data.index_to_position": """
return int((index[: len(strides)] * strides).sum())
""",
        "tensor_data.to_index": """
rest = ordinal
for d in range(len(shape) - 1, -1, -1):
    rest, out_index[d] = divmod(rest, shape[d])
""",
        "tensor_data.TensorData.permute": """
order = list(checked_order(order, self.dims))
return TensorData(self._storage, self._shape[order], self._strides[order])
""",
    },
    "its own ordinal, zip, comprehensions": {
        "tensor_data.index_to_position": """
position = 0
for i, stride in zip(index, strides):
    position += i * stride
return position
""",
        "tensor_data.to_index": """
for d in range(len(shape) - 1, -1, -1):
    out_index[d] = ordinal % shape[d]
    ordinal = ordinal // shape[d]
""",
        "tensor_data.TensorData.permute": """
full = checked_order(order, len(self.shape))
return TensorData.trusted(
    self._storage, tuple([self.shape[d] for d in full]), tuple([self.strides[d] for d in full])
)
""",
    },
}
