"""Right solutions of the part gradient-utilities, in other styles."""

SOLUTIONS = {
    "plain loops, as PyTorch clips": {
        "closures.clip_gradients": """
if not max_norm > 0:
    raise ValueError("max_norm must be positive")
variables = [v for v in variables if v.grad is not None]
total = 0.0
for v in variables:
    for g in v.grad.data.flat:
        total += float(g) ** 2
norm = math.sqrt(total)
factor = min(1.0, max_norm / (norm + 1e-12))
for v in variables:
    v.grad.data *= factor
return norm
""",
        "closures.collect_parameters": """
found, seen, todo = [], set(), list(modules)
while todo:
    thing = todo.pop(0)
    if id(thing) in seen:
        continue
    seen.add(id(thing))
    if isinstance(thing, Variable):
        if thing.is_leaf and thing.requires_grad:
            found.append(thing)
    elif isinstance(thing, dict):
        todo += list(thing.values())
    elif isinstance(thing, (list, tuple, set, frozenset)):
        todo += list(thing)
    elif hasattr(thing, "__dict__"):
        todo += list(vars(thing).values())
return found
""",
        "closures.zero_gradients": "[v.zero_grad() for v in variables]",
    },
    "nothing to clip is said first; recursion; new gradients": {
        "closures.clip_gradients": """
gradients = [v for v in variables if v.grad is not None]
if len(gradients) == 0:
    return 0.0
if max_norm <= 0:
    raise ValueError(max_norm)
norm = np.sqrt(sum((v.grad.data**2).sum() for v in gradients))
if norm > max_norm:
    for v in gradients:
        v.grad = Variable(v.grad.data * (max_norm / norm), requires_grad=False)
return norm
""",
        "closures.collect_parameters": """
found = {}
seen = set()


def look(thing):
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, Variable):
        if thing.requires_grad and thing.grad_fn is None:
            found[id(thing)] = thing
        return
    if isinstance(thing, dict):
        thing = thing.values()
    elif not isinstance(thing, (list, tuple, set)):
        thing = getattr(thing, "__dict__", {}).values()
    for each in thing:
        look(each)


look(modules)
return list(found.values())
""",
        "closures.zero_gradients": """
for variable in variables:
    variable.grad = Variable(0.0 * variable.data, requires_grad=False)
""",
    },
    "one long vector": {
        "closures.clip_gradients": """
if max_norm <= 0:
    raise ValueError("max_norm isn't positive")
with_gradient = [v for v in variables if v.grad is not None]
flat = [v.grad.data.ravel() for v in with_gradient]
norm = float(np.linalg.norm(np.concatenate(flat))) if flat else 0.0
for v in with_gradient:
    v.grad.data = v.grad.data / max(1.0, norm / max_norm)
return norm
""",
    },
}
