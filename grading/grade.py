"""The command has moved: `python -m grading grade`."""

raise SystemExit("python -m grading.grade is now: python -m grading grade")
