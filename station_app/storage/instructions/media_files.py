"""What an instruction may show: SVG drawings, PNG and JPEG photos, MP4 and WebM videos, and PDF files.

Headers are read before anything tries to draw, so that a truncated, huge or disguised file is refused when it is checked and
never in front of an operator. :func:`media_fault` says what is wrong in one sentence.
"""

from __future__ import annotations

import re
import struct
import xml.parsers.expat
import zlib

from station_app.storage.instructions.pdf_files import page_count as page_count
from station_app.storage.instructions.pdf_files import pdf_fault
from station_app.storage.instructions.video_files import mp4_fault, webm_fault

PDF = "application/pdf"
VIDEO_TYPES = ("video/mp4", "video/webm")
MEDIA_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".pdf": PDF,
}
MAX_PICTURE_BYTES = 20 * 1024 * 1024
MAX_PDF_BYTES = 50 * 1024 * 1024
MAX_VIDEO_BYTES = 200 * 1024 * 1024
MAX_BYTES_OF = {
    media_type: MAX_VIDEO_BYTES
    if media_type in VIDEO_TYPES
    else MAX_PDF_BYTES
    if media_type == PDF
    else MAX_PICTURE_BYTES
    for media_type in MEDIA_TYPES.values()
}
MAX_SIDE_PX = 8192
_PNG_START = b"\x89PNG\r\n\x1a\n"
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
_JPEG_START = b"\xff\xd8\xff"
# in a scan 0xFF is followed by 0 or is a restart marker; any other marker ends it
_JPEG_BEHIND_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_SVG_REFUSED = ("script", "foreignobject", "iframe", "embed", "object", "audio", "video", "handler", "listener")
_MAX_SVG_DEPTH = 64


def media_type_of(name: str) -> str | None:
    """The media type by a file name's ending, or None when it may not be in an instruction."""
    ending = "." + name.rsplit(".", 1)[-1].lower() if "." in name else ""
    return MEDIA_TYPES.get(ending)


def most_bytes_of(name: str) -> int:
    """How large a media file may be, by its name."""
    return MAX_BYTES_OF.get(media_type_of(name) or "", MAX_VIDEO_BYTES)


def media_fault(content: bytes, media_type: str) -> str | None:
    """What is wrong with a file's bytes, or None."""
    if not content:
        return "the file is empty"
    most = MAX_BYTES_OF[media_type]
    if len(content) > most:
        return f"the file is too big: {len(content) / 1048576:.1f} MiB, at most {most // 1048576} MiB"
    match media_type:
        case "image/svg+xml":
            return _svg_fault(content)
        case "video/mp4":
            return mp4_fault(content)
        case "video/webm":
            return webm_fault(content)
        case "application/pdf":
            return pdf_fault(content)
        case _:
            return _photo_fault(content, media_type)


def _photo_fault(content: bytes, media_type: str) -> str | None:
    size = _png_size(content) if media_type == "image/png" else _jpeg_size(content)
    if isinstance(size, str):
        return size
    width, height = size
    if not 0 < width <= MAX_SIDE_PX or not 0 < height <= MAX_SIDE_PX:
        return f"the picture has {width} x {height} px, at most {MAX_SIDE_PX} x {MAX_SIDE_PX} and at least 1 x 1"
    return None


def _png_size(content: bytes) -> tuple[int, int] | str:
    """Width and height in px, or what is wrong. Walks all chunks with their checksums (PNG, section 5)."""
    if not content.startswith(_PNG_START):
        return "it is not a PNG picture, whatever its name says"
    at, size = len(_PNG_START), None
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            break
        if zlib.crc32(content[at + 4 : end - 4]) != struct.unpack_from(">I", content, end - 4)[0]:
            return f"the PNG picture is damaged at byte {at}"
        if size is None:
            if kind != b"IHDR" or length != 13:
                return "the PNG picture has no header"
            size = struct.unpack_from(">II", content, at + 8)
        if kind == b"IEND":
            return (
                size if end == len(content) else f"{len(content) - end} bytes of something else follow the PNG picture"
            )
        at = end
    return "the PNG picture is cut off"


