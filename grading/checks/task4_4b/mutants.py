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


def _one(name: str, says: str, **changed: str) -> Mutant:
    return Mutant(name, "cuda_conv._conv1d_kernel", _ONE.format(**(_ONE_RIGHT | changed)), says)


def _two(name: str, says: str, **changed: str) -> Mutant:
    return Mutant(name, "cuda_conv._conv2d_kernel", _TWO.format(**(_TWO_RIGHT | changed)), says)


MUTANTS = [
    _one(
        "unguarded",
        "threads beyond the last result wrote all the same: they have to stop at once.",
        guard="pass",
    ),
    _one(
        "wrong_side",
        "the kernel reached to the left without `reverse`, and to the right with it.",
        j="column + k if reverse else column - k",
    ),
    _one(
        "reads_behind_the_row",
        "beyond the end of a row other numbers were read: zeros come there.",
        inside="0 <= j",
    ),
    _one(
        "batch_ignored",
        "all results were made from the first row of the batch.",
        b="0 * i",
    ),
    _one(
        "adds_to_the_output",
        "the result was added to what stood in `out`: it has to be overwritten.",
        start="out[place]",
    ),
    _one(
        "writes_for_each_channel",
        "a result was written once for each channel: keep the sum and write once.",
        each="out[place] = total",
    ),
    _one(
        "weight_as_stored",
        "the weight was read as if stored row by row: use its strides.",
        w="(f * input_shape[1] + c) * weight_shape[2] + k",
    ),
    _two(
        "never_reversed",
        "`reverse` changed nothing: the kernel has to reach up and to the left then.",
        y="i + k",
        z="j + m",
    ),
    _two(
        "reversed_in_one_dimension",
        "`reverse` held for rows only: the kernel has to reach to the left as well.",
        z="j + m",
    ),
    _two(
        "into_the_next_row",
        "beyond the right edge the next row's numbers were read: zeros come there.",
        inside="0 <= y < input_shape[2] and 0 <= z",
    ),
    _two(
        "channels_exchanged",
        "the weight's channels were in the wrong order: the output's come first.",
        w="f % weight_shape[1] * weight_strides[1] + c % weight_shape[0] * weight_strides[0]",
    ),
    _two(
        "one_channel_only",
        "only the first input channel was added.",
        channels="1",
    ),
    _two(
        "result_as_stored",
        "the result lies elsewhere if its size isn't the input's: use the strides of `out`.",
        place="((b * out_shape[1] + f) * input_shape[2] + i) * input_shape[3] + j",
    ),
]
