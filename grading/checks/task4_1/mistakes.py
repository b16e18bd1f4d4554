"""What was written for Task 4.1, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

TOLD = {
    "wrong_side": r"lies at the wrong side",
    "in_the_middle": r"middle lies on the result's cell",
    "never_reversed": r"^reverse: .*lies at the wrong side",
    "kernel_turned_instead": r"turned round where it lies",
    "runs_backwards": r"runs backwards",
    "into_the_next_row": r"You read the next row's numbers",
    "before_the_first": r"^reverse: .*before the first cell come zeros",
    "last_cell_left_out": r"last cell of the row is left out",
    "kernel_one_short": r"last number of the kernel is left out",
    "only_where_it_fits": r"last kernels hang over",
    "channels_exchanged": r"channels are in the wrong order",
    "one_kernel_for_all_channels": r"given the first one's kernel",
    "only_the_last_channel": r"the sum starts anew",
    "batch_ignored": r"results of both rows were made from the first",
    "as_stored_row_by_row": r"^permuted tensors",
    "width_of_the_input": r"how long a row is, input_shape",
    "adds_to_the_output": r"It was added to what stood in `out`",
    "not_parallel": r"^No parallel loop writes the results",
    "idle_loop": r"^No parallel loop writes the results",
    "turns_share_a_result": r"^Two turns of a parallel loop write to place",
}
_LOOPS = """\
for b in prange(out_shape[0]):
    for f in range(out_shape[1]):
        for i in range(out_shape[2]):
            total = 0.0
            for c in range(input_shape[1]):
                for k in range(weight_shape[2]):
                    j = i - k if reverse else i + k
                    {body}
            out[b * out_strides[0] + f * out_strides[1] + i * out_strides[2]] = total
"""
_ADD = (
    "total += input[b * input_strides[0] + c * input_strides[1] + j * input_strides[2]] * "
    "weight[f * weight_strides[0] + c * weight_strides[1] + k * weight_strides[2]]"
)
_TARGET = "fast_conv._tensor_conv1d"
MISTAKES = [
    Mistake(
        "no question about the edge",
        _TARGET,
        _LOOPS.format(body=_ADD),
        told=r"IndexError.*outside of its storage: nothing is read beyond the edge",
    ),
    Mistake(
        "edge and channel in one index",
        _TARGET,
        _LOOPS.format(body="if 0 <= j < input_shape[1]:\n                        " + _ADD),
        told=r"^the numbers 1 to 6 under the kernel 5 2 3",
    ),
    Mistake(
        "weight's channels the other way round",
        _TARGET,
        _LOOPS.format(
            body="if 0 <= j < input_shape[2]:\n                        "
            + _ADD.replace(
                "f * weight_strides[0] + c * weight_strides[1]",
                "c * weight_strides[0] + f * weight_strides[1]",
            )
        ),
        told=r"channels are in the wrong order",
    ),
    Mistake(
        "right, with a helper of its own",
        _TARGET,
        _LOOPS.format(body="if 0 <= j < input_shape[2]:\n                        " + _ADD),
        fair="right in another style",
    ),
]
