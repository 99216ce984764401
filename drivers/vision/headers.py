"""What a picture's bytes say before anything decodes them: kind, size, whole, and nothing but a picture.

A picture from outside is looked at here before a decoder may allocate memory for it. Standard library only.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

MAX_PICTURE_BYTES = 20 * 1024 * 1024
MAX_SIDE_PX = 8192
MAX_PIXELS = 36_000_000
JPEG = "image/jpeg"
PNG = "image/png"
_JPEG_START = b"\xff\xd8\xff"
_PNG_START = b"\x89PNG\r\n\x1a\n"
_NO_FRAME_HEADER = (0xC4, 0xC8, 0xCC)
_WITHOUT_LENGTH = (0x01, *range(0xD0, 0xD8))
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
# what cameras are seen to add behind the end: zeros, line ends, and the end marker once more
_PADDING = b"\x00\r\n \xff\xd9"
_MAX_PADDING_BYTES = 64 * 1024
# in a scan's data 0xFF is followed by 0 or by a restart marker; anything else ends the scan
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_PNG_PIXELS = b"IDAT"
# what other programs look for anywhere in a file, although a picture's decoder does not mind it
_FOREIGN = re.compile(rb"%PDF-|PK\x03\x04|Rar!\x1a|<\?php|<script|<html|<svg", re.IGNORECASE)


class PictureError(ValueError):
    """Bytes that cannot be used as a picture; the text says why, for a person."""


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """Kind and size of a picture, in pixels."""

    media_type: str
    width_px: int
    height_px: int


def probe(content: bytes) -> PictureHeader:
    """Read the header of a JPEG or PNG.

    Raises PictureError for anything else, and for a size beyond the limits.
    """
    if not content:
        raise PictureError("there is no picture: it has no bytes")
    if len(content) > MAX_PICTURE_BYTES:
        raise PictureError(f"the picture has {len(content)} bytes; allowed: {MAX_PICTURE_BYTES}")
    if content.startswith(_JPEG_START):
        header = _jpeg_header(content)
    elif content.startswith(_PNG_START):
        header = _png_header(content)
    else:
        raise PictureError("this is not a picture; allowed: JPEG, PNG")
    width, height = header.width_px, header.height_px
    if not (1 <= width <= MAX_SIDE_PX and 1 <= height <= MAX_SIDE_PX):
        raise PictureError(f"the picture is {width} x {height} pixels; allowed: 1 to {MAX_SIDE_PX} each")
    if width * height > MAX_PIXELS:
        raise PictureError(f"the picture is {width} x {height} pixels; allowed: {MAX_PIXELS // 1_000_000} million")
    return header


def check_complete(content: bytes, header: PictureHeader) -> None:
    """Raise PictureError unless the picture has its end, and nothing but the picture is in the bytes.

    A cut transmission decodes to a half-grey picture. A polyglot (a picture that is also a program, a document or an
    archive) would be kept as evidence and opened as the other thing elsewhere.
    """
    end = _jpeg_end(content) if header.media_type == JPEG else _png_end(content)
    rest = content[end : end + _MAX_PADDING_BYTES + 1]
    if len(rest) > _MAX_PADDING_BYTES or rest.strip(_PADDING):
        raise PictureError(
            f"the file is not only a picture: {len(content) - end} bytes of something else follow behind its end"
        )


def _refuse_foreign(segment: bytes) -> None:
    found = _FOREIGN.search(segment)
    if found is not None:
        what = found.group().decode("latin-1").strip("\x03\x04\x1a")
        raise PictureError(f"the file is not only a picture: it also contains what begins as {what}")


def _jpeg_header(content: bytes) -> PictureHeader:
    """Walk the segments to the frame header (ITU-T T.81, B.1.1.4 and B.2.2)."""
    position = 2
    while position + 4 <= len(content):
        if content[position] != 0xFF:
            raise PictureError("the picture is damaged: its JPEG header has no marker where one must be")
        marker = content[position + 1]
        if marker == 0xFF:
            position += 1
        elif marker in _WITHOUT_LENGTH:
            position += 2
        elif 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME_HEADER:
            if position + 9 > len(content):
                break
            height, width = struct.unpack_from(">HH", content, position + 5)
            return PictureHeader(JPEG, width, height)
        elif marker in (_END_OF_IMAGE, _START_OF_SCAN):
            break
        else:
            (length,) = struct.unpack_from(">H", content, position + 2)
            position += 2 + max(length, 2)
    raise PictureError("the picture is truncated: its JPEG header gives no size")


def _jpeg_end(content: bytes) -> int:
    """The position behind the end marker, past all segments and scans. Raises PictureError when there is none."""
    position, size = 2, len(content)
    while position + 2 <= size:
        if content[position] != 0xFF:
            raise PictureError("the picture is damaged: its JPEG segments do not follow each other")
        marker = content[position + 1]
        if marker == _END_OF_IMAGE:
            return position + 2
        if marker == 0xFF:
            position += 1
            continue
        if marker in _WITHOUT_LENGTH:
            position += 2
            continue
        if position + 4 > size:
            break
        (length,) = struct.unpack_from(">H", content, position + 2)
        _refuse_foreign(content[position + 4 : position + 2 + length])
        position += 2 + max(length, 2)
        if marker == _START_OF_SCAN:
            scan_end = _SCAN_END.search(content, position)
            if scan_end is None:
                break
            position = scan_end.start()
    raise PictureError("the picture is truncated: its end is missing")


def _png_header(content: bytes) -> PictureHeader:
    if len(content) < 24 or content[12:16] != b"IHDR":
        raise PictureError("the picture is truncated: its PNG header gives no size")
    width, height = struct.unpack_from(">II", content, 16)
    return PictureHeader(PNG, width, height)


def _png_end(content: bytes) -> int:
    """The position behind the chunk IEND (ISO/IEC 15948, 5.3). Raises PictureError when there is none."""
    position, size = len(_PNG_START), len(content)
    while position + 12 <= size:
        (length,) = struct.unpack_from(">I", content, position)
        kind = content[position + 4 : position + 8]
        end = position + 12 + int(length)
        if end > size:
            break
        if kind == b"IEND":
            return end
        if kind != _PNG_PIXELS:
            _refuse_foreign(content[position + 8 : end - 4])
        position = end
    raise PictureError("the picture is truncated: its end is missing")
