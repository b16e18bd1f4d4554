"""Judges pairs on the workers of a Dask cluster.

A worker gets the course when it is first seen, and says whether it can judge. A pair that a worker
had when it was lost goes to another one; its answer is taken once.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import Any

from grading.course.regions import GradingError
from grading.judge.judge import Judge
from grading.judge.pair import Answer, Pair
from grading.sandbox.ending import NotYet
from grading.schedule import worker
from grading.schedule.worker import NEEDED

CONNECT = 10.0  # seconds for a scheduler to answer, and for a first worker to come
PATIENCE = 60.0  # seconds without any worker that can judge, after which the rest is given up
LOOK = 0.5  # seconds between two looks at who is there

START = "On each machine, in a copy of the project: python -m grading worker"


@dataclass
class _Waiting:
    """A pair that has no answer yet."""

    pair: Pair
    answer: Future[Answer] = field(default_factory=Future)
    workers: frozenset[str] = frozenset()  # who may take it
    future: Any = None  # Dask's


class Cluster:
    """Where pairs are judged by others.

    Args:
        client: Dask's.
        address: of its scheduler.
        say: told who can't judge, and why.

    """

    workers = 1
    course: worker.Sent

    def __init__(self, client: Any, address: str, say: Callable[[str], None]) -> None:
        self.client, self.address, self.say = client, address, say
        self._fit: frozenset[str] = frozenset()
        self._unfit: dict[str, str] = {}
        self._waiting: dict[int, _Waiting] = {}
        self._numbers = itertools.count()
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._gone = time.monotonic()  # since when nobody is there
        self._lost = ""
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def begin(self, judge: Judge, assignment: str) -> None:
        """Send the course to the workers, and keep looking who is there.

        Raises:
            GradingError: nobody can judge.

        """
        self.course = worker.sent(judge, assignment)
        self._first()
        threads = sum(self.client.nthreads(workers=list(self._fit)).values())
        self.workers = 2 * threads  # one more each, for what lies between two pairs
        self.say(f"Judging on {len(self._fit)} workers with {threads} threads at {self.address}")
        self._watcher.start()

    def _first(self) -> None:
        """Wait for workers that can judge."""
        until = time.monotonic() + CONNECT
        while not self._fit:
            self._look(set(self.client.nthreads()))
            if not self._fit and (self._unfit or time.monotonic() > until):
                break
            time.sleep(0 if self._fit else LOOK)
        if not self._fit:
            who = "; ".join(f"{address}: {why}" for address, why in self._unfit.items())
            raise GradingError(
                f"The scheduler at {self.address} has no worker that can judge. "
                + (who or f"There is none at all. {START} {self.address}")
            )

    def _look(self, alive: Collection[str]) -> None:
        """Send the course to workers that weren't seen before, and ask whether they can judge."""
        new = [each for each in alive if each not in self._fit and each not in self._unfit]
        if new:
            said = self.client.run(worker.receive, self.course, workers=new, on_error="return")
            for address, why in said.items():
                if why:
                    self._unfit[address] = told(why)
                    self.say(f"Left out: the worker {address}. {self._unfit[address]}")
            fit = {address for address, why in said.items() if why == ""}
            self._fit |= fit

    def require(self) -> None:
        """Let it be: each worker was asked whether it can shut students' code in."""

    def submit(self, judge: Judge, pair: Pair) -> Future[Answer]:
        """Let a pair be judged by a worker."""
        waiting = _Waiting(worker.light(pair))
        with self._lock:
            if self._lost:
                waiting.answer.set_exception(NotYet(self._lost))
                return waiting.answer
            self._waiting[number := next(self._numbers)] = waiting
            self._send(number, waiting)
        return waiting.answer

    def _send(self, number: int, waiting: _Waiting) -> None:
        waiting.workers = self._fit
        waiting.future = self.client.submit(
            worker.work,
            self.course.name,
            waiting.pair,
            workers=list(self._fit),
            pure=False,
        )
        waiting.future.add_done_callback(lambda future: self._take(number, future))

    def _take(self, number: int, future: Any) -> None:
        """Take an answer; once, whoever else may have judged the same."""
        if future.cancelled():  # the scheduler is gone, or it was sent anew
            return
        try:
            result, error = future.result(), None
        except CancelledError:
            return
        except Exception as raised:
            result, error = None, raised
        with self._lock:
            waiting = self._waiting.pop(number, None)
        if waiting is None:
            return
        if result is not None:
            waiting.answer.set_result(result)
        else:
            waiting.answer.set_exception(_as_ours(error))

    def _watch(self) -> None:
        """Look who is there, as long as there is something to judge."""
        while not self._closed.wait(LOOK):
            try:
                alive = frozenset(self.client.nthreads())
                self._look(alive)
            except Exception:  # whatever a lost connection raises
                alive = frozenset()
            with self._lock:
                self._fit &= alive
                if self._fit:
                    self._gone = time.monotonic()
                    for number, waiting in self._waiting.items():
                        lost = waiting.future.status in ("cancelled", "lost")
                        if lost or not waiting.workers & self._fit:
                            waiting.future.cancel()
                            self._send(number, waiting)
                elif time.monotonic() - self._gone > PATIENCE:
                    self._give_up()

    def _give_up(self) -> None:
        self._lost = (
            f"the cluster at {self.address} has had no worker that can judge for "
            f"{PATIENCE:g} seconds"
        )
        for waiting in self._waiting.values():
            waiting.answer.set_exception(NotYet(self._lost))
        self._waiting.clear()

    def close(self) -> None:
        """End; what is queued is not judged any more."""
        self._closed.set()
        if self._watcher.ident:
            self._watcher.join()
        with self._lock:
            left, self._waiting = [*self._waiting.values()], {}
        for waiting in left:
            waiting.future.cancel()
            waiting.answer.cancel()


def _as_ours(error: Exception | None) -> Exception:
    from distributed.scheduler import KilledWorker

    if isinstance(error, KilledWorker):
        return NotYet("one worker after the other was lost while it judged it")
    return error or RuntimeError("no answer")


def told(why: object) -> str:
    """Say in words why a worker can't judge; an error of its own is told, too."""
    if isinstance(why, ModuleNotFoundError):
        return f"It has no {why.name}. {START} …"
    return f"{type(why).__name__}: {why}" if isinstance(why, BaseException) else str(why)


@contextlib.contextmanager
def cluster(address: str, say: Callable[[str], None]) -> Iterator[Cluster]:
    """Judge on a cluster for a while.

    Args:
        address: of its scheduler.
        say: told what a person should know.

    Raises:
        GradingError: Dask is missing, or there is no scheduler.

    """
    try:
        from distributed import Client
    except ImportError:
        raise GradingError(NEEDED) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is lost, we say ourselves
    try:
        client = Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise GradingError(
            f"There is no Dask scheduler at {address}: {error or type(error).__name__}. Start one "
            "(dask scheduler) and workers, or leave --scheduler out to judge on this machine. "
            "Nothing was changed."
        ) from None
    with client:
        place = Cluster(client, address, say)
        try:
            yield place
        finally:
            place.close()
