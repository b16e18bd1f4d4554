"""Any text in a name or a title: every figure stays an SVG that parses, and shows what it can."""

from __future__ import annotations

import html.parser
import inspect
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import matplotlib.figure
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis.strategies import characters, lists, one_of, sampled_from, text

import minitorch
from minitorch import draw
from minitorch.draw.figure import Figure, image
from minitorch.draw.flowchart import Step, draw_flow
from minitorch.draw.schematics import stations, timeline
from minitorch.draw.svg import readable
from minitorch.sandbox import core

MATRIX = np.arange(6.0).reshape(2, 3)
HOSTILE = [
    "\x1b[31mred\x1b[0m", "\x00", "\ud800", "\udfff x", "\ufffe\uffff", "\x0b\x0c\x1c", "\x7f\x9f",
    "<b>&amp;]]>--", "'\"", "a$x^2$b", "$\\nothing{$", "$_$", "$x$$y$", "\r\n\t", "\u202e abc",
    "💡 𝒳", "%s {} \\",
]  # fmt: skip
# Surrogates and controls come rarely by chance, so they are drawn on purpose.
ANY = one_of(
    sampled_from(HOSTILE),
    text(characters(), min_size=1, max_size=12),
    lists(sampled_from(["\x1b", "\x00", "\ud800", "\ufffe", "a", "$", "\n", "<", "&"]), min_size=1)
    .map("".join),
)  # fmt: skip


def network(words: str) -> Any:
    leaf = minitorch.tensor([[1.0, 2.0]])
    leaf.requires_grad_(True)
    leaf.name = words
    return (leaf * minitorch.Scalar(2.0).data).sum()


def scalars(words: str) -> Any:
    x = minitorch.Scalar(2.0, name=words)
    return x * x + 1.0


class Tree(minitorch.Module):
    def __init__(self, words: str) -> None:
        super().__init__()
        self._parameters = {words: minitorch.Parameter(1.0)}
        self._modules = {words + "'": minitorch.Module()}


def own(words: str) -> Any:
    fig = matplotlib.figure.Figure((4, 3))
    axes = fig.subplots()
    axes.plot([0.0, 1.0], label=words)
    axes.set_title(words)
    axes.set_xlabel(words)
    axes.legend()
    return draw.plot(fig, words, words)


def line(x: float) -> float:
    return 2 * x


POINTS = minitorch.datasets["Simple"](6)
FIGURES: dict[str, Callable[[str], Any]] = {
    "draw_backprop": lambda s: draw.draw_backprop(scalars(s), 1, title=s),
    "draw_boxes": lambda s: draw.diagram(draw.draw_boxes([s, s], [1]), s, s),
    "boxes": lambda s: draw.boxes([s, [s, s]], [1], s),
    "draw_broadcast": lambda s: draw.draw_broadcast((2, 3), (3,), title=s),
    "draw_expression": lambda s: draw.draw_expression(scalars(s), title=s),
    "draw_expression of tensors": lambda s: draw.draw_expression(network(s), title=s),
    "draw_confusion": lambda s: draw.draw_confusion([[1]], [s], s),
    "draw_gradients": lambda s: draw.draw_gradients(MATRIX, [MATRIX], name=s, names=[s], title=s),
    "draw_images": lambda s: draw.draw_images(MATRIX, [s], s),
    "draw_map": lambda s: draw.draw_map(lambda t: -t, MATRIX, name=s, title=s),
    "draw_conv1d": lambda s: draw.draw_conv1d([1, 2, 3], [1, 2], names=(s, s, s), title=s),
    "draw_conv2d": lambda s: draw.draw_conv2d(MATRIX, MATRIX, names=(s, s, s), title=s),
    "draw_matmul": lambda s: draw.draw_matmul(MATRIX, MATRIX.T, names=(s, s, s), title=s),
    "draw_memory": lambda s: draw.draw_memory(2, 4, 6, title=s),
    "draw_module": lambda s: draw.draw_module(Tree(s), title=s),
    "draw_operation": lambda s: draw.draw_operation(network(s), title=s),
    "draw_pooling": lambda s: draw.draw_pooling(
        MATRIX, (1, 3), out=np.zeros((2, 1)), name=s, title=s
    ),
    "draw_reduce": lambda s: draw.draw_reduce(
        lambda t: t.sum(0, keepdims=True), MATRIX, 0, name=s, title=s
    ),
    "draw_results": lambda s: draw.draw_results(8, 2, title=s),
    "draw_storage": lambda s: draw.draw_storage(MATRIX, name=s, title=s),
    "draw_strides": lambda s: draw.draw_strides(MATRIX, title=s),
    "draw_sum_tree": lambda s: draw.draw_sum_tree([1.0, 2.0, 3.0, 4.0], title=s),
    "draw_tensor": lambda s: draw.draw_tensor(MATRIX, name=s, title=s),
    "draw_threads": lambda s: draw.draw_threads(2, 4, 6, title=s),
    "draw_tiles": lambda s: draw.draw_tiles((4, 4), (4, 4), 2, title=s),
    "draw_tree": lambda s: draw.draw_tree({s: {s + "b": 1.0}}, s),
    "draw_zip": lambda s: draw.draw_zip(lambda t, u: t + u, MATRIX, MATRIX, name=s, title=s),
    "backprop": lambda s: draw.backprop(1),
    "panels": lambda s: draw.panels([draw.draw_tensor(MATRIX, name=s)] * 2, title=s),
    "plot": own,
    "plot_bars": lambda s: draw.plot_bars(s, {s: 1.0, s + "b": 2.0}, s, s),
    "plot_boundary": lambda s: draw.plot_boundary(
        lambda x, y: x - 0.5, POINTS, s, resolution=5, names=(s, s)
    ),
    "plot_curves": lambda s: draw.plot_curves(s, {s: [1.0, 2.0, 3.0]}, s, s),
    "plot_function": lambda s: draw.plot_function(s, line, line, labels=(s, s)),
    "plot_function3D": lambda s: draw.plot_function3D(s, lambda x, y: x + y, labels=(s, s, s)),
    "plot_points": lambda s: draw.plot_points(POINTS, s, names=(s, s)),
    "draw_flow": lambda s: draw_flow({"a": Step(0, 0, s), "b": Step(1, 0, s)}, [("a", "b")], s),
    "stations": lambda s: stations(s, {s: s, s + "b": s}, s, s),
    "timeline": lambda s: timeline(s, {s: [s]}, {s: "value"}),
    "make_graph": lambda s: minitorch.make_graph(scalars(s)),
    "Figure": lambda s: Figure('<svg viewBox="0 0 9 9"><path d="M0,0"/></svg>', s, s),
}  # fmt: skip


