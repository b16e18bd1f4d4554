"""Forgeries: what worked against grading in the student's own process gains nothing here."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grading.checks import Mutant
from grading.judge.assemble import Files
from grading.judge.compare import Outcome
from grading.judge.judge import Judge
from grading.judge.material import Material
from grading.judge.scoring import score_tests
from grading.tests import tiny
from grading.tests.handing_in import (
    ALL,
    MUL,
    RELU,
    Judged,
    add,
    before,
    earned,
    hand_in,
    swap,
)

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


FORGERIES = [
    ("always equal", ALWAYS_EQUAL, "return _Any(0)"),
    ("report", REPORT, "return None"),
    ("search", SEARCH, "found = _search()\n    return x * y if found else None"),
    (
        "patched",
        "import builtins, sys, math\n"
        "math.isclose = lambda *a, **k: True\n"
        "builtins.AssertionError = type('E', (Exception,), {'__init__': lambda s, *a: None})\n"
        "sys.settrace(lambda *a: None)",
        "return None",
    ),
    (
        "runner",
        "import sys\nfor _m in list(sys.modules.values()):\n"
        "    for _n in ('plain', 'raised', 'attempt', 'difference', 'says'):\n"
        "        if hasattr(_m, _n): setattr(_m, _n, lambda *a, **k: True)",
        "return None",
    ),
    (
        "import",
        "import importlib, sys\nsys.path[:0] = ['/work', '/root', '..', '../..']",
        "import minitorch_reference\n    return minitorch_reference.mul(x, y)",
    ),
    (
        "gradebook",
        "import sqlite3, glob\nfor _p in glob.glob('/*/*/gradebook.db'):\n"
        "    sqlite3.connect(_p).execute('update grade set auto_score = 100')",
        "return None",
    ),
    ("modules", "import sys\nsys.modules['grading'] = sys.modules[__name__]", "return None"),
    (
        "inputs",
        "import math, random\nrandom.Random = random.SystemRandom = type(\n"
        "    'R', (random.Random,), {'uniform': lambda self, a, b: 0.0})\n"
        "random.Random.__init__.__globals__['_urandom'] = lambda n: bytes(n)",
        "return 0.0",
    ),
    ("output", "import os, sys\nsys.stdout.write('40.0'); sys.stdout.flush()", "return None"),
]


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("helper", "body"), [each[1:] for each in FORGERIES], ids=[each[0] for each in FORGERIES]
)
def test_forgeries_gain_nothing(judged: Judged, helper: str, body: str) -> None:
    judgement = judged(
        before("operators", helper),
        swap("operators", MUL.strip(), body),
        swap("operators", RELU, body.replace("x * y", "x") if "_search" in body else "return None"),
    )
    verdict = judgement.verdict("task0_1")
    assert verdict.earned == 0, verdict
    assert earned(judgement)["task0_3"] == 30


def test_no_work_is_taken_for_anothers(judge: Judge) -> None:
    """What was judged is kept by a name that two different submissions must not share."""
    helper = "#| export\ndef helper(): return 1"
    changes = [
        (),
        (before("operators", "def helper(): return 1"),),
        (add("exp", helper),),
        (add("operators", helper),),
        (add("exp", helper.replace("#| ", "# ")),),
        (add("exp", helper), add("exp", helper)),
        (add("exp", f"{helper}\n{helper}"),),
        (swap("operators", RELU, "return x if x >= 0 else 0.0"),),
        (swap("operators", RELU, f"{RELU}  # BEGIN"),),
    ]
    keys = {judge.key("module0", judge.grafts(hand_in(judge, *each))) for each in changes}
    assert len(keys) == len(changes)


NOTHING = [
    "def test_symmetric():\n    pass",
    "def test_symmetric():\n    assert False",
    "test_symmetric = None",
    "def test_symmetric():\n    raise SystemExit(0)",
    "import random\ndef test_symmetric():\n    mul(1, 2)",
    "del mul",
]


@pytest.mark.sandbox
@pytest.mark.parametrize("test", NOTHING)
def test_tests_that_test_nothing(judged: Judged, test: str) -> None:
    def change(notebook: Any) -> None:
        cell = tiny.cell(notebook, "property")
        cell.source = "#| export property_tests\nfrom minitorch.operators import mul\n\n" + test

    judgement = judged(change)
    assert earned(judgement) == ALL | {"task0_2": 0}


IS_FIRST_RUN = """import gc, json, os, sys
def _looks_like_the_first_run():
    asked = [open("/task/request.json").read()] if os.path.exists("/task/request.json") else []
    frame = sys._getframe()
    while frame is not None:
        asked.append(repr(frame.f_locals))
        frame = frame.f_back
    asked += [repr(each) for each in gc.get_objects() if type(each) is dict and "seconds" in each]
    return any("visible" in each and "test-task0_2" in each for each in asked)

