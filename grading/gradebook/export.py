"""Exports the gradebook as nbgrader does, with names such as `Lovelace, Ada` in quotes."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from nbgrader.plugins import ExportPlugin

from grading.submission.read import unfit

COLUMNS: tuple[str, ...] = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


class TableExport(ExportPlugin):
    """nbgrader's own table; its own plugin puts a comma in a name between two columns."""

    def export(self, gradebook: Any) -> None:
        """Write a line for each student and assignment.

        Who handed in nothing has 0 points; who handed in what is not graded yet has none at all.
        """
        target = Path(self.to or "grades.csv")
        # Moved into place when it is whole: a run that is killed leaves no half of a table.
        aside = target.with_name(f".{target.name}.part")
        with open(aside, "w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
            table.writeheader()
            for assignment in gradebook.assignments:
                if self.assignment and assignment.name not in map(str, self.assignment):
                    continue
                submissions = {each.student_id: each for each in assignment.submissions}
                students = {each.id: each for each in gradebook.students}
                handed_in = self._handed_in(assignment.name)
                for student_id in dict.fromkeys([*students, *sorted(handed_in)]):
                    if self.student and student_id not in map(str, self.student):
                        continue
                    student = students.get(student_id)
                    row = {name: getattr(student, name, "") for name in COLUMNS[4:7]}
                    if student_id in submissions or student_id not in handed_in:
                        row |= _scores(submissions.get(student_id))
                    table.writerow(
                        row
                        | {
                            "assignment": assignment.name,
                            "duedate": assignment.duedate,
                            "student_id": student_id,
                            "max_score": assignment.max_score,
                        }
                    )
        aside.replace(target)

    def _handed_in(self, assignment: str) -> set[str]:
        """List the students of whom there is a submission."""
        course: Any = self.parent
        folder = Path(course.coursedir.root, course.coursedir.submitted_directory)
        found = (path.parent for path in folder.glob(f"*/{assignment}") if path.is_dir())
        return {student.name for student in found if not unfit(student.name)}


def _scores(submission: Any) -> dict[str, Any]:
    if submission is None:
        return {"raw_score": 0.0, "late_submission_penalty": 0.0, "score": 0.0}
    raw, penalty = submission.score, submission.late_submission_penalty
    return {
        "timestamp": submission.timestamp,
        "raw_score": raw,
        "late_submission_penalty": penalty,
        "score": max(0.0, raw - penalty),
    }
