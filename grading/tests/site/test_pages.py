"""Pages made before rendering, the glossary and the bibliography: whole, linked and in order."""

import json
import re
import subprocess
import sys

import pytest

from grading.course.guides import load_course
from grading.course.regions import task_label
from grading.paths import ROOT
from grading.project.notebooks import notebooks
from grading.release.leaks import search, secrets
from grading.site.filter import figures, text_of
from grading.site.pages import guides, make, paragraphs, things
from grading.site.prose import for_the_site, with_card, with_languages
from grading.tests.site.test_site import anchors, markdown_of

REFERENCES = (ROOT / "nbs" / "references.bib").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    make(ROOT, folder)
    return {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in folder.rglob("*.qmd")}


def test_every_task_of_the_course_is_listed_once(made):
    wanted = {task_label(task.id) for task in load_course(ROOT).tasks if task.notebook}
    named = re.findall(r"^\| \[(.*?)\]\(", made["tasks.qmd"], re.MULTILINE)
    assert len(named) == len(set(named))
    assert wanted <= set(named)


def test_every_figure_of_the_guides_is_listed_with_its_number(made):
    text = made["figures.qmd"]
    for path in guides(ROOT):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        count = sum(len(figures(c)) for c in cells if c["cell_type"] == "code")
        to = f"../{path.relative_to(ROOT).as_posix()}#"
        numbers = [line.partition(". ")[0] for line in text.splitlines() if f"]({to}" in line]
        assert numbers == [str(n) for n in range(1, count + 1)], path.name


def test_links_of_made_pages_lead_to_notebooks(made):
    for name, text in made.items():
        up = (ROOT / "pages" / name).parent
        for target, anchor in re.findall(r"\]\(([^)#\s]+\.ipynb)(?:#([\w-]+))?\)", text):
            path = (up / target).resolve()
            assert path.is_file(), f"{name}: {target}"
            if anchor and anchor.startswith("cell-"):
                ids = {c["id"] for c in json.loads(path.read_text("utf-8"))["cells"]}
                assert anchor.removeprefix("cell-") in ids, f"{name}: {anchor}"
            elif anchor:
                assert anchor in anchors(path), f"{name}: {anchor}"


def test_the_reference_says_where_each_thing_is_built(made):
    text = made["api/minitorch.scalar_functions.qmd"]
    assert "## `Mul`" in text and "class Mul(ScalarFunction)" in text
    assert "Built in [Scalars](../../nbs/guides/module1/02_scalar.ipynb#cell-mul)." in text
    assert "Given in" in made["api/minitorch.optim.qmd"]
    assert "[minitorch.optim](api/minitorch.optim.qmd)" in made["api.qmd"]


def test_the_reference_shows_no_line_of_a_solution(made):
    wanted = secrets(load_course(ROOT))
    for name, text in made.items():
        assert not search(text.encode(), name, wanted), name


def test_private_and_silent_things_have_no_entry(tmp_path):
    (tmp_path / "a.py").write_text(
        'class A:\n    """An A."""\n\n    def run(self): ...\n\n    def say(self, x: int) -> str:\n'
        '        """Say."""\n\ndef _hidden():\n    """No."""\n\nasync def wait(): ...\n',
        encoding="utf-8",
    )
    found = {thing.name: thing.signature for thing in things(tmp_path / "a.py")}
    assert found == {"A": "class A", "A.say": "def say(self, x: int) -> str", "wait": "def wait()"}


def test_a_docstring_is_text_and_its_sections_stand_as_they_are():
    text = paragraphs("Costs $5 @ x.\n\nMore.\n\nArgs:\n    x: One.\n")
    assert text.startswith("Costs \\$5 \\@ x.\n\nMore.")
    assert text.endswith("```default\nArgs:\n    x: One.\n```")


def test_quarto_can_start_it_with_the_standard_library_alone():
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", "import grading.site.pages, grading.site.finish"],
        cwd=ROOT, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


# The glossary and the bibliography


