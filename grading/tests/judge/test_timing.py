"""Time: no busy machine takes a point, endless loops end, and what can't be said isn't graded.

MINITORCH_PROOF=1 tries the examples of all modules on a busy machine, which takes an hour or two.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grading.course.tasks import Task
from grading.gradebook import examples
from grading.gradebook import grade as grade_module
from grading.gradebook.feedback import plain
from grading.judge import execute
from grading.judge.execute import Outcomes
from grading.judge.judge import Judge
from grading.judge.material import Material
from grading.judge.verdict import Judgement
from grading.paths import CHECKS, ROOT
from grading.sandbox import ending, limits, turns, usage
from grading.sandbox import run as sandbox
from grading.sandbox.ending import NotYet, Result, settled
from grading.sandbox.limits import Budget, Needs
from grading.submission.read import Submission
from grading.tests.handing_in import ALL, MUL, RELU, earned, hand_in, settling, swap

REASON = sandbox.available()
inside = pytest.mark.skipif(bool(REASON), reason=REASON)
PROBE = "task0_1.py:probe_mul"
LOOP = swap("operators", MUL.strip(), "while True: pass")


def run_of(item: str = PROBE, **more: Any) -> Result:
    """A run that was at an item when it ended."""
    return Result(report=f'{{"item": "{item}", "begin": true}}\n'.encode(), **more)


@contextlib.contextmanager
def busy(loops: int = 8) -> Iterator[None]:
    """Other programs compute on all cores."""
    command = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(command) for _ in range(loops)]
    try:
        yield
    finally:
        for each in others:
            each.kill()
            each.wait()


# What may be said


def test_the_limit_is_a_multiple_of_what_the_reference_needs() -> None:
    """Compiling may fall on any item, so that each may take as long as all of the reference's."""
    assert Needs({"": 0.1, "a": 0.01}).limit("a") == limits.FLOOR
    slow = Needs({"": 1.0, "a": 9.0, "b": 6.0})
    assert slow.limit("b") == limits.TIMES * 6.0
    assert slow.limit("unknown") == limits.WHOLE * 16.0 > limits.FLOOR


@pytest.mark.parametrize("share, loops", [(0.95, True), (0.81, True), (0.79, False), (0.2, False)])
def test_an_endless_loop_passes_twice_with_most_of_a_core(share: float, loops: bool) -> None:
    first = run_of(stopped="cpu", used=10.1, share=0.1)
    second = run_of(stopped="cpu", used=10.2, share=share)
    if loops:
        said = settled(first, second, False)
        assert "10.1" in said and "10.2" in said and "never ends" in said
    else:
        with pytest.raises(NotYet, match="busy with other programs"):
            settled(first, second, False)


def test_where_no_points_depend_on_it_processor_time_alone_is_enough() -> None:
    first, second = run_of(stopped="cpu", used=2.1), run_of(stopped="cpu", used=2.2, share=0.1)
    assert "never ends" in settled(first, second, False, 0.0)


@pytest.mark.parametrize(
    "first, second",
    [
        (run_of(stopped="cpu"), run_of(stopped="clock")),
        (run_of(stopped="clock"), run_of(stopped="clock")),
        (run_of(stopped="clock"), run_of(stopped="cpu", share=1.0)),
        (run_of(stopped="memory"), run_of(stopped="cpu", share=1.0)),
        (run_of(code=-9, killed=True), run_of(code=-9, killed=True)),
        (run_of(stopped="cpu"), run_of(stopped="cpu", share=1.0, killed=True)),
    ],
)
def test_all_else_that_time_or_others_end_is_not_graded_yet(first: Result, second: Result) -> None:
    with pytest.raises(NotYet) as raised:
        settled(first, second, False)
    assert "never ends" not in str(raised.value)


@pytest.mark.parametrize(
    "second, said",
    [
        (run_of(stopped="memory"), "too much memory"),
        (run_of(stopped="processes"), "too many processes"),
        (run_of(stopped="output"), "too much output"),
        (run_of(code=139), "crashed"),
        (run_of(code=3), "status 3"),
    ],
)
def test_what_a_program_does_twice_is_its_own_doing(second: Result, said: str) -> None:
    assert said in settled(run_of(code=139), second, False)


