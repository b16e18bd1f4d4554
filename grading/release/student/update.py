"""Brings this project up to a newer release and keeps your work.

    python ../new-release/update.py            # --dry-run: only say what would happen

The new release's own `update.py` does it, since it knows best what has become of what you have;
`python update.py ../new-release` calls that one. Run it in your project's folder.

Each cell and file is compared with the state in which you got it (`.release.json`). What you
didn't touch is renewed; your answers, your other edits and the cells that you added stay. What
could not be placed is listed, and so is what has moved; a copy of every changed file goes to
`.before-update`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MANIFEST = ".release.json"
BACKUP = ".before-update"
README = "README.md"
PACKAGE = "minitorch"
Cell = dict[str, Any]
States = dict[str, dict[str, str]]  # fingerprints of cells by id, by notebook


class UpdateError(Exception):
    """The update can't begin; nothing was changed."""


@dataclass
class Plan:
    """What an update will do.

    Attributes:
        write: new content by file name.
        move: files that go to the backup, because the release no longer has them.
        report: what you should know, one sentence each.

    """

    write: dict[str, bytes] = field(default_factory=dict)
    move: list[str] = field(default_factory=list)
    report: list[str] = field(default_factory=list)


def sha(content: str | bytes) -> str:
    """Return the fingerprint by which two states are compared."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def plain(path: Path) -> bytes:
    """Read a file as the release has it: Git and editors on Windows change ends of lines."""
    return path.read_bytes().removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def parts(text: str) -> dict[str, str]:
    """Split Markdown at its headings; return the parts by heading, in order."""
    first, *rest = re.split(r"^(?=#{1,6} )", text, flags=re.M)
    found = {"": first}
    for part in rest:
        name = heading = part.split("\n", 1)[0].strip()
        count = 1
        while name in found:
            count += 1
            name = f"{heading} ({count})"
        found[name] = part
    return found


def source(cell: Cell) -> str:
    """Return the text of a cell; files hold it as a string or as a list of lines."""
    text = cell.get("source", "")
    return (text if isinstance(text, str) else "".join(text)).replace("\r\n", "\n")


def _mark(cell: Cell) -> dict[str, Any]:
    mark = cell.get("metadata", {}).get("nbgrader", {})
    return mark if isinstance(mark, dict) else {}


def _read(path: Path) -> list[Cell]:
    """Return the cells of a notebook.

    Raises:
        ValueError: it isn't one.

    """
    cells = json.loads(plain(path))["cells"]
    if not all(isinstance(cell, dict) and "cell_type" in cell for cell in cells):
        raise ValueError("no cells")
    return cells


def _lines(cell: Cell) -> Cell:
    return {**cell, "source": source(cell).splitlines(keepends=True)}


def _your_version(cell: Cell, cell_id: str) -> Cell:
    """Your text of a given cell that the release has changed too, kept to read."""
    fence = "```" if cell["cell_type"] == "code" else ""
    text = f"*Your earlier version of the cell above:*\n\n{fence}\n{source(cell)}\n{fence}".rstrip()
    return {
        "cell_type": "markdown",
        "id": f"{cell_id}-yours"[:64],
        "metadata": {},
        "source": text,
    }


class Notebook:
    """Merges one notebook, cell by cell."""

    def __init__(
        self,
        name: str,
        mine: list[Cell],
        base: dict[str, str],
        answers: dict[str, Cell],
        moved: Iterable[str] = (),
    ) -> None:
        """Take what there is.

        Args:
            name: the notebook's, for the report.
            mine: your cells.
            base: fingerprints of the old release's cells, by id.
            answers: your answers of all notebooks in the folder, by grade_id.
            moved: grade_ids that other notebooks of the new release have.

        """
        self.name = name
        self.base = base
        self.mine = self._with_ids(mine)
        self.elsewhere = answers
        self.moved = set(moved)
        self.report: list[str] = []
        self._by_grade = {
            _mark(c)["grade_id"]: c for c in reversed(self.mine) if "grade_id" in _mark(c)
        }
        self._by_id = {c["id"]: c for c in reversed(self.mine)}
        self._used: set[int] = set()

    def _with_ids(self, mine: list[Cell]) -> list[Cell]:
        """Give ids back to cells that lost them on a round trip through another editor."""
        known = {fingerprint: cell_id for cell_id, fingerprint in self.base.items()}
        cells = []
        for number, cell in enumerate(mine):
            if cell.get("id") not in self.base:
                own = cell.get("id") or f"own-{number}-{sha(source(cell))[:8]}"
                cell = {**cell, "id": known.get(sha(source(cell)), own)}
            cells.append(cell)
        return cells

    def merge(self, new: list[Cell]) -> list[Cell]:
        """Return the cells of the updated notebook."""
        merged: list[Cell] = []
        place: dict[int, int] = {}  # your cell -> index in merged after which its followers go
        for cell in new:
            own = self._find(cell)
            merged += self._one(cell, own)
            if own is not None:
                self._used.add(id(own))
                place[id(own)] = len(merged)
        return self._add_yours(merged, place)

    def _find(self, cell: Cell) -> Cell | None:
        grade_id = _mark(cell).get("grade_id")
        if grade_id:
            own = self._by_grade.get(grade_id) or self._by_id.get(cell.get("id"))
            return own or self.elsewhere.get(grade_id)
        own = self._by_id.get(cell.get("id"))
        return None if own is not None and id(own) in self._used else own

    def _one(self, cell: Cell, own: Cell | None) -> list[Cell]:
        """Return what stands in the place of one cell of the release."""
        cell_id, where = cell.get("id", ""), f"{self.name}, cell {cell.get('id')}"
        mark = _mark(cell)
        if own is None:
            if cell_id in self.base and mark:
                self.report.append(f"{where}: you had removed this graded cell; it is back.")
            return [cell]
        outputs = {k: own[k] for k in ("outputs", "execution_count") if k in own and k in cell}
        if source(own) == source(cell):
            return [{**cell, **outputs}]
        known = self.base.get(cell_id)
        if sha(source(own)) == known:
            return [cell]
        if mark.get("solution"):
            if known is not None and sha(source(cell)) != known:
                self.report.append(
                    f"{where}: your answer stays, though the release has changed what stood "
                    "there. Compare the two and take over what you need."
                )
            return [{**cell, **outputs, "source": source(own)}]
        if mark:
            self.report.append(f"{where}: you had changed this check; it is as released again.")
            return [cell]
        if sha(source(cell)) == known:
            return [{**cell, **outputs, "source": source(own)}]
        self.report.append(
            f"{where}: both you and the release changed it. The release's text counts now, and "
            "yours stands in a cell below it."
        )
        return [cell, _your_version(own, cell_id)]

    def _add_yours(self, merged: list[Cell], place: dict[int, int]) -> list[Cell]:
        """Put the cells that only you have after the ones that they followed."""
        after, position = [], 0
        for cell in self.mine:
            if id(cell) in place:
                position = place[id(cell)]
            elif id(cell) not in self._used:
                known = self.base.get(cell["id"])
                if _mark(cell).get("grade_id") in self.moved:
                    continue
                if known is None:
                    after.append((position, cell))
                elif known != sha(source(cell)):
                    after.append((position, cell))
                    self.report.append(
                        f"{self.name}, cell {cell.get('id')}: the release no longer has it. "
                        "You had changed it, so it stays; check whether it still belongs there."
                    )
        taken = {cell.get("id") for cell in merged}
        for shift, (position, cell) in enumerate(after):
            if cell.get("id") in taken:
                cell = {**cell, "id": f"{cell.get('id')}-own{shift}"[-64:]}
            taken.add(cell.get("id"))
            merged.insert(position + shift, cell)
        return merged


def _merge_readme(mine: str, base: dict[str, str], new: str, report: list[str]) -> str:
    """Keep the sections that you filled in; renew the others."""
    ours, theirs = parts(mine), parts(new)
    merged: list[str] = []
    names = list(ours)
    extra = {name: before for before, name in pairwise(names) if name not in theirs}

    def followers(name: str) -> None:
        for each, before in extra.items():
            if before == name:
                if base.get(each) != sha(ours[each]):
                    merged.append(ours[each])
                followers(each)

    for name, text in theirs.items():
        own = ours.get(name)
        edited = own is not None and sha(own) != base.get(name)
        if edited and own != text and sha(text) != base.get(name):
            report.append(f"{README}, {name!r}: yours stays, though the release changed it too.")
        merged.append(own if edited and own is not None else text)
        followers(name)
    return "".join(part if part.endswith("\n") else f"{part}\n" for part in merged)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        return json.loads(plain(path))
    except OSError as error:
        raise UpdateError(f"{path}: can't be read; is {folder} a release?") from error
    except ValueError as error:
        raise UpdateError(
            f"{path}: is damaged. Take it from the release you began with."
        ) from error


def _answers(folder: Path, names: Iterable[str]) -> dict[tuple[str, str], Cell]:
    """Your answer cells by folder and grade_id: a guide may have been renamed or split."""
    found = {}
    for name in sorted(names):
        try:
            for cell in _read(folder / name):
                if _mark(cell).get("solution"):
                    found[(str(Path(name).parent), _mark(cell).get("grade_id", ""))] = cell
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def plan(folder: Path, release: Path) -> Plan:
    """Says what an update would write, move and report; changes nothing.

    Args:
        folder: your project.
        release: the new release.

    Raises:
        UpdateError: one of the two isn't a project from a release.

    """
    if release.resolve() == folder.resolve():
        raise UpdateError(f"{release}: is this project itself. Name the new release's folder.")
    base, new = _manifest(folder), _manifest(release)
    made = Plan()
    answers = _answers(folder, base["cells"])
    places = {
        (str(Path(name).parent), _mark(cell).get("grade_id", "")): name
        for name in new["cells"]
        for cell in _read(release / name)
        if _mark(cell)
    }
    cells: States = new["cells"]
    origins = _origins(folder, base["cells"], cells)
    for name in sorted(cells):
        content = plain(release / name)
        origin = origins.get(name, name)
        if (folder / origin).exists():
            moved = {
                grade
                for (place, grade), at in places.items()
                if place == str(Path(name).parent) and at != name
            }
            content = _notebook(folder, origin, name, content, base, answers, moved, made.report)
        elif name not in base["cells"]:
            content = _moved(name, content, base, answers, made.report)
        if content is not None:
            made.write[name] = content
    told = _tell_moves(folder, release, origins, base, new, made)
    for name in sorted(new["files"]):
        _file(folder, release, name, base, made)
    for name in sorted((set(base["cells"]) | set(base["files"])) - {*new["cells"], *new["files"]}):
        if (folder / name).exists():
            made.move.append(name)
            if name not in told:
                made.report.append(f"{name}: the release no longer has it; it is in {BACKUP} now.")
    made.write[MANIFEST] = plain(release / MANIFEST)
    made.write = {
        name: content
        for name, content in made.write.items()
        if not (folder / name).exists() or plain(folder / name) != content
    }
    return made


def _origins(folder: Path, base: States, new: States) -> dict[str, str]:
    """Which notebook of the old release each moved one was: the same cells in another place.

    A third of its cells unchanged will do; or half of their ids, where the name is the old one too.
    """
    gone = [name for name in base if name not in new and (folder / name).exists()]
    pairs = []
    for name in new.keys() - base.keys():
        for old in gone:
            same = len(base[old].items() & new[name].items())
            alike = len(base[old].keys() & new[name].keys())
            named = Path(name).stem.endswith(Path(old).stem)
            if same * 3 >= len(base[old]) > 0 or (named and alike * 2 >= len(base[old]) > 0):
                pairs.append((same, name, old))
    found: dict[str, str] = {}
    for _, name, old in sorted(pairs, reverse=True):
        if name not in found and old not in found.values():
            found[name] = old
    return found


def _module(cells: list[Cell]) -> str:
    """Return the module that a notebook exports to, e.g. `train.images`; empty if there is none."""
    for cell in cells:
        if match := re.search(r"^#\|\s*default_exp[ \t]+(\S+)", source(cell), re.M):
            return match[1].removesuffix(".__init__")
    return ""


def _tell_moves(
    folder: Path,
    release: Path,
    origins: dict[str, str],
    base: dict[str, Any],
    new: dict[str, Any],
    made: Plan,
) -> set[str]:
    """Tells which notebooks and modules have moved, and which cells of yours still name old ones.

    Returns:
        Files of the old release that need no other word.

    """
    told, modules = set[str](), dict[str, str]()
    for name, old in sorted(origins.items()):
        try:
            mine = _read(folder / old)
        except (OSError, ValueError, KeyError, TypeError):
            continue
        told.add(old)
        if any(sha(source(cell)) != base["cells"][old].get(cell.get("id")) for cell in mine):
            made.report.append(f"{old}: is {name} now; what you changed in it went with it.")
        before, now = _module(mine), _module(_read(release / name))
        file = f"{PACKAGE}/{before.replace('.', '/')}.py"
        if before and now and before != now and file not in new["files"]:
            modules[before] = now
            told.add(file)
    if origins:
        listed = ", ".join(
            f"{PACKAGE}.{before} is {PACKAGE}.{now}" for before, now in sorted(modules.items())
        )
        made.report.append(
            f"{len(origins)} notebook(s) have moved: {', '.join(sorted(origins.values()))}."
            + (f" Their modules, too: {listed}." if listed else "")
        )
    own = [path.relative_to(folder).as_posix() for path in sorted(folder.glob("nbs/**/*.ipynb"))]
    for name in [
        *new["cells"],
        *(each for each in own if each not in {**base["cells"], **new["cells"]}),
    ]:
        try:
            text = made.write.get(name) or (folder / name).read_bytes()
            cells = json.loads(text)["cells"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        given = set(new["cells"].get(name, {}).values())
        for cell in cells:
            for before, now in modules.items() if sha(source(cell)) not in given else ():
                *above, last = f"{PACKAGE}.{before}".split(".")
                word = re.escape(f"{PACKAGE}.{before}")
                parent = re.escape(".".join(above))
                if re.search(
                    rf"\b{word}\b|^\s*from {parent} import .*\b{last}\b", source(cell), re.M
                ):
                    made.report.append(
                        f"{name}, cell {cell.get('id')}: uses {PACKAGE}.{before}, which is "
                        f"{PACKAGE}.{now} now. Change it there."
                    )
    return told


def _dump(notebook: dict[str, Any], cells: list[Cell]) -> bytes:
    notebook = {**notebook, "cells": [_lines(cell) for cell in cells]}
    return (json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _notebook(
    folder: Path,
    origin: str,
    name: str,
    content: bytes,
    base: dict[str, Any],
    answers: dict[tuple[str, str], Cell],
    moved: Iterable[str],
    report: list[str],
) -> bytes | None:
    try:
        mine = _read(folder / origin)
    except (OSError, ValueError, KeyError, TypeError):
        report.append(f"{origin}: isn't a notebook any more; it was left alone.")
        return None if origin == name else content
    new = json.loads(content)
    here = str(Path(name).parent)
    elsewhere = {grade: cell for (place, grade), cell in answers.items() if place == here}
    notebook = Notebook(name, mine, base["cells"].get(origin, {}), elsewhere, moved)
    merged = notebook.merge(new["cells"])
    report += notebook.report
    return _dump(new, merged)


def _moved(
    name: str,
    content: bytes,
    base: dict[str, Any],
    answers: dict[tuple[str, str], Cell],
    report: list[str],
) -> bytes:
    """Give a new notebook the answers that another one held before."""
    here = str(Path(name).parent)
    elsewhere = {grade: cell for (place, grade), cell in answers.items() if place == here}
    known = {key: value for cells in base["cells"].values() for key, value in cells.items()}
    new = json.loads(content)
    notebook = Notebook(name, [], known, elsewhere)
    merged = notebook.merge(new["cells"])
    report += [line for line in notebook.report if "it is back" not in line]
    return _dump(new, merged)


def _file(folder: Path, release: Path, name: str, base: dict[str, Any], made: Plan) -> None:
    """Decides about a file that isn't a notebook."""
    content, path = plain(release / name), folder / name
    known = base["files"].get(name)
    if not path.exists():
        if known != sha(content):
            made.write[name] = content
        return
    own = plain(path)
    if name.startswith("minitorch/") and name.endswith(".py"):
        return  # minitorch export writes it
    if own == content or sha(content) == known:
        return
    if sha(own) == known:
        made.write[name] = content
    elif name == README:
        text = _merge_readme(own.decode(), base["parts"], content.decode(), made.report)
        made.write[name] = text.encode()
    else:
        made.write[f"{name}.new"] = content
        made.report.append(f"{name}: yours stays; the release's is beside it as {name}.new.")


