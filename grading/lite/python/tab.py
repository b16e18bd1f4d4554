"""The course in a browser tab: what a terminal does at home.

    import tab
    tab.export()            as `minitorch export`: your saved notebooks become the package
    tab.test("task0_1")     as `pytest -m task0_1`
    tab.download()          your whole project as a zip, for a computer or to hand in

The notebooks lie in the browser's storage, which Python sees as the folder `/drive`. The project
itself (`tests`, given notebooks, the package) is unpacked beside it from what the page brings; an
export puts your changed modules into `/drive/minitorch` as well, so that the next visit finds them.
"""

from __future__ import annotations

import argparse
import base64
import concurrent.futures
import importlib
import importlib.metadata
import importlib.util
import io
import json
import os
import re
import shutil
import sys
import tempfile
import time
import types
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

COURSE = Path(__file__).with_name("course.zip")
PROJECT = Path.home() / "project"
DRIVE = Path("/drive")
MANIFEST = ".release.json"
KEPT_MANIFEST = "release.json"  # in the drive: the release that its notebooks come from
MODULES = "minitorch"
GUIDES = "nbs/guides"
PLOTS = re.compile(r"\bplot_|\bmatplotlib\b|\bsandbox")  # in a cell that needs matplotlib
LARGEST = 64 << 20  # bytes, of an uploaded project
__all__ = ["export", "test", "download", "take_in", "update", "is_newer"]


class TabError(Exception):
    """Something can't be done here; the message says what and why. Nothing was changed."""


# The project


def open_project() -> Path:
    """Unpack the course, and put the modules that were exported before over its stubs.

    Returns:
        The project's folder.

    """
    if not (PROJECT / MANIFEST).exists():
        PROJECT.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(COURSE) as packed:
            packed.extractall(PROJECT)
        for name in _kept(MODULES, "*.py"):
            (PROJECT / name).parent.mkdir(parents=True, exist_ok=True)
            (PROJECT / name).write_bytes((DRIVE / name).read_bytes())
        if _drive() and not (DRIVE / KEPT_MANIFEST).exists():
            _keep(KEPT_MANIFEST, (PROJECT / MANIFEST).read_bytes())
    if str(PROJECT) not in sys.path:
        sys.path.insert(0, str(PROJECT))
    _settle_kernel()
    return PROJECT


def _settle_kernel() -> None:
    """Let the kernel bring matplotlib before the first cell that plots: it is a third of all."""
    kernel: Any = sys.modules.get("pyodide_kernel.kernel")
    if kernel is None or hasattr(kernel, "minitorch"):
        return
    kernel.minitorch = True
    shell: Any = importlib.import_module("IPython").get_ipython()
    shell.Completer.use_jedi = False  # it isn't here

    def on_purpose(line: str, cell: str) -> None:
        """Run a cell that shows an error, and say to the page that all is well."""
        shell.run_cell(cell)
        if shell._last_traceback is not None:
            print("\n".join(shell._last_traceback["traceback"]), file=sys.stderr)
            shell._last_traceback = None

    shell.register_magic_function(on_purpose, "cell", "on_purpose")
    load = kernel._load_packages_from_imports
    pyodide: Any = importlib.import_module("pyodide_js")

    async def load_more(code: str) -> None:
        await load(code)
        if PLOTS.search(code) and "matplotlib" not in sys.modules:
            await pyodide.loadPackage("matplotlib")

    kernel._load_packages_from_imports = load_more


def _drive() -> bool:
    return DRIVE.is_dir()


def _kept(folder: str, pattern: str) -> list[str]:
    """List the files of a folder in the browser's storage."""
    place = DRIVE / folder
    if not place.is_dir():
        return []
    found = (path.relative_to(DRIVE) for path in place.rglob(pattern))
    return sorted(p.as_posix() for p in found if not any(n.startswith(".") for n in p.parts))


def _keep(name: str, content: bytes) -> None:
    """Write a file to the browser's storage.

    Raises:
        TabError: it has no room, or may not be written.

    """
    try:
        (DRIVE / name).parent.mkdir(parents=True, exist_ok=True)
        (DRIVE / name).write_bytes(content)
    except OSError as error:
        raise TabError(
            f"{name}: the browser's storage doesn't take it ({error.strerror or error}). It may "
            "be full: download your project now, then free some room in the browser's settings."
        ) from error


