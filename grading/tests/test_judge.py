"""The judge: what work is worth, and that nothing done in its own process changes that."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

from grading import examples, sandbox
from grading.compare import Outcome, clean, difference, parse, show
from grading.course import GradingError, fill, load_course
from grading.judge import Judge, Judgement, Submission, _suspects
from grading.mutants import Mutant
from grading.nbgrader_plugin import ROOT
from grading.packages import Reference, assemble, same_code, split
from grading.report import lines, page, plain, table
from grading.runner import plain as encode
from grading.tests import tiny

REASON = sandbox.available()
if REASON and os.environ.get("CI") == "true":
    pytest.fail(f"CI must test the judge: {REASON}", pytrace=False)
needs_sandbox = [pytest.mark.sandbox, pytest.mark.skipif(bool(REASON), reason=REASON)]

Change = Callable[[Any], None]
MUL = "    product_of_both = x * y\n    return product_of_both"
RELU = "return x if x > 0 else 0.0"


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    root = tiny.make_project(tmp_path_factory.mktemp("judge") / "project")
    probes = root / "grading" / "probes"
    for path in probes.glob("*.py"):
        path.write_text(path.read_text() + "\nSECONDS = 2\n")
    return Judge(root, cache=tmp_path_factory.mktemp("cache"))


def hand_in(judge: Judge, *changes: Change) -> Submission:
    """The reference as a student hands it in, changed."""
    made = examples.make(judge, judge.course.assignments[0])["example-reference"]
    notebook = nbformat.reads(made[tiny.GUIDE].decode(), 4)
    for change in changes:
        change(notebook)
    return Submission("module0", {tiny.GUIDE: nbformat.writes(notebook).encode()})


def swap(cell_id: str, old: str, new: str) -> Change:
    def change(notebook: Any) -> None:
        cell = tiny.cell(notebook, cell_id)
        assert old in cell.source, f"{old!r} is not in the cell"
        cell.source = cell.source.replace(old, new)

    return change


def before(cell_id: str, text: str) -> Change:
    """Code in front of a cell's own."""

    def change(notebook: Any) -> None:
        cell = tiny.cell(notebook, cell_id)
        cell.source = cell.source.replace("\n", f"\n{text}\n\n", 1)

    return change


def add(after: str, source: str) -> Change:
    def change(notebook: Any) -> None:
        at = next(n for n, cell in enumerate(notebook.cells) if cell.id == after)
        notebook.cells.insert(at + 1, nbformat.v4.new_code_cell(source))

    return change


def earned(judgement: Judgement) -> dict[str, float]:
    return {verdict.task: verdict.earned for verdict in judgement.verdicts}


ALL = {"task0_1": 40, "task0_2": 20, "task0_3": 30}


# Comparing


@pytest.mark.parametrize(
    "expected, got, agree",
    [
        (1.0, 1.0, True),
        (1.0, 1, True),
        (1.0, True, True),
        (0.1 + 0.2, 0.3, True),
        (1e300, 1e300 * (1 + 1e-12), True),
        (1.0, 1.1, False),
        (math.nan, math.nan, True),
        (math.nan, 0.0, False),
        (0.0, math.nan, False),
        (math.inf, math.inf, True),
        (math.inf, -math.inf, False),
        (math.inf, 1e308, False),
        (1e308, math.inf, False),
        (1.0, "1.0", False),
        (1.0, None, False),
        (1.0, [1.0], False),
        (3, 3, True),
        (3, 3.0, False),
        (1, True, False),
        (True, True, True),
        (True, 1, False),
        (False, 0.0, False),
        (None, None, True),
        (None, 0, False),
        ("a", "a", True),
        ("a", "b", False),
        ([1.0, [2, "x"]], [1.0, [2, "x"]], True),
        ([1.0, 2.0], [1.0], False),
        ([], [], True),
        ([], None, False),
        (1.0, 10**299, False),
        ({"dict": [["a", 1.0], [2, None]]}, {"dict": [[2, None], ["a", 1]]}, True),
        ({"dict": [["a", 1.0]]}, {"dict": [["b", 1.0]]}, False),
        ({"dict": [["a", 1.0]]}, {"dict": [["a"]]}, False),
        ({"dict": [["a", 1.0]]}, {"dict": 7}, False),
        ({"dict": []}, [], False),
        (1.0, {"odd": "an object of type x.AlwaysEqual"}, False),
    ],
)
def test_comparing(expected: Any, got: Any, agree: bool) -> None:
    said = difference(expected, got, 1e-6)
    assert (said is None) == agree, said


def test_expected_values_are_not_told() -> None:
    for expected, got in ((3.25, 1.0), ("secret", "x"), ([3.25], [1.0]), (77, 1), (3.25, None)):
        said = difference(expected, got, 1e-6) or ""
        assert said and not any(word in said for word in ("3.25", "secret", "77")), said


