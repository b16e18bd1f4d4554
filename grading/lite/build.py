"""Builds the course in a browser tab: the student's release in JupyterLite, in `course/lite`.

`make lite`, or `python -m grading lite [folder]`. What comes out is a static folder: any host
serves it, and `python -m http.server --directory course/lite` on a computer of one's own.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from configparser import ConfigParser, SectionProxy
from pathlib import Path
from typing import Any

from grading.course.guides import load_course
from grading.course.regions import GradingError, task_label
from grading.course.tasks import Course
from grading.lite.fetch import DRAWING, LOCK, RUNTIME, STAND_INS, WANTED, Fetched, closure, fetch
from grading.paths import LITE
from grading.release.build import build as build_release
from grading.release.build import files, say

HERE = Path(__file__).resolve().parent
PAGE, PYTHON = HERE / "page", HERE / "python"
GUIDES = "nbs/guides"
KERNEL = {"display_name": "Python (in this tab)", "language": "python", "name": "python"}
DATE = (2000, 1, 1, 0, 0, 0)  # of all files in an archive: the same input gives the same bytes
LARGE = 20_000  # bytes of a cell's stored figures
# Packages of the tab's Python that are there before the first cell, and what they need.
PRELOADED = ("ssl", "sqlite3", "comm", "jedi", "ipython")  # what the kernel would look for
PRELOADED += ("numpy", "pytest", "hypothesis", "minitorch")
NEEDS = {
    "pytest": ["iniconfig", "pluggy", "packaging", "pygments"],
    "hypothesis": ["attrs", "sortedcontainers"],
    "attrs": [],
    "chalk-diagrams": [
        *("chalk-planar", "colour", "importlib-metadata", "loguru", "pillow", "svgwrite"),
        *("toolz", "typing-extensions"),
    ],
    "importlib-metadata": ["zipp"],
    "nbdev": ["execnb", "fastcore", "packaging"],
    "ipywidgets": ["comm"],
}
IMPORTS = {"attrs": ["attr", "attrs"], "chalk-diagrams": ["chalk"], "chalk-planar": ["planar"]}
PIPLITE = "extensions/@jupyterlite/pyodide-kernel-extension/static/pypi"
SETTINGS = {
    "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 10},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension:notification": {
        "checkForUpdates": False,
        "doNotDisturbMode": True,
        "fetchNews": "false",
    },
}
# Nothing leaves the tab. Jupyter's own schemas are compiled while it starts, hence 'unsafe-eval'.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' data: blob:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "frame-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'none'",
    )
)


# The Python in the tab


def archive(parts: dict[str, bytes]) -> bytes:
    """Pack files into a zip, the same bytes for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name in sorted(parts):
            info = zipfile.ZipInfo(name, DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, parts[name])
    return packed.getvalue()


