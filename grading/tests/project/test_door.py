"""The one door, `python -m grading VERB`, and where the commands of before went."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys

import pytest

from grading import __main__ as door
from grading.paths import CHECKS, ROOT


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, encoding="utf-8")


def test_every_verb_leads_to_a_main_and_is_listed(capsys, monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", ["grading"])
    door.main()
    listed = capsys.readouterr().out
    for verb, (does, module) in door.VERBS.items():
        assert f"{verb} " in listed and does in listed
        assert callable(importlib.import_module(f"grading.{module}").main)


def test_a_verb_takes_its_words_and_an_unknown_one_is_a_sentence() -> None:
    asked = run("-m", "grading", "leaks", "-h")
    assert asked.returncode == 0 and "python -m grading leaks" in asked.stdout
    wrong = run("-m", "grading", "grades")
    assert wrong.returncode == 1 and "There is no verb 'grades'" in wrong.stderr
    assert "Traceback" not in wrong.stderr


@pytest.mark.parametrize("verb", ["grade", "proof", "release", "leaks", "journey", "notebooks"])
def test_an_old_command_says_where_it_went(verb: str) -> None:
    done = run("-m", f"grading.{verb}")
    assert done.returncode == 1
    assert done.stderr.strip() == f"python -m grading.{verb} is now: python -m grading {verb}"


def test_the_proof_needs_no_nbgrader() -> None:
    code = "import sys; sys.modules['nbgrader'] = None; import grading.judge.proof"
    assert run("-c", code).returncode == 0


def test_only_the_door_imports_by_string_and_checks_import_nothing_of_the_judge() -> None:
    """So the contracts, which see import statements in packages, see all of them."""
    for path in sorted((ROOT / "grading").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith("grading/tests/") or name == "grading/__main__.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and "import_module" in ast.unparse(node.func):
                assert "grading" not in ast.unparse(node), name
            if isinstance(node, ast.ImportFrom) and name.startswith(CHECKS.as_posix()):
                assert not (node.module or "").startswith("grading") or (
                    node.module == "grading.checks"
                ), name
