"""Tries what clever submissions do to get what they haven't earned, and writes the table.

`python -m grading attacks`; the cases are in `grading/tests/attacks`, and `make proof` tries them
among all other tests.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from grading.paths import ATTACKS, ROOT
from grading.project.check import TESTS, WHOLE


def main() -> None:
    """Try all of them, and exit with 1 if one gains something or harms somebody."""
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    env = os.environ | WHOLE | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([*TESTS, "grading/tests/attacks"], cwd=ROOT, env=env)
    if (ROOT / ATTACKS).exists():
        print(f"The table is in {ATTACKS}.")
    sys.exit(1 if done.returncode else 0)


if __name__ == "__main__":
    main()
