from __future__ import annotations

import base64
import gzip
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from grading.course.guides import load_course
from grading.release.build import build
from grading.release.leaks import check_tree, secrets, written_out
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
