"""The network for sentences, and training it."""

from __future__ import annotations

import numpy as np
import pytest

import minitorch
from minitorch import tensor
from minitorch.data import DataError
from minitorch.data.reviews import Reviews, short_reviews
from minitorch.data.vectors import Vectors
from minitorch.train.epochs import Epoch
from minitorch.train.sentences import (
    NOTHING,
    UNKNOWN,
    CNNSentimentKim,
    SentenceSentimentTrain,
    Words,
    encode,
    encode_sentiment_data,
    log_lines,
    make_trainer,
    word_weights,
    words_of,
    words_with,
)


@pytest.mark.task4_5
def test_a_sentence_network_takes_the_largest_answers() -> None:
    model = CNNSentimentKim(1, 1, (1, 2), dropout=0.0)
    for conv, weights in zip(model.convs, ([[[1.0]]], [[[1.0, 1.0]]]), strict=True):
        conv.weights.update(tensor(weights))
        conv.bias.update(tensor([[0.0]]))
    model.linear.weights.update(tensor([[1.0], [10.0]]))
    model.linear.bias.update(tensor([-20.0]))
    got = model.forward(tensor([[[1.0], [3.0], [-2.0]], [[0.0], [-1.0], [2.0]]]))
    wanted = [1.0 / (1.0 + np.exp(20.0 - 3.0 - 40.0)), 1.0 / (1.0 + np.exp(20.0 - 2.0 - 20.0))]
    assert got.shape == (2,)
    assert np.allclose(got.to_numpy(), wanted)


@pytest.mark.task4_5
def test_the_vectors_numbers_are_the_channels() -> None:
    model = CNNSentimentKim(1, 2, (1,), dropout=0.0)
    model.convs[0].weights.update(tensor([[[0.0], [1.0]]]))
    model.convs[0].bias.update(tensor([[0.0]]))
    model.linear.weights.update(tensor([[1.0]]))
    model.linear.bias.update(tensor([0.0]))
    got = model.forward(tensor([[[9.0, 0.5], [8.0, 1.0], [7.0, 0.25]]]))
    assert np.allclose(got.to_numpy(), [1.0 / (1.0 + np.exp(-1.0))])


@pytest.mark.task4_5
def test_dropout_is_for_training() -> None:
    minitorch.seed(1)
    model = CNNSentimentKim(8, 3, (1, 2), dropout=0.5)
    x = minitorch.rand((2, 4, 3))
    assert len({str(model.forward(x).tolist()) for _ in range(5)}) > 1
    model.eval()
    assert len({str(model.forward(x).tolist()) for _ in range(5)}) == 1


@pytest.mark.task4_5
@pytest.mark.slow
def test_the_short_reviews_are_learnt_and_the_seed_decides() -> None:
    train, others = short_reviews("train"), short_reviews("validation")
    words = words_of(train)

    def trained() -> tuple[SentenceSentimentTrain, list[Epoch]]:
        minitorch.seed(1)
        trainer = make_trainer(words)
        told: list[Epoch] = []
        trainer.train(encode(train, words), 0.002, 8, encode(others, words), told.append)
        return trainer, told

    trainer, first = trained()
    _, second = trained()
    assert first == second
    assert first[-1].loss < first[0].loss
    assert first[-1].accuracy > 60.0
    gives = word_weights(trainer, ["a", "wonderful", "film", "."])
    assert len(gives) == 4


@pytest.mark.task4_5
def test_a_sentence_is_judged_alike_beside_any_other() -> None:
    minitorch.seed(1)
    words = Words(["good", "bad"])
    trainer = make_trainer(words, backend=minitorch.SimpleBackend, filters=2, size=3)
    few, long = ["good", "bad"], ["bad"] * 9
    alone = trainer.run_one(few)
    both = trainer.probabilities(encode(Reviews([few, long], [1, 0]), words))
    assert np.isclose(alone, both[0], atol=1e-6)


def test_words_have_numbers() -> None:
    words = Words(["a", "b"])
    rows = words.encode([["b"], ["a", "z"]], room=1)
    assert rows.tolist() == [[3, NOTHING, NOTHING], [2, UNKNOWN, NOTHING]]
    assert len(words) == 4
    with pytest.raises(DataError, match="no sentences"):
        words.encode([])
    reviews = Reviews([["a", "b"], ["b"]], [1, 0])
    assert words_of(reviews).known == ["b"] and words_of(reviews, 1).known == ["a", "b"]


VECTORS = Vectors(["a", "b"], np.array([[1.0, 2.0], [3.0, 4.0]], np.float32))


def test_vectors_to_begin_with() -> None:
    minitorch.seed(1)
    words = words_with(VECTORS, Reviews([["a", "z", "b"]], [1]))
    trainer = make_trainer(words, VECTORS, backend=minitorch.SimpleBackend, filters=2, size=2)
    table = trainer.model.embedding.weights.value.to_numpy()
    assert table[2:].tolist() == [[1.0, 2.0], [3.0, 4.0]] and table[0].tolist() == [0.0, 0.0]
    with pytest.raises(DataError, match="2 numbers each, and the network reads 5"):
        make_trainer(words, VECTORS, backend=minitorch.SimpleBackend, size=5)


def test_the_older_form_of_encoding(capsys: pytest.CaptureFixture[str]) -> None:
    parts = {
        "train": Reviews([["a", "z"], ["b"]], [1, 0]),
        "validation": Reviews([["b", "a", "b"]], [1]),
    }
    (X, y), (X_val, y_val) = encode_sentiment_data(parts, VECTORS, 2, 1)
    assert X.shape == (2, 3, 2) and X_val.shape == (1, 3, 2) and (y, y_val) == ([1, 0], [1])
    assert X[0].tolist() == [[1.0, 2.0], [0.0, 0.0], [0.0, 0.0]]
    assert capsys.readouterr().out == "missing pre-trained embedding for 1 unknown words\n"


def test_the_log_has_the_courses_lines() -> None:
    past = [Epoch(1, 0.5, 80.0, 70, 100), Epoch(2, 0.25, 90.0, 65, 100)]
    assert log_lines(past) == [
        "Epoch 2, loss 0.250000, train accuracy: 90.00%",
        "Validation accuracy: 65.00%",
        "Best Valid accuracy: 70.00%",
    ]
    assert log_lines([Epoch(1, 0.5, 80.0)]) == ["Epoch 1, loss 0.500000, train accuracy: 80.00%"]
