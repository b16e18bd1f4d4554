"""The judge: what a student's work is worth."""

from __future__ import annotations

import ast
import os
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

from grading.checks import Mutant
from grading.course.regions import fill
from grading.gradebook import examples, records
from grading.gradebook.feedback import lines, page, plain, table
from grading.judge import judge as judge_module
from grading.judge.cache import Cache
from grading.judge.compare import Outcome
from grading.judge.diagnosis import suspects
from grading.judge.judge import Judge
from grading.paths import ROOT, sources
from grading.sandbox import bubblewrap
from grading.sandbox import run as sandbox
from grading.submission.read import Submission
from grading.tests import tiny
from grading.tests.handing_in import (
    ALL,
    MUL,
    RELU,
    Change,
    Judged,
    add,
    before,
    earned,
    hand_in,
    swap,
)

REASON = sandbox.available()
if REASON and os.environ.get("CI") == "true":
    pytest.fail(f"CI must test the judge: {REASON}", pytrace=False)


@pytest.mark.sandbox
def test_reference_earns_all(judged: Judged) -> None:
    judgement = judged()
    assert earned(judgement) == ALL
    assert judgement.earned == judgement.points == judgement.whole == 90
    assert not judgement.notes and not any(v.notes or v.check for v in judgement.verdicts)


@pytest.mark.sandbox
def test_release_earns_nothing(judge: Judge, judged: Judged) -> None:
    raw = nbformat.writes(judge.release(tiny.GUIDE)).encode()
    judgement = judge.judge(Submission("module0", {tiny.GUIDE: raw}))
    assert judgement.earned == judgement.whole == 0
    assert "is not written yet" in plain(judgement.verdict("task0_1"))


@pytest.mark.sandbox
@pytest.mark.parametrize("raw", [None, b"nonsense", b'{"cells": []}'])
def test_nothing_usable_earns_nothing(judge: Judge, judged: Judged, raw: bytes | None) -> None:
    judgement = judge.judge(Submission("module0", {tiny.GUIDE: raw}))
    assert judgement.earned == 0 and judgement.notes


@pytest.mark.sandbox
def test_a_mistake_costs_its_share_and_is_named(judged: Judged) -> None:
    judgement = judged(swap("operators", MUL, "    return x * y + 3"))
    assert earned(judgement) == ALL | {"task0_1": 20}
    verdict = judgement.verdict("task0_1")
    assert verdict.findings[0].misconception == "wrong number 2"
    said = plain(verdict, "https://x/y")
    assert "Most likely: wrong number 2" in said and "https://x/y" in said
    assert "mul on numbers" in said and "not the right number" in said
    assert "<script" not in page(verdict) and table({"a": judgement})


@pytest.mark.sandbox
def test_an_error_is_shown_with_its_place(judged: Judged) -> None:
    verdict = judged(swap("operators", RELU, "return x / 0")).verdict("task0_1")
    said = "\n".join(lines(verdict))
    assert "ZeroDivisionError" in said and "operators.py, line 3 of relu: return x / 0" in said


@pytest.mark.sandbox
def test_a_visible_failure_alone_costs_one_share(judged: Judged) -> None:
    verdict = judged(_wrong_for_ints).verdict("task0_1")
    assert all(finding.agrees for finding in verdict.findings) and verdict.check
    assert verdict.earned == 20


def _wrong_for_ints(notebook: Any) -> None:
    """Whole numbers, which only the visible cell tries, go wrong."""
    tiny.cell(notebook, "operators").source = tiny.cell(notebook, "operators").source.replace(
        "return product_of_both",
        "return product_of_both if isinstance(x, float) else product_of_both + 1",
    )


@pytest.mark.sandbox
def test_other_tasks_are_untouched_by(judged: Judged) -> None:
    """A syntax error, an endless loop or a bomb in one task is no other task's."""
    for broken in ("return (", "while True: pass", "import os; os._exit(0)"):
        judgement = judged(swap("module", "self.training = False", broken))
        assert earned(judgement) == ALL | {"task0_3": 0}, broken
        assert judgement.verdict("task0_3").findings[0].said


@pytest.mark.sandbox
def test_helpers_are_kept(judged: Judged) -> None:
    """In an added cell, in the same cell, and in another task's cell."""
    here = before("operators", "def _times(x, y):\n    return x * y")
    assert earned(judged(here, swap("operators", MUL.strip(), "return _times(x, y)"))) == ALL
    added = add("exp", "#| export\ndef _times(x, y):\n    return x * y")
    assert earned(judged(added, swap("operators", MUL.strip(), "return _times(x, y)"))) == ALL
    theirs = before("operators", "def _on():\n    return True")
    used = swap(
        "module",
        "self.training = True",
        "from minitorch.operators import _on\n        self.training = _on()",
    )
    assert earned(judged(theirs, _only_in_train(used))) == ALL


