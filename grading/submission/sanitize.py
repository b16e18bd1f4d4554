"""What a person who grades may look at in a browser: a student's text, and nothing that acts.

Formgrader shows a submission on the server that holds the gradebook, with the rights of the person
who looks. Markdown may hold HTML, so a script in it could set every grade; a picture or a link asks
an address for something, be it `/logout`, be it a server that counts when and from where one looks.
So nothing of a submission makes a browser ask for anything. There are three steps:

- `harmless_markdown` and its neighbours take the meaning away when a submission is read; what
  stood there is still to be read, as text;
- `gradebook.pages.markdown` passes on of each cell what a list allows, when a page is made;
- `gradebook.pages.Fence` tells the browser what a page may ask for: what it needs itself.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

import nbformat
from nbformat import NotebookNode

LARGEST_OUTPUT = 1 << 20
# Put inside what would act, it takes the meaning away and isn't seen, in prose as in code.
_JOINER = "\u2060"
_ACTING = re.compile(
    r"<(?=[A-Za-z/!?])"  # HTML, and links in angle brackets
    r"|&(?=#?\w+;)"  # an entity can spell the next
    r"|\](?=[(:])"  # links and pictures; their addresses, where these stand elsewhere
    r"|:(?=\\?/\\?/)"  # an address by itself becomes a link
    r"|(?:javascript|vbscript|data|blob|file|filesystem)(?=\\?:)"
    # MathJax: links, styles that may name a picture, more commands
    r"|\\(?=(?:href|url|require|class|cssId|style|bbox|mmlToken|unicode|data|html\w*"
    r"|includegraphics|special)(?![A-Za-z]))",
    re.IGNORECASE,
)
_ATTACHED = re.compile(r"!\[([^\[\]\n]{0,300})\]\(attachment:([\w.-]{1,100})\)")

_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_FILE_NAME = re.compile(r"[\w.-]{1,100}")
_IMAGE = re.compile(r"""<img [^<>]*?src='data:image/svg\+xml;charset=utf-8,(?P<svg>[^']*)'>\s*$""")


def harmless_markdown(text: str, attached: Collection[str] = ()) -> str:
    """Keep a student's Markdown from acting: HTML, links and pictures from elsewhere are text.

    Args:
        text: the source of a cell.
        attached: names of pictures whose bytes came with the cell; these are shown.

    """
    kept, start = [], 0
    for picture in _ATTACHED.finditer(text):
        label, name = picture.groups()
        if name in attached:
            kept.append(f"{_inert(text[start : picture.start()])}![{_inert(label)}]")
            start = picture.end()
            kept.append(f"(attachment:{name})")
    return "".join([*kept, _inert(text[start:])])


def _inert(text: str) -> str:
    return _ACTING.sub(lambda found: found[0] + _JOINER, text)


def harmless_attachments(attachments: Any) -> dict[str, dict[str, str]]:
    """Keep the pictures that a student put into a Markdown cell: pixels, no drawings."""
    kept: dict[str, dict[str, str]] = {}
    room = LARGEST_OUTPUT
    for name, data in attachments.items() if isinstance(attachments, dict) else ():
        if not isinstance(data, dict) or not _FILE_NAME.fullmatch(name):
            continue
        for kind in ("image/png", "image/jpeg", "image/gif"):
            pixels = data.get(kind)
            if isinstance(pixels, str) and len(pixels) <= room and _BASE64.fullmatch(pixels):
                kept[name] = {kind: pixels}
                room -= len(pixels)
                break
    return kept


def harmless_outputs(outputs: Sequence[Any]) -> list[NotebookNode]:
    """Keep what a person may want to see of a student's outputs: text and pictures, no HTML.

    A drawing becomes the source of an `<img>` of ours: there a browser runs no script and loads
    nothing.
    """
    kept: list[NotebookNode] = []
    room = LARGEST_OUTPUT
    for output in outputs[:50]:
        if not isinstance(output, dict):
            continue
        if output.get("output_type") == "stream":
            text = _text(output.get("text"))[: min(10_000, room)]
            kept.append(nbformat.v4.new_output("stream", name="stdout", text=text))
            room -= len(text)
            continue
        data = output.get("data")
        if not isinstance(data, dict):
            continue
        picture, text = _text(data.get("image/png")), _text(data.get("text/plain"))[:10_000]
        shown = {"text/plain": text} if text else {}
        if picture and len(picture) < room and _BASE64.fullmatch(picture):
            shown["image/png"] = picture
        if (drawing := _drawing(data)) and len(drawing) * 4 / 3 < room:
            source = base64.b64encode(drawing).decode()
            alt = html.escape(text, quote=True)
            shown["text/html"] = f'<img alt="{alt}" src="data:image/svg+xml;base64,{source}">'
        room -= sum(len(each) for each in shown.values())
        if shown and room > 0:
            kept.append(nbformat.v4.new_output("display_data", shown))
    return kept


def clean(text: str, longest: int = 300) -> str:
    """Make a stranger's text fit for one line of a report: printable, and not too long."""
    text = " ".join(text.split())
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _drawing(data: dict[str, Any]) -> bytes:
    """Return the SVG of an output; the course's figures hold it in an `<img>`, percent-encoded."""
    if drawing := _text(data.get("image/svg+xml")):
        return drawing.encode()
    found = _IMAGE.match(_text(data.get("text/html")))
    return unquote_to_bytes(found["svg"]) if found else b""


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
