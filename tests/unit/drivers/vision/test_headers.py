"""Pictures are judged by their first bytes before anything decodes them."""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.vision.headers import MAX_PICTURE_BYTES, PictureError, PictureHeader, check_complete, probe
from drivers.vision.jpeg import encode_jpeg, encode_png

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


PNG_PICTURE = encode_png(np.full((48, 64, 3), 120, dtype=np.uint8))


def comment(text: bytes) -> bytes:
    return JPEG[:2] + b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text + JPEG[2:]


def text_chunk(text: bytes) -> bytes:
    body = b"tEXt" + b"Comment\0" + text
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return PNG_PICTURE[:33] + chunk + PNG_PICTURE[33:]


@pytest.mark.parametrize(
    "polyglot",
    [
        JPEG + b"PK\x03\x04 an archive",
        JPEG + b"PK\x03\x04 an archive\xff\xd9",  # with an end of its own
        JPEG + b"\0" * 100_000,
        PNG_PICTURE + b"%PDF-1.7",
        PNG_PICTURE + PNG_PICTURE,
        JPEG + JPEG,
        comment(b"%PDF-1.7 also a document"),
        comment(b"<?php system($_GET['c']); ?>"),
        comment(b"<SCRIPT>alert(1)</SCRIPT>"),
        text_chunk(b"<html><body>"),
        text_chunk(b"PK\x03\x04"),
    ],
)
def test_a_polyglot_is_refused_before_it_is_decoded(polyglot: bytes) -> None:
    header = probe(polyglot)
    with pytest.raises(PictureError, match="not only a picture"):
        check_complete(polyglot, header)


def test_what_cameras_add_is_no_polyglot() -> None:
    for picture in (JPEG, PNG_PICTURE):
        check_complete(picture + b"\0" * 600 + b"\r\n", probe(picture))
    check_complete(JPEG + b"\xff\xd9", probe(JPEG))
    check_complete(comment(b"Lens 4 mm, F2.0"), probe(JPEG))
    check_complete(text_chunk(b"Software: camera"), probe(PNG_PICTURE))


def test_a_progressive_jpeg_with_many_scans_is_whole() -> None:
    noise = np.random.default_rng(2).integers(0, 255, (80, 120, 3)).astype(np.uint8)
    for options in ([cv2.IMWRITE_JPEG_PROGRESSIVE, 1], [cv2.IMWRITE_JPEG_RST_INTERVAL, 2], []):
        content = cv2.imencode(".jpg", noise, options)[1].tobytes()
        check_complete(content, probe(content))
        with pytest.raises(PictureError, match=r"truncated|damaged"):
            check_complete(content[:-2], probe(content))


def test_a_picture_of_60000_by_60000_is_refused_by_its_header() -> None:
    for content in (png_of_size(60_000, 60_000), jpeg_of_size(60_000, 60_000)):
        with pytest.raises(PictureError, match="60000 x 60000 pixels; allowed"):
            probe(content)
    with pytest.raises(PictureError, match="8000 x 8000 pixels; allowed: 36 million"):
        probe(png_of_size(8000, 8000))


@given(st.binary(max_size=300))
def test_any_bytes_behind_a_header_are_a_picture_or_refused(tail: bytes) -> None:
    for start in (JPEG[:40], PNG_PICTURE[:40]):
        try:
            check_complete(start + tail, PictureHeader("image/jpeg" if start[0] == 0xFF else "image/png", 1, 1))
        except PictureError:
            continue
