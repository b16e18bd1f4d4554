"""Right solutions of Task 0.3, in other styles."""

SOLUTIONS = {
    "lazy: generators and iterators": {
        "beside": "import builtins\nimport functools",
        "operators.map": """
def each(ls):
    for x in ls:
        yield fn(x)

return each
""",
        "operators.zipWith": "return lambda ls1, ls2: builtins.map(fn, ls1, ls2)",
        "operators.reduce": (
            "return lambda ls: functools.reduce(lambda so_far, x: fn(x, so_far), ls, start)"
        ),
        "operators.negList": "return (neg(x) for x in ls)",
        "operators.addLists": "return (add(*pair) for pair in zip(ls1, ls2))",
        "operators.sum": "return reduce(add, 0)(ls)",
        "operators.prod": "return reduce(mul, 1)(ls)",
    },
    "recursion, tuples": {
        "operators.map": """
def inner(ls):
    ls = tuple(ls)
    if len(ls) == 0:
        return ()
    return (fn(ls[0]),) + inner(ls[1:])

return inner
""",
        "operators.zipWith": """
def inner(ls1, ls2):
    first, second = list(ls1), list(ls2)
    if not first or not second:
        return []
    return [fn(first[0], second[0]), *inner(first[1:], second[1:])]

return inner
""",
        "operators.reduce": """
def inner(ls):
    numbers, total = tuple(ls), start
    while numbers:
        total, numbers = fn(numbers[0], total), numbers[1:]
    return total

return inner
""",
        "operators.negList": "return map(neg)(ls)",
        "operators.addLists": "return tuple(zipWith(add)(ls1, ls2))",
        "operators.sum": "return reduce(add, 0.0)(ls)",
        "operators.prod": "return reduce(mul, 1.0)(ls)",
    },
    "callable classes, indices, plain loops": {
        "beside": '''
class _Fold:
    """Remembers what to do and where to begin."""

    def __init__(self, fn, start):
        self.fn, self.start = fn, start

    def __call__(self, ls):
        so_far = self.start
        for x in ls:
            so_far = self.fn(x, so_far)
        return so_far
''',
        "operators.map": """
def inner(ls):
    out = []
    for number in ls:
        out.append(fn(number))
    return out

return inner
""",
        "operators.zipWith": """
def inner(ls1, ls2):
    first, second = list(ls1), list(ls2)
    return [fn(first[i], second[i]) for i in range(len(first))]

return inner
""",
        "operators.reduce": "return _Fold(fn, start)",
        "operators.negList": "return map(lambda x: neg(x))(ls)",
        "operators.addLists": "return list(zipWith(lambda x, y: add(x, y))(ls1, ls2))",
        "operators.sum": "total = 0\nfor x in ls:\n    total = add(total, x)\nreturn total",
        "operators.prod": "return _Fold(mul, 1)(ls)",
    },
}
