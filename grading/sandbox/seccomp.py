"""The system calls that no student's code needs, as a filter for the kernel.

What a run could do to the machine: in a user namespace of its own a program has all rights again,
and reaches parts of the kernel that an ordinary user never sees; memory that belongs to no process
counts towards no limit.

What it could tell another run, or the outside: keyrings are inherited from whoever started the
judge and outlive a run. Files that all runs share can be locked, watched, and asked whether they
are in the kernel's cache, where a run before may have brought them. /dev/null is the machine's own,
and whoever may write to it may set its time. Sockets to the machine's host are in no namespace.

And no run ends itself by SIGKILL, so that one which ended so was ended by somebody else.

The filter is a program of the kernel's packet filter (see seccomp(2), BPF_PROG in
linux/filter.h); bwrap installs it.
"""

from __future__ import annotations

import errno
import platform
import signal
import socket
import struct
from dataclasses import dataclass, field

_CLONE_NEWUSER = 0x1000_0000
_MAP_SHARED, _MAP_ANONYMOUS = 0x01, 0x20
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
# Offsets in struct seccomp_data
_CALL, _ARCHITECTURE, _FIRST, _SECOND, _THIRD, _FOURTH = 0, 4, 16, 24, 32, 40
_ALLOW = 0x7FFF_0000
_ERROR = 0x0005_0000

# Commands of fcntl that lock a file (6, 7, and 37, 38 by open file), tell of locks (5, 36), or
# watch a file or folder (1024, 1026).
_LOCKS = (5, 6, 7, 36, 37, 38, 1024, 1026)
_SOCKETS = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)


@dataclass(frozen=True)
class _Machine:
    """An architecture's name for itself, and its numbers of system calls.

    Those that aren't listed by name are refused altogether, by what they would do.
    """

    architecture: int
    clone: int
    unshare: int
    mmap: int
    fcntl: int
    socket: int
    kill: tuple[int, ...]  # the signal is the second argument
    kill_thread: tuple[int, ...]  # the third
    others: dict[str, tuple[int, ...]] = field(hash=False)
    other_abi: int = 1 << 31  # numbers from here on belong to a second set


_EVERYWHERE = {
    "io_uring_setup, _enter, _register": (425, 426, 427),
    "openat2, which tells what is in the cache": (437,),
    "cachestat": (451,),
}
_MACHINES = {
    "x86_64": _Machine(
        architecture=0xC000_003E,
        clone=56,
        unshare=272,
        mmap=9,
        fcntl=72,
        socket=41,
        kill=(62, 200, 129, 424),  # kill, tkill, rt_sigqueueinfo, pidfd_send_signal
        kill_thread=(234, 297),  # tgkill, rt_tgsigqueueinfo
        others={
            "setns": (308,),
            "add_key, request_key, keyctl": (248, 249, 250),
            "memfd_create, memfd_secret, shmget, msgget": (319, 447, 29, 68),
            "preadv2, pwritev2, mincore, fadvise64, io_setup": (327, 328, 27, 221, 206),
            "flock": (73,),
            "utimensat, utimes, utime, futimesat": (280, 235, 132, 261),
            "inotify_init, _init1, _add_watch, fanotify_init": (253, 294, 254, 300),
            **_EVERYWHERE,
        },
        other_abi=0x4000_0000,
    ),
    "aarch64": _Machine(
        architecture=0xC000_00B7,
        clone=220,
        unshare=97,
        mmap=222,
        fcntl=25,
        socket=198,
        kill=(129, 130, 138, 424),
        kill_thread=(131, 240),
        others={
            "setns": (268,),
            "add_key, request_key, keyctl": (217, 218, 219),
            "memfd_create, memfd_secret, shmget, msgget": (279, 447, 194, 186),
            "preadv2, pwritev2, mincore, fadvise64, io_setup": (286, 287, 232, 223, 0),
            "flock": (32,),
            "utimensat": (88,),
            "inotify_init1, _add_watch, fanotify_init": (26, 27, 262),
            **_EVERYWHERE,
        },
    ),
}
_CLONE3 = 435


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
    forbidden = [call for calls in known.others.values() for call in calls]
    # A step: what to do, its operand, and where to go if a test holds. Else the next is done.
    steps: list[tuple[int, int, str]] = [
        (_LOAD, _ARCHITECTURE, ""),
        (_EQUAL, known.architecture, "native"),
        (_RETURN, unknown, ""),  # a 32-bit program has numbers of its own
        (_LOAD, _CALL, "native:"),
        (_AT_LEAST, known.other_abi, "unknown"),
        # Its flags lie in memory, where a filter can't look. The C library uses clone instead.
        (_EQUAL, _CLONE3, "unknown"),
        *((_EQUAL, call, "refused") for call in forbidden),
        (_EQUAL, known.clone, "flags"),
        (_EQUAL, known.unshare, "flags"),
        (_EQUAL, known.mmap, "mapping"),
        (_EQUAL, known.fcntl, "command"),
        (_EQUAL, known.socket, "family"),
        *((_EQUAL, call, "signal") for call in known.kill),
        *((_EQUAL, call, "signal to a thread") for call in known.kill_thread),
        (_RETURN, _ALLOW, ""),
        (_LOAD, _FIRST, "flags:"),
        (_ANY_BIT, _CLONE_NEWUSER, "refused"),
        (_RETURN, _ALLOW, ""),
        (_LOAD, _FOURTH, "mapping:"),
        (_ANY_BIT, _MAP_ANONYMOUS, "anonymous"),
        (_RETURN, _ALLOW, ""),
        (_LOAD, _FOURTH, "anonymous:"),
        (_ANY_BIT, _MAP_SHARED, "refused"),
        (_RETURN, _ALLOW, ""),
        (_LOAD, _SECOND, "command:"),
        *((_EQUAL, command, "refused") for command in _LOCKS),
        (_RETURN, _ALLOW, ""),
        (_LOAD, _FIRST, "family:"),
        *((_EQUAL, int(family), "allowed") for family in _SOCKETS),
        (_RETURN, refused, ""),
        (_LOAD, _SECOND, "signal:"),
        (_EQUAL, int(signal.SIGKILL), "refused"),
        (_RETURN, _ALLOW, ""),
        (_LOAD, _THIRD, "signal to a thread:"),
        (_EQUAL, int(signal.SIGKILL), "refused"),
        (_RETURN, _ALLOW, "allowed:"),
        (_RETURN, refused, "refused:"),
        (_RETURN, unknown, "unknown:"),
    ]
    labels = {name[:-1]: at for at, (_, _, name) in enumerate(steps) if name.endswith(":")}
    return b"".join(
        struct.pack("=HBBI", what, labels[to] - at - 1 if to in labels else 0, 0, operand)
        for at, (what, operand, to) in enumerate(steps)
    )
