"""What a machine can do: the card's arithmetic, and that it measures something."""

import pytest

from minitorch.kernels.machine import MachineCard, machine_card, shortest


@pytest.mark.parametrize(
    ("moved", "flops", "least"),
    [(20e6, 0.0, 2.0), (0.0, 50e6, 1.0), (20e6, 50e6, 2.0), (20e6, 150e6, 3.0), (0.0, 0.0, 0.0)],
)
def test_the_longer_of_both_times_is_the_least(moved, flops, least):
    card = MachineCard(gigabytes=10.0, gigaflops=50.0)
    assert card.least(moved, flops) == pytest.approx(least)
    assert card.share(4.0, moved, flops) == pytest.approx(least / 4)


def test_a_card_shows_its_numbers():
    assert "| 10 GB/s |" in (text := MachineCard(10.0, 50.0)._repr_markdown_())
    assert "| 50 GFlop/s |" in text and "| 5.0 |" in text


def test_a_machine_is_measured():
    card = machine_card(cells=1 << 16, repeat=1)
    assert 0.05 < card.gigabytes < 5000 and 0.05 < card.gigaflops < 5000


def test_the_first_run_is_not_counted():
    runs = []
    assert shortest(lambda: runs.append(1), repeat=3) >= 0.0
    assert len(runs) == 4