def test_every_public_figure_function_is_here() -> None:
    functions = {name for name in draw.__all__ if inspect.isfunction(getattr(draw, name))}
    named = {name.split()[0] for name in (*FIGURES, *WALKS)}
    no_text = {"contrast", "house_style", "diagram"}  # or tried in draw_boxes
    no_text |= {f"walk_{of}" for of in ("backprop", "broadcast", "descent", "index", "reduce")}
    no_text |= {"walk_sort", "walk_tiles"}
    assert functions - named <= no_text


def stepper(words: str) -> draw.Stepper:
    frame = draw.Frame(draw.draw_tensor(MATRIX, name=words), words, words)
    return draw.Stepper(words, [frame, frame])


class Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)
        self.open += [tag] * (tag != "img")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


WALKS: dict[str, Callable[[str], draw.Stepper]] = {
    "walk_secant": lambda s: draw.walk_secant(name=s),
    "walk_window": lambda s: draw.walk_window([1, 2, 3], [1, 2], title=s),
    "Stepper": stepper,
}

CHECKS: Any = list(HealthCheck)  # a figure may be slow to draw


@pytest.mark.parametrize("name", FIGURES)
@given(words=ANY)
@settings(max_examples=12, deadline=None, suppress_health_check=CHECKS)
@example(words="\x1b[1m\x00\ud800\ufffe$")
@example(words="\x1b[31mred\x1b[0m $\\frac{$ \ud800")
def test_any_text_makes_a_figure_that_parses(name: str, words: str) -> None:
    try:
        made = FIGURES[name](words)
    except ValueError as error:
        # A label says so where a formula doesn't end, and a figure where it has no title.
        unpaired = "without a partner" in str(error) and "$" in words
        nothing = "for readers who can't see it" in str(error) and not words.strip()
        if not (unpaired or nothing):
            raise
        return
    svg = made if isinstance(made, str) else made.svg
    assert readable(svg) == svg
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg")
    if isinstance(made, Figure):
        page = image(made.svg, made.alt)
        assert readable(page) == page and page.encode("utf-8")


@pytest.mark.parametrize("name", WALKS)
@pytest.mark.parametrize("words", [*HOSTILE, "<script>", "&'\"$"])
def test_any_text_makes_a_walk_that_parses(name: str, words: str) -> None:
    try:
        made = WALKS[name](words)
    except ValueError as error:
        assert "needs a" in str(error) or "without a partner" in str(error)
        return
    assert readable(made.html) == made.html and made.html.encode("utf-8")
    page = Tags()
    page.feed(made.html)
    assert page.open == []
    assert page.seen <= {"style", "script", "figure", "figcaption", "ol", "li", "img", "p"}
    for frame in made.frames:
        ElementTree.fromstring(frame.figure.svg)


@pytest.mark.parametrize("words", HOSTILE)
def test_what_is_shown_of_a_text(words: str) -> None:
    shown = readable(words)
    assert len(shown) == len(words) and shown.encode("utf-8")
    assert ElementTree.fromstring(f"<a>{core.escaped(words)}</a>") is not None
    assert all(a == b or b == "\ufffd" for a, b in zip(words, shown, strict=True))
    kept = [c for c in words if c.isalnum()]
    assert [c for c in shown if c.isalnum()] == kept


def test_a_page_of_a_sandbox_shows_any_text() -> None:
    page = core.escaped("\x1b[31m<script>\ud800")
    assert page == "\ufffd[31m&lt;script&gt;\ufffd"
    html.parser.HTMLParser().feed(page)
