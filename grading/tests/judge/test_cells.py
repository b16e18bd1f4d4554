"""Cells that Python can parse and not compile, and cells that only IPython understands."""

from __future__ import annotations

import copy
import os
import re
import time
from collections.abc import Callable
from textwrap import indent

import pytest
from nbformat import NotebookNode

from grading.judge.alternatives import readings
from grading.judge.assemble import Files, assemble
from grading.judge.judge import Judge
from grading.submission import cells
from grading.submission.cells import fault, without_ipython
from grading.tests import tiny
from grading.tests.handing_in import ALL, MUL, Change, Judged, add, before, earned, hand_in, swap

BRACKET = "x = (1"  # a syntax error like any other
NESTED = "".join(f"{' ' * n}for i in x:\n" for n in range(25)) + " " * 25 + "pass"
FINALLY = (
    "".join(f"{' ' * n}try: pass\n{' ' * n}finally:\n" for n in range(19)) + " " * 19 + "x = 1"
)
WIDE = f"match x:\n    case [{', '.join(f'a{n}' for n in range(5000))}]: pass"
UNCOMPILABLE = (
    "return 1",
    "await f()",
    "yield 1",
    "yield from x",
    "x = [await y for y in z]",
    "async with a: pass",
    "async for a in b: pass",
    "break",
    "continue",
    "if True:\n    break",
    "def f(a, a): pass",
    "f = lambda a, a: 1",
    "nonlocal a",
    "def f():\n    nonlocal nowhere",
    "def f():\n    x = 1\n    global x",
    "def f(a):\n    global a",
    "def f():\n    from math import *",
    "from __future__ import braces",
    "from __future__ import nothing",
    "import math\nfrom __future__ import annotations",
    "f(a=1, a=2)",
    "class A:\n    return 1",
    "[y := 1 for x in (z := [1])]",
    "[x := 1 for x in y]",
    "*a, *b = c",
    "*a = c",
    "print(*a for a in b)",
    "__debug__ = 1",
    "def f(__debug__): pass",
    "del 1",
    "del f()",
    "f() = 1",
    "None = 1",
    "x: int, y: int = 1",
    "try: pass\nexcept: pass\nexcept ValueError: pass",
    "match x:\n    case a: pass\n    case b: pass",
    "match x:\n    case a, a: pass",
    "async def f():\n    yield 1\n    return 1",
    "async def f():\n    yield from x",
    "x = 'a' b'c'",
    "x = 0777",
    "x = f'{}'",
    "x = '\\N{no such name}'",
    "x = 1\n  y = 2",
    "x = (" * 250 + ")" * 250,
    "-" * 30_000 + "1",
    "x = '\0'",
    NESTED,
    FINALLY,
    WIDE,
)


def names(snippets: tuple[str, ...]) -> list[str]:
    return [f"{n} {snippet[:24]!r}" for n, snippet in enumerate(snippets)]


@pytest.mark.parametrize("code", UNCOMPILABLE, ids=names(UNCOMPILABLE))
def test_it_is_refused_with_its_line(code: str) -> None:
    said = fault(f"#| export\n\n{code}")
    assert said and "\n" not in said and len(said) < 200
    if code not in (FINALLY, WIDE) and len(code) < 10_000:
        assert said.startswith("line ") and 3 <= int(said.split()[1].rstrip(":")) <= 50


POSITIONS: dict[str, Callable[[str], Change]] = {
    "in a region": lambda code: swap("operators", MUL, indent(f"{code}\nreturn x * y", "    ")),
    "in a region, out-dented": lambda code: swap("operators", MUL, f"    return x * y\n{code}"),
    "before": lambda code: before("operators", code),
    "behind": lambda code: swap("operators", "0.0", f"0.0\n\n\n{code}"),
    "in a test": lambda code: before("property", code),
    "in an added cell": lambda code: add("operators", f"#| export\n{code}"),
}
LOSE = {"in an added cell": (), "in a test": ("task0_2",)}


def packages(judge: Judge, change: Change) -> list[tuple[Files, str]]:
    """Assemble every reading of every task, without the words about the cell, and the notes."""
    grafts = judge.grafts(hand_in(judge, change))
    found = []
    for task in judge.course.tasks:
        for choose, extras in readings(judge.course, task, ()):
            files, notes = assemble(judge.reference, choose, grafts, extras=extras)
            plain = {k: re.sub(rb"SyntaxError\(.*\)", b"", v) for k, v in files.items()}
            found.append((plain, " ".join(notes)))
    return found


