"""The sandboxes in a real JupyterLab, driven by keyboard in a headless Chromium.

One server, one browser and one kernel per notebook serve all of them. Without Chromium or
Playwright the tests skip and say why; in CI (environment variable CI) that is a failure.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grading.release.strip import strip_notebook

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-for-this-test"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS = 1000  # Playwright counts in milliseconds
HANGING = 300  # seconds after which a wait is given up, on a machine that shows a page in 15


def require(present: Any, what: str) -> None:
    """Skip where a program is missing; fail in CI, which installs it."""
    if present:
        return
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(f"CI must have {what}: .ci/run installs it.")
    pytest.skip(f"needs {what}")


@dataclass
class Lab:
    """A running JupyterLab."""

    address: str
    folder: Path
    environment: dict[str, str]
    patience: float = HANGING

    def measure(self, first: float) -> None:
        """Wait longer where this machine, as busy as it is, needed long for its first page."""
        self.patience = max(HANGING, 20 * first)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Start JupyterLab on a copy of the project."""
    require(importlib.util.find_spec("jupyterlab"), "JupyterLab (the extra [notebooks])")
    folder = tmp_path_factory.mktemp("lab") / "project"
    shutil.copytree(ROOT / "grading", folder / "grading", ignore=shutil.ignore_patterns("tests"))
    shutil.copytree(ROOT / "nbs" / "guides", folder / "nbs" / "guides")
    for name in ("nbgrader_config.py", "settings.ini"):
        shutil.copy(ROOT / name, folder)
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_PLATFORM_DIRS": "1",
    }
    options = [
        "--no-browser",
        "--allow-root",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={folder}",
        f"--IdentityProvider.token={TOKEN}",
        "--LabApp.expose_app_in_browser=True",
    ]
    settings = home / "config/lab/user-settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(
        '{"fetchNews": "false", "checkForUpdates": false}', encoding="utf-8"
    )
    log = (home / "lab.log").open("w", encoding="utf-8")
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        cwd=folder,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + HANGING
        while True:
            try:
                urllib.request.urlopen(
                    f"{address}/api/status?token={TOKEN}", timeout=HANGING
                ).close()
                break
            except (urllib.error.URLError, OSError):
                if server.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(
                        "JupyterLab didn't start:\n"
                        + (home / "lab.log").read_text(encoding="utf-8")
                    )
                time.sleep(0.2)
        yield Lab(address, folder, environment)
    finally:
        server.terminate()
        try:
            server.wait(HANGING)
        except subprocess.TimeoutExpired:
            server.kill()
        log.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start one headless Chromium for all tests."""
    require(importlib.util.find_spec("playwright"), "Playwright (the extra [course])")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    require(program, "Chromium (apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


class Notebook:
    """A copy of one notebook, open in JupyterLab."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def command(self, name: str, **args: Any) -> None:
        """Run one of JupyterLab's commands, as its menus do."""
        self.page.evaluate(
            "([name, args]) => { window.jupyterapp.commands.execute(name, args) }", [name, args]
        )

    def run_all(self) -> None:
        """Run every cell and wait until the last has run."""
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(
            """() => window.jupyterapp.shell.currentWidget.content.widgets
                .filter(cell => cell.model.type === 'code')
                .every(cell => cell.model.executionCount !== null)"""
        )

    @property
    def status(self) -> Any:
        """The live region of the last sandbox on the page."""
        return self.page.locator(".minitorch-status").last

    def says(self, text: str) -> str:
        """Wait until the sandbox says something that contains the text."""
        self.status.filter(has_text=text).wait_for()
        return self.status.inner_text()

    def changes(self, before: str) -> str:
        """Wait until the sandbox says something else."""
        self.status.filter(has_not_text=before).wait_for()
        return self.status.inner_text()

    def theme(self, name: str) -> None:
        """Change JupyterLab's colours: "Light" or "Dark"."""
        self.command("apputils:change-theme", theme=f"JupyterLab {name}")
        self.page.locator(f'body[data-jp-theme-name="JupyterLab {name}"]').wait_for(
            state="attached"
        )
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")

    def too_wide(self, width: int = 400) -> list[str]:
        """Name what sticks out of the sandbox in a narrow window; a table may be scrolled."""
        self.page.set_viewport_size({"width": width, "height": 1000})
        self.page.evaluate(
            "() => { jupyterapp.shell.collapseLeft(); jupyterapp.shell.collapseRight(); }"
        )
        sandbox = self.page.locator(".minitorch-sandbox").last
        sandbox.evaluate("box => box.scrollIntoView()")
        self.page.wait_for_function(
            "width => document.querySelector('.jp-Notebook').clientWidth > 0.6 * width", arg=width
        )
        return sandbox.evaluate(
            """box => [...box.querySelectorAll(
                    ".widget-inline-hbox, .jupyter-button, .widget-box, .widget-readout, svg")]
                .filter(part => part.getBoundingClientRect().right
                    > box.getBoundingClientRect().right + 1)
                .map(part => part.className)"""
        )

    def shot(self, name: str) -> None:
        """Keep a picture where SCREENSHOTS names a folder, to be looked at."""
        if folder := os.environ.get("SCREENSHOTS"):
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"))


