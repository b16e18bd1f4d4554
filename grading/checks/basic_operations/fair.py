"""Right solutions of the part basic-operations, in other styles."""

SOLUTIONS = {
    "lambdas, lists of shares": {
        "closures.Variable.__init__": """
self.number = next(_numbers)
self.data = _array(data)
self.grad = None
self.grad_fn = grad_fn
self.requires_grad = bool(requires_grad)
self.inputs = []
""",
        "closures.Variable.zero_grad": (
            "self.grad = Variable([[0.0] * self.size], requires_grad=False)\n"
            "self.grad.data = self.grad.data.reshape(self.shape)"
        ),
        "closures.add": """
a, b = as_variable(a), as_variable(b)
back = lambda g: [unbroadcast(g, a.shape), unbroadcast(g, b.shape)]
return record(a.data + b.data, back, a, b)
""",
        "closures.multiply": """
x = as_variable(a)
y = as_variable(b)


def backward(g):
    return [unbroadcast(g * y.data, x.shape), unbroadcast(g * x.data, y.shape)]


return record(np.multiply(x.data, y.data), backward, x, y)
""",
        "closures.divide": """
a, b = as_variable(a), as_variable(b)


def grad_fn(g):
    with np.errstate(divide="ignore", invalid="ignore"):
        to_a = 1 / b.data
        to_b = -a.data * to_a * to_a
        return unbroadcast(g * to_a, a.shape), unbroadcast(g * to_b, b.shape)


with np.errstate(divide="ignore", invalid="ignore"):
    return record(a.data / b.data, grad_fn, a, b)
""",
    },
    "names of one's own, the quotient used again": {
        "closures.Variable.__init__": """
if isinstance(data, Variable):
    data = data.data
self.data = np.array(data, dtype=float)
self.requires_grad, self.grad_fn = requires_grad, grad_fn
self.grad = None
self.inputs = ()
self.number = next(_numbers)
""",
        "closures.Variable.zero_grad": "self.grad = Variable(np.zeros_like(self.data))",
        "closures.subtract": """
a, b = as_variable(a), as_variable(b)
signs = (1, -1)


def grad_fn(gradient):
    return tuple(unbroadcast(s * gradient, v.shape) for s, v in zip(signs, (a, b)))


return record(a.data + (-1) * b.data, grad_fn, a, b)
""",
        "closures.divide": """
a, b = as_variable(a), as_variable(b)
with np.errstate(all="ignore"):
    quotient = np.divide(a.data, b.data)


def grad_fn(gradient):
    with np.errstate(all="ignore"):
        share = gradient / b.data
        return unbroadcast(share, a.shape), -unbroadcast(share * quotient, b.shape)


return record(quotient, grad_fn, a, b)
""",
    },
    "a helper that makes operations": {
        "imports": '''
def _operation(compute, *slopes):
    """Make an operation of two operands from its values and its two slopes."""

    def operation(a, b):
        a, b = as_variable(a), as_variable(b)

        def grad_fn(gradient):
            shares = []
            for operand, slope in zip((a, b), slopes):
                with np.errstate(all="ignore"):
                    shares.append(unbroadcast(gradient * slope(a.data, b.data), operand.shape))
            return tuple(shares)

        with np.errstate(all="ignore"):
            values = compute(a.data, b.data)
        return record(values, grad_fn, a, b)

    return operation
''',
        "closures.add": "return _operation(np.add, lambda x, y: 1.0, lambda x, y: 1.0)(a, b)",
        "closures.multiply": "return _operation(np.multiply, lambda x, y: y, lambda x, y: x)(a, b)",
        "closures.subtract": "return _operation(np.subtract, lambda x, y: 1, lambda x, y: -1)(a, b)",
        "closures.divide": "return _operation(np.divide, lambda x, y: 1 / y, lambda x, y: -x / y**2)(a, b)",
    },
}
