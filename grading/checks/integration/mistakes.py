"""What is said at home about what was written for the integration."""

from __future__ import annotations

TOLD = {
    "relu_passes_everything": r"ReLU at −1, 0, 1 passes 0, 0, 1",
    "relu_passes_at_zero": r"ReLU at −1, 0, 1 passes 0, 0, 1",
    "relu_ignores_gradient": r"ReLU multiply its slope with the gradient",
    "relu_blocks_by_gradient": r"ReLU at −1, 0, 1 passes 0, 0, 1",
    "sigmoid_of_x_slope": r"Its slopes are 0.25, 0, 0",
    "sigmoid_forgets_second_factor": r"Its slopes are 0.25, 0, 0",
    "sigmoid_sign": r"^The sigmoid of 0, 1000, −1000 is",
}
