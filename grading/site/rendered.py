"""What must hold of a rendered site: `python -m grading site FOLDER`.

It reads HTML and nothing else, so it runs on any `_site`, wherever it was rendered: on the
readers' or, with `--instructor`, on the instructor's. Each check yields sentences about what is
wrong; without any the site is good.

Only the standard library is needed here.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

from grading.site.finish import WARNING

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
ALT = 600  # characters
HTML_KB, SVG_KB = 300, 1000
MARKS = re.compile(r"(BEGIN|END) SOLUTION")
STRIPPED = re.compile(r"#\| ?export|first line of (a|the) cell")
FOREIGN = re.compile(r"^(https?:)?//")
IMPORTED = re.compile(r"@import\s+(?:url\()?[\"']?(?:https?:)?//")


@dataclass
class Element:
    """An element of a page.

    Attributes:
        tag: Its name.
        attributes: Those that it has.
        inside: Names and classes of the elements around it, the nearest last.
        text: What stands in it and in its children.

    """

    tag: str
    attributes: dict[str, str]
    inside: list[str]
    text: str = ""

    @property
    def classes(self) -> list[str]:
        """Its classes."""
        return self.attributes.get("class", "").split()


@dataclass
class Page(HTMLParser):
    """A page of the site, taken apart.

    Attributes:
        name: Its address in the site.
        html: Its text.
        elements: In the order of the page.

    """

    name: str
    html: str
    elements: list[Element] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        inside = [word for each in self._open for word in (each.tag, *each.classes)]
        element = Element(tag, {name: value or "" for name, value in attrs}, inside)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and those that were never closed in it."""
        while self._open and any(each.tag == tag for each in self._open):
            if self._open.pop().tag == tag:
                break

    def handle_data(self, data: str) -> None:
        """Add text to all elements around it."""
        for element in self._open:
            element.text += data

    def all(self, *tags: str) -> list[Element]:
        """List the elements of these names."""
        return [each for each in self.elements if each.tag in tags]

    @property
    def ids(self) -> list[str]:
        """Every id, in order."""
        return [each.attributes["id"] for each in self.elements if each.attributes.get("id")]

    @property
    def deck(self) -> bool:
        """Whether it is a deck of slides."""
        return any("reveal" in each.classes for each in self.elements)

    @property
    def redirect(self) -> bool:
        """Whether it only sends its visitors on."""
        return any(
            each.attributes.get("http-equiv", "").lower() == "refresh" for each in self.all("meta")
        )

    @property
    def text(self) -> str:
        """What a reader reads."""
        bodies = self.all("body")
        return bodies[0].text if bodies else ""


@dataclass
class Site:
    """A rendered site.

    Attributes:
        folder: Where it lies.
        instructor: It is the instructor's.
        pages: By address.

    """

    folder: Path
    instructor: bool = False
    pages: dict[str, Page] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in sorted(self.folder.rglob("*.html")):
            if "site_libs" not in path.parts:
                name = path.relative_to(self.folder).as_posix()
                self.pages[name] = Page(name, path.read_text(encoding="utf-8"))

    @property
    def read(self) -> Iterator[Page]:
        """The pages that are read: all but those that send their visitors on."""
        return (page for page in self.pages.values() if not page.redirect)


Check = Callable[[Site], Iterator[str]]


def no_marks(site: Site) -> Iterator[str]:
    """No page and no search index shows the mark of a solution."""
    for page in site.read:
        if MARKS.search(page.text):
            yield f"{page.name}: shows the mark of a solution"
    index = site.folder / "search.json"
    if index.exists() and MARKS.search(index.read_text(encoding="utf-8")):
        yield "search.json: holds the mark of a solution"


def no_foreign_requests(site: Site) -> Iterator[str]:
    """Nothing is fetched from another server."""
    for page in site.read:
        for element in page.all("script", "link", "img", "iframe", "source"):
            address = element.attributes.get("src") or element.attributes.get("href") or ""
            asks = element.attributes.get("rel") not in ("canonical", "alternate")
            if FOREIGN.match(address) and asks:
                yield f"{page.name}: fetches {address}"
    for path in sorted(site.folder.rglob("*.css")):
        if IMPORTED.search(path.read_text(encoding="utf-8", errors="replace")):
            yield f"{path.relative_to(site.folder)}: imports from another server"