def _only_in_train(change: Change) -> Change:
    def only(notebook: Any) -> None:
        cell = tiny.cell(notebook, "module")
        head, _, rest = cell.source.partition("def train")
        cell.source = rest
        change(notebook)
        cell.source = f"{head}def train{cell.source}"

    return only


@pytest.mark.sandbox
def test_a_broken_cell_of_another_task_costs_nothing_here(judged: Judged) -> None:
    judgement = judged(before("operators", "import no_such_package"))
    assert earned(judgement) == ALL | {"task0_1": 0}
    judgement = judged(add("exp", "#| export\nraise RuntimeError('mine')"))
    assert earned(judgement) == ALL


@pytest.mark.sandbox
def test_added_cells_write_only_where_they_may(judged: Judged) -> None:
    evil = add("exp", "#| export ../../../../tmp/evil\nx = 1")
    judgement = judged(evil)
    assert earned(judgement) == ALL
    assert any("isn't this notebook's to write" in n for v in judgement.verdicts for n in v.notes)
    assert not Path("/tmp/evil.py").exists()
    over = add("exp", "#| export __init__\nraise RuntimeError")
    assert earned(judged(over)) == ALL


@pytest.mark.sandbox
def test_own_prerequisites(judge: Judge, judged: Judged) -> None:
    own = Judge(judge.course.root, own_prerequisites=True)
    assert earned(own.judge(hand_in(own))) == ALL
    # A prerequisite that earned nothing comes from the reference all the same.
    worse = own.judge(hand_in(own, swap("operators", MUL, "    return 0 * x + 4 * y")))
    assert earned(worse)["task0_2"] == 20


