"""How Canvas, Moodle and Brightspace name what was handed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo

from grading.collect.roster import BRIGHTSPACE, CANVAS, MOODLE

# `lovelaceada_LATE_9003_5551_03_functional-1.ipynb`
_CANVAS = re.compile(r"(?P<name>[^_/]+)_(?P<late>LATE_)?(?P<user>\d+)_(?P<file>\d+)_(?P<rest>.+)")
# `Ada Lovelace_12345_assignsubmission_file_/03.ipynb`, or the file's name behind the last `_`
_MOODLE = "_assignsubmission_"
# `12345-67890 - Ada Lovelace - Nov 30, 2026 1159 PM`, a folder; ` - 03.ipynb` where it is a file
_BRIGHTSPACE = re.compile(r"(?P<user>\d+)-\d+")
_DATE = re.compile(
    r"(?P<month>[A-Za-z]{3})[a-z]* (?P<day>\d{1,2}),? (?P<year>\d{4}),? "
    r"(?P<hour>\d{1,2}):?(?P<minute>\d\d) ?(?P<half>[AaPp])[Mm]"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Named:
    """What a platform's name of a hand-in says.

    Attributes:
        platform: which one.
        number: its own of the student.
        name: the student's.
        rest: the file's own name, if it is in there.
        label: the part by which the platform knows the hand-in again.
        late: it says so.
        when: it says that, too; None if it doesn't.
        text: it was written into a box of the platform and isn't a file.

    """

    platform: str
    number: str
    name: str
    rest: str
    label: str
    late: bool = False
    when: datetime | None = None
    text: bool = False


def read_name(part: str, zone: tzinfo | None = None) -> Named | None:
    """Read a part of a path as a platform writes it; None if none does.

    Args:
        part: a folder's or a file's name.
        zone: in which the platform's times are; this machine's if None.

    """
    return _brightspace(part, zone) or _moodle(part) or _canvas(part)


def _brightspace(part: str, zone: tzinfo | None) -> Named | None:
    user, *words = part.split(" - ")
    found = _BRIGHTSPACE.fullmatch(user)
    for at in range(1, len(words) if found else 0):  # a name may have such a hyphen, too
        if (date := _DATE.fullmatch(words[at])) and (when := _when(date, zone)):
            name, rest = " - ".join(words[:at]), " - ".join(words[at + 1 :])
            label = " - ".join([user, *words[: at + 1]])
            return Named(BRIGHTSPACE, found["user"] if found else "", name, rest, label, when=when)
    return None


def _moodle(part: str) -> Named | None:
    head, mark, tail = part.partition(_MOODLE)
    name, _, user = head.rpartition("_")
    kind, _, rest = tail.partition("_")
    if not (mark and name and user.isdecimal() and kind in ("file", "onlinetext")):
        return None
    label = part.removesuffix(rest) if rest else part
    return Named(MOODLE, user, name, rest, label, text=kind == "onlinetext")


def _canvas(part: str) -> Named | None:
    if found := _CANVAS.fullmatch(part):
        label = part.removesuffix(found["rest"])
        return Named(
            CANVAS, found["user"], found["name"], found["rest"], label, late=bool(found["late"])
        )
    return None


def _when(found: re.Match[str], zone: tzinfo | None) -> datetime | None:
    month = found["month"].casefold()
    if month not in _MONTHS:
        return None
    hour = int(found["hour"]) % 12 + 12 * (found["half"] in "Pp")
    try:
        day = (int(found["year"]), _MONTHS.index(month) + 1, int(found["day"]))
        local = datetime(*day, hour, int(found["minute"]))
        return local.replace(tzinfo=zone) if zone else local.astimezone()
    except (ValueError, OverflowError):
        return None
