"""What was written for Task 0.2, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake


def _test(name: str, given: str, arguments: str, *lines: str) -> str:
    body = "\n".join(f"    {line}" for line in lines)
    decorator = f"@given({given})\n" if given else ""
    return f"{decorator}def test_{name}({arguments}) -> None:\n{body}"


_S, _T = "property_tests.test_sigmoid", "property_tests.test_transitive"
_TWO = "small_floats, small_floats"
_THREE = "small_floats, small_floats, small_floats"
_RANGE = "assert 0.0 <= operators.sigmoid(x) <= 1.0"
_HALF = "assert operators.sigmoid(0.0) == 0.5"
_MIRROR = "assert operators.is_close(1.0 - operators.sigmoid(x), operators.sigmoid(-x))"
_ALL = (
    "assert operators.lt(a, b) == 1.0",
    "assert operators.lt(b, c) == 1.0",
    "assert operators.lt(a, c) == 1.0",
)
_STRICT = r"test_sigmoid fails on your own operators.*mind rounding"

MISTAKES = [
    Mistake(
        "sigmoid not asked to rise",
        _S,
        _test("sigmoid", "small_floats", "x", _RANGE, _HALF, _MIRROR),
        told=r"test_sigmoid lets a wrong sigmoid pass \(it is flat and never rises\)",
    ),
    Mistake(
        "sigmoid asked to rise strictly everywhere",
        _S,
        _test(
            "sigmoid",
            "small_floats",
            "x",
            _RANGE,
            _HALF,
            _MIRROR,
            "assert operators.sigmoid(x) < operators.sigmoid(x + 1.0)",
        ),
        told=_STRICT,
    ),
    Mistake(
        "sigmoid strictly inside",
        _S,
        _test("sigmoid", "small_floats", "x", "assert 0.0 < operators.sigmoid(x) < 1.0", _HALF),
        told=_STRICT,
    ),
    Mistake(
        "sigmoid equals its mirror",
        _S,
        _test(
            "sigmoid",
            "small_floats",
            "x",
            "assert 1.0 - operators.sigmoid(x) == operators.sigmoid(-x)",
        ),
        told=_STRICT,
    ),
    Mistake(
        "sigmoid without @given",
        _S,
        _test("sigmoid", "", "x", _RANGE),
        told=r"test_sigmoid can't be called.*@given",
    ),
    Mistake(
        "two strategies for one argument",
        _S,
        _test("sigmoid", _TWO, "x", _RANGE),
        told=r"test_sigmoid can't be called.*one strategy for each argument",
    ),
    Mistake(
        "transitive by an if",
        _T,
        _test(
            "transitive",
            _THREE,
            "a, b, c",
            "if operators.lt(a, b) and operators.lt(b, c):",
            "    assert operators.lt(a, c)",
        ),
        told=r"test_transitive lets a wrong lt pass",
    ),
    Mistake(
        "transitive by assume",
        _T,
        _test(
            "transitive",
            _THREE,
            "a, b, c",
            "import hypothesis",
            "hypothesis.assume(a < b < c)",
            *_ALL,
        ),
        told=r"test_transitive throws away most of what Hypothesis draws",
    ),
    Mistake(
        "transitive without lt(a, a)",
        _T,
        _test(
            "transitive",
            _THREE,
            "a, b, c",
            "a, b, c = sorted([a, b, c])",
            "if a < b < c:",
            *(f"    {line}" for line in _ALL),
        ),
        told=r"test_transitive lets a wrong lt pass \(it calls a number less than itself\)",
    ),
    Mistake(
        "transitive forgets ties",
        _T,
        _test("transitive", _THREE, "a, b, c", "a, b, c = sorted([a, b, c])", *_ALL),
        told=r"test_transitive fails on your own operators.*numbers that are equal",
    ),
    Mistake(
        "symmetric with one example",
        "property_tests.test_symmetric",
        _test("symmetric", _TWO, "x, y", "assert operators.mul(2.0, 3.0) == 6.0"),
        told=r"test_symmetric lets a wrong mul pass \(it drops the sign",
    ),
    Mistake(
        "symmetric by Python's *",
        "property_tests.test_symmetric",
        _test("symmetric", _TWO, "x, y", "assert x * y == y * x"),
        told=r"test_symmetric lets a wrong mul pass.*operators.mul",
    ),
    Mistake(
        "distribute by ==",
        "property_tests.test_distribute",
        _test(
            "distribute",
            _THREE,
            "a, b, c",
            "assert operators.mul(a, operators.add(b, c)) == operators.add("
            "operators.mul(a, b), operators.mul(a, c))",
        ),
        told=r"test_distribute fails on your own operators.*mind rounding",
    ),
    Mistake(
        "other tests add alone",
        "property_tests.test_other",
        _test("other", _TWO, "x, y", "assert operators.add(x, y) == operators.add(y, x)"),
        told=r"test_other let every broken operator pass",
    ),
    Mistake(
        "other is always true",
        "property_tests.test_other",
        _test("other", _TWO, "x, y", "assert operators.eq(x, y) in (0.0, 1.0, True, x, y) or True"),
        told=r"test_other let every broken operator pass",
    ),
    Mistake(
        "other: relu is never negative",
        "property_tests.test_other",
        _test("other", "small_floats", "x", "assert operators.relu(x) >= 0.0"),
        fair="a property of relu",
    ),
    Mistake(
        "a name that isn't there",
        _S,
        _test("sigmoid", "small_floats", "x", "assert sigmoidd(x) >= 0.0"),
        told=r"test_sigmoid fails on your own operators.*(NameError|Failing test case)",
    ),
]
