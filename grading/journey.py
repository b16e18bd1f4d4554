"""The command has moved: `python -m grading journey`."""

raise SystemExit("python -m grading.journey is now: python -m grading journey")
