"""The README tells the truth: its picture is the front page's, its files and commands exist."""

import json
import re

from grading.paths import ROOT
from grading.site.filter import figures

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROSE = re.sub(r"^```.*?^```", "", README, flags=re.MULTILINE | re.DOTALL)


PICTURES = {
    "assets/learning.svg": ("nbs/index.ipynb", "learning"),
    "assets/pipeline.svg": ("nbs/index.ipynb", "pipeline"),
    "assets/gallery/backpropagation.svg": (
        "nbs/guides/module1/04_backpropagation.ipynb",
        "step-4",
    ),
    "assets/gallery/broadcasting.svg": ("nbs/guides/module2/02_broadcasting.ipynb", "picture"),
    "assets/gallery/strides.svg": ("nbs/guides/module2/01_tensors.ipynb", "strides-arrows"),
    "assets/gallery/launch.svg": ("nbs/guides/module3/04_cuda_shared.ipynb", "launch-picture"),
}


def test_each_picture_is_one_of_the_course():
    assert set(re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)) == set(PICTURES)
    for name, (page, cell_id) in PICTURES.items():
        cells = json.loads((ROOT / page).read_text(encoding="utf-8"))["cells"]
        (cell,) = [cell for cell in cells if cell["id"] == cell_id]
        drawn = [svg.strip() for svg in figures(cell)]
        assert (ROOT / name).read_text(encoding="utf-8").strip() in drawn, name


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
