"""Right solutions of Task 1.1, in other styles."""

SOLUTIONS = {
    "lists, changed and changed back": {
        "autodiff.central_difference": """
points = list(vals)
points[arg] = points[arg] + epsilon
above = f(*points)
points[arg] = vals[arg] - epsilon
below = f(*points)
return (above - below) / (2.0 * epsilon)
""",
    },
    "one expression": {
        "autodiff.central_difference": """
shift = lambda s: f(*(v + s * epsilon * (i == arg) for i, v in enumerate(vals)))
return 0.5 * (shift(+1) - shift(-1)) / epsilon
""",
    },
    "slices, a helper beside": {
        "beside": '''
def _moved(vals, arg, step):
    """The arguments, one of them moved."""
    return vals[:arg] + (vals[arg] + step,) + vals[arg + 1 :]
''',
        "autodiff.central_difference": """
right, left = f(*_moved(vals, arg, epsilon)), f(*_moved(vals, arg, -epsilon))
return (right - left) / (epsilon + epsilon)
""",
    },
    "the mean of both slopes": {
        "autodiff.central_difference": """
here = f(*vals)
before, after = vals[:arg], vals[arg + 1 :]
from_the_right = (f(*before, vals[arg] + epsilon, *after) - here) / epsilon
from_the_left = (here - f(*before, vals[arg] - epsilon, *after)) / epsilon
return (from_the_left + from_the_right) / 2
""",
    },
    "NumPy": {
        "beside": "import numpy as np",
        "autodiff.central_difference": """
step = np.zeros(len(vals))
step[arg] = epsilon
at = np.array(vals, dtype=float)
return (f(*(at + step)) - f(*(at - step))) / (2 * epsilon)
""",
    },
    "no hints, other names": {
        "instead": [
            (
                "central-difference",
                "f: Callable[..., Any], *vals: Any, arg: int = 0, epsilon: float = 1e-6\n) -> Any:",
                "function, *args, arg=0, epsilon=1e-6\n):",
            ),
        ],
        "autodiff.central_difference": """
def along(t):
    moved = list(args)
    moved[arg] = t
    return function(*moved)


low, high = args[arg] - epsilon, args[arg] + epsilon
return (along(high) - along(low)) / (high - low)
""",
    },
}
