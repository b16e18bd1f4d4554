"""The site, as far as it can be tested without Quarto: filter, pages, links, alternative text."""

import json
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest
import yaml

from grading.course.figures import alt_text, walk
from grading.course.guides import load_course
from grading.course.notebooks import shared
from grading.paths import CHECKS, ROOT
from grading.release.leaks import search, secrets
from grading.site.filter import (
    ALT,
    DIRECTIVE,
    MARK,
    OPTION,
    STUB,
    figures,
    filter_notebook,
    shortened,
    text_of,
)
from minitorch.draw.figure import contrast

PAGES = shared(ROOT)
SVG = '<svg><title id="t">A line</title><desc id="d">It rises from 0 &amp; ends at 4.</desc></svg>'


def code(source, outputs=(), **metadata):
    return dict(
        cell_type="code",
        id="c",
        metadata=metadata,
        execution_count=None,
        source=source.splitlines(keepends=True),
        outputs=list(outputs),
    )


def figure(svg=SVG):
    return dict(output_type="display_data", metadata={}, data={"image/svg+xml": [svg]})


def notebook(*cells):
    return dict(cells=list(cells), metadata={}, nbformat=4, nbformat_minor=5)


def shown(cell, solutions=False):
    cells = filter_notebook(notebook(cell), solutions)["cells"]
    cells = [each for each in cells if not each["id"].startswith("caption-")]
    return text_of(cells[0]["source"]) if cells else ""


SOLUTION = '''#| export
def double(x: float) -> float:
    """Twice x."""
    # BEGIN SOLUTION task0_1
    return 2 * x
    # END SOLUTION
'''


def test_a_solution_becomes_a_stub():
    text = shown(code(SOLUTION))
    assert "2 * x" not in text
    assert "Task 0.1" in text
    assert "SOLUTION" not in text


def test_the_instructors_page_keeps_the_solution_without_its_markers():
    text = shown(code(SOLUTION), solutions=True)
    assert "return 2 * x" in text
    assert "SOLUTION" not in text


def test_a_solution_cells_outputs_go():
    cell = code(SOLUTION, [dict(output_type="stream", name="stdout", text="4")])
    assert filter_notebook(notebook(cell))["cells"][0]["outputs"] == []


def test_an_answer_graded_by_hand_goes():
    marks = {"grade": True, "solution": True, "grade_id": "written-task0_5", "points": 5}
    cell = dict(
        cell_type="markdown", id="m", metadata={"nbgrader": marks}, source=["Because of x."]
    )
    assert shown(cell) == "*Write your answer here.*"
    assert shown(cell, solutions=True) == "Because of x."
    cell = code("x = 3", [figure()], nbgrader=marks)
    assert shown(cell).endswith("\n# Write your answer here.")
    assert "x = 3" in shown(cell, solutions=True)


def test_no_page_shows_a_line_of_a_solution():
    wanted = secrets(load_course(ROOT))
    for path in PAGES:
        page = filter_notebook(json.loads(path.read_text(encoding="utf-8")))
        found = search(json.dumps(page).encode(), path.name + ".json", wanted)
        assert not found, "\n".join(map(str, found))


def test_directives_go_and_quartos_options_stay():
    text = shown(code("#| export\n#| code-fold: true\nx = 1"))
    assert text == "#| code-fold: true\nx = 1"


@pytest.mark.parametrize("source", ["#| hide\nx = 1", "#| default_exp operators", "#|hide\nx"])
def test_cells_with_nothing_to_show_go(source):
    assert shown(code(source)) == ""


def options_of(text):
    lines = [line.removeprefix("#|") for line in text.splitlines() if line.startswith("#|")]
    return yaml.safe_load("\n".join(lines))


def test_a_figure_gives_the_image_its_alternative_text_and_a_caption():
    assert options_of(shown(code("draw()", [figure()]))) == {
        "fig-alt": "A line. It rises from 0 & ends at 4.",
        "fig-cap": "Figure 1. A line",
    }


