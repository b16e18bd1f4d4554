"""The look of the site, measured: each pair of colours that meets, light, dark and in figures."""

import json
import re
from itertools import product

import pytest
import yaml

from grading.paths import ROOT
from grading.project.notebooks import notebooks
from grading.site.filter import figures
from grading.tests.site.made import THEME
from minitorch.draw.figure import DARK, PALETTE, TINT, contrast

TEXT = THEME.read_text(encoding="utf-8")


def part(pattern: str, text: str = TEXT) -> str:
    """The first group of a pattern that must be there."""
    match = re.search(pattern, text, re.DOTALL)
    assert match, pattern
    return match[1]


LIGHT, NIGHT = (
    dict(re.findall(r"--([\w-]+): (#\w{6});", part(rule + r" \{(.*?)\n\}")))
    for rule in (r":root", r"body\.quarto-dark")
)
WORDS = ["ink", "soft", "accent"]
CODE = [name for name in LIGHT if name.startswith(("code-", "ansi-"))]
LEAST = 4.5


@pytest.mark.parametrize("colours", [LIGHT, NIGHT], ids=["light", "dark"])
def test_what_is_read_stands_out(colours):
    # Inline code and code blocks lie on `raised`, links and labels on the page or on a card,
    # results and tracebacks on the page.
    pairs = [
        *product(WORDS, ["paper", "raised", "accent-tint"]),
        *product(CODE, ["paper", "raised"]),
    ]
    pairs += [("paper", "accent")]  # the button
    for text, ground in pairs:
        measured = contrast(colours[text], colours[ground])
        assert measured >= LEAST, f"{text} on {ground}: {measured:.2f}"


def test_dark_has_every_colour_that_light_has():
    assert set(LIGHT) == set(NIGHT)
    assert contrast(NIGHT["ink"], NIGHT["paper"]) > 10


def test_the_active_page_differs_from_the_others_by_more_than_colour():
    rule = part(r"\.sidebar-item \.active,.*?\{(.*?)\}")
    assert "font-weight" in rule and "background-color" in rule


def turned(color: str) -> str:
    """What the style sheet's filter makes of a colour in the dark.

    Source: the matrix of hue-rotate in the Filter Effects Module, for 180 degrees.
    """
    amount = float(part(r"filter: invert\(([\d.]+)\) hue-rotate\(180deg\)"))
    channels = [int(color[place : place + 2], 16) for place in (1, 3, 5)]
    inverted = [channel * (1 - 2 * amount) + 255 * amount for channel in channels]
    weights = (0.213, 0.715, 0.072)
    grey = sum(w * c for w, c in zip(weights, inverted, strict=True))
    rotated = [min(255, max(0, round(2 * grey - c))) for c in inverted]
    return "#" + "".join(f"{c:02x}" for c in rotated)


def test_a_figures_panel_has_the_colour_of_the_page_in_the_dark():
    assert turned("#FFFFFF").lower() == NIGHT["paper"]


def test_the_roles_stay_legible_and_apart_in_the_dark():
    for role in PALETTE:
        assert contrast(turned(DARK[role]), turned("#FFFFFF")) >= LEAST, role
        if role != "ink":
            assert contrast(turned(DARK[role]), turned(TINT[role])) >= LEAST, role
    # Hues stay: blue is bluest in blue, vermilion reddest in red.
    blue, red = turned(PALETTE["value"]), turned(PALETTE["gradient"])
    assert int(blue[5:7], 16) > int(blue[1:3], 16)
    assert int(red[1:3], 16) > int(red[5:7], 16)


def test_text_of_every_stored_figure_is_legible_in_the_dark():
    ground = turned("#FFFFFF")
    for path in notebooks(ROOT):
        fills: set[str] = set()
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for svg in figures(cell):
                fills |= set(re.findall(r'<text[^>]*fill="(#\w{6})"', svg))
        for fill in fills - {"#FFFFFF", "#ffffff"}:
            assert contrast(turned(fill), ground) >= LEAST, f"{path.name}: {fill}"


def test_the_style_sheet_is_one_and_asks_nobody():
    config = yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))
    theme = config["format"]["html"]["theme"]
    ours = {name for mode in theme.values() for name in mode if name.endswith(".scss")}
    assert ours == {THEME.relative_to(ROOT).as_posix()}
    assert config["format"]["html"]["respect-user-color-scheme"] is True
    assert "$web-font-path: false" in TEXT
    assert "http" not in TEXT and "@import" not in TEXT


def test_below_the_first_lines_it_is_plain_css():
    rules = TEXT.partition("/*-- scss:rules --*/")[2]
    assert rules
    assert not re.search(r"^\s*(\$|@(if|include|mixin|each|function|extend|use))", rules, re.M)
    assert rules.count("{") == rules.count("}")


def test_formulas_are_drawn_by_files_of_our_own():
    folder = ROOT / "assets" / "katex"
    sheet = (folder / "katex.min.css").read_text(encoding="utf-8")
    named = set(re.findall(r"url\(([^)]+)\)", sheet))
    assert named and all((folder / name).is_file() for name in named)
    assert (folder / "LICENSE").is_file() and (folder / "katex.min.js").is_file()
    version = part(r"KaTeX (\d+\.\d+\.\d+)", (folder / "README.md").read_text("utf-8"))
    assert f'version:"{version}"' in (folder / "katex.min.js").read_text("utf-8")
    for name in ("_quarto.yml", "nbs/slides/_metadata.yml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "method: katex" in text and "url: /assets/katex/" in text


def test_a_line_has_about_seventy_characters():
    width = float(part(r"main\.content \{[^}]*max-width: ([\d.]+)rem"))
    size = float(part(r"main\.content \{[^}]*font-size: ([\d.]+)rem"))
    # A letter of a sans serif takes half its size, a little more in wide ones.
    assert 65 <= width / (size * 0.525) <= 78