def test_what_a_limit_ended_is_run_again_alone(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    answer = f'{{"item": "{PROBE}", "value": 1.0}}\n'.encode()

    def run(*_: Any, alone: bool, **more: Any) -> Result:
        asked.append(alone)
        begun = run_of(stopped="" if alone else "cpu", code=0)
        return replace(begun, report=begun.report + answer * alone)

    monkeypatch.setattr(sandbox, "run", run)
    task = judge.course.task("task0_1")
    found, notes = execute.execute(judge.material(task), {}, {PROBE}, needs=Needs())
    assert asked == [False, True] and found[PROBE].value == 1.0
    assert not notes


@pytest.mark.parametrize(("cpu", "idle", "said"), [(1e6, 0, "processor time"), (0, 999, "sleep")])
def test_a_submission_has_a_budget(
    judge: Judge, monkeypatch: pytest.MonkeyPatch, cpu: float, idle: float, said: str
) -> None:
    runs: list[int] = []

    def run(*_: Any, **more: Any) -> Result:
        runs.append(1)
        return run_of(code=1, cpu=cpu, idle=idle)

    monkeypatch.setattr(sandbox, "run", run)
    task = judge.course.task("task0_1")
    with pytest.raises(NotYet, match=said):
        execute.execute(judge.material(task), {}, needs=Needs(), budget=Budget(Needs()))
    assert len(runs) == 1


# Where it is measured


def test_as_many_runs_as_cores_and_one_alone() -> None:
    places = turns.Turns(2)
    state = threading.Lock()
    now: list[bool] = []
    seen: list[tuple[bool, ...]] = []

    def one(alone: bool) -> None:
        for _ in range(20):
            with places.take(alone=alone):
                with state:
                    now.append(alone)
                    seen.append(tuple(now))
                time.sleep(0.001)
                with state:
                    now.remove(alone)

    workers = [threading.Thread(target=one, args=(n % 3 == 0,)) for n in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(seen) == 120 and max(map(len, seen)) == 2
    assert all(len(each) == 1 for each in seen if True in each)


def test_cores_are_those_that_we_may_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 128)
    proc, groups = tmp_path / "proc", tmp_path / "cgroup"
    (proc / "self").mkdir(parents=True)
    (groups / "user" / "inner").mkdir(parents=True)
    (groups / "cpu,cpuacct" / "docker").mkdir(parents=True)
    monkeypatch.setattr(usage, "_PROC", proc)
    monkeypatch.setattr(usage, "_CGROUPS", groups)

    def cores(memberships: str) -> int:
        (proc / "self" / "cgroup").write_text(memberships, encoding="utf-8")
        return usage.cores.__wrapped__()

    assert cores("0::/user/inner\n") == 64
    (groups / "user" / "inner" / "cpu.max").write_text("max 100000\n", encoding="utf-8")
    assert cores("0::/user/inner\n") == 64
    (groups / "user" / "cpu.max").write_text("250000 100000\n", encoding="utf-8")
    assert cores("0::/user/inner\n") == 2, "the quota of a group around ours, rounded down"
    for name, value in (("quota", 50_000), ("period", 100_000)):
        (groups / "cpu,cpuacct" / "docker" / f"cpu.cfs_{name}_us").write_text(
            f"{value}\n", encoding="utf-8"
        )
    assert cores("4:cpu,cpuacct:/docker\n2:memory:/\n") == 1
    assert cores("4:cpu,cpuacct:/elsewhere\n") == 64


def test_waiting_for_a_core_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the kernel does not count it by thread, that of the whole machine is taken."""
    others = busy(3 * (os.cpu_count() or 1))
    with others, subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        meter = usage.Meter(process.pid)
        until = time.monotonic() + 60
        while (seen := meter.read()).waited < 0.2 and time.monotonic() < until:
            time.sleep(0.05)
        process.kill()
    assert seen.waited >= 0.2 and meter.read().cpu == seen.cpu
    pressure = tmp_path / "pressure"
    pressure.mkdir()
    some = "some avg10=1 avg60=1 avg300=1 total={}\nfull avg10=0 avg60=0 avg300=0 total=0\n"
    (pressure / "cpu").write_text(some.format(5_000_000), encoding="utf-8")
    monkeypatch.setattr(usage, "_PROC", tmp_path)
    without = usage.Meter(1)
    (pressure / "cpu").write_text(some.format(7_500_000), encoding="utf-8")
    assert without.read().waited == 2.5


@inside
@pytest.mark.sandbox
def test_one_that_waits_for_a_core_does_not_sleep() -> None:
    """The clock gives it 0.1 s of doing nothing, and the machine a fifth of a core."""
    code = b"import time\nwhile time.process_time() < 1: pass\nprint('done')"
    with busy():
        result = sandbox.run(
            "a.py", files={"a.py": code}, limits=limits.Limits(cpu={"": 3.0}, clock=0.1)
        )
    assert result.stdout == b"done\n" and not result.stopped, result


# What comes of it


@inside
@pytest.mark.sandbox
def test_an_endless_loop_is_settled_and_kept(judge: Judge) -> None:
    with settling():
        judgement = judge.judge(hand_in(judge, LOOP), again=True)
    assert earned(judgement) == ALL | {"task0_1": 20} and not judgement.waits
    assert "never ends" in plain(judgement.verdict("task0_1"))
    assert judge.judge(hand_in(judge, LOOP)) == judgement


@inside
@pytest.mark.sandbox
def test_what_a_busy_machine_ended_is_not_graded_yet(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No core to itself, though it was alone: nothing is kept, nothing is said of a loop."""
    monkeypatch.setattr(ending, "MOST_OF_A_CORE", 2.0)
    work = hand_in(judge, LOOP, swap("operators", RELU, f"{RELU}  # busy"))
    judgement = judge.judge(work)
    (why,) = judgement.waits
    assert why.startswith("Task 0.1: probe_mul: ") and "never ends" not in why
    assert judge.cache.read("judged", judgement.key) is None
    assert earned(judgement)["task0_3"] == 30, "the others were judged"
    settled_ = judge.judge(work, settle=True)
    assert earned(settled_) == ALL | {"task0_1": 0} and not settled_.waits
    assert judge.judge(work) == settled_, "a person's decision is kept"


@inside
@pytest.mark.sandbox
def test_a_sleeper_costs_the_others_little_and_is_not_graded_yet(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CLOCK", 0.5)
    sleep = "import time\n    time.sleep(3600)\n    "
    judgement = judge.judge(hand_in(judge, swap("operators", RELU, f"{sleep}{RELU}")), again=True)
    assert len(judgement.waits) == 1 and "does it sleep" in judgement.waits[0].lower()
    monkeypatch.setattr(limits, "IDLE", 1.5)
    often = "@given(integers(-9, 9), integers(-9, 9))\ndef test_symmetric(first: int, second: int)"
    once = "def test_symmetric(first: int = 2, second: int = 3)"
    sleepy = swap(
        "property", "    assert mul", "    import time\n    time.sleep(0.4)\n    assert mul"
    )
    nap = hand_in(judge, swap("property", often, once), sleepy)
    judgement = judge.judge(nap, again=True)
    assert len(judgement.waits) == 1 and "budget" in judgement.waits[0], judgement.waits


@inside
@pytest.mark.sandbox
def test_in_a_test_task_time_costs_and_earns_nothing(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a right package that is slow, nor a broken one: 0 * y is one of the broken ones."""
    monkeypatch.setattr(ending, "MOST_OF_A_CORE", 2.0)
    for slow_if in ("mul(1, 1) == 1", "mul(1, 1) != 1"):
        test = f"    while {slow_if}: pass\n    assert mul(first, second) == mul(second, first)"
        work = hand_in(
            judge,
            swap("property", "    assert mul(first, second) == mul(second, first)", test),
        )
        judgement = judge.judge(work, again=True)
        assert [why.partition(":")[0] for why in judgement.waits] == ["Task 0.2"], judgement


def test_what_was_stopped_in_the_trusted_half_is_not_kept(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the reference, nor a mutant; with the latter's rest students can be graded."""
    task = judge.course.task("task0_1")
    run = sandbox.run

    def stopped(part: str) -> Callable[..., Result]:
        def some(entry: str, *, files: Mapping[str, bytes], **more: Any) -> Result:
            wanted = any(part.encode() in data for name, data in files.items() if ".py" in name)
            if wanted:
                first = next(item for item in more["limits"].cpu if ":" in item)
                return run_of(first, stopped="cpu", used=99.0, share=0.1)
            return run(entry, files=files, **more)

        return some

    monkeypatch.setattr(sandbox, "run", stopped("x * y"))
    late = Judge(judge.course.root, cache=tmp_path)
    for _ in range(2):
        with pytest.raises(NotYet, match=r"Task 0\.1: the reference itself"):
            late.trusted(task)
    assert not list(tmp_path.rglob("*.json"))
    late.prepare(late.course.assignments[0])  # a class is not refused for it


def test_an_unsettled_mutant_is_left_out_and_tried_again(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = judge.course.root
    path = root / CHECKS / "task0_3" / "mutants.py"
    kept = path.read_text(encoding="utf-8")
    path.write_text(kept.replace("self.training = 0 > 9", "while True: pass"), encoding="utf-8")
    try:
        monkeypatch.setattr(ending, "MOST_OF_A_CORE", 2.0)
        busy_ = type(judge)(root, cache=tmp_path)
        task = busy_.course.task("task0_3")
        known = busy_.trusted(task)
        assert known["mutant:wrong_0"] == {} and len(known["mutant:wrong_1"]) == 1
        assert len(busy_.unsettled(task)) == 1 and not list((tmp_path).rglob("*.json"))
        monkeypatch.setattr(ending, "MOST_OF_A_CORE", 0.0)
        quiet = type(judge)(root, cache=tmp_path)
        (outcome,) = quiet.trusted(task)["mutant:wrong_0"].values()
        assert "never ends" in outcome.missing and not quiet.unsettled(task)
        assert len(list((tmp_path).rglob("*.json"))) == 1
    finally:
        path.write_text(kept, encoding="utf-8")


@inside
@pytest.mark.sandbox
@pytest.mark.parametrize("error", [MemoryError(), OSError(errno.ENOMEM, "no memory")])
def test_a_machine_without_memory_refuses_nobody(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def judging(_: Any, work: Submission, **more: Any) -> Judgement:
        if "bob" in work.files:
            raise error
        return Judgement("module0", "key", ())

    monkeypatch.setattr(grade_module, "judge_submission", judging)
    monkeypatch.setattr(Judge, "read", lambda _, name, folder: Submission(name, {folder.name: b""}))
    folders = {name: tmp_path / name for name in ("ada", "bob", "carol")}
    graded = grade_module.judge_all(judge, "module0", folders)
    assert set(graded.judgements) == {"ada", "carol"} and set(graded.waiting) == {"bob"}
    said = grade_module.summary(graded)
    assert "Not graded yet: bob." in said and "has lost nothing" in said


@inside
@pytest.mark.sandbox
@pytest.mark.parametrize("seconds", [2, pytest.param(30, marks=pytest.mark.slow)])
def test_a_runner_that_is_stopped_and_continued_changes_nothing(
    judge: Judge, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    """The guard is 60 s; the shorter stop is tried with one of 4 s."""
    if seconds < 30:
        monkeypatch.setattr(limits, "CLOCK", 2.0 * seconds)
    work = hand_in(judge, swap("operators", RELU, f"import time\n    time.sleep(0.3)\n    {RELU}"))
    judgements: list[Judgement] = []
    grader = threading.Thread(target=lambda: judgements.append(judge.judge(work, again=True)))
    grader.start()
    while not (runners := _runners()):
        time.sleep(0.01)
    for runner in runners:
        with contextlib.suppress(ProcessLookupError):
            os.kill(runner, signal.SIGSTOP)
    time.sleep(seconds)
    for runner in runners:
        with contextlib.suppress(ProcessLookupError):
            os.kill(runner, signal.SIGCONT)
    grader.join()
    assert earned(judgements[0]) == ALL and not judgements[0].waits
    assert not judgements[0].odd


def _runners() -> list[int]:
    """Find the runners of this process's sandboxes."""
    found: list[int] = []
    waiting = [os.getpid()]
    while waiting:
        current = Path("/proc", str(waiting.pop()))
        with contextlib.suppress(OSError):
            words = (current / "cmdline").read_bytes().split(b"\0")
            if b"/task/runner.py" in words and b"-c" not in words and b"bwrap" not in words[0]:
                found.append(int(current.name))
            for task in (current / "task").iterdir():
                waiting += [
                    int(pid) for pid in (task / "children").read_text(encoding="utf-8").split()
                ]
    return found


# The real course, with eight endless loops beside it

_CI = [("module0", "mistakes-1", ["task0_1", "task0_3"]), ("module3", "reference", ["task3_2"])]
_KINDS = ("reference", "untouched", "half-done", "mistakes-1", "mistakes-2")
_ALL = [
    (module, kind, None)
    for module in ("module0", "module1", "module2", "module3", "closures")
    for kind in _KINDS
]


class _WithoutMutants(Judge):
    """Earns the same points, in a fraction of the time; the mutants' sentences are missing."""

    def material(self, task: Task) -> Material:
        found = super().material(task)
        return found if task.kind == "tests" else replace(found, mutants=())

    def _run_trusted(self, task: Task) -> dict[str, Outcomes]:
        return {"reference": self._measure(task)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "kind", "tasks"), _ALL if os.environ.get("MINITORCH_PROOF") else _CI
)
def test_a_busy_machine_changes_no_points(
    module: str, kind: str, tasks: Sequence[str] | None
) -> None:
    course = Judge(ROOT)
    assignment = course.course.assignment(module)
    made = examples.make(course, assignment)[f"{examples.PREFIX}-{kind}"]

    def points() -> dict[str, float]:
        judge = _WithoutMutants(ROOT, sandboxed=not REASON)
        grafts = judge.grafts(Submission(module, dict(made)))
        verdicts = [
            judge.judge_task(task, grafts)
            for task in assignment.tasks
            if tasks is None or task.id in tasks
        ]
        assert not [verdict.waits for verdict in verdicts if verdict.waits]
        return {verdict.task: verdict.earned for verdict in verdicts}

    quiet = points()
    with busy():
        assert points() == quiet
