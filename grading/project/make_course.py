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
from collections.abc import Sequence
from pathlib import Path

from grading.course.guides import load_course
from grading.course.regions import GradingError
from grading.course.tasks import Course
from grading.gradebook import examples, feedback
from grading.gradebook.grade import Graded, grade
from grading.judge.judge import Judge
from grading.paths import JUDGED, MODEL, ROOT, SUBMITTED
from grading.release import build as release

DATASET, POINTS, HIDDEN, RATE, EPOCHS, SEED = "Xor", 50, 10, 0.5, 300, 6


def say(text: str) -> None:
    """Print a line of progress."""
    print(text, flush=True)


def export(root: Path) -> None:
    """Write the package from the notebooks."""
    release.export(root)
    modules = sum(1 for path in (root / "minitorch").rglob("*.py") if path.name != "_modidx.py")
    say(f"Exported {len(release.notebooks(root))} notebooks to minitorch/, {modules} modules")


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
    total = hashlib.sha256(repr((DATASET, POINTS, HIDDEN, RATE, EPOCHS, SEED)).encode())
    for path in sorted((root / "minitorch").rglob("*.py")):
        total.update(path.read_bytes())
    return total.hexdigest()


def train(root: Path) -> dict[str, float]:
    """Train a network with the exported package and draw what it learnt.

    Returns:
        The mean loss over the points, how many are right, and how many there are.

    """
    folder = root / MODEL
    record = folder / "result.json"
    made_from = fingerprint(root)
    if record.exists():
        known = json.loads(record.read_text(encoding="utf-8"))
        if known["made_from"] == made_from:
            say("The model: nothing has changed since it was trained")
            return known
    import minitorch
    from minitorch.draw import panels, plot_boundary, plot_curves
    from minitorch.train.scalar import ScalarTrain

    say(f"Training {HIDDEN} hidden units on {POINTS} points of {DATASET}, {EPOCHS} epochs")
    # The seed belongs to this run alone; whoever calls us keeps their own random numbers.
    state = random.getstate()
    minitorch.seed(SEED)
    data = minitorch.datasets[DATASET](POINTS)
    trainer = ScalarTrain(HIDDEN)
    said = time.monotonic()

    def log(epoch: int, total: float, correct: int, losses: Sequence[float]) -> None:
        nonlocal said
        if time.monotonic() - said > 3 or epoch == EPOCHS:
            said = time.monotonic()
            say(f"  epoch {epoch:3d}  mean loss {total / POINTS:.4f}  correct {correct}/{POINTS}")

    losses = trainer.train(data, RATE, EPOCHS, log)
    random.setstate(state)
    right = sum((trainer.score(*x) > 0) == (y == 1) for x, y in zip(data.X, data.y, strict=True))
    picture = panels(
        [
            plot_boundary(trainer.score, data, "What the network says"),
            plot_curves(
                "Its loss",
                {"mean loss": (list(range(1, EPOCHS + 1)), [x / POINTS for x in losses])},
            ),
        ],
        columns=2,
        title=f"{HIDDEN} hidden units on {DATASET}",
    )
    folder.mkdir(parents=True, exist_ok=True)
    picture.save(folder / "boundary.svg")
    result = {"loss": losses[-1] / POINTS, "correct": right, "points": POINTS}
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
    correct, points = int(model["correct"]), int(model["points"])
    lines += [
        "  Points given by hand are not in these.",
        "",
        f"The model  mean loss {model['loss']:.4f}, {correct} of {points} points right",
        "",
        "Where things are",
        "  the student's project  course/student/",
        "  feedback pages         course/feedback/",
        "  the gradebook          course/gradebook.db, as a table course/grades.csv",
        f"  the model's picture    {MODEL / 'boundary.svg'}",
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
