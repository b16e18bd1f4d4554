"""Pages as Quarto would write them, made of filtered notebooks without Quarto.

The structure, classes and ids are those of Quarto 1.7; of its styles there are only those that
place things. What matters is our own style sheet, whose rules are plain CSS, so a browser takes
them as they are.
"""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from typing import Any

import mistune

from grading.course.figures import walk
from grading.paths import ROOT
from grading.site.filter import filter_notebook
from grading.site.finish import finish_site
from grading.site.folding import DIRECTIVE, fold_notebook, option, text_of

THEME = ROOT / "assets" / "site" / "theme.scss"
# Where Quarto and Bootstrap put things.
PLACES = """
*, ::before, ::after { box-sizing: border-box }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif }
.page-columns { display: flex; gap: 2rem; padding: 0 1rem; align-items: flex-start }
main.content { flex: 1 1 auto; min-width: 0 }
#quarto-sidebar, #quarto-margin-sidebar { flex: 0 0 13rem; font-size: .875rem }
nav ul { list-style: none; padding-left: .5rem }
.nav-page, .breadcrumb { display: inline-block; margin: 0; padding: 0 }
table { border-collapse: collapse } th { text-align: left }
@media (max-width: 767.98px) {
  .page-columns { display: block } #quarto-sidebar, #quarto-margin-sidebar { display: none }
}
"""
TEMPLATE = """<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1.0, user-scalable=yes">
<title>{{heading}} – MiniTorch</title>
<style>{{style}}</style>
</head>
<body class="nav-sidebar docked nav-fixed quarto-{{mode}}">
<div id="quarto-search-results"></div>
<header id="quarto-header" class="headroom fixed-top">
<nav class="navbar navbar-expand-lg">
<a class="navbar-brand" href="{{up}}nbs/index.html">MiniTorch</a>
</nav>
<nav class="quarto-secondary-nav">
<nav class="quarto-page-breadcrumbs" aria-label="breadcrumb">{{crumbs}}</nav>
</nav>
</header>
<div id="quarto-content" class="quarto-container page-columns page-rows-contents">
<nav id="quarto-sidebar" class="sidebar sidebar-navigation docked"><ul>{{links}}</ul></nav>
<div id="quarto-margin-sidebar" class="sidebar margin-sidebar">
<nav id="TOC" role="doc-toc" class="toc-active"><h2 id="toc-title">On this page</h2>
<ul>{{items}}</ul></nav>
</div>
<main class="content" id="quarto-document-content">
<header id="title-block-header" class="quarto-title-block default">
<nav class="quarto-page-breadcrumbs quarto-title-breadcrumbs d-none d-lg-block" \
aria-label="breadcrumb">{{crumbs}}</nav>
<div class="quarto-title">{{title}}</h1></div>
</header>
{{quote}}
{{rest}}
<nav class="page-navigation"><div class="nav-page nav-page-next">
<a href="{{up}}nbs/index.html" class="pagination-link"><span class="nav-page-text">On</span></a>
</div></nav>
</main></div>
<footer class="footer">
<div class="nav-footer"><div class="nav-footer-left"><p>Apache-2.0.</p></div></div>
</footer>
</body></html>
"""
KEYWORDS = re.compile(r"\b(from|import|class|def|return|for|in|if|with|as|lambda|raise)\b")
ANSI = re.compile(r"\x1b\[([0-9;]*)m")
COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


def style() -> str:
    """The rules of the style sheet, as a browser reads them."""
    rules = THEME.read_text(encoding="utf-8").partition("/*-- scss:rules --*/")[2]
    return re.sub(r"^//.*$", "", rules, flags=re.MULTILINE)


def coloured(line: str) -> str:
    """A line of code with its keywords marked."""
    return KEYWORDS.sub(r'<span class="kw">\1</span>', escape(line, quote=False))


