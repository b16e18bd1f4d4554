"""The command has moved: `python -m grading leaks`."""

raise SystemExit("python -m grading.leaks is now: python -m grading leaks")
