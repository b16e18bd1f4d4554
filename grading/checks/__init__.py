"""What belongs to a task lies together: `probes.py`, `mutants.py`, `fair.py` in its folder.

A probe uses public names only, returns plain data and holds no expected value: the same probe
runs on the reference and on a student's package, and the results are compared. A mutant is a
wrong solution with the misconception behind it; mutants prove that the probes see what goes wrong,
and put a sentence beside a student's result that equals theirs. Fair solutions are right in other
styles than the reference's, and must earn all points.
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
