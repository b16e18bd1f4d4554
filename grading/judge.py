"""Decides what a student's work is worth, without running it in a process that decides.

For each task a package is built: the student's regions of that task, its prerequisites from
the reference, stubs elsewhere. Its probes run in a sandbox of their own; the same probes ran
on the reference before. What comes out of both is compared here.

Trusted processes run the reference and its mutants, code of the course alone.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from grading import compare, sandbox
from grading.compare import Outcome, difference
from grading.course import (
    Assignment,
    Course,
    GradingError,
    Region,
    Task,
    load_course,
    mutants_path,
    probes_path,
)
from grading.graft import Graft, graft, read_file, released
from grading.mutants import Mutant
from grading.packages import Chooser, Files, Reference, Source, assemble, same_code
from grading.sandbox import Limits, Result

SECONDS = 10.0  # of one probe, unless its file says otherwise
WORKERS = max(2, min(4, os.cpu_count() or 1))
PATIENCE = 6  # so many probes' time for all of a task, and then what is left is not run


@dataclass(frozen=True)
class Finding:
    """What one probe (or one of the student's tests) showed.

    Attributes:
        name: of the probe, the test or the mutant.
        about: what it looks at, for the student.
        agrees: it earned its share.
        said: what came out, and what belongs there; empty if it agrees.
        misconception: the sentence of the mutant that gives the same result.
    """

    name: str
    about: str
    agrees: bool
    said: str = ""
    misconception: str = ""


@dataclass(frozen=True)
class Verdict:
    """What one task came to.

    Attributes:
        task: its id.
        points: what its visible cell is worth.
        earned: what the student gets, between 0 and `points`.
        findings: one for each probe.
        check: why the visible cell fails; empty if it passes.
        section: where the site explains the task.
        notes: what was odd, for a person.
        whole: share of the probes that agree on the student's whole package; None if it
            was not tried.
    """

    task: str
    points: float
    earned: float
    findings: tuple[Finding, ...] = ()
    check: str = ""
    section: str = ""
    notes: tuple[str, ...] = ()
    whole: float | None = None

    @property
    def full(self) -> bool:
        """Every point was earned."""
        return self.earned >= self.points


@dataclass(frozen=True)
class Judgement:
    """What one submission of one assignment came to."""

    assignment: str
    key: str
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...] = ()

    @property
    def earned(self) -> float:
        """Points of all tasks; those given by hand come on top."""
        return sum(verdict.earned for verdict in self.verdicts)

    @property
    def points(self) -> float:
        """Points that could be earned."""
        return sum(verdict.points for verdict in self.verdicts)

    @property
    def whole(self) -> float:
        """Points, had every task been graded on the student's whole package."""
        return sum(v.points * (v.whole or 0.0) for v in self.verdicts)

    def verdict(self, task_id: str) -> Verdict:
        """Return the verdict on a task."""
        return next(verdict for verdict in self.verdicts if verdict.task == task_id)

    def to_json(self) -> str:
        """Write it for the cache."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> Judgement:
        """Read it from the cache."""
        read = json.loads(text)
        verdicts = tuple(
            Verdict(
                **each
                | {
                    "findings": tuple(Finding(**f) for f in each["findings"]),
                    "notes": tuple(each["notes"]),
                }
            )
            for each in read["verdicts"]
        )
        return cls(read["assignment"], read["key"], verdicts, tuple(read["notes"]))


@dataclass(frozen=True)
class Material:
    """What the judge knows about a task beyond the course's model."""

    task: Task
    source: str
    names: tuple[str, ...]
    about: Mapping[str, str]
    mutants: tuple[Mutant, ...]
    visible: dict[str, object]
    seconds: float = SECONDS

    @property
    def file(self) -> str:
        """The probes' file name inside."""
        return f"{self.task.id.replace('-', '_')}.py"

    @property
    def module(self) -> str:
        """The module of the student's tests."""
        return self.task.regions[0].module

    @property
    def items(self) -> tuple[str, ...]:
        """Names of what is run, as reports carry them."""
        if self.task.kind == "tests":
            return tuple(f"{self.module}:{name}" for name in self.task.tests)
        return tuple(f"{self.file}:{name}" for name in self.names)

    @property
    def check(self) -> str:
        """Name of the visible cell, as reports carry it."""
        return f"visible:{self.task.grade_id}"

    def request(self, items: set[str] | None = None) -> dict[str, Any]:
        """Ask for some of the items; for all of them and the visible cell by default."""
        wanted = {*self.items, self.check} if items is None else items
        request: dict[str, Any] = {"seconds": self.seconds}
        names = [item.partition(":")[2] for item in self.items if item in wanted]
        if names:
            tests = self.task.kind == "tests"
            request |= {"tests": {self.module: names}} if tests else {"probes": {self.file: names}}
        if self.check in wanted:
            request["visible"] = {self.task.grade_id: self.visible}
        return request

    def files(self) -> Files:
        """Return the probes, as a file for the sandbox."""
        return {} if self.task.kind == "tests" else {self.file: self.source.encode()}


Outcomes = dict[str, Outcome]


@dataclass
class Submission:
    """One student's files of one assignment, by notebook."""

    assignment: str
    files: Mapping[str, bytes | None]
    reasons: Mapping[str, str] = field(default_factory=dict)


class Judge:
    """Judges submissions of one course.

    Args:
        root: the project.
        own_prerequisites: take a prerequisite from the student's own work where that earned
            all its points, instead of from the reference.
        cache: folder for what needn't be computed twice; None keeps nothing.
        sandboxed: False runs students' code as a child process of ours. Only for code that
            the course made itself.
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
        self.cache = cache
        self.sandboxed = sandboxed
        self._materials: dict[str, Material] = {}
        self._releases: dict[str, Any] = {}
        self._trusted: dict[str, dict[str, Outcomes]] = {}

    # --- the course's side -------------------------------------------------------------------

    def material(self, task: Task) -> Material:
        """Read a task's probes and mutants."""
        if task.id not in self._materials:
            self._materials[task.id] = _material(self.course, self.reference, task)
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
        here = Path(__file__).parent
        tools = "compare course graft judge packages regions runner sandbox strip"
        for name in tools.split():
            digest.update((here / f"{name}.py").read_bytes())
        for name, text in sorted(self.reference.modules.items()):
            digest.update(name.encode() + b"\0" + text.encode())
        for name, data in sorted(self.reference.others.items()):
            digest.update(name.encode() + b"\0" + data)
        return digest.hexdigest()

    def task_version(self, task: Task) -> str:
        """Name what the outcomes of a task depend on: the tools, the reference, its probes."""
        digest = hashlib.sha256(self.version.encode())
        for path in (
            probes_path(self.course.root, task.id),
            mutants_path(self.course.root, task.id),
        ):
            digest.update(path.read_bytes() if path.exists() else b"-")
        digest.update(repr((task, self.material(task).visible)).encode())
        return f"{task.id} {digest.hexdigest()}"

    def trusted(self, task: Task) -> dict[str, Outcomes]:
        """Run a task's probes on the whole reference, its package of the task, stub and mutants.

        Returns:
            Outcomes by package: `reference`, `task`, `stub`, and `mutant:<name>`.
        """
        if task.id not in self._trusted:
            stored = self._stored("trusted", self.task_version(task))
            if stored is not None:
                self._trusted[task.id] = {
                    package: {item: Outcome(**each) for item, each in outcomes.items()}
                    for package, outcomes in json.loads(stored).items()
                }
            else:
                self._trusted[task.id] = self._run_trusted(task)
                plain = {
                    package: {item: asdict(each) for item, each in outcomes.items()}
                    for package, outcomes in self._trusted[task.id].items()
                }
                self._store("trusted", self.task_version(task), json.dumps(plain))
        return self._trusted[task.id]

    def _run_trusted(self, task: Task) -> dict[str, Outcomes]:
        material = self.material(task)
        packages = {
            "reference": assemble(self.reference, lambda region: "reference")[0],
            "task": assemble(self.reference, self.chooser(task, "reference"))[0],
            "stub": assemble(self.reference, self.chooser(task, "stub"))[0],
        }
        for mutant in material.mutants:
            packages[f"mutant:{mutant.name}"] = (
                packages["task"]
                | assemble(
                    self.reference,
                    self.chooser(task, "reference"),
                    bodies={mutant.target: mutant.body},
                    only=mutant.target.partition(".")[0],
                )[0]
            )
        files, wanted, names = dict(material.files()), {}, {}
        for number, (name, package) in enumerate(packages.items()):
            folder = f"package{number}"
            names[folder] = name
            asked = set(material.items) if name.startswith("mutant:") else None
            wanted[folder] = material.request(asked)
            files |= {f"{folder}/{path}": data for path, data in package.items()}
        files |= _started({"packages": wanted})
        limits = Limits(seconds=3600, silence=material.seconds + 20, memory=1 << 36, report=1 << 28)
        result = sandbox.run("runner.py", files=files, limits=limits, sandboxed=False)
        outcomes: dict[str, Outcomes] = {name: {} for name in packages}
        for item, outcome in _read(result).items():
            folder, _, rest = item.partition("/")
            if folder in names:
                outcomes[names[folder]][rest] = outcome
        if not any(item == "" for item, _ in _lines(result)):
            said = result.stderr.decode(errors="replace").strip().splitlines()
            raise GradingError(
                f"{probes_path(self.course.root, task.id)}: the reference could not be run: "
                f"{said[-1] if said else result.stopped or 'it ended early'}."
            )
        return outcomes

    def prepare(
        self, assignment: Assignment, ready: Callable[[Task], None] = lambda task: None
    ) -> None:
        """Run the reference and the mutants of an assignment's tasks, side by side.

        Args:
            assignment: whose tasks.
            ready: called as each task ends, so that a long wait can be watched.
        """
        for task in assignment.tasks:  # parsing is not for several threads
            self.material(task)
        _ = self.reference.stubs
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            waiting = {pool.submit(self.trusted, task): task for task in assignment.tasks}
            for done in as_completed(waiting):
                done.result()
                ready(waiting[done])

    def chooser(
        self, task: Task, source: Source, extra: Callable[[Region], Source | None] | None = None
    ) -> Chooser:
        """Say whose work stands where when a task is graded.

        Args:
            task: the task.
            source: where its own regions come from.
            extra: decides on other regions before the rule does.
        """

        def choose(region: Region) -> Source:
            if region.task == task.id:
                return source
            if extra is not None and (other := extra(region)) is not None:
                return other
            return "reference" if region.task in task.requires else "stub"

        return choose

    # --- a student's side --------------------------------------------------------------------

    def read(self, assignment_name: str, folder: Path) -> Submission:
        """Read the notebooks that lie in a submission's folder.

        A notebook that isn't where it belongs is looked for: in a folder below, or under the
        name that a browser or a file manager gives to a second copy.
        """
        assignment = self.course.assignment(assignment_name)
        files: dict[str, bytes | None] = {}
        reasons: dict[str, str] = {}
        for notebook in assignment.notebooks:
            path = folder / Path(notebook).name
            if not path.exists() and not path.is_symlink():
                if (found := _astray(folder, path.stem)) is None:
                    files[notebook], reasons[notebook] = None, "was not handed in"
                    continue
                place = compare.clean(str(found.relative_to(folder)), 120)
                reasons[notebook] = f"was found as {place}"
                path = found
            files[notebook], why = read_file(path)
            if why:
                reasons[notebook] = why
        return Submission(assignment_name, files, reasons)

    def grafts(self, submission: Submission) -> dict[str, Graft]:
        """Put the answers into fresh copies of the release."""
        return {
            notebook: graft(self.release(notebook), raw, submission.reasons.get(notebook, ""))
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

    def judge(self, submission: Submission, *, again: bool = False) -> Judgement:
        """Judge a submission.

        Args:
            submission: the files.
            again: don't use what an earlier run found.

        Returns:
            A verdict on every task; a broken submission is never an exception.

        Raises:
            SandboxError: students' code can't be run safely here.
        """
        assignment = self.course.assignment(submission.assignment)
        grafts = self.grafts(submission)
        key = self.key(assignment.name, grafts)
        if not again and (stored := self._stored("judged", key)) is not None:
            return Judgement.from_json(stored)
        if self.sandboxed:
            sandbox.require()
        notes = [
            f"{Path(notebook).name}: {note}" for notebook, g in grafts.items() for note in g.notes
        ]
        verdicts: dict[str, Verdict] = {}
        self.prepare(assignment)
        if self.own_prerequisites:
            for task in assignment.tasks:
                verdicts[task.id] = self.judge_task(task, grafts, verdicts)
            whole = self._whole(assignment, grafts)
        else:
            with ThreadPoolExecutor(max_workers=WORKERS) as pool:
                waiting = {t.id: pool.submit(self.judge_task, t, grafts) for t in assignment.tasks}
                whole_waiting = pool.submit(self._whole, assignment, grafts)
                verdicts = {task_id: each.result() for task_id, each in waiting.items()}
                whole = whole_waiting.result()
        judged = tuple(
            replace(verdict, whole=whole.get(task_id, 0.0)) for task_id, verdict in verdicts.items()
        )
        judgement = Judgement(assignment.name, key, judged, tuple(notes))
        self._store("judged", key, judgement.to_json())
        return judgement

    def judge_task(
        self,
        task: Task,
        grafts: Mapping[str, Graft],
        earlier: Mapping[str, Verdict] | None = None,
    ) -> Verdict:
        """Judge one task: in the student's way first, then in ways that help a fair result.

        The first package keeps what the student wrote around the answers. If it falls short,
        the other fair readings of the same work are tried, and the best counts.
        """
        own = {t for t, verdict in (earlier or {}).items() if verdict.full}
        if task.kind == "tests":
            own = set()  # what tests are tried on is the reference, wrong in one place
        material = self.material(task)
        verdicts: list[Verdict] = []
        tried: list[Files] = []
        for choose, extras in self._readings(material, own):
            files, notes = assemble(self.reference, choose, grafts, extras=extras)
            if any(same_code(files, other) for other in tried):
                continue
            tried.append(files)
            judge = self._judge_tests if task.kind == "tests" else self._judge_probes
            verdict = judge(material, files, grafts, choose, extras)
            verdicts.append(replace(verdict, notes=tuple(dict.fromkeys([*notes, *verdict.notes]))))
            if verdict.full:
                return verdicts[-1]
        if task.kind == "tests":
            return max(verdicts, key=lambda verdict: verdict.earned)
        return _best(verdicts)

    def _readings(self, material: Material, own: set[str]) -> list[tuple[Chooser, bool]]:
        """List the packages in which a task may be graded, with or without extras."""
        task = material.task
        backward = {
            region.target for region in task.regions if region.qualname.endswith(".backward")
        }

        def theirs(region: Region) -> Source | None:
            return "student" if region.task in own and region.task in task.requires else None

        def paired(region: Region) -> Source | None:
            # What forward saves for backward is a private matter of a class and its author.
            name, _, method = region.target.rpartition(".")
            if method == "forward" and f"{name}.backward" in backward:
                return "student"
            return theirs(region)

        plain = self.chooser(task, "student", theirs)
        readings = [(plain, True), (plain, False)]
        if any(paired(region) != theirs(region) for region in self.course.regions):
            pair = self.chooser(task, "student", paired)
            readings = [(pair, True), *readings]
        return readings

    def _judge_probes(
        self,
        material: Material,
        files: Files,
        grafts: Mapping[str, Graft],
        choose: Chooser,
        extras: bool,
    ) -> Verdict:
        task = material.task
        known = self.trusted(task)
        outcomes, notes = self._outcomes(material, files)
        suspects = _suspects(material, known, outcomes, task.tolerance)
        findings = []
        for item in material.items:
            expected, got = known["reference"].get(item), outcomes[item]
            name = item.partition(":")[2]
            about = material.about.get(name, "")
            if expected is None or not expected.ok:
                raise GradingError(
                    f"{probes_path(self.course.root, task.id)}: {name} fails on the reference: "
                    f"{expected.error if expected else 'no result'} "
                    f"{expected.message if expected else ''}"
                )
            said = says(expected, got, task.tolerance)
            findings.append(
                Finding(name, about, said is None, said or "", suspects.get(item, ""))
                if said
                else Finding(name, about, True)
            )
        check = check_says(outcomes[material.check])
        return Verdict(
            task=task.id,
            points=task.points,
            earned=_earned(task.points, findings, check),
            findings=tuple(findings),
            check=check,
            section=task.section,
            notes=tuple(notes),
        )

    def _judge_tests(
        self,
        material: Material,
        files: Files,
        grafts: Mapping[str, Graft],
        choose: Chooser,
        extras: bool,
    ) -> Verdict:
        """Grade tests that a student wrote: they pass on the reference and fail on mutants.

        Each package has a sandbox of its own that doesn't know which it is, and only
        verdicts leave it: a message could carry the reference's source.
        """
        task = material.task
        outcomes, notes = self._outcomes(material, files)
        findings, valid = [], set()
        for item in material.items:
            name, outcome = item.partition(":")[2], outcomes[item]
            if outcome.ok:
                valid.add(item)
                findings.append(Finding(name, "passes on a right package", True))
            else:
                said = outcome.missing or f"fails on a right package: it raised {outcome.error}"
                if outcome.error == "NotImplementedError":
                    said = "is not written yet"
                elif outcome.error == "AttributeError" and name in outcome.message:
                    said = f"is not there: {material.module} has no {name}"
                findings.append(Finding(name, "", False, said))
        check = check_says(outcomes[material.check], silent=True)

        def caught(mutant: Mutant) -> bool:
            broken, _ = assemble(
                self.reference,
                choose,
                grafts,
                bodies={mutant.target: mutant.body},
                extras=extras,
                only=mutant.target.partition(".")[0],
            )
            results, _ = self._outcomes(material, files | broken, items=valid, first_failure=True)
            return any(not results[item].ok for item in valid)

        def noticed(group: list[Mutant]) -> bool:
            return any(caught(mutant) for mutant in group)

        groups: dict[str, list[Mutant]] = {}
        for mutant in material.mutants:
            groups.setdefault(mutant.group or f"mutant {mutant.name}", []).append(mutant)
        earned = 0.0
        if valid:
            with ThreadPoolExecutor(max_workers=WORKERS) as pool:
                verdicts = list(pool.map(noticed, groups.values()))
            for group, found in zip(groups.values(), verdicts, strict=True):
                earned += found * task.points / len(groups)
                about = "a wrong package must make a test fail"
                said = "" if found else f"no test notices it: {group[0].says}"
                findings.append(Finding(group[0].group or group[0].name, about, found, said))
            if check and all(finding.agrees for finding in findings):
                earned -= task.points / len(groups)
        return Verdict(
            task=task.id,
            points=task.points,
            earned=_clamped(earned, task.points),
            findings=tuple(findings),
            check=check,
            section=task.section,
            notes=tuple(notes),
        )

    def _outcomes(
        self,
        material: Material,
        files: Files,
        *,
        items: set[str] | None = None,
        first_failure: bool = False,
    ) -> tuple[Outcomes, list[str]]:
        """Run a package's items; start again after one that had to be stopped.

        Every run finds an outcome or blames an item, so it ends. With `first_failure` it begins
        no other sandbox once an item has failed.
        """
        wanted = [
            item for item in (*material.items, material.check) if items is None or item in items
        ]
        found: Outcomes = {}
        notes: list[str] = []
        until = time.monotonic() + material.seconds * PATIENCE + 10
        while left := {item for item in wanted if item not in found}:
            if time.monotonic() > until:
                break
            request = material.request(left)
            result = self._run(material, files, request, until - time.monotonic())
            lines = _lines(result)
            for item, outcome in lines:
                if item in left and outcome is not None:
                    found.setdefault(item, outcome)
            begun = [i for i, outcome in lines if outcome is None and i in left and i not in found]
            ended = any(item == "" for item, _ in lines)
            if found.keys() >= left:
                break
            why = _ending(result, ended, material.seconds)
            if result.stopped or result.code:
                notes.append(why)
            if first_failure and not all(outcome.ok for outcome in found.values()):
                break
            if found.keys() & left and not (begun and result.stopped == "time"):
                continue  # what an earlier one left behind may be to blame: try in a fresh place
            # The one that had begun is to blame; without one, none of them can be run.
            for item in begun[-1:] or list(left):
                found.setdefault(item, Outcome(missing=why))
        for item in wanted:
            found.setdefault(item, Outcome(missing="was not run: those before took all the time"))
        return found, [f"{material.task.label}: {note}" for note in dict.fromkeys(notes)]

    def _run(
        self, material: Material, files: Files, request: dict[str, Any], seconds: float
    ) -> Result:
        inside = {f"package/{name}": data for name, data in files.items()}
        inside |= material.files() | _started({"packages": {"package": request}})
        limits = Limits(seconds=seconds, silence=material.seconds + 3)
        return sandbox.run("runner.py", files=inside, limits=limits, sandboxed=self.sandboxed)

    def _whole(self, assignment: Assignment, grafts: Mapping[str, Graft]) -> dict[str, float]:
        """Say how each task's probes do on the student's whole package."""
        mine = {task.id for task in assignment.tasks}
        position = self.course.assignments.index(assignment)
        before = {t.id for a in self.course.assignments[:position] for t in a.tasks}

        def choose(region: Region) -> Source:
            if region.task in mine:
                return "student"
            return "reference" if region.task in before else "stub"

        files, _ = assemble(self.reference, choose, grafts)
        inside = {f"package/{name}": data for name, data in files.items()}
        request: dict[str, Any] = {"seconds": SECONDS, "probes": {}, "tests": {}}
        for task in assignment.tasks:
            material = self.material(task)
            inside |= material.files()
            one = material.request(set(material.items))
            request["probes"] |= one.get("probes", {})
            request["tests"] |= one.get("tests", {})
        inside |= _started({"packages": {"package": request}})
        limits = Limits(seconds=120, silence=SECONDS + 3)
        result = sandbox.run("runner.py", files=inside, limits=limits, sandboxed=self.sandboxed)
        found = _read(result)
        shares = {}
        for task in assignment.tasks:
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

    # --- the cache ---------------------------------------------------------------------------

    def _path(self, kind: str, key: str) -> Path | None:
        if self.cache is None:
            return None
        return self.cache / kind / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.json"

    def _stored(self, kind: str, key: str) -> str | None:
        path = self._path(kind, key)
        try:
            return path.read_text(encoding="utf-8") if path else None
        except OSError:
            return None

    def _store(self, kind: str, key: str, text: str) -> None:
        if (path := self._path(kind, key)) is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written aside and moved, so that a killed run leaves no half-written file.
        aside = path.with_suffix(f".{os.getpid()}")
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)


def _material(course: Course, reference: Reference, task: Task) -> Material:
    path = probes_path(course.root, task.id)
    if not path.exists():
        raise GradingError(f"{task.notebook}: {task.label} has no probes. Write {path}.")
    source = path.read_text(encoding="utf-8")
    names: list[str] = []
    about: dict[str, str] = {}
    settings: dict[str, Any] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("probe_"):
            names.append(node.name)
            about[node.name] = " ".join((ast.get_docstring(node) or "").split())
        name = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(name, ast.Name) and name.id == "SECONDS":
            settings[name.id] = ast.literal_eval(node.value)  # type: ignore[union-attr]
    mutants = _mutants(mutants_path(course.root, task.id))
    for mutant in mutants:
        if mutant.target not in {region.target for region in course.regions}:
            raise GradingError(
                f"{mutants_path(course.root, task.id)}: {mutant.name} changes {mutant.target}, "
                "which is no solution region."
            )
    return Material(
        task=task,
        source=source,
        names=tuple(names),
        about=about,
        mutants=mutants,
        visible=reference.visible(task),
        seconds=float(settings.get("SECONDS", SECONDS)),
    )


def _mutants(path: Path) -> tuple[Mutant, ...]:
    if not path.exists():
        return ()
    namespace: dict[str, Any] = {"__name__": f"grading.mutants.{path.stem}"}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)
    return tuple(namespace["MUTANTS"])


