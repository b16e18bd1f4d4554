"""The last hand on a rendered site: what Quarto leaves out is put into its pages.

Quarto starts it after rendering (`post-render`); it can be run again, and on a copy, since what is
there already stays. To each page it gives

- a link over the navigation to the text, names for landmarks that share one, a table of contents in
  the text, which the style sheet shows on phones;
- a description and the tags that other sites show a link with;
- under each figure a link to it alone, which the style sheet shows on phones;
- for each line of code how far it is indented, so that a wrapped line hangs under its beginning;
- on guides: run in this browser, open in Colab, download, source, report an error;
- on the instructor's site: the warning, slides included.

The search index loses the text of the library's pages: their titles can be searched, and a guide is
found before the command line.

Only the standard library is needed here.
"""

from __future__ import annotations

import json
import os
import re
import sys
from configparser import ConfigParser
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from grading.paths import ROOT  # noqa: E402

WARNING = "This page shows the solutions. Never publish it."
LIBRARY = "nbs/lib/"
GUIDES = "nbs/guides/"
LINE = re.compile(r'(<span id="cb\d+-\d+")(>(?:<a [^>]*></a>)?(?:<span class="\w+">)?)( +)')
BODY = re.compile(r"<body[^>]*>")
MAIN = re.compile(r"<main\b[^>]*>")
HEADER = re.compile(r'<header id="title-block-header".*?</header>', re.DOTALL)
TOC = re.compile(r'<nav id="TOC"(?:(?!</nav>).)*</nav>', re.DOTALL)
LIST = re.compile(r"<ul\b.*</ul>", re.DOTALL)
FIGURE = re.compile(r'(<img [^>]*src="([^"]+\.svg)"[^>]*>)')
QUOTE = re.compile(r"<blockquote[^>]*>(.*?)</blockquote>", re.DOTALL)
PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
DESCRIBED = 160  # characters that a search engine shows
# What axe finds: landmarks of one kind and one name.
NAMES = [
    (re.compile(r'<nav id="TOC"(?![^>]*aria-label)'), '<nav id="TOC" aria-label="On this page"'),
    (re.compile(r'<nav id="quarto-sidebar"(?![^>]*aria-label)'),
     '<nav id="quarto-sidebar" aria-label="Pages"'),
    (re.compile(r'<nav class="page-navigation"(?![^>]*aria-label)'),
     '<nav class="page-navigation" aria-label="Previous and next page"'),
    (re.compile(r'<nav class="quarto-secondary-nav"(?![^>]*aria-label)'),
     '<nav class="quarto-secondary-nav" aria-label="Menu"'),
    (re.compile(r'(<nav class="quarto-page-breadcrumbs quarto-title-breadcrumbs[^>]*)'
                r'aria-label="breadcrumb"'), r'\1aria-label="Where this page is"'),
]  # fmt: skip


def plain(html: str) -> str:
    """Return the text of a piece of HTML in one line."""
    return " ".join(unescape(TAG.sub("", html)).split())


def indented(html: str) -> str:
    """Say of each line of code how far it is indented."""
    return LINE.sub(lambda m: f'{m[1]} style="--indent:{len(m[3])}ch"{m[2]}{m[3]}', html)


def once(html: str, mark: str, place: re.Pattern[str], text: str, before: bool = False) -> str:
    """Insert a text behind the first match of a place, or before it, unless `mark` is there."""
    match = place.search(html)
    if mark in html or match is None:
        return html
    at = match.start() if before else match.end()
    return html[:at] + text + html[at:]


