"""What reference and mutants give, carried by the repository so that nobody computes it again.

A file beside a task's probes holds the outcomes and the key of all that they depend on: probes,
mutants, reference, the code that runs them, versions. Under another key it counts for nothing, and
everything is computed as if it weren't there. The proof never reads it: it computes afresh, and
compares. `python -m grading proof --carry` writes it. No release has it, nor any sandbox.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import platform
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from grading.course.tasks import Task, probes_path
from grading.judge.assemble import Reference
from grading.judge.compare import Outcome
from grading.judge.diagnosis import says
from grading.judge.execute import Outcomes
from grading.paths import ROOT

FILE = "trusted.json.xz"
# The modules that build packages, run them and write down what came of it.
MAKERS = (
    "course/regions.py",
    "judge/alternatives.py",
    "judge/assemble.py",
    "judge/compare.py",
    "judge/execute.py",
    "judge/non_solutions.py",
    "sandbox/runner.py",
)
Known = dict[str, Outcomes]


def carried_path(root: Path, task: Task) -> Path:
    """Return the place of a task's file, whether there is one or not."""
    return probes_path(root, task.id).with_name(FILE)


def carried_key(reference: Reference, probes: str) -> str:
    """Name all that outcomes depend on.

    Args:
        reference: the course's package.
        probes: names what a task itself brings (`Judge.probes_version`).

    """
    digest = hashlib.sha256(probes.encode())
    digest.update(repr([platform.machine(), *platform.python_version_tuple()[:2]]).encode())
    for name in ("numpy", "numba", "hypothesis"):
        digest.update(f"{name} {version(name)}".encode())
    for name in MAKERS:
        digest.update(name.encode() + b"\0" + (ROOT / "grading" / name).read_bytes())
    for name, text in sorted(reference.modules.items()):
        digest.update(name.encode() + b"\0" + text.encode())
    for name, data in sorted(reference.others.items()):
        digest.update(name.encode() + b"\0" + data)
    return digest.hexdigest()


def read_carried(path: Path, key: str) -> Known:
    """Read a file; nothing if there is none, it can't be read, or it was made of other things."""
    try:
        stored = json.loads(lzma.decompress(path.read_bytes()))
        if stored["key"] != key:
            return {}
        return {
            package: {item: Outcome(**each) for item, each in outcomes.items()}
            for package, outcomes in stored["outcomes"].items()
        }
    except (OSError, lzma.LZMAError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def write_carried(path: Path, key: str, known: Mapping[str, Outcomes]) -> None:
    """Write a file, the same bytes for the same outcomes."""
    plain = {
        package: {item: asdict(each) for item, each in sorted(outcomes.items())}
        for package, outcomes in sorted(known.items())
    }
    text = json.dumps({"key": key, "outcomes": plain}, sort_keys=True)
    path.write_bytes(lzma.compress(text.encode(), preset=9))


def differences(task: Task, carried: Known, found: Mapping[str, Outcomes]) -> list[str]:
    """Say which outcomes of packages that both know aren't the same, within a task's tolerance."""
    return [
        f"{item.partition(':')[2]} of {package} isn't what the repository carries"
        for package, outcomes in found.items()
        for item, now in outcomes.items()
        if package in carried
        and ((then := carried[package].get(item)) is None or not _same(task, then, now))
    ]


def _same(task: Task, then: Outcome, now: Outcome) -> bool:
    if then.ok and now.ok:
        return says(then, now, task.tolerance) is None
    return (then.error, bool(then.missing)) == (now.error, bool(now.missing))
