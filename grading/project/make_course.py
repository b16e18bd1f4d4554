"""The main job, `make course`: package, release, graded examples, a trained model, a summary.

What hasn't changed since the last run is reused, so that a second run is short.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import time
from pathlib import Path

from grading.course.guides import load_course
from grading.course.notebooks import notebooks
from grading.course.regions import GradingError
from grading.course.tasks import Course
from grading.gradebook import examples, feedback
from grading.gradebook.grade import Graded, grade
from grading.judge.judge import Judge
from grading.paths import JUDGED, MODEL, ROOT, SUBMITTED
from grading.release import build as release

RATE, EPOCHS, SEED = 0.01, 15, 1
PICTURE = "confusion.svg"


def say(text: str) -> None:
    """Print a line of progress."""
    print(text, flush=True)


def export(root: Path) -> None:
    """Write the package from the notebooks."""
    release.export(root)
    modules = sum(1 for path in (root / "minitorch").rglob("*.py") if path.name != "_modidx.py")
    say(f"Exported {len(notebooks(root))} notebooks to minitorch/, {modules} modules")


def grade_examples(root: Path, course: Course) -> list[Graded]:
    """Make the small class of example submissions and grade it as any other."""
    judge = Judge(root, cache=root / JUDGED)
    graded = []
    for assignment in course.assignments:
        if assignment.tasks:
            say(f"{assignment.name}: writing the example submissions, then grading them")
            examples.write(judge, assignment, root / SUBMITTED)
            graded.append(grade(root, assignment.name))
    return graded


def fingerprint(root: Path) -> str:
    """Name what the trained model depends on: the package and the settings above."""
    total = hashlib.sha256(repr((RATE, EPOCHS, SEED)).encode())
    for path in sorted((root / "minitorch").rglob("*.*")):
        if path.suffix in (".py", ".npz"):
            total.update(path.read_bytes())
    return total.hexdigest()


def train(root: Path) -> dict[str, float]:
    """Train the network for digits with the exported package, and draw who is taken for whom.

    Returns:
        The mean loss of the last epoch, how many of the other digits are right, and how many
        there are.

    """
    folder = root / MODEL
    record = folder / "result.json"
    made_from = fingerprint(root)
    if record.exists():
        known = json.loads(record.read_text(encoding="utf-8"))
        if known["made_from"] == made_from:
            say("The model: nothing has changed since it was trained")
            return known
    import numpy as np

    import minitorch
    from minitorch.data.digits import small_digits
    from minitorch.draw import draw_confusion
    from minitorch.train.epochs import Epoch
    from minitorch.train.images import ImageTrain

    digits, others = small_digits("train"), small_digits("validation")
    say(f"Training two convolutions on {len(digits):,} digits of 8×8 pixels, {EPOCHS} epochs")
    # The seed belongs to this run alone; whoever calls us keeps their own random numbers.
    state = random.getstate()
    minitorch.seed(SEED)

    def log(done: Epoch) -> None:
        say(
            f"  epoch {done.epoch:2d}  mean loss {done.loss:.4f}  "
            f"correct {done.correct}/{done.count}"
        )

    trainer = ImageTrain(size=8)
    past = trainer.train(digits, others, RATE, EPOCHS, log)
    random.setstate(state)
    table = np.zeros((10, 10), int)
    np.add.at(table, (others.labels, trainer.read(others.images)), 1)
    picture = draw_confusion(
        table, [str(digit) for digit in range(10)], f"{len(others)} digits that it had never seen"
    )
    folder.mkdir(parents=True, exist_ok=True)
    picture.save(folder / PICTURE)
    result = {"loss": past[-1].loss, "correct": past[-1].correct, "digits": past[-1].count}
    record.write_text(json.dumps(result | {"made_from": made_from}), encoding="utf-8")
    return result


def summary(graded: list[Graded], model: dict[str, float]) -> str:
    """Say what was made, where it lies, and what to do next."""
    lines = ["", "Points of the example submissions"]
    for each in graded:
        lines.append(f"  {each.assignment}")
        for student, judged in each.judgements.items():
            score = f"{feedback.points(judged.earned)} of {feedback.points(judged.points)}"
            lines.append(f"    {student.removeprefix(examples.PREFIX + '-'):<12} {score:>12}")
        lines += [
            f"    {student}: not graded yet. {why[0]}" for student, why in each.waiting.items()
        ]
        lines += [f"    {student}: {why}" for student, why in each.refused.items()]
    correct, digits = int(model["correct"]), int(model["digits"])
    lines += [
        "  Points given by hand are not in these.",
        "",
        f"The model  mean loss {model['loss']:.4f}, {correct} of {digits} other digits read right",
        "",
        "Where things are",
        "  the student's project  course/student/",
        "  feedback pages         course/feedback/",
        "  the gradebook          course/gradebook.db, as a table course/grades.csv",
        f"  whom it takes for whom {MODEL / PICTURE}",
        "",
        "Next: make lab opens the notebooks in JupyterLab.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Do everything, or say in a sentence why not."""
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    started = time.monotonic()
    try:
        say("1 of 4  The package")
        export(ROOT)
        say("2 of 4  The student's release")
        release.build(ROOT)
        say("3 of 4  The example submissions")
        graded = grade_examples(ROOT, load_course(ROOT, strict=True))
        say("4 of 4  A model, trained with the package")
        model = train(ROOT)
    except (GradingError, RuntimeError) as error:
        sys.exit(f"{error}\nNothing was left half done; mend this and run make course again.")
    except OSError as error:
        sys.exit(
            f"{error.filename or 'A file'} can't be written or read: {error.strerror or error}. "
            "Check the permissions of course/ and the free space, and run make course again."
        )
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. What was finished is kept; run make course again to go on.")
    say(summary(graded, model))
    say(f"\nDone in {time.monotonic() - started:.0f} s.")
