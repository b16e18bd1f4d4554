"""What Python makes of a cell that was handed in.

A notebook understands more than Python: `%timeit f(x)`, `mul?`, `x = !ls`. Such lines do nothing
for a package, and are left out. And Python's grammar allows more than Python compiles: a `return`
outside of a function, an argument that is there twice. In a package they would take the whole
module along, so each cell is compiled by itself first, and nothing of it is run.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextvars import ContextVar

# What stands at the beginning of a statement, and begins none in Python.
_COMMAND = re.compile(r"([ \t]*)[%!?,;/][^\n]*")
_PROMPTS = (re.compile(r"(?:>>>|\.\.\.)(?: |$)"), re.compile(r"In \[\d{1,9}\]: |\.{3,12}: ?"))
_SIGN = re.compile(r"'''|\"\"\"|[=!<>:+\-*/%&|^@]=|['\"#\\()\[\]{}?=\n]")
_IN_TEXT = re.compile(r"'''|\"\"\"|['\"\\\n]")

# What a program may take for one cell. Python can need more than a machine has: the code for
# `finally` and for patterns grows faster than its text.
_SECONDS, _BYTES = 2, 1 << 30
# Seconds of processor time for all cells of one submission; an honest one takes two or three.
MOST = 60.0
_COMPILE = f"""
import json, resource, sys, time, warnings
for what, most in ((resource.RLIMIT_CPU, {_SECONDS}), (resource.RLIMIT_AS, {_BYTES})):
    resource.setrlimit(what, (most, most))
warnings.simplefilter("ignore")
source, answer = sys.stdin.buffer.read().decode(), None
try:
    compile(source, "<cell>", "exec", dont_inherit=True)
except SyntaxError as error:
    answer = [error.lineno or 1, error.msg]
except (ValueError, RecursionError, MemoryError, OverflowError):
    answer = [0, ""]
print(json.dumps([answer, time.process_time()]))
"""


class Compiling:
    """What Python may still compute to compile the cells of one submission."""

    def __init__(self) -> None:
        self.left = MOST
        self._known: dict[str, str] = {}
        self._lock = threading.Lock()

    def fault(self, source: str) -> str:
        """Say why Python can't compile a cell, or that there is no time left to see."""
        with self._lock:
            if source not in self._known:
                if self.left < 0:
                    return (
                        f"Python takes more than {MOST:g} seconds to compile all that was handed "
                        "in; this was not looked at"
                    )
                self._known[source], seconds = _compiled(source)
                self.left -= seconds
            return self._known[source]


_compiling: ContextVar[Compiling | None] = ContextVar("compiling", default=None)


@contextlib.contextmanager
def within(budget: Compiling | None) -> Iterator[None]:
    """Let what is compiled meanwhile count; None for what is the course's own."""
    token = _compiling.set(budget)
    try:
        yield
    finally:
        _compiling.reset(token)


def fault(source: str) -> str:
    """Say why Python can't compile a cell.

    Args:
        source: the cell's text.

    Returns:
        The number of the line and the reason; empty if Python can.

    """
    if conflict := re.search(r"^<<<<<<< ", source, re.M):
        where = _line(source, conflict.start())
        return f"{where}: a merge conflict was left there (<<<<<<<, =======, >>>>>>>)"
    if "\0" in source:
        return f"{_line(source, source.index(chr(0)))}: it holds a character that Python refuses"
    budget = _compiling.get()
    return _compiled(source)[0] if budget is None else budget.fault(source)


