"""What was written for Task 0.1, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

TOLD = {
    "id_drops_the_sign": r"^id\(-7.5\) gave 7.5",
    "lt_includes_equality": r"^lt\(2.0, 2.0\) gave 1.0",
    "lt_reversed": r"^lt\(1.0, 2.0\) gave 0.0",
    "eq_with_tolerance": r"^eq\(2.0, 2.001\) gave 1.0",
    "max_by_size": r"^max\(-3.0, -8.0\) gave -8.0",
    "max_at_least_zero": r"^max\(-3.0, -8.0\) gave 0.0",
    "max_prefers_first": r"^max\(nan, 5.0\) gave nan",
    "max_calls_itself": r"^max.*called itself without end. max is your function here",
    "is_close_one_sided": r"^is_close\(1.0, 1.02\) gave 1.0",
    "is_close_relative": r"^is_close\((0.0, 0.005|10000.0, 10000.5|1.0, 1.009)\) gave",
    "sigmoid_sign_lost": r"^sigmoid\(1.09.* gave 0.25",
    "sigmoid_overflows": r"^sigmoid\(-1000.0\) raised OverflowError.*look at what they get",
    "relu_keeps_negatives": r"^relu\(-6.0\) gave -6.0",
    "relu_is_a_step": r"^relu\(6.0\) gave 1.0",
    "relu_is_abs": r"^relu\(-6.0\) gave 6.0",
    "relu_back_forgets_d": r"^relu_back\(6.0, 3.0\) gave 1.0",
    "relu_back_passes_zero": r"^relu_back\(0.0, 3.0\) gave 3.0",
    "log_without_eps": r"^log\(0.0\) gave -inf",
    "log_raises": r"^log\(-1.0\) raised ValueError",
    "exp_overflows": r"^exp\(1000.0\) raised OverflowError",
    "inv_raises": r"^inv\(0.0\) raised ZeroDivisionError",
    "inv_back_sign_lost": r"^inv_back\(2.0, 3.0\) gave 0.75",
    "inv_back_forgets_square": r"^inv_back\(2.0, 3.0\) gave -1.5",
    "inv_back_raises": r"^inv_back\(0.0, -3.0\) raised ZeroDivisionError",
    "log_back_raises": r"^log_back\(-1e-06, 2.0\) raised ZeroDivisionError",
    "log_back_multiplies": r"^log_back\(4.0, 3.0\) gave 12",
}
MISTAKES = [
    Mistake(
        "exp with try",
        "operators.exp",
        "try:\n    return math.exp(x)\nexcept OverflowError:\n    return math.inf",
        told=r"^exp has a `try`",
    ),
    Mistake(
        "exp cut at 700",
        "operators.exp",
        "return math.inf if x > 700 else math.exp(x)",
        told=r"^exp\(709.5\) gave inf",
    ),
    Mistake(
        "exp cut at the docstring's number",
        "operators.exp",
        "return math.inf if x > 709.78 else math.exp(x)",
        fair="the docstring says about 709.78",
    ),
    Mistake(
        "inv ignores the sign of zero",
        "operators.inv",
        "return math.inf if x == 0 else 1.0 / x",
        told=r"^inv\(-0.0\) gave inf",
    ),
    Mistake(
        "sigmoid calls exp",
        "operators.sigmoid",
        "if x >= 0:\n    return 1.0 / (1.0 + exp(-x))\nreturn exp(x) / (1.0 + exp(x))",
        told=r"^sigmoid calls exp: Numba compiles each operator by itself",
    ),
    Mistake(
        "log forgets zero",
        "operators.log",
        "return math.nan if x + EPS < 0 else math.log(x + EPS)",
        told=r"^log\(-1e-06\) raised ValueError",
    ),
    Mistake(
        "log calls Python's max",
        "operators.log",
        "import builtins\nreturn math.log(builtins.max(x, 0.0) + EPS)",
        told=r"^log\(-1.0\) gave -13.8",
    ),
    Mistake(
        "lt returns a bool",
        "operators.lt",
        "return x < y",
        fair="True is 1",
    ),
    Mistake(
        "max keeps the first of a tie",
        "operators.max",
        "return x if x >= y else y",
        fair="both are equal",
    ),
    Mistake(
        "neg by minus abs",
        "operators.neg",
        "return -abs(x)",
        told=r"^neg\(-2.5\) gave -2.5",
    ),
    Mistake(
        "neg by 0 - x",
        "operators.neg",
        "return 0.0 - x",
        fair="right but for the sign of zero",
    ),
    Mistake(
        "relu keeps nan",
        "operators.relu",
        "return 0.0 if x < 0 else x",
        told=r"^relu\(nan\) gave nan",
    ),
    Mistake(
        "inv_back asks x == 0",
        "operators.inv_back",
        "if x == 0.0:\n    return -d * math.inf\nreturn -d / (x * x)",
        told=r"^inv_back\(1e-200, 3.0\) raised ZeroDivisionError",
    ),
    Mistake(
        "log_back without EPS",
        "operators.log_back",
        "return d / x if x else d * math.inf",
        told=r"^log_back\(4.0, 3.0\) gave 0.75,",
    ),
    Mistake(
        "eq by math.isclose",
        "operators.eq",
        "return 1.0 if math.isclose(x, y) else 0.0",
        told=r"^eq\(1.0, 1.0000000001\) gave 1.0",
    ),
    Mistake(
        "no return",
        "operators.mul",
        "x * y",
        told=r"^mul\(3.0, -4.0\) gave None: is a `return` missing",
    ),
    Mistake(
        "a string",
        "operators.add",
        "return f'{x}{y}'",
        told=r"^add\(3.0, -4.0\) gave .*and as a number it raised ValueError",
    ),
    Mistake(
        "an unknown name",
        "operators.neg",
        "return -z",
        told=r"^neg\(2.5\) raised NameError in `return -z`",
    ),
]
