"""Module 0's tree of named parameters."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from strategies import med_ints, small_floats

from minitorch import Module, ModuleDict, ModuleList, Parameter


class ModuleA1(Module):
    def __init__(self) -> None:
        super().__init__()
        self.p1 = Parameter(5)
        self.non_param = 10
        self.a = ModuleA2()
        self.b = ModuleA3()


class ModuleA2(Module):
    def __init__(self) -> None:
        super().__init__()
        self.p2 = Parameter(10)


class ModuleA3(Module):
    def __init__(self) -> None:
        super().__init__()
        self.c = ModuleA4()


class ModuleA4(Module):
    def __init__(self) -> None:
        super().__init__()
        self.p3 = Parameter(15)


@pytest.mark.task0_4
def test_stacked_demo() -> None:
    """The guide's tree of three levels."""
    root = ModuleA1()
    named = dict(root.named_parameters())
    assert list(named) == ["p1", "a.p2", "b.c.p3"]
    assert named["p1"].value == 5
    assert named["a.p2"].value == 10
    assert named["b.c.p3"] is root.b.c.p3
    assert root.non_param == 10


class Module1(Module):
    def __init__(self, size_a: int, size_b: int, val: float) -> None:
        super().__init__()
        self.module_a = Module2(size_a)
        self.module_b = Module2(size_b)
        self.parameter_a = Parameter(val)


class Module2(Module):
    def __init__(self, extra: int = 0) -> None:
        super().__init__()
        self.parameter_a = Parameter(50)
        self.parameter_b = Parameter(100)
        self.non_parameter = 10
        self.module_c = Module3()
        for i in range(extra):
            self.add_parameter(f"extra_parameter_{i}", None)


class Module3(Module):
    def __init__(self) -> None:
        super().__init__()
        self.parameter_a = Parameter(15)


@pytest.mark.task0_4
@given(med_ints, med_ints)
def test_module(size_a: int, size_b: int) -> None:
    """A module counts its own parameters and those below it, and switches its mode."""
    module = Module2()
    module.eval()
    assert not module.training
    module.train()
    assert module.training
    assert len(module.parameters()) == 3

    assert len(Module2(size_b).parameters()) == size_b + 3

    named = dict(Module2(size_b).named_parameters())
    assert named["parameter_a"].value == 50
    assert named["extra_parameter_0"].value is None
    assert named["module_c.parameter_a"].value == 15


@pytest.mark.task0_4
@given(med_ints, med_ints, small_floats)
def test_stacked_module(size_a: int, size_b: int, val: float) -> None:
    """What holds for one module holds for modules inside it, at every depth."""
    module = Module1(size_a, size_b, val)
    parts = (module, module.module_a, module.module_b.module_c)
    for switch, mode in ((module.eval, False), (module.eval, False), (module.train, True)):
        switch()
        modes = [m.training for m in parts]
        assert modes == [mode] * 3, (
            f"after {switch.__name__}(), training of the module, its child and a child's child is "
            f"{modes}: all of them take the mode, whatever they had before"
        )

    assert len(module.parameters()) == 1 + (size_a + 3) + (size_b + 3)
    named = dict(module.named_parameters())
    assert named["parameter_a"].value == val
    assert named["module_a.parameter_a"].value == 50
    assert named["module_a.parameter_b"].value == 100
    assert named["module_b.module_c.parameter_a"].value == 15


@pytest.mark.task0_4
@pytest.mark.xfail(raises=AttributeError, strict=True)
def test_module_fail_forward() -> None:
    """A bare module has no forward to call."""
    Module()()


@pytest.mark.task0_4
def test_module_forward() -> None:
    class Doubler(Module):
        def forward(self, x: float, y: float = 0.0) -> float:
            return 2 * x + y

    assert Doubler()(5.0, y=1.0) == 11.0
    assert len(Doubler().parameters()) == 0


@pytest.mark.task0_4
def test_shared_counts_once() -> None:
    """One Parameter object in two places is one parameter, under the first of its names."""
    root = ModuleA1()
    root.b.c.tied = root.p1
    root.again = root.b
    names = [name for name, _ in root.named_parameters()]
    assert names == ["p1", "a.p2", "b.c.p3"], f"{names}: the same Parameter object comes once"
    count = len(root.parameters())
    assert count == 3, f"parameters() counts {count} of 3: the same object comes once"


@pytest.mark.task0_4
def test_parts_come_and_go() -> None:
    """What is replaced or deleted leaves the tree."""
    root = ModuleA1()
    root.a = ModuleA4()
    assert [name for name, _ in root.named_parameters()] == ["p1", "a.p3", "b.c.p3"]
    del root.b
    del root.p1
    assert [name for name, _ in root.named_parameters()] == ["a.p3"]
    root.a = 3  # type: ignore
    assert list(root.named_parameters()) == []
    assert root.a == 3


@pytest.mark.task0_4
def test_containers_are_in_the_tree() -> None:
    model = Module()
    model.row = ModuleList([ModuleA2(), ModuleA4()])
    model.by_name = ModuleDict({"left": ModuleA2()})
    names = [name for name, _ in model.named_parameters()]
    assert names == ["row.0.p2", "row.1.p3", "by_name.left.p2"]
    model.eval()
    assert not model.row[1].training
    assert not model.by_name["left"].training


