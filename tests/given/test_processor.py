"""The size of the fastest cache, as a system tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from minitorch.kernels.processor import FIRST_CACHE, first_level_cache


def describe(folder: Path, index: int, level: str, kind: str, size: str) -> None:
    cache = folder / f"index{index}"
    cache.mkdir(parents=True)
    for name, text in [("level", level), ("type", kind), ("size", size)]:
        (cache / name).write_text(text + "\n", encoding="ascii")


def test_the_first_level_for_data_is_read(tmp_path: Path) -> None:
    describe(tmp_path, 0, "1", "Instruction", "64K")
    describe(tmp_path, 1, "2", "Unified", "1M")
    describe(tmp_path, 2, "1", "Data", "48K")
    assert first_level_cache(tmp_path) == 48 * 1024


@pytest.mark.parametrize("size", ["", "K", "many", "0K", "48X"])
def test_what_cannot_be_read_is_the_usual_size(tmp_path: Path, size: str) -> None:
    describe(tmp_path, 0, "1", "Data", size)
    assert first_level_cache(tmp_path) == 32 * 1024


def test_no_description_is_the_usual_size(tmp_path: Path) -> None:
    assert first_level_cache(tmp_path / "nothing") == 32 * 1024
    (tmp_path / "index0").mkdir()
    assert first_level_cache(tmp_path) == 32 * 1024


def test_this_machine_has_a_cache_that_a_tile_fits_into() -> None:
    assert FIRST_CACHE >= 8 * 1024
