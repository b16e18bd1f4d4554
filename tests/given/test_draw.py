"""Every picture can be read by everyone: words from the data, colours, sizes, errors."""

import math
import random
import re
import subprocess
import sys
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("chalk")

from minitorch import draw
from minitorch.draw.canvas import crossings
from minitorch.draw.figure import DARK, PALETTE, SMALLEST, TINT, Figure, contrast, image, watched
from minitorch.draw.svg import label_width, plain, runs, width_of

SVG = "{http://www.w3.org/2000/svg}"


def points(count=20):
    rng = random.Random(1)
    X = [(rng.random(), rng.random()) for _ in range(count)]
    return SimpleNamespace(N=count, X=X, y=[int(x1 < 0.5) for x1, _ in X])


class Leaf:
    def __init__(self, value):
        self.value = value


class Tree:
    def __init__(self, parameters, modules):
        self._parameters = {name: Leaf(value) for name, value in parameters.items()}
        self._modules = modules


MAKERS = {
    "function": lambda: draw.plot_function("$x^2$", lambda x: x * x),
    "two functions": lambda: draw.plot_function(
        "both", math.sin, math.cos, labels=["$f(x)$", "$f'(x)$"], points=[(0, 1)]
    ),
    "named points": lambda: draw.plot_function(
        "$x^2$", lambda x: x * x, points={"low": (0, 0), "high": (4, 16)}
    ),
    "three functions": lambda: draw.plot_function(
        "crowded", lambda x: math.sin(9 * x), math.sin, math.cos, labels=["a", "b", "c"]
    ),
    "surface": lambda: draw.plot_function3D("$x + y$", lambda x, y: x + y),
    "curves": lambda: draw.plot_curves("loss", {"a": [3, 2, 1], "b": ([0, 2], [4, 5])}),
    "bars": lambda: draw.plot_bars("time", {"scalar": 2.0, "tensor": 0.5}, ylabel="seconds"),
    "far bars": lambda: draw.plot_bars("time", {"scalar": 2e3, "tensor": 0.5}, logy=True),
    "points": lambda: draw.plot_points(points(), "Simple"),
    "boundary": lambda: draw.plot_boundary(
        lambda x1, x2: 0.4 - x1, points(), "model", lines={"other": (1, 1, -1)}, resolution=21
    ),
    "named places": lambda: draw.plot_boundary(
        lambda x1, x2: 0.4 - x1, points(), "model", words={"here": (0.2, 0.5)}, resolution=21
    ),
    "boxes": lambda: draw.boxes(["$x$", ("$g(x)$", "$h(x)$"), "$f(x)$"], [2, 1], "boxes"),
    "back": lambda: draw.boxes(["$d$", ("$d_1$", "$d_2$")], [1], "back", lr=False),
    "tree": lambda: draw.draw_tree({"a": {"b": 1.0, "c": {"d": 2}}}, "tree"),
    "module": lambda: draw.draw_module(Tree({"p": 5}, {"inner": Tree({"q": 1.5}, {})})),
    "panels": lambda: draw.panels(
        [draw.plot_function(f"{n} x", lambda x, n=n: n * x) for n in (1, 2)], 2, "two"
    ),
}


@pytest.fixture(params=list(MAKERS))
def figure(request):
    return MAKERS[request.param]()


def test_is_one_accessible_svg(figure):
    bundle = figure._repr_mimebundle_()
    assert set(bundle) == {"image/svg+xml", "text/plain"}
    root = ElementTree.fromstring(bundle["image/svg+xml"])
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.get("viewBox", "").startswith("0 0 640 ")
    assert "max-width:100%" in root.get("style", "")
    named = {
        child.get("id"): child.text for child in root if child.tag in (f"{SVG}title", f"{SVG}desc")
    }
    assert list(named) == root.get("aria-labelledby", "").split()
    assert bundle["text/plain"] == figure.alt
    assert all(text in figure.alt for text in named.values())
    assert "nan" not in figure.alt.lower().split()


def test_a_person_gets_an_image_with_alternative_text(figure, monkeypatch):
    monkeypatch.setattr("minitorch.draw.figure.watched", lambda: True)
    bundle = figure._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    shown = read_image(bundle["text/html"])
    assert shown["alt"] == figure.alt
    head, _, drawn = shown["src"].partition(",")
    assert head == "data:image/svg+xml;charset=utf-8"
    assert unquote(drawn) == figure.svg


@pytest.mark.parametrize("text", ["a \"b\" & 'c' <d>", "100 % of #1\n\ttwo", "é − ∂ 😀", "%27"])
def test_an_image_keeps_every_character(text):
    svg = f"<svg><text>{escape(text)}</text></svg>"
    shown = read_image(image(svg, text))
    assert shown["alt"] == text
    address = shown["src"].partition(",")[2]
    assert not set("#\n\t") & set(address), "a browser would drop it"
    assert unquote(address) == svg


