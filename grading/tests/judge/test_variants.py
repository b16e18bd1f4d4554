"""Variants: the course's functions in other words, with the same results to the last bit."""

from __future__ import annotations

import ast
import inspect
import math
import random
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grading.course.guides import load_course
from grading.judge.assemble import Files
from grading.judge.judge import Judge
from grading.judge.variants import rewritten
from grading.tests import tiny

ROOT = Path(__file__).resolve().parents[3]
COURSE = load_course(ROOT)
NUMBERS = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 709.0, 710.0, -745.0, 1e-300, 1e300, 5e-324]
NUMBERS += [math.inf, -math.inf, math.nan, 3, -4, True]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    return Judge(tiny.make_project(tmp_path_factory.mktemp("variants") / "project"))


def bits(value: Any) -> Any:
    if isinstance(value, float):
        return "nan" if math.isnan(value) else value.hex()
    if isinstance(value, list):
        return [bits(each) for each in value]
    return type(value) if callable(value) else (type(value), value)


def result(function: Any, *arguments: Any) -> Any:
    try:
        return bits(function(*arguments))
    except Exception as error:
        return type(error)


def functions(source: str) -> dict[str, Any]:
    """The operators of the course, in a namespace of their own."""
    namespace: dict[str, Any] = {"__name__": "varied"}
    exec(compile(source, "varied", "exec"), namespace)
    return namespace


@pytest.mark.parametrize("seed", range(12))
def test_operators_give_the_same_bits(seed: int) -> None:
    chance = random.Random(seed)
    text = (ROOT / "minitorch/operators.py").read_text(encoding="utf-8")
    from grading.course.regions import fill

    regions = [region for region in COURSE.regions if region.module == "operators"]
    varied = {region.qualname: rewritten(region.body, chance) for region in regions}
    mine, theirs = functions(text), functions(fill(text, varied, where="operators"))
    seen = 0
    for region in regions:
        one, other = mine[region.qualname], theirs[region.qualname]
        count = len(inspect.signature(one).parameters)
        assert one.__code__.co_code != other.__code__.co_code
        for a in NUMBERS:
            for b in NUMBERS if count == 2 else [None]:
                given = [a] if b is None else [a, b]
                assert result(one, *given) == result(other, *given), (region.target, given)
                seen += 1
    lists = [[], [1.0], [1.0, -2.5, math.nan]]
    for name in ("negList", "sum", "prod"):
        for each in lists:
            assert result(mine[name], each) == result(theirs[name], each)
    for each in lists:
        assert result(mine["addLists"], each, lists[2]) == result(
            theirs["addLists"], each, lists[2]
        )
    assert seen > 1000


def test_every_solution_can_be_written_in_another_way() -> None:
    for region in COURSE.regions:
        if not region.whole:
            written = rewritten(region.body, random.Random(1))
            ast.parse("def f():\n" + "\n".join("    " + line for line in written.split("\n")))
            assert written != region.body


BODIES = [
    "if x > 0:\n    return 1\nelse:\n    return 2",
    "total = 0\nfor each in x:\n    total += each\nreturn total",
    "def inner(total):\n    return total\ntotal = x\nreturn inner(total) * 2",
    "count = 0\ndef more():\n    nonlocal count\n    count += 1\nmore()\nreturn count",
    "return [each for each in x if each < 2]",
    "try:\n    y = 1 / x\nexcept ZeroDivisionError as y:\n    return str(y)\nreturn y",
    "import math as m\ny = m.pi\nreturn y if x else -y",
    "return (y := 3) * y if x else None",
    "y = 2\nreturn sorted(locals())",
    "return (lambda y: y * 2)(x)",
    "return",
    "not python (",
    "return x is None or x == 2 != 3",
]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_does_the_same(body: str) -> None:
    def run(text: str, x: Any) -> Any:
        source = "def f(x):\n" + "\n".join("    " + line for line in text.split("\n"))
        try:
            return result(functions(source)["f"], x)
        except SyntaxError:
            return SyntaxError

    for seed in range(40):
        written = rewritten(body, random.Random(seed))
        for x in (0, 1, -2.5, [1, 2, 3], [], None):
            assert run(written, x) == run(body, x), written


SIDES = """
class Doubled:
    def __mul__(self, b):
        return 2 * b
    def __rmul__(self, b):
{times}
    def __gt__(self, b):
        return 2 > b
    def __lt__(self, b):
{less}
"""


def test_an_operators_own_method_is_not_turned_round() -> None:
    """Turned round, `__rmul__` would call itself for ever."""
    for seed in range(40):
        bodies = {"times": "return self * b", "less": "return self > -b * 3"}
        written = {
            name: textwrap.indent(rewritten(body, random.Random(seed)), " " * 8)
            for name, body in bodies.items()
        }
        doubled = functions(SIDES.format(**written))["Doubled"]()
        assert 3 * doubled == 6
        assert (doubled < 5) is True


def packages(judge: Judge, count: int) -> Iterator[Files]:
    """Right packages of the test task, as its tests see them."""
    task = judge.course.task("task0_2")
    from grading.judge.alternatives import readings
    from grading.judge.assemble import assemble

    choose, extras = readings(judge.course, task, set())[0]
    files, _ = assemble(judge.reference, choose, {}, extras=extras)
    for _ in range(count):
        yield judge._varied(files, {}, choose, extras, None)


def test_no_two_right_packages_are_alike(judge: Judge) -> None:
    texts, codes, constants = set(), set(), set()
    for files in packages(judge, 30):
        text = files["minitorch/operators.py"].decode()
        mul = functions(text)["mul"].__code__
        texts.add(text)
        codes.add((mul.co_code, mul.co_names, mul.co_varnames))
        constants.add(repr(mul.co_consts))
    assert len(texts) == len(codes) == 30 and len(constants) > 25


def test_a_broken_package_is_written_anew_too(judge: Judge) -> None:
    """Else a test could tell the one function that nobody rewrote."""
    task = judge.course.task("task0_2")
    from grading.judge.alternatives import readings
    from grading.judge.assemble import assemble

    choose, extras = readings(judge.course, task, set())[0]
    files, _ = assemble(judge.reference, choose, {}, extras=extras)
    (first, *_) = judge.material(task).mutants
    texts = {
        judge._varied(files, {}, choose, extras, first)["minitorch/operators.py"] for _ in range(9)
    }
    assert len(texts) == 9
    assert all(functions(text.decode())["mul"](3.0, 4.0) == -1.0 for text in texts)
