"""A submission and a task: what is judged by itself, here or on another machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from grading.judge.verdict import Verdict
from grading.sandbox import run as sandbox
from grading.submission.answers import Graft

if TYPE_CHECKING:
    from grading.judge.judge import Judge


@dataclass(frozen=True)
class Pair:
    """One submission and one task of it.

    Attributes:
        assignment: its name.
        tasks: the task's id; several where one goes by what the others earned, in their order;
            none for the student's whole package.
        grafts: the submission's answers, by notebook.
        again: don't use what an earlier run found.
        settle: a person has decided that what can't be found out counts as wrong.

    """

    assignment: str
    tasks: tuple[str, ...]
    grafts: Mapping[str, Graft] = field(repr=False)
    again: bool = False
    settle: bool = False


@dataclass(frozen=True)
class Answer:
    """What came of a pair.

    Attributes:
        verdicts: one for each of its tasks.
        shares: of the whole package, by task: the part of the probes that agree.

    """

    verdicts: tuple[Verdict, ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)


class Place(Protocol):
    """Where pairs are judged.

    Attributes:
        workers: how many at one time.

    """

    workers: int

    def require(self) -> None:
        """Refuse to go on where students' code can't be shut in.

        Raises:
            SandboxError: says why.

        """
        ...

    def begin(self, judge: Judge, assignment: str) -> None:
        """Get ready for an assignment, when what the reference gives is known.

        Raises:
            GradingError: nobody can judge.

        """
        ...

    def submit(self, judge: Judge, pair: Pair) -> Future[Answer]:
        """Let a pair be judged."""
        ...


def answer(judge: Judge, pair: Pair) -> Answer:
    """Judge a pair, here and now."""
    again = pair.again
    if not pair.tasks:
        assignment = judge.course.assignment(pair.assignment)
        return Answer(shares=judge.whole(assignment, pair.grafts, again=again))
    verdicts: dict[str, Verdict] = {}
    for name in pair.tasks:
        task = judge.course.task(name)
        verdicts[name] = judge.verdict(task, pair.grafts, verdicts, again=again, settle=pair.settle)
    return Answer(tuple(verdicts.values()))


class Threads:
    """Judges pairs side by side in this process; most of the work is that of its sandboxes.

    Args:
        workers: how many pairs at one time.

    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="pair")

    def require(self) -> None:
        """Refuse to go on where there is no bwrap.

        Raises:
            SandboxError: says why.

        """
        sandbox.require()

    def begin(self, judge: Judge, assignment: str) -> None:
        """Nothing more is needed here."""

    def submit(self, judge: Judge, pair: Pair) -> Future[Answer]:
        """Let a pair be judged as soon as one of the threads is free."""
        return self._pool.submit(answer, judge, pair)

    def close(self) -> None:
        """End; what is queued is not begun any more."""
        self._pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def threads(workers: int) -> Iterator[Threads]:
    """Open threads for a while."""
    place = Threads(workers)
    try:
        yield place
    finally:
        place.close()
