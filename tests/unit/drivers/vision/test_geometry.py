"""Crop and rotation."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.vision.geometry import Shown, shown_part

PICTURE = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)


def test_a_crop_is_a_part_and_a_turn_is_clockwise() -> None:
    part = shown_part(PICTURE, Shown(0.5, 0.0, 0.5, 0.5))
    assert np.array_equal(part, PICTURE[:2, 3:])
    turned = shown_part(PICTURE, Shown(rotation_deg=90))
    assert turned.shape == (6, 4, 3)
    assert np.array_equal(turned[0, -1], PICTURE[0, 0]), "the top left is at the top right now"
    assert np.array_equal(shown_part(PICTURE, Shown()), PICTURE)


def test_the_smallest_crop_is_a_pixel() -> None:
    assert shown_part(PICTURE, Shown(0.999, 0.999, 0.001, 0.001)).shape == (1, 1, 3)


@pytest.mark.parametrize("wrong", [(-0.1, 0, 1, 1), (0.5, 0, 0.6, 1), (0, 0, 0, 1), (0, 0, 1, float("nan"))])
def test_a_crop_outside_the_picture_is_refused(wrong: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="not inside 0 to 1"):
        Shown(*wrong)


def test_only_quarter_turns() -> None:
    with pytest.raises(ValueError, match="45; allowed: 0, 90, 180, 270"):
        Shown(rotation_deg=45)
