"""What was written for Task 1.4, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_SORT, _BACK = "autodiff.topological_sort", "autodiff.backpropagate"
_F = "scalar_functions."
_SLOPE = r"backward at .* with d_output = 3: the slope in argument \d is .* came back"
_LOOP = (
    "d = {{variable: deriv}}\n"
    "for node in topological_sort(variable):\n"
    "    x = d[node]\n"
    "    if node.is_leaf():\n"
    "        node.accumulate_derivative(x)\n"
    "        continue\n"
    "    for p, s in node.chain_rule(x):\n"
    "        {add}\n"
)
TOLD = {
    "mul_crossed": rf"^Mul.{_SLOPE}.*other argument's",
    "mul_without_d": rf"^Mul.{_SLOPE}.*d_output is missing",
    "inv_sign": rf"^Inv.{_SLOPE}.*sign is turned",
    "neg_unchanged": rf"^Neg.{_SLOPE}.*sign is turned",
    "sigmoid_of_the_input": rf"^Sigmoid.{_SLOPE}",
    "sigmoid_half": rf"^Sigmoid.{_SLOPE}",
    "relu_lets_all_through": r"^ReLU.backward at -0.5.*That is d_output",
    "exp_passes_on": rf"^Exp.{_SLOPE}.*That is d_output",
    "lt_like_subtraction": rf"^LT.{_SLOPE}",
    "eq_like_subtraction": rf"^EQ.{_SLOPE}",
    "sort_recursive": r"chain of 20,000 additions called itself without end.*keep a stack",
    "sort_breadth_first": r"comes before .*, which was computed from it",
    "sort_as_met": r"comes before .*, which was computed from it",
    "sort_with_constants": r"^Constants",
    "sort_leaves_first": r"^The result itself comes first",
    "overwritten": r"x is used three times.*added, not put in the place",
    "leaf_replaced": r"`derivative = …` replaces",
    "deriv_ignored": r"The start is the derivative that is given",
    "middle_kept": r"only leaves keep one",
    "sort_by_value": r"Scalars that hold the same number",
    "keyed_by_name": r"is the variable itself the key",
}
MISTAKES = [
    Mistake(
        "sort raises Python's limit",
        _SORT,
        "import sys\nsys.setrecursionlimit(100000)\norder, seen = [], set()\n"
        "def visit(node):\n    if node in seen or node.is_constant():\n        return\n"
        "    seen.add(node)\n    for p in node.parents:\n        visit(p)\n    order.append(node)\n"
        "visit(variable)\nreturn order[::-1]",
        fair="works as far as memory goes",
    ),
    Mistake(
        "a variable written twice",
        _SORT,
        "order, done, stack = [], set(), [variable]\nwhile stack:\n    node = stack[-1]\n"
        "    left = [p for p in node.parents if not p.is_constant() and p not in done]\n"
        "    if left:\n        stack += left\n    else:\n        order.append(stack.pop())\n"
        "        done.add(node)\nreturn order[::-1]",
        told=r"written twice|is there twice",
    ),
    Mistake(
        "sort by name",
        _SORT,
        "order, seen, stack = [], set(), [(variable, False)]\nwhile stack:\n"
        "    node, done = stack.pop()\n    if done:\n        order.append(node)\n"
        "    elif node.name not in seen and not node.is_constant():\n        seen.add(node.name)\n"
        "        stack.append((node, True))\n        stack += [(p, False) for p in node.parents]\n"
        "return order[::-1]",
        told=r"have the same name, are two variables",
    ),
    Mistake(
        "by counting uses (Kahn)",
        _SORT,
        "uses, stack, met = {}, [variable], {variable}\nwhile stack:\n"
        "    for p in stack.pop().parents:\n        if p.is_constant():\n            continue\n"
        "        uses[p] = uses.get(p, 0) + 1\n        if p not in met:\n            met.add(p)\n"
        "            stack.append(p)\n"
        "order, ready = [], [variable]\nwhile ready:\n    node = ready.pop()\n"
        "    order.append(node)\n    for p in node.parents:\n        if not p.is_constant():\n"
        "            uses[p] -= 1\n            if not uses[p]:\n                ready.append(p)\n"
        "return order",
        fair="right in another style",
    ),
    Mistake(
        "constants in the dictionary",
        _BACK,
        _LOOP.format(add="d[p] = d.get(p, 0.0) + s"),
        told=r"A constant's derivatives were added",
    ),
    Mistake(
        "by unique_id",
        _BACK,
        "d = {variable.unique_id: deriv}\nfor v in topological_sort(variable):\n"
        "    g = d.pop(v.unique_id)\n    if v.is_leaf():\n        v.accumulate_derivative(g)\n"
        "        continue\n    for p, x in v.chain_rule(g):\n        if not p.is_constant():\n"
        "            d[p.unique_id] = d[p.unique_id] + x if p.unique_id in d else x",
        fair="right in another style",
    ),
    Mistake(
        "every path followed",
        _BACK,
        "stack = [(variable, deriv)]\nwhile stack:\n    v, g = stack.pop()\n    if v.is_leaf():\n"
        "        v.accumulate_derivative(g)\n    elif not v.is_constant():\n"
        "        stack += list(v.chain_rule(g))",
        told=r"Following every path",
    ),
    Mistake(
        "ReLU passes at 0",
        _F + "ReLU.backward",
        "(a,) = ctx.saved_values\nreturn d_output if a >= 0 else 0.0",
        told=r"^ReLU.backward at 0.0 with d_output = 3: the slope in argument 0 is 0",
    ),
    Mistake(
        "Inv without a guard",
        _F + "Inv.backward",
        "(a,) = ctx.saved_values\nreturn -d_output / a**2",
        told=r"^Inv.backward at 0.0 .* raised ZeroDivisionError.*`operators` has the slope",
    ),
    Mistake(
        "LT gives None",
        _F + "LT.backward",
        "return None",
        told=r"^LT.backward at .* raised ValueError.*Return one for each argument",
    ),
    Mistake(
        "saved values not unpacked",
        _F + "Exp.backward",
        "return d_output * ctx.saved_values",
        told=r"^Exp.backward .* raised TypeError.*saved_values is a tuple",
    ),
    Mistake(
        "Sigmoid keeps its input and takes it for the result",
        _F + "Sigmoid.backward",
        "(s,) = ctx.saved_values\nreturn d_output * s * (1.0 - s)",
        more={
            "scalar_functions.Sigmoid.forward": "ctx.save_for_backward(a)\n"
            "return operators.sigmoid(a)"
        },
        told=rf"^Sigmoid.{_SLOPE}",
    ),
    Mistake(
        "no return",
        _SORT,
        "order = [variable]",
        told=r"topological_sort gave None",
    ),
]
