"""Compares what came out of the sandbox with what the reference gave, and says what differs.

Both are the JSON of `runner.plain`. What differs is told without the expected value: where,
what came out, and what kind of thing belongs there.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grading.submission.sanitize import clean


@dataclass(frozen=True)
class Outcome:
    """What one piece of work came to.

    Attributes:
        value: the plain result, if there is one.
        error: type of the exception, if one was raised.
        message: its text.
        place: where in the package it was raised.
        missing: why there is neither (stopped, not run, not readable).

    """

    value: Any = None
    error: str = ""
    message: str = ""
    place: str = ""
    missing: str = ""

    @property
    def ok(self) -> bool:
        """A result came back."""
        return not self.error and not self.missing


def parse(line: bytes) -> tuple[str, Outcome | None] | None:
    """Read one line of a report.

    Returns:
        The item and its outcome (None: it has begun); None for a line that isn't one.

    """
    try:
        read = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict) or not isinstance(read.get("item"), str):
        return None
    item = read["item"]
    if "value" in read:
        return item, Outcome(value=read["value"])
    if isinstance(raised := read.get("raised"), dict):
        said = [raised.get(key) for key in ("type", "message", "place")]
        if all(isinstance(each, str) for each in said):
            kind, message, place = (clean(str(each)) for each in said)
            return item, Outcome(error=kind or "Exception", message=message, place=place)
    if read.get("begin") is True or read.get("end") is True:
        return item, None
    return None


Place = tuple[int | str, ...]  # in a result: of lists and dicts in one another


def difference(
    expected: Any,
    got: Any,
    tolerance: float,
    parts: Sequence[str] = (),
    inner: Sequence[str] = (),
) -> str | None:
    """Say where a result differs from the reference's, without saying what was expected.

    A probe gathers many results of a student's functions in one; how it writes them down means
    nothing to the student, so only which part of it is named, and which case in that.

    Args:
        expected: the reference's result.
        got: the student's.
        tolerance: relative and absolute, for floats.
        parts: what the parts of the result are of, `("exp", "log")`, where the probe says so. One
            that ends with a question mark is a question that the probe answers itself.
        inner: what the parts of each part are of.

    Returns:
        None if they agree.

    """
    try:
        found = _differ(expected, got, tolerance, ())
    except (RecursionError, TypeError, ValueError, OverflowError):
        return "the result could not be compared"
    if found is None:
        return None
    place, said = found
    where = _where(place, parts, inner)
    if "?" in where:
        return f"{where}{'' if where.endswith('?') else ':'} {_answer(_at(got, place))}"
    return f"{where}: {said}" if where else said


def _at(value: Any, place: Place) -> Any:
    """Take the part of a result that lies at a place."""
    for each in place:
        value = value[each] if isinstance(each, int) else _entries(value)[each]
    return value


def _answer(got: Any) -> str:
    """Answer a probe's own question, wrongly as the student's work does."""
    if isinstance(got, bool):
        return "Yes, and it should not be so." if got else "No."
    return f"It {clean(got, 120)}." if isinstance(got, str) else "That could not be seen."


def _where(place: Place, *names: Sequence[str]) -> str:
    """Name a place in a result as a person counts: parts by their names, cases by numbers."""
    words: list[str] = []
    cases: list[str] = []
    for each, known in itertools.zip_longest(place, names[: len(place)], fillvalue=()):
        if isinstance(each, int) and each < len(known):
            words.append(known[each])
        else:
            cases.append(str(each + 1) if isinstance(each, int) else str(each))
    return ", ".join([*words, f"case {'.'.join(cases)}"] if cases else words)


def _is_error(value: Any) -> bool:
    """Tell whether a string is what a probe returns for an error that it caught: its name."""
    return isinstance(value, str) and value.isidentifier() and value.endswith("Error")


def _came_out(expected: Any, got: Any) -> str:
    """Say what a function did, and what kind of thing it should have done."""
    if _is_error(got):
        told = f"raised {clean(got, 120)}"
    elif _is_error(expected) and isinstance(got, str):
        told = "raised no error"
    else:
        told = f"came out as {show(got)}"
    return f"{told}; {wanted(expected, got)}"


def wanted(expected: Any, got: Any) -> str:
    """Say what kind of thing belongs there, if it isn't this kind."""
    if _is_error(got):
        if _is_error(expected):
            return "it is not the right error"
        return _belongs(expected, instead_of_an_error=True)
    if _is_error(expected):
        return "an error belongs there"
    if kind(expected) == kind(got) or (isinstance(expected, float) and isinstance(got, int)):
        noun = kind(expected).rpartition(" ")[2]
        return f"not the right {noun}" if noun == "number" else "that is not right"
    return _belongs(expected)


