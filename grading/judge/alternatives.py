"""Says whose work stands where when a task is graded: the readings of a student's work.

A task is graded with the student's own regions, its prerequisites from the reference, stubs
elsewhere. Where another reading is as fair, it is tried too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from grading.course.regions import Region
from grading.course.tasks import Course, Task
from grading.judge.assemble import Chooser, Source


def chooser(
    task: Task, source: Source, extra: Callable[[Region], Source | None] = lambda region: None
) -> Chooser:
    """Say where each region comes from when a task is graded.

    Args:
        task: the task.
        source: where its own regions come from.
        extra: decides on other regions before the rule does; None leaves it to the rule.

    """

    def choose(region: Region) -> Source:
        if region.task == task.id:
            return source
        return extra(region) or ("reference" if region.task in task.requires else "stub")

    return choose


def readings(course: Course, task: Task, own: Collection[str]) -> list[tuple[Chooser, bool]]:
    """List the packages in which a student's task may be graded.

    Args:
        course: the course.
        task: the task.
        own: prerequisites that come from the student's own work.

    Returns:
        Choices, each with or without what the student wrote around the answers; the student's
        own way comes first.

    """
    backward = {region.target for region in task.regions if region.qualname.endswith(".backward")}

    def theirs(region: Region) -> Source | None:
        return "student" if region.task in own and region.task in task.requires else None

    def paired(region: Region) -> Source | None:
        # What forward saves for backward is a private matter of a class and its author.
        name, _, method = region.target.rpartition(".")
        if method == "forward" and f"{name}.backward" in backward:
            return "student"
        return theirs(region)

    plain = chooser(task, "student", theirs)
    found = [(plain, True), (plain, False)]
    if any(paired(region) != theirs(region) for region in course.regions):
        found = [(chooser(task, "student", paired), True), *found]
    return found
