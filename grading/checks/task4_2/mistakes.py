"""What was written for Task 4.2, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

TOLD = {
    "wrong_side": r"lies at the wrong side",
    "in_the_middle": r"middle lies on the result's cell",
    "never_reversed": r"^reverse: .*lies at the wrong side",
    "reversed_upwards_only": r"upwards, and not to the left",
    "reversed_to_the_left_only": r"to the left, and not upwards",
    "runs_backwards": r"runs backwards",
    "rows_and_columns_exchanged": r"rows and columns are exchanged",
    "into_the_next_row": r"You read the next row's first numbers",
    "into_the_next_image": r"You read the next image's first row",
    "last_column_left_out": r"last column of the image is left out",
    "edges_of_the_other_dimension": r"is one taken for the other",
    "square_kernels": r"is one taken for the other",
    "channels_exchanged": r"channels are in the wrong order",
    "one_kernel_for_all_channels": r"given the first one's kernel",
    "only_the_last_channel": r"the sum starts anew",
    "batch_ignored": r"results of both images were made from the first",
    "as_stored_row_by_row": r"^permuted tensors",
    "size_of_the_input": r"how large an image is, input_shape",
    "adds_to_the_output": r"It was added to what stood in `out`",
    "not_parallel": r"^No parallel loop writes the results",
    "idle_loop": r"^No parallel loop writes the results",
}
_LOOPS = """\
for b in prange(out_shape[0]):
    for f in range(out_shape[1]):
        for i in range(out_shape[2]):
            for j in range(out_shape[3]):
                total = 0.0
                for c in range(input_shape[1]):
                    for k in range(weight_shape[2]):
                        for m in range(weight_shape[3]):
                            y = i - k if reverse else i + k
                            z = j - m if reverse else j + m
                            if {inside}:
                                x = b * input_strides[0] + c * input_strides[1]
                                x += y * input_strides[2] + z * input_strides[3]
                                w = f * weight_strides[0] + c * weight_strides[1]
                                w += k * weight_strides[2] + m * weight_strides[3]
                                total += input[x] * weight[w]
                place = b * out_strides[0] + f * out_strides[1]
                out[place + i * out_strides[2] + j * out_strides[3]] = total
"""
_TARGET = "fast_conv._tensor_conv2d"
MISTAKES = [
    Mistake(
        "no question about the edges",
        _TARGET,
        _LOOPS.format(inside="True"),
        told=r"IndexError.*outside of its storage: nothing is read beyond the edge",
    ),
    Mistake(
        "edges of the other dimension",
        _TARGET,
        _LOOPS.format(inside="0 <= y < input_shape[3] and 0 <= z < input_shape[2]"),
        told=r"is one taken for the other|outside of its storage",
    ),
    Mistake(
        "a loop for each index",
        _TARGET,
        _LOOPS.format(inside="0 <= y < input_shape[2] and 0 <= z < input_shape[3]"),
        fair="right in another style",
    ),
]
