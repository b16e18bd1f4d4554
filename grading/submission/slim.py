"""Makes a notebook small: what grading and a person look at, and no more of it than they need.

What a file of 60 MB holds may need a gigabyte once it is read. This runs where that does no harm
(`find`); the process that grades everyone reads what comes out.
"""

from __future__ import annotations

import json
from typing import Any

PLAIN_SIZE, PLAIN_PARTS = 4 << 20, 300_000  # a file that is not larger is left as it is
MOST_PARTS = 4_000_000  # lists and dicts, whatever is in them
LONGEST_CELL = 200_000
LONGEST_OUTPUT = 10_000  # of printed text
MOST_CELLS = 3000
MOST_TEXT = 2_000_000  # characters in all cells
MOST_OUTPUTS = 50  # of a cell
ROOM = 1 << 20  # outputs and attachments of a cell
WHOLE_ROOM = 8 << 20  # of all cells
CONFLICT = b"<<<<<<< "
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/svg+xml", "text/html")


def is_plain(raw: bytes) -> bool:
    """Tell whether a file can be read at once: it is small, and has few parts."""
    return len(raw) <= PLAIN_SIZE and sum(map(raw.count, (b"[", b"{", b","))) <= PLAIN_PARTS


def parse(raw: bytes) -> tuple[dict[str, Any], str]:
    """Read a notebook, or say why it is none."""
    if raw.count(b"[") + raw.count(b"{") > MOST_PARTS:
        return {}, "is not a notebook: it has too many parts"
    try:
        read = json.loads(raw)
    except (ValueError, RecursionError):
        if not raw.strip():
            return {}, "is not a notebook: the file is empty"
        why = "is not a notebook: it is not JSON"
        if raw.startswith(CONFLICT) or b"\n" + CONFLICT in raw:
            why += ", since a merge conflict was left there (<<<<<<<, =======, >>>>>>>)"
        return {}, why
    if not isinstance(read, dict) or not isinstance(cells_of(read), list):
        return {}, "is not a notebook: it has no cells"
    return read, ""


def cells_of(read: dict[str, Any]) -> Any:
    """Return a notebook's cells; in an old format they lie on worksheets."""
    if read.get("cells") is not None or not isinstance(read.get("worksheets"), list):
        return read.get("cells")
    sheets = [sheet for sheet in read["worksheets"] if isinstance(sheet, dict)]
    lists = [sheet["cells"] for sheet in sheets if isinstance(sheet.get("cells"), list)]
    return [cell for each in lists for cell in each] or None


def slim(raw: bytes) -> tuple[bytes | None, str]:
    """Leave out of a notebook what nobody will look at.

    Returns:
        A notebook, or None with the reason why it is none.

    """
    if is_plain(raw):
        return raw, ""
    read, why = parse(raw)
    if why:
        return None, f"{why}. Nothing in it could be graded"
    small: dict[str, Any] = {"metadata": _languages(read.get("metadata"))}
    room = [WHOLE_ROOM, MOST_TEXT]
    cells = _cells(cells_of(read), room)
    old = read.get("cells") is None
    small |= {"worksheets": [{"cells": cells}]} if old else {"cells": cells}
    return json.dumps(small, ensure_ascii=False).encode("utf-8", "replace"), ""


def _languages(metadata: Any) -> dict[str, Any]:
    found = {}
    for name, key in (("kernelspec", "language"), ("language_info", "name")):
        said = metadata.get(name) if isinstance(metadata, dict) else None
        if isinstance(said, dict) and isinstance(said.get(key), str):
            found[name] = {key: said[key][:100]}
    return found


def _cells(cells: list[Any], room: list[int]) -> list[Any]:
    small: list[Any] = []
    for cell in cells[: MOST_CELLS + 1]:  # one more than is taken, so that it is noticed
        if room[1] < 0:
            break
        small.append(_cell(cell, room) if isinstance(cell, dict) else None)
    return small


def _cell(cell: dict[str, Any], room: list[int]) -> dict[str, Any]:
    source = _text(cell.get("source", cell.get("input", "")))
    if source is not None:
        source = source[: LONGEST_CELL + 1]
        room[1] -= len(source)
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    mark = metadata.get("nbgrader")
    mark = {"grade_id": _name(mark.get("grade_id"))} if isinstance(mark, dict) else None
    ours = min(ROOM, room[0])
    outputs, ours = _outputs(cell.get("outputs"), ours)
    attachments, left = _attachments(cell.get("attachments"), ours)
    room[0] -= min(ROOM, room[0]) - left
    return {
        "cell_type": _name(cell.get("cell_type")),
        "id": _name(cell.get("id")),
        "metadata": {"id": _name(metadata.get("id")), "nbgrader": mark},
        "source": source,
        "outputs": outputs,
        "attachments": attachments,
    }


def _outputs(outputs: Any, room: int) -> tuple[list[Any], int]:
    small = []
    for output in outputs[:MOST_OUTPUTS] if isinstance(outputs, list) else ():
        if not isinstance(output, dict):
            continue
        if output.get("output_type") == "stream":
            text = (_text(output.get("text")) or "")[: min(LONGEST_OUTPUT, room)]
            small.append({"output_type": "stream", "text": text})
            room -= len(text)
        elif isinstance(output.get("data"), dict):
            shown, room = _shown(output["data"], room, ("text/plain", *PICTURES))
            small.append({"output_type": "display_data", "data": shown})
    return small, room


def _attachments(attachments: Any, room: int) -> tuple[dict[str, Any], int]:
    small = {}
    entries = list(attachments.items()) if isinstance(attachments, dict) else []
    for name, data in entries[:MOST_OUTPUTS]:
        if isinstance(data, dict):
            small[name[:200]], room = _shown(data, room, PICTURES[:3])
    return small, room


def _shown(data: dict[str, Any], room: int, kinds: tuple[str, ...]) -> tuple[dict[str, str], int]:
    shown = {}
    for kind in kinds:
        text = _text(data.get(kind))
        if text and kind == "text/plain":
            text = text[:LONGEST_OUTPUT]
        if text and len(text) <= room:
            shown[kind] = text
            room -= len(text)
    return shown, room


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else None


def _name(value: Any) -> str:
    return value[:200] if isinstance(value, str) else ""
