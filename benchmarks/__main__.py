"""`python -m benchmarks`: measure, print the table, and keep it here as JSON."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from minitorch.benchmark import as_table, measure

FOLDER = Path(__file__).resolve().parent / "results"


def main() -> None:
    """Measure every side that this machine has, and write what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="turns for each side (3)")
    parser.add_argument("--least", type=float, default=0.2, help="seconds for each case (0.2)")
    parser.add_argument("--into", type=Path, default=FOLDER, help="folder for the JSON file")
    chosen = parser.parse_args()
    if chosen.rounds < 1:
        parser.error(f"--rounds is {chosen.rounds}; there has to be at least one round.")
    chosen.into.mkdir(parents=True, exist_ok=True)
    results = measure(chosen.rounds, chosen.least, lambda text: print(text, file=sys.stderr))
    print(as_table(results))
    name = re.sub(r"\W+", "-", results["machine"].get("card", "cpu")).lower()
    target = chosen.into / f"{name}.json"
    target.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"Wrote {target}", file=sys.stderr)


if __name__ == "__main__":
    main()
