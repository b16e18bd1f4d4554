"""Finds a student's notebooks in whatever lies in a folder: the one place that looks there.

A notebook is known by its name: the guide's words, `03_functional`, in any spelling and with
anything around them, as browsers and learning platforms name what they pass on; in a folder
below, or in a zip. One whose name says nothing is known by its checks. Of several, the last in time
counts: by the date in a name, else by the number behind it (`-1`, ` (1)`, `_v2`), else by the
time at which it was last changed (in a zip: the time noted there).

Nothing is unpacked or written. What strangers hand in is read in a process of its own, within
limits; only the notebooks that count leave it, and not more of them than is needed (`slim`).
"""

from __future__ import annotations

import itertools
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from grading.submission.handed_in import Budget, File, OverBudget, files_in
from grading.submission.slim import slim

MOST_STRAYS = 20  # notebooks whose name says nothing are looked into
MOST_NAMED = 3  # in a note

_UNOPENED = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
# `Nov 29, 2026 1130 PM`, as Brightspace writes it into a name.
_DATE = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6} "
    r"(\d{1,2}),? (\d{4}),? (\d{1,2}):?(\d\d) ?([ap])m\b"
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_OLDER = {"old", "older", "alt", "backup", "bak", "draft", "copy", "checkpoint", "previous"}


def words(name: str) -> list[str]:
    """Split a name into words and numbers; how it is spelled and joined doesn't count."""
    return [token.lstrip("0") or "0" for token in _TOKEN.findall(_folded(name))]


def _folded(name: str) -> str:
    """Leave out what computers spell in two ways: capitals, accents, wide letters."""
    letters = unicodedata.normalize("NFKD", name[:500].casefold())
    return "".join(c for c in letters if not unicodedata.combining(c))


def _is_notebook(name: str) -> bool:
    """Tell whether a file may be a notebook by how its name ends: `.ipynb`, `.ipynb (1).json`."""
    _, dot, end = _folded(name[-500:]).rpartition(".ipynb")
    return bool(dot) and all(each in ("json", "txt") or each.isdecimal() for each in words(end))


def _may_be_one(name: str) -> bool:
    """Tell whether a file of a guide's name may be a notebook although it doesn't say so."""
    return Path(name.casefold()).suffix in ("", ".json", ".txt")


def _after(name: list[str], stem: list[str]) -> list[str] | None:
    """Return the words behind a guide's in a name; None if it doesn't name the guide."""
    for start in range(len(name) - len(stem), -1, -1):
        if name[start : start + len(stem)] == stem:
            return name[start + len(stem) :]
    return None


def named(file: File, stems: Mapping[str, list[str]]) -> str:
    """Say which guide a file's name names: the longest that is in it; empty if none is."""
    name = words(file.name)
    fits = [each for each, stem in stems.items() if _after(name, stem) is not None]
    return max(fits, key=lambda each: len(stems[each]), default="")


def when(file: File, stem: list[str]) -> tuple[Any, ...]:
    """Say when a file was handed in, for a comparison; the last one counts."""
    dates = [
        (int(year), _MONTHS.index(month), int(day), half, int(hour) % 12, int(minute))
        for month, day, year, hour, minute, half in _DATE.findall(file.place.casefold())
    ]
    behind = _after(words(file.name), stem) or []
    behind = behind[behind[0] in ("v", "version") :] if behind else []
    number = list(itertools.takewhile(str.isdecimal, behind))
    older = not _OLDER.isdisjoint(words(file.place))
    times = [int(each[:12]) for each in number]
    return dates[-1:], times, file.changed, not older, file.place


def choose(files: Sequence[File], stem: list[str]) -> tuple[File, list[File]]:
    """Say which of several files counts, and which others hold something else.

    One that is no notebook counts where there is no other, and so does a hidden one.
    """
    if len(files) > 1:
        for file in files:
            file.look()

    def rank(file: File) -> tuple[Any, ...]:
        plain = _is_notebook(file.name) and not file.name.startswith(".")
        return file.whole, plain, *when(file, stem)

    taken, *others = sorted(files, key=rank, reverse=True)
    return taken, [each for each in others if each.digest != taken.digest]


