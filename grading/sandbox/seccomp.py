"""The system calls that no student's code needs, as a filter for the kernel.

Namespaces: in a user namespace of its own a program has all rights again, and reaches parts of
the kernel that an ordinary user never sees. Keyrings: they are inherited from whoever started the
judge and outlive a run, so that one could leave a word for the next. Memory that belongs to no
process: it counts towards no limit.

The filter is a program of the kernel's packet filter (see seccomp(2), BPF_PROG in
linux/filter.h); bwrap installs it.
"""

from __future__ import annotations

import errno
import platform
import struct
from dataclasses import dataclass

_CLONE_NEWUSER = 0x1000_0000
_MAP_SHARED, _MAP_ANONYMOUS = 0x01, 0x20
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
# Offsets in struct seccomp_data
_CALL, _ARCHITECTURE, _FIRST_ARGUMENT, _FOURTH_ARGUMENT = 0, 4, 16, 40
_ALLOW = 0x7FFF_0000
_ERROR = 0x0005_0000


@dataclass(frozen=True)
class _Machine:
    """An architecture's name for itself, and its numbers of system calls."""

    architecture: int
    clone: int
    unshare: int
    setns: int
    clone3: int
    keys: tuple[int, int, int]  # add_key, request_key, keyctl
    memory: tuple[int, int, int, int]  # memfd_create, memfd_secret, shmget, msgget
    mmap: int
    other_abi: int = 1 << 31  # numbers from here on belong to a second set


_MACHINES = {
    "x86_64": _Machine(
        0xC000_003E, 56, 272, 308, 435, (248, 249, 250), (319, 447, 29, 68), 9, 0x4000_0000
    ),
    "aarch64": _Machine(0xC000_00B7, 220, 97, 268, 435, (217, 218, 219), (279, 447, 194, 186), 222),
}


def program(machine: str = "") -> bytes:
    """Write the filter.

    Args:
        machine: as `uname -m` names it; this one by default.

    Returns:
        The filter's instructions; nothing for a machine whose numbers aren't listed here.
    """
    known = _MACHINES.get(machine or platform.machine())
    if known is None:
        return b""
    refused, unknown = _ERROR | errno.EPERM, _ERROR | errno.ENOSYS
    # A step: what to do, its operand, and where to go if a test holds. Else the next is done.
    steps: list[tuple[int, int, str]] = [
        (_LOAD, _ARCHITECTURE, ""),
        (_EQUAL, known.architecture, "native"),
        (_RETURN, unknown, ""),  # a 32-bit program has numbers of its own
        (_LOAD, _CALL, "native:"),
        (_AT_LEAST, known.other_abi, "unknown"),
        # Its flags lie in memory, where a filter can't look. The C library uses clone instead.
        (_EQUAL, known.clone3, "unknown"),
        (_EQUAL, known.setns, "refused"),
        *((_EQUAL, call, "refused") for call in (*known.keys, *known.memory)),
        (_EQUAL, known.clone, "flags"),
        (_EQUAL, known.unshare, "flags"),
        (_EQUAL, known.mmap, "mapping"),
        (_RETURN, _ALLOW, ""),
        (_LOAD, _FIRST_ARGUMENT, "flags:"),
        (_ANY_BIT, _CLONE_NEWUSER, "refused"),
        (_RETURN, _ALLOW, ""),
        (_LOAD, _FOURTH_ARGUMENT, "mapping:"),
        (_ANY_BIT, _MAP_ANONYMOUS, "anonymous"),
        (_RETURN, _ALLOW, ""),
        (_LOAD, _FOURTH_ARGUMENT, "anonymous:"),
        (_ANY_BIT, _MAP_SHARED, "refused"),
        (_RETURN, _ALLOW, ""),
        (_RETURN, refused, "refused:"),
        (_RETURN, unknown, "unknown:"),
    ]
    labels = {name[:-1]: at for at, (_, _, name) in enumerate(steps) if name.endswith(":")}
    return b"".join(
        struct.pack("=HBBI", what, labels[to] - at - 1 if to in labels else 0, 0, operand)
        for at, (what, operand, to) in enumerate(steps)
    )
