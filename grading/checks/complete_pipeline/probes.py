"""Probes for the part complete-pipeline of the closures guide."""

REQUIRES = (
    "basic-operations",
    "chain-rule",
    "integration",
    "advanced-operations",
    "gradient-utilities",
)
SECTION = "guides/closures/01_closures.html#part-complete-pipeline"
TOLERANCE = 1e-6
PARTS = {
    "probe_one_step": ("the loss before it", "w", "b"),
    "probe_many_steps": ("the first loss", "the eleventh loss", "the last loss", "w", "b"),
    "probe_only_the_named": ("w", "b, which isn't named", "a parameter that the loss doesn't use"),
    "probe_network": ("the losses", "w1", "b1", "w2"),
}


def _line(mt, rng):
    xs = [1.0, 2.0, 3.0, 4.0, 5.0]
    ys = [2 * x + 1 + rng.uniform(-0.2, 0.2) for x in xs]
    w, b = mt.closures.Variable(0.1), mt.closures.Variable(0.0)

    def loss():
        return mt.closures.sum_all((w * xs + b - ys) ** 2)

    return w, b, loss


def probe_one_step(mt, rng):
    """One step: the loss before it and the parameters after it."""
    w, b, loss = _line(mt, rng)
    before = mt.closures.descend(loss(), [w, b], 0.01)
    return [before, w.data.item(), b.data.item()]


def probe_many_steps(mt, rng):
    """A hundred steps fit a line to five noisy points."""
    w, b, loss = _line(mt, rng)
    losses = [mt.closures.descend(loss(), [w, b], 0.01) for _ in range(100)]
    return [losses[0], losses[10], losses[-1], w.data.item(), b.data.item()]


def probe_only_the_named(mt, rng):
    """Parameters that aren't named, and those that the loss doesn't use, stay where they are."""
    w, b, loss = _line(mt, rng)
    idle = mt.closures.Variable(7.0)
    mt.closures.descend(loss(), [w, idle], 0.01)
    return [w.data.item(), b.data.item(), idle.data.item()]


def probe_network(mt, rng):
    """A small sigmoid network, ten steps."""
    shape = [[rng.uniform(-1, 1) for _ in range(3)] for _ in range(2)]
    w1, b1 = mt.closures.Variable(shape), mt.closures.Variable([0.0, 0.0, 0.0])
    w2 = mt.closures.Variable([rng.uniform(-1, 1) for _ in range(3)])
    parameters = [w1, b1, w2]
    column = [[rng.uniform(-1, 1)], [rng.uniform(-1, 1)]]
    out = []
    for _ in range(10):
        hidden = mt.closures.sigmoid_with_grad(w1 * column + b1)
        loss = mt.closures.mean((hidden * w2 - 0.5) ** 2)
        out.append(mt.closures.descend(loss, parameters, 0.5))
    return [out, w1.data.tolist(), b1.data.tolist(), w2.data.tolist()]
