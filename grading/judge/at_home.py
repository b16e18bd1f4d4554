"""Runs a task's checks as they run at home: the visible cell, and the tests of the task's mark.

The probes run beside them, as the grader runs them. All of it happens in copies of this process,
one for each package, so that what is heavy is imported once. For code of the course alone.
"""

from __future__ import annotations

import compileall
import contextlib
import importlib
import io
import json
import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grading.judge.assemble import Files
from grading.judge.compare import Outcome
from grading.judge.material import Material
from grading.sandbox import runner

CPU_SECONDS = 15  # of a check, or of probes; right answers need a third of it
TESTS_SECONDS = 90  # some compile
HEAVY = ("numpy", "hypothesis", "hypothesis.strategies", "pytest", "numba")


@dataclass(frozen=True)
class Seen:
    """What was said about a package.

    Attributes:
        check: what the visible cell said; empty if it passed.
        raised: the error's type, if it wasn't told in a sentence.
        printed: what the visible cell printed.
        tests: the first test that failed, and its message; empty if all passed.
        probes: what came of each probe, or of each of the student's tests.

    """

    check: str
    raised: str
    printed: str
    tests: str
    probes: dict[str, Outcome]


class Home:
    """A student's project in which everything is right, to be spoilt in copies.

    Args:
        root: the course's project, for its tests.
        package: the reference.

    """

    def __init__(self, root: Path, package: Files) -> None:
        self.package = package
        self._folder = tempfile.TemporaryDirectory(prefix="minitorch-home-")
        self.project = Path(self._folder.name) / "right"
        _write(self.project, package)
        shutil.copytree(
            root / "tests",
            self.project / "tests",
            ignore=shutil.ignore_patterns("reference", "given", "__pycache__"),
        )
        shutil.copy2(root / "pyproject.toml", self.project)
        compileall.compile_dir(self.project, quiet=2)
        os.environ["NUMBA_ENABLE_CUDASIM"] = "1"  # as in the sandbox, before Numba is imported
        for name in HEAVY:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)

    def see(self, material: Material, package: Files, *, tests: bool = True) -> Seen:
        """Run what the student and the grader would run.

        Args:
            material: the task.
            package: the student's.
            tests: run the task's tests too; else none are reported.

        """
        with self._spoilt(package) as project:
            said = _in_a_copy(project, lambda: _visible(material))
            failed = (
                _in_a_copy(project, lambda: _tests(material.task.mark), TESTS_SECONDS)
                if tests
                else [""]
            )
            probes = _probes(project, material, material.items)
        check, raised, printed = said if isinstance(said, list) else (said, "", "")
        return Seen(
            check=check,
            raised=raised,
            printed=printed,
            tests=failed[0] if isinstance(failed, list) else failed,
            probes=probes,
        )

    def run_tests_on(self, material: Material, package: Files, names: Sequence[str]) -> set[str]:
        """Run tests that a student wrote, and return those that fail."""
        with self._spoilt(package) as project:
            found = _probes(project, material, names)
        return {name for name, each in found.items() if not each.ok}

    def probe(
        self, material: Material, package: Files, seeds: Mapping[str, str]
    ) -> dict[str, Outcome]:
        """Run some of a task's probes on numbers of one's own.

        Args:
            material: the task.
            package: the student's.
            seeds: by item.

        """
        with self._spoilt(package) as project:
            return _probes(project, material, list(seeds), seeds)

    @contextlib.contextmanager
    def _spoilt(self, package: Files) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self._folder.name) as folder:
            project = Path(folder) / "project"
            shutil.copytree(self.project, project)  # compiled files keep their dates
            changed = {k: v for k, v in package.items() if self.package.get(k) != v}
            _write(project, changed)
            yield project


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def _in_a_copy(project: Path, work: Callable[[], Any], cpu: int = CPU_SECONDS) -> Any:
    """Do a piece of work in a copy of this process, on the package of a project.

    Args:
        project: the project.
        work: what to do.
        cpu: seconds of the processor after which it is ended.

    Returns:
        Its result, plain data; or a sentence, if the copy was ended.

    """
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        with contextlib.suppress(BaseException):
            os.close(reader)
            resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
            os.chdir(project)
            sys.path[:0] = [str(project), str(project / "tests")]
            sys.stdin, sys.stdout, sys.stderr = io.StringIO(), io.StringIO(), io.StringIO()
            data = json.dumps(work()).encode()
            while data:
                data = data[os.write(writer, data) :]
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as report:
        said = report.read()
    _, status = os.waitpid(child, 0)
    return json.loads(said) if said else f"it was ended, or ended itself (status {status})"


