"""What a student handed in for an assignment."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grading.course.tasks import Assignment
from grading.submission import find

# Of the process that looks for a submission's notebooks; for time that it computes.
SECONDS, MEMORY = 60, 2 << 30


class SubmissionError(Exception):
    """A submission can't be read within its budget; the message says why."""


def unfit(student: str) -> str:
    """Say why a folder's name can't be a student's id; empty if it can.

    nbgrader ends a whole run at a name with a line end, and doesn't see one that begins with a
    dot. What can't be printed can't be told from another name by a person either.
    """
    try:
        student.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8, as old archives have it"
    if odd := next((c for c in student if not c.isprintable()), ""):
        return f"its name holds a character that can't be printed, {odd!a}"
    return "its name begins with a dot, so it is hidden" if student.startswith(".") else ""


@dataclass
class Submission:
    """One student's files of one assignment, by notebook.

    Attributes:
        assignment: its name.
        files: what was handed in, by notebook.
        reasons: why a file is missing.
        earned: tasks of other assignments of which the student has all points already.

    """

    assignment: str
    files: Mapping[str, bytes | None]
    reasons: Mapping[str, str] = field(default_factory=dict)
    earned: frozenset[str] = frozenset()

    @property
    def digest(self) -> str:
        """Name what was handed in: the notebooks that count, and how they were found."""
        digest = hashlib.sha256(self.assignment.encode())
        for notebook, raw in sorted(self.files.items()):
            note = f"{notebook}\0{-1 if raw is None else len(raw)}\0{self.reasons.get(notebook)}"
            digest.update(note.encode("utf-8", "replace") + b"\0" + (raw or b""))
        return digest.hexdigest()


def read_submission(assignment: Assignment, folder: Path) -> Submission:
    """Read the notebooks that lie in a submission's folder, as `find` finds them.

    It is done in a process of its own, with limits on time and memory, since what strangers hand
    in can be made to take much of both.

    Raises:
        SubmissionError: it took more than it may.

    """
    if folder.is_symlink() or folder.parent.is_symlink():  # perhaps to another's work
        why = "lies in a folder that is a link; not read"
        names = assignment.notebooks
        return Submission(assignment.name, dict.fromkeys(names), dict.fromkeys(names, why))
    wanted: dict[str, list[str]] = {notebook: [] for notebook in assignment.notebooks}
    for task in assignment.tasks:
        wanted[task.notebook].append(task.grade_id)
    request = {"folder": str(folder), "wanted": wanted, "seconds": SECONDS, "memory": MEMORY}
    start = f"from {find.__name__} import main; main()"
    code = f"import sys; sys.path.insert(0, sys.argv[1]); {start}"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(Path(__file__).resolve().parents[2])],
        input=json.dumps(request).encode(),
        capture_output=True,
    )
    if done.returncode:
        raise SubmissionError(_why(done))
    head, _, rest = done.stdout.partition(b"\n")
    files: dict[str, bytes | None] = {}
    reasons: dict[str, str] = {}
    for notebook, (size, note) in json.loads(head).items():
        files[notebook] = None if size < 0 else rest[:size]
        rest = rest[max(0, size) :]
        if note:
            reasons[notebook] = note
    return Submission(assignment.name, files, reasons)


def _why(done: subprocess.CompletedProcess[bytes]) -> str:
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"it takes more than {SECONDS} seconds of computing to find its notebooks"
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if said and said[-1].startswith("MemoryError"):
        return f"it takes more than {MEMORY >> 30} GB of memory to find its notebooks"
    return f"its notebooks could not be looked for: {said[-1] if said else done.returncode}"