@pytest.fixture
def open_notebook(lab: Lab, browser: Any) -> Iterator[Any]:
    """Give a function that copies a notebook to the server and opens it."""
    pages = []

    def opened(source: Path, trusted: bool = False) -> Notebook:
        copied = lab.folder / source.name
        shutil.copy(source, copied)
        if trusted:
            trust = [sys.executable, "-m", "jupyter", "trust", str(copied)]
            subprocess.run(trust, env=lab.environment, check=True, capture_output=True)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        pages.append(page)
        page.set_default_timeout(lab.patience * SECONDS)
        workspace = f"{source.stem}-{time.monotonic_ns()}"
        started = time.monotonic()
        page.goto(f"{lab.address}/lab/workspaces/{workspace}/tree/{source.name}?token={TOKEN}")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        page.wait_for_function(
            """() => {
                const kernel = window.jupyterapp?.shell.currentWidget
                    ?.sessionContext?.session?.kernel;
                return kernel?.connectionStatus === 'connected' && kernel?.status === 'idle';
            }"""
        )
        lab.measure(time.monotonic() - started)
        page.set_default_timeout(lab.patience * SECONDS)
        notebook = Notebook(page)
        notebook.theme("Light")
        return notebook

    yield opened
    for page in pages:
        page.close()


def press(locator: Any, key: str, times: int = 1) -> None:
    """Give a control the focus and press a key, as a reader without a mouse does."""
    locator.focus()
    for _ in range(times):
        locator.press(key)


def nodes(page: Any, role: str) -> list[dict[str, Any]]:
    """List the elements of a role in the accessibility tree, in their order."""
    session = page.context.new_cdp_session(page)
    tree = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [n for n in tree if not n["ignored"] and n.get("role", {}).get("value") == role]


def said(page: Any, role: str) -> list[str]:
    """List what a screen reader calls the elements of a role."""
    return [node["name"]["value"] for node in nodes(page, role)]


def spoken_sliders(page: Any) -> dict[str, str]:
    """Say what a screen reader hears of each slider: its name, its value."""
    # Chromium's tree holds the name; it leaves the text of the value out.
    values = page.get_by_role("slider").evaluate_all("all => all.map(one => one.ariaValueText)")
    return dict(zip(said(page, "slider"), values, strict=True))


