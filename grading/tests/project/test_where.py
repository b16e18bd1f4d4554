"""`make where NAME=…`: from a name to its notebook, module, tests and tasks."""

from __future__ import annotations

import sys

import pytest

from grading.course.guides import load_course
from grading.paths import ROOT
from grading.project.where import describe, main, places, wanted

KNOWN = places(ROOT)


def said(name: str) -> str:
    return "\n".join(describe(place, load_course(ROOT)) for place in wanted(name, KNOWN))


@pytest.mark.parametrize(
    "name", ["Tensor.__add__", "tensor.Tensor.__add__", "minitorch.tensor.Tensor.__add__"]
)
def test_a_method_is_found_by_each_of_its_names(name: str) -> None:
    (place,) = wanted(name, KNOWN)
    text = (ROOT / place.module).read_text(encoding="utf-8").splitlines()
    assert text[place.line - 1].strip().startswith("def __add__(")
    shown = said(name)
    assert "03_operations.ipynb, cell tensor-class" in shown
    assert "pytest -m task2_3" in shown and "task2_3 (the student writes it)" in shown


def test_a_bare_name_gives_all_that_bear_it() -> None:
    forwards = wanted("forward", KNOWN)
    assert len(forwards) > 20 and {p.name.rpartition(".")[2] for p in forwards} == {"forward"}


def test_given_code_has_no_task_of_its_own() -> None:
    shown = said("Optimizer.step")
    assert "nbs/lib/optim.ipynb" in shown and "the student writes it" not in shown


def test_every_place_is_where_it_says() -> None:
    assert len(KNOWN) > 500
    for place in KNOWN:
        assert (ROOT / place.notebook).is_file(), place
        line = (ROOT / place.module).read_text(encoding="utf-8").splitlines()[place.line - 1]
        assert place.name.rpartition(".")[2] in line, place


def test_an_unknown_name_gets_its_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["where", "sigmiod"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert "'sigmiod'" in str(stop.value) and "sigmoid" in str(stop.value)
