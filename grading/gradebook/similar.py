"""Shows which answers to a task share more than most do, side by side.

    python -m grading similar module1 --earlier ../2025/course/submitted

Answers are compared with one another, with those of earlier classes and with the course's own; the
page, course/similar-module1.html, is for people to look at. Nothing leaves this machine.
"""

from __future__ import annotations

import argparse
import html
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grading.course.guides import load_course
from grading.course.regions import GradingError, task_label
from grading.course.tasks import Course
from grading.gradebook.feedback import short
from grading.gradebook.grade import submissions
from grading.gradebook.similarity import Answer, Pair, answer, names, overall, pairs, written
from grading.paths import ROOT, SUBMITTED
from grading.release.strip import released
from grading.submission.answers import graft
from grading.submission.cells import Compiling
from grading.submission.read import SubmissionError, read_submission, unfit
from grading.submission.sanitize import clean

REFERENCE = "the course's own"
SHOWN = 12  # pairs of a task, and of all tasks together
SOME = 0.15  # pairs that share less aren't shown
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem;
  color-scheme: light dark; }
table { border-collapse: collapse; } td, th { padding: .2rem .8rem; text-align: left; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
pre { overflow-x: auto; border: 1px solid #8886; padding: .6rem; margin: .3rem 0; }
mark { background: #f4c43066; color: inherit; }
summary { cursor: pointer; padding: .2rem 0; }
"""
WHAT = (
    "What two answers share can have many reasons: a short task, a book that both read, work "
    "that was allowed to be done in pairs. This page shows what is shared, and people say what it "
    "means. Names of variables, comments and literals are left out, and so is what many write."
)


def answers_to(
    course: Course, assignment: str, folders: Mapping[str, tuple[Path, bool]]
) -> tuple[dict[str, list[Answer]], list[str]]:
    """Read what was written for each task of an assignment, by students and in the course.

    Args:
        course: whose tasks.
        assignment: its name.
        folders: submissions by who handed them in; whether they are of this class.

    Returns:
        Answers by task, and what could not be read.

    """
    model = course.assignment(assignment)
    releases = {notebook: released(course, notebook) for notebook in model.notebooks}
    given = {c.id: c.source for r in releases.values() for c in r.cells if c.cell_type == "code"}
    known = names("\n\n".join(given.values()))
    tasks = [task for task in model.tasks if task.regions]
    found: dict[str, list[Answer]] = {task.id: [] for task in tasks}
    left_out = []
    for who, (folder, counts) in folders.items():
        try:
            read = read_submission(model, folder)
        except SubmissionError as error:
            left_out.append(f"{short(who)}: {error}")
            continue
        compiling = Compiling()
        grafts = [
            graft(releases[notebook], raw, compiling=compiling)
            for notebook, raw in read.files.items()
            if raw is not None
        ]
        for task in tasks:
            if text := written(task.regions, given, grafts):
                found[task.id].append(answer(who, text, known, counts=counts))
    for task in tasks:
        text = "\n\n".join(region.body for region in task.regions)
        found[task.id].append(answer(REFERENCE, text, known, counts=False))
    return found, left_out


def page(assignment: str, tasks: Mapping[str, Sequence[Pair]], counts: Mapping[str, int]) -> str:
    """Write the report: a page that asks for nothing, in which all that students wrote is text.

    Args:
        assignment: its name.
        tasks: pairs by task, those that share most first.
        counts: answers by task.

    """
    body = [f"<h1>What answers to {html.escape(assignment)} share</h1>", f"<p>{WHAT}</p>"]
    body += ["<h2>All tasks</h2>", *_overview(tasks)]
    for task, found in tasks.items():
        label = task_label(task)
        body.append(f'<h2 id="{html.escape(task)}">{html.escape(label)}</h2>')
        shown = [pair for pair in found if pair.score >= SOME][:SHOWN]
        body.append(
            f"<p>{counts[task]} answers, with the course's own. "
            f"{'Those that share most:' if shown else 'No two share more than most do.'}</p>"
        )
        for pair in shown:
            body += _pair(pair)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>What answers share: {html.escape(assignment)}</title>"
        f"<style>{STYLE}</style></head>\n<body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def _overview(tasks: Mapping[str, Sequence[Pair]]) -> Iterator[str]:
    yield "<table><tr><th>answers of</th><th>and of</th><th>sum</th><th>most in</th></tr>"
    for (left, right, total, most), _ in zip(overall(tasks), range(SHOWN), strict=False):
        where = ", ".join(
            f'<a href="#{html.escape(task)}">{html.escape(task_label(task))}</a>'
            for task in most[:3]
        )
        yield (
            f"<tr><td>{_name(left)}</td><td>{_name(right)}</td>"
            f"<td>{total:.2f}</td><td>{where}</td></tr>"
        )
    yield "</table>"


def _name(who: str) -> str:
    return html.escape(clean(who, 80))


def _pair(pair: Pair) -> Iterator[str]:
    names = " and ".join(_name(each.who) for each in (pair.left, pair.right))
    yield (
        f"<details><summary>{pair.score:.2f} {names} "
        f"({len(pair.shared)} fingerprints)</summary><div class='pair'>"
    )
    for each in (pair.left, pair.right):
        marked = {line for shared in pair.shared for line in each.prints[shared]}
        lines = [
            f"<mark>{html.escape(line)}</mark>" if number in marked else html.escape(line)
            for number, line in enumerate(each.text.split("\n"), 1)
        ]
        yield f"<div>{_name(each.who)}<pre>{chr(10).join(lines)}</pre></div>"
    yield "</div></details>"


def earlier(folder: Path, assignment: str) -> dict[str, tuple[Path, bool]]:
    """List the submissions of an earlier class.

    Raises:
        GradingError: there are none.

    """
    found = {
        f"{each.name} in {folder}": (each / assignment, False)
        for each in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if (each / assignment).is_dir() and not unfit(each.name)
    }
    if not found:
        raise GradingError(
            f"{folder}: holds no submissions of {assignment}; they lie in <student>/{assignment}."
        )
    return found


def main() -> None:
    """Compare the answers of an assignment, and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("module", help="the assignment: module0 …")
    parser.add_argument(
        "--earlier",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="submissions of an earlier class, a folder for each student",
    )
    parser.add_argument("--output", type=Path, help="the page (course/similar-MODULE.html)")
    arguments = parser.parse_args()
    target = arguments.output or ROOT / "course" / f"similar-{arguments.module}.html"
    try:
        course = load_course(ROOT)
        course.assignment(arguments.module)
        folders = {
            who: (path, True) for who, path in submissions(ROOT, arguments.module)[0].items()
        }
        if not folders:
            raise GradingError(f"There are no submissions of {arguments.module} in {SUBMITTED}.")
        for folder in arguments.earlier:
            folders |= earlier(folder, arguments.module)
        answers, left_out = answers_to(course, arguments.module, folders)
    except GradingError as error:
        sys.exit(str(error))
    tasks = {task: pairs(found) for task, found in answers.items()}
    counts = {task: len(found) for task, found in answers.items()}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page(arguments.module, tasks, counts), encoding="utf-8")
    except OSError as error:
        sys.exit(f"{target}: can't be written: {error.strerror}.")
    for line in left_out:
        print(f"Left out: {line}")
    print(f"Compared the answers of {len(folders)} submissions to {len(tasks)} tasks: {target}")
