"""What was tried against grading, case by case."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import nbformat

from grading.tests import tiny
from grading.tests.attacks.case import Attack, answers, if_open, tests
from grading.tests.handing_in import add
from grading.tests.judge import test_forgeries
from grading.tests.judge.test_disclosure import WAYS_OUT

NAME = Path(tiny.GUIDE).name
NONE = answers("")  # nothing is done for Task 0.1

# --- A forged result -----------------------------------------------------------------------------

FORGED = "forge a result"
KNOWN = {
    "always equal": "returns a number that equals every number",
    "report": "writes the answer into every open file",
    "search": "looks for the reference and for answers on the whole disk",
    "patched": "replaces asserts, comparisons and exceptions",
    "runner": "replaces the functions of the program that runs it",
    "import": "imports the reference from where it may lie",
    "gradebook": "writes into every gradebook",
    "modules": "puts itself in the place of grading",
    "inputs": "makes every random input 0",
    "output": "prints points",
}
SEND = """
import os, json
def _send(*lines):
    for fd in range(3, 20):
        for line in lines:
            try: os.write(fd, line)
            except OSError: pass
def _say(**line):
    return json.dumps(line).encode() + b"\\n"
ITEMS = ("task0_1.py:probe_mul", "task0_1.py:probe_relu", "visible:test-task0_1")
PASSED = [_say(item=i, value="passed") for i in ITEMS]
"""
# What it does; code in front of the answers; the body of the answers; whether it is in the sample.
WRITTEN: dict[str, tuple[str, str, str, bool]] = {
    "an endless number": ("returns 10 ** 400", "", "return 10 ** 400", False),
    "NaN with a message": (
        "returns NaN whose payload holds bits",
        "import struct\n_NAN = struct.unpack('<d', b'points' + bytes.fromhex('f87f'))[0]",
        "return _NAN",
        False,
    ),
    "a number of its own": (
        "returns a float whose every method says what is wanted",
        """
class _F(float):
    __eq__ = __lt__ = __gt__ = lambda *a: True
    __float__ = lambda s: _F(6)
    __repr__ = lambda s: '6.0'
    __hash__ = float.__hash__
""",
        "return _F(0)",
        False,
    ),
    "a list of its own": (
        "returns a list that equals every list",
        """
class _L(list):
    __eq__ = lambda *a: True
    __iter__ = lambda s: iter([6.0])
    __hash__ = None
""",
        "return _L()",
        False,
    ),
    "a pickle": (
        "returns an object that runs a program where it is unpickled",
        """
import os
class _P:
    def __reduce__(self):
        return os.system, ('touch /tmp/forged',)
""",
        "return _P()",
        False,
    ),
    "a deep report": (
        "writes lists and dicts nested hundreds deep into the report",
        SEND
        + """
_send(b'[' * 900 + b']' * 900 + b'\\n', b'{"value":' * 320 + b'1' + b'}' * 320 + b'\\n')
""",
        "return None",
        False,
    ),
    "a report of odd lines": (
        "writes lone surrogates, control characters, no objects and a name of 100 kB",
        SEND
        + """
_send(b'5\\n', _say(item="\\ud800", value=1), _say(item="x" * 100_000, value={"dict": 5}),
      _say(item="\\x1b[31m", raised={"type": "\\u202e", "message": 5}))
""",
        "return None",
        False,
    ),
    "its own report, then the end": (
        "reports that all passed, and ends the process",
        SEND
        + """
_send(*(_say(item=i, begin=True) for i in ITEMS), *PASSED, _say(item="", end=True))
os._exit(0)
""",
        "return None",
        True,
    ),
    "a process that stays": (
        "leaves a thread, an exit handler and a child that go on writing results",
        SEND
        + """
import atexit, threading, time
atexit.register(_send, *PASSED)
threading.Thread(target=lambda: (time.sleep(0.2), _send(*PASSED)), daemon=True).start()
if os.fork() == 0:
    os.setsid()
    time.sleep(0.3)
    _send(*PASSED)
    os._exit(0)
""",
        "return None",
        False,
    ),
    "json replaced": (
        "lets json write and read what it likes",
        """