def links_lead_somewhere(site: Site) -> Iterator[str]:
    """Every link, anchor and image of the site's own is there."""
    for page in site.read:
        base = (site.folder / page.name).parent
        for element in page.all("a", "img", "script", "link"):
            address = element.attributes.get("href") or element.attributes.get("src") or ""
            parts = urlsplit(address)
            if parts.scheme or parts.netloc or not address or address == "#":
                continue
            path = unquote(parts.path)
            root = site.folder if path.startswith("/") else base
            target = (root / path.lstrip("/")).resolve() if path else site.folder / page.name
            if target.is_dir():
                target = target / "index.html"
            if not target.exists():
                yield f"{page.name}: {address} leads nowhere"
                continue
            within = target.resolve().is_relative_to(site.folder.resolve())
            name = target.resolve().relative_to(site.folder.resolve()).as_posix() if within else ""
            if parts.fragment and name in site.pages and not parts.fragment.startswith("/"):
                other = site.pages[name]
                if unquote(parts.fragment) not in other.ids and not other.deck:
                    yield f"{page.name}: {address} names no place there"


def every_page_has_a_way_in_and_out(site: Site) -> Iterator[str]:
    """Each page is linked from another one, and links to another one."""
    linked: set[str] = set()
    for page in site.read:
        out = False
        for element in page.all("a"):
            parts = urlsplit(element.attributes.get("href", ""))
            if parts.scheme or not parts.path:
                continue
            target = ((site.folder / page.name).parent / unquote(parts.path)).resolve()
            if target.is_relative_to(site.folder.resolve()) and target.suffix == ".html":
                name = target.relative_to(site.folder.resolve()).as_posix()
                out = out or name != page.name
                linked.add(name)
        if not out:
            yield f"{page.name}: no link leads out of it"
    entrances = {"index.html", "404.html", *(p.name for p in site.pages.values() if p.redirect)}
    for page in site.read:
        if page.name not in linked and page.name not in entrances and len(site.pages) > 1:
            yield f"{page.name}: no link leads to it"


def images_say_what_they_show(site: Site) -> Iterator[str]:
    """Each image of the text has an alternative text that a screen reader can read."""
    for page in site.read:
        for image in page.all("img"):
            alt = image.attributes.get("alt", "")
            if ("main" in image.inside or page.deck) and not 1 <= len(alt) <= ALT:
                source = image.attributes.get("src", "")[:60]
                yield f"{page.name}: {source} has an alternative text of {len(alt)} characters"


def pages_have_a_head(site: Site) -> Iterator[str]:
    """Each page has a title of its own, a language, a description and one first heading."""
    titles: Counter[str] = Counter()
    for page in site.read:
        titles.update(each.text.strip() for each in page.all("title") if "svg" not in each.inside)
        if not any(each.attributes.get("lang") for each in page.all("html")):
            yield f"{page.name}: has no language"
        metas = {
            e.attributes.get("name") or e.attributes.get("property"): e for e in page.all("meta")
        }
        for name in ("description", "og:title", "og:description", "og:image"):
            if name not in metas or not metas[name].attributes.get("content"):
                yield f"{page.name}: has no {name}"
        if page.deck:
            continue
        levels = [int(h.tag[1]) for h in page.all(*HEADINGS) if "main" in h.inside]
        if levels.count(1) != 1:
            yield f"{page.name}: has {levels.count(1)} first headings"
        for one, other in pairwise(levels):
            if other > one + 1:
                yield f"{page.name}: a heading of level {other} follows one of level {one}"
    yield from (f"{n} pages have the title {title!r}" for title, n in titles.items() if n > 1)


def pages_can_be_walked_by_keyboard(site: Site) -> Iterator[str]:
    """The first link leads to the text, ids are given once, landmarks differ in name."""
    for page in site.read:
        twice = sorted(name for name, n in Counter(page.ids).items() if n > 1)
        if twice:
            yield f"{page.name}: ids that are given twice: {', '.join(twice[:5])}"
        if page.deck:
            continue
        first = next((e for e in page.all("a", "button", "input") if "body" in e.inside), None)
        if first is None or "skip-link" not in first.classes:
            yield f"{page.name}: no link leads over the navigation"
        named = Counter(e.attributes.get("aria-label", "") for e in page.all("nav"))
        for name, count in named.items():
            if count > 1:
                yield f"{page.name}: {count} navigations are named {name!r}"


def code_has_a_language(site: Site) -> Iterator[str]:
    """Each block of code outside of outputs is coloured, and so has a frame and a copy button."""
    for page in site.read:
        for block in page.all("pre"):
            output = any(word.startswith("cell-output") for word in block.inside)
            if "main" in block.inside and not output and "sourceCode" not in block.classes:
                yield f"{page.name}: a block without a language: {block.text.strip()[:50]!r}"


def code_hangs(site: Site) -> Iterator[str]:
    """Each line of code says how far it is indented, so that it can hang when it wraps."""
    line = re.compile(r"cb\d+-\d+")
    for page in site.read:
        bare = [
            e for e in page.all("span")
            if line.fullmatch(e.attributes.get("id", "")) and e.text.startswith("  ")
            and "--indent" not in e.attributes.get("style", "")
        ]  # fmt: skip
        if bare and not page.deck:
            yield f"{page.name}: {len(bare)} lines of code don't say how far they are indented"