def carry_out(made: Plan, folder: Path) -> Path | None:
    """Write what was planned; return the folder with copies of what was there before.

    An update that was interrupted can be run again: what is renewed already stays.
    """
    if not made.write and not made.move:
        return None
    number = 1
    while (folder / BACKUP / str(number)).exists():
        number += 1
    backup = folder / BACKUP / str(number)
    for name in [*made.write, *made.move]:
        if (folder / name).exists():
            (backup / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(folder / name, backup / name)
    # The manifest goes last: until then the old state is what cells are compared with.
    for name in sorted(made.write, key=lambda name: name == MANIFEST):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f".{path.name}.half")
        half.write_bytes(made.write[name])
        half.replace(path)
    for name in made.move:
        (folder / name).unlink()
    return backup


def main() -> None:
    """Update this project from the release that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument(
        "release",
        type=Path,
        nargs="?",
        help="folder of the new release; that of this file by default",
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
    arguments = parser.parse_args()
    folder, release = (HERE, arguments.release) if arguments.release else (Path.cwd(), HERE)
    newer = release / Path(__file__).name
    if release != HERE and newer.is_file() and release.resolve() != HERE:
        command = [sys.executable, str(newer.resolve()), *["--dry-run"] * arguments.dry_run]
        sys.exit(subprocess.run(command, cwd=folder).returncode)
    try:
        made = plan(folder, release)
    except UpdateError as error:
        sys.exit(f"{error} Nothing was changed.")
    for line in made.report:
        print(f"- {line}")
    if arguments.dry_run:
        print(f"{len(made.write)} file(s) would be written: {', '.join(made.write) or 'none'}")
        return
    backup = carry_out(made, folder)
    if backup is None:
        print("This project is up to date.")
    else:
        print(f"Updated {len(made.write)} file(s); what was there before is in {backup}.")
        print("Now close the notebooks in JupyterLab, open them again, and run minitorch export.")


if __name__ == "__main__":
    main()
