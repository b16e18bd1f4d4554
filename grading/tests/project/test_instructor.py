"""The instructor's guide: what it tells to type exists, and no student gets it."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import nbformat
import pytest
import yaml

from grading.__main__ import VERBS
from grading.course.notebooks import INSTRUCTORS, notebooks, shared
from grading.paths import ROOT
from grading.release import build
from grading.release.leaks import check_tree

GUIDE = ROOT / "nbs" / INSTRUCTORS
CELLS = nbformat.read(GUIDE, as_version=4).cells
WORDS = "\n".join(cell.source for cell in CELLS if cell.cell_type == "markdown")
DAY = """release, hand out, collect, grade, Formgrader, written answers, feedback, export, appeal,
extensions, changed probe, late joiner, withdrawal, deletion"""


def test_the_whole_day_is_in_it() -> None:
    heads = "\n".join(re.findall(r"^## (.*)$", WORDS, re.M)).casefold()
    assert not [part for part in re.split(r",\s+", DAY) if part.casefold() not in heads]


def test_what_it_tells_to_type_exists() -> None:
    typed = re.findall(r"python -m grading ([\w-]+)([^`\n]*)", WORDS)
    assert len(typed) > 10
    for verb, rest in typed:
        assert verb in VERBS, verb
        module = importlib.import_module(f"grading.{VERBS[verb][1]}")
        text = Path(str(module.__file__)).read_text(encoding="utf-8")
        assert not [flag for flag in re.findall(r"--[\w-]+", rest) if f'"{flag}"' not in text], rest
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert {*re.findall(r"^make ([a-z]+)|`make ([a-z]+)", WORDS, re.M)}
    for one, other in re.findall(r"^make ([a-z]+)|`make ([a-z]+)", WORDS, re.M):
        assert (one or other) in targets


def test_no_student_and_no_reader_gets_it(tmp_path: Path) -> None:
    assert GUIDE in notebooks(ROOT) and GUIDE not in shared(ROOT)
    assert GUIDE not in build.inputs(ROOT)
    for name in ("nbs/instructor.ipynb", "elsewhere/instructor.ipynb"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text("{}", encoding="utf-8")
    found = check_tree(tmp_path, {})
    assert len(found) == 2 and {leak.what for leak in found} == {"has no place in a release"}
    rendered = yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))
    assert "!nbs/instructor.ipynb" in rendered["project"]["render"]


@pytest.mark.parametrize("name", ["README.md", "llms.txt", "nbs/index.ipynb"])
def test_no_page_for_students_leads_to_it(name: str) -> None:
    assert INSTRUCTORS not in (ROOT / name).read_text(encoding="utf-8")
