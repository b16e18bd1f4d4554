"""Wrong solutions of the part chain-rule, each with the misconception behind it."""

from grading.checks import Mutant

MUTANTS = [
    Mutant(
        "last_use_wins",
        "closures.Variable.backward",
        """
        if not self.requires_grad:
            return
        start = np.ones(self.shape) if gradient is None else _array(gradient)
        if start.shape != self.shape:
            raise ValueError('shapes')
        arrived = {id(self): start}
        for variable in self.ancestors():
            gradient_here = arrived.pop(id(variable))
            if variable.grad_fn is None:
                variable.accumulate(gradient_here)
                continue
            shares = variable.grad_fn(gradient_here)
            for each, share in zip(variable.inputs, shares, strict=True):
                if each.requires_grad:
                    arrived[id(each)] = share

        """,
        (
            "A value that is used twice kept the share of one use only. Its "
            "derivative is the sum over all uses."
        ),
    ),
    Mutant(
        "leaf_overwrites",
        "closures.Variable.backward",
        """
        if not self.requires_grad:
            return
        start = np.ones(self.shape) if gradient is None else _array(gradient)
        if start.shape != self.shape:
            raise ValueError('shapes')
        arrived = {id(self): start}
        for variable in self.ancestors():
            gradient_here = arrived.pop(id(variable))
            if variable.grad_fn is None:
                variable.zero_grad()
                assert variable.grad is not None
                variable.grad.data = gradient_here
                continue
            shares = variable.grad_fn(gradient_here)
            for each, share in zip(variable.inputs, shares, strict=True):
                if each.requires_grad:
                    arrived[id(each)] = arrived[id(each)] + share if id(each) in arrived else share

        """,
        (
            "A second backward overwrote the leaf's gradient. Gradients add up "
            "until zero_grad clears them."
        ),
    ),
    Mutant(
        "every_variable_keeps",
        "closures.Variable.backward",
        """
        if not self.requires_grad:
            return
        start = np.ones(self.shape) if gradient is None else _array(gradient)
        if start.shape != self.shape:
            raise ValueError('shapes')
        arrived = {id(self): start}
        for variable in self.ancestors():
            gradient_here = arrived.pop(id(variable))
            variable.accumulate(gradient_here)
            if variable.grad_fn is None:
                pass
                continue
            shares = variable.grad_fn(gradient_here)
            for each, share in zip(variable.inputs, shares, strict=True):
                if each.requires_grad:
                    arrived[id(each)] = arrived[id(each)] + share if id(each) in arrived else share

        """,
        ("Results in the middle of the computation kept a gradient; only leaves do."),
    ),
    Mutant(
        "starts_from_zero",
        "closures.Variable.backward",
        """
        if not self.requires_grad:
            return
        start = np.zeros(self.shape) if gradient is None else _array(gradient)
        if start.shape != self.shape:
            raise ValueError('shapes')
        arrived = {id(self): start}
        for variable in self.ancestors():
            gradient_here = arrived.pop(id(variable))
            if variable.grad_fn is None:
                variable.accumulate(gradient_here)
                continue
            shares = variable.grad_fn(gradient_here)
            for each, share in zip(variable.inputs, shares, strict=True):
                if each.requires_grad:
                    arrived[id(each)] = arrived[id(each)] + share if id(each) in arrived else share

        """,
        (
            "backward started from zeros, so every derivative is zero. The "
            "derivative of a result with respect to itself is one."
        ),
    ),
    Mutant(
        "ignores_start",
        "closures.Variable.backward",
        """
        if not self.requires_grad:
            return
        start = np.ones(self.shape) if gradient is None else _array(gradient)
        if start.shape != self.shape:
            raise ValueError('shapes')
        arrived = {id(self): np.ones(self.shape)}
        for variable in self.ancestors():
            gradient_here = arrived.pop(id(variable))
            if variable.grad_fn is None:
                variable.accumulate(gradient_here)
                continue
            shares = variable.grad_fn(gradient_here)
            for each, share in zip(variable.inputs, shares, strict=True):
                if each.requires_grad:
                    arrived[id(each)] = arrived[id(each)] + share if id(each) in arrived else share

        """,
        ("backward ignored the gradient it was given and started from ones."),
    ),
    Mutant(
        "one_step_only",
        "closures.Variable.backward",
        """
        if not self.requires_grad:
            return
        start = np.ones(self.shape) if gradient is None else _array(gradient)
        if start.shape != self.shape:
            raise ValueError('shapes')
        if self.grad_fn is None:
            self.accumulate(start)
            return
        for each, share in zip(self.inputs, self.grad_fn(start), strict=True):
            if each.requires_grad and each.is_leaf:
                each.accumulate(share)
        """,
        (
            "Gradients reached only the direct inputs. Go on from each variable to "
            "the ones it was computed from."
        ),
    ),
    Mutant(
        "constants_collect",
        "closures.Variable.backward",
        """
        start = np.ones(self.shape) if gradient is None else _array(gradient)
        if start.shape != self.shape:
            raise ValueError('shapes')
        arrived = {id(self): start}
        for variable in self.ancestors():
            gradient_here = arrived.pop(id(variable))
            if variable.grad_fn is None:
                variable.accumulate(gradient_here)
                continue
            shares = variable.grad_fn(gradient_here)
            for each, share in zip(variable.inputs, shares, strict=True):
                if not each.requires_grad:
                    each.accumulate(share)
                else:
                    arrived[id(each)] = arrived[id(each)] + share if id(each) in arrived else share

        """,
        ("A constant received a gradient. Variables with requires_grad=False take no part."),
    ),
    Mutant(
        "recursive",
        "closures.Variable.backward",
        """
        if not self.requires_grad:
            return
        start = np.ones(self.shape) if gradient is None else _array(gradient)
        if start.shape != self.shape:
            raise ValueError('shapes')
        if self.grad_fn is None:
            self.accumulate(start)
            return
        for each, share in zip(self.inputs, self.grad_fn(start), strict=True):
            if each.requires_grad:
                each.backward(share)
        """,
        (
            "backward called itself once for each use of a value. With values that "
            "are used again the number of calls doubles at every step, and long "
            "chains exceed the recursion limit; visit each variable once, newest "
            "first."
        ),
    ),
]