def code_block(source: str, number: int, language: str = "python") -> str:
    """A block of code as Pandoc colours it and Quarto frames it."""
    lines = "\n".join(
        f'<span id="cb{number}-{n}"><a href="#cb{number}-{n}" aria-hidden="true" tabindex="-1"></a>'
        f"{coloured(line)}</span>"
        for n, line in enumerate(source.splitlines(), 1)
    )
    return (
        f'<div class="sourceCode cell-code" id="cb{number}"><pre class="sourceCode {language} '
        f'code-with-copy"><code class="sourceCode {language}">{lines}</code>'
        '<button title="Copy to Clipboard" class="code-copy-button"><i class="bi"></i></button>'
        "</pre></div>"
    )


def ansi(text: str) -> str:
    """A traceback as nbconvert colours it."""
    out, opened = [], False
    for n, part in enumerate(ANSI.split(text)):
        if n % 2 == 0:
            out.append(escape(part, quote=False))
            continue
        out.append("</span>" if opened else "")
        codes = [int(code) for code in part.split(";") if code]
        colour = next((COLOURS[code - 30] for code in codes if 30 <= code <= 37), "")
        opened = bool(colour)
        out.append(f'<span class="ansi-{colour}-fg">' if colour else "")
    return "".join(out) + ("</span>" if opened else "")


class Maker:
    """Makes one page.

    Args:
        name: Its address in the site.
        folder: The site.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.blocks = 0
        self.headings: list[tuple[int, str, str]] = []
        self.markdown = mistune.create_markdown(escape=False, plugins=["table", "footnotes"])

    def code(self, source: str, language: str = "python") -> str:
        self.blocks += 1
        return code_block(source, self.blocks, language)

    def words(self, text: str) -> str:
        """Markdown, with the little of Pandoc's that the guides use."""
        fences: list[str] = []

        def fence(match: re.Match[str]) -> str:
            language, body = match[2].strip(), match[3]
            plain = f'<pre class="{language}"><code>{escape(body)}</code></pre>'
            fences.append(self.code(body, language) if language else plain)
            return f"\n\n<div data-fence='{len(fences) - 1}'></div>\n\n"

        text = re.sub(r"^( *)```([^\n]*)\n(.*?)^ *```$", fence, text, flags=re.M | re.S)
        text = re.sub(
            r"\$\$?([^$]+)\$\$?", lambda m: f'<span class="math">{escape(m[1])}</span>', text
        )
        text = re.sub(r"\[([^\]\n]*)\]\{\.([\w-]+)\}", r'<span class="\2">\1</span>', text)
        text = re.sub(r"^::: \{\.([\w-]+)\}$", r'\n<div class="\1">\n', text, flags=re.M)
        text = re.sub(r"^:::$", "\n</div>\n", text, flags=re.M)
        html = str(self.markdown(text))
        html = re.sub(r"<h([1-6])>(.*?)</h\1>", self._heading, html)
        html = re.sub(r'href="((?!https?:)[^"]*)\.ipynb', r'href="\1.html', html)
        html = re.sub(r"(<table>\s*<thead>)", r'<table class="table caption-top"><thead>', html)
        return re.sub(r"<div data-fence='(\d+)'></div>", lambda m: fences[int(m[1])], html)

    def _heading(self, match: re.Match[str]) -> str:
        text = re.sub(r"\s*\{[^}]*\}$", "", match[2])
        name = re.sub(r"[^\w\s.-]", "", re.sub(r"<[^>]+>", "", text).lower()).strip()
        name = re.sub(r"^[^a-z]+", "", re.sub(r"\s+", "-", name)) or "section"
        explicit = re.search(r"\{#([\w-]+)", match[2])
        name = explicit[1] if explicit else name
        taken = [known for _, known, _ in self.headings]
        name = name if name not in taken else f"{name}-{taken.count(name)}"
        self.headings.append((int(match[1]), name, text))
        return f'<h{match[1]} id="{name}">{text}</h{match[1]}>'

    def cell(self, cell: dict[str, Any]) -> str:
        source = text_of(cell["source"])
        if cell["cell_type"] != "code":
            return self.words(source) if cell["cell_type"] == "markdown" else ""
        classes = " ".join(filter(None, ["cell", option(source, "classes").strip('"')]))
        code = "\n".join(line for line in source.splitlines() if not DIRECTIVE.match(line))
        shown = self.code(code) if code.strip() and option(source, "echo") != "false" else ""
        if option(source, "code-fold") == "true" and shown:
            summary = option(source, "code-summary").strip('"') or "Code"
            shown = f'<details class="code-fold"><summary>{summary}</summary>{shown}</details>'
        alt = json.loads(option(source, "fig-alt") or '""')
        caption = json.loads(option(source, "fig-cap") or '""')
        outputs = [
            self.output(output, alt if isinstance(alt, str) else alt[min(n, len(alt) - 1)], caption)
            for n, output in enumerate(cell["outputs"])
        ]
        return f'<div id="{cell["id"]}" class="{classes}">{shown}{"".join(outputs)}</div>'

    def output(self, output: dict[str, Any], alt: str, caption: str = "") -> str:
        data = output.get("data", {})
        if "image/svg+xml" in data:
            self.blocks += 1
            path = self.folder / f"{self.name.removesuffix('.html')}_files/figure-{self.blocks}.svg"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text_of(data["image/svg+xml"]), encoding="utf-8")
            address = f"{path.parent.name}/{path.name}"
            image = f'<img src="{address}" class="img-fluid figure-img" alt="{escape(alt)}">'
            return (
                '<div class="cell-output cell-output-display"><div><figure class="figure">'
                f"<p>{image}</p><figcaption>{escape(caption)}</figcaption></figure></div></div>"
            )
        if html := walk(data):
            return f'<div class="cell-output cell-output-display">{html}</div>'
        if output["output_type"] == "error":
            text = ansi("\n".join(output["traceback"]))
            return (
                '<div class="cell-output cell-output-error"><div class="ansi-escaped-output">'
                f"<pre>{text}</pre></div></div>"
            )
        text = escape(text_of(data.get("text/plain", output.get("text", ""))))
        kind = "display" if data else output.get("name", "stdout")
        return f'<div class="cell-output cell-output-{kind}"><pre><code>{text}</code></pre></div>'