def _as_at_home(content: bytes, name: str) -> bytes:
    """Return a notebook with the settings that the release gives it, not the tab's kernel."""
    notebook = json.loads(content)
    released = PROJECT / name
    if released.exists():
        notebook["metadata"] = json.loads(released.read_text(encoding="utf-8"))["metadata"]
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def take_notebooks() -> None:
    """Bring the saved guides from the browser's storage into the project.

    Raises:
        TabError: the storage can't be seen from here.

    """
    open_project()
    if not _drive():
        raise TabError(
            "Python can't see the notebooks: the browser lets no service worker run here, as in a "
            "private window. Open the page in an ordinary window, or download the notebook by its "
            "File menu."
        )
    for name in _kept(GUIDES, "*.ipynb"):
        content = (DRIVE / name).read_bytes()
        with suppress(ValueError, TypeError):  # the export says what is wrong with it
            content = _as_at_home(content, name)
        target = PROJECT / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != content:
            target.write_bytes(content)


# Exporting


def _modules(path: Path) -> set[str]:
    """Return the modules that a notebook exports to."""
    text = "\n".join(
        "".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    )
    named = re.findall(r"^#\s*\|\s*(?:default_exp|exporti?|exports)[ \t]+(\S+)", text, re.M)
    return set(named)


def _nbdev(folder: Path, *_: str) -> str:
    """Let nbdev export a folder's notebooks, in this process: a tab has no other.

    Returns:
        What it complained about; empty if it came to the end.

    """
    config, maker, exporter = _load_nbdev()
    maker._import2relative = lambda *_: None  # imports stay as the notebooks have them
    home = Path.cwd()
    try:
        os.chdir(folder)
        config.get_config.cache_clear()
        command = importlib.import_module("minitorch.cli.export")
        notebooks = sorted(command.notebooks(folder / "nbs"), key=lambda path: path.name)
        modules = {path: _modules(path) for path in notebooks}
        # A module to which no guide exports is what the release has already.
        guides = {m for p in notebooks if GUIDES in p.as_posix() for m in modules[p]}
        for path in notebooks:
            if modules[path] & guides:
                exporter.nb_export(path)
        made = folder / MODULES
        for room in {path.parent for path in made.rglob("*.py")}:
            if not (PROJECT / MODULES / room.relative_to(made) / "__init__.py").exists():
                (room / "__init__.py").touch()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        os.chdir(home)
        config.get_config.cache_clear()
    return ""


def _load_nbdev() -> tuple[Any, Any, Any]:
    """Import what exports, without what wants processes, the network or a server."""
    if "nbdev" not in sys.modules:
        spec = importlib.util.find_spec("nbdev")
        assert spec is not None
        package = types.ModuleType("nbdev")
        package.__spec__ = spec
        package.__path__ = list(spec.submodule_search_locations or ())
        package.__version__ = importlib.metadata.version("nbdev")  # type: ignore[attr-defined]
        sys.modules["nbdev"] = package
        if sys.platform == "emscripten":  # fastcore derives a class from it, and never uses that
            concurrent.futures.ProcessPoolExecutor = concurrent.futures.ThreadPoolExecutor
    names = ("nbdev.config", "nbdev.maker", "nbdev.export")
    config, maker, exporter = map(importlib.import_module, names)
    return config, maker, exporter


def export() -> bool:
    """Write the package from your saved notebooks, as `minitorch export` does.

    Returns:
        Whether it was written; what keeps it from being written is printed.

    """
    try:
        take_notebooks()
        command: Any = importlib.import_module("minitorch.cli.export")
        command.run_nbdev = _nbdev
        with _inside_project():
            done = command.export_command(argparse.Namespace()) == 0
        if done:
            _keep_modules()
    except TabError as error:
        print(error)
        return False
    return done


def _keep_modules() -> None:
    """Keep the modules that differ from the release's in the browser's storage."""
    with zipfile.ZipFile(COURSE) as packed:
        released = {name: packed.read(name) for name in packed.namelist() if name.endswith(".py")}
    kept = set(_kept(MODULES, "*.py"))
    for path in sorted((PROJECT / MODULES).rglob("*.py")):
        name, content = path.relative_to(PROJECT).as_posix(), path.read_bytes()
        if name in kept:
            if (DRIVE / name).read_bytes() != content:
                _keep(name, content)
        elif released.get(name) != content and path.name != "_modidx.py":
            _keep(name, content)


