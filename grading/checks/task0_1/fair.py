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
        "operators.relu": "if x > 0:\n    return x\nreturn 0.0",
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
    "asked the other way round, truths as numbers": {
        "operators.mul": "return +(x * y)",
        "operators.neg": "return 0.0 - x",
        "operators.lt": "return (y > x) * 1.0",
        "operators.eq": "return 0.0 if x != y else 1.0",
        "operators.max": "if y >= x:\n    return y\nif x > y:\n    return x\nreturn y",
        "operators.is_close": "return abs(y - x) < 1e-2",
        "operators.sigmoid": "z = math.exp(-abs(x))\nreturn (1.0 if x >= 0 else z) / (1.0 + z)",
        "operators.relu": "return x * (x > 0) if x > 0 else 0.0",
        "operators.log": (
            "return math.log(x + EPS) if x + EPS > 0 else (math.nan if x + EPS else -math.inf)"
        ),
        "operators.exp": "return math.inf if x > 709.78 else math.exp(x)",
        "operators.inv": "return 1.0 / x if x else math.copysign(math.inf, x)",
        "operators.log_back": "shifted = x + EPS\nreturn d / shifted if shifted else d * math.inf",
        "operators.inv_back": "return -(d / (x * x)) if x * x else -d * math.inf",
        "operators.relu_back": "return d if 0.0 < x else 0.0",
    },
}
