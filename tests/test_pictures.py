"""The opening pictures of the guides."""

import re

import pytest

from minitorch.pictures import lifting, stations, working_cycle

ROW = {"wash": "water", "cut": "knife"}


@pytest.mark.parametrize(
    "figure", [working_cycle(), lifting(), stations("Kitchen", ROW, "raw", "done")]
)
def test_text_is_readable_and_inside(figure) -> None:
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', figure.svg)]
    assert min(sizes) >= 12
    assert "scale(" not in figure.svg
    assert len(figure.desc) > 40


def test_stations_says_every_station() -> None:
    assert "wash: water; cut: knife" in stations("Kitchen", ROW, "raw", "done").desc
