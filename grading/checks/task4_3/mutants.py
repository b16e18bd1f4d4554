"""Wrong solutions of Task 4.3, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant


def _tile(
    view: str = "rows, high, columns, wide",
    order: str = "0, 1, 2, 4, 3, 5",
    last: str = "rows, columns",
    first: str = "input.contiguous()",
    kernel: str = "high, wide = kernel",
    before: str = "rows, columns = height // high, width // wide",
    returned: str = "rows, columns",
) -> str:
    """Write a tile with one thing in it changed."""
    return (
        "batch, channels, height, width = input.shape\n"
        f"{kernel}\n"
        f"{before}\n"
        f"split = {first}.view(batch, channels, {view})\n"
        f"together = split.permute({order}).contiguous()\n"
        f"tiles = together.view(batch, channels, {last}, high * wide)\n"
        f"return tiles, {returned}"
    )


MUTANTS = [
    Mutant(
        "view_without_permute",
        "nn.tile",
        "batch, channels, height, width = input.shape\n"
        "high, wide = kernel\n"
        "rows, columns = height // high, width // wide\n"
        "tiles = input.contiguous().view(batch, channels, rows, columns, high * wide)\n"
        "return tiles, rows, columns",
        "The tiles are pieces of rows: a view takes cells as they lie in the storage, and those of "
        "a tile lie apart. The permutation is missing.",
    ),
    Mutant(
        "tiles_column_by_column",
        "nn.tile",
        _tile(order="0, 1, 4, 2, 3, 5"),
        "The tiles are right, but in the wrong places: rows and columns of tiles are exchanged.",
    ),
    Mutant(
        "cells_column_by_column",
        "nn.tile",
        _tile(order="0, 1, 2, 4, 5, 3"),
        "The cells of a tile come column by column; row by row was asked.",
    ),
    Mutant(
        "split_the_other_way_round",
        "nn.tile",
        _tile(view="high, rows, wide, columns", order="0, 1, 3, 5, 2, 4"),
        "Every second row and column went into a tile: the view splits a dimension into tiles "
        "first, then into the cells of a tile.",
    ),
    Mutant(
        "sizes_exchanged",
        "nn.tile",
        _tile(returned="columns, rows"),
        "tile returned the new width before the new height.",
    ),
    Mutant(
        "sizes_of_the_kernel",
        "nn.tile",
        _tile(returned="high, wide"),
        "tile returned the kernel's sizes; the new height and width are counted in tiles.",
    ),
    Mutant(
        "kernel_exchanged",
        "nn.tile",
        _tile(kernel="wide, high = kernel"),
        "The kernel was read as width and height; it is height and width.",
    ),
    Mutant(
        "not_contiguous",
        "nn.tile",
        _tile(first="input"),
        "Images whose cells don't lie row by row can't be viewed: call contiguous() first.",
    ),
    Mutant(
        "storage_as_it_lies",
        "nn.tile",
        _tile(first="input._new(type(input._tensor)(input._tensor._storage, input.shape))"),
        "The storage was read as if it lay row by row; a permuted image lies otherwise, and the "
        "history is lost.",
    ),
    Mutant(
        "sums",
        "nn.avgpool2d",
        "tiles, rows, columns = tile(input, kernel)\n"
        "return tiles.sum(4).view(*input.shape[:2], rows, columns)",
        "avgpool2d gave the sums of the tiles, not their means.",
    ),
    Mutant(
        "mean_over_the_columns",
        "nn.avgpool2d",
        "tiles, rows, columns = tile(input, kernel)\n"
        "return tiles.mean(3).view(*input.shape[:2], rows, tiles.shape[4])",
        "The mean was taken over a row of tiles; the cells of a tile are the last dimension.",
    ),
    Mutant(
        "five_dimensions",
        "nn.avgpool2d",
        "tiles, rows, columns = tile(input, kernel)\nreturn tiles.mean(4)",
        "The result still has the reduced dimension, with size 1: pooled images have four.",
    ),
    Mutant(
        "mean_over_channels_too",
        "nn.avgpool2d",
        "tiles, rows, columns = tile(input, kernel)\n"
        "means = tiles.mean(4).mean(1) + tiles.mean(4) * 0.0\n"
        "return means.view(*input.shape[:2], rows, columns)",
        "The channels were averaged as well; each is pooled by itself.",
    ),
    Mutant(
        "mean_of_the_image",
        "nn.avgpool2d",
        "tiles, rows, columns = tile(input, kernel)\n"
        "means = tiles.mean(4).mean(3).mean(2) + tiles.mean(4) * 0.0\n"
        "return means.view(*input.shape[:2], rows, columns)",
        "Every tile got the mean of the whole image.",
    ),
    Mutant(
        "history_lost",
        "nn.avgpool2d",
        "tiles, rows, columns = tile(input.detach(), kernel)\n"
        "return tiles.mean(4).view(*input.shape[:2], rows, columns)",
        "The result has no history, so no gradient can flow back to the images.",
    ),
    Mutant(
        "by_numpy",
        "nn.avgpool2d",
        "import numpy as np\n"
        "(high, wide), cells = kernel, input.to_numpy()\n"
        "b, c, h, w = cells.shape\n"
        "means = cells.reshape(b, c, h // high, high, w // wide, wide).mean((3, 5))\n"
        "return input._from_array(np.array(means))",
        "The means were computed with NumPy, which keeps no history: no gradient flows back.",
    ),
]
