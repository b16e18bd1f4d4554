"""All text is UTF-8, said at each call, and what a screen can't show stops nothing."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grading.paths import ROOT
from grading.project.notebooks import copy_of

C = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

# Where the encoding stands among the arguments, and where the mode does, in calls that open text.
OPENING = {"open": (3, 1), "read_text": (0, None), "write_text": (1, None), "fdopen": (3, 1)}
FILES = ("NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile")
ALWAYS_LOCAL = ("popen", "getoutput", "getstatusoutput")  # of os and subprocess
PACKED = ("gzip", "bz2", "lzma")  # bytes, unless the mode says text
NO_TEXT = ("tarfile", "os", "archive", "webbrowser")  # what `open` of these gives back, or wants


def _value(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def is_nameless(call: ast.Call) -> bool:
    """Tell a call that reads or writes text and names no encoding."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    inside = getattr(call.func, "value", None)
    owner = getattr(inside, "id", "(a value)") if inside else ""
    words = {word.arg: word.value for word in call.keywords}
    if "encoding" in words or None in words:
        return False
    if name in OPENING and not (name == "open" and owner in NO_TEXT):
        at, mode_at = OPENING[name]
        if name == "open" and owner not in ("", "io", *PACKED):
            at, mode_at = 2, 0  # Path.open has no file before the mode
        mode = words.get("mode")
        if mode is None and mode_at is not None and len(call.args) > mode_at:
            mode = call.args[mode_at]
        if owner in PACKED:
            return "t" in str(_value(mode) or "")
        return "b" not in str(_value(mode)) and len(call.args) <= at
    if name in FILES:
        mode = words.get("mode") or (call.args[0] if call.args else None)
        return mode is not None and "b" not in str(_value(mode))
    if name == "read":  # of a ConfigParser
        return owner in ("config", "parser") and bool(call.args)
    return (
        _value(words.get("text")) is True
        or _value(words.get("universal_newlines")) is True
        or (name in ALWAYS_LOCAL and owner in ("os", "subprocess"))
        or (name == "TextIOWrapper" and len(call.args) < 2)
    )


def nameless(tree: ast.AST) -> list[ast.Call]:
    """Find such calls."""
    return [n for n in ast.walk(tree) if isinstance(n, ast.Call) and is_nameless(n)]


def codes(root: Path) -> Iterator[tuple[str, str]]:
    """List all code of a project, a notebook cell by cell, with its place."""
    for path in sorted(root.rglob("*.py")):
        yield str(path.relative_to(root)), path.read_text(encoding="utf-8")
    for path in sorted(root.rglob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                yield f"{path.relative_to(root)}, cell {cell['id']}", "".join(cell["source"])


def _parsed(text: str) -> ast.AST:
    try:
        return ast.parse(text)
    except SyntaxError:  # a cell with IPython's own lines
        return ast.parse(re.sub(r"^(\s*)[%!].*", r"\1pass", text, flags=re.M))


def test_every_call_names_its_encoding() -> None:
    with copy_of(ROOT) as copy:
        said = [
            f"{place}, line {call.lineno}: {ast.unparse(call)[:80]}"
            for place, text in codes(copy)
            for call in nameless(_parsed(text))
        ]
    assert said == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("open('a')", True),
        ("open('a', 'w')", True),
        ("open('a', mode)", True),
        ("open('a', 'rb')", False),
        ("open('a', encoding='utf-8')", False),
        ("path.open()", True),
        ("path.open('a')", True),
        ("path.open('rb')", False),
        ("io.open('a')", True),
        ("os.open('a', os.O_RDONLY)", False),
        ("gzip.open('a.gz')", False),
        ("gzip.open('a.gz', 'rt')", True),
        ("os.fdopen(3, 'w')", True),
        ("path.read_text()", True),
        ("path.read_text('utf-8')", False),
        ("path.write_text('x')", True),
        ("path.write_text('x', 'utf-8')", False),
        ("path.read_bytes()", False),
        ("NamedTemporaryFile()", False),
        ("tempfile.NamedTemporaryFile('w')", True),
        ("tempfile.NamedTemporaryFile(mode='w+')", True),
        ("subprocess.run(a, text=True)", True),
        ("subprocess.Popen(a, universal_newlines=True)", True),
        ("subprocess.run(a, encoding='utf-8')", False),
        ("subprocess.run(a, capture_output=True)", False),
        ("subprocess.getoutput('ls')", True),
        ("os.popen('ls')", True),
        ("io.TextIOWrapper(raw)", True),
        ("config.read('settings.ini')", True),
    ],
)
def test_the_test_above_finds_what_it_should(code: str, found: bool) -> None:
    assert bool(nameless(ast.parse(code))) is found


