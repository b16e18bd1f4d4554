"""Probes for the part advanced-operations of the closures guide."""

REQUIRES = ("basic-operations", "chain-rule")
SECTION = "guides/closures/01_closures.html#part-advanced-operations"
TOLERANCE = 1e-6
PARTS = {
    "probe_power[]": ("the value", "the gradient"),
    "probe_power_at_zero[]": ("the value", "the gradient"),
    "probe_exp": ("the value", "the gradient"),
    "probe_log": (
        "log",
        "its gradient",
        "log near zero and below",
        "Is its slope there that of the clipped value, or 0?",
    ),
    "probe_sum[]": ("the value", "the gradient"),
    "probe_mean[]": ("the value", "the gradient"),
    "probe_refusals": ("power(x, 3)", "power(x, x)", "x ** x"),
}


def _both(function, values, mt):
    variable = mt.closures.Variable(values)
    result = function(variable)
    result.backward(result.data * 0 + 1.5)
    # What doesn't depend on a variable may send it zeros, or nothing at all.
    gradient = variable.data * 0 if variable.grad is None else variable.grad.data
    return [result.data.tolist(), gradient.tolist()]


def probe_power(mt, rng):
    """Powers with whole, fractional, negative and zero exponents."""
    values = [rng.uniform(0.5, 3) for _ in range(4)]
    return [
        _both(lambda v, n=n: mt.closures.power(v, n), values, mt) for n in (2, 3, 0.5, -1, 1, 0)
    ]


def probe_power_at_zero(mt, rng):
    """Exponents 0, 1 and 2 at the value 0."""
    return [_both(lambda v, n=n: v**n, [0.0, rng.uniform(1, 2)], mt) for n in (0, 1, 2)]


def probe_exp(mt, rng):
    """Exp and its gradient."""
    return _both(mt.closures.exp, [0.0, 1.0, *(rng.uniform(-3, 3) for _ in range(4))], mt)


def probe_log(mt, rng):
    """Log and its gradient; its values near zero and below it too."""
    values = [2.0, 1.0, *(rng.uniform(0.1, 5) for _ in range(3))]
    clipped, gradient = _both(mt.closures.log, [1e-9, 0.0, -1.0], mt)
    # Where the value is clipped, the slope is that of log at 1e-8, or none: both have reasons.
    flat = [any(abs(g - wanted) <= 1e-6 * wanted for wanted in (0.0, 1.5e8)) for g in gradient]
    return [*_both(mt.closures.log, values, mt), clipped, flat]


def probe_sum(mt, rng):
    """The sum of all values, in any shape, and the shape of its gradient."""
    return [
        _both(mt.closures.sum_all, values, mt)
        for values in ([[1, 2], [3, 4]], rng.random(), [[[rng.random()] * 3] * 2])
    ]


def probe_mean(mt, rng):
    """The mean of all values, in any shape, and its gradient."""
    return [
        _both(mt.closures.mean, values, mt)
        for values in ([[1, 2], [3, 4]], rng.random(), [[[rng.random()] * 3] * 2])
    ]


def probe_refusals(mt, rng):
    """What can't be: a Variable as exponent. What can, beside it: a number."""
    x = mt.closures.Variable(rng.uniform(1, 2))
    out = [mt.closures.power(x, 3).data.item()]
    for attempt in (lambda: mt.closures.power(x, x), lambda: x**x):
        try:
            attempt()
        except TypeError as error:
            out.append(type(error).__name__)
        else:
            out.append("accepted")
    return out
