"""Right solutions of Task 4.3, in other styles."""

SOLUTIONS = {
    "the height first, then the width": {
        "nn.tile": """
b, c, h, w = input.shape
kh, kw = kernel
x = input.contiguous().view(b, c, h, w // kw, kw)
x = x.permute(0, 1, 3, 2, 4).contiguous()
x = x.view(b, c, w // kw, h // kh, kh * kw)
return x.permute(0, 1, 3, 2, 4), h // kh, w // kw
""",
        "nn.avgpool2d": """
t, h, w = tile(input, kernel)
return (t.sum(4) / (kernel[0] * kernel[1])).contiguous().view(input.shape[0], input.shape[1], h, w)
""",
    },
    "slices, joined": {
        "beside": "from minitorch.tensor_functions import stack\n",
        "nn.tile": """
b, c, h, w = input.shape
kh, kw = kernel
cells = [input[:, :, i::kh, j::kw] for i in range(kh) for j in range(kw)]
return stack(cells, dim=4), h // kh, w // kw
""",
        "nn.avgpool2d": """
tiles, height, width = tile(input, kernel)
return tiles.mean(-1, keepdim=False)
""",
    },
    "reshape and negative dims": {
        "nn.tile": """
*outer, h, w = input.shape
kh, kw = kernel
nh, nw = h // kh, w // kw
x = input.reshape(*outer, nh, kh, nw, kw).transpose(-3, -2)
return x.reshape(*outer, nh, nw, -1), nh, nw
""",
        "nn.avgpool2d": """
tiles, *_ = tile(input, kernel)
return tiles.mean(dim=4).squeeze(4) if False else tiles.mean(4).reshape(tiles.shape[:4])
""",
    },
    "without tile": {
        "nn.avgpool2d": """
b, c, h, w = input.shape
kh, kw = kernel
rows = input.contiguous().view(b, c, h // kh, kh, w // kw, kw)
return rows.mean((3, 5)).view(b, c, h // kh, w // kw)
""",
    },
}