import json
json.dumps = lambda *a, **k: '{"item": "", "end": true}'
json.loads = lambda *a, **k: {}
""",
        "return None",
        True,
    ),
    "the runner's variables": (
        "changes what is in the frames of the program that runs it",
        """
import sys
def _meddle():
    frame = sys._getframe()
    while frame:
        for name in ('value', 'item', 'points', 'expected', 'problem'):
            if name in frame.f_locals: frame.f_locals[name] = 6.0
        for name in ('plain', 'raised', 'attempt'):
            if name in frame.f_globals: frame.f_globals[name] = lambda *a, **k: 6.0
        frame = frame.f_back
""",
        "return _meddle()",
        False,
    ),
    "a trace": (
        "rewrites variables from a trace function in all threads",
        """
import sys, threading
def _trace(frame, event, arg):
    for name in list(frame.f_locals):
        if name in ('value', 'expected'): frame.f_locals[name] = 6.0
    return _trace
sys.settrace(_trace)
threading.settrace(_trace)
""",
        "return None",
        False,
    ),
    "import hooks": (
        "answers imports itself",
        """
import builtins, sys
_import = builtins.__import__
class _Any:
    def find_spec(self, *a): return None
    def __getattr__(self, name): return lambda *a, **k: 6.0
sys.meta_path.insert(0, _Any())
sys.path_hooks.insert(0, lambda p: _Any())
builtins.__import__ = lambda n, *a, **k: _Any() if 'task' in n else _import(n, *a, **k)
""",
        "return None",
        False,
    ),
    "a package that answers anything": (
        "puts an object in the package's place",
        """
import sys
class _Any(type(sys)):
    def __getattr__(self, name): return _Any(name)
    def __call__(self, *a, **k): return 6.0
sys.modules['minitorch'] = sys.modules['minitorch.operators'] = _Any('minitorch')
""",
        "return None",
        True,
    ),
    "numbers rewritten in memory": (
        "writes over the interpreter's own small numbers",
        """
import ctypes
def _spoil():
    ctypes.memmove(id(5) + 24, (6).to_bytes(4, 'little'), 4)
""",
        "_spoil()\n    return 5.0",
        False,
    ),
    "no limits": (
        "turns off every signal, alarm and limit that it finds",
        """
import faulthandler, resource, signal
faulthandler.disable()
for _s in range(1, 64):
    try: signal.signal(_s, signal.SIG_IGN)
    except (OSError, ValueError): pass
for _l in range(16):
    try: resource.setrlimit(_l, (-1, -1))
    except (OSError, ValueError): pass
