"""What reference and mutants give is computed once, carried, and never believed by the proof."""

from __future__ import annotations

from pathlib import Path

import pytest

from grading.course.guides import load_course
from grading.judge import judge as judging
from grading.judge import proof
from grading.judge.carried import FILE, carried_path, read_carried, write_carried
from grading.judge.judge import Judge
from grading.paths import CHECKS
from grading.release.build import build, files
from grading.tests import tiny


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tiny.make_project(tmp_path / "project")


@pytest.fixture
def carried(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny course that carries its outcomes; after it nothing of Task 0.1 can be run."""
    assert not proof.run(project, ["task0_1"], quiet=True, carry=True)[0].faults

    def run(*_: object) -> None:
        raise AssertionError("it was computed again")

    monkeypatch.setattr(judging, "execute_trusted", run)
    return project


def known(root: Path) -> dict[str, object]:
    judge = Judge(root)
    return dict(judge.trusted(judge.course.task("task0_1")))


def test_what_is_carried_is_not_computed_again(carried: Path) -> None:
    assert {"reference", "task", "stub", "mutant:wrong_0"} <= known(carried).keys()


@pytest.mark.parametrize("what", ["probes", "mutants", "the reference", "the file", "no file"])
def test_what_was_made_of_other_things_counts_for_nothing(carried: Path, what: str) -> None:
    folder = carried / CHECKS / "task0_1"
    paths = {
        "probes": folder / "probes.py",
        "mutants": folder / "mutants.py",
        "the reference": carried / "minitorch" / "module.py",
    }
    if what in paths:
        text = paths[what].read_text(encoding="utf-8")
        paths[what].write_text(f"{text}\n# another\n", encoding="utf-8")
    elif what == "the file":
        (folder / FILE).write_bytes(b"\xfd7zXZ\x00 and then nothing")
    else:
        (folder / FILE).unlink()
    with pytest.raises(AssertionError, match="computed again"):
        known(carried)


def test_the_proof_computes_afresh_and_compares(project: Path) -> None:
    assert not proof.run(project, ["task0_1"], quiet=True, carry=True)[0].faults
    judge = Judge(project)
    task = judge.course.task("task0_1")
    path, before = carried_path(project, task), judge.carried(task)
    outcome = before["mutant:wrong_0"]["task0_1.py:probe_mul"]
    before["mutant:wrong_0"]["task0_1.py:probe_mul"] = type(outcome)(value=-1.0)
    key = judging.carried_key(judge.reference, judge.probes_version(task))
    write_carried(path, key, before)
    (row,) = proof.run(project, ["task0_1"], quiet=True)
    assert row.faults == ("probe_mul of mutant:wrong_0 isn't what the repository carries",)
    assert not proof.run(project, ["task0_1"], quiet=True, carry=True)[0].faults
    assert read_carried(path, key)["mutant:wrong_0"]["task0_1.py:probe_mul"] == outcome


def test_no_release_has_it(carried: Path) -> None:
    assert carried_path(carried, load_course(carried).task("task0_1")).exists()
    build(carried)
    assert not [p for p in files(carried / "course" / "student") if p.name == FILE]
