"""No regular expression of the course can be made to search for ever, by whatever text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from grading.tests.project.backtracking import degree

ROOT = Path(__file__).resolve().parents[3]
FUNCTIONS = [
    "compile",
    "match",
    "fullmatch",
    "search",
    "sub",
    "subn",
    "split",
    "findall",
    "finditer",
]
CODE = ("*.py", "grading/**/*.py", "minitorch/**/*.py", "tests/**/*.py", "benchmarks/**/*.py")

# Made while the program runs, and looked at by a person: where, and what it is at worst.
MADE: dict[str, str] = {
    # What a note on an attack says, as the table of attacks has it.
    "case.py: self.note ": r"no such answer",
    # A task's id is one of the course's, `task0_1`.
    r"""guides.py: rf"written-{re.escape(task_id)}(-.*)?" """: r"written-task0_1(-.*)?",
    r"""build.py: rf"\bmark\.{t.mark}\b" """: r"\bmark\.task0_1\b",
    # Names of modules, and a student's own notebook on the student's own machine.
    r"""update.py: rf"\b{word}\b|^\s*from {parent} import .*\b{last}\b" """: (
        r"\bminitorch\.scalar\b|^\s*from minitorch import .*\bscalar\b"
    ),
    r"""where.py: rf"(?<![\w.]){re.escape(name)}\b|\.{re.escape(name)}\b" """: (
        r"(?<![\w.])relu\b|\.relu\b"
    ),
    # A mark that is typed behind -m, which is a word.
    r"""conftest.py: rf"\bmark\.{mark}\b" """: r"\bmark\.task0_1\b",
    # From the table of mistakes, for the course's own messages.
    "mistakes.py: mistake.told ": r"[a-z]+",
    # In tests: from the table above them, for our own program's words.
    "backtracking.py: CATEGORIES[value] ": r"\d",
    "pretended_gpu.py: pattern ": r"(\d+) bytes (?:stack frame|spill stores)",
    "test_execute.py: told ": r"[a-z]+",
    "test_journey.py: says ": r"[a-z]+",
    "test_leaks.py: says ": r"[a-z]+",
    "test_look.py: pattern ": r"KaTeX (\d+\.\d+\.\d+)",
    "test_site.py: pattern ": r"\^[^\s^]+\^",
    "test_cluster.py: pattern ": r"on (tcp://\S+)",
    r"""test_cluster.py: rf"of {STUDENTS}  (student\d)" """: r"of 4  (student\d)",
    "test_lite.py: until ": r"kept|passed",
}

# These read the course's own text; where others are, no pattern takes four times as long for a
# text of twice the length.
OURS = ("grading/release/", "grading/site/", "grading/course/figures.py")

# Slow for some text, and harmless all the same: the pattern, and why.
VETTED: dict[str | bytes, str] = {
    rb"(?:[A-Za-z0-9+/_-]{16,}(?:\\n|[\r\n])*)+={0,2}": "a release is searched, no submission",
    r"(?<![\w.)\]])/(?:[\w.@+~-]+/)+": "a start that fails has read to the next slash only",
}


@dataclass(frozen=True)
class Pattern:
    """A regular expression and where it stands.

    Attributes:
        path: the file.
        line: in it.
        source: the expression as it is written.
        text: the pattern; None if it is made while the program runs.
        flags: of `re`.
        methods: what it is used with.
    """

    path: str
    line: int
    source: str
    text: str | bytes | None
    flags: int
    methods: frozenset[str]

    @property
    def cost(self) -> str:
        """How its time grows with its text."""
        assert self.text is not None
        anchored = self.methods <= {"match", "fullmatch"}
        whole = "fullmatch" in self.methods or not self.methods
        return degree(self.text, self.flags, anchored=anchored and bool(self.methods), whole=whole)


def constants(tree: ast.AST) -> dict[str, Any]:
    """Read the strings that a module names."""
    found: dict[str, Any] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = literal(node.value, found)
            if isinstance(value, str | bytes):
                found[node.targets[0].id] = value
    return found


def literal(node: ast.AST, known: dict[str, Any]) -> Any:
    """Read a string that is written out or made of named ones; else None."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [literal(node.left, known), literal(node.right, known)]
        return None if None in parts else parts[0] + parts[1]
    if isinstance(node, ast.JoinedStr):
        parts = [
            literal(each.value if isinstance(each, ast.FormattedValue) else each, known)
            for each in node.values
        ]
        return "".join(parts) if all(isinstance(each, str) for each in parts) else None
    return None


def flags_of(call: ast.Call) -> int:
    """Read the flags of a call: of what is named anywhere in its arguments."""
    inside = [*call.args[1:], *(each.value for each in call.keywords)]
    names = {n.attr for each in inside for n in ast.walk(each) if isinstance(n, ast.Attribute)}
    return sum({int(re.RegexFlag[name]) for name in names if name in re.RegexFlag.__members__})


