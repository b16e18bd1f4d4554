"""The ML primer: its models, its loss, and the classifiers that are set by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import minitorch
from minitorch import primer

scores = st.floats(min_value=-30, max_value=30)
numbers = st.floats(min_value=-3, max_value=3)
places = st.floats(min_value=0, max_value=1)


@given(w1=numbers, w2=numbers, b=numbers, x1=places, x2=places)
def test_linear_scores_by_its_three_parameters(w1, w2, b, x1, x2) -> None:
    assert primer.Linear(w1, w2, b)(x1, x2) == pytest.approx(w1 * x1 + w2 * x2 + b)


@given(x1=places, x2=places)
def test_split_of_the_handouts_is_a_band(x1, x2) -> None:
    model = primer.Split(primer.Linear(1, 1, -1.5), primer.Linear(1, 1, -0.5))
    total = x1 + x2
    if min(abs(total - 0.5), abs(total - 1.5)) > 1e-9:
        assert primer.predict(model, x1, x2) == (total < 0.5 or total > 1.5)


def test_part_is_a_region_with_its_lower_edges() -> None:
    part = primer.Part()
    assert [part(0, 0), part(0.49, 0.59), part(0.5, 0.1), part(0.1, 0.6)] == [1, 1, 0, 0]


@given(m=scores, y=st.sampled_from([-1, 1]))
def test_point_loss_is_minus_log_sigmoid(m, y) -> None:
    assert primer.point_loss(m, y) == pytest.approx(-math.log(1 / (1 + math.exp(-y * m))))


@given(m=st.floats(min_value=-1e6, max_value=1e6), y=st.sampled_from([-1, 1]))
def test_point_loss_stays_finite_and_positive(m, y) -> None:
    loss = primer.point_loss(m, y)
    assert math.isfinite(loss) and loss >= 0
    assert loss >= -y * m


def test_total_loss_takes_the_classes_of_a_data_set() -> None:
    data = minitorch.Graph(2, [(0.0, 0.0), (1.0, 1.0)], [0, 1])
    model = primer.Linear(1.0, 1.0, -1.0)
    assert primer.total_loss(model, data) == pytest.approx(2 * primer.point_loss(1.0, 1))
    assert primer.count_correct(model, data) == 2


def test_two_units_of_the_primer_split_the_band() -> None:
    green, yellow = primer.Linear(1, 1, -1.4), primer.Linear(-1, -1, 0.6)
    model = primer.TwoUnits(green, yellow, primer.Linear(3, 3, -0.3))
    assert model.hidden(1.0, 1.0) == pytest.approx((0.6, 0.0))
    assert [primer.predict(model, x, x) for x in (0.2, 0.3, 0.7, 0.8)] == [1, 0, 0, 1]
    assert primer.TwoUnits.of(1, 1, -1.4, -1, -1, 0.6, 3, 3, -0.3) == model


def test_two_units_need_nine_numbers() -> None:
    with pytest.raises(ValueError, match="nine"):
        primer.TwoUnits.of(1, 2, 3)


def wrong_points(model, data) -> list[tuple[float, float]]:
    """Points with another class than the data set's, none closer than 0.01 to a boundary."""
    return [
        (round(x1, 3), round(x2, 3))
        for (x1, x2), label in zip(data.X, data.y, strict=True)
        if primer.predict(model, x1, x2) != label
    ]


@pytest.mark.task0_5
@pytest.mark.parametrize("name", ["Simple", "Diag", "Split"])
def test_hand_made_classifiers(name) -> None:
    minitorch.seed(5)
    data = minitorch.datasets[name](300)
    distance = {
        "Simple": lambda x1, x2: abs(x1 - 0.5),
        "Diag": lambda x1, x2: abs(x1 + x2 - 0.5),
        "Split": lambda x1, x2: min(abs(x1 - 0.2), abs(x1 - 0.8)),
    }[name]
    clear = [i for i, point in enumerate(data.X) if distance(*point) > 0.01]
    data = minitorch.Graph(len(clear), [data.X[i] for i in clear], [data.y[i] for i in clear])
    model = getattr(primer, f"classify_{name.lower()}")()
    wrong = wrong_points(model, data)
    assert not wrong, f"{name}: {model} is wrong at {len(wrong)} of {data.N} points: {wrong[:4]}"