def project(release: Path) -> dict[str, bytes]:
    """Return a release's files; outputs of given notebooks, which are to be read, stay out."""
    found = {}
    for path in files(release):
        name, content = path.relative_to(release).as_posix(), path.read_bytes()
        if path.suffix == ".ipynb":
            notebook = json.loads(content)
            for cell in notebook["cells"]:
                if cell["cell_type"] == "code":
                    cell.update(outputs=[], execution_count=None)
            content = (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()
        found[name] = content
    return found


def course_wheel(release: Path, version: str) -> tuple[str, bytes]:
    """Return name and content of the wheel that brings the project and the module `tab`."""
    parts = {
        "minitorch/__init__.py": (PYTHON / "door.py").read_bytes(),
        "tab.py": (PYTHON / "tab.py").read_bytes(),
        "course.zip": archive(project(release)),
    }
    return wheel("minitorch", version, parts)


def wheel(name: str, version: str, parts: dict[str, bytes]) -> tuple[str, bytes]:
    """Return file name and content of a wheel."""
    info = f"{name}-{version}.dist-info"
    about = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    about[f"{info}/RECORD"] = "".join(f"{p},,\n" for p in [*parts, *about, f"{info}/RECORD"])
    file = f"{name}-{version}-py3-none-any.whl"
    return file, archive(parts | {path: text.encode() for path, text in about.items()})


def _entry(name: str, file: str, content: bytes, needs: list[str]) -> dict[str, Any]:
    """Describe a wheel as Pyodide's list of packages does."""
    return {
        "name": name,
        "version": file.split("-")[1],
        "file_name": file,
        "install_dir": "site",
        "sha256": hashlib.sha256(content).hexdigest(),
        "package_type": "package",
        "imports": IMPORTS.get(name, [name.replace("-", "_")]),
        "depends": needs,
        "unvendored_tests": False,
        "shared_library": False,
    }


def put_python(fetched: Fetched, release: Path, version: str, target: Path) -> None:
    """Write the runtime, its wheels, the pure ones, the course's, and the list of all of them."""
    target.mkdir(parents=True)
    lock = json.loads((fetched.pyodide / LOCK).read_text(encoding="utf-8"))
    packages = lock["packages"]
    kept = {name: packages[name] for name in closure(packages, (*WANTED, *DRAWING))}
    for package in kept.values():
        shutil.copy(fetched.pyodide / package["file_name"], target)
    for name in RUNTIME:
        shutil.copy(fetched.pyodide / name, target)
    for path in sorted(fetched.wheels.glob("*.whl")):
        name = path.name.split("-")[0].replace("_", "-").lower()
        kept[name] = _entry(name, path.name, path.read_bytes(), NEEDS.get(name, []))
        shutil.copy(path, target)
    for name in STAND_INS:
        file, content = wheel(name, "1.0.0", {})
        kept[name] = _entry(name, file, content, []) | {"imports": []}
        (target / file).write_bytes(content)
    file, content = course_wheel(release, version)
    needs = ["numpy", "nbdev", "chalk-diagrams", "ipywidgets"]
    kept["minitorch"] = _entry("minitorch", file, content, needs)
    kept["minitorch"]["imports"] = ["minitorch", "tab"]
    (target / file).write_bytes(content)
    text = json.dumps({"info": lock["info"], "packages": kept}, sort_keys=True)
    (target / LOCK).write_text(text, encoding="utf-8")


# The notebooks


def _leave_out_large(notebook: dict[str, Any]) -> None:
    """Take out large figures of a page that runs here: its cells draw them again."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and len(json.dumps(cell["outputs"])) > LARGE:
            cell.update(outputs=[], execution_count=None)


def put_guides(release: Path, target: Path) -> None:
    """Write the guides as the tab's server of files holds them: for its own kernel."""
    for path in sorted((release / GUIDES).rglob("*")):
        if not path.is_file() or ".ipynb_checkpoints" in path.parts:
            continue
        place = target / path.relative_to(release)
        place.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".ipynb":
            notebook = json.loads(path.read_text(encoding="utf-8"))
            notebook["metadata"]["kernelspec"] = KERNEL
            if "module3" not in path.parts and "module4" not in path.parts:
                _leave_out_large(notebook)
            place.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
        else:
            shutil.copy(path, place)


def put_listings(contents: Path, target: Path) -> None:
    """Write what each folder holds, as Jupyter's server would answer."""
    date = "2000-01-01T00:00:00Z"

    def entry(path: Path) -> dict[str, Any]:
        kind = "directory" if path.is_dir() else "notebook" if path.suffix == ".ipynb" else "file"
        return {
            "name": path.name,
            "path": path.relative_to(contents).as_posix(),
            "type": kind,
            "created": date,
            "last_modified": date,
            "mimetype": None,
            "format": None,
            "content": None,
            "writable": True,
            "size": None if path.is_dir() else path.stat().st_size,
        }

    for folder in [contents, *(p for p in sorted(contents.rglob("*")) if p.is_dir())]:
        place = target / folder.relative_to(contents) / "all.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        listed = {
            **entry(folder),
            "format": "json",
            "content": [entry(p) for p in sorted(folder.iterdir())],
        }
        if folder == contents:
            listed.update(name="", path="")
        place.write_text(json.dumps(listed), encoding="utf-8")