def _jpeg_size(content: bytes) -> tuple[int, int] | str:
    """Width and height in px, or what is wrong.

    Cameras write padding and further pictures (thumbnails, depth) behind the first; anything else is another file in disguise.
    """
    if not content.startswith(_JPEG_START):
        return "it is not a JPEG picture, whatever its name says"
    at, first = 0, None
    while at >= 0:
        walked = _walk_jpeg(content, at)
        if isinstance(walked, str):
            return walked
        size, end = walked
        first = first or size
        at = content.find(_JPEG_START, end)
        if content[end : at if at >= 0 else len(content)].strip(b"\x00\xff"):
            return f"{len(content) - end} bytes of something else follow the JPEG picture"
    return first or "the JPEG picture has no size"


def _walk_jpeg(content: bytes, start: int) -> tuple[tuple[int, int], int] | str:
    """Size and end of the picture that begins there, or what is wrong: all its segments and scans (ITU-T T.81, B.1)."""
    at, size, scans = start + 2, None, 0
    while at + 1 < len(content):
        if content[at] != 0xFF:
            return f"the JPEG picture is damaged at byte {at}"
        marker = content[at + 1]
        if marker == 0xFF or marker in _JPEG_WITHOUT_LENGTH:
            at += 1 if marker == 0xFF else 2
            continue
        if marker == 0xD9:
            return (size, at + 2) if size is not None and scans else "the JPEG picture is cut off"
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if marker in _JPEG_FRAMES and length >= 8 and at + 9 <= len(content):
            height, width = struct.unpack_from(">HH", content, at + 5)
            size = (width, height)
        at += 2 + max(length, 2)
        if marker == 0xDA:
            scans += 1
            behind = _JPEG_BEHIND_SCAN.search(content, at)
            at = behind.start() if behind is not None else len(content)
    return "the JPEG picture is cut off"


class _SvgRefused(Exception):
    """Something in a drawing that may not be there."""


def _svg_fault(content: bytes) -> str | None:
    """What is wrong with a drawing: no XML, another document, a script, or something fetched from outside."""
    parser = xml.parsers.expat.ParserCreate()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        local = name.rsplit(":", 1)[-1].lower()
        if depth == 0 and local != "svg":
            raise _SvgRefused(f"its first element is <{name}>, not <svg>")
        depth += 1
        if depth > _MAX_SVG_DEPTH:
            raise _SvgRefused("its elements are nested too deeply")
        if local in _SVG_REFUSED:
            raise _SvgRefused(f"<{name}> may not be in a drawing")
        for key, value in attributes.items():
            _check_svg_attribute(name, key, value)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def text(characters: str) -> None:
        if _refers_outside(characters):
            raise _SvgRefused("a style refers to something outside the drawing")

    def doctype(*_: object) -> None:
        raise _SvgRefused("a document type (<!DOCTYPE) may not be in a drawing")

    def instruction(target: str, _: str) -> None:
        raise _SvgRefused(f"<?{target}?> may not be in a drawing")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    parser.ProcessingInstructionHandler = instruction
    parser.buffer_text = True
    parser.buffer_size = len(content)  # one piece, so that nothing hides on the border between two
    try:
        parser.Parse(content, True)
    except _SvgRefused as refused:
        return f"the drawing is refused: {refused} (line {parser.CurrentLineNumber})"
    except xml.parsers.expat.ExpatError as error:
        return f"it is not a complete SVG drawing: {error}"
    return None


def _check_svg_attribute(element: str, key: str, value: str) -> None:
    local = key.rsplit(":", 1)[-1].lower()
    if local.startswith("on"):
        raise _SvgRefused(f"{key} at <{element}> is a script")
    stripped = re.sub(r"\s", "", value)
    if local in ("href", "src") and not stripped.startswith("#"):
        raise _SvgRefused(f"{key} at <{element}> refers to something outside the drawing")
    if "javascript:" in stripped.lower() or _refers_outside(value):
        raise _SvgRefused(f"{key} at <{element}> refers to something outside the drawing")


def _refers_outside(style: str) -> bool:
    lowered = style.lower()
    return "@import" in lowered or any(
        not target.startswith("#") for target in re.findall(r"url\(\s*['\"]?\s*([^)'\"]*)", lowered)
    )
