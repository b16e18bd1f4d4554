"""Right solutions of Task 1.2, in other styles."""

SOLUTIONS = {
    "by the operators, everything saved, composed methods": {
        "scalar_functions.Mul.forward": "ctx.save_for_backward(a, b)\nreturn operators.mul(a, b)",
        "scalar_functions.Inv.forward": "ctx.save_for_backward(a)\nreturn operators.inv(a)",
        "scalar_functions.Neg.forward": "ctx.save_for_backward(a)\nreturn operators.neg(a)",
        "scalar_functions.Sigmoid.forward": """
out = operators.sigmoid(a)
ctx.save_for_backward(a, out)
return out
""",
        "scalar_functions.ReLU.forward": "ctx.save_for_backward(a)\nreturn operators.relu(a)",
        "scalar_functions.Exp.forward": """
result = operators.exp(a)
ctx.save_for_backward(result)
return result
""",
        "scalar_functions.LT.forward": "return operators.lt(a, b)",
        "scalar_functions.EQ.forward": "return operators.eq(a, b)",
        "scalar.Scalar.__add__": "return Add.apply(self, b)",
        "scalar.Scalar.__sub__": "return self + (-b)",
        "scalar.Scalar.__neg__": "return self * -1",
        "scalar.Scalar.__lt__": "return LT.apply(self, b)",
        "scalar.Scalar.__gt__": "return LT.apply(b, self)",
        "scalar.Scalar.__eq__": "return EQ.apply(self, b)",
        "scalar.Scalar.log": "return Log.apply(self)",
        "scalar.Scalar.exp": "return Exp.apply(self)",
        "scalar.Scalar.sigmoid": "return 1.0 / (1.0 + (-self).exp())",
        "scalar.Scalar.relu": "return ReLU.apply(self)",
    },
    "plain arithmetic, whole numbers and truths, nothing saved": {
        "beside": "import math",
        "scalar_functions.Mul.forward": "return a * b",
        "scalar_functions.Inv.forward": ("return 1 / a if a != 0 else math.copysign(math.inf, a)"),
        "scalar_functions.Neg.forward": "return -a",
        "scalar_functions.Sigmoid.forward": "return 1 / (1 + operators.exp(-a))",
        "scalar_functions.ReLU.forward": "return max(a, 0)",
        "scalar_functions.Exp.forward": """
try:
    return math.exp(a)
except OverflowError:
    return math.inf
""",
        "scalar_functions.LT.forward": "return a < b",
        "scalar_functions.EQ.forward": "return 1 if a == b else 0",
        "scalar.Scalar.__add__": "return Add.apply(b, self)",
        "scalar.Scalar.__sub__": "return Add.apply(self, Neg.apply(b))",
        "scalar.Scalar.__neg__": "return Neg.apply(self)",
        "scalar.Scalar.__lt__": "result = LT.apply(self, b)\nreturn result",
        "scalar.Scalar.__gt__": "other = Scalar.as_variable(b, LT)\nreturn other < self",
        "scalar.Scalar.__eq__": "return EQ.apply(b, self)",
        "scalar.Scalar.sigmoid": "return Sigmoid.apply(self)",
        "scalar.Scalar.relu": "return ReLU.apply(self)",
    },
    "NumPy, lists saved, functions imported where they are used": {
        "beside": "import numpy as np\nfrom minitorch.operators import relu as cut_off",
        "scalar_functions.Mul.forward": "ctx.save_for_backward([a, b])\nreturn np.multiply(a, b)",
        "scalar_functions.Inv.forward": """
with np.errstate(divide="ignore"):
    out = np.float64(1.0) / np.float64(a)
ctx.save_for_backward({"a": a, "out": out})
return out
""",
        "scalar_functions.Neg.forward": "return np.negative(a)",
        "scalar_functions.Exp.forward": """
ctx.save_for_backward(a)
with np.errstate(over="ignore"):
    return np.exp(a)
""",
        "scalar_functions.ReLU.forward": """
from minitorch.operators import relu
ctx.save_for_backward(a > 0)
return relu(a)
""",
        "scalar_functions.LT.forward": "return np.less(a, b) * 1.0",
        "scalar_functions.EQ.forward": "return float(np.equal(a, b))",
        "scalar.Scalar.__sub__": "from minitorch.scalar_functions import Add, Neg\n"
        "return Add.apply(self, Neg.apply(b))",
        "scalar.Scalar.__neg__": "return 0.0 - self if False else Mul.apply(-1.0, self)",
    },
}
