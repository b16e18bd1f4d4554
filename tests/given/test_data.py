"""Real data: read right, refused where it is damaged, fetched whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import struct
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from minitorch.data import CARDS, SOURCES, DataError, Source, card
from minitorch.data import fetch as fetching
from minitorch.data.batches import batches
from minitorch.data.digits import Digits, mnist, read_digits, read_idx, small_digits
from minitorch.data.fetch import cache_folder, checksum, download, fetch, find
from minitorch.data.reviews import Reviews, read_lines, read_tsv, short_reviews, sst2, words
from minitorch.data.vectors import Vectors, glove, read_npz, read_zip
from minitorch.randomness import seed

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
real = pytest.mark.skipif(not SHARED.is_dir(), reason="the real data isn't in ../shared/data")
CONTENT = bytes(range(251)) * 2000


def quiet(said: str) -> None:
    pass


@pytest.fixture(autouse=True)
def nothing_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MINITORCH_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


# What travels with the package


def test_the_small_digits() -> None:
    train, validation = small_digits("train"), small_digits("validation")
    assert train.images.shape == (1437, 8, 8) and validation.images.shape == (360, 8, 8)
    assert train.images.dtype == np.float32 and train.images.max() == 1.0
    assert set(train.labels) == set(validation.labels) == set(range(10))


def test_the_short_reviews() -> None:
    train, validation = short_reviews("train"), short_reviews("validation")
    assert (len(train), sum(train.labels)) == (320, 160)
    assert (len(validation), sum(validation.labels)) == (80, 40)
    assert not {tuple(s) for s in train.sentences} & {tuple(s) for s in validation.sentences}
    assert len({tuple(s) for s in train.sentences}) == 320
    new = set(validation.vocabulary()) - set(train.vocabulary())
    assert len(new) >= 50


def test_words_are_split_as_the_vectors_have_them() -> None:
    assert words("I don't.") == ["i", "do", "n't", "."]
    assert words("It’s GREAT, isn’t it?") == ["it", "'s", "great", ",", "is", "n't", "it", "?"]
    assert words("a well-made film … (2 hours)") == [
        "a", "well-made", "film", "...", "(", "2", "hours", ")",
    ]  # fmt: skip
    assert words("  ") == []


def test_the_card_names_every_file_once_and_a_licence_for_all() -> None:
    assert sorted(name for each in CARDS for name in each.files) == sorted(SOURCES)
    assert all(each.licence and each.made_by and each.beware for each in CARDS)
    assert card().count("\n") == len(CARDS) + 1
    for name, source in SOURCES.items():
        assert name == source.name and re.fullmatch(r"[0-9a-f]{64}", source.sha256)
        assert source.address.startswith("https://") and source.size > 0


# IDX


def idx(path: Path, array: np.ndarray) -> Path:
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(head + array.astype(np.uint8).tobytes())
    return path


def test_idx_is_read_packed_and_plain(tmp_path: Path) -> None:
    cells = np.arange(24).reshape(2, 3, 4)
    plain = idx(tmp_path / "plain", cells)
    packed = tmp_path / "packed.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert (read_idx(plain) == cells).all() and (read_idx(packed, 3) == cells).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw[:-1], "cut off"),
        (lambda raw: raw + b"x", "cut off or changed"),
        (lambda raw: raw[:9], "cut off"),
        (lambda raw: raw[:3], "no IDX file"),
        (lambda raw: b"", "begins with nothing"),
        (lambda raw: b"\x00\x00\x0d" + raw[3:], "begins with 00 00 0d 03"),
        (lambda raw: b"PK\x03\x04" + raw, "no IDX file"),
        (lambda raw: gzip.compress(raw)[:-9], "damaged gzip file"),
        (lambda raw: gzip.compress(raw)[:20] + b"zzzz", "damaged gzip file"),
    ],
)
def test_damaged_idx_files_are_refused(tmp_path: Path, change, said: str) -> None:
    path = idx(tmp_path / "images", np.zeros((2, 3, 4)))
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DataError, match=said) as caught:
        read_idx(path, 3)
    assert str(path) in str(caught.value)


def test_labels_for_images_are_refused(tmp_path: Path) -> None:
    labels = idx(tmp_path / "labels", np.zeros(5))
    with pytest.raises(DataError, match="holds labels"):
        read_idx(labels, 3)
    images = idx(tmp_path / "images", np.zeros((4, 2, 2)))
    with pytest.raises(DataError, match="4 images and 5 labels"):
        read_digits(images, labels)


@pytest.mark.parametrize(
    ("images", "labels", "said"),
    [
        (np.zeros((2, 3, 3)), [0, 10], "image 1 is 10"),
        (np.zeros((2, 3, 3)), [0, -1], "image 1 is -1"),
        (np.zeros((2, 9)), [0, 1], "shape"),
        (np.zeros((0, 3, 3)), [], "shape"),
        (np.full((1, 3, 3), 255), [0], "from 255 to 255"),
        (np.full((1, 3, 3), np.nan), [0], "nan"),
    ],
)
def test_what_are_no_digits_is_refused(images, labels, said: str) -> None:
    with pytest.raises(DataError, match=said):
        Digits(np.asarray(images, np.float32), np.asarray(labels, np.int64))


def test_taking_more_than_there_is() -> None:
    digits = small_digits("validation")
    assert len(digits.take(10, 30)) == 20
    for start, stop in ((0, 361), (5, 5), (-1, 3)):
        with pytest.raises(DataError, match="can't be taken"):
            digits.take(start, stop)


# Batches


def test_every_example_is_dealt_once_and_the_seed_decides() -> None:
    images, labels = np.arange(23) * 2.0, np.arange(23)
    seed(3)
    dealt = list(batches(images, labels, size=10))
    assert [len(each[0]) for each in dealt] == [10, 10, 3]
    assert all((x == images[y.astype(int)]).all() for x, y in dealt)
    assert sorted(np.concatenate([y for _, y in dealt])) == list(range(23))
    seed(3)
    again = list(batches(images, labels, size=10))
    assert all((a[1] == b[1]).all() for a, b in zip(dealt, again, strict=True))
    another = list(batches(images, labels, size=10))
    assert any((a[1] != b[1]).any() for a, b in zip(dealt, another, strict=True))


@pytest.mark.parametrize("arrays", [(), (np.zeros(0),), (np.zeros(3), np.zeros(4))])
def test_no_batches_of_nothing(arrays) -> None:
    with pytest.raises(DataError, match="one length"):
        next(batches(*arrays, size=2))
    with pytest.raises(DataError, match="at least one example"):
        next(batches(np.zeros(3), size=0))


# Reviews


def test_both_forms_of_reviews() -> None:
    table = read_tsv(b'sentence\tlabel\na "fine film \t1\nno\t0\n', "t")
    assert (table.sentences, table.labels) == ([["a", '"fine', "film"], ["no"]], [1, 0])
    lines = read_lines(b"1 good -lrb- and\\/or fun -rrb-\n0 bad\n", "l")
    assert lines.sentences[0] == ["good", "(", "and/or", "fun", ")"]
    extra = read_tsv(b"index\tsentence\tlabel\n0\tfine\t1\n", "t")
    assert extra.labels == [1]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"sentence\tscore\na\t1\n", "no column 'label'.*'sentence', 'score'"),
        (b"index\tsentence\n0\tgood\n", "no column 'label'"),
        (b"", "names nothing"),
        (b"sentence\tlabel\ngood\t1\nbad\n", "line 3: 1 columns"),
        (b"sentence\tlabel\ngood\t2\n", "line 2: a label is 0 or 1, not '2'"),
        (b"sentence\tlabel\n", "at least one"),
        (b"sentence\tlabel\n\t1\n", "no words"),
        (b"sentence\tlabel\n\xff\t1\n", "UTF-8"),
    ],
)
def test_tables_that_are_none_are_refused(raw: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_tsv(raw, "dev.tsv")


@pytest.mark.parametrize(
    ("raw", "said"),
    [(b"3 good\n", "line 1: a label"), (b"good film\n", "'good'"), (b"1 a\n\n", "line 2"),
     (b"1\n", "no words"), (b"", "at least one")],
)  # fmt: skip
def test_lines_that_are_none_are_refused(raw: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_lines(raw, "stsa")
    with pytest.raises(DataError, match="2 sentences and 1 labels"):
        Reviews([["a"], ["b"]], [1])


# Vectors


def archive(path: Path, text: str, name: str = "glove.6B.50d.txt") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, text)
    return path


def line(word: str, width: int = 50) -> str:
    return " ".join([word, *(f"{i / 10}" for i in range(width))]) + "\n"


def test_vectors_are_filtered_out_of_the_archive(tmp_path: Path) -> None:
    path = archive(tmp_path / "g.zip", line("the") + line("good") + line("naïve"))
    found = read_zip(path, {"good", "naïve", "absent"})
    assert found.words == ["good", "naïve"] and found.width == 50
    assert found.place("good") == 0 and found.place("absent") is None
    assert found.table[0, 3] == np.float32(0.3)


def test_archives_that_are_none_are_refused(tmp_path: Path) -> None:
    good = archive(tmp_path / "g.zip", line("good"))
    with pytest.raises(DataError, match=r"no file glove\.6B\.100d\.txt: it holds glove\.6B\.50d"):
        read_zip(good, ["good"], 100)
    with pytest.raises(DataError, match="none of the 1 words"):
        read_zip(good, ["zzz"])
    with pytest.raises(DataError, match="line 2: 49 numbers, and not 50"):
        read_zip(archive(tmp_path / "w.zip", line("good") + line("bad", 49)), ["good"])
    with pytest.raises(DataError, match="isn't numbers"):
        read_zip(archive(tmp_path / "n.zip", "good" + " x" * 50 + "\n"), ["good"])
    cut = tmp_path / "cut.zip"
    cut.write_bytes(good.read_bytes()[:-40])
    with pytest.raises(DataError, match="damaged"):
        read_zip(cut, ["good"])


def test_small_files_of_vectors(tmp_path: Path) -> None:
    path = tmp_path / "v.npz"
    np.savez(path, words=np.array(["a", "b"]), vectors=np.ones((2, 3), np.float16))
    found = read_npz(path)
    assert found.words == ["a", "b"] and found.table.dtype == np.float32
    with pytest.raises(DataError, match="3 numbers each, and the network expects 50"):
        read_npz(path, 50)
    np.savez(path, words=np.array(["a"]), vectors=np.ones((2, 3)))
    with pytest.raises(DataError, match="a row for each word"):
        read_npz(path)
    np.savez(path, words=np.array(["a"]))
    with pytest.raises(DataError, match="no array"):
        read_npz(path)
    np.savez(path, words=np.array(["a"]), vectors=np.array([[np.nan, 1.0]]))
    with pytest.raises(DataError, match="finite"):
        read_npz(path)
    np.savez(path, words=np.array(["a"], dtype=object), vectors=np.ones((1, 3)))
    with pytest.raises(DataError, match=r"no \.npz file"):
        read_npz(path)
    path.write_bytes(b"nonsense")
    with pytest.raises(DataError, match=r"no \.npz file"):
        read_npz(path)
    with pytest.raises(DataError, match="twice"):
        Vectors(["a", "a"], np.ones((2, 3), np.float32))


# Fetching


class Server(BaseHTTPRequestHandler):
    """Serves CONTENT; the path says what goes wrong."""

    asked: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        wanted = self.headers["Range"]
        self.asked.append(wanted)
        body, code = CONTENT, 200
        if self.path == "/changed":
            body = CONTENT[::-1]
        if self.path == "/gone":
            self.send_error(404)
            return
        start = int(wanted.split("=")[1].rstrip("-")) if wanted else 0
        if start and self.path != "/whole":  # /whole knows no ranges
            if start >= len(body):
                self.send_error(416)
                return
            body, code = body[start:], 206
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        sent = len(body) // 2 if self.path == "/breaks" else len(body)
        self.wfile.write(body[:sent])
        if sent < len(body):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    Server.asked = []
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=serving.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{serving.server_address[1]}"
    serving.shutdown()
    serving.server_close()
    thread.join()


def source(address: str, size: int = len(CONTENT)) -> Source:
    return Source("demo/file.bin", address, size, hashlib.sha256(CONTENT).hexdigest())


def test_a_download_arrives_whole_and_says_how_far_it_is(server: str, tmp_path: Path) -> None:
    said: list[str] = []
    path = download(source(server + "/ok"), tmp_path / "new" / "file.bin", said.append)
    assert path.read_bytes() == CONTENT
    assert "of 0.5 MB" in said[-1] and "MB/s" in said[-1]
    assert [p.name for p in path.parent.iterdir()] == ["file.bin"]


def test_a_broken_download_goes_on_where_it_stopped(server: str, tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    with pytest.raises(DataError, match=r"251,000 bytes are kept.*Try again"):
        download(source(server + "/breaks"), path, quiet)
    assert not path.exists() and (tmp_path / "file.bin.part").stat().st_size == 251_000
    download(source(server + "/ok"), path, quiet)
    assert path.read_bytes() == CONTENT
    assert Server.asked == [None, "bytes=251000-"]


def test_a_server_without_ranges_sends_all_again(server: str, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(CONTENT[:1000])
    assert download(source(server + "/whole"), tmp_path / "file.bin", quiet).read_bytes() == CONTENT


@pytest.mark.parametrize("part", [CONTENT[:500] + b"!", CONTENT + b"more"])
def test_parts_that_do_not_fit_are_thrown_away(server: str, tmp_path: Path, part: bytes) -> None:
    path = tmp_path / "file.bin"
    path.with_name("file.bin.part").write_bytes(part)
    if len(part) < len(CONTENT):
        with pytest.raises(DataError, match="something else"):
            download(source(server + "/ok"), path, quiet)
    assert download(source(server + "/ok"), path, quiet).read_bytes() == CONTENT


def test_a_file_that_changed_is_refused_and_removed(server: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="sent something else"):
        download(source(server + "/changed"), tmp_path / "file.bin", quiet)
    assert list(tmp_path.glob("file*")) == []


def test_a_longer_file_is_refused(server: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="sent something else"):
        download(source(server + "/ok", 1000), tmp_path / "file.bin", quiet)


@pytest.mark.parametrize("where", ["/gone", None])
def test_a_file_that_cannot_be_had(server: str, tmp_path: Path, where: str | None) -> None:
    address = server + where if where else "http://127.0.0.1:9/x"  # nobody listens at port 9
    with pytest.raises(DataError, match="can't be downloaded") as caught:
        download(source(address), tmp_path / "file.bin", quiet)
    assert address in str(caught.value) and "MINITORCH_DATA" in str(caught.value)


def test_a_whole_part_needs_no_network(tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(CONTENT)
    path = download(source("http://127.0.0.1:9/x"), tmp_path / "file.bin", quiet)
    assert path.read_bytes() == CONTENT


def test_fetch_downloads_once(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SOURCES, "demo/file.bin", source(server + "/ok"))
    first = fetch("demo/file.bin", quiet)
    assert first == fetch("demo/file.bin", quiet) == cache_folder() / "demo" / "file.bin"
    assert len(Server.asked) == 1
    first.write_bytes(b"damaged")
    said: list[str] = []
    assert fetch("demo/file.bin", said.append).read_bytes() == CONTENT
    assert "damaged" in said[0] and first.with_name("file.bin.damaged").exists()


def test_a_folder_that_was_handed_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    unpacked = hashlib.sha256(CONTENT).hexdigest()
    packed = gzip.compress(CONTENT)
    known = Source(
        "demo/file.gz", "http://127.0.0.1:9/x", len(packed),
        hashlib.sha256(packed).hexdigest(), unpacked,
    )  # fmt: skip
    monkeypatch.setitem(SOURCES, "demo/file.gz", known)
    folder = tmp_path / "stick"
    monkeypatch.setenv("MINITORCH_DATA", str(folder))
    with pytest.raises(DataError, match="no folder"):
        fetch("demo/file.gz")
    folder.mkdir()
    with pytest.raises(DataError, match="isn't there, and MINITORCH_DATA names"):
        fetch("demo/file.gz")
    for place, content in (("file", CONTENT), ("demo/file", CONTENT), ("demo/file.gz", packed)):
        (folder / place).parent.mkdir(exist_ok=True)
        (folder / place).write_bytes(content)
        assert fetch("demo/file.gz") == folder / place
    (folder / "demo/file.gz").write_bytes(packed[:-1])
    with pytest.raises(DataError, match="isn't the file that the course knows"):
        fetch("demo/file.gz")
    assert find("demo/other") is None


def test_an_interrupted_download_keeps_its_part(server: str, tmp_path: Path) -> None:
    """Killed in the middle: what had come is there, under its other name."""
    code = (
        "import os, sys\n"
        "from minitorch.data import Source\n"
        "from minitorch.data import fetch\n"
        "from pathlib import Path\n"
        "fetch.Progress.__call__ = lambda self, done: done > 200_000 and os._exit(9)\n"
        f"source = Source('f', {server + '/ok'!r}, {len(CONTENT)}, '0' * 64)\n"
        f"fetch.download(source, Path({str(tmp_path)!r}) / 'f')\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env=env).returncode == 9
    assert not (tmp_path / "f").exists()
    assert (tmp_path / "f.part").exists()


def test_the_cache_is_where_each_system_keeps_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    places = {}
    for system in ("linux", "darwin", "win32"):
        monkeypatch.setattr(fetching.sys, "platform", system)
        places[system] = cache_folder().as_posix()
    assert places["linux"].endswith("/.cache/minitorch/data")
    assert places["darwin"].endswith("/Library/Caches/minitorch/data")
    assert "AppData" in places["win32"] or os.environ.get("LOCALAPPDATA")


# The real files, where they are


@pytest.fixture
def real_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINITORCH_DATA", str(SHARED))


@real
@pytest.mark.usefixtures("real_folder")
def test_mnist() -> None:
    train, test = mnist("train"), mnist("test")
    assert train.images.shape == (60_000, 28, 28) and test.images.shape == (10_000, 28, 28)
    assert round(float(train.images.mean()), 4) == 0.1307
    assert round(float(train.images.std()), 4) == 0.3081
    assert train.labels[:5].tolist() == [5, 0, 4, 1, 9]


@real
@pytest.mark.usefixtures("real_folder")
def test_sst2() -> None:
    assert [len(sst2("train")), len(sst2("validation"))] == [6920, 872]
    assert [len(sst2("train", phrases=True)), len(sst2("validation", phrases=True))] == [67349, 872]
    assert not any(w in ("-lrb-", "\\/") for s in sst2("train").sentences for w in s)


@real
@pytest.mark.usefixtures("real_folder")
def test_glove() -> None:
    vectors = glove(["good"])
    assert vectors.width == 50 and "good" in vectors
    assert "better" in vectors.near("good", 5)
    with pytest.raises(DataError):
        glove(["good"], width=100)


@real
def test_the_checksums_of_the_table() -> None:
    for name, known in SOURCES.items():
        path = SHARED / name
        if path.exists():
            assert path.stat().st_size == known.size
            assert checksum(path) == known.sha256
            if known.unpacked:
                assert checksum(path, unpack=True) == known.unpacked
