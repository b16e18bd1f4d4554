"""The pages that show a submission, in Formgrader and as feedback: of each cell what a list allows.

`nbgrader_config.py` hands both to nbconvert's HTML exporter, which nbgrader uses for both pages.
`submission.sanitize` says what they are there for.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from bleach.html5lib_shim import Filter  # pyright: ignore[reportAttributeAccessIssue]
from bleach.sanitizer import Cleaner
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor

# What the course's own text is made of; a student's has less.
TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6"),
    *("a", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt"),
    *("em", "hr", "i", "img", "input", "kbd", "li", "ol", "p", "pre", "s", "section", "small"),
    *("span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead"),
    *("tr", "u", "ul"),
}
ATTRIBUTES = {
    "a": {"href"},
    "details": {"open"},
    "img": {"alt", "src", "width", "height"},
    "input": {"type", "checked", "disabled"},  # a list of things to do
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan", "style"},
    "th": {"align", "colspan", "rowspan", "style"},
}
_ANYWHERE = {"id", "class", "title", "aria-hidden"}
_PIXELS = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*")
_ALIGNED = re.compile(r"text-align: ?(?:left|right|center);?")
_DATA = re.compile(r"\s*data\s*:", re.IGNORECASE)

# What nbgrader's own pages need: its scripts, its styles, and MathJax with its letters.
MATHJAX = "https://cdnjs.cloudflare.com"
POLICY = "; ".join(
    [
        "default-src 'none'",
        f"script-src 'self' 'unsafe-inline' 'unsafe-eval' {MATHJAX}",
        f"style-src 'self' 'unsafe-inline' {MATHJAX}",
        f"font-src 'self' data: {MATHJAX}",
        "img-src data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
)


def _allowed(tag: str, name: str, value: str) -> bool:
    """Tell whether a tag may have an attribute."""
    if name == "href":
        return tag == "a" and not _DATA.match(value)
    if name == "style":
        return bool(_ALIGNED.fullmatch(value)) and name in ATTRIBUTES.get(tag, ())
    return name in _ANYWHERE or name in ATTRIBUTES.get(tag, ())


class _Pictures(Filter):
    """Writes in the place of a picture from elsewhere what it was."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for token in super().__iter__():
            if token.get("name") == "img" and isinstance(token.get("data"), dict):
                said = {name: value for (_, name), value in token["data"].items()}
                if not _PIXELS.fullmatch(said.get("src", "")):
                    text = " ".join(filter(None, (said.get("alt"), said.get("src"))))
                    token = {"type": "Characters", "data": f"[picture not loaded: {text}]"}
            yield token


class _Renderer(IPythonRenderer):
    """Writes Markdown as HTML, also where it names a picture that did not come with the cell."""

    def _embed_image_or_attachment(self, src: str) -> str:
        known = src.removeprefix("attachment:") in self.attachments
        return super()._embed_image_or_attachment(src) if known else src


@functools.cache
def _cleaner() -> Cleaner:
    return Cleaner(
        tags=TAGS,
        attributes=_allowed,
        protocols=["http", "https", "mailto", "data"],
        filters=[_Pictures],  # pyright: ignore[reportArgumentType]  # as the documentation has it
    )


@pass_context
def markdown(context: Any, source: str) -> str:
    """Write a cell's Markdown as HTML; stands where nbconvert has its filter `markdown2html`."""
    attached = context.get("cell", {}).get("attachments", {})
    renderer = _Renderer(escape=False, attachments=attached)
    written = MarkdownWithMath(renderer=renderer).render(source)
    return _cleaner().clean(written)


class Fence(Preprocessor):
    """Tells the browser what a page may ask for, in a Content-Security-Policy.

    The style sheets are the one place in the head of nbgrader's pages that a configuration reaches.
    A template's own step, which begins them anew, comes later than any that is configured, so this
    one adds a step that comes later still.
    """

    _last = False

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """See to it that the policy is written at the end."""
        exporter: Any = self.parent
        if not self._last:
            self._last = True
            exporter.register_preprocessor(_with_policy)
        return nb, resources


def _with_policy(nb: Any, resources: Any) -> tuple[Any, Any]:
    """Put the policy before the first style sheet of a page."""
    styles = resources.setdefault("inlining", {}).setdefault("css", [])
    styles.insert(
        0, f'</style><meta http-equiv="Content-Security-Policy" content="{POLICY}"><style>'
    )
    return nb, resources
