"""Right solutions of Task 1.4, in other styles."""

SOLUTIONS = {
    "an explicit stack, a list turned round": {
        "autodiff.topological_sort": """
order, seen = [], set()
stack = [(variable, False)]
while stack:
    node, finished = stack.pop()
    if finished:
        order.append(node)
        continue
    if node.is_constant() or node.unique_id in seen:
        continue
    seen.add(node.unique_id)
    stack.append((node, True))
    for parent in node.parents:
        stack.append((parent, False))
order.reverse()
return order
""",
        "autodiff.backpropagate": """
derivatives = {variable.unique_id: deriv}
for node in topological_sort(variable):
    d = derivatives[node.unique_id]
    if node.is_leaf():
        node.accumulate_derivative(d)
    else:
        for parent, d_parent in node.chain_rule(d):
            if parent.is_constant():
                continue
            if parent.unique_id in derivatives:
                derivatives[parent.unique_id] += d_parent
            else:
                derivatives[parent.unique_id] = d_parent
""",
        "scalar_functions.Mul.backward": "a, b = ctx.saved_values\nreturn b * d_output, a * d_output",
        "scalar_functions.Inv.backward": (
            "(a,) = ctx.saved_values\nreturn -d_output / (a * a) if a else -math.inf * d_output"
        ),
        "scalar_functions.Neg.backward": "return (-d_output,)",
        "scalar_functions.LT.backward": "return 0, 0",
        "scalar_functions.EQ.backward": "return (0.0,) * 2",
    },
    "counting who waits (Kahn), a generator, sets and dictionaries of variables": {
        "beside": "import collections",
        "autodiff.topological_sort": """
if variable.is_constant():
    return
waits_for = collections.Counter()
seen, todo = {variable}, collections.deque([variable])
while todo:
    for parent in todo.popleft().parents:
        if parent.history is None:
            continue
        waits_for[parent] += 1
        if parent not in seen:
            seen.add(parent)
            todo.append(parent)
ready = collections.deque([variable])
while ready:
    node = ready.popleft()
    yield node
    for parent in node.parents:
        if parent.history is not None:
            waits_for[parent] -= 1
            if waits_for[parent] == 0:
                ready.append(parent)
""",
        "autodiff.backpropagate": """
arrived = collections.defaultdict(int)
arrived[variable] = deriv
for node in topological_sort(variable):
    share = arrived.pop(node)
    if node.is_leaf():
        node.accumulate_derivative(share)
        continue
    for parent, d in node.chain_rule(share):
        if not parent.is_constant():
            arrived[parent] = arrived[parent] + d
""",
        "scalar_functions.ReLU.backward": "(a,) = ctx.saved_values\nreturn d_output * (a > 0)",
    },
    "recursion with a higher limit, a deque, another forward of one's own": {
        "beside": "import sys\nfrom collections import deque",
        "autodiff.topological_sort": """
sys.setrecursionlimit(1_000_000)
order, visited = deque(), set()


def visit(node):
    if id(node) in visited or node.is_constant():
        return
    visited.add(id(node))
    for parent in node.parents:
        visit(parent)
    order.appendleft(node)


visit(variable)
return order
""",
        "autodiff.backpropagate": """
queue = list(topological_sort(variable))
table = {id(node): 0.0 for node in queue}
table[id(variable)] = deriv
for node in queue:
    if node.is_leaf():
        node.accumulate_derivative(table[id(node)])
    else:
        pairs = list(node.chain_rule(table[id(node)]))
        for parent, d in pairs:
            if id(parent) in table:
                table[id(parent)] += d
""",
        "scalar_functions.Sigmoid.backward": (
            "s = operators.sigmoid(ctx.saved_values[0])\nreturn d_output * s * (1 - s)"
        ),
        "scalar_functions.Sigmoid.forward": "ctx.save_for_backward(a)\nreturn operators.sigmoid(a)",
        "scalar_functions.Exp.forward": "ctx.save_for_backward(a)\nreturn operators.exp(a)",
        "scalar_functions.Exp.backward": "return operators.exp(ctx.saved_values[0]) * d_output",
        "scalar_functions.Mul.forward": "ctx.save_for_backward([a, b])\nreturn a * b",
        "scalar_functions.Mul.backward": (
            "return tuple(d_output * v for v in reversed(ctx.saved_values[0]))"
        ),
        "scalar_functions.Inv.forward": (
            "out = operators.inv(a)\nctx.save_for_backward(out)\nreturn out"
        ),
        "scalar_functions.Inv.backward": "return -d_output * ctx.saved_values[0] ** 2",
        "scalar_functions.ReLU.forward": "ctx.save_for_backward(int(a > 0))\nreturn max(0.0, a)",
        "scalar_functions.ReLU.backward": "return ctx.saved_values[0] * d_output",
    },
    "an iterator turned round, whole numbers": {
        "autodiff.topological_sort": """
finished = {}
stack = [variable]
entered = set()
while stack:
    node = stack[-1]
    if node.history is None or id(node) in finished:
        stack.pop()
    elif id(node) in entered:
        finished[id(node)] = node
        stack.pop()
    else:
        entered.add(id(node))
        stack += [p for p in node.parents if id(p) not in finished]
return reversed(finished.values())
""",
        "scalar_functions.LT.backward": "return 0 * d_output, 0 * d_output",
        "scalar_functions.EQ.backward": "return False, False",
    },
}
