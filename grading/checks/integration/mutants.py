"""Wrong solutions of the part integration, each with the misconception behind it."""

from grading.checks import Mutant

MUTANTS = [
    Mutant(
        "relu_passes_everything",
        "closures.relu_with_grad",
        """
        x = as_variable(x)


        def grad_fn(gradient: Array) -> Sequence[Array]:
            return (gradient,)

        return record(np.maximum(x.data, 0.0), grad_fn, x)
        """,
        (
            "The gradient of ReLU passed where x is negative. Where the output is "
            "stuck at zero, a small change of x changes nothing."
        ),
    ),
    Mutant(
        "relu_passes_at_zero",
        "closures.relu_with_grad",
        """
        x = as_variable(x)


        def grad_fn(gradient: Array) -> Sequence[Array]:
            return (np.where(x.data >= 0, gradient, 0.0),)

        return record(np.maximum(x.data, 0.0), grad_fn, x)
        """,
        ("The gradient of ReLU passed at x = 0; the course takes 0 there."),
    ),
    Mutant(
        "relu_ignores_gradient",
        "closures.relu_with_grad",
        """
        x = as_variable(x)


        def grad_fn(gradient: Array) -> Sequence[Array]:
            return (np.where(x.data > 0, 1.0, 0.0),)

        return record(np.maximum(x.data, 0.0), grad_fn, x)
        """,
        (
            "ReLU returned its own derivative and forgot to multiply it with the "
            "gradient that arrived."
        ),
    ),
    Mutant(
        "relu_blocks_by_gradient",
        "closures.relu_with_grad",
        """
        x = as_variable(x)


        def grad_fn(gradient: Array) -> Sequence[Array]:
            return (np.maximum(gradient, 0.0),)

        return record(np.maximum(x.data, 0.0), grad_fn, x)
        """,
        ("ReLU's backward looked at the sign of the gradient instead of the sign of x."),
    ),
    Mutant(
        "sigmoid_of_x_slope",
        "closures.sigmoid_with_grad",
        """
        x = as_variable(x)


        def grad_fn(gradient: Array) -> Sequence[Array]:
            return (gradient * x.data * (1.0 - x.data),)

        return record(1.0 / (1.0 + np.exp(-np.clip(x.data, -500.0, 500.0))), grad_fn, x)
        """,
        ("The sigmoid's slope is s·(1 − s) with its output s, not with its input x."),
    ),
    Mutant(
        "sigmoid_forgets_second_factor",
        "closures.sigmoid_with_grad",
        """
        x = as_variable(x)
        result = 1.0 / (1.0 + np.exp(-np.clip(x.data, -500.0, 500.0)))

        def grad_fn(gradient: Array) -> Sequence[Array]:
            return (gradient * result,)

        return record(result, grad_fn, x)
        """,
        ("The sigmoid's slope is s·(1 − s); the factor 1 − s is missing."),
    ),
    Mutant(
        "sigmoid_sign",
        "closures.sigmoid_with_grad",
        """
        x = as_variable(x)
        result = 1.0 / (1.0 + np.exp(np.clip(x.data, -500.0, 500.0)))

        def grad_fn(gradient: Array) -> Sequence[Array]:
            return (gradient * result * (1.0 - result),)

        return record(result, grad_fn, x)
        """,
        ("The exponent of the sigmoid has the wrong sign: it must rise from 0 to 1."),
    ),
]
