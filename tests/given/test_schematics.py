"""The opening pictures of the guides."""

import re

import pytest

from minitorch.draw.schematics import lifting, stations, timeline, working_cycle

ROW = {"wash": "water", "cut": "knife"}
LANES = {"a": ["read", "read", ""], "b": ["", "write 8", "wait"]}


@pytest.mark.parametrize(
    "figure",
    [
        working_cycle(),
        lifting(),
        stations("Kitchen", ROW, "raw", "done"),
        timeline("Two lanes", LANES, {"read": "value"}, barriers=[1]),
    ],
)
def test_text_is_readable_and_inside(figure) -> None:
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', figure.svg)]
    assert min(sizes) >= 12
    assert "scale(" not in figure.svg
    assert len(figure.desc) > 40


def test_stations_says_every_station() -> None:
    assert "wash: water; cut: knife" in stations("Kitchen", ROW, "raw", "done").desc


def test_timeline_says_who_does_what_when() -> None:
    desc = timeline("Two lanes", LANES, {"read": "value"}, barriers=[1]).desc
    assert "lane of a: read (steps 1 to 2)." in desc
    assert "lane of b: write 8 (step 2); wait (step 3)." in desc
    assert "barrier before step 2." in desc


@pytest.mark.parametrize(
    ("lanes", "says"),
    [
        ({"a": ["read"], "b": []}, "equally many"),
        ({"a": ["a step with far too many words"] + ["b", "c"] * 4}, "too long"),
    ],
)
def test_lanes_that_cannot_be_drawn(lanes, says) -> None:
    with pytest.raises(ValueError, match=says):
        timeline("None", lanes, {})
