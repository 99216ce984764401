"""Pictures of instructions: complete ones of sane size pass; everything else is refused with its reason."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station_app.storage.instructions.media_files import MAX_PICTURE_BYTES, media_fault, media_type_of

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><path d="M0 0h1" fill="url(#g)"/></svg>'
PNG_TYPE, JPEG_TYPE, SVG_TYPE = "image/png", "image/jpeg", "image/svg+xml"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 3, height: int = 2) -> bytes:
    """A whole PNG picture, grey; its pixels are right when it is small."""
    rows = b"".join(b"\0" + b"\x80" * width for _ in range(height)) if width * height < 1000 else b""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def jpeg(width: int = 3, height: int = 2, frame: int = 0xC0) -> bytes:
    """The segments of a JPEG picture, with a stuffed 0xFF and padding after its end as cameras write."""
    app0 = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0\1\1\0\0\1\0\1\0\0"
    sof = b"\xff" + bytes([frame]) + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    sos = b"\xff\xda" + struct.pack(">HB", 8, 1) + b"\1\0\0\x3f\0"
    return b"\xff\xd8" + app0 + b"\xff" + sof + sos + b"\x12\xff\x00\x34" + b"\xff\xd9" + b"\0\0\0"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("a.svg", SVG_TYPE), ("A.PNG", PNG_TYPE), ("a.b.jpg", JPEG_TYPE), ("a.jpeg", JPEG_TYPE)],
)
def test_media_types(name: str, media_type: str) -> None:
    assert media_type_of(name) == media_type


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.svgz", "a", "png", "a.png.exe", "a.avi", ""])
def test_other_media_are_refused(name: str) -> None:
    assert media_type_of(name) is None


def test_good_pictures() -> None:
    assert media_fault(SVG, SVG_TYPE) is None
    assert media_fault(png(), PNG_TYPE) is None
    assert media_fault(png(8192, 8192), PNG_TYPE) is None
    for frame in (0xC0, 0xC1, 0xC2):
        assert media_fault(jpeg(frame=frame), JPEG_TYPE) is None
    assert media_fault(jpeg(8192, 8192), JPEG_TYPE) is None


@pytest.mark.parametrize("media_type", [PNG_TYPE, JPEG_TYPE, SVG_TYPE])
def test_empty_wrong_or_too_big(media_type: str) -> None:
    assert media_fault(b"", media_type) == "the file is empty"
    assert "is not a" in str(media_fault(b"GIF89a........", media_type))
    assert "too big: 20.0 MiB" in str(media_fault(b"x" * (MAX_PICTURE_BYTES + 1), media_type))


@pytest.mark.parametrize(("width", "height"), [(8193, 1), (1, 8193), (0, 5), (5, 0)])
def test_sides(width: int, height: int) -> None:
    assert f"{width} x {height} px" in str(media_fault(png(width, height), PNG_TYPE))
    assert f"{width} x {height} px" in str(media_fault(jpeg(width, height), JPEG_TYPE))


def test_every_truncation_is_noticed() -> None:
    whole = png()
    for length in range(len(whole)):
        assert media_fault(whole[:length], PNG_TYPE) is not None, length
    whole = jpeg().rstrip(b"\0")
    for length in range(len(whole)):
        assert media_fault(whole[:length], JPEG_TYPE) is not None, length
    for length in range(len(SVG)):
        assert media_fault(SVG[:length], SVG_TYPE) is not None, length


@settings(max_examples=200, deadline=None)
@given(st.integers(8, len(png()) - 1), st.integers(1, 255))
def test_every_damaged_byte_of_a_png_is_noticed(position: int, change: int) -> None:
    damaged = bytearray(png())
    damaged[position] ^= change
    assert media_fault(bytes(damaged), PNG_TYPE) is not None


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"<svg>", SVG[:60]]))
def test_garbage_is_refused_and_never_raises(garbage: bytes, start: bytes) -> None:
    for media_type in (PNG_TYPE, JPEG_TYPE, SVG_TYPE):
        fault = media_fault(start + garbage, media_type)
        assert fault is None or len(fault) > 10


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<script>alert(1)</script>", "<script> may not"),
        ('<s:script xmlns:s="http://www.w3.org/2000/svg"/>', "<s:script> may not"),
        ("<foreignObject/>", "<foreignObject> may not"),
        ('<g onload="x()"/>', "is a script"),
        ('<a href="javascript:x()"/>', "outside"),
        ('<image href="http://h/x.png"/>', "outside"),
        ('<image xmlns:x="http://www.w3.org/1999/xlink" x:href="file:///etc/passwd"/>', "outside"),
        ('<image href="../x.png"/>', "outside"),
        ('<image href="data:image/png;base64,AAAA"/>', "outside"),
        ('<use href="other.svg#a"/>', "outside"),
        ('<path fill="url(http://h/x)"/>', "outside"),
        ("<path style=\"fill: URL( 'http://h/x' )\"/>", "outside"),
        ("<style>@import 'http://h/x.css';</style>", "outside"),
        ("<style>path { fill: url(http://h/x) }</style>", "outside"),
        ("<?xml-stylesheet href='x.css'?>", "<?xml-stylesheet?> may not"),
        ("<g>" * 80 + "</g>" * 80, "nested too deeply"),
    ],
)
def test_scripts_and_references_in_drawings_are_refused(inside: str, reason: str) -> None:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg">\n{inside}</svg>'
    fault = media_fault(drawing.encode(), SVG_TYPE)
    assert fault is not None
    assert reason in fault
    assert "(line 2)" in fault


def test_references_within_a_drawing_are_fine() -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><g id="a"/><use href="#a"/><path fill="url( #b )"/></svg>'
    assert media_fault(drawing, SVG_TYPE) is None


def test_a_document_type_is_refused_before_it_can_grow() -> None:
    bomb = b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>'
    assert "DOCTYPE" in str(media_fault(bomb, SVG_TYPE))


def test_another_document_than_a_drawing() -> None:
    assert "its first element is <html>" in str(media_fault(b"<html></html>", SVG_TYPE))


def test_nothing_hides_in_a_long_style() -> None:
    for padding in range(8180, 8200):
        style = "/*" + "x" * padding + "*/ @import 'http://h/x.css';"
        assert media_fault(f"<svg><style>{style}</style></svg>".encode(), SVG_TYPE) is not None


@pytest.mark.parametrize(
    "appended", [b"PK\x03\x04", b"<script>", b"MZ\x90", b"PK\x03\x04 \xff\xd9", b"\xff\xd9x\xff\xd9"]
)
def test_something_else_behind_a_picture_is_refused(appended: bytes) -> None:
    assert "of something else follow the PNG picture" in str(media_fault(png() + appended, PNG_TYPE))
    assert "of something else follow the JPEG picture" in str(media_fault(jpeg() + appended, JPEG_TYPE))
    assert media_fault(SVG + appended, SVG_TYPE) is not None


def test_further_pictures_behind_the_first_are_a_camera_s() -> None:
    assert media_fault(jpeg() + jpeg(1, 1), JPEG_TYPE) is None
    assert media_fault(jpeg() + jpeg(1, 1)[:-8], JPEG_TYPE) == "the JPEG picture is cut off"
    assert media_fault(jpeg() * 2000, JPEG_TYPE) is None


def test_a_picture_of_several_scans_is_walked_to_its_end() -> None:
    whole = jpeg().rstrip(b"\0")
    scan = b"\xff\xda" + struct.pack(">HB", 8, 1) + b"\1\0\0\x3f\0" + b"\x55\xff\xd0\xff\x00\xaa"
    assert media_fault(whole[:-2] + scan + scan + b"\xff\xd9", JPEG_TYPE) is None