def test_figures_are_counted_over_the_page_and_titles_are_no_markdown():
    svg = SVG.replace("A line", "x_1 * [$5]")
    page = notebook(code("a", [figure(), figure()]), code("b", [figure(svg)]))
    first, second = filter_notebook(page)["cells"]
    assert "fig-cap" not in options_of(text_of(first["source"])), "two figures in one cell"
    caption = options_of(text_of(second["source"]))["fig-cap"]
    assert caption == "Figure 3. x\\_1 \\* \\[\\$5\\]"
    front = dict(cell_type="raw", id="r", metadata={}, source=["---\n", "title: a\n", "---"])
    deck = filter_notebook(notebook(front, code("b", [figure()])))["cells"]
    assert "fig-cap" not in text_of(deck[1]["source"])


def test_a_long_text_is_cut_after_a_sentence_and_stands_whole_below():
    long = "It rises. " * 90
    page = filter_notebook(
        notebook(code("a", [figure(SVG.replace("It rises", long + "It rises"))]))
    )
    cell, below = page["cells"]
    alt = options_of(text_of(cell["source"]))["fig-alt"]
    assert len(alt) <= ALT and alt.endswith("below the figure.")
    assert text_of(below["source"]).count("It rises") == 91
    assert text_of(below["source"]).startswith('<details class="in-words">')


def test_a_tasks_cells_are_named_and_marked():
    mark = {"solution": True, "grade_id": "double"}
    check = {"grade": True, "solution": False, "grade_id": "test-task0_1"}
    card = dict(
        cell_type="markdown", id="m", metadata={},
        source=["| Task 0.1 | 5 points |\n", "|---|---|\n", "| **write** | `double` |"],
    )  # fmt: skip
    start = code("#| default_exp operators")
    page = filter_notebook(
        notebook(start, card, code(SOLUTION, nbgrader=mark), code("double(2)", nbgrader=check))
    )
    _, above, stub, over, test = map(text_of, (cell["source"] for cell in page["cells"]))
    assert above == "[Task 0.1 · your code · goes to `minitorch/operators.py`]{.task-label}"
    assert options_of(stub) == {"classes": "task-stub"}
    assert over == "[Task 0.1 · the check]{.task-label}"
    assert options_of(test)["classes"] == "task-check"


def test_a_long_stub_is_folded_under_its_names():
    mark = {"solution": True, "grade_id": "double"}
    long = SOLUTION + "\n".join(f"x{n} = {n}" for n in range(STUB))
    stub = options_of(shown(code(long, nbgrader=mark)))
    assert stub["code-fold"] is True and stub["code-summary"] == "Your cell: double"


def test_several_figures_give_a_list_by_place():
    printed = dict(output_type="stream", name="stdout", text="a")
    text = shown(code("draw()", [printed, figure(), printed, figure()]))
    alts = yaml.safe_load(text.splitlines()[0].removeprefix("#|"))["fig-alt"]
    assert [bool(alt) for alt in alts] == [False, True, True], "Quarto joins the two streams"


def test_a_figure_after_a_print_keeps_its_text():
    printed = dict(output_type="stream", name="stdout", text="a")
    text = shown(code("draw()", [printed, figure()]))
    assert "A line." in yaml.safe_load(text.splitlines()[0].removeprefix("#|"))["fig-alt"]


def test_the_page_gets_neither_nbgraders_marks_nor_ids_that_sections_have():
    cell = code("x = 1", nbgrader={"grade_id": "a", "points": 5}, tags=["raises-exception"])
    filtered = filter_notebook(notebook(cell))["cells"][-1]
    assert filtered["metadata"] == {}
    assert filtered["id"] == "cell-c"
    assert filter_notebook(notebook(filtered))["cells"] == [filtered], "twice is as once"


