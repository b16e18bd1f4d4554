"""Module 4: convolutions on every backend in host memory, against NumPy and stored answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from backends import BACKENDS
from hypothesis import given, settings
from hypothesis.strategies import DataObject, booleans, data, integers, permutations, sampled_from

import minitorch
from minitorch import (
    IndexingError,
    conv1d,
    conv2d,
    grad_check,
    tensor,
)
from minitorch.kernels.conv_trace import by_windows, run_loops

ANSWERS = Path(__file__).parent / "torch_answers" / "conv.npz"

task4_1 = pytest.mark.task4_1
task4_2 = pytest.mark.task4_2


def make(shape: tuple[int, ...], seed: int = 0, kind: Any = np.float64) -> Any:
    return np.random.default_rng(seed).normal(size=shape).astype(kind)


def gradients(x: Any, w: Any, d: Any) -> tuple[Any, Any]:
    """Send a gradient back through a convolution, by windows."""
    back = by_windows(d, w.swapaxes(0, 1), x.shape[2:], reverse=True)
    weight = by_windows(x.swapaxes(0, 1), d.swapaxes(0, 1), w.shape[2:])
    return back, weight.swapaxes(0, 1)


def check(x: Any, w: Any, backend: Any, near: float = 1e-9) -> None:
    """Compare result and gradients with NumPy's."""
    convolve = conv1d if x.ndim == 3 else conv2d
    a, b = (tensor(each, backend=backend, requires_grad=True) for each in (x, w))
    y, d = convolve(a, b), make((x.shape[0], w.shape[0], *x.shape[2:]), 9, x.dtype)
    y.backward(tensor(d, backend=backend))
    assert y.dtype == x.dtype
    back = gradients(x, w, d)
    pairs = zip((y, a.grad, b.grad), (by_windows(x, w), *back), strict=True)
    for got, right in pairs:
        np.testing.assert_allclose(got.to_numpy(), right, rtol=near, atol=near)


# Public names


@task4_1
def test_conv1d_simple() -> None:
    t = tensor([0.0, 1.0, 2.0, 3.0]).view(1, 1, 4)
    t.requires_grad_(True)
    w = tensor([[1.0, 2.0, 3.0]]).view(1, 1, 3)
    out = minitorch.Conv1dFun.apply(t, w)
    assert out.to_numpy().ravel().tolist() == [0 * 1 + 1 * 2 + 2 * 3, 1 + 4 + 9, 2 + 6, 3]


@task4_1
def test_conv1d() -> None:
    grad_check(minitorch.Conv1dFun.apply, tensor(make((1, 1, 6))), tensor(make((1, 1, 4), 1)))


@task4_1
def test_conv1d_channel() -> None:
    grad_check(minitorch.Conv1dFun.apply, tensor(make((2, 2, 6))), tensor(make((3, 2, 2), 1)))


@task4_2
def test_conv() -> None:
    grad_check(minitorch.Conv2dFun.apply, tensor(make((1, 1, 6, 6))), tensor(make((1, 1, 2, 4), 1)))


@task4_2
def test_conv_batch() -> None:
    grad_check(minitorch.Conv2dFun.apply, tensor(make((2, 1, 6, 6))), tensor(make((1, 1, 2, 4), 1)))


@task4_2
def test_conv_channel() -> None:
    grad_check(minitorch.Conv2dFun.apply, tensor(make((2, 2, 6, 6))), tensor(make((3, 2, 2, 4), 1)))


@task4_2
def test_conv2() -> None:
    image = [[0, 1, 2, 3]] * 4
    t = tensor([[image]])
    t.requires_grad_(True)
    w = tensor([[[[1, 1], [1, 1]]]])
    out = minitorch.Conv2dFun.apply(t, w)
    assert out.to_numpy()[0, 0].tolist() == [[2, 6, 10, 6]] * 3 + [[1, 3, 5, 3]]
    out.backward(tensor(np.ones((1, 1, 4, 4))))
    grad_check(minitorch.Conv2dFun.apply, t.detach(), w)


# Every shape, layout and dtype


