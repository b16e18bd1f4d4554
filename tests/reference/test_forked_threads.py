"""Threads of the fast backend in the processes that its own process makes."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

from minitorch.kernels.threads import cores

FORK = """
import os
import minitorch

minitorch.FastOps.LARGE = 1
backend = minitorch.TensorBackend(minitorch.FastOps)
one = minitorch.tensor([1.0], backend=backend)


def told_by_child():
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, str((one + one).item()).encode())
        os._exit(0)
    os.close(writer)
    return os.read(reader, 100).decode()


print(told_by_child(), (one + one).item(), told_by_child())
"""


@pytest.mark.skipif(
    platform.system() != "Linux" or cores() == 1, reason="a fork leaves threads behind"
)
def test_a_forked_process_computes_without_the_threads_that_stayed_behind() -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", FORK], capture_output=True, encoding="utf-8", env=env
    )
    assert (done.stdout.split(), done.stderr) == (["2.0", "2.0", "2.0"], "")


@pytest.mark.parametrize("words", [["train", "--backend", "cpu"], ["diagnostics"]])
@pytest.mark.parametrize(
    ("number", "says"),
    [("9999", "minitorch: NUMBA_NUM_THREADS is 9999"), ("0", "minitorch: Number of threads")],
)
def test_the_command_says_that_there_are_too_many_threads_or_none(
    words: list[str], number: str, says: str
) -> None:
    code = f"import sys; from minitorch.cli import main; sys.exit(main({words}))"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "NUMBA_NUM_THREADS": number}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=env
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(says) and done.stderr.count("\n") == 1