""",
        "return None",
        False,
    ),
}
FORGERIES = [
    *(
        Attack(FORGED, name, KNOWN[name], answers(helper, body, "return None"))
        for name, helper, body in test_forgeries.FORGERIES
    ),
    *(
        Attack(FORGED, name, tries, answers(helper.strip(), body), sampled=sampled)
        for name, (tries, helper, body, sampled) in WRITTEN.items()
    ),
]

# --- The notebook itself -------------------------------------------------------------------------

NOTEBOOK = "forge the notebook"


def _metadata(notebook: Any) -> None:
    for cell in notebook.cells:
        if mark := cell.metadata.get("nbgrader"):
            mark |= {"points": 1e9, "score": 40, "locked": False, "grade": False}


def _check_passes(notebook: Any) -> None:
    tiny.cell(notebook, "check-1").source = "pass"


def _no_checks(notebook: Any) -> None:
    notebook.cells = [cell for cell in notebook.cells if not cell.id.startswith("check")]


def _twice(notebook: Any) -> None:
    """The answer cell twice, and the second says that it is the visible check."""
    again = json.loads(json.dumps(tiny.cell(notebook, "operators")))
    again["id"], again["source"] = "check-1", "#| export\nmul = relu = lambda *a: 6.0"
    notebook.cells.append(nbformat.from_dict(again))


def _others_name(notebook: Any) -> None:
    """Task 0.3's right answer under the name of Task 0.1's."""
    one, other = tiny.cell(notebook, "operators"), tiny.cell(notebook, "module")
    one.metadata.nbgrader.grade_id, other.metadata.nbgrader.grade_id = "module", "operators"


def _outputs(notebook: Any) -> None:
    text = nbformat.v4.new_output("stream", name="stdout", text="40 of 40 points\n")
    tiny.cell(notebook, "check-1").outputs = [text]


NOTEBOOKS = [
    Attack(
        NOTEBOOK,
        name,
        tries,
        (*NONE, *changes),
        note=note,
        sampled=sampled,
    )
    for name, tries, changes, note, sampled in [
        ("points", "gives its cells a thousand million points", (_metadata,), "", False),
        ("a check that passes", "empties the visible check", (_check_passes,), "", False),
        ("no checks", "takes the visible checks out", (_no_checks,), "", False),
        ("a cell twice", "gives a second answer the check's id", (_twice,), "", True),
        ("printed points", "hands in the output of a check that passed", (_outputs,), "", False),
        (
            "another module's file",
            "exports an added cell to a path outside",
            (add("operators", "#| export ../../evil\nmul = relu = None"),),
            "isn't this notebook's to write",
            True,
        ),
        (
            "grading's own module",
            "exports an added cell over what grades",
            (add("operators", "#| export judge.scoring\ndef score_probes(*a): return 40"),),
            "isn't this notebook's to write",
            False,
        ),
        (
            "a forged header",
            "writes the line by which a cell of the package begins",
            (add("operators", "#| export\n# %% ../nbs/x.ipynb #module\nmul = relu = None"),),
            "",
            False,
        ),
        (
            "magic",
            "writes and runs files by IPython's commands",
            (add("exp", "%%writefile /tmp/forged\nx"), add("exp", "!touch /tmp/forged"),
             add("exp", "%run /tmp/forged"), add("exp", "%%script bash\ntouch /tmp/forged")),
            "",
            False,
        ),
        (
            "another encoding",
            "hides code behind a cookie for UTF-7",
            (add("operators", "#| export\n# -*- coding: utf-7 -*-\nx = '+AA-'"),),
            "",
            False,
        ),
    ]
]  # fmt: skip

# --- Tests that test nothing ---------------------------------------------------------------------

TESTED = "pass for tests (Task 0.2)"
NOTHING = [
    ("an empty test", "passes on everything"),
    ("a test that fails", "fails on everything"),
    ("no test", "is None"),
    ("an exit", "ends the program that runs it"),
    ("a test without a question", "calls the function and looks at nothing"),
    ("no function", "takes away what it should test"),
]
TESTS = [
    Attack(TESTED, name, tries, tests(source), task="task0_2", sampled=sampled)
    for name, tries, source, sampled in [
        *((name, tries, source, False)
          for (name, tries), source in zip(NOTHING, test_forgeries.NOTHING, strict=True)),
        ("the first run", "looks whether this is the run on the right package",
         test_forgeries.IS_FIRST_RUN, False),
        ("a coin", "fails every second time, whatever it sees",
         "import random\ndef test_symmetric():\n"
         "    assert random.SystemRandom().random() < 0.5", True),
        ("the clock", "fails in every second nanosecond",
         "import time\ndef test_symmetric():\n    assert time.time_ns() // 1000 % 2", False),
        ("a count", "counts its runs in a file, and fails from the second on",
         "from pathlib import Path\nimport os\ndef test_symmetric():\n"
         "    for place in ('/tmp', '/dev/shm', os.path.expanduser('~')):\n"
         "        path = Path(place, 'count')\n        assert not path.exists()\n"
         "        path.write_text('1')", True),
        ("a signature", "knows a right package by its text",
         "import inspect\nfrom minitorch import operators\ndef test_symmetric():\n"
         "    assert 'product_of_both = x * y' in inspect.getsource(operators.mul)", False),
        ("a size", "knows a broken package by the size of its files",
         "import os\nfrom minitorch import operators\n_SIZE = os.path.getsize(operators.__file__)\n"
         "def test_symmetric():\n    assert _SIZE % 2", False),
        ("a time", "knows a broken package by the dates of its files",
         "import os\nfrom minitorch import operators\ndef test_symmetric():\n"
         "    assert os.stat(operators.__file__).st_mtime_ns // 1000 % 2", False),
        ("an exception for all", "makes every failure an assertion that fails",
         "def test_symmetric():\n    try:\n        assert mul(2, 3) == mul(3, 2) != 0\n"
         "    finally:\n        raise AssertionError", False),
    ]
]  # fmt: skip

# --- Ways out, and words to others ---------------------------------------------------------------

SYSCALL = """import ctypes, platform
libc = ctypes.CDLL(None, use_errno=True)
x86 = platform.machine() == 'x86_64'
"""
WORD = "leave a word, or reach outside"
WAYS = {
    "the network": ("connects to a server of this machine, and to one outside", """
