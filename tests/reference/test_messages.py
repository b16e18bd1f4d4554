"""A hundred bad calls: each error says what happened, with the shapes, and what to do instead."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch import IndexingError
from minitorch.autodiff import Context

x = mt.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
y = mt.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])
leaf = mt.tensor([[1.0, 2.0, 3.0]], requires_grad=True)
single = mt.tensor([[1.0]], dtype=np.float32)
fast = mt.tensor([[1.0, 2.0, 3.0]], mt.TensorBackend(mt.FastOps), requires_grad=True)


class NoReturn(mt.Function):
    @staticmethod
    def forward(ctx: Context, a: Any) -> Any:
        a + 1.0

    @staticmethod
    def backward(ctx: Context, d: Any) -> Any:
        return d


class Array(NoReturn):
    @staticmethod
    def forward(ctx: Context, a: Any) -> Any:
        return a.to_numpy()


class NoDerivative(NoReturn):
    @staticmethod
    def forward(ctx: Context, a: Any) -> Any:
        return a + 1.0

    @staticmethod
    def backward(ctx: Context, d: Any) -> Any:
        return None


class WrongShape(NoDerivative):
    @staticmethod
    def backward(ctx: Context, d: Any) -> Any:
        return mt.zeros((5, 7))


class TooMany(NoDerivative):
    @staticmethod
    def backward(ctx: Context, d: Any) -> Any:
        return d, d


class Forgetful(mt.Module):
    def __init__(self) -> None:
        self.w = mt.Parameter(1.0)


class Model(mt.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weights = mt.Parameter(mt.tensor([[1.0], [2.0]]))
        self.scale = mt.Parameter(mt.Scalar(2.0))


m = Model()

# The call, the error, and what its message has to hold: operation, shapes, what to do.
CALLS: list[tuple[str, type[Exception], list[str]]] = [
    # operands
    ("x + y", IndexingError, ["add", "(2, 3)", "(4, 2)", "only equal sizes or a 1 fit"]),
    ("x - y", IndexingError, ["add", "(2, 3)", "(4, 2)", "only equal sizes or a 1 fit"]),
    ("x * y", IndexingError, ["mul", "(2, 3)", "(4, 2)", "only equal sizes or a 1 fit"]),
    ("x < y", IndexingError, ["lt", "(2, 3)", "(4, 2)", "only equal sizes or a 1 fit"]),
    ("x == y", IndexingError, ["eq", "(2, 3)", "(4, 2)", "only equal sizes or a 1 fit"]),
    ("x.is_close(y)", IndexingError, ["is_close", "(2, 3)", "(4, 2)", "fit"]),
    ("x @ x", IndexingError, ["matmul", "(2, 3)", "has to equal"]),
    ("x @ y", IndexingError, ["matmul", "(2, 3)", "(4, 2)", "has to equal"]),
    ("x @ mt.tensor([1.0, 2.0])", IndexingError, ["matmul", "(2, 3)", "has to equal"]),
    ("x @ m.weights", IndexingError, ["matmul", "(2, 3)", "(2, 1)", "has to equal"]),
    ("x * m.weights * m.scale", TypeError, ["mul", "(2, 3)", "Scalar", "tensor("]),
    ("x + None", TypeError, ["add", "(2, 3)", "None", "return"]),
    ("None * x", TypeError, ["mul", "(2, 3)", "None", "return"]),
    ("x + 'a'", TypeError, ["add", "(2, 3)", "'a'", "numbers, tensors and arrays"]),
    ("x * [1, 2, 3]", TypeError, ["mul", "(2, 3)", "list", "tensor([...])"]),
    ("x @ 'a'", TypeError, ["matmul", "(2, 3)", "'a'", "numbers, tensors and arrays"]),
    ("x < 'a'", TypeError, ["lt", "(2, 3)", "'a'", "numbers, tensors and arrays"]),
    ("x == 'a'", TypeError, ["eq", "(2, 3)", "'a'", "numbers, tensors and arrays"]),
    ("x + np.array(['a'])", TypeError, ["add", "(2, 3)", "ndarray", "arrays of numbers"]),
    ("x + single", TypeError, ["add", "float64", "float32", "(2, 3)", "(1, 1)", "astype()"]),
    ("leaf + fast", TypeError, ["add", "SimpleOps", "FastOps", "same backend="]),
    ("fast @ leaf.T", TypeError, ["matmul", "SimpleOps", "FastOps", "same backend="]),
    ("mt.cat([leaf, fast])", TypeError, ["cat", "SimpleOps", "FastOps", "same backend="]),
    ("x ** x", TypeError, ["power", "(2, 3)", "exponent", "exp and log"]),
    ("x ** 'a'", TypeError, ["power", "(2, 3)", "str", "exp and log"]),
    ("'a' ** x", TypeError, ["pow", "(2, 3)", "'a'", "numbers"]),
    # reductions
    ("x.sum(2)", IndexingError, ["sum", "dimension 2", "(2, 3)", "-2 … 1 will do"]),
    ("x.sum(-3)", IndexingError, ["sum", "dimension -3", "(2, 3)", "-2 … 1 will do"]),
    ("x.mean(5)", IndexingError, ["mean", "dimension 5", "(2, 3)", "-2 … 1 will do"]),
    ("x.all(5)", IndexingError, ["all", "dimension 5", "(2, 3)", "-2 … 1 will do"]),
    ("x.any(5)", IndexingError, ["any", "dimension 5", "(2, 3)", "-2 … 1 will do"]),
    ("x.sum('a')", TypeError, ["sum", "(2, 3)", "whole number", "'a'"]),
    ("x.sum(0.5)", TypeError, ["sum", "(2, 3)", "whole number", "0.5"]),
    ("x.sum((0, 0))", IndexingError, ["sum", "(2, 3)", "twice", "once"]),
    ("x.sum((0, 4))", IndexingError, ["sum", "dimension 4", "(2, 3)", "will do"]),
    ("x.mean((0, 'a'))", TypeError, ["mean", "(2, 3)", "whole number", "'a'"]),
    ("mt.tensor(1.0).sum(0)", IndexingError, ["sum", "()", "no dimensions"]),
    # shapes
    ("x.view(4)", IndexingError, ["view", "(4,)", "(2, 3)", "6 cells", "-1"]),
    ("x.view(-1, -1)", IndexingError, ["view", "(2, 3)", "One size may be -1"]),
    ("x.view('a')", TypeError, ["view", "(2, 3)", "whole numbers", "'a'"]),
    ("x.view(2.9, 3)", TypeError, ["view", "(2, 3)", "whole numbers", "2.9"]),
    ("x.permute(1, 0).view(6)", IndexingError, ["view", "(3, 2)", "contiguous()"]),
    ("x.reshape(4)", IndexingError, ["reshape", "(4,)", "(2, 3)", "6 cells", "-1"]),
    ("x.reshape('a', 2)", TypeError, ["reshape", "(2, 3)", "whole numbers", "'a'"]),
    ("x.permute(0)", IndexingError, ["permute", "2 dimensions", "exactly once"]),
    ("x.permute((0, 0))", IndexingError, ["permute", "2 dimensions", "exactly once"]),
    ("x.permute(0.5, 1)", TypeError, ["permute", "(2, 3)", "whole numbers", "0.5"]),
    ("x.transpose(0, 2)", IndexingError, ["transpose", "dimension 2", "(2, 3)", "will do"]),
    ("x.transpose('a', 0)", TypeError, ["transpose", "(2, 3)", "whole number", "'a'"]),
    ("mt.zeros(2, 2, 2).t()", IndexingError, ["t()", "(2, 2, 2)", "transpose(-2, -1)"]),
    ("x.squeeze(2)", IndexingError, ["squeeze", "dimension 2", "(2, 3)", "will do"]),
    ("x.unsqueeze(4)", IndexingError, ["unsqueeze", "dimension 4", "(2, 3, 1)", "will do"]),
    ("x.flatten(1, 0)", IndexingError, ["flatten", "dimension 1", "(2, 3)", "come first"]),
    ("x.size(2)", IndexingError, ["size", "dimension 2", "(2, 3)", "will do"]),
    ("x.clamp()", TypeError, ["clamp", "(2, 3)", "min, max or both"]),
    ("x.clamp('a')", TypeError, ["clamp", "(2, 3)", "'a'", "min, max or both"]),
    ("mt.cat([])", ValueError, ["cat", "at least one tensor", "empty"]),
    ("mt.cat([x, y])", IndexingError, ["cat", "(2, 3)", "(4, 2)", "have to be equal"]),
    ("mt.cat([x, x], 2)", IndexingError, ["cat", "dimension 2", "(2, 3)", "will do"]),
    ("mt.cat(x)", TypeError, ["cat", "(2, 3)", "cat([x, y])"]),
    ("mt.cat([x, 1.0])", TypeError, ["cat", "1.0", "float", "tensor(...)"]),
    ("mt.stack([1.0, 2.0])", TypeError, ["stack", "1.0", "float", "tensor(...)"]),
    ("mt.stack([x, y])", IndexingError, ["stack", "(2, 3)", "(4, 2)", "cat joins"]),
    # indices
    ("x[2]", IndexingError, ["index", "out of range", "(2, 3)", "size 2"]),
    ("x[0, 3]", IndexingError, ["index", "(0, 3)", "out of range", "(2, 3)"]),
    ("x[0, 0, 0]", IndexingError, ["index", "too many parts", "(2, 3)"]),
    ("x['a']", TypeError, ["index", "(2, 3)", "'a'", "whole numbers"]),
    ("x[0.5]", TypeError, ["index", "(2, 3)", "0.5", "whole numbers"]),
    ("x[True]", TypeError, ["index", "(2, 3)", "bool", "whole numbers"]),
    ("x[[0, 2]]", IndexingError, ["index", "[0, 2]", "(2, 3)", "size 2"]),
    ("x[[0.5]]", TypeError, ["index", "(2, 3)", "[0.5]", "whole numbers"]),
    ("x[y > 2]", IndexingError, ["index", "(4, 2)", "(2, 3)", "have to be equal"]),
    ("x[x]", TypeError, ["index", "(2, 3)", "mask of 0 and 1", "x[[0, 2]]"]),
    ("x.__setitem__(0, [1, 2])", IndexingError, ["x[0] = y", "(2, 3)", "(3,)", "(2,)"]),
    ("x.__setitem__(0, 'a')", IndexingError, ["x[0] = y", "(2, 3)", "numbers", "'a'"]),
    ("x.__setitem__(0, leaf[0])", RuntimeError, ["x[...] = y", "(3,)", "detach()"]),
    ("(leaf * 2).__setitem__(0, 1.0)", RuntimeError, ["Mul", "(1, 3)", "copy"]),
    # one number of many
    ("float(x)", ValueError, ["float()", "(2, 3)", "sum() or mean()"]),
    ("int(x)", ValueError, ["item()", "(2, 3)", "sum() or mean()"]),
    ("bool(x)", ValueError, ["(2, 3)", "all() or any()"]),
    ("format(x, '.2f')", TypeError, ["format '.2f'", "(2, 3)", "item()"]),
    ("len(mt.tensor(1.0))", TypeError, ["len()", "without dimensions", "item()"]),
    # making tensors
    ("mt.tensor([[1], [2, 3]])", ValueError, ["tensor()", "[2, 3]", "equal length"]),
    ("mt.tensor(['a'])", TypeError, ["tensor()", "'a'", "str", "lists of numbers"]),
    ("mt.tensor(None)", TypeError, ["tensor()", "None", "lists of numbers"]),
    ("mt.tensor([1], dtype=np.int32)", TypeError, ["float32 or float64", "int32"]),
    ("mt.zeros((-1,))", IndexingError, ["zeros", "(-1,)", "negative", "from 0"]),
    ("mt.zeros(2.5)", TypeError, ["zeros", "2.5", "zeros((2, 3))"]),
    ("mt.rand('a')", TypeError, ["rand", "'a'", "rand((2, 3))"]),
    ("mt.full((2,), 'a')", TypeError, ["full", "(2,)", "'a'", "a number"]),
    ("mt.arange(0, 1, -1)", ValueError, ["arange(0, 1, -1)", "step has to"]),
    ("mt.Tensor([1.0])", TypeError, ["Tensor()", "list", "tensor([...])"]),
    ("mt.TensorData([1.0], (2,))", IndexingError, ["(2,)", "needs 2 numbers", "has 1"]),
    # gradients
    ("x.backward()", ValueError, ["backward()", "(2, 3)", ".sum()"]),
    ("x.sum().backward()", RuntimeError, ["backward()", "constant", "no_grad()"]),
    ("leaf.backward(y)", ValueError, ["backward()", "(1, 3)", "(4, 2)", "equal"]),
    ("(leaf * 2).requires_grad_(False)", RuntimeError, ["Mul", "detach()"]),
    ("NoReturn.apply(x)", TypeError, ["NoReturn.forward", "None", "return"]),
    ("NoReturn.apply(leaf)", TypeError, ["NoReturn.forward", "None", "return"]),
    ("Array.apply(x)", TypeError, ["Array.forward", "ndarray", "a tensor"]),
    ("NoDerivative.apply(leaf).sum().backward()", TypeError, ["NoDerivative.backward", "None"]),
    (
        "WrongShape.apply(leaf).sum().backward()",
        IndexingError,
        ["WrongShape.backward", "(1, 3)", "(5, 7)", "return one derivative for each"],
    ),
    ("TooMany.apply(leaf).sum().backward()", ValueError, ["TooMany.backward", "2 deriv", "Return"]),
    ("mt.no_grad(3)", TypeError, ["no_grad", "3", "with no_grad():"]),
    # names that PyTorch has
    ("x.matmul(x)", AttributeError, ["matmul", "(2, 3)", "x @ y"]),
    ("x.max(5)", IndexingError, ["max", "(2, 3)", "5"]),
    ("x.min((0, 0))", IndexingError, ["min", "(2, 3)", "twice"]),
    ("x.argmax(2)", IndexingError, ["argmax", "(2, 3)", "2"]),
    ("x.argmax(0.5)", TypeError, ["argmax", "(2, 3)", "0.5"]),
    ("x.softmax(3)", IndexingError, ["softmax", "(2, 3)", "3"]),
    ("x.to('cuda')", AttributeError, ["'to'", "(2, 3)", "backend="]),
    ("x.device", AttributeError, ["device", "(2, 3)", "x.backend"]),
    ("x.masked_fill(x > 2, 0.0)", AttributeError, ["masked_fill", "(2, 3)", "1 - mask"]),
    ("x.square()", AttributeError, ["square", "(2, 3)", "x * x"]),
    ("mt.zeross", AttributeError, ["zeross", "Did you mean", "zeros"]),
    # modules and optimisers
    ("m.wieghts", AttributeError, ["Model", "wieghts", "Did you mean weights"]),
    ("m(x)", AttributeError, ["Model", "forward", "Define one"]),
    ("Forgetful()", AttributeError, ["Forgetful", "super().__init__()"]),
    ("m.add_module('k', 3)", TypeError, ["add_module('k'", "takes a Module", "add_parameter"]),
    ("setattr(m, 'list', [Model()])", TypeError, ["Model.list", "plain list", "ModuleList"]),
    ("mt.SGD(m)", TypeError, ["SGD", "Model", "model.parameters()"]),
    ("mt.SGD([leaf])", TypeError, ["Parameters", "model.parameters()"]),
]


def test_there_are_a_hundred() -> None:
    assert len({call for call, _, _ in CALLS}) == len(CALLS) >= 100


@pytest.mark.parametrize(("call", "error", "words"), CALLS, ids=[call for call, _, _ in CALLS])
def test_a_bad_call(call: str, error: type[Exception], words: list[str]) -> None:
    with pytest.raises(error) as raised:
        eval(call)  # the call stands in the table, so that a failing one can be read
    said = str(raised.value)
    assert [word for word in words if word not in said] == [], said
    assert len(said) < 500 and "\n" not in said
