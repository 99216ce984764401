"""Pictures are judged by their first bytes before anything decodes them."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.vision.headers import MAX_PICTURE_BYTES, PictureError, PictureHeader, check_complete, probe
from drivers.vision.jpeg import encode_jpeg

JPEG = encode_jpeg(np.full((48, 64, 3), 120, dtype=np.uint8))


def jpeg_of_size(width: int, height: int) -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03\xff\xd9"


def png_of_size(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", width, height)


def test_kind_and_size() -> None:
    assert probe(JPEG) == PictureHeader("image/jpeg", 64, 48)
    assert probe(png_of_size(7, 9)) == PictureHeader("image/png", 7, 9)
    assert probe(jpeg_of_size(8192, 4320)) == PictureHeader("image/jpeg", 8192, 4320)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no bytes"),
        (b"GIF89a" + b"\0" * 100, "not a picture"),
        (b"\xff\xd8", "not a picture"),
        (b"\xff\xd8\xff", "truncated"),
        (JPEG[:12], "truncated"),
        (b"\xff\xd8\xff\xe0\x00\x04\x00\x00\x00\x00\x00\x00", "damaged"),
        (b"\xff\xd8\xff\xd9" + b"\0" * 8, "truncated"),
        (b"\x89PNG\r\n\x1a\n", "truncated"),
        (jpeg_of_size(8193, 10), "8193 x 10"),
        (jpeg_of_size(0, 10), "0 x 10"),
        (png_of_size(100_000, 100_000), "100000 x 100000"),
        (JPEG + b"\0" * MAX_PICTURE_BYTES, "bytes; allowed"),
    ],
)
def test_refused_with_a_reason(content: bytes, says: str) -> None:
    with pytest.raises(PictureError, match=says):
        probe(content)


def test_the_end_must_be_there() -> None:
    check_complete(JPEG, probe(JPEG))
    check_complete(JPEG + b"\0\0\r\n", probe(JPEG))
    with pytest.raises(PictureError, match="truncated"):
        check_complete(JPEG[:-20], probe(JPEG))


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda tail: b"\xff\xd8\xff" + tail))
def test_any_bytes_are_a_header_or_refused(content: bytes) -> None:
    try:
        header = probe(content)
    except PictureError:
        return
    assert header.width_px > 0
