"""Compares what came out of the sandbox with what the reference gave, and says what differs.

Both are the JSON of `runner.plain`. What differs is told without the expected value: where,
what came out, and what kind of thing belongs there.
"""

from __future__ import annotations

import json
import math
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


def difference(expected: Any, got: Any, tolerance: float) -> str | None:
    """Say where a result differs from the reference's, without saying what was expected.

    Args:
        expected: the reference's result.
        got: the student's.
        tolerance: relative and absolute, for floats.

    Returns:
        None if they agree.
    """
    try:
        return _differ(expected, got, tolerance, "")
    except (RecursionError, TypeError, ValueError, OverflowError):
        return "the result could not be compared"


def _is_error(value: Any) -> bool:
    """Tell whether a string is what a probe returns for an error that it caught: its name."""
    return isinstance(value, str) and value.isidentifier() and value.endswith("Error")


def _came_out(expected: Any, got: Any) -> str:
    raised = f"raised {clean(got, 120)}" if _is_error(got) else f"came out as {show(got)}"
    return f"{raised}; {wanted(expected, got)}"


def _differ(expected: Any, got: Any, tolerance: float, path: str) -> str | None:
    at = f"result{path}: " if path else ""
    if isinstance(expected, bool) or expected is None or isinstance(expected, str):
        if type(got) is type(expected) and got == expected:
            return None
        return at + _came_out(expected, got)
    if isinstance(expected, int):
        if isinstance(got, int) and not isinstance(got, bool) and got == expected:
            return None
        return at + _came_out(expected, got)
    if isinstance(expected, float):
        # An int or a bool stands for its value where a float is wanted, as in Python.
        if isinstance(got, int | float) and _close(expected, float(got), tolerance):
            return None
        return at + _came_out(expected, got)
    if isinstance(expected, list):
        if not isinstance(got, list):
            return at + _came_out(expected, got)
        if len(got) != len(expected):
            entries = "1 entry" if len(got) == 1 else f"{len(got)} entries"
            return f"{at}came out with {entries}, and that is not how many belong there"
        for number, (left, right) in enumerate(zip(expected, got, strict=True)):
            if said := _differ(left, right, tolerance, f"{path}[{number}]"):
                return said
        return None
    if isinstance(expected, dict) and "dict" in expected:
        if not isinstance(got, dict) or "dict" not in got:
            return at + _came_out(expected, got)
        left, right = _entries(expected), _entries(got)
        if set(left) != set(right):
            extra = [key for key in right if key not in left]
            other = f"; {clean(extra[0], 40)} does not belong there" if extra else ""
            return f"{at}came out with {len(right)} keys that are not the right ones{other}"
        for key, value in left.items():
            if said := _differ(value, right[key], tolerance, f"{path}[{key}]"):
                return said
        return None
    return f"{at}can't be compared: the probe returns {show(expected)}"


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
        return "an error" if _is_error(value) else "a string"
    return "a list" if isinstance(value, list) else "a dict"


def wanted(expected: Any, got: Any) -> str:
    """Say what kind of thing belongs there, if it isn't this kind."""
    same = kind(expected) == kind(got) or (isinstance(expected, float) and isinstance(got, int))
    if same:
        noun = kind(expected).split(" ", 1)[-1]
        return "that is not right" if isinstance(expected, bool) else f"not the right {noun}"
    return f"what belongs there is {kind(expected)}"


def holds(value: Any, text: str) -> bool:
    """Tell whether a result is a text, or a list in which it lies."""
    if isinstance(value, list):
        return any(holds(each, text) for each in value)
    return value == text


def has_odd(value: Any) -> bool:
    """Tell whether a result holds something that a probe must not return."""
    if isinstance(value, list):
        return any(has_odd(each) for each in value)
    if isinstance(value, dict):
        return "odd" in value or any(has_odd(k) or has_odd(v) for k, v in value.get("dict", []))
    return False
