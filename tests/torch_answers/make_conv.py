"""`python tests/torch_answers/make_conv.py`, where PyTorch is: write its answers to `conv.npz`."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np

torch: Any = importlib.import_module("torch")


def answers() -> dict[str, Any]:
    """Convolve in both precisions: anchored left and top, and with stride and padding."""
    rng, found, cases = np.random.default_rng(11), {}, []
    for name, shape, kernel in [
        ("conv1d", (2, 3, 7), (4, 3, 3)),
        ("conv2d", (2, 3, 5, 6), (4, 3, 3, 2)),
    ]:
        for kind, dtype in (("f64", np.float64), ("f32", np.float32)):
            for how in ("nn", "2n", "n1", "21"):  # stride and padding; n: not given
                x, w = rng.normal(size=shape).astype(dtype), rng.normal(size=kernel).astype(dtype)
                a, b = (torch.tensor(each, requires_grad=True) for each in (x, w))
                convolve = getattr(torch.nn.functional, name)
                if how == "nn":
                    ends = [n for size in reversed(kernel[2:]) for n in (0, size - 1)]
                    y = convolve(torch.nn.functional.pad(a, ends), b)
                else:
                    stride, padding = (int(n) if n != "n" else None for n in how)
                    y = convolve(a, b, stride=stride or 1, padding=padding or 0)
                d = rng.normal(size=tuple(y.shape)).astype(dtype)
                y.backward(torch.tensor(d))
                parts = {"x": x, "w": w, "d": d, "y": y.detach().numpy()}
                parts |= {"dx": a.grad.numpy(), "dw": b.grad.numpy()}
                cases.append(f"{name}_{kind}_{how}")
                found |= {f"{cases[-1]}-{part}": cells for part, cells in parts.items()}
    return found | {"cases": np.array(cases)}


if __name__ == "__main__":
    np.savez_compressed(Path(__file__).with_name("conv.npz"), **answers())
