"""One kernel for one task: wrong answers and the right one, each followed by the visible check.

Run by `test_corrected.py` as a program with a plan; it stands alone, as a notebook's kernel does.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell


def main() -> None:
    """Carry out the plan whose path is the first argument; print what came of it as JSON."""
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    shell = InteractiveShell.instance()
    shell.colors = "NoColor"
    os.chdir(plan["folder"])

    def run(source: str) -> str:
        """Run a cell; return what it raised, or nothing."""
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            result = shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        return "" if error is None else f"{type(error).__name__}: {error}"

    def answer(step: dict[str, Any]) -> None:
        """Save and export other notebooks' answers, and run this one's."""
        for name, text in step["files"].items():
            Path(name).write_text(text, encoding="utf-8")
        for source in step["cells"].values():
            run(source)

    first = plan["wrong"][0]
    for name, text in first["files"].items():
        Path(name).write_text(text, encoding="utf-8")
    for cell in plan["before"]:
        run(first["cells"].get(cell["id"], cell["source"]))
    said = []
    for number, wrong in enumerate(plan["wrong"]):
        if number:
            answer(wrong)
        red = run(plan["check"])
        answer(plan["right"])
        said.append({"name": wrong["name"], "red": red, "after": run(plan["check"])})
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
