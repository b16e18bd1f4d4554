"""Right solutions of Task 0.2, in other styles."""

SOLUTIONS = {
    "the given strategy, many plain assertions": {
        "property_tests.test_sigmoid": '''
@given(small_floats, small_floats)
def test_sigmoid(a, b):
    """Range, symmetry, middle, rising."""
    s = operators.sigmoid(a)
    assert s >= 0.0
    assert s <= 1.0
    assert abs((1 - s) - operators.sigmoid(-a)) < 1e-6
    assert operators.sigmoid(0) == 0.5
    if a < b:
        assert operators.sigmoid(a) <= operators.sigmoid(b)
    x = a / 10
    assert operators.sigmoid(x) < operators.sigmoid(x + 0.1)
''',
        "property_tests.test_transitive": """
@given(st.tuples(small_floats, small_floats, small_floats))
def test_transitive(numbers):
    a, b, c = sorted(numbers)
    assert operators.lt(a, a) == 0
    if a < b < c:
        assert operators.lt(a, b) == 1 and operators.lt(b, c) == 1 and operators.lt(a, c) == 1
""",
        "property_tests.test_symmetric": """
@given(small_floats, small_floats)
@settings(max_examples=50)
def test_symmetric(x, y):
    assert operators.mul(x, y) == operators.mul(y, x)
""",
        "property_tests.test_distribute": """
@given(small_floats, small_floats, small_floats)
def test_distribute(x, y, z):
    left = operators.mul(z, operators.add(x, y))
    right = operators.add(operators.mul(z, x), operators.mul(z, y))
    assert operators.is_close(left, right)
""",
        "property_tests.test_other": """
@given(small_floats, small_floats)
def test_other(x, y):
    assert operators.is_close(x, y) == operators.is_close(y, x)
""",
    },
    "assume, helpers, no Hypothesis where plain loops will do": {
        "beside": """
import math
import random

from hypothesis import assume


def nearly(x, y):
    return math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-9)
""",
        "property_tests.test_sigmoid": """
def test_sigmoid() -> None:
    points = [n / 7 - 100 for n in range(1401)]
    values = list(map(operators.sigmoid, points))
    assert min(values) >= 0 and max(values) <= 1
    assert all(x <= y for x, y in zip(values, values[1:]))
    middle = [v for p, v in zip(points, values) if -10 < p < 10]
    assert len(set(middle)) == len(middle)
    assert nearly(operators.sigmoid(0.0), 0.5)
    for p, v in zip(points, values):
        assert nearly(1.0 - v, operators.sigmoid(-p))
""",
        "property_tests.test_transitive": """
@given(a=small_floats, b=small_floats, c=small_floats)
def test_transitive(a: float, b: float, c: float) -> None:
    assert not operators.lt(a, a)
    assume(a < b)
    assume(b < c)
    assert operators.lt(a, b)
    assert operators.lt(b, c)
    assert operators.lt(a, c)
""",
        "property_tests.test_symmetric": """
def test_symmetric():
    generator = random.Random(1)
    for _ in range(1000):
        x, y = generator.uniform(-50, 50), generator.gauss(0, 10)
        assert operators.mul(x, y) == operators.mul(y, x), (x, y)
""",
        "property_tests.test_distribute": """
@given(st.lists(small_floats, min_size=3, max_size=3))
def test_distribute(numbers):
    x, y, z = numbers
    assert nearly(
        operators.mul(z, operators.add(x, y)),
        operators.add(operators.mul(z, x), operators.mul(z, y)),
    ) or abs(x + y) < 1e-6 * (abs(x) + abs(y))
""",
        "property_tests.test_other": """
@given(st.lists(small_floats, min_size=2, max_size=2).map(tuple))
def test_other(pair):
    # The larger one is the larger one whichever comes first.
    assert operators.max(*pair) == operators.max(*pair[::-1])
""",
    },
}