class Reader(HTMLParser):
    """Collects tags and text as a browser reads them."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.found.append(("text", data))


def read_image(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    ((tag, attributes),) = reader.found
    assert tag == "img"
    return attributes


@pytest.mark.parametrize(
    ("shell", "expected"),
    [
        (None, False),
        (SimpleNamespace(), False),  # IPython in a terminal
        (SimpleNamespace(kernel=SimpleNamespace(_allow_stdin=True)), True),
        (SimpleNamespace(kernel=SimpleNamespace(_allow_stdin=False)), False),  # nbclient
        (SimpleNamespace(kernel=SimpleNamespace()), True),  # another kernel than ipykernel
    ],
)
def test_a_program_that_runs_notebooks_is_known(monkeypatch, shell, expected):
    pytest.importorskip("IPython")
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    assert watched() is expected


def test_without_ipython_nobody_looks(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert watched() is False


def test_ids_are_unique_and_resolve(figure):
    ids = re.findall(r'\sid="([^"]+)"', figure.svg)
    assert len(ids) == len(set(ids))
    used = re.findall(r'(?:url\(#|href="#)([^)"]+)', figure.svg)
    assert set(used) <= set(ids)


def test_style_stays_inside(figure):
    assert "<style" not in figure.svg
    assert "<script" not in figure.svg


def test_text_can_be_read(figure):
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', figure.content)]
    assert all(size >= SMALLEST for size in sizes)
    assert "scale(0" not in figure.svg.split("</desc>")[1].split("<g ")[1]


@pytest.mark.parametrize("name", list(MAKERS))
def test_same_every_time(name):
    assert MAKERS[name]().svg == MAKERS[name]().svg


def test_two_pictures_share_no_id():
    found = [set(re.findall(r'\sid="([^"]+)"', make().svg)) for make in MAKERS.values()]
    for place, one in enumerate(found):
        for other in found[place + 1 :]:
            assert not one & other


def test_matplotlib_text_is_large_enough():
    import matplotlib.figure
    from matplotlib.text import Text

    from minitorch.draw.canvas import house_style

    with house_style():
        fig = matplotlib.figure.Figure()
        axes = fig.add_subplot()
        axes.set_title("a")
        axes.plot([1, 2], [3, 4], label="b")
        axes.legend()
        assert all(float(text.get_fontsize()) >= SMALLEST for text in fig.findobj(Text))


def test_settings_of_the_reader_stay():
    import matplotlib

    matplotlib.rcParams["font.size"] = 17.0
    try:
        before = dict(matplotlib.rcParams)
        first = MAKERS["curves"]().svg
        assert dict(matplotlib.rcParams) == before
        matplotlib.rcParams["font.size"] = 9.0
        assert MAKERS["curves"]().svg == first
    finally:
        matplotlib.rcdefaults()


def test_colours():
    okabe_ito = {"#0072B2", "#009E73", "#E69F00", "#D55E00"}
    assert okabe_ito <= set(PALETTE.values())
    for role in PALETTE:
        assert contrast(DARK[role]) >= 4.5
        assert contrast(DARK[role], TINT[role]) >= 4.5
        if role != "output":  # orange is for areas with a dark outline
            assert contrast(PALETTE[role]) >= 3
    assert contrast("#000000") == pytest.approx(21)


def test_text_colours_have_contrast(figure):
    for color in re.findall(r'<text[^>]*fill="(#\w{6})"', figure.svg):
        assert contrast(color) >= 4.5


# What the words say


def test_function_words():
    alt = draw.plot_function("line", lambda x: x - 1, lo=-2, hi=2).alt
    assert "x from -2 to 2" in alt
    assert "goes from -3 at -2 to 1 at 2, crossing zero at 1." in alt
    alt = draw.plot_curves("loss", {"rate 9": [34.5, 10, 1524, 8, 89]}).alt
    assert "from 34.5 at 0 to 89 at 4, lowest 8 at 3, highest 1524 at 2." in alt
    assert "highest 1 at 1.57, crossing" in draw.plot_function("", math.sin, lo=0, hi=3).alt
    assert "and elsewhere" in draw.plot_function("", math.sin, lo=-9, hi=9).alt


def test_a_prime_stands_clear_of_its_f():
    prime = r'<tspan dx="[\d.]+"[^>]*>′'
    assert re.search(prime, draw.boxes(["$f'(x)$", "$y$"], [1], "f").svg)
    assert not re.search(prime, draw.boxes(["$g'(x)$", "$y$"], [1], "g").svg)


def test_legend_stands_clear_of_the_lines():
    def lowest_label(fn):
        svg = draw.plot_function("", fn, lambda x: -fn(x), labels=["up", "down"]).svg
        legend = svg[svg.index('legend_1"') :]
        return max(float(y) for y in re.findall(r"translate\([\d.]+ ([\d.]+)\)", legend))

    crowded = lowest_label(lambda x: math.sin(9 * x))
    assert crowded > lowest_label(lambda x: x + 6) + 20
    # Free of the curves, but not of the axis, which is drawn where y is 0:
    assert crowded == lowest_label(lambda x: 1.0 if x > -4 else 0.9)
    alt = draw.plot_function("", math.sin, math.cos, math.tanh, labels=["a", "b", "c"]).alt
    assert "c (green line of dashes and dots)" in alt


def test_gap_words():
    figure = draw.plot_function("log", lambda x: math.log(x))
    assert "without a value at 201 of 401 places between -5 and 0" in figure.alt
    figure = draw.plot_function("nan", lambda x: math.nan)
    assert "no value anywhere" in figure.alt
    assert "-inf" not in draw.plot_function("inf", lambda x: -math.inf if x < 0 else x).svg


def test_crossings():
    assert crossings([0, 1, 2], [-1, 1, 3]) == [0.5]
    assert crossings([0, 1, 2], [-1, 0, 1]) == [1]
    assert crossings([0, 1, 2], [0, 0, 0]) == []
    xs = [place / 50 - 0.99 for place in range(100)]
    assert crossings(xs, [1 / x for x in xs]) == []


def test_points_words():
    alt = draw.plot_points(SimpleNamespace(N=3, X=[(0, 0), (0.5, 1), (1, 0.2)], y=[0, 1, 1])).alt
    assert "3 points: 1 of class 0 (blue circles), 2 of class 1 (vermilion crosses)" in alt


def test_words_say_where_the_crosses_are():
    grid = [(x / 6, y / 6) for x in (1, 3, 5) for y in (1, 3, 5)]
    data = SimpleNamespace(N=9, X=grid, y=[int(x1 < 0.4) for x1, _ in grid])
    alt = draw.plot_points(data).alt
    assert "above, 1 of 1, 0 of 1, 0 of 1; in the middle, 1 of 1" in alt
    data.X[0] = data.X[8]
    assert "below, no point, 0 of 1, 0 of 1." in draw.plot_points(data).alt


def test_a_wide_picture_explains_its_marks_and_a_narrow_one_has_no_room():
    def legends(figure):
        return re.findall(r'"[\w-]*legend_1"', figure.svg)

    model = draw.plot_boundary(lambda x1, x2: 0.4 - x1, points(), resolution=5)
    assert len(legends(model)) == 1
    assert len(legends(draw.plot_points(points()))) == 1
    assert legends(draw.panels([model, model], 2)) == []


def test_boundary_words():
    data = SimpleNamespace(N=2, X=[(0.2, 0.5), (0.8, 0.5)], y=[1, 1])
    alt = draw.plot_boundary(lambda x1, x2: 0.5 - x1, data, resolution=21).alt
    assert "meets the edges at (0.5, 0) and (0.5, 1)" in alt
    assert "1 of 2 are on the right side; ringed: (0.8, 0.5)" in alt
    assert "class 1 everywhere" in draw.plot_boundary(lambda x1, x2: 1, resolution=5).alt
    assert "class 0 everywhere" in draw.plot_boundary(lambda x1, x2: 0, resolution=5).alt


def test_boundary_without_value():
    alt = draw.plot_boundary(lambda x1, x2: math.log(x1 - 0.5), resolution=11).alt
    assert "no score at 66 of 121 places" in alt


def test_curve_and_bar_words():
    assert "b goes from 4 at 0 to 5 at 2" in MAKERS["curves"]().alt
    assert "2 bars: scalar 2; tensor 0.5" in MAKERS["bars"]().alt
    alt = draw.plot_curves("l", {"a": [1, 0, math.inf]}, logy=True).alt
    assert "1 values that aren't positive" in alt
    alt = draw.plot_curves("l", {"a": ([2, 2048], [1, 68719.5])}, logx=True, logy=True).alt
    assert "x from 2 to 2048" in alt and "Both scales are logarithmic" in alt
    assert "x is on a logarithmic scale" in draw.plot_curves("l", {"a": [1, 2]}, logx=True).alt


def test_box_words():
    assert "x goes into 2 boxes g, h, out come g(x), h(x)" in MAKERS["boxes"]().alt
    assert (
        "Backward, from right to left: d goes into a box, out come d_1, d_2" in MAKERS["back"]().alt
    )


def test_tree_words():
    assert "a holds b = 1, c; a.c holds d = 2" in MAKERS["tree"]().alt
    assert "p = 5, inner: Tree" in MAKERS["module"]().alt


def test_numbers_that_hold_numbers():
    import numpy as np

    scalar = SimpleNamespace(data=2.0)
    assert "is 2 throughout" in draw.plot_function("s", lambda x: scalar).alt
    assert "is 2 throughout" in draw.plot_function("s", lambda x: np.array([2.0])).alt


# Labels


def test_formulas():
    assert plain("$x_1^2 + f(x)$") == "x_1^2 + f(x)"
    assert plain("$e^{-x}$") == "e^−x"
    assert plain("plain - text") == "plain - text"
    assert [run.level for run in runs("$x^2_i$")] == [0, 1, -1]
    assert label_width("$x$", 14) < label_width("$x + y$", 14)
    assert width_of("ab", 10, mono=True) == pytest.approx(12.2)


def test_names_are_escaped():
    figure = draw.draw_tree({"<a> & $b": {"c$": "<&>"}}, "odd <names>")
    assert ElementTree.fromstring(figure.svg) is not None


# What goes wrong


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: draw.plot_function("f", lambda x: "a"), TypeError, r"f\(-5\) is 'a' \(str\)"),
        (lambda: draw.plot_function("f", lambda x: None), TypeError, "None"),
        (lambda: draw.plot_function("f", math.sin, lo=1, hi=1), ValueError, "lo < hi"),
        (
            lambda: draw.plot_function("f", math.sin, labels=["a", "b"]),
            ValueError,
            "2 labels for 1",
        ),
        (lambda: draw.plot_function("$f", math.sin), ValueError, "without a partner"),
        (lambda: draw.plot_function3D("f", lambda x, y: [1, 2]), TypeError, "needs numbers"),
        (lambda: draw.plot_points(SimpleNamespace(X=[], y=[])), ValueError, "empty"),
        (lambda: draw.plot_points(SimpleNamespace(X=[(0, 1)], y=[])), ValueError, "1 points and 0"),
        (
            lambda: draw.plot_points(SimpleNamespace(X=[(0, 1)], y=[-1])),
            ValueError,
            "Label 0 is -1",
        ),
        (lambda: draw.plot_points(SimpleNamespace(X=[(0,)], y=[1])), ValueError, "1 coordinates"),
        (lambda: draw.plot_points([1, 2]), TypeError, "list has not"),
        (lambda: draw.plot_boundary(lambda a, b: "no"), TypeError, "model"),
        (lambda: draw.plot_boundary(lambda a, b: 1, lines=[3]), TypeError, "three numbers"),
        (lambda: draw.plot_curves("c", {}), ValueError, "at least one curve"),
        (lambda: draw.plot_curves("c", {"a": ([1], [1, 2])}), ValueError, "1 xs and 2 ys"),
        (lambda: draw.plot_curves("c", {"a": ["x"]}), TypeError, "needs numbers"),
        (lambda: draw.plot_bars("b", {}), ValueError, "at least one bar"),
        (lambda: draw.plot_bars("b", {"no": 0.0}, logy=True), ValueError, "no place for no, 0.0"),
        (lambda: draw.draw_boxes(["$x$", "$y$"], [1, 1]), ValueError, "counts has 2"),
        (lambda: draw.draw_boxes(["$x$"], []), ValueError, "at least two columns"),
        (lambda: draw.draw_boxes(["$x$", "$y$"], [0]), ValueError, "one box or more"),
        (lambda: draw.draw_boxes(["$x", "$y$"], [1]), ValueError, "without a partner"),
        (lambda: draw.draw_boxes(["x", "y"], [1], names=[["a", "b"]]), ValueError, "each box"),
        (lambda: draw.draw_tree({}, "t"), ValueError, "empty"),
        (lambda: draw.draw_module(3), TypeError, r"super\(\).__init__"),
        (lambda: draw.diagram("x", "t", "d"), TypeError, "chalk diagram"),
        (lambda: draw.plot("x", "t"), TypeError, "matplotlib figure"),
        (lambda: draw.panels([]), ValueError, "at least one figure"),
        (lambda: Figure("<svg", "t", "d"), ValueError, "isn't one"),
        (lambda: Figure("<svg/>", "t", "d"), ValueError, "viewBox"),
        (lambda: Figure('<svg viewBox="0 0 1 1"/>', "", "d"), ValueError, "needs a title"),
    ],
)
def test_bad_input(make, error, says):
    with pytest.raises(error, match=says):
        make()


def test_errors_of_the_function_come_through():
    with pytest.raises(NotImplementedError):
        draw.plot_function("f", lambda x: (_ for _ in ()).throw(NotImplementedError("Task 0.1")))


def test_save(tmp_path):
    figure = MAKERS["tree"]()
    saved = figure.save(tmp_path / "tree.svg")
    assert ElementTree.parse(saved).getroot().tag == f"{SVG}svg"
    with pytest.raises(ValueError, match=r"should end in \.svg"):
        figure.save(tmp_path / "tree.png")


# The older name of the lecture


def test_draw_boxes_can_be_composed():
    import chalk

    drawn = draw.draw_boxes(["$x$", "$f(x)$"], [1])
    assert set(drawn._repr_mimebundle_()) == {"image/svg+xml", "text/plain"}
    framed = drawn.center_xy().scale_uniform_to_x(1).with_envelope(chalk.rectangle(1, 0.5))
    assert draw.diagram(framed, "a", "b").alt == "a. b"


def test_own_plots():
    import matplotlib.figure

    fig = matplotlib.figure.Figure((3, 2))
    axes = fig.add_subplot()
    axes.plot([0, 1], [2, 3], label="rise")
    axes.set_xlabel("epoch", fontsize=6)
    shown = draw.plot(fig, "mine")
    assert "epoch from" in shown.desc
    assert "rise goes from 2 at 0 to 3 at 1" in shown.desc
    assert float(axes.xaxis.label.get_fontsize()) >= SMALLEST


def test_import_is_light():
    code = (
        "import sys; import minitorch.draw;"
        "print([m for m in ('matplotlib', 'chalk', 'numba', 'ipywidgets') if m in sys.modules])"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize(("missing", "name"), [("matplotlib", "curves"), ("chalk", "boxes")])
def test_missing_package_is_named(monkeypatch, missing, name):
    monkeypatch.setitem(sys.modules, missing, None)
    installs = r'isn.t installed.* pip install -e "\.\[notebooks\]"'
    with pytest.raises(ModuleNotFoundError, match=installs):
        MAKERS[name]()


# Graphs of expressions


class Var:
    """A variable of one's own: only a history, a name and a number."""

    history: Any

    def __init__(self, data, inputs=(), name=None):
        made_by = type("Join", (), {}) if inputs else None
        self.history = SimpleNamespace(last_fn=made_by, inputs=inputs)
        self.data, self.name = data, name


