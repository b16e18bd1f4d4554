"""The bounds on NumPy and Numba are true: the oldest pair and the newest both compute."""

from __future__ import annotations

from pathlib import Path

import pytest

from grading.project.versions import lower_bounds, requirements, try_pair


def test_every_requirement_has_a_lower_bound() -> None:
    assert lower_bounds("numpy>=2.0 numba>=0.61") == ["numpy==2.0.*", "numba==0.61.*"]
    assert all("==" in each for each in lower_bounds(requirements()))
    with pytest.raises(ValueError, match="numba no lower bound"):
        lower_bounds("numpy>=2.0 numba")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["oldest", "newest"])
def test_a_pair_computes(name: str, tmp_path: Path) -> None:
    wanted = requirements()
    pair = lower_bounds(wanted) if name == "oldest" else wanted.split()
    try:
        said = try_pair(pair, tmp_path / "env")
    except RuntimeError as error:
        if "can't be installed" not in str(error):
            raise
        pytest.skip("the package index can't be reached")
    assert "NumPy 2." in said and "Numba 0." in said


@pytest.mark.slow
def test_a_pair_that_is_too_old_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"numpy==1\.26"):
        try_pair(["numpy==1.26.*", "numba==0.60.*"], tmp_path / "env")
