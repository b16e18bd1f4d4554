"""The README tells the truth: its picture is the front page's, its files and commands exist."""

import json
import re

from grading.paths import ROOT
from grading.site.filter import figures

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROSE = re.sub(r"^```.*?^```", "", README, flags=re.MULTILINE | re.DOTALL)


def test_the_picture_is_the_front_pages():
    cells = json.loads((ROOT / "nbs/index.ipynb").read_text(encoding="utf-8"))["cells"]
    (svg,) = [svg for cell in cells for svg in figures(cell)]
    assert (ROOT / "assets/pipeline.svg").read_text(encoding="utf-8").strip() == svg.strip()


def test_every_link_leads_to_a_file():
    for link in re.findall(r"\]\(([^)#]+)", PROSE):
        if not link.startswith("http"):
            assert (ROOT / link).exists(), f"README links to {link}, which isn't there"


def test_every_command_of_make_exists():
    targets = set(
        re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = set(re.findall(r"`?make ([a-z]+)`?", README))
    assert named <= targets, f"README names {sorted(named - targets)}"


def test_it_credits_those_it_learnt_from():
    for name in ("Rush", "Gao", "Abilov", "Gokaslan", "TinyTorch"):
        assert name in README
