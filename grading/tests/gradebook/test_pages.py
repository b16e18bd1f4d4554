"""Pages: the browser of the person who grades asks for nothing that a submission names.

The pages are made as Formgrader and as generate_feedback make them, and opened in a real Chromium
on a server that notes every request. With a submission that tries, it is asked for the same things
as with one that doesn't.
"""

from __future__ import annotations

import contextlib
import copy
import json
import threading
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.server_extensions.formgrader import handlers
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension

from grading.gradebook import pages
from grading.gradebook.nbgrader_plugin import PageExporter
from grading.judge.judge import Judge
from grading.submission.answers import MOST_ADDED, graft
from grading.submission.sanitize import harmless_markdown
from grading.tests import tiny
from grading.tests.submission.test_sanitize import ATTACKS, PNG
from grading.tests.test_browser import browser as browser

ROOT = Path(__file__).resolve().parents[3]
# The letters of MathJax lie elsewhere, as in any page of nbgrader's.
OWN = "https://cdnjs.cloudflare.com"

HERE, THERE = "/logout", "http://there.test:{port}/beacon"
ADDRESSES = [HERE, THERE, THERE.removeprefix("http:"), "logout?1", "\\\\there.test/x"]
MARKDOWN = [
    "![p]({})",
    "![p](<{}>)",
    "![p]( {} 'title')",
    "![p\nq](\n{}\n)",
    "[![p]({})]({})",
    "![a [b] c]({})",
    "!\\[p]({})\n![\\]]({})",
    "![p][r]\n\n[r]: {}",
    "![r][]\n\n[r]: <{}> 'title'",
    "![r]\n\n[r]:\n{}",
    "> ![q][r]\n>\n> [r]: {}",
    "- ![p]({})\n\n  1. ![p]({})",
    "| a | b |\n|---|---|\n| ![p]({}) | `x` |",
    "# ![p]({})\n\nT ![p]({})\n===",
    "**![p]({})** ~~![p]({})~~ [^1]\n\n[^1]: ![p]({})",
    "- [ ] ![p]({})",
    "![attachment:a](attachment:../{})",
    "![p](attachment:a.png){}",
    "<{}>",
    "{}",
    "[a]({})",
    "$\\href{{{}}}{{x}}$ $\\unicode{{x}}$ $\\require{{{}}}$ $\\bbox[background:url({})]{{x}}$",
    "$$\\style{{background:url({})}}{{x}}$$ \\begin{{a}}\\class{{x}}{{y}}\\end{{a}}",
    "```mermaid\n</pre><img src={}>\n```",
]
HTML = [
    "<img src='{}'>",
    "<img srcset='{} 1x, {} 2x'>",
    "<picture><source srcset='{}'><img></picture>",
    "<image src='{}'>",
    "<iframe src='{}'></iframe>",
    "<iframe srcdoc='<img src={}>'></iframe>",
    "<frameset><frame src='{}'></frameset>",
    "<embed src='{}'><object data='{}'><param name=movie value='{}'></object>",
    "<applet code='{}' archive='{}'></applet>",
    "<link rel=stylesheet href='{}'><link rel=prefetch href='{}'>",
    "<link rel=preload as=image href='{}'>",
    "<link rel=dns-prefetch href='{}'><link rel=preconnect href='{}'>",
    "<link rel=modulepreload href='{}'>",
    "<link rel=icon href='{}'><link rel=manifest href='{}'><link rel=prerender href='{}'>",
    "<style>@import '{}'; body {{ background: url({}) }}</style>",
    "<style>@font-face {{ font-family: a; src: url({}) }} * {{ font-family: a }}</style>",
    "<div style=\"background: url('{}')\">a</div><p style='list-style: url({})'>",
    "<table background='{}'><tr><td background='{}'>a</table><body background='{}'>",
    "<svg><image href='{}'/><use href='{}#a'/><feImage href='{}'/></svg>",
    "<svg><style>@import '{}';</style><script href='{}'></script><a href='{}'>a</a></svg>",
    "<svg><image xlink:href='{}'/><foreignObject><img src='{}'></foreignObject></svg>",
    "<svg><rect fill='url({}#a)' filter='url({}#b)' mask='url({}#c)'/></svg>",
    "<math><mtext><mglyph src='{}'/></mtext></math>",
    "<math><maction actiontype='statusline' xlink:href='{}'>a</maction></math>",
    "<meta http-equiv=refresh content='0; url={}'>",
    "<base href='{}'><a href=x>a</a>",
    "<video poster='{}' src='{}'><source src='{}'><track src='{}'></video>",
    "<audio src='{}' autoplay>",
    "<form action='{}'><input type=image src='{}'><button formaction='{}'>a</button></form>",
    "<form action='{}' id=f></form><script>f.submit()</script>",
    "<a href='{}' ping='{}' autofocus onfocus='location=\"{}\"'>a</a>",
    "<input autofocus onfocus=\"fetch('{}')\"><details open ontoggle=\"fetch('{}')\">a</details>",
    "<script src='{}'></script><script>fetch('{}'); location = '{}'; open('{}')</script>",
    "<script type=module>import '{}'</script>",
    '<script type=importmap>{{"imports":{{"a":"{}"}}}}</script>',
    '<script type=speculationrules>{{"prefetch":[{{"urls":["{}"]}}]}}</script>',
    "<img src=x onerror=\"new Image().src='{}'\"><body onload=\"location='{}'\">",
    "<noscript><p title='</noscript><img src={}>'></noscript>",
    "<!--><img src='{}'>--><![CDATA[<img src='{}'>]]><?xml-stylesheet href='{}'?>",
    "<isindex action='{}' type=image src='{}'><bgsound src='{}'><layer src='{}'>",
    "<template shadowrootmode=open><img src='{}'></template><portal src='{}'></portal>",
    "<textarea></textarea><img src='{}'><xmp><img src='{}'></xmp>",
    "&lt;img src='{}'&gt; &#60;img src='{}'&#62;",
]


