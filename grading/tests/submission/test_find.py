"""Work that lies in a submission's folder is found, whatever it is called and packed in."""

from __future__ import annotations

import json
import os
import stat
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grading.submission import handed_in
from grading.submission.find import find

SETUP, OPERATORS, FUNCTIONAL = (
    f"nbs/guides/module0/{name}.ipynb" for name in ("01_setup", "03_operators", "03_functional")
)
WANTED = {SETUP: [], OPERATORS: ["test-task0_1"], FUNCTIONAL: ["test-task0_3"]}
MONDAY, TUESDAY = 1_764_000_000, 1_764_090_000


def notebook(text: str, check: str = "") -> bytes:
    metadata = {"nbgrader": {"grade_id": check}} if check else {}
    cell = {"cell_type": "code", "metadata": metadata, "source": text}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4}).encode()


def put(path: Path, raw: bytes, changed: float = MONDAY) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    os.utime(path, (changed, changed))


def packed(path: Path, members: dict[str, bytes], when: tuple[int, ...] = (2026, 11, 29)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in members.items():
            info = zipfile.ZipInfo(name, (*when, 12, 0, 0))  # type: ignore[arg-type]
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, raw)


FIRST, LAST = notebook("first", "test-task0_3"), notebook("last", "test-task0_3")
PLAIN = "03_functional.ipynb"

# One hand-in: the name of a file, and a note (none where its name leaves no doubt).
NAMES = {
    "03_functional.ipynb": "",
    "03_FUNCTIONAL.IPYNB": "",
    "03 functional.ipynb": "",
    "03-Functional (1).ipynb": "",
    "03_functional(2).ipynb": "",
    "03_functional-Copy1.ipynb": "",
    "03_functional - Copy (2).ipynb": "",
    "Copy of 03_functional.ipynb": "",
    "Kopie von 03_functional.ipynb": "",
    "03_functional_v2.ipynb": "",
    "03_functional_final FINAL.ipynb": "",
    "lastfirst_101_9003_03_functional.ipynb": "",
    "lastfirst_LATE_101_9003_03_functional-1.ipynb": "",
    "5551-900 - First Last - Nov 29, 2026 1130 PM - 03_functional.ipynb": "",
    "First Last_12345_assignsubmission_file_03_functional.ipynb": "",
    "M\udcfcller_03_functional.ipynb": "",
    "03_Functional.IpyNb": "",
    "L\u00f6sung_03_functional.ipynb": "",
    "Lo\u0308sung_03_functional.ipynb": "",  # as macOS writes it
    "03_F\u00fanctional.ipynb": "",
    "03_Fu\u0301nctional.ipynb": "",
    # Turkish capitals
    "03_FUNCT\u0130ONAL.\u0130PYNB": "was found as 03_FUNCT\u0130ONAL.\u0130PYNB",
    "\uff10\uff13_\uff46unctional.ipynb": "",  # letters as wide as Chinese signs
    "03_\ufb01rst_functional_03_functional.ipynb": "",
    "03\u00a0functional.ipynb": "",
    "03\u200b_functional.ipynb": "",
    "03_functional.ipynb.json": "was found as 03_functional.ipynb.json",
    "03_functional.ipynb.txt": "was found as 03_functional.ipynb.txt",
    "03_functional.ipynb (1).json": "was found as 03_functional.ipynb (1).json",
    "03_functional.json": "was found as 03_functional.json",
    "03_functional": "was found as 03_functional",
    ".03_functional.ipynb": "was found as .03_functional.ipynb",
    "my solution.ipynb": "was found as my solution.ipynb",
    "old/03_functional.ipynb": "was found in old",
    "a/b/c/x_03_functional-1.ipynb": "was found in a/b/c",
    "03_functional.ipynb/03_functional.ipynb": "was found in 03_functional.ipynb",
}


@pytest.mark.parametrize("name", NAMES)
def test_one_hand_in_is_found(tmp_path: Path, name: str) -> None:
    put(tmp_path / name, LAST)
    assert find(tmp_path, WANTED)[FUNCTIONAL] == (LAST, NAMES[name])


@pytest.mark.parametrize(
    "name", ["{}", "lastfirst_101_9003_{}", "5551-900 - First Last - Nov 29, 2026 1130 PM - {}"]
)
def test_a_platforms_names_are_no_news(tmp_path: Path, name: str) -> None:
    """Guides without checks are found by their names, too, and nobody reads three notes each."""
    for path in WANTED:
        put(tmp_path / name.format(Path(path).name), notebook(path))
    assert find(tmp_path, WANTED) == {path: (notebook(path), "") for path in WANTED}


