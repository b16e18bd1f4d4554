"""What is said at home about what was written for the pipeline."""

from __future__ import annotations

TOLD = {
    "never_zeroes": r"left from before, and added: clear it first",
    "climbs": r"uphill: subtract",
    "forgets_rate": r"The rate is missing",
    "sign_only": r"Only the sign was taken",
    "zeroes_too_late": r"cleared before backward, not after it",
    "first_parameter_only": r"Only the first parameter moved",
    "rounded_loss": r"the loss before the",
}
