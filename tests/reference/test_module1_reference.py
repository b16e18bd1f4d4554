"""What the reference of Module 1 promises beyond what a student's solution must do."""

from __future__ import annotations

import gc

import pytest

from minitorch import Scalar
from minitorch.scalar import History
from minitorch.scalar_functions import Neg


def test_a_cycle_is_refused() -> None:
    x = Scalar(2.0)
    z = (x * 3.0).exp()
    x.history = History(Neg, None, (z,))
    with pytest.raises(
        ValueError, match=r"Scalar\(.*\) was computed from what was computed from it"
    ):
        z.backward()


@pytest.mark.slow
def test_a_million_operations() -> None:
    """They are built, differentiated and freed on the main thread with its ordinary stack."""
    x = y = Scalar(1.0)
    for _ in range(1_000_000):
        y = y + 1.0
    y.backward()
    assert x.derivative == 1.0
    del y
    gc.collect()
