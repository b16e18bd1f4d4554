"""What platforms, folders and Git give is laid out for nbgrader, and nothing newer is lost."""

from __future__ import annotations

import csv
import io
import os
import stat
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grading.collect import collect, place, sources
from grading.collect.collector import Collector
from grading.collect.place import Collected
from grading.collect.roster import read_table
from grading.course.regions import GradingError
from grading.submission import handed_in
from grading.tests.collect import made
from grading.tests.collect.made import notebook, packed

OLD, NEW, OTHER = notebook("old"), notebook("new"), notebook("other")


def gather(
    root: Path, *paths: Path | str, roster: str = "", module: str = "module0", dry: bool = False,
    before: datetime | None = None,
) -> Collected:  # fmt: skip
    known = read_table(made.table(root / "roster.csv", roster)) if roster else None
    collector = Collector(made.course(root), module, known, zone=UTC, dry=dry)
    return collector.collect([str(path) for path in paths], before)


def test_canvas_knows_by_number_who_was_late_and_who_is_missing(tmp_path: Path) -> None:
    export = packed(
        tmp_path / "submissions.zip",
        {
            "lovelaceada_9003_5551_03_functional-1.ipynb": NEW,
            "lovelaceada_9003_5552_04_modules.ipynb": OTHER,
            "hoppergrace_LATE_9017_5553_03_functional.ipynb": OLD,
            "strangera_9555_5554_03_functional.ipynb": OLD,
        },
    )
    found = gather(tmp_path, export, roster=made.CANVAS)
    assert made.laid_out(tmp_path) == {
        "9003/module0/03_functional.ipynb": NEW,
        "9003/module0/04_modules.ipynb": OTHER,
        "9017/module0/03_functional.ipynb": OLD,
    }
    assert found.late == {"9017"} and found.missing == ["9020"] and found.expected == 3
    assert [line for line in found.left_out if "number 9555 is not in roster.csv" in line]
    said = collect.summary(found, "module0")
    assert "Missing (1 of 3): 9020" in said and "late by the platform (1): 9017" in said


def test_moodle_is_matched_by_number_and_its_worksheet_says_when(tmp_path: Path) -> None:
    export = packed(
        tmp_path / "class.zip",
        {
            "Ada Lovelace_12345_assignsubmission_file_/03_functional.ipynb": NEW,
            "Ada Lovelace_12345_assignsubmission_onlinetext_/onlinetext.html": b"<p>Hello",
            "Grace Hopper_12346_assignsubmission_file_03_functional (1).ipynb": OLD,
            "Grace Hopper_12346_assignsubmission_file_/more/helper.py": b"pass",
        },
    )
    found = gather(tmp_path, export, roster=made.MOODLE)
    assert made.laid_out(tmp_path) == {
        "m1/module0/03_functional.ipynb": NEW,
        "m1/module0/timestamp.txt": b"2026-11-30 23:59:00 UTC\n",
        "m2/module0/03_functional.ipynb": OLD,
        "m2/module0/more/helper.py": b"pass",
    }
    assert found.missing == ["m3"] and not found.left_out and found.timeless == {"m2"}


def test_of_brightspaces_folders_the_later_counts_file_by_file(tmp_path: Path) -> None:
    first = "12345-678 - Ada Lovelace - Nov 30, 2026 1159 PM"
    second = "12345-678 - Ada Lovelace - Dec 1, 2026 1205 AM"
    export = packed(
        tmp_path / "box.zip",
        {
            "index.html": b"<html>",
            f"{second}/03_functional.ipynb": NEW,
            f"{first}/03_functional.ipynb": OLD,
            f"{first}/04_modules.ipynb": OTHER,
        },
    )
    found = gather(tmp_path, export, roster=made.BRIGHTSPACE)
    assert made.laid_out(tmp_path) == {
        "m1/module0/03_functional.ipynb": NEW,
        "m1/module0/04_modules.ipynb": OTHER,
        "m1/module0/timestamp.txt": b"2026-12-01 00:05:00 UTC\n",
    }
    assert not found.left_out and len(found.kept) == 1 and "newer" in found.kept[0]
    again = gather(tmp_path, export, roster=made.BRIGHTSPACE)
    assert not again.kept and not again.placed["m1"]


