"""What was written for Task 4.3, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

TOLD = {
    "view_without_permute": r"A view alone doesn't move cells",
    "tiles_column_by_column": r"the rows and columns of tiles are exchanged",
    "cells_column_by_column": r"come column by column",
    "split_the_other_way_round": r"every second row and column",
    "sizes_exchanged": r"they are exchanged. The height comes first",
    "sizes_of_the_kernel": r"counted in tiles they are",
    "kernel_exchanged": r"raised IndexingError.*the kernel is \(height, width\)",
    "not_contiguous": r"permuted images .* raised IndexingError.*call contiguous\(\) first",
    "storage_as_it_lies": r"permuted images.*The tiles aren't those of the image",
    "sums": r"the tiles' sums, not their means",
    "mean_over_the_columns": r"gave shape .*; it should be",
    "five_dimensions": r"the reduced dimension is still there",
    "mean_over_channels_too": r"Along which dimension was it taken",
    "mean_of_the_image": r"Along which dimension was it taken",
    "history_lost": r"has no history",
    "by_numpy": r"has no history",
}
MISTAKES = [
    Mistake(
        "nothing returned",
        "nn.tile",
        "batch, channels, height, width = input.shape",
        told=r"gave NoneType: it returns three things",
    ),
    Mistake(
        "the tiles alone",
        "nn.tile",
        "return input.contiguous().view(*input.shape[:2], -1, 2, 4)",
        told=r"gave Tensor: it returns three things",
    ),
    Mistake(
        "tiles in one row",
        "nn.tile",
        "b, c, h, w = input.shape\nkh, kw = kernel\n"
        "x = input.contiguous().view(b, c, h // kh, kh, w // kw, kw).permute(0, 1, 2, 4, 3, 5)\n"
        "return x.contiguous().view(b, c, -1, kh * kw), h // kh, w // kw",
        told=r"gave tiles of shape \(1, 1, 4, 4\); it should be",
    ),
    Mistake(
        "no second contiguous",
        "nn.tile",
        "b, c, h, w = input.shape\nkh, kw = kernel\n"
        "x = input.contiguous().view(b, c, h // kh, kh, w // kw, kw).permute(0, 1, 2, 4, 3, 5)\n"
        "return x.view(b, c, h // kh, w // kw, kh * kw), h // kh, w // kw",
        told=r"raised IndexingError.*call contiguous\(\) first",
    ),
    Mistake(
        "the largest",
        "nn.avgpool2d",
        "tiles, rows, columns = tile(input, kernel)\n"
        "return tiles.f.max_reduce(tiles, 4).view(*input.shape[:2], rows, columns)",
        told=r"the tiles' maxima, not their means",
    ),
    Mistake(
        "a loop over tiles",
        "nn.avgpool2d",
        "b, c, h, w = input.shape\nkh, kw = kernel\n"
        "from minitorch.tensor_functions import cat\n"
        "parts = [[input[:, :, i : i + kh, j : j + kw].mean((2, 3)) for j in range(0, w, kw)]\n"
        "         for i in range(0, h, kh)]\nreturn cat([cat(row, 3) for row in parts], 2)",
        fair="slow, and right",
    ),
]
