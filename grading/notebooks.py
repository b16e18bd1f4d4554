"""The command has moved: `python -m grading notebooks`."""

raise SystemExit("python -m grading.notebooks is now: python -m grading notebooks")