def test_math_sandbox_by_keyboard(open_notebook: Any) -> None:
    notebook = open_notebook(ROOT / "nbs/lib/sandbox/math.ipynb")
    notebook.run_all()
    before = notebook.says("sigmoid(1)")
    region = notebook.status.locator("..")
    notebook.page.locator("[role=status][aria-live=polite] > .minitorch-status").wait_for()
    region.evaluate("region => { region.mark = 'the same'; }")
    press(notebook.page.get_by_role("slider").first, "ArrowRight", 5)
    after = notebook.says("sigmoid(1.5)")
    assert before != after, "the sentence didn't follow the slider"
    # A screen reader announces what changes in a region, not a region that is new.
    assert region.evaluate("region => region.mark") == "the same"
    assert said(notebook.page, "heading").count("Math sandbox") == 1
    assert spoken_sliders(notebook.page) == {"x": "1.5"}
    notebook.page.get_by_role("textbox", name="x, typed").fill("2.3")
    notebook.page.keyboard.press("Enter")
    notebook.says("sigmoid(2.3)")
    assert spoken_sliders(notebook.page) == {"x": "2.3"}
    notebook.shot("math-light")

    kind = notebook.page.get_by_label("Kind", exact=True)
    kind.select_option("Two arguments")
    notebook.says("mul(2.3, 2) = 4.6.")
    notebook.theme("Dark")
    notebook.shot("math-dark")
    kind.select_option("Reduction")
    notebook.says("sum of 1, 3, 5 is 9.")
    numbers = notebook.page.get_by_label("Numbers", exact=True)
    numbers.fill("2, 4, x")
    numbers.press("Enter")
    notebook.says("'x' isn't a number")
    assert notebook.too_wide() == []
    notebook.shot("math-narrow")


def test_modules_sandbox_by_keyboard(open_notebook: Any) -> None:
    notebook = open_notebook(ROOT / "nbs/lib/sandbox/modules.ipynb")
    notebook.run_all()
    notebook.says("3 parameters: p1 = 5, a.p2 = 10, b.c.p3 = 15.")
    notebook.shot("modules-light")
    text = notebook.page.get_by_label("Modules", exact=True)
    text.fill("w = Parameter(2)\nlayer:\n    w = Parameter(3)")
    press(text, "Tab")
    focused = notebook.page.evaluate("() => document.activeElement.textContent")
    assert focused == "Read the text", "Tab doesn't lead from the text to its button"
    notebook.says("2 parameters: w = 2, layer.w = 3.")
    notebook.page.get_by_label("Call", exact=True).select_option("eval()")
    notebook.says("Every module is in evaluation mode.")
    notebook.theme("Dark")
    notebook.shot("modules-dark")
    assert notebook.too_wide() == []
    notebook.shot("modules-narrow")


def test_training_sandbox_by_keyboard(open_notebook: Any) -> None:
    notebook = open_notebook(ROOT / "nbs/lib/sandbox/training.ipynb")
    notebook.run_all()
    before = notebook.says("of 50 points correct.")
    sliders = notebook.page.get_by_role("slider")
    press(sliders.nth(1), "Home")  # the first is the number of points
    one = notebook.changes(before)
    press(sliders.nth(3), "End")
    two = notebook.changes(one)
    notebook.shot("training-light")
    press(notebook.page.get_by_role("button", name="20 steps"), "Enter")
    notebook.changes(two)
    notebook.page.get_by_label("Data set", exact=True).select_option("Circle")
    notebook.page.get_by_label("Model", exact=True).select_option("two ReLU units")
    notebook.page.get_by_role("slider", name="bias_0").nth(1).wait_for()
    spoken = spoken_sliders(notebook.page)
    assert len(spoken) == 10 and spoken["Points"] == "50"
    assert "hidden.weight_0_1" in spoken
    notebook.theme("Dark")
    notebook.shot("training-dark")
    assert notebook.too_wide() == []
    notebook.shot("training-narrow")


def test_expression_sandbox_by_keyboard(open_notebook: Any) -> None:
    notebook = open_notebook(ROOT / "nbs/lib/sandbox/expression.ipynb")
    notebook.run_all()
    notebook.says("f = 8.082 at x = 0.5, y = 4.")
    show = notebook.page.get_by_label("Show", exact=True)
    show.select_option("backpropagation, step by step")
    notebook.says("Step 0 of 6")
    forwards = notebook.page.get_by_role("button", name="Step on")
    for step in range(1, 5):
        press(forwards, "Enter")
        notebook.says(f"Step {step} of 6")
    notebook.shot("expression-light")
    press(notebook.page.get_by_role("button", name="Step back"), "Space")
    notebook.says("Step 3 of 6")
    text = notebook.page.get_by_label("f =", exact=True)
    text.fill("x.__class__")
    text.press("Enter")
    notebook.says("isn't one of the known forms")
    text.fill("relu(x * 2 - 1) + y * y")
    text.press("Enter")
    show.select_option("all derivatives")
    notebook.says("Its derivative is")
    notebook.theme("Dark")
    notebook.shot("expression-dark")
    assert notebook.too_wide() == []
    notebook.shot("expression-narrow")


