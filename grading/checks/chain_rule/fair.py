"""Right solutions of the part chain-rule, in other styles."""

SOLUTIONS = {
    "a dictionary, ancestors": {
        "closures.Variable.backward": """
if not self.requires_grad:
    return
if gradient is None:
    gradient = np.ones(self.shape)
start = Variable(gradient).data
if start.shape != self.shape:
    raise ValueError(f"the gradient has shape {start.shape} and the variable {self.shape}")
arrived = {id(self): start}
for each in self.ancestors():
    g = arrived.get(id(each))
    if each.is_leaf:
        each.accumulate(g)
        continue
    for i, share in enumerate(each.grad_fn(g)):
        to = each.inputs[i]
        if to.requires_grad:
            arrived[id(to)] = arrived.get(id(to), 0.0) + share
""",
    },
    "a heap of ages, dictionaries by variable": {
        "imports": "import heapq",
        "closures.Variable.backward": """
if self.requires_grad is False:
    return None
first = np.ones_like(self.data) if gradient is None else as_variable(gradient).data
if np.shape(first) != np.shape(self.data):
    raise ValueError("wrong shape")
shares = {self: first}
heap = [(-self.number, self)]
while heap:
    _, newest = heapq.heappop(heap)
    share = shares.pop(newest)
    if newest.grad_fn is None:
        newest.accumulate(share)
    else:
        for input_, part in zip(newest.inputs, newest.grad_fn(share)):
            if not input_.requires_grad:
                continue
            if input_ in shares:
                shares[input_] = shares[input_] + part
            else:
                shares[input_] = part
                heapq.heappush(heap, (-input_.number, input_))
""",
    },
    "a topological sort by recursion with a higher limit": {
        "imports": "import sys",
        "closures.Variable.backward": """
if not self.requires_grad:
    return
start = np.ones(self.shape) if gradient is None else _array(gradient)
if start.shape != self.shape:
    raise ValueError(f"{start.shape} is not {self.shape}")
sys.setrecursionlimit(10**6)
order, seen = [], set()


def visit(variable):
    if id(variable) in seen or not variable.requires_grad:
        return
    seen.add(id(variable))
    for each in variable.inputs:
        visit(each)
    order.append(variable)


visit(self)
sums = {id(each): np.zeros(each.shape) for each in order}
sums[id(self)] = start
for variable in order[::-1]:
    if variable.is_leaf:
        variable.accumulate(sums[id(variable)])
    else:
        for each, g in zip(variable.inputs, variable.grad_fn(sums[id(variable)])):
            if id(each) in sums:
                sums[id(each)] = sums[id(each)] + g
""",
    },
}