SHAPES_1D = [
    ((1, 1, 6), (1, 1, 3)), ((2, 3, 5), (4, 3, 2)), ((3, 2, 3), (2, 2, 5)), ((1, 1, 1), (1, 1, 1)),
    ((2, 1, 7), (5, 1, 7)), ((3, 5, 2), (6, 5, 1)),
]  # fmt: skip
SHAPES_2D = [
    ((1, 1, 4, 5), (1, 1, 2, 3)), ((2, 3, 5, 4), (4, 3, 3, 2)), ((3, 2, 2, 3), (2, 2, 3, 5)),
    ((1, 1, 1, 1), (1, 1, 1, 1)), ((2, 1, 1, 9), (3, 1, 1, 4)), ((2, 1, 9, 1), (3, 1, 4, 1)),
    ((2, 5, 3, 3), (6, 5, 1, 1)), ((1, 2, 2, 8), (2, 2, 4, 2)),
]  # fmt: skip


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("shape", "kernel"),
    [pytest.param(*each, marks=task4_1) for each in SHAPES_1D]
    + [pytest.param(*each, marks=task4_2) for each in SHAPES_2D],
)
def test_results_and_gradients(
    shape: tuple[int, ...], kernel: tuple[int, ...], backend: str, kind: Any
) -> None:
    near = 1e-9 if kind is np.float64 else 1e-4
    check(make(shape, 0, kind), make(kernel, 1, kind), BACKENDS[backend], near)


def draw_case(data: DataObject, dims: int) -> tuple[Any, Any, tuple[int, ...], bool, Any]:
    sizes = integers(1, 6)
    batch, inputs, outputs = (data.draw(integers(1, 3)) for _ in range(3))
    image, kernel, size = (tuple(data.draw(sizes) for _ in range(dims)) for _ in range(3))
    kind = data.draw(sampled_from([np.float64, np.float32]))
    x, w = make((batch, inputs, *image), 2, kind), make((outputs, inputs, *kernel), 3, kind)
    orders = [data.draw(permutations(range(dims + 2))) for _ in range(3)]
    return x, w, size, data.draw(booleans()), orders


@pytest.mark.parametrize(
    ("name", "dims"),
    [pytest.param("1d", 1, marks=task4_1), pytest.param("2d", 2, marks=task4_2)],
)
@given(data=data())
@settings(max_examples=60)
def test_any_shape_size_and_layout(name: str, dims: int, data: DataObject) -> None:
    x, w, size, reverse, orders = draw_case(data, dims)
    loops = getattr(minitorch.fast_conv, f"_tensor_conv{name}")
    found = run_loops(loops, x, w, size, reverse, orders)
    right = by_windows(x, w, size, reverse)
    np.testing.assert_allclose(found.result, right, rtol=1e-4, atol=1e-4)
    assert found.alone is not False and found.clash is None
    # Compiled, the same.
    turned = [np.ascontiguousarray(a.transpose(o)) for a, o in zip((x, w), orders[1:], strict=True)]
    given_ = [
        tensor(a, backend=BACKENDS["fast"]).permute(*np.argsort(o).tolist())
        for a, o in zip(turned, orders[1:], strict=True)
    ]
    got = getattr(minitorch.FastOps, f"conv{name}")(*given_, reverse=reverse, size=size)
    np.testing.assert_allclose(got.to_numpy(), right, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("shape", "kernel"),
    [
        pytest.param((5, 3, 40), (9, 3, 4), marks=task4_1),
        pytest.param((3, 4, 9, 8), (6, 4, 3, 3), marks=task4_2),
    ],
)
def test_on_all_cores(
    shape: tuple[int, ...], kernel: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    from minitorch.kernels import convolution

    monkeypatch.setattr(convolution, "LARGE_CONV", 0)
    convolution.conv_kernel.cache_clear()
    for _ in range(5):
        check(make(shape), make(kernel, 1), BACKENDS["fast"])
    convolution.conv_kernel.cache_clear()


@task4_1
@task4_2
def test_the_public_kernels_run_on_all_cores() -> None:
    for dims, compiled in ((1, minitorch.tensor_conv1d), (2, minitorch.tensor_conv2d)):
        x, w = make((2, 3, *(5, 4)[:dims])), make((4, 3, *(2, 3)[:dims]), 1)
        right = by_windows(x, w)
        out = tensor(np.full(right.shape, 7.0))
        sides = tensor(x).tuple() + tensor(w).tuple()
        compiled(*out.tuple(), out.size, *sides, False)
        np.testing.assert_allclose(out.to_numpy(), right)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("shape", "kernel"),
    [
        pytest.param((1, 1, 6), (1, 1, 3), marks=task4_1),
        pytest.param((2, 1, 4, 4), (1, 1, 2, 2), marks=task4_2),
    ],
)
def test_infinity_and_nan_stay_where_they_are_met(
    shape: tuple[int, ...], kernel: tuple[int, ...], backend: str
) -> None:
    x, w = make(shape), make(kernel, 1)
    x.flat[2], x.flat[-1] = np.inf, np.nan
    with np.errstate(all="ignore"):
        check(x, w, BACKENDS[backend])