# ## Given code


class MockParam:
    def __init__(self) -> None:
        self.x = False
        self.name = ""

    def requires_grad_(self, x: bool) -> None:
        self.x = x


def test_parameter() -> None:
    t = MockParam()
    q = Parameter(t, "weight")
    assert t.x
    assert t.name == "weight"
    t2 = MockParam()
    q.update(t2)
    assert t2.x
    assert t2.name == "weight"
    assert q.value is t2
    assert (repr(Parameter(2.5)), str(Parameter(2.5))) == ("2.5", "2.5")


def test_plain_value_over_parameter_updates_it() -> None:
    root = ModuleA1()
    kept = root.p1
    root.p1 = 7
    assert root.p1 is kept
    assert kept.value == 7


def test_deleted_names_are_gone() -> None:
    root = ModuleA1()
    del root.p1
    del root.non_param
    for name in ("p1", "non_param"):
        assert not hasattr(root, name)
        with pytest.raises(AttributeError, match=name):
            delattr(root, name)


def test_typo_names_class_and_neighbours() -> None:
    with pytest.raises(AttributeError, match=r"ModuleA1 has no attribute 'non_parm'.*non_param"):
        _ = ModuleA1().non_parm
    with pytest.raises(AttributeError, match="ModuleA1 has no attribute 'mode'"):
        _ = ModuleA1().mode


def test_forgotten_super_is_explained() -> None:
    class Forgetful(Module):
        def __init__(self) -> None:
            self.p = Parameter(1)

    with pytest.raises(AttributeError, match=r"super\(\).__init__\(\).*Forgetful.__init__"):
        Forgetful()


def test_names_that_cannot_work_are_refused() -> None:
    root = ModuleA1()
    with pytest.raises(AttributeError, match="forward already means"):
        Doubling().forward = Parameter(1)  # type: ignore
    with pytest.raises(AttributeError, match="training already means"):
        root.training = Parameter(1)  # type: ignore
    with pytest.raises(ValueError, match="dots separate"):
        root.add_parameter("a.b", 1)


class Doubling(Module):
    def forward(self, x: float) -> float:
        return 2 * x


def test_error_inside_a_property_is_its_own() -> None:
    class WithProperty(Module):
        @property
        def wide(self) -> int:
            return len(self.missing)

    with pytest.raises(AttributeError, match="'missing'"):
        _ = WithProperty().wide


def test_a_property_with_a_setter_decides() -> None:
    class Guarded(Module):
        @property
        def weight(self) -> Parameter:
            return self.inner

        @weight.setter
        def weight(self, value: Parameter) -> None:
            self.inner = value

    guarded = Guarded()
    guarded.weight = Parameter(3)
    assert guarded.inner is guarded.weight


def test_plain_list_of_modules_is_refused() -> None:
    root = ModuleA1()
    with pytest.raises(TypeError, match=r"ModuleList\(\.\.\.\)"):
        root.layers = [ModuleA2(), ModuleA2()]
    with pytest.raises(TypeError, match=r"ModuleDict\(\.\.\.\)"):
        root.layers = {"one": ModuleA2()}
    root.known = [root.a, root.b]
    root.numbers = [1, 2]
    assert root.known[0] is root.a


def test_module_list() -> None:
    first, second, third = ModuleA2(), ModuleA2(), ModuleA4()
    row = ModuleList([first])
    row.append(second)
    row.extend([third])
    assert list(row) == [first, second, third]
    assert (len(row), row[-1], second in row) == (3, third, True)
    row[0] = third
    del row[1]
    assert list(row) == [third, third]
    with pytest.raises(IndexError):
        row[5]
    with pytest.raises(TypeError, match="modules only"):
        row.append(3)  # type: ignore


def test_module_dict() -> None:
    left = ModuleA2()
    named = ModuleDict({"left": left})
    named["right"] = ModuleA4()
    assert (list(named), len(named), "left" in named, named["left"]) == (
        ["left", "right"], 2, True, left,
    )  # fmt: skip
    del named["right"]
    assert list(named.items()) == [("left", left)]
    with pytest.raises(ValueError, match="dots separate"):
        named["a.b"] = left
    with pytest.raises(TypeError, match="modules only"):
        named["n"] = 3  # type: ignore


def test_repr_is_a_nested_tree() -> None:
    assert repr(ModuleA2()) == "ModuleA2()"
    wanted = "ModuleA1(\n  (a): ModuleA2()\n  (b): ModuleA3(\n    (c): ModuleA4()\n  )\n)"
    assert repr(ModuleA1()) == wanted
    assert [type(m).__name__ for m in ModuleA1().modules()] == ["ModuleA2", "ModuleA3"]


def test_copies_are_independent() -> None:
    root = ModuleA1()
    twin: Any
    for twin in (copy.deepcopy(root), pickle.loads(pickle.dumps(root))):
        twin.p1 = 100
        assert (root.p1.value, twin._parameters["p1"].value, twin.b.c.p3.value) == (5, 100, 15)


def test_names_complete_in_the_shell() -> None:
    assert {"p1", "a", "b", "non_param", "training"} <= set(dir(ModuleA1()))
