"""Right solutions of Task 0.5, in other styles."""

SOLUTIONS = {
    "gentle slopes": {
        "primer.classify_simple": "return Linear(-1, 0, 0.5)",
        "primer.classify_diag": "return Linear(-0.1, -0.1, 0.05)",
        "primer.classify_split": "return Split(Linear(1, 0, -0.2), Linear(1, 0, -0.8))",
    },
    "steep, with two hidden units": {
        "primer.classify_simple": "w = -1000.0\nreturn Linear(w1=w, w2=0.0, b=-w / 2)",
        "primer.classify_diag": "return Linear(b=50.0, w2=-100.0, w1=-100.0)",
        "primer.classify_split": """
left, right = Linear(-7.0, 0.0, 7 * 0.2), Linear(7.0, 0.0, -7 * 0.8)
return TwoUnits(left, right, Linear(1.0, 1.0, 0.0))
""",
    },
    "nine numbers, a bias that allows for rounding": {
        "beside": "SIMPLE = (-2.0, 0.0, 1.0)",
        "primer.classify_simple": "return Linear(*SIMPLE)",
        "primer.classify_diag": "return Linear(-1.0, -1.0, 0.4999)",
        "primer.classify_split": ("return TwoUnits.of(-10, 0, 2.0, 10, 0, -8.0, 10, 10, -1e-4)"),
    },
}
