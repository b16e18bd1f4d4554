"""Wrong solutions of Task 4.2, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

_LOOPS = """\
batch, filters, height, width = out_shape
channels, rows, columns = input_shape[1], {rows}, {columns}
tall, broad = {kernel}
for n in {loop}(batch * filters):
    b, f = n // filters, n % filters
    for i in range(height):
        for j in range(width):
            total = {start}
            for c in range(channels):
                for k in range(tall):
                    for m in range(broad):
                        y = {y}
                        z = {z}
                        if {inside}:
                            x = {x}
                            w = {w}
                            total += input[x] * weight[w]
            place = b * out_strides[0] + f * out_strides[1] + i * out_strides[2]
            out[place + j * out_strides[3]] = total
"""
_X = "{b} * input_strides[0] + c * input_strides[1] + y * input_strides[2] + z * input_strides[3]"
_W = "f * weight_strides[0] + c * weight_strides[1] + {k} * weight_strides[2] + {m} * weight_strides[3]"
_RIGHT = {
    "rows": "input_shape[2]",
    "columns": "input_shape[3]",
    "kernel": "weight_shape[2], weight_shape[3]",
    "loop": "prange",
    "start": "0.0",
    "y": "i - k if reverse else i + k",
    "z": "j - m if reverse else j + m",
    "inside": "0 <= y < rows and 0 <= z < columns",
    "x": _X.format(b="b"),
    "w": _W.format(k="k", m="m"),
}


def _loops(**changed: str) -> str:
    return _LOOPS.format(**(_RIGHT | changed))


_TARGET = "fast_conv._tensor_conv2d"


MUTANTS = [
    Mutant(
        "wrong_side",
        _TARGET,
        _loops(y="i + k if reverse else i - k", z="j + m if reverse else j - m"),
        "the kernel reached up and to the left without `reverse`, and down with it.",
    ),
    Mutant(
        "in_the_middle",
        _TARGET,
        _loops(
            y="i + tall // 2 - k if reverse else i + k - tall // 2",
            z="j + broad // 2 - m if reverse else j + m - broad // 2",
        ),
        "the kernel's middle lay on the cell: its upper left number belongs there.",
    ),
    Mutant(
        "never_reversed",
        _TARGET,
        _loops(y="i + k", z="j + m"),
        "`reverse` changed nothing: the kernel has to reach up and to the left then.",
    ),
    Mutant(
        "reversed_upwards_only",
        _TARGET,
        _loops(z="j + m"),
        "`reverse` held for rows only: the kernel has to reach to the left as well.",
    ),
    Mutant(
        "reversed_to_the_left_only",
        _TARGET,
        _loops(y="i + k"),
        "`reverse` held for columns only: the kernel has to reach upwards as well.",
    ),
    Mutant(
        "runs_backwards",
        _TARGET,
        _loops(w=_W.format(k="(tall - 1 - k)", m="(broad - 1 - m)")),
        "the kernel was turned round: its upper left number meets the result's own cell.",
    ),
    Mutant(
        "rows_and_columns_exchanged",
        _TARGET,
        _loops(w=_W.format(k="m % tall", m="k % broad")),
        "the kernel's rows and columns were exchanged.",
    ),
    Mutant(
        "into_the_next_row",
        _TARGET,
        _loops(inside="0 <= y < rows and 0 <= z and x_of(0) < len(input)").replace(
            "x_of(0)", _X.format(b="b")
        ),
        "beyond the right edge the next row's numbers were read: zeros come there.",
    ),
    Mutant(
        "into_the_next_image",
        _TARGET,
        _loops(inside="0 <= y and 0 <= z < columns and x_of(0) < len(input)").replace(
            "x_of(0)", _X.format(b="b")
        ),
        "below the last row the next image's numbers were read: zeros come there.",
    ),
    Mutant(
        "last_column_left_out",
        _TARGET,
        _loops(inside="0 <= y < rows and 0 <= z < columns - 1"),
        "the last column of each image was left out.",
    ),
    Mutant(
        "edges_of_the_other_dimension",
        _TARGET,
        _loops(
            rows="input_shape[3]",
            columns="input_shape[2]",
            inside="0 <= y < min(rows, columns) and 0 <= z < min(rows, columns)",
        ),
        "height was taken for width: an image needn't be square.",
    ),
    Mutant(
        "square_kernels",
        _TARGET,
        _loops(kernel="weight_shape[2], min(weight_shape[2], weight_shape[3])"),
        "kernels were taken to be square: their height and width may differ.",
    ),
    Mutant(
        "channels_exchanged",
        _TARGET,
        _loops(
            w="f % weight_shape[1] * weight_strides[1] + c % weight_shape[0] * weight_strides[0]"
            " + k * weight_strides[2] + m * weight_strides[3]"
        ),
        "the weight's channels were in the wrong order: the output's come first.",
    ),
    Mutant(
        "one_kernel_for_all_channels",
        _TARGET,
        _loops(w="f * weight_strides[0] + k * weight_strides[2] + m * weight_strides[3]"),
        "all input channels were given the first one's kernel.",
    ),
    Mutant(
        "only_the_last_channel",
        _TARGET,
        _loops().replace(
            "for c in range(channels):\n",
            "for c in range(channels):\n                total = 0.0\n",
        ),
        "the sum began anew for each input channel: a result adds up all of them.",
    ),
    Mutant(
        "batch_ignored",
        _TARGET,
        _loops(x=_X.format(b="0")),
        "all results were made from the first image of the batch: its stride was left out.",
    ),
    Mutant(
        "as_stored_row_by_row",
        _TARGET,
        _loops(x="((b * channels + c) * rows + y) * columns + z"),
        "the input was read as if stored row by row: use its strides.",
    ),
    Mutant(
        "size_of_the_input",
        _TARGET,
        _loops(rows="height", columns="width"),
        "the input's size was taken to be the result's: they may differ.",
    ),
    Mutant(
        "adds_to_the_output",
        _TARGET,
        _loops(
            start="out[b * out_strides[0] + f * out_strides[1] + i * out_strides[2]"
            " + j * out_strides[3]]"
        ),
        "the result was added to what stood in `out`: it has to be overwritten.",
    ),
    Mutant(
        "not_parallel",
        _TARGET,
        _loops(loop="range"),
        "no loop is parallel: the outer loop has to say `prange`.",
    ),
    Mutant(
        "idle_loop",
        _TARGET,
        "for _ in prange(2):\n    pass\n" + _loops(loop="range"),
        "the parallel loop does nothing: the results have to be made in it.",
    ),
]
