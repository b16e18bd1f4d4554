"""What a figure says in words: its alternative text. Only the standard library is needed here."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)
DESC = re.compile(r"<desc[^>]*>(.*?)</desc>", re.DOTALL)


def alt_text(svg: str) -> str:
    """Read a figure's title and description, one sentence after the other."""
    found = [pattern.search(svg) for pattern in (TITLE, DESC)]
    parts = [" ".join(unescape(m.group(1)).split()) for m in found if m and m.group(1).strip()]
    title = parts[0] if parts else ""
    if len(parts) == 2 and parts[1].startswith(title):
        return parts[1]
    return " ".join(p if p.endswith((".", "!", "?")) else p + "." for p in parts)


def walk(data: dict[str, Any]) -> str:
    """Return the HTML of a stepper of `minitorch.draw`; empty if an output is something else."""
    html = data.get("text/html", "")
    html = html if isinstance(html, str) else "".join(html)
    return html if 'class="stepper"' in html else ""
