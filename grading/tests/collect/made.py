"""Exports as learning platforms make them, of a class of the two modules' guides."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from grading.course.tasks import Assignment, Course

FUNCTIONAL, MODULES = (
    "nbs/guides/module0/03_functional.ipynb",
    "nbs/guides/module0/04_modules.ipynb",
)
SCALARS = "nbs/guides/module1/02_scalars.ipynb"
MONDAY, TUESDAY = (2026, 11, 30, 12, 0, 0), (2026, 12, 1, 12, 0, 0)
When = tuple[int, int, int, int, int, int]

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Module 0 (771),Final Score
    Points Possible,,,,,50.00,(read only)
"Lovelace, Ada",9003,m1,ada,Day,,12
"Hopper, Grace",9017,m2,grace,Day,7.50,13
"Müller, Jürgen",9020,m3,jm,Day,,14
"Student, Test",9099,,x,Day,,
"""
MOODLE = """\ufeffIdentifier,"Full name","ID number","Email address",Status,Grade,\
"Maximum Grade","Last modified (submission)","Feedback comments"
"Participant 12345","Ada Lovelace",m1,ada@uni.example,Submitted,,100.00,\
"Monday, 30 November 2026, 11:59 PM",
"Participant 12346","Grace Hopper",m2,grace@uni.example,Submitted,,100.00,-,
"Participant 12347","Jürgen Müller",m3,jm@uni.example,-,,100.00,-,
"""
BRIGHTSPACE = """OrgDefinedId,Username,Last Name,First Name,Email,\
Module 0 Points Grade <Numeric MaxPoints:50>,End-of-Line Indicator
#m1,#ada,Lovelace,Ada,ada@uni.example,,#
#m2,#grace,Hopper,Grace,grace@uni.example,,#
#m3,#jm,Müller,Jürgen,jm@uni.example,,#
"""
OWN = """id,first_name,last_name,email
ada,Ada,Lovelace,ada@uni.example
grace,Grace,Hopper,grace@uni.example
jm,Jürgen,Müller,jm@uni.example
"""


def course(root: Path) -> Course:
    """Two modules, of which only the notebooks' names matter."""
    return Course(
        root,
        (
            Assignment("module0", (FUNCTIONAL, MODULES), ()),
            Assignment("module1", (SCALARS,), ()),
        ),
    )


def notebook(text: str) -> bytes:
    """A notebook of one cell."""
    cell = {"cell_type": "code", "metadata": {}, "source": text}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4}).encode()


def packed(path: Path, members: Mapping[str, bytes], when: When = MONDAY) -> Path:
    """Write a zip whose members are all of one time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in members.items():
            info = zipfile.ZipInfo(name, when)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, raw)
    return path


def table(path: Path, text: str) -> Path:
    """Write a table of students."""
    path.write_text(text, encoding="utf-8")
    return path


def laid_out(root: Path) -> dict[str, bytes]:
    """Read all that lies among the submissions."""
    top = root / "course" / "submitted"
    found = sorted(path for path in top.rglob("*") if path.is_file())
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in found}
