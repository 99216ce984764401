"""Sharpness falls with blur and does not follow contrast; brightness is the mean."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from drivers.vision.codes import Picture
from drivers.vision.sharpness import brightness, sharpness


def pattern() -> Picture:
    noise = np.random.default_rng(4).integers(0, 2, (60, 80), dtype=np.uint8) * 200 + 20
    return np.kron(noise, np.ones((8, 8), dtype=np.uint8)).astype(np.uint8)


def test_every_step_of_blur_is_less_sharp() -> None:
    values = [sharpness(pattern())]
    for sigma in (1.0, 2.0, 4.0, 8.0):
        values.append(sharpness(np.asarray(cv2.GaussianBlur(pattern(), (0, 0), sigma), dtype=np.uint8)))
    assert values == sorted(values, reverse=True)
    assert values[0] > 10 * values[3]


def test_contrast_does_not_matter() -> None:
    faint = (pattern() // 4 + 90).astype(np.uint8)
    assert sharpness(faint) == pytest.approx(sharpness(pattern()), rel=0.1)


def test_flat_is_not_sharp() -> None:
    assert sharpness(np.full((50, 50, 3), 100, dtype=np.uint8)) == 0.0


def test_noise_in_a_blurred_picture_is_no_sharpness() -> None:
    blurred = cv2.GaussianBlur(pattern(), (0, 0), 8.0).astype(np.int16)
    noisy = np.clip(blurred + np.random.default_rng(5).integers(-5, 6, blurred.shape), 0, 255).astype(np.uint8)
    assert sharpness(noisy) < 0.1 * sharpness(pattern())


def test_brightness() -> None:
    assert brightness(np.full((5, 5, 3), 100, dtype=np.uint8)) == pytest.approx(100, abs=1)
