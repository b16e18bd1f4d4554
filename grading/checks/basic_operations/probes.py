"""Probes for the part basic-operations of the closures guide."""

REQUIRES = ()
SECTION = "guides/closures/01_closures.html#part-basic-operations"
TOLERANCE = 1e-6
PARTS = {
    "probe_variable": (
        "a number",
        "a vector",
        "a matrix",
        "requires_grad of a constant",
        "the dtype",
        "the number of inputs",
        "Has a later variable a larger number?",
    ),
    "probe_variable[]": (
        "data",
        "shape",
        "size",
        "Is the gradient None at first?",
        "the gradient after zero_grad",
        "requires_grad",
        "is_leaf",
    ),
    "probe_add[]": ("the value", "the gradients", "is_leaf", "requires_grad"),
    "probe_multiply[]": ("the value", "the gradients", "is_leaf", "requires_grad"),
    "probe_subtract[]": ("the value", "the gradients", "is_leaf", "requires_grad"),
    "probe_divide[]": ("the value", "the gradients", "is_leaf", "requires_grad"),
    "probe_numbers[]": ("the value", "requires_grad"),
}

SHAPES = [
    ((), ()),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((2, 1), (1, 4)),
    ((2, 3), ()),
    ((4, 1, 2), (3, 1)),
]


def _pair(mt, rng, shapes):
    def numbers(shape):
        if not shape:
            return rng.uniform(0.5, 4)
        return [numbers(shape[1:]) for _ in range(shape[0])]

    return [mt.closures.Variable(numbers(shape)) for shape in shapes]


def _grad(variable):
    return None if variable.grad is None else variable.grad.data.tolist()


def _results(mt, rng, name):
    operation = getattr(mt.closures, name)
    out = []
    for shapes in SHAPES:
        a, b = _pair(mt, rng, shapes)
        result = operation(a, b)
        seed = result.data * 0 + 1.5
        shares = [share.tolist() for share in result.grad_fn(seed)]
        out.append([result.data.tolist(), shares, result.is_leaf, result.requires_grad])
    return out


def probe_variable(mt, rng):
    """A new Variable: data, shape, size, flags, age, no inputs; its gradient None, then zeros."""
    out = []
    for value in (rng.uniform(-3, 3), [1, 2, 3], [[1.5, -2.0], [0.0, rng.random()]]):
        variable = mt.closures.Variable(value)
        before = variable.grad is None
        variable.zero_grad()
        out.append([variable.data.tolist(), list(variable.shape), variable.size, before])
        out[-1] += [_grad(variable), variable.requires_grad, variable.is_leaf]
    constant = mt.closures.Variable(2.0, requires_grad=False)
    older = constant.number < mt.closures.Variable(2.0).number
    return [*out, constant.requires_grad, str(constant.data.dtype), len(constant.inputs), older]


def probe_add(mt, rng):
    """Add and its gradients, of numbers and of arrays that broadcast."""
    return _results(mt, rng, "add")


def probe_multiply(mt, rng):
    """Multiply and its gradients, of numbers and of arrays that broadcast."""
    return _results(mt, rng, "multiply")


def probe_subtract(mt, rng):
    """Subtract and its gradients, of numbers and of arrays that broadcast."""
    return _results(mt, rng, "subtract")


def probe_divide(mt, rng):
    """Divide and its gradients, of numbers and of arrays that broadcast."""
    return _results(mt, rng, "divide")


def probe_numbers(mt, rng):
    """Plain numbers as operands, on either side, are constants."""
    x = mt.closures.Variable(rng.uniform(1, 3))
    results = [x + 2, 3 + x, x * 4, 5 * x, x - 1, 1 - x, x / 2, 2 / x, -x]
    return [[r.data.item(), r.requires_grad] for r in results]
