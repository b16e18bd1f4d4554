"""Right solutions of the part integration, in other styles."""

SOLUTIONS = {
    "masks and outputs": {
        "closures.relu_with_grad": """
x = as_variable(x)
mask = x.data > 0
return record(np.where(mask, x.data, 0), lambda g: [g * mask], x)
""",
        "closures.sigmoid_with_grad": """
x = as_variable(x)
out = 1 / (1 + np.exp(-np.clip(x.data, -500, 500)))
return record(out, lambda g: (g * out * (1 - out),), x)
""",
    },
    "from what is there already": {
        "closures.relu_with_grad": "x = as_variable(x)\nreturn multiply(x, x.data > 0)",
        "closures.sigmoid_with_grad": """
x = as_variable(x)
t = np.clip(x.data, -500, 500)
e = record(np.exp(-t), lambda g: (-g * np.exp(-t),), x)
return divide(1.0, add(1.0, e))
""",
    },
    "value by value, a slope that ends where the clip does": {
        "closures.relu_with_grad": """
x = as_variable(x)
values = np.array([max(0.0, float(v)) for v in x.data.flat]).reshape(x.shape)


def grad_fn(gradient):
    slopes = np.array([1 if v > 0 else 0 for v in x.data.flat]).reshape(x.shape)
    return (gradient * slopes,)


return record(values, grad_fn, x)
""",
        "closures.sigmoid_with_grad": """
x = as_variable(x)
t = np.minimum(np.maximum(x.data, -500), 500)
inside = t == x.data
s = 0.5 * (1 + np.tanh(t / 2))
return record(s, lambda g: (np.where(inside, g * s * (1 - s), 0),), x)
""",
    },
}
