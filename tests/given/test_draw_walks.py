"""Walks in steps: what is in them, in which order, and that any text can stand in them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from minitorch.draw import (
    Frame,
    Stepper,
    draw_tree,
    walk_backprop,
    walk_broadcast,
    walk_descent,
    walk_index,
    walk_reduce,
    walk_secant,
    walk_sort,
    walk_tiles,
    walk_window,
)

WALKS = {
    "backprop": walk_backprop(),
    "sort": walk_sort(),
    "secant": walk_secant(),
    "descent": walk_descent(),
    "broadcast": walk_broadcast((2, 3, 1), (7, 2, 1, 5)),
    "clash": walk_broadcast((5, 3), (5,)),
    "index": walk_index((2, 2, 3)),
    "reduce": walk_reduce(),
    "tiles": walk_tiles((4, 6), (6, 10), 2, block=(1, 2)),
    "window": walk_window([1, 2, 3, 4, 5, 6], [5, -2, 3]),
}


class Read(HTMLParser):
    """The elements of a piece of HTML, and the text of each paragraph."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.said: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag != "img":
            self.open.append(tag)
        if tag == "p":
            self.said.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "p":
            self.said[-1] += data


def frame(sentence: str = "It stands.", question: str = "") -> Frame:
    return Frame(draw_tree({"a": {}}, "A tree"), sentence, question)


@pytest.mark.parametrize("name", WALKS)
def test_every_frame_is_an_image_with_its_words_and_nothing_is_loaded(name) -> None:
    walk = WALKS[name]
    page = Read(walk.html)
    images = [attributes for tag, attributes in page.found if tag == "img"]
    assert not page.open
    assert [tag for tag, _ in page.found].count("li") == len(images) == len(walk.frames) > 1
    for attributes in images:
        assert (attributes["src"] or "").startswith("data:image/svg+xml")
        assert 0 < len(attributes["alt"] or "") <= 600
    assert page.said == [part for step in walk.frames for part in step[1:] if part]
    assert "//" not in re.sub(r"http://www\.w3\.org/\w+/\w+", "", walk.html)
    assert len(walk.html.encode()) < 150_000


@pytest.mark.parametrize("name", WALKS)
def test_text_in_frames_is_readable_on_a_phone(name) -> None:
    shown = int(re.findall(r"img{[^}]*min-width:(\d+)px", WALKS[name].html)[0]) / 640
    for step in WALKS[name].frames:
        scale = float(re.findall(r"scale\(([\d.]+)\)", step.figure.svg + "scale(1)")[0])
        sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', step.figure.svg)]
        assert min(sizes) * scale * shown >= 8.99


@pytest.mark.parametrize("name", WALKS)
def test_what_a_walk_says_is_new_in_each_step(name) -> None:
    steps = WALKS[name].frames
    assert len({step.sentence for step in steps}) == len(steps)
    assert len({step.figure.svg for step in steps}) == len(steps)
    assert not steps[-1].question, "nothing answers it"


@pytest.mark.parametrize("text", ["a < b & c", "</script><script>x()</script>", "\"'", "a\x00b"])
def test_any_text_is_said_as_it_stands(text) -> None:
    walk = Stepper(text, [frame(text, text), frame("x")])
    page = Read(walk.html)
    assert page.said == [text.replace("\0", "\ufffd")] * 2 + ["x"]
    assert [tag for tag, _ in page.found].count("script") == 1


def test_without_html_the_sentences_are_a_numbered_list() -> None:
    bundle = Stepper("A walk", [frame("One thing."), frame("Another.")])._repr_mimebundle_()
    assert bundle["text/plain"] == "A walk\n1. One thing.\n2. Another."


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: Stepper(" ", [frame(), frame()]), ValueError, "title"),
        (lambda: Stepper("A walk", [frame()]), ValueError, "two steps or more, not 1"),
        (lambda: Stepper("A walk", [frame(), frame(" ")]), ValueError, "Step 2 needs a sentence"),
        (lambda: Stepper("A walk", [frame(), Frame(None, "x")]), TypeError, "Step 2 needs a Fig"),  # type: ignore[arg-type]
        (lambda: walk_backprop(-1.0, 2.0), ValueError, "positive z"),
        (lambda: walk_secant(epsilons=[1.0, 0.0]), ValueError, "positive"),
        (lambda: walk_index((4, 4)), ValueError, "has 16"),
        (lambda: walk_reduce([1, 2, 3]), ValueError, "2, 4, 8 or 16 values, not 3"),
    ],
)
def test_what_cannot_be_walked_is_said(make, error, says) -> None:
    with pytest.raises(error, match=says):
        make()


def test_the_numbers_of_the_walks_are_right() -> None:
    import math

    last = [step.sentence for step in WALKS["backprop"].frames[-2:]]
    slope = 1 / 0.5 + 4 * math.exp(2)
    assert last[0] == f"x is a leaf and keeps {slope:.3g}."
    assert "y is a leaf" in last[1]
    assert "slope is 3.1945" in WALKS["secant"].frames[0].sentence  # e · sinh(1)
    assert "w = 2.52" in WALKS["descent"].frames[2].sentence
    assert WALKS["clash"].frames[-1].sentence.endswith("the shapes don't fit.")
    assert "31" in WALKS["reduce"].frames[-1].figure.desc
    assert WALKS["window"].frames[0].sentence == "Place 0: 5 · 1 + (−2) · 2 + 3 · 3 = 10."


def test_the_sorted_list_has_every_variable_after_its_inputs() -> None:
    found = re.findall(r"^(.+?) goes to the end", "\n".join(
        step.sentence for step in WALKS["sort"].frames
    ), re.MULTILINE)  # fmt: skip
    assert sorted(found) == sorted(["x", "y", "z", "log z", "exp z", "f"])
    for before, after in [("x", "z"), ("y", "z"), ("z", "log z"), ("z", "exp z"), ("log z", "f")]:
        assert found.index(before) < found.index(after)