import socket
for address in (("127.0.0.1", PORT), ("1.1.1.1", 53)):
    try: return socket.create_connection(address, timeout=1)
    except OSError: pass""", True),
    "the machine's host": ("opens a socket to the host of a virtual machine", """
import socket
return socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)""", False),
    "netlink": ("asks the kernel about its network", """
import socket
return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)""", False),
    "an abstract socket": ("meets another run at a socket without a file", """
import socket, time
one = socket.socket(socket.AF_UNIX)
try: one.connect("\\0word"); return True
except OSError: one.bind("\\0word"); one.listen()""", False),
    "a file": ("leaves a file for the next run", """
import os
words = [place + "/word" for place in ("/tmp", "/dev/shm", "/var/tmp", "/task", os.getcwd())]
if any(map(os.path.exists, words)): return True
for word in words:
    try: open(word, "w").close()
    except OSError: pass""", True),
    "shared memory": ("leaves a segment of shared memory", SYSCALL + """
return libc.syscall(29 if x86 else 194, 77, 4096, 0o1666) >= 0""", False),
    "a message queue": ("leaves a message in a queue", SYSCALL + """
return libc.syscall(68 if x86 else 186, 77, 0o1666) >= 0""", False),
    "a keyring": ("leaves a key in the keyring of whoever grades", SYSCALL + """
return libc.syscall(248 if x86 else 217, b"user", b"word", b"seen", 4, -3) >= 0""", False),
    "a lock": ("locks a file that all runs share", """
import fcntl
fcntl.flock(open("/usr/bin/env", "rb"), fcntl.LOCK_EX | fcntl.LOCK_NB); return True""", False),
    "a lease": ("watches a file that all runs share", """
import fcntl
fcntl.fcntl(open("/usr/bin/env", "rb"), fcntl.F_SETLEASE, fcntl.F_RDLCK); return True""", False),
    "the page cache": ("asks which shared files another run has read", """
import os
os.preadv(os.open("/usr/bin/env", os.O_RDONLY), [bytearray(8)], 0, os.RWF_NOWAIT); return True""",
    True),
    "mincore": ("asks which pages of a shared file are in memory", SYSCALL + """
import mmap, os
page = mmap.mmap(os.open("/usr/bin/env", os.O_RDONLY), 4096, prot=mmap.PROT_READ, flags=2)
return libc.syscall(27 if x86 else 232, 0, 0, 0) == 0""", False),
    "inotify": ("is told when another run opens a shared file", SYSCALL + """
return libc.syscall(294 if x86 else 26, 0) >= 0""", False),
    "io_uring": ("asks the kernel by a way that filters don't see", SYSCALL + """
return libc.syscall(425, 4, (ctypes.c_char * 120)()) >= 0""", False),
    "a date": ("dates a device that all runs share", """
import os
os.utime("/dev/null", (77, 77)); return True""", False),
    "the installed packages": ("changes a package that every run imports", """
import hypothesis
open(hypothesis.__file__, "a").close(); return True""", False),
    "its own runner": ("changes the program that runs it", """
import os
open("/task/runner.py", "a").close(); return True""", False),
    "processes": ("looks for other runs, and kills them", """
import os
others = [int(p) for p in os.listdir("/proc") if p.isdigit() and int(p) not in (1, 2, os.getpid())]
seen = [p for p in others if b"runner" not in open(f"/proc/{p}/cmdline", "rb").read()]
return [os.kill(p, 9) for p in seen]""", False),
    "the first process": ("reads the environment of whoever started it", """
