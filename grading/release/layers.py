r"""Every way to read a piece of data: takes off the layers of notation that a text lies under.

Covered, in any order and inside one another: terminal colours and links; HTML (tags between the
tokens, attributes, entities, comments); backslashes (JSON, Python, CSS: `\n`, `\x41`, `\u0041`,
`\101`); percent signs; quoted-printable; base64 and hex, of text and in `data:` addresses, also in
lines; characters without width and full-width letters; lines wrapped with a number, a quotation
mark or a bar in front; UTF-16; gzip, zlib, bzip2, xz and zip, also in the middle of a file, as in
a picture's text chunks or a PDF.

Not covered: a cipher, a code of somebody's own, words in pixels or in curves, a file with a
password, and what lies deeper than `DEPTH` containers or `ROUNDS` notations.
"""

from __future__ import annotations

import base64
import bz2
import html
import io
import json
import lzma
import quopri
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

DEPTH = 4  # containers in one another: base64, gzip, zip
ROUNDS = 4  # notations in one another: HTML in JSON in an attribute
LARGEST = 50_000_000  # bytes unpacked from one archive

# Whoever wrote the data could write it for these patterns: each reads it once. No repetition holds
# another, and where one begins and ends is plain from the character.
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{20,}")
_HEX = re.compile(r"[0-9a-fA-F]{30,}")
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})"
    r"|([0-7]{3})|(.))",
    re.DOTALL,
)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": "", "a": "", "v": "\n", "0": ""}
_SURROGATES = re.compile(r"[\ud800-\udbff][\udc00-\udfff]")
_COLOUR = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]")
_COMMAND = re.compile(r"\x1b[\]PX^_]([^\x07\x1b\x9c]*)(?:\x07|\x1b\\|\x9c)?")
RUN = 12  # characters of text in a row make a piece of binary data worth reading
_TAG = re.compile(r"<([A-Za-z/!?][^<>]*)>")
_TOKEN = re.compile(r"[<>\"']")
_BEGINS = re.compile(r"[A-Za-z/!?]")
_FRONT = re.compile(r"^[ \t#>|+*.:│┃=-]*(?:[0-9]{1,6}[ \t.:)|│┃]*)?", re.MULTILINE)
_BACK = re.compile(r"[\\↩⏎↵…¬][ \t]*$", re.MULTILINE)
# Of bytes that are no UTF-8: what could be a piece of text in them, in two notations. Twelve
# characters of text in a row make a piece worth reading.
_PIECES = re.compile(
    rb"(?:[\t\n\r\x1b\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}){12,}"
)
_WIDE = re.compile(rb"(?:[\t\n\r\x1b\x20-\x7e]\x00){12,}")
_WIDE_FROM_ITS_BIG_END = re.compile(rb"(?:\x00[\t\n\r\x1b\x20-\x7e]){12,}")
_SOFT = re.compile(r"=[ \t]*\r?\n")
_ARCHIVED: list[tuple[bytes, Callable[[], Any]]] = [
    (b"\x1f\x8b\x08", lambda: zlib.decompressobj(31)),
    (b"\x78\x01", zlib.decompressobj),
    (b"\x78\x5e", zlib.decompressobj),
    (b"\x78\x9c", zlib.decompressobj),
    (b"\x78\xda", zlib.decompressobj),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\x00", lzma.LZMADecompressor),
]
_IN_BLOCKS = (bz2.BZ2Decompressor, lzma.LZMADecompressor)


class _Unseen(dict[int, int | None]):
    """A table for `str.translate` that drops what has no width; it learns as it is asked."""

    def __missing__(self, code: int) -> int | None:
        kind = unicodedata.category(chr(code))
        self[code] = None if kind in ("Cf", "Cc", "Mn", "Me", "Co") else code
        return self[code]


_UNSEEN = _Unseen()
_CONTROLS = dict.fromkeys([*range(32), 127])


def normal(text: str) -> str:
    """Drop white space and what has no width, so that a reformatted line is the same line."""
    text = "".join(text.split())
    if text.isascii():
        return text if text.isprintable() else text.translate(_CONTROLS)
    return "".join(unicodedata.normalize("NFKC", text).translate(_UNSEEN).split())


def views(data: bytes) -> Iterator[str]:
    """Yield every way to read a piece of data, `normal`."""
    seen: set[str] = set()
    for text in _texts(data, DEPTH, set()):
        for view in dict.fromkeys((text, _BACK.sub("", _FRONT.sub("", text)))):
            packed = normal(view)
            if packed and packed not in seen:
                seen.add(packed)
                yield packed


def strings(node: Any, trail: str = "") -> Iterator[tuple[str, str]]:
    """Yield the strings of JSON, a notebook's with their places; a list of lines is one string."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield trail, str(key)
            if key == "cells" and isinstance(value, list):
                for number, cell in enumerate(value, 1):
                    name = cell.get("id", number) if isinstance(cell, dict) else number
                    yield from strings(cell, f"cell {name}")
            else:
                yield from strings(value, f"{trail} {key}".strip())
    elif isinstance(node, list):
        if all(isinstance(each, str) for each in node):
            yield trail, "".join(node)
        else:
            for each in node:
                yield from strings(each, trail)
    elif isinstance(node, str):
        yield trail, node


def _texts(data: bytes, depth: int, known: set[int]) -> Iterator[str]:
    """Yield the texts in a piece of data, and in what it holds; `known`: hashes of those read."""
    if hash(data) in known:
        return
    known.add(hash(data))
    for text in filter(None, _decoded(data)):
        for plainer in _plainer(text):
            yield plainer
            if depth:
                for inner in _encoded(plainer, known):
                    yield from _texts(inner, depth - 1, known)
    if depth:
        for inner in _archived(data):
            yield from _texts(inner, depth - 1, known)


def _decoded(data: bytes) -> Iterator[str]:
    """Read bytes as text; of what is no text, only the pieces that could be."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield data.decode("utf-16", "replace")
    if b"\0" in data:
        for pieces in (_WIDE.findall(data), _WIDE_FROM_ITS_BIG_END.findall(data)):
            yield "\n".join(each.replace(b"\0", b"").decode() for each in pieces)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        yield "\n".join(each.decode("utf-8", "replace") for each in _PIECES.findall(data))
        return
    yield text
    if text.lstrip()[:1] in ("{", "["):
        try:
            yield "\n".join(string for _, string in strings(json.loads(text)))
        except (ValueError, RecursionError):
            return


