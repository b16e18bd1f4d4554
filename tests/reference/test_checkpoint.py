"""A model's numbers taken out and put back, in memory and through a file that holds no program."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minitorch import (
    SGD,
    Adam,
    CheckpointError,
    CudaOps,
    FastOps,
    Module,
    ModuleList,
    Parameter,
    Scalar,
    SimpleBackend,
    TensorBackend,
    load,
    rand,
    random_state,
    save,
    seed,
    set_random_state,
    tensor,
)

FAST = TensorBackend(FastOps)
BACKENDS = {"simple": SimpleBackend, "fast": FAST, "cuda": TensorBackend(CudaOps)}


class Layer(Module):
    def __init__(self, size: int, backend: TensorBackend, dtype: Any) -> None:
        super().__init__()
        self.weight = Parameter(rand((size, 3), backend, dtype=dtype))
        self.bias = Parameter(tensor(0.5, backend, dtype=dtype))


class Net(Module):
    def __init__(
        self, size: int = 2, backend: TensorBackend = SimpleBackend, dtype: Any = np.float64
    ) -> None:
        super().__init__()
        self.first = Layer(size, backend, dtype)
        self.rest = ModuleList([Layer(1, backend, dtype)])
        self.scale = Parameter(Scalar(2.0))
        self.offset = Parameter(3)


def same(one: Module, other: Module) -> bool:
    mine, theirs = one.state_dict(), other.state_dict()
    return mine.keys() == theirs.keys() and all(
        np.array_equal(mine[n], theirs[n]) and type(mine[n]) is type(theirs[n]) for n in mine
    )


def train(model: Net, optimizer: Any, steps: int) -> None:
    for _ in range(steps):
        optimizer.zero_grad()
        noise = random.random()
        for layer in (model.first, model.rest[0]):
            (layer.weight * layer.weight * noise + layer.bias * layer.bias).sum().backward()
        (model.scale * model.scale * noise).backward()
        optimizer.step()


# ## In memory


def test_names_and_numbers() -> None:
    state = Net().state_dict()
    assert list(state) == [
        "scale",
        "offset",
        "first.weight",
        "first.bias",
        "rest.0.weight",
        "rest.0.bias",
    ]
    assert state["scale"] == 2.0 and state["offset"] == 3
    assert state["first.weight"].shape == (2, 3) and state["first.bias"].shape == ()


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_taken_out_and_put_back(backend: str, dtype: Any) -> None:
    """Numbers, kind of number, backend, names and the wish to be trained are all as before."""
    one, other = Net(2, BACKENDS[backend], dtype), Net(2, BACKENDS[backend], dtype)
    other.first.weight.name = "w"
    other.first.bias.value.requires_grad_(False)
    other.load_state_dict(one.state_dict())
    assert same(one, other)
    weight = other.first.weight.value
    assert (weight.dtype, weight.backend, weight.name) == (dtype, BACKENDS[backend], "w")
    assert weight.is_leaf() and other.first.bias.value.is_constant()
    assert isinstance(other.scale.value, Scalar) and other.scale.value.is_leaf()


def test_what_was_taken_out_does_not_change() -> None:
    model, other = Net(), Net()
    state = model.state_dict()
    before = state["first.weight"].copy()
    model.first.weight.value[0, 0] = 99.0
    assert (state["first.weight"] == before).all()
    other.load_state_dict(state)
    state["first.weight"][:] = -1.0
    assert (other.state_dict()["first.weight"] == before).all()


def test_tensors_arrays_and_numbers_may_be_put_in() -> None:
    model = Net(dtype=np.float32)
    model.load_state_dict(
        {
            "scale": Scalar(5.0),
            "offset": 1.5,
            "first.weight": tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], FAST),
            "first.bias": 0.25,
            "rest.0.weight": np.ones((1, 3)),
            "rest.0.bias": np.float32(7.0),
        }
    )
    assert model.first.weight.value.dtype == np.float32
    assert model.first.weight.value.backend is SimpleBackend
    assert model.scale.value.data == 5.0 and model.offset.value == 1.5
    assert model.first.bias.value.item() == 0.25 and model.rest[0].bias.value.item() == 7.0


def test_numbers_of_another_model() -> None:
    """The first differences are named, and nothing is changed."""
    model, before = Net(), Net(3).state_dict()
    old = model.state_dict()
    del before["scale"]
    before["second.weight"] = 1.0
    with pytest.raises(ValueError) as error:
        model.load_state_dict(before)
    said = str(error.value)
    assert "scale: only the model has it" in said
    assert "second.weight: the model has no such parameter" in said
    assert "first.weight: (2, 3) in the model, (3, 3) here" in said
    assert all(np.array_equal(old[name], found) for name, found in model.state_dict().items())
    with pytest.raises(TypeError, match="scale is of type list"):
        model.load_state_dict(old | {"scale": [1.0]})


def test_parts_of_another_model() -> None:
    model = Net()
    state = {"first.weight": np.zeros((2, 3)), "head.weight": np.zeros(5)}
    model.load_state_dict(state, strict=False)
    assert not model.first.weight.value.to_numpy().any()
    with pytest.raises(ValueError, match=r"first.weight: \(2, 3\) in the model, \(5,\) here"):
        model.load_state_dict({"first.weight": np.zeros(5)}, strict=False)


def test_many_differences_are_counted() -> None:
    with pytest.raises(ValueError, match="and 3 more"):
        Net().load_state_dict({})


# ## Through a file


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_file(backend: str, dtype: Any, tmp_path: Path) -> None:
    one, other = Net(2, BACKENDS[backend], dtype), Net(2, BACKENDS[backend], dtype)
    save(tmp_path / "net.npz", one)
    assert load(tmp_path / "net.npz", other) == {}
    assert same(one, other)
    assert [path.name for path in tmp_path.iterdir()] == ["net.npz"]


@pytest.mark.parametrize(
    "make",
    [
        lambda model: SGD(model.parameters(), lr=0.1),
        lambda model: SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.01),
        lambda model: Adam(model.parameters(), lr=0.05),
    ],
    ids=["sgd", "momentum", "adam"],
)
def test_resumed(make: Any, tmp_path: Path) -> None:
    """Interrupted and taken up again, in the same numbers to the last bit."""
    seed(3)
    whole = Net()
    start = whole.state_dict()
    train(whole, make(whole), 9)

    seed(3)
    first = Net()
    optimizer = make(first)
    train(first, optimizer, 4)
    save(tmp_path / "net.npz", first, optimizer, epoch=4, random=random_state(), best=[0.5, None])

    seed(99)
    second = Net()
    optimizer = make(second)
    more = load(tmp_path / "net.npz", second, optimizer)
    assert (more["epoch"], more["best"]) == (4, [0.5, None])
    set_random_state(more["random"])
    train(second, optimizer, 5)
    assert same(second, whole) and not np.array_equal(start["scale"], whole.state_dict()["scale"])


def refused(path: Path, model: Any, *others: Any) -> str:
    """Load, expect to be refused and nothing to have changed; return what was said."""
    before = model.state_dict()
    with pytest.raises(CheckpointError) as error:
        load(path, model, *others)
    now = model.state_dict()
    assert all(np.array_equal(before[name], found) for name, found in now.items())
    assert str(path) in str(error.value)
    return str(error.value)


def test_another_model(tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    save(path, Net(3))
    assert "a Net" in refused(path, Net(2))
    assert "first.weight: (2, 3) float64 in the model, (3, 3) float64 here" in refused(path, Net(2))
    assert "(3, 3) float32 in the model, (3, 3) float64" in refused(path, Net(3, dtype=np.float32))
    said = refused(path, Layer(3, SimpleBackend, np.float64))
    assert "weight: only the model has it" in said and "this Layer" in said and "more" in said


def test_another_optimiser(tmp_path: Path) -> None:
    path, model = tmp_path / "net.npz", Net()
    save(path, model)
    assert "without its optimiser" in refused(path, Net(), SGD(model.parameters()))
    save(path, model, SGD(model.parameters(), momentum=0.5))
    other = Net()
    assert "this is Adam, and the state is of SGD" in refused(path, other, Adam(other.parameters()))
    load(path, other)
    assert same(model, other)


def _rewritten(path: Path, **changes: Any) -> None:
    """Change what a checkpoint says of itself."""
    with np.load(path) as archive:
        arrays = dict(archive)
    about = json.loads(str(arrays["about"][()])) | changes
    arrays["about"] = np.array(json.dumps({k: v for k, v in about.items() if v != "gone"}))
    with open(path, "wb") as file:
        np.savez(file, **arrays)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": 2}, "version 2, and version 1 is read"),
        ({"version": "gone"}, "damaged"),
        ({"format": "a letter"}, "'a letter', not a checkpoint"),
        ({"parameters": "gone"}, "damaged"),
        ({"parameters": ["first.weight"]}, "damaged"),
        ({"more": 3}, "damaged"),
        ({"optimizer": []}, "damaged"),
        ({"parameters": {}}, "arrays aren't what it says"),
    ],
)
def test_a_file_that_says_other_things(changes: Any, said: str, tmp_path: Path) -> None:
    path, model = tmp_path / "net.npz", Net()
    save(path, model, SGD(model.parameters()))
    _rewritten(path, **changes)
    assert said in refused(path, Net())


def test_no_checkpoint(tmp_path: Path) -> None:
    path, model = tmp_path / "net.npz", Net()
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load(tmp_path / "nowhere.npz", model)
    for content in (b"", b"rubbish", b"PK\x03\x04 rubbish", b"\x80\x04\x95.", b"\x93NUMPY\x01\x00"):
        path.write_bytes(content)
        assert "damaged" in refused(path, model)
    np.save(path.open("wb"), np.zeros(3))
    assert "damaged" in refused(path, model)
    np.savez(path, weight=np.zeros(3))
    assert "damaged" in refused(path, model)


def test_cut_off_or_changed_anywhere(tmp_path: Path) -> None:
    path, model = tmp_path / "net.npz", Net()
    save(path, model, Adam(model.parameters()))
    whole = path.read_bytes()
    other = Net()
    for end in range(0, len(whole), 97):
        path.write_bytes(whole[:end])
        refused(path, other)
    generator = random.Random(1)
    harmless = 0
    for _ in range(200):
        at = generator.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            load(path, other)
        except CheckpointError:
            continue
        harmless += same(other, model)  # a date, or room between the entries
        assert same(other, model)
    assert harmless < 150


def test_no_program_is_run(tmp_path: Path) -> None:
    """Objects in an archive need pickle, which could run anything: they are refused unread."""
    path, model = tmp_path / "net.npz", Net()
    save(path, model)
    with np.load(path) as archive:
        arrays = dict(archive)

    class Trap:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "sprung",))

    for name in ("about", "model/first.weight"):
        spoilt = arrays | {name: np.array([Trap()], dtype=object)}
        with open(path, "wb") as file:
            np.savez(file, allow_pickle=True, **spoilt)
        refused(path, model)
    assert not (tmp_path / "sprung").exists()


def test_what_cannot_be_kept(tmp_path: Path) -> None:
    path, model = tmp_path / "net.npz", Net()
    with pytest.raises(TypeError, match="numbers, strings, lists"):
        save(path, model, losses=np.zeros(3))
    with pytest.raises(TypeError, match="takes a Module, not dict"):
        save(path, model.state_dict())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="takes a Module, not str"):
        load(path, "model")  # type: ignore[arg-type]
    model.scale.update("two")
    with pytest.raises(TypeError, match="'two', of type str"):
        save(path, model)
    assert not list(tmp_path.iterdir())


def test_an_older_file_stays_until_the_new_one_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, model = tmp_path / "net.npz", Net()
    save(path, model)

    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space left"):
        save(path, Net())
    other = Net()
    load(path, other)
    assert same(model, other) and [each.name for each in tmp_path.iterdir()] == ["net.npz"]


_WRITER = """
import sys
from pathlib import Path
from minitorch import Module, Parameter, save, zeros
class Big(Module):
    def __init__(self, number):
        super().__init__()
        self.weight = Parameter(zeros(300, 1000) + number)
