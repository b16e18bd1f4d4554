"""What the site does to a guide's Markdown: cards become cards, fences get a language.

Only the standard library is needed here.
"""

from __future__ import annotations

import re

CARD = re.compile(
    r"^\| *(?P<name>(?:Task|Part) [^|\n]*)\|[^\n]*\n\|[-:| ]+\|(?:\n\|[^\n]*)+", re.MULTILINE
)
RULER = re.compile(r"^\|[-:| ]+\|$", re.M)
HINT = re.compile(r"<details>(\s*<summary>\s*Hint\b)")
FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,})(?P<language>[^`\n]*)$")
PRACTICE = re.compile(r"^(#{2,4} Practice: [^\n{]+)$", re.MULTILINE)
BUTTON = re.compile(r"^\[\*\*(.+?)\*\*\](\([^)\n]+\))$", re.M)
# Pandoc colours no text, and Quarto gives what isn't coloured neither frame nor copy button.
PLAIN = "default"
COMMANDS = re.compile(r"(git|python3?|py|pip|pytest|minitorch|jupyter|make|nbdev_\w+|source|cd) ")


def card_of(text: str) -> str:
    """Return the name of the task whose card a cell holds, e.g. `Task 1.2`; else nothing."""
    match = CARD.search(text)
    return match["name"].strip() if match else ""


def with_card(text: str) -> str:
    """Set a task's card in a frame, with narrow labels and wide sentences.

    Pandoc makes columns as wide as their rulers are, once a line is long.
    """

    def framed(match: re.Match[str]) -> str:
        table = RULER.sub("|---|------------|", match[0], count=1)
        return f"::: {{.task-card}}\n\n{table}\n\n:::"

    return CARD.sub(framed, text)


def with_languages(text: str) -> str:
    """Name the language of each fence that names none: the shell's if it begins with a command."""
    lines = text.splitlines(keepends=True)
    opened = ""
    for number, line in enumerate(lines):
        match = FENCE.match(line.rstrip("\n"))
        if not match:
            continue
        if opened:
            if match["ticks"].startswith(opened) and not match["language"].strip():
                opened = ""
            continue
        opened = match["ticks"]
        if match["language"].strip() in ("", "text"):
            following = lines[number + 1].lstrip(" !$") if number + 1 < len(lines) else ""
            language = "bash" if COMMANDS.match(following) else PLAIN
            lines[number] = f"{match['indent']}{match['ticks']}{language}\n"
    return "".join(lines)


def for_the_site(text: str) -> str:
    """Return a cell's Markdown as the site shows it; a bold link alone in its line is a button.

    A question that gives no points gets a mark of its own, by its heading.
    """
    text = PRACTICE.sub(r"\1 {.practice}", text)
    text = BUTTON.sub(r"[\1]\2{.button-begin}", with_languages(with_card(text)))
    return HINT.sub(r'<details class="hint">\1', text)
