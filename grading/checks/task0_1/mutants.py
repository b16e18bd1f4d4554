"""Wrong solutions of Task 0.1, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

MUTANTS = [
    Mutant(
        "id_drops_the_sign",
        "operators.id",
        "return abs(x)",
        "id changed a negative number: it must hand its argument back untouched, sign included.",
    ),
    Mutant(
        "lt_includes_equality",
        "operators.lt",
        "return 1.0 if x <= y else 0.0",
        "lt(x, x) came out as 1: less than is strict, so equal numbers give 0.",
    ),
    Mutant(
        "lt_reversed",
        "operators.lt",
        "return 1.0 if x > y else 0.0",
        "lt says greater instead of less: it asks whether its first argument is below its second.",
    ),
    Mutant(
        "eq_with_tolerance",
        "operators.eq",
        "return 1.0 if abs(x - y) < 1e-2 else 0.0",
        "eq took two near numbers for equal: nearness is the business of is_close, eq is exact.",
    ),
    Mutant(
        "max_by_size",
        "operators.max",
        "return x if abs(x) > abs(y) else y",
        "max compared sizes without signs: of -2 and -7.5, -2 is the larger.",
    ),
    Mutant(
        "max_at_least_zero",
        "operators.max",
        "largest = 0.0\nif x > largest:\n    largest = x\nif y > largest:\n    largest = y\n"
        "return largest",
        "max began its search at 0, so two negative numbers gave 0, which is neither of them.",
    ),
    Mutant(
        "max_prefers_first",
        "operators.max",
        "return y if y > x else x",
        "max gave a NaN first argument back: as written in its docstring, x wins only if x > y.",
    ),
    Mutant(
        "max_calls_itself",
        "operators.max",
        "return max(x, y)",
        "max called itself without end: inside your max, the name max is yours, not Python's.",
    ),
    Mutant(
        "is_close_one_sided",
        "operators.is_close",
        "return 1.0 if x - y < 1e-2 else 0.0",
        "is_close called numbers near although the second is far above the first: the distance "
        "is the absolute value of the difference.",
    ),
    Mutant(
        "is_close_relative",
        "operators.is_close",
        "return 1.0 if abs(x - y) <= 1e-2 * abs(y) else 0.0",
        "is_close measured the distance relative to the numbers: here a hundredth is absolute, "
        "at 0 as at 10000.",
    ),
    Mutant(
        "sigmoid_sign_lost",
        "operators.sigmoid",
        "if x >= 0:\n    e = math.exp(-x)\n    return e / (1.0 + e)\n"
        "return 1.0 / (1.0 + math.exp(x))",
        "sigmoid falls where it should rise: the exponent in 1 / (1 + e^-x) has a minus sign.",
    ),
    Mutant(
        "sigmoid_overflows",
        "operators.sigmoid",
        "return 1.0 / (1.0 + math.exp(-x))",
        "sigmoid of a very negative number raised OverflowError: below 0 use the other form, "
        "e^x / (1 + e^x), whose exponential can't overflow.",
    ),
    Mutant(
        "relu_keeps_negatives",
        "operators.relu",
        "return x",
        "relu returned a negative number unchanged: whatever isn't above 0 becomes 0.",
    ),
    Mutant(
        "relu_is_a_step",
        "operators.relu",
        "return 1.0 if x > 0 else 0.0",
        "relu gave 1 for every positive number: that is its slope; relu itself keeps the number.",
    ),
    Mutant(
        "relu_is_abs",
        "operators.relu",
        "return abs(x)",
        "relu turned a negative number positive: it should be 0.",
    ),
    Mutant(
        "relu_back_forgets_d",
        "operators.relu_back",
        "return 1.0 if x > 0 else 0.0",
        "relu_back returned the slope alone: the slope times d was asked for.",
    ),
    Mutant(
        "relu_back_passes_zero",
        "operators.relu_back",
        "return d if x >= 0 else 0.0",
        "relu_back let d through at x = 0: as in relu, only x > 0 counts.",
    ),
    Mutant(
        "log_without_eps",
        "operators.log",
        "if x < 0.0:\n    return math.nan\nif x == 0.0:\n    return -math.inf\nreturn math.log(x)",
        "log(0) came out as minus infinity: EPS is added to x first, so that zero has a logarithm.",
    ),
    Mutant(
        "log_raises",
        "operators.log",
        "return math.log(x + EPS)",
        "log of a negative number raised ValueError: math.log refuses it, so return math.nan.",
    ),
    Mutant(
        "exp_overflows",
        "operators.exp",
        "return math.exp(x)",
        "exp(1000) raised OverflowError: beyond the largest float the answer is math.inf.",
    ),
    Mutant(
        "inv_raises",
        "operators.inv",
        "return 1.0 / x",
        "inv(0) raised ZeroDivisionError: Python refuses what IEEE arithmetic answers by infinity.",
    ),
    Mutant(
        "inv_back_sign_lost",
        "operators.inv_back",
        "square = x * x\nif square == 0.0:\n    return d * math.inf\nreturn d / square",
        "inv_back has the wrong sign: 1/x falls on both sides of zero, so its slope is -1/x².",
    ),
    Mutant(
        "inv_back_forgets_square",
        "operators.inv_back",
        "if x == 0.0:\n    return -d * math.inf\nreturn -d / x",
        "inv_back divided by x: the slope of 1/x is -1/x², so x is squared.",
    ),
    Mutant(
        "inv_back_raises",
        "operators.inv_back",
        "return -d / (x * x)",
        "inv_back at 0 raised ZeroDivisionError: the answer is an infinity, so ask about x first.",
    ),
    Mutant(
        "log_back_raises",
        "operators.log_back",
        "return d / (x + EPS)",
        "log_back raised ZeroDivisionError where x + EPS is 0: the answer there is an infinity.",
    ),
    Mutant(
        "log_back_multiplies",
        "operators.log_back",
        "return d * (x + EPS)",
        "log_back multiplied by x: the slope of the logarithm is 1/x, so d is divided.",
    ),
]
