"""Right solutions of Task 2.5, in other styles."""

SOLUTIONS = {
    "as the hints say": {
        "train.tensor.Linear.forward": """
batch, in_size = x.shape
out_size = self.bias.value.shape[0]
products = x.contiguous().view(batch, in_size, 1) * self.weights.value.view(1, in_size, out_size)
return products.sum(1).view(batch, out_size) + self.bias.value
""",
        "train.tensor.Network.forward": """
hidden = self.layer1(x).relu()
hidden = self.layer2(hidden).relu()
return self.layer3(hidden).sigmoid().view(x.shape[0])
""",
        "train.tensor.train_step": """
optimizer.zero_grad()
X = tensor(data.X, backend=model.backend)
y = tensor(data.y, backend=model.backend)
out = model.forward(X)
prob = out * y + (1.0 - out) * (1.0 - y)
loss = -prob.log()
(loss / data.N).sum().backward()
optimizer.step()
correct = ((out > 0.5) == y).sum().item()
return loss.sum().item(), int(correct)
""",
    },
    "units first, cross entropy in two terms, counted in a loop": {
        "train.tensor.Linear.forward": """
n = x.shape[0]
columns = x.permute(1, 0).contiguous().view(self.in_size, n, 1)
weights = self.weights.value.view(self.in_size, 1, self.out_size)
total = (columns * weights).sum(0)
return total.view(n, self.out_size) + self.bias.value.view(1, self.out_size)
""",
        "train.tensor.Network.forward": """
for layer in (self.layer1, self.layer2):
    x = layer.forward(x).relu()
return self.layer3.forward(x).view(-1).sigmoid()
""",
        "train.tensor.train_step": """
X = tensor([[float(a), float(b)] for a, b in data.X], backend=model.backend)
y = tensor([float(c) for c in data.y], backend=model.backend)
out = model(X)
losses = -(y * out.log() + (1 - y) * (1 - out).log())
optimizer.zero_grad()
losses.mean().backward()
optimizer.step()
correct = 0
for p, c in zip(out.tolist(), data.y):
    if (p >= 0.5) == (c == 1):
        correct += 1
return sum(losses.tolist()), correct
""",
    },
    "the gradient handed to backward, a pass of its own for the count": {
        "train.tensor.Network.forward": """
middle = self.layer1.forward(x).relu()
end = self.layer2.forward(middle).relu()
out = self.layer3.forward(end)
return out.view(out.shape[0] * out.shape[1]).sigmoid()
""",
        "train.tensor.train_step": """
X = tensor(data.X, backend=model.backend)
y = tensor(data.y, backend=model.backend)
with no_grad():
    own = [p if c else 1 - p for p, c in zip(model(X).tolist(), data.y)]
for parameter in model.parameters():
    parameter.value.zero_grad_()
out = model(X)
total = (y * out + (1 - y) * (1 - out)).log().sum() * -1
total.backward(tensor([1 / data.N], backend=model.backend))
optimizer.step()
return float(total), sum(p > 0.5 for p in own)
""",
    },
}
