"""What was written for Task 0.4, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_NAMED = "module.Module.named_parameters"
TOLD = {
    "train_this_module_only": r"^after train.*only the module itself was switched",
    "train_children_only": r"^after train.*sets the module's own `training`",
    "eval_one_level": r"^after eval.*b.c is True: the children are reached, but not",
    "eval_trains": r"^after eval.*own `training` to False",
    "names_own_only": r"those of the children are missing",
    "names_without_prefix": r"name and a dot belong in front",
    "names_last_level_only": r"whole path belongs in front",
    "names_children_first": r"module's own come first",
    "names_count_shared_twice": r"named_parameters\(\) gave 4: the same object counts once",
    "names_merge_equal_values": r"compare the objects",
    "parameters_own_only": r"^parameters\(\) gave those with the values \[5\]",
    "parameters_are_copies": r"neither their values nor copies",
    "train_skips_done": r"and train\(\) of the whole tree left it so",
    "eval_skips_done": r"and eval\(\) of the whole tree left it so",
}
MISTAKES = [
    Mistake(
        "eval toggles",
        "module.Module.eval",
        "self.training = not self.training\nfor m in self._modules.values():\n    m.eval()",
        told=r"second eval\(\) switched training on",
    ),
    Mistake(
        "train sets only children",
        "module.Module.train",
        "for m in self._modules.values():\n    m.training = True\n    m.train()",
        told=r"the children are switched, but not the module itself",
    ),
    Mistake(
        "only direct children",
        _NAMED,
        "found = list(self._parameters.items())\nfor name, m in self._modules.items():\n"
        "    found += [(f'{name}.{k}', p) for k, p in m._parameters.items()]\nreturn found",
        told=r"the children's children are missing",
    ),
    Mistake(
        "values instead of Parameters",
        _NAMED,
        "found = [(k, p.value) for k, p in self._parameters.items()]\n"
        "for name, m in self._modules.items():\n"
        "    found += [(f'{name}.{k}', v) for k, v in m.named_parameters()]\nreturn found",
        told=r"Parameter object itself, not its value",
    ),
    Mistake(
        "return inside the loop over children",
        _NAMED,
        "found = list(self._parameters.items())\nfor name, m in self._modules.items():\n"
        "    found += [(f'{name}.{k}', p) for k, p in m.named_parameters()]\n    return found",
        told=r"gave None: it has no `return`, or one that stands too deep",
    ),
    Mistake(
        "a dictionary of ids",
        _NAMED,
        "found = {id(p): (k, p) for k, p in reversed(self._parameters.items())}\n"
        "found = dict(reversed(found.items()))\nfor name, m in self._modules.items():\n"
        "    for k, p in m.named_parameters():\n"
        "        found.setdefault(id(p), (f'{name}.{k}', p))\nreturn list(found.values())",
        fair="right",
    ),
    Mistake(
        "duplicates left out by parameters alone",
        _NAMED,
        "found = list(self._parameters.items())\nfor name, m in self._modules.items():\n"
        "    found += [(f'{name}.{k}', p) for k, p in m.named_parameters()]\nreturn found",
        more={
            "module.Module.parameters": "return list({id(p): p for _, p in "
            "self.named_parameters()}.values())"
        },
        told=r"named_parameters\(\) gave 4: the same object counts once",
    ),
    Mistake(
        "parameters by a set",
        "module.Module.parameters",
        "return list({p for _, p in self.named_parameters()})",
        told=r"^parameters\(\) gave those with the values .*in its order",
    ),
    Mistake(
        "parameters' values",
        "module.Module.parameters",
        "return [p.value for _, p in self.named_parameters()]",
        told=r"^parameters\(\) gave 5, of type int.*Parameter objects themselves",
    ),
    Mistake(
        "asks itself",
        _NAMED,
        "return [*self._parameters.items(), *self.named_parameters()]",
        told=r"called itself without end. Ask the children",
    ),
    Mistake(
        "train asks itself",
        "module.Module.train",
        "self.training = True\nfor m in self._modules.values():\n    self.train()",
        told=r"called itself without end. Ask the children",
    ),
]