def _astray(folder: Path, stem: str) -> Path | None:
    """Find a notebook that isn't where it belongs; None unless there is exactly one."""
    name = re.compile(rf"{re.escape(stem)}([ _-]*(\(\d+\)|copy\d*|\d+))*\.ipynb", re.IGNORECASE)
    hidden = re.compile(r"^[._]")
    found = [
        path
        for path in sorted(folder.rglob("*.ipynb"))[:1000]
        if name.fullmatch(path.name)
        and not any(hidden.match(part) for part in path.relative_to(folder).parts)
    ]
    return found[0] if len(found) == 1 else None


def _best(verdicts: list[Verdict]) -> Verdict:
    """Join verdicts on readings of the same work: what agrees in any of them counts."""
    first = verdicts[0]
    findings = [
        next((finding for finding in same if finding.agrees), same[0])
        for same in zip(*(verdict.findings for verdict in verdicts), strict=True)
    ]
    check = next((verdict.check for verdict in verdicts if not verdict.check), first.check)
    notes = dict.fromkeys(note for verdict in verdicts for note in verdict.notes)
    return replace(
        first,
        earned=_earned(first.points, findings, check),
        findings=tuple(findings),
        check=check,
        notes=tuple(notes),
    )


def _earned(points: float, findings: Sequence[Finding], check: str) -> float:
    """Count the share of agreeing probes; a visible cell that alone fails costs one share."""
    right = sum(finding.agrees for finding in findings)
    if check and right == len(findings):
        right -= 1
    return _clamped(points * right / len(findings) if findings else 0.0, points)


