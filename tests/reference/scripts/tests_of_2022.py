"""Tests of the backends, with the imports that MiniTorch's tests of 2022 have."""

from typing import Callable, Dict, Iterable, List, Tuple  # noqa: UP035

import numba
import pytest

import minitorch
from minitorch import MathTestVariable, Tensor, TensorBackend, grad_check

one_arg, two_arg, red_arg = MathTestVariable._comp_testing()

SimpleBackend = minitorch.TensorBackend(minitorch.SimpleOps)
FastTensorBackend = minitorch.TensorBackend(minitorch.FastOps)
shared: Dict[str, TensorBackend] = {"fast": FastTensorBackend}  # noqa: UP006
backend_tests = [pytest.param("fast")]
matmul_tests = [pytest.param("fast")]
if numba.cuda.is_available():
    backend_tests.append(pytest.param("cuda"))
    matmul_tests.append(pytest.param("cuda"))
    shared["cuda"] = minitorch.TensorBackend(minitorch.CudaOps)

FUNCTIONS: List[type] = [  # noqa: UP006
    minitorch.Add, minitorch.Mul, minitorch.Neg, minitorch.Inv, minitorch.Sigmoid,
    minitorch.ReLU, minitorch.Exp, minitorch.Log, minitorch.LT, minitorch.EQ, minitorch.Sum,
    minitorch.Permute, minitorch.IsClose,
]  # fmt: skip


@pytest.mark.parametrize("fn", one_arg)
@pytest.mark.parametrize("backend", backend_tests)
def test_one_args(
    fn: Tuple[str, Callable[[float], float], Callable[[Tensor], Tensor]],  # noqa: UP006
    backend: str,
) -> None:
    _, base_fn, tensor_fn = fn
    t1 = minitorch.tensor([[0.5, 1.5], [2.5, 3.5]], backend=shared[backend])
    t2 = tensor_fn(t1)
    for ind in t2._tensor.indices():
        minitorch.MathTest  # noqa: B018
        assert minitorch.operators.is_close(t2[ind], base_fn(t1[ind]))
    grad_check(tensor_fn, t1)


@pytest.mark.parametrize("backend", matmul_tests)
def test_mm2(backend: str) -> None:
    a = minitorch.rand((2, 3), backend=shared[backend])
    b = minitorch.rand((3, 4), backend=shared[backend])
    c = a @ b
    c2 = (a.view(2, 3, 1) * b.view(1, 3, 4)).sum(1).view(2, 4)
    for ind in c._tensor.indices():
        assert minitorch.operators.is_close(c[ind], c2[ind])
    minitorch.grad_check(lambda a, b: a @ b, a, b)


def test_functions_of_tensors() -> None:
    assert all(issubclass(each, minitorch.Function) for each in FUNCTIONS)
    out = minitorch.Mul.apply(minitorch.tensor([2.0]), minitorch.tensor([3.0]))
    assert out[0] == 6.0


def names() -> Iterable[str]:
    return [name for name, _, _ in two_arg + red_arg]
