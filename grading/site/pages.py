"""Pages that are made before rendering: the tasks, the figures, the reference of the package.

Quarto starts it (`pre-render`); what it writes, in `pages/`, is in no commit. The reference comes
from the package's own text: signatures, docstrings, and the notebook in which each thing is made.

Only the standard library is needed here.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from grading.paths import ROOT  # noqa: E402
from grading.site.filter import figures, filter_notebook, title  # noqa: E402
from grading.site.folding import text_of  # noqa: E402
from grading.site.prose import CARD  # noqa: E402

FOLDER = Path("pages")
CELL = re.compile(r"^# %% (?P<notebook>\S+) #(?P<cell>\S+)$")
SECTION = re.compile(r"^(Args|Returns|Raises|Attributes|Yields|Source|Note|Notes|Example):", re.M)
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
LANGUAGE = "```"


def guides(root: Path) -> list[Path]:
    """List the guides in the order of the navigation."""
    text = (root / "_quarto.yml").read_text(encoding="utf-8")
    return [root / name for name in re.findall(r"^ *- (nbs/guides/\S+\.ipynb)$", text, re.M)]


def cells(path: Path) -> list[dict[str, Any]]:
    """Read the cells of a notebook."""
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def heading(path: Path) -> str:
    """Return the title of a notebook."""
    first = text_of(cells(path)[0]["source"])
    return first.partition("\n")[0].removeprefix("# ").strip()


def link(path: Path, root: Path, anchor: str = "") -> str:
    """Return a notebook's address as the pages here see it."""
    return f"../{path.relative_to(root).as_posix()}{'#' + anchor if anchor else ''}"


def front(title: str, about: str) -> str:
    """Open a page."""
    return f'---\ntitle: "{title}"\n---\n\n> {about}\n\n'


def tasks_page(root: Path) -> str:
    """List every task with its card's words."""
    rows = ["| task | points | you write | difficulty | time |", "|---|--|-----------|--|--|"]
    for path in guides(root):
        for cell in cells(path):
            source = text_of(cell["source"])
            match = CARD.search(source) if cell["cell_type"] == "markdown" else None
            if match is None:
                continue
            lines = [
                [part.strip() for part in re.split(r"(?<!\\)\|", line)[1:-1]]
                for line in match[0].strip().splitlines()
            ]
            card = {line[0].strip("*"): line[-1] for line in lines[2:] if len(line) > 1}
            anchor = re.search(r'<a id="([\w-]+)"', source)
            to = link(path, root, anchor[1] if anchor else "")
            points = lines[0][-1].removesuffix(" points")
            write = LINK.sub(r"\1", card.get("write", ""))
            rows.append(
                f"| [{match['name'].strip()}]({to}) | {points} | {write} "
                f"| {card.get('difficulty', '')} | {card.get('time', '')} |"
            )
    return front("The tasks", "All that you write, in the order of the course.") + "\n".join(rows)


def figures_page(root: Path) -> str:
    """List every figure of the guides with its number on its page."""
    parts = [front("The figures", "Each with its number on its page, drawn by the course itself.")]
    for path in guides(root):
        named = []
        for cell in filter_notebook({"cells": cells(path)})["cells"]:
            for svg in figures(cell):
                named.append(f"{len(named) + 1}. [{title(svg)}]({link(path, root, cell['id'])})")
        if named:
            parts.append(f"## {heading(path)}\n\n" + "\n".join(named) + "\n\n")
    return "".join(parts)


@dataclass(frozen=True)
class Thing:
    """A class, a function or a method of the package.

    Attributes:
        name: Its qualified name.
        signature: Its first line, as Python would write it.
        docstring: What it says of itself.
        made: The notebook and cell that it is made in.

    """

    name: str
    signature: str
    docstring: str
    made: tuple[Path, str] | None