def chain(count):
    out = Var(1.0, name="x")
    for _ in range(count):
        out = Var(2.0, (out, Var(0.5)))
    return out


def test_expression_of_any_history():
    x, y = Var(2.0, name="x"), Var(3.0, name="y")
    figure = draw.draw_expression(Var(6.0, (x, y, x), name="z"))
    assert "Inputs: x = 2, y = 3. Join of x, y, x gives z = 6." in figure.alt
    assert "= " not in draw.draw_expression(Var(6.0, (x, y)), values=False).desc


def test_expression_of_a_leaf_and_of_a_constant():
    assert "0 operations. Inputs: x = 2" in draw.draw_expression(Var(2.0, name="x")).alt
    constant = Var(2.0)
    constant.history = None
    assert "Inputs: 2" in draw.draw_expression(constant).alt


@pytest.mark.parametrize("count", [1, 4, 20, 100])
def test_deep_expressions_can_be_read(count):
    figure = draw.draw_expression(chain(count))
    scale = [float(part) for part in re.findall(r"scale\(([\d.]+)\)", figure.svg)]
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', figure.content)]
    assert min(sizes) * min([1.0, *scale]) >= SMALLEST - 0.6
    assert f"Graph with {count} operation" in figure.alt


def boxes_of(figure):
    found = []
    for x, y, w, h in re.findall(
        r'<rect x="([-\d.]+)" y="([-\d.]+)" width="([\d.]+)" height="([\d.]+)" rx="6"',
        figure.content,
    ):
        found.append((float(x), float(y), float(x) + float(w), float(y) + float(h)))
    return found