return any(b"minitorch" in open(f"/proc/{p}/environ", "rb").read() for p in (1, 2))""", False),
    "ptrace": ("traces its parent", SYSCALL + """
import os
return libc.syscall(101 if x86 else 117, 16, os.getppid(), 0, 0) == 0""", False),
    "another's memory": ("reads the memory of its parent", """
import os
return open(f"/proc/{os.getppid()}/mem", "rb").read(1)""", False),
    "a namespace": ("becomes root in a namespace of its own", SYSCALL + """
return libc.syscall(272 if x86 else 97, 0x10000000) == 0""", False),
    "a mount": ("mounts a folder of its own over the course's", SYSCALL + """
return libc.mount(b"tmpfs", b"/task", b"tmpfs", 0, 0) == 0""", False),
    "setuid": ("becomes root by a program that may", """
import os, subprocess
os.setuid(0); return True""", False),
    "bpf and perf": ("asks for the kernel's own instruments", SYSCALL + """
numbers = (321, 298, 323) if x86 else (280, 241, 282)
return any(libc.syscall(n, 0, (ctypes.c_char * 128)(), 120, 0, 0, 0) >= 0 for n in numbers)""",
    False),
    "the kernel's settings": ("writes into /proc/sys and /sys", """
for path in ("/proc/sys/kernel/hostname", "/proc/sysrq-trigger", "/sys/power/state"):
    try: return open(path, "w")
    except OSError: pass""", False),
    "the project": ("reads the project, its gradebook and other hand-ins", """
import os
return any(os.path.exists(f"{place}/{name}") for place in PLACES
           for name in ("nbs", "grading", "course", "README.md", ".bashrc"))""", True),
    "a core dump": ("crashes, and leaves its memory where others find it", """
import os
if os.fork() == 0: os.abort()
os.wait()
return any(os.path.exists(p) for p in ("core", "/core", "/var/crash/core"))""", False),
    "priority": ("takes the processor before all others", """
