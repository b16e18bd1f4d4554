"""What must hold of every notebook: it is clean, it runs, and the package is its export.

Running also compares the stored diagrams with those that the library draws now.

These are checked in a copy of the project, so that a check never changes what it looks at. `fold`
is the one word that writes: it folds what a reader need not see first (`grading.site.folding`).
"""

from __future__ import annotations

import argparse
import filecmp
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from grading.course.figures import walk
from grading.course.notebooks import notebooks
from grading.release.build import export
from grading.sandbox.limits import CELL
from grading.site.folding import fold_notebook


@contextmanager
def copy_of(root: Path) -> Iterator[Path]:
    """Yield a throw-away copy of the project's files, those that git ignores left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    ).stdout
    with tempfile.TemporaryDirectory(prefix="minitorch-") as folder:
        copy = Path(folder) / "project"
        for name in map(os.fsdecode, filter(None, listed.split(b"\0"))):
            if (root / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, copy / name)
        yield copy


def tool(name: str, *arguments: str, cwd: Path) -> None:
    """Run one of nbdev's commands, which lie beside this interpreter."""
    # Some of them do nothing, without a word, while IN_TEST is set.
    env = {k: v for k, v in os.environ.items() if k != "IN_TEST"}
    env |= {"PYTHONPATH": str(cwd), "PYTHONUTF8": "1"}
    command = [str(Path(sys.executable).parent / name), *arguments]
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, encoding="utf-8", errors="replace"
    )
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stdout}{done.stderr}")


# What the package holds besides modules: no notebook can export it.
NOT_EXPORTED = ("py.typed", "data/digits.npz", "data/reviews.tsv")


def export_differences(root: Path) -> list[str]:
    """Name every file in which the package differs from what the notebooks export."""
    with copy_of(root) as copy:
        shutil.move(copy / "minitorch", copy / "before")
        (copy / "minitorch").mkdir()
        for name in filter(lambda each: (copy / "before" / each).exists(), NOT_EXPORTED):
            (copy / "minitorch" / name).parent.mkdir(exist_ok=True)
            shutil.copy(copy / "before" / name, copy / "minitorch" / name)
        export(copy)
        return _differences(copy / "before", copy / "minitorch")


def _differences(before: Path, after: Path) -> list[str]:
    def files(folder: Path) -> set[str]:
        return {
            str(p.relative_to(folder))
            for p in folder.rglob("*")
            if p.is_file() and "__pycache__" not in p.parts and p.name != "_modidx.py"
        }

    old, new = files(before), files(after)
    found = [
        f"minitorch/{name} is in the package, yet no notebook exports it" for name in old - new
    ]
    found += [f"minitorch/{name} is exported, but not in the package" for name in new - old]
    found += [
        f"minitorch/{name} differs from its notebook"
        for name in old & new
        if not filecmp.cmp(before / name, after / name, shallow=False)
    ]
    return sorted(found)


def unclean(root: Path) -> list[str]:
    """Name every notebook that nbdev_clean would change."""
    with copy_of(root) as copy:
        before = {p: p.read_bytes() for p in notebooks(copy)}
        tool("nbdev_clean", "--fname", "nbs", cwd=copy)
        return [str(p.relative_to(copy)) for p, text in before.items() if p.read_bytes() != text]


def folds(root: Path) -> dict[Path, str]:
    """Return the text of each notebook whose cells aren't folded as the rule says, mended."""
    mended = {}
    for path in notebooks(root):
        text = path.read_text(encoding="utf-8")
        guide = root / "nbs" / "lib" not in path.parents
        notebook = json.loads(text)
        changed = fold_notebook(notebook, guide)
        if changed != notebook:
            mended[path] = json.dumps(changed, indent=1, ensure_ascii=False) + "\n"
    return mended


def unfolded(root: Path) -> list[str]:
    """Name every notebook whose cells aren't folded as the rule says."""
    return [f"{path.relative_to(root)}: `fold` would change it" for path in folds(root)]


def fold(root: Path) -> list[str]:
    """Fold the cells of every notebook as the rule says; what is folded by it already stays."""
    for path, text in folds(root).items():
        path.write_text(text, encoding="utf-8")
        print(f"folded {path.relative_to(root)}")
    return []