def test_forty_nodes_do_not_overlap():
    rng = random.Random(3)
    made = [Var(float(n), name=f"x{n}") for n in range(8)]
    for _ in range(32):
        made.append(Var(rng.random(), tuple(rng.sample(made[-12:], 2))))
    figure = draw.draw_expression(Var(1.0, tuple(made[-6:]), name="out"))
    boxes = boxes_of(figure)
    assert len(boxes) > 20
    for place, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart = other[0] >= right or other[2] <= left or other[1] >= bottom or other[3] <= top
            assert apart


def test_expression_errors():
    with pytest.raises(TypeError, match="of type int, which has none"):
        draw.draw_expression(3)
    with pytest.raises(ValueError, match="can't be read"):
        draw.draw_expression(chain(400))
    loop = Var(1.0, (Var(1.0),))
    loop.history.inputs = (loop,)
    with pytest.raises(ValueError, match="cycle"):
        draw.draw_expression(loop)


def test_layout_keeps_distance():
    from minitorch.draw.layers import layers, settle

    assert layers([[], [0], [], [1, 2]]) == [0, 1, 1, 2]
    assert settle([0, 0, 0, 10], [2, 2, 2]) == [-2, 0, 2, 10]
    assert settle([5, 1], [0]) == [3, 3]


def test_backprop_steps():
    alts = [draw.backprop(step).alt for step in range(7)]
    assert "the derivative of f in itself is 1" in alts[0]
    assert "Waiting in the dictionary: f: 1." in alts[0]
    assert "Waiting in the dictionary: z: 7.89." in alts[3]
    assert "Leaves that have their derivative: none" in alts[4]
    assert "Waiting in the dictionary: nothing." in alts[6]
    assert "x: 31.6" in alts[6]
    assert "y: 3.94" in alts[6]
    with pytest.raises(ValueError, match="steps 0 to 6, not 7"):
        draw.backprop(7)


