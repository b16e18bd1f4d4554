"""Wrong solutions, one file a task, each with the misconception behind it.

They prove that the probes see what goes wrong, and they put a sentence beside a student's
result that equals theirs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One wrong solution of one region.

    Attributes:
        name: short and unique in its task.
        target: the region in the package, `module.qualname`, e.g. `operators.relu`.
        body: what stands there instead of the reference's body (the whole function, where
            the region is one).
        says: one sentence for the student whose result equals this one's.
        group: in a task in which students write tests, mutants of one group count as one,
            caught as soon as any of them is. For tests whose subject the student chooses.
    """

    name: str
    target: str
    body: str
    says: str
    group: str = ""
