"""Frames: the original untouched, a lossless first encoding for pixels, nothing encoded that nobody asks for."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.cameras.frame import EncodedShot, Frame, RawShot
from drivers.simulation.scene import Scene, SceneRenderer
from drivers.vision.headers import PictureError
from drivers.vision.jpeg import decode, encode_jpeg, encode_png

PIXELS = SceneRenderer().picture(Scene(), 1)


def test_a_cameras_jpeg_is_original_and_preview_at_once() -> None:
    content = encode_jpeg(PIXELS)
    frame = Frame(EncodedShot(content), 12.0, 3)
    assert frame.original is content and frame.jpeg is content
    assert (frame.media_type, frame.width_px, frame.height_px, frame.number) == ("image/jpeg", 1280, 720, 3)


def test_a_png_is_kept_and_shown_as_jpeg() -> None:
    content = encode_png(PIXELS)
    frame = Frame(EncodedShot(content), 12.0, 1)
    assert frame.original is content and frame.media_type == "image/png"
    assert np.abs(decode(frame.jpeg).astype(int) - PIXELS).mean() < 3


def test_pixels_are_first_encoded_without_loss() -> None:
    frame = Frame(RawShot(PIXELS), 12.0, 1)
    assert frame.media_type == "image/png"
    assert np.array_equal(decode(frame.original), PIXELS)
    assert frame.original is frame.original, "encoded once"
    assert decode(frame.jpeg).shape == PIXELS.shape


def test_equal_pictures_have_equal_marks_and_noise_changes_them() -> None:
    assert RawShot(PIXELS).mark == RawShot(PIXELS.copy()).mark
    noisy = PIXELS.copy()
    noisy[::4, ::4] ^= 1
    assert RawShot(noisy).mark != RawShot(PIXELS).mark


@pytest.mark.parametrize(
    "damage", [b"", b"nothing", encode_jpeg(PIXELS)[:5000], encode_jpeg(PIXELS) + b"PK\x03\x04 more"]
)
def test_bytes_that_are_no_whole_picture_are_refused(damage: bytes) -> None:
    with pytest.raises(PictureError):
        EncodedShot(damage)
