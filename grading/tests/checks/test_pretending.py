"""Pretending: what only looks like a compiled, parallel kernel earns nothing of Task 3.1."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from grading.judge.judge import Judge
from grading.judge.scoring import UNSEEN_NOTE
from grading.judge.verdict import Verdict
from grading.paths import ROOT
from grading.sandbox import run as sandbox
from grading.tests.checks.test_fair import _FairJudge, _handed_in, _solutions

# The operations of Task 2.3 do the work; what the probes look at is made of nothing.
PRETENDED = """
import types

import numba

from minitorch import tensor_ops as slow


class Compiled:
    def __init__(self, work):
        self.work, self.py_func, self.targetoptions = work, self, {}
        loop = types.SimpleNamespace(patterns=[("prange", "user", "")])
        seen = types.SimpleNamespace(initial_parfors=[loop])
        self.overloads = {0: types.SimpleNamespace(metadata={"parfor_diagnostics": seen})}
        self.__globals__ = {"to_index": self}
        self.__closure__ = None

    def __call__(self, *args):
        return self.work(*args)

    @property
    def __code__(self):
        raise ValueError("holds what only the compiler knows")
"""
OWN_JIT = """
def jit(*args, **options):
    return lambda function: function


numba.jit = jit
"""
SLOW = {
    f"fast_ops.tensor_{name}": f"return KIND(slow.tensor_{name}(getattr(fn, 'py_func', fn)))"
    for name in ("map", "zip", "reduce")
}
# Numba's own class, changed; its instances are real.
CHANGED = """
@numba.njit
def _nothing(x):
    return x


_WORK = {}
KIND_OF = type(_nothing)
_call = KIND_OF.__call__


def _call_instead(self, *args):
    return _WORK[self](*args) if self in _WORK else _call(self, *args)


KIND_OF.__call__ = _call_instead


def Changed(work):
    made = numba.njit(lambda x: x)
    _WORK[made] = work
    made.overloads[0] = Compiled(work).overloads[0]
    return made
"""
ATTACKS: dict[str, Mapping[str, str]] = {
    "a class of one's own, and numba.jit replaced": {
        "beside": PRETENDED + OWN_JIT,
        **{name: body.replace("KIND", "Compiled") for name, body in SLOW.items()},
    },
    "a class of one's own whose name is Numba's": {
        "beside": PRETENDED.replace("class Compiled", "class CPUDispatcher")
        + "CPUDispatcher.__module__ = 'numba.core.registry'\n"
        + OWN_JIT,
        **{name: body.replace("KIND", "CPUDispatcher") for name, body in SLOW.items()},
    },
    "Numba's class, with calls of one's own": {
        "beside": PRETENDED + OWN_JIT + CHANGED,
        **{name: body.replace("KIND", "Changed") for name, body in SLOW.items()},
    },
}


@pytest.fixture(scope="module")
def judge() -> Judge:
    if reason := sandbox.available():
        pytest.skip(reason)
    return _FairJudge(ROOT)


def judged(judge: Judge, bodies: Mapping[str, str]) -> Verdict:
    task = judge.course.task("task3_1")
    return judge.judge_task(task, _handed_in(judge, task, bodies))


@pytest.mark.sandbox
@pytest.mark.parametrize("attack", ATTACKS)
def test_what_pretends_to_be_compiled_earns_nothing(judge: Judge, attack: str) -> None:
    verdict = judged(judge, ATTACKS[attack])
    assert verdict.earned == 0, verdict
    assert not any("is not written yet" in finding.said for finding in verdict.findings)


@pytest.mark.sandbox
def test_where_a_walk_raises_a_person_looks(judge: Judge) -> None:
    """A right kernel of which nobody can see the loop: its results count, the rest waits."""
    style = next(iter(_solutions("task3_1").values()))
    hidden = style["fast_ops.tensor_map"].replace(
        "    if aligned(", "    numba.literally\n    nobody_sees(out)\n    if aligned(", 1
    )
    beside = (
        "import numba\nfrom numba.extending import overload\n\n\n"
        "def nobody_sees(out):\n    raise ValueError('not in Python')\n\n\n"
        "@overload(nobody_sees)\ndef _compiled_only(out):\n    return lambda out: None\n"
    )
    bodies = {**style, "beside": beside, "fast_ops.tensor_map": hidden}
    verdict = judged(judge, bodies)
    assert 0 < verdict.earned < verdict.points
    assert any(UNSEEN_NOTE in note and "parallel_map" in note for note in verdict.notes)
    lost = [finding.name for finding in verdict.findings if not finding.agrees]
    assert lost == ["probe_parallel_map"]
