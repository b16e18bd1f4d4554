"""Wrong solutions of Task 0.4, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

MUTANTS = [
    Mutant(
        "train_this_module_only",
        "module.Module.train",
        "self.training = True",
        "train switched this module alone: its children, and theirs, have to follow.",
    ),
    Mutant(
        "train_children_only",
        "module.Module.train",
        "for child in self.modules():\n    child.train()",
        "train switched the children and forgot the module itself.",
    ),
    Mutant(
        "eval_one_level",
        "module.Module.eval",
        "self.training = False\nfor child in self.modules():\n    child.training = False",
        "eval reached the children but not their children: let each child call its own eval.",
    ),
    Mutant(
        "eval_trains",
        "module.Module.eval",
        "self.training = True\nfor child in self.modules():\n    child.train()",
        "after eval a module still says that it is training: eval sets training to False.",
    ),
    Mutant(
        "names_own_only",
        "module.Module.named_parameters",
        "return list(self._parameters.items())",
        "named_parameters left out what is below: ask each child for its own and add its name.",
    ),
    Mutant(
        "names_without_prefix",
        "module.Module.named_parameters",
        "found = dict(self._parameters)\nfor child in self.modules():\n"
        "    for name, p in child.named_parameters():\n        found[name] = p\n"
        "return list(found.items())",
        "a child's parameter lost the child's name in front, so equal names overwrote each other.",
    ),
    Mutant(
        "names_last_level_only",
        "module.Module.named_parameters",
        "def below(module, prefix):\n"
        "    for name, p in module._parameters.items():\n        yield prefix + name, p\n"
        "    for name, child in module._modules.items():\n"
        "        yield from below(child, name + '.')\n"
        "found = {}\nfor name, p in below(self, ''):\n    found.setdefault(id(p), (name, p))\n"
        "return list(found.values())",
        "a parameter two levels down has only the last module's name in front: the whole path, "
        "as in b.c.p3, belongs there.",
    ),
    Mutant(
        "names_children_first",
        "module.Module.named_parameters",
        "found = {}\nfor child_name, child in self._modules.items():\n"
        "    for name, p in child.named_parameters():\n"
        "        found.setdefault(id(p), (f'{child_name}.{name}', p))\n"
        "for name, p in self._parameters.items():\n    found.setdefault(id(p), (name, p))\n"
        "return list(found.values())",
        "the children's parameters came before the module's own: its own come first.",
    ),
    Mutant(
        "names_count_shared_twice",
        "module.Module.named_parameters",
        "found = list(self._parameters.items())\n"
        "for child_name, child in self._modules.items():\n"
        "    found += [(f'{child_name}.{name}', p) for name, p in child.named_parameters()]\n"
        "return found",
        "a Parameter that stands in two places was counted twice: the same object comes once, "
        "under the first of its names.",
    ),
    Mutant(
        "names_merge_equal_values",
        "module.Module.named_parameters",
        "found = {}\nfor name, p in self._parameters.items():\n"
        "    found.setdefault(p.value, (name, p))\n"
        "for child_name, child in self._modules.items():\n"
        "    for name, p in child.named_parameters():\n"
        "        found.setdefault(p.value, (f'{child_name}.{name}', p))\n"
        "return list(found.values())",
        "two Parameters with equal values were taken for one: compare the objects, by `is`.",
    ),
    Mutant(
        "parameters_own_only",
        "module.Module.parameters",
        "return list(self._parameters.values())",
        "parameters gave this module's own only: those of the whole tree were asked for.",
    ),
    Mutant(
        "parameters_are_copies",
        "module.Module.parameters",
        "from types import SimpleNamespace\n"
        "return [SimpleNamespace(value=p.value) for _, p in self.named_parameters()]",
        "parameters gave copies: an optimizer can update only the Parameter objects themselves.",
    ),
    Mutant(
        "train_skips_done",
        "module.Module.train",
        "if self.training:\n"
        "    return\n"
        "self.training = True\n"
        "for m in self.modules():\n"
        "    m.train()",
        "train stopped at a module that was in training mode already; what is below it may not be.",
    ),
    Mutant(
        "eval_skips_done",
        "module.Module.eval",
        "if not self.training:\n"
        "    return\n"
        "self.training = False\n"
        "for m in self.modules():\n"
        "    m.eval()",
        "eval stopped at a module that was in that mode already; what is below it may not be.",
    ),
]
