"""Images and confusion tables: what they show, and what they say of it."""

from __future__ import annotations

import re

import numpy as np
import pytest

import minitorch
from minitorch.draw import draw_confusion, draw_images


def test_images_say_what_they_are() -> None:
    figure = draw_images(np.eye(4)[None].repeat(3, 0), ["a", "b"], "Three")
    assert figure.title == "Three"
    assert "3 images of 4×4 cells, values from 0 to 1. Below: a, b." in figure.desc
    assert len(re.findall("<rect", figure.svg)) == 4  # the panel and a frame each


def test_tensors_and_lists_are_images_too() -> None:
    assert "One image" in draw_images(minitorch.tensor([[0.0, 1.0]])).desc
    assert "One image" in draw_images([[0.0, 1.0]]).desc


def test_negative_cells_have_a_sign_of_their_own() -> None:
    plain, signed = draw_images([[0.5, 1.0]], size=20), draw_images([[-0.5, 1.0]], size=20)
    assert "stroke-linecap" not in plain.svg and "stroke-linecap" in signed.svg


def test_large_images_stay_small_as_pictures() -> None:
    rng = np.random.default_rng(1)
    assert len(draw_images(rng.random((8, 28, 28))).svg) < 300_000
    assert len(draw_images(np.zeros((8, 28, 28))).svg) < 5_000


def test_nothing_is_drawn_of_what_are_no_images() -> None:
    with pytest.raises(ValueError, match="shape"):
        draw_images(np.zeros((2, 3, 4, 5)))
    with pytest.raises(ValueError, match="2 names can't stand below 1"):
        draw_images(np.zeros((1, 2, 2)), ["a", "b"])
    assert "values from 0 to 0" in draw_images([[float("nan")]]).desc


def test_a_confusion_table_names_the_commonest_mistakes() -> None:
    figure = draw_confusion([[5, 1], [3, 4]], ["yes", "no"])
    assert "9 of 13 are right" in figure.desc
    assert "no taken for yes: 3; yes taken for no: 1" in figure.desc
    assert "There are no mistakes" in draw_confusion([[1]], ["a"]).desc
    with pytest.raises(ValueError, match="2×2"):
        draw_confusion([[1]], ["a", "b"])
