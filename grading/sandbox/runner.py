"""The program that runs inside the sandbox, beside the package it is given.

It imports the package, runs what `request.json` lists, and writes one line of JSON for each
through the report pipe. It knows no expected value and decides nothing. Nothing of `grading`
is there to import, so it needs the standard library only.

Started by `sandbox.run` as: runner.py REPORT_FD SITE_FOLDERS
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import json
import linecache
import os
import random
import sys
import traceback
from collections.abc import Callable
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
LONGEST = 100_000  # characters of one string, entries of one container
DEEPEST = 40


def plain(value: Any, depth: int = 0) -> Any:
    """Turn a result into JSON that can't be mistaken for something else.

    Lists and tuples are lists; `{"dict": …}` is a dict; `{"odd": …}` is what a probe should
    not return, told by its type.
    """
    if depth > DEEPEST:
        return {"odd": "a structure nested too deep"}
    if "numpy" in sys.modules:
        numpy = sys.modules["numpy"]
        if isinstance(value, numpy.generic):
            value = value.item()
        elif isinstance(value, numpy.ndarray):
            value = value.tolist()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        value = int(value)
        return value if abs(value) < 10**300 else {"odd": "an int of more than 300 digits"}
    if isinstance(value, float):
        return float(value)
    if isinstance(value, str):
        return str(value) if len(value) <= LONGEST else {"odd": "a very long str"}
    if isinstance(value, list | tuple):
        if len(value) > LONGEST:
            return {"odd": f"a {type(value).__name__} of more than {LONGEST} entries"}
        return [plain(each, depth + 1) for each in value]
    if isinstance(value, dict):
        pairs = [[plain(k, depth + 1), plain(v, depth + 1)] for k, v in value.items()]
        return {"dict": pairs}
    kind = type(value)
    name = (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
    return {"odd": f"an object of type {name}"[:200]}


def raised(error: BaseException) -> dict[str, str]:
    """Describe an exception and the last place in the package that it passed."""
    try:
        message = str(error)
    except BaseException:  # a student's __str__ may do anything
        message = ""
    place = ""
    with contextlib.suppress(BaseException):
        for frame, number in traceback.walk_tb(error.__traceback__):
            code = frame.f_code
            if f"{os.sep}minitorch{os.sep}" in code.co_filename:
                line = linecache.getline(code.co_filename, number, frame.f_globals).strip()
                below = f"line {number - code.co_firstlineno + 1} of {code.co_name}"
                place = f"{os.path.basename(code.co_filename)}, {below}: {line}"
        if isinstance(error, SyntaxError) and error.filename and not place:
            place = f"{os.path.basename(error.filename)}, line {error.lineno}: {error.text or ''}"
    return {"type": type(error).__name__[:80], "message": message[:500], "place": place[:300]}


class Report:
    """The way out."""

    def __init__(self, fd: int) -> None:
        self.fd = os.dup(fd)
        self.owner = os.getpid()

    def send(self, **line: Any) -> None:
        """Write one line; a copy of this process that a probe forked ends here instead."""
        if os.getpid() != self.owner:
            os._exit(0)
        data = json.dumps(line).encode() + b"\n"
        while data:
            data = data[os.write(self.fd, data) :]


def attempt(report: Report, item: str, work: Callable[[], Any]) -> None:
    """Do one piece of work and send what came of it.

    Processes that it left behind would compete with the next one: then this run ends, and the
    judge begins another for what is left. How long it may take is not asked here: whoever watches
    ends the whole process, so that nothing is interrupted half-way and goes on half broken.
    """
    report.send(item=item, begin=True)
    try:
        value = plain(work())
        report.send(item=item, value=value)
    except BaseException as error:
        report.send(item=item, raised=raised(error))
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
        os._exit(0)


def seeded(seed: str) -> random.Random:
    """Make the generator of one probe, and set the global ones as well."""
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(random.Random(seed).randrange(2**32))
    return random.Random(seed)


def load_probes(path: str) -> dict[str, Any]:
    """Execute a file of probes."""
    with open(path, encoding="utf-8") as file:
        source = file.read()
    name = os.path.basename(path)
    linecache.cache[path] = (len(source), None, source.splitlines(True), path)
    namespace: dict[str, Any] = {"__name__": name.removesuffix(".py"), "__file__": path}
    exec(compile(source, path, "exec"), namespace)
    return namespace


def import_package(name: str = "minitorch") -> Any:
    """Import the package afresh, whatever was imported before."""
    for loaded in [m for m in sys.modules if m == name or m.startswith(name + ".")]:
        del sys.modules[loaded]
    importlib.invalidate_caches()
    return importlib.import_module(name)


def import_module(name: str) -> Any:
    """Import a module of the package; `train.__init__`, as nbdev says, is the package `train`."""
    return importlib.import_module(f"minitorch.{name}".removesuffix(".__init__"))


def run_visible(source: str, modules: list[str]) -> str:
    """Run a visible cell with the names that its notebook exports in scope."""
    namespace: dict[str, Any] = {}
    for module in modules:
        namespace.update(vars(import_module(module)))
    for each in list(namespace.values()):
        with contextlib.suppress(Exception):
            quickly(each)  # a deadline by the clock is no matter of the test's
    namespace.update(__name__="__main__", __doc__=None)
    filename = "visible cell"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    exec(compile(source, filename, "exec"), namespace)
    return "passed"


def quickly(test: Any) -> None:
    """Make a Hypothesis test repeatable, and quick where it fails; other tests stay as they are."""
    chosen = getattr(test, "_hypothesis_internal_use_settings", None)
    if chosen is None:
        return
    from hypothesis import HealthCheck, Phase, Verbosity, settings

    test._hypothesis_internal_use_settings = settings(
        chosen,
        max_examples=min(chosen.max_examples, 200),
        database=None,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),  # type: ignore[arg-type]
        verbosity=Verbosity.quiet,
        print_blob=False,
    )


def run_test(module: Any, name: str) -> str:
    """Run one of the student's tests, with every set of parameters it asks for."""
    test = getattr(module, name)
    with contextlib.suppress(AttributeError, ImportError):
        quickly(test)
    grids = []
    for mark in getattr(test, "pytestmark", []):
        if mark.name == "parametrize":
            names, rows = mark.args[0], mark.args[1]
            names = [n.strip() for n in names.split(",")] if isinstance(names, str) else names
            rows = [getattr(row, "values", row) for row in rows]
            grids.append([dict(zip(names, r if len(names) > 1 else [r])) for r in rows])  # noqa: B905
    for choice in itertools.product(*grids):
        test(**{k: v for part in choice for k, v in part.items()})
    return "passed"


