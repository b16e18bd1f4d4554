"""A pytest plugin that writes what became of each test, and why, to the file in OUTCOMES.

It stands alone: the student's journey loads it beside a student's project, where nothing else of
the instructor's side exists. ONLY may name a file with the ids of the tests to run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

_records: dict[str, dict[str, Any]] = {}


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for each in error.exceptions for leaf in _leaves(each)]
    return [error]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests that ONLY names."""
    if only := os.environ.get("ONLY"):
        wanted = set(json.loads(Path(only).read_text(encoding="utf-8")))
        config.hook.pytest_deselected(items=[i for i in items if i.nodeid not in wanted])
        items[:] = [item for item in items if item.nodeid in wanted]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, None]:
    """Note outcome, task marks and errors of a test."""
    report = (yield).get_result()
    record = _records.setdefault(
        item.nodeid,
        {
            "marks": sorted({m.name for m in item.iter_markers()}),
            "outcome": "passed",
            "errors": [],
            "seconds": 0.0,
        },
    )
    record["seconds"] += report.duration
    if hasattr(report, "wasxfail"):
        record["outcome"] = "xfailed" if report.skipped else "xpassed"
    elif not report.passed:
        record["outcome"] = report.outcome
    if call.excinfo is not None and report.failed:
        record["errors"] += [
            [type(e).__name__, str(e).split("\n")[0][:300]] for e in _leaves(call.excinfo.value)
        ]


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Note a file that can't be collected."""
    if report.failed:
        text = str(report.longrepr).strip().split("\n")[-1]
        _records[report.nodeid] = {
            "marks": [],
            "outcome": "failed",
            "errors": [["CollectError", text]],
            "seconds": 0.0,
        }


def pytest_sessionfinish() -> None:
    """Write the file."""
    if target := os.environ.get("OUTCOMES"):
        Path(target).write_text(json.dumps(_records), encoding="utf-8")
