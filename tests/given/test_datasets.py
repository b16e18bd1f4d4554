"""The six data sets: their number of points, their rules, their randomness."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import minitorch

NAMES = ["Simple", "Diag", "Split", "Xor", "Circle", "Spiral"]

# Written a second time, in other words, so that a slip in the library shows.
RULES = {
    "Simple": lambda x1, x2: 0.5 - x1 > 0,
    "Diag": lambda x1, x2: x2 < 0.5 - x1,
    "Split": lambda x1, x2: not 0.2 <= x1 <= 0.8,
    "Xor": lambda x1, x2: (x1 - 0.5) * (x2 - 0.5) < 0,
    "Circle": lambda x1, x2: math.hypot(x1 - 0.5, x2 - 0.5) > math.sqrt(0.1),
}
SHARES = {"Simple": 0.5, "Diag": 0.125, "Split": 0.4, "Xor": 0.5, "Circle": 0.686, "Spiral": 0.5}


def test_names() -> None:
    assert list(minitorch.datasets) == NAMES


@pytest.mark.parametrize("name", NAMES)
@given(n=st.integers(min_value=1, max_value=200))
def test_as_many_points_as_asked_for(name: str, n: int) -> None:
    graph = minitorch.datasets[name](n)
    assert graph.N == len(graph.X) == len(graph.y) == n
    assert set(graph.y) <= {0, 1}
    assert all(isinstance(label, int) for label in graph.y)


@pytest.mark.parametrize("name", RULES)
@given(n=st.integers(min_value=1, max_value=60), start=st.integers())
def test_labels_agree_with_the_rule(name: str, n: int, start: int) -> None:
    minitorch.seed(start)
    graph = minitorch.datasets[name](n)
    for (x1, x2), label in zip(graph.X, graph.y, strict=True):
        assert 0.0 <= x1 < 1.0 and 0.0 <= x2 < 1.0
        assert label == RULES[name](x1, x2)


@pytest.mark.parametrize("name", NAMES)
@given(start=st.integers())
def test_same_seed_same_points(name: str, start: int) -> None:
    minitorch.seed(start)
    first = minitorch.datasets[name](7)
    minitorch.seed(start)
    assert minitorch.datasets[name](7) == first


@pytest.mark.parametrize("name", NAMES)
def test_documented_balance(name: str) -> None:
    minitorch.seed(3)
    graph = minitorch.datasets[name](5000)
    assert sum(graph.y) / graph.N == pytest.approx(SHARES[name], abs=0.03)


@pytest.mark.parametrize("make", [minitorch.make_pts, *minitorch.datasets.values()])
@pytest.mark.parametrize("bad", [0, -1, 2.5, 50.0, "50", None])
def test_bad_number_of_points(make, bad) -> None:
    with pytest.raises(ValueError, match="at least 1") as error:
        make(bad)
    assert repr(bad) in str(error.value)


@given(n=st.integers(min_value=20, max_value=150).map(lambda n: n - n % 2))
def test_spiral_arms_are_a_quarter_turn_apart(n: int) -> None:
    graph = minitorch.spiral(n)
    arms = [[p for p, y in zip(graph.X, graph.y, strict=True) if y == c] for c in (0, 1)]
    assert len(arms[0]) == len(arms[1])
    for (a, b), (c, d) in zip(*arms, strict=True):
        assert (c - 0.5, d - 0.5) == pytest.approx((b - 0.5, 0.5 - a))
    radii = [math.hypot(a - 0.5, b - 0.5) for a, b in arms[0]]
    assert radii == sorted(radii)


def test_spiral_needs_no_luck() -> None:
    assert minitorch.spiral(51) == minitorch.spiral(51)
    assert minitorch.spiral(51).y.count(0) == 26


def test_seed_is_python_s_own() -> None:
    minitorch.seed(5)
    points = minitorch.make_pts(3)
    random.seed(5)
    assert minitorch.make_pts(3) == points


def test_seeds_differ() -> None:
    drawn = set()
    for n in (-1, 0, 1, 2, 10**30):
        minitorch.seed(n)
        drawn.add(random.random())
    assert len(drawn) == 5


@pytest.mark.parametrize("bad", ["lucky", 1.5, None])
def test_bad_seed(bad) -> None:
    with pytest.raises(ValueError, match="whole number"):
        minitorch.seed(bad)


def test_unknown_name() -> None:
    with pytest.raises(
        KeyError, match=r"no data set 'xor'\. Did you mean 'Xor'\? There are: Simple"
    ):
        minitorch.datasets["xor"]
    assert "xor" not in minitorch.datasets
    assert minitorch.datasets.get("xor") is None
