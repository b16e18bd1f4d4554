"""Wrong solutions of the part basic-operations, each with the misconception behind it."""

from grading.checks import Mutant

MUTANTS = [
    Mutant(
        "add_forgets_broadcasting",
        "closures.add",
        """
        a, b = as_variable(a), as_variable(b)

        def grad_fn(gradient: Array) -> Sequence[Array]:
            return gradient, gradient

        return record(a.data + b.data, grad_fn, a, b)
        """,
        (
            "The gradients of add have the shape of the result. A value that was "
            "stretched by broadcasting was used several times, so its shares must "
            "be summed: unbroadcast does it."
        ),
    ),
    Mutant(
        "add_swaps_shapes",
        "closures.add",
        """
        a, b = as_variable(a), as_variable(b)

        def grad_fn(gradient: Array) -> Sequence[Array]:
            return (gradient if a.shape == gradient.shape else gradient.sum() * np.ones(a.shape)), unbroadcast(gradient, b.shape)

        return record(a.data + b.data, grad_fn, a, b)
        """,
        (
            "The gradient of the first operand of add is summed over every axis; "
            "only the axes that broadcasting stretched may be summed."
        ),
    ),
    Mutant(
        "multiply_swaps_shares",
        "closures.multiply",
        """
        a, b = as_variable(a), as_variable(b)

        def grad_fn(gradient: Array) -> Sequence[Array]:
            return unbroadcast(gradient * a.data, a.shape), unbroadcast(gradient * b.data, b.shape)

        return record(a.data * b.data, grad_fn, a, b)
        """,
        ("The two shares of multiply are exchanged: the derivative of a·b with respect to a is b."),
    ),
    Mutant(
        "multiply_ignores_gradient",
        "closures.multiply",
        """
        a, b = as_variable(a), as_variable(b)

        def grad_fn(gradient: Array) -> Sequence[Array]:
            return unbroadcast(b.data * np.ones_like(gradient), a.shape), unbroadcast(a.data * np.ones_like(gradient), b.shape)

        return record(a.data * b.data, grad_fn, a, b)
        """,
        (
            "multiply returns its own derivative without the gradient that arrived; "
            "the chain rule multiplies the two."
        ),
    ),
    Mutant(
        "subtract_forgets_sign",
        "closures.subtract",
        """
        a, b = as_variable(a), as_variable(b)

        def grad_fn(gradient: Array) -> Sequence[Array]:
            return unbroadcast(gradient, a.shape), unbroadcast(gradient, b.shape)

        return record(a.data - b.data, grad_fn, a, b)
        """,
        (
            "The second operand of subtract got the gradient with the wrong sign: "
            "when b grows, a − b shrinks."
        ),
    ),
    Mutant(
        "subtract_exchanged",
        "closures.subtract",
        """
        a, b = as_variable(a), as_variable(b)

        def grad_fn(gradient: Array) -> Sequence[Array]:
            return unbroadcast(-gradient, a.shape), unbroadcast(gradient, b.shape)

        return record(b.data - a.data, grad_fn, a, b)
        """,
        ("subtract computes b − a; the first operand is the one that is subtracted from."),
    ),
    Mutant(
        "divide_forgets_square",
        "closures.divide",
        """
        a, b = as_variable(a), as_variable(b)

        def grad_fn(gradient: Array) -> Sequence[Array]:
            return unbroadcast(gradient / b.data, a.shape), unbroadcast(-gradient * a.data / b.data, b.shape)

        return record(a.data / b.data, grad_fn, a, b)
        """,
        ("The derivative of a/b with respect to b is −a/b²; the square is missing."),
    ),
    Mutant(
        "divide_forgets_sign",
        "closures.divide",
        """
        a, b = as_variable(a), as_variable(b)

        def grad_fn(gradient: Array) -> Sequence[Array]:
            return unbroadcast(gradient / b.data, a.shape), unbroadcast(gradient * a.data / b.data**2, b.shape)

        return record(a.data / b.data, grad_fn, a, b)
        """,
        (
            "The derivative of a/b with respect to b is −a/b²; the sign is missing: "
            "a larger divisor makes a smaller quotient."
        ),
    ),
    Mutant(
        "zero_grad_forgets",
        "closures.Variable.zero_grad",
        """
        self.grad = None
        """,
        (
            "zero_grad set the gradient to None. It should hold zeros of the "
            "variable's shape, so that grad.data can be used."
        ),
    ),
    Mutant(
        "keeps_no_flag",
        "closures.Variable.__init__",
        """
        self.data = _array(data)
        self.requires_grad = True
        self.grad_fn = grad_fn
        self.grad: Variable | None = None
        self.inputs: tuple[Variable, ...] = ()
        self.number = next(_numbers)
        """,
        (
            "A Variable made with requires_grad=False still says that it needs a "
            "gradient; keep the flag that was given."
        ),
    ),
    Mutant(
        "no_age",
        "closures.Variable.__init__",
        """
        self.data = _array(data)
        self.requires_grad = requires_grad
        self.grad_fn = grad_fn
        self.grad: Variable | None = None
        self.inputs: tuple[Variable, ...] = ()
        self.number = 0
        """,
        (
            "All Variables have the same number, so the walk back can't tell the older "
            "from the younger; each new one needs the next."
        ),
    ),
]