def patterns_of(text: str, path: str) -> Iterator[Pattern]:
    """Find the regular expressions in a program's text, whatever `re` is called there."""
    tree = ast.parse(text)
    known = constants(tree)
    uses = used(tree)
    modules, functions = set[str](), dict[str, str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {each.asname or each.name for each in node.names if each.name == "re"}
        if isinstance(node, ast.ImportFrom) and node.module == "re":
            functions |= {each.asname or each.name: each.name for each in node.names}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = ""
        if isinstance(node.func, ast.Name):
            name = functions.get(node.func.id, "")
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            name = node.func.attr if node.func.value.id in modules else ""
        if name not in FUNCTIONS:
            continue
        named = [each.value for each in node.keywords if each.arg == "pattern"]
        written = node.args[0] if node.args else named[0]
        yield Pattern(
            path,
            node.lineno,
            ast.get_source_segment(text, written) or "",
            literal(written, known),
            flags_of(node),
            frozenset(uses.get(node, ()) if name == "compile" else {name}),
        )


def used(tree: ast.AST) -> dict[ast.AST, set[str]]:
    """Say by which methods the patterns are used that a module compiles and names."""
    named: dict[str, ast.AST] = {}
    methods: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named[node.targets[0].id] = node.value
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            methods.setdefault(node.value.id, set()).add(node.attr)
    return {value: methods[name] for name, value in named.items() if name in methods}


def patterns() -> list[Pattern]:
    """Find the regular expressions of the course's code; notebooks are exported to it."""
    paths = sorted({path for glob in CODE for path in ROOT.glob(glob)})
    return [
        pattern
        for path in paths
        if not {".venv", "__pycache__"} & set(path.parts)
        for pattern in patterns_of(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))
    ]


def test_no_pattern_searches_for_ever() -> None:
    """Where a stranger's text is read, not even for a time that grows with its square."""
    found = patterns()
    assert len(found) > 100, "the patterns of the course are found"
    wrong, made = [], set()
    for each in found:
        text, name = each.text, Path(each.path).name
        where = f"{each.path}:{each.line}"
        if text is None:
            made.add(entry := f"{name}: {each.source} ")
            if (text := MADE.get(entry)) is None:
                wrong.append(f"{where}: {each.source} is made at run time; enter it in MADE")
                continue
        cost = replace(each, text=text).cost
        strangers = each.path.startswith("grading/") and "/tests/" not in each.path
        strangers = strangers and not each.path.startswith(OURS)
        bad = cost == "exponential" or (cost != "linear" and strangers)
        if bad and text not in VETTED:
            wrong.append(f"{where}: {text!r} takes a time that is {cost} in its text")
    assert not wrong, "\n".join(wrong)
    assert made == set(MADE), "a pattern that is not made any more"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"(a+)+b", "exponential"),
        (r"(a*)*b", "exponential"),
        (r"(?:a|b?a)*c", "exponential"),
        (r"(?:b?a?)*c", "exponential"),
        (r"(?:\s*,\s*)+x", "exponential"),
        (r"(.*,)*x", "exponential"),
        (r"(a{1,30}){1,30}b", "exponential"),
        (r"(?=(a+)+b)c", "exponential"),
        (r"(?i:(kk?)+)K", "exponential"),
        (r"x([ _-]*(\(\d+\)|copy\d*|\d+))*\.ipynb", "exponential"),
        (rb"(?:[A-Za-z0-9+/_-]{16,}(?:\\n|[\r\n])*)+={0,2}", "exponential"),
        (r"a*a*b", "polynomial"),
        (r"\s*x?\s*$", "polynomial"),
        (r"(a|ab)*c", "linear"),
        (r"((ab)*|(aba)*)c", "linear"),
        (r"(?:[0-9a-f]{2}){15,}", "linear"),
        (r"(?:[ _()\d-]|copy)*\.ipynb", "linear"),
        (r"<(?=[A-Za-z/!?])|&(?=#?\w+;)", "linear"),
    ],
)
def test_what_a_pattern_costs(pattern: str | bytes, expected: str) -> None:
    assert degree(pattern) == expected


def test_a_search_from_every_character_counts() -> None:
    assert degree(r"\s+$") == "linear"
    assert degree(r"\s+$", anchored=False, whole=False) == "polynomial"
    assert degree(r"\s+", anchored=False, whole=False) == "linear"


def test_patterns_are_found_by_whatever_name() -> None:
    text = """
import re as expressions
from re import fullmatch as whole, compile
WORD = r"(\\w+)+"
A = expressions.search(rf"^{WORD}$", "x", expressions.I | expressions.M)
B = whole(pattern=WORD + "!", string="x")
C = compile(f"{input()}")
D = [each.match("x") for each in (A, B)]
"""
    found = list(patterns_of(text, "x.py"))
    assert [each.text for each in found] == [r"^(\w+)+$", r"(\w+)+!", None]
    assert found[0].flags == re.I | re.M
    assert [each.methods for each in found] == [{"search"}, {"fullmatch"}, set()]
    assert [each.cost for each in found[:2]] == ["exponential"] * 2