# Two hand-ins: the first, the last, and in which order they were changed.
TWO = {
    "Canvas": ("x_101_9003_03_functional.ipynb", "x_101_9017_03_functional-1.ipynb", MONDAY),
    "Canvas, ten": ("x_1_03_functional-9.ipynb", "x_1_03_functional-10.ipynb", MONDAY),
    "Brightspace": (
        "5-9 - F L - Nov 29, 2026 1130 PM - 03_functional.ipynb",
        "5-9 - F L - Nov 30, 2026 1215 AM - 03_functional.ipynb",
        TUESDAY,
    ),
    "Brightspace, years": (
        "5-9 - F L - Dec 31, 2026 100 PM - 03_functional.ipynb",
        "5-9 - F L - Jan 1, 2027 100 AM - 03_functional.ipynb",
        TUESDAY,
    ),
    "a browser": (PLAIN, "03_functional (1).ipynb", MONDAY),
    "versions": ("03_functional_v2.ipynb", "03_functional_v3.ipynb", MONDAY),
    "folders": ("new/03_functional.ipynb", "old/03_functional.ipynb", 0),  # by their times
    "folders, one time": ("old/03_functional.ipynb", "new/03_functional.ipynb", MONDAY),
    "a copy that was left": ("03_functional-Copy1.ipynb", PLAIN, 0),
    "a copy that was worked on": (PLAIN, "03_functional-Copy1.ipynb", 0),
    "a folder": (PLAIN, "again/03_functional.ipynb", 0),
    "hidden": (".03_functional.ipynb", PLAIN, TUESDAY),
    "checks only": ("mine.ipynb", "my last.ipynb", 0),
}  # fmt: skip


@pytest.mark.parametrize("case", TWO)
def test_the_last_hand_in_counts(tmp_path: Path, case: str) -> None:
    first, last, changed = TWO[case]
    put(tmp_path / first, FIRST, changed or MONDAY)
    put(tmp_path / last, LAST, MONDAY if changed else TUESDAY)
    raw, note = find(tmp_path, WANTED)[FUNCTIONAL]
    assert raw == LAST
    assert note == f"is there 2 times; the last in time counts, {last}, not {first}"


def test_two_sets_in_folders(tmp_path: Path) -> None:
    for path in WANTED:
        put(tmp_path / "old" / Path(path).name, notebook(f"old {path}"))
        put(tmp_path / "new" / Path(path).name, notebook(f"new {path}"), TUESDAY)
    found = find(tmp_path, WANTED)
    assert {path: raw for path, (raw, _) in found.items()} == {
        path: notebook(f"new {path}") for path in WANTED
    }


def test_the_same_twice_is_no_news(tmp_path: Path) -> None:
    put(tmp_path / PLAIN, LAST)
    put(tmp_path / "backup" / PLAIN, LAST)
    assert find(tmp_path, WANTED)[FUNCTIONAL] == (LAST, "")


@pytest.mark.parametrize("wrong", [b"", b"\x89PNG", b"<html>", b"[]"])
def test_what_is_no_notebook_does_not_hide_one(tmp_path: Path, wrong: bytes) -> None:
    put(tmp_path / PLAIN, LAST)
    put(tmp_path / "03_functional-1.ipynb", wrong, TUESDAY)
    raw, note = find(tmp_path, WANTED)[FUNCTIONAL]
    assert raw == LAST and note.endswith(f"{PLAIN}, not 03_functional-1.ipynb")


def test_a_longer_name_is_another_guide(tmp_path: Path) -> None:
    wanted = {"g/01_a.ipynb": [], "g/01_a_more.ipynb": []}
    put(tmp_path / "x_01_a_more.ipynb", LAST)
    assert find(tmp_path, wanted) == {
        "g/01_a.ipynb": (None, "was not handed in"),
        "g/01_a_more.ipynb": (LAST, ""),
    }


def test_what_lies_there_instead_is_named(tmp_path: Path) -> None:
    put(tmp_path / "homework.pdf", b"%PDF")
    put(tmp_path / "timestamp.txt", b"2026-11-29")
    note = "was not handed in; what lies there is homework.pdf"
    assert find(tmp_path, WANTED)[SETUP] == (None, note)
    put(tmp_path / "work.tar.gz", b"\x1f\x8b")
    note = "was not handed in; work.tar.gz isn't opened here: unpack it"
    assert find(tmp_path, WANTED)[SETUP] == (None, note)


