"""`python -m benchmarks.card`: all that only a graphics card can tell, in ten minutes at most."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.__main__ import FOLDER
from minitorch.kernels.simulator import has_gpu

ROOT = Path(__file__).resolve().parent.parent
GUIDES = ("03_cuda", "04_cuda_shared", "05_training")
TESTS = ("tests/test_cuda.py", "tests/test_train_fast.py", "tests/test_tensor_general.py")
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), *sys.path])),
    "PYTHONUNBUFFERED": "1",
}


def steps(into: Path) -> dict[str, tuple[list[str], int]]:
    """Return what to start, and for how many seconds it may run."""
    python = [sys.executable, "-m"]
    found = {
        "rows": ([*python, "benchmarks", "--rounds", "2", "--into", str(into)], 200),
        "tests": ([*python, "pytest", "-q", "-k", "cuda or gpu", *TESTS], 130),
    }
    for guide in GUIDES:
        found[guide] = ([*python, "benchmarks.card", "--guide", guide, "--into", str(into)], 80)
    return found


def run_step(name: str, command: list[str], limit: int, into: Path) -> tuple[bool, str]:
    """Run a step, keep what it said, and say how it ended."""
    log = into / f"{name}.log"
    with log.open("w", encoding="utf-8") as kept:
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=ENVIRONMENT, timeout=limit,
                stdout=kept, stderr=subprocess.STDOUT,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return False, f"stopped after {limit} s"
    last = [line for line in log.read_text(encoding="utf-8").splitlines() if line.strip()][-1:]
    return done.returncode == 0, "".join(last)


def run_guide(guide: str, into: Path) -> list[str]:
    """Run a guide on the card, keep it with its outputs, and name the cells that fail."""
    import nbformat
    from nbclient import NotebookClient

    path = ROOT / "nbs" / "guides" / "module3" / f"{guide}.ipynb"
    notebook: Any = nbformat.read(path, 4)
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=60, allow_errors=True, resources=where).execute()
    nbformat.write(notebook, into / f"{guide}.ipynb")
    return [
        f"{cell.id}: {output.ename}: {output.evalue}"
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", [])
    ]


def main() -> None:
    """Measure, test and run the guides on the card, one after another, whatever fails."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.card", description=main.__doc__)
    parser.add_argument("--into", type=Path, default=FOLDER / "card", help="folder for all of it")
    parser.add_argument("--guide", choices=GUIDES, help="run one guide only")
    chosen = parser.parse_args()
    if not has_gpu():
        sys.exit("NVIDIA's driver finds no card here. `python -m benchmarks` measures without one.")
    into: Path = chosen.into.resolve()
    into.mkdir(parents=True, exist_ok=True)
    if chosen.guide:
        failed = run_guide(chosen.guide, into)
        print("\n".join(failed) or "every cell ran")
        sys.exit(bool(failed))
    ended: dict[str, Any] = {}
    for name, (command, limit) in steps(into).items():
        start = time.perf_counter()
        good, last = run_step(name, command, limit, into)
        ended[name] = {"good": good, "seconds": round(time.perf_counter() - start), "last": last}
        words = "good" if good else "NOT GOOD"
        print(f"{name}: {words}, {ended[name]['seconds']} s: {last}", flush=True)
    (into / "steps.json").write_text(json.dumps(ended, indent=1) + "\n", encoding="utf-8")
    print((into / "rows.log").read_text(encoding="utf-8"))
    sys.exit(not all(step["good"] for step in ended.values()))


if __name__ == "__main__":
    main()
