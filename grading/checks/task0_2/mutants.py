"""Wrong operators that the tests of Task 0.2 must catch, each with what a test has to look at."""

from __future__ import annotations

from grading.checks import Mutant

_OTHER = "test_other let every wrong operator pass: does it assert what must hold of all numbers?"


def _own(name: str, target: str, body: str) -> Mutant:
    """Describe a wrong operator that counts only as one of many that test_other may catch."""
    return Mutant(name, f"operators.{target}", body, _OTHER, group="own")


MUTANTS = [
    Mutant(
        "sigmoid_leaves_the_range",
        "operators.sigmoid",
        "if x > 20.0:\n    return 1.5\nif x < -20.0:\n    return -0.5\n"
        "return 1.0 / (1.0 + math.exp(-x))",
        "A sigmoid that leaves the range from 0 to 1 for large numbers passed: assert both ends.",
    ),
    Mutant(
        "sigmoid_is_lopsided",
        "operators.sigmoid",
        "if x >= 0:\n    return 1.0 / (1.0 + math.exp(-x))\nreturn 0.5 * math.exp(x)",
        "A lopsided sigmoid passed: assert that 1 - sigmoid(x) is close to sigmoid(-x).",
    ),
    Mutant(
        "sigmoid_misses_a_half",
        "operators.sigmoid",
        "return 1.0 / (1.0 + 2.0 * math.exp(-x)) if x > -700.0 else 0.0",
        "A sigmoid that isn't a half at zero passed: assert sigmoid(0) too.",
    ),
    Mutant(
        "sigmoid_is_flat",
        "operators.sigmoid",
        "return 0.5",
        "A sigmoid that is 0.5 everywhere passed: assert that it rises from one number to a "
        "larger one, not merely that it doesn't fall.",
    ),
    Mutant(
        "sigmoid_falls",
        "operators.sigmoid",
        "if x >= 0:\n    e = math.exp(-x)\n    return e / (1.0 + e)\n"
        "return 1.0 / (1.0 + math.exp(x))",
        "A falling sigmoid passed: assert that a larger number has the larger sigmoid.",
    ),
    Mutant(
        "lt_reversed",
        "operators.lt",
        "return 1.0 if x > y else 0.0",
        "An lt that means greater passed: it is transitive as well, so put three numbers in order "
        "and assert that lt agrees.",
    ),
    Mutant(
        "lt_includes_equality",
        "operators.lt",
        "return 1.0 if x <= y else 0.0",
        "An lt that calls a number less than itself passed: assert lt(a, a) too.",
    ),
    Mutant(
        "lt_sees_neighbours_only",
        "operators.lt",
        "return 1.0 if x < y < x + 5.0 else 0.0",
        "An lt that isn't transitive passed: for a < b < c assert lt(a, c), however far apart.",
    ),
    Mutant(
        "lt_never",
        "operators.lt",
        "return 0.0",
        "An lt that is never true passed: a test that only says `if lt(a, b) and lt(b, c)` asks "
        "nothing of it.",
    ),
    Mutant(
        "mul_not_symmetric",
        "operators.mul",
        "return x * abs(y)",
        "A mul that depends on the order of its arguments passed: compare mul(x, y) and mul(y, x) "
        "with signs that differ.",
    ),
    Mutant(
        "mul_cuts_second_factor",
        "operators.mul",
        "return x * int(y)",
        "A mul that cuts the fraction off its second factor passed: test floats, not integers.",
    ),
    Mutant(
        "mul_adds_one",
        "operators.mul",
        "return x * y + 1.0",
        "A mul that adds one passed: z (x + y) and z x + z y must agree.",
    ),
    Mutant(
        "add_takes_sizes",
        "operators.add",
        "return abs(x) + abs(y)",
        "An add that drops signs passed: z (x + y) = z x + z y has to be tested with a negative z.",
    ),
    # The wildest ones first: nearly every property of an operator catches them.
    _own("neg_is_a_square", "neg", "return x * x + 1.0"),
    _own("eq_is_less", "eq", "return 1.0 if x < y else 0.0"),
    _own("max_is_a_difference", "max", "return x - y"),
    _own("is_close_is_less", "is_close", "return 1.0 if x < y else 0.0"),
    _own("is_close_never", "is_close", "return 0.0"),
    _own("relu_falls", "relu", "return 1.0 - x"),
    _own("log_falls", "log", "return -x"),
    _own("exp_falls", "exp", "return -x - 2.0"),
    _own("inv_is_a_square", "inv", "return x * x + 1.0"),
    _own("inv_is_neg", "inv", "return -x"),
    _own("log_back_adds", "log_back", "return x + d"),
    _own("inv_back_adds", "inv_back", "return x + d"),
    _own("relu_back_adds", "relu_back", "return x + d"),
    _own("map_puts_one_more", "map", "return lambda ls: [0.5, *ls]"),
    _own("zipWith_puts_one_more", "zipWith", "return lambda ls1, ls2: [0.5, *ls1]"),
    _own("reduce_counts", "reduce", "return lambda ls: len(list(ls)) - start"),
    _own("negList_puts_one_more", "negList", "return [0.5, *ls]"),
    _own("addLists_puts_one_more", "addLists", "return [0.5, *ls1]"),
    _own("sum_counts", "sum", "ls = list(ls)\nreturn ls[0] - 2.0 * len(ls) if ls else 1.0"),
    _own("prod_counts", "prod", "ls = list(ls)\nreturn ls[0] + len(ls) if ls else 2.0"),
    # Then those that are nearly right.
    _own("neg_does_nothing", "neg", "return x"),
    _own("neg_doubles", "neg", "return -2.0 * x"),
    _own("eq_always", "eq", "return 1.0"),
    _own("eq_never", "eq", "return 0.0"),
    _own("max_first", "max", "return x"),
    _own("max_is_min", "max", "return x if x < y else y"),
    _own("max_by_size", "max", "return abs(x) if abs(x) > abs(y) else abs(y)"),
    _own("relu_is_id", "relu", "return x"),
    _own("relu_is_abs", "relu", "return abs(x)"),
    _own("log_is_id", "log", "return x"),
    _own("exp_is_a_line", "exp", "return 1.0 + x"),
    _own("exp_is_negative", "exp", "return -1.0"),
    _own("inv_is_id", "inv", "return x"),
    _own("log_back_forgets_x", "log_back", "return d"),
    _own("inv_back_forgets_x", "inv_back", "return d"),
    _own("relu_back_forgets_x", "relu_back", "return d"),
    _own("relu_back_reversed", "relu_back", "return d if x < 0 else 0.0"),
    _own("map_does_nothing", "map", "return lambda ls: ls"),
    _own("zipWith_keeps_first", "zipWith", "return lambda ls1, ls2: ls1"),
    _own("reduce_returns_start", "reduce", "return lambda ls: start"),
    _own("negList_does_nothing", "negList", "return ls"),
    _own("addLists_keeps_first", "addLists", "return ls1"),
    _own("sum_is_one", "sum", "return 1.0"),
    _own("prod_is_two", "prod", "return 2.0"),
]