def test_a_training_runs_and_stops(open_notebook: Any) -> None:
    notebook = open_notebook(ROOT / "nbs/lib/sandbox/running.ipynb")
    notebook.run_all()
    notebook.says("Not trained yet")
    epochs = notebook.page.get_by_label("Epochs", exact=True)
    epochs.fill("5000")
    epochs.press("Enter")
    press(notebook.page.get_by_role("button", name="Train", exact=True), "Enter")
    seen = notebook.says("Training. Epoch")
    notebook.changes(seen)
    press(notebook.page.get_by_role("button", name="Stop", exact=True), "Enter")
    notebook.status.filter(has_not_text="Training.").wait_for()
    stopped = notebook.says("Epoch")
    press(notebook.page.get_by_role("button", name="One epoch"), "Enter")
    assert notebook.changes(stopped).startswith("Epoch")
    notebook.shot("running-light")
    notebook.theme("Dark")
    notebook.shot("running-dark")
    assert notebook.too_wide() == []
    notebook.shot("running-narrow")


def test_tensor_sandbox_by_keyboard(open_notebook: Any) -> None:
    notebook = open_notebook(ROOT / "nbs/lib/sandbox/tensor.ipynb")
    notebook.run_all()
    notebook.says("Shape (2, 3), strides (3, 1), contiguous.")
    press(notebook.page.get_by_role("slider").first, "ArrowRight", 4)
    notebook.says("Cell 4 has index (1, 1)")
    assert spoken_sliders(notebook.page) == {"Cell": "4"}
    order = notebook.page.get_by_label("Permute to", exact=True)
    order.fill("1, 0")
    order.press("Enter")
    notebook.says("Shape (3, 2), strides (1, 3), not contiguous.")
    notebook.shot("tensor-light")
    notebook.page.get_by_label("Show", exact=True).select_option("broadcasting")
    notebook.says("can't be broadcast")
    notebook.theme("Dark")
    notebook.shot("tensor-dark")
    assert notebook.too_wide() == []
    notebook.shot("tensor-narrow")


def test_a_drawn_digit_is_read(open_notebook: Any) -> None:
    notebook = open_notebook(ROOT / "nbs/lib/sandbox/images.ipynb")
    notebook.run_all()
    before = notebook.says("is read as")
    canvas = notebook.page.locator("canvas").last
    canvas.wait_for()
    canvas.scroll_into_view_if_needed()
    frame = canvas.bounding_box()
    mouse = notebook.page.mouse
    mouse.move(frame["x"] + 112, frame["y"] + 30)
    mouse.down()
    mouse.move(frame["x"] + 112, frame["y"] + 195, steps=10)
    mouse.up()
    drawn = notebook.says("Your digit, moved by (2, 0) is read as")  # its last cell moved it
    assert drawn != before
    press(notebook.page.get_by_role("slider", name="Move right"), "ArrowLeft", 2)
    notebook.says("Your digit is read as")
    notebook.shot("images-light")
    notebook.page.get_by_label("Show", exact=True).last.select_option("filters")
    notebook.page.locator("svg[role=img] title", has_text="The filters").last.wait_for(
        state="attached"
    )
    notebook.page.get_by_role("button", name="Clear").last.click()
    notebook.says("A 2 is read as")
    press(canvas, " ")  # by keyboard, too
    notebook.says("Your digit is read as")
    notebook.theme("Dark")
    notebook.shot("images-dark")
    assert notebook.too_wide() == []


