"""The last hand on rendered pages, on small pieces of HTML as Quarto writes them."""

import json
import os
import subprocess
import sys

import pytest

from grading.paths import ROOT
from grading.site.finish import DESCRIBED, WARNING, description, finish, indented, search_index

SETTINGS = {
    "branch": "main",
    "git_url": "https://github.com/us/course",
    "student_url": "https://github.com/us/course-student",
    "doc_host": "https://us.github.io",
    "doc_baseurl": "/course",
    "lite_url": "https://us.github.io/course/lite",
}
PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>Scalars – MiniTorch</title>
</head>
<body class="nav-sidebar docked quarto-light">
<header id="quarto-header"><nav class="quarto-secondary-nav"></nav></header>
<nav id="quarto-sidebar" class="sidebar"><ul><li>a</li></ul></nav>
<nav id="TOC" role="doc-toc"><h2 id="toc-title">On this page</h2>
<ul>
<li><a href="#one" id="toc-one" class="nav-link active" data-scroll-target="#one">One</a>
<ul class="collapse"><li><a href="#two" id="toc-two">Two</a></li></ul></li>
</ul>
</nav>
<main class="content" id="quarto-document-content">
<header id="title-block-header"><h1 class="title">Scalars</h1></header>
<blockquote class="blockquote"><p>Numbers that <em>remember</em> &amp; more.</p></blockquote>
<p>After this page.</p><ul><li>x</li></ul>
<div class="cell-output-display"><figure><p><img src="f-1.svg" alt="A box."></p></figure></div>
<nav class="page-navigation"></nav>
</main></body></html>
"""
GUIDE = "nbs/guides/module1/02_scalar.html"
CODE = (
    '<span id="cb1-1"><a href="#cb1-1" aria-hidden="true" tabindex="-1"></a>'
    '<span class="kw">def</span> f():</span>\n'
    '<span id="cb1-2"><a href="#cb1-2" aria-hidden="true" tabindex="-1"></a>'
    '    <span class="cf">return</span> 1</span>\n'
    '<span id="cb1-3"><a href="#cb1-3" aria-hidden="true" tabindex="-1"></a>'
    '<span class="co">        # deep</span></span>'
)
DECK = (
    '<html lang="en"><head><title>D</title><meta name="viewport" content="width=device-width, '
    'initial-scale=1.0, maximum-scale=1.0, user-scalable=no, minimal-ui">\n</head>'
    '<body class="quarto-light"><div class="reveal"><p>What training needs</p></div></body></html>'
)


def finished(html=PAGE, page=GUIDE, **more):
    return finish(html, page, SETTINGS, **more)


def test_twice_is_as_once():
    assert finished(finished()) == finished()
    assert finished(finished(DECK, "nbs/slides/a.html"), "nbs/slides/a.html") == finished(
        DECK, "nbs/slides/a.html"
    )


def test_the_first_link_leads_to_the_text():
    html = finished()
    assert html.index('class="skip-link" href="#quarto-document-content"') < html.index("<header")


def test_phones_get_a_table_of_contents_of_links_alone():
    html = finished()
    start = html.index('<details class="toc-here">')
    contents = html[start : html.index("</details>", start)]
    assert contents.count("<a href=") == 2 and "<main" not in contents
    assert "id=" not in contents.partition(">")[2] and "data-" not in contents
    assert start > html.index("</h1>")


def test_a_page_without_a_table_of_contents_gets_none():
    html = PAGE.replace('id="TOC"', 'id="other"')
    assert "toc-here" not in finished(html)


def test_landmarks_get_names():
    html = finished()
    for name in ("On this page", "Pages", "Previous and next page", "Menu"):
        assert html.count(f'aria-label="{name}"') == 1


def test_a_page_says_what_it_is_about():
    html = finished()
    assert '<meta name="description" content="Numbers that remember &amp; more.">' in html
    assert '<meta property="og:title" content="Scalars – MiniTorch">' in html
    assert 'content="https://us.github.io/course/assets/site/card.png"' in html


def test_a_description_of_quartos_stays():
    html = PAGE.replace("</head>", '<meta name="description" content="mine">\n</head>')
    assert finished(html).count('name="description"') == 1


def test_a_long_description_ends_at_a_word():
    text = description("<p>" + "words and more " * 30 + "</p>")
    assert len(text) <= DESCRIBED and text.endswith(("words…", "and…", "more…"))
    assert description("<div></div>") == ""


def test_each_line_says_how_far_it_is_indented():
    html = indented(CODE)
    assert html.count("--indent:4ch") == 1 and html.count("--indent:8ch") == 1
    assert '<span id="cb1-1">' in html
    plain = html.replace(' style="--indent:4ch"', "").replace(' style="--indent:8ch"', "")
    assert plain == CODE, "nothing but the style is new"


def test_guides_can_be_opened_fetched_and_complained_about():
    html = finished()
    notebook = "nbs/guides/module1/02_scalar.ipynb"
    assert f"colab.research.google.com/github/us/course-student/blob/main/{notebook}" in html
    assert f"us.github.io/course/lite/notebooks/index.html?path={notebook}" in html
    assert f"https://github.com/us/course/blob/main/{notebook}" in html
    assert "issues/new?title=nbs/guides" in html
    assert "page-tools" not in finished(page="nbs/lib/optim.html")


def test_figures_can_be_opened_large():
    assert '<a class="large" href="f-1.svg">' in finished()


def test_a_deck_can_be_enlarged_and_keeps_its_shape():
    html = finished(DECK, "nbs/slides/a.html")
    assert "user-scalable=no" not in html and "maximum-scale" not in html
    assert "minimal-ui" in html
    assert "skip-link" not in html
    assert '<meta name="description" content="What training needs">' in html


@pytest.mark.parametrize(("page", "html"), [(GUIDE, PAGE), ("nbs/slides/a.html", DECK)])
def test_the_instructors_pages_warn_and_the_readers_do_not(page, html):
    assert finished(html, page, instructor=True).count(WARNING) == 1
    assert WARNING not in finished(html, page)


def test_the_root_stays_what_it_is():
    html = '<html><head><meta http-equiv="refresh" content="0;URL=nbs/index.html"></head></html>'
    assert finished(html, "index.html") == html


def test_the_search_finds_guides_first():
    entries = [
        {"href": "nbs/lib/cli/train.html#who", "title": "Who trains", "text": "learning rate"},
        {"href": GUIDE + "#rate", "title": "The rate", "text": "learning rate"},
    ]
    first, second = json.loads(search_index(json.dumps(entries)))
    assert first == entries[1]
    assert second == {**entries[0], "text": ""}


def test_quarto_can_start_it_with_the_standard_library_alone(tmp_path):
    folder = tmp_path / "_site-instructor" / "nbs" / "guides"
    folder.mkdir(parents=True)
    (folder / "a.html").write_text(PAGE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-S", "-E", str(ROOT / "grading/site/finish.py")],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "QUARTO_PROJECT_OUTPUT_DIR": str(tmp_path / "_site-instructor")},
    )
    assert done.returncode == 0, done.stderr
    assert WARNING in (folder / "a.html").read_text(encoding="utf-8")


def test_a_folder_that_is_not_there_is_named():
    done = subprocess.run(
        [sys.executable, str(ROOT / "grading/site/finish.py"), "nowhere"],
        capture_output=True,
        encoding="utf-8",
        env={k: v for k, v in os.environ.items() if not k.startswith("QUARTO")},
    )
    assert done.returncode == 1 and "no site in nowhere" in done.stderr