# As PyTorch's


def framed(x: Any, frame: tuple[int, ...]) -> Any:
    return np.pad(x, [(0, 0), (0, 0), *((n, n) for n in frame)])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("shape", "kernel", "stride", "padding"),
    [
        pytest.param((2, 3, 7), (4, 3, 3), 2, None, marks=task4_1),
        pytest.param((2, 3, 7), (4, 3, 3), None, 1, marks=task4_1),
        pytest.param((1, 2, 3), (2, 2, 5), (3,), (2,), marks=task4_1),
        pytest.param((2, 3, 6, 7), (4, 3, 3, 2), 1, None, marks=task4_2),
        pytest.param((2, 3, 6, 7), (4, 3, 3, 2), (2, 3), None, marks=task4_2),
        pytest.param((2, 3, 6, 7), (4, 3, 3, 3), None, 1, marks=task4_2),
        pytest.param((2, 3, 3, 3), (4, 3, 4, 5), 2, (1, 2), marks=task4_2),
        pytest.param((1, 1, 3, 3), (1, 1, 1, 1), None, 0, marks=task4_2),
    ],
)
def test_stride_and_padding(
    shape: tuple[int, ...], kernel: tuple[int, ...], stride: Any, padding: Any, backend: str
) -> None:
    dims, convolve = len(shape) - 2, conv1d if len(shape) == 3 else conv2d
    steps = stride if isinstance(stride, tuple) else (stride or 1,) * dims
    frame = padding if isinstance(padding, tuple) else (padding or 0,) * dims
    x, w = make(shape), make(kernel, 1)
    big = framed(x, frame)
    fits = tuple(n - k + 1 for n, k in zip(big.shape[2:], kernel[2:], strict=True))
    some = (slice(None), slice(None), *(slice(0, n, s) for n, s in zip(fits, steps, strict=True)))
    right = by_windows(big, w)[some]
    a, b = (tensor(each, backend=BACKENDS[backend], requires_grad=True) for each in (x, w))
    y = convolve(a, b, stride=stride, padding=padding)
    np.testing.assert_allclose(y.to_numpy(), right)
    d = make(right.shape, 9)
    y.backward(tensor(d, backend=BACKENDS[backend]))
    whole = np.zeros((*big.shape[:1], kernel[0], *big.shape[2:]))
    whole[some] = d
    back, weight = gradients(big, w, whole)
    inside = (
        slice(None),
        slice(None),
        *(slice(n, n + s) for n, s in zip(frame, shape[2:], strict=True)),
    )
    np.testing.assert_allclose(a.grad.to_numpy(), back[inside])
    np.testing.assert_allclose(b.grad.to_numpy(), weight)


STORED = sorted(np.load(ANSWERS)["cases"].tolist()) if ANSWERS.exists() else []


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "case", [pytest.param(c, marks=task4_1 if "conv1d" in c else task4_2) for c in STORED]
)
def test_pytorchs_stored_answers(case: str, backend: str) -> None:
    stored = np.load(ANSWERS)
    x, w, d, y, dx, dw = (stored[f"{case}-{part}"] for part in ("x", "w", "d", "y", "dx", "dw"))
    name, kind, how = case.split("_")
    stride, padding = (None if n == "n" else int(n) for n in how)
    a, b = (tensor(each, backend=BACKENDS[backend], requires_grad=True) for each in (x, w))
    result = {"conv1d": conv1d, "conv2d": conv2d}[name](a, b, stride=stride, padding=padding)
    result.backward(tensor(d, backend=BACKENDS[backend]))
    near = 1e-9 if kind == "f64" else 1e-4
    for got, right in ((result, y), (a.grad, dx), (b.grad, dw)):
        assert got.dtype == right.dtype
        np.testing.assert_allclose(got.to_numpy(), right, rtol=near, atol=near)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dims", [pytest.param(1, marks=task4_1), pytest.param(2, marks=task4_2)])