@pytest.mark.parametrize("roster", ["", made.OWN])
def test_a_folder_holds_students_folders_with_or_without_the_modules(
    tmp_path: Path, roster: str
) -> None:
    folder = tmp_path / "hand ins" / "week 3"
    for name, raw in {
        "ada/module0/03_functional.ipynb": NEW,
        "ada/module1/02_scalars.ipynb": OTHER,
        "ada/module0/timestamp.txt": b"1999-01-01 00:00:00 UTC",
        "grace/nbs/guides/module0/03_functional.ipynb": OLD,
        "grace/minitorch/operators.py": b"pass",
        "jm/my work on 03-Functional (2).ipynb": OTHER,
        "jm/picture.png": b"png",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    found = gather(tmp_path, tmp_path / "hand ins", roster=roster)
    assert made.laid_out(tmp_path) == {
        "ada/module0/03_functional.ipynb": NEW,
        "grace/module0/03_functional.ipynb": OLD,
        "jm/module0/03_functional.ipynb": OTHER,
        "jm/module0/picture.png": b"png",
    }
    assert not found.left_out and not found.missing


def test_a_platforms_folder_is_found_in_folders_and_zips_above_it(tmp_path: Path) -> None:
    inner = packed(
        tmp_path / "submissions.zip", {"lovelaceada_9003_1_03_functional.ipynb": NEW}
    ).read_bytes()
    export = packed(tmp_path / "out.zip", {"Downloads/week 3/submissions.zip": inner})
    gather(tmp_path, export)
    assert made.laid_out(tmp_path) == {"9003/module0/03_functional.ipynb": NEW}


def test_a_zip_that_a_student_handed_in_stays_whole(tmp_path: Path) -> None:
    work = packed(tmp_path / "w.zip", {"../../03_functional.ipynb": NEW}).read_bytes()
    export = packed(tmp_path / "s.zip", {"lovelaceada_9003_1_work.zip": work})
    gather(tmp_path, export)
    assert made.laid_out(tmp_path) == {"9003/module0/work.zip": work}


@pytest.mark.parametrize("first", [OLD, NEW])
def test_newer_work_stays_whatever_comes_first(tmp_path: Path, first: bytes) -> None:
    """Both are kept, and a second run changes nothing."""
    exports = {
        OLD: packed(tmp_path / "old.zip", {"ada/03_functional.ipynb": OLD}, made.MONDAY),
        NEW: packed(tmp_path / "new.zip", {"ada/03_functional.ipynb": NEW}, made.TUESDAY),
    }
    for raw in (first, OLD, NEW, OLD):
        gather(tmp_path, exports[raw])
    assert made.laid_out(tmp_path) == {"ada/module0/03_functional.ipynb": NEW}
    kept = [path for path in (tmp_path / "course/earlier").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [OLD]


def test_work_of_unknown_time_takes_nothings_place(tmp_path: Path) -> None:
    packed(tmp_path / "a.zip", {"ada/03_functional.ipynb": NEW}, made.MONDAY)
    packed(tmp_path / "b.zip", {"ada/03_functional.ipynb": OTHER}, (1980, 1, 1, 0, 0, 0))
    found = gather(tmp_path, tmp_path / "a.zip", tmp_path / "b.zip")
    assert made.laid_out(tmp_path) == {"ada/module0/03_functional.ipynb": NEW}
    assert "not newer" in found.kept[0]


def test_a_time_that_told_of_older_work_goes_with_it(tmp_path: Path) -> None:
    target = tmp_path / "course/submitted/ada/module0"
    target.mkdir(parents=True)
    (target / "timestamp.txt").write_text("2026-11-01 10:00:00 UTC", encoding="utf-8")
    gather(tmp_path, packed(tmp_path / "a.zip", {"ada/03_functional.ipynb": NEW}))
    assert made.laid_out(tmp_path) == {"ada/module0/03_functional.ipynb": NEW}
    assert list((tmp_path / "course/earlier").rglob("timestamp.txt"))


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    export = packed(tmp_path / "a.zip", {"ada/03_functional.ipynb": NEW})
    found = gather(tmp_path, export, dry=True)
    assert found.placed == {"ada": ["03_functional.ipynb"]}
    assert not (tmp_path / "course").exists()


# Two of one name, and names in other spellings


def test_a_name_that_two_bear_places_nothing(tmp_path: Path) -> None:
    roster = made.OWN + "ada2,Ada,Lovelace,l@uni.example\n"
    export = packed(
        tmp_path / "a.zip",
        {
            "Ada Lovelace_1_assignsubmission_file_/03_functional.ipynb": NEW,
            "MULLER Jurgen_2_assignsubmission_file_/03_functional.ipynb": OLD,
        },
    )
    found = gather(tmp_path, export, roster=roster)
    assert made.laid_out(tmp_path) == {"jm/module0/03_functional.ipynb": OLD}
    assert "2 students in roster.csv have this name" in found.left_out[0]


# What means harm, or is no hand-in


def test_a_zip_writes_nowhere_else(tmp_path: Path) -> None:
    """Whatever a member is called: up, absolute, of a drive, a link; the others are placed."""
    export = tmp_path / "evil.zip"
    odd = [
        "../../../evil",
        "/etc/evil",
        "C:\\evil",
        "..\\..\\evil",
        "ada/../../evil",
        "a/./../evil",
    ]
    with zipfile.ZipFile(export, "w") as archive:
        for name in odd:
            archive.writestr(f"{name}.ipynb", OLD)
            archive.writestr(f"9003/{name}.ipynb", OLD) if not name.startswith(("/", "C")) else None
        link = zipfile.ZipInfo("ada/03_functional.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("x_1_2_...ipynb", OLD)
        archive.writestr("ada/04_modules.ipynb", NEW)
    found = gather(tmp_path, export)
    inside = made.laid_out(tmp_path)
    assert inside.pop("ada/module0/04_modules.ipynb") == NEW
    assert set(inside) <= {"1/module0/_.ipynb", "1/module0/...ipynb", "1/module0/_"}
    assert sum("leads out" in line for line in found.left_out) == 10
    assert any("is a link" in line for line in found.left_out)
    top = {path.name for path in tmp_path.iterdir()}
    assert top == {"evil.zip", "course"} and not list(tmp_path.parent.glob("evil*.ipynb"))


def test_links_among_the_submissions_and_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "03_functional.ipynb").write_bytes(OLD)
    (tmp_path / "course/submitted").mkdir(parents=True)
    (tmp_path / "course/submitted/ada").symlink_to(outside, target_is_directory=True)
    folder = tmp_path / "in"
    (folder / "ada").mkdir(parents=True)
    (folder / "ada/03_functional.ipynb").write_bytes(NEW)
    (folder / "grace").symlink_to(outside, target_is_directory=True)
    found = gather(tmp_path, folder)
    assert list(outside.iterdir()) == [outside / "03_functional.ipynb"]
    assert (outside / "03_functional.ipynb").read_bytes() == OLD
    assert len(found.left_out) == 2 and not found.placed


def test_a_bomb_costs_its_own_student_only(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(handed_in, "LARGEST_FILE", 1 << 20)
    monkeypatch.setattr(place, "MOST_BYTES", 2 << 20)
    members = {f"bomb/{n}.bin": b"\0" * (1 << 20) for n in range(4)}
    members |= {"large/03_functional.ipynb": b"{" * (2 << 20), "ada/03_functional.ipynb": NEW}
    found = gather(tmp_path, packed(tmp_path / "a.zip", members))
    assert made.laid_out(tmp_path)["ada/module0/03_functional.ipynb"] == NEW
    assert any("bomb holds more than 2 MB" in line for line in found.left_out)
    assert any("large" in line and "is larger than" in line for line in found.left_out)


def test_many_files_and_many_entries_have_an_end(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(place, "MOST_FILES", 3)
    monkeypatch.setattr(sources, "MOST_ENTRIES", 8)
    members = {f"ada/{n}.txt": b"x" for n in range(20)}
    found = gather(tmp_path, packed(tmp_path / "a.zip", members))
    assert len(made.laid_out(tmp_path)) == 3
    assert any("more than 8 files" in line for line in found.left_out)


def test_a_folder_of_folders_is_told_apart_from_a_student(tmp_path: Path) -> None:
    for section, name in (("day", "ada"), ("day", "grace"), ("night", "jm")):
        folder = tmp_path / "in" / section / name
        folder.mkdir(parents=True)
        (folder / "03_functional.ipynb").write_bytes(name.encode())
    found = gather(tmp_path, tmp_path / "in")
    assert any("day holds folders with the same notebook (ada, grace)" in e for e in found.left_out)
    assert not any("day/" in name for name in made.laid_out(tmp_path))
    (tmp_path / "second").mkdir()
    named = gather(tmp_path / "second", tmp_path / "in", roster=made.OWN)
    assert sorted(named.placed) == ["ada", "grace", "jm"] and not named.left_out


def test_another_modules_work_and_another_courses_table_are_told(tmp_path: Path) -> None:
    export = packed(tmp_path / "a.zip", {"lovelaceada_9003_1_02_scalars.ipynb": NEW})
    found = gather(tmp_path, export)
    assert found.left_out == ["lovelaceada_9003_1_ holds nothing of module0, but work of module1"]
    other = made.CANVAS.replace("9003", "1").replace("9017", "2").replace("9020", "3")
    found = gather(tmp_path, export, roster=other, module="module1")
    assert not made.laid_out(tmp_path) and "number 9003 is not in roster.csv" in found.left_out[0]


@pytest.mark.parametrize(
    ("name", "raw", "why"),
    [
        ("a.zip", b"no zip", "is damaged, or no zip"),
        ("a.rar", b"Rar!", "isn't opened here; unpack it"),
        ("a.docx.txt", b"", "is empty; a table of repositories"),
        ("a.pdf", b"", "is no zip"),
        ("none", None, "is not there"),
    ],
)
def test_what_is_no_export_is_a_sentence_and_the_others_go_on(
    tmp_path: Path, name: str, raw: bytes | None, why: str
) -> None:
    if raw is not None:
        (tmp_path / name).write_bytes(raw)
    good = packed(tmp_path / "good.zip", {"ada/03_functional.ipynb": NEW})
    found = gather(tmp_path, tmp_path / name, good)
    assert why in found.left_out[0] and "ada" in found.placed


# Tables


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("Term,Room\nx,y\n", "are not those of a table of students"),
        ("Student,ID\n", "no student is in it"),
        ("\0\0", "is no text"),
    ],
)
def test_what_is_no_table_of_students_is_a_sentence(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(GradingError, match=why):
        read_table(made.table(tmp_path / "t.csv", text))


@pytest.mark.parametrize("text", [made.CANVAS, made.MOODLE, made.BRIGHTSPACE, made.OWN])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_given_back_as_it_was(tmp_path: Path, text: str, delimiter: str) -> None:
    lines = io.StringIO()
    csv.writer(lines, delimiter=delimiter, lineterminator="\n").writerows(
        csv.reader(io.StringIO(text))
    )
    text = lines.getvalue()
    read = read_table(made.table(tmp_path / "t.csv", text))
    assert len(read.people) == 3
    assert read.text() == text.removeprefix("\ufeff")


# Git


def git(folder: Path, *words: str, when: str = "2026-11-30T12:00:00Z") -> None:
    who = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    who |= {
        f"GIT_{role}_{what}": "x@y"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    subprocess.run(
        ["git", *words], cwd=folder, env=os.environ | who, check=True, capture_output=True
    )


def commit(folder: Path, raw: bytes, when: str) -> None:
    path = folder / "nbs/guides/module0/03_functional.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    (folder / "nbs/guides/module0/link.ipynb").unlink(missing_ok=True)
    (folder / "nbs/guides/module0/link.ipynb").symlink_to("/etc/passwd")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "work", when=when)


def test_of_a_repository_the_last_commit_before_the_deadline_counts(tmp_path: Path) -> None:
    clones = tmp_path / "clones"
    for name, raw in (("module0-ada", OLD), ("grace", OTHER)):
        commit(clones / name, raw, "2026-11-30T12:00:00Z")
    commit(clones / "module0-ada", NEW, "2026-12-02T12:00:00Z")
    commit(clones / "jm", NEW, "2026-12-03T12:00:00Z")
    hook = clones / "grace/.git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n", encoding="utf-8")
    hook.chmod(0o755)
    deadline = datetime(2026, 12, 1, tzinfo=UTC)
    found = gather(tmp_path, clones, roster=made.OWN, before=deadline)
    assert made.laid_out(tmp_path) == {
        "ada/module0/03_functional.ipynb": OLD,
        "ada/module0/timestamp.txt": b"2026-11-30 12:00:00 UTC\n",
        "grace/module0/03_functional.ipynb": OTHER,
        "grace/module0/timestamp.txt": b"2026-11-30 12:00:00 UTC\n",
    }
    assert found.missing == ["jm"] and "has no commit before 2026-12-01" in found.left_out[0]
    assert not (tmp_path / "ran").exists()
    listed = made.table(
        tmp_path / "repos.csv", "id,repository\nada,clones/module0-ada\njm,clones/none\n"
    )
    found = gather(tmp_path, listed, roster=made.OWN)
    assert made.laid_out(tmp_path)["ada/module0/03_functional.ipynb"] == NEW
    assert "names no repository" in found.left_out[0]


def test_an_address_that_would_be_an_option_or_a_program_is_refused(tmp_path: Path) -> None:
    for word in ("--upload-pack=touch evil", "ext::sh -c touch% evil"):
        found = gather(tmp_path, word)
        assert not found.placed and found.left_out
    assert not (tmp_path / "evil").exists()


def test_the_command_says_what_is_wrong(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(collect, "load_course", lambda *_, **__: made.course(tmp_path))
    export = packed(tmp_path / "a.zip", {"ada/03_functional.ipynb": NEW})
    for words, said in (
        (["--module", "module9"], "No assignment is called 'module9'"),
        (["--module", "module0", "--zone", "Moon"], "no zone of time"),
        (["--module", "module0", "--deadline", "soon"], "a time is written"),
        (["--module", "module0", "--roster", "none.csv"], "can't be read"),
    ):
        monkeypatch.setattr(sys, "argv", ["collect", str(export), *words])
        with pytest.raises(SystemExit) as ended:
            collect.main()
        assert said in str(ended.value)
    monkeypatch.setattr(sys, "argv", ["collect", str(export), "--module", "module0"])
    collect.main()
    assert "Placed 1 file of 1 student in course/submitted" in capsys.readouterr().out
