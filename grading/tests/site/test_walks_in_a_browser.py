"""Steppers in a headless Chromium: keys, several on a page, without scripts, in print."""

from __future__ import annotations

import json

import nbformat
import pytest

from grading.course.figures import walk
from grading.paths import ROOT
from grading.project.notebooks import notebooks
from grading.release.strip import strip_notebook
from grading.site.folding import draws
from grading.tests.site.test_pages_in_a_browser import chromium  # noqa: F401
from grading.tests.site.test_site import notebook

CELLS = {
    f"{path.stem}/{cell['id']}": cell
    for path in notebooks(ROOT)
    if "guides" in path.parts
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    if any(walk(output.get("data", {})) for output in cell.get("outputs", []))
}
WALKS = {name: walk(cell["outputs"][0]["data"]) for name, cell in CELLS.items()}


@pytest.fixture(scope="module")
def page_of(chromium, tmp_path_factory):  # noqa: F811
    path = tmp_path_factory.mktemp("walks") / "page.html"
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Walks</title>'
    # The first stands twice: the same walk in two places is two walks.
    first = next(iter(WALKS.values()))
    path.write_text(head + "".join([first, *WALKS.values()]), encoding="utf-8")

    def opened(**options):
        page = chromium.new_context(**options).new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(error))
        page.goto(path.as_uri())
        return page

    return opened


def state(page):
    return page.evaluate("""[...document.querySelectorAll('.stepper')].map(stepper => [
        [...stepper.querySelectorAll('li')].findIndex(frame => frame.offsetParent),
        [...stepper.querySelectorAll('li')].filter(frame => frame.offsetParent).length,
        stepper.querySelector('.stepper-says p').textContent,
        stepper.querySelector('li:not([hidden]) p').textContent,
    ])""")


@pytest.mark.browser
def test_keys_buttons_and_slider_step_one_walk_and_no_other(page_of):
    page = page_of(viewport={"width": 360, "height": 800})
    before = state(page)
    assert len(before) == len(WALKS) + 1
    assert all(shown == 1 and at == 0 and said == own for at, shown, said, own in before)
    slider = page.locator(".stepper input").nth(1)
    slider.focus()
    places = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home", "ArrowLeft"):
        page.keyboard.press(key)
        places.append(state(page)[1][0])
    last = page.locator(".stepper").nth(1).locator("li").count() - 1
    assert places == [1, 2, 1, last, last, 0, 0]
    page.locator(".stepper button", has_text="Next").nth(1).click()
    page.keyboard.press("ArrowRight")
    now = state(page)
    assert now[1][0] == 2 and now[1][2] == now[1][3] != before[1][2]
    assert [*now[:1], *now[2:]] == [*before[:1], *before[2:]]
    page.keyboard.press("End")  # Next is off now: the focus must not be lost
    assert page.evaluate("document.activeElement.closest('.stepper-bar') !== null")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not page.errors


@pytest.mark.browser
def test_without_scripts_and_in_print_all_frames_stand_below_one_another(page_of):
    counted = """[document.querySelectorAll('.stepper li').length,
        [...document.querySelectorAll('.stepper li')].filter(
            frame => frame.offsetParent && frame.querySelector('p').offsetParent).length,
        [...document.querySelectorAll('.stepper-bar')].filter(bar => bar.offsetParent).length]"""
    page = page_of(java_script_enabled=False)
    frames, shown, controls = page.evaluate(counted)
    assert frames == shown > len(WALKS) and not controls
    page = page_of()
    page.emulate_media(media="print")
    assert page.evaluate(counted) == [frames, frames, 0]


@pytest.mark.parametrize("name", CELLS)
def test_a_stored_walk_is_folded_and_kept_by_the_release(name):
    cell = CELLS[name]
    assert draws(cell) and cell["metadata"]["jupyter"]["source_hidden"]
    (kept,) = strip_notebook(nbformat.reads(json.dumps(notebook(cell)), 4), "guide").cells
    assert walk(kept["outputs"][0]["data"]) == WALKS[name]
