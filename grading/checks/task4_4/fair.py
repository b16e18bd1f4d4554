"""Right solutions of Task 4.4, in other styles; what Max saves is its author's matter."""

SOLUTIONS = {
    "the mask is saved, softmax by its logarithm": {
        "nn.argmax": "return input == max_reduce(input, dim)",
        "nn.Max.forward": """
dim = int(dim.item())
out = a.f.max_reduce(a, dim)
mask = a == out
ctx.save_for_backward(mask / mask.sum(dim))
return out
""",
        "nn.Max.backward": """
(part,) = ctx.saved_values
return part * grad_output, 0.0
""",
        "nn.softmax": "return logsoftmax(input, dim).exp()",
        "nn.logsoftmax": """
m = max(input, dim)
return input - (m + (input - m).exp().sum(dim).log())
""",
        "nn.maxpool2d": """
tiles, h, w = tile(input, kernel)
return max(tiles, -1).reshape(input.shape[0], input.shape[1], h, w)
""",
        "nn.dropout": """
if ignore:
    return input
if rate == 1:
    return input * 0
keep = 1 - rate
mask = rand(input.shape, backend=input.backend, dtype=input.dtype) < keep
return input * mask / keep
""",
    },
    "the dimension is found again, gradients stay in softmax": {
        "nn.argmax": """
m = max(input, dim)
return (input >= m).detach()
""",
        "nn.Max.forward": """
ctx.save_for_backward(a, dim)
return max_reduce(a, int(dim.item()))
""",
        "nn.Max.backward": """
a, dim = ctx.saved_values
hot = argmax(a, int(dim.item()))
count = a.f.add_reduce(hot, int(dim.item()))
return grad_output.f.mul_zip(grad_output, hot) / count, 0.0
""",
        "nn.max": "return Max.apply(input, tensor([dim]))",
        "nn.softmax": """
e = (input - max(input, dim)).exp()
return e * (1.0 / e.sum(dim))
""",
        "nn.logsoftmax": """
shift = max_reduce(input.detach(), dim)
total = (input - shift).exp().sum(dim)
return input - shift - total.log()
""",
        "nn.maxpool2d": """
t, new_height, new_width = tile(input, kernel)
batch, channel = input.shape[0], input.shape[1]
return max(t, 4).view(batch, channel, new_height, new_width)
""",
        "nn.dropout": """
if ignore or rate <= 0:
    return input
if rate >= 1:
    return input.zeros()
noise = rand(input.shape, dtype=input.dtype)
return input * ((noise >= rate) * (1 / (1 - rate)))
""",
    },
    "Python's random, reshapes and keepdim": {
        "beside": "import random\n",
        "nn.Max.forward": """
d = int(dim.item())
best = max_reduce(a, d)
ctx.save_for_backward(a, best, d)
return best
""",
        "nn.Max.backward": """
a, best, d = ctx.saved_values
winners = (a < best) == 0.0
return winners * (grad_output / winners.sum(d)), 0.0
""",
        "nn.dropout": """
if ignore:
    return input
cells = [float(random.random() >= rate) for _ in range(input.size)]
mask = tensor(cells, backend=input.backend, dtype=input.dtype).view(*input.shape)
scale = 0.0 if rate == 1.0 else 1.0 / (1.0 - rate)
return input * mask * scale
""",
    },
}