def guides_told(course: Course, release: Path, settings: SectionProxy) -> dict[str, dict[str, Any]]:
    """Return what the page says of each guide: its title, its tasks, and whether it needs Numba."""
    repository = settings["student_url"].removeprefix("https://github.com/")
    colab = f"https://colab.research.google.com/github/{repository}/blob/{settings['branch']}"
    told = {}
    for path in sorted((release / GUIDES).rglob("*.ipynb")):
        name = path.relative_to(release).as_posix()
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells]
        title = next((m[1] for s in sources if (m := re.match(r"#\s+(.+)", s))), path.stem)
        code = "\n".join(s for s, c in zip(sources, cells, strict=True) if c["cell_type"] == "code")
        numba = bool(
            re.search(r"\bnumba\b|\bFastOps\b|\bCudaOps\b|\bfast_ops\b|\bcuda_ops\b", code)
        )
        told[name] = {
            "title": title.replace("`", ""),
            "numba": "all" if "/module3/" in name else "some" if numba else "",
            "colab": f"{colab}/{name}",
            "tasks": {t.mark: task_label(t.id) for t in course.tasks if t.notebook == name},
        }
    return told


# The pages


def front_page(guides: dict[str, dict[str, Any]]) -> str:
    """Return the page that lists the guides."""
    text = (PAGE / "index.html").read_text(encoding="utf-8")
    return text.replace("@GUIDES@", "\n".join(_sections(guides))).replace("@POLICY@", POLICY)


def _sections(guides: dict[str, dict[str, Any]]) -> Iterator[str]:
    module = ""
    for name, told in guides.items():
        folder = name.split("/")[2]
        if folder != module:
            module = folder
            title = folder.replace("module", "module ").capitalize()
            yield f"<h2>{title}</h2>"
        notes = {"all": " (needs Numba: to read here)", "some": " (some cells need Numba)", "": ""}
        address = f"notebooks/index.html?path={name}"
        yield f'<p><a href="{address}">{html.escape(told["title"])}</a>{notes[told["numba"]]}</p>'


def finish_page(text: str, root: str, guides: dict[str, dict[str, Any]]) -> str:
    """Put the policy and the course's bar into one of JupyterLite's pages."""
    data = json.dumps(guides).replace("<", "\\u003c")
    head = (
        f'<head>\n<meta http-equiv="Content-Security-Policy" content="{POLICY}" />\n'
        f'<link rel="stylesheet" href="{root}/tab.css" />\n'
        f'<script id="minitorch-guides" type="application/json">{data}</script>\n'
        f'<script defer src="{root}/tab.js"></script>'
    )
    return text.replace("<head>", head, 1)


def _jupyter(fetched: Fetched, site: Path, out: Path) -> None:
    config = {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "MiniTorch",
            "exposeAppInBrowser": True,
            "enableMemoryStorage": False,
            "contentsStorageName": "MiniTorch",
            "settingsStorageName": "MiniTorch settings",
            "litePluginSettings": {
                "@jupyterlite/pyodide-kernel-extension:kernel": {
                    "pyodideUrl": "./static/pyodide/pyodide.js",
                    "disablePyPIFallback": True,
                    "loadPyodideOptions": {"packages": list(PRELOADED)},
                }
            },
        },
    }
    (site / "jupyter-lite.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    (site / "overrides.json").write_text(json.dumps(SETTINGS, indent=1), encoding="utf-8")
    (site / "pypi").mkdir()
    for path in fetched.wheels.glob("comm-*.whl"):  # the kernel asks for it by its own way
        shutil.copy(path, site / "pypi")
    command = [str(fetched.jupyter), "lite", "build", "--lite-dir", str(site)]
    command += ["--output-dir", str(out), "--no-sourcemaps", "--apps", "notebooks"]
    # The builder's own tools and no others; a date that doesn't change.
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "JUPYTER_PATH")}
    env |= {"SOURCE_DATE_EPOCH": "946684800", "PATH": f"{fetched.jupyter.parent}:{env['PATH']}"}
    done = subprocess.run(
        command, cwd=site, env=env, capture_output=True, encoding="utf-8", errors="replace"
    )
    if done.returncode or not (out / "notebooks" / "index.html").exists():
        said = (done.stdout + done.stderr).strip().splitlines()[-8:]
        raise GradingError("JupyterLite could not be built:\n" + "\n".join(said))


