"""Near copies stand on top among honest answers, and the page that shows them says nothing more."""

from __future__ import annotations

import importlib
import random
import re
import sys
from itertools import combinations
from pathlib import Path

import pytest

from grading.course.guides import load_course
from grading.course.tasks import Course, Task
from grading.gradebook import examples, similar
from grading.gradebook.similarity import (
    Answer,
    answer,
    fingerprints,
    names,
    pairs,
    tokens,
    written,
)
from grading.judge.judge import Judge
from grading.paths import ROOT
from grading.submission.answers import Graft
from grading.tests import tiny

COPIES = ("student03", "student11", "student17")
OTHER_NAMES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT)


def bodies(task: Task) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Bodies of each region that honest students write, and one right answer of its own style."""
    checks = f"grading.checks.{task.mark}"
    *styles, own = importlib.import_module(f"{checks}.fair").SOLUTIONS.values()
    wrong = importlib.import_module(f"{checks}.mutants").MUTANTS
    pool = {
        region.target: [
            region.body,
            *(style[region.target] for style in styles if region.target in style),
            *(mutant.body for mutant in wrong if mutant.target == region.target),
        ]
        for region in task.regions
    }
    return pool, {region.target: own.get(region.target, region.body) for region in task.regions}


def disguised(text: str, turn: int) -> str:
    """Rename what the text itself names, swap neighbouring assignments, write other comments."""
    own = dict.fromkeys(re.findall(r"^ *([a-z_]\w*) [-+*]?= |for (\w+)", text, re.M))
    own = list(dict.fromkeys(name for pair in own for name in pair if name))
    new = [f"{name}{turn}" for name in OTHER_NAMES]
    random.Random(turn).shuffle(new)
    renamed = dict(zip(own, new, strict=False))
    word = re.compile(r"(?<![.\w])[a-z_]\w*(?![\w=])")
    text = word.sub(lambda found: renamed.get(found[0], found[0]), text)
    lines = [line for line in text.split("\n") if line.strip()]
    simple = re.compile(r" *\w+ = [\w.\[\](){}]+$")
    for at in range(len(lines) - 1):
        left, right = lines[at], lines[at + 1]
        if simple.match(left) and simple.match(right) and left.split()[0] not in right:
            lines[at : at + 2] = [right, left]
    return "\n".join([*lines[:1], f"# note {turn}", *lines[1:]])


def a_class(task: Task) -> list[Answer]:
    """Twenty answers, no two honest ones alike, of which three are one; and the course's own."""
    pool, own = bodies(task)
    found, seen = [], set()
    for number in range(20):
        who, turn = f"student{number:02d}", random.Random(number)
        if who in COPIES:
            parts = [disguised(text, number) for text in own.values()]
        else:
            while (text := tuple(turn.choice(each) for each in pool.values())) in seen:
                pass
            seen.add(text)
            parts = list(text)
        found.append(answer(who, "\n\n".join(part.strip("\n") for part in parts)))
    reference = "\n\n".join(region.body for region in task.regions)
    return [*found, answer("the course's own", reference, counts=False)]


@pytest.mark.parametrize("name", ["task0_3", "task1_4", "task1_5", "task2_3"])
def test_three_near_copies_in_a_class_of_twenty_stand_on_top(course: Course, name: str) -> None:
    found = pairs(a_class(course.task(name)))
    top = {(pair.left.who, pair.right.who) for pair in found[:3]}
    assert top == set(combinations(COPIES, 2)), [
        (round(p.score, 2), p.left.who, p.right.who) for p in found[:6]
    ]


def test_names_literals_comments_and_docstrings_do_not_count() -> None:
    first = 'total = 0\nfor x in xs:\n    total += x * 2  # twice\nreturn [total, "a"]'
    second = '"""Sums."""\nresult = 7\nfor each in values:\n\n    result += each * 3\n# done\n'
    second += "return [result, 'b']"
    assert fingerprints(tokens(first)).keys() == fingerprints(tokens(second)).keys()


def test_names_of_given_code_say_something_where_they_are_called() -> None:
    known = names("def is_leaf(self): ...\ndef is_constant(self): ...")
    first, second = ("if v.is_leaf() and v.f(): return v", "if w.is_constant() and w.g(): return w")
    assert tokens(first, known) != tokens(second, known) and tokens(first) == tokens(second)


def test_what_many_write_by_themselves_does_not_count() -> None:
    usual = "return sum(x * y for x, y in zip(xs, ys))"
    rare = "total = 0.0\nwhile xs:\n    total -= xs.pop() * -ys.pop()\nreturn total"
    them = [answer(f"usual{n}", usual) for n in range(18)]
    found = pairs([*them, answer("left", rare), answer("right", rare)])
    assert [(pair.left.who, pair.right.who) for pair in found] == [("left", "right")]


