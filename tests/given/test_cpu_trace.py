"""What is seen of a compiled kernel that is walked in Python, and why others aren't compiled."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest
from numba import prange

from minitorch.kernels.compile import njit
from minitorch.kernels.cpu_trace import Walk, refusal, walk
from minitorch.kernels.dispatch import Kernel


@numba.njit
def double(x: float) -> float:
    return 2.0 * x


@numba.njit
def put(i: int, buffer: Any) -> None:
    buffer[0] = i


def seen(kernel: Any, size: int = 6, fn: Any = None) -> Walk:
    out = np.zeros(size)
    found = walk(numba.njit(kernel, parallel=True), out, np.arange(float(size)), fn=fn)
    assert found is not None
    return found


def test_turns_that_share_nothing() -> None:
    def kernel(out: Any, x: Any) -> None:
        for i in prange(len(out)):
            buffer = np.zeros(1, np.int64)
            put(i, buffer)
            out[buffer[0]] = double(x[buffer[0]])

    found = seen(kernel, fn=double)
    assert (found.turns, found.in_turns, found.shared, found.raced) == (6, True, False, [])
    assert found.unwritten == []
    assert found.calls == {"put": 6}, "the calls of fn aren't counted"


@pytest.mark.parametrize("how", ["by hand", "in a function", "a part", "a slice"])
def test_a_buffer_from_before_the_loop_is_shared(how: str) -> None:
    def by_hand(out: Any, x: Any) -> None:
        buffer = np.zeros(1, np.int64)
        for i in prange(len(out)):
            buffer[0] = i
            out[buffer[0]] = x[i]

    def in_a_function(out: Any, x: Any) -> None:
        buffer = np.empty(3, np.int64)
        for i in prange(len(out)):
            put(i, buffer)
            out[buffer[0]] = x[i]

    def a_part(out: Any, x: Any) -> None:
        buffers = np.zeros((2, 3), np.int64)
        for i in prange(len(out)):
            one = buffers[1]
            one[0] = i
            out[one[0]] = x[i]

    def a_slice(out: Any, x: Any) -> None:
        buffer = np.zeros(3, np.int64)
        for i in prange(len(out)):
            buffer[:] = i
            out[buffer[0]] = x[i]

    kernels = {
        "by hand": by_hand,
        "in a function": in_a_function,
        "a part": a_part,
        "a slice": a_slice,
    }
    found = seen(kernels[how])
    assert found.shared
    assert found.raced == [], "one after the other they write the right cells"


def test_a_buffer_for_each_turn_isnt_shared() -> None:
    def kernel(out: Any, x: Any) -> None:
        buffers = np.zeros((len(out), 1), np.int64)
        for i in prange(len(out)):
            buffers[i, 0] = i
        for i in prange(len(out)):
            buffers[i, 0] += 0
            out[buffers[i, 0]] = x[i]

    assert not seen(kernel).shared


def test_a_copy_is_the_turns_own() -> None:
    def kernel(out: Any, x: Any) -> None:
        start = np.zeros(1, np.int64)
        for i in prange(len(out)):
            own = start.copy()
            own[0] = i
            out[own[0]] = x[i]

    assert not seen(kernel).shared


def test_turns_that_write_one_cell() -> None:
    def kernel(out: Any, x: Any) -> None:
        for i in prange(len(x)):
            out[i // 2] += x[i]

    found = seen(kernel)
    assert found.raced == [0, 1, 2]
    assert found.unwritten == [3, 4, 5]


@pytest.mark.parametrize("idle", [False, True])
def test_work_outside_of_the_loop(idle: bool) -> None:
    def outside(out: Any, x: Any) -> None:
        for i in range(len(x)):
            out[i] = x[i]

    def with_an_idle_loop(out: Any, x: Any) -> None:
        for _ in prange(2):
            pass
        for i in range(len(x)):
            out[i] = x[i]

    found = seen(with_an_idle_loop if idle else outside)
    assert found.turns == (2 if idle else 0)
    assert not found.in_turns


def test_a_place_outside_is_an_error() -> None:
    def kernel(out: Any, x: Any) -> None:
        for i in prange(len(out)):
            out[i] = x[i + 1]

    with pytest.raises(IndexError, match="out of bounds"):
        seen(kernel)


def test_what_only_the_compiler_knows() -> None:
    def kernel(out: Any, x: Any) -> None:
        for i in prange(len(out)):
            out[i] = x.no_such_part

    assert walk(numba.njit(kernel, parallel=True), np.zeros(2), np.zeros(2)) is None


def test_everything_is_as_before_when_a_walk_is_over() -> None:
    def kernel(out: Any, x: Any) -> None:
        for i in prange(len(out)):
            out[i] = x[i + 1]

    zeros, loop, call = np.zeros, numba.prange, dict(vars(type(double)))
    with pytest.raises(IndexError):
        seen(kernel)
    assert np.zeros is zeros
    assert numba.prange is loop
    assert dict(vars(type(double))) == call
    assert double(3.0) == 6.0


def test_refusals_in_a_sentence() -> None:
    def backwards(shape: Any) -> int:
        total = 0
        for size in reversed(shape):
            total += size
        return total

    def generator(shape: Any) -> int:
        return sum(size for size in shape)

    def mixed(shape: Any) -> Any:
        found = 0
        if len(shape) > 1:
            found = shape
        return found

    def good(shape: Any) -> int:
        return shape[0]

    shape = np.array([2, 3])
    assert "doesn't know `reversed`" in refusal(backwards, shape)
    assert "a generator" in refusal(generator, shape)
    assert "`found` stands for two kinds of things" in refusal(mixed, shape)
    assert refusal(good, shape) == ""


def test_a_copy_of_the_loops_counter_is_told() -> None:
    def halves(out: Any, n: int) -> None:
        for i in prange(n):
            left = i
            for _ in range(3):
                left = left // 2
            out[i] = left

    with pytest.raises(TypeError, match=r"can't compile halves: the counter .* left = i \+ 0"):
        Kernel(njit(halves, parallel=True), "halves", 1)(np.zeros(8), 8)
