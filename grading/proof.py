"""The command has moved: `python -m grading proof`."""

raise SystemExit("python -m grading.proof is now: python -m grading proof")