def test_encoding_is_plain() -> None:
    class Number(float):
        def __eq__(self, other: object) -> bool:
            return True

        def __repr__(self) -> str:
            return "3"

        __hash__ = float.__hash__

    class Always:
        def __eq__(self, other: object) -> bool:
            return True

    assert json.loads(json.dumps(encode(Number(2.0)))) == 2.0
    assert "odd" in encode(Always())
    assert encode((1, [2.0, {"a": None}])) == [1, [2.0, {"dict": [["a", None]]}]]
    deep: Any = []
    for _ in range(100):
        deep = [deep]
    json.dumps(encode(deep))
    assert "odd" in encode(10**400) and "odd" in encode("x" * 10**6)


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b"3", b'{"item": 3}', b'{"item": "a"}', b'{"item": "a", "raised": 3}',
     b'{"item": "a", "raised": {"type": 3}}', b"[" * 100_000, b"\xff",
     b'{"item": "a", "begin": 1}'],
)  # fmt: skip
def test_lines_that_are_none(line: bytes) -> None:
    assert parse(line) is None


def test_strangers_text_is_made_fit() -> None:
    assert clean("a\n\x1b[31mb\u202e" + "c" * 1000).startswith("a ?[31mb?ccc")
    assert len(clean("c" * 1000)) == 300 and len(show(["x" * 999] * 99)) <= 120


# Packages


def test_a_task_has_its_own_regions_only(judge: Judge) -> None:
    task = judge.course.task("task0_2")
    files, _ = assemble(judge.reference, judge.chooser(task, "reference"))
    operators, module = (files[f"minitorch/{n}.py"].decode() for n in ("operators", "module"))
    assert "product_of_both" in operators  # a prerequisite
    assert "self.training = False" not in module and "Task 0.3" in module


def test_blocks_join_to_the_module(judge: Judge) -> None:
    for text in judge.reference.modules.values():
        head, blocks = split(text)
        assert head + "".join(block.text for block in blocks) == text


def test_the_reference_handed_in_is_the_reference(judge: Judge) -> None:
    grafts = judge.grafts(hand_in(judge))
    theirs, notes = assemble(judge.reference, lambda region: "student", grafts)
    ours, _ = assemble(judge.reference, lambda region: "reference")
    assert same_code(theirs, ours) and notes == []


def test_an_old_export_is_refused(judge: Judge, tmp_path: Path) -> None:
    root = tiny.make_project(tmp_path / "project")
    path = root / "minitorch" / "operators.py"
    path.write_text(path.read_text().replace("def relu", "def rely"))
    with pytest.raises(GradingError, match=r"relu.*Run nbdev_export"):
        Reference(load_course(root))


# Judging


@pytest.fixture(scope="module")
def judged(judge: Judge) -> Callable[..., Judgement]:
    if REASON:
        pytest.skip(REASON)

    def run(*changes: Change) -> Judgement:
        return judge.judge(hand_in(judge, *changes), again=True)

    return run


Judged = Callable[..., Judgement]


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
    assert "ZeroDivisionError" in said and "operators.py, in relu: return x / 0" in said


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
def test_one_stopped_probe_leaves_the_others(judged: Judged) -> None:
    stuck = "import signal\n    signal.signal(signal.SIGALRM, signal.SIG_IGN)\n    while True: pass"
    judgement = judged(swap("operators", MUL.strip(), stuck))
    assert earned(judgement) == ALL | {"task0_1": 20}
    assert "stopped" in judgement.verdict("task0_1").findings[0].said
    assert judgement.verdict("task0_1").notes


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "bomb, told",
    [
        ("print('x' * 1000 * 1000 * 100)", "output"),
        (
            "a = []\n    while True: a.append(bytearray(10_000_000))",
            "memory|MemoryError|took longer|was (stopped|not run)",
        ),
        (
            "import os\n    while True: os.fork()",
            "processes|BlockingIOError|took longer|was (stopped|not run)",
        ),
        ("raise SystemExit(0)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("return mul(x, y)", "RecursionError"),
        ("import ctypes; ctypes.string_at(0)", "crashed"),
    ],
)
def test_bombs(judged: Judged, bomb: str, told: str) -> None:
    import re

    judgement = judged(swap("operators", MUL.strip(), bomb))
    assert earned(judgement) == ALL | {"task0_1": 20}, judgement
    assert re.search(told, judgement.verdict("task0_1").findings[0].said), judgement


