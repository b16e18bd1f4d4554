"""Wrong solutions of Task 1.2, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

MUTANTS = [
    Mutant(
        "gt_is_lt",
        "scalar.Scalar.__gt__",
        "return LT.apply(self, b)",
        "x > y asked whether x is less than y: a > b means b < a, so the operands change places.",
    ),
    Mutant(
        "sub_reversed",
        "scalar.Scalar.__sub__",
        "return Add.apply(Neg.apply(self), b)",
        "x - y came out as y - x: it is the second number that is negated.",
    ),
    Mutant(
        "add_forgets",
        "scalar.Scalar.__add__",
        "return Scalar(self.data + (b.data if isinstance(b, Scalar) else b))",
        "the sum is right but has no history: let Add.apply compute it, not Python's +.",
    ),
    Mutant(
        "eq_is_identity",
        "scalar.Scalar.__eq__",
        "return EQ.apply(0.0, 0.0 if self is b else 1.0)",
        "== compared objects: two Scalars are equal when their numbers are.",
    ),
    Mutant(
        "sigmoid_overflows",
        "scalar_functions.Sigmoid.forward",
        "result = 1.0 / (1.0 + math.exp(-a))\nctx.save_for_backward(result)\nreturn result",
        "the sigmoid of a very negative number overflowed: use operators.sigmoid, written for that.",
    ),
    Mutant(
        "inv_raises",
        "scalar_functions.Inv.forward",
        "ctx.save_for_backward(a)\nreturn 1.0 / a",
        "Python's 1/0.0 raises ZeroDivisionError; operators.inv gives the infinity asked for.",
    ),
    Mutant(
        "exp_overflows",
        "scalar_functions.Exp.forward",
        "result = math.exp(a)\nctx.save_for_backward(result)\nreturn result",
        "math.exp raises OverflowError for large numbers; operators.exp gives infinity.",
    ),
    Mutant(
        "relu_keeps_negatives",
        "scalar_functions.ReLU.forward",
        "ctx.save_for_backward(a)\nreturn a",
        "ReLU returned a negative number unchanged; everything below 0 becomes 0.",
    ),
    Mutant(
        "neg_of_nothing",
        "scalar_functions.Neg.forward",
        "return a",
        "Neg returned its argument with the sign it had.",
    ),
    Mutant(
        "mul_adds",
        "scalar_functions.Mul.forward",
        "ctx.save_for_backward(a, b)\nreturn a + b",
        "Mul returned a sum where a product was asked for.",
    ),
    Mutant(
        "lt_or_equal",
        "scalar_functions.LT.forward",
        "return 1.0 if a <= b else 0.0",
        "equal numbers counted as less: LT is strict.",
    ),
    Mutant(
        "eq_close",
        "scalar_functions.EQ.forward",
        "return 1.0 if not a < b and not b < a else 0.0",
        "NaN isn't less than anything, yet it doesn't equal itself: compare with ==.",
    ),
]
