"""Finds answers to a task that share more than most do.

An answer is what the student wrote, without given code, comments, docstrings, names of variables
and literals. Its fingerprints are chosen by winnowing (Schleimer, Wilkerson, Aiken: Winnowing,
local algorithms for document fingerprinting, SIGMOD 2003): of every few neighbouring hashes of
short runs of tokens, the smallest. What many write by themselves doesn't count. It says what two
answers share, and nothing about why.
"""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import math
import re
import tokenize
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, zip_longest

from grading.course.regions import Region
from grading.submission.answers import Graft

RUN = 5  # tokens in a hash
WINDOW = 3  # neighbouring hashes of which one is kept: what shares 7 tokens shares a fingerprint
COMMON = 4  # what more than so many of a class write, and a fifth of it, is nobody's own
DAMPING = 12.0  # so much is added below the line, so that short answers need more than one match
LONGEST = 20_000  # tokens of an answer
_SKIPPED = {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
_KEPT = {*keyword.kwlist, *dir(builtins), "self"}

Token = tuple[str, int]  # as it counts, and its line


@dataclass(frozen=True)
class Answer:
    """What somebody wrote for a task.

    Attributes:
        who: a student's id, or where else it comes from.
        text: to be shown.
        prints: the lines in which each fingerprint stands.
        counts: it is one of this class; others are compared with these, not with one another.

    """

    who: str
    text: str
    prints: Mapping[int, frozenset[int]] = field(repr=False)
    counts: bool = True


@dataclass(frozen=True)
class Pair:
    """Two answers that share something.

    Attributes:
        left: one of them,
        right: and the other.
        shared: fingerprints that both have and few others.
        score: by which pairs are ordered, from 0 to 1.

    """

    left: Answer
    right: Answer
    shared: frozenset[int]
    score: float


# What an answer is


def functions(source: str) -> dict[str, str]:
    """Split Python into its functions, by qualified name; what can't be parsed has none."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {"": source}
    lines, found = source.split("\n"), dict[str, str]()

    def walk(nodes: Iterable[ast.stmt], above: str) -> None:
        for node in nodes:
            if isinstance(node, ast.ClassDef):
                walk(node.body, f"{above}{node.name}.")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) is not None else node.body
                if body:
                    first = body[0].lineno - 1
                    found[above + node.name] = "\n".join(lines[first : node.end_lineno])

    walk(tree.body, "")
    return found


def written(regions: Sequence[Region], given: Mapping[str, str], grafts: Iterable[Graft]) -> str:
    """Take what a student wrote for a task: its functions, and their own beside these.

    Args:
        regions: of the task.
        given: the cells as they were given out, by id.
        grafts: the student's notebooks.

    """
    wanted: dict[str, set[str]] = defaultdict(set)
    for region in regions:
        wanted[region.cell_id].add(region.qualname)
    parts: list[str] = []
    for each in grafts:
        for cell, names in wanted.items():
            theirs, ours = functions(each.answers.get(cell, "")), functions(given.get(cell, ""))
            parts += [
                text
                for name, text in theirs.items()
                if (name in names or name not in ours) and text != ours.get(name)
            ]
        parts += [source for cell, source in each.added if cell in wanted]
    return "\n\n".join(_dedented(part) for part in parts if part.strip())


def tokens(source: str, known: Iterable[str] = ()) -> list[Token]:
    """Read an answer's tokens as they count: variables, numbers and texts are all alike.

    Args:
        source: Python; what can't be read ends it.
        known: names of given code; where they are called or are attributes, they say something.

    """
    read, given = list[tokenize.TokenInfo](), {*known}
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type not in _SKIPPED and len(read) < LONGEST:
                read.append(token)
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass
    found, before = list[Token](), ""
    for token, follower in zip_longest(read, read[1:]):
        symbol, after = token.string, follower.string if follower else ""
        if token.type == tokenize.NAME and symbol not in _KEPT:
            outside = before == "." or after == "("
            symbol = symbol if outside and symbol in given else "name"
        elif token.type == tokenize.NEWLINE:
            symbol = "end"
        elif token.type in (tokenize.NUMBER, tokenize.STRING):
            alone = before in ("", "end") and after in ("\n", "")  # a docstring
            symbol = "" if alone else "literal"
        before = symbol
        found += [(symbol, token.start[0])] * bool(symbol)
    return found


def names(source: str) -> frozenset[str]:
    """Return the names in a piece of code."""
    return frozenset(re.findall(r"[^\W\d]\w*", source))


def _dedented(text: str) -> str:
    lines = text.split("\n")
    depth = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[depth:] for line in lines).rstrip()


# Winnowing


def fingerprints(read: Sequence[Token]) -> dict[int, frozenset[int]]:
    """Choose an answer's fingerprints, each with the lines in which it stands."""
    runs = [read[at : at + RUN] for at in range(max(1, len(read) - RUN + 1))] if read else []
    hashes = [zlib.crc32(" ".join(symbol for symbol, _ in run).encode()) for run in runs]
    found: dict[int, set[int]] = defaultdict(set)
    for at in range(max(1, len(hashes) - WINDOW + 1)) if hashes else ():
        window = hashes[at : at + WINDOW]
        # The last of the smallest, so that a long repetition is chosen once.
        chosen = max(n for n in range(len(window)) if window[n] == min(window))
        found[window[chosen]] |= {line for _, line in runs[at + chosen]}
    return {each: frozenset(lines) for each, lines in found.items()}


def answer(who: str, text: str, known: Iterable[str] = (), *, counts: bool = True) -> Answer:
    """Read an answer."""
    return Answer(who, text, fingerprints(tokens(text, known)), counts)


def pairs(answers: Sequence[Answer]) -> list[Pair]:
    """Compare answers of a class with one another and with others; those that share most first."""
    spread = Counter(each for one in answers for each in one.prints)
    most = max(COMMON, len(answers) // 5)
    weight = {
        each: math.log(len(answers) / count)
        for each, count in spread.items()
        if count <= most and count < len(answers)
    }
    size = {id(one): sum(weight.get(each, 0.0) for each in one.prints) for one in answers}
    found = []
    for left, right in combinations(answers, 2):
        shared = frozenset(e for e in left.prints.keys() & right.prints.keys() if e in weight)
        if not shared or not (left.counts or right.counts):
            continue
        common = sum(weight[each] for each in shared)
        score = common / (math.sqrt(size[id(left)] * size[id(right)]) + DAMPING)
        found.append(Pair(left, right, shared, score))
    return sorted(found, key=lambda pair: (-pair.score, pair.left.who, pair.right.who))


def overall(tasks: Mapping[str, Sequence[Pair]]) -> Iterator[tuple[str, str, float, list[str]]]:
    """Add up what two share in all tasks: their names, the sum, and the tasks, most first."""
    total: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for task, found in tasks.items():
        for pair in found:
            total[pair.left.who, pair.right.who][task] = pair.score
    for (left, right), each in sorted(total.items(), key=lambda item: -sum(item[1].values())):
        yield left, right, sum(each.values()), sorted(each, key=lambda task: -each[task])
