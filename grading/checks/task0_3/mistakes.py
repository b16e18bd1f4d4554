"""What was written for Task 0.3, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_GUARDED = "iterator"
TOLD = {
    "map_needs_a_list": r"^map\(fn\)\(an iterator\) raised TypeError.*read only once",
    "map_stops_at_the_first": r"^map\(10 \* x\).* gave \[10.0\], but should be",
    "map_forgets_fn": r"^map\(10 \* x\).* gave \[1.0, 2.0, 3.0\], but should be",
    "zipWith_swaps": r"^zipWith\(x - y\)\(\[5, 7\], \[1, 10\]\) gave \[-4.0, 3.0\]",
    "zipWith_all_pairs": r"^zipWith\(x - y\)\(\[5, 7\], \[1, 10\]\) gave \[4.0, -5.0, 6.0, -3.0\]",
    "reduce_ignores_start": r"began with the first number",
    "reduce_from_the_right": r"folded from the right",
    "reduce_swaps": r"arguments are swapped",
    "reduce_keeps_its_total": r"called again, gave 4123123.0: each call begins with start",
    "addLists_concatenates": r"^addLists.* gave \[1.0, -2.0, 0.5, 10.0",
    "negList_drops_signs": r"^negList.* gave \[1.0, 2.0, 0.5\]",
    "sum_starts_at_one": r"^sum.* gave 7.0.*begin with",
    "prod_starts_at_zero": r"^prod.* gave 0.0.*begin with",
    "addLists_in_place": r"changed what it was given",
    "negList_in_place": r"changed what it was given",
}
MISTAKES = [
    Mistake(
        "reduce assigns start",
        "operators.reduce",
        "def apply(ls):\n    for x in ls:\n        start = fn(x, start)\n    return start\n"
        "return apply",
        told=r"raised UnboundLocalError.*take another name",
    ),
    Mistake(
        "reduce by recursion on slices",
        "operators.reduce",
        "def apply(ls):\n    ls = list(ls)\n    if not ls:\n        return start\n"
        "    return fn(ls[-1], apply(ls[:-1]))\nreturn apply",
        told=r"10000 numbers\) called itself without end. A list may be long",
    ),
    Mistake(
        "reduce by index",
        "operators.reduce",
        "def apply(ls):\n    total = start\n    for i in range(len(ls)):\n"
        "        total = fn(ls[i], total)\n    return total\nreturn apply",
        told=r"^reduce\(fn, 0\)\(an iterator\) raised TypeError.*read only once",
    ),
    Mistake(
        "map without inner return",
        "operators.map",
        "def apply(ls):\n    [fn(x) for x in ls]\nreturn apply",
        told=r"^map\(10 \* x\).* gave None: does it, or its inner function, lack",
    ),
    Mistake(
        "map takes the list at once",
        "operators.map",
        "return [fn(x) for x in fn]",
        told=r"^map\(fn\) raised TypeError.*takes the list later",
    ),
    Mistake(
        "map as a generator",
        "operators.map",
        "def apply(ls):\n    for x in ls:\n        yield fn(x)\nreturn apply",
        fair="lazy, and right",
    ),
    Mistake(
        "map without outer return",
        "operators.map",
        "def apply(ls):\n    return [fn(x) for x in ls]",
        told=r"^map\(fn\) gave None, but should give a function",
    ),
    Mistake(
        "zipWith by index",
        "operators.zipWith",
        "return lambda a, b: [fn(a[i], b[i]) for i in range(len(a))]",
        told=r"^zipWith\(x - y\)\(two iterators\) raised TypeError.*read only once",
    ),
    Mistake(
        "sum calls sum",
        "operators.sum",
        "return sum(ls)",
        told=r"^sum.*called itself without end.*hides Python's own",
    ),
    Mistake(
        "sum by builtins",
        "operators.sum",
        "import builtins\nreturn builtins.sum(ls)",
        fair="the number is right; the check says that reduce wasn't used",
    ),
    Mistake(
        "prod starts with 0",
        "operators.prod",
        "return reduce(mul, 0)(ls)",
        told=r"^prod\(\[2, 3, 4\]\) gave 0",
    ),
]
