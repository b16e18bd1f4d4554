"""Says what is wrong with an outcome, and which misconception would explain it.

For the student's eyes, so nothing here tells an expected value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from grading.checks import Mutant
from grading.judge.compare import Outcome, difference, kind, wanted
from grading.judge.disclosure import LEFT_OUT, error_name, small_value
from grading.judge.execute import Outcomes
from grading.judge.material import Material
from grading.submission.sanitize import clean

_LINE = re.compile(r", line ([0-9]{1,3}) of (\w+)")


def says(
    expected: Outcome,
    got: Outcome,
    tolerance: float,
    tell: Callable[[str], str] = str,
    parts: Sequence[Sequence[str]] = (),
) -> str | None:
    """Say what is wrong with an outcome; None if it agrees with the reference's.

    Args:
        expected: the reference's.
        got: the student's.
        tolerance: relative and absolute, for floats.
        tell: passes on what comes from the student's program.
        parts: names of the parts of the result, and of the parts of these.

    """
    if got.missing:
        return got.missing
    if got.error:
        return _raised(got, tell)
    said = difference(expected.value, got.value, tolerance, *parts)
    return tell(said) if said else None


def _raised(got: Outcome, tell: Callable[[str], str]) -> str:
    if got.error == "NotImplementedError" and got.message.startswith("Need to implement"):
        return f"is not written yet: {tell(clean(got.message, 200))}"
    if got.error == "SyntaxError" and "raise SyntaxError(" in got.place:
        return tell(clean(got.message, 200))  # stands where the student's function would
    said = f"raised {tell(clean(got.error, 40))}"
    if got.message:
        said += f": {tell(clean(got.message, 200))}"
    if not got.place:
        return said
    place, _, line = got.place.partition(": ")
    place, line = tell(clean(place, 60)), tell(clean(line, 100))
    return f"{said} ({place}: {line})" if line != LEFT_OUT else f"{said} ({place})"


def hushed(
    expected: Outcome, got: Outcome, tolerance: float, functions: Collection[str]
) -> str | None:
    """Say what is wrong with an outcome in none of its program's words; None if it agrees.

    Args:
        expected: the reference's.
        got: the student's.
        tolerance: relative and absolute, for floats.
        functions: that the task asks for.

    """
    if got.missing:
        return got.missing
    if got.error == "NotImplementedError":
        return "is not written yet"
    if got.error:
        place = _LINE.search(got.place)
        at = f" (line {place[1]} of {place[2]})" if place and place[2] in functions else ""
        return f"raised {error_name(got.error)}{at}"
    if difference(expected.value, got.value, tolerance) is None:
        return None
    if isinstance(expected.value, list) and isinstance(got.value, list):
        return "not all that came out is right"  # how a probe gathers it says nothing to a student
    value = small_value(got.value)
    came = f"came out as {value}" if value else f"came out as {kind(got.value)}"
    return f"{came}; {wanted(expected.value, got.value)}"


def check_says(got: Outcome, *, silent: bool = False, tell: Callable[[str], str] = str) -> str:
    """Say why a visible cell fails; empty if it passes."""
    if got.ok:
        return ""
    if got.missing:
        return got.missing
    if silent:  # its message was made where the reference is
        return f"raised {error_name(got.error)}; run it in your notebook to see why"
    if got.error == "AssertionError":
        return tell(clean(got.message, 240)) or "an assertion failed"
    return _raised(got, tell)


def suspects(
    material: Material, known: Mapping[str, Outcomes], outcomes: Outcomes, tolerance: float
) -> dict[str, str]:
    """Find mutants whose results are the student's: those that explain most come first."""
    explains: list[tuple[Mutant, list[str]]] = []
    for mutant in material.mutants:
        theirs = known[f"mutant:{mutant.name}"]
        items = []
        for item in material.items:
            wrong, right, got = theirs.get(item), known["reference"][item], outcomes[item]
            if wrong is None or got.missing or wrong.missing:
                continue
            if says(right, wrong, tolerance) is None or says(right, got, tolerance) is None:
                continue
            if wrong.ok and got.ok:
                same = difference(wrong.value, got.value, tolerance) is None
            else:
                same = (wrong.error, wrong.message) == (got.error, got.message) != ("", "")
                same = same and got.error != "NotImplementedError"  # a stub is no misconception
            if same:
                items.append(item)
        if items:
            explains.append((mutant, items))
    found: dict[str, str] = {}
    for mutant, items in sorted(explains, key=lambda pair: -len(pair[1])):
        for item in items:
            found.setdefault(item, mutant.says)
    return found
