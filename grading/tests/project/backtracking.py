r"""Tells how long a regular expression may search: once over its text, or for ever.

Python's `re` tries one way after another. A text that can be read in two ways by a part that
repeats, `(a|a)*` or `(\d+)*`, has 2^n ways to be read; `re` tries them all before it gives up, deaf
to Ctrl-C. Weber and Seidl (1991) say which patterns have such texts: here a pattern becomes an
automaton whose states are the places that read a character, and

* it is exponential if one and the same text leads from a state back to itself in two ways;
* it is polynomial if a text leads from p to p, from p to another q, and from q to q: `a*a*`.

What a pattern looks at without reading it (`^`, `\b`, `(?=…)`) is taken to agree, and a text that
makes the whole fail is taken to exist, so that a pattern may be blamed that does no harm.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

Chars = frozenset[str]

# Every pattern here tells no more characters apart than these.
ALPHABET: Chars = frozenset(map(chr, range(256))) | set("×ſıİΩ٣ \u2028\u3000数…")
ENDLESS = 9  # more repetitions than this are as bad as any number
COPIES = 40  # of what must be there several times

CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}


@dataclass
class Automaton:
    """States that read a character each; between them, steps that read nothing.

    Attributes:
        reads: what the state of a number takes.
        steps: where the control goes without reading, by place: a state is entered at `("in", s)`
            and left at `("out", s)`.
        back: the steps that end one round of a repetition.
        unsure: the steps at which a match may fail without reading: `$`, `(?=…)`.
    """

    reads: list[Chars] = field(default_factory=list)
    steps: dict[Any, list[Any]] = field(default_factory=dict)
    back: set[tuple[Any, Any]] = field(default_factory=set)
    unsure: set[tuple[Any, Any]] = field(default_factory=set)
    _names: Iterator[int] = field(default_factory=itertools.count)

    def place(self) -> Any:
        """Make a place that reads nothing."""
        return ("place", next(self._names))

    def step(self, start: Any, end: Any) -> None:
        """Let the control go from one place to another."""
        self.steps.setdefault(start, []).append(end)

    def read(self, start: Any, chars: Chars) -> Any:
        """Read one of these characters; returns the place behind it."""
        state = len(self.reads)
        self.reads.append(chars)
        self.step(start, ("in", state))
        return ("out", state)

    def following(self, place: Any) -> dict[int, int]:
        """Count the ways from a place to the states that may read next, up to two."""
        ways: dict[int, int] = {}

        def walk(at: Any, seen: frozenset[Any]) -> None:
            for then in self.steps.get(at, ()):
                if then[0] == "in":
                    ways[then[1]] = min(2, ways.get(then[1], 0) + 1)
                elif (at, then) not in self.back or then not in seen:
                    walk(then, seen | {then})  # `re` ends a repetition whose round read nothing

        walk(place, frozenset({place}))
        return ways

    def sure(self, place: Any, end: Any, seen: frozenset[Any] = frozenset()) -> bool:
        """Tell whether the end is reached from a place whatever comes next."""
        return place == end or any(
            self.sure(then, end, seen | {then})
            for then in self.steps.get(place, ())
            if then[0] != "in" and then not in seen and (place, then) not in self.unsure
        )


def _class(items: Iterable[tuple[Any, Any]], flags: int) -> Chars:
    """Return the characters that one element takes."""
    chars: set[str] = set()
    negated = False
    for kind, value in items:
        if kind is op.NEGATE:
            negated = True
        elif kind is op.LITERAL:
            chars.add(chr(value))
        elif kind is op.NOT_LITERAL:
            chars |= ALPHABET - {chr(value)}
        elif kind is op.RANGE:
            chars |= {c for c in ALPHABET if value[0] <= ord(c) <= value[1]}
        elif kind is op.CATEGORY:
            chars |= {c for c in ALPHABET if re.match(CATEGORIES[value], c)}
        elif kind is op.ANY:
            chars |= ALPHABET if flags & re.DOTALL else ALPHABET - {"\n"}
        else:
            raise NotImplementedError(f"{kind} in a class")
    if flags & re.IGNORECASE:
        chars |= {c for c in ALPHABET if c.lower() in chars or c.upper() in chars}
    return frozenset(ALPHABET - chars if negated else chars)


def _build(machine: Automaton, items: Any, start: Any, flags: int) -> Any:
    """Add a sequence of elements to the automaton; returns the place behind it."""
    for kind, value in items:
        if kind is op.IN:
            start = machine.read(start, _class(value, flags))
        elif kind in (op.LITERAL, op.NOT_LITERAL, op.ANY):
            start = machine.read(start, _class([(kind, value)], flags))
        elif kind is op.SUBPATTERN:
            _, more, fewer, inside = value
            start = _build(machine, inside, start, (flags | more) & ~fewer)
        elif kind is op.ATOMIC_GROUP:
            start = _build(machine, value, start, flags)
        elif kind is op.BRANCH:
            end = machine.place()
            for branch in value[1]:
                machine.step(_build(machine, branch, start, flags), end)
            start = end
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            start = _repeat(machine, value, start, flags)
        elif kind is op.GROUPREF_EXISTS:
            end = machine.place()
            for branch in value[1:]:
                machine.step(_build(machine, branch or [], start, flags), end)
            start = end
        elif kind in (op.AT, op.ASSERT, op.ASSERT_NOT, op.GROUPREF, op.FAILURE):
            looked = machine.place()
            machine.step(start, looked)
            machine.unsure.add((start, looked))
            start = looked
        else:
            raise NotImplementedError(f"{kind} in a pattern")
    return start


def _repeat(machine: Automaton, value: Any, start: Any, flags: int) -> Any:
    fewest, most, inside = value
    for _ in range(min(fewest, COPIES)):
        start = _build(machine, inside, start, flags)
    end = machine.place()
    if most is op.MAXREPEAT or most - fewest > ENDLESS:
        again = machine.place()
        machine.step(start, again)
        round_ends = _build(machine, inside, again, flags)
        machine.step(round_ends, again)
        machine.back.add((round_ends, again))
        machine.step(again, end)
        return end
    machine.step(start, end)
    for _ in range(most - fewest):
        start = _build(machine, inside, start, flags)
        machine.step(start, end)
    return end


def _looked_at(items: Any) -> Iterator[Any]:
    """List what a pattern looks ahead or back at: each is matched for itself."""
    for kind, value in items:
        if kind in (op.ASSERT, op.ASSERT_NOT):
            yield value[1]
        for part in value if isinstance(value, tuple | list) else [value]:
            for each in part if isinstance(part, list) else [part]:
                if isinstance(each, parser.SubPattern):
                    yield from _looked_at(each)


def degree(
    pattern: str | bytes, flags: int = 0, *, anchored: bool = True, whole: bool = True
) -> str:
    """Say how the time of a match grows with its text: "linear", "polynomial", "exponential".

    Args:
        pattern: the regular expression.
        flags: of `re`.
        anchored: it begins at the beginning, as in `match`; else it is tried from every character.
        whole: something may be wanted behind it, as in `fullmatch`; else its end is a match.
    """
    if isinstance(pattern, bytes):
        pattern = pattern.decode("latin-1")
    parsed = parser.parse(pattern, flags)
    found = [
        _degree(each, parsed.state.flags, anchored or number > 0, whole)
        for number, each in enumerate([parsed, *_looked_at(parsed)])
    ]
    return next((d for d in ("exponential", "polynomial") if d in found), "linear")


def _degree(parsed: Any, flags: int, anchored: bool, whole: bool) -> str:
    machine = Automaton()
    start: Any = ("place", "start")
    line = list(parsed)[:1] == [(op.AT, op.AT_BEGINNING)]
    if not anchored and (not line or flags & re.MULTILINE):
        before = _repeat(machine, (0, op.MAXREPEAT, [(op.ANY, None)]), start, re.DOTALL)
        if line:  # it is tried at the beginning of each line only
            end = machine.place()
            machine.step(start, end)
            machine.step(machine.read(before, frozenset("\n")), end)
            before = end
        start = before
    end = _build(machine, parsed, start, flags)
    next_to = [machine.following(("out", state)) for state in range(len(machine.reads))]
    if _in_two_ways(machine.reads, next_to):
        return "exponential"
    # Behind a state from which a match is sure, nothing is tried again.
    states = range(len(machine.reads))
    open_ended = [s for s in states if whole or not machine.sure(("out", s), end)]
    shared = _in_any_share(machine.reads, next_to, open_ended)
    return "polynomial" if shared else "linear"


def _in_two_ways(reads: list[Chars], next_to: list[dict[int, int]]) -> bool:
    """Tell whether a text leads from a state back to itself in two ways."""
    pairs = {
        (p, q): [(a, b) for a in next_to[p] for b in next_to[q] if reads[a] & reads[b]]
        for p in range(len(reads))
        for q in range(len(reads))
    }
    back: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for pair, after in pairs.items():
        for each in after:
            back.setdefault(each, []).append(pair)
    for state in range(len(reads)):
        home = (state, state)
        loop = _reached(pairs, home) & _reached(back, home)
        if any(p != q for p, q in loop):
            return True
        if any(next_to[p].get(a, 0) > 1 and (a, a) in loop for p, _ in loop for a in next_to[p]):
            return True
    return False


def _in_any_share(reads: list[Chars], next_to: list[dict[int, int]], open_ended: list[int]) -> bool:
    """Tell whether a text leads from p to p, from p to another q, and from q to q."""
    loops = [s for s in range(len(reads)) if s in _reached(dict(enumerate(next_to)), s)]
    for p, q in itertools.permutations(loops, 2):
        if q not in open_ended:
            continue
        seen, waiting = set(), [(p, p, q)]
        while waiting:
            x, y, z = waiting.pop()
            for a, b, c in itertools.product(next_to[x], next_to[y], next_to[z]):
                if (a, b, c) == (p, q, q) and reads[p] & reads[q]:
                    return True
                if (a, b, c) not in seen and reads[a] & reads[b] & reads[c]:
                    seen.add((a, b, c))
                    waiting.append((a, b, c))
    return False


def _reached(graph: dict[Any, Any], start: Any) -> set[Any]:
    """List what can be reached from a node in one step or more."""
    seen: set[Any] = set()
    waiting = [start]
    while waiting:
        for each in graph.get(waiting.pop(), ()):
            if each not in seen:
                seen.add(each)
                waiting.append(each)
    return seen