import os
os.nice(-10); return True""", False),
}  # fmt: skip
REACHING = [
    Attack(WORD, name, tries, if_open(way), sampled=sampled)
    for name, (tries, way, sampled) in WAYS.items()
]

# --- What leaves by feedback ---------------------------------------------------------------------

LEAVE = "carry out the probes"
LEAVING = [
    Attack(LEAVE, f"by a {way}", "puts the probes' text into what a student reads",
           answers("", body))
    for way, body in WAYS_OUT.items()
]  # fmt: skip

# --- Starving others -----------------------------------------------------------------------------

STARVE = "starve or stop the grader"
STARVING = [
    Attack(STARVE, name, tries, answers(helper, body), note=note, sampled=sampled)
    for name, tries, helper, body, note, sampled in [
        ("a loop", "never ends", "", "while True: pass", "", False),
        ("memory", "asks for eight gigabytes", "", "return len(b'x' * (8 << 30))", "", False),
        ("forks", "starts processes without end",
         "import os, time\ndef _forks():\n    while True:\n"
         "        if os.fork() == 0: time.sleep(60)",
         "_forks()", "processes", False),
        ("threads", "starts threads without end",
         "import threading, time\ndef _threads():\n    while True:\n"
         "        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
         "_threads()", "", False),
        ("words", "prints without end", "", "while True: print('x' * 10**6)", "output", True),
        ("files", "fills every folder that it may write into",
         "def _fill():\n    for place in ('/tmp', '/dev/shm', '.'):\n        try:\n"
         "            for n in range(10**6):\n"
         "                open(f'{place}/{n}', 'wb').write(b'x' * 10**7)\n"
         "        except OSError: pass", "_fill()", "", False),
        ("a report", "reports gigabytes", "", "return ['x' * 90_000] * 90_000", "", False),
        ("recursion", "calls itself without end", "def _f(): return _f()", "return _f()", "",
         False),
        ("a crash", "ends by a signal",
         "import os", "os.kill(os.getpid(), 11)", "", False),
        ("a long message", "raises an error of 50 MB", "", "raise ValueError('x' * 50_000_000)",
         "", False),
        ("deep code", "nests brackets 5000 deep", "", "return " + "(" * 5000 + ")" * 5000, "",
         True),
        ("a long line", "adds a number 10000 times", "", "return " + "1+" * 10_000 + "1", "",
         False),
    ]
]  # fmt: skip

# --- What is handed in ---------------------------------------------------------------------------

FOLDER = "harm by what is handed in"


def _zip(entries: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return made.getvalue()


def _astray(folder: Path, right: bytes) -> None:
    (folder / f"01_functions{'1' * 60}x.ipynb").write_bytes(b"{}")


def _pipe(folder: Path, right: bytes) -> None:
    os.mkfifo(folder / NAME)


def _link(folder: Path, right: bytes) -> None:
    (folder / NAME).symlink_to("/etc/passwd")


def _zero(folder: Path, right: bytes) -> None:
    (folder / NAME).symlink_to("/dev/zero")


def _folder(folder: Path, right: bytes) -> None:
    (folder / NAME).mkdir()


def _neighbour(folder: Path, right: bytes) -> None:
    (folder.parent / "neighbour").mkdir()
    (folder.parent / "neighbour" / NAME).write_bytes(right)
    (folder / NAME).symlink_to(folder.parent / "neighbour" / NAME)


def _zip_slip(folder: Path, right: bytes) -> None:
    (folder / "module0.zip").write_bytes(_zip({"../../evil.ipynb": b"{}", "/tmp/forged": b"x"}))


def _bomb(folder: Path, right: bytes) -> None:
    (folder / "module0.zip").write_bytes(_zip({NAME: b" " * (300 << 20)}))


def _strings(folder: Path, right: bytes) -> None:
    (folder / NAME).write_bytes(b'{"cells": [], "x": [' + b'"ab",' * (12 << 20) + b'"ab"]}')


def _brackets(folder: Path, right: bytes) -> None:
    (folder / NAME).write_bytes(b'{"cells": ' + b"[" * (4 << 20))


def _sparse(folder: Path, right: bytes) -> None:
    for number in range(40):
        with open(folder / f"{number}.ipynb", "wb") as file:
            file.truncate(60 << 20)


def _numbers(folder: Path, right: bytes) -> None:
    notebook = json.loads(right)
    for cell in notebook["cells"]:
        cell["execution_count"], cell["metadata"] = 10**300, {"nbgrader": [1, 2]}
        cell["id"] = "\x1b[31m" * 20
        cell["source"] = {"a": 1}
    (folder / NAME).write_text(json.dumps(notebook), encoding="utf-8")


def _names(folder: Path, right: bytes) -> None:
    for name in ("a\nb.ipynb", "\x1b[2J.ipynb", "\u202egpj.ipynb"):
        (folder / name).write_bytes(b"{}")


FOLDERS = [
    Attack(FOLDER, name, tries, lay=lay, note=note, sampled=sampled)
    for name, tries, lay, note, sampled in [
        ("a name of sixty digits", "makes matching a name take for ever", _astray, "not a notebook",
         True),
        ("a pipe", "is a pipe that nobody writes to", _pipe, "plain file|handed in", True),
        ("a link to a file", "is a link to /etc/passwd", _link, "plain file|handed in", False),
        ("a link to a device", "is a link to an endless device", _zero, "plain|handed in", False),
        ("a folder", "is a folder", _folder, "plain file|handed in", False),
        ("a link to another's work", "is a link to the neighbour's hand-in", _neighbour,
         "plain file|handed in", False),
        ("a zip that leads out", "unpacks outside its folder", _zip_slip, "", True),
        ("a zip bomb", "unpacks to 300 MB", _bomb, "handed in|not read|large", False),
        ("short strings", "takes a gigabyte to read", _strings, "is missing|read", False),
        ("brackets", "is nested four million deep", _brackets, "read|notebook", False),
        ("sparse files", "is forty files of 60 MB that take no room", _sparse, "not read|handed",
         False),
        ("odd cells", "has lists for marks, numbers of 300 digits, dicts for text", _numbers,
         "missing|cell", False),
        ("odd names", "has control characters in its names", _names, "handed in", False),
    ]
]  # fmt: skip

ATTACKS = [*FORGERIES, *NOTEBOOKS, *TESTS, *REACHING, *LEAVING, *STARVING, *FOLDERS]
