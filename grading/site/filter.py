"""The site's notebook filter: what a reader shouldn't see or Quarto can't read is taken out.

Quarto starts it with `python3`, gives it a notebook's JSON on standard input and renders the JSON
that it prints. It therefore imports nothing but the standard library and what needs no more.

What it does to each notebook:

- solutions become the stubs that a student gets, and their cells' outputs go, as do answers that
  are graded by hand (not for instructors);
- nbdev's directives go (Quarto would read `#| export` as options of its own);
- cells marked `#| hide` and cells with nothing left in them go;
- each figure's alternative text, which lies in the SVG's <desc>, becomes the image's; a long one is
  cut after a sentence there, and stands whole in a folded paragraph below;
- each figure gets its number on the page and its title as a caption;
- code that is folded in JupyterLab is folded here, too, and says what it is; so are long stubs,
  which nobody can write into on a page;
- a task's card gets a frame, and its stubs and its check get its name and its edge;
- an exported cell of a guide says where it goes, since the line that says so in JupyterLab is gone;
- cells lose their metadata (Quarto would write nbgrader's marks into the page), and their ids get a
  prefix (Quarto makes them the page's ids: `hints` would catch the links to the section of that
  name, and `tip-1` would become a callout).

Quarto sets QUARTO_PROFILE to the profiles in use; solutions stay for `instructor` alone.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from grading.course.figures import TITLE, alt_text  # noqa: E402
from grading.course.regions import UNWRITTEN, WRITTEN, strip_solutions, task_label  # noqa: E402
from grading.site.folding import DIRECTIVE, WHY, folded, reasons, text_of  # noqa: E402
from grading.site.prose import card_of, for_the_site  # noqa: E402

OPTION = re.compile(r"^\s*#\|\s*[\w-]+:(\s|$)")
MARK = re.compile(r"^ *# (BEGIN|END) SOLUTION.*\n?", re.MULTILINE)
EXPORT = re.compile(r"^#\|\s*exporti?(?:[ \t]+(?P<module>[\w.]+))?[ \t]*$", re.MULTILINE)
DEFAULT = re.compile(r"^#\|\s*default_exp[ \t]+(?P<module>[\w.]+)", re.MULTILINE)
TASK = re.compile(r"^ *# BEGIN SOLUTION (?P<task>\S+)", re.MULTILINE)
CHECK = re.compile(r"(?:test|written)-(?P<task>\w+)")
ALT = 600  # characters: a screen reader can't skip inside an alternative text
STUB = 16  # lines


def without_directives(source: str) -> str:
    """Drop nbdev's directives and keep Quarto's options, which have the form `#| key: value`."""
    kept = [
        line
        for line in source.splitlines(keepends=True)
        if not DIRECTIVE.match(line) or OPTION.match(line)
    ]
    return "".join(kept).strip("\n")


def shortened(text: str) -> str:
    """Return an alternative text, cut after a sentence if it is too long for a screen reader."""
    if len(text) <= ALT:
        return text
    room = text[: ALT - 40]
    end = max(room.rfind(". "), room.rfind("; "), room.rfind(": "))
    return (room[:end] if end > 0 else room).rstrip() + ". All of it is said below the figure."


def alternatives(cell: dict[str, Any]) -> str | list[str]:
    """Return the alternative text of a cell's figure; of several, a list as long as its outputs.

    Quarto looks an output's text up by the output's place, after it has joined equal streams.
    """
    texts: list[str] = []
    streams: set[str] = set()
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            if output["name"] in streams:
                continue
            streams.add(output["name"])
        svg = output.get("data", {}).get("image/svg+xml", "")
        texts.append(shortened(alt_text(text_of(svg))) if svg else "")
    said = [text for text in texts if text]
    return texts if len(said) > 1 else "".join(said)


def figures(cell: dict[str, Any]) -> list[str]:
    """List the SVG figures among a cell's outputs."""
    bundles = [output.get("data", {}) for output in cell.get("outputs", [])]
    return [text_of(data["image/svg+xml"]) for data in bundles if "image/svg+xml" in data]


def in_words(cell: dict[str, Any]) -> str:
    """Return a folded paragraph with the words of figures that say more than an image can."""
    words = [alt_text(svg) for svg in figures(cell)]
    said = [text for text in words if len(text) > ALT]
    if not said:
        return ""
    # Text of a figure is no Markdown: a lone dollar or an underscore stays what it is.
    paragraphs = "\n".join(f"<p>{escape(text)}</p>" for text in said)
    summary = "<summary>The figure in words</summary>"
    return f'<details class="in-words">\n{summary}\n{paragraphs}\n</details>'


def markdown(cell_id: str, text: str) -> dict[str, Any]:
    """Make a cell of Markdown."""
    source = text.splitlines(keepends=True)
    return dict(cell_type="markdown", id=cell_id, metadata={}, source=source)


def title(svg: str) -> str:
    """Return a figure's title as Markdown that is read as it stands."""
    match = TITLE.search(svg)
    words = " ".join(unescape(match[1]).split()) if match else "A figure"
    return re.sub(r"([\\$*_@~^\[\]<>`])", r"\\\1", words)


