"""`minitorch export`: the whole package or nothing, and a sentence that says why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from minitorch import cli
from minitorch.cli import export as exporting

SETTINGS = """[DEFAULT]
repo = small
lib_name = small
lib_path = small
nbs_path = nbs
version = 1
user = me
author = me
"""
GOOD = "#| export\ndef sigma() -> str:\n    return 'σ→'"


def write(root: Path, *sources: str, name: str = "greek", **how: str) -> Path:
    """Write a notebook whose first cell names its module."""
    cells = [
        dict(cell_type="code", id=f"cell{n}", metadata={}, outputs=[], source=source)
        for n, source in enumerate((f"#| default_exp {name}", *sources))
    ]
    path = root / "nbs" / f"{name}.ipynb"
    text = json.dumps(dict(cells=cells, metadata={}), ensure_ascii=False, indent=1)
    path.write_text(text, encoding=how.get("encoding", "utf-8"), newline=how.get("newline"))
    return path


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "nbs").mkdir()
    (tmp_path / "settings.ini").write_text(SETTINGS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IN_TEST", raising=False)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = cli.main(["export"])
    out, err = capsys.readouterr()
    return code, out, err


def tree(folder: Path) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_what_changed_is_named(root: Path, capsys) -> None:
    write(root, GOOD)
    code, out, _ = run(capsys)
    assert code == 0 and "small/greek.py" in out
    assert "σ→" in (root / "small/greek.py").read_text(encoding="utf-8")
    assert run(capsys)[1] == "The package is what the notebooks hold already.\n"
    write(root, GOOD.replace("→", "←"))
    assert run(capsys)[1] == "Exported: small/greek.py\n"


def test_from_a_folder_inside(root: Path, capsys, monkeypatch) -> None:
    write(root, GOOD)
    monkeypatch.chdir(root / "nbs")
    assert run(capsys)[0] == 0 and (root / "small/greek.py").exists()


FAULTS = {
    "#| export\nx = (1": "greek.ipynb, cell cell2, line 2: `x = (1`: '(' was never closed",
    "#| export\ndef f():\n    x = 1\nreturn x": "line 4: `return x`: 'return' outside function",
    "#| export\n\nawait f()": "line 3: `await f()`: 'await' outside function",
    "#| export\ndef f(a, a): ...": "duplicate argument 'a'",
    "#| export\nx = 1\n%timeit x": "line 3: `%timeit x`: this is IPython's own",
    "#| export\nx = !ls": "line 2: `x = !ls`: this is IPython's own",
    "#| export\nsigma?": "line 2: `sigma?`: this is IPython's own",
    "#| export\nx = 1\x00": "null",
    "#| export\nfrom __future__ import braces": "not a chance",
    "#| export nowhere\nx = 1": "nowhere.py does not exist",
}


@pytest.mark.parametrize("source", FAULTS)
def test_nothing_is_written_when_a_cell_is_wrong(root: Path, capsys, source: str) -> None:
    write(root, GOOD)
    write(root, GOOD, name="other")
    run(capsys)
    write(root, GOOD.replace("sigma", "tau"), name="other")
    write(root, GOOD.replace("sigma", "tau"), source)
    before = tree(root)
    code, out, err = run(capsys)
    assert (code, out) == (1, "") and FAULTS[source] in err, err
    assert err.endswith("Nothing was written. Mend this, save, and export again.\n")
    assert tree(root) == before


def test_every_fault_is_named_at_once(root: Path, capsys) -> None:
    write(root, "#| export\nx = (", "#| export\ny = )")
    write(root, "#| export\nz = [", name="other")
    (root / "nbs/broken.ipynb").write_text('{"cells": [', encoding="utf-8")
    code, _, err = run(capsys)
    assert code == 1 and len(err.splitlines()) == 5
    assert "nbs/broken.ipynb, this is no notebook any more" in err


def test_a_future_import_in_the_middle(root: Path, capsys) -> None:
    """Each cell can be compiled, the module can't."""
    write(root, "#| export\nx = 1", "#| export\nfrom __future__ import annotations")
    code, _, err = run(capsys)
    assert code == 1 and "greek.ipynb, cell cell2" in err, err
    assert not (root / "small").exists()


def test_warnings_are_no_faults(root: Path, capsys) -> None:
    write(root, GOOD, "#| export\nx = '\\d' is 3")
    assert run(capsys)[0] == 0


def test_in_test_is_refused(root: Path, capsys, monkeypatch) -> None:
    write(root, GOOD)
    monkeypatch.setenv("IN_TEST", "1")
    code, _, err = run(capsys)
    assert code == 2 and "IN_TEST is set" in err and not (root / "small").exists()


def test_outside_of_a_project(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys)
    assert code == 2 and "no settings.ini lies there" in err


def test_no_room_leaves_every_file_as_it_was(root: Path, capsys, monkeypatch) -> None:
    write(root, GOOD)
    write(root, GOOD, name="other")
    run(capsys)
    write(root, GOOD.replace("σ", "τ"))
    write(root, GOOD.replace("σ", "τ"), name="other")
    before = tree(root)
    written = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name == ".other.py.half":
            written(path, content[:3])
            raise OSError(28, "No space left on device", str(path))
        return written(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    code, _, err = run(capsys)
    assert code == 1 and "No space left on device" in err
    assert tree(root) == before


@pytest.mark.parametrize(
    "how",
    [
        {"encoding": "utf-8-sig"},
        {"newline": "\r\n"},
        {"encoding": "utf-8-sig", "newline": "\r\n"},
    ],
)
def test_what_an_editor_on_windows_leaves(root: Path, capsys, how: dict[str, str]) -> None:
    write(root, GOOD)
    run(capsys)
    before = tree(root / "small")
    write(root, GOOD.replace("\n", "\r\n"), **how)
    settings = root / "settings.ini"
    settings.write_text(SETTINGS, encoding="utf-8-sig", newline="\r\n")
    assert run(capsys)[1].startswith("The package is what")
    assert tree(root / "small") == before


def test_cells_without_ids_keep_their_names(root: Path, capsys) -> None:
    path = write(root, GOOD)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        del cell["id"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert run(capsys)[0] == 0
    assert run(capsys)[1].startswith("The package is what")


def test_a_cell_without_a_module_is_named(root: Path, capsys) -> None:
    path = write(root, GOOD)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    del notebook["cells"][0]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    code, _, err = run(capsys)
    assert code == 1 and "no cell of the notebook says `#| default_exp`" in err


def test_a_broken_package_is_no_matter(root: Path, capsys) -> None:
    """What an export in cp1252 left, or a merge."""
    write(root, GOOD)
    run(capsys)
    before = tree(root / "small")
    for path in before:
        path.write_bytes("<<<<<<< é".encode("cp1252"))
    assert run(capsys)[0] == 0 and tree(root / "small") == before


def test_nbdevs_flags_are_nbdevs(root: Path, monkeypatch) -> None:
    write(root, GOOD)
    path = str(root / "nbs" / "greek.ipynb")
    monkeypatch.setattr("sys.argv", ["nbdev_export", "--path", path])
    assert exporting.nbdev_export() == 0
    assert "σ→" in (root / "small/greek.py").read_text(encoding="utf-8")


def test_its_place_among_the_commands() -> None:
    """pip puts our `nbdev_export` in the place of nbdev's."""
    from importlib.metadata import entry_points

    found = {e.value for e in entry_points(group="console_scripts", name="nbdev_export")}
    assert "minitorch.cli.export:nbdev_export" in found