def _started(request: dict[str, Any]) -> Files:
    runner = Path(__file__).with_name("runner.py").read_bytes()
    return {"runner.py": runner, "request.json": json.dumps(request).encode()}


def _lines(result: Result) -> list[tuple[str, Outcome | None]]:
    parsed = (compare.parse(line) for line in result.lines())
    return [each for each in parsed if each is not None]


def _read(result: Result) -> Outcomes:
    found: Outcomes = {}
    for item, outcome in _lines(result):
        if outcome is not None:
            found.setdefault(item, outcome)
    return found


def _ending(result: Result, ended: bool, seconds: float) -> str:
    """Say for a person why a run gave no result."""
    stopped = {
        "time": f"it was stopped after {seconds:g} seconds, and did not let itself be interrupted",
        "memory": "it was stopped: it used too much memory",
        "processes": "it was stopped: it started too many processes",
        "output": "it was stopped: it wrote too much output",
    }
    if result.stopped:
        return stopped.get(result.stopped, f"it was stopped: {result.stopped}")
    if ended:
        return "it gave no result that could be read"
    if result.code is not None and not 0 <= result.code <= 128:
        return "the process crashed"
    return f"the process ended by itself, with status {result.code}"


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
        said += f": {compare.clean(got.message, 200)}"
    return f"{said} ({compare.clean(got.place, 160)})" if got.place else said


def check_says(got: Outcome, *, silent: bool = False) -> str:
    """Say why a visible cell fails; empty if it passes."""
    if got.ok:
        return ""
    if got.missing:
        return got.missing
    if silent:  # its message was made where the reference is
        return f"raised {got.error}; run it in your notebook to see why"
    if got.error == "AssertionError":
        return compare.clean(got.message, 400) or "an assertion failed"
    return _raised(got)


def _suspects(
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


def _clamped(earned: float, points: float) -> float:
    return round(min(max(earned, 0.0), points), 2)
