"""Right solutions of Task 0.4, in other styles."""

SOLUTIONS = {
    "recursion through the methods themselves": {
        "module.Module.train": "self.training = True\nfor child in self.modules():\n    child.train()",
        "module.Module.eval": "[m.eval() for m in self._modules.values()]\nself.training = False",
        "module.Module.named_parameters": """
names, seen = [], set()
for k, p in self._parameters.items():
    if id(p) not in seen:
        seen.add(id(p))
        names.append((k, p))
for name in self._modules:
    for k, p in self._modules[name].named_parameters():
        if id(p) not in seen:
            seen.add(id(p))
            names.append((f"{name}.{k}", p))
return names
""",
        "module.Module.parameters": "return [p for _, p in self.named_parameters()]",
    },
    "a stack instead of recursion, tuples": {
        "module.Module.train": """
todo = [self]
while todo:
    module = todo.pop()
    module.training = True
    todo.extend(module._modules.values())
""",
        "module.Module.eval": """
todo = (self,)
while len(todo) > 0:
    first, *rest = todo
    first.__dict__["training"] = False
    todo = (*rest, *first.modules())
""",
        "module.Module.named_parameters": """
result = {}
todo = [("", self)]
while todo:
    prefix, module = todo.pop(0)
    for key, parameter in module._parameters.items():
        result.setdefault(id(parameter), (prefix + key, parameter))
    todo = [(prefix + key + ".", child) for key, child in module._modules.items()] + todo
return tuple(result.values())
""",
        "module.Module.parameters": "return tuple(dict(self.named_parameters()).values())",
    },
    "helpers beside, a generator inside, lists as pairs": {
        "beside": '''
def _switch(module, mode):
    """Set the mode below, then here."""
    for child in module.modules():
        _switch(child, mode)
    module.training = mode


def _walk(module, path=()):
    """Yield every path and parameter, again where one is shared."""
    for key in module._parameters:
        yield (*path, key), module._parameters[key]
    for key in module._modules:
        yield from _walk(module._modules[key], (*path, key))
''',
        "module.Module.train": "_switch(self, True)",
        "module.Module.eval": "return _switch(self, False)",
        "module.Module.named_parameters": """
found = []
for path, parameter in _walk(self):
    if not any(parameter is other for _, other in found):
        found.append([".".join(path), parameter])
return found
""",
        "module.Module.parameters": """
found = []
for _, parameter in _walk(self):
    if parameter not in found:
        found.append(parameter)
return found
""",
    },
    "methods of one's own in the class, arguments added": {
        "instead": [
            (
                "module",
                "    def named_parameters(self) -> Sequence[tuple[str, Parameter]]:",
                "    def descend(self):\n"
                "        yield self\n"
                "        for child in self.modules():\n"
                "            yield from child.descend()\n\n"
                "    def named_parameters(self, prefix='', seen=None):",
            ),
            ("module", "    def train(self) -> None:", "    def train(self, mode=True):"),
            (
                "module",
                "    def parameters(self) -> Sequence[Parameter]:",
                "    def parameters(self):",
            ),
        ],
        "module.Module.train": "for each in self.descend():\n    each.training = mode\nreturn self",
        "module.Module.eval": "return self.train(False)",
        "module.Module.named_parameters": """
seen = [] if seen is None else seen
found = []
for key, parameter in self._parameters.items():
    if parameter not in seen:
        seen.append(parameter)
        found.append((prefix + key, parameter))
for key, child in self._modules.items():
    found.extend(child.named_parameters(prefix + key + ".", seen))
return found
""",
        "module.Module.parameters": "return list(map(lambda pair: pair[1], self.named_parameters()))",
    },
}
