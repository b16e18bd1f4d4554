"""Decides what a student's work is worth, without running it in a process that decides.

For each task a package is built: the student's regions of that task, its prerequisites from
the reference, stubs elsewhere. Its probes run in a sandbox of their own; the same probes ran
on the reference before. What comes out of both is compared here.

Trusted processes run the reference and its mutants, code of the course alone.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import random
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from grading.checks import Mutant
from grading.course.guides import load_course
from grading.course.regions import GradingError, Region
from grading.course.tasks import Assignment, Course, Task, mutants_path, probes_path
from grading.judge import non_solutions
from grading.judge.alternatives import chooser, readings
from grading.judge.assemble import PARSING, Chooser, Files, Reference, Source, assemble, same_code
from grading.judge.cache import Cache
from grading.judge.carried import carried_key, carried_path, read_carried
from grading.judge.compare import Outcome
from grading.judge.diagnosis import says
from grading.judge.disclosure import Disclosure, quotations
from grading.judge.execute import (
    WORKERS,
    Outcomes,
    execute,
    execute_trusted,
    execute_whole,
    measure,
)
from grading.judge.material import Material, read_material
from grading.judge.pair import Pair, Place, Threads
from grading.judge.scoring import MORE_RIGHT_ONES, RIGHT_ONES, score_probes, score_tests
from grading.judge.variants import rewritten
from grading.judge.verdict import Finding, Judgement, Verdict, best
from grading.paths import ROOT, sources
from grading.release.strip import released
from grading.sandbox import folders
from grading.sandbox.ending import NotYet
from grading.sandbox.limits import FLOOR, LAZY, Budget, Needs
from grading.submission.answers import Graft, graft
from grading.submission.cells import Compiling
from grading.submission.read import Submission, read_submission

# The rooms that a judgement depends on; a change in one of them judges everything anew.
ROOMS = ("checks", "course", "release", "submission", "sandbox", "judge")


class Judge:
    """Judges submissions of one course.

    Args:
        root: the project.
        own_prerequisites: take a prerequisite from the student's own work where that earned
            all its points, instead of from the reference.
        cache: folder for what needn't be computed twice; None keeps nothing.
        sandboxed: False runs students' code as a child process of ours. Only for code that
            the course made itself.

    Attributes:
        place: where pairs of a submission and a task are judged; in threads of this process,
            unless it is set.

    """

    def __init__(
        self,
        root: Path,
        *,
        own_prerequisites: bool = False,
        cache: Path | None = None,
        sandboxed: bool = True,
    ) -> None:
        self.course: Course = load_course(root)
        self.reference = Reference(self.course)
        self.own_prerequisites = own_prerequisites
        self.cache = Cache(cache)
        self.sandboxed = sandboxed
        self.place: Place = Threads(WORKERS)
        self._materials: dict[str, Material] = {}
        self._releases: dict[str, Any] = {}
        self._trusted: dict[str, dict[str, Outcomes]] = {}
        self._needs: dict[str, Needs] = {}
        self._unsettled: dict[str, list[str]] = {}
        self._late: dict[str, NotYet] = {}
        self._locks = {task.id: threading.RLock() for task in self.course.tasks}

    def trusting(self) -> Judge:
        """Return this judge as one that runs code without a sandbox."""
        trusting = copy.copy(self)
        trusting.sandboxed = False
        return trusting

    # --- the course's side -------------------------------------------------------------------

    def material(self, task: Task) -> Material:
        """Read a task's probes and mutants."""
        if task.id not in self._materials:
            self._materials[task.id] = read_material(self.course, self.reference, task)
        return self._materials[task.id]

    def release(self, notebook: str) -> Any:
        """Return a guide as students get it."""
        if notebook not in self._releases:
            self._releases[notebook] = released(self.course, notebook)
        return self._releases[notebook]

    @cached_property
    def version(self) -> str:
        """Name the judge's tools and the reference."""
        digest = hashlib.sha256()
        for path in sources(*ROOMS):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
        for name, text in sorted(self.reference.modules.items()):
            digest.update(name.encode() + b"\0" + text.encode())
        for name, data in sorted(self.reference.others.items()):
            digest.update(name.encode() + b"\0" + data)
        return digest.hexdigest()

    def task_version(self, task: Task) -> str:
        """Name what the outcomes of a task depend on: the tools, the reference, its probes."""
        digest = hashlib.sha256(f"{self.version} {self.probes_version(task)}".encode())
        return f"{task.id} {digest.hexdigest()}"

    def probes_version(self, task: Task) -> str:
        """Name what a task itself brings: probes, mutants, visible cell, points, settings."""
        digest = hashlib.sha256()
        for path in (
            probes_path(self.course.root, task.id),
            mutants_path(self.course.root, task.id),
        ):
            digest.update(path.read_bytes() if path.exists() else b"-")
        digest.update(repr((task, self.material(task).visible)).encode())
        return digest.hexdigest()

    def needs(self, task: Task) -> Needs:
        """Say what the reference needs for a task, measured once in this run of the grader.

        Raises:
            NotYet: the reference did not come to its end.

        """
        with self._locks[task.id]:
            if task.id not in self._needs:
                self._measure(task)
            return self._needs[task.id]

    def trusted(self, task: Task) -> dict[str, Outcomes]:
        """Run a task's probes on the whole reference, its package of the task, stub and mutants.

        Returns:
            Outcomes by package: `reference`, `task`, `stub`, `lazy:<name>` and `mutant:<name>`.

        Raises:
            NotYet: the reference did not come to its end.

        """
        with self._locks[task.id]:
            if task.id not in self._trusted:
                self._trusted[task.id] = (
                    self._read_trusted(task) or self.carried(task) or self._run_trusted(task)
                )
            return self._trusted[task.id]

    def unsettled(self, task: Task) -> list[str]:
        """Say which of a task's packages could not be run to an end; a later run tries again."""
        return self._unsettled.get(task.id, [])

    def _read_trusted(self, task: Task) -> dict[str, Outcomes]:
        stored = self.cache.read("trusted", self.task_version(task))
        return {
            package: {item: Outcome(**each) for item, each in outcomes.items()}
            for package, outcomes in json.loads(stored or "{}").items()
        }

    def carried(self, task: Task) -> dict[str, Outcomes]:
        """Return what the repository knows already of a task's packages; nothing if it is old."""
        path = carried_path(self.course.root, task)
        if not path.exists():
            return {}
        return read_carried(path, carried_key(self.reference, self.probes_version(task)))

    def _measure(self, task: Task, kernels: Path | None = None) -> Outcomes:
        """Run the reference; keep what it needs."""
        if error := self._late.get(task.id):  # what was too slow for one submission is for all
            raise error
        files = assemble(self.reference, lambda region: "reference")[0]
        try:
            outcomes, self._needs[task.id] = measure(self.material(task), files, kernels)
        except NotYet as error:
            self._late[task.id] = error
            raise
        except RuntimeError as error:
            path = probes_path(self.course.root, task.id)
            raise GradingError(f"{path}: the reference could not be run: {error}.") from error
        return outcomes

    def _run_trusted(self, task: Task) -> dict[str, Outcomes]:
        material = self.material(task)
        packages = {
            "task": assemble(self.reference, chooser(task, "reference"))[0],
            "stub": assemble(self.reference, chooser(task, "stub"))[0],
        }
        for name, body in non_solutions.BODIES.items() if task.kind == "probes" else ():
            bodies = {region.target: body for region in task.regions}
            package, _ = assemble(self.reference, chooser(task, "stub"), bodies=bodies)
            packages[f"lazy:{name}"] = package
        for mutant in material.mutants:
            packages[f"mutant:{mutant.name}"] = (
                packages["task"]
                | assemble(
                    self.reference,
                    chooser(task, "reference"),
                    bodies={mutant.target: mutant.body},
                    only=self.course.region(mutant.target).module,
                )[0]
            )
        items = {name: set(material.items) for name in packages if ":" in name}
        with folders.fresh() as kernels:
            reference = self._measure(task, Path(kernels))
            usual = self.needs(task)
            lazies = replace(usual, floor=min(LAZY, usual.floor), hasty=True)
            needs = {name: lazies if name.startswith("lazy:") else usual for name in packages}
            outcomes, unsettled = execute_trusted(material, packages, items, needs, Path(kernels))
        outcomes = {"reference": reference} | outcomes
        if unsettled:
            self._unsettled[task.id] = unsettled
        else:
            plain = {
                package: {item: asdict(each) for item, each in found.items()}
                for package, found in outcomes.items()
            }
            self.cache.write("trusted", self.task_version(task), json.dumps(plain))
        return outcomes

    def prepare(
        self,
        assignment: Assignment,
        ready: Callable[[Task], None] = lambda task: None,
        only: Collection[str] = (),
    ) -> None:
        """Run the reference and the mutants of an assignment's tasks, side by side.

        Args:
            assignment: whose tasks.
            ready: called as each task ends, so that a long wait can be watched.
            only: ids of the tasks; all by default.

        """
        tasks = [task for task in assignment.tasks if not only or task.id in only]
        for task in tasks:  # parsing is not for several threads
            self.material(task)
        _ = self.reference.stubs
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            waiting = {pool.submit(self.trusted, task): task for task in tasks}
            for done in as_completed(waiting):
                with contextlib.suppress(NotYet):  # each submission will say so
                    done.result()
                ready(waiting[done])

    # --- a student's side --------------------------------------------------------------------

    def read(self, assignment_name: str, folder: Path) -> Submission:
        """Read the notebooks that lie in a submission's folder."""
        return read_submission(self.course.assignment(assignment_name), folder)

    def grafts(self, submission: Submission) -> dict[str, Graft]:
        """Put the answers into fresh copies of the release."""
        compiling = Compiling()  # one for all of them
        return {
            notebook: graft(
                self.release(notebook), raw, submission.reasons.get(notebook, ""), compiling
            )
            for notebook, raw in submission.files.items()
        }

    def key(self, assignment: str, grafts: Mapping[str, Graft]) -> str:
        """Name a judgement by all that it depends on."""
        model = self.course.assignment(assignment)
        digest = hashlib.sha256(f"{assignment} {self.own_prerequisites}".encode())
        for task in model.tasks:
            digest.update(self.task_version(task).encode())
        for notebook in model.notebooks:
            for cell in self.release(notebook).cells:
                digest.update(repr((cell.get("id"), cell.source, cell.metadata)).encode())
        for notebook, each in sorted(grafts.items()):
            content = [notebook, sorted(each.answers.items()), each.added, each.notes]
            digest.update(json.dumps(content).encode())
        return digest.hexdigest()

    def verdict_key(
        self, task: Task, grafts: Mapping[str, Graft], own: Collection[str] = ()
    ) -> str:
        """Name a verdict by all that it depends on: its own task, and the code handed in.

        What another task brings is no part of it, nor is an answer in words.
        """
        coded = {region.cell_id for region in self.course.regions}
        digest = hashlib.sha256(f"{self.task_version(task)} {sorted(own)}".encode())
        for notebook, each in sorted(grafts.items()):
            answers = [item for item in sorted(each.answers.items()) if item[0] in coded]
            digest.update(json.dumps([notebook, answers, each.added]).encode())
        return f"{task.id} {digest.hexdigest()}"

    def judge(
        self,
        submission: Submission,
        *,
        again: bool = False,
        settle: bool = False,
        only: Collection[str] = (),
        held: Mapping[str, str] | None = None,
    ) -> Judgement:
        """Judge a submission.

        Args:
            submission: the files.
            again: don't use what an earlier run found.
            settle: a person has decided that what can't be found out counts as wrong.
            only: judge these tasks alone, and leave the others their verdicts; all by default.
            held: keys of the verdicts that were given last, by task.

        Returns:
            A verdict on every task; a broken submission is never an exception. One that can't be
            graded yet says so (`Judgement.waits`), and is not kept.

        Raises:
            SandboxError: students' code can't be run safely here.

        """
        assignment = self.course.assignment(submission.assignment)
        grafts = self.grafts(submission)
        key = self.key(assignment.name, grafts)
        if not again and not only and (stored := self.cache.read("judged", key)) is not None:
            known = replace(Judgement.from_json(stored), known=True)
            return self._hushed(known, submission)
        if self.sandboxed:
            self.place.require()
        chosen = [task.id for task in assignment.tasks if not only or task.id in only]
        kept = {
            task.id: self._kept(task, (held or {}).get(task.id, ""))
            for task in assignment.tasks
            if task.id not in chosen
        }
        self.prepare(assignment, only=chosen)
        # Where a task goes by what those before it earned, they are one after the other.
        groups = [chosen] if self.own_prerequisites else [[each] for each in chosen]
        waiting = [
            self.place.submit(self, Pair(assignment.name, tuple(group), grafts, again, settle))
            for group in [*groups, []]  # the last is the whole package
        ]
        answers = [each.result() for each in waiting]
        judged = {verdict.task: verdict for each in answers for verdict in each.verdicts} | kept
        notes = [
            f"{Path(notebook).name}: {note}" for notebook, g in grafts.items() for note in g.notes
        ]
        verdicts = tuple(
            replace(judged[task.id], whole=answers[-1].shares.get(task.id))
            for task in assignment.tasks
        )
        current = {t.id: self.verdict_key(t, grafts) for t in assignment.tasks if t.id in kept}
        if current != {name: verdict.key for name, verdict in kept.items()}:
            # It depends on what was found by probes of before, too.
            keys = " ".join([key, *(verdict.key for verdict in verdicts)])
            key = hashlib.sha256(keys.encode()).hexdigest()
        judgement = Judgement(assignment.name, key, verdicts, tuple(notes))
        if not judgement.waits:
            self.cache.write("judged", judgement.key, judgement.to_json())
        return self._hushed(judgement, submission)

    def _kept(self, task: Task, key: str) -> Verdict:
        """Return the verdict that was given last; one that waits if there was none."""
        if key and (stored := self.cache.read("verdict", key)) is not None:
            return Verdict.from_dict(json.loads(stored))
        why = f"{task.label}: it was left out, and there is no earlier verdict on it"
        return Verdict(task.id, task.points, 0.0, section=task.section, waits=why)

    def verdict(
        self,
        task: Task,
        grafts: Mapping[str, Graft],
        earlier: Mapping[str, Verdict] | None = None,
        *,
        again: bool = False,
        settle: bool = False,
    ) -> Verdict:
        """Judge one task, unless the same work was judged by the same probes before.

        Args:
            task: the task.
            grafts: the submission's answers, by notebook.
            earlier: verdicts on tasks before it, if they count (`own_prerequisites`).
            again: don't use what an earlier run found.
            settle: what can't be found out counts as wrong.

        """
        own = {name for name, verdict in (earlier or {}).items() if verdict.full}
        key = self.verdict_key(task, grafts, own)
        if not again and (stored := self.cache.read("verdict", key)) is not None:
            return Verdict.from_dict(json.loads(stored))
        verdict = replace(self.judge_task(task, grafts, earlier, settle=settle), key=key)
        if not verdict.waits:
            self.cache.write("verdict", key, json.dumps(asdict(verdict)))
        return verdict

    def _hushed(self, judgement: Judgement, submission: Submission) -> Judgement:
        """Leave out what programs said where a solution was inside that isn't earned yet."""
        earned = {verdict.task for verdict in judgement.verdicts if verdict.full}
        earned |= submission.earned
        verdicts = []
        for verdict in judgement.verdicts:
            task = self.course.task(verdict.task)
            unearned = [each for each in task.requires if each not in earned]
            if task.kind == "probes" and unearned:
                verdict = verdict.hushed(unearned)
            verdicts.append(verdict)
        return replace(judgement, verdicts=tuple(verdicts))

    def judge_task(
        self,
        task: Task,
        grafts: Mapping[str, Graft],
        earlier: Mapping[str, Verdict] | None = None,
        *,
        settle: bool = False,
    ) -> Verdict:
        """Judge one task: in the student's way first, then in ways that help a fair result.

        The first package keeps what the student wrote around the answers. If it falls short,
        the other fair readings of the same work are tried, and the best counts. Where one of them
        could not be run to an end, and none of the others earns everything, the task waits.
        """
        own = {t for t, verdict in (earlier or {}).items() if verdict.full}
        if task.kind == "tests":
            own = set()  # what tests are tried on is the reference, wrong in one place
        try:
            verdicts, late = self._readings(task, grafts, own)
        except NotYet as error:  # the reference itself
            verdicts, late = [], error
        if verdicts and verdicts[-1].full:
            return verdicts[-1]
        if late is not None and not settle:
            return Verdict(task.id, task.points, 0.0, section=task.section, waits=str(late))
        if not verdicts:
            said = "it could not be run to its end, and a person decided that it counts as wrong"
            nothing = Finding("the whole task", "", False, said)
            return Verdict(task.id, task.points, 0.0, (nothing,), section=task.section)
        if task.kind == "tests":
            return max(verdicts, key=lambda verdict: verdict.earned)
        return best(verdicts)

    def _readings(
        self, task: Task, grafts: Mapping[str, Graft], own: set[str]
    ) -> tuple[list[Verdict], NotYet | None]:
        """Judge the fair readings of a task until one earns everything.

        Returns:
            A verdict on each that could be run to an end, and why the first other one could not.

        """
        material, needs = self.material(task), self.needs(task)
        hidden = self._hidden(material, grafts)
        packages = 2 * len(material.mutants) + RIGHT_ONES + MORE_RIGHT_ONES
        budget = Budget(needs, packages if task.kind == "tests" else 1)
        verdicts: list[Verdict] = []
        tried: list[Files] = []
        late: NotYet | None = None
        for choose, extras in readings(self.course, task, own):
            files, notes = assemble(self.reference, choose, grafts, extras=extras)
            if any(same_code(files, other) for other in tried):
                continue
            tried.append(files)
            run = partial(self._execute, material, needs=needs, budget=budget)
            try:
                if task.kind == "tests":
                    package = partial(self._varied, files, grafts, choose, extras)
                    outcomes, said = run(package(None))
                    verdict = score_tests(
                        material, outcomes, said, package, partial(run, first_failure=True)
                    )
                else:
                    outcomes, said = run(files)
                    verdict = score_probes(
                        material, self.trusted(task), outcomes, said, Disclosure(hidden)
                    )
            except NotYet as error:
                late = late or error
                continue
            verdicts.append(replace(verdict, notes=tuple(dict.fromkeys([*notes, *verdict.notes]))))
            if verdict.full:
                break
        return verdicts, late

    def _hidden(self, material: Material, grafts: Mapping[str, Graft]) -> set[str]:
        """List quotations of what students don't have: what they wrote themselves is theirs."""
        theirs = [text for g in grafts.values() for text in g.answers.values()]
        theirs += [text for g in grafts.values() for _, text in g.added]
        secret = (self._solutions | quotations([material.source])) - self._given
        for text in (*theirs, str(material.visible["source"])):
            secret -= quotations([text])  # one by one: they may be long
        return secret

    @cached_property
    def _solutions(self) -> set[str]:
        return quotations(region.body for region in self.course.regions)

    @cached_property
    def _given(self) -> set[str]:
        """List quotations of the package as it is released, stubs included."""
        return quotations(self.reference.given.values())

    def _execute(
        self,
        material: Material,
        files: Files,
        items: set[str] | None = None,
        *,
        needs: Needs,
        budget: Budget,
        first_failure: bool = False,
    ) -> tuple[Outcomes, list[str]]:
        return execute(
            material,
            files,
            items,
            needs=needs,
            budget=budget,
            first_failure=first_failure,
            sandboxed=self.sandboxed,
        )

    def _varied(
        self,
        files: Files,
        grafts: Mapping[str, Graft],
        choose: Chooser,
        extras: bool,
        mutant: Mutant | None,
    ) -> Files:
        """Write a package in other words each time, right or with a mutant in it."""
        bodies = {
            region.target: region.body
            for region in self.course.regions
            if choose(region) == "reference" and not region.whole
        }
        if mutant is not None:
            bodies[mutant.target] = mutant.body
        chance = random.Random(random.SystemRandom().getrandbits(64))
        with PARSING:
            bodies = {target: rewritten(body, chance) for target, body in bodies.items()}
        varied = dict(files)
        for module in {self.course.region(target).module for target in bodies}:
            varied |= assemble(
                self.reference, choose, grafts, bodies=bodies, extras=extras, only=module
            )[0]
        return varied

    def whole(
        self, assignment: Assignment, grafts: Mapping[str, Graft], *, again: bool = False
    ) -> dict[str, float]:
        """Say how each task's probes do on the student's whole package; nothing if unknown.

        Args:
            assignment: whose tasks.
            grafts: the submission's answers, by notebook.
            again: don't use what an earlier run found.

        """
        keys = {task: self.verdict_key(task, grafts) for task in assignment.tasks}
        shares: dict[str, float] = {}
        for task, key in keys.items():
            if not again and (stored := self.cache.read("whole", key)) is not None:
                shares[task.id] = float(stored)
        if left := [task for task in keys if task.id not in shares]:
            found = self._whole(assignment, left, grafts)
            for task in left:
                if task.id in found:
                    self.cache.write("whole", keys[task], repr(found[task.id]))
            shares |= found
        return shares

    def _whole(
        self, assignment: Assignment, tasks: Sequence[Task], grafts: Mapping[str, Graft]
    ) -> dict[str, float]:
        """Run some tasks' probes on the student's whole package."""
        mine = {task.id for task in assignment.tasks}
        position = self.course.assignments.index(assignment)
        before = {t.id for a in self.course.assignments[:position] for t in a.tasks}

        def choose(region: Region) -> Source:
            if region.task in mine:
                return "student"
            return "reference" if region.task in before else "stub"

        files, _ = assemble(self.reference, choose, grafts)
        materials = [self.material(task) for task in tasks]
        shares: dict[str, float] = {}
        try:
            every = [self.needs(task) for task in tasks]
            needs = Needs(
                {item: cpu for each in every for item, cpu in each.items.items()},
                min((each.floor for each in every), default=FLOOR),
            )
            found = execute_whole(materials, files, needs, sandboxed=self.sandboxed)
        except NotYet:
            return shares
        for task in tasks:
            material = self.material(task)
            known = self.trusted(task)["reference"]
            agree = [
                item in found
                and (
                    found[item].ok
                    if task.kind == "tests"
                    else says(known[item], found[item], task.tolerance) is None
                )
                for item in material.items
            ]
            shares[task.id] = sum(agree) / len(agree) if agree else 0.0
        return shares
