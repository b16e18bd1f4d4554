"""Right solutions of Task 3.5, in other styles."""

SOLUTIONS = {
    "as the hints say": {
        "train.fast.Linear.forward": "return inputs @ self.weights.value + self.bias.value",
        "train.fast.Network.forward": """
h = self.layer1(X).relu()
h = self.layer2(h).relu()
return self.layer3(h).sigmoid().view(X.shape[0])
""",
        "train.fast.train_step": """
optimizer.zero_grad()
out = model.forward(X)
prob = (out * y) + (out - 1.0) * (y - 1.0)
loss = -prob.log()
(loss.sum() / y.shape[0]).backward()
optimizer.step()
return loss.sum().item(), int(((out > 0.5) == y).sum().item())
""",
    },
    "a broadcast and a sum, as in Module 2": {
        "train.fast.Linear.forward": """
points, in_size = inputs.shape
out_size = self.bias.value.shape[0]
left = inputs.contiguous().view(points, in_size, 1)
products = left * self.weights.value.view(1, in_size, out_size)
return products.sum(1).view(points, out_size) + self.bias.value
""",
        "train.fast.Network.forward": """
first = self.layer1.forward(X).relu()
second = self.layer2.forward(first).relu()
third = self.layer3.forward(second)
return third.view(-1).sigmoid()
""",
        "train.fast.train_step": """
out = model(X)
ours = y * out + (1 - y) * (1 - out)
losses = ours.log() * -1.0
optimizer.zero_grad()
losses.mean().backward()
optimizer.step()
correct = len([p for p in ours.tolist() if p > 0.5])
return sum(losses.tolist()), correct
""",
    },
    "the bias as a row, cross entropy in two terms": {
        "train.fast.Linear.forward": """
bias = self.bias.value
return (inputs @ self.weights.value) + bias.view(1, bias.size)
""",
        "train.fast.train_step": """
optimizer.zero_grad()
out = model.forward(X).view(y.size)
loss = -(y * out.log() + (1.0 - y) * (1.0 - out).log()).sum()
loss.backward(loss.zeros() + 1.0 / y.size)
optimizer.step()
correct = 0
for i in range(y.size):
    correct += int(round(out[i]) == y[i])
return loss[0], correct
""",
    },
}
