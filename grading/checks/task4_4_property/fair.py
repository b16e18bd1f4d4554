"""Right property tests of max, in other styles."""

SOLUTIONS = {
    "Python's own numbers": {
        "property_tests.test_max": '''
@given(small_matrices)
def test_max(x):
    """Rows as lists, columns as lists, and the gradient by counting."""
    for dim in (1, 0):
        x.zero_grad_()
        rows = x.tolist() if dim == 1 else [list(column) for column in zip(*x.tolist())]
        out = minitorch.max(x, dim)
        found = [cell for row in out.tolist() for cell in row]
        assert found == [sorted(row)[-1] for row in rows]
        weights = [2.0 + 3.0 * n for n in range(len(rows))]
        d = minitorch.tensor([[w] for w in weights] if dim == 1 else [weights])
        out.backward(d)
        grads = x.grad.tolist()
        grads = grads if dim == 1 else [list(column) for column in zip(*grads)]
        for row, grad, w in zip(rows, grads, weights):
            count = row.count(sorted(row)[-1])
            for cell, g in zip(row, grad):
                assert abs(g - (w / count if cell == sorted(row)[-1] else 0.0)) < 1e-9
''',
    },
    "argmax, and NumPy for the comparison": {
        "property_tests.test_max": """
@given(small_matrices, st.integers(0, 1), st.floats(-5, 5))
def test_max(x: Any, dim: int, start: float) -> None:
    import numpy as np

    cells = x.to_numpy()
    out = minitorch.max(x, dim)
    np.testing.assert_array_equal(out.to_numpy(), np.max(cells, axis=dim, keepdims=True))
    d = start + 10.0 * minitorch.arange(1, out.size + 1).view(*out.shape)
    out.backward(d)
    hot = cells == cells.max(axis=dim, keepdims=True)
    wanted = d.to_numpy() * hot / hot.sum(axis=dim, keepdims=True)
    np.testing.assert_allclose(x.grad.to_numpy(), wanted, rtol=1e-9, atol=1e-12)
""",
    },
    "a matrix of its own, without the strategy": {
        "beside": """
import random


def one_row(generator):
    cells = [generator.choice([-3e11, -2e10, -1.0, 0.0, 2.0, 5.0]) for _ in range(4)]
    return cells
""",
        "property_tests.test_max": """
def test_max() -> None:
    generator = random.Random(5)
    for _ in range(60):
        x = minitorch.tensor([one_row(generator) for _ in range(3)], requires_grad=True)
        for dim in (0, 1):
            x.zero_grad_()
            top = minitorch.max(x, dim)
            assert (top - x > -1e-9).all()
            is_top = x == top
            assert (is_top.sum(dim) > 0.5).all()
            seed = minitorch.rand(top.shape) + 1.0
            top.backward(seed)
            assert (x.grad.sum(dim) - seed).abs().sum().item() < 1e-6
            assert ((1.0 - is_top) * x.grad).abs().sum().item() < 1e-9
            even = x.grad * is_top.sum(dim) - seed * is_top
            assert even.abs().sum().item() < 1e-6
""",
    },
}
