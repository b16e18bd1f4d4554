"""What was written for Task 4.4b, and what is said about it at home."""

from __future__ import annotations

_ONE, _TWO = r"^_conv1d_kernel ", r"^_conv2d_kernel "
TOLD = {
    "unguarded": _ONE
    + r"raised IndexError.*the threads beyond the last result stop|"
    + _ONE
    + r"reads or writes",
    "wrong_side": _ONE + r"is wrong",
    "reads_behind_the_row": _ONE + r"raised IndexError.*beyond the edges isn't read",
    "batch_ignored": _ONE + r"is wrong",
    "adds_to_the_output": _ONE + r"is wrong",
    "writes_for_each_channel": _ONE + r"writes a result \d times",
    "weight_as_stored": _ONE + r"on permuted tensors",
    "never_reversed": _TWO + r"with `reverse`",
    "reversed_in_one_dimension": _TWO + r"with `reverse`",
    "into_the_next_row": _TWO + r"raised IndexError.*beyond the edges isn't read",
    "channels_exchanged": _TWO + r"is wrong",
    "one_channel_only": _TWO + r"is wrong",
    "result_as_stored": _TWO + r"raised IndexError.*strides say where a result lies",
}
