"""The benchmark's sides do the same work, and its table says what was measured."""

from __future__ import annotations

import numpy as np
import pytest

from minitorch import benchmark

RESULTS = {
    "date": "2026-01-31",
    "machine": {"processor": "A processor", "cores": 2, "card": "A card"},
    "rounds": 3,
    "seconds": {
        "minitorch": {"add": 0.003, "an epoch": 0.5},
        "numpy": {"add": 0.002},
        "gpu": {
            "copy": 0.010,
            "zip": 0.030,
            "matmul, 4 × 4, float32": 0.004,
            "the same by PyTorch": 0.001,
            "an epoch, GPU": 0.02,
            "an epoch, CPU": 0.05,
        },
    },
}


def test_the_table_gives_ratios() -> None:
    lines = benchmark.as_table(RESULTS).splitlines()
    assert "| add | 3.000 | 1.50 |" in lines
    assert "| an epoch | 500.000 | – |" in lines
    assert "| zip | 30.000 | 50 % |" in lines, "3 numbers in 30 ms, where a copy moves 2 in 10 ms"
    assert "| matmul, 4 × 4, float32 | 4.000 | 25 % |" in lines
    assert "| an epoch, GPU | 20.000 | 250 % of the processor's |" in lines
    assert "A processor, 2 cores, 2026-01-31, 3 rounds." in lines
    assert "On A card:" in lines


@pytest.mark.task3_2
def test_sides_compute_the_same() -> None:
    ours, numpys = benchmark.minitorch_cases(), benchmark.numpy_cases()
    assert set(numpys) < set(ours)
    for name, work in numpys.items():
        got = np.squeeze(ours[name]().to_numpy())
        near = 1e-4 if "float32" in name else 1e-10
        np.testing.assert_allclose(got, np.squeeze(work()), rtol=near, err_msg=name)


def test_a_side_that_stops_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "installed_sides", lambda: ["neither"])
    with pytest.raises(RuntimeError, match=r"of neither stopped with: .*invalid choice"):
        benchmark.measure(1, 0.0, lambda _: None)


def test_a_round_of_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "installed_sides", lambda: ["numpy"])
    said: list[str] = []
    results = benchmark.measure(2, 0.0, said.append)
    assert said == ["round 1 of 2: numpy", "round 2 of 2: numpy"]
    assert set(results["seconds"]) == {"numpy"}
    assert all(seconds > 0 for seconds in results["seconds"]["numpy"].values())
    assert results["machine"]["numpy"] == np.__version__
