"""`make test`: what it says of a failure, and of an interruption."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from grading.project import check


@pytest.fixture(autouse=True)
def typed(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["check"])


def test_an_interruption_is_a_sentence(capsys, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "run", interrupted)
    with pytest.raises(SystemExit) as stop:
        check.main()
    out = capsys.readouterr().out
    assert stop.value.code == 130
    assert "Interrupted" in out and "tests: " in out


def test_a_failure_says_how_to_run_it_alone(capsys, monkeypatch):
    monkeypatch.setattr(check, "CHECKS", [("style", [str(check.ROOT / ".venv/bin/ruff"), "check"])])
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1))
    with pytest.raises(SystemExit) as stop:
        check.main()
    assert stop.value.code == 1
    assert "again, alone: .venv/bin/ruff check" in capsys.readouterr().out
