"""Says what is wrong with an outcome, and which misconception would explain it.

For the student's eyes, so nothing here tells an expected value.
"""

from __future__ import annotations

from collections.abc import Mapping

from grading.compare import Outcome, clean, difference
from grading.execute import Outcomes
from grading.material import Material
from grading.mutants import Mutant


def says(expected: Outcome, got: Outcome, tolerance: float) -> str | None:
    """Say what is wrong with an outcome; None if it agrees with the reference's."""
    if got.missing:
        return got.missing
    if got.error:
        return _raised(got)
    return difference(expected.value, got.value, tolerance)


def _raised(got: Outcome) -> str:
    if got.error == "NotImplementedError" and got.message.startswith("Need to implement"):
        return f"is not written yet: {got.message}"
    if got.error == "TookTooLong":
        return f"{got.message or 'it took too long'}: is there a loop that never ends?"
    said = f"raised {got.error}"
    if got.message:
        said += f": {clean(got.message, 200)}"
    return f"{said} ({clean(got.place, 160)})" if got.place else said


def check_says(got: Outcome, *, silent: bool = False) -> str:
    """Say why a visible cell fails; empty if it passes."""
    if got.ok:
        return ""
    if got.missing:
        return got.missing
    if silent:  # its message was made where the reference is
        return f"raised {got.error}; run it in your notebook to see why"
    if got.error == "AssertionError":
        return clean(got.message, 400) or "an assertion failed"
    return _raised(got)


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
                # A stub is no misconception, and a machine may be slow for reasons of its own.
                same = same and got.error not in ("NotImplementedError", "TookTooLong")
            if same:
                items.append(item)
        if items:
            explains.append((mutant, items))
    found: dict[str, str] = {}
    for mutant, items in sorted(explains, key=lambda pair: -len(pair[1])):
        for item in items:
            found.setdefault(item, mutant.says)
    return found