def run_package(report: Report, request: dict[str, Any]) -> None:
    """Run everything that is asked of the package on the path."""
    prefix = request.get("prefix", "")
    if prefix:
        report.send(item=prefix, begin=True)  # its import, told apart from what another one does
    probes = []
    for path, names in request.get("probes", {}).items():
        namespace = load_probes(os.path.join(HERE, path))
        probes += [(path, name, namespace[name]) for name in names]
    problem: BaseException | None = None
    mt: Any = None
    try:
        mt = import_package()
    except BaseException as error:
        problem = error
    for path, name, probe in probes:

        def work(path: str = path, name: str = name, probe: Any = probe) -> Any:
            if problem is not None:
                raise problem
            rng = seeded(f"{path}:{name}")
            return probe(mt, rng)

        attempt(report, f"{prefix}{path}:{name}", work)
    for module, names in request.get("tests", {}).items():
        for name in names:

            def test(module: str = module, name: str = name) -> str:
                if problem is not None:
                    raise problem
                random.seed(name)
                return run_test(import_module(module), name)

            attempt(report, f"{prefix}{module}:{name}", test)
    for name, cell in request.get("visible", {}).items():

        def visible(cell: dict[str, Any] = cell) -> str:
            if problem is not None:
                raise problem
            random.seed("visible")
            return run_visible(cell["source"], cell["modules"])

        attempt(report, f"{prefix}visible:{name}", visible)


def main() -> None:
    """Run the request, for one package or for several in turn."""
    report = Report(int(sys.argv[1]))
    sys.path.insert(0, HERE)
    sys.path += [folder for folder in sys.argv[2].split(os.pathsep) if folder]
    with open(os.path.join(HERE, "request.json"), encoding="utf-8") as file:
        request = json.load(file)
    sys.setrecursionlimit(3000)
    packages = request.get("packages") or {"package": request}
    for folder, wanted in packages.items():
        sys.path[0] = os.path.join(HERE, folder)
        run_package(report, wanted)
        random.seed(0)
    report.send(item="", end=True)
    with contextlib.suppress(BaseException):
        sys.stdout.flush()
        sys.stderr.flush()
    # Threads and exit handlers that a student's code left behind have no say in the end.
    os._exit(0)


if __name__ == "__main__":
    main()
