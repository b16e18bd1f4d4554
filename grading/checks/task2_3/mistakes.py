"""What was written for Task 2.3, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_MAP, _ZIP, _REDUCE = "tensor_ops.tensor_map", "tensor_ops.tensor_zip", "tensor_ops.tensor_reduce"
_T, _F = "tensor.Tensor.", "tensor_functions."
_LAYOUT = "An index means the same cell in both tensors"
_MAP_BY_INDEX = """\
def _map(out, out_shape, out_strides, in_storage, in_shape, in_strides):
    out_index = np.zeros(len(out_shape), dtype=np.int64)
    in_index = np.zeros(len(in_shape){dtype})
    for ordinal in range(len(out)):
        to_index(ordinal, out_shape, out_index)
        {smaller}
        o = index_to_position(out_index, out_strides)
        out[o] = fn(in_storage[index_to_position(in_index, in_strides)])
{end}"""
_BROADCAST = "broadcast_index(out_index, out_shape, in_shape, in_index)"
_INT, _RETURN = ", dtype=np.int64", "return _map"
_REDUCE_BY_INDEX = """\
def _reduce(out, out_shape, out_strides, a_storage, a_shape, a_strides, reduce_dim):
    index = np.zeros(len(out_shape), dtype=np.int64)
    for ordinal in range(len(out)):
        to_index(ordinal, out_shape, index)
        o = index_to_position(index, out_strides)
        {start}
        for i in range({size}):
            index[reduce_dim] = i
            {fold}
        out[o] = total
