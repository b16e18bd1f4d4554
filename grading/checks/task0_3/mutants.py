"""Wrong solutions of Task 0.3, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

MUTANTS = [
    Mutant(
        "map_stops_at_the_first",
        "operators.map",
        "return lambda ls: [fn(x) for x in list(ls)[:1]]",
        "map stopped after the first number: fn belongs on each of them.",
    ),
    Mutant(
        "map_forgets_fn",
        "operators.map",
        "return lambda ls: list(ls)",
        "map gave the list back unchanged: fn was never called.",
    ),
    Mutant(
        "map_needs_a_list",
        "operators.map",
        "return lambda ls: [fn(ls[i]) for i in range(len(ls))]",
        "map worked on a list only: an Iterable may have no length and no index; loop over it.",
    ),
    Mutant(
        "zipWith_swaps",
        "operators.zipWith",
        "return lambda ls1, ls2: [fn(y, x) for x, y in zip(ls1, ls2)]",
        "zipWith called fn with its arguments swapped: the first list's number comes first.",
    ),
    Mutant(
        "zipWith_all_pairs",
        "operators.zipWith",
        "return lambda ls1, ls2: [fn(x, y) for x in ls1 for y in ls2]",
        "zipWith combined every number with every other: only numbers in the same place meet.",
    ),
    Mutant(
        "reduce_ignores_start",
        "operators.reduce",
        "def apply(ls):\n    ls = list(ls)\n    if not ls:\n        return start\n"
        "    total = ls[0]\n    for x in ls[1:]:\n        total = fn(x, total)\n    return total\n"
        "return apply",
        "reduce began with the first number: it begins with start, whatever the list.",
    ),
    Mutant(
        "reduce_from_the_right",
        "operators.reduce",
        "def apply(ls):\n    total = start\n    for x in reversed(list(ls)):\n"
        "        total = fn(x, total)\n    return total\nreturn apply",
        "reduce folded from the right: the first number is combined with start.",
    ),
    Mutant(
        "reduce_swaps",
        "operators.reduce",
        "def apply(ls):\n    total = start\n    for x in ls:\n        total = fn(total, x)\n"
        "    return total\nreturn apply",
        "reduce called fn(result so far, number): the docstring writes fn(x1, start), the number "
        "first.",
    ),
    Mutant(
        "reduce_keeps_its_total",
        "operators.reduce",
        "total = start\ndef apply(ls):\n    nonlocal total\n    for x in ls:\n"
        "        total = fn(x, total)\n    return total\nreturn apply",
        "reduce remembered the last list: the result so far must begin anew in each call.",
    ),
    Mutant(
        "addLists_concatenates",
        "operators.addLists",
        "return [*ls1, *ls2]",
        "addLists put one list behind the other: it adds them number by number.",
    ),
    Mutant(
        "negList_drops_signs",
        "operators.negList",
        "return [abs(x) for x in ls]",
        "negList lost the sign of negative numbers: it changes signs, it doesn't drop them.",
    ),
    Mutant(
        "sum_starts_at_one",
        "operators.sum",
        "return reduce(add, 1.0)(ls)",
        "sum is one too large: adding begins with 0.",
    ),
    Mutant(
        "prod_starts_at_zero",
        "operators.prod",
        "return reduce(mul, 0.0)(ls)",
        "prod is always 0: multiplying begins with 1, for 0 swallows every factor.",
    ),
    Mutant(
        "addLists_in_place",
        "operators.addLists",
        "for i in range(len(ls1)):\n    ls1[i] = ls1[i] + ls2[i]\nreturn ls1",
        "addLists wrote its sums into the first list: whoever handed the list in still needs it.",
    ),
    Mutant(
        "negList_in_place",
        "operators.negList",
        "for i in range(len(ls)):\n    ls[i] = -ls[i]\nreturn ls",
        "negList changed the list that it was given: make a new one.",
    ),
]
