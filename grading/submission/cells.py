"""What Python makes of a cell that was handed in.

A notebook understands more than Python: `%timeit f(x)`, `mul?`, `x = !ls`. Such lines do nothing
for a package, and are left out. And Python's grammar allows more than Python compiles: a `return`
outside of a function, an argument that is there twice. In a package they would take the whole
module along, so each cell is compiled by itself first, and nothing of it is run.
"""

from __future__ import annotations

import functools
import json
import re
import subprocess
import sys
from collections.abc import Iterator

# What stands at the beginning of a statement, and begins none in Python.
_COMMAND = re.compile(r"([ \t]*)[%!?,;/][^\n]*")
_CLASSIC = re.compile(r"(?:>>>|\.\.\.)(?: |$)", re.M)
_NUMBERED = re.compile(r"(?:In \[\d+\]: |[ \t]*\.{3,}: ?)", re.M)
_TOKEN = re.compile(
    r"""
      (?P<text> '''(?:[^'\\]|\\(?:.|\Z)|'(?!''))*(?:'''|\Z)
              | \"\"\"(?:[^"\\]|\\(?:.|\Z)|"(?!""))*(?:\"\"\"|\Z)
              | '(?:[^'\\\n]|\\(?:.|\Z))*'?
              | "(?:[^"\\\n]|\\(?:.|\Z))*"?
              | \#[^\n]*
              | \\\n )
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<end>\n)
    | (?P<help>\?+[ \t]*(?=\#|\n|\Z))
    | (?P<assign>=[ \t]*[%!](?!=)[^\n]*)
    | (?P<two>[=!<>:+\-*/%&|^@]=)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

# What a program may take for one cell. Python can need more than a machine has: the code for
# `finally` and for patterns grows faster than its text.
_SECONDS, _BYTES = 2, 1 << 30
_COMPILE = f"""
import json, resource, sys, warnings
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
print(json.dumps(answer))
"""


@functools.lru_cache(maxsize=2048)
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
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _COMPILE],
        input=source.encode("utf-8", "replace"),
        capture_output=True,
    )
    answer = json.loads(done.stdout) if done.returncode == 0 else [0, ""]
    if answer is None:
        return ""
    line, why = answer
    return f"line {line}: {why}" if line else "it is nested too deep, or too large to compile"


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
    first = source.split("\n", 2)[:2]
    for prompt, start in ((_CLASSIC, ">>>"), (_NUMBERED, "In [")):
        if any(line.startswith(start) and prompt.match(line) for line in first):
            return "\n".join(prompt.sub("", line, count=1) if prompt.match(line) else line
                             for line in source.split("\n"))  # fmt: skip
    return source


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
    depth, changes, question = 0, list[tuple[int, int]](), False
    end = len(source)
    for token in _TOKEN.finditer(source, at):
        kind = token.lastgroup
        if kind == "end" and depth == 0:
            end = token.start()
            break
        depth = max(0, depth + (kind == "open") - (kind == "close"))
        question = question or (kind == "help" and depth == 0)
        if kind == "assign" and depth == 0:
            changes.append(token.span())
    text = source[at:end]
    indent = text[: len(text) - len(text.lstrip(" \t"))]
    if question:
        return end, f"{indent}pass" + "\n" * text.count("\n")
    for first, last in reversed(changes):
        names = text[: first - at]
        if "," in names:  # None can't be shared out
            return end, f"{indent}pass"
        text = f"{names}= None{text[last - at :]}"
    return end, text
