"""Makes the judge a step of nbgrader's autograde.

`GraftingExporter` reads what was handed in and passes on the fresh copy with the student's
answers; `JudgeCells` stands where nbgrader would execute the notebook, and sets the outputs
of the graded cells so that nbgrader's own steps store the points.
"""

from __future__ import annotations

import contextlib
import functools
import glob
import os
import posixpath
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from nbconvert.exporters import HTMLExporter, NotebookExporter, TemplateExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    DeduplicateIds,
    GetGrades,
    LimitOutput,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from nbgrader.utils import determine_grade, is_grade

from grading.gradebook import examples, feedback, records
from grading.judge.judge import Judge
from grading.judge.verdict import Judgement, Verdict
from grading.paths import JUDGED
from grading.sandbox import run as sandbox
from grading.sandbox.ending import NotYet
from grading.submission.answers import Graft
from grading.submission.handed_in import read_file
from grading.submission.read import Submission, unfit

# "own": take prerequisites from the student's own work where that earned its points.
PREREQUISITES = "MINITORCH_PREREQUISITES"

UNSANDBOXED = (
    "This is an example submission of the course itself, graded without a sandbox: "
    "install the package bubblewrap to grade students' work."
)

NO_ALT = "No description has been provided for this image"  # nbconvert's words
_WITHOUT_ALT = re.compile(r"<img(?=\s)(?![^>]*\salt=)")
_TO_NOTEBOOK = re.compile(r"\]\((?P<path>[\w./-]+)\.ipynb(?P<part>#[^]()\s]*)?\)")


@functools.cache
def judge_for(root: Path) -> Judge:
    """Return the judge of a project; there is one for all its submissions."""
    own = os.environ.get(PREREQUISITES) == "own"
    return Judge(root, cache=root / JUDGED, own_prerequisites=own)


def judge_submission(judge: Judge, submission: Submission, **how: Any) -> Judgement:
    """Judge a submission; without bwrap only one that the course made itself.

    Args:
        judge: of the course.
        submission: the files.
        how: what `Judge.judge` takes besides.

    Raises:
        SandboxError: there is no sandbox, and this is a student's work.

    """
    try:
        judge.place.require()
    except sandbox.SandboxError:
        if not examples.is_example(judge, submission):
            raise
        judge = judge.trusting()
    return judge.judge(submission, **how)


class _Reader:
    """Reads submissions, one at a time, and remembers the last."""

    # What `grade` found out before it lets nbgrader store it, by the submission's folder.
    known: ClassVar[dict[Path, Judgement]] = {}

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self._last: tuple[str, Path] | None = None
        self._submission: Submission | None = None
        self._grafts: dict[str, Graft] = {}
        self._judgement: Judgement | None = None

    def _read(self, assignment: str, folder: Path) -> None:
        if self._last != (assignment, folder):
            earned = records.earned(self.judge.course.root, self.judge.course, assignment)
            self._submission = replace(
                self.judge.read(assignment, folder),
                earned=earned.get(folder.parent.name, frozenset()),
            )
            self._grafts = self.judge.grafts(self._submission)
            self._judgement = None
            self._last = (assignment, folder)

    def forget(self) -> None:
        """Read afresh next time."""
        self._last = None

    def graft(self, assignment: str, folder: Path, stem: str) -> Graft:
        """Return one notebook of a submission."""
        self._read(assignment, folder)
        return next(g for name, g in self._grafts.items() if Path(name).stem == stem)

    def stamp(self, assignment: str, folder: Path) -> str:
        """Name what the record of a submission depends on."""
        self._read(assignment, folder)
        assert self._submission is not None
        known = self.known.get(folder.absolute())
        key = known.key if known else self.judge.key(assignment, self._grafts)
        return records.stamp(self.judge.course.root, key, self._submission.digest, folder)

    def judgement(self, assignment: str, folder: Path) -> Judgement:
        """Judge a submission, once for all its notebooks."""
        self._read(assignment, folder)
        if self._judgement is None:
            self._judgement = self.known.get(folder)
        if self._judgement is None:
            assert self._submission is not None
            self._judgement = judge_submission(self.judge, self._submission)
        return self._judgement


@contextlib.contextmanager
def handing_over(judgements: Mapping[Path, Judgement]) -> Iterator[None]:
    """Let nbgrader's steps in this process store these, by the submission's folder."""
    _Reader.known = dict(judgements)
    try:
        yield
    finally:
        _Reader.known = {}


@functools.cache
def reader_for(root: Path) -> _Reader:
    """Return the reader of a project."""
    return _Reader(judge_for(root))


