"""Wrong solutions of Task 2.3, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

MUTANTS = [
    Mutant(
        "map_walks_the_storage",
        "tensor_ops.tensor_map",
        "def _map(out, out_shape, out_strides, in_storage, in_shape, in_strides):\n"
        "    for i in range(len(out)):\n"
        "        out[i] = fn(float(in_storage[i % len(in_storage)]))\n"
        "return _map",
        "tensor_map walked along both storages: a permuted or broadcast input keeps its cells "
        "elsewhere, so each position has to be computed.",
    ),
    Mutant(
        "map_ignores_the_strides_of_out",
        "tensor_ops.tensor_map",
        "def _map(out, out_shape, out_strides, in_storage, in_shape, in_strides):\n"
        "    sources = positions(out_shape, broadcast_strides(in_shape, in_strides, out_shape))\n"
        "    for target, source in enumerate(sources):\n"
        "        out[target] = fn(float(in_storage[source]))\n"
        "return _map",
        "tensor_map wrote its results row by row: the output has strides of its own.",
    ),
    Mutant(
        "zip_shares_one_position",
        "tensor_ops.tensor_zip",
        "def _zip(out, out_shape, out_strides, a_storage, a_shape, a_strides,\n"
        "         b_storage, b_shape, b_strides):\n"
        "    sources = positions(out_shape, broadcast_strides(a_shape, a_strides, out_shape))\n"
        "    for target, source in zip(positions(out_shape, out_strides), sources):\n"
        "        b = b_storage[source % len(b_storage)]\n"
        "        out[target] = fn(float(a_storage[source]), float(b))\n"
        "return _zip",
        "tensor_zip read b where a lies: each input has its own shape, strides and position.",
    ),
    Mutant(
        "zip_swaps_the_inputs",
        "tensor_ops.tensor_zip",
        "def _zip(out, out_shape, out_strides, a_storage, a_shape, a_strides,\n"
        "         b_storage, b_shape, b_strides):\n"
        "    a_at = positions(out_shape, broadcast_strides(a_shape, a_strides, out_shape))\n"
        "    b_at = positions(out_shape, broadcast_strides(b_shape, b_strides, out_shape))\n"
        "    for target, a, b in zip(positions(out_shape, out_strides), a_at, b_at):\n"
        "        out[target] = fn(float(b_storage[b]), float(a_storage[a]))\n"
        "return _zip",
        "tensor_zip called fn(b, a): for < and - the order matters.",
    ),
    Mutant(
        "reduce_forgets_the_start",
        "tensor_ops.tensor_reduce",
        "def _reduce(out, out_shape, out_strides, a_storage, a_shape, a_strides, reduce_dim):\n"
        "    size, step = int(a_shape[reduce_dim]), int(a_strides[reduce_dim])\n"
        "    starts = positions(out_shape, a_strides)\n"
        "    for target, start in zip(positions(out_shape, out_strides), starts):\n"
        "        total = float(a_storage[start])\n"
        "        for i in range(1, size):\n"
        "            total = fn(total, float(a_storage[start + i * step]))\n"
        "        out[target] = total\n"
        "return _reduce",
        "tensor_reduce began with the first cell: `out` already holds the value to start from.",
    ),
    Mutant(
        "reduce_steps_by_one",
        "tensor_ops.tensor_reduce",
        "def _reduce(out, out_shape, out_strides, a_storage, a_shape, a_strides, reduce_dim):\n"
        "    starts = positions(out_shape, a_strides)\n"
        "    for target, start in zip(positions(out_shape, out_strides), starts):\n"
        "        total = float(out[target])\n"
        "        for i in range(int(a_shape[reduce_dim])):\n"
        "            total = fn(total, float(a_storage[(start + i) % len(a_storage)]))\n"
        "        out[target] = total\n"
        "return _reduce",
        "tensor_reduce went to the neighbour in the storage: the next cell of the reduced "
        "dimension is one stride away.",
    ),
    Mutant(
        "reduce_folds_backwards",
        "tensor_ops.tensor_reduce",
        "def _reduce(out, out_shape, out_strides, a_storage, a_shape, a_strides, reduce_dim):\n"
        "    size, step = int(a_shape[reduce_dim]), int(a_strides[reduce_dim])\n"
        "    starts = positions(out_shape, a_strides)\n"
        "    for target, start in zip(positions(out_shape, out_strides), starts):\n"
        "        total = float(out[target])\n"
        "        for i in range(size):\n"
        "            total = fn(float(a_storage[start + i * step]), total)\n"
        "        out[target] = total\n"
        "return _reduce",
        "tensor_reduce called fn(next, total): what was folded so far comes first.",
    ),
    Mutant(
        "exp_is_log",
        "tensor_functions.Exp.forward",
        "result = t1.f.log_map(t1)\nctx.save_for_backward(result)\nreturn result",
        "exp took the logarithm: the backend has a map of its own for each function.",
    ),
    Mutant(
        "subtraction_adds_the_negative_of_self",
        "tensor.Tensor.__sub__",
        "return Add.apply(-self, self._ensure_tensor(b))",
        "a - b came out as b - a: the second operand is the one to negate.",
    ),
    Mutant(
        "greater_is_not_less",
        "tensor.Tensor.__gt__",
        "return 1.0 - LT.apply(self, self._ensure_tensor(b))",
        "a > b was taken as not (a < b), which is wrong where the two are equal.",
    ),
    Mutant(
        "mean_divides_by_all",
        "tensor.Tensor.mean",
        "return self.sum(dim) / self.size",
        "mean over a dimension divided by the number of all cells, not by the dimension's size.",
    ),
    Mutant(
        "sum_of_all_needs_contiguity",
        "tensor.Tensor.sum",
        "if dim is None:\n"
        "    return Sum.apply(self.view(self.size), 0)\n"
        "return Sum.apply(self, dim)",
        "sum() viewed a permuted tensor as one row: it has to be made contiguous first.",
    ),
    Mutant(
        "all_adds",
        "tensor.Tensor.all",
        "if dim is None:\n"
        "    return Sum.apply(self.contiguous().view(self.size), 0)\n"
        "return Sum.apply(self, dim)",
        "all() counted the nonzero cells: it is 1 or 0.",
    ),
    Mutant(
        "permute_reversed",
        "tensor_functions.Permute.forward",
        "dims = [int(dim) for dim in order.tolist()]\n"
        "back = [dims.index(dim) for dim in range(len(dims))]\n"
        "ctx.save_for_backward(dims)\n"
        "return a._new(a._tensor.permute(*back))",
        "permute applied the opposite order; only for two dimensions is that the same.",
    ),
    Mutant(
        "product_without_history",
        "tensor.Tensor.__mul__",
        "return self.f.mul_zip(self, self._ensure_tensor(b))",
        "a * b called the backend itself: `Mul.apply` does so too, and remembers the operation, "
        "without which no gradient comes back.",
    ),
    Mutant(
        "number_becomes_float64",
        "tensor.Tensor.__radd__",
        "return tensor([float(b)], backend=self.backend) + self",
        "1 + a made a float64 tensor of the number: `_ensure_tensor` gives it the dtype of a.",
    ),
]