def signature(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Write the first line of a definition."""
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        return f"class {node.name}({bases})" if bases else f"class {node.name}"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"def {node.name}({ast.unparse(node.args)}){returns}"


def things(module: Path) -> Iterator[Thing]:
    """Yield what a module makes for others, in the order of its text."""
    text = module.read_text(encoding="utf-8")
    marks = [
        (number, (module.parent / match["notebook"]).resolve(), match["cell"])
        for number, line in enumerate(text.splitlines(), 1)
        if (match := CELL.match(line))
    ]

    def made(line: int) -> tuple[Path, str] | None:
        before = [mark for mark in marks if mark[0] < line]
        return before[-1][1:] if before else None

    def walk(body: list[ast.stmt], prefix: str) -> Iterator[Thing]:
        for node in body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                said = ast.get_docstring(node) or ""
                if node.name.startswith("_") or (prefix and not said):
                    continue
                yield Thing(prefix + node.name, signature(node), said, made(node.lineno))
                if isinstance(node, ast.ClassDef):
                    yield from walk(node.body, f"{node.name}.")

    yield from walk(ast.parse(text).body, "")


def paragraphs(docstring: str) -> str:
    """Write a docstring as Markdown: its sentences as text, its sections as they stand."""
    match = SECTION.search(docstring)
    words, rest = (
        (docstring[: match.start()], docstring[match.start() :]) if match else (docstring, "")
    )
    # A citation, a lone dollar or an underscore is none of Pandoc's business here.
    text = re.sub(r"(?<!`)([@$*~^\[\]<>])", r"\\\1", words.strip())
    block = f"\n\n{LANGUAGE}default\n{rest.strip()}\n{LANGUAGE}" if rest else ""
    return text + block


def reference(root: Path) -> dict[str, str]:
    """Return the pages of the package's reference, by their names in `pages/`."""
    read, pages = set(guides(root)), {}
    index = [
        front(
            "The package", "What the notebooks export: signatures, words, and where each is built."
        )
    ]
    for module in sorted((root / "minitorch").rglob("*.py")):
        if module.name in ("_modidx.py", "__main__.py"):
            continue
        dotted = ".".join(module.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        found = list(things(module))
        about = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or dotted
        if not found:
            continue
        name = f"api/{dotted}.qmd"
        names = ", ".join(f"`{thing.name}`" for thing in found if "." not in thing.name)
        index.append(
            f"## [{dotted}]({name})\n\n{paragraphs(about.partition(chr(10))[0])}\n\n{names}\n\n"
        )
        parts = [front(dotted, paragraphs(about.partition("\n")[0]).replace("\n", " "))]
        for thing in found:
            level = "###" if "." in thing.name else "##"
            built = ""
            if thing.made and thing.made[0].is_relative_to(root.resolve()):
                path = root / thing.made[0].relative_to(root.resolve())
                kind = "Built in" if path in read else "Given in"
                to = "../" + link(path, root, f"cell-{thing.made[1].removeprefix('cell-')}")
                built = f"{kind} [{heading(path)}]({to}).\n\n"
            parts.append(
                f"{level} `{thing.name}`\n\n{LANGUAGE}python\n{thing.signature}\n{LANGUAGE}\n\n"
                f"{paragraphs(thing.docstring)}\n\n{built}"
            )
        pages[name] = "".join(parts)
    return {"api.qmd": "".join(index), **pages}


def make(root: Path, folder: Path) -> list[Path]:
    """Write all pages into a folder; those that are as they should be already keep their time."""
    texts = {"tasks.qmd": tasks_page(root), "figures.qmd": figures_page(root), **reference(root)}
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text.rstrip() + "\n":
            path.write_text(text.rstrip() + "\n", encoding="utf-8")
    for path in sorted(folder.rglob("*.qmd")):
        if path.relative_to(folder).as_posix() not in texts:
            path.unlink()
    return [folder / name for name in texts]


if __name__ == "__main__":
    pages = make(ROOT, ROOT / FOLDER)
    if not os.environ.get("QUARTO_PROJECT_RENDER_ALL"):
        print(f"Made {len(pages)} pages in {FOLDER}")
