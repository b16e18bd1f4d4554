"""What was written for Task 1.2, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_S, _F = "scalar.Scalar.", "scalar_functions."
TOLD = {
    "gt_is_lt": r"^2 > 3.*operands change places",
    "sub_reversed": r"^2 - 3 .*second number that is negated",
    "add_forgets": r"^2 \+ 3 doesn't know where it comes from",
    "eq_is_identity": r"^2 == 2.0.*not the objects",
    "sigmoid_overflows": r"^sigmoid\(-1000\) raised OverflowError.*use `operators`",
    "inv_raises": r"^1 / 0 raised ZeroDivisionError.*use `operators`",
    "exp_overflows": r"^exp\(1000\) raised OverflowError.*use `operators`",
    "relu_keeps_negatives": r"^relu\(-2\).*Below 0 it gives 0",
    "neg_of_nothing": r"^-2 is -2.0, but a Scalar gave 2.0",
    "mul_adds": r"^2 \* 3 is 6.0, but a Scalar gave 5.0",
    "lt_or_equal": r"^2 < 2.*Less is strict",
    "eq_close": r"^nan == nan.*NaN equals nothing",
}
MISTAKES = [
    Mistake(
        "gt by b < self",
        _S + "__gt__",
        "return b < self",
        told=r"^2 > 1.0 went round in a circle.*`b < self` asks `self > b` again|"
        r"^2 > 1.0 went round in a circle.*asks `self > b` where b is a plain number",
    ),
    Mistake(
        "sub by .data",
        _S + "__sub__",
        "return Scalar(self.data - float(b))",
        told=r"^2 - 3 doesn't know where it comes from",
    ),
    Mistake(
        "sub by minus one times b",
        _S + "__sub__",
        "return self + -1.0 * b",
        fair="right in another style",
    ),
    Mistake(
        "add asks for b.data",
        _S + "__add__",
        "return Add.apply(self, Scalar(b.data))",
        told=r"^2 \+ 3.0 raised AttributeError.*hand it to apply as it is",
    ),
    Mistake(
        "add calls forward",
        _S + "__add__",
        "return Add.forward(Context(), self, b)",
        told=r"went round in a circle.*calls Add.forward itself, with Scalars",
        beside="from .autodiff import Context",
    ),
    Mistake("neg by Mul", _S + "__neg__", "return Mul.apply(self, -1.0)", fair="right"),
    Mistake(
        "neg by 0 - self",
        _S + "__neg__",
        "return 0 - self",
        told=r"^-2 went round in a circle.*`0 - self` negates",
    ),
    Mistake(
        "eq by nearness",
        _F + "EQ.forward",
        "return operators.is_close(a, b)",
        told=r"^2 == 2.001.*Equal is exact",
    ),
    Mistake(
        "forward forgets return",
        _F + "Neg.forward",
        "operators.neg(a)",
        told=r"^-2 raised TypeError.*did it forget `return`",
    ),
    Mistake(
        "forward calls apply",
        _F + "Mul.forward",
        "return Mul.apply(a, b)",
        told=r"^2 \* 3 went round in a circle.*Mul.forward calls an apply",
    ),
    Mistake(
        "log of math",
        _S + "log",
        "import math\nreturn Log.apply(self) - 1e-6 / self.data",
        told=r"^log\(2\) is 0.693147",
    ),
    Mistake(
        "relu by a comparison",
        _S + "relu",
        "return self * (self > 0)",
        told=r"^relu\(-inf\) should be 0.0, and gave nan",
    ),
    Mistake(
        "sigmoid put together",
        _S + "sigmoid",
        "return 1.0 / (1.0 + (-self).exp())",
        fair="the same numbers",
    ),
    Mistake(
        "relu by Python's max",
        _F + "ReLU.forward",
        "ctx.save_for_backward(a)\nreturn max(0.0, a)",
        fair="the same numbers",
    ),
]
