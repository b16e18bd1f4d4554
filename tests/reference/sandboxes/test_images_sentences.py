"""The sandboxes of Module 4: what they read, say and draw."""

from __future__ import annotations

import numpy as np
import pytest

import minitorch
from minitorch.data.digits import small_digits
from minitorch.data.reviews import short_reviews
from minitorch.sandbox import images_sandbox, sentences_sandbox
from minitorch.sandbox.images import read_cells, shifted
from minitorch.sandbox.sentences import window_weights
from minitorch.train.images import ImageTrain
from minitorch.train.sentences import make_trainer, words_of


@pytest.fixture(scope="module")
def reader() -> ImageTrain:
    minitorch.seed(1)
    return ImageTrain(size=8, backend=minitorch.SimpleBackend)


@pytest.fixture(scope="module")
def judge():
    minitorch.seed(1)
    words = words_of(short_reviews("train"))
    return make_trainer(words, filters=3, size=4, backend=minitorch.SimpleBackend)


def test_drawn_cells_are_read() -> None:
    assert read_cells("0 255 128 0", 2) is not None
    assert read_cells("0 255 128 0", 2).tolist()[0] == [0.0, 1.0]  # type: ignore[union-attr]
    for text in ("", "0 0 0 0", "1 2 3", "a b c d", "-1 0 0 0"):
        assert read_cells(text, 2) is None


def test_an_image_is_moved() -> None:
    image = np.arange(9, dtype=np.float32).reshape(3, 3)
    assert shifted(image, 1, 0).tolist() == [[0, 0, 1], [0, 3, 4], [0, 6, 7]]
    assert shifted(image, 0, -1).tolist() == [[3, 4, 5], [6, 7, 8], [0, 0, 0]]
    assert shifted(image, 0, 0).tolist() == image.tolist()
    assert shifted(image, -3, 3).sum() == 0


def test_the_image_sandbox_follows_its_settings(reader) -> None:
    play = images_sandbox(reader, small_digits("validation"))
    for shows in play.LAYERS:
        view = play.set(shows=shows)
        assert "is read as" in view.sentence
        assert "probability" in view.detail
    assert "moved by (1, -2)" in play.set(right=1, down=-2).sentence
    assert play.set(ink=" ".join(["200"] * 64)).sentence.startswith("Your digit")
    assert play.hidden() == {"ink", "number"}
    assert play.set(ink="").sentence.startswith("A ")


def test_the_sentence_sandbox_says_what_decided(judge) -> None:
    play = sentences_sandbox(judge)
    assert "the probability of praise is" in play.view().sentence
    assert "Unknown: qwerty" in play.set(sentence="A wonderful qwerty.").sentence
    assert "window" in play.set(shows="windows").figure.title
    assert "Type a sentence" in play.set(sentence=" ").sentence
    assert "31 words" in play.set(sentence="so " * 31).sentence


def test_windows_add_up_to_the_score(judge) -> None:
    sentence = ["a", "wonderful", "film", "."]
    given = sum(weight for _, weight in window_weights(judge, sentence))
    bias = judge.model.network.linear.bias.value[0]
    chance = judge.run_one(sentence)
    assert np.isclose(np.log(chance / (1.0 - chance)), given + bias, atol=1e-4)