print("ready", flush=True)
for n in range(10**6):
    save(sys.argv[1], Big(n), n=n)
    print(n, flush=True)
"""


def test_killed_while_it_writes(tmp_path: Path) -> None:
    """Kill -9 at any moment leaves the last whole file."""

    class Big(Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = Parameter(tensor(np.zeros((300, 1000))))

    path, model = tmp_path / "big.npz", Big()
    for pause in (0.0, 0.01, 0.03):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, encoding="utf-8"
        )
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(3)]  # ready, and two files
        time.sleep(pause)
        writer.kill()
        writer.wait()
        told += writer.stdout.read().split()
        writer.stdout.close()
        n = load(path, model)["n"]
        assert n >= int(told[-1]) and (model.weight.value.to_numpy() == n).all()


# ## Randomness


def test_randomness_goes_on_from_where_it_stood() -> None:
    seed(5)
    random.gauss(0.0, 1.0)  # leaves a second number for the next call
    stood = json.loads(json.dumps(random_state()))
    wanted = [random.gauss(0.0, 1.0), random.random()]
    seed(6)
    set_random_state(stood)
    assert [random.gauss(0.0, 1.0), random.random()] == wanted
    for wrong in (None, [], [3, [1, 2], None], "abc", [3, ["x"] * 625, None]):
        with pytest.raises(ValueError, match="takes what random_state"):
            set_random_state(wrong)  # type: ignore[arg-type]
