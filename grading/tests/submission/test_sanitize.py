"""Harmless: what a student wrote does nothing in the browser of the person who grades it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter

from grading.judge.judge import Judge
from grading.submission.answers import graft
from grading.submission.sanitize import LARGEST_OUTPUT, harmless_attachments, harmless_markdown
from grading.tests import tiny

MARKDOWN = ["p", "a", "img", "h1", "code", "pre", "em", "strong", "ul", "li", "div", "span"]
MARKDOWN += ["b", "blockquote"]

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
DRAWING = re.compile(r"data:image/svg\+xml;base64,[A-Za-z0-9+/]*=*")


class _Acting(HTMLParser):
    """Collects what could act: other tags than Markdown's own, handlers, links with other aims."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in MARKDOWN:
            self.found.append(tag)
        for name, value in attrs:
            # As browsers read an address: what is no scheme by its letters is a relative one.
            scheme = re.match(r"\s*([a-z][a-z0-9+.\s-]*):", (value or "").lower())
            aims = name in ("href", "src") and scheme and scheme[1] not in ("http", "https")
            if (tag, name) == ("img", "src") and DRAWING.fullmatch(value or ""):
                aims = False  # in an image a browser runs no script, and loads nothing
            if name.startswith("on") or aims:
                self.found.append(f"{name}={value}")


def acting(text: str) -> list[str]:
    """What acts in Markdown, as nbgrader's pages show it."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    body, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    parser = _Acting()
    parser.feed(body)
    return parser.found


ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT\n>alert(1)</SCRIPT\n>",
    "<img src=x onerror=alert(1)>",
    "# <svg onload=alert(1)>",
    "a <b onclick=alert(1)>b</b>",
    "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
    "<a href='javascript&#58;alert(1)'>a</a>",
    "[a](javascript:alert(1))",
    "[a](<javascript:alert(1)>)",
    "[a](JaVaScRiPt&colon;alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](javascript\\:alert(1))",
    "[a]: javascript:alert(2)\n\n[a]",
    "![a](javascript:alert(1))",
    "<javascript:alert(1)>",
    "[a](data:text/html,<script>alert(1)</script>)",
    "[a](vbscript:x) [b](blob:x) [c](file:///etc/passwd)",
    "<div style='position:fixed'>over all</div><style>*{display:none}</style>",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_markdown_does_not_act(text: str) -> None:
    assert acting(text), "this one does nothing anyway"
    assert acting(harmless_markdown(text)) == []


@pytest.mark.parametrize(
    "text",
    ["2 < 3 and $a < b$", "**Bold** `x` & a[1] = b[0][i], c: d", "- one\n- two\n\n# T"],
)
def test_ordinary_markdown_stays(text: str) -> None:
    assert harmless_markdown(text) == text


def test_mathematics_holds_no_links() -> None:
    text = harmless_markdown(r"$\def\h#1{\href{java#1}{x}} \h{script:alert(1)}$ $\alpha$")
    assert "\\href" not in text and "\\alpha" in text


def test_no_cell_of_a_submission_acts(judge: Judge) -> None:
    release = judge.release(tiny.GUIDE)
    read: dict[str, Any] = json.loads(nbformat.writes(release))
    evil = "\n\n".join(ATTACKS)
    for cell in read["cells"]:
        cell["source"] = evil
        cell["attachments"] = {"a.svg": {"image/svg+xml": "PHN2Zz4="}}
        cell["outputs"] = [
            {"output_type": "display_data", "data": {"text/html": evil, "image/svg+xml": evil}},
            {"output_type": "stream", "name": evil, "text": evil},
            {"output_type": "error", "ename": evil, "evalue": evil, "traceback": [evil]},
        ]
    read["cells"] += [{"cell_type": kind, "source": evil} for kind in ("markdown", "raw", "code")]
    grafted = graft(release, json.dumps(read).encode()).notebook
    body, _ = HTMLExporter(template_name="basic").from_notebook_node(grafted)
    parser = _Acting()
    parser.feed(body)
    assert parser.found == []


def test_a_picture_in_a_written_answer_is_kept(judge: Judge) -> None:
    release = judge.release(tiny.GUIDE)
    read: dict[str, Any] = json.loads(nbformat.writes(release))
    (written,) = (cell for cell in read["cells"] if cell["id"] == "written-3")
    written["source"] = "My data set: ![a ring](attachment:ring.png)"
    written["attachments"] = {"ring.png": {"image/png": PNG}}
    grafted = graft(release, json.dumps(read).encode()).notebook
    body, _ = HTMLExporter(template_name="basic").from_notebook_node(grafted)
    assert f'src="data:image/png;base64,{PNG}"' in body


@pytest.mark.parametrize(
    "attachments",
    [
        None,
        ["ring.png"],
        {"ring.png": "text"},
        {"ring.png": {"image/png": 'x" onerror="alert(1)'}},
        {"ring.png": {"image/png": ["x"]}},
        {"ring.svg": {"image/svg+xml": PNG}},
        {"ring.html": {"text/html": PNG}},
        {'ring" onerror="alert(1)': {"image/png": PNG}},
        {"ring.png": {"image/png": "A" * (LARGEST_OUTPUT + 1)}},
    ],
)
def test_other_attachments_are_dropped(attachments: Any) -> None:
    assert harmless_attachments(attachments) == {}
