"""Runs nbgrader's own steps in this process, for the submissions that need them."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import temp_attrs

from grading.course.regions import GradingError
from grading.gradebook.export import TableExport
from grading.gradebook.keeping import trouble

Ready = Callable[[str], None]


class _Chosen(BaseConverter):
    """A converter of some students' folders; told of each as it begins."""

    name: str
    students: tuple[str, ...]
    ready: Ready

    def init_notebooks(self) -> None:
        """Take the chosen folders, whatever lies in them."""
        self.notebooks = []
        self.assignments = {}
        for student in self.students:
            folder = self._format_source(self.name, student)
            self.assignments[folder] = sorted(str(path) for path in Path(folder).glob("*.ipynb"))

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Begin with one submission."""
        self.ready(student_id)
        return super().init_destination(assignment_id, student_id)


class ChosenAutograde(_Chosen, Autograde):
    """nbgrader's autograde of some submissions."""


class ChosenFeedback(_Chosen, GenerateFeedback):
    """nbgrader's feedback on some submissions."""


class Pipeline:
    """nbgrader with the project's configuration.

    Args:
        root: the project.

    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._said = io.StringIO()
        with contextlib.chdir(root), _without_warnings():
            self.app = NbGrader()
            self.app.load_config_file()
            self.coursedir = self.app.coursedir = CourseDirectory(parent=self.app)
        # Progress is told in our own words; nbgrader's are kept for when something fails.
        handler = logging.StreamHandler(self._said)
        handler.setFormatter(logging.Formatter("[%(levelname)s] %(message)s"))
        self.app.log.handlers[:] = [handler]
        # Its gradebook prints pages of traceback by Tornado's logger, and raises the error as well.
        logging.getLogger("tornado.application").handlers[:] = [logging.NullHandler()]

    def generate_assignment(self, name: str) -> None:
        """Let the gradebook know an assignment as the guides have it.

        Raises:
            GradingError: nbgrader refused; the message holds what it said.

        """
        converter = GenerateAssignment(coursedir=self.coursedir, parent=self.app)
        if said := self._start(converter, name):
            raise GradingError(f"nbgrader generate_assignment {name} failed:\n{said}")

    def autograde(self, name: str, students: Sequence[str], ready: Ready) -> str:
        """Store what was judged; returns what nbgrader said if something failed.

        Raises:
            GradingError: nothing could be stored, of nobody.

        """
        return self._convert(ChosenAutograde, name, students, ready)

    def feedback(self, name: str, students: Sequence[str], ready: Ready) -> str:
        """Write feedback pages; returns what nbgrader said if something failed."""
        return self._convert(ChosenFeedback, name, students, ready)

    def count_lateness(self, name: str) -> None:
        """Take the penalty for lateness off the points as they are now, by nbgrader's own step.

        nbgrader does so in autograde only, before a person gives points.
        """
        place = {"assignment": name, "db_url": self.coursedir.db_url}
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as book:
            late = [
                place | {"student": submission.student_id, "notebook": notebook.name}
                for submission in book.assignment_submissions(name)
                if submission.total_seconds_late or submission.late_submission_penalty
                for notebook in submission.notebooks
            ]
        step = AssignLatePenalties(parent=self.app)
        for notebook in late:
            step.preprocess(new_notebook(), ResourcesDict(nbgrader=notebook))

    def export(self, target: Path) -> None:
        """Write the gradebook as a table."""
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as book:
            table = TableExport(parent=self.app)
            table.to = str(target)
            table.export(book)

    def _convert(
        self, kind: type[_Chosen], name: str, students: Sequence[str], ready: Ready
    ) -> str:
        converter = kind(coursedir=self.coursedir, parent=self.app)
        converter.name, converter.students = name, tuple(students)
        converter.ready = ready
        return self._start(converter, name)

    def _start(self, converter: BaseConverter, name: str) -> str:
        """Run a step on an assignment; one that fails for a submission goes on with the next."""
        self._said.seek(0)
        self._said.truncate()
        converter.force = True
        with temp_attrs(self.coursedir, assignment_id=name), _without_warnings():
            try:
                converter.start()
            except NbGraderException:
                said = self._said.getvalue()
                if why := trouble(self.root, said):
                    raise GradingError(why) from None
                lines = said.splitlines()
                return "\n".join([line for line in lines if not line.startswith("[INFO]")][-25:])
        return ""


@contextlib.contextmanager
def _without_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
