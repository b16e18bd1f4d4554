"""Says what is known about a task of yours before you hand it in.

    python check.py 1.4

Runs probes that grading runs too, on other numbers, and says what differs in grading's own words.
Grading looks at more than these, with the course's code for earlier tasks: here, all is yours. It
needs no network, and what you wrote never leaves this computer.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FOLDER = "practice"
LONGEST_PLACE = 160

if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

try:
    from practice import compare, runner  # type: ignore  (a release has it)
    from practice.compare import Outcome  # type: ignore
except ImportError:
    raise SystemExit("The folder practice is missing here: take it from the release.") from None


class CheckError(Exception):
    """There is nothing to check; the message says why."""


@dataclass(frozen=True)
class Finding:
    """What came of one probe.

    Attributes:
        name: of the probe.
        about: what it looks at.
        said: what is wrong; empty if it agrees with the course's own.
        likely: a misconception that gives the same result.

    """

    name: str
    about: str
    said: str = ""
    likely: str = ""


def tasks(folder: Path = HERE) -> dict[str, str]:
    """Return the tasks that can be checked: their labels by name."""
    found = sorted((folder / FOLDER).glob("*.json"))
    return {path.stem: json.loads(path.read_text("utf-8"))["label"] for path in found}


def find(word: str, folder: Path = HERE) -> str:
    """Return the task that a person names: `1.4`, `task1_4`, `Task 1.4`.

    Raises:
        CheckError: nothing is known of it.

    """
    known = tasks(folder)
    plain = word.casefold().removeprefix("task").strip(" _").replace(".", "_")
    for name in (f"task{plain}", plain.replace("-", "_")):
        if name in known:
            return name
    labels = ", ".join(label.removeprefix("Task ") for label in known.values()) or "none"
    raise CheckError(
        f"Nothing is known here of {word!r}. Tasks that can be checked: {labels}. "
        "Every task has a check in its guide, and most have tests: pytest -m task1_4."
    )


def check(name: str, mt: Any, folder: Path = HERE) -> Iterator[Finding]:
    """Run a task's probes on a package, in this process, one after the other.

    Args:
        name: of the task, `task1_4`.
        mt: the package, imported.
        folder: the project.

    """
    place = folder / FOLDER / f"{name}.py"
    known = json.loads(place.with_suffix(".json").read_text("utf-8"))
    probes = runner.load_probes(str(place))
    for probe, about in known["probes"].items():
        got = run(probes[probe], mt, about["seed"])
        expected = Outcome(value=about["expected"])
        said = says(expected, got, known["tolerance"], *about["parts"])
        likely = suspect(known["mistakes"], probe, got, known["tolerance"]) if said else ""
        yield Finding(probe.removeprefix("probe_").replace("_", " "), about["about"], said, likely)


def run(probe: Any, mt: Any, seed: str) -> Outcome:
    """Run a probe, and keep what came of it."""
    try:
        return Outcome(value=runner.plain(probe(mt, runner.seeded(seed))))
    except KeyboardInterrupt as error:
        place = runner.raised(error)["place"]
        return Outcome(missing=f"was stopped{f' ({place})' if place else ''}")
    except BaseException as error:
        found = runner.raised(error)
        return Outcome(error=found["type"], message=found["message"], place=found["place"])


def says(expected: Outcome, got: Outcome, tolerance: float, *parts: list[str]) -> str:
    """Say what is wrong with an outcome; empty if it agrees with the course's own."""
    if got.missing:
        return got.missing
    if got.error == "NotImplementedError" and got.message.startswith("Need to implement"):
        return f"is not written yet: {compare.clean(got.message, 200)}"
    if got.error:
        message = f": {compare.clean(got.message, 200)}" if got.message else ""
        place = f" ({compare.clean(got.place, LONGEST_PLACE)})" if got.place else ""
        return f"raised {compare.clean(got.error, 40)}{message}{place}"
    return compare.difference(expected.value, got.value, tolerance, *parts) or ""


def suspect(mistakes: list[Mapping[str, Any]], probe: str, got: Outcome, tolerance: float) -> str:
    """Find the misconception whose result is this one; the first that there is."""
    for mistake in mistakes:
        theirs = mistake["results"].get(probe)
        if theirs is None or got.missing or got.error == "NotImplementedError":
            continue
        if "value" in theirs:
            same = got.ok and compare.difference(theirs["value"], got.value, tolerance) is None
        else:
            same = (theirs["error"], theirs["message"]) == (got.error, got.message)
        if same:
            return str(mistake["says"])
    return ""


def lines(label: str, findings: list[Finding]) -> list[str]:
    """Tell a task's findings, line by line."""
    right = sum(not finding.said for finding in findings)
    said = [f"{label}: {right} of {len(findings)} released probes agree with the course."]
    said += [
        f"Most likely: {each}" for each in dict.fromkeys(f.likely for f in findings if f.likely)
    ]
    for finding in findings:
        if finding.said:
            about = finding.about.rstrip(".")
            subject = f" ({about[0].lower()}{about[1:]})" if about else ""
            said.append(f"- {finding.name}{subject}: {finding.said}")
    if any(finding.said.startswith("is not written yet") for finding in findings):
        said.append("If you have written it: save the notebook, and run minitorch export.")
    elif right == len(findings):
        said.append("Grading looks at more than these; so do the task's check and its tests.")
    return said


def main() -> None:
    """Check the tasks that the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tasks", nargs="+", metavar="TASK", help="1.4")
    arguments = parser.parse_args()
    known, wrong = tasks(), False
    try:
        names = [find(word) for word in arguments.tasks]
        sys.setrecursionlimit(3000)  # as in grading
        mt = importlib.import_module("minitorch")
    except CheckError as error:
        sys.exit(str(error))
    except ImportError as error:
        sys.exit(f"The package can't be imported: {error}. Run minitorch export in this folder.")
    for name in names:
        findings = list(check(name, mt))
        print("\n".join(lines(known[name], findings)))
        wrong = wrong or any(finding.said for finding in findings)
    sys.exit(int(wrong))


if __name__ == "__main__":
    main()
