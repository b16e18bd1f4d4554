"""The controls of the sandboxes."""

from typing import Any

import pytest


def widgets() -> Any:
    """ipywidgets, where it is installed."""
    return pytest.importorskip("ipywidgets", reason="controls need ipywidgets")