@given(data=data())
@settings(max_examples=30)
def test_against_pytorch(dims: int, backend: str, data: DataObject) -> None:
    torch: Any = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
    x, w, _, pytorch, _ = draw_case(data, dims)
    stride, padding = data.draw(integers(1, 3)), data.draw(integers(0, 2))
    fits = all(n + 2 * padding >= k for n, k in zip(x.shape[2:], w.shape[2:], strict=True))
    pytorch = pytorch and fits
    sides = [torch.tensor(each, requires_grad=True) for each in (x, w)]
    theirs = getattr(torch.nn.functional, f"conv{dims}d")
    if pytorch:
        right = theirs(*sides, stride=stride, padding=padding)
    else:
        ends = [n for k in reversed(w.shape[2:]) for n in (0, k - 1)]
        right = theirs(torch.nn.functional.pad(sides[0], ends), sides[1])
    a, b = (tensor(each, backend=BACKENDS[backend], requires_grad=True) for each in (x, w))
    ours = conv1d if dims == 1 else conv2d
    got = ours(a, b, stride=stride, padding=padding) if pytorch else ours(a, b)
    d = make(tuple(right.shape), 5, x.dtype)
    right.backward(torch.tensor(d))
    got.backward(tensor(d, backend=BACKENDS[backend]))
    for mine, other in ((got, right), (a.grad, sides[0].grad), (b.grad, sides[1].grad)):
        np.testing.assert_allclose(mine.to_numpy(), other.detach().numpy(), rtol=1e-4, atol=1e-4)


# Bad input, and what isn't loaded


@pytest.mark.parametrize(
    ("call", "kind", "says"),
    [
        (lambda: conv2d(tensor(make((3, 4))), tensor(make((1, 1, 2, 2)))), IndexingError,
         ["conv2d", "(batch, channels, height, width)", "(3, 4)", "(1, 1, 2, 2)"]),
        (lambda: conv1d(tensor(make((1, 1, 3, 4))), tensor(make((1, 1, 2, 2)))), IndexingError,
         ["conv1d", "(batch, channels, width)", "(1, 1, 3, 4)"]),
        (lambda: conv2d(tensor(make((2, 3, 4, 4))), tensor(make((5, 2, 2, 2)))), IndexingError,
         ["(2, 3, 4, 4)", "3 channels", "(5, 2, 2, 2)", "reads 2"]),
        (lambda: conv2d(tensor(np.ones((0, 1, 4, 4))), tensor(make((1, 1, 2, 2)))), IndexingError,
         ["(0, 1, 4, 4)", "empty"]),
        (lambda: conv1d(tensor(make((1, 1, 4))), tensor(np.ones((1, 1, 0)))), IndexingError,
         ["(1, 1, 0)", "empty"]),
        (lambda: conv2d(tensor(make((1, 1, 3, 4))), tensor(make((1, 1, 2, 5))), stride=1),
         IndexingError, ["(2, 5)", "(3, 4)"]),
        (lambda: conv2d(tensor(make((1, 1, 3, 4))), tensor(make((1, 1, 9, 5))), padding=1),
         IndexingError, ["(9, 5)", "(5, 6)", "padding"]),
        (lambda: conv2d(tensor(make((1, 1, 3, 4))), tensor(make((1, 1, 2, 2))), stride=0),
         IndexingError, ["stride=0", "from 1 on"]),
        (lambda: conv2d(tensor(make((1, 1, 3, 4))), tensor(make((1, 1, 2, 2))), padding=-1),
         IndexingError, ["padding=-1", "from 0 on"]),
        (lambda: conv1d(tensor(make((1, 1, 3))), tensor(make((1, 1, 2))), stride=(1, 2)),
         IndexingError, ["stride=(1, 2)"]),
        (lambda: conv2d(tensor(make((1, 1, 3, 4))), tensor(make((1, 1, 2, 2))), padding="same"),
         IndexingError, ["padding='same'"]),
        (lambda: conv2d(tensor(make((1, 1, 3, 4))), tensor(make((1, 1, 2, 2), 0, np.float32))),
         TypeError, ["float64", "float32", "(1, 1, 3, 4)", "(1, 1, 2, 2)", "astype"]),
        (lambda: conv2d(tensor(make((1, 1, 3, 4)), requires_grad=True),
                        tensor(make((1, 1, 2, 2)), backend=BACKENDS["fast"], requires_grad=True)),
         TypeError, ["conv2d", "SimpleOps", "FastOps"]),
    ],
)  # fmt: skip
def test_bad_input(call: Any, kind: type[Exception], says: list[str]) -> None:
    with pytest.raises(kind) as error:
        call()
    assert all(word in str(error.value) for word in says), str(error.value)