def texts(port: int) -> list[str]:
    """Every way to ask, for every address."""
    every = [*MARKDOWN, *HTML]
    return [
        each.format(*[address.format(port=port)] * 9) for each in every for address in ADDRESSES
    ]


def outputs(text: str) -> list[Any]:
    """What a cell may hold beneath it, with the text in every place."""
    kinds = ["text/html", "text/markdown", "text/latex", "text/plain", "image/svg+xml"]
    kinds += ["application/javascript", "application/json", "application/pdf", "image/png"]
    kinds += ["application/vnd.jupyter.widget-view+json", "application/vnd.mathml+xml"]
    kinds += ["application/vnd.plotly.v1+json", "application/vnd.vegalite.v5+json", "video/mp4"]
    found: list[Any] = [
        {"output_type": "display_data", "data": {kind: text}, "metadata": {kind: {"alt": text}}}
        for kind in kinds
    ]
    picture = f"<img alt='a' src='data:image/svg+xml;charset=utf-8,{text.replace(chr(39), '%27')}'>"
    found.append({"output_type": "display_data", "data": {"text/html": picture}})
    found.append({"output_type": "execute_result", "data": dict.fromkeys(kinds, text)})
    found.append({"output_type": "stream", "name": "stderr", "text": text})
    error = {"output_type": "error", "ename": text, "evalue": text, "traceback": [text]}
    return [*found, error]