def test_something_that_is_no_notebook_is_refused_with_a_sentence():
    done = subprocess.run(
        [sys.executable, str(ROOT / "grading/site/filter.py")],
        input="not json",
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1
    assert "isn't a notebook" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_filter_runs_from_any_folder_with_the_standard_library_alone(tmp_path):
    done = subprocess.run(
        [sys.executable, "-S", "-E", str(ROOT / "grading/site/filter.py")],
        input=json.dumps(notebook(code(SOLUTION))),
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "2 * x" not in done.stdout


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_every_page_passes_the_filter(path):
    source = json.loads(path.read_text(encoding="utf-8"))
    for cell in filter_notebook(source)["cells"]:
        if cell["cell_type"] != "code":
            continue
        text = text_of(cell["source"])
        assert not MARK.search(text)
        bare = [x for x in text.splitlines() if DIRECTIVE.match(x) and not OPTION.match(x)]
        assert not bare, f"{cell['id']}: Quarto would stumble over {bare}"
        assert isinstance(cell["source"], list)


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_every_figure_has_alternative_text(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for svg in figures(cell):
            alt = alt_text(svg)
            assert len(alt) > 20, f"{cell['id']}: a figure says nothing of itself"
            assert alt[-1] in ".?!", f"{cell['id']}: its text isn't sentences"
        for output in cell.get("outputs", []):
            kinds = set(output.get("data", {}))
            pictures = kinds & {"image/png", "image/jpeg", "image/gif"}
            assert not pictures, f"{cell['id']}: a bitmap, which can't carry alternative text"
            stepper = walk(output.get("data", {}))
            assert stepper or "text/html" not in kinds, (
                f"{cell['id']}: HTML, as JupyterLab stores it; run jupyter execute --inplace"
            )
            frames = re.findall(r"<img ([^>]*)", stepper)
            assert bool(stepper) == bool(frames)
            for alt in (re.search(r'alt="([^"]{20,})"', frame) for frame in frames):
                assert alt, f"{cell['id']}: a step says nothing of itself"
        if cell["cell_type"] == "markdown":
            for alt in re.findall(r"!\[(.*?)\]\(", text_of(cell["source"])):
                assert alt.strip(), f"{cell['id']}: an image without alternative text"


def text_sizes(element, scale=1.0):
    """Yield the size of each label in a figure that is 640 px wide."""
    for factor in re.findall(r"scale\(([\d.]+)", element.get("transform", "")):
        scale *= float(factor)
    if element.tag.endswith("}text") and "font-size" in element.attrib:
        yield scale * float(element.get("font-size"))
    for child in element:
        yield from text_sizes(child, scale)


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_every_figure_can_be_read_on_light_and_on_dark(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for svg in figures(cell):
            root = ElementTree.fromstring(svg)
            sizes = list(text_sizes(root))
            assert min(sizes, default=12) >= 11.99, f"{cell['id']}: text of {min(sizes):.1f} px"
            panel = root.find("{*}rect")
            assert panel is not None and panel.get("fill") == "#FFFFFF", f"{cell['id']}: no panel"
            fills = set(re.findall(r'<text[^>]*fill="(#\w{6})"', svg))
            assert all(contrast(fill) >= 4.5 for fill in fills), f"{cell['id']}: pale text"


def config():
    return yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))


def listed(contents):
    for item in contents:
        if isinstance(item, str):
            yield item
        else:
            yield from [item["href"]] if "href" in item else []
            inner = item.get("contents", [])
            yield from [inner] if isinstance(inner, str) else listed(inner)


def sidebars():
    return {bar["id"]: list(listed(bar["contents"])) for bar in config()["website"]["sidebar"]}


def test_every_page_is_listed_and_every_listed_page_exists():
    navbar = set(listed(config()["website"]["navbar"]["left"]))
    in_sidebar = [name for names in sidebars().values() for name in names]
    assert len(in_sidebar) == len(set(in_sidebar)), "a page is listed twice"
    made = {name for name in in_sidebar if name.startswith("pages/")}
    assert made == {"pages/tasks.qmd", "pages/figures.qmd", "pages/api.qmd", "pages/api/*.qmd"}
    pages = {str(p.relative_to(ROOT)) for p in PAGES}
    assert set(in_sidebar) - made | navbar == pages
    # A deck has no way on, so it stands beside the course, not in it.
    assert {name for name in pages if name.startswith("nbs/slides/")} == navbar - set(in_sidebar)


def test_what_is_next_in_the_course_is_the_course():
    course, reference = sidebars()["course"], sidebars()["reference"]
    assert course[0] == "nbs/index.ipynb"
    assert not [name for name in course if name.startswith(("nbs/lib/", "nbs/slides/", "pages/"))]
    library = [n for n, name in enumerate(reference) if name.startswith("nbs/lib/")]
    others = [n for n, name in enumerate(reference) if not name.startswith("nbs/lib/")]
    assert max(others) < min(library), "the library's pages stand below"


def test_rendering_leaves_nothing_that_git_sees():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    # Quarto appends this very line unless it is there.
    assert {"/.quarto/", "/pages/", "_site/", "_site-instructor/"} <= set(ignored)


def test_the_deck_shows_its_code_and_names_nothing_that_a_student_lacks():
    deck = json.loads((ROOT / "nbs/slides/autodiff.ipynb").read_text(encoding="utf-8"))
    front = yaml.safe_load(text_of(deck["cells"][0]["source"]).strip().strip("-"))
    assert front["execute"] == {"enabled": False, "echo": True}
    assert "grading" not in text_of(deck["cells"][0]["source"])
    assert "../guides/" in front["format"]["revealjs"]["footer"]
    settings = yaml.safe_load((ROOT / "nbs/slides/_metadata.yml").read_text(encoding="utf-8"))
    filters = settings["format"]["revealjs"]["ipynb-filters"]
    assert all((ROOT / "nbs/slides" / name).is_file() for name in filters)
    for cell in deck["cells"]:
        source = text_of(cell["source"])
        if "{.notes}" in source:
            assert "{.notes}\n**For the lecturer.** " in source, cell["id"]


def test_the_root_leads_to_the_front_page():
    assert config()["project"]["post-render"] == "grading/site/finish.py"
    assert config()["project"]["pre-render"] == "grading/site/pages.py"
    # Without an index.html of its own the site sends its visitors to the page rendered first.
    assert config()["project"]["render"][0] == "nbs/index.ipynb"
    assert not (ROOT / "index.qmd").exists()


def alternatives_of(cell):
    texts = [shortened(alt_text(svg)) for svg in figures(cell)]
    assert all(1 <= len(text) <= ALT for text in texts)
    return texts


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_every_cells_options_are_yaml_that_quarto_knows(path):
    for cell in filter_notebook(json.loads(path.read_text(encoding="utf-8")))["cells"]:
        if cell["cell_type"] != "code":
            continue
        lines = text_of(cell["source"]).splitlines()
        head = [line for line in lines if line.startswith("#|")]
        assert lines[: len(head)] == head, f"{cell['id']}: options stand before the code"
        options = yaml.safe_load("\n".join(line.removeprefix("#|") for line in head)) or {}
        known = {"echo", "classes", "code-fold", "code-summary", "fig-alt", "fig-cap"}
        assert set(options) <= known, cell["id"]
        assert isinstance(options.get("echo", True), bool)
        assert isinstance(options.get("code-fold", True), bool)
        said = options.get("fig-alt", "")
        said = said if isinstance(said, list) else [said] if said else []
        assert [text for text in said if text] == alternatives_of(cell), cell["id"]


def test_the_instructors_profile_adds_a_filter_and_changes_the_folder():
    profile = yaml.safe_load((ROOT / "_quarto-instructor.yml").read_text(encoding="utf-8"))
    assert profile["project"]["output-dir"] != config()["project"]["output-dir"]
    first = config()["format"]["html"]["ipynb-filters"]
    both = profile["format"]["html"]["ipynb-filters"]
    # Quarto puts a profile's lists behind the project's, without what is there already.
    assert both[: len(first)] == first and len(both) > len(first)
    assert all((ROOT / name).is_file() for name in both)


@pytest.mark.parametrize(
    ("profile", "solved"),
    [(None, False), ("", False), ("instructors", False), ("instructor", True), ("a,instructor", 1)],
)
def test_solutions_stay_for_the_instructors_profile_alone(monkeypatch, profile, solved):
    monkeypatch.delenv("QUARTO_PROFILE", raising=False)
    if profile is not None:
        monkeypatch.setenv("QUARTO_PROFILE", profile)
    text = json.dumps(notebook(code("# Title"), code(SOLUTION)))
    for name in ["filter.py"] + ["filter_instructor.py"] * bool(solved):
        done = subprocess.run(
            [sys.executable, str(ROOT / "grading" / "site" / name)],
            input=text, capture_output=True, encoding="utf-8", check=True,
        )  # fmt: skip
        text = done.stdout
    assert ("return 2 * x" in text) is bool(solved)
    assert ("Never publish it" in text) is bool(solved)
    assert "SOLUTION" not in text


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_a_pages_own_filters_are_found_from_its_folder(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "raw":
            front = yaml.safe_load(text_of(cell["source"]).strip().strip("-"))
            for options in front.get("format", {}).values():
                for name in options.get("ipynb-filters", []):
                    assert (path.parent / name).is_file(), f"{name} isn't beside {path.name}"


def identifier(heading):
    """Give a heading the identifier that Pandoc gives it."""
    explicit = re.search(r"\{#([\w-]+)[^}]*\}\s*$", heading)
    if explicit:
        return explicit.group(1)
    text = re.sub(r"\{[^}]*\}\s*$", "", heading)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("`", "").replace("*", "")
    text = re.sub(r"[^\w\s.-]", "", text.lower())
    return re.sub(r"^[^a-z]+", "", re.sub(r"\s+", "-", text.strip())) or "section"


def markdown_of(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "\n\n".join(text_of(c["source"]) for c in cells if c["cell_type"] == "markdown")
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(path):
    text = markdown_of(path)
    found = [identifier(h) for h in re.findall(r"^#{1,6}\s+(.*)$", text, flags=re.MULTILINE)]
    named = re.findall(r'id="([\w-]+)"', text)
    return {*found, *named, *(f"{a}-{n}" for a in found for n in range(1, found.count(a)))}


def test_identifiers_are_pandocs():
    assert identifier("Task 0.1: `mul` and friends") == "task-0.1-mul-and-friends"
    assert identifier("2. Where it goes wrong") == "where-it-goes-wrong"
    assert identifier("Hints {#hints}") == "hints"


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_every_link_and_anchor_resolves(path):
    text = re.sub(r"`[^`\n]*`", "", markdown_of(path))
    links = re.findall(r"\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)", text) + re.findall(
        r'href="([^"]+)"', text
    )
    for link in links:
        if re.match(r"(https?|mailto):", link):
            continue
        page, _, anchor = link.partition("#")
        target = (path.parent / page).resolve() if page else path
        assert target.is_file(), f"{link} leads nowhere"
        if anchor and target.suffix == ".ipynb":
            assert anchor in anchors(target), f"{target.name} has no section {anchor}"


# What Jupyter reads one way and Pandoc, which Quarto renders with, another.

STARTS = {
    "list": re.compile(r"([-*+]|\d+\.) "),
    "table": re.compile(r"\|"),
    "heading": re.compile(r"#{1,6} "),
    "quotation": re.compile(r">"),
}


def traps(text):
    """Name what would look different on the site than in JupyterLab.

    Args:
        text: A cell's Markdown.
    """
    found = []
    if text.startswith("---"):
        found.append("begins with ---, which Quarto takes for the page's metadata")
    text = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    before = ""
    for line in text.splitlines():
        for kind, start in STARTS.items():
            begins = start.match(line) and before.strip() and not start.match(before)
            if begins and not before.startswith((" ", "<")) and not STARTS["list"].match(before):
                found.append(f"a {kind} needs an empty line before it: {line}")
        before = line
    if re.search(r"</summary>\n(?!\n)", text):
        found.append("what is folded needs an empty line after </summary>")
    opened = re.findall(r"<(details|/details)>", text)
    if opened != ["details", "/details"] * (len(opened) // 2):
        found.append("a <details> isn't closed, or lies in another")
    plain = re.sub(
        r"`+[^`]+`+|\$\$.+?\$\$|\$[^$]+\$|\]\([^)]*\)|<[^>]+>", "", text, flags=re.DOTALL
    )
    for kind, pattern in {
        "a citation": r"(?<![\w/])@\w",
        "a subscript": r"~[^\s~]+~",
        "a superscript": r"\^[^\s^]+\^",
        "a footnote": r"\[\^",
        "a lone dollar": r"\$",
    }.items():
        if match := re.search(pattern, plain):
            found.append(f"{kind}: {plain[max(0, match.start() - 20) : match.end() + 20]!r}")
    return found


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Two things:\n- one\n- two", "a list needs"),
        ("A table:\n| a | b |\n|---|---|", "a table needs"),
        ("Text\n## Heading", "a heading needs"),
        ("Text\n> said", "a quotation needs"),
        ("---\ntitle: a\n---", "metadata"),
        ("<details>\n<summary>Hint</summary>\nText\n</details>", "empty line after </summary>"),
        ("<details>\n<summary>Hint</summary>\n\nText", "isn't closed"),
        ("with @jit and", "a citation"),
        ("[with @jit](https://a.b)", "a citation"),
        ("~5 minutes, ~7", ""),
        ("x~1~", "a subscript"),
        ("2^10^", "a superscript"),
        ("for $5", "a lone dollar"),
        ("Two things:\n\n- one,\n  and more\n- two\n\n| a |\n|---|", ""),
        ("`@jit` costs $x^2$ and\n$$\ny_1 ~ z\n$$", ""),
        ("a@example.org and https://a.b/@c", ""),
    ],
)
def test_pandocs_traps_are_known(text, what):
    found = traps(text)
    assert bool(found) == bool(what), found
    assert not what or any(what in trap for trap in found), found


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_pandoc_reads_every_page_as_jupyter_does(path):
    page = json.loads(path.read_text(encoding="utf-8"))
    assert page["metadata"]["kernelspec"]["language"] == "python", "Quarto asks for it"
    for cell in page["cells"]:
        if cell["cell_type"] == "markdown":
            found = traps(text_of(cell["source"]))
            assert not found, f"{cell['id']}: {'; '.join(found)}"


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_every_page_has_a_title_and_a_sentence(path):
    """Quarto takes the page's title from the first cell: a heading and nothing before it."""
    first = json.loads(path.read_text(encoding="utf-8"))["cells"][0]
    text = text_of(first["source"])
    if first["cell_type"] == "raw":
        assert yaml.safe_load(text.strip().strip("-"))["title"]
    else:
        assert re.match(r"# \S.*\n\n> \S", text), f"{path.name} begins with {text[:40]!r}"
        assert len(re.findall(r"^# ", markdown_of(path), flags=re.MULTILINE)) == 1


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_no_id_is_given_twice_on_a_page(path):
    text = markdown_of(path)
    headings = {identifier(h) for h in re.findall(r"^#{1,6}\s+(.*)$", text, flags=re.MULTILINE)}
    named = re.findall(r'id="([\w-]+)"', text)
    assert len(named) == len(set(named))
    assert not headings & set(named)
    page = filter_notebook(json.loads(path.read_text(encoding="utf-8")))
    cells = {cell["id"] for cell in page["cells"] if cell["cell_type"] == "code"}
    assert not cells & {*headings, *named}


def test_every_section_that_feedback_links_to_exists():
    for probe in sorted((ROOT / CHECKS).glob("task*/probes.py")):
        section = re.search(r'^SECTION = "(.*)"', probe.read_text(encoding="utf-8"), re.MULTILINE)
        assert section, f"{probe} names no SECTION"
        page, _, anchor = section.group(1).partition("#")
        target = ROOT / "nbs" / page.replace(".html", ".ipynb")
        assert target.is_file(), f"{probe}: {page} is no page"
        assert anchor in anchors(target), f"{probe}: {page} has no section {anchor}"
