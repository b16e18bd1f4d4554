"""Disclosure: what a student's program can carry out of its sandbox to the student."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from grading.gradebook.feedback import plain
from grading.judge.disclosure import (
    ENCODED,
    ENOUGH,
    LEFT_OUT,
    MOST,
    Disclosure,
    quotations,
    reads_like_a_code,
)
from grading.judge.judge import Judge
from grading.sandbox import run as sandbox
from grading.submission.read import Submission
from grading.tests import tiny
from grading.tests.handing_in import ALL, MUL, RELU, Judged, before, earned, hand_in, swap

READ = "__import__('pathlib').Path('/task/task0_1.py').read_text()"
WAYS_OUT = {
    "message": f"raise ValueError({READ})",
    "name": f"raise type({READ}[:70], (Exception,), dict())",
    "value": f"return {READ}",
    "list": f"return {READ}.split('.')",
    "key": f"return dict([({READ}, 1)])",
    "type": f"return type({READ}[:70], (), dict())()",
    "check": f"raise AssertionError({READ})",
    "repr": f"raise ValueError(repr({READ}))",
}


@pytest.mark.sandbox
@pytest.mark.parametrize("way", WAYS_OUT)
def test_probes_are_not_quoted(judge: Judge, judged: Judged, way: str) -> None:
    body = WAYS_OUT[way]
    judgement = judged(swap("operators", MUL.strip(), body), swap("operators", RELU, body))
    assert earned(judgement) == ALL | {"task0_1": 0}
    told = plain(judgement.verdict("task0_1"))
    source = judge.material(judge.course.task("task0_1")).source
    assert not quotations([told]) & (quotations([source]) - quotations([body, tiny.OPERATORS]))
    assert len(told) < 2 * MOST


@pytest.mark.sandbox
def test_a_prerequisites_reference_is_not_quoted(judged: Judged) -> None:
    """Task 0.2 has it inside, and so has any task with `REQUIRES`."""
    leak = before("property", "import inspect\nfrom minitorch import operators")

    def raise_it(notebook: Any) -> None:
        leak(notebook)
        cell = tiny.cell(notebook, "property")
        cell.source += "\n\nraise ValueError(inspect.getsource(operators.mul))"

    assert "product_of_both" not in repr(judged(raise_it).verdict("task0_2"))


@pytest.mark.sandbox
def test_a_students_own_lines_are_shown(judged: Judged) -> None:
    broken = "scaled_product = x / 0\n    return scaled_product"
    told = plain(judged(swap("operators", MUL.strip(), broken)).verdict("task0_1"))
    assert "ZeroDivisionError: " in told and "scaled_product = x / 0" in told


@pytest.mark.sandbox
def test_a_stubs_own_words_are_no_quotation(judge: Judge, judged: Judged) -> None:
    """Students have the release, also one who handed in nothing."""
    nothing = judge.judge(Submission("module0", {tiny.GUIDE: None}), again=True)
    assert [note for v in nothing.verdicts for note in v.notes] == []
    assert "is not written yet: Need to implement" in plain(nothing.verdict("task0_3"))


def test_quotations_are_left_out() -> None:
    tell = Disclosure(quotations(["    total = 0.0\n    for each in numbers:\n        total += 1"]))
    assert tell("for x in numbers") == "for x in numbers" and not tell.quoted
    assert tell("it says: 'total = 0.0\\n for each in numbers'") == LEFT_OUT and tell.quoted
    assert tell("f o r e a c h i n n u m b e r s : t o t a l") == LEFT_OUT


def test_all_of_it_together_is_bounded() -> None:
    tell = Disclosure()
    told = [tell("x" * 1000) for _ in range(20)]
    assert sum(len(each) for each in told if each != ENOUGH) <= MOST and told[-1] == ENOUGH
    assert tell("") == ""


# Task 0.3 has the reference of Task 0.1 inside, which defines `mul`.
STUB = "raise NotImplementedError('Need to implement for Task 0.1')"
PACKED = """import base64, lzma, minitorch.operators, pathlib
        code = lzma.compress(pathlib.Path(minitorch.operators.__file__).read_bytes())
        """
TRAIN = "self.training = True"
TELL = {
    "letters of 15 bits": (
        "bits = int.from_bytes(code, 'big'); raise ValueError("
        "''.join(chr(0x4e00 + (bits >> at & 0x3fff)) for at in range(0, 9999, 14)))"
    ),
    "base64": "raise ValueError(base64.b64encode(code).decode())",
    "the error's name": "raise type('E' + code.hex()[:70], (Exception,), {})",
    "a value": "self.training = base64.b64encode(code).decode()",
    "a list": "self.training = list(code)",
    "a number": "self.training = int.from_bytes(code[:120], 'big')",
    "a fraction": "self.training = int.from_bytes(code[:6], 'big') / 2 ** 48",
    "a function's name": (
        "exec(compile('def ' + 'f' + code.hex() + '(): raise ValueError()\\n' + 'f' + code.hex() + "
        "'()', '/minitorch/x.py', 'exec'))"
    ),
    "what isn't written": "raise NotImplementedError('Need to implement ' + code.hex())",
    "what can't be read": "exec(compile('x x ' + code.hex(), '/minitorch/x.py', 'exec'))",
}


@pytest.fixture(scope="module")
def dependent(judge: Judge, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """The tiny course, where Task 0.3 stands on Task 0.1."""
    if reason := sandbox.available():
        pytest.skip(reason)
    root = tiny.make_project(tmp_path_factory.mktemp("dependent") / "project")
    probes = root / "grading/checks/task0_3/probes.py"
    text = probes.read_text(encoding="utf-8")
    text = text.replace("SECTION", 'REQUIRES = ("task0_1",)\nSECTION')
    probes.write_text(text, encoding="utf-8")
    return type(judge)(root)


@pytest.mark.sandbox
@pytest.mark.parametrize("way", TELL)
def test_no_text_leaves_beside_a_solution_that_is_not_earned(dependent: Judge, way: str) -> None:
    attack = swap("module", TRAIN, PACKED + TELL[way])
    work = hand_in(dependent, swap("operators", MUL.strip(), STUB), attack)
    verdict = dependent.judge(work).verdict("task0_3")
    assert verdict.earned == 0
    assert "is shown once you have earned Task 0.1" in plain(verdict)
    # An error's own name, a line of theirs, a number of three digits: a few bytes a probe.
    for said in [*(finding.said for finding in verdict.findings), verdict.check]:
        assert len(said) < 80 and said.isascii(), said


@pytest.mark.sandbox
def test_text_leaves_beside_a_solution_that_is_earned(dependent: Judge) -> None:
    work = hand_in(dependent, swap("module", TRAIN, "raise ValueError('no switch')"))
    told = plain(dependent.judge(work).verdict("task0_3"))
    assert "no switch" in told and "is shown once" not in told


@pytest.mark.sandbox
def test_what_was_earned_elsewhere_counts(dependent: Judge) -> None:
    changes = [
        swap("operators", MUL.strip(), STUB),
        swap("module", TRAIN, "raise ValueError('so')"),
    ]
    work = hand_in(dependent, *changes)
    hushed = plain(dependent.judge(work).verdict("task0_3"))
    elsewhere = replace(work, earned=frozenset({"task0_1"}))
    told = plain(dependent.judge(elsewhere).verdict("task0_3"))
    assert "ValueError: so" in told and "ValueError: so" not in hushed
    assert "raised ValueError (line 3 of train)" in hushed


def test_bytes_are_counted_and_all_are_ascii() -> None:
    tell = Disclosure()
    told = [tell("\u4e00\U0001f600e\u0301" * 100) for _ in range(20)]
    shown = [each for each in told if each != ENOUGH]
    assert sum(len(each.encode()) for each in shown) <= MOST
    assert all(set(each) <= set("?e.") for each in shown)
    assert tell.notes == [ENCODED]


@pytest.mark.parametrize(
    "text",
    [
        "can't multiply sequence by non-int of type 'float'",
        "operands could not be broadcast together with shapes (1024, 1024, 3) (512, 512, 3)",
        "[0.30000000000000004, -1.2345678901234567e-100, inf, nan, 1e+308]",
        "module 'minitorch.operators' has no attribute 'inverse_of_the_derivative_of_sigmoid'",
        "unsupported operand type(s) for +: 'NotImplementedType' and 'TensorFunctionContext'",
        "expected shape (2, 3) but got (3, 2): see minitorch/tensor_functions.py",
        "No implementation of function Function(<built-in function getitem>) found for signature",
        "Über das Maß: größer als erlaubt",
        "x" * 25,
    ],
)
def test_ordinary_messages_are_no_code(text: str) -> None:
    assert not reads_like_a_code(text)


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(hashlib.sha256(b"a").digest()).decode(),
        hashlib.sha256(b"a").hexdigest(),
        str(int.from_bytes(hashlib.sha256(b"a").digest(), "big")),
        f"the key is {hashlib.sha1(b'a').hexdigest()}!",
        "漢字仮名交文漢字仮名",
        base64.b85encode(hashlib.sha256(b"a").digest()).decode(),
    ],
)
def test_a_code_makes_a_note(text: str) -> None:
    tell = Disclosure()
    tell(text)
    assert tell.notes == [ENCODED]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("open('/home/ada/course/judged/x.py')", "open('.../x.py')"),
        ("/proc/self/mountinfo: /srv/grading/.venv /opt/y ro", ".../mountinfo: .../.venv .../y ro"),
        ("No such file: '/data/x.csv'", "No such file: '.../x.csv'"),
        ("1/2 and a / b, minitorch/tensor.py", "1/2 and a / b, minitorch/tensor.py"),
    ],
)
def test_paths_of_the_machine_are_left_out(text: str, shown: str) -> None:
    assert Disclosure()(text) == shown
