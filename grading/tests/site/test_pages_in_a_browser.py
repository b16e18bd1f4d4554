"""Made pages in a headless Chromium: nothing is cut off, nothing scrolls sideways, axe is content.

Without Chromium or Playwright these skip and say why; in CI that is a failure. axe-core is npm's:
the tests look for it where `.ci/run` puts it, or where AXE_CORE says.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

from grading.paths import ROOT
from grading.project.notebooks import notebooks
from grading.tests.site import made
from grading.tests.test_browser import FLAGS, require

pytestmark = pytest.mark.browser

GUIDES = [p.relative_to(ROOT).as_posix() for p in notebooks(ROOT) if "guides" in p.parts]
# A page of each kind: the front page, guides with tasks, tracebacks, tables, formulas, the library.
KINDS = [
    "nbs/index.ipynb",
    "nbs/from_pytorch.ipynb",
    "nbs/guides/module0/01_setup.ipynb",
    "nbs/guides/module1/02_scalar.ipynb",
    "nbs/guides/module2/02_broadcasting.ipynb",
    "nbs/guides/closures/01_closures.ipynb",
    "nbs/lib/cli/older.ipynb",
    "nbs/lib/optim.ipynb",
]
AXE = Path(os.environ.get("AXE_CORE", ROOT / ".tools" / "axe-core" / "axe.min.js"))
LONGEST = 15_000
# Longer with all of their code folded: prose, figures and a student's own cells.
LONGER = {
    "07_ml_primer": 32_200,
    "02_scalar": 17_500,
    "04_backpropagation": 18_300,
    "05_training": 18_300,
    "01_closures": 21_500,
    "03_operations": 18_000,
    "01_parallel": 16_800,
    "03_cuda": 17_200,
    "01_convolution": 19_500,
}
MEASURE = """() => ({
    wide: document.documentElement.scrollWidth > innerWidth,
    high: document.documentElement.scrollHeight,
    cut: [...document.querySelectorAll('main pre')]
        .filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1)
        .map(e => e.textContent.slice(0, 60)),
    covered: [...document.querySelectorAll('.code-copy-button')].filter(button => {
        const box = button.getBoundingClientRect(), range = document.createRange();
        if (!button.offsetParent) return false;
        range.selectNodeContents(button.parentElement.querySelector('code'));
        return [...range.getClientRects()].some(r => r.width > 0 && r.width < box.left &&
            r.right > box.left + 1 && r.left < box.right && r.bottom > box.top + 1 &&
            r.top < box.bottom - 1);
    }).length,
})"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    made.site([*KINDS, *(g for g in GUIDES if g not in KINDS)], folder / "light")
    made.site(KINDS, folder / "dark", dark=True)
    return folder


@pytest.fixture(scope="module")
def chromium():
    require(importlib.util.find_spec("playwright"), "Playwright (the extra [course])")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    require(program, "Chromium (apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


def opened(chromium, built, name, width, mode="light", **more):
    page = chromium.new_context(viewport={"width": width, "height": 900}, **more).new_page()
    page.goto((built / mode / name.replace(".ipynb", ".html")).as_uri())
    return page


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_cut_off_or_scrolls_sideways(chromium, built, width):
    for name in sorted({*KINDS, *GUIDES}):
        page = opened(chromium, built, name, width)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        seen = page.evaluate(MEASURE)
        assert not seen["wide"], f"{name} scrolls sideways at {width} px"
        assert not seen["cut"], f"{name} cuts off {seen['cut'][0]!r} at {width} px"
        assert not seen["covered"], f"{name}: a copy button lies on code at {width} px"
        page.context.close()


def test_no_guide_is_endless(chromium, built):
    long = []
    for name in GUIDES:
        page = opened(chromium, built, name, 1280)
        high = page.evaluate(MEASURE)["high"]
        if high > LONGER.get(Path(name).stem, LONGEST):
            long.append(f"{name} is {high} px high; fold more, or tell it in less")
        page.context.close()
    assert not long, "\n".join(long)


def test_a_wrapped_line_hangs_under_its_beginning(chromium, built):
    page = opened(chromium, built, "nbs/guides/module1/02_scalar.ipynb", 360)
    lefts = page.evaluate("""() => {
        const line = [...document.querySelectorAll('code.sourceCode > span')].find(
            e => e.offsetParent && e.textContent.startsWith('        ') && e.offsetHeight > 35);
        const range = document.createRange();
        range.selectNodeContents(line);
        const rows = [...range.getClientRects()].filter(r => r.width > 1);
        const text = line.textContent.length - line.textContent.trimStart().length;
        const last = rows[rows.length - 1].left - line.getBoundingClientRect().left;
        return [last, text];
    }""")
    last, spaces = lefts
    assert last > spaces * 5, "a letter of this code is wider than 5 px"


def test_phones_have_a_table_of_contents_and_screens_one_only(chromium, built):
    for width, shown in ((360, True), (1280, False)):
        page = opened(chromium, built, "nbs/guides/module1/02_scalar.ipynb", width)
        assert page.locator(".toc-here").is_visible() is shown
        assert page.locator("a.large").first.is_visible() is shown
        page.context.close()


def test_a_picture_stands_above_the_code_that_draws_it(chromium, built):
    page = opened(chromium, built, "nbs/guides/module1/02_scalar.ipynb", 1280)
    picture = page.locator("main figure img").first.bounding_box()
    code = page.locator("main details.code-fold").first.bounding_box()
    assert picture and code and picture["y"] + picture["height"] <= code["y"]
    assert page.locator("main pre").first.bounding_box()["y"] > picture["y"]


def test_pages_are_read_without_scripts(chromium, built):
    page = opened(
        chromium, built, "nbs/guides/module1/02_scalar.ipynb", 1280, java_script_enabled=False
    )
    hint = page.locator("details.hint").first
    hint.locator("summary").click()
    assert hint.locator("p").first.is_visible()


def test_the_keyboard_reaches_the_text_soon(chromium, built):
    page = opened(chromium, built, "nbs/guides/module1/02_scalar.ipynb", 1280)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    assert page.locator(".skip-link").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')")


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_no_violation(chromium, built, mode, width):
    require(AXE.exists(), "axe-core (npm pack axe-core; see .ci/run)")
    for name in KINDS:
        page = opened(chromium, built, name, width, mode)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        said = [(v["id"], v["nodes"][0]["target"]) for v in found if v["impact"] != "minor"]
        assert not said, f"{name}, {mode}: {said}"
        page.context.close()