@pytest.mark.sandbox
def test_a_bomb_beside_an_honest_student_costs_the_honest_nothing(judge: Judge) -> None:
    if REASON:
        pytest.skip(REASON)
    bomb = swap("operators", MUL.strip(), "import os\n    while True: os.fork()")
    with ThreadPoolExecutor() as pool:
        bombs = [pool.submit(judge.judge, hand_in(judge, bomb), again=True) for _ in range(2)]
        honest = pool.submit(judge.judge, hand_in(judge), again=True)
        assert earned(honest.result()) == ALL, honest.result()
        assert [earned(each.result()) for each in bombs] == [ALL | {"task0_1": 20}] * 2


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
        sandbox.Result(
            stopped="memory",
            report=b'{"item": "task0_1.py:probe_mul", "begin": true}\n'
            b'{"item": "task0_1.py:probe_mul", "raised": {"type": "BlockingIOError",'
            b' "message": "", "place": ""}}\n' + last.encode(),
        ),
        sandbox.Result(
            code=0,
            report=b'{"item": "task0_1.py:probe_relu", "begin": true}\n'
            b'{"item": "task0_1.py:probe_relu", "value": 1.0}\n'
            b'{"item": "visible:test-task0_1", "begin": true}\n'
            b'{"item": "visible:test-task0_1", "value": "passed"}\n',
        ),
    ]
    monkeypatch.setattr(sandbox, "run", lambda *args, **kwargs: runs.pop(0))
    outcomes, notes = judge._outcomes(judge.material(task), {})
    assert [outcome.error for outcome in outcomes.values()] == ["BlockingIOError", "", ""]
    assert not any(outcome.missing for outcome in outcomes.values()) and len(notes) == 1


@pytest.mark.sandbox
def test_a_copy_of_the_runner_says_nothing(judged: Judged) -> None:
    """What a probe forks would go on with the other probes, and be heard."""
    copy = "import os\n    if os.fork() == 0: return 7.0\n    os.wait()\n    return x * y"
    broken = "import os\nif os.fork() == 0: relu = mul = None\nelse: os.wait()"
    judgement = judged(swap("operators", MUL.strip(), copy), before("module", broken))
    assert earned(judgement) == ALL, judgement


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
    assert any("not this notebook's to write" in n for v in judgement.verdicts for n in v.notes)
    assert not Path("/tmp/evil.py").exists()
    over = add("exp", "#| export __init__\nraise RuntimeError")
    assert earned(judged(over)) == ALL


@pytest.mark.sandbox
def test_two_tasks_in_one_cell(judge: Judge, judged: Judged) -> None:
    """Of one cell, each task gets its own functions."""
    course = judge.course
    region = course.task("task0_1").regions[0]
    assert region.qualname == "mul"
    from grading.packages import merge

    other = course.task("task0_1").regions[1]
    text = judge.reference.modules["operators"]
    block = next(b.text for b in split(text)[1] if b.cell_id == "operators")
    mine = "def relu(x):\n    return 'mine'\n\nCONSTANT = 4\n\ndef mul(x, y):\n    return CONSTANT"
    notes: list[str] = []
    merged = merge(block, mine, [region], [other], "here", notes)
    assert "CONSTANT = 4" in merged and "return CONSTANT" in merged
    assert "'mine'" not in merged and RELU in merged and not notes
    compile(merged, "merged", "exec")
    lost = merge(block, "def mul(x, y):\n    return 5", [region], [other], "here", notes)
    assert "return 5" in lost and RELU in lost
    broken = merge(block, "def mul(x, y:\n  return 5", [region], [other], "here", notes)
    assert "raise SyntaxError" in broken and RELU in broken and notes
    compile(broken, "broken", "exec")


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
    again = Judge(judge.course.root, cache=judge.cache)
    assert again.judge(hand_in(again)) == first


# Forgeries: what worked against grading in the student's own process

ALWAYS_EQUAL = """class _Any(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __abs__(self): return 0.0
    def __float__(self): return 0.0
    def __getattr__(self, name): return self
    def __call__(self, *a): return self
    def __iter__(self): return iter([self])
    __hash__ = float.__hash__"""

REPORT = """import os, sys, json, atexit
for _fd in range(3, 20):
    for _item in ("task0_1.py:probe_mul", "task0_1.py:probe_relu", "visible:test-task0_1"):
        for _line in ({"item": _item, "value": "passed"}, {"item": _item, "value": True},
                      {"item": _item, "agrees": True, "points": 40, "earned": 40}):
            try: os.write(_fd, (json.dumps(_line) + "\\n").encode())
            except OSError: pass"""

