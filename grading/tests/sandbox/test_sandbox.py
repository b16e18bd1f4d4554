"""The sandbox: what students' code can reach, and when it is stopped."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from grading.paths import ROOT, sources
from grading.sandbox import bubblewrap, seccomp
from grading.sandbox import run as sandbox
from grading.sandbox.ending import Result
from grading.sandbox.limits import MEGABYTE, Limits

REASON = sandbox.available()
if REASON and os.environ.get("CI") == "true":
    pytest.fail(f"CI must test the sandbox: {REASON}", pytrace=False)

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(bool(REASON), reason=REASON)]


def run(code: str, *, cpu: dict[str, float] | float | None = None, **limits: float) -> Result:
    code = "import os, sys\nreport = int(sys.argv[1])\n" + textwrap.dedent(code)
    if cpu is not None:
        limits["cpu"] = cpu if isinstance(cpu, dict) else {"": cpu}  # type: ignore[assignment]
    return sandbox.run("a.py", files={"a.py": code.encode()}, limits=Limits(**limits))  # type: ignore[arg-type]


def test_answer_comes_back() -> None:
    result = run("""
        print("said")
        print("warned", file=sys.stderr)
        os.write(report, b"answer\\nhalf a li")
        sys.exit(3)
    """)
    assert result.lines() == [b"answer"]
    assert (result.stdout, result.stderr) == (b"said\n", b"warned\n")
    assert (result.code, result.stopped) == (3, "")


def test_ordinary_user_with_an_empty_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSTRUCTORS_TOKEN", "secret")
    result = run("""
        import json
        held = dict(line.split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
        print(json.dumps({
            "uid": os.getuid(), "groups": len([g for g in os.getgroups() if g == 0]),
            "eff": held["CapEff"].strip(), "nnp": held["NoNewPrivs"].strip(),
            "here": os.listdir("."), "argv": len(sys.argv), "env": sorted(os.environ),
        }))
    """)
    seen = json.loads(result.stdout)
    assert seen["uid"] != 0 and seen["groups"] == 0
    assert int(seen["eff"], 16) == 0 and seen["nnp"] == "1"
    assert seen["here"] == []
    assert "INSTRUCTORS_TOKEN" not in seen["env"]
    assert set(seen["env"]) <= {"PWD", *bubblewrap.environment("")}


def test_only_the_scratch_folder_can_be_written() -> None:
    places = ["/", "/task", "/dev", "/usr", "/etc", "/proc", *map(str, bubblewrap.site_folders())]
    result = run(f"""
        for place in {places!r}:
            try:
                open(place + "/forged", "w").close()
                print("wrote", place)
            except OSError:
                pass
        open("mine", "w").close()
        try:
            os.chmod(__file__, 0o777)
            open(__file__, "a").write("x")
            print("wrote itself")
        except OSError:
            pass
    """)
    assert result.stdout == b"" and result.code == 0, result


def test_the_project_is_not_there() -> None:
    """Nothing of the course is inside, wherever the environment lies."""
    result = run(f"""
        sys.path[1:1] = sys.argv[2].split(os.pathsep)
        try:
            import minitorch
            print("imported", minitorch.__file__)
        except ImportError:
            pass
        for place in ({str(ROOT)!r}, {str(ROOT / "nbs")!r}, {str(ROOT / "grading")!r},
                      {str(ROOT / "minitorch")!r}, {str(ROOT / "course")!r}):
            try:
                print(place, os.listdir(place))
            except OSError:
                pass
        for top in ("/", "/home", "/root"):
            for folder, folders, files in os.walk(top):
                if folder.startswith(("/proc", "/usr", "/dev")):
                    folders.clear()
                if "minitorch" in folder or any("minitorch" in f for f in files):
                    print(folder, files)
    """)
    said = [line for line in result.stdout.decode().splitlines() if not line.endswith(" []")]
    # The project's own folder may be named so: then it holds the environment and nothing else.
    assert all("site-packages" in line or ROOT.name in line for line in said), said
    assert not any(".py'" in line for line in said if "site-packages" not in line), said


def test_an_installed_reference_is_masked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages"
    (package / "minitorch").mkdir(parents=True)
    (package / "minitorch" / "__init__.py").write_text("secret = 1", encoding="utf-8")
    (package / "minitorch-0.6.dist-info").mkdir()
    (package / "minitorch-0.6.dist-info" / "RECORD").write_text("secret", encoding="utf-8")
    (package / "__editable__.minitorch-0.6.pth").write_text(str(ROOT), encoding="utf-8")
    (package / "harmless.py").write_text("value = 7", encoding="utf-8")
    tmp_path.chmod(0o755)
    bubblewrap._readable.cache_clear()
    monkeypatch.setattr(bubblewrap, "site_folders", lambda: (package,))
    try:
        result = run("""
            sys.path[1:1] = sys.argv[2].split(os.pathsep)
            import harmless, minitorch
            print(harmless.value, hasattr(minitorch, "secret"))
            for folder, _, files in os.walk(sys.argv[2]):
                for name in files:
                    print(name, "secret" in open(os.path.join(folder, name)).read())
        """)
    finally:
        bubblewrap._readable.cache_clear()
    said = result.stdout.decode().splitlines()
    assert said[0] == "7 False", result
    assert not any(line.endswith("True") for line in said[1:]), said


def test_a_project_inside_of_what_is_shown_is_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container, where a project may lie in /usr/src, with its environment in it."""
    shown = tmp_path / "shown"
    project, inner = shown / "course", shown / "course" / ".venv" / "site-packages"
    inner.mkdir(parents=True)
    (project / "gradebook.db").write_text("secret", encoding="utf-8")
    (inner / "harmless.py").write_text("value = 7", encoding="utf-8")
    for path in (tmp_path, *tmp_path.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    bubblewrap._readable.cache_clear()
    monkeypatch.setattr(bubblewrap, "site_folders", lambda: (shown, inner))
    monkeypatch.setattr(bubblewrap, "PROJECT", project, raising=False)
    try:
        result = run(f"""
            sys.path[1:1] = sys.argv[2].split(os.pathsep)
            import harmless
            print(harmless.value, os.listdir({str(project)!r}), os.listdir({str(inner)!r}))
            open({str(project / "word")!r}, "w")
        """)
    finally:
        bubblewrap._readable.cache_clear()
    assert result.stdout == b"7 ['.venv'] ['harmless.py']\n", result
    assert b"Permission denied" in result.stderr or b"Read-only" in result.stderr, result


def test_installed_packages_can_be_used() -> None:
    result = run("""
        sys.path[1:1] = sys.argv[2].split(os.pathsep)
        import hypothesis, numba, numpy
        @numba.njit(cache=True)
        def double(x):
            return 2 * x
        print(double(21), numpy.arange(3).sum())
    """)
    assert result.stdout == b"42 3\n", result


def test_no_network() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    result = run(f"""
        import socket
        for address in (("127.0.0.1", {port}), ("1.1.1.1", 53)):
            try:
                socket.create_connection(address, timeout=2)
                print("connected")
            except OSError:
                print("refused")
    """)
    server.close()
    assert result.stdout == b"refused\nrefused\n", result


def test_other_processes_are_invisible() -> None:
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    try:
        result = run(f"""
            try:
                os.kill({sleeper.pid}, 9)
            except OSError:
                pass
            print(len([p for p in os.listdir("/proc") if p.isdigit()]))
        """)
        assert int(result.stdout) <= 4, result
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


def test_endless_loop_is_stopped() -> None:
    result = run("while True: pass", cpu=0.5)
    assert (result.stopped, result.code) == ("cpu", None)
    assert 0.5 < result.used < 5 and 0 < result.share <= 1.2


def test_threads_and_children_count() -> None:
    """Also those that a child leaves to the sandbox, and those that ended before anybody looked."""
    result = run(
        """
        import time
        for _ in range(10_000):
            if os.fork() == 0:
                if os.fork() == 0:
                    until = time.process_time() + 0.04
                    while time.process_time() < until: pass
                os._exit(0)
            os.wait()
        """,
        cpu=1,
        processes=1000,
    )
    assert result.stopped == "cpu" and result.used > 1


def test_children_whose_time_is_hidden_meet_the_clock() -> None:
    """Nobody waits for them, so that their time is nobody's; short ones are seldom met alive."""
    result = run(
        """
        import signal, time
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            if os.fork() == 0:
                until = time.process_time() + 0.02
                while time.process_time() < until: pass
                os._exit(0)
            time.sleep(0.05)
        """,
        cpu=2.0,
        clock=1.0,
        processes=1000,
    )
    assert result.stopped in ("clock", "cpu"), result


def test_doing_nothing_is_stopped_and_items_have_time_of_their_own() -> None:
    begin = 'os.write(report, b\'{"item": "%s", "begin": true}\\n\'); time.sleep(0.6)'
    result = run(
        f"""
        import time
        {begin % "a"}
        {begin % "b"}
        {begin % "c"}
        time.sleep(600)
        """,
        cpu=dict.fromkeys(["", "a", "b", "c"], 0.5),
        clock=0.6,
    )
    assert result.stopped == "clock"
    assert len(result.lines()) == 3 and result.items.keys() == {"", "a", "b", "c"}
    assert result.idle > 2 and result.share < 0.8


def test_what_is_said_inside_raises_no_limit() -> None:
    """An item that is begun again, or that nobody asked for, has no time of its own."""
    result = run(
        """
        import time
        while True:
            for item in (b"a", b"a", b"z%d" % time.monotonic_ns(), b""):
                os.write(report, b'{"item": "%s", "begin": true, "seconds": 99}\\n' % item)
            until = time.process_time() + 0.1
            while time.process_time() < until: pass
        """,
        cpu={"": 0.5, "a": 0.5},
    )
    assert result.stopped == "cpu" and result.cpu < 3


def test_signals_are_no_way_out() -> None:
    result = run(
        """
        import signal, time
        for number in range(1, 64):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                pass
        while True:
            time.sleep(1)
        """,
        cpu=1,
        clock=0.5,
    )
    assert result.stopped == "clock"
    assert not _survivors(), "a process outlived its sandbox"


def _processes() -> list[int]:
    """List the interpreters that run a test's code inside."""
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = entry.read_bytes().split(b"\0")
            if b"/task/a.py" in words and b"bwrap" not in words[0] and b"-c" not in words:
                found.append(int(entry.parent.name))
    return found


def _survivors() -> list[str]:
    """Find processes of a sandbox that still run, a moment after its end."""
    found: list[str] = []
    for _ in range(20):
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if "/task/a.py" in line and entry.parent.name != str(os.getpid()):
                found.append(line)
        if not found:
            break
        time.sleep(0.1)
    return found


def test_memory_bomb_in_one_process() -> None:
    result = run("""
        try:
            held = b"x" * (8 << 30)
        except MemoryError:
            print("refused")
    """)
    assert result.stdout == b"refused\n", result


def test_memory_bomb_of_many_processes() -> None:
    result = run(
        """
        import time
        for _ in range(8):
            if os.fork() == 0:
                held = b"x" * (40 << 20)
                time.sleep(60)
        time.sleep(60)
        """,
        memory=200 * MEGABYTE,
    )
    assert result.stopped == "memory", result


def test_fork_bomb_is_bounded() -> None:
    result = run(
        """
        import time
        try:
            while True:
                if os.fork() == 0:
                    break
        except OSError:
            pass
        time.sleep(60)
        """,
    )
    assert result.stopped == "processes", result
    assert not _survivors()


def test_threads_are_bounded_by_the_kernel() -> None:
    result = run(
        """
        import threading
        stay = threading.Event()
        try:
            for count in range(400):
                threading.Thread(target=stay.wait, daemon=True).start()
        except RuntimeError:
            os.write(report, b"%d\\n" % count)
        os._exit(0)
        """,
        threads=24,
    )
    assert result.stopped == "processes" or int(result.lines()[0]) < 24, result


def test_a_strange_name_hides_nothing() -> None:
    """A process may give itself a name that is no text; its children are counted all the same."""
    result = run(
        """
        import ctypes, time
        ctypes.CDLL(None).prctl(15, b"\\xff) R 1", 0, 0, 0)
        for _ in range(60):
            if os.fork() == 0:
                time.sleep(60)
        time.sleep(60)
        """,
    )
    assert result.stopped == "processes", result


def test_memory_that_belongs_to_no_process() -> None:
    """It would count towards no limit, and fill the machine."""
    result = run("""
        import ctypes, mmap, platform
        libc = ctypes.CDLL(None, use_errno=True)
        # A shared mapping keeps its pages when the process lets go of them.
        for hoard in (
            lambda: os.memfd_create("hoard"),
            lambda: mmap.mmap(-1, 1 << 20, flags=mmap.MAP_SHARED),
            lambda: mmap.mmap(os.open("/dev/zero", os.O_RDWR), 1 << 20, flags=mmap.MAP_SHARED),
        ):
            try:
                print(hoard())
            except OSError:
                pass
        mmap.mmap(-1, 1 << 20, flags=mmap.MAP_PRIVATE)
        with open("file", "w+b") as file:
            file.truncate(1 << 20)
            mmap.mmap(file.fileno(), 1 << 20, flags=mmap.MAP_SHARED)[:4] = b"word"
        shmget, msgget = dict(x86_64=(29, 68), aarch64=(194, 186))[platform.machine()]
        for call, *arguments in ((shmget, 0, 1 << 30, 0o1600), (msgget, 0, 0o1600), (447, 0)):
            if libc.syscall(call, *map(ctypes.c_long, arguments)) != -1:
                print(call)
    """)
    assert result.stdout == b"" and result.code == 0, result


def test_flood_of_output() -> None:
    result = run("""
        line = b"x" * 1_000_000
        for _ in range(100):
            os.write(1, line)
    """)
    assert result.stopped == "output"
    assert len(result.stdout) <= 64 * 1024


def test_flood_of_report() -> None:
    result = run("""
        line = b"x" * 1_000_000
        for _ in range(100):
            os.write(report, line)
    """)
    assert result.stopped == "output"


def test_disk_is_bounded() -> None:
    result = run("""
        written = 0
        for folder in ("/tmp", "/scratch", "/dev/shm"):
            try:
                for number in range(40):
                    with open(f"{folder}/{number}", "wb") as file:
                        for _ in range(10):
                            file.write(b"x" * 1_000_000)
                            file.flush()
                            written += 1
            except OSError:
                pass
        print(written)
    """)
    assert 0 < int(result.stdout) <= 160, result


def test_closed_report_and_crash() -> None:
    result = run("os.close(report); os.kill(os.getpid(), 11)")
    assert result.report == b"" and result.stopped == "" and result.code not in (0, None)


def test_runs_side_by_side() -> None:
    """Runs at one time don't count towards each other's process limit."""
    results: list[Result] = []

    def one() -> None:
        results.append(
            run(
                """
                import time
                for _ in range(12):
                    if os.fork() == 0:
                        time.sleep(1)
                        os._exit(0)
                time.sleep(1)
                print("done")
                """,
                threads=16,
            )
        )

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [r.stdout for r in results] == [b"done\n"] * 3, results


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's runs have a namespace each")
def test_judges_at_work_together_use_no_user_twice() -> None:
    """The kernel counts processes by user: a bomb in one judge would starve a run of the other."""
    code = (
        "from grading.sandbox.bubblewrap import ordinary_uid; "
        "print(*(ordinary_uid() for _ in range(300)))"
    )
    command = [sys.executable, "-c", code]
    judges = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    one, other = (set(judge.communicate()[0].split()) for judge in judges)
    assert len(one) > 290 and not one & other and b"0" not in one


def test_users_are_those_that_a_container_has() -> None:
    assert bubblewrap.users_in("0 0 4294967295") == range(1 << 20, 1 << 30)
    assert bubblewrap.users_in("0 1000 1\n1 100000 65536") == range(20_000, 65_537)
    with pytest.raises(sandbox.SandboxError, match="uid_map"):
        bubblewrap.users_in("0 1000 1")


def test_no_namespace_of_its_own() -> None:
    """In one, a program has all rights again; also for root's runs, which bwrap gives none."""
    result = run("""
        import ctypes, platform, subprocess, threading
        libc = ctypes.CDLL(None, use_errno=True)
        clone, unshare, setns, clone3 = dict(
            x86_64=(56, 272, 308, 435), aarch64=(220, 97, 268, 435))[platform.machine()]
        new_user = 0x10000000
        for call, *arguments in ((unshare, new_user), (unshare, new_user | 0x20000),
                                 (clone, new_user | 17, 0, 0, 0, 0), (clone3, 0, 88),
                                 (setns, os.open("/proc/self/ns/user", os.O_RDONLY), 0)):
            answer = libc.syscall(call, *map(ctypes.c_long, arguments))
            if answer == 0 and call == clone:
                os._exit(0)
            print(answer, ctypes.get_errno() in (1, 38))
        threading.Thread(target=print, args=("thread",)).start()
        print(subprocess.run(["/bin/echo", "process"], capture_output=True, text=True).stdout)
    """)
    assert result.stdout.decode().split() == [*["-1", "True"] * 5, "thread", "process"], result


def test_nothing_is_left_for_the_next_run() -> None:
    """Keyrings come from whoever started the judge, and stay."""
    result = run("""
        import ctypes, platform
        libc = ctypes.CDLL(None, use_errno=True)
        add = dict(x86_64=248, aarch64=217)[platform.machine()]
        for keyring in (-1, -2, -3, -4, -5):
            print(libc.syscall(add, b"user", b"word", b"seen", 4, keyring))
    """)
    assert result.stdout.split() == [b"-1"] * 5, result


def test_no_word_through_what_all_runs_share() -> None:
    """Files can be locked, watched and looked for in the kernel's cache, devices have a time."""
    result = run("""
        import ctypes, fcntl, platform, time
        libc = ctypes.CDLL(None, use_errno=True)
        shared = os.open("/usr/bin/env", os.O_RDONLY)
        x86 = platform.machine() == "x86_64"
        watching = (253, 294, 300) if x86 else (26, 262)
        cached = (27, 327, 221, 206) if x86 else (232, 286, 223, 0)
        for call in (*watching, *cached, 425, 437, 451):  # and io_uring, openat2, cachestat
            answer = libc.syscall(call, 0, 0, 0, 0, 0, 0)
            print("syscall", call, "works" if ctypes.get_errno() not in (1, 38) else "refused")
        for name, attempt in {
            "flock": lambda: fcntl.flock(shared, fcntl.LOCK_EX),
            "lockf": lambda: fcntl.lockf(shared, fcntl.LOCK_SH),
            "whose lock": lambda: fcntl.fcntl(shared, fcntl.F_GETLK, bytes(32)),
            "lease": lambda: fcntl.fcntl(shared, fcntl.F_SETLEASE, fcntl.F_RDLCK),
            "notify": lambda: fcntl.fcntl(os.open("/usr", os.O_RDONLY), fcntl.F_NOTIFY, 1),
            "in the cache": lambda: os.preadv(shared, [bytearray(8)], 0, os.RWF_NOWAIT),
            "time of a device": lambda: os.utime("/dev/null"),
            "time of what it was given": lambda: os.utime(0),
        }.items():
            try:
                attempt()
                print(name, "works")
            except OSError as error:
                print(name, "refused")
        print(fcntl.fcntl(shared, fcntl.F_GETFD), os.pread(shared, 4, 0) != b"")
    """)
    said = result.stdout.decode()
    assert "works" not in said and said.count("refused") >= 17, result
    assert said.splitlines()[-1].endswith("True"), result


def test_no_sockets_beyond_the_namespace() -> None:
    """AF_VSOCK leads from a virtual machine to its host, whatever the network's namespace."""
    result = run("""
        import socket
        for family in range(60):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
                try:
                    socket.socket(family, kind).close()
                    print(family)
                except OSError:
                    pass
        a, b = socket.socketpair()
        a.send(b"x")
        print(b.recv(1))
    """)
    families = {int(line) for line in result.stdout.split()[:-1]}
    assert families <= {1, 2, 10} and result.stdout.endswith(b"b'x'\n"), result


def test_a_run_that_somebody_killed_is_told_from_one_that_ended_itself() -> None:
    result = run("""
        import ctypes, platform, signal, subprocess, threading
        libc = ctypes.CDLL(None)
        for attempt in (
            lambda: os.kill(os.getpid(), 9),
            lambda: os.kill(-os.getpgid(0), 9),
            lambda: signal.pthread_kill(threading.get_ident(), 9),
        ):
            try:
                attempt()
            except OSError:
                print("refused")
        child = subprocess.Popen(["/bin/sleep", "60"])
        child.terminate()
        print(child.wait(), flush=True)
        os.kill(os.getpid(), signal.SIGABRT)
    """)
    assert result.stdout.split() == [*[b"refused"] * 3, b"-15"], result
    assert result.code == 128 + 6 and not result.killed

    ended: list[Result] = []
    runs = threading.Thread(target=lambda: ended.append(run("import time; time.sleep(60)")))
    runs.start()
    while not (inside := _processes()):
        time.sleep(0.05)
    os.kill(inside[-1], 9)
    runs.join()
    assert ended[0].killed and not ended[0].stopped, ended


def test_a_machine_without_a_list_of_calls_has_no_filter() -> None:
    assert seccomp.program("pdp11") == b"" and len(seccomp.program("aarch64")) % 8 == 0


def test_names_that_lead_out_are_refused() -> None:
    with pytest.raises(ValueError, match="leads out"):
        sandbox.run("a.py", files={"a.py": b"", "../b.py": b""})


@pytest.mark.skipif(os.geteuid() != 0, reason="tries it as an ordinary user, and is one already")
def test_works_for_an_ordinary_user(tmp_path: Path) -> None:
    """The way in which most people run it; the user's other processes don't count."""
    system = shutil.which("python3", path="/usr/bin")
    setpriv = shutil.which("setpriv")
    if system is None or setpriv is None:
        pytest.skip("needs a Python in /usr/bin and setpriv")
    folder = tmp_path / "project"
    (folder / "grading" / "sandbox").mkdir(parents=True)
    for path in (ROOT / "grading" / "paths.py", *sources("sandbox")):
        shutil.copy(path, folder / path.relative_to(ROOT))
    (folder / "try.py").write_text(
        textwrap.dedent("""
            import subprocess, textwrap
            from grading.sandbox import bubblewrap
            from grading.sandbox import run as sandbox
            bubblewrap._hidden = lambda: [bubblewrap.Path("/usr/local")]
            others = [subprocess.Popen(["sleep", "20"]) for _ in range(30)]
            print(repr(sandbox.available()))
            bomb = b'''
            import os, time
            try:
                for count in range(100):
                    if os.fork() == 0:
                        time.sleep(5)
                        os._exit(0)
            except OSError:
                print("bounded")
            print(os.getuid() != 0, os.path.exists("/root"), os.path.exists("/home"))
            try:
                open("/usr/local/word", "w")
            except OSError:
                print("kept out")
            '''
            code = textwrap.dedent(bomb.decode()).encode()
            result = sandbox.run("a.py", files={"a.py": code}, limits=sandbox.Limits(threads=16))
            print(result.stopped, result.stdout, result.stderr)
            for other in others:
                other.kill()
        """),
        encoding="utf-8",
    )
    for path in [folder, *folder.rglob("*"), *list(folder.parents)[:4]]:
        if path.is_relative_to("/tmp/"):
            path.chmod(0o755 if path.is_dir() else 0o644)
    ordinary = [setpriv, "--reuid", "61234", "--regid", "61234", "--clear-groups"]
    done = subprocess.run(
        [*ordinary, system, "try.py"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        env={"PATH": os.environ["PATH"], "TMPDIR": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    lines = done.stdout.splitlines()
    if lines and lines[0] != "''":
        pytest.skip(f"an ordinary user may not: {lines[0]}")
    assert len(lines) == 2, done
    assert "bounded" in lines[1] or lines[1].startswith("processes"), done
    assert "False False" in lines[1] or lines[1].startswith("processes"), done
    assert "kept out" in lines[1] or lines[1].startswith("processes"), done


def test_missing_bwrap_is_a_clear_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "bwrap", lambda: None)
    sandbox.available.cache_clear()
    try:
        with pytest.raises(sandbox.SandboxError, match="apt-get install bubblewrap"):
            sandbox.require()
    finally:
        sandbox.available.cache_clear()
