"""Wrong solutions of Task 4.1, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

_LOOPS = """\
batch, filters, width = {sizes}
channels, columns, broad = input_shape[1], {columns}, weight_shape[2]
for n in {loop}(batch * filters):
    b, f = n // filters, n % filters
    for i in range(width):
        total = {start}
        for c in range(channels):
            for k in range({kernel}):
                j = {j}
                if {inside}:
                    x = {b} * input_strides[0] + c * input_strides[1] + j * input_strides[2]
                    w = {w}
                    total {adds} input[x] * weight[w]
        out[b * out_strides[0] + f * out_strides[1] + i * out_strides[2]] = total
"""
_RIGHT = {
    "sizes": "out_shape",
    "columns": "input_shape[2]",
    "loop": "prange",
    "start": "0.0",
    "kernel": "broad",
    "j": "i - k if reverse else i + k",
    "inside": "0 <= j < columns",
    "b": "b",
    "w": "f * weight_strides[0] + c * weight_strides[1] + k * weight_strides[2]",
    "adds": "+=",
}


def _loops(**changed: str) -> str:
    return _LOOPS.format(**(_RIGHT | changed))


_TARGET = "fast_conv._tensor_conv1d"


MUTANTS = [
    Mutant(
        "wrong_side",
        _TARGET,
        _loops(j="i + k if reverse else i - k"),
        "the kernel reached to the left without `reverse`, and to the right with it.",
    ),
    Mutant(
        "in_the_middle",
        _TARGET,
        _loops(j="i + broad // 2 - k if reverse else i + k - broad // 2"),
        "the kernel's middle lay on the cell: its first number belongs there.",
    ),
    Mutant(
        "never_reversed",
        _TARGET,
        _loops(j="i + k"),
        "`reverse` changed nothing: the kernel has to reach to the left then.",
    ),
    Mutant(
        "kernel_turned_instead",
        _TARGET,
        _loops(
            j="i + k",
            w="f * weight_strides[0] + c * weight_strides[1]"
            " + (broad - 1 - k if reverse else k) * weight_strides[2]",
        ),
        "`reverse` turned the kernel round where it lay: it has to reach to the left as well.",
    ),
    Mutant(
        "runs_backwards",
        _TARGET,
        _loops(
            w="f * weight_strides[0] + c * weight_strides[1] + (broad - 1 - k) * weight_strides[2]"
        ),
        "the kernel ran backwards: its first number meets the result's own cell.",
    ),
    Mutant(
        "into_the_next_row",
        _TARGET,
        _loops(
            inside="0 <= j and b * input_strides[0] + c * input_strides[1] + "
            "j * input_strides[2] < len(input)"
        ),
        "beyond the end of a row the next row's numbers were read: zeros come there.",
    ),
    Mutant(
        "before_the_first",
        _TARGET,
        _loops(
            inside="j < columns and -len(input) <= b * input_strides[0] + "
            "c * input_strides[1] + j * input_strides[2]"
        ),
        "before the first cell other numbers were read: with `reverse` zeros stand there.",
    ),
    Mutant(
        "last_cell_left_out",
        _TARGET,
        _loops(inside="0 <= j < columns - 1"),
        "the last cell of each row was left out.",
    ),
    Mutant(
        "kernel_one_short",
        _TARGET,
        _loops(kernel="broad - 1"),
        "the last number of each kernel was left out.",
    ),
    Mutant(
        "only_where_it_fits",
        _TARGET,
        _loops(
            inside="0 <= j < columns and 0 <= (i - broad + 1 if reverse else i) and "
            "(i if reverse else i + broad - 1) < columns"
        ),
        "where the kernel hung over the edge nothing was added: the part inside counts.",
    ),
    Mutant(
        "channels_exchanged",
        _TARGET,
        _loops(
            w="f % weight_shape[1] * weight_strides[1] + c % weight_shape[0] * "
            "weight_strides[0] + k * weight_strides[2]"
        ),
        "the weight's channels were in the wrong order: the output's come first.",
    ),
    Mutant(
        "one_kernel_for_all_channels",
        _TARGET,
        _loops(w="f * weight_strides[0] + k * weight_strides[2]"),
        "all input channels were given the first one's kernel.",
    ),
    Mutant(
        "only_the_last_channel",
        _TARGET,
        _loops().replace(
            "for c in range(channels):\n", "for c in range(channels):\n            total = 0.0\n"
        ),
        "the sum began anew for each input channel: a result adds up all of them.",
    ),
    Mutant(
        "batch_ignored",
        _TARGET,
        _loops(b="0"),
        "all results were made from the first row of the batch: its stride was left out.",
    ),
    Mutant(
        "as_stored_row_by_row",
        _TARGET,
        _loops(w="(f * channels + c) * broad + k"),
        "the weight was read as if stored row by row: use its strides.",
    ),
    Mutant(
        "width_of_the_input",
        _TARGET,
        _loops(columns="width"),
        "the input's width was taken to be the result's: they may differ.",
    ),
    Mutant(
        "adds_to_the_output",
        _TARGET,
        _loops(start="out[b * out_strides[0] + f * out_strides[1] + i * out_strides[2]]"),
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
    Mutant(
        "turns_share_a_result",
        _TARGET,
        "out[:] = 0.0\nfor c in prange(input_shape[1]):\n"
        "    for b in range(out_shape[0]):\n"
        "        for f in range(out_shape[1]):\n"
        "            for i in range(out_shape[2]):\n"
        "                total = 0.0\n"
        "                for k in range(weight_shape[2]):\n"
        "                    j = i - k if reverse else i + k\n"
        "                    if 0 <= j < input_shape[2]:\n"
        "                        x = b * input_strides[0] + c * input_strides[1]\n"
        "                        w = f * weight_strides[0] + c * weight_strides[1]\n"
        "                        total += (\n"
        "                            input[x + j * input_strides[2]]\n"
        "                            * weight[w + k * weight_strides[2]]\n"
        "                        )\n"
        "                place = b * out_strides[0] + f * out_strides[1] + i * out_strides[2]\n"
        "                out[place] += total\n",
        "turns of the parallel loop added to the same results: some additions may be lost.",
    ),
]