def decks_show_their_code(site: Site) -> Iterator[str]:
    """A deck has code, as well as pictures, and a way back."""
    for page in site.read:
        if page.deck:
            if not any("sourceCode" in e.classes for e in page.all("pre")):
                yield f"{page.name}: shows no code"
            home = [e.attributes.get("href", "") for e in page.all("a")]
            if not any("guides/" in address for address in home):
                yield f"{page.name}: no link leads back to the guides"


def cards_are_cards(site: Site) -> Iterator[str]:
    """Each task's card has its frame, and its columns aren't halves."""
    for page in site.read:
        for cell in page.all("th"):
            name = re.match(r"(Task \d+\.\d+b?|Part [a-z-]+)$", cell.text.strip())
            if name and page.name.startswith("nbs/guides") and "task-card" not in cell.inside:
                yield f"{page.name}: the card of {name[0]} has no frame"
        for column in page.all("col"):
            if "task-card" in column.inside and "50%" in column.attributes.get("style", ""):
                yield f"{page.name}: a card's columns are halves"


def text_is_true_here(site: Site) -> Iterator[str]:
    """No page speaks of a line that the site's filter takes out, without saying so."""
    for page in site.read:
        if "on the site" in page.text:
            continue
        for paragraph in page.all("p", "li"):
            match = STRIPPED.search(paragraph.text)
            if match and "main" in paragraph.inside:
                yield f"{page.name}: speaks of {match[0]!r}, which the site doesn't show"


def solutions_are_warned_of(site: Site) -> Iterator[str]:
    """Each page of the instructor's site warns, and none of the readers' does."""
    for page in site.read:
        if (WARNING in page.text) != site.instructor:
            yield f"{page.name}: {'has no' if site.instructor else 'has a'} warning of solutions"


def next_follows_the_course(site: Site) -> Iterator[str]:
    """What is next to a guide is no page of the library."""
    for page in site.read:
        for link in page.all("a"):
            address = link.attributes.get("href", "")
            library = "/lib/" in address or address.startswith("lib/")
            if "nav-page" in link.inside and library and "nbs/lib/" not in page.name:
                yield f"{page.name}: {address} is next to it"


def search_finds_guides_first(site: Site) -> Iterator[str]:
    """The search index has the library's titles, and not its text."""
    index = site.folder / "search.json"
    if index.exists():
        entries = json.loads(index.read_text(encoding="utf-8"))
        library = [e for e in entries if e["href"].startswith("nbs/lib/") and e.get("text")]
        if library:
            yield f"search.json: has the text of {len(library)} sections of the library"


def formulas_are_read(site: Site) -> Iterator[str]:
    """No formula is shown as an error."""
    for page in site.read:
        if any("katex-error" in e.classes for e in page.elements):
            yield f"{page.name}: a formula could not be read"


def pages_are_light(site: Site) -> Iterator[str]:
    """A page and its figures have a size that a slow line carries."""
    for page in site.read:
        size = len(page.html.encode()) // 1000
        if size > HTML_KB and page.name.startswith("nbs/guides"):
            yield f"{page.name}: {size} kB of HTML, more than {HTML_KB}"


CHECKS: list[Check] = [
    no_marks,
    no_foreign_requests,
    links_lead_somewhere,
    every_page_has_a_way_in_and_out,
    images_say_what_they_show,
    pages_have_a_head,
    pages_can_be_walked_by_keyboard,
    code_has_a_language,
    code_hangs,
    decks_show_their_code,
    cards_are_cards,
    text_is_true_here,
    solutions_are_warned_of,
    next_follows_the_course,
    search_finds_guides_first,
    formulas_are_read,
    pages_are_light,
]


def faults(site: Site) -> dict[str, list[str]]:
    """Return what is wrong with a site, by check."""
    return {check.__name__: list(check(site)) for check in CHECKS}


def main() -> None:
    """Check the site in the folder that the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m grading site", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("folder", type=Path, help="a rendered site, e.g. _site")
    parser.add_argument("--instructor", action="store_true", help="it is the instructor's site")
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        sys.exit(f"There is no folder {arguments.folder}. `quarto render` writes _site.")
    site = Site(arguments.folder, arguments.instructor)
    if not site.pages:
        sys.exit(f"{arguments.folder} has no page: is it a rendered site?")
    found = faults(site)
    for name, sentences in found.items():
        print(f"{'ok  ' if not sentences else 'FAIL'} {name.replace('_', ' ')}")
        for sentence in sentences[:20]:
            print(f"       {sentence}")
        if len(sentences) > 20:
            print(f"       and {len(sentences) - 20} more")
    print(f"{len(site.pages)} pages, {sum(map(len, found.values()))} faults")
    sys.exit(1 if any(found.values()) else 0)


if __name__ == "__main__":
    main()