@pytest.mark.sandbox
def test_unchanged_work_is_judged_once(
    judge: Judge, judged: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = judge.judge(hand_in(judge))
    monkeypatch.setattr(sandbox, "run", None)
    again = Judge(judge.course.root, cache=judge.cache.folder)
    assert again.judge(hand_in(again)) == first


def test_without_bwrap_students_are_refused(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    from grading.gradebook.nbgrader_plugin import judge_submission

    monkeypatch.setattr(bubblewrap, "bwrap", lambda: None)
    sandbox.available.cache_clear()
    try:
        with pytest.raises(sandbox.SandboxError, match="apt-get install bubblewrap"):
            judge_submission(judge, hand_in(judge, add("exp", "x = 1")))
        made = examples.make(judge, judge.course.assignments[0])
        judgement = judge_submission(
            Judge(judge.course.root), Submission("module0", made["example-reference"])
        )
        assert earned(judgement) == ALL
    finally:
        sandbox.available.cache_clear()


@pytest.mark.parametrize("linked", ["eve/module0", "eve"])
def test_a_link_to_anothers_work_is_not_followed(judge: Judge, tmp_path: Path, linked: str) -> None:
    theirs = tmp_path / "alice" / "module0"
    theirs.mkdir(parents=True)
    (theirs / Path(tiny.GUIDE).name).write_bytes(hand_in(judge).files[tiny.GUIDE] or b"")
    link = tmp_path / linked
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(theirs if linked.endswith("module0") else theirs.parent)
    submission = judge.read("module0", tmp_path / "eve" / "module0")
    assert submission.files[tiny.GUIDE] is None and "link" in submission.reasons[tiny.GUIDE]


def test_examples_are_what_they_say(judge: Judge, tmp_path: Path) -> None:
    made = examples.make(judge, judge.course.assignments[0])
    assert len(made) == 5 and len({tuple(each.values()) for each in made.values()}) == 5
    folders = examples.write(judge, judge.course.assignments[0], tmp_path)
    path = folders[0] / Path(tiny.GUIDE).name
    stamp = path.stat().st_mtime_ns
    examples.write(judge, judge.course.assignments[0], tmp_path)
    assert path.stat().st_mtime_ns == stamp
    assert examples.is_example(judge, judge.read("module0", folders[0]))


def test_notebooks_astray_are_found(judge: Judge, tmp_path: Path) -> None:
    raw = hand_in(judge).files[tiny.GUIDE]
    assert raw is not None
    (tmp_path / "unpacked").mkdir()
    path = tmp_path / "unpacked" / "01_functions (1).ipynb"
    path.write_bytes(raw)
    submission = judge.read("module0", tmp_path)
    assert submission.files[tiny.GUIDE] == raw
    assert next(iter(judge.grafts(submission).values())).notes == ["was found in unpacked"]


@pytest.mark.parametrize("digits", [16, 60, 200])
def test_no_name_of_a_file_stops_the_batch(judge: Judge, tmp_path: Path, digits: int) -> None:
    """It is read in the process that grades everyone."""
    (tmp_path / f"01_functions{'1' * digits}x.ipynb").write_bytes(b"{}")
    began = time.process_time()
    assert judge.read("module0", tmp_path).files == {tiny.GUIDE: b"{}"}
    assert time.process_time() - began < 1


def test_folders_in_folders_end_nothing(judge: Judge, tmp_path: Path) -> None:
    """A submission may be deeper than Python goes, and than a path may be long."""
    inside = os.open(tmp_path, os.O_RDONLY)
    for _ in range(2500):
        os.mkdir("d", dir_fd=inside)
        outside, inside = inside, os.open("d", os.O_RDONLY, dir_fd=inside)
        os.close(outside)
    os.close(inside)
    try:
        assert judge.read("module0", tmp_path).files == {tiny.GUIDE: None}
        records.stamp(judge.course.root, "key", "digest", tmp_path)
    finally:
        subprocess.run(["rm", "-r", tmp_path / "d"], check=True)  # Python's own can't


def test_two_who_write_the_same_at_one_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those do who hand in the same, and are judged side by side."""
    cache, replace = Cache(tmp_path), Path.replace

    def meanwhile(path: Path, target: Path) -> Path:
        monkeypatch.undo()
        cache.write("judged", "key", "text")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", meanwhile)
    cache.write("judged", "key", "text")
    assert cache.read("judged", "key") == "text"
    assert len(list((tmp_path / "judged").iterdir())) == 1


def test_a_notebook_of_another_name_is_found_by_its_checks(judge: Judge, tmp_path: Path) -> None:
    raw = hand_in(judge).files[tiny.GUIDE]
    assert raw is not None
    (tmp_path / "my solution.ipynb").write_bytes(raw)
    (tmp_path / "scratch.ipynb").write_text('{"cells": []}', encoding="utf-8")
    submission = judge.read("module0", tmp_path)
    assert submission.files[tiny.GUIDE] == raw
    assert submission.reasons[tiny.GUIDE] == "was found as my solution.ipynb"
    (tmp_path / "my solution (end).ipynb").write_bytes(raw + b" ")
    submission = judge.read("module0", tmp_path)
    assert submission.files[tiny.GUIDE] == raw + b" "
    assert submission.reasons[tiny.GUIDE] == (
        "is there 2 times; the last in time counts, my solution (end).ipynb, not my solution.ipynb"
    )


# The real course


@pytest.mark.sandbox
@pytest.mark.slow
def test_a_backward_goes_with_its_own_forward(tmp_path: Path) -> None:
    """What forward saves is private to a class; a wrong forward is Task 1.2's matter alone."""
    if REASON:
        pytest.skip(REASON)
    course = Judge(ROOT, cache=tmp_path)
    assignment = course.course.assignment("module1")
    task = course.course.task("task1_4")
    made = examples.make(course, assignment)["example-reference"]
    at = next(r for r in task.regions if r.qualname == "Mul.backward")

    def judged_with(**bodies: str) -> float:
        files: dict[str, bytes | None] = dict(made)
        notebook = nbformat.reads(made[at.notebook].decode(), 4)
        cell = tiny.cell(notebook, at.cell_id)
        source = next(
            each.source
            for each in nbformat.read(ROOT / at.notebook, 4).cells
            if each.id == at.cell_id
        )
        chosen = {f"Mul.{name}": body for name, body in bodies.items()}
        cell.source = fill(source, chosen, marks=False)
        files[at.notebook] = nbformat.writes(notebook).encode()
        submission = Submission("module1", files)
        return course.judge_task(task, course.grafts(submission)).earned

    own = {
        "forward": "ctx.save_for_backward({'left': a, 'right': b})\nreturn a * b",
        "backward": "(saved,) = ctx.saved_values\n"
        "return saved['right'] * d_output, saved['left'] * d_output",
    }
    assert judged_with(**own) == task.points
    assert judged_with(forward="ctx.save_for_backward(a, b)\nreturn a * b + 1") == task.points
    assert judged_with(backward="return d_output, d_output") < task.points


@pytest.mark.parametrize(
    ("wrong", "blamed"),
    [
        (Outcome(error="IndexError", message="the same words"), True),
        (Outcome(error="NotImplementedError", message="the same words"), False),
        (Outcome(missing="the same words"), False),
    ],
)
def test_a_loop_or_a_stub_is_no_misconception(wrong: Outcome, blamed: bool) -> None:
    material: Any = SimpleNamespace(
        items=["probe:p"], mutants=[Mutant("m", "operators.mul", "", "You forgot it.")]
    )
    known = {"reference": {"probe:p": Outcome(value=1.0)}, "mutant:m": {"probe:p": wrong}}
    found = suspects(material, known, {"probe:p": wrong}, 1e-6)
    assert bool(found) is blamed


def test_a_change_of_the_judge_judges_everything_anew() -> None:
    """Its version names every module that it imports."""
    found, waiting = set[Path](), [Path(str(judge_module.__file__))]
    while waiting:
        found.add(path := waiting.pop())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grading"):
                names = [str(node.module), *(f"{node.module}.{each.name}" for each in node.names)]
                paths = [ROOT / f"{name.replace('.', '/')}.py" for name in names]
                waiting += [path for path in paths if path.is_file() and path not in found]
    found.remove(ROOT / "grading" / "paths.py")  # says where things are, and not what they are
    assert len(found) > 20 and found <= {*sources(*judge_module.ROOMS)}
