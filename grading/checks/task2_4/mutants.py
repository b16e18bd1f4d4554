"""Wrong solutions of Task 2.4, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

MUTANTS = [
    Mutant(
        "mul_gives_each_its_own",
        "tensor_functions.Mul.backward",
        "a, b = ctx.saved_values\n"
        "f = grad_output.f\n"
        "return f.mul_zip(a, grad_output), f.mul_zip(b, grad_output)",
        "The gradient of a product came out as if each factor were its own derivative: a gets "
        "d times b, and b gets d times a.",
    ),
    Mutant(
        "mul_forgets_the_gradient",
        "tensor_functions.Mul.backward",
        "a, b = ctx.saved_values\nreturn b, a",
        "Mul.backward returned the local derivatives; each has to be multiplied by the gradient.",
    ),
    Mutant(
        "sigmoid_of_the_result",
        "tensor_functions.Sigmoid.backward",
        "(result,) = ctx.saved_values\n"
        "s = result.f.sigmoid_map(result)\n"
        "return grad_output * s * (1.0 - s)",
        "Sigmoid.backward took the sigmoid twice: forward had saved the result.",
    ),
    Mutant(
        "sigmoid_half",
        "tensor_functions.Sigmoid.backward",
        "(result,) = ctx.saved_values\nreturn grad_output * (1.0 - result)",
        "The derivative of the sigmoid is s (1 - s); one factor is missing.",
    ),
    Mutant(
        "relu_one_everywhere",
        "tensor_functions.ReLU.backward",
        "return grad_output",
        "ReLU.backward let the gradient through where the input was negative.",
    ),
    Mutant(
        "log_inverts_the_gradient",
        "tensor_functions.Log.backward",
        "(t1,) = ctx.saved_values\nreturn grad_output.f.log_back_zip(grad_output, t1)",
        "Log.backward gave log_back its arguments the wrong way round: first x, then d.",
    ),
    Mutant(
        "exp_of_nothing",
        "tensor_functions.Exp.backward",
        "return grad_output",
        "Exp.backward returned the gradient as it came: exp is its own derivative, and that "
        "is a factor.",
    ),
    Mutant(
        "sum_divides",
        "tensor_functions.Sum.backward",
        "return grad_output * 0.5, 0.0",
        "Sum.backward shared the gradient among the terms: each term gets all of it.",
    ),
    Mutant(
        "permute_the_same_way_again",
        "tensor_functions.Permute.backward",
        "(dims,) = ctx.saved_values\n"
        "return grad_output._new(grad_output._tensor.permute(*dims)), 0.0",
        "Permute.backward applied the same order again: the way back is the inverse order.",
    ),
    Mutant(
        "comparison_passes_the_gradient",
        "tensor_functions.LT.backward",
        "return grad_output, grad_output",
        "LT.backward passed the gradient on: a step is flat, so nothing flows.",
    ),
    Mutant(
        "equality_passes_the_gradient",
        "tensor_functions.EQ.backward",
        "a, b = ctx.saved_values\nreturn grad_output * a, grad_output * b",
        "EQ.backward sent something back: where two numbers are equal, moving one changes nothing "
        "smoothly.",
    ),
]
