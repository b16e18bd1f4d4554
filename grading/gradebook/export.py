"""Exports the gradebook as nbgrader does, with names such as `Lovelace, Ada` in quotes."""

from __future__ import annotations

import csv
from typing import Any

from nbgrader.plugins import ExportPlugin

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
        """Write a line for each student and assignment; who handed in nothing has 0 points."""
        with open(self.to or "grades.csv", "w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
            table.writeheader()
            for assignment in gradebook.assignments:
                if self.assignment and assignment.name not in map(str, self.assignment):
                    continue
                submissions = {each.student_id: each for each in assignment.submissions}
                for student in gradebook.students:
                    if self.student and student.id not in map(str, self.student):
                        continue
                    row = {name: getattr(student, name) for name in COLUMNS[4:7]}
                    row |= _scores(submissions.get(student.id))
                    table.writerow(
                        row
                        | {
                            "assignment": assignment.name,
                            "duedate": assignment.duedate,
                            "student_id": student.id,
                            "max_score": assignment.max_score,
                        }
                    )


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