def test_backpropagation_of_traced_numbers():
    a, b = draw.TracedNumber(3, "a"), draw.TracedNumber(2, "b")
    alts = [draw.draw_backprop((a + b) * a, step).alt for step in range(5)]
    # a is used twice: its two shares are added before its turn comes.
    assert "Mul takes 1 and passes 3 to result 1 and 5 to a." in alts[1]
    assert "Add takes 3 and passes 3 to a (now 8) and 3 to b." in alts[2]
    assert "a is a leaf and keeps 8." in alts[3]
    assert "Leaves that have their derivative: a: 8, b: 3" in alts[4]


@pytest.mark.task1_4
def test_gradients_are_those_of_backward():
    scalar = pytest.importorskip("minitorch.scalar")
    x, z = scalar.Scalar(2.0, name="x"), scalar.Scalar(3.0, name="z")
    y = x * z + x
    alt = draw.draw_expression(y, derivatives=True, gradients=True).alt
    assert x.derivative is None  # drawing changes nothing
    y.backward()
    assert f"x {x.derivative:g}" in alt
    assert f"z {z.derivative:g}" in alt
    assert "Local derivatives: ×3 to x, ×2 to z" in alt


# Tensors

np = pytest.importorskip("numpy")


def test_tensor_words():
    alt = draw.draw_tensor([[1, 2.5], [3, 4]], highlight=(0, 1), name="a", storage=True).alt
    assert "a of shape (2, 2), strides (2, 1): 1 2.50; 3 4." in alt
    assert "Highlighted: [0, 1] = 2.50." in alt
    assert "Storage: 1 2.50 3 4." in alt
    cube = draw.draw_tensor(np.arange(18.0).reshape(2, 3, 3), highlight=(0, 1, 2)).alt
    assert "shape (2, 3, 3), strides (9, 3, 1)" in cube
    assert "[0, 1, 2] = 5" in cube


