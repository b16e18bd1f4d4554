"""What a machine of a Dask cluster does: it looks at itself, takes the course in, and judges pairs.

`python -m grading worker tcp://10.0.0.1:8786` begins one, in a copy of the project on that machine.
"""

from __future__ import annotations

import argparse
import io
import os
import platform
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import version
from typing import Any

from grading.judge.carried import FILE
from grading.judge.judge import Judge
from grading.judge.pair import Answer, Pair, answer
from grading.paths import CHECKS, GUIDES, ROOT
from grading.sandbox import folders
from grading.sandbox import run as sandbox
from grading.sandbox.usage import cores
from grading.submission.cells import Compiling

NEEDED = (
    "Judging on several machines needs Dask. Install it on each of them: "
    "pip install --constraint constraints.txt --editable '.[course,cluster]'"
)
_JUDGED = "judged"  # in the folder of a course that was sent: what is known already
_judges: dict[str, Judge] = {}


@dataclass(frozen=True)
class Sent:
    """A course as it is sent to a worker.

    Attributes:
        name: of its content.
        files: guides, package, probes and mutants, and what the reference gave; as a zip.
        version: of the judge's tools and the reference.
        software: what else results depend on.
        own_prerequisites: as the judge has it.

    """

    name: str
    files: bytes
    version: str
    software: str
    own_prerequisites: bool


def software() -> str:
    """Name what results depend on besides the course."""
    python = ".".join(platform.python_version_tuple()[:2])
    return f"Python {python}, NumPy {version('numpy')}, Numba {version('numba')}"


def sent(judge: Judge, assignment: str) -> Sent:
    """Pack a course for workers, with what is known of an assignment's tasks."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in _files(judge, assignment):
            file.writestr(zipfile.ZipInfo(name), data)
    digests = [judge.probes_version(task) for task in judge.course.tasks]
    name = " ".join([assignment, judge.version, str(judge.own_prerequisites), *digests])
    own = judge.own_prerequisites
    return Sent(name, packed.getvalue(), judge.version, software(), own)


def _files(judge: Judge, assignment: str) -> Iterator[tuple[str, bytes]]:
    root = judge.course.root
    patterns = (f"{GUIDES.as_posix()}/*/*.ipynb", "minitorch/**/*.*")
    patterns += tuple(f"{CHECKS.as_posix()}/*/{name}.py" for name in ("probes", "mutants"))
    patterns += (f"{CHECKS.as_posix()}/*/{FILE}",)
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root).as_posix(), path.read_bytes()
    for task in judge.course.assignment(assignment).tasks:
        path = judge.cache.path("trusted", judge.task_version(task))
        if path is not None and path.exists():
            yield f"{_JUDGED}/trusted/{path.name}", path.read_bytes()


def receive(course: Sent) -> str:
    """Get ready to judge, on a worker.

    Returns:
        Why this worker can't; empty if it can.

    """
    if why := sandbox.available():
        return why
    if (ours := software()) != course.software:
        return f"it has {ours}, and {course.software} is needed for the same results."
    if course.name in _judges:
        return ""
    keep = folders.fresh()  # as long as this process lives
    folder = keep.__enter__()
    with zipfile.ZipFile(io.BytesIO(course.files)) as file:
        file.extractall(folder)
    own = course.own_prerequisites
    judge = Judge(folder, cache=folder / _JUDGED, own_prerequisites=own)
    if judge.version != course.version:
        keep.__exit__(None, None, None)
        return f"its copy of grading/ in {ROOT} is another one. Bring it to the same commit."
    for task in judge.course.tasks:  # parsing is not for several threads
        judge.material(task)
    _ = judge.reference.stubs
    _kept.append(keep)
    _judges[course.name] = judge
    return ""


_kept: list[Any] = []


def light(pair: Pair) -> Pair:
    """Leave out of a pair what judging doesn't need, before it is sent."""
    grafts: dict[str, Any] = {
        notebook: replace(graft, notebook={}, compiling=None)
        for notebook, graft in pair.grafts.items()
    }
    return replace(pair, grafts=grafts)


def work(course: str, pair: Pair) -> Answer:
    """Judge a pair, on a worker that has the course."""
    compiling = Compiling()  # one for all of them
    grafts = {name: replace(graft, compiling=compiling) for name, graft in pair.grafts.items()}
    return answer(_judges[course], replace(pair, grafts=grafts))


def main() -> None:
    """Begin a worker on this machine."""
    parser = argparse.ArgumentParser(description="Judges pairs for a Dask scheduler.")
    parser.add_argument("address", help="of the scheduler, e.g. tcp://10.0.0.1:8786")
    address = parser.parse_args().address
    if why := sandbox.available():
        sys.exit(why)
    try:
        import_module("distributed")
    except ImportError:
        sys.exit(NEEDED)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    once = ["--nworkers", "1", "--nthreads", str(cores()), "--no-dashboard"]
    # One that is killed for memory is begun again; what it had is judged by others meanwhile.
    os.execve(sys.executable, [sys.executable, "-m", "dask", "worker", address, *once], environment)