@contextmanager
def _inside_project() -> Iterator[None]:
    home = Path.cwd()
    os.chdir(open_project())
    try:
        yield
    finally:
        os.chdir(home)


# Testing


@contextmanager
def _fresh_modules() -> Iterator[None]:
    """Import the project anew, and give the notebook back the modules that it holds."""

    def ours() -> dict[str, types.ModuleType]:
        return {
            name: module
            for name, module in sys.modules.items()
            if str(getattr(module, "__file__", None) or "").startswith(str(PROJECT))
        }

    held = ours()
    for name in held:
        del sys.modules[name]
    path = list(sys.path)
    try:
        yield
    finally:
        for name in ours():
            del sys.modules[name]
        sys.modules.update(held)
        sys.path[:] = path


def test(mark: str = "", *more: str) -> bool:
    """Run a task's tests on the exported package, as `pytest -m task0_1` does.

    Args:
        mark: the task's, or an expression of pytest; all tests unless given.
        more: further arguments of pytest.

    Returns:
        Whether all passed.

    """
    import pytest

    try:
        take_notebooks()  # pytest warns where the package is older than they are
    except TabError as error:
        print(error)
    with _inside_project(), _fresh_modules():
        importlib.invalidate_caches()
        # No file descriptors, threads or colours here; and no cache, which nobody would read.
        flags = ["-q", "--capture=sys", "-p", "no:cacheprovider", "-p", "no:faulthandler"]
        flags += ["--color=no", "-m", mark] if mark else ["--color=no"]
        return pytest.main([*flags, *more, *([] if _names_tests(more) else ["tests"])]) == 0


def _names_tests(words: tuple[str, ...]) -> bool:
    return any(word.startswith("tests") for word in words)


test.__test__ = False  # type: ignore[attr-defined]


# Keeping and moving the work


def project_zip() -> bytes:
    """Pack the whole project: unzipped on a computer, it goes on where the tab stopped."""
    try:
        take_notebooks()
    except TabError as error:
        print(error)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(PROJECT.rglob("*")):
            parts = path.relative_to(PROJECT).parts
            if path.is_file() and "__pycache__" not in parts and ".hypothesis" not in parts:
                archive.write(path, Path("minitorch-project", *parts))
    return packed.getvalue()


def download() -> None:
    """Show a link by which the browser stores the whole project as a zip."""
    from IPython.display import HTML, display

    content = project_zip()
    data = base64.b64encode(content).decode()
    display(
        HTML(
            f'<a download="minitorch-project.zip" href="data:application/zip;base64,{data}">'
            f"Store minitorch-project.zip ({len(content) / 1e6:.1f} MB)</a>"
        )
    )