def test_strides_of_a_view():
    turned = np.arange(10.0).reshape(2, 5).T
    alt = draw.draw_storage(turned).alt
    assert "strides (1, 5)" in alt
    assert "positions 0 5; 1 6; 2 7; 3 8; 4 9" in alt
    assert "Storage: 0 1 2 3 4 5 6 7 8 9." in alt
    part = draw.draw_storage(np.arange(10.0).reshape(2, 5)[:, 1:3]).alt
    assert "Storage: 1 2 6 7." in part
    alt = draw.draw_strides(turned).alt
    assert (
        "dimension 0 goes from [0, 0] to [1, 0], in the storage from 0 to 1, a stride of 1" in alt
    )
    assert (
        "dimension 1 goes from [0, 0] to [0, 1], in the storage from 0 to 5, a stride of 5" in alt
    )


def test_tensor_data_is_read_by_its_own_strides():
    tensor_data = pytest.importorskip("minitorch.tensor_data")
    data = tensor_data.TensorData([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], (3, 2), (1, 3))
    assert "shape (3, 2), strides (1, 3): 1 4; 2 5; 3 6." in draw.draw_tensor(data).alt


def test_operation_words():
    alt = draw.draw_map(lambda t: -t, np.arange(3.0), name="neg", index=(1,)).alt
    assert "1 at [1] becomes −1" in alt
    alt = draw.draw_zip(np.add, np.ones((2, 3)), np.arange(3.0), index=(1, 2)).alt
    assert "The second input is broadcast from (3,) to (2, 3)." in alt
    assert "at [1, 2]: 1 and 2 become 3" in alt
    alt = draw.draw_reduce(lambda t: t.sum(0), np.arange(6.0).reshape(3, 2), 0, index=(1,)).alt
    assert "Highlighted: 1, 3, 5 become 9 at [1]" in alt
    alt = draw.draw_matmul([[1, 2]], [[3], [4]]).alt
    assert "1·3 + 2·4 = 11" in alt
    alt = draw.draw_conv1d([1, 2, 3, 4, 5, 6], [5, 2, 3], index=4).alt
    assert "18 28 38 48 37 30" in alt and "5·5 + 2·6 + 3·0 = 37" in alt
    alt = draw.draw_conv1d([1, 0, 2], [5, 2, 3], index=2, reverse=True).alt
    assert "up to 2" in alt and "5·2 + 2·0 + 3·1 = 13" in alt
    alt = draw.draw_conv2d([[1, 2], [3, 4]], [[1, 2], [3, 4]], index=(0, 1)).alt
    assert "1·2 + 2·0 + 3·4 + 4·0 = 14" in alt
    alt = draw.draw_gradients(np.ones((3, 2)), [np.full(2, 3.0)], index=(0, 1)).alt
    assert "It gets it at [1], summed with 2 more." in alt


def test_broadcast_words():
    alt = draw.draw_broadcast((2, 3, 1), (7, 2, 1, 5)).alt
    assert "The result has shape (7, 2, 3, 5)." in alt
    rules = re.findall("missing|equal|stretch|clash", draw.draw_broadcast((5, 3, 2), (1, 2)).svg)
    assert rules == ["missing", "stretch", "equal"]
    assert "clash</tspan>" in draw.draw_broadcast((5, 3), (5,)).svg
    alt = draw.draw_broadcast((5, 3), (5,)).alt
    assert "3 and 5 clash" in alt
    assert "can't be broadcast" in alt
    assert "The result has shape (5, 3)." in draw.draw_broadcast(np.ones((5, 3)), (1, 3)).alt


