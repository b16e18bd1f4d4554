"""What is said at home about what was written for the gradient utilities."""

from __future__ import annotations

TOLD = {
    "clips_each_alone": r"become 0.7071 each",
    "clips_values": r"become 0.7071 each",
    "always_scales": r"^0.5 is shorter than 1 and stays",
    "forgets_root": r"have norm √200, not 200",
    "returns_the_new_norm": r"have norm √200, not 1",
    "one_level": r"^Three parameters hide",
    "counts_twice": r"reachable twice counts once",
    "zero_skips_missing": r"gives zeros to a variable without a gradient",
    "no_sets": r"^Three parameters hide",
}
