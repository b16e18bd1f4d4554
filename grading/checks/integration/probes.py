"""Probes for the part integration of the closures guide."""

REQUIRES = ("basic-operations", "chain-rule")
SECTION = "guides/closures/01_closures.html#part-integration"
TOLERANCE = 1e-6
PARTS = {
    "probe_relu": ("the value", "the gradient"),
    "probe_sigmoid": ("the value", "the gradient"),
    "probe_sigmoid_far_out": ("the value", "the gradient"),
    "probe_a_small_network[]": (
        "the value",
        "the gradient of w",
        "the gradient of x",
        "the gradient of b",
        "the gradient of v",
    ),
    "probe_starting_gradient": ("relu", "sigmoid"),
}


def _both(function, variable):
    result = function(variable)
    result.backward()
    return [result.data.tolist(), None if variable.grad is None else variable.grad.data.tolist()]


def probe_relu(mt, rng):
    """ReLU and its gradient on negative numbers, zero and positive numbers."""
    values = [-1.0, 0.0, 1.0, *(rng.uniform(-5, 5) for _ in range(8))]
    return _both(mt.closures.relu_with_grad, mt.closures.Variable(values))


def probe_sigmoid(mt, rng):
    """The sigmoid and its gradient, around zero."""
    values = [0.0, *(rng.uniform(-4, 4) for _ in range(8))]
    return _both(mt.closures.sigmoid_with_grad, mt.closures.Variable(values))


def probe_sigmoid_far_out(mt, rng):
    """The sigmoid far from zero, where exp would overflow."""
    values = [-1e6, -800.0, -rng.uniform(20, 30), rng.uniform(20, 30), 800.0, 1e6]
    return _both(mt.closures.sigmoid_with_grad, mt.closures.Variable(values))


def probe_a_small_network(mt, rng):
    """relu(w·x + b)·v: every gradient of a small network."""
    out = []
    for _ in range(4):
        w, x, b, v = (mt.closures.Variable(rng.uniform(-1.5, 1.5)) for _ in range(4))
        y = mt.closures.relu_with_grad(w * x + b) * v
        y.backward()
        out.append([y.data.item(), *(each.grad.data.item() for each in (w, x, b, v))])
    return out


def probe_starting_gradient(mt, rng):
    """The share that arrives from above is multiplied in."""
    out = []
    for function in (mt.closures.relu_with_grad, mt.closures.sigmoid_with_grad):
        x = mt.closures.Variable([-0.5, 0.5, rng.uniform(1, 2)])
        function(x).backward([2.0, 3.0, rng.uniform(1, 2)])
        out.append(x.grad.data.tolist())
    return out
