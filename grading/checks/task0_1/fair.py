"""Right solutions of Task 0.1, in other styles."""

SOLUTIONS = {
    "one expression each, whole numbers and truths for 1.0 and 0.0": {
        "beside": "import math as m",
        "operators.mul": "return y * x",
        "operators.id": "return +x",
        "operators.add": "return y + x",
        "operators.neg": "return 0 - x",
        "operators.lt": "return x < y",
        "operators.eq": "return int(x == y)",
        "operators.max": "return y if not x > y else x",
        "operators.is_close": "return -0.01 < x - y < 0.01",
        "operators.sigmoid": "return 0.5 * (1.0 + m.tanh(0.5 * x))",
        "operators.relu": "return x if x > 0 else 0",
        "operators.log": (
            "return m.log(x + EPS) if x + EPS > 0 else (-m.inf if x + EPS == 0 else m.nan)"
        ),
        "operators.exp": "return m.inf if x > 709.78 else m.e**x",
        "operators.inv": "return 1 / x if x != 0 else m.copysign(m.inf, x)",
        "operators.log_back": ("return d / (x + EPS) if x + EPS != 0 else m.copysign(m.inf, d)"),
        "operators.inv_back": "return -d / (x * x) if x * x != 0 else m.copysign(m.inf, -d)",
        "operators.relu_back": "return d if x > 0 else 0",
    },
    "early returns, over-commented, variables for everything": {
        "operators.mul": "product = x * y  # the product\nreturn product",
        "operators.id": "result = x\nreturn result",
        "operators.add": "total = x\ntotal += y\nreturn total",
        "operators.neg": "# minus one times x\nreturn -1 * x",
        "operators.lt": "if x < y:\n    # it is less\n    return 1\n# it isn't\nreturn 0",
        "operators.eq": "if x == y:\n    return 1.0\nelse:\n    return 0.0",
        "operators.max": "larger = y\nif x > y:\n    larger = x\nreturn larger",
        "operators.is_close": """
difference = x - y
if difference < 0:
    difference = -difference
if difference < 1 / 100:
    return True
return False
""",
        "operators.sigmoid": """
if x >= 0:
    e = math.exp(-x)
    return 1 / (1 + e)
e = math.exp(x)
return e / (1 + e)
""",
        "operators.relu": "if x <= 0:\n    return 0.0\nreturn x",
        "operators.log": """
shifted = x + EPS
if shifted < 0:
    return float("nan")
if shifted == 0:
    return float("-inf")
return math.log(shifted)
""",
        "operators.exp": """
if x > 709.782712893384:
    return float("inf")
return math.exp(x)
""",
        "operators.inv": """
if x == 0:
    if math.copysign(1, x) < 0:
        return float("-inf")
    return float("inf")
return 1 / x
""",
        "operators.log_back": """
slope_is_infinite = x == -EPS
if slope_is_infinite:
    if d > 0:
        return math.inf
    elif d < 0:
        return -math.inf
    return math.nan
return d * (1 / (x + EPS))
""",
        "operators.inv_back": """
square = x * x
if square == 0:
    return -math.inf if d > 0 else math.inf
return -(d / square)
""",
        "operators.relu_back": "mask = 0.0\nif x > 0:\n    mask = 1.0\nreturn mask * d",
    },
    "caught instead of asked, helpers beside, NumPy": {
        "beside": """
import builtins
import numpy as np


def _quiet(compute, x):
    with np.errstate(all="ignore"):
        return float(compute(np.float64(x)))
""",
        "operators.neg": "return builtins.sum([0.0, -x])",
        "operators.lt": "return float(np.less(x, y))",
        "operators.eq": "return float(np.equal(x, y))",
        "operators.max": "return x if float(x) > float(y) else y",
        "operators.is_close": "return np.abs(np.subtract(x, y)) < 1e-2",
        "operators.sigmoid": "return _quiet(lambda t: 1 / (1 + np.exp(-t)), x)",
        "operators.relu": "return builtins.max(0.0, x)",
        "operators.log": "return _quiet(lambda t: np.log(t + EPS), x)",
        "operators.exp": """
try:
    return math.exp(x)
except OverflowError:
    return math.inf
""",
        "operators.inv": """
try:
    return 1.0 / x
except ZeroDivisionError:
    return math.copysign(math.inf, x)
""",
        "operators.log_back": """
try:
    return d / (x + EPS)
except ZeroDivisionError:
    return math.copysign(math.inf, d)
""",
        "operators.inv_back": "return _quiet(lambda t: -d / (t * t), x)",
        "operators.relu_back": "return np.where(x > 0, d, 0.0)",
    },
}
