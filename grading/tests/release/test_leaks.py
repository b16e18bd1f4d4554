from __future__ import annotations

import base64
import bz2
import gzip
import html
import json
import lzma
import quopri
import shutil
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import nbformat
import pytest

from grading.course.guides import load_course
from grading.release.build import build
from grading.release.layers import ROUNDS, views
from grading.release.leaks import check_tree, normal, secrets, shows, written_out
from grading.tests import tiny
from minitorch.draw.figure import image

SECRET = "product_of_both = x * y"
Plant = Callable[[Path], None]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tiny.make_project(tmp_path_factory.mktemp("leaks"))
    build(root)
    return root


@pytest.fixture(scope="module")
def wanted(project: Path) -> dict[str, str]:
    return secrets(load_course(project))


@pytest.fixture
def release(project: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(project / "course" / "student", tmp_path / "student"))


def test_what_is_secret(wanted: dict[str, str]) -> None:
    lines = {owner.split(": ", 1)[1] for owner in wanted.values()}
    assert SECRET in lines
    assert "return x if x > 0 else 0.0" in lines
    assert "def test_symmetric(first: int, second: int) -> None:" in lines
    # A whole function's docstring is given to students, and short lines say nothing.
    assert not any("order of factors" in line for line in lines)
    assert wanted["product_of_both=x*y"].startswith("Task 0.1, operators.mul: ")


def test_lines_of_given_code_are_common(project: Path) -> None:
    course = load_course(project)
    path = project / "tests" / "test_given.py"
    path.write_text(f"def helper(x, y):\n    {SECRET}\n", encoding="utf-8")
    try:
        assert "product_of_both=x*y" not in secrets(course)
    finally:
        path.unlink()
    assert "product_of_both=x*y" in secrets(course)


def test_an_untouched_release_is_clean(release: Path, wanted: dict[str, str]) -> None:
    assert check_tree(release, wanted) == []


def in_notebook(change: Callable[[nbformat.NotebookNode], None]) -> Plant:
    return lambda release: tiny.edit(release, change)


def in_file(name: str, content: str | bytes) -> Plant:
    def plant(release: Path) -> None:
        path = release / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    return plant


