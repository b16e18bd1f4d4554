"""Probes for the part chain-rule of the closures guide."""

REQUIRES = ("basic-operations",)
SECTION = "guides/closures/01_closures.html#part-chain-rule"
TOLERANCE = 1e-6
PARTS = {
    "probe_product_of_sum_and_difference[]": (
        "the value",
        "the gradient of x",
        "the gradient of y",
    ),
    "probe_values_used_again": ("the gradient", "the value", "how often the value is visited"),
    "probe_two_calls": (
        "the gradient after one call",
        "the gradient after two",
        "Is the gradient of a result in between None?",
        "Is the gradient of the output None?",
    ),
    "probe_starting_gradient": ("from a row of numbers", "from a Variable", "from a number"),
    "probe_constants": ("the gradient of the variable", "Is the gradient of the constant None?"),
    "probe_wrong_shape": ("with a gradient of another shape", "with a gradient of the right shape"),
    "probe_long_chain": ("the value", "the gradient"),
}


def _grad(variable):
    return None if variable.grad is None else variable.grad.data.tolist()


def probe_product_of_sum_and_difference(mt, rng):
    """The gradients of (x + y)(x − y) at several points."""
    out = []
    for _ in range(4):
        x, y = (mt.closures.Variable(rng.uniform(-3, 3)) for _ in range(2))
        z = (x + y) * (x - y)
        z.backward()
        out.append([z.data.item(), _grad(x), _grad(y)])
    return out


def probe_values_used_again(mt, rng):
    """A value used several times gathers a share from each use, and is visited once."""
    x = mt.closures.Variable(rng.uniform(0.9, 1.1))
    visits = []

    def grad_fn(gradient):
        visits.append(1)
        return (gradient * 3,)

    y = mt.closures.record(x.data * 3, grad_fn, x)
    for _ in range(10):
        y = y + y
    y.backward()
    return [_grad(x), y.data.item(), len(visits)]


def probe_two_calls(mt, rng):
    """Two calls of backward add up in the leaves; results in between keep no gradient."""
    x = mt.closures.Variable([rng.uniform(1, 2) for _ in range(3)])
    middle = x * x
    out = middle * 2
    out.backward()
    first = _grad(x)
    out.backward()
    return [first, _grad(x), middle.grad is None, out.grad is None]


def probe_starting_gradient(mt, rng):
    """Backward with a gradient to start from, as a number, a list and a Variable."""
    x = mt.closures.Variable([rng.uniform(1, 2), rng.uniform(1, 2)])
    start = [rng.uniform(-2, 2), rng.uniform(-2, 2)]
    out = []
    for given in (start, mt.closures.Variable(start)):
        x.zero_grad()
        (x * x).backward(given)
        out.append(_grad(x))
    y = mt.closures.Variable(3.0)
    (y * y).backward(2.0)
    return [*out, _grad(y)]


def probe_constants(mt, rng):
    """Constants receive nothing, and backward of a constant returns at once."""
    x = mt.closures.Variable(rng.uniform(1, 2))
    c = mt.closures.Variable(rng.uniform(1, 2), requires_grad=False)
    (x * c + 1).backward()
    (c * 2).backward()
    return [_grad(x), c.grad is None]


def probe_wrong_shape(mt, rng):
    """A gradient of another shape is refused, one of the same shape isn't."""
    seen = []
    for gradient in ([1.0, 2.0], [1.0, 2.0, 3.0]):
        x = mt.closures.Variable([1.0, 2.0, 3.0])
        try:
            (x * rng.uniform(1, 2)).backward(gradient)
        except ValueError:
            seen.append("ValueError")
        else:
            seen.append(_grad(x))
    return seen


def probe_long_chain(mt, rng):
    """A chain of 5,000 operations differentiates without recursion."""
    x = mt.closures.Variable(rng.uniform(0.5, 1.5))
    y = x
    for _ in range(5000):
        y = y + 0.001
    (y * y).backward()
    return [y.data.item(), _grad(x)]
