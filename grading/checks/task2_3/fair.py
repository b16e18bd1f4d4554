"""Right solutions of Task 2.3, in other styles."""

SOLUTIONS = {
    "an index for each cell, made in the loop": {
        "tensor_ops.tensor_map": """
def _map(out, out_shape, out_strides, in_storage, in_shape, in_strides):
    size = 1
    for s in out_shape:
        size *= s
    for n in range(size):
        out_index = np.zeros(len(out_shape), dtype=int)
        in_index = np.zeros(len(in_shape), dtype=int)
        to_index(n, out_shape, out_index)
        broadcast_index(out_index, out_shape, in_shape, in_index)
        o = index_to_position(out_index, out_strides)
        out[o] = fn(in_storage[index_to_position(in_index, in_strides)])

return _map
""",
        "tensor_ops.tensor_zip": """
def _zip(
    out, out_shape, out_strides, a_storage, a_shape, a_strides, b_storage, b_shape, b_strides
):
    size = int(np.prod(out_shape))
    for n in range(size):
        out_index = np.zeros(len(out_shape), dtype=np.int32)
        a_index = np.zeros(len(a_shape), dtype=np.int32)
        b_index = np.zeros(len(b_shape), dtype=np.int32)
        to_index(n, out_shape, out_index)
        broadcast_index(out_index, out_shape, a_shape, a_index)
        broadcast_index(out_index, out_shape, b_shape, b_index)
        a = a_storage[index_to_position(a_index, a_strides)]
        b = b_storage[index_to_position(b_index, b_strides)]
        out[index_to_position(out_index, out_strides)] = fn(a, b)

return _zip
""",
        "tensor_ops.tensor_reduce": """
def _reduce(out, out_shape, out_strides, a_storage, a_shape, a_strides, reduce_dim):
    for n in range(len(out)):
        index = np.zeros(len(out_shape), dtype=int)
        to_index(n, out_shape, index)
        o = index_to_position(index, out_strides)
        for k in range(a_shape[reduce_dim]):
            index[reduce_dim] = k
            out[o] = fn(out[o], a_storage[index_to_position(index, a_strides)])

return _reduce
""",
        "tensor_functions.Mul.forward": "ctx.save_for_backward(a, b)\nreturn a.f.mul_zip(a, b)",
        "tensor_functions.Sigmoid.forward": """
result = t1.f.sigmoid_map(t1)
ctx.save_for_backward(result)
return result
""",
        "tensor_functions.ReLU.forward": "ctx.save_for_backward(t1)\nreturn t1.f.relu_map(t1)",
        "tensor_functions.Log.forward": "ctx.save_for_backward(t1)\nreturn t1.f.log_map(t1)",
        "tensor_functions.Exp.forward": """
result = t1.f.exp_map(t1)
ctx.save_for_backward(result)
return result
""",
        "tensor_functions.LT.forward": "ctx.save_for_backward(a, b)\nreturn a.f.lt_zip(a, b)",
        "tensor_functions.EQ.forward": "return a.f.eq_zip(a, b)",
        "tensor_functions.IsClose.forward": "return a.f.is_close_zip(a, b)",
        "tensor_functions.Sum.forward": """
ctx.save_for_backward(a.shape, dim)
return a.f.add_reduce(a, int(dim.item()))
""",
        "tensor_functions.Permute.forward": """
ctx.save_for_backward(order)
return a._new(a._tensor.permute(*[int(order[i]) for i in range(order.size)]))
""",
        "tensor.Tensor.size": "return self._tensor.size",
        "tensor.Tensor.dims": "return self._tensor.dims",
        "tensor.Tensor.__add__": "return Add.apply(self, self._ensure_tensor(b))",
        "tensor.Tensor.__sub__": "return Add.apply(self, -self._ensure_tensor(b))",
        "tensor.Tensor.__mul__": "return Mul.apply(self, self._ensure_tensor(b))",
        "tensor.Tensor.__lt__": "return LT.apply(self, self._ensure_tensor(b))",
        "tensor.Tensor.__eq__": "return EQ.apply(self, self._ensure_tensor(b))",
        "tensor.Tensor.__gt__": "return LT.apply(self._ensure_tensor(b), self)",
        "tensor.Tensor.__neg__": "return Neg.apply(self)",
        "tensor.Tensor.__radd__": "return self + b",
        "tensor.Tensor.__rmul__": "return self * b",
        "tensor.Tensor.is_close": "return IsClose.apply(self, y)",
        "tensor.Tensor.sigmoid": "return Sigmoid.apply(self)",
        "tensor.Tensor.relu": "return ReLU.apply(self)",
        "tensor.Tensor.log": "return Log.apply(self)",
        "tensor.Tensor.exp": "return Exp.apply(self)",
        "tensor.Tensor.sum": """
if dim is None:
    return Sum.apply(self.contiguous().view(self.size), 0)
return Sum.apply(self, dim)
""",
        "tensor.Tensor.mean": """
if dim is None:
    return self.sum() / self.size
return self.sum(dim) / self.shape[dim]
""",
        "tensor.Tensor.all": """
if dim is None:
    return All.apply(self.contiguous().view(self.size), 0)
return All.apply(self, dim)
""",
        "tensor.Tensor.permute": "return Permute.apply(self, tensor(list(order)))",
        "tensor.Tensor.view": "return View.apply(self, tensor(list(shape)))",
        "tensor.Tensor.zero_grad_": "self.grad = None",
    },
    "places of all cells at once, everything else through other operations": {
        "imports": "import itertools",
        "beside": """
def _walk(shape):
    return itertools.product(*[range(int(n)) for n in shape])

def _place(index, shape, strides):
    index = index[len(index) - len(shape) :]
    return sum(0 if n == 1 else i * s for i, n, s in zip(index, shape, strides))
""",
        "tensor_ops.tensor_map": """
def inner(out, out_shape, out_strides, in_storage, in_shape, in_strides):
    for index in _walk(out_shape):
        value = in_storage[_place(index, in_shape, in_strides)]
        out[_place(index, out_shape, out_strides)] = fn(float(value))

return inner
""",
        "tensor_ops.tensor_zip": """
def inner(out, out_shape, out_strides, a, a_shape, a_strides, b, b_shape, b_strides):
    out_places = positions(out_shape, out_strides)
    a_places = positions(out_shape, broadcast_strides(a_shape, a_strides, out_shape))
    b_places = positions(out_shape, broadcast_strides(b_shape, b_strides, out_shape))
    for o, i, j in zip(out_places, a_places, b_places):
        out[o] = fn(a[i], b[j])

return inner
""",
        "tensor_ops.tensor_reduce": """
def inner(out, out_shape, out_strides, a_storage, a_shape, a_strides, reduce_dim):
    strides = list(out_strides)
    strides[reduce_dim] = 0
    for o, p in zip(positions(a_shape, strides), positions(a_shape, a_strides)):
        out[o] = fn(out[o], a_storage[p])

return inner
""",
        "tensor_functions.ReLU.forward": """
ctx.save_for_backward(t1)
return t1.f.mul_zip(t1, t1.f.lt_zip(t1.zeros(), t1))
""",
        "tensor_functions.Exp.forward": "ctx.save_for_backward(t1)\nreturn t1.f.exp_map(t1)",
        "tensor_functions.Sigmoid.forward": """
ctx.save_for_backward(t1)
return t1.f.sigmoid_map(t1)
""",
        "tensor_functions.Sum.forward": """
ctx.save_for_backward(a, dim)
return a.f.add_reduce(a, int(float(dim)))
""",
        "tensor_functions.Permute.forward": """
order = [int(n) for n in order.tolist()]
ctx.save_for_backward(order)
return a._new(a._tensor.permute(*order))
""",
        "tensor.Tensor.size": """
n = 1
for size in self.shape:
    n *= size
return n
""",
        "tensor.Tensor.dims": "return len(self.shape)",
        "tensor.Tensor.__sub__": "return self + (-1.0) * self._ensure_tensor(b)",
        "tensor.Tensor.__gt__": "return self._ensure_tensor(b) < self",
        "tensor.Tensor.__neg__": "return self * -1.0",
        "tensor.Tensor.__radd__": "return self._ensure_tensor(b) + self",
        "tensor.Tensor.__rmul__": "return self._ensure_tensor(b) * self",
        "tensor.Tensor.sum": """
if dim is None:
    result = self.contiguous().view(self.size)
    return Sum.apply(result, tensor([0.0]))
return Sum.apply(self, self._ensure_tensor(dim))
""",
        "tensor.Tensor.mean": """
if dim is None:
    return self.sum() * (1.0 / self.size)
total = self.sum(dim)
return total / (self.size / total.size)
""",
        "tensor.Tensor.all": """
if dim is None:
    self, dim = self.contiguous().view(self.size), 0
return All.apply(self, self._ensure_tensor(dim))
""",
        "tensor.Tensor.permute": "return Permute.apply(self, tensor(order))",
        "tensor.Tensor.view": "return View.apply(self, tensor([float(n) for n in shape]))",
        "tensor.Tensor.zero_grad_": "self.derivative = None",
    },
}
