"""Wrong solutions of Task 0.5, each with the misconception behind it."""

from grading.checks import Mutant

MUTANTS = [
    Mutant(
        "simple_other_side",
        "primer.classify_simple",
        "return Linear(1.0, 0.0, -0.5)",
        "The line for Simple is where it should be, but its positive side is the wrong one: "
        "change the sign of all three parameters.",
    ),
    Mutant(
        "simple_other_axis",
        "primer.classify_simple",
        "return Linear(0.0, -1.0, 0.5)",
        "The line for Simple lies flat: Simple asks about x1, so w1 has to do the work, not w2.",
    ),
    Mutant(
        "simple_bias_left_out",
        "primer.classify_simple",
        "return Linear(-1.0, 0.0, 0.0)",
        "Without a bias the line for Simple goes through (0, 0), at the edge of the data: "
        "the bias shifts it to x1 = 0.5.",
    ),
    Mutant(
        "diag_other_side",
        "primer.classify_diag",
        "return Linear(1.0, 1.0, -0.5)",
        "The line for Diag is where it should be, but its positive side is the wrong one: "
        "class 1 is the small corner.",
    ),
    Mutant(
        "diag_through_the_middle",
        "primer.classify_diag",
        "return Linear(-1.0, -1.0, 1.0)",
        "The line for Diag runs from corner to corner of the square: it should cut off only "
        "the points with x1 + x2 < 0.5.",
    ),
    Mutant(
        "diag_always_class_0",
        "primer.classify_diag",
        "return Linear(0.0, 0.0, -1.0)",
        "This model answers 0 everywhere. On Diag that is right seven times in eight, and it "
        "separates nothing.",
    ),
    Mutant(
        "split_inside_out",
        "primer.classify_split",
        "return Split(Linear(1.0, 0.0, -0.2), Linear(-1.0, 0.0, 0.8))",
        "The product is positive inside the band of Split, but class 1 is outside: change the "
        "sign of one of the two separators.",
    ),
    Mutant(
        "split_one_line",
        "primer.classify_split",
        "return Split(Linear(-1.0, 0.0, 0.2), Linear(0.0, 0.0, 1.0))",
        "Only the left part of Split's class 1 is found: the second separator says the same "
        "everywhere, and the line at x1 = 0.8 is missing.",
    ),
    Mutant(
        "split_unit_eats_the_edge",
        "primer.classify_split",
        "return TwoUnits(Linear(-1, 0, 0.2), Linear(1, 0, -0.8), Linear(3.0, 3.0, -0.3))",
        "Both hidden units find their side of Split, but the last separator asks for 0.1 of "
        "either, so that the band is 0.1 too wide on both sides: begin the units earlier, or "
        "bring the last bias closer to 0.",
    ),
]
