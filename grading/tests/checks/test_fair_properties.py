"""Whatever true property a student writes as test_other in Task 0.2, some wrong operator breaks it.

The task lets the student choose. A property that no wrong operator violates would lose a share of
the points though nothing is wrong with it.
"""

from __future__ import annotations

import ast
import types
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from grading.judge.assemble import assemble
from grading.judge.judge import Judge
from grading.paths import ROOT

# Arguments are x, y, z (floats), xs, ys (lists of them, of one length).
TRUE = {
    "neg twice is nothing": "ops.neg(ops.neg(x)) == x",
    "a number and its neg add up to nothing": "ops.add(x, ops.neg(x)) == 0",
    "neg turns the sign": "ops.neg(x) * x <= 0",
    "neg is odd": "ops.neg(-x) == -ops.neg(x)",
    "neg distributes over a sum": "near(ops.neg(x + y), ops.neg(x) + ops.neg(y))",
    "eq is symmetric": "ops.eq(x, y) == ops.eq(y, x)",
    "eq is reflexive": "ops.eq(x, x) == 1.0",
    "eq tells apart": "ops.eq(x, x + 1) == 0.0",
    "max is commutative": "ops.max(x, y) == ops.max(y, x)",
    "max of one number": "ops.max(x, x) == x",
    "max is one of both": "ops.max(x, y) in (x, y)",
    "max is at least each": "ops.max(x, y) >= x and ops.max(x, y) >= y",
    "max is associative": "ops.max(x, ops.max(y, z)) == ops.max(ops.max(x, y), z)",
    "max moves along": "near(ops.max(x + z, y + z), ops.max(x, y) + z)",
    "relu is never negative": "ops.relu(x) >= 0",
    "relu twice is relu": "ops.relu(ops.relu(x)) == ops.relu(x)",
    "relu of a positive number": "ops.relu(abs(x)) == abs(x)",
    "relu of a negative number": "ops.relu(-abs(x)) == 0",
    "relu rises": "x > y or ops.relu(x) <= ops.relu(y)",
    "relu and its mirror image": "ops.relu(x) - ops.relu(-x) == x",
    "exp is positive": "ops.exp(x) > 0",
    "exp turns sums into products": "near(ops.exp(x / 9 + y / 9), ops.exp(x / 9) * ops.exp(y / 9))",
    "exp rises": "x >= y or ops.exp(x) <= ops.exp(y)",
    "exp of nothing": "ops.exp(0.0) == 1.0",
    "exp mirrored": "near(ops.exp(x) * ops.exp(-x), 1.0)",
    "log undoes exp": "near(ops.log(ops.exp(x / 20)), x / 20)",
    "exp undoes log": "near(ops.exp(ops.log(abs(x) + 1)), abs(x) + 1)",
    "log rises": "x >= y or ops.log(abs(x) + 1) <= ops.log(abs(x) + 2)",
    "log turns products into sums": (
        "near(ops.log((1 + x * x) * (1 + y * y)), ops.log(1 + x * x) + ops.log(1 + y * y))"
    ),
    "log of one": "near(ops.log(1.0), 0.0)",
    "inv twice is nothing": "abs(x) < 0.01 or near(ops.inv(ops.inv(x)), x)",
    "a number times its inv": "abs(x) < 0.01 or near(ops.inv(x) * x, 1.0)",
    "inv keeps the sign": "abs(x) < 0.01 or ops.inv(x) * x > 0",
    "inv is odd": "abs(x) < 0.01 or ops.inv(-x) == -ops.inv(x)",
    "inv falls": "ops.inv(abs(x) + 2) < ops.inv(abs(x) + 1)",
    "inv of a product": "near(ops.inv((abs(x) + 1) * 2), ops.inv(abs(x) + 1) * ops.inv(2.0))",
    "inv of one": "ops.inv(1.0) == 1.0",
    "is_close is symmetric": "ops.is_close(x, y) == ops.is_close(y, x)",
    "is_close is reflexive": "ops.is_close(x, x)",
    "is_close is not everything": "not ops.is_close(x, x + 1)",
    "is_close forgives rounding": "ops.is_close(x, x + 1e-4)",
    "relu_back is linear in d": "near(ops.relu_back(x, 2 * y), 2 * ops.relu_back(x, y))",
    "relu_back lets d through or nothing": "ops.relu_back(x, y) in (0.0, y)",
    "relu_back is relu's slope": "abs(x) < 0.1 or near(ops.relu_back(x, 3.0), 3.0 * (x > 0))",
    "log_back is linear in d": "near(ops.log_back(x**2 + 1, 2 * y), 2 * ops.log_back(x**2 + 1, y))",
    "log_back is a quotient": "near(ops.log_back(abs(x) + 1, y) * (abs(x) + 1), y)",
    "inv_back is linear in d": "near(ops.inv_back(x**2 + 1, 2 * y), 2 * ops.inv_back(x**2 + 1, y))",
    "inv_back turns the sign": "ops.inv_back(abs(x) + 1, 1.0) < 0",
    "inv_back looks the same on both sides": (
        "near(ops.inv_back(abs(x) + 1, y), ops.inv_back(-abs(x) - 1, y))"
    ),
    "map keeps the length": "len(list(ops.map(ops.neg)(xs))) == len(xs)",
    "map of id": "list(ops.map(ops.id)(xs)) == xs",
    "map twice": (
        "list(ops.map(ops.neg)(ops.map(abs)(xs))) == list(ops.map(lambda x: ops.neg(abs(x)))(xs))"
    ),
    "map works on each": "list(ops.map(lambda x: x * 2)(xs)) == [x * 2 for x in xs]",
    "zipWith of a commutative function": (
        "list(ops.zipWith(ops.mul)(xs, ys)) == list(ops.zipWith(ops.mul)(ys, xs))"
    ),
    "zipWith keeps the length": "len(list(ops.zipWith(ops.add)(xs, ys))) == len(xs)",
    "reduce of nothing": "ops.reduce(ops.add, x)([]) == x",
    "reduce of one": "ops.reduce(ops.add, 0.0)([x]) == x",
    "reduce adds": "near(ops.reduce(ops.add, 0.0)(xs), sum(xs))",
    "reduce from another start": (
        "near(ops.reduce(ops.add, x)(xs), x + ops.reduce(ops.add, 0.0)(xs))"
    ),
    "negList twice is nothing": "list(ops.negList(ops.negList(xs))) == xs",
    "negList of each": "list(ops.negList(xs)) == [-x for x in xs]",
    "negList and the sum": "near(sum(ops.negList(xs)), -sum(xs))",
    "addLists is commutative": "list(ops.addLists(xs, ys)) == list(ops.addLists(ys, xs))",
    "addLists of nothings": "list(ops.addLists(xs, [0.0] * len(xs))) == xs",
    "addLists and its opposite": (
        "all(v == 0 for v in ops.addLists(xs, [-x for x in xs]))"
    ),
    "sum in any order": "near(ops.sum(xs), ops.sum(xs[::-1]))",
    "sum of nothing": "ops.sum([]) == 0",
    "sum of lists added": "near(ops.sum(ops.addLists(xs, ys)), ops.sum(xs) + ops.sum(ys))",
    "sum of lists joined": "near(ops.sum(xs + ys), ops.sum(xs) + ops.sum(ys))",
    "sum as Python's": "near(ops.sum(xs), sum(xs))",
    "prod in any order": "near(ops.prod(xs[:3]), ops.prod(xs[:3][::-1]))",
    "prod with a zero": "ops.prod([*xs, 0.0]) == 0",
    "prod of nothing": "ops.prod([]) == 1",
    "prod of lists joined": "near(ops.prod(xs[:2] + ys[:2]), ops.prod(xs[:2]) * ops.prod(ys[:2]))",
}  # fmt: skip


