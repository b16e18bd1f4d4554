"""Count, rate and time left."""

from __future__ import annotations

from grading.schedule.progress import Progress, span


def test_the_rate_is_that_of_what_had_to_be_judged() -> None:
    now = [0.0]
    progress = Progress(10, clock=lambda: now[0])
    assert f"{progress}" == ""  # nothing is known yet
    for number in range(4):
        assert progress.count(known=True) == f"{number + 1} of 10"
    assert f"{progress}" == ""
    now[0] = 60.0
    assert [progress.count(), progress.count()] == ["5 of 10", "6 of 10"]
    assert f"{progress}" == "2 a minute, about 2 min left"
    now[0] = 90.0
    progress.count()
    assert f"{progress}" == "2 a minute, about 2 min left"
    for _ in range(3):
        progress.count()
    assert f"{progress}" == ""  # all are done


def test_a_time_is_written_as_a_person_says_it() -> None:
    assert [span(each) for each in (0, 89, 90, 3600, 6000)] == [
        "0 s", "89 s", "2 min", "60 min", "1.7 h",
    ]  # fmt: skip
