"""The command has moved: `python -m grading release`."""

raise SystemExit("python -m grading.release is now: python -m grading release")
