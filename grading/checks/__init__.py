"""What belongs to a task lies together: probes, mutants, mistakes and fair solutions in its folder.

A probe uses public names only, returns plain data and holds no expected value: the same probe
runs on the reference and on a student's package, and the results are compared. A mutant is a
wrong solution with the misconception behind it; mutants prove that the probes see what goes wrong,
and put a sentence beside a student's result that equals theirs. Fair solutions are right in other
styles than the reference's, and must earn all points. `mistakes.py` holds what students were seen
to write, right and wrong, and what they are told about it at home; mutants included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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


@dataclass(frozen=True)
class Mistake:
    """What a student may write in a region, and what the checks at home make of it.

    Attributes:
        name: what it is, in a few words; unique in its task.
        target: the region, as of a mutant.
        body: what stands there.
        told: a pattern of the message that names this cause.
        fair: why it may pass: it is right in another style, or nothing at home can see it.
        more: bodies of further regions that belong to it, by target.
        beside: code in front of the changed function's module, e.g. a helper or an import.

    """

    name: str
    target: str
    body: str
    told: str = ""
    fair: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    beside: str = ""