TENSORS = {
    "large": lambda: draw.draw_tensor(np.arange(784.0).reshape(28, 28)),
    "number": lambda: draw.draw_tensor(3.0),
    "odd": lambda: draw.draw_tensor([math.nan, math.inf, -1e9, 1e-9, -0.0]),
    "storage": lambda: draw.draw_storage(np.arange(24.0).reshape(2, 3, 4), highlight=(1,)),
    "strides": lambda: draw.draw_strides(np.arange(24.0).reshape(2, 3, 4), (0, 1, 1)),
    "long stride": lambda: draw.draw_strides(np.arange(24.0).reshape(2, 12), (0, 9)),
    "longest stride": lambda: draw.draw_strides(np.arange(24.0).reshape(2, 12), (0, 6)),
    "map": lambda: draw.draw_map(np.negative, np.arange(6.0).reshape(2, 3)),
    "zip": lambda: draw.draw_zip(np.add, np.ones((2, 3, 4)), np.ones((3, 1))),
    "reduce": lambda: draw.draw_reduce(np.sum, np.arange(4.0), None),
    "matmul": lambda: draw.draw_matmul(np.ones((3, 8)), np.ones((8, 4))),
    "conv1d": lambda: draw.draw_conv1d(np.ones((2, 8)), np.ones((3, 2, 3)), index=(2, 7)),
    "conv2d": lambda: draw.draw_conv2d(np.ones((4, 5)), np.ones((2, 2)), reverse=True),
    "broadcast": lambda: draw.draw_broadcast((2, 1), (3,), (4, 1, 1)),
    "gradients": lambda: draw.draw_gradients([[1.0, 2.0]], [[[1.0, 2.0]] * 3]),
}


def cut_off(figure):
    """The labels that leave the panel on its left or right."""
    found = []

    def walk(element, x, scale):
        for move, factor in re.findall(
            r"(?:translate\(([-\d.]+)|scale\(([-\d.]+))", element.get("transform", "")
        ):
            x, scale = (x + scale * float(move), scale) if move else (x, scale * float(factor))
        if element.tag == f"{SVG}text":
            words, size = "".join(element.itertext()), float(element.get("font-size", ""))
            wide = width_of(words, size, mono="Mono" in element.get("font-family", ""))
            share = {"start": 0.0, "middle": 0.5, "end": 1.0}[element.get("text-anchor", "start")]
            left = x + scale * (float(element.get("x", "")) - share * wide)
            if left < 0 or left + scale * wide > 640:
                found.append(words)
        for child in element:
            walk(child, x, scale)

    walk(ElementTree.fromstring(figure.svg), 0.0, 1.0)
    return found


@pytest.mark.parametrize("name", list(TENSORS))
def test_tensor_pictures_can_be_read(name):
    figure = TENSORS[name]()
    assert figure.svg == TENSORS[name]().svg
    assert ElementTree.fromstring(figure.svg).get("role") == "img"
    assert all(
        float(size) >= SMALLEST for size in re.findall(r'font-size="([\d.]+)"', figure.content)
    )
    assert figure.view[2] <= 640
    assert len(figure.svg) < 60_000
    assert cut_off(figure) == []


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: draw.draw_tensor([[1, 2], [3]]), ValueError, "have one length"),
        (lambda: draw.draw_tensor("abc"), TypeError, "holds numbers, not str"),
        (lambda: draw.draw_tensor(np.ones((1, 1, 1, 1))), ValueError, "up to 3 dimensions"),
        (lambda: draw.draw_tensor(np.ones((0, 2))), ValueError, "no cell"),
        (lambda: draw.draw_tensor([1, 2], highlight=(5,)), IndexError, r"\[5\] isn't in"),
        (lambda: draw.draw_tensor([1, 2], highlight={0: "red"}), ValueError, "role is one of"),
        (lambda: draw.draw_strides([[1, 2]], (0,)), IndexError, "has 2 numbers"),
        (lambda: draw.draw_map(lambda t: t.sum(), np.ones(2)), ValueError, "keeps the shape"),
        (lambda: draw.draw_zip(lambda a, b: a, np.ones(2), np.ones(3)), ValueError, "be spread"),
        (lambda: draw.draw_reduce(np.sum, np.ones((2, 2)), 2), ValueError, "no dimension 2"),
        (lambda: draw.draw_reduce(lambda t: t, np.ones((2, 2)), 0), ValueError, "Reducing"),
        (lambda: draw.draw_matmul(np.ones((2, 3)), np.ones((2, 3))), ValueError, "needs shapes"),
        (lambda: draw.draw_conv1d(np.ones(6), np.ones((2, 3))), ValueError, r"\(6,\) and \(2, 3\)"),
        (lambda: draw.draw_conv1d(np.ones(6), np.ones(3), index=6), IndexError, "isn't in"),
        (lambda: draw.draw_conv2d(np.ones(6), np.ones((2, 3))), ValueError, "two dimensions"),
        (lambda: draw.draw_broadcast((2, 3)), ValueError, "two shapes or more"),
        (lambda: draw.draw_broadcast((2, 3), 4), TypeError, "tuple of whole numbers"),
        (lambda: draw.draw_gradients([1.0], []), ValueError, "0 gradients"),
        (lambda: draw.draw_operation(np.ones(2)), TypeError, "remembers no operation"),
    ],
)
def test_bad_tensors(make, error, says):
    with pytest.raises(error, match=says):
        make()


