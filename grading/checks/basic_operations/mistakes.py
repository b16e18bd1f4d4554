"""What is said at home about what was written for the basic operations."""

from __future__ import annotations

TOLD = {
    "add_forgets_broadcasting": r"shares of add have .* entries.*unbroadcast",
    "add_swaps_shapes": r"Each row of a \(2, 1\) operand|shares of add",
    "multiply_swaps_shares": r"shares of multiply.*derivative with respect to each operand",
    "multiply_ignores_gradient": r"shares of multiply.*at the gradient",
    "subtract_forgets_sign": r"shares of subtract.*at its sign",
    "subtract_exchanged": r"^subtract\(6, \[2, 4\]\) should be \[4, 2\]",
    "divide_forgets_square": r"shares of divide.*derivative with respect",
    "divide_forgets_sign": r"shares of divide.*at its sign",
    "zero_grad_forgets": r"zero_grad leaves zeros.*but grad is None",
    "keeps_no_flag": r"Keep the flag requires_grad",
    "no_age": r"needs the higher number",
}