def _unpack(content: bytes, target: Path) -> Path:
    """Unpack an uploaded project.

    Raises:
        TabError: it is damaged, too large, or no project of this course.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            infos = [info for info in packed.infolist() if not info.is_dir()]
            if sum(info.file_size for info in infos) > LARGEST:
                raise TabError("This zip unpacks to more than a project of this course can hold.")
            names = [info.filename for info in infos]
            tops = {n[: -len(MANIFEST)] for n in names if Path(n).name == MANIFEST}
            if not tops:
                raise TabError(
                    f"This zip is no project of this course: no {MANIFEST} lies in it. Choose one "
                    "that was downloaded here, or a zip of the project's whole folder."
                )
            top = min(tops, key=len)
            for info in infos:
                name = info.filename.removeprefix(top)
                inside = info.filename.startswith(top) and ".." not in Path(name).parts
                if inside and not name.startswith("/"):
                    (target / name).parent.mkdir(parents=True, exist_ok=True)
                    (target / name).write_bytes(packed.read(info))
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise TabError(
            f"This file can't be read as a zip ({error}). Download or copy it again."
        ) from error
    except OSError as error:
        raise TabError(f"This zip can't be unpacked ({error.strerror or error}).") from error
    if "nbs/guides" not in (target / MANIFEST).read_text(encoding="utf-8", errors="replace"):
        raise TabError("This zip is of another course: its list of files names no guide of this.")
    return target


def _merged(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """Bring a project up to this page's release, cell by cell, as `update.py` does.

    Returns:
        The notebooks that hold a student's work, and what the student should know.

    """
    with tempfile.TemporaryDirectory(prefix="release-") as name:
        release = Path(name)
        with zipfile.ZipFile(COURSE) as packed:
            packed.extractall(release)
        sys.modules.pop("update", None)
        spec = importlib.util.spec_from_file_location("update", release / "update.py")
        assert spec is not None and spec.loader is not None
        updater = importlib.util.module_from_spec(spec)
        sys.modules["update"] = updater
        spec.loader.exec_module(updater)
        try:
            plan = updater.plan(folder, release)
        except updater.UpdateError as error:
            raise TabError(str(error)) from error
        updater.carry_out(plan, folder)
        guides = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in (folder / GUIDES).rglob("*.ipynb")
        }
        changed = {
            name: content
            for name, content in guides.items()
            if not (release / name).exists() or (release / name).read_bytes() != content
        }
        return changed, plan.report


def _set_aside() -> str:
    """Keep the project as it is now, before another takes its place."""
    name = time.strftime("before-%Y-%m-%d-%H%M%S.zip")
    _keep(name, project_zip())
    return name


def _put_in(changed: dict[str, bytes], report: list[str], aside: str) -> None:
    for name, content in changed.items():
        notebook = json.loads(content)
        notebook["metadata"]["kernelspec"] = KERNEL
        _keep(name, json.dumps(notebook, indent=1, ensure_ascii=False).encode())
    _keep(KEPT_MANIFEST, _released(MANIFEST))
    shutil.rmtree(PROJECT / GUIDES, ignore_errors=True)
    with zipfile.ZipFile(COURSE) as packed:
        packed.extractall(PROJECT)
    for line in report:
        print(line)
    print(f"{len(changed)} notebooks hold your work. What was here before is in {aside}.")
    print("Reload the page to see them, then export.")


KERNEL = {"display_name": "Python (in this tab)", "language": "python", "name": "python"}


def take_in(content: bytes | str) -> bool:
    """Put an uploaded project in the place of what is here, brought up to this page's release.

    Args:
        content: the zip, or its base64 form.

    Returns:
        Whether it was taken; if not, the reason is printed and nothing is changed.

    """
    data = base64.b64decode(content) if isinstance(content, str) else content
    try:
        with tempfile.TemporaryDirectory(prefix="upload-") as name:
            changed, report = _merged(_unpack(data, Path(name)))
            _put_in(changed, report, _set_aside())
    except TabError as error:
        print(f"{error} Nothing was changed.")
        return False
    return True


def is_newer() -> bool:
    """Say whether the page brings another release than the one that the notebooks come from."""
    kept = DRIVE / KEPT_MANIFEST
    if not kept.exists():
        return False
    # The browser's storage writes JSON in its own way, so contents are compared.
    return json.loads(kept.read_bytes()) != json.loads(_released(MANIFEST))


def _released(name: str) -> bytes:
    with zipfile.ZipFile(COURSE) as packed:
        return packed.read(name)


def update() -> bool:
    """Merge a newer release into your notebooks, by cell; your answers and own cells stay.

    Returns:
        Whether it was done; if not, the reason is printed and nothing is changed.

    """
    try:
        if not is_newer():
            print("Your notebooks are of the release that this page brings.")
            return True
        with tempfile.TemporaryDirectory(prefix="mine-") as name:
            mine = Path(name)
            for guide in _kept(GUIDES, "*.ipynb"):
                (mine / guide).parent.mkdir(parents=True, exist_ok=True)
                (mine / guide).write_bytes((DRIVE / guide).read_bytes())
            (mine / MANIFEST).write_bytes((DRIVE / KEPT_MANIFEST).read_bytes())
            (mine / "README.md").write_bytes((PROJECT / "README.md").read_bytes())
            changed, report = _merged(mine)
            _put_in(changed, report, _set_aside())
    except TabError as error:
        print(f"{error} Nothing was changed.")
        return False
    return True
