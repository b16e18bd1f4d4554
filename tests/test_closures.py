"""The neighbour: autograd by closures. Its parts have a mark each."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minitorch.closures import (
    Variable,
    add,
    clip_gradients,
    collect_parameters,
    descend,
    divide,
    exp,
    log,
    mean,
    multiply,
    power,
    relu_with_grad,
    sigmoid_with_grad,
    subtract,
    sum_all,
    unbroadcast,
    zero_gradients,
)

numbers = st.floats(min_value=-5, max_value=5).filter(lambda x: abs(x) > 0.1)


def gradient(variable):
    return variable.grad.data


@pytest.mark.basic_operations
@pytest.mark.parametrize(
    ("operation", "a", "b", "result", "shares"),
    [
        (add, 2, 3, 5, (1, 1)),
        (multiply, 2, 3, 6, (3, 2)),
        (subtract, 5, 3, 2, (1, -1)),
        (divide, 6, 2, 3, (0.5, -1.5)),
    ],
    ids=["add", "multiply", "subtract", "divide"],
)
def test_operation(operation, a, b, result, shares):
    z = operation(Variable(a), Variable(b))
    assert z.data.item() == pytest.approx(result)
    assert z.grad_fn is not None
    assert [s.item() for s in z.grad_fn(np.ones(()))] == pytest.approx(shares)


@pytest.mark.basic_operations
@pytest.mark.parametrize("operation", [add, multiply, subtract, divide])
@pytest.mark.parametrize(("left", "right"), [((2, 3), (3,)), ((2, 1), (1, 4)), ((), (3,))])
def test_shares_have_the_operands_shapes(operation, left, right):
    z = operation(Variable(np.ones(left)), Variable(np.ones(right)))
    assert z.grad_fn is not None
    assert [s.shape for s in z.grad_fn(np.ones(z.shape))] == [left, right]


@pytest.mark.basic_operations
def test_variable():
    x = Variable([[1, 2], [3, 4]])
    assert (x.shape, x.size, x.is_leaf, x.requires_grad) == ((2, 2), 4, True, True)
    assert x.grad is None
    x.zero_grad()
    np.testing.assert_array_equal(gradient(x), np.zeros((2, 2)))
    assert not Variable(1.0, requires_grad=False).requires_grad


@pytest.mark.basic_operations
def test_repr_names_the_function():
    x = Variable(2.0)
    assert repr(x) == "Variable(2.)"
    assert repr(x + x) == "Variable(4., grad_fn=<add>)"


@pytest.mark.basic_operations
def test_what_is_not_a_number_is_refused():
    with pytest.raises((TypeError, ValueError), match="'seven'"):
        Variable("seven")


@pytest.mark.basic_operations
def test_division_by_zero_is_infinite_without_a_warning():
    assert (Variable(1.0) / 0).data.item() == math.inf


@pytest.mark.chain_rule
def test_product_of_sum_and_difference():
    x, y = Variable(3.0), Variable(2.0)
    z = (x + y) * (x - y)
    z.backward()
    assert (z.data.item(), gradient(x).item(), gradient(y).item()) == (5, 6, -4)


@pytest.mark.chain_rule
def test_cube():
    x = Variable(2.0)
    y = x * x * x
    y.backward()
    assert (y.data.item(), gradient(x).item()) == (8, 12)


@pytest.mark.chain_rule
def test_reused_values_take_linear_time(monkeypatch):
    x = y = Variable(1.0)
    for _ in range(60):
        y = y + y
    calls = []
    steps = [each for each in y.ancestors() if each.grad_fn is not None]
    for each in steps:
        monkeypatch.setattr(
            each,
            "grad_fn",
            lambda g, inner=each.grad_fn: calls.append(1) or inner(g),  # type: ignore
        )
    y.backward()
    assert gradient(x).item() == 2.0**60
    assert len(calls) == 60


@pytest.mark.chain_rule
@pytest.mark.parametrize("shape", [(3,), (1, 3), (1,), ()])
def test_a_broadcast_bias_gets_its_own_shape(shape):
    x, bias = Variable(np.ones((4, 3))), Variable(np.zeros(shape))
    (x * 2 + bias).backward()
    assert gradient(bias).shape == shape
    assert gradient(bias).sum() == 12


@pytest.mark.chain_rule
def test_a_long_chain_survives():
    x = y = Variable(1.0)
    for _ in range(100_000):
        y = y + 1.0
    y.backward()
    assert gradient(x).item() == 1


@pytest.mark.chain_rule
def test_only_leaves_keep_a_gradient_and_calls_add_up():
    x = Variable(3.0)
    middle = x * x
    middle.backward()
    middle.backward()
    assert gradient(x).item() == 12
    assert middle.grad is None


@pytest.mark.chain_rule
def test_constants_take_no_part():
    x, c = Variable(3.0), Variable(2.0, requires_grad=False)
    (c * c).backward()
    (x * c + 1).backward()
    assert c.grad is None
    assert gradient(x).item() == 2


@pytest.mark.chain_rule
def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(ValueError):
        (Variable([1.0, 2.0, 3.0]) * 2).backward([1.0, 2.0])


@pytest.mark.integration
def test_neuron():
    w, x, b, v = Variable(2.0), Variable(0.5), Variable(0.1), Variable(1.5)
    y = relu_with_grad(w * x + b) * v
    y.backward()
    assert y.data.item() == pytest.approx(1.65)
    found = [gradient(each).item() for each in (w, x, b, v)]
    assert found == pytest.approx([0.75, 3.0, 1.5, 1.1])


@pytest.mark.integration
def test_relu_gradient():
    x = Variable([-1.0, 0.0, 1.0])
    relu_with_grad(x).backward()
    assert gradient(x).tolist() == [0, 0, 1]


@pytest.mark.integration
def test_sigmoid():
    x = Variable([0.0, 1e6, -1e6])
    s = sigmoid_with_grad(x)
    s.backward()
    assert s.data.tolist() == pytest.approx([0.5, 1, 0])
    assert gradient(x).tolist() == pytest.approx([0.25, 0, 0])


@pytest.mark.advanced_operations
@pytest.mark.parametrize(
    ("function", "x", "result", "slope"),
    [
        (lambda v: power(v, 3), 2, 8, 12),
        (lambda v: v**0, 0, 1, 0),
        (exp, 1, math.e, math.e),
        (log, 2, math.log(2), 0.5),
        (lambda v: v**2 + 3 * v + 1, 2, 11, 7),
    ],
    ids=["cube", "exponent 0", "exp", "log", "polynomial"],
)
def test_function(function, x, result, slope):
    v = Variable(x)
    y = function(v)
    y.backward()
    assert y.data.item() == pytest.approx(result, rel=1e-6)
    found = 0.0 if v.grad is None else gradient(v).item()
    assert found == pytest.approx(slope, rel=1e-6)


@pytest.mark.advanced_operations
def test_sum_and_mean():
    x = Variable([[1, 2], [3, 4]])
    total, average = sum_all(x), mean(x)
    assert (total.data.item(), average.data.item()) == (10, 2.5)
    total.backward()
    np.testing.assert_array_equal(gradient(x), np.ones((2, 2)))
    x.zero_grad()
    average.backward()
    np.testing.assert_array_equal(gradient(x), np.full((2, 2), 0.25))


@pytest.mark.advanced_operations
def test_a_variable_is_no_exponent():
    x = Variable(2.0)
    with pytest.raises(TypeError):
        power(x, x)  # type: ignore[arg-type]


@pytest.mark.advanced_operations
@given(numbers, numbers)
def test_every_gradient_is_the_central_difference(a, b):
    def f(p, q):
        return exp(p / 5) * q + (p * q) ** 2 / (q * q + 1) - log(p * p + 0.1) * 0.5

    x, y = Variable(a), Variable(b)
    f(x, y).backward()
    h = 1e-5
    slope_x = (f(Variable(a + h), Variable(b)) - f(Variable(a - h), Variable(b))).data.item()
    slope_y = (f(Variable(a), Variable(b + h)) - f(Variable(a), Variable(b - h))).data.item()
    assert gradient(x).item() == pytest.approx(slope_x / (2 * h), rel=1e-4, abs=1e-4)
    assert gradient(y).item() == pytest.approx(slope_y / (2 * h), rel=1e-4, abs=1e-4)


def variable_with_gradient(values):
    v = Variable(np.zeros(len(values)))
    v.grad = Variable(values)
    return v


@pytest.mark.gradient_utilities
def test_clip():
    variables = [variable_with_gradient([10.0]), variable_with_gradient([10.0])]
    assert clip_gradients(variables, 1.0) == pytest.approx(math.sqrt(200))
    assert [gradient(v).item() for v in variables] == pytest.approx([1 / math.sqrt(2)] * 2)
    zero_gradients(variables)
    assert [gradient(v).item() for v in variables] == [0, 0]


@pytest.mark.gradient_utilities
def test_clip_refuses_a_norm_that_is_not_positive():
    x = Variable(3.0)
    x.backward()
    with pytest.raises(ValueError):
        clip_gradients([x], -1.0)


class Layer:
    def __init__(self, *parts):
        self.parts = list(parts)
        self.again = self


@pytest.mark.gradient_utilities
def test_collect_looks_at_every_depth():
    a, b, c = Variable(1.0), Variable(2.0), Variable(3.0)
    fixed = Variable(4.0, requires_grad=False)
    model = Layer(a, Layer(b, {"c": [c, a]}, fixed))
    assert collect_parameters(model, [model]) == [a, b, c]


def line():
    xs, ys = [1, 2, 3, 4, 5], [3.1, 4.9, 7.2, 9.1, 10.8]
    w, b = Variable(0.1), Variable(0.0)
    return w, b, lambda: sum_all((w * xs + b - ys) ** 2)


@pytest.mark.complete_pipeline
def test_a_line_is_fitted():
    w, b, loss = line()
    losses = [descend(loss(), [w, b], 0.01) for _ in range(100)]
    assert losses[-1] < losses[0] / 100
    assert abs(w.data.item() - 2) < 0.5
    assert abs(b.data.item() - 1) < 0.5
    assert abs((w * 6 + b).data.item() - 13) < 1


@pytest.mark.complete_pipeline
def test_the_update_may_be_written_by_hand():
    w, b, loss = line()
    descend(loss(), [w, b], 0.01)
    loss().backward()
    before = w.data.copy()
    w.data -= 0.01 * gradient(w)
    assert w.data.item() != before.item()


def test_unbroadcast_sums_what_was_stretched():
    ones = np.ones((4, 2, 3))
    assert unbroadcast(ones, (2, 1)).tolist() == [[12.0], [12.0]]
    assert unbroadcast(ones, ()).item() == 24
    assert unbroadcast(ones, (4, 2, 3)).shape == (4, 2, 3)
