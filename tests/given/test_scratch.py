"""The folder in which the guide on contributing runs its tools."""

from minitorch.scratch import Workshop


def test_a_tool_speaks_without_paths_and_seconds(capsys) -> None:
    shop = Workshop()
    shop.write("test_one.py", "\n\ndef test_one():\n    assert 1 == 2\n")
    assert shop.read("test_one.py").startswith("def")
    shop.sh("pytest -q -p no:cacheprovider test_one.py")
    said = capsys.readouterr().out
    assert "1 failed" in said
    assert str(shop.folder) not in said
    assert "s\n" not in said.splitlines()[-1]


def test_a_missing_tool_is_named(capsys) -> None:
    Workshop().sh("no-such-tool --help")
    assert capsys.readouterr().out == "no-such-tool isn't installed here.\n"


def test_the_folder_goes_away() -> None:
    shop = Workshop()
    folder = shop.folder
    del shop
    assert not folder.exists()
