"""Without a GPU: every CUDA kernel of the library and of the guides compiles for one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reference.pretended_gpu import (
    ARCHITECTURES,
    MAPS,
    REDUCES,
    REGISTERS,
    SHARED_BYTES,
    THREADS,
    ZIPS,
)

ROOT = Path(__file__).resolve().parents[2]
DISTANCES = ("distances", "tiled_distances", "distances_of_four")


@pytest.fixture(scope="module")
def kernels() -> list[dict[str, Any]]:
    env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", "MPLBACKEND": "Agg"}
    env.pop("NUMBA_ENABLE_CUDASIM", None)
    run = subprocess.run(
        [sys.executable, "-m", "reference.pretended_gpu"],
        cwd=ROOT, env=env, capture_output=True, encoding="utf-8", timeout=540,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    found = json.loads(run.stdout.splitlines()[-1])
    if found is None:
        pytest.skip("there is no CUDA toolkit with NVVM here")
    return found


def test_the_kernels_compile_in_both_precisions(kernels: list[dict[str, Any]]) -> None:
    products = ("_mm_practice", "_tensor_matrix_multiply", "_multiply_several")
    convolutions = ("_conv1d_kernel", "_conv2d_kernel")
    ours = (*products, *convolutions, "_sum_practice", "_map", "_zip", "_reduce")
    for kind in ("float64", "float32"):
        rows = [row for row in kernels if kind in row["types"][0]]
        assert {row["kernel"] for row in rows} >= set(ours)
        made = {name for row in rows for name in row["made from"]}
        assert made >= {*MAPS, *ZIPS, "add", "mul", "larger"}
        assert len(REDUCES) == 3


def test_the_guides_kernels_compile(kernels: list[dict[str, Any]]) -> None:
    cuda = {"saxpy", "guarded_saxpy", "times_table", "powers", "convert", "moving_sum"}
    assert {row["kernel"] for row in kernels} >= {*cuda, *DISTANCES}


def test_a_kernel_fits_on_a_card(kernels: list[dict[str, Any]]) -> None:
    for row in kernels:
        assert row["threads"] <= THREADS, row
        # Registers are handed out in eights.
        assert -(-row.get("registers", 0) // 8) * 8 * row["threads"] <= REGISTERS, row
        assert row.get("shared", 0) <= SHARED_BYTES, row


def test_barriers_are_kept(kernels: list[dict[str, Any]]) -> None:
    with_barriers = {row["kernel"] for row in kernels if row["barriers"]}
    products = {"_mm_practice", "_tensor_matrix_multiply", "_multiply_several"}
    shared = {*products, "_sum_practice", "_reduce"}
    assert with_barriers == {*shared, "moving_sum", *DISTANCES[1:]}


def test_no_local_array_is_filled_where_cells_are_aligned(kernels: list[dict[str, Any]]) -> None:
    for row in kernels:
        if row["kernel"] in ("_map", "_zip", "_reduce"):
            assert row["stores at once"] == 0, row
            assert not (row["local"] and row["kernel"] == "_reduce"), row


def test_several_results_stay_in_registers(kernels: list[dict[str, Any]]) -> None:
    assert not any(row["local"] for row in kernels if row["kernel"] == "distances_of_four")
    rows = [row for row in kernels if row["kernel"] == "_multiply_several"]
    assert len(rows) == 2 * len(ARCHITECTURES)
    side, each = 16, 4
    for row in rows:
        assert row["threads"] == side**2
        # All loops but one are written out, and the local arrays are gone.
        assert row["fused"] == side * each**2, row
        assert row["shared reads"] == side * 2 * each, row
        assert not row["local"] and row.get("stack", 0) == 0, row
        # Two blocks or more fit beside each other, so one computes while the other fetches.
        blocks = 3 if "float32" in row["types"][0] else 2
        assert blocks * -(-row.get("registers", 0) // 8) * 8 * row["threads"] <= REGISTERS, row