class GraftingExporter(NotebookExporter):
    """Passes on a fresh copy of the release with the student's answers in it.

    nbgrader parses a file before any of its steps runs, so that one which isn't JSON ends the
    submission. This reads whatever is there.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        converter = self.parent
        if converter is not None and hasattr(converter, "assignments"):
            # In a server that runs for days the guides may have changed since.
            judge_for.cache_clear()
            reader_for.cache_clear()
            _complete(converter)

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Read a notebook as handed in, or the graded copy in the second pass."""
        converter: Any = self.parent
        if not getattr(converter, "_sanitizing", False):
            return super().from_filename(filename, resources, **kw)
        assert resources is not None
        place = resources["nbgrader"]
        path = Path(filename).absolute()
        reader = reader_for(Path(converter.coursedir.root))
        graft = reader.graft(place["assignment"], path.parent, path.stem)
        resources["metadata"] = ResourcesDict(name=path.stem, path=str(path.parent))
        notebook = nbformat.from_dict(graft.notebook)
        return self.from_notebook_node(notebook, resources, **kw)


def _complete(converter: Any) -> None:
    """Prepare a run of autograde: every notebook of the course, and nothing that is done.

    nbgrader looks at the notebooks that were handed in, and skips a submission whose folder
    of results is there, however far an interrupted run had come.
    """
    coursedir = converter.coursedir
    root = Path(coursedir.root)
    reader = reader_for(root)
    distrust(coursedir, converter.log)
    name = coursedir.assignment_id
    known = {a.name: a for a in reader.judge.course.assignments}
    if name not in known or coursedir.notebook_id != "*":
        return
    chosen = getattr(converter, "students", None)  # else by name, as nbgrader's commands do
    pattern = coursedir.format_path(coursedir.submitted_directory, coursedir.student_id, name)
    others = glob.glob(pattern) if chosen is None else []
    entries = records.entries(root, name)
    late: dict[str, list[str]] = {}
    for folder in sorted({*converter.assignments, *others}):
        if not Path(folder).is_dir():
            continue
        stems = [Path(notebook).name for notebook in known[name].notebooks]
        converter.assignments[folder] = [str(Path(folder) / stem) for stem in stems]
        student = _student(coursedir, folder, name)
        if why := unfit(student):  # nbgrader would end the run of all others here
            converter.log.error("%r is left out: %s", folder, why)
            del converter.assignments[folder]
            continue
        done = Path(coursedir.format_path(coursedir.autograded_directory, student, name))
        if done.is_dir() and not converter.force:
            stamp = reader.stamp(name, Path(folder))
            if records.is_recorded(done, stems, stamp, entries.get(student)):
                continue
        # Before nbgrader touches anything: what waits keeps the points and pages that it has.
        if chosen is None and (waits := reader.judgement(name, Path(folder).absolute()).waits):
            late[folder] = waits
            del converter.assignments[folder]
        elif done.is_dir() and not converter.force:
            converter.log.info("Grading %s again: it is incomplete, or something changed", folder)
            shutil.rmtree(done)
    reader.forget()
    if late:
        _tell(converter, late)


def _tell(converter: Any, late: dict[str, list[str]]) -> None:
    """Let a run of autograde end with what is not graded yet."""
    convert = converter.convert_notebooks

    def convert_and_tell() -> None:
        convert()
        for folder, waits in late.items():
            for why in waits:
                converter.log.error("Not graded yet: %s. %s", folder, why)
        raise NbGraderException(
            "What is not graded yet has lost nothing: the gradebook keeps what it held. Run this "
            "again."
        )

    converter.convert_notebooks = convert_and_tell


def distrust(coursedir: Any, log: Any) -> None:
    """Keep nbgrader from trusting what else lies in a submission's folder."""
    read = coursedir.get_existing_timestamp

    def timestamp(folder: str) -> Any:
        path = Path(folder) / "timestamp.txt"
        if not path.is_symlink() and not path.exists():
            return None
        if read_file(path, records.LONGEST_DATE)[0] is None:
            log.warning("%s: timestamp.txt is no plain file of one line; it is left out", folder)
            return None
        try:
            return read(folder)
        except Exception as error:  # whatever a date parser makes of a stranger's text
            log.warning("%s: timestamp.txt is no date (%s); it is left out", folder, error)
            return None

    coursedir.get_existing_timestamp = timestamp
    # It would copy every other file, and follow links on the way.
    coursedir.ignore = ["*"]


def _student(coursedir: Any, folder: str, assignment: str) -> str:
    """Return the student's id from a submission's folder."""
    depth = 2 if Path(folder).name == assignment else 1
    return Path(folder).parts[-depth]