return _reduce"""
_FOLD = "total = fn(total, a_storage[index_to_position(index, a_strides)])"
_SIZE = "a_shape[reduce_dim]"
_START = r"from 100|What `out` holds took no part, or too often"
_HISTORY = r"{} doesn't remember what it was computed from.*calls `apply` of its class"

TOLD = {
    "map_walks_the_storage": rf"^tensor_map of .*strides \(1, 2\).*{_LAYOUT}",
    "map_ignores_the_strides_of_out": rf"^tensor_map .*into \(2, 3\), strides \(1, 2\).*{_LAYOUT}",
    "zip_shares_one_position": r"^tensor_zip .*Each input has its own",
    "zip_swaps_the_inputs": r"^tensor_zip .*fn was called with b first",
    "reduce_forgets_the_start": r"^tensor_reduce .*What `out` holds took no part",
    "reduce_steps_by_one": r"^tensor_reduce along dimension 1.*there are 3 cells, each 4 further",
    "reduce_folds_backwards": r"^tensor_reduce.*fn gets what was folded so far, then the next",
    "exp_is_log": r"^x.exp\(\) gave",
    "subtraction_adds_the_negative_of_self": r"^a - 1 gave .*The second one is to be negated",
    "greater_is_not_less": r"^a > 3 gave .*Neither is larger where two are equal",
    "mean_divides_by_all": r"^a.mean\(1\) gave .*that dimension's size",
    "sum_of_all_needs_contiguity": r"^a.permute\(1, 0\).sum\(\) raised .*call contiguous\(\) first",
    "all_adds": r"^a.all\(\) gave .*1 if all cells are nonzero",
    "permute_reversed": r"^a.view\(1, 2, 3\).permute.*says which dimension comes first",
    "product_without_history": _HISTORY.format(r"^a \* b"),
    "number_becomes_float64": r"^1 \+ a of a float32 tensor.*_ensure_tensor",
}
MISTAKES = [
    Mistake(
        "map without broadcast_index",
        _MAP,
        _MAP_BY_INDEX.format(dtype=_INT, smaller="in_index[:] = out_index", end=_RETURN),
        told=r"^tensor_map of shape \(3,\).*The input may be smaller",
    ),
    Mistake(
        "map reads at the result's index",
        _MAP,
        _MAP_BY_INDEX.format(
            dtype=_INT, smaller="to_index(ordinal, in_shape, in_index)", end=_RETURN
        ),
        told=r"^tensor_map of shape \(2, 1\).*The input may be smaller",
    ),
    Mistake(
        "a buffer of floats",
        _MAP,
        _MAP_BY_INDEX.format(dtype="", smaller=_BROADCAST, end=_RETURN),
        told=r"^tensor_map .*a place isn't a whole number.*dtype=np.int64",
    ),
    Mistake(
        "the kernel isn't returned",
        _MAP,
        _MAP_BY_INDEX.format(dtype=_INT, smaller=_BROADCAST, end=""),
        told=r"^tensor_map .*gave None: return the inner function",
    ),
    Mistake(
        "map with broadcast_index's arguments swapped",
        _MAP,
        _MAP_BY_INDEX.format(
            dtype=_INT,
            smaller="broadcast_index(out_index, in_shape, out_shape, in_index)",
            end=_RETURN,
        ),
        told=r"^tensor_map of shape \(3,\).*The input may be smaller",
    ),
    Mistake(
        "the sum begins with the first cell",
        _REDUCE,
        _REDUCE_BY_INDEX.format(
            start="total = a_storage[index_to_position(index, a_strides)]",
            size=_SIZE,
            fold=_FOLD.replace("total = fn", "total = total if i == 0 else fn"),
        ),
        told=_START,
    ),
    Mistake(
        "the sum begins with 0.0",
        _REDUCE,
        _REDUCE_BY_INDEX.format(start="total = 0.0", size=_SIZE, fold=_FOLD),
        told=r"What `out` holds took no part",
    ),
    Mistake(
        "the result's place inside of the inner loop",
        _REDUCE,
        "def _reduce(out, out_shape, out_strides, a_storage, a_shape, a_strides, reduce_dim):\n"
        "    index = np.zeros(len(out_shape), dtype=np.int64)\n"
        "    for ordinal in range(len(out)):\n"
        "        to_index(ordinal, out_shape, index)\n"
        "        for i in range(a_shape[reduce_dim]):\n"
        "            index[reduce_dim] = i\n"
        "            o = index_to_position(index, out_strides)\n"
        "            a = a_storage[index_to_position(index, a_strides)]\n"
        "            out[o] = fn(out[o], a)\n"
        "return _reduce",
        told=r"^tensor_reduce.*(raised IndexError.*found before the inner loop|further on)",
    ),
    Mistake(
        "the first size folded, whatever the dimension",
        _REDUCE,
        _REDUCE_BY_INDEX.format(start="total = out[o]", size="a_shape[0]", fold=_FOLD),
        told=r"^tensor_reduce along dimension 2.*there are 4 cells, each 1 further on",
    ),
    Mistake(
        "an order of floats",
        _F + "Permute.forward",
        "ctx.save_for_backward(order)\nreturn a._new(a._tensor.permute(*order.tolist()))",
        told=r"^a.permute\(1, 0\) raised TypeError.*make whole numbers of an order",
    ),
    Mistake(
        "a dimension that is a tensor",
        _F + "Sum.forward",
        "return a.f.add_reduce(a, dim)",
        told=r"^a.sum\(0\) raised .*make whole numbers of an order or a dimension",
    ),
    Mistake(
        "permute copies",
        _F + "Permute.forward",
        "dims = [int(dim) for dim in order.tolist()]\nctx.save_for_backward(dims)\n"
        "return a._new(a._tensor.permute(*dims)).contiguous()",
        told=r"^permute copied the numbers",
    ),
    Mistake(
        "no return",
        _F + "Exp.forward",
        "result = t1.f.exp_map(t1)\nctx.save_for_backward(result)",
        told=r"^x.exp\(\) (raised|gave None)",
    ),
    Mistake(
        "a method without a return",
        _T + "sigmoid",
        "Sigmoid.apply(self)",
        told=r"^x.sigmoid\(\) gave None, not a tensor: is a `return` missing",
    ),
    Mistake(
        "a number as it is",
        _T + "__mul__",
        "return Mul.apply(self, b)",
        told=r"^2 \* a|^a \* |float32",
    ),
    Mistake(
        "the backend in sigmoid",
        _T + "sigmoid",
        "return self.f.sigmoid_map(self)",
        told=_HISTORY.format("^sigmoid"),
    ),
    Mistake(
        "zero_grad_ makes zeros",
        _T + "zero_grad_",
        "self.grad = self.zeros()",
        told=r"^After zero_grad_\(\) no gradient must be left",
    ),
    Mistake(
        "mean of all divides by the first size",
        _T + "mean",
        "return self.sum(dim) / self.shape[dim or 0]",
        told=r"^a.mean\(\) gave .*number of all cells",
    ),
    Mistake(
        "a plain loop by indices",
        _MAP,
        _MAP_BY_INDEX.format(dtype=_INT, smaller=_BROADCAST, end=_RETURN),
        fair="right in another style",
    ),
    Mistake(
        "a reduction that looks up each place",
        _REDUCE,
        _REDUCE_BY_INDEX.format(start="total = out[o]", size=_SIZE, fold=_FOLD),
        fair="right in another style",
    ),
    Mistake(
        "an order as a list",
        _T + "permute",
        "return Permute.apply(self, list(order))",
        fair="right in another style",
    ),
    Mistake(
        "is_close without _ensure_tensor",
        _T + "is_close",
        "return IsClose.apply(self, y)",
        fair="right in another style",
    ),
]