@pytest.mark.parametrize("where", POSITIONS)
def test_it_costs_what_an_open_bracket_costs(judge: Judge, where: str) -> None:
    """The packages are the same to the letter, so whatever is run on them gives the same."""
    put = POSITIONS[where]
    wanted = packages(judge, put(BRACKET))
    for code in UNCOMPILABLE:
        if where == "in a region" and not fault(f"def f():\n{indent(code, '    ')}"):
            continue  # there it is right
        for (files, said), (others, _) in zip(packages(judge, put(code)), wanted, strict=True):
            assert files == others, code[:40]
            assert not said or "01_functions.ipynb, " in said
        for name, data in wanted[0][0].items():
            if name.endswith(".py"):
                compile(data, name, "exec")


@pytest.mark.parametrize("where", POSITIONS)
def test_the_points(judged: Judged, where: str) -> None:
    wanted = ALL | dict.fromkeys(LOSE.get(where, ("task0_1",)), 0)
    for code in (BRACKET, "break", "def f(a, a): pass"):
        judgement = judged(POSITIONS[where](code))
        assert earned(judgement) == wanted, code
        said = " ".join([*judgement.notes, *(n for v in judgement.verdicts for n in v.notes)])
        assert "line " in said, said


IPYTHON = (
    "mul?",
    "mul??",
    "?mul",
    "??mul",
    "mul.__doc__?",
    "*mu*?",
    "found = mul?",
    "mul?  # what was it?",
    "%timeit mul(2, 3)",
    "%time y = mul(2, 3)",
    "%pwd",
    "%matplotlib inline",
    "%load_ext autoreload",
    "!ls",
    "!!ls",
    "!pip install numpy \\\n    torch",
    "!echo it's",
    "seen = !ls",
    "one = two = !ls",
    "first, second = !ls",
    "seen = %pwd",
    "seen=%pwd",
    "/print mul",
    ",print a b",
    ";print a b",
)
SHOWN = names(IPYTHON)
WHERE: dict[str, Callable[[str], Change]] = {
    "in a region": lambda code: swap("operators", MUL, indent(f"{code}\nreturn x * y", "    ")),
    "between": lambda code: swap("operators", "def relu", f"{code}\n\n\ndef relu"),
    "behind": lambda code: swap("operators", "0.0", f"0.0\n\n\n{code}"),
    "in a test": lambda code: before("property", code),
    "beside another task": lambda code: before("module", code),
    "in an added cell": lambda code: add(
        "operators", f"#| export\n{code}\nHELPER = ('% of', '?',\n    7 % 4, '''\n!ls\nmul?\n''')"
    ),
}


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("code", IPYTHON, ids=SHOWN)
def test_what_ipython_understands_is_left_out(judge: Judge, code: str, where: str) -> None:
    """Nothing else is lost: `pass` or None stands there, and all lines keep their numbers."""
    grafts = judge.grafts(hand_in(judge, WHERE[where](code)))
    files, notes = assemble(judge.reference, lambda region: "student", grafts)
    assert notes == []
    for name, data in files.items():
        if name.endswith(".py"):
            compile(data, name, "exec")
    if where == "in an added cell":
        helper = "HELPER = ('% of', '?',\n    7 % 4, '''\n!ls\nmul?\n''')"
        assert helper in files["minitorch/operators.py"].decode()
    for source in (code, f"def f():\n    {code}\n    return 1"):
        left = without_ipython(source)
        assert left.count("\n") == source.count("\n")
        assert not fault(left)


def test_all_of_them_cost_nothing(judged: Judged) -> None:
    together = "\n".join(IPYTHON)
    for put in WHERE.values():
        changes = [put(together)]
        judgement = judged(*changes)
        assert earned(judgement) == ALL, judgement
        assert all(verdict.notes == () for verdict in judgement.verdicts)


def test_a_helper_beside_a_question_is_kept(judged: Judged) -> None:
    """Of a cell with a magic nothing else goes, though a line in it begins with `%`."""
    helper = "#| export\nPLACES = (\n    100\n    % 97\n)\n\n\n"
    helper += "def times(x, y):\n    return x * y\ntimes?"
    judgement = judged(add("picture", helper), swap("operators", MUL, "    return times(x, y)"))
    assert earned(judgement) == ALL, judgement


