"""The contracts of .importlinter: who may import whom."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / ".importlinter"
EXCEPTION = re.compile(r"^ +(\S+ -> \S+)$")


def lint(config: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).parent / "lint-imports", config, "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")


def exceptions() -> list[str]:
    lines = CONTRACTS.read_text(encoding="utf-8").splitlines()
    return [match[1] for line in lines if (match := EXCEPTION.match(line))]


def test_they_are_kept() -> None:
    done = lint(CONTRACTS)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("exception", exceptions())
def test_an_exception_is_needed_and_has_its_reason(exception: str, tmp_path: Path) -> None:
    lines = CONTRACTS.read_text(encoding="utf-8").splitlines()
    (place,) = (number for number, line in enumerate(lines) if line.strip() == exception)
    above = lines[place - 1]
    assert above.lstrip().startswith("#") or EXCEPTION.match(above), "it needs a reason above it"
    without = tmp_path / ".importlinter"
    without.write_text("\n".join([*lines[:place], *lines[place + 1 :]]) + "\n", encoding="utf-8")
    done = lint(without)
    assert done.returncode == 1
    for module in exception.split(" -> "):
        assert module.rpartition(".")[2] in done.stdout


def test_a_module_without_a_floor_is_told(tmp_path: Path) -> None:
    homeless = tmp_path / ".importlinter"
    text = CONTRACTS.read_text(encoding="utf-8")
    homeless.write_text(text.replace("    benchmark\n", "", 1), encoding="utf-8")
    done = lint(homeless)
    assert done.returncode == 1 and "minitorch.benchmark" in done.stdout
