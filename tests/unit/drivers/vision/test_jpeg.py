"""Decoding pictures from outside."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import pytest

from drivers.vision.jpeg import PictureError, decode, encode_jpeg


def test_a_picture_decodes_to_bgr() -> None:
    blue = np.zeros((30, 40, 3), dtype=np.uint8)
    blue[:, :, 0] = 250
    decoded = decode(encode_jpeg(blue))
    assert decoded.shape == (30, 40, 3)
    assert decoded[:, :, 0].mean() > 240 > 20 > decoded[:, :, 2].mean()


def test_png_and_grey_decode_too() -> None:
    done, png = cv2.imencode(".png", np.full((10, 12), 77, dtype=np.uint8))
    assert done
    assert decode(bytes(png)).shape == (10, 12, 3)


def test_a_cut_picture_is_refused() -> None:
    content = encode_jpeg(np.random.default_rng(1).integers(0, 255, (100, 100, 3), dtype=np.uint8))
    for length in (3, 50, 700, len(content) // 2, len(content) - 2):
        with pytest.raises(PictureError):
            decode(content[:length])


def test_a_lying_header_is_refused_before_decoding() -> None:
    content = bytearray(encode_jpeg(np.zeros((16, 16, 3), dtype=np.uint8)))
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", 60_000, 60_000)
    with pytest.raises(PictureError, match="60000 x 60000"):
        decode(bytes(content))


def test_damage_inside_is_refused_or_decodes_to_the_announced_size() -> None:
    content = encode_jpeg(np.zeros((64, 64, 3), dtype=np.uint8))
    broken = content[:20] + b"\xff\xc4\x00\x05\x00\x00\x00" + content[-2:]
    with pytest.raises(PictureError):
        decode(broken)


def test_what_cannot_be_encoded() -> None:
    with pytest.raises(PictureError, match="encoded"):
        encode_jpeg(np.zeros((0, 0, 3), dtype=np.uint8))
