"""Videos of instructions: whole MP4 and WebM files of sane size and known codecs pass; everything else says why not."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station_app.storage.instructions.media_files import media_fault
from station_app.storage.instructions.video_files import mp4_fault, webm_fault


def box(kind: bytes, *inner: bytes) -> bytes:
    body = b"".join(inner)
    return struct.pack(">I", 8 + len(body)) + kind + body


def mp4(codec: bytes = b"avc1", width: int = 640, height: int = 480) -> bytes:
    """The boxes of an MP4 video with one track of pictures (ISO/IEC 14496-12)."""
    entry = bytes(6) + b"\0\1" + bytes(16) + struct.pack(">HH", width, height) + bytes(50)
    description = box(b"stsd", bytes(4), struct.pack(">I", 1), box(codec, entry))
    track = box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", description))))
    return (
        box(b"ftyp", b"isom", bytes(4), b"isom")
        + box(b"moov", box(b"mvhd", bytes(100)), track)
        + box(b"mdat", bytes(40))
    )


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Real recordings by codec."""
    folder = tmp_path_factory.mktemp("videos")
    found = {}
    for codec, ending in (("VP80", "webm"), ("VP90", "webm"), ("vp09", "mp4"), ("mp4v", "mp4")):
        file = folder / f"{codec}.{ending}"
        writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*codec), 10, (64, 48))
        assert writer.isOpened(), codec
        for shade in range(5):
            writer.write(np.full((48, 64, 3), shade * 40, np.uint8))
        writer.release()
        found[codec] = Path(file).read_bytes()
    return found


def test_recordings_are_accepted(recorded: dict[str, bytes]) -> None:
    for codec, media_type in (("VP80", "video/webm"), ("VP90", "video/webm"), ("vp09", "video/mp4")):
        assert media_fault(recorded[codec], media_type) is None, codec


@pytest.mark.parametrize("codec", [b"avc1", b"hvc1", b"hev1", b"av01"])
def test_known_codecs_are_accepted(codec: bytes) -> None:
    assert mp4_fault(mp4(codec)) is None


def test_a_codec_that_is_not_played_is_named(recorded: dict[str, bytes]) -> None:
    assert mp4_fault(recorded["mp4v"]) == "the MP4 video has no picture that can be played (found: mp4v); use H.264"
    assert "found: none" in str(mp4_fault(box(b"ftyp", b"isom") + box(b"moov", bytes(0)) + box(b"mdat")))
    other = recorded["VP90"].replace(b"V_VP9", b"V_XYZ")
    assert webm_fault(other) == "the WebM video has no picture that can be played (found: V_XYZ)"
    matroska = recorded["VP90"].replace(b"webm", b"mkvx", 1)
    assert webm_fault(matroska) == "it is a Matroska file, not a WebM video"


def test_what_is_no_video_is_told(recorded: dict[str, bytes]) -> None:
    for content in (b"GIF89a..........", b"\0" * 40, b"<html>", recorded["VP90"]):
        assert mp4_fault(content) == "it is not an MP4 video, whatever its name says"
    for content in (b"GIF89a..........", recorded["vp09"]):
        assert webm_fault(content) == "it is not a WebM video, whatever its name says"


def test_every_truncation_is_noticed(recorded: dict[str, bytes]) -> None:
    for codec, fault in (("VP80", webm_fault), ("VP90", webm_fault), ("vp09", mp4_fault)):
        whole = recorded[codec]
        for length in range(len(whole)):
            assert fault(whole[:length]) is not None, (codec, length)
    whole = mp4()
    for length in range(len(whole)):
        assert mp4_fault(whole[:length]) is not None, length


@pytest.mark.parametrize(
    "appended",
    [b"PK\x03\x04" + bytes(40), b"<script>alert(1)</script>", b"%PDF-1.4 and more", b"MZ\x90\0" + bytes(30), b"x"],
)
def test_something_else_behind_a_video_is_refused(recorded: dict[str, bytes], appended: bytes) -> None:
    assert mp4_fault(recorded["vp09"] + appended) is not None
    assert mp4_fault(mp4() + appended) is not None
    assert webm_fault(recorded["VP90"] + appended) is not None


@pytest.mark.parametrize(("width", "height"), [(0, 480), (640, 0), (4097, 480), (640, 60_000)])
def test_sizes(width: int, height: int) -> None:
    assert f"{width} x {height} px" in str(mp4_fault(mp4(width=width, height=height)))


def test_a_size_of_a_webm(recorded: dict[str, bytes]) -> None:
    # PixelWidth: element 0xB0, one byte long, 64
    assert b"\xb0\x81\x40" in recorded["VP90"]
    assert "0 x 48 px" in str(webm_fault(recorded["VP90"].replace(b"\xb0\x81\x40", b"\xb0\x81\x00")))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_bytes_break_the_check(recorded: dict[str, bytes], data: st.DataObject) -> None:
    for content, fault in ((recorded["VP90"], webm_fault), (mp4(), mp4_fault)):
        raw = bytearray(content)
        for _ in range(data.draw(st.integers(1, 6))):
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
        assert isinstance(fault(bytes(raw)), str | None)


def test_parts_nested_without_end_or_without_number_are_refused() -> None:
    deep = element = b""
    for _ in range(5000):
        deep = struct.pack(">I", 8 + len(deep)) + b"moov" + deep
        element = b"\x18\x53\x80\x67" + (len(element) | 1 << 28).to_bytes(4, "big") + element
    assert "nested too deeply" in str(mp4_fault(box(b"ftyp", b"isom") + deep))
    assert "nested too deeply" in str(webm_fault(b"\x1a\x45\xdf\xa3\x80" + element))
    assert "more than" in str(mp4_fault(box(b"ftyp", b"isom") + box(b"free") * 200_001))
