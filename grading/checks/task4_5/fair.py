"""Right solutions of Task 4.5, in other styles."""

SOLUTIONS = {
    "as the hints say": {
        "layers.Linear.forward": "return x @ self.weights.value + self.bias.value",
        "layers.Conv1d.forward": "return conv1d(x, self.weights.value) + self.bias.value",
        "layers.Conv2d.forward": "return conv2d(x, self.weights.value) + self.bias.value",
        "train.images.Network.forward": """
self.mid = self.conv1.forward(x).relu()
self.out = self.conv2.forward(self.mid).relu()
x = avgpool2d(self.out, (self.pool, self.pool))
x = x.view(x.shape[0], self.flat)
x = self.linear1.forward(x).relu()
x = dropout(x, self.rate, not self.training)
return logsoftmax(self.linear2.forward(x), dim=1)
""",
        "train.images.train_step": """
optimizer.zero_grad()
out = model.forward(X)
own = (out * y).sum(1)
loss = -own.sum()
(loss / y.shape[0]).backward()
optimizer.step()
return loss.item(), int((argmax(out, 1) * y).sum().item())
""",
        "train.sentences.CNNSentimentKim.forward": """
x = embeddings.permute(0, 2, 1)
parts = []
for conv in self.convs:
    parts.append(max(conv.forward(x).relu(), 2))
together = cat(parts, 1)
together = together.view(together.shape[0], together.shape[1])
together = dropout(together, self.rate, not self.training)
return self.linear.forward(together).sigmoid().view(embeddings.shape[0])
""",
    },
    "dropout only where training says so": {
        "layers.Linear.forward": "return (x @ self.weights.value) + self.bias.value.view(1, self.bias.value.size)",
        "train.images.Network.forward": """
n = x.shape[0]
self.mid = self.conv1(x).relu()
self.out = self.conv2(self.mid).relu()
flat = avgpool2d(self.out, (self.pool, self.pool)).contiguous().view(n, -1)
hidden = self.linear1(flat).relu()
if self.training:
    hidden = dropout(hidden, self.rate)
return logsoftmax(self.linear2(hidden), -1)
""",
        "train.images.train_step": """
out = model(X)
optimizer.zero_grad()
loss = (out * y).sum() * -1.0
loss.backward(loss.zeros() + 1.0 / X.shape[0])
optimizer.step()
guesses = [row.index(sorted(row)[-1]) for row in out.tolist()]
digits = [row.index(1.0) for row in y.tolist()]
return loss.item(), len([1 for g, d in zip(guesses, digits) if g == d])
""",
        "train.sentences.CNNSentimentKim.forward": """
n, words, size = embeddings.shape
x = embeddings.permute(0, 2, 1).contiguous()
found = cat([max(conv(x), 2).relu() for conv in self.convs], 1).view(n, -1)
if self.training:
    found = dropout(found, self.rate)
return self.linear(found).view(n).sigmoid()
""",
    },
    "numpy counts": {
        "layers.Conv1d.forward": """
out = conv1d(x, self.weights.value)
return out + self.bias.value.view(1, out.shape[1], 1)
""",
        "layers.Conv2d.forward": """
out = conv2d(x, self.weights.value)
return out + self.bias.value.view(1, out.shape[1], 1, 1)
""",
        "train.images.train_step": """
optimizer.zero_grad()
out = model(X)
losses = -(out * y).sum(1)
losses.mean().backward()
optimizer.step()
right = out.to_numpy().argmax(1) == y.to_numpy().argmax(1)
return float(losses.sum().item()), int(right.sum())
""",
    },
}
