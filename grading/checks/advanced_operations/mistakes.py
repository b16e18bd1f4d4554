"""What is said at home about what was written for the advanced operations."""

from __future__ import annotations

TOLD = {
    "power_forgets_factor": r"^The slope of power\(x, 3\)",
    "power_keeps_exponent": r"^The slope of power\(x, 3\)",
    "power_zero_is_nan": r"^The slope of power\(x, 0\) at 0",
    "exp_is_one": r"^The slope of exp",
    "log_upside_down": r"^The slope of log",
    "log_of_zero": r"^log at 0 and -1 is that of 1e-8",
    "sum_spreads_thin": r"^sum_all sends 1 to each",
    "mean_is_a_sum": r"^mean sends 0.25 to each",
    "sum_forgets_shape": r"^sum_all's closure gives a share of shape|^sum_all",
}
