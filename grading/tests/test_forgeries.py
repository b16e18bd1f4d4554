"""Forgeries: what worked against grading in the student's own process gains nothing here."""

from __future__ import annotations

from typing import Any

import pytest

from grading.tests import tiny
from grading.tests.handing_in import ALL, MUL, RELU, Judged, before, earned, swap

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
