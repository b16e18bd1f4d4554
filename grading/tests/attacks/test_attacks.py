"""Attacks gain nothing, touch nobody, and a person is told what there is to tell.

`make test` tries a fixed sample, beside the tests that cases have elsewhere; with
MINITORCH_PROOF=1 all are tried, and their table is written to course/attacks.md. So does
`python -m grading attacks`.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grading.course.guides import load_course
from grading.gradebook.feedback import plain
from grading.judge.judge import Judge
from grading.judge.verdict import Judgement
from grading.paths import ATTACKS as TABLE
from grading.paths import ROOT
from grading.tests import tiny
from grading.tests.attacks import cases
from grading.tests.attacks.case import Attack, if_open
from grading.tests.attacks.table import INSIDE, Row, table
from grading.tests.handing_in import ALL, Judged, earned, hand_in, settling

WHOLE = os.environ.get("MINITORCH_PROOF") == "1"
TRIED = [attack for attack in cases.ATTACKS if WHOLE or attack.sampled]
SECRETS = ("product_of_both", "[mt.operators.mul(")  # of the reference, of a probe


@pytest.fixture(scope="module")
def rows() -> Iterator[list[Row]]:
    """What was found; written when all were tried."""
    found: list[Row] = []
    yield found
    if len(found) == len(cases.ATTACKS):
        (ROOT / TABLE).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / TABLE).write_text(table(found, load_course(ROOT)), encoding="utf-8")


@pytest.fixture(scope="module")
def machine(judge: Judge) -> Iterator[tuple[int, list[str]]]:
    """What an attack may reach for: a server, and folders that belong to others."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1], [str(judge.course.root), str(ROOT), str(Path.home())]


@pytest.fixture(scope="module")
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """Another process of whoever grades."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(9999)"])
    yield process
    process.kill()
    process.wait()


def state(root: Path) -> dict[str, tuple[int, int]]:
    """Note what an attack may not touch."""
    places = [*root.rglob("*"), *Path("/tmp").glob("forged"), *root.parent.parent.glob("*evil*")]
    return {
        str(path): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in places
        if path.is_file() and "__pycache__" not in path.parts
    }


def attacked(attack: Attack, judge: Judge, judged: Judged, folder: Path) -> Judgement:
    """Judge the case's submission."""
    if attack.lay is None:
        return judged(*attack.changes)
    handed_in = folder / "submitted" / "eve" / "module0"
    handed_in.mkdir(parents=True)
    attack.lay(handed_in, hand_in(judge).files[tiny.GUIDE] or b"")
    with settling():
        return judge.judge(judge.read("module0", handed_in), again=True)


@pytest.mark.sandbox
@pytest.mark.parametrize("attack", TRIED, ids=lambda attack: f"{attack.group}: {attack.name}")
def test_an_attack_gains_nothing(
    attack: Attack,
    judge: Judge,
    judged: Judged,
    machine: tuple[int, list[str]],
    bystander: subprocess.Popen[bytes],
    rows: list[Row],
    tmp_path: Path,
) -> None:
    if attack.group == cases.WORD:
        port, places = machine
        way = cases.WAYS[attack.name][1].replace("PORT", str(port)).replace("PLACES", repr(places))
        attack = replace(attack, changes=if_open(way))
    before = state(judge.course.root)
    judgement = attacked(attack, judge, judged, tmp_path)
    points = earned(judgement)
    row = Row(
        attack,
        gained=points[attack.task] if attack.lay is None else sum(points.values()),
        lost={task: ALL[task] - points[task] for task in ALL if task != attack.task},
        touched=state(judge.course.root) != before or bystander.poll() is not None,
        notes=tuple(judgement.odd),
    )
    rows.append(row)
    assert row.gained == 0, judgement
    assert attack.lay is not None or not any(row.lost.values()), judgement
    assert not row.touched, set(state(judge.course.root).items()) ^ set(before.items())
    assert not judgement.waits and attack.told(judgement.odd), judgement
    told = "".join(plain(verdict) for verdict in judgement.verdicts)
    assert not any(secret in told for secret in SECRETS), told


@pytest.mark.sandbox
def test_an_open_way_would_gain_all(judged: Judged) -> None:
    assert earned(judged(*if_open("return 1 + 1 == 2"))) == ALL


@pytest.mark.sandbox
def test_honest_work_is_worth_what_it_was(judged: Judged) -> None:
    """After all of them, in the same process and on the same machine."""
    assert earned(judged()) == ALL


def test_there_are_sixty_cases_and_each_is_told_apart() -> None:
    assert len(cases.ATTACKS) >= 60
    assert len({(attack.group, attack.name) for attack in cases.ATTACKS}) == len(cases.ATTACKS)
    assert {attack.group for attack in cases.ATTACKS if attack.sampled} >= {
        cases.FORGED, cases.NOTEBOOK, cases.TESTED, cases.WORD, cases.STARVE, cases.FOLDER
    }  # fmt: skip


def test_the_table_says_what_was_found() -> None:
    attack = cases.ATTACKS[0]
    row = Row(attack, gained=0.0, lost={"task0_2": 0.0}, touched=False, notes=("a | b\nc",))
    text = table([row, replace(row, gained=40.0, touched=True)], load_course(ROOT))
    first, second = (line for line in text.splitlines() if attack.tries in line)
    assert first.endswith("| 0 | no | a \\| b c |") and second.endswith(
        "| **40** | **yes** | a \\| b c |"
    )
    for task, probes in INSIDE.items():
        assert f"{task.removeprefix('task').replace('_', '.')} |" in text and probes


def test_what_looks_from_inside_is_a_probe() -> None:
    judge = Judge(ROOT)
    for task, probes in INSIDE.items():
        names = {item.partition(":")[2] for item in judge.material(judge.course.task(task)).items}
        assert set(probes) < names
