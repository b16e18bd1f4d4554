"""Threads, shared objects and shared files: what one does isn't lost, and isn't another's."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.kernels.threads import taking_turns
from minitorch.tensor_functions import All, Permute, Sum, View

BACKENDS = [mt.SimpleBackend, mt.TensorBackend(mt.FastOps), mt.TensorBackend(mt.CudaOps)]
backends = pytest.mark.parametrize("backend", BACKENDS, ids=repr)

KERNELS_IN_THREADS = """
import threading
import numpy as np
import minitorch as mt
mt.FastOps.LARGE = mt.FastOps.LARGE_IF_SLOW = mt.fast_ops.LARGE_MATMUL = 0
fast = mt.TensorBackend(mt.FastOps)
x = mt.tensor(np.ones((60, 60)), backend=fast)
found, at_once = [], threading.Barrier(4)
def work():
    at_once.wait()
    for _ in range(30):
        found.append(((x + x) * x).sum().item() + (x @ x).sum(0)[0, 0] + x.sigmoid()[0, 0])
threads = [threading.Thread(target=work) for _ in range(4)]
[each.start() for each in threads]
[each.join() for each in threads]
assert set(found) == {7200.0 + 3600.0 + x.sigmoid()[0, 0]} and len(found) == 120
"""


@pytest.mark.parametrize("layer", ["workqueue", "default"])
def test_threads_run_kernels_on_all_cores_with_every_layer(layer: str) -> None:
    env = os.environ | {"NUMBA_THREADING_LAYER": layer, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", KERNELS_IN_THREADS], env=env, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_process_finds_its_turn_free() -> None:
    before = taking_turns()
    with before:
        child = os.fork()
        if not child:
            os._exit(taking_turns() is before or not taking_turns().acquire(timeout=1))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def leaf_of(kind: str) -> Any:
    if kind == "Scalar":
        return mt.Scalar(1.0)
    ops = getattr(mt, kind)
    return mt.tensor([1.0, 2.0], backend=mt.TensorBackend(ops), requires_grad=True)


@pytest.mark.parametrize("kind", ["Scalar", "SimpleOps", "FastOps"])
def test_gradients_of_many_threads_add_up_in_one_leaf(kind: str) -> None:
    leaf = leaf_of(kind)
    (leaf * 1.0 + 0.0)  # compiled before it is timed against others
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:

        def work() -> None:
            for _ in range(100):
                y = leaf * 1.0
                (y if kind == "Scalar" else y.sum()).backward()

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    finally:
        sys.setswitchinterval(interval)
    if kind == "Scalar":
        assert leaf.derivative == 400.0
    else:
        assert leaf.grad.tolist() == [400.0, 400.0]


@pytest.mark.parametrize("kind", ["Scalar", "SimpleOps", "FastOps"])
def test_variables_are_held_weakly(kind: str) -> None:
    x = leaf_of(kind)
    gone = []
    ref, by_name = weakref.ref(x), weakref.WeakValueDictionary({"x": x})
    weakref.finalize(x, gone.append, 1)
    assert ref() is x and by_name["x"] is x
    del x
    gc.collect()
    assert ref() is None and not by_name and gone == [1]


def test_a_variable_has_a_name_and_a_number() -> None:
    x, y = mt.Scalar(1.0), mt.tensor([1.0])
    assert x.unique_id != y.unique_id and x.name == str(x.unique_id)
    number = x.unique_id
    x.name = "x"
    assert (x.name, x.unique_id) == ("x", number)
    x.name = None
    assert x.name == str(number)
    z = mt.Scalar(2.0, name="z")
    assert z.name == "z" and z.unique_id == z.unique_id != number


# How two leaves get one and the same gradient g of shape (2, 2).
SHARING: dict[str, Callable[[Any, Any], Any]] = {
    "sum of two": lambda a, b: a + b,
    "of views": lambda a, b: a.view(4).view(2, 2) + b,
    "of permutations": lambda a, b: a.permute(0, 1) + b.permute(1, 0).permute(1, 0),
    "of copies": lambda a, b: a.permute(1, 0).contiguous().permute(1, 0) + b,
    "difference": lambda a, b: 0.0 - (-a) + b,
    "of one": lambda a, b: a.view(2, 2) + b * 1.0,
}


@backends
@pytest.mark.parametrize("way", SHARING)
def test_every_gradient_is_a_leafs_own(backend: mt.TensorBackend, way: str) -> None:
    a, b, g = (mt.tensor(np.ones((2, 2)), backend=backend) for _ in range(3))
    a.requires_grad_(True)
    b.requires_grad_(True)
    SHARING[way](a, b).backward(g)
    everything = [a, b, g, a.grad, b.grad]
    for n, written in enumerate(everything):
        before = [x.to_numpy() for x in everything]
        written.detach()[0, 0] = 10.0 + n
        for x, cells in zip(everything, before, strict=True):
            assert (x is written) or np.array_equal(x.to_numpy(), cells)


@backends
def test_a_gradient_that_is_a_number_is_a_leafs_own(backend: mt.TensorBackend) -> None:
    a = mt.tensor([2.0], backend=backend, requires_grad=True)
    (a < 1.0).backward()
    a.grad[0] = 5.0
    assert (a + 0.0).tolist() == [2.0] and mt.tensor([0.0], backend=backend).tolist() == [0.0]


def test_a_gradient_that_nobody_shares_is_not_copied() -> None:
    calls = []

    class Counting(mt.SimpleOps):
        @classmethod
        def map_kernel(cls, fn: Any) -> Any:  # type: ignore[override]
            kernel = mt.SimpleOps.map_kernel(fn)
            return lambda *args: (calls.append(fn.__name__), kernel(*args))[1]

    a, b = (
        mt.tensor([[1.0, 2.0]], backend=mt.TensorBackend(Counting), requires_grad=True)
        for _ in range(2)
    )
    (a * b).backward(mt.tensor([[1.0, 2.0]], backend=a.backend))
    assert "id" not in calls
    (a + b).sum().backward()  # one of the two is spread out, as a gradient of a sum is
    assert calls.count("id") <= 2


def test_a_kernels_file_is_run_for_its_own_key_only(tmp_path: Path) -> None:
    code = (
        "import minitorch as mt\n"
        "x = mt.tensor([3.0], backend=mt.TensorBackend(mt.FastOps))\n"
        "print((x + 2.0).item(), (x * 2.0).item())"
    )
    env = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}

    def run() -> str:
        return subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, encoding="utf-8", check=True
        ).stdout.strip()

    assert run() == "5.0 6.0"
    [add], [mul] = ([*tmp_path.rglob(f"zip-{name}-*.nbc")] for name in ("add", "mul"))
    written = mul.read_bytes()
    shutil.copy(add, mul)
    assert run() == "5.0 6.0"
    assert mul.read_bytes() != add.read_bytes(), "it is compiled and kept again"
    spoiled = bytearray(written)
    spoiled[len(spoiled) // 2] ^= 1
    mul.write_bytes(spoiled)
    assert run() == "5.0 6.0"


FRACTIONS: dict[str, Callable[[Any], Any]] = {
    "sum": lambda x: x.sum(0.5),
    "mean": lambda x: x.mean(1.9),
    "all": lambda x: x.all(0.5),
    "any": lambda x: x.any(0.5),
    "view": lambda x: x.view(2.9, 3),
    "permute": lambda x: x.permute(0.5, 1),
    "zeros": lambda x: mt.zeros((2.5,), backend=x.backend),  # type: ignore[arg-type]
    "rand": lambda x: mt.rand((2.5,), backend=x.backend),  # type: ignore[arg-type]
    "x.zeros": lambda x: x.zeros((2.5,)),
    "make": lambda x: mt.Tensor.make([1.0, 2.0], (2.5,), backend=x.backend),  # type: ignore[arg-type]
    "TensorData": lambda x: mt.TensorData([1.0, 2.0], (2.5,)),  # type: ignore[arg-type]
    "strides": lambda x: mt.TensorData([1.0, 2.0], (2,), (1.5,)),  # type: ignore[arg-type]
    "cat": lambda x: mt.cat([x, x], 0.5),  # type: ignore[arg-type]
    "stack": lambda x: mt.stack([x, x], 0.5),  # type: ignore[arg-type]
    "index": lambda x: x[0.5],
    "Sum": lambda x: Sum.apply(x, 0.5),
    "All": lambda x: All.apply(x, 0.5),
    "View": lambda x: View.apply(x, mt.tensor([2.9, 3.0])),
    "Permute": lambda x: Permute.apply(x, mt.tensor([0.5, 1.0])),
}


@backends
@pytest.mark.parametrize("call", FRACTIONS)
def test_sizes_and_dimensions_have_no_fraction(backend: mt.TensorBackend, call: str) -> None:
    x = mt.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], backend=backend, requires_grad=True)
    with pytest.raises(TypeError, match="whole number"):
        FRACTIONS[call](x)


@pytest.mark.parametrize("backend", [mt.FastOps, mt.SimpleOps, mt.CudaOps, "fast", 3])
def test_what_is_no_backend_is_named_at_once(backend: Any) -> None:
    name = getattr(backend, "__name__", repr(backend))
    for call in (
        lambda: mt.tensor([1.0], backend=backend),
        lambda: mt.zeros((2,), backend=backend),
        lambda: mt.rand((2,), backend=backend),
        lambda: mt.Tensor.make([1.0], (1,), backend=backend),
        lambda: mt.Tensor(mt.TensorData([1.0], (1,)), backend=backend),
        lambda: mt.tensor([1.0])._type_(backend),
    ):
        with pytest.raises(TypeError, match=rf"backend={name} is no backend: TensorBackend\("):
            call()


@backends
def test_a_history_is_never_dropped_in_silence(backend: mt.TensorBackend) -> None:
    x = mt.tensor([1.0, 2.0], backend=backend, requires_grad=True)
    losses = [(x * x).sum(), x.sum()]
    for lost in (losses, tuple(losses), [losses, losses], [1.0, losses[0]], losses[0], x):
        with pytest.raises(TypeError, match=r"history. stack\(.*detach\(\)"):
            mt.tensor(lost, backend=backend)
    assert mt.tensor([each.detach().item() for each in losses]).tolist() == [5.0, 3.0]
    assert mt.tensor([each.detach() for each in losses]).tolist() == [[5.0], [3.0]]
    mt.stack(losses).sum().backward()
    assert x.grad.tolist() == [3.0, 5.0]
