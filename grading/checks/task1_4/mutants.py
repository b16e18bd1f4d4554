"""Wrong solutions of Task 1.4, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

_SORT = "autodiff.topological_sort"
_BACK = "autodiff.backpropagate"
_RECURSIVE = (
    "order, seen = [], set()\n"
    "def visit(node):\n"
    "    if node in seen or node.is_constant():\n"
    "        return\n"
    "    seen.add(node)\n"
    "    for parent in node.parents:\n"
    "        visit(parent)\n"
    "    order.append(node)\n"
    "visit(variable)\n"
)
_ITERATIVE = (
    "order, done, stack = [], set(), [(variable, False)]\n"
    "while stack:\n"
    "    node, ready = stack.pop()\n"
    "    if ready:\n"
    "        order.append(node)\n"
    "    elif node not in done{skip}:\n"
    "        done.add(node)\n"
    "        stack.append((node, True))\n"
    "        stack.extend((parent, False) for parent in node.parents)\n"
)
_LOOP = (
    "derivatives = {{variable: deriv}}\n"
    "for node in topological_sort(variable):\n"
    "    d = derivatives[node]\n"
    "    if node.is_leaf():\n"
    "        {leaf}\n"
    "        continue\n"
    "    for parent, step in node.chain_rule(d):\n"
    "        if not parent.is_constant():\n"
    "            {add}"
)
_ACCUMULATE = "node.accumulate_derivative(d)"
_SUM = "derivatives[parent] = derivatives.get(parent, 0.0) + step"

MUTANTS = [
    Mutant(
        "mul_crossed",
        "scalar_functions.Mul.backward",
        "a, b = ctx.saved_values\nreturn d_output * a, d_output * b",
        "the derivative of a · b in a is b: the two came out crossed.",
    ),
    Mutant(
        "mul_without_d",
        "scalar_functions.Mul.backward",
        "a, b = ctx.saved_values\nreturn b, a",
        "Mul's backward forgot to multiply by d_output, the derivative that comes from the right.",
    ),
    Mutant(
        "inv_sign",
        "scalar_functions.Inv.backward",
        "(a,) = ctx.saved_values\nreturn -operators.inv_back(a, d_output)",
        "the derivative of 1/a is negative: operators.inv_back has the minus sign already.",
    ),
    Mutant(
        "neg_unchanged",
        "scalar_functions.Neg.backward",
        "return d_output",
        "Neg passed the derivative on unchanged: its slope is -1.",
    ),
    Mutant(
        "sigmoid_of_the_input",
        "scalar_functions.Sigmoid.backward",
        "(result,) = ctx.saved_values\nreturn d_output * operators.sigmoid(result) "
        "* (1.0 - operators.sigmoid(result))",
        "σ(1 - σ) is taken of the sigmoid's result; here the sigmoid was applied once too often.",
    ),
    Mutant(
        "sigmoid_half",
        "scalar_functions.Sigmoid.backward",
        "(result,) = ctx.saved_values\nreturn d_output * result",
        "the sigmoid's derivative is σ(1 - σ): the second factor is missing.",
    ),
    Mutant(
        "relu_lets_all_through",
        "scalar_functions.ReLU.backward",
        "return d_output",
        "ReLU is flat left of 0: nothing flows back where its input was negative.",
    ),
    Mutant(
        "exp_passes_on",
        "scalar_functions.Exp.backward",
        "return d_output",
        "the derivative of eᵃ is eᵃ: multiply d_output by the result that forward saved.",
    ),
    Mutant(
        "lt_like_subtraction",
        "scalar_functions.LT.backward",
        "return d_output, -d_output",
        "a comparison is flat on both sides of its jump, so its derivatives are 0.",
    ),
    Mutant(
        "eq_like_subtraction",
        "scalar_functions.EQ.backward",
        "return d_output, d_output",
        "a comparison is flat almost everywhere, so its derivatives are 0.",
    ),
    Mutant(
        "sort_recursive",
        _SORT,
        _RECURSIVE + "return order[::-1]",
        "a function that calls itself once for each step back hits Python's limit on long chains: "
        "keep your own stack in a list.",
    ),
    Mutant(
        "sort_breadth_first",
        _SORT,
        "order, queue = [], [variable]\nseen = {variable}\nfor node in queue:\n"
        "    order.append(node)\n    for parent in node.parents:\n"
        "        if parent not in seen and not parent.is_constant():\n"
        "            seen.add(parent)\n            queue.append(parent)\nreturn order",
        "the nearest variables came first; one that is also reached by a longer path has to wait "
        "until that path is done.",
    ),
    Mutant(
        "sort_as_met",
        _SORT,
        "found, stack = {}, [variable]\nwhile stack:\n    node = stack.pop()\n"
        "    if node not in found and not node.is_constant():\n"
        "        found[node] = True\n        stack.extend(node.parents)\nreturn list(found)",
        "variables were written down when they were met; do it when all their inputs are finished, "
        "and read the list backwards.",
    ),
    Mutant(
        "sort_with_constants",
        _SORT,
        _ITERATIVE.format(skip="") + "return order[::-1]",
        "constants are in the order: they have no derivative, so leave them out.",
    ),
    Mutant(
        "sort_leaves_first",
        _SORT,
        _ITERATIVE.format(skip=" and not node.is_constant()") + "return order",
        "the leaves came first: the result stands first, so that each derivative is complete "
        "before it is passed on.",
    ),
    Mutant(
        "overwritten",
        _BACK,
        _LOOP.format(leaf=_ACCUMULATE, add="derivatives[parent] = step"),
        "a value that is used twice kept only the last derivative: add them up.",
    ),
    Mutant(
        "leaf_replaced",
        _BACK,
        _LOOP.format(leaf="node.derivative = d", add=_SUM),
        "a second backward replaced the leaf's derivative: accumulate_derivative adds to it.",
    ),
    Mutant(
        "deriv_ignored",
        _BACK,
        _LOOP.format(leaf=_ACCUMULATE, add=_SUM).replace("deriv}", "1.0}"),
        "the start was always 1.0: begin with the derivative that was given.",
    ),
    Mutant(
        "middle_kept",
        _BACK,
        _LOOP.format(
            leaf=_ACCUMULATE, add=_SUM + "\n            parent.derivative = None\n"
        ).replace("        continue\n", "        continue\n    node.derivative = d\n"),
        "a computed variable kept a derivative: only leaves do.",
    ),
    Mutant(
        "sort_by_value",
        "autodiff.topological_sort",
        "order, seen = [], []\n"
        "stack = [(variable, False)]\n"
        "while stack:\n"
        "    node, done = stack.pop()\n"
        "    if done:\n"
        "        order.append(node)\n"
        "        continue\n"
        "    if node.is_constant() or node in seen:\n"
        "        continue\n"
        "    seen.append(node)\n"
        "    stack.append((node, True))\n"
        "    stack.extend((p, False) for p in node.parents)\n"
        "return order[::-1]",
        "`in` asks a list by ==, and two Scalars with equal numbers are equal: keep a set of ids.",
    ),
    Mutant(
        "keyed_by_name",
        "autodiff.backpropagate",
        "d = {variable.name: deriv}\n"
        "for v in topological_sort(variable):\n"
        "    g = d[v.name]\n"
        "    if v.is_leaf():\n"
        "        v.accumulate_derivative(g)\n"
        "    else:\n"
        "        for p, x in v.chain_rule(g):\n"
        "            if not p.is_constant():\n"
        "                d[p.name] = d.get(p.name, 0.0) + x",
        "derivatives were kept by name, and two variables may have the same one: take unique_id.",
    ),
]