def test_a_typed_sentence_is_judged(open_notebook: Any) -> None:
    notebook = open_notebook(ROOT / "nbs/lib/sandbox/sentences.ipynb")
    notebook.run_all()
    notebook.says("the probability of praise is")
    text = notebook.page.get_by_label("Sentence", exact=True)
    text.fill("A wonderful zeppelin.")
    text.press("Enter")
    notebook.says("Unknown: zeppelin.")
    notebook.shot("sentences-light")
    notebook.page.get_by_label("Show", exact=True).select_option("windows")
    notebook.page.locator("svg[role=img] title", has_text="each window").last.wait_for(
        state="attached"
    )
    text.fill("")
    text.press("Enter")
    notebook.says("Type a sentence")
    assert notebook.too_wide() == []


def test_stored_figures_show_before_anything_runs(open_notebook: Any) -> None:
    """A trusted guide shows its pictures at once, in the dark theme too."""
    notebook = open_notebook(ROOT / "nbs/guides/module0/07_ml_primer.ipynb", trusted=True)
    notebook.theme("Dark")
    figure = notebook.page.locator(".jp-RenderedSVG img").first
    figure.scroll_into_view_if_needed()
    size = figure.bounding_box()
    assert size and size["width"] > 400 and size["height"] > 100, size
    assert figure.evaluate("image => image.complete && image.naturalWidth") == 640
    notebook.shot("guide-dark")


def pictures(notebook: Notebook) -> list[dict[str, Any]]:
    """Say of each picture among the outputs what it is called and how large it is drawn."""
    return notebook.page.locator(".jp-OutputArea-output img").evaluate_all(
        """images => images.map(image => ({
            alt: image.alt, width: image.width, drawn: image.complete && image.naturalWidth }))"""
    )


def test_a_picture_says_its_alternative_text(open_notebook: Any) -> None:
    notebook = open_notebook(ROOT / "nbs/lib/draw/figure.ipynb")
    notebook.run_all()
    notebook.page.locator(".jp-OutputArea-output img").nth(1).wait_for()
    first, second = pictures(notebook)
    assert first["alt"] == "A dot. One green circle."
    assert second["alt"].startswith("Three dots. 3 pictures.")
    assert first["drawn"] == second["drawn"] == 640
    assert {first["alt"], second["alt"]} <= set(said(notebook.page, "image"))
    notebook.shot("figure-light")
    notebook.theme("Dark")
    notebook.shot("figure-dark")


@pytest.mark.parametrize("trusted", [False, True])
def test_a_students_guide_shows_its_pictures_at_once(
    open_notebook: Any, tmp_path: Path, trusted: bool
) -> None:
    """Nothing has run yet, and JupyterLab doesn't trust a file that came from elsewhere."""
    name = "nbs/guides/module1/03_autodifferentiation.ipynb"
    guide = strip_notebook(nbformat.read(ROOT / name, as_version=4), name)
    released = tmp_path / "released.ipynb"
    nbformat.write(guide, released)
    notebook = open_notebook(released, trusted=trusted)
    notebook.page.set_viewport_size({"width": 1000, "height": 20_000})  # all cells are drawn
    images = notebook.page.locator(".jp-OutputArea-output img")
    images.nth(8).wait_for()
    for picture in pictures(notebook):
        assert len(picture["alt"]) > 20 and picture["drawn"] == 640, picture
        assert picture["alt"] in said(notebook.page, "image")
    images.first.scroll_into_view_if_needed()
    notebook.page.set_viewport_size({"width": 1000, "height": 1000})
    notebook.shot(f"released-{'trusted' if trusted else 'untrusted'}")


def test_nbgrader_is_at_hand(open_notebook: Any) -> None:
    """The instructor's panels are there: Create Assignment, and Formgrader in the menu."""
    require(importlib.util.find_spec("nbgrader"), "nbgrader (the extra [course])")
    notebook = open_notebook(ROOT / "nbs/guides/module0/03_functional.ipynb")
    page = notebook.page
    page.get_by_role("tab", name="Create Assignment").click()
    page.wait_for_function(
        "() => document.querySelector('.nbgrader-TotalPointsInput')?.value == 50"
    )
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_role("menuitem", name="Formgrader").click()
    formgrader = page.frame_locator("iframe")
    for assignment in ("module0", "module1", "closures"):
        formgrader.get_by_role("link", name=assignment, exact=True).wait_for()
    assert formgrader.locator(".alert").all_inner_texts() == []
    notebook.shot("nbgrader")