def test_what_others_put_beside_it_is_left_alone(tmp_path: Path) -> None:
    for name in (f"._{PLAIN}", f"__MACOSX/{PLAIN}", f".ipynb_checkpoints/{PLAIN}", f".git/{PLAIN}"):
        put(tmp_path / name, FIRST)
    assert find(tmp_path, WANTED)[FUNCTIONAL][0] is None


# Zips


def test_a_zip_is_opened(tmp_path: Path) -> None:
    packed(tmp_path / "module0.zip", {f"module0/{Path(p).name}": notebook(p) for p in WANTED})
    assert find(tmp_path, WANTED) == {
        path: (notebook(path), "was found in module0.zip/module0") for path in WANTED
    }


def test_a_zip_in_a_zip(tmp_path: Path) -> None:
    packed(tmp_path / "in.zip", {PLAIN: LAST})
    packed(tmp_path / "s" / "out.zip", {"in.zip": (tmp_path / "in.zip").read_bytes()})
    note = "was found in out.zip/in.zip"
    assert find(tmp_path / "s", WANTED)[FUNCTIONAL] == (LAST, note)


def test_of_two_zips_the_last_written_counts(tmp_path: Path) -> None:
    packed(tmp_path / "a.zip", {PLAIN: LAST}, (2026, 11, 30))
    packed(tmp_path / "b.zip", {PLAIN: FIRST}, (2026, 11, 29))
    raw, note = find(tmp_path, WANTED)[FUNCTIONAL]
    assert raw == LAST
    assert note.endswith("counts, a.zip/03_functional.ipynb, not b.zip/03_functional.ipynb")


def test_a_zip_and_what_lies_beside_it(tmp_path: Path) -> None:
    packed(tmp_path / "a.zip", {PLAIN: FIRST}, (2026, 11, 29))
    later = time.mktime((2026, 11, 30, 0, 0, 0, 0, 0, -1))
    put(tmp_path / PLAIN, LAST, later)
    assert find(tmp_path, WANTED)[FUNCTIONAL][0] == LAST
    os.utime(tmp_path / PLAIN, (later - 9e5, later - 9e5))
    assert find(tmp_path, WANTED)[FUNCTIONAL][0] == FIRST


@pytest.mark.parametrize("name", ["../../evil.ipynb", "/tmp/evil.ipynb", "C:\\evil.ipynb"])
def test_nothing_of_a_zip_is_written(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "a" / "b"
    packed(folder / "x.zip", {name: notebook("evil", "test-task0_3")})
    before = sorted(tmp_path.rglob("*"))
    assert find(folder, WANTED)[FUNCTIONAL][0] == notebook("evil", "test-task0_3")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_in_a_zip_leads_nowhere(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        info = zipfile.ZipInfo(PLAIN)
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert find(tmp_path, WANTED)[FUNCTIONAL][0] is None


def bomb(path: Path) -> None:
    packed(path, {PLAIN: b"[" * (300 << 20)})


def many(path: Path) -> None:
    packed(path, {f"{n}/{PLAIN}": b" " * (60 << 20) for n in range(8)})


def damaged(path: Path) -> None:
    packed(path, {PLAIN: LAST * 99})
    raw = bytearray(path.read_bytes())
    raw[60:90] = b"\xff" * 30
    path.write_bytes(raw)


def locked(path: Path) -> None:
    packed(path, {PLAIN: LAST})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)


def cut(path: Path) -> None:
    packed(path, {PLAIN: LAST})
    path.write_bytes(path.read_bytes()[:-30])


def odd_packing(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr(PLAIN, LAST)


WRONG: dict[str, tuple[Callable[[Path], None], str]] = {
    "a bomb": (bomb, f"was found in work.zip; {handed_in.TOO_LARGE}"),
    "many": (many, f"was not read: {handed_in.OVER}"),
    "damaged": (damaged, "was found in work.zip; can't be unpacked: the zip is damaged"),
    "locked": (locked, "was found in work.zip; is locked with a password"),
    "cut": (cut, "was not handed in; what lies there is work.zip"),
    "odd": (odd_packing, "was found in work.zip; is packed in a way that isn't read here"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_zip_that_is_none(tmp_path: Path, case: str) -> None:
    make, note = WRONG[case]
    make(tmp_path / "work.zip")
    assert find(tmp_path, WANTED)[FUNCTIONAL] == (None, note)
