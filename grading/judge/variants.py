"""The same solution, written in another way each time.

A student's test is tried on right packages and on broken ones. Were all right ones the same text,
a test could compare a hash of it instead of what it computes. So no two packages are alike: the
course's functions come in other words, other byte code and other constants each time. What they
compute stays the same to the last bit, so that no test that looks at results is touched.
"""

from __future__ import annotations

import ast
import random
import textwrap

_SWAPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
    ast.Eq: ast.Eq,
    ast.NotEq: ast.NotEq,
}


def rewritten(body: str, chance: random.Random) -> str:
    """Write a function's body in another way.

    Args:
        body: statements, not indented, as a region holds them.
        chance: what to change, and how.

    Returns:
        Statements that do the same, or the body as it is where it is no Python.

    """
    try:
        function = ast.parse("def f():\n" + textwrap.indent(body, "    ")).body[0]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return body
    assert isinstance(function, ast.FunctionDef)
    if any(_looks(node) for node in ast.walk(function)):
        return body
    _rename(function, chance)
    function = _Rewriter(chance).visit(function)
    first = int(ast.get_docstring(function) is not None)
    for _ in range(chance.randint(1, 5)):
        unused = ast.Assign([ast.Name(_name(chance), ast.Store())], _unused(chance))
        function.body.insert(chance.randint(first, max(first, len(function.body) - 1)), unused)
    return "\n".join(ast.unparse(ast.fix_missing_locations(each)) for each in function.body)


def _looks(node: ast.AST) -> bool:
    """Tell whether code looks at its own names, and so has to keep them."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    return node.func.id in {"locals", "eval", "exec"} or (
        node.func.id in {"vars", "dir"} and not node.args
    )


def _name(chance: random.Random) -> str:
    return f"v{chance.getrandbits(40):x}"


def _unused(chance: random.Random) -> ast.expr:
    """Make a value that nothing needs, and that costs next to nothing."""
    number = ast.Constant(chance.getrandbits(chance.randint(9, 60)))
    text = ast.Constant(_name(chance) * chance.randint(1, 3))
    return chance.choice(
        [number, text, ast.Tuple([number, text], ast.Load()), ast.UnaryOp(ast.USub(), number)]
    )


def _rename(function: ast.FunctionDef, chance: random.Random) -> None:
    """Give the names that a function assigns to other words, where no other scope has them."""
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    own = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            own.discard(node.arg)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            own -= set(node.names)
        elif isinstance(node, ast.alias | ast.ExceptHandler | ast.ClassDef | ast.FunctionDef):
            own.discard(getattr(node, "asname", None) or node.name or "")
        elif isinstance(node, ast.MatchAs | ast.MatchStar):
            own.discard(node.name or "")
    words = {name: _name(chance) for name in sorted(own)}
    for node in names:
        node.id = words.get(node.id, node.id)


class _Rewriter(ast.NodeTransformer):
    """Turns some of the branches, comparisons, products and returns of a function round."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def _turn(self) -> bool:
        return self._chance.random() < 0.5

    def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.AST]:
        """Name what is returned."""
        self.generic_visit(node)
        if node.value is None or not self._turn():
            return node
        name = _name(self._chance)
        named = ast.Assign([ast.Name(name, ast.Store())], node.value)
        return [named, ast.Return(ast.Name(name, ast.Load()))]

    def visit_If(self, node: ast.If) -> ast.AST:
        """Ask the opposite."""
        self.generic_visit(node)
        if not node.orelse or not self._turn():
            return node
        return ast.If(ast.UnaryOp(ast.Not(), node.test), node.orelse, node.body)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """Ask the opposite."""
        self.generic_visit(node)
        if not self._turn():
            return node
        return ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.orelse, node.body)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Compare from the other side."""
        self.generic_visit(node)
        other = _SWAPPED.get(type(node.ops[0]))
        alone = len(node.ops) == 1 and _plain(node.left) and _plain(node.comparators[0])
        if other is None or not alone or not self._turn():
            return node
        return ast.Compare(node.comparators[0], [other()], [node.left])

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Change the factors of a product: the same to the last bit."""
        self.generic_visit(node)
        factors = isinstance(node.op, ast.Mult) and _plain(node.left) and _plain(node.right)
        if not factors or not self._turn():
            return node
        return ast.BinOp(node.right, ast.Mult(), node.left)


def _plain(node: ast.AST) -> bool:
    """Tell whether an expression may change places with its neighbour: it calls nothing.

    An operator's own method calls the other way round what it is called by: `__rmul__` multiplies
    from the left, and turned round would call itself for ever.
    """
    known = (ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)
    return all(
        isinstance(each, (*known, ast.expr_context)) and getattr(each, "id", "") != "self"
        for each in ast.walk(node)
    )
