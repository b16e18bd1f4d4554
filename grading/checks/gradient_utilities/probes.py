"""Probes for the part gradient-utilities of the closures guide."""

REQUIRES = ("basic-operations", "chain-rule")
SECTION = "guides/closures/01_closures.html#part-gradient-utilities"
TOLERANCE = 1e-6
PARTS = {
    "probe_clip_short": ("short gradients", "long gradients"),
    "probe_zero": ("a gradient that was there", "a gradient that wasn't there"),
    "probe_clip_returns": ("the norm", "a norm of 0"),
}


def _with_gradients(mt, *gradients):
    variables = []
    for gradient in gradients:
        variable = mt.closures.Variable([0.0] * len(gradient))
        variable.backward(gradient)
        variables.append(variable)
    return variables


def _gradients(variables):
    return [None if v.grad is None else v.grad.data.tolist() for v in variables]


def probe_clip_long(mt, rng):
    """Long gradients are shrunk together to the norm asked for."""
    out = []
    for norm in (1.0, 0.3):
        variables = _with_gradients(mt, [rng.uniform(5, 20)], [rng.uniform(-20, -5), 3.0])
        mt.closures.clip_gradients(variables, norm)
        out.append(_gradients(variables))
    return out


def probe_clip_short(mt, rng):
    """Short gradients stay as they are, long ones don't; one without a gradient is passed over."""
    short = [*_with_gradients(mt, [0.1, rng.uniform(0, 0.2)]), mt.closures.Variable(1.0)]
    long = [*_with_gradients(mt, [0.1, rng.uniform(1, 2)]), mt.closures.Variable(1.0)]
    for variables in (short, long, []):
        mt.closures.clip_gradients(variables)
    return [_gradients(short), _gradients(long)]


def probe_clip_returns(mt, rng):
    """clip_gradients returns the norm before clipping and refuses a norm that isn't positive."""
    norm = mt.closures.clip_gradients(_with_gradients(mt, [3.0, rng.choice([-4.0, 4.0])]))
    try:
        mt.closures.clip_gradients(_with_gradients(mt, [1.0]), 0.0)
    except ValueError:
        return [norm, "ValueError"]
    return [norm, "accepted"]


class _Layer:
    def __init__(self, **parts):
        self.__dict__.update(parts)


def probe_collect(mt, rng):
    """Parameters are found at every depth, in lists, sets, dictionaries and objects, each once."""
    a, b, c, d, e = (mt.closures.Variable(float(n)) for n in range(5))
    fixed = mt.closures.Variable(9.0, requires_grad=False)
    inner = _Layer(weight=b, more=[c, {"deep": (d, fixed)}], name="inner", size=rng.randint(1, 9))
    outer = _Layer(first=a, layer=inner, again=a)
    vars(outer).update(itself=outer, some={mt.closures.Variable(5.0), mt.closures.Variable(6.0)})
    found = mt.closures.collect_parameters(outer, [e, inner], a * b)
    return sorted(v.data.item() for v in found)


def probe_zero(mt, rng):
    """Gradients are filled with zeros, also where there was none."""
    variables = [*_with_gradients(mt, [rng.random(), 2.0]), mt.closures.Variable([1.0, 2.0, 3.0])]
    mt.closures.zero_gradients(variables)
    return _gradients(variables)
