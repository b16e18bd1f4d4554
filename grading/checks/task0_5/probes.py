"""Probes for Task 0.5."""

REQUIRES = ("task0_1",)
SECTION = "guides/module0/07_ml_primer.html#task-0-5"
TOLERANCE = 1e-6
RELEASED = ("probe_simple_anywhere", "probe_diag_anywhere")

# No point is asked about within 0.01 of a boundary: there, rounding may decide.
SAFE = 0.01


def _labels(mt, model, points):
    """Return the classes that a model of the primer predicts."""
    return [mt.primer.predict(model, x1, x2) for x1, x2 in points]


def _anywhere(rng, distance, count=40):
    """Points of the unit square, away from a boundary."""
    points = []
    while len(points) < count:
        point = (rng.random(), rng.random())
        if distance(*point) > SAFE:
            points.append(point)
    return points


def _beside(rng, offset):
    """A number within 0.04 of `offset`, but not within 0.01."""
    return offset + rng.choice((-1, 1)) * rng.uniform(1.5 * SAFE, 4 * SAFE)


def probe_simple_anywhere(mt, rng):
    """classify_simple: its answers at points all over the unit square."""
    return _labels(mt, mt.primer.classify_simple(), _anywhere(rng, lambda x1, x2: abs(x1 - 0.5)))


def probe_simple_close(mt, rng):
    """classify_simple: its answers close to the boundary, on both sides, from bottom to top."""
    points = [(_beside(rng, 0.5), rng.random()) for _ in range(40)]
    return _labels(mt, mt.primer.classify_simple(), points)


def probe_diag_anywhere(mt, rng):
    """classify_diag: its answers at points all over the unit square."""
    points = _anywhere(rng, lambda x1, x2: abs(x1 + x2 - 0.5))
    points += [(0.45 * x1, 0.45 * x2) for x1, x2 in _anywhere(rng, lambda x1, x2: 0.02, 20)]
    points = [(x1, x2) for x1, x2 in points if abs(x1 + x2 - 0.5) > SAFE]
    return _labels(mt, mt.primer.classify_diag(), points)


def probe_diag_close(mt, rng):
    """classify_diag: its answers close to the boundary, on both sides, from edge to edge."""
    points = []
    for _ in range(40):
        x1 = rng.uniform(0.05, 0.4)
        points.append((x1, _beside(rng, 0.5 - x1)))
    return _labels(mt, mt.primer.classify_diag(), points)


def probe_split_anywhere(mt, rng):
    """classify_split: its answers at points all over the unit square."""
    points = _anywhere(rng, lambda x1, x2: min(abs(x1 - 0.2), abs(x1 - 0.8)))
    return _labels(mt, mt.primer.classify_split(), points)


def probe_split_close(mt, rng):
    """classify_split: its answers close to each of the two boundaries, on both sides."""
    points = [(_beside(rng, rng.choice((0.2, 0.8))), rng.random()) for _ in range(60)]
    return _labels(mt, mt.primer.classify_split(), points)