class JudgeCells(NbGraderPreprocessor):
    """Sets the outputs of graded cells from the judge's verdicts, in place of Execute."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Judge the submission that the notebook belongs to; once for all its notebooks."""
        place = resources["nbgrader"]
        coursedir: Any = self.parent.parent.coursedir  # type: ignore[union-attr]
        root = Path(coursedir.root)
        folder = Path(
            coursedir.format_path(
                coursedir.submitted_directory, place["student"], place["assignment"]
            )
        )
        reader = reader_for(root)
        judgement = reader.judgement(place["assignment"], folder.absolute())
        if judgement.waits:
            raise NotYet("; ".join(judgement.waits))
        by_grade_id = {
            task.grade_id: judgement.verdict(task.id)
            for task in reader.judge.course.assignment(place["assignment"]).tasks
        }
        notes = [n for n in judgement.notes if n.startswith(f"{place['notebook']}.ipynb: ")]
        for cell in nb.cells:
            mark = cell.metadata.get("nbgrader", {})
            verdict = by_grade_id.get(mark.get("grade_id"))
            if mark.get("grade") and not mark.get("solution") and cell.cell_type == "code":
                if verdict is None:
                    raise KeyError(f"the graded cell {mark.get('grade_id')} belongs to no task")
                link = feedback.address(root, verdict.section)
                cell.outputs = outputs(verdict, link, [*notes, *verdict.notes], mark["points"])
                cell.execution_count = None
        resources[records.STAMP] = reader.stamp(place["assignment"], folder.absolute())
        return nb, resources


def outputs(verdict: Verdict, link: str, notes: list[str], points: float) -> list[Any]:
    """Write a verdict so that nbgrader reads its points: an error, a number, or nothing.

    nbgrader takes an error for nothing, a number as the result for partial credit, and
    anything else for all points. A number above the cell's points would end the submission.
    """
    earned = min(verdict.earned, verdict.points, float(points))
    full = earned >= float(points)
    said = []
    if not full or notes:
        data = {
            "text/plain": feedback.plain(verdict, link, notes),
            "text/html": feedback.page(verdict, link, notes),
        }
        said.append(nbformat.v4.new_output("display_data", data))
    if full:
        return said
    if earned <= 0:
        label = feedback.headline(verdict)
        error = nbformat.v4.new_output(
            "error", ename="NoPoints", evalue=label, traceback=[f"{label}; see above."]
        )
        return [*said, error]
    number = nbformat.v4.new_output(
        "execute_result", {"text/plain": repr(float(earned))}, execution_count=None
    )
    return [*said, number]


class Stamp(NbGraderPreprocessor):
    """The last step: notes in the file what it was made from, so that it is complete."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Write the stamp, and the points that the gradebook must hold, into the metadata."""
        scores = {
            cell.metadata.nbgrader["grade_id"]: determine_grade(cell, self.log)[0]
            for cell in nb.cells
            if is_grade(cell)
        }
        nb.metadata[records.STAMP] = {"key": resources[records.STAMP], "scores": scores}
        return nb, resources


class Links(NbGraderPreprocessor):
    """Leads from one feedback page to the next: there are pages where the guides had notebooks."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Change the links in the text of the guide."""
        root = Path(self.parent.parent.coursedir.root)  # type: ignore[union-attr]
        module = resources["nbgrader"]["assignment"]

        def page(link: re.Match[str]) -> str:
            folder, rest = posixpath.split(link["path"])
            if not folder:
                return f"]({rest}.html{link['part'] or ''})"  # of the same module: feedback, too
            place = posixpath.normpath(posixpath.join("guides", module, folder, rest))
            return f"]({feedback.address(root, place)}.html{link['part'] or ''})"

        for cell in nb.cells:
            if cell.cell_type == "markdown":
                cell.source = _TO_NOTEBOOK.sub(page, cell.source)
        return nb, resources


class PageExporter(HTMLExporter):
    """Writes feedback as nbconvert does, in a third of the time.

    nbconvert parses each finished page and writes it out anew, for pictures without alternative
    text and for what only its other templates have.
    """

    def from_notebook_node(  # type: ignore[override]
        self, nb: Any, resources: Any = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert a notebook to a page."""
        resources = self._init_resources(resources)
        marked = Highlight2HTML(pygments_lexer="ipython3", parent=self)
        self.register_filter("highlight_code", marked)
        chosen = WidgetsDataTypeFilter(
            notebook_metadata=nb.metadata, parent=self, resources=resources
        )
        self.register_filter("filter_data_type", chosen)
        page, resources = TemplateExporter.from_notebook_node(self, nb, resources, **kw)
        return _WITHOUT_ALT.sub(f'<img alt="{NO_ALT}"', page), resources


SANITIZE = [DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata]
AUTOGRADE = [
    JudgeCells,
    ClearMetadataPreprocessor,
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
    Stamp,
]
FEEDBACK = [GetGrades, Links, CSSHTMLHeaderPreprocessor]
