"""Executing: bombs, endless loops and crashes cost the probe that they are in, and no other."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from grading.judge import execute
from grading.judge.judge import Judge
from grading.sandbox import run as sandbox
from grading.sandbox.ending import Result
from grading.sandbox.limits import Needs
from grading.tests.handing_in import (
    ALL,
    MUL,
    RELU,
    Judged,
    before,
    earned,
    hand_in,
    settling,
    swap,
)

REASON = sandbox.available()


@pytest.mark.sandbox
def test_one_stopped_probe_leaves_the_others(judged: Judged) -> None:
    stuck = "import signal\n    signal.signal(signal.SIGALRM, signal.SIG_IGN)\n    while True: pass"
    judgement = judged(swap("operators", MUL.strip(), stuck))
    assert earned(judgement) == ALL | {"task0_1": 20}
    said = judgement.verdict("task0_1").findings[0].said
    assert re.search(
        r"used [\d.]+ seconds .* and [\d.]+ when it was tried again: is there a loop", said
    )
    assert judgement.verdict("task0_1").notes


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "bomb, told",
    [
        ("print('x' * 1000 * 1000 * 100)", "output"),
        (
            "a = []\n    while True: a.append(bytearray(10_000_000))",
            "memory|MemoryError|never ends",
        ),
        (
            "import os\n    while True: os.fork()",
            "processes|BlockingIOError|memory|never ends",
        ),
        ("raise SystemExit(0)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("return mul(x, y)", "RecursionError"),
        ("import ctypes; ctypes.string_at(0)", "crashed"),
    ],
)
def test_bombs(judged: Judged, bomb: str, told: str) -> None:
    judgement = judged(swap("operators", MUL.strip(), bomb))
    assert earned(judgement) == ALL | {"task0_1": 20}, judgement
    assert re.search(told, judgement.verdict("task0_1").findings[0].said), judgement


@pytest.mark.sandbox
def test_a_bomb_beside_an_honest_student_costs_the_honest_nothing(judge: Judge) -> None:
    if REASON:
        pytest.skip(REASON)
    bomb = swap("operators", MUL.strip(), "import os\n    while True: os.fork()")
    with settling(), ThreadPoolExecutor() as pool:
        bombs = [pool.submit(judge.judge, hand_in(judge, bomb), again=True) for _ in range(2)]
        honest = pool.submit(judge.judge, hand_in(judge), again=True)
        assert earned(honest.result()) == ALL, honest.result()
        assert [earned(each.result()) for each in bombs] == [ALL | {"task0_1": 20}] * 2


@pytest.mark.sandbox
def test_a_forgotten_print_costs_nothing(judged: Judged) -> None:
    talk = swap("operators", MUL.strip(), "print('x' * 3_000_000)\n    return x * y")
    assert earned(judged(talk)) == ALL


LEFT_BEHIND = """import os, time
    if os.fork() == 0:
        time.sleep(0.2)
        held = b"x" * (3 << 29)
        time.sleep(9)"""


@pytest.mark.sandbox
def test_what_a_probe_left_behind_is_not_the_next_ones_fault(judged: Judged) -> None:
    judgement = judged(
        swap("operators", MUL.strip(), f"{LEFT_BEHIND}\n    return None"),
        swap("operators", RELU, f"import time\n    time.sleep(1)\n    {RELU}"),
    )
    assert earned(judgement) == ALL | {"task0_1": 20}, judgement


@pytest.mark.parametrize("last", ['{"item": "task0_1.py:probe_relu", "begin": true}\n', ""])
def test_only_who_fails_in_a_fresh_place_is_blamed(
    judge: Judge, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    """The end of a fork bomb, as it was seen: the run is killed while the next probe is at it."""
    task = judge.course.task("task0_1")
    runs = [
        Result(
            stopped="memory",
            report=b'{"item": "task0_1.py:probe_mul", "begin": true}\n'
            b'{"item": "task0_1.py:probe_mul", "raised": {"type": "BlockingIOError",'
            b' "message": "", "place": ""}}\n' + last.encode(),
        ),
        Result(
            code=0,
            report=b'{"item": "task0_1.py:probe_relu", "begin": true}\n'
            b'{"item": "task0_1.py:probe_relu", "value": 1.0}\n'
            b'{"item": "visible:test-task0_1", "begin": true}\n'
            b'{"item": "visible:test-task0_1", "value": "passed"}\n',
        ),
    ]
    runs.append(runs[1])  # for the visible cell, where the probe alone was tried again
    monkeypatch.setattr(sandbox, "run", lambda *args, **kwargs: runs.pop(0))
    outcomes, notes = execute.execute(judge.material(task), {}, needs=Needs())
    assert [outcome.error for outcome in outcomes.values()] == ["BlockingIOError", "", ""]
    assert not any(outcome.missing for outcome in outcomes.values()) and len(notes) == 1


@pytest.mark.sandbox
def test_a_copy_of_the_runner_says_nothing(judged: Judged) -> None:
    """What a probe forks would go on with the other probes, and be heard."""
    copy = "import os\n    if os.fork() == 0: return 7.0\n    os.wait()\n    return x * y"
    broken = "import os\nif os.fork() == 0: relu = mul = None\nelse: os.wait()"
    judgement = judged(swap("operators", MUL.strip(), copy), before("module", broken))
    assert earned(judgement) == ALL, judgement