def diagrams(cell: nbformat.NotebookNode) -> list[str]:
    """Return a cell's SVG pictures, without Matplotlib's, which differ by version."""
    shown = [o.data for o in cell.get("outputs", []) if "data" in o]
    pictures = ["".join(data["image/svg+xml"]) for data in shown if "image/svg+xml" in data]
    pictures += [html for data in shown if (html := walk(data))]
    return [picture for picture in pictures if 'figure_1"' not in picture]


def run(path: Path, root: Path, sockets: Path) -> str:
    """Run a notebook top to bottom and say what went wrong, or return an empty string.

    A cell may raise only where it is tagged `raises-exception`, and there it must. Its diagrams
    must come out as they are stored.

    Args:
        path: The notebook.
        root: The project whose package it imports.
        sockets: An empty folder for the kernel's sockets.

    """
    notebook = nbformat.read(path, as_version=4)
    stored = {cell.id: diagrams(cell) for cell in notebook.cells}
    name = "-".join(path.relative_to(root).with_suffix("").parts)
    client = NotebookClient(
        notebook,
        # Sockets in a folder of our own; TCP would be open to the machine's other users.
        km=AsyncKernelManager(transport="ipc", ip=str(sockets / name)),
        timeout=CELL,
        resources={"metadata": {"path": str(path.parent)}},
    )
    env = {k: v for k, v in os.environ.items() if k != "IN_TEST"} | {"PYTHONPATH": str(root)}
    try:
        client.execute(env=env)
    except CellExecutionError as error:
        return f"{path.relative_to(root)}: {error.ename}: {error.evalue}\n{error}"
    except (CellTimeoutError, DeadKernelError) as error:
        return f"{path.relative_to(root)}: {error}"
    for cell in notebook.cells:
        expected = "raises-exception" in cell.metadata.get("tags", [])
        raised = any(o.output_type == "error" for o in cell.get("outputs", []))
        if expected and not raised:
            where = f"{path.relative_to(root)}, cell {cell.id}"
            return f"{where}: tagged raises-exception, yet nothing was raised"
        if diagrams(cell) != stored[cell.id]:
            where = f"{path.relative_to(root)}, cell {cell.id}"
            return f"{where}: the stored picture isn't what the library draws now"
    return ""


def run_all(root: Path, workers: int = 2) -> list[str]:
    """Run every notebook, reporting each as it ends; return what went wrong."""
    problems = []
    with (
        copy_of(root) as copy,
        tempfile.TemporaryDirectory(prefix="minitorch-kernels-") as sockets,
        ThreadPoolExecutor(workers) as pool,
    ):
        started = time.monotonic()
        waiting = {pool.submit(run, path, copy, Path(sockets)): path for path in notebooks(copy)}
        for count, future in enumerate(as_completed(waiting), 1):
            name = waiting[future].relative_to(copy)
            problem = future.result()
            print(
                f"  {count}/{len(waiting)} {name}: {'failed' if problem else 'ran'}"
                f" ({time.monotonic() - started:.0f} s)",
                flush=True,
            )
            if problem:
                problems.append(problem)
    return problems


CHECKS = {"export": export_differences, "clean": unclean, "folds": unfolded, "run": run_all}
WRITES = {"fold": fold}
ADVICE = {
    "folds": "Run python -m grading notebooks fold and commit what it writes.",
    "export": "Run minitorch export and commit what it writes; never edit minitorch/ by hand.",
    "clean": "Run nbdev_clean and commit what it writes (pre-commit does it for you).",
    "run": "Open the notebook, run it from the top, mend the first cell that fails, and save it.",
}


def main() -> None:
    """Check what the command line names: export, clean, folds or run; or fold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "checks", nargs="*", help="export, clean, folds, run; all by default; or fold"
    )
    names = parser.parse_args().checks or list(CHECKS)
    verbs = CHECKS | WRITES
    unknown = [name for name in names if name not in verbs]
    if unknown:
        sys.exit(f"There is no check {unknown[0]!r}; there are {', '.join(verbs)}.")
    failed = False
    for name in names:
        try:
            problems = verbs[name](Path.cwd())
        except KeyboardInterrupt:
            sys.exit(130)
        for problem in problems:
            print(problem)
        if problems:
            print(ADVICE[name])
        failed = failed or bool(problems)
    sys.exit(1 if failed else 0)
