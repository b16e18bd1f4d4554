"""Fetches what the tab's Python is made of, once, and checks every file against its fingerprint.

It lies in `.tools/lite` afterwards: `pyodide/`, the runtime and its wheels; `wheels/`, pure ones;
`venv/`, the builder. Where it lies already, nothing is asked of any host.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from collections.abc import Collection
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grading.course.regions import GradingError
from grading.paths import ROOT

HERE = Path(__file__).resolve().parent
TOOLS = ROOT / ".tools" / "lite"
PYODIDE = "0.27.7"  # what jupyterlite-pyodide-kernel 0.6 expects
NPM_SHA = "89d5d952675eb08e11286e52c7238f1248ce71726e896db9703e73bef23dc343"
RUNTIME = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
# Pyodide's wheels that the course needs, besides what they themselves need.
WANTED = ("numpy", "ipython", "micropip", "packaging", "pygments", "sqlite3")
# The kernel asks for these, and nothing here needs them: nothing encrypts,
# and completion by jedi is slow in a tab.
STAND_INS = ("jedi", "ssl")
DRAWING = ("matplotlib", "pillow")  # loaded when a page first plots


@dataclass(frozen=True)
class Fetched:
    """Where things lie.

    Attributes:
        pyodide: the runtime's folder, with its wheels and its list of packages.
        wheels: the folder of pure wheels.
        jupyter: the builder's command.

    """

    pyodide: Path
    wheels: Path
    jupyter: Path


def sha256(path: Path) -> str:
    """Return a file's fingerprint."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def closure(packages: dict[str, Any], names: Collection[str]) -> list[str]:
    """Return packages with all that they depend on."""
    found: list[str] = []
    waiting = list(names)
    while waiting:
        name = waiting.pop().replace("_", "-")
        if name not in found and name not in STAND_INS:
            found.append(name)
            waiting += packages[name]["depends"]
    return sorted(found)


def _run(what: str, *command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise GradingError(f"{what} could not be fetched: {' '.join(said)}")
    return done.stdout


def _pip_download(requirements: Path, target: Path) -> None:
    """Download wheels for the tab's Python; pip refuses one whose fingerprint is another."""
    _run(
        f"What {requirements.name} lists",
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--require-hashes", "--only-binary", ":all:", "--python-version", "3.12"),
        *("--dest", str(target), "--requirement", str(requirements)),
    )


def _fetch_pyodide(target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="minitorch-lite-") as name:
        folder = Path(name)
        if shutil.which("npm") is None:
            raise GradingError("npm is needed to fetch Pyodide: apt install npm.")
        _run("Pyodide", "npm", "pack", "--silent", f"pyodide@{PYODIDE}", cwd=folder)
        archive = folder / f"pyodide-{PYODIDE}.tgz"
        if sha256(archive) != NPM_SHA:
            raise GradingError(f"{archive.name}: isn't the file that was pinned; don't use it.")
        with tarfile.open(archive, "r:gz") as tar:
            tar.extractall(folder, filter="data")
        _pip_download(HERE / "runtime.txt", folder)
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as packed:
            inside = {Path(each).name: each for each in packed.namelist() if "/pyodide/" in each}
            lock = json.loads((folder / "package" / LOCK).read_text(encoding="utf-8"))
            for each in RUNTIME:
                shutil.copy(folder / "package" / each, target)
            shutil.copy(folder / "package" / LOCK, target)
            for each in closure(lock["packages"], (*WANTED, *DRAWING)):
                file = lock["packages"][each]["file_name"]
                (target / file).write_bytes(packed.read(inside[file]))


def check_runtime(folder: Path) -> None:
    """Compare a runtime's wheels with Pyodide's own list of fingerprints.

    Raises:
        GradingError: a file is missing or is another; the message names it.

    """
    try:
        lock = json.loads((folder / LOCK).read_text(encoding="utf-8"))
        version = lock["info"]["version"]
        if version != PYODIDE:
            raise GradingError(f"{folder}: holds Pyodide {version}; {PYODIDE} is needed.")
        for name in closure(lock["packages"], (*WANTED, *DRAWING)):
            package = lock["packages"][name]
            if sha256(folder / package["file_name"]) != package["sha256"]:
                raise GradingError(f"{folder / package['file_name']}: isn't Pyodide's own file.")
        for each in RUNTIME:
            (folder / each).stat()
    except OSError as error:
        raise GradingError(f"{error.filename}: is missing from the runtime.") from error


def _make_venv(target: Path) -> None:
    config = ConfigParser(delimiters=["="])
    config.read(ROOT / "settings.ini", encoding="utf-8")
    venv.create(target, with_pip=True)
    _run(
        "JupyterLite",
        *(str(target / "bin" / "python"), "-m", "pip", "install", "--quiet"),
        *("--disable-pip-version-check", *config["DEFAULT"]["lite_requirements"].split()),
    )


def fetch(runtime: Path | None = None, tools: Path = TOOLS) -> Fetched:
    """Fetch what isn't there yet, and check all of it.

    Args:
        runtime: an unpacked release of Pyodide, for a public site; fetched from the registries
            unless given.
        tools: where it is kept.

    Raises:
        GradingError: something can't be fetched, or isn't what was pinned.

    """
    pins = [HERE / "wheels.txt", HERE / "runtime.txt", ROOT / "settings.ini"]
    parts = {"wheels": pins[:1], "venv": pins[2:]} | ({} if runtime else {"pyodide": pins[1:2]})
    makers = {
        "wheels": lambda folder: _pip_download(HERE / "wheels.txt", folder),
        "pyodide": _fetch_pyodide,
        "venv": _make_venv,
    }
    for name, made_from in parts.items():
        stamp = tools / f"{name}.made"
        wanted = " ".join(map(sha256, made_from)) + PYODIDE
        if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
            continue
        shutil.rmtree(tools / name, ignore_errors=True)
        (tools / name).mkdir(parents=True)
        makers[name](tools / name)
        stamp.write_text(wanted, encoding="utf-8")
    folder = runtime or tools / "pyodide"
    check_runtime(folder)
    jupyter = tools / "venv" / ("Scripts" if os.name == "nt" else "bin") / "jupyter"
    return Fetched(folder, tools / "wheels", jupyter)


if __name__ == "__main__":
    try:
        fetch()
    except GradingError as error:
        sys.exit(str(error))