def filter_cell(
    cell: dict[str, Any], solutions: bool, reason: str = "", task: str = "", number: int = 0
) -> dict[str, Any] | None:
    """Return the cell as the site shows it, or None where it has no place there.

    Args:
        cell: A cell, as JSON.
        solutions: True keeps the solutions.
        reason: Why its code is folded, a word of `WHY`; empty if it isn't.
        task: What the cell is to a task, `task-stub` or `task-check`; else empty.
        number: Of its figure on the page; 0 where figures have no numbers.

    """
    marks = cell["metadata"].get("nbgrader", {})
    by_hand = marks.get("solution") and marks.get("grade") and not solutions
    if cell["cell_type"] != "code":
        text = text_of(cell["source"])
        shown = for_the_site(text) if cell["cell_type"] == "markdown" else text
        return dict(cell, metadata={}, source=[WRITTEN] if by_hand else shown.splitlines(True))
    source = text_of(cell["source"])
    if re.match(r"\s*#\|\s*hide\s*$", source.split("\n", 1)[0]):
        return None
    outputs = cell.get("outputs", [])
    if not solutions and MARK.search(source):
        source, outputs = strip_solutions(source), []
    elif by_hand:
        source, outputs = UNWRITTEN, []
    source = MARK.sub("", source)
    source = without_directives(source)
    if not source and not outputs:
        return None
    shown = dict(cell, outputs=outputs, metadata={})
    if "id" in cell:
        shown["id"] = "cell-" + cell["id"].removeprefix("cell-")
    long = task == "task-stub" and len(source.splitlines()) > STUB
    options: dict[str, Any] = {}
    if task:
        options["classes"] = task
    if reason or long:
        options["code-fold"] = True
        words = WHY[reason] if reason else "Your cell"
        made = names(source) if reason in ("", "long", "skip") else ""
        if reason != "asked":
            options["code-summary"] = f"{words}: {made}" if made else words
    if alt := alternatives(shown):
        options["fig-alt"] = alt
    if number and len(drawn := figures(shown)) == 1:
        options["fig-cap"] = f"Figure {number}. {title(drawn[0])}"
    said = [
        # JSON's quoting is YAML's too.
        f"#| {name}: {json.dumps(value, ensure_ascii=False)}\n"
        for name, value in options.items()
        if f"#| {name}:" not in source
    ]
    shown["source"] = ("".join(said) + source).splitlines(keepends=True)
    return shown


def names(source: str) -> str:
    """Return the names of the classes and functions that a cell makes."""
    found = re.findall(r"^(?:def|class) ([A-Za-z]\w*)", source, re.MULTILINE)
    return ", ".join(found[:4]) + (", …" if len(found) > 4 else "")


def role(cell: dict[str, Any]) -> tuple[str, str]:
    """Return what a cell is to a task, and the task's name: `("task-stub", "Task 1.2")`."""
    mark = cell["metadata"].get("nbgrader", {})
    if cell["cell_type"] != "code" or not (mark.get("solution") or mark.get("grade")):
        return "", ""
    source = text_of(cell["source"])
    tasks = dict.fromkeys(TASK.findall(source)) or dict.fromkeys(
        CHECK.findall(mark.get("grade_id", ""))
    )
    kind = "task-stub" if mark.get("solution") else "task-check"
    return kind, " and ".join(task_label(task) for task in tasks)


def caption(cell: dict[str, Any], default: str, tasks: bool) -> str:
    """Return the line above a cell: its task, and the module that it goes to."""
    kind, name = role(cell)
    words = {"task-stub": "your code", "task-check": "the check"}.get(kind, "")
    export = EXPORT.search(text_of(cell["source"])) if cell["cell_type"] == "code" else None
    module = (export["module"] or default) if export and tasks else ""
    path = f"`minitorch/{module.replace('.', '/')}.py`" if module else ""
    parts = [part for part in (name, words, f"goes to {path}" if path else "") if part]
    if not parts:
        return ""
    return f"[{' · '.join(parts)}]{{.{'task-label' if name else 'goes-to'}}}"


def filter_notebook(notebook: dict[str, Any], solutions: bool = False) -> dict[str, Any]:
    """Return the notebook as the site shows it.

    Args:
        notebook: A notebook as JSON, version 4.
        solutions: True keeps the solutions, for the instructor's site.

    """
    sources = [text_of(cell["source"]) for cell in notebook["cells"]]
    tasks = any(card_of(source) for source in sources)
    default = next((m["module"] for m in map(DEFAULT.search, sources) if m), "")
    deck = notebook["cells"][:1] and notebook["cells"][0]["cell_type"] == "raw"
    cells: list[dict[str, Any]] = []
    count = 0  # of figures
    for number, (cell, why) in enumerate(zip(notebook["cells"], reasons(notebook), strict=True)):
        # The metadata decides; the rule says in which words.
        reason = (
            (why or "asked")
            if folded(cell)
            else why
            if "code-fold: true" in text_of(cell["source"])
            else ""
        )
        shown = filter_cell(cell, solutions, reason, role(cell)[0], 0 if deck else count + 1)
        if shown is None:
            continue
        count += len(figures(shown))
        if above := caption(cell, default, tasks):
            cells.append(markdown(f"caption-{number}", above))
        cells.append(shown)
        if cell["cell_type"] == "code" and (words := in_words(shown)):
            cells.append(markdown(f"words-{number}", words))
    return dict(notebook, cells=cells)


def pipe(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change the notebook on standard input and print it."""
    try:
        notebook = json.load(sys.stdin)
    except json.JSONDecodeError as error:
        sys.exit(f"The site filter was given something that isn't a notebook: {error}")
    json.dump(change(notebook), sys.stdout, ensure_ascii=False)


def for_instructors() -> bool:
    """Tell whether Quarto renders the instructor's site."""
    return "instructor" in os.environ.get("QUARTO_PROFILE", "").split(",")


if __name__ == "__main__":
    pipe(lambda notebook: filter_notebook(notebook, for_instructors()))