def _plainer(text: str) -> Iterator[str]:
    """Yield a text, then with one notation after another taken off, until nothing changes."""
    yield text
    for _ in range(ROUNDS):
        before = text
        for step in (_uncoloured, _unescaped, unquote, _untagged, html.unescape):
            after = step(text)
            if step is _untagged and after != (simple := _TAG.sub("", text)):
                yield html.unescape(simple)
            if after != text:
                text = after
                yield text
        if text == before:
            return


def _uncoloured(text: str) -> str:
    """Take a terminal's commands out; what the longer ones hold, such as a link, comes last."""
    if "\x1b" not in text and "\x9b" not in text:
        return text
    held = _COMMAND.findall(text)
    return "\n".join([_COLOUR.sub("", _COMMAND.sub("", text)), *held])


def _unescaped(text: str) -> str:
    """Read what stands behind backslashes."""
    if "\\" not in text:
        return text

    def plain(match: re.Match[str]) -> str:
        *codes, octal, character = match.groups()
        if character is not None:
            return _ESCAPED.get(character, character)
        number = int(octal, 8) if octal else int(next(filter(None, codes)), 16)
        return chr(number) if number < 0x110000 else ""

    read = _ESCAPE.sub(plain, text)
    # JSON writes a character beyond the first 65,536 as two.
    return _SURROGATES.sub(
        lambda two: two[0].encode("utf-16", "surrogatepass").decode("utf-16"), read
    )


def _one_of_two(pair: re.Match[str]) -> str:
    """Read a character beyond the first 65,536, which JSON writes as two."""
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")


def _untagged(text: str) -> str:
    """Take tags and comments out of HTML; what stands in them comes last, line by line.

    A quoted attribute may hold angle brackets, so this reads token by token.
    """
    if "<" not in text:
        return text
    outside: list[str] = []
    tags: list[str] = []
    start, inside, quote = 0, False, ""
    for token in _TOKEN.finditer(text):
        mark, at = token[0], token.start()
        if not inside:
            if mark == "<" and _BEGINS.match(text, at + 1):
                outside.append(text[start:at])
                start, inside = at + 1, True
        elif quote:
            quote = "" if mark == quote else quote
        elif mark == ">":
            tags.append(text[start:at])
            start, inside = at + 1, False
        elif mark == "<":  # the one before was no tag
            outside.append("<" + text[start:at])
            start = at + 1
        else:
            quote = mark
    if not tags:
        return text
    return "\n".join(["".join(outside) + "<" * inside + text[start:], *tags])


def _encoded(text: str, known: set[int]) -> Iterator[bytes]:
    """Yield what a text holds in letters and digits, wherever a run of them begins and breaks."""
    packed = "".join(text.split())
    for pattern, read, step in ((_BASE64, _base64, 4), (_HEX, _hex, 2)):
        for run in pattern.findall(packed):
            if hash((step, run)) not in known:
                known.add(hash((step, run)))
                yield from (read(run[at:]) for at in range(step))
    if _SOFT.search(text):
        yield quopri.decodestring(text.encode("utf-8", "replace"))


def _base64(run: str) -> bytes:
    run = run.translate({ord("-"): "+", ord("_"): "/"})
    return base64.b64decode(run[: len(run) - (len(run) % 4 == 1)] + "===")


def _hex(run: str) -> bytes:
    return bytes.fromhex(run[: len(run) // 2 * 2])


def _archived(data: bytes) -> Iterator[bytes]:
    """Yield what is compressed in a piece of data, wherever that begins."""
    for magic, opened in _ARCHIVED:
        at = data.find(magic)
        while at >= 0:
            if len(inner := _opened(opened(), data, at)) >= RUN:
                yield inner
            at = data.find(magic, at + 1)
    if b"PK\x03\x04" in data:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for info in archive.infolist():
                    yield info.filename.encode()
                    with archive.open(info) as member:
                        yield member.read(LARGEST)
        except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, NotImplementedError):
            return


def _opened(archive: Any, data: bytes, at: int) -> bytes:
    """Decompress what begins at a place, as far as it can be read.

    It is fed piece by piece, and given up where the first gives nothing and no block of bzip2 or
    xz has begun: a thousand beginnings in a file must not cost a thousand files.
    """
    read: list[bytes] = []
    room = LARGEST
    try:
        while not archive.eof and room > 0 and at < len(data):
            read.append(archive.decompress(data[at : at + 4096]))
            room -= len(read[-1])
            at += 4096
            if not any(read) and not isinstance(archive, _IN_BLOCKS):
                break
    except (OSError, ValueError, EOFError, zlib.error, lzma.LZMAError):
        pass  # no archive, or a broken one: what came until here is worth a look
    return b"".join(read)