def test_a_pasted_session(judged: Judged) -> None:
    def paste(notebook: NotebookNode) -> None:
        cell = tiny.cell(notebook, "operators")
        head, *lines = cell.source.split("\n")
        shown = [f">>> {s}" if s and s[0] not in " #)" else f"... {s}" for s in lines]
        cell.source = "\n".join([head, *shown])

    assert earned(judged(paste)) == ALL


@pytest.mark.parametrize("magic", ["%%time", "%%timeit", "%%capture out"])
def test_a_cell_magic_at_the_top(judged: Judged, magic: str) -> None:
    def wrap(notebook: NotebookNode) -> None:
        cell = tiny.cell(notebook, "operators")
        cell.source = f"{magic}\n{cell.source}"

    assert earned(judged(wrap)) == ALL


def test_an_answer_in_two_cells_with_a_question(judged: Judged) -> None:
    """What was split is joined, whatever IPython's line stands in one of the halves."""

    def split(notebook: NotebookNode) -> None:
        at = next(n for n, cell in enumerate(notebook.cells) if cell.id == "operators")
        cell = notebook.cells[at]
        first, second = cell.source.split("\n\n\n", 1)
        other = copy.deepcopy(cell)
        cell.source, other.source = f"{first}\nmul?", f"#| export\n{second}\n!ls"
        other.id = "the-rest"
        notebook.cells.insert(at + 1, other)

    assert earned(judged(split)) == ALL


KEPT = (
    "x = 7\nx %= 3\ny = x != 2\nz = x == 7\n",
    "x = '''\n%no\n!no\nno?\n'''\n",
    "x = (7\n  % 4)\n",
    "x = [\n  1\n  , 2\n  / 3]\n",
    'print("a=%d" % 3, "=!", "?")  # why?\n',
    "x = 7 \\\n  % 4\n",
    "def f(a=b'%'):\n    return f'{a!r} {a:>4} = ?'\n",
    "if (y := 1) != 2: pass\n",
    "x = {'?': '%', \"'''\": 1}\n",
    "'it''s' '?'\n",
)


@pytest.mark.parametrize("source", KEPT)
def test_python_is_left_alone(source: str) -> None:
    compile(source, "kept", "exec")
    assert without_ipython(source) == source
    assert without_ipython(f"{source}mul?\n{source}") == f"{source}pass\n{source}"


@pytest.mark.parametrize(
    "source",
    ["('" * 25_000, "'''\\" * 9000, '"""' * 16_000, "\\\n" * 25_000, "%\\\n" * 16_000,
     "x=!" * 16_000, "? " * 25_000, "= " * 25_000, "\\" * 50_000, "[\n" * 25_000, ">>> \n" * 9000],
    ids=ascii,
)  # fmt: skip
def test_no_text_takes_long(source: str) -> None:
    """The scanner runs in the trusted process: its time grows with the text, and no faster."""
    times = []
    for text in (source[: len(source) // 8], source):
        started = time.process_time()
        without_ipython(text)
        times.append(time.process_time() - started)
    assert times[1] < 1 + 20 * times[0]


def test_warnings_are_no_faults() -> None:
    for source in ("x = '\\d'", "x = 1 is 1", "assert (1, 'x')", "return_ = '\\N{BULLET}'"):
        assert fault(f"#| export\n{source}") == ""


@pytest.mark.parametrize(("number", "code"), [(40, FINALLY), (1000, "x = 1")])
def test_compiling_a_submission_has_a_budget(
    judge: Judge, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    """Two hundred cells of two seconds each took seven minutes, and nothing else was graded."""
    monkeypatch.setattr(cells, "MOST", 3.0)

    def change(notebook: NotebookNode) -> None:
        for n in range(number):
            add("module", f"#| export\n{code}\n# of {number}: {n}")(notebook)

    before = sum(os.times()[2:4])
    found = packages(judge, change)
    assert sum(os.times()[2:4]) - before < 9.0  # one that is begun may end, and starts count
    assert any("more than 3 seconds to compile" in said for _, said in found)
    assert all(b"product_of_both" in files["minitorch/operators.py"] for files, _ in found[:1])