def description(html: str) -> str:
    """Return what a page is about: its opening sentence, else its first paragraph."""
    match = QUOTE.search(html) or PARAGRAPH.search(html)
    text = plain(match[1]) if match else ""
    if len(text) <= DESCRIBED:
        return text
    return text[: DESCRIBED - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def described(html: str, address: str) -> str:
    """Give a page a description and the tags of Open Graph.

    Args:
        html: The page.
        address: The site's root as seen from the world, with a slash at its end.

    """
    about = description(html)
    title = TITLE.search(html)
    tags = {
        'name="description"': about,
        'property="og:title"': plain(title[1]) if title else "",
        'property="og:description"': about,
        'property="og:type"': "article",
        'property="og:image"': address + "assets/site/card.png",
        'name="twitter:card"': "summary_large_image",
    }
    for name, content in tags.items():
        if content:
            tag = f'<meta {name} content="{escape(content)}">\n'
            html = once(html, f"<meta {name}", re.compile(r"</head>"), tag, before=True)
    return html


def with_contents(html: str) -> str:
    """Put the table of contents at the head of the text, folded."""
    contents = TOC.search(html)
    match = LIST.search(contents[0]) if contents else None
    if match is None:
        return html
    links = re.sub(r' (id|class|data-[\w-]+)="[^"]*"', "", match[0])
    shown = f'\n<details class="toc-here">\n<summary>On this page</summary>\n{links}\n</details>\n'
    return once(html, 'class="toc-here"', HEADER, shown)


def enlarged(html: str) -> str:
    """Give each figure a link to itself, which the style sheet shows on phones."""
    if 'class="large"' in html:
        return html
    return FIGURE.sub(r'\1<a class="large" href="\2">Open this figure large</a>', html)


def tools(page: str, settings: dict[str, str]) -> str:
    """Return the links of a guide: in a browser tab, Colab, download, source, report.

    Args:
        page: The page's address in the site, `nbs/guides/module0/01_setup.html`.
        settings: The project's, as settings.ini has them.

    """
    notebook = page.removesuffix(".html") + ".ipynb"
    branch, source, student = settings["branch"], settings["git_url"], settings["student_url"]
    repository = student.removeprefix("https://github.com/")
    colab = f"https://colab.research.google.com/github/{repository}/blob/{branch}/{notebook}"
    links = {
        "Run this page here": f"{settings['lite_url']}/notebooks/index.html?path={notebook}",
        "Open in Colab": colab,
        "Download": f"{student}/raw/{branch}/{notebook}",
        "Source": f"{source}/blob/{branch}/{notebook}",
        "Report an error": f"{source}/issues/new?title={quote(notebook + ': ')}",
    }
    said = " · ".join(f'<a href="{escape(to)}">{name}</a>' for name, to in links.items())
    return f'\n<p class="page-tools">{said}</p>\n'


def finish(html: str, page: str, settings: dict[str, str], instructor: bool = False) -> str:
    """Return a page with all that Quarto leaves out.

    Args:
        html: The page as Quarto wrote it.
        page: Its address in the site.
        settings: The project's, as settings.ini has them.
        instructor: The page belongs to the instructor's site.

    """
    if "http-equiv" in html and "refresh" in html and "<main" not in html:
        return html  # the root, which sends its visitors on
    deck = 'class="reveal"' in html
    if not deck:
        skip = '\n<a class="skip-link" href="#quarto-document-content">Skip to the text</a>\n'
        html = once(html, 'class="skip-link"', BODY, skip)
        html = enlarged(with_contents(html))
        for pattern, named in NAMES:
            html = pattern.sub(named, html)
    else:
        html = re.sub(r",\s*(maximum-scale=[\d.]+|user-scalable=no)", "", html)
    if page.startswith(GUIDES):
        html = once(html, 'class="page-tools"', HEADER, tools(page, settings))
    address = settings["doc_host"] + settings["doc_baseurl"] + "/"
    html = described(indented(html) if "--indent:" not in html else html, address)
    if instructor:
        place = "position:fixed;bottom:0;left:0;right:0;z-index:3000;" if deck else ""
        style = f"{place}background:#fff3cd;color:#1a1a1a;padding:.4rem 1rem;text-align:center"
        note = f'\n<aside aria-label="Warning" style="{style}">{WARNING}</aside>\n'
        html = once(html, WARNING, BODY, note)
    return html


def search_index(text: str) -> str:
    """Return the search index without the text of the library's pages."""
    entries = json.loads(text)
    for entry in entries:
        if entry.get("href", "").startswith(LIBRARY):
            entry["text"] = ""
    # A guide's entries come first, whatever the order of rendering was.
    entries.sort(key=lambda entry: entry.get("href", "").startswith(LIBRARY))
    return json.dumps(entries, ensure_ascii=False)


def finish_site(folder: Path, instructor: bool = False) -> int:
    """Finish every page in a folder, and say how many there were."""
    config = ConfigParser(delimiters=["="])
    config.read(ROOT / "settings.ini", encoding="utf-8")
    settings = dict(config["DEFAULT"])
    pages = [p for p in sorted(folder.rglob("*.html")) if "site_libs" not in p.parts]
    for path in pages:
        before = path.read_text(encoding="utf-8")
        after = finish(before, path.relative_to(folder).as_posix(), settings, instructor)
        if after != before:
            path.write_text(after, encoding="utf-8")
    index = folder / "search.json"
    if index.exists():
        index.write_text(search_index(index.read_text(encoding="utf-8")), encoding="utf-8")
    return len(pages)


def main() -> None:
    """Finish the site that Quarto has just written."""
    folder = Path(os.environ.get("QUARTO_PROJECT_OUTPUT_DIR") or sys.argv[-1])
    if not folder.is_dir():
        sys.exit(
            f"There is no site in {folder}: Quarto names the folder, or the command line does."
        )
    instructor = "instructor" in os.environ.get("QUARTO_PROFILE", "").split(",")
    count = finish_site(folder, instructor or folder.name.endswith("-instructor"))
    print(f"Finished {count} pages in {folder}")


if __name__ == "__main__":
    main()
