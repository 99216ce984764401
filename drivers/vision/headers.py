"""What a picture's first bytes say: kind and size, without decoding it. Standard library only.

A picture from outside is looked at here before a decoder may allocate memory for it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

MAX_PICTURE_BYTES = 20 * 1024 * 1024
MAX_SIDE_PX = 8192
JPEG = "image/jpeg"
PNG = "image/png"
_JPEG_START = b"\xff\xd8\xff"
_JPEG_END = b"\xff\xd9"
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"
_PADDING = b"\x00\r\n "
_NO_FRAME_HEADER = (0xC4, 0xC8, 0xCC)
_WITHOUT_LENGTH = (0x01, *range(0xD0, 0xD8))


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
    return header


def check_complete(content: bytes, header: PictureHeader) -> None:
    """Raise PictureError unless the picture has its end.

    A cut transmission decodes to a half-grey picture.
    """
    end = _JPEG_END if header.media_type == JPEG else _PNG_END
    if not content[-1024:].rstrip(_PADDING).endswith(end):
        raise PictureError("the picture is truncated: its end is missing")


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
        elif marker in (0xD9, 0xDA):
            break
        else:
            (length,) = struct.unpack_from(">H", content, position + 2)
            position += 2 + max(length, 2)
    raise PictureError("the picture is truncated: its JPEG header gives no size")


def _png_header(content: bytes) -> PictureHeader:
    if len(content) < 24 or content[12:16] != b"IHDR":
        raise PictureError("the picture is truncated: its PNG header gives no size")
    width, height = struct.unpack_from(">II", content, 16)
    return PictureHeader(PNG, width, height)