def test_symmetric():
    assert _looks_like_the_first_run()"""


@pytest.mark.sandbox
def test_a_test_can_not_tell_a_right_package_by_the_way_it_is_run(judged: Judged) -> None:
    """It would pass on the reference and fail on every mutant without testing anything."""

    def change(notebook: Any) -> None:
        tiny.cell(notebook, "property").source = f"#| export property_tests\n{IS_FIRST_RUN}"

    verdict = judged(change).verdict("task0_2")
    assert verdict.earned == 0, verdict


Results = tuple[dict[str, Outcome], list[str]]
ROOT = Path(__file__).resolve().parents[3]
PASSED, FAILED = Outcome(value="passed"), Outcome(error="AssertionError")


@pytest.fixture(scope="module")
def property_tests() -> Material:
    """Task 0.2 of the course itself: its tests, its broken packages in their groups."""
    judge = Judge(ROOT)
    return judge.material(judge.course.task("task0_2"))


def _score(
    material: Material,
    fails: Callable[[str, Mutant | None], bool],
) -> float:
    """Score tests by the project's own rules: `fails` says which fail on which package."""
    names: dict[str, Mutant | None] = {}

    def package(mutant: Mutant | None) -> Files:
        names[str(len(names))] = mutant
        return {"number": str(len(names) - 1).encode()}

    def run(files: Files, items: set[str]) -> Results:
        mutant = names[files["number"].decode()]
        return {i: FAILED if fails(i, mutant) else PASSED for i in sorted(items)}, []

    first = run(package(None), set(material.items))[0] | {material.check: PASSED}
    return score_tests(material, first, [], package, run).earned


@pytest.mark.parametrize("q", [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 0.9])
def test_tests_that_fail_by_chance_earn_nothing(property_tests: Material, q: float) -> None:
    """Each fails with probability q, whatever package it sees."""
    chance = random.Random(q)
    earned = [_score(property_tests, lambda item, mutant: chance.random() < q) for _ in range(300)]
    print(f"q = {q}: mean {sum(earned) / len(earned):.3f} of 20, best {max(earned)}")
    assert sum(earned) / len(earned) < 0.01 * property_tests.task.points


@pytest.mark.parametrize("q", [0.05, 0.3])
def test_one_that_fails_by_chance_costs_the_others_nothing(
    property_tests: Material, q: float
) -> None:
    chance = random.Random(q)
    bad, *_ = property_tests.items
    everything = [
        _score(property_tests, lambda i, m: chance.random() < q if i == bad else m is not None)
        for _ in range(50)
    ]
    assert set(everything) == {property_tests.task.points}


def test_a_test_that_notices_by_drawing_at_random_counts_where_it_fails_again(
    property_tests: Material,
) -> None:
    """It never fails on a right package, and on a broken one most of the time."""
    chance = random.Random(7)
    earned = [
        _score(property_tests, lambda item, mutant: mutant is not None and chance.random() < 0.9)
        for _ in range(50)
    ]
    assert sum(earned) / len(earned) > 0.95 * property_tests.task.points


def test_steady_tests_lose_nothing_and_gain_what_they_notice(property_tests: Material) -> None:
    groups = {mutant.group or mutant.name for mutant in property_tests.mutants}
    points = property_tests.task.points
    assert _score(property_tests, lambda item, mutant: mutant is not None) == points
    assert _score(property_tests, lambda item, mutant: False) == 0
    some = {mutant.name: number for number, mutant in enumerate(property_tests.mutants)}
    for last in (1, 10, len(some)):
        noticed = [m for m in property_tests.mutants if some[m.name] < last]
        share = len({m.group or m.name for m in noticed}) / len(groups)
        earned = _score(property_tests, lambda i, m, n=last: m is not None and some[m.name] < n)
        assert earned == pytest.approx(points * share, abs=0.01)


HASH_SIGNS = {
    "the text": "inspect.getsource(operators.mul)",
    "the file": "open(operators.__file__).read()",
    "its length": "len(open(operators.__file__).read())",
    "the byte code": "operators.mul.__code__.co_code + operators.relu.__code__.co_code",
    "the constants": "repr(operators.mul.__code__.co_consts)",
    "the names": "repr(operators.mul.__code__.co_varnames)",
    "the lines": "repr(list(operators.mul.__code__.co_lines()))",
    "the tree": "ast.dump(ast.parse(inspect.getsource(operators.mul)))",
    "the stack": "repr(list(dis.stack_effect(i.opcode, i.arg) for i in dis.get_instructions("
    "operators.mul) if i.opcode > 100))",
}


@pytest.mark.sandbox
@pytest.mark.parametrize("sign", HASH_SIGNS)
def test_what_only_knows_the_reference_by_its_text_earns_nothing(
    judge: Judge, judged: Judged, sign: str
) -> None:
    """A hash of it may have been learnt from an earlier feedback."""
    folder = judge.reference.folder
    script = (
        "import ast, dis, hashlib, inspect, sys\n"
        f"sys.path.insert(0, {str(folder.parent)!r})\n"
        "from minitorch import operators\n"
        f"print(hashlib.sha256(repr({HASH_SIGNS[sign]}).encode()).hexdigest())"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True
    )

    def change(notebook: Any) -> None:
        tiny.cell(notebook, "property").source = (
            "#| export property_tests\nimport ast, dis, hashlib, inspect\n"
            "from minitorch import operators\n\n"
            "def test_symmetric():\n"
            f"    seen = hashlib.sha256(repr({HASH_SIGNS[sign]}).encode()).hexdigest()\n"
            f"    assert seen == {told.stdout.strip()!r}"
        )

    assert judged(change).verdict("task0_2").earned == 0


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "leak",
    [
        "assert False, inspect.getsource(operators.mul)",
        "raise type(inspect.getsource(operators.mul)[-60:], (Exception,), {})",
    ],
)
def test_the_references_source_does_not_leave_by_a_message(judged: Judged, leak: str) -> None:
    def change(notebook: Any) -> None:
        cell = tiny.cell(notebook, "property")
        cell.source = (
            "#| export property_tests\nimport inspect\nfrom minitorch import operators\n\n"
            f"def test_symmetric():\n    {leak}"
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