def _visible(material: Material) -> list[str]:
    """Run the visible cell; return its message, the kind of an error, and what it printed."""
    runner.import_package()
    printed = io.StringIO()
    source, modules = material.visible["source"], material.visible["modules"]
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            runner.run_visible(str(source), modules)  # type: ignore[arg-type]
    except AssertionError as error:
        return [str(error) or "AssertionError without a word", "", printed.getvalue()]
    except BaseException as error:
        kind = type(error).__name__
        return [f"{kind}: {error}", kind, printed.getvalue()]
    return ["", "", printed.getvalue()]


class _First:
    """A plugin of pytest that keeps the first failure."""

    said = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        self._keep(report)

    def pytest_collectreport(self, report: Any) -> None:
        self._keep(report)

    def _keep(self, report: Any) -> None:
        if report.failed and not self.said:
            crash = getattr(report.longrepr, "reprcrash", None)
            message = crash.message if crash else str(report.longrepr)
            name = report.nodeid.rpartition("::")[2] or report.nodeid
            self.said = f"{name}: {' '.join(message.split())[:400]}"


def _tests(mark: str) -> list[str]:
    """Run the tests of a mark up to the first failure, and return what it said."""
    import pytest

    first = _First()
    options = ["-q", "-x", "-p", "no:cacheprovider", "--hypothesis-seed=0", "-W", "ignore"]
    with contextlib.redirect_stdout(io.StringIO()):
        code = pytest.main([*options, "-m", mark, "tests"], plugins=[first])
    if not first.said and code not in (0, 5):  # 5: there is no test
        first.said = f"pytest ended with {code}"
    return [first.said]


def _probes(
    project: Path, material: Material, items: Sequence[str], seeds: Mapping[str, str] | None = None
) -> dict[str, Outcome]:
    """Run probes, or tests of the student's: in one copy, or each in its own if that was ended."""
    chosen = {item: (seeds or {}).get(item, item) for item in items}  # grading's seed is the item
    found = _in_a_copy(project, lambda: {i: _probe(material, i, s) for i, s in chosen.items()})
    if isinstance(found, dict):
        return {item: _outcome(each) for item, each in found.items()}
    if len(items) == 1:
        return {items[0]: Outcome(missing=str(found))}
    return {item: _probes(project, material, [item], seeds)[item] for item in items}


def _probe(material: Material, item: str, seed: str) -> dict[str, Any]:
    name = item.rpartition(":")[2]
    try:
        sys.setrecursionlimit(3000)  # as in the sandbox
        loaded = sys.modules.get("minitorch") or runner.import_package()
        if material.task.kind == "tests":
            return {"value": runner.run_test(runner.import_module(material.module), name)}
        namespace: dict[str, Any] = {"__name__": material.file.removesuffix(".py")}
        exec(compile(material.source, material.file, "exec"), namespace)
        rng = runner.seeded(seed)
        return {"value": runner.plain(namespace[name](loaded, rng))}
    except BaseException as error:
        return {"raised": runner.raised(error)}


def _outcome(found: dict[str, Any]) -> Outcome:
    if raised := found.get("raised"):
        return Outcome(error=raised["type"], message=raised["message"], place=raised["place"])
    return Outcome(value=found["value"])
