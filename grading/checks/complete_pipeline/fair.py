"""Right solutions of the part complete-pipeline, in other styles."""

SOLUTIONS = {
    "in place": {
        "closures.descend": """
zero_gradients(parameters)
loss.backward()
for p in parameters:
    if p.grad is not None:
        p.data -= rate * p.grad.data
return loss.data.item()
""",
    },
    "gradients forgotten altogether": {
        "closures.descend": """
before = float(loss.data)
for p in parameters:
    p.grad = None
loss.backward()
for p in parameters:
    if p.grad is None:
        continue
    p.data = p.data - rate * p.grad.data
return before
""",
    },
    "all at once, cleared again": {
        "closures.descend": """
for p in parameters:
    p.zero_grad()
loss.backward(np.ones(loss.shape))
moved = [p.data - p.grad.data * rate for p in parameters]
for p, data in zip(parameters, moved):
    p.data = data
    p.zero_grad()
return float(loss.data.sum())
""",
    },
}