def build(
    root: Path,
    target: Path | None = None,
    runtime: Path | None = None,
    release: Path | None = None,
) -> Path:
    """Build the static folder.

    Args:
        root: the course's project.
        target: where it goes; `course/lite` unless given. Replaced as a whole.
        runtime: an unpacked release of Pyodide; what the registries have unless given.
        release: the student's project; built unless given.

    Returns:
        The folder.

    Raises:
        GradingError: the release or the runtime isn't fit; nothing was changed then.

    """
    started = time.monotonic()
    root = Path(root).resolve()
    target = (target or root / LITE).resolve()
    fetched = fetch(runtime)
    release = release or build_release(root)
    course = load_course(root)
    config = ConfigParser(delimiters=["="])
    config.read(root / "settings.ini", encoding="utf-8")
    settings = config["DEFAULT"]
    with tempfile.TemporaryDirectory(prefix="minitorch-lite-") as name:
        site, out = Path(name) / "site", Path(name) / "out"
        site.mkdir()
        say("Building the course in a browser tab")
        put_python(fetched, release, settings["version"], site / "static" / "pyodide")
        _jupyter(fetched, site, out)
        for path in (out / "build").glob("fa-*.*"):
            if path.suffix in (".svg", ".eot", ".ttf"):  # every browser of today takes .woff2
                path.unlink()
        put_guides(release, out / "files")
        put_listings(out / "files", out / "api" / "contents")
        guides = guides_told(course, release, settings)
        page = out / "notebooks" / "index.html"
        page.write_text(finish_page(page.read_text(encoding="utf-8"), "..", guides), "utf-8")
        for each in ("tab.js", "tab.css"):
            shutil.copy(PAGE / each, out)
        (out / "index.html").write_text(front_page(guides), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(out, target)
    say(f"Built {target} ({time.monotonic() - started:.0f} s)")
    return target


# Sizes


def drawing_files(folder: Path) -> set[Path]:
    """Return the files that are loaded when a page first plots, and not before."""
    lock = json.loads((folder / "static" / "pyodide" / LOCK).read_text(encoding="utf-8"))
    packages = lock["packages"]
    before = set(closure(packages, PRELOADED)) | set(STAND_INS)
    later = set(closure(packages, DRAWING)) - before
    return {folder / "static" / "pyodide" / packages[name]["file_name"] for name in later}


def sizes(folder: Path) -> dict[str, float]:
    """Measure a built folder, in MB of 1e6 bytes.

    Returns:
        `disk`, all files; `plots`, those of them for matplotlib; `gzipped`, the Python part of a
        first visit over a server that compresses.

    """
    every = [path for path in folder.rglob("*") if path.is_file()]
    plots = drawing_files(folder)
    first = [p for p in every if (folder / "static" / "pyodide") in p.parents and p not in plots]
    return {
        "disk": sum(path.stat().st_size for path in every) / 1e6,
        "plots": sum(path.stat().st_size for path in plots) / 1e6,
        "gzipped": sum(len(gzip.compress(path.read_bytes(), 6)) for path in first) / 1e6,
    }


def main() -> None:
    """Build it and print its sizes, or say in a sentence why not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help=f"where it goes ({LITE})")
    parser.add_argument(
        "--runtime", type=Path, help="an unpacked release of Pyodide, for a public site"
    )
    arguments = parser.parse_args()
    try:
        folder = build(Path.cwd(), arguments.folder, arguments.runtime)
    except GradingError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Interrupted; what was built before is as it was.")
    mb = sizes(folder)
    say(
        f"  {mb['disk'] - mb['plots']:.1f} MB on disk, and {mb['plots']:.1f} MB for matplotlib; "
        f"Python's part of a first visit is {mb['gzipped']:.1f} MB when compressed"
    )
    say(f"  Try it: python -m http.server --directory {arguments.folder or LITE} 8000")
