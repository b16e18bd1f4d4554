"""The checks of a rendered site: good pages pass, and each fault is found by its check."""

import json
import subprocess
import sys

import pytest

from grading.paths import ROOT
from grading.site.finish import WARNING
from grading.site.rendered import CHECKS, Site, faults
from grading.tests.site import made

GUIDE = "nbs/guides/module1/02_scalar.html"
SOURCES = ["nbs/index.ipynb", "nbs/guides/module1/02_scalar.ipynb", "nbs/lib/optim.ipynb"]
# What the made site lacks by nature: it has three of the pages.
PARTIAL = {"links_lead_somewhere", "every_page_has_a_way_in_and_out"}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return made.site(SOURCES, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def instructors(tmp_path_factory):
    return made.site(SOURCES, tmp_path_factory.mktemp("instructors"), instructor=True)


def test_made_pages_pass(built):
    found = {name: said for name, said in faults(Site(built)).items() if name not in PARTIAL}
    assert not any(found.values()), found


def test_the_instructors_pages_pass_as_the_instructors_alone(instructors):
    assert not list(faults(Site(instructors, instructor=True))["solutions_are_warned_of"])
    assert len(faults(Site(instructors))["solutions_are_warned_of"]) == len(SOURCES)


BARE = """<!DOCTYPE html><html lang="en"><head><title>T</title>
<meta name="description" content="d"><meta property="og:title" content="t">
<meta property="og:description" content="d"><meta property="og:image" content="i"></head>
<body><a class="skip-link" href="#m">Skip</a><nav aria-label="a"></nav>
<main id="m"><h1 id="h">H</h1>@<p><a href="b.html">b</a></p></main></body></html>"""


def site_of(tmp_path, content="", name="a.html", whole=""):
    """A site of two pages that link to each other; one has the content, or is as given."""
    folder = (tmp_path / name).parent
    folder.mkdir(parents=True, exist_ok=True)
    one = BARE.replace("<title>T", "<title>A").replace("@", content)
    other = BARE.replace("<title>T", "<title>B").replace("@", "").replace("b.html", "a.html")
    (folder / "a.html").write_text(whole or one, encoding="utf-8")
    (folder / "b.html").write_text(other, encoding="utf-8")
    return Site(tmp_path)


def test_a_bare_page_is_good(tmp_path):
    assert not any(faults(site_of(tmp_path)).values())


CODE = '<pre class="sourceCode"><code><span id="cb1-1">    x</span></code></pre>'
FAULTS = [
    ("no_marks", "<p># BEGIN SOLUTION task0_1</p>"),
    ("no_marks", '<pre class="sourceCode"># BEGIN <span>SOLUTION</span> task1_2</pre>'),
    ("no_foreign_requests", '<script src="https://cdn.example.org/katex.js"></script>'),
    ("no_foreign_requests", '<img src="//example.org/a.svg" alt="A line.">'),
    ("no_foreign_requests", '<link rel="stylesheet" href="https://fonts.example.org/css">'),
    ("links_lead_somewhere", '<a href="c.html">c</a>'),
    ("links_lead_somewhere", '<a href="b.html#nowhere">b</a>'),
    ("links_lead_somewhere", '<a href="#nowhere">b</a>'),
    ("links_lead_somewhere", '<img src="gone.svg" alt="A line.">'),
    ("images_say_what_they_show", '<img src="a.html" alt="">'),
    ("images_say_what_they_show", f'<img src="a.html" alt="{"x" * 601}">'),
    ("pages_have_a_head", "<h1>again</h1>"),
    ("pages_have_a_head", "<h3>a level is left out</h3>"),
    ("pages_can_be_walked_by_keyboard", '<p id="h">the same id</p>'),
    ("pages_can_be_walked_by_keyboard", '<nav aria-label="a"></nav>'),
    ("code_has_a_language", "<pre><code>git clone</code></pre>"),
    ("code_hangs", CODE),
    ("text_is_true_here", "<p>Cells that begin with <code>#| export</code> go into it.</p>"),
    ("text_is_true_here", "<p>The first line of a cell says where it goes.</p>"),
    ("solutions_are_warned_of", f"<p>{WARNING}</p>"),
    ("formulas_are_read", '<span class="katex-error">x</span>'),
    ("next_follows_the_course",
     '<div class="nav-page nav-page-next"><a href="../lib/00_init.html">x</a></div>'),
]  # fmt: skip


@pytest.mark.parametrize(("check", "content"), FAULTS)
def test_each_fault_is_found(tmp_path, check, content):
    assert faults(site_of(tmp_path, content))[check]


def test_every_check_is_tried():
    tried = {check for check, _ in FAULTS}
    elsewhere = {
        "every_page_has_a_way_in_and_out",
        "decks_show_their_code",
        "cards_are_cards",
        "search_finds_guides_first",
        "pages_are_light",
    }
    assert tried | elsewhere == {check.__name__ for check in CHECKS}


def test_a_lonely_page_is_found(tmp_path):
    site = site_of(tmp_path)
    (tmp_path / "c.html").write_text(BARE.replace("T<", "C<"), encoding="utf-8")
    (said,) = faults(Site(tmp_path))["every_page_has_a_way_in_and_out"]
    assert said.startswith("c.html: no link leads to it")
    assert not faults(site)["every_page_has_a_way_in_and_out"]


def test_a_deck_without_code_or_a_way_back_is_found(tmp_path):
    deck = '<html lang="en"><body><div class="reveal"><h2>S</h2></div></body></html>'
    said = faults(site_of(tmp_path, whole=deck))["decks_show_their_code"]
    assert len(said) == 2
    better = deck.replace(
        "<h2>S</h2>", '<pre class="sourceCode">x</pre><a href="../guides/a.html">back</a>'
    )
    assert not faults(site_of(tmp_path, whole=better))["decks_show_their_code"]


def test_a_card_without_its_frame_is_found(tmp_path):
    table = '<table><col style="width: 50%"><thead><tr><th>Task 1.2</th></tr></thead></table>'
    name = "nbs/guides/a.html"
    assert faults(site_of(tmp_path, table, name))["cards_are_cards"]
    framed = f'<div class="task-card">{table}</div>'
    (said,) = faults(site_of(tmp_path, framed, name))["cards_are_cards"]
    assert "halves" in said
    good = framed.replace("50%", "20%")
    assert not faults(site_of(tmp_path, good, name))["cards_are_cards"]


def test_a_heavy_guide_is_found(tmp_path):
    heavy = "<p>" + "x" * 301_000 + "</p>"
    assert faults(site_of(tmp_path, heavy, "nbs/guides/a.html"))["pages_are_light"]


def test_the_search_index_is_read(tmp_path):
    site = site_of(tmp_path)
    entries = [{"href": "nbs/lib/a.html", "text": "# BEGIN SOLUTION"}]
    (tmp_path / "search.json").write_text(json.dumps(entries), encoding="utf-8")
    found = faults(site)
    assert found["no_marks"] and found["search_finds_guides_first"]


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "grading", "site", *map(str, arguments)],
        capture_output=True, encoding="utf-8", cwd=ROOT,
    )  # fmt: skip


def test_the_command_reports_and_says_how_it_ended(tmp_path, built):
    site_of(tmp_path)
    good = run(tmp_path)
    assert good.returncode == 0, good.stdout
    assert "2 pages, 0 faults" in good.stdout
    site_of(tmp_path, "<h1>again</h1>")
    bad = run(tmp_path)
    assert bad.returncode == 1 and "FAIL pages have a head" in bad.stdout
    assert "no folder" in run(tmp_path / "none").stderr