def _belongs(expected: Any, *, instead_of_an_error: bool = False) -> str:
    """Name what kind of thing was wanted, in words for the student's function."""
    if instead_of_an_error and not isinstance(expected, int | float):
        return "no error belongs there"
    return (
        "values belong there" if isinstance(expected, list) else f"{kind(expected)} belongs there"
    )


def _differ(expected: Any, got: Any, tolerance: float, at: Place) -> tuple[Place, str] | None:
    """Find the first place where two results differ, and what is wrong there."""
    wrong = at, _came_out(expected, got)
    if isinstance(expected, bool) or expected is None or isinstance(expected, str):
        return None if type(got) is type(expected) and got == expected else wrong
    if isinstance(expected, int):
        same = isinstance(got, int) and not isinstance(got, bool) and got == expected
        return None if same else wrong
    if isinstance(expected, float):
        # An int or a bool stands for its value where a float is wanted, as in Python.
        close = isinstance(got, int | float) and _close(expected, float(got), tolerance)
        return None if close else wrong
    if isinstance(expected, list):
        if not isinstance(got, list):
            return wrong
        if len(got) != len(expected):
            entries = "1 entry" if len(got) == 1 else f"{len(got)} entries"
            return at, f"came out with {entries}, and that is not how many belong there"
        for number, (left, right) in enumerate(zip(expected, got, strict=True)):
            if found := _differ(left, right, tolerance, (*at, number)):
                return found
        return None
    if isinstance(expected, dict) and "dict" in expected:
        if not isinstance(got, dict) or "dict" not in got:
            return wrong
        left, right = _entries(expected), _entries(got)
        if set(left) != set(right):
            extra = [key for key in right if key not in left]
            other = f"; {clean(extra[0], 40)} does not belong there" if extra else ""
            names = "1 name" if len(right) == 1 else f"{len(right)} names"
            return at, f"came out with {names} that are not the right ones{other}"
        for key, value in left.items():
            if found := _differ(value, right[key], tolerance, (*at, key)):
                return found
        return None
    return at, f"can't be compared: the probe returns {show(expected)}"


def _entries(value: dict[str, Any]) -> dict[str, Any]:
    return {json.dumps(key): each for key, each in value["dict"]}


def _close(expected: float, got: float, tolerance: float) -> bool:
    if math.isnan(expected) or math.isnan(got):
        return math.isnan(expected) and math.isnan(got)
    if math.isinf(expected) or math.isinf(got):
        return expected == got
    return math.isclose(expected, got, rel_tol=tolerance, abs_tol=tolerance)


def show(value: Any) -> str:
    """Write a plain result shortly."""
    if isinstance(value, dict):
        if "odd" in value:
            return clean(str(value["odd"]), 120)
        return "a dict"
    if isinstance(value, float):
        return f"{value:.6g}" if math.isfinite(value) else str(value)
    if isinstance(value, list):
        inner = ", ".join(show(each) for each in value[:6])
        return clean(f"[{inner}{', …' if len(value) > 6 else ''}]", 120)
    return clean(repr(value), 120)


def kind(value: Any) -> str:
    """Name what kind of thing a result is."""
    if isinstance(value, bool):
        return "True or False"
    if isinstance(value, int):
        return "a whole number"
    if isinstance(value, float):
        return "a number"
    if value is None:
        return "None"
    if isinstance(value, str):
        return "an error" if _is_error(value) else "a word"
    return "a list" if isinstance(value, list) else "something else"


def holds(value: Any, text: str) -> bool:
    """Tell whether a result is a text, or a list in which it lies."""
    if isinstance(value, list):
        return any(holds(each, text) for each in value)
    return value == text


def unnamed(value: Any, names: Sequence[str] = (), inner: Sequence[str] = ()) -> bool:
    """Tell whether a result gathers things of several kinds, and no names say which is which.

    Args:
        value: the reference's result.
        names: of its parts.
        inner: of the parts of each part.

    """
    parts = value if isinstance(value, list) else []
    return _unclear(parts, names) or any(
        _unclear(each, inner) for each in parts if isinstance(each, list)
    )


def _unclear(values: Sequence[Any], names: Sequence[str]) -> bool:
    return len(values) > len(names) and _mixed(values)


def _mixed(values: Sequence[Any]) -> bool:
    """Tell whether results are of several kinds; what may fail gives numbers and errors."""
    kinds = {
        "a truth" if isinstance(each, bool) else "a number" if isinstance(each, int) else kind(each)
        for each in values
        if each is not None and not _is_error(each)
    }
    return len(kinds) > 1


def has_odd(value: Any) -> bool:
    """Tell whether a result holds something that a probe must not return."""
    if isinstance(value, list):
        return any(has_odd(each) for each in value)
    if isinstance(value, dict):
        return "odd" in value or any(has_odd(k) or has_odd(v) for k, v in value.get("dict", []))
    return False