SEARCH = """import os, sys, glob
def _search():
    for top in ("/", "/task", "/root", "/home", "/work", os.getcwd()):
        for folder, folders, files in os.walk(top):
            folders[:] = [f for f in folders if f not in ("proc", "usr", "dev", "site-packages")
                          and not f.startswith((".pyenv", "python3"))]
            for name in files:
                try: text = open(os.path.join(folder, name)).read()
                except Exception: continue
                if "product_of" + "_both" in text or "TEST_" + "ANSWERS" in text:
                    return 1.0
    return None"""


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "helper, body",
    [
        (ALWAYS_EQUAL, "return _Any(0)"),
        (REPORT, "return None"),
        (SEARCH, "found = _search()\n    return x * y if found else None"),
        (
            "import builtins, sys, math\n"
            "math.isclose = lambda *a, **k: True\n"
            "builtins.AssertionError = type('E', (Exception,), {'__init__': lambda s, *a: None})\n"
            "sys.settrace(lambda *a: None)",
            "return None",
        ),
        (
            "import sys\nfor _m in list(sys.modules.values()):\n"
            "    for _n in ('plain', 'raised', 'attempt', 'difference', 'says'):\n"
            "        if hasattr(_m, _n): setattr(_m, _n, lambda *a, **k: True)",
            "return None",
        ),
        (
            "import importlib, sys\nsys.path[:0] = ['/work', '/root', '..', '../..']",
            "import minitorch_reference\n    return minitorch_reference.mul(x, y)",
        ),
        (
            "import sqlite3, glob\nfor _p in glob.glob('/*/*/gradebook.db'):\n"
            "    sqlite3.connect(_p).execute('update grade set auto_score = 100')",
            "return None",
        ),
        ("import sys\nsys.modules['grading'] = sys.modules[__name__]", "return None"),
        ("import os, sys\nsys.stdout.write('40.0'); sys.stdout.flush()", "return None"),
    ],
    ids=["always equal", "report", "search", "patched", "runner", "import", "gradebook",
         "modules", "output"],
)  # fmt: skip
def test_forgeries_gain_nothing(judged: Judged, helper: str, body: str) -> None:
    judgement = judged(
        before("operators", helper),
        swap("operators", MUL.strip(), body),
        swap("operators", RELU, body.replace("x * y", "x") if "_search" in body else "return None"),
    )
    verdict = judgement.verdict("task0_1")
    assert verdict.earned == 0, verdict
    assert earned(judgement)["task0_3"] == 30


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "test",
    [
        "def test_symmetric():\n    pass",
        "def test_symmetric():\n    assert False",
        "test_symmetric = None",
        "def test_symmetric():\n    raise SystemExit(0)",
        "import random\ndef test_symmetric():\n    mul(1, 2)",
        "del mul",
    ],
)
def test_tests_that_test_nothing(judged: Judged, test: str) -> None:
    def change(notebook: Any) -> None:
        cell = tiny.cell(notebook, "property")
        cell.source = "#| export property_tests\nfrom minitorch.operators import mul\n\n" + test

    judgement = judged(change)
    assert earned(judgement) == ALL | {"task0_2": 0}


@pytest.mark.sandbox
def test_the_references_source_does_not_leave_by_a_message(judged: Judged) -> None:
    def change(notebook: Any) -> None:
        cell = tiny.cell(notebook, "property")
        cell.source = (
            "#| export property_tests\nimport inspect\nfrom minitorch import operators\n\n"
            "def test_symmetric():\n    assert False, inspect.getsource(operators.mul)"
        )

    verdict = judged(change).verdict("task0_2")
    assert verdict.earned == 0
    assert "product_of_both" not in repr(verdict)


@pytest.mark.sandbox
def test_parametrized_tests_run(judged: Judged) -> None:
    def change(notebook: Any) -> None:
        cell = tiny.cell(notebook, "property")
        cell.source = (
            "#| export property_tests\nimport pytest\nfrom minitorch.operators import mul\n\n"
            "@pytest.mark.parametrize('a, b', [(1, 2), (3, -4)])\n"
            "@pytest.mark.parametrize('c', [0, 5])\n"
            "def test_symmetric(a, b, c):\n    assert mul(a, b) == mul(b, a) and mul(c, 0) == 0"
        )

    assert earned(judged(change))["task0_2"] >= 15  # its visible check calls it without arguments


def test_without_bwrap_students_are_refused(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    from grading.nbgrader_plugin import judge_submission

    monkeypatch.setattr(sandbox, "_bwrap", lambda: None)
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
    assert "was found as unpacked" in next(iter(judge.grafts(submission).values())).notes[0]
    path.with_name("01_functions.ipynb").write_bytes(raw)
    assert judge.read("module0", tmp_path).files[tiny.GUIDE] is None


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


@pytest.mark.parametrize(("error", "blamed"), [("IndexError", True), ("TookTooLong", False)])
def test_a_slow_machine_is_no_misconception(error: str, blamed: bool) -> None:
    wrong = Outcome(error=error, message="the same words")
    material: Any = SimpleNamespace(
        items=["probe:p"], mutants=[Mutant("m", "operators.mul", "", "You forgot it.")]
    )
    known = {"reference": {"probe:p": Outcome(value=1.0)}, "mutant:m": {"probe:p": wrong}}
    found = _suspects(material, known, {"probe:p": wrong}, 1e-6)
    assert bool(found) is blamed
