"""Training by numerical slopes, and networks whose parameters are plain numbers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch
from minitorch.primer import Linear, TwoUnits, total_loss
from minitorch.train import (
    BACKENDS,
    Backend,
    NetworkTrain,
    answers,
    default_log_fn,
    find_trainer,
    fit,
    log_line,
    numerical_slopes,
    run_epochs,
)
from minitorch.train.manual import ManualTrain, UnitsTrain
from minitorch.train.preview import preview

floats = st.floats(min_value=-10, max_value=10)


@given(st.lists(floats, min_size=1, max_size=5), st.lists(floats, min_size=5, max_size=5))
def test_slopes_of_a_weighted_sum_are_its_weights(at, weights) -> None:
    slopes = numerical_slopes(lambda w: sum(a * b for a, b in zip(weights, w, strict=False)), at)
    assert slopes == pytest.approx(weights[: len(at)], abs=1e-4)


@settings(max_examples=20)
@given(start=st.integers(min_value=0, max_value=10**6), name=st.sampled_from(["Simple", "Diag"]))
def test_a_small_step_never_raises_the_loss(start, name) -> None:
    minitorch.seed(start)
    data = minitorch.datasets[name](20)
    found = fit(Linear, [0.3, -0.2, 0.1], data, rate=0.1, epochs=3)
    assert len(found.history) == 4
    assert all(
        after < before for before, after in zip(found.history, found.history[1:], strict=False)
    )
    assert found.loss == found.history[-1] == pytest.approx(total_loss(found.model, data))


def test_fit_finds_an_easy_line() -> None:
    minitorch.seed(1)
    data = minitorch.simple(50)
    found = fit(Linear, [0, 0, 0], data, rate=2.0, epochs=100)
    assert found.correct >= 46
    assert isinstance(found.model, Linear)
    assert found.parameters == [found.model.w1, found.model.w2, found.model.b]


def test_no_epochs_leave_the_start() -> None:
    start = [1.0, 1.0, -1.4, -1.0, -1.0, 0.6, 3.0, 3.0, -0.3]
    found = fit(TwoUnits.of, start, minitorch.spiral(5), epochs=0)
    assert found.parameters == start and len(found.history) == 1


def test_log_function_is_called_every_ten_epochs_and_at_the_end() -> None:
    seen = []
    fit(Linear, [0, 0, 0], minitorch.spiral(6), epochs=25, log_fn=lambda *a: seen.append(a))
    assert [(epoch, len(losses)) for epoch, _, _, losses in seen] == [(10, 10), (20, 20), (25, 25)]
    assert all(loss == losses[-1] for _, loss, _, losses in seen)


def test_log_line(capsys) -> None:
    default_log_fn(10, 2.5, 48, [2.5])
    assert capsys.readouterr().out == "Epoch  10  loss  2.5 correct  48\n"
    assert log_line(0, 1.0, 3).startswith("Epoch  0  loss  1.0")


@pytest.mark.parametrize(
    "wrong", [{"rate": 0}, {"rate": -1}, {"epochs": -1}, {"rate": float("nan")}]
)
def test_bad_settings(wrong) -> None:
    with pytest.raises(ValueError, match="and it is"):
        fit(Linear, [0, 0, 0], minitorch.spiral(4), **wrong)


def test_names_of_the_hand_set_parameters() -> None:
    names = [name for name, _ in ManualTrain(2).model.named_parameters()]
    assert names == ["linear.weight_0_0", "linear.weight_1_0", "linear.bias_0"]


def test_hand_set_network_answers_with_a_probability() -> None:
    by_hand = ManualTrain(0)
    for parameter, value in zip(by_hand.model.parameters(), (1.0, 1.0, -0.9), strict=True):
        parameter.update(value)
    assert by_hand.run_one((0.45, 0.45)) == pytest.approx(0.5)
    assert by_hand.run_one((1.0, 1.0)) > 0.7 > 0.3 > by_hand.run_one((0.0, 0.0))
    assert by_hand.run_many([(0.45, 0.45)]) == [by_hand.run_one((0.45, 0.45))]


def test_first_parameters_do_not_depend_on_the_seed() -> None:
    values = []
    for start in (1, 2):
        minitorch.seed(start)
        values.append([p.value for p in ManualTrain(0).model.parameters()])
    assert values[0] == values[1]


def test_training_changes_the_parameters_in_place(capsys) -> None:
    minitorch.seed(1)
    data, by_hand = minitorch.simple(30), ManualTrain(0)
    parameters = by_hand.model.parameters()
    before = [p.value for p in parameters]
    by_hand.train(data, 1.0, max_epochs=20)
    assert [p.value for p in parameters] != before
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_hidden_units_learn_what_no_line_can() -> None:
    minitorch.seed(3)
    data, units = minitorch.xor(30), UnitsTrain(6)
    losses: list[float] = []
    units.train(data, 1.0, max_epochs=80, log_fn=lambda *seen: losses.append(seen[1]))
    right = sum((p > 0.5) == bool(y) for p, y in zip(units.run_many(data.X), data.y, strict=True))
    assert losses[-1] < losses[0] and right >= 25


def test_a_hidden_layer_needs_a_unit() -> None:
    with pytest.raises(ValueError, match="at least one unit"):
        UnitsTrain(0)


@pytest.mark.parametrize(
    ("epochs", "every", "logged"),
    [(0, 10, []), (7, 3, [3, 6, 7]), (6, 3, [3, 6]), (1, 10, [1]), (3, 1, [1, 2, 3])],
)
def test_the_loop_logs_now_and_then_and_at_the_end(epochs, every, logged) -> None:
    results, seen, after = iter("abcdefg"), [], []
    found = run_epochs(
        lambda: next(results), epochs, lambda *a: seen.append(a), every, lambda *a: after.append(a)
    )
    assert found == list("abcdefg"[:epochs])
    assert seen == [(epoch, "abcdefg"[epoch - 1]) for epoch in logged]
    assert after == list(enumerate(found, 1))


class Halving(NetworkTrain):
    """A network whose loss halves with every step."""

    def __init__(self, hidden_layers: int, backend: object = None) -> None:
        super().__init__(model=backend)
        self.loss, self.hidden_layers = 64.0, hidden_layers

    def optimizer(self, learning_rate: float) -> float:
        return learning_rate

    def step(self, optimizer: float, data: minitorch.Graph) -> tuple[float, int]:
        self.loss *= optimizer
        return self.loss, data.N

    def run_one(self, x: tuple[float, float]) -> float:
        return x[0]


def test_a_trainer_says_only_what_a_step_is() -> None:
    seen, data = [], minitorch.spiral(4)
    losses = Halving(1).train(data, 0.5, 12, lambda *line: seen.append((*line[:3], len(line[3]))))
    assert losses == [64.0 / 2**n for n in range(1, 13)]
    assert seen == [(10, 64.0 / 2**10, 4, 10), (12, 64.0 / 2**12, 4, 12)]
    assert Halving(1).score(0.75, 0.0) == 0.25
    assert answers(Halving(1), [(0.25, 0.0), (1.0, 0.0)]) == [0.25, 1.0]
    for rate, epochs in ((0.0, 3), (1.0, -1)):
        with pytest.raises(ValueError, match="and it is"):
            Halving(1).train(data, rate, epochs)
    with pytest.raises(TypeError, match=r"NetworkTrain doesn't say what a step is"):
        NetworkTrain(ManualTrain(0).model).step(None, data)


@pytest.mark.parametrize(
    ("place", "ops"),
    [("minitorch.none:Train", None), ("minitorch.train:Train", None),
     ("minitorch.train.manual:ManualTrain", "minitorch.none:Ops")],
)  # fmt: skip
def test_a_backend_that_is_not_there_is_named_with_those_that_are(monkeypatch, place, ops) -> None:
    monkeypatch.setitem(BACKENDS, "later", Backend(place, 0.5, "is to come", "Module 9", ops))
    with pytest.raises(LookupError, match=r"'later' comes with Module 9.*There are: manual, units"):
        find_trainer("later")


def test_a_preview_learns_before_any_task_is_done() -> None:
    minitorch.seed(3)
    data = minitorch.datasets["Circle"](80)
    models = preview(data, [400, 2])
    right = {
        epoch: sum((score(*x) > 0) == y for x, y in zip(data.X, data.y, strict=True))
        for epoch, score in models.items()
    }
    assert list(right) == [2, 400]
    assert right[400] == 80 > right[2]
    assert preview(data, []) == {}
