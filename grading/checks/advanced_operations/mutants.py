"""Wrong solutions of the part advanced-operations, each with the misconception behind it."""

from grading.checks import Mutant

MUTANTS = [
    Mutant(
        "power_forgets_factor",
        "closures.power",
        """
        if isinstance(exponent, Variable) or np.ndim(exponent):
            raise TypeError("exponent")
        base = as_variable(base)

        def grad_fn(gradient: Array) -> Sequence[Array]:
            with np.errstate(all="ignore"):
                return (gradient * base.data ** (exponent - 1),)

        with np.errstate(all="ignore"):
            result = base.data**exponent
        return record(result, grad_fn, base)
        """,
        ("The derivative of xⁿ is n·xⁿ⁻¹; the factor n is missing."),
    ),
    Mutant(
        "power_keeps_exponent",
        "closures.power",
        """
        if isinstance(exponent, Variable) or np.ndim(exponent):
            raise TypeError("exponent")
        base = as_variable(base)

        def grad_fn(gradient: Array) -> Sequence[Array]:
            with np.errstate(all="ignore"):
                return (gradient * exponent * base.data ** exponent,)

        with np.errstate(all="ignore"):
            result = base.data**exponent
        return record(result, grad_fn, base)
        """,
        ("The derivative of xⁿ is n·xⁿ⁻¹; the exponent must go down by one."),
    ),
    Mutant(
        "power_zero_is_nan",
        "closures.power",
        """
        if isinstance(exponent, Variable) or np.ndim(exponent):
            raise TypeError("exponent")
        base = as_variable(base)

        def grad_fn(gradient: Array) -> Sequence[Array]:
            with np.errstate(all="ignore"):
                return (gradient * exponent * base.data ** (exponent - 1.0) if exponent else gradient * 0 * base.data ** -1.0,)

        with np.errstate(all="ignore"):
            result = base.data**exponent
        return record(result, grad_fn, base)
        """,
        (
            "With exponent 0 the gradient at x = 0 came out as nan; x⁰ is the "
            "constant 1, so its gradient is 0."
        ),
    ),
    Mutant(
        "exp_is_one",
        "closures.exp",
        """
        x = as_variable(x)


        def grad_fn(gradient: Array) -> Sequence[Array]:
            return (gradient,)

        return record(np.exp(x.data), grad_fn, x)
        """,
        ("The derivative of exp is exp itself, not 1."),
    ),
    Mutant(
        "log_upside_down",
        "closures.log",
        """
        x = as_variable(x)
        clipped = np.maximum(x.data, SMALLEST_LOG_INPUT)

        def grad_fn(gradient: Array) -> Sequence[Array]:
            return (gradient * clipped,)

        return record(np.log(clipped), grad_fn, x)
        """,
        ("The derivative of log x is 1/x, not x."),
    ),
    Mutant(
        "log_of_zero",
        "closures.log",
        """
        x = as_variable(x)
        np.seterr(all='ignore')

        def grad_fn(gradient: Array) -> Sequence[Array]:
            return (gradient / x.data,)

        return record(np.log(x.data), grad_fn, x)
        """,
        ("log let a value below 1e-8 through, so the result is −inf or nan; clip it first."),
    ),
    Mutant(
        "sum_spreads_thin",
        "closures.sum_all",
        """
        x = as_variable(x)


        def grad_fn(gradient: Array) -> Sequence[Array]:
            return (np.broadcast_to(gradient / x.size, x.shape),)

        return record(x.data.sum(), grad_fn, x)
        """,
        (
            "The gradient of the sum was divided by the number of values. Each "
            "value raises the sum by as much as it grows: its share is the whole "
            "gradient."
        ),
    ),
    Mutant(
        "mean_is_a_sum",
        "closures.mean",
        """
        x = as_variable(x)
        if x.size == 0:
            raise ValueError('empty')

        def grad_fn(gradient: Array) -> Sequence[Array]:
            return (np.broadcast_to(gradient, x.shape),)

        return record(x.data.mean(), grad_fn, x)
        """,
        ("The gradient of the mean was that of the sum; each of n values gets 1/n of it."),
    ),
    Mutant(
        "sum_forgets_shape",
        "closures.sum_all",
        """
        x = as_variable(x)


        def grad_fn(gradient: Array) -> Sequence[Array]:
            return (gradient.reshape(1),)

        return record(x.data.sum(), grad_fn, x)
        """,
        (
            "The gradient of the sum has one value; every value of x needs its own "
            "share, in x's shape."
        ),
    ),
]
