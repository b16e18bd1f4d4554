"""A solution may lie in a package of the package: from the guide to the verdict."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grading.course.guides import load_course
from grading.judge import proof
from grading.judge.assemble import assemble, exported_text
from grading.judge.judge import Judge
from grading.release import journey
from grading.release.build import build, files
from grading.release.leaks import check_tree, secrets
from grading.sandbox import run as sandbox
from grading.tests import tiny
from grading.tests.handing_in import ALL, add, before, earned, hand_in, swap

MODULE = "minitorch/train/module.py"
PROGRAM = "from minitorch.operators import mul\nfrom minitorch.train.module import Module as Given"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.nest(tiny.make_project(tmp_path_factory.mktemp("nested") / "project"))


@pytest.fixture(scope="module")
def judge(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    return Judge(project, cache=tmp_path_factory.mktemp("cache"))


def test_the_guide_names_its_module(project: Path) -> None:
    regions = {region.target: region for region in load_course(project, strict=True).regions}
    assert regions["train.module.Module.train"].module == "train.module"
    assert regions["train.module.Module.train"].qualname == "Module.train"


def test_the_package_is_assembled(judge: Judge) -> None:
    """The reference is the export, a stub and a mutant stand in the module's own file."""
    exported = {
        path.relative_to(judge.course.root).as_posix(): path.read_bytes()
        for path in files(judge.course.root / "minitorch")
    }
    assert assemble(judge.reference, lambda region: "reference")[0] == exported
    stub, _ = assemble(judge.reference, lambda region: "stub")
    assert b"Need to implement for Task 0.3" in stub[MODULE] and stub.keys() == exported.keys()
    target = "train.module.Module.train"
    wrong, _ = assemble(
        judge.reference,
        lambda region: "reference",
        bodies={target: "self.training = 3"},
        only=judge.course.region(target).module,
    )
    assert b"self.training = 3" in wrong[MODULE]
    assert not any(name.endswith("operators.py") for name in wrong)


def test_imports_stay_as_they_are_written(judge: Judge) -> None:
    """In the export, and in what is handed in: nbdev would make some of them relative."""
    assert exported_text(f"#| export\n{PROGRAM}") == PROGRAM
    lines = "\n".join(judge.reference.modules.values()).split("\n")
    assert not [line for line in lines if line.strip().startswith("from .")]
    assert [line for line in lines if line.startswith("from minitorch.")]


def test_the_proof_holds(project: Path) -> None:
    """Stub, reference and mutants of a nested module: what is replaced is what is run."""
    (row,) = proof.run(project, ["task0_3"], quiet=True)
    assert not row.faults and row.reference == 30 and row.stub == 0
    assert max(row.mutants.values()) < 30


@pytest.mark.skipif(bool(sandbox.available()), reason=sandbox.available())
def test_what_is_handed_in_is_judged(judge: Judge) -> None:
    assert earned(judge.judge(hand_in(judge))) == ALL
    imports = before("module", "from minitorch.operators import mul")
    helped = swap("module", "self.training = True", "self.training = callable(mul) and two() == 2")
    helper = add("module", "#| export train.module\ndef two() -> int:\n    return 2")
    assert earned(judge.judge(hand_in(judge, imports, helped, helper))) == ALL
    wrong = swap("module", "self.training = True", "self.training = False")
    judgement = judge.judge(hand_in(judge, wrong))
    assert earned(judgement) == ALL | {"task0_3": 0}
    elsewhere = judge.judge(hand_in(judge, add("module", "#| export train.other\nx = 1")))
    assert earned(elsewhere) == ALL and "'train.other'" in str(elsewhere.odd)


def test_a_release_has_its_stub_and_no_leak(project: Path, tmp_path: Path) -> None:
    student = build(project, tmp_path / "student")
    assert "Need to implement for Task 0.3" in (student / MODULE).read_text(encoding="utf-8")
    wanted = secrets(load_course(project))
    assert any("train.module" in owner for owner in wanted.values())
    leaking = json.loads((student / tiny.GUIDE).read_text(encoding="utf-8"))
    leaking["metadata"]["note"] = "self.training = True"
    (student / tiny.GUIDE).write_text(json.dumps(leaking), encoding="utf-8")
    assert [leak.path for leak in check_tree(student, wanted)] == [tiny.GUIDE]


def test_the_journey_ends_well(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = frozenset({"tests/test_operators.py::test_name"})
    monkeypatch.setattr(journey, "GIVEN_ONLY", given)
    release = build(project, tmp_path / "student")
    assert journey.walk(project, release, tell=lambda text: None).problems == []
