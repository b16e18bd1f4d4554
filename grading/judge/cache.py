"""A folder for what needn't be computed twice."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cache:
    """Texts by kind and key.

    Attributes:
        folder: where they lie; None keeps nothing.

    """

    folder: Path | None

    def path(self, kind: str, key: str) -> Path | None:
        """Return where a text lies; None if nothing is kept."""
        if self.folder is None:
            return None
        return self.folder / kind / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.json"

    def read(self, kind: str, key: str) -> str | None:
        """Return what was stored; None if nothing was."""
        path = self.path(kind, key)
        try:
            return path.read_text(encoding="utf-8") if path else None
        except OSError:
            return None

    def write(self, kind: str, key: str, text: str) -> None:
        """Store a text."""
        if (path := self.path(kind, key)) is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written aside and moved, so that a killed run leaves no half-written file; two that
        # write the same at one time don't meet.
        aside = path.with_suffix(f".{secrets.token_hex(8)}")
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
