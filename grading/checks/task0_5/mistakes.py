"""What was written for Task 0.5, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_SWAPPED = r"Its two sides are swapped"
_SOME = r"gives the wrong class at \d+ of 300 points\. One is"
TOLD = {
    "simple_other_side": rf"^Simple:.*{_SWAPPED}",
    "simple_other_axis": rf"^Simple:.*{_SOME}",
    "simple_bias_left_out": rf"^Simple:.*{_SOME}",
    "diag_other_side": rf"^Diag:.*{_SWAPPED}",
    "diag_through_the_middle": rf"^Diag:.*{_SOME}",
    "diag_always_class_0": rf"^Diag:.*{_SOME}",
    "split_inside_out": rf"^Split:.*{_SWAPPED}",
    "split_one_line": rf"^Split:.*{_SOME}",
    "split_unit_eats_the_edge": rf"^Split:.*{_SOME}",
}
_DIAG, _SPLIT = "primer.classify_diag", "primer.classify_split"
MISTAKES = [
    Mistake(
        "Diag scaled by 100", _DIAG, "return Linear(-100.0, -100.0, 50.0)", fair="the same line"
    ),
    Mistake(
        "Simple within a hundredth",
        "primer.classify_simple",
        "return Linear(-1.0, 0.0, 0.495)",
        fair="nearer to the boundary than is looked at",
    ),
    Mistake(
        "Split on x2",
        _SPLIT,
        "return Split(Linear(0.0, 1.0, -0.2), Linear(0.0, 1.0, -0.8))",
        told=rf"^Split:.*{_SOME}",
    ),
    Mistake(
        "a tuple",
        "primer.classify_simple",
        "return -1, 0, 0.5",
        told=r"classify_simple returned \(-1, 0, 0.5\): return a model",
    ),
    Mistake(
        "no return",
        _DIAG,
        "Linear(-1.0, -1.0, 0.5)",
        told=r"classify_diag returned None: return a model",
    ),
]
