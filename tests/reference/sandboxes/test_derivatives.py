"""The training sandbox, by derivatives."""

import asyncio
from typing import Any

import pytest

pytest.importorskip("matplotlib", reason="sandboxes draw: pip install -e .[notebooks]")

from minitorch.sandbox.running import TrainingRun, surface
from reference.sandboxes.controls import widgets


class Slope:
    """A trainer without a network: its loss halves in each epoch."""

    def __init__(self, hidden_layers: int) -> None:
        self.loss = 8.0 * hidden_layers

    def run_one(self, x: tuple[float, float]) -> float:
        return x[0]

    def train(self, data: Any, learning_rate: float, max_epochs: int, log_fn: Any) -> None:
        self.loss /= 2
        log_fn(max_epochs, self.loss, 7, [self.loss])


def test_any_trainer_plugs_in() -> None:
    sandbox = TrainingRun("Simple", 20, Slope, hidden=3, epochs=4)
    assert sandbox.backend == "Slope"
    assert sandbox.view().sentence.startswith("Not trained yet:")
    assert "Epoch 1: Loss 12.000" in sandbox.step().sentence
    assert "Epoch 4: Loss 1.500" in asyncio.run(sandbox.train()).sentence
    assert sandbox.losses == [12.0, 6.0, 3.0, 1.5]
    assert sandbox.counts == [7] * 4
    assert "<td" in sandbox.view().detail
    sandbox.restart()
    assert sandbox.losses == []


def test_another_setting_begins_anew_but_another_rate_does_not() -> None:
    sandbox = TrainingRun("Simple", 20, Slope)
    sandbox.step()
    sandbox.set(rate=0.1)
    assert len(sandbox.losses) == 1
    sandbox.set(points=30)
    assert sandbox.losses == []


def test_stop_is_heard_between_epochs() -> None:
    sandbox = TrainingRun("Simple", 20, Slope, epochs=100_000)

    async def train_and_stop() -> None:
        training = asyncio.create_task(sandbox.train())
        await asyncio.sleep(0.02)
        sandbox.stop()
        await training

    asyncio.run(train_and_stop())
    assert 0 < len(sandbox.losses) < 100_000


def test_the_buttons_train_and_step() -> None:
    widgets()
    sandbox = TrainingRun("Simple", 20, Slope, epochs=5)
    sandbox.live()
    sandbox.widgets["step"].click()
    assert "Epoch 1:" in sandbox._panes["status"].value
    sandbox.widgets["train"].click()  # no event loop here: it trains to the end
    assert "Epoch 5:" in sandbox._panes["status"].value
    sandbox.widgets["dataset"].value = "Xor"
    assert "Not trained yet" in sandbox._panes["status"].value


@pytest.mark.parametrize("backend", ["manual", "scalar", "tensor"])
def test_a_backend_learns(backend: str) -> None:
    sandbox = TrainingRun("Simple", 20, backend, hidden=2, rate=0.5, epochs=30)
    asyncio.run(sandbox.train())
    assert sandbox.losses[-1] < sandbox.losses[0]


def test_a_training_that_fails_says_why() -> None:
    class Broken(Slope):
        def train(self, data: Any, learning_rate: float, max_epochs: int, log_fn: Any) -> None:
            raise NotImplementedError("Need to implement for Task 1.5: take one step")

    view = asyncio.run(TrainingRun(backend=Broken).train())
    assert view.sentence == "Task 1.5 isn't written yet: take one step."
    sentence = TrainingRun(backend="quantum").view().sentence
    assert sentence.startswith("There is no backend 'quantum'")
    with pytest.raises(ValueError, match="1 to 200 hidden units, not 0"):
        TrainingRun(hidden=0)
    with pytest.raises(ValueError, match="above 0, and it is -1"):
        TrainingRun(rate=-1)


def test_a_surface_is_exact_at_the_points() -> None:
    points = [(0.1, 0.9), (0.37, 0.2)]
    score = surface(Slope(1), points)
    assert [score(*x) for x in points] == [0.1 - 0.5, 0.37 - 0.5]
    assert score(0.6, 0.1) == pytest.approx(0.1)
