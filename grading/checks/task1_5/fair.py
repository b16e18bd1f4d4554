"""Right solutions of Task 1.5, in other styles."""

SOLUTIONS = {
    "loops, each point's share walked back": {
        "train.scalar.Linear.forward": """
outputs = []
for j in range(len(self.biases)):
    total = self.biases[j].value
    for i in range(len(inputs)):
        total = total + self.weights[i][j].value * inputs[i]
    outputs.append(total)
return outputs
""",
        "train.scalar.Network.forward": """
h1 = [h.relu() for h in self.layer1(x)]
h2 = [h.relu() for h in self.layer2(h1)]
return self.layer3(h2)[0].sigmoid()
""",
        "train.scalar.train_step": """
optimizer.zero_grad()
total_loss, correct = 0.0, 0
for i in range(data.N):
    out = model.forward(data.X[i])
    if data.y[i] == 1:
        prob = out
        correct += 1 if out.data > 0.5 else 0
    else:
        prob = 1 - out
        correct += 1 if out.data < 0.5 else 0
    loss = -prob.log()
    (loss / data.N).backward()
    total_loss += loss.data
optimizer.step()
return total_loss, correct
""",
    },
    "comprehensions, once on the sum": {
        "train.scalar.Linear.forward": """
return [
    sum(x * row[j].value for x, row in zip(inputs, self.weights)) + bias.value
    for j, bias in enumerate(self.biases)
]
""",
        "train.scalar.Network.forward": """
for layer in (self.layer1, self.layer2):
    x = tuple(unit.relu() for unit in layer(x))
(score,) = self.layer3(x)
return score.sigmoid()
""",
        "train.scalar.train_step": """
for p in model.parameters():
    p.value.derivative = None
chances = [p if y else -p + 1.0 for p, y in zip(map(model, data.X), data.y)]
loss = sum(chance.log() for chance in chances) * -1
(loss * (1 / len(data.X))).backward()
optimizer.step()
return float(loss), sum(chance > 0.5 for chance in chances)
""",
    },
    "cleared at the end, too; columns; products of probabilities": {
        "beside": '''
def _dot(xs, ws):
    """Sum of products, by recursion."""
    return xs[0] * ws[0].value if len(xs) == 1 else _dot(xs[:-1], ws[:-1]) + xs[-1] * ws[-1].value
''',
        "train.scalar.Linear.forward": """
columns = list(zip(*self.weights))
return tuple(_dot(inputs, c) + b.value for c, b in zip(columns, self.biases))
""",
        "train.scalar.train_step": """
optimizer.zero_grad()
losses, right = [], []
for point, y in zip(data.X, data.y):
    p = model.forward(point)
    q = y * p + (1 - y) * (1 - p)
    right.append(bool(q > 0.5))
    losses.append(-q.log())
mean = sum(losses) / len(losses)
mean.backward()
optimizer.step()
optimizer.zero_grad()
return sum(each.data for each in losses), right.count(True)
""",
    },
    "no hints, a subclass, the optimizer's parameters": {
        "beside": "import itertools",
        "instead": [
            ("linear", "(self, inputs: Sequence[ScalarLike]) -> list[Scalar]:", "(self, xs):"),
            (
                "step",
                "(model: Network, optimizer: SGD, data: Graph) -> tuple[float, int]:",
                "(net, sgd, points):",
            ),
        ],
        "train.scalar.Linear.forward": """
out = [b.value for b in self.biases]
for (x, row), j in itertools.product(zip(xs, self.weights), range(len(out))):
    out[j] += x * row[j].value
return out
""",
        "train.scalar.train_step": """
sgd.zero_grad()
total = Scalar(0.0)
hits = 0
for (x1, x2), label in zip(points.X, points.y):
    p = net([x1, x2])
    total = total - (p if label == 1 else 1 - p).log()
    hits += (p.data > 0.5) == (label == 1)
total.backward(1 / points.N)
sgd.step()
return total.data, hits
""",
    },
}