def page(
    notebook: dict[str, Any], name: str, folder: Path, dark: bool = False, solutions: bool = False
) -> str:
    """Write one page into a site, and return its address.

    Args:
        notebook: As it is stored.
        name: The page's address in the site.
        folder: The site.
        dark: The reader's system is set to dark.
        solutions: The site is the instructor's.
    """
    maker = Maker(name, folder)
    cells = filter_notebook(fold_notebook(notebook, "lib/" not in name), solutions)["cells"]
    first, *rest = [maker.cell(cell) for cell in cells]
    up = "../" * name.count("/")
    title, _, quote = first.partition("</h1>")
    heading = re.sub(r"<[^>]+>", "", title)
    items = "".join(
        f'<li><a href="#{name}" class="nav-link">{text}</a></li>'
        for level, name, text in maker.headings
        if level == 2
    )
    links = (
        f'<li class="sidebar-item"><a href="{up}{name}" class="sidebar-item-text sidebar-link '
        f'active"><span class="menu-text">{heading}</span></a></li>'
        f'<li class="sidebar-item"><a href="{up}nbs/index.html" class="sidebar-item-text '
        'sidebar-link"><span class="menu-text">Start here</span></a></li>'
    )
    crumbs = (
        '<ol class="breadcrumb"><li class="breadcrumb-item">'
        f'<a href="{up}nbs/index.html">Module</a></li></ol>'
    )
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = dict(
        heading=heading, title=title, quote=quote, rest="".join(rest), up=up, links=links,
        items=items, crumbs=crumbs, style=PLACES + style(), mode="dark" if dark else "light",
    )  # fmt: skip
    html = re.sub(r"\{\{(\w+)\}\}", lambda m: parts[m[1]], TEMPLATE)
    path.write_text(html, encoding="utf-8")
    return name


def site(names: list[str], folder: Path, dark: bool = False, instructor: bool = False) -> Path:
    """Make a site of some notebooks, finished as Quarto's is."""
    for name in names:
        notebook = json.loads((ROOT / name).read_text(encoding="utf-8"))
        page(notebook, name.replace(".ipynb", ".html"), folder, dark, instructor)
    finish_site(folder, instructor)
    return folder