@pytest.fixture(scope="module")
def cp1252(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a Windows in the west, as far as text goes."""
    folder = tmp_path_factory.mktemp("locale")
    if shutil.which("localedef"):
        command = ["localedef", "-f", "CP1252", "-i", "en_US", str(folder / "en_US.CP1252")]
        subprocess.run(command, capture_output=True)
    if not (folder / "en_US.CP1252").is_dir():
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail("CI must have localedef and its charmaps: .ci/run installs them.")
        pytest.skip("no localedef here, or no charmaps (the package locales)")
    return {"LOCPATH": str(folder), "LC_ALL": "en_US.CP1252", "PYTHONUTF8": "0"}


def python(
    code: str, *words: str, cwd: Path, env: dict[str, str], own: Path = ROOT
) -> subprocess.CompletedProcess[bytes]:
    """Run code in an environment of its own encoding, with the package of a project."""
    outer = {k: v for k, v in os.environ.items() if k not in ("PYTHONIOENCODING", "IN_TEST")}
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=cwd,
        env=outer | {"PYTHONPATH": str(own), "PYTHONDONTWRITEBYTECODE": "1"} | env,
        capture_output=True,
    )


def test_the_environments_are_what_they_say(cp1252: dict[str, str], tmp_path: Path) -> None:
    code = "import locale; print(locale.getpreferredencoding(False))"
    assert python(code, cwd=tmp_path, env=cp1252).stdout.strip() == b"CP1252"
    assert python(code, cwd=tmp_path, env=C).stdout.strip() == b"ANSI_X3.4-1968"


COMMAND = "from minitorch.cli import main; raise SystemExit(main())"
NBDEV = "from minitorch.cli.export import nbdev_export; raise SystemExit(nbdev_export())"


@pytest.mark.parametrize("where", ["cp1252", "C"])
@pytest.mark.parametrize("command", [COMMAND, NBDEV])
def test_the_export_is_the_same_everywhere(
    command: str, where: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """From nothing, and from what an older command left half-written."""
    env = C if where == "C" else request.getfixturevalue("cp1252")
    with copy_of(ROOT) as copy:
        package = {p.relative_to(copy): p.read_bytes() for p in copy.glob("minitorch/**/*.py")}
        (copy / "minitorch" / "scalar.py").write_bytes(b"")
        (copy / "minitorch" / "operators.py").write_bytes("x = '√·'".encode("cp1252", "replace"))
        shutil.rmtree(copy / "minitorch" / "draw")
        words = ["export"] if command is COMMAND else []
        done = python(command, *words, cwd=copy, env=env)
        assert done.returncode == 0, done.stderr.decode()
        assert {p.relative_to(copy): p.read_bytes() for p in copy.glob("minitorch/**/*.py")} == (
            package
        )
        assert python(command, *words, cwd=copy, env=env).stdout.startswith(b"The package is what")


@pytest.mark.slow
@pytest.mark.parametrize("where", ["cp1252", "C"])
def test_the_journey_of_a_module(
    where: str, request: pytest.FixtureRequest, real_release: Path
) -> None:
    """Export and tests, task by task, and the trusted half beside them."""
    env = C if where == "C" else request.getfixturevalue("cp1252")
    code = "from grading.release.journey import main; main()"
    done = python(code, str(real_release), "--module", "module1", cwd=ROOT, env=env)
    assert b"The journey ends well" in done.stdout, (done.stdout + done.stderr).decode()


SAYING = {
    "the command": (COMMAND, ["app", "1", "--no-start", "--notebook", "Übung→.ipynb"]),
    "a mistake": (COMMAND, ["show_tensor", "²,³"]),
    "its help": (COMMAND, ["train", "--help"]),
    "an expression": (COMMAND, ["show_expression", "x·y"]),
    "an export": (COMMAND, ["export"]),
    "training": ("from minitorch.cli import main; main()", ["train", "--epochs", "10"]),
    "a tensor": (
        "import minitorch as m; x = m.tensor([[1.0] * 50] * 50); print(repr(x), x)",
        [],
    ),
}


@pytest.mark.parametrize("where", ["cp1252", "C"])
@pytest.mark.parametrize("what", SAYING)
def test_what_cannot_be_shown_stops_nothing(
    what: str, where: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    env = C if where == "C" else request.getfixturevalue("cp1252")
    (tmp_path / "settings.ini").write_text(
        "[DEFAULT]\nnbs_path = nbs\nlib_path = minitorch\n", encoding="utf-8"
    )
    (tmp_path / "nbs").mkdir()
    (tmp_path / "nbs" / "π→.ipynb").write_text("no notebook", encoding="utf-8")
    code, words = SAYING[what]
    done = python(code, *words, cwd=tmp_path, env=env)
    assert b"UnicodeEncodeError" not in done.stderr and b"Traceback" not in done.stderr, done.stderr
    assert done.stdout + done.stderr


def test_no_call_of_ours_leaves_it_to_the_system(tmp_path: Path) -> None:
    """Python itself can tell: run what runs most often with a warning for each such call."""
    with copy_of(ROOT) as copy:
        loud = {"PYTHONWARNDEFAULTENCODING": "1"}
        runs = [
            (COMMAND, ["export"]),
            (COMMAND, ["show_expression", "x * y"]),
            (COMMAND, ["train", "--backend", "manual", "--epochs", "1", "--picture", "a.svg"]),
            ("from grading.course.guides import load_course; load_course('.')", []),
            (
                "from pathlib import Path; from grading.release.build import build;"
                "build(Path.cwd(), Path('release'), strict=False)",
                [],
            ),
        ]
        for code, words in runs:
            done = python(code, *words, cwd=copy, env=loud, own=copy)
            assert done.returncode == 0, done.stderr.decode()
            ours = [
                line
                for line in done.stderr.decode().splitlines()
                if "EncodingWarning" in line and "site-packages" not in line
            ]
            assert ours == []