def find(folder: Path, wanted: Mapping[str, Sequence[str]]) -> dict[str, tuple[bytes | None, str]]:
    """Find the notebooks of an assignment.

    Args:
        folder: a submission.
        wanted: the checks in a notebook, by its path in the project.

    Returns:
        Bytes and a note for each: how it was found, or why it wasn't.

    """
    budget = Budget()
    found: dict[str, tuple[bytes | None, str]] = {}
    try:
        there = list(files_in(folder, budget))
        by_name, strays = _by_guide(there, wanted)
        lost = [notebook for notebook, files in by_name.items() if not files]
        checks = [check for notebook in lost for check in wanted[notebook]]
        for stray in strays[: MOST_STRAYS if checks else 0]:
            stray.look(checks)
        for notebook, files in by_name.items():
            by_check = [each for each in strays if each.checks & {*wanted[notebook]}]
            found[notebook] = _take(notebook, files, by_check, there)
    except OverBudget as error:
        for notebook in wanted:
            found.setdefault(notebook, (None, f"was not read: {error}"))
    return found


def _by_guide(
    there: Iterable[File], wanted: Iterable[str]
) -> tuple[dict[str, list[File]], list[File]]:
    """Sort files by the guide that their name names; those that name none come by themselves."""
    stems = {notebook: words(Path(notebook).stem) for notebook in wanted}
    by_name: dict[str, list[File]] = {notebook: [] for notebook in stems}
    strays: list[File] = []
    for file in there:
        notebook = named(file, stems)
        if _is_notebook(file.name):
            (by_name[notebook] if notebook else strays).append(file)
        elif notebook and _may_be_one(file.name):
            file.look()
            by_name[notebook] += [file] * file.whole
    return by_name, strays


def _take(
    notebook: str, files: list[File], by_check: list[File], there: list[File]
) -> tuple[bytes | None, str]:
    """Read the file that counts for a notebook."""
    if not (files or by_check):
        return None, _missing(there)
    taken, others = choose(files or by_check, words(Path(notebook).stem))
    place, notes = _shown(taken.place), list[str]()
    if others:
        left = ", ".join(_shown(each.place) for each in others[:MOST_NAMED])
        more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
        notes.append(
            f"is there {len(others) + 1} times; the last in time counts, {place}, not {left}{more}"
        )
    elif not files or taken.name.startswith(".") or not place.casefold().endswith(".ipynb"):
        notes.append(f"was found as {place}")
    elif "/" in place:
        notes.append(f"was found in {place.rpartition('/')[0]}")
    raw, why = taken.read()
    if raw is not None:
        try:
            raw, why = slim(raw)
        except MemoryError:
            raw, why = None, "takes too much memory to read"
    return raw, "; ".join([*notes, why] if why else notes)


def _missing(there: list[File]) -> str:
    """Say that a notebook is missing, and what lies there instead."""
    packed = [file for file in there if file.name.casefold().endswith(_UNOPENED)]
    if packed:
        return f"was not handed in; {_shown(packed[0].place)} isn't opened here: unpack it"
    others = [file for file in there if file.name != "timestamp.txt"]
    if not others or any(_is_notebook(file.name) for file in others):
        return "was not handed in"
    listed = ", ".join(_shown(file.place) for file in others[:MOST_NAMED])
    return f"was not handed in; what lies there is {listed}" + ", …" * (len(others) > MOST_NAMED)


def _shown(place: str) -> str:
    text = "".join(c if c.isprintable() else "?" for c in place)
    return text if len(text) <= 120 else f"{text[:70]}…{text[-49:]}"


# The process of its own


def main() -> None:
    """Read a request from standard input; write a line that says what follows, and that."""
    with open(0, encoding="utf-8") as asked:
        request = json.load(asked)
    _limit(request["seconds"], request["memory"])
    found = find(Path(request["folder"]), request["wanted"])
    sizes = {name: [-1 if raw is None else len(raw), note] for name, (raw, note) in found.items()}
    with open(1, "wb") as told:
        told.write(json.dumps(sizes).encode() + b"\n")
        for raw, _ in found.values():
            told.write(raw or b"")


def _limit(seconds: int, memory: int) -> None:
    """Let the operating system end this process where it takes more than it may."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