@pytest.mark.task2_3
def test_operation_of_a_tensor():
    tensor = pytest.importorskip("minitorch.tensor_functions").tensor
    a = tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    b = tensor([10.0, 20.0, 30.0], requires_grad=True)
    alt = draw.draw_operation(a * b, index=(1, 2)).alt
    assert "Highlighted: 180 at [1, 2]" in alt
    assert "Input 2" not in draw.draw_operation(a.sum(1)).alt
    assert "Inputs: x1 = (2, 3), x2 = (3,)" in draw.draw_expression(a * b).alt


def test_long_titles_break_outside_formulas():
    title = "a long title with $f(x) = \\sin x + 2 \\cos x$ and $g'(x)$ in it"
    curve = draw.plot_function(title, math.sin)
    assert draw.panels([curve, curve, curve]).alt.count("f(x) = sin x + 2 cos x") == 6


# Threads, blocks and tiles


def test_thread_words():
    alt = draw.draw_threads(3, 4, 10, highlight=(1, 2)).alt
    assert "12 threads. The data has size 10: 10 threads have work, 2 are beyond it" in alt
    assert "1 is beyond it" in draw.draw_threads(3, 4, 11).alt
    assert "global index: x = 1·4 + 2 = 6." in alt
    alt = draw.draw_threads((1, 3), (4, 3), (3, 8)).alt
    assert "(1, 3) blocks of (4, 3) threads: 36 threads." in alt
    assert "24 threads have work, 12 are" in alt
    assert "24 threads" in draw.draw_threads(2, (2, 2, 3)).alt
    alt = draw.draw_memory(2, 4, 7).alt
    assert "2 blocks of 4 threads. Each thread has variables of its own." in alt
    assert "a shared array of 4 cells" in alt
    assert "the 7 cells of global memory" in alt


@pytest.mark.parametrize("halves", [True, False])
def test_sum_tree_words(halves):
    alt = draw.draw_sum_tree([3, 1, 4, 1, 5, 9, 2, 6], halves=halves).alt
    assert "step 3 adds cells" in alt
    assert "leaves 31. 7 additions, 3 steps." in alt


def test_tile_words():
    alt = draw.draw_tiles((5, 7), (7, 4), 2, block=(2, 1), step=3).alt
    assert "makes rows 4 and columns 2 to 3 of the product" in alt
    assert "In step 4 of 4 it holds rows 4 and columns 6 of a" in alt


def test_results_words():
    alt = draw.draw_results(4, 3, thread=(1, 2), step=3).alt
    assert "makes 12 × 12 results. Thread (1, 2) makes 9 of them" in alt
    assert "rows 2, 6, 10 and columns 1, 5, 9. At step 3" in alt
    assert "6 reads for 9 multiplications" in alt


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: draw.draw_results(16, 4), ValueError, "can't be seen"),
        (lambda: draw.draw_results(2, 4, thread=(0, 2)), ValueError, "no thread"),
        (lambda: draw.draw_results(2, 4, step=2), ValueError, "at step 2"),
        (lambda: draw.draw_threads(0, 4), ValueError, "above 0"),
        (lambda: draw.draw_threads(100, 100), ValueError, "too many to be seen"),
        (lambda: draw.draw_memory(2, 0), ValueError, "above 0"),
        (lambda: draw.draw_memory(9, 9), ValueError, "too many to be seen"),
        (lambda: draw.draw_threads(1, 4, (2, 2)), ValueError, "as many as the launch"),
        (lambda: draw.draw_threads(2, 4, highlight=(2, 0)), IndexError, "no block"),
        (lambda: draw.draw_sum_tree([1, 2, 3]), ValueError, "not 3"),
        (lambda: draw.draw_tiles((2, 3), (2, 3), 2), ValueError, "shapes"),
        (lambda: draw.draw_tiles((2, 2), (2, 2), 2, step=1), ValueError, "steps 0 to 0"),
    ],
)
def test_bad_launches(make, error, says):
    with pytest.raises(error, match=says):
        make()


def test_the_axes_of_points_can_be_named() -> None:
    data = SimpleNamespace(X=[(0.0, 0.2), (1.0, 0.8)], y=[0, 1])
    drawn = [
        draw.plot_points(data, "Moved", names=("$h_1$", "up")),
        draw.plot_boundary(lambda x1, x2: x1 - 0.5, data, "Moved", names=("$h_1$", "up")),
    ]
    for figure in drawn:
        assert "h1 from 0 to 1, up from 0.2 to 0.8" in figure.desc


def test_words_beside_places_are_drawn_and_said():
    bare = draw.plot_function("$x^2$", lambda x: x * x, points=[(0, 0), (4, 16)])
    named = MAKERS["named points"]()
    assert len(named.svg) > len(bare.svg)
    assert "Marked: low (0, 0) and high (4, 16)." in named.desc
    assert "Named: here at (0.2, 0.5)." in MAKERS["named places"]().desc