def handed_in(release: Any, port: int, *, evil: bool) -> Any:
    """What becomes of a submission that tries everything everywhere, or tries nothing."""
    read: dict[str, Any] = json.loads(nbformat.writes(release))
    every = texts(port) if evil else ["A word."]
    own: list[Any] = [{"cell_type": "markdown", "source": text} for text in every]
    for number, text in enumerate(every if evil else []):
        own.append({"cell_type": ["code", "raw"][number % 2], "source": text, "outputs": []})
    every = every + ATTACKS if evil else every
    for number, cell in enumerate(read["cells"]):
        if cell["cell_type"] == "markdown":
            cell["source"] = "\n\n".join(every)
            cell["attachments"] = {"a.png": {"image/png": PNG, "text/html": every[0]}}
        else:
            cell["outputs"] = [
                o for text in every[number :: len(read["cells"])] for o in outputs(text)
            ]
    if evil:
        drawing = "".join(f"<g>{text}</g>" for text in texts(port) if text.startswith("<svg>"))
        svg = f'<svg xmlns="http://www.w3.org/2000/svg">{drawing}</svg>'
        last = read["cells"][-1]
        read["cells"].append(
            dict(last, outputs=[{"output_type": "display_data", "data": {"image/svg+xml": svg}}])
        )
        read["metadata"]["widgets"] = {
            "application/vnd.jupyter.widget-state+json": {"state": {"a": every}}
        }
        read["metadata"]["title"] = every[0]
    read["cells"] += own[:: len(own) // MOST_ADDED + 1]
    return nbformat.from_dict(graft(release, json.dumps(read).encode()).notebook)


@cache
def configured() -> Any:
    """The configuration that `nbgrader_config.py` gives."""
    with contextlib.chdir(ROOT):
        app = NbGrader()
        app.load_config_file()
    return app.config


def formgrader(notebook: Any) -> str:
    """A page of Formgrader's."""
    FormgradeExtension.clear_instance()
    config = copy.deepcopy(configured())
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    places = {"base_url": "", "index": 0, "total": 1, "submission_id": "s", "student": "ada"}
    places |= {"notebook_id": "n", "assignment_id": "a", "notebook_path": "p"}
    return HTMLExporter(config=config).from_notebook_node(notebook, places)[0]


def feedback(notebook: Any) -> str:
    """A page of feedback."""
    config = copy.deepcopy(configured())
    config.merge(GenerateFeedback(coursedir=CourseDirectory(), config=config).config)
    graded = {"notebook": "n", "score": 0.0, "max_score": 0.0, "comments": {}, "scores": {}}
    places = {"nbgrader": {"late_penalty": 0.0} | graded}
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if mark := cell.metadata.get("nbgrader"):
            mark.update(score=0.0, comment="")
    return PageExporter(config=config).from_notebook_node(notebook, places)[0]


class Server(ThreadingHTTPServer):
    """Shows one page, and notes what it is asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.page = ""
        self.asked: list[str] = []


class Handler(BaseHTTPRequestHandler):
    """Answers with the page, with nbgrader's own files, or with nothing."""

    def do_GET(self) -> None:
        """Answer a request."""
        server = self.server
        assert isinstance(server, Server)
        server.asked.append(f"{self.headers.get('Host', '').partition(':')[0]} {self.path}")
        static = Path(handlers.static_path) / self.path.removeprefix("/formgrader/static/")
        known = self.path.startswith("/formgrader/static/") and static.is_file()
        body = static.read_bytes() if known else server.page.encode() * (self.path == "/page/")
        kind = {".js": "text/javascript", ".css": "text/css"}.get(static.suffix, "text/html")
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_HEAD = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


def asked(browser: Any, server: Server, page: str) -> list[str]:
    """Open a page and look around on it; return what it asked for, from anywhere."""
    server.page, server.asked = page, []
    context = browser.new_context()
    opened, asked = context.new_page(), set()
    context.on("request", lambda request: asked.add(f"{request.method} {request.url}"))
    # What the policy refuses leaves the browser no more than what was never written.
    refused: set[str] = set()
    context.on(
        "requestfailed",
        lambda request: "csp" in (request.failure or "") and refused.add(f"GET {request.url}"),
    )
    context.on("page", lambda popup: asked.add(f"a window: {popup.url}"))
    opened.on("dialog", lambda dialog: (asked.add(f"a dialog: {dialog.message}"), dialog.dismiss()))
    context.route(lambda url: not url.startswith(f"http://127.0.0.1:{server.server_port}"), abort)
    home = f"http://127.0.0.1:{server.server_port}/page/"
    opened.goto(home)
    opened.wait_for_load_state("networkidle")
    # As one who grades does: to the end, through every field, with the mouse over everything.
    opened.evaluate(
        """() => {
            for (const part of document.querySelectorAll("*")) {
                part.scrollIntoView();
                part.dispatchEvent(new MouseEvent("mouseover", {bubbles: true}));
                if (part.tagName !== "A") part.focus?.();
            }
        }"""
    )
    opened.wait_for_load_state("networkidle")
    asked.add(f"stays at {opened.url}")
    context.close()
    return sorted((asked - refused) | {f"the server: {each}" for each in server.asked})


def news(asked: list[str], plain: list[str]) -> list[str]:
    """What was asked for beyond the page's own: its scripts, styles and letters."""
    own = ("/formgrader/static/", "/favicon.ico")
    return [each for each in asked if each not in plain and not any(part in each for part in own)]


def abort(route: Any) -> None:
    """Let nothing out of this machine."""
    route.abort()


@pytest.mark.browser
@pytest.mark.parametrize("made", [formgrader, feedback])
def test_a_page_asks_for_what_it_needs_itself(
    judge: Judge, browser: Any, server: Server, made: Any
) -> None:
    release, port = judge.release(tiny.GUIDE), server.server_port
    plain = asked(browser, server, made(handed_in(release, port, evil=False)))
    assert any("/page/" in each for each in plain)
    assert news(asked(browser, server, made(handed_in(release, port, evil=True))), plain) == []


@pytest.mark.browser
@pytest.mark.parametrize("made", [formgrader, feedback])
def test_the_fence_alone_keeps_a_page_from_asking(
    judge: Judge, browser: Any, server: Server, made: Any
) -> None:
    """Whatever gets past the other two, as HTML written into the page without any of them."""
    release, port = judge.release(tiny.GUIDE), server.server_port
    page = made(handed_in(release, port, evil=False))
    plain = asked(browser, server, page)
    # It stops no script, no style, font or link from the page's own server, nor what leads
    # elsewhere: the others do.
    loads = [text for text in texts(port) if text.startswith("<") and not acts(text)]
    assert len(loads) > 100
    wild = page.replace("A word.", "".join(loads))
    assert news(asked(browser, server, wild), plain) == []
    without = wild.replace(pages.POLICY, "")
    assert len(news(asked(browser, server, without), plain)) > 9, "these ask for nothing anyway"


def acts(text: str) -> bool:
    """Whether a text could get past the policy."""
    words = {"rel=", "@import", "@font-face", "script", "onerror", "onload", "onfocus", "ontoggle"}
    words |= {"refresh", "textarea", "iframe"}
    return any(word in text for word in words)


@pytest.mark.parametrize("made", [formgrader, feedback])
def test_each_page_has_its_policy(made: Any) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("A word.")])
    for _ in range(2):
        head, _, _ = made(notebook).partition("<body>")
        assert 'http-equiv="Content-Security-Policy"' in head and head.count(pages.POLICY) == 1
        assert "font-family" in head or "highlight" in head, "the styles are still there"


