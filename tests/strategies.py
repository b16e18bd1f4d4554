"""What Hypothesis draws for the tests, and what counts as equal."""

from __future__ import annotations

import math

from hypothesis.strategies import floats, integers

from minitorch.operators import is_close

small_ints = integers(min_value=1, max_value=3)
med_ints = integers(min_value=1, max_value=20)
small_floats = floats(min_value=-100, max_value=100, allow_nan=False)
any_floats = floats()


def assert_close(a: float, b: float) -> None:
    """Fail unless the two numbers are less than a hundredth apart."""
    assert is_close(a, b), f"{a} and {b} differ by {abs(a - b)}, more than 0.01"


def same(a: float, b: float) -> bool:
    """Say whether two results agree but for the last bits; NaN agrees with NaN."""
    return math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-300) or (math.isnan(a) and math.isnan(b))
