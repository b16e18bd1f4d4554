"""What was written for Task 2.4, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_F = "tensor_functions."
_INVERSE = "the inverse order"
TOLD = {
    "mul_gives_each_its_own": r"^Mul.backward of .*That is the other input's",
    "mul_forgets_the_gradient": r"^Mul.backward of .*grad_output is missing in it",
    "sigmoid_of_the_result": r"^Sigmoid.backward of .*the slope is s \(1 - s\)",
    "sigmoid_half": r"^Sigmoid.backward of .*the slope is s \(1 - s\)",
    "relu_one_everywhere": r"^ReLU.backward of .*That is grad_output, unchanged",
    "log_inverts_the_gradient": r"^Log.backward of .*take the input first, then grad_output",
    "exp_of_nothing": r"^Exp.backward of .*That is grad_output, unchanged",
    "sum_divides": r"^Sum.backward of .*Each term of a sum gets all",
    "permute_the_same_way_again": rf"^Permute.backward of x.permute\(2, 0, 1\) .*{_INVERSE}",
    "comparison_passes_the_gradient": r"^LT.backward of .*A step is flat",
    "equality_passes_the_gradient": r"^EQ.backward of .*forward saved other values",
}
MISTAKES = [
    Mistake(
        "one derivative for two inputs",
        _F + "Mul.backward",
        "a, b = ctx.saved_values\nreturn grad_output * b",
        told=r"^Mul.backward of .*returned 1 derivative.*Return one for each argument",
    ),
    Mistake(
        "relu's arguments swapped",
        _F + "ReLU.backward",
        "(t1,) = ctx.saved_values\nreturn grad_output.f.relu_back_zip(grad_output, t1)",
        told=r"^ReLU.backward of .*take the input first, then grad_output",
    ),
    Mistake(
        "relu lets through at 0",
        _F + "ReLU.backward",
        "(t1,) = ctx.saved_values\nreturn grad_output * (1.0 - (t1 < 0.0))",
        told=r"^ReLU.backward at 0 should give 0",
    ),
    Mistake(
        "nothing saved",
        _F + "Log.forward",
        "return t1.f.log_map(t1)",
        told=r"^Log.backward of .*forward saved other values",
    ),
    Mistake(
        "saved values not unpacked",
        _F + "Exp.backward",
        "return grad_output * ctx.saved_values",
        told=r"^Exp.backward of .* raised",
    ),
    Mistake(
        "sigmoid keeps its input and takes it for the result",
        _F + "Sigmoid.forward",
        "ctx.save_for_backward(t1)\nreturn t1.f.sigmoid_map(t1)",
        told=r"^Sigmoid.backward of .*With s the result",
    ),
    Mistake(
        "the sign of the sigmoid",
        _F + "Sigmoid.backward",
        "(s,) = ctx.saved_values\nreturn grad_output * s * (s - 1.0)",
        told=r"^Sigmoid.backward of .*The sign is turned",
    ),
    Mistake(
        "log without grad_output",
        _F + "Log.backward",
        "(t1,) = ctx.saved_values\nreturn t1.f.inv_map(t1)",
        told=r"^Log.backward of .*grad_output is missing in it",
    ),
    Mistake(
        "log times its input",
        _F + "Log.backward",
        "(t1,) = ctx.saved_values\nreturn grad_output * t1",
        told=r"^Log.backward of .*grad_output times the input itself",
    ),
    Mistake(
        "exp of the gradient",
        _F + "Exp.backward",
        "return grad_output.exp()",
        told=r"^Exp.backward of .*The slope of exp is exp itself",
    ),
    Mistake(
        "sum without the dimension's derivative",
        _F + "Sum.backward",
        "return grad_output",
        told=r"^Sum.backward of .*returned 1 derivative.*Return one for each argument",
    ),
    Mistake(
        "sum shares among its terms",
        _F + "Sum.forward",
        "ctx.save_for_backward(a.shape[whole(dim.item())])\n"
        "return a.f.add_reduce(a, whole(dim.item()))",
        more={
            "tensor_functions.Sum.backward": "(n,) = ctx.saved_values\n"
            "return grad_output / float(n), 0.0"
        },
        told=r"^Sum.backward of .*Each term of a sum gets all",
    ),
    Mistake(
        "permute returns the gradient as it is",
        _F + "Permute.backward",
        "return grad_output, 0.0",
        told=rf"^Permute.backward of x.permute\(1, 0\).*{_INVERSE}",
    ),
    Mistake(
        "permute turns the order around",
        _F + "Permute.backward",
        "(dims,) = ctx.saved_values\n"
        "return grad_output._new(grad_output._tensor.permute(*dims[::-1])), 0.0",
        told=_INVERSE,
    ),
    Mistake(
        "a comparison returns None",
        _F + "LT.backward",
        "return None",
        told=r"^LT.backward of .*Return one for each argument",
    ),
    Mistake(
        "a comparison returns one zero",
        _F + "EQ.backward",
        "return 0.0",
        told=r"^EQ.backward of .*Return one for each argument",
    ),
    Mistake(
        "no return",
        _F + "Mul.backward",
        "a, b = ctx.saved_values",
        told=r"^Mul.backward of .*Return one for each argument",
    ),
    Mistake(
        "log without EPS",
        _F + "Log.backward",
        "(t1,) = ctx.saved_values\nreturn grad_output / t1",
        told=r"^Log.backward of .*divided by x \+ EPS",
    ),
    Mistake(
        "the product's own operators",
        _F + "Mul.backward",
        "a, b = ctx.saved_values\nreturn b * grad_output, a * grad_output",
        fair="right in another style",
    ),
    Mistake(
        "relu by a comparison",
        _F + "ReLU.backward",
        "(t1,) = ctx.saved_values\nreturn grad_output * (t1 > 0.0)",
        fair="right in another style",
    ),
]