@functools.lru_cache(maxsize=2048)
def _compiled(source: str) -> tuple[str, float]:
    """Return the fault of a cell, and the processor time that it took to find."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _COMPILE],
        input=source.encode("utf-8", "replace"),
        capture_output=True,
    )
    answer, seconds = [0, ""], float(_SECONDS)
    if done.returncode == 0:  # the cell was compiled and not run, so what it says is true
        answer, seconds = json.loads(done.stdout)
    if answer is None:
        return "", seconds
    line, why = answer
    said = f"line {line}: {why}" if line else "it is nested too deep, or too large to compile"
    return said, seconds


def _line(source: str, at: int) -> str:
    return f"line {source.count(chr(10), 0, at) + 1}"


def plain(source: str) -> str:
    """Leave out what only IPython understands, if there is such; lines keep their numbers."""
    return source if not fault(source) else without_ipython(source)


def without_ipython(source: str) -> str:
    """Leave out what only IPython understands.

    A command (`%timeit f()`, `!ls`, `?f`, `/f x`, `,f a b`) and a question (`f?`) become `pass`;
    what is assigned from one (`x = !ls`) becomes None; the prompts of a pasted session go.
    """
    return "".join(_statements(_without_prompts(source)))


def _without_prompts(source: str) -> str:
    lines = source.split("\n")
    for prompt in _PROMPTS:
        if any(line.startswith((">>>", "In [")) and prompt.match(line) for line in lines[:2]):
            lines = [_without(prompt, line) for line in lines]
    return "\n".join(lines)


def _without(prompt: re.Pattern[str], line: str) -> str:
    shown = line.lstrip(" \t")
    found = prompt.match(shown)
    return shown[found.end() :] if found else line


def _statements(source: str) -> Iterator[str]:
    """Yield each statement of a source, the strange ones changed."""
    at = 0
    while at < len(source):
        if command := _COMMAND.match(source, at):
            end = command.end()
            while source[end - 1] == "\\" and end < len(source):  # it goes on in the next line
                end = source.find("\n", end + 1) % (len(source) + 1)
            yield command[1] + "pass" + "\n" * source.count("\n", at, end)
        else:
            end, new = _statement(source, at)
            yield new
        if end < len(source):
            yield "\n"
        at = end + 1


def _statement(source: str, at: int) -> tuple[int, str]:
    """Return where a statement ends, without the end of its line, and its text."""
    place, end, depth, question = at, len(source), 0, False
    commands = list[tuple[int, int]]()
    while found := _SIGN.search(source, place):
        sign, place = found[0], found.end()
        if sign in ("'''", '"""', "'", '"'):
            place = _after_text(source, place, sign)
        elif sign == "#":
            place = _end_of_line(source, place)
        elif sign == "\\":
            place += 1
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth = max(0, depth - 1)
        elif sign == "\n" and depth == 0:
            end = found.start()
            break
        elif sign == "?" and depth == 0:
            place = _skip(source, place, "? \t")
            question = question or source[place : place + 1] in ("", "\n", "#")
        elif sign == "=" and depth == 0:
            after = _skip(source, place, " \t")
            if source[after : after + 1] in ("%", "!") and source[after + 1 : after + 2] != "=":
                place = _end_of_line(source, after)
                commands.append((found.start(), place))
    text = source[at:end]
    indent = text[: _skip(text, 0, " \t")]
    if question or any("," in source[at:first] for first, _ in commands):
        return end, f"{indent}pass" + "\n" * text.count("\n")  # None can't be shared out
    for first, last in reversed(commands):
        text = f"{text[: first - at]}= None{text[last - at :]}"
    return end, text


def _after_text(source: str, at: int, quote: str) -> int:
    """Return where a string ends whose opening quote is passed; one of a line ends with it."""
    while found := _IN_TEXT.search(source, at):
        sign, at = found[0], found.end()
        if sign == "\\":
            at += 1
        elif sign == "\n" and len(quote) == 1:
            return found.start()
        elif sign[0] == quote[0] and len(sign) >= len(quote):
            return found.start() + len(quote)
    return len(source)


def _skip(source: str, at: int, signs: str) -> int:
    while at < len(source) and source[at] in signs:
        at += 1
    return at


def _end_of_line(source: str, at: int) -> int:
    end = source.find("\n", at)
    return len(source) if end < 0 else end