def test_the_glossary_is_in_order_and_has_the_words_that_are_mixed_up():
    text = markdown_of(ROOT / "nbs" / "glossary.ipynb")
    words = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert words == sorted(words, key=str.lower)
    assert set(words) >= {
        "d", "d_output", "deriv", "derivative", "grad", "total loss", "mean loss", "leaf",
        "constant", "result",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("guide", "words"),
    [
        ("module1/02_scalar", ["leaf", "constant", "history"]),
        ("module1/04_backpropagation", ["topological-order"]),
        ("module1/05_training", ["total-loss"]),
        ("module2/01_tensors", ["strides"]),
    ],
)
def test_guides_link_the_words_where_they_come_up(guide, words):
    text = markdown_of(ROOT / "nbs" / "guides" / f"{guide}.ipynb")
    for word in words:
        assert f"(../../glossary.ipynb#{word})" in text, word


def test_the_bibliography_lists_what_the_guides_recommend():
    page = markdown_of(ROOT / "nbs" / "bibliography.ipynb")
    guides_text = "\n".join(markdown_of(p) for p in notebooks(ROOT) if "guides" in p.parts)
    entries = re.findall(r"^@\w+\{(\w+), .*\}$", REFERENCES, re.MULTILINE)
    assert len(entries) == len(set(entries)) == REFERENCES.count("\n@") + 1
    for address in re.findall(r"url = \{([^}]*)\}", REFERENCES):
        assert f"]({address})" in page, address
        assert address in guides_text, f"{address} is recommended nowhere"
    assert len(re.findall(r"^- ", page, re.MULTILINE)) == len(entries)


# Cards, languages, buttons


CARD = "## Task 0.1: x\n\n| Task 0.1 | 30 points |\n|---|---|\n| **write** | a | \n\nText."


def test_a_card_gets_a_frame_and_columns():
    text = with_card(CARD)
    assert "::: {.task-card}\n\n| Task 0.1 | 30 points |\n|---|------------|\n" in text
    assert text.count(":::") == 2 and text.endswith("Text.")
    assert with_card("| a | b |\n|---|---|\n| c | d |") == "| a | b |\n|---|---|\n| c | d |"


def test_every_card_of_the_course_is_found():
    count = sum(markdown_of(p).count("| **difficulty** |") for p in guides(ROOT))
    framed = sum(with_card(markdown_of(p)).count("{.task-card}") for p in guides(ROOT))
    assert count == framed > 20


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("```\ngit clone a\n```", "```bash"),
        ("```\n!pip install a\n```", "```bash"),
        ("```\nNotImplementedError: a\n```", "```default"),
        ("```text\na\n```", "```default"),
        ("```python\na\n```", "```python"),
        ("````\n```\na\n```\n````", "````default"),
    ],
)
def test_fences_get_a_language_and_their_text_stays(text, first):
    lines = with_languages(text).splitlines()
    assert lines[0] == first
    assert lines[1:] == text.splitlines()[1:]
    assert with_languages(with_languages(text)) == with_languages(text)


def test_every_fence_of_every_page_names_its_language():
    for path in notebooks(ROOT):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                text = with_languages(text_of(cell["source"]))
                fences = re.findall(r"^ *```(.*)$", text, re.MULTILINE)
                assert all(fences[::2]), f"{path.name}, {cell['id']}"
                assert not any(fences[1::2])


def test_a_bold_link_alone_is_a_button_and_hints_are_marked():
    assert for_the_site("[**Begin**](a.ipynb)") == "[Begin](a.ipynb){.button-begin}"
    assert for_the_site("See [**it**](a.ipynb) now.") == "See [**it**](a.ipynb) now."
    hint = "<details>\n<summary>Hint 1: a nudge</summary>\n\nx\n</details>"
    assert for_the_site(hint).startswith('<details class="hint">')
    other = hint.replace("Hint 1: a nudge", "The answer")
    assert for_the_site(other) == other
    page = markdown_of(ROOT / "nbs" / "index.ipynb")
    assert for_the_site(page).count("{.button-begin}") == 1