def in_zip(release: Path) -> None:
    with zipfile.ZipFile(release / "old.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("answers.py", f"    {SECRET}\n" * 9)


def in_history(release: Path) -> None:
    """Commits the secret, then removes it."""

    def git(*arguments: str) -> None:
        name = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", *name, *arguments], cwd=release, check=True, capture_output=True)

    git("init", "-q")
    (release / "answers.py").write_text(SECRET, encoding="utf-8")
    git("add", "answers.py")
    git("commit", "-qm", "Answers")
    (release / "answers.py").unlink()
    git("commit", "-qam", "No answers")


def set_source(cell_id: str, text: str) -> Plant:
    def change(notebook: nbformat.NotebookNode) -> None:
        tiny.cell(notebook, cell_id).source = text

    return in_notebook(change)


def set_outputs(*outputs: nbformat.NotebookNode) -> Plant:
    def change(notebook: nbformat.NotebookNode) -> None:
        tiny.cell(notebook, "picture").outputs = list(outputs)

    return in_notebook(change)


def output(kind: str, data: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_output("display_data", {kind: data})


WIDGETS = {"application/vnd.jupyter.widget-state+json": {"state": {"a": {"value": SECRET}}}}
PLANTED: dict[str, Plant] = {
    "code cell": set_source("check-1", f"def mul(x, y):\n    {SECRET}\n    return 1"),
    "reformatted": set_source("check-1", "product_of_both=x*y"),
    "prose": set_source("title", f"Hint: `{SECRET}`"),
    "quoted in a string": set_source("check-1", r'"a\n\tproduct_of_both\x20= x\u0020* y\n"'),
    "printed output": set_outputs(nbformat.v4.new_output("stream", text=f"{SECRET}\n")),
    "result": set_outputs(output("text/plain", repr(f"'{SECRET}'"))),
    "html": set_outputs(output("text/html", "<b>return</b> x if x &gt; 0 else <i>0.0</i>")),
    "svg": set_outputs(output("image/svg+xml", f"<svg><text>{SECRET}</text></svg>")),
    "image": set_outputs(
        output(
            "text/html",
            image("<svg><text>return x if x &gt; 0 <tspan>else 0.0</tspan></text></svg>", "a % b"),
        )
    ),
    "traceback": set_outputs(
        nbformat.v4.new_output("error", ename="E", evalue="", traceback=[f"---> {SECRET}"])
    ),
    "json output": set_outputs(output("text/plain", json.dumps(json.dumps([SECRET, '"'])))),
    "cell metadata": in_notebook(lambda nb: nb.cells[1].metadata.update(solution=SECRET)),
    "key of metadata": in_notebook(lambda nb: nb.cells[1].metadata.update({SECRET: 1})),
    "notebook metadata": in_notebook(lambda nb: nb.metadata.update(notes=[{"old": SECRET}])),
    "widget state": in_notebook(lambda nb: nb.metadata.update(widgets=WIDGETS)),
    "attachment": in_notebook(
        lambda nb: nb.cells[0].update(
            attachments={"a.txt": {"text/plain": base64.b64encode(SECRET.encode()).decode()}}
        )
    ),
    "sidecar": in_file("nbs/guides/module0/notes.txt", f"remember {SECRET}"),
    "package": in_file("minitorch/old.py", f"def mul(x, y):\n    {SECRET}\n"),
    "binary file": in_file("minitorch/data.bin", b"\x00\xff\x93" + SECRET.encode() + b"\x00"),
    "utf-16": in_file("notes.txt", SECRET.encode("utf-16")),
    "gzip": in_file("notes.gz", gzip.compress(SECRET.encode())),
    "zip": in_zip,
    "base64": in_file("notes.txt", b"see " + base64.b64encode(SECRET.encode())),
    "base64 lines": in_file("notes.txt", base64.encodebytes(b"# padding\n" * 9 + SECRET.encode())),
    "base64 of gzip": in_file("notes.txt", base64.b64encode(gzip.compress(SECRET.encode()))),
    "hex": in_file("notes.txt", SECRET.encode().hex()),
    "file name": in_file(f"{SECRET}.txt", ""),
    "folder name": in_file(f"{SECRET}/empty.txt", ""),
    "git history": in_history,
}


@pytest.mark.parametrize("kind", PLANTED)
def test_planted_secrets_are_caught(release: Path, wanted: dict[str, str], kind: str) -> None:
    PLANTED[kind](release)
    found = [str(leak) for leak in check_tree(release, wanted)]
    assert any("Task 0.1, operators." in each for each in found), found


LESS = "return x if x > 0 else 0.0"
TOKENS = ["return", " ", "x", " ", "if", " ", "x", " ", ">", " ", "0", " ", "else", " ", "0.0"]


def coloured(line: str = LESS) -> str:
    """As IPython colours the marked line of a traceback: each token by itself."""
    assert line == LESS
    painted = "".join(f"\x1b[30;43m{token}\x1b[39;49m" for token in TOKENS)
    return f"\x1b[32m---> \x1b[39m\x1b[32m72\x1b[39m     {painted}\x1b[m\n"


def highlighted(line: str = LESS) -> str:
    """As Pygments and Quarto write code into a page."""
    assert line == LESS
    spans = "".join(f'<span class="n">{html.escape(token)}</span>' for token in TOKENS)
    return f'<div class="ln" title="a > b"><a href="#l7">7</a> {spans}<!-- > --></div>'


def base64d(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def png(kind: bytes, text: bytes) -> bytes:
    """A picture's signature and one chunk of text."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(text)) + kind + text + b"\0\0\0\0"


DRAWING = f"<svg><text>{html.escape(LESS)}</text></svg>"
# Each holds the line LESS in a notation of its own.
WRITTEN: dict[str, str | bytes] = {
    "colours": coloured(),
    "true colours": LESS.replace(" ", "\x1b[38;2;1;2;3m \x1b[0m"),
    "eight-bit colours": LESS.replace(" ", "\x9b1m "),
    "a link of a terminal": f"\x1b]8;;file:///{LESS}\x1b\\here\x1b]8;;\x1b\\",
    "entities": html.escape(LESS),
    "numbered entities": "".join(f"&#{ord(each)};" for each in LESS),
    "hexadecimal entities": "".join(f"&#x{ord(each):x};" for each in LESS),
    "tags": highlighted(),
    "a tag that holds one": f"retu<span title='a < b'>rn</span>{html.escape(LESS[6:])}",
    "breaks of words": LESS.replace("x", "x<wbr>&shy;"),
    "a comment": LESS.replace(" ", "<!-- x -->"),
    "alt": f'<img alt="{html.escape(LESS)}">',
    "title": f"<b title='{html.escape(LESS)}'>",
    "data": f'<div data-code="{html.escape(LESS)}"></div>',
    "a page in an attribute": f'<iframe srcdoc="{html.escape(highlighted())}"></iframe>',
    "JSON": json.dumps(LESS.replace(" ", '"\n"')).replace('\\"', ""),
    "JSON in ASCII": json.dumps("é" + LESS.replace(" ", "\u3000")),
    "unicode escapes": "".join(f"\\u{ord(each):04x}" for each in LESS),
    "braced escapes": "".join(f"\\u{{{ord(each):x}}}" for each in LESS),
    "long escapes": "".join(f"\\U{ord(each):08x}" for each in LESS),
    "hexadecimal escapes": "".join(f"\\x{ord(each):02x}" for each in LESS),
    "octal escapes": "".join(f"\\{ord(each):03o}" for each in LESS),
    "percent signs": quote(LESS),
    "quoted-printable": quopri.encodestring(LESS.replace("if", "i=f").encode()).replace(
        b"i=3Df", b"i=\nf"
    ),
    "a drawing": f"data:image/svg+xml;charset=utf-8,{quote(DRAWING)}",
    "base64": base64d(LESS),
    "base64 amid words": f"solution{base64d(LESS)}end",
    "base64 for addresses": base64.urlsafe_b64encode(b"\xff\xfe?>" + LESS.encode()),
    "base64 without an end": base64d(LESS).rstrip("="),
    "base64 in lines": base64.encodebytes(b"# far away\n" * 9 + LESS.encode()),
    "base64 in quoted lines": json.dumps(
        {"data": base64.encodebytes(b"#" * 60 + LESS.encode()).decode().splitlines(True)}
    ),
    "base64 in narrow lines": "\n".join(base64d(LESS)[at : at + 8] for at in range(0, 40, 8)),
    "a data address": f"<img src='data:image/svg+xml;base64,{base64d(DRAWING)}'>",
    "escaped base64": json.dumps(base64d("?>?>" + LESS))
    .replace("/", "\\/")
    .replace("+", "\\u002b"),
    "hex": LESS.encode().hex(),
    "hex in pairs": LESS.encode().hex(" "),
    "no width": LESS.replace(" ", "\u200b \u2060").replace("tu", "t\u00adu\ufeff"),
    "full width": "".join(chr(ord(each) + 0xFEE0) if each != " " else "\u3000" for each in LESS),
    "numbers": f" 11  a = 1\n 12  {LESS}\n",
    "wrapped": LESS.replace(" else", "\n else"),
    "wrapped and numbered": f"12: {LESS}".replace(" else", "\n13:     else"),
    "wrapped in a quotation": f"> {LESS}".replace(" else", "\n> else"),
    "wrapped in comments": f"# {LESS}".replace(" else", "\n# else"),
    "wrapped in a change": f"+{LESS}".replace(" else", " \\\n+    else"),
    "wrapped in a frame": f"│ {LESS}".replace(" else", " ↩\n│ else"),
    "wrapped in a table": f"| 12 | {LESS}".replace(" else", "\n| 13 | else"),
    "UTF-16": LESS.encode("utf-16"),
    "UTF-16 without a mark": b"\0\xff\xff" + LESS.encode("utf-16-le"),
    "UTF-16, big end first": b"\xff\xff" + LESS.encode("utf-16-be"),
    "another encoding": f"é {LESS}".encode("cp1252"),
    "gzip": gzip.compress(LESS.encode()),
    "zlib": zlib.compress(LESS.encode(), 9),
    "bzip2": bz2.compress(LESS.encode()),
    "xz": lzma.compress(LESS.encode()),
    "gzip in the middle": b"\x00\x01\xff" * 9 + gzip.compress(LESS.encode()) + b"\xff" * 9,
    "a picture's text": png(b"tEXt", b"Comment\0" + LESS.encode()),
    "a picture's compressed text": png(b"zTXt", b"Comment\0\0" + zlib.compress(LESS.encode())),
    # in one another
    "tags in JSON in base64": base64d(json.dumps({"text/html": highlighted()})),
    "JSON of colours": json.dumps({"traceback": [coloured()]}),
    "JSON of JSON of tags": json.dumps(json.dumps({"html": [highlighted()]})),
    "a drawing in a page in JSON": json.dumps(
        f"<img src='data:image/svg+xml;base64,{base64d(DRAWING)}'>"
    ),
    "JSON in an attribute": f'<i data-x="{html.escape(json.dumps({"a": highlighted()}))}">',
    "base64 in tags": "".join(f"<b>{each}</b>" for each in base64d(LESS)),
    "base64 in colours": "\x1b[1m".join(base64d(LESS)),
    "base64 of base64": base64d(base64d(base64d(LESS))),
    "base64 of gzip of JSON of entities": base64d(
        gzip.compress(json.dumps([html.escape(LESS)] * 2).encode())
    ),
    "gzip of a picture in a page": gzip.compress(
        f"<img src='data:image/png;base64,{base64d(png(b'tEXt', LESS.encode()))}'>".encode()
    ),
    "percent signs of percent signs": quote(quote(quote(LESS))),
    "entities of entities": html.escape(html.escape(html.escape(LESS))),
    "escapes in entities in percent signs": quote(html.escape(json.dumps(json.dumps(LESS + '"')))),
    "hex of highlighted base64": "".join(f"<i>{e}</i>" for e in base64d(LESS)).encode().hex(),
}


@pytest.mark.parametrize("notation", WRITTEN)
@pytest.mark.parametrize("around", ["alone", "text", "cell", "binary"])
def test_a_line_is_found_under_every_notation(notation: str, around: str) -> None:
    data = WRITTEN[notation]
    data = data if isinstance(data, bytes) else data.encode()
    if around == "text":
        data = b"Some words before it.\n" + data + b"\nAnd some words after it.\n"
    elif around == "binary":
        data = b"\xff\x80\x00\x93" * 5 + data + b"\x00\xff"
    elif around == "cell":
        text = data.decode("latin-1") if notation.startswith(("UTF", "another")) else None
        if text is None:
            try:
                text = data.decode()
            except UnicodeDecodeError:
                text = base64d(data)  # as a notebook holds what is no text
        data = json.dumps({"cells": [{"outputs": [{"data": {"text/plain": [text]}}]}]}).encode()
    assert any(normal(LESS) in view for view in views(data))


@pytest.mark.parametrize("line", ["x=lines[3:5:2]", "longer=" + "y+" * 40, "größe=ï+" + "μ" * 9])
def test_a_line_is_found_wherever_it_lies(line: str) -> None:
    others = [f"another_line_{n}=of_as_many_characters" for n in range(300)]
    for before in range(17):
        for after in range(17):
            text = "a" * before + line + "b" * after
            assert shows(text, [*others, line]), (before, after)
            assert not shows(text.replace("=", "_"), [*others, line])


def test_depth_has_its_limit_and_says_so() -> None:
    """What the module says isn't covered, isn't: the limit is where it is said to be."""
    text = LESS
    for _ in range(ROUNDS):
        text = html.escape(text)
    assert shows(text, [normal(LESS)])
    for _ in range(ROUNDS):
        text = html.escape(text)
    assert not shows(text, [normal(LESS)])


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "A" * 17,
            "A" * 19 + "\\n",
            "0a",
            "%4",
            "=\t",
            "=\n",
            "\\",
            "&#",
            "[",
            '{"',
            "> 1 ",
            "1 | ",
        ),
        *("<a ", '<a "', "<!--", "\x1b]", "\x1b[0", "\u200b"),
        *("PK\x03\x04", "x\x9c", "\x1f\x8b\x08", "\x1f\x8b\x08\x1f", "BZh", "BZh91AY&SY"),
    ],
)
def test_time_grows_with_the_size_and_no_faster(piece: str) -> None:
    def seconds(size: int) -> float:
        data = (piece * (size // len(piece))).encode("latin-1", "ignore")
        started = time.process_time()
        for _ in views(data):
            pass
        return time.process_time() - started

    seconds(1000)
    # Eight times the text takes 64 times as long where time is quadratic.
    assert seconds(400_000) < 24 * max(seconds(50_000), 0.01)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("cell metadata", f"{tiny.GUIDE}, cell exp metadata solution: shows Task 0.1"),
        ("widget state", f"{tiny.GUIDE}, metadata widgets .* value: shows Task 0.1"),
        ("package", "minitorch/old.py: shows Task 0.1, operators.mul: product_of_both"),
    ],
)
def test_a_leak_says_where(release: Path, wanted: dict[str, str], kind: str, says: str) -> None:
    import re

    PLANTED[kind](release)
    assert any(re.search(says, str(leak)) for leak in check_tree(release, wanted))


@pytest.mark.parametrize(
    "name", ["grading/judge/judge.py", "minitorch/__pycache__/a.pyc", ".git/HEAD"]
)
def test_what_has_no_place(release: Path, wanted: dict[str, str], name: str) -> None:
    in_file(name, "harmless")(release)
    assert any("no place in a release" in str(leak) for leak in check_tree(release, wanted))


def test_links_are_refused(release: Path, wanted: dict[str, str], tmp_path: Path) -> None:
    (release / "data").symlink_to(tmp_path)
    assert any("is a link" in str(leak) for leak in check_tree(release, wanted))


def test_a_solution_written_out_in_given_code(tmp_path: Path) -> None:
    root = tiny.make_project(tmp_path / "project")
    body = "total = x * y\n    if total == 0:\n        total = 0.0\n    return total + zero_of(x)"

    def change(notebook: nbformat.NotebookNode) -> None:
        cell = tiny.cell(notebook, "operators")
        cell.source = cell.source.replace(f"{SECRET}\n    return product_of_both", body)

    tiny.edit(root, change)
    assert written_out(load_course(root)) == []
    tiny.edit(
        root, lambda nb: tiny.cell(nb, "picture").update(source=f"def times(x, y):\n    {body}")
    )
    assert "operators.mul is written out in given code" in written_out(load_course(root))[0]


def test_command(project: Path) -> None:
    def leaks(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "grading", "leaks", *arguments]
        return subprocess.run(command, cwd=project, capture_output=True, encoding="utf-8")

    good = leaks()
    assert good.returncode == 0 and "none of 9 solution lines" in good.stdout
    bad = leaks("nbs")
    assert bad.returncode == 1 and "01_functions.ipynb, cell operators source: shows" in bad.stderr
    missing = leaks("nowhere")
    assert missing.returncode == 1 and "there is no release" in missing.stderr
