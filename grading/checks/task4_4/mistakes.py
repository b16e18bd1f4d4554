"""What was written for Task 4.4, and what is said about it at home."""

from __future__ import annotations

TOLD: dict[str, str] = {}
MISTAKES: list[object] = []