@pytest.mark.parametrize("text", [*texts(9), *ATTACKS])
def test_what_is_passed_on_of_a_cell_is_on_the_list(text: str) -> None:
    """The second step alone, of Markdown that nothing was done to."""
    shown = written(text)
    for tag in (
        "<script",
        "<style",
        "<link",
        "<iframe",
        "<svg",
        "<form",
        "<meta",
        "<base",
        "<video",
    ):
        assert tag not in shown.lower()
    for part in ("src=", "srcset=", "poster=", "background=", "action=", "url(", "ping="):
        for found in shown.lower().split(part)[1:] if "<img" in shown else ():
            assert found.startswith('"data:image/png')
    assert "javascript:" not in links(shown) and "data:" not in links(shown)


def links(shown: str) -> str:
    return " ".join(part.partition('"')[0] for part in shown.lower().split('href="')[1:])


def written(source: str) -> str:
    from jinja2 import Environment

    context = (
        Environment()
        .from_string("")
        .new_context({"cell": {"attachments": {"a.png": {"image/png": PNG}}}})
    )
    return pages.markdown(context, source)


def test_a_picture_from_elsewhere_is_named() -> None:
    shown = written("![a ring](http://there.test/ring.png) and <img src=x.png>")
    assert "[picture not loaded: a ring http://there.test/ring.png]" in shown
    assert "[picture not loaded: x.png]" in shown and "<img" not in shown


def test_what_was_taken_out_is_still_to_be_read() -> None:
    text = "![a ring](http://there.test/ring.png) [a](b) <b>c</b>"
    kept = harmless_markdown(text)
    assert kept.replace("\u2060", "") == text
    shown = written(kept).replace("\u2060", "")
    assert "![a ring](http://there.test/ring.png) [a](b) &lt;b&gt;c&lt;/b&gt;" in shown


def test_a_picture_that_did_not_come_with_the_cell_stops_no_page(judge: Judge) -> None:
    release = judge.release(tiny.GUIDE)
    read: dict[str, Any] = json.loads(nbformat.writes(release))
    (answer,) = (cell for cell in read["cells"] if cell["id"] == "written-3")
    answer["source"] = "![a](attachment:gone.png)"
    grafted = nbformat.from_dict(graft(release, json.dumps(read).encode()).notebook)
    for made in (formgrader, feedback):
        assert "attachment:gone.png" in made(grafted)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "nbs/guides").rglob("*.ipynb")), ids=lambda path: path.stem
)
def test_the_courses_own_text_is_passed_on_whole(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            whole = MarkdownWithMath(renderer=IPythonRenderer(escape=False)).render(cell.source)
            assert parts(written(cell.source)) == parts(whole), cell.id


def parts(page: str) -> list[Any]:
    """The tags of a page with their attributes, and its words."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(page, "html.parser")
    return [
        (tag.name, sorted(tag.attrs.items())) for tag in soup.find_all(True)
    ] + soup.text.split()
