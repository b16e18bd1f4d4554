"""Probes for Task 4.3."""

from __future__ import annotations

import random
from typing import Any

REQUIRES = (
    "task0_1",
    "task0_3",
    "task1_3",
    "task1_4",
    "task2_1",
    "task2_2",
    "task2_3",
    "task2_4",
)
SECTION = "guides/module4/02_pooling.html#task-4-3"
TOLERANCE = 1e-6
PARTS = {
    "probe_square_tiles": ("the tiles", "the new height", "the new width"),
    "probe_oblong_tiles": ("a kernel of one row", "a kernel of one column", "a kernel of (2, 3)"),
    "probe_oblong_tiles[]": ("the tiles", "the new height", "the new width"),
    "probe_batches": ("the tiles", "the new height", "the new width"),
    "probe_permuted_images": ("the tiles", "the new height", "the new width"),
    "probe_means": ("tiles of (2, 2)", "tiles of (2, 3)", "the whole image"),
    "probe_gradients": ("tiles of (2, 2)", "tiles of (4, 3)", "permuted images"),
}


def _images(mt: Any, rng: random.Random, *shape: int) -> Any:
    size = 1
    for n in shape:
        size *= n
    numbers = [round(rng.uniform(-3, 3), 3) for _ in range(size)]
    return mt.Tensor.make(numbers, shape, backend=mt.SimpleBackend)


def _shown(x: Any) -> Any:
    return [list(x.shape), x.to_numpy().tolist()]


def _tiled(mt: Any, x: Any, kernel: tuple[int, int]) -> Any:
    tiles, height, width = mt.nn.tile(x, kernel)
    return [_shown(tiles), int(height), int(width)]


def probe_square_tiles(mt: Any, rng: random.Random) -> Any:
    """Look at the tiles of one image, which cells are in each and in which order."""
    return _tiled(mt, _images(mt, rng, 1, 1, 4, 4), (2, 2))


def probe_oblong_tiles(mt: Any, rng: random.Random) -> Any:
    """Look at tiles that aren't as high as wide, of images that aren't either."""
    x = _images(mt, rng, 1, 1, 4, 6)
    return [_tiled(mt, x, kernel) for kernel in ((1, 3), (4, 1), (2, 3))]


def probe_batches(mt: Any, rng: random.Random) -> Any:
    """Look at the tiles of several images with several channels."""
    return _tiled(mt, _images(mt, rng, 2, 3, 4, 2), (2, 1))


def probe_permuted_images(mt: Any, rng: random.Random) -> Any:
    """Look at the tiles of images whose cells don't lie row by row."""
    return _tiled(mt, _images(mt, rng, 2, 1, 6, 4).permute(0, 1, 3, 2), (2, 3))


def probe_means(mt: Any, rng: random.Random) -> Any:
    """Look at the means of tiles, and at the shape of the pooled images."""
    x = _images(mt, rng, 2, 2, 4, 6)
    return [_shown(mt.avgpool2d(x, kernel)) for kernel in ((2, 2), (2, 3), (4, 6))]


def probe_gradients(mt: Any, rng: random.Random) -> Any:
    """Look at the gradients of images behind a pooling, each tile with another derivative."""
    found = []
    for kernel, turned in (((2, 2), False), ((4, 3), False), ((3, 4), True)):
        x = _images(mt, rng, 1, 2, 4, 6)
        x.requires_grad_(True)
        out = mt.avgpool2d(x.permute(0, 1, 3, 2) if turned else x, kernel)
        weights = out.zeros()
        for n, place in enumerate(weights._tensor.indices()):
            weights[tuple(place)] = 1.0 + n
        out.backward(weights)
        found.append(_shown(x.grad))
    return found


def probe_float32(mt: Any, rng: random.Random) -> Any:
    """Look at the kind of numbers: what goes in as float32 comes out as float32."""
    x = _images(mt, rng, 1, 1, 2, 4).astype("float32")
    return [str(mt.avgpool2d(x, (2, 2)).dtype), str(mt.nn.tile(x, (1, 2))[0].dtype)]
