"""The built folder that the tests of the tab share."""

from __future__ import annotations

from pathlib import Path

import pytest

from grading.lite.build import build
from grading.paths import ROOT
from grading.release.build import build as build_release


@pytest.fixture(scope="session")
def release() -> Path:
    return build_release(ROOT)  # in course/student, where it may lie already


@pytest.fixture(scope="session")
def site(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("lite") / "lite", release=release)
