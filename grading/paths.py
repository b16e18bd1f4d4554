"""The places on disk, once."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent  # the project that this code lies in

# Below a project's root
GUIDES = Path("nbs") / "guides"
CHECKS = Path("grading") / "checks"  # a folder for each task: its probes, mutants, mistakes

# What the commands make; git leaves it out
STUDENT = Path("course") / "student"
SELF_LEARNER = Path("course") / "self-learner"  # the same, with worked solutions
RELEASE = Path("course") / "release"
LITE = Path("course") / "lite"  # the course in a browser tab
SUBMITTED = Path("course") / "submitted"
EARLIER = Path("course") / "earlier"  # work that newer work took the place of
COLLECTED = Path("course") / "collected.json"  # under which names platforms know hand-ins
JUDGED = Path("course") / "judged"  # judgements that needn't be made twice
AUTOGRADED = Path("course") / "autograded"
FEEDBACK = Path("course") / "feedback"
GRADEBOOK = Path("course") / "gradebook.db"
BACKUPS = Path("course") / "backups"  # copies of the gradebook, made before it is written
UNSETTLED = Path("course") / "judged" / "unsettled"  # what a run that stores points must not forget
GRADES = Path("course") / "grades.csv"
CHANGES = Path("course") / "changes"  # what each regrade changed, and why
TOLD = Path("course") / "judged" / "told"  # the points that the last report of changes knew
PROOF = Path("course") / "proof.md"
MISTAKES = Path("course") / "mistakes.md"
MESSAGES = Path("course") / "messages.md"  # what students read, for each classic mistake
ATTACKS = Path("course") / "attacks.md"  # what clever submissions gain
MODEL = Path("course") / "model"


def sources(*rooms: str) -> list[Path]:
    """Return the modules of some rooms of this code: what they make depends on these files."""
    return sorted(path for room in rooms for path in (ROOT / "grading" / room).glob("*.py"))