def near(x: float, y: float) -> bool:
    return abs(x - y) <= 1e-4 * (1 + abs(x) + abs(y))


def holds(code: Any, ops: Any) -> bool:
    """Try a property on a few dozen numbers."""
    numbers = st.floats(min_value=-100, max_value=100)
    pairs = st.integers(1, 5).flatmap(
        lambda n: st.tuples(*[st.lists(numbers, min_size=n, max_size=n)] * 2)
    )

    @settings(
        max_examples=40,
        database=None,
        derandomize=True,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),  # type: ignore[arg-type]
    )
    @given(numbers, numbers, numbers, pairs)
    def check(x: float, y: float, z: float, both: tuple[list[float], list[float]]) -> None:
        names = {"ops": ops, "near": near, "x": x, "y": y, "z": z, "xs": both[0], "ys": both[1]}
        assert eval(code, names)

    try:
        check()
    except Exception:
        return False
    return True


def _module(judge: Judge, bodies: dict[str, str]) -> Any:
    files, _ = assemble(
        judge.reference, lambda region: "reference", bodies=bodies, only="operators"
    )
    module = types.ModuleType("operators")
    exec(files["minitorch/operators.py"], vars(module))
    return module


@pytest.fixture(scope="module")
def wrong() -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """The operators gone wrong, by name: those of the grade and those of the visible check."""
    judge = Judge(ROOT)
    material = judge.material(judge.course.task("task0_2"))
    graded: dict[str, list[Any]] = {"": [_module(judge, {})]}
    for mutant in material.mutants:
        if mutant.group == "own":
            name = mutant.target.partition(".")[2]
            graded.setdefault(name, []).append(_module(judge, {mutant.target: mutant.body}))
    shown: dict[str, list[Any]] = {}
    for node in ast.walk(ast.parse(str(material.visible["source"]))):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "others":
            for name, broken in eval(ast.unparse(node.value)):
                module = _module(judge, {})
                setattr(module, name, broken)
                shown.setdefault(name, []).append(module)
    return graded, shown


@pytest.mark.parametrize("name", TRUE)
def test_a_true_property_is_broken_by_a_wrong_operator(name: str, wrong: Any) -> None:
    graded, shown = wrong
    code = compile(TRUE[name], name, "eval")
    assert holds(code, graded[""][0]), "it isn't true"
    used = {
        node.attr for node in ast.walk(ast.parse(TRUE[name])) if isinstance(node, ast.Attribute)
    }
    for where, modules in (("the mutants", graded), ("the visible check", shown)):
        tried = [module for each in sorted(used) for module in modules.get(each, [])]
        assert any(not holds(code, module) for module in tried), f"{where}: none breaks it"