def test_earlier_answers_are_compared_with_this_class_and_not_with_one_another() -> None:
    rare = "total = 0.0\nwhile xs:\n    total -= xs.pop() * -ys.pop()\nreturn total"
    old = [answer(f"old{n}", rare, counts=False) for n in range(2)]
    found = pairs([*old, answer("new", rare), answer("other", "return xs[0] + ys[0]")])
    assert {(pair.left.who, pair.right.who) for pair in found} == {("old0", "new"), ("old1", "new")}


@pytest.mark.parametrize(
    "text", ["", "\n\n", "def (", "x = '", "\t\tif x:\n  y", "%magic\n!ls", "\0", "(" * 500]
)
def test_what_is_no_python_is_read_as_far_as_it_goes(text: str) -> None:
    assert len(fingerprints(tokens(text))) <= 300


def test_given_code_is_left_out_and_helpers_are_not(course: Course) -> None:
    task = course.task("task0_1")
    cell = task.regions[0].cell_id
    given = {cell: 'def mul(x, y):\n    """Multiplies."""\n    raise NotImplementedError("mul")'}
    graft = Graft(None, {cell: given[cell]})  # type: ignore[arg-type]
    assert written(task.regions, given, [graft]) == ""
    graft.answers[cell] = given[cell].replace('raise NotImplementedError("mul")', "return twice(x)")
    graft.added = [(cell, "def twice(x):\n    return x + x"), ("elsewhere", "print(1)")]
    assert written(task.regions, given, [graft]).split("\n\n") == [
        "return twice(x)",
        "def twice(x):\n    return x + x",
    ]


def test_the_page_shows_pairs_as_text_and_asks_for_nothing(
    judge: Judge, tmp_path: Path, monkeypatch, capsys
) -> None:
    """Whatever a student's id or work holds, nothing is run or fetched, and nobody is accused."""
    harm = '</pre><script src="https://evil.example/x.js"></script><img src=x onerror=alert(1)>'
    body = (
        f"seen = [x, y]\nwhile len(seen) > 1:\n    seen.append(seen.pop() * seen.pop())\n# {harm}\n"
    )
    body += "return seen[0] if seen else None"
    top = tmp_path / "course/submitted"

    def hand_in(folder: Path, text: str | None) -> None:
        folder.mkdir(parents=True)
        made = examples.handed_in(
            judge, tiny.GUIDE, lambda r: text if "mul" in r.target else None, True
        )
        (folder / Path(tiny.GUIDE).name).write_bytes(made)

    for number in range(8):
        hand_in(top / f"honest{number}" / "module0", f"return {'x * y' if number % 2 else 'y * x'}")
    hand_in(top / "<b>ada" / "module0", body)
    hand_in(top / "grace" / "module0", body.replace("seen", "values"))
    hand_in(tmp_path / "before/zoe/module0", body.replace("seen", "work"))
    monkeypatch.setattr(similar, "ROOT", tmp_path)
    monkeypatch.setattr(similar, "load_course", lambda _: judge.course)
    words = ["similar", "module0", "--earlier", str(tmp_path / "before")]
    monkeypatch.setattr(sys, "argv", words)
    similar.main()
    assert "Compared the answers of 11 submissions" in capsys.readouterr().out
    page = (tmp_path / "course/similar-module0.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;ada and grace" in page and "zoe in " in page
    assert "&lt;script src=" in page and "<mark>" in page
    markup = re.findall(r"<(\w+)([^>]*)>", page)
    assert {name for name, _ in markup} <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "tr", "th",
        "td", "a", "details", "summary", "div", "pre", "mark",
    }  # fmt: skip
    assert not [a for _, a in markup if re.search(r"\ssrc=|\son\w+=|href=\"(?!#)|url\(", a)]
    assert "default-src 'none'" in page
    assert not re.search(r"plagiar|cheat|copied|copies|suspect|fraud", page, re.I)
    for words, why in (
        (["module9"], "No assignment is called"),
        (["module0", "--earlier", str(tmp_path / "none")], "holds no submissions of module0"),
    ):
        monkeypatch.setattr(sys, "argv", ["similar", *words])
        with pytest.raises(SystemExit, match=why):
            similar.main()
    monkeypatch.setattr(similar, "ROOT", tmp_path / "empty")
    monkeypatch.setattr(sys, "argv", ["similar", "module0"])
    with pytest.raises(SystemExit, match="There are no submissions of module0"):
        similar.main()
