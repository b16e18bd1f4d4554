"""Installing as a person would: settings.ini is obeyed, and a wheel holds the whole package."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

from grading.paths import ROOT
from grading.project.notebooks import NOT_EXPORTED, copy_of


def settings():
    config = ConfigParser(delimiters=["="])
    config.read(ROOT / "settings.ini", encoding="utf-8")
    return config["DEFAULT"]


def test_the_bare_package_needs_numpy_and_numba_only():
    wanted = dict(each.split(">=") for each in settings()["requirements"].split())
    assert wanted == {"numpy": "2.0", "numba": "0.61"}, "each with the oldest that is tried"


def test_every_requirement_has_a_version_that_is_known_to_work():
    def name(requirement):
        for sign in "=<>[":
            requirement = requirement.split(sign)[0]
        return requirement.lower().replace("_", "-").strip()

    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {name(line) for line in lines if not line.startswith("#")}
    cfg = settings()
    kinds = ("", "notebooks_", "course_", "cluster_")
    keys = [f"{kind}requirements" for kind in kinds]
    wanted = {name(r) for key in keys for r in cfg[key].split()}
    assert wanted <= pinned, f"constraints.txt lacks {sorted(wanted - pinned)}"


def test_no_page_installs_what_somebody_else_has_on_the_index():
    pages = [p for name in ("nbs", "minitorch") for p in (ROOT / name).rglob("*") if p.is_file()]
    pages += [*ROOT.glob("*.md"), *(ROOT / "grading").rglob("*.md"), *ROOT.glob("binder/*")]
    theirs = re.compile(r"pip3? install[^`\n]*?[\s\"'\\]minitorch(?![\w/-])")
    found = [
        f"{page.relative_to(ROOT)}: {match[0]}"
        for page in pages
        if page.suffix in (".ipynb", ".md", ".py", "")
        for match in theirs.finditer(page.read_text(encoding="utf-8"))
    ]
    assert not found
    assert theirs.search('pip install "minitorch[notebooks]"')


@pytest.mark.slow
def test_a_wheel_from_a_clean_checkout_holds_the_package(tmp_path):
    with copy_of(ROOT) as copy:
        done = subprocess.run(
            [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), "."],
            cwd=copy,
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        modules = {str(p.relative_to(copy)) for p in (copy / "minitorch").rglob("*.py")}
    (wheel,) = tmp_path.glob("minitorch_notebooks-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert modules <= names
    assert {f"minitorch/{name}" for name in NOT_EXPORTED} <= names
    assert not [n for n in names if n.startswith(("grading", "tests", "nbs"))]
    metadata = next(n for n in names if n.endswith("METADATA"))
    text = zipfile.ZipFile(wheel).read(metadata).decode()
    assert f"Name: {settings()['dist_name']}\n" in text
    assert f"Version: {settings()['version']}" in text
    for extra in ("notebooks", "course", "cluster"):
        assert f"Provides-Extra: {extra}" in text


def test_a_folder_that_cannot_be_written_is_named_in_a_sentence():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(ROOT / "Makefile", folder)
        folder.chmod(0o555)
        ordinary = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
        for target in ("course", "export", "clean"):
            done = subprocess.run(
                [*(ordinary if os.getuid() == 0 else []), "make", target],
                cwd=folder,
                capture_output=True,
                encoding="utf-8",
            )
            assert done.returncode
            assert f"{folder} can't be written" in done.stdout
            assert "python3-venv" not in done.stdout
        folder.chmod(0o755)
