"""Videos of an instruction: MP4 and WebM files that are complete and hold pictures of a kind that Qt plays.

Only the containers are read: the boxes of ISO/IEC 14496-12 and the elements of EBML (RFC 8794, Matroska).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

MAX_SIDE_PX = 4096
_MAX_DEPTH = 16
_MAX_PARTS = 200_000
_MP4_CODECS = {b"avc1", b"avc3", b"hvc1", b"hev1", b"vp09", b"av01"}
_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}
_EBML, _SEGMENT, _DOCTYPE = 0x1A45DFA3, 0x18538067, 0x4282
_TRACKS, _TRACK, _CODEC, _VIDEO, _WIDTH, _HEIGHT = 0x1654AE6B, 0xAE, 0x86, 0xE0, 0xB0, 0xBA
_MASTERS = {_SEGMENT, _TRACKS, _TRACK, _VIDEO}
_WEBM_CODECS = {b"V_VP8", b"V_VP9", b"V_AV1"}


class _Damaged(Exception):
    """The container cannot be read to its end."""


def mp4_fault(content: bytes) -> str | None:
    """What is wrong with an MP4 file's bytes, or None."""
    if content[4:8] != b"ftyp":
        return "it is not an MP4 video, whatever its name says"
    try:
        boxes = list(islice(_boxes(content, 0, len(content)), _MAX_PARTS + 1))
        if len(boxes) > _MAX_PARTS:
            raise _Damaged(f"it has more than {_MAX_PARTS} parts")
    except _Damaged as error:
        return f"the MP4 video is damaged: {error}"
    kinds = [kind for kind, _, _ in boxes]
    if b"moov" not in kinds or (b"mdat" not in kinds and b"moof" not in kinds):
        return "the MP4 video is cut off"
    entries = [content[start + 12 : start + 16] for kind, start, end in boxes if kind == b"stsd" and end - start >= 48]
    pictures = [entry for entry in entries if entry in _MP4_CODECS]
    if not pictures:
        found = ", ".join(entry.decode("ascii", "replace") for entry in entries) or "none"
        return f"the MP4 video has no picture that can be played (found: {found}); use H.264"
    for kind, start, end in boxes:
        if kind == b"stsd" and end - start >= 48 and content[start + 12 : start + 16] in _MP4_CODECS:
            width = int.from_bytes(content[start + 40 : start + 42], "big")
            height = int.from_bytes(content[start + 42 : start + 44], "big")
            return _size_fault(width, height)
    return None


def _boxes(content: bytes, start: int, end: int, depth: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """Kind, first byte behind the header, and end of every box, containers first."""
    at = start
    if depth > _MAX_DEPTH:
        raise _Damaged("its parts are nested too deeply")
    while at < end:
        if end - at < 8:
            raise _Damaged(f"{end - at} bytes too many at byte {at}")
        size, kind, header = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8], 8
        if size == 1:
            size, header = int.from_bytes(content[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if size < header or at + size > end:
            raise _Damaged(f"the part {kind.decode('ascii', 'replace')} at byte {at} is cut off")
        yield kind, at + header, at + size
        if kind in _CONTAINERS:
            yield from _boxes(content, at + header, at + size, depth + 1)
        at += size


def webm_fault(content: bytes) -> str | None:
    """What is wrong with a WebM file's bytes, or None."""
    if not content.startswith(_EBML.to_bytes(4, "big")):
        return "it is not a WebM video, whatever its name says"
    codec, size = b"", {_WIDTH: 0, _HEIGHT: 0}
    doctype = b""
    try:
        for element, start, end in _elements(content, 0, len(content)):
            if element == _DOCTYPE:
                doctype = content[start:end].rstrip(b"\0")
            elif element == _CODEC and content[start:end].startswith(b"V_"):
                codec = content[start:end].rstrip(b"\0")
            elif element in size:
                size[element] = int.from_bytes(content[start:end], "big")
    except _Damaged as error:
        return f"the WebM video is damaged: {error}"
    if doctype != b"webm":
        return "it is a Matroska file, not a WebM video"
    if codec not in _WEBM_CODECS:
        return f"the WebM video has no picture that can be played (found: {codec.decode('ascii', 'replace') or 'none'})"
    return _size_fault(size[_WIDTH], size[_HEIGHT])


def _elements(content: bytes, start: int, end: int, depth: int = 0) -> Iterator[tuple[int, int, int]]:
    """Number, first byte and end of every EBML element that matters here, masters entered."""
    at = start
    if depth > _MAX_DEPTH:
        raise _Damaged("its parts are nested too deeply")
    while at < end:
        element, at_size = _number(content, at, keep_marker=True)
        size, first = _number(content, at_size, keep_marker=False)
        unknown = size == (1 << (7 * (first - at_size))) - 1
        last = end if unknown else first + size
        if last > end:
            raise _Damaged(f"the part at byte {at} is cut off")
        yield element, first, last
        if element in _MASTERS or element == _EBML:
            yield from _elements(content, first, last, depth + 1)
        at = last


def _number(content: bytes, at: int, *, keep_marker: bool) -> tuple[int, int]:
    """A variable-length number and the place behind it."""
    if at >= len(content) or content[at] == 0:
        raise _Damaged(f"no element at byte {at}")
    length = 9 - content[at].bit_length()
    if at + length > len(content):
        raise _Damaged(f"cut off at byte {at}")
    value = int.from_bytes(content[at : at + length], "big")
    return (value if keep_marker else value & ~(1 << (7 * length))), at + length


def _size_fault(width: int, height: int) -> str | None:
    if not 0 < width <= MAX_SIDE_PX or not 0 < height <= MAX_SIDE_PX:
        return f"the video has {width} x {height} px, at most {MAX_SIDE_PX} x {MAX_SIDE_PX} and at least 1 x 1"
    return None
