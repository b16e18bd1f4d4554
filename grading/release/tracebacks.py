"""Keeps the lines of solutions out of the errors that notebooks store.

A traceback quotes the source around each of its frames. Where a guide shows a mistake, a frame may
lie in what students write themselves: such a frame keeps its place and its name, and no line.

    python -m grading tracebacks          takes such lines out of the notebooks (pre-commit does)
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from grading.course.guides import load_course
from grading.course.notebooks import notebooks
from grading.course.regions import GradingError, Region
from grading.release.layers import views

LEFT_OUT = "# what the task asks for"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_MARK = re.compile(r"#(?:BEGIN|END)SOLUTION")  # as `views` shows it: without spaces
# A frame's heading as IPython writes it, and as Python itself does.
_FRAME = re.compile(r"^(?:File ([^:\n]+)|Cell)[^\n]*, in ([\w.<>]+)")
_PYTHONS_FRAME = re.compile(r'^ *File "([^"\n]+)", line [0-9]+, in ([\w.<>]+)$')


def _region_of(file: str | None, name: str, regions: Iterable[Region]) -> Region | None:
    """Find the region that a function is, or lies in.

    Args:
        file: where the function was read from; none if it was a cell.
        name: its name, qualified in IPython's frames only.
        regions: those of the course.

    """
    own = name.replace(".<locals>", "")
    for region in regions:
        if file and not f"/{file}".endswith(f"/{region.module.replace('.', '/')}.py"):
            continue
        if own in (region.qualname, region.qualname.rsplit(".", 1)[-1] if file else ""):
            return region
        if own.startswith(f"{region.qualname}."):
            return region
    return None


def without_quotations(traceback: list[str], regions: Iterable[Region]) -> list[str]:
    """Return a traceback in which no frame quotes a solution; the others stay as they are."""
    kept: list[str] = []
    for frame in traceback:
        heading, _, quoted = frame.partition("\n")
        found = _FRAME.match(_COLOUR.sub("", heading))
        region = _region_of(found[1], found[2], regions) if found else None
        kept.append(f"{heading}\n      {LEFT_OUT}\n" if region and quoted else frame)
    return kept


def quotations(cell: dict[str, Any], regions: Iterable[Region]) -> Iterator[str]:
    """Say which of a cell's outputs quote a solution, or could: its marks, a frame that lies in it.

    Whole lines of solutions are what `leaks` looks for; here short ones count too.
    """
    for output in cell.get("outputs", []):
        if any(_MARK.search(view) for view in views(json.dumps(output).encode())):
            yield "shows the marks of a solution"
        traceback = output.get("traceback", [])
        if without_quotations(traceback, regions) != traceback:
            yield "quotes a function that students write"
        for text in [output.get("text", ""), *output.get("data", {}).values(), traceback]:
            lines = _COLOUR.sub("", "".join(text) if isinstance(text, list) else str(text))
            found = (_PYTHONS_FRAME.match(line) for line in lines.split("\n"))
            if any(each and _region_of(each[1], each[2], regions) for each in found):
                yield "quotes a function that students write"


def quoting(root: Path) -> list[str]:
    """Name every cell of a project whose stored outputs quote a solution."""
    regions = load_course(root).regions
    found = []
    for path in notebooks(root):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for what in sorted(set(quotations(cell, regions))):
                found.append(f"{path.relative_to(root)}, cell {cell.get('id')}: its output {what}")
    return found


def mend(root: Path) -> list[Path]:
    """Take the quoted lines out of the notebooks of a project; return those that changed."""
    regions = load_course(root).regions
    changed = []
    for path in notebooks(root):
        before = path.read_text(encoding="utf-8")
        notebook = json.loads(before)
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                if "traceback" in output:
                    output["traceback"] = without_quotations(output["traceback"], regions)
        # As nbdev_clean writes notebooks.
        text = json.dumps(notebook, sort_keys=True, indent=1, ensure_ascii=False) + "\n"
        if notebook != json.loads(before):
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed


def main() -> None:
    """Mend the notebooks of the project that this is run in, and say which ones changed."""
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    try:
        for path in mend(Path.cwd().resolve()):
            print(f"{path}: the lines of solutions that its errors quoted were taken out.")
        left = quoting(Path.cwd().resolve())
    except GradingError as error:
        sys.exit(str(error))
    if left:
        sys.exit("\n".join([*left, "Show this in another way: it must not be stored."]))
