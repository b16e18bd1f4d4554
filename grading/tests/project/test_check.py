"""`make test`: what it says of a failure, and of an interruption."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from grading.project import check
from grading.tests.conftest import LONG, pytest_xdist_make_scheduler


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


@pytest.mark.parametrize("test", check.SMOKE)
def test_a_quick_test_is_there(test):
    path, _, name = test.partition("::")
    assert f"def {name}(" in (check.ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("size", ["quick", "test", "proof"])
def test_each_size_runs_its_own(size, capsys, monkeypatch):
    ran = []

    def run(command, env=None, **_):
        ran.append((" ".join(command), env))
        return SimpleNamespace(returncode=0, stdout="")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(sys, "argv", ["check", size])
    with pytest.raises(SystemExit) as stop:
        check.main()
    assert stop.value.code == 0 and ", 0 failed" in capsys.readouterr().out
    commands = [command for command, _ in ran]
    assert any(check.SMOKE[0] in c for c in commands) == (size == "quick")
    assert any("mistakes" in c for c in commands) == (size == "proof")
    whole = [env.get("MINITORCH_PROOF") for _, env in ran if env]
    assert set(whole) == ({"1"} if size == "proof" else {None})


def test_a_failure_says_how_to_run_it_alone(capsys, monkeypatch):
    monkeypatch.setattr(check, "CHECKS", [("style", [str(check.ROOT / ".venv/bin/ruff"), "check"])])
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1))
    with pytest.raises(SystemExit) as stop:
        check.main()
    assert stop.value.code == 1
    assert "again, alone: .venv/bin/ruff check" in capsys.readouterr().out


@pytest.mark.parametrize("place", LONG)
def test_what_is_begun_first_is_there(place):
    """A test that was renamed would be begun last, and one of the workers wait for it."""
    path, _, name = place.partition("::")
    text = (check.ROOT / path).read_text(encoding="utf-8")
    assert not name or f"def {name.partition('[')[0]}(" in text


@pytest.mark.parametrize("dist", ["loadfile", "load"])
def test_what_is_long_is_handed_out_by_itself(dist):
    options = {"dist": dist, "tx": ["popen"], "numprocesses": 1, "loadscopereorder": True}
    config = SimpleNamespace(
        option=SimpleNamespace(**options), getoption=options.get, getvalue=options.get
    )
    scheduler = pytest_xdist_make_scheduler(config, None)
    if dist == "load":  # whoever asks for another way gets it
        assert scheduler is None
        return
    alone = f"{LONG[1]}"
    assert scheduler._split_scope(alone) == alone
    assert scheduler._split_scope("a/test_b.py::test_c[1]") == "a/test_b.py"
    assert scheduler._split_scope(f"{LONG[5]}::test_d") == LONG[5]
