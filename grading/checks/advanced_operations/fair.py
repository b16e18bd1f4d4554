"""Right solutions of the part advanced-operations, in other styles."""

SOLUTIONS = {
    "cases first, a constant for exponent 0, no slope where the logarithm is flat": {
        "closures.power": """
if not isinstance(exponent, (int, float)):
    raise TypeError("the exponent must be a number")
base = as_variable(base)
if exponent == 0:
    return Variable(np.ones(base.shape), requires_grad=False)
with np.errstate(all="ignore"):
    slope = exponent * base.data ** (exponent - 1)
    return record(base.data**exponent, lambda g: (g * slope,), base)
""",
        "closures.exp": """
x = as_variable(x)
with np.errstate(over="ignore"):
    out = np.exp(x.data)
return record(out, lambda g: (g * out,), x)
""",
        "closures.log": """
x = as_variable(x)
kept = np.maximum(x.data, SMALLEST_LOG_INPUT)
flat = x.data < SMALLEST_LOG_INPUT
return record(np.log(kept), lambda g: (np.where(flat, 0.0, g / kept),), x)
""",
        "closures.sum_all": """
x = as_variable(x)
return record(np.sum(x.data), lambda g: (g * np.ones(x.shape),), x)
""",
        "closures.mean": """
x = as_variable(x)
return record(np.mean(x.data), lambda g: (np.full(x.shape, g / x.size),), x)
""",
    },
    "from what is there already": {
        "closures.power": """
if isinstance(exponent, Variable):
    raise TypeError("a fixed power only")
base = as_variable(base)


def grad_fn(gradient):
    if exponent == 0:
        return (gradient * 0.0,)
    return (gradient * exponent * np.power(base.data, exponent - 1),)


return record(np.power(base.data, float(exponent)), grad_fn, base)
""",
        "closures.sum_all": """
x = as_variable(x)
total = 0.0
for value in x.data.flat:
    total += value
return record(total, lambda g: [np.broadcast_to(g, x.shape)], x)
""",
        "closures.mean": "x = as_variable(x)\nreturn divide(sum_all(x), x.size)",
    },
    "logarithm clipped by np.clip, a mean by multiplication": {
        "closures.exp": """
x = as_variable(x)


def grad_fn(g):
    with np.errstate(all="ignore"):
        return (np.exp(x.data) * g,)


with np.errstate(all="ignore"):
    return record(np.exp(x.data), grad_fn, x)
""",
        "closures.log": """
x = as_variable(x)
inside = np.clip(x.data, 1e-8, None)
return record(np.log(inside), lambda g: (g * inside**-1,), x)
""",
        "closures.mean": "x = as_variable(x)\nreturn sum_all(x) * (1 / x.size)",
    },
}
