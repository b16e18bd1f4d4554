"""Wrong solutions of the part complete-pipeline, each with the misconception behind it."""

from grading.checks import Mutant

MUTANTS = [
    Mutant(
        "never_zeroes",
        "closures.descend",
        """
        loss.backward()
        for each in parameters:
            if each.grad is not None:
                each.data = each.data - rate * each.grad.data
        return loss.data.item()
        """,
        (
            "The gradients of earlier steps were never cleared, so each step adds "
            "all the steps before it."
        ),
    ),
    Mutant(
        "climbs",
        "closures.descend",
        """
        zero_gradients(parameters)
        loss.backward()
        for each in parameters:
            if each.grad is not None:
                each.data = each.data + rate * each.grad.data
        return loss.data.item()
        """,
        ("The parameters moved along the gradient, which makes the loss grow; step against it."),
    ),
    Mutant(
        "forgets_rate",
        "closures.descend",
        """
        zero_gradients(parameters)
        loss.backward()
        for each in parameters:
            if each.grad is not None:
                each.data = each.data - each.grad.data
        return loss.data.item()
        """,
        ("The step forgot the rate and went the whole length of the gradient."),
    ),
    Mutant(
        "sign_only",
        "closures.descend",
        """
        zero_gradients(parameters)
        loss.backward()
        for each in parameters:
            if each.grad is not None:
                each.data = each.data - rate * np.sign(each.grad.data)
        return loss.data.item()
        """,
        ("The step used only the sign of the gradient; its size says how far to go."),
    ),
    Mutant(
        "zeroes_too_late",
        "closures.descend",
        """
        loss.backward()
        zero_gradients(parameters)
        for each in parameters:
            if each.grad is not None:
                each.data = each.data - rate * each.grad.data
        return loss.data.item()
        """,
        ("The gradients were cleared after backward and before the step, so nothing moved."),
    ),
    Mutant(
        "first_parameter_only",
        "closures.descend",
        """
        zero_gradients(parameters)
        loss.backward()
        for each in parameters[:1]:
            if each.grad is not None:
                each.data = each.data - rate * each.grad.data
        return loss.data.item()
        """,
        ("Only the first parameter moved."),
    ),
    Mutant(
        "rounded_loss",
        "closures.descend",
        """
        zero_gradients(parameters)
        loss.backward()
        for each in parameters:
            if each.grad is not None:
                each.data = each.data - rate * each.grad.data
        return float(sum(float((p.grad.data**2).sum()) for p in parameters if p.grad is not None))
        """,
        ("The value returned was the gradient's size, not the loss."),
    ),
]
