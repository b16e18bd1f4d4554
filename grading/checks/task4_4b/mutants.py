"""Wrong solutions of Task 4.4b, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

_ONE = """\
i = cuda.grid(1)
{guard}
column = i % out_shape[2]
f = i // out_shape[2] % out_shape[1]
b = {b}
place = b * out_strides[0] + f * out_strides[1] + column * out_strides[2]
total = {start}
for c in range(input_shape[1]):
    for k in range(weight_shape[2]):
        j = {j}
        if {inside}:
            x = b * input_strides[0] + c * input_strides[1] + j * input_strides[2]
            w = {w}
            total += weight[w] * input[x]
    {each}
out[place] = total
"""
_ONE_RIGHT = {
    "guard": "if i >= out_size:\n    return",
    "b": "i // out_shape[2] // out_shape[1]",
    "start": "0.0",
    "j": "column - k if reverse else column + k",
    "inside": "0 <= j < input_shape[2]",
    "w": "f * weight_strides[0] + c * weight_strides[1] + k * weight_strides[2]",
    "each": "pass",
}
_TWO = """\
n = cuda.grid(1)
if n >= out_size:
    return
j = n % out_shape[3]
i = n // out_shape[3] % out_shape[2]
f = n // out_shape[3] // out_shape[2] % out_shape[1]
b = n // out_shape[3] // out_shape[2] // out_shape[1]
total = 0.0
for c in range({channels}):
    for k in range(weight_shape[2]):
        for m in range(weight_shape[3]):
            y = {y}
            z = {z}
            if {inside}:
                x = b * input_strides[0] + c * input_strides[1]
                w = {w}
                total += (
                    weight[w + k * weight_strides[2] + m * weight_strides[3]]
                    * input[x + y * input_strides[2] + z * input_strides[3]]
                )
out[{place}] = total
"""
_TWO_RIGHT = {
    "channels": "input_shape[1]",
    "y": "i - k if reverse else i + k",
    "z": "j - m if reverse else j + m",
    "inside": "0 <= y < input_shape[2] and 0 <= z < input_shape[3]",
    "w": "f * weight_strides[0] + c * weight_strides[1]",
    "place": "b * out_strides[0] + f * out_strides[1] + i * out_strides[2] + j * out_strides[3]",
}


_CONV1D, _CONV2D = "cuda_conv._conv1d_kernel", "cuda_conv._conv2d_kernel"


def _one(**changed: str) -> str:
    return _ONE.format(**(_ONE_RIGHT | changed))


def _two(**changed: str) -> str:
    return _TWO.format(**(_TWO_RIGHT | changed))


MUTANTS = [
    Mutant(
        "unguarded",
        _CONV1D,
        _one(guard="pass"),
        "threads beyond the last result wrote all the same: they have to stop at once.",
    ),
    Mutant(
        "wrong_side",
        _CONV1D,
        _one(j="column + k if reverse else column - k"),
        "the kernel reached to the left without `reverse`, and to the right with it.",
    ),
    Mutant(
        "reads_behind_the_row",
        _CONV1D,
        _one(inside="0 <= j"),
        "beyond the end of a row other numbers were read: zeros come there.",
    ),
    Mutant(
        "batch_ignored",
        _CONV1D,
        _one(b="0 * i"),
        "all results were made from the first row of the batch.",
    ),
    Mutant(
        "adds_to_the_output",
        _CONV1D,
        _one(start="out[place]"),
        "the result was added to what stood in `out`: it has to be overwritten.",
    ),
    Mutant(
        "writes_for_each_channel",
        _CONV1D,
        _one(each="out[place] = total"),
        "a result was written once for each channel: keep the sum and write once.",
    ),
    Mutant(
        "weight_as_stored",
        _CONV1D,
        _one(w="(f * input_shape[1] + c) * weight_shape[2] + k"),
        "the weight was read as if stored row by row: use its strides.",
    ),
    Mutant(
        "never_reversed",
        _CONV2D,
        _two(y="i + k", z="j + m"),
        "`reverse` changed nothing: the kernel has to reach up and to the left then.",
    ),
    Mutant(
        "reversed_in_one_dimension",
        _CONV2D,
        _two(z="j + m"),
        "`reverse` held for rows only: the kernel has to reach to the left as well.",
    ),
    Mutant(
        "into_the_next_row",
        _CONV2D,
        _two(inside="0 <= y < input_shape[2] and 0 <= z"),
        "beyond the right edge the next row's numbers were read: zeros come there.",
    ),
    Mutant(
        "channels_exchanged",
        _CONV2D,
        _two(w="f % weight_shape[1] * weight_strides[1] + c % weight_shape[0] * weight_strides[0]"),
        "the weight's channels were in the wrong order: the output's come first.",
    ),
    Mutant(
        "one_channel_only", _CONV2D, _two(channels="1"), "only the first input channel was added."
    ),
    Mutant(
        "result_as_stored",
        _CONV2D,
        _two(place="((b * out_shape[1] + f) * input_shape[2] + i) * input_shape[3] + j"),
        "the result lies elsewhere if its size isn't the input's: use the strides of `out`.",
    ),
]
