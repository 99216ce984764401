"""A copy of a picture that says what it shows: time, unit, person, gauge, and marks drawn by the inspector.

The original's bytes are read and never written: what comes back is another file, which names the original by its SHA-256
both in a line of the picture and in its metadata (a JPEG comment, a PNG text chunk).
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass

import cv2
import numpy as np

from drivers.vision.codes import Picture
from drivers.vision.geometry import Shown, shown_part
from drivers.vision.headers import JPEG, PNG
from drivers.vision.jpeg import decode, encode_jpeg, encode_png

ORIGINAL_KEY = "Original-SHA-256"
MARK_KINDS = ("arrow", "box", "circle", "text")
_FONT = "sans"
_TEXT_SHARE = 1 / 32  # of the picture's height
_MIN_TEXT_PX = 13
_BAND = (30, 26, 23)
_LIGHT = (250, 248, 246)
_FAINT = (196, 190, 182)
_MARK = (38, 38, 219)  # BGR: red
_WEIGHT, _STRONG_WEIGHT = 400, 600
_SHOWN_HASH_DIGITS = 16


@dataclass(frozen=True, slots=True)
class DrawnMark:
    """What an inspector drew; places are fractions of the shown picture.

    ``arrow``: from (x, y) to its tip (x2, y2). ``box``: two corners. ``circle``: centre, and a point on it. ``text``: the
    text alone, around (x, y).
    """

    kind: str
    x: float
    y: float
    x2: float
    y2: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is written beside the picture, as it is to be read; empty texts are left out."""

    time: str = ""
    unit: str = ""
    person: str = ""
    gauge: str = ""
    marks: tuple[DrawnMark, ...] = ()


def draw_overlay(
    original: bytes, overlay: Overlay, *, shown: Shown | None = None, media_type: str = JPEG, quality: int = 92
) -> bytes:
    """The derived copy as JPEG or PNG.

    Raises PictureError for an original that cannot be decoded, ValueError for a mark or media type that there is not.
    """
    if media_type not in (JPEG, PNG):
        raise ValueError(f'the media type is "{media_type}"; allowed: {JPEG}, {PNG}')
    sha256 = hashlib.sha256(original).hexdigest()
    picture = decode(original)
    if shown is not None:
        picture = shown_part(picture, shown)
    size_px = max(_MIN_TEXT_PX, round(picture.shape[0] * _TEXT_SHARE))
    font = cv2.FontFace(_FONT)
    for mark in overlay.marks:
        _draw_mark(picture, mark, size_px, font)
    derived = np.vstack([picture, _band(picture.shape[1], overlay, sha256, size_px, font)])
    if media_type == PNG:
        return _with_png_text(encode_png(derived), ORIGINAL_KEY, sha256)
    return _with_jpeg_comment(encode_jpeg(derived, quality), f"{ORIGINAL_KEY}: {sha256}")


def original_sha256(derived: bytes) -> str | None:
    """The SHA-256 of the original that a derived copy names in its metadata; None for any other picture."""
    marker = ORIGINAL_KEY.encode("ascii")
    at = derived[:4096].find(marker)
    if at < 0:
        return None
    found = derived[at + len(marker) :].lstrip(b"\0: ")[:64].decode("ascii", "replace")
    return found if len(found) == 64 and set(found) <= set("0123456789abcdef") else None


def _band(width_px: int, overlay: Overlay, sha256: str, size_px: int, font: cv2.FontFace) -> Picture:
    """The lines under the picture: what it shows, and which original it was made from."""
    texts = [text for text in (overlay.time, overlay.unit, overlay.person, overlay.gauge) if text]
    small_px = max(_MIN_TEXT_PX - 2, round(size_px * 0.7))
    margin_px = size_px // 2
    lines = _wrapped(texts, width_px - 2 * margin_px, size_px, font)
    line_px = round(size_px * 1.5)
    height_px = margin_px + line_px * len(lines) + round(small_px * 1.5) + margin_px // 2
    band = np.full((height_px, width_px, 3), _BAND, dtype=np.uint8)
    y = margin_px + size_px
    for line in lines:
        cv2.putText(band, line, (margin_px, y), _LIGHT, font, size_px, _WEIGHT)
        y += line_px
    y = height_px - margin_px // 2 - small_px // 2
    label = f"copy of SHA-256 {sha256}"
    if _width_px(label, small_px, font) > width_px - 2 * margin_px:
        label = f"copy of SHA-256 {sha256[:_SHOWN_HASH_DIGITS]}…"
    cv2.putText(band, label, (margin_px, y), _FAINT, font, small_px, _WEIGHT)
    return band


def _wrapped(texts: list[str], width_px: int, size_px: int, font: cv2.FontFace) -> list[str]:
    """The texts side by side, on as many lines as they need; a text wider than a line is cut short."""
    lines: list[str] = []
    for text in texts:
        joined = f"{lines[-1]}   ·   {text}" if lines else text
        if lines and _width_px(joined, size_px, font) <= width_px:
            lines[-1] = joined
            continue
        while len(text) > 1 and _width_px(text, size_px, font) > width_px:
            text = text[:-2].rstrip() + "…"
        lines.append(text)
    return lines


def _width_px(text: str, size_px: int, font: cv2.FontFace, weight: int = _WEIGHT) -> int:
    _, _, width_px, _ = cv2.getTextSize((0, 0), text, (0, 0), font, size_px, weight)
    return int(width_px)


def _draw_mark(picture: Picture, mark: DrawnMark, size_px: int, font: cv2.FontFace) -> None:
    height, width = picture.shape[:2]
    start, end = ((round(x * width), round(y * height)) for x, y in ((mark.x, mark.y), (mark.x2, mark.y2)))
    line_px = max(2, size_px // 8)
    # first wider and light: the mark is seen on a red part too
    for colour, extra_px in ((_LIGHT, 2), (_MARK, 0)):
        _draw_shape(picture, mark.kind, (start, end), colour, line_px + extra_px, 8 * line_px)
    if mark.text:
        _draw_label(picture, mark, start, end, size_px, font)


def _draw_shape(
    picture: Picture,
    kind: str,
    ends: tuple[tuple[int, int], tuple[int, int]],
    colour: tuple[int, int, int],
    line_px: int,
    tip_px: int,
) -> None:
    start, end = ends
    if kind == "arrow":
        length = max(1.0, float(np.hypot(end[0] - start[0], end[1] - start[1])))
        cv2.arrowedLine(picture, start, end, colour, line_px, cv2.LINE_AA, tipLength=min(0.5, tip_px / length))
    elif kind == "box":
        cv2.rectangle(picture, start, end, colour, line_px, cv2.LINE_AA)
    elif kind == "circle":
        radius = round(float(np.hypot(end[0] - start[0], end[1] - start[1])))
        cv2.circle(picture, start, radius, colour, line_px, cv2.LINE_AA)
    elif kind != "text":
        raise ValueError(f'the mark is "{kind}"; allowed: {", ".join(MARK_KINDS)}')


def _draw_label(
    picture: Picture, mark: DrawnMark, start: tuple[int, int], end: tuple[int, int], size_px: int, font: cv2.FontFace
) -> None:
    """The mark's text on a plate: at an arrow's tail, else above the shape; always inside the picture."""
    height, width = picture.shape[:2]
    text_width, pad = _width_px(mark.text, size_px, font, _STRONG_WEIGHT), size_px // 3
    plate_width, plate_height = text_width + 2 * pad, size_px + 2 * pad
    if mark.kind == "circle":
        radius = round(float(np.hypot(end[0] - start[0], end[1] - start[1])))
        x, y = start[0] - plate_width // 2, start[1] - radius - plate_height
    elif mark.kind == "box":
        x, y = min(start[0], end[0]), min(start[1], end[1]) - plate_height
    else:
        x, y = start[0] - plate_width // 2, start[1] - plate_height // 2
    x, y = max(0, min(x, width - plate_width)), max(0, min(y, height - plate_height))
    cv2.rectangle(picture, (x, y), (x + plate_width, y + plate_height), _MARK, -1)
    place = (x + pad, y + pad + round(size_px * 0.82))
    cv2.putText(picture, mark.text, place, (255, 255, 255), font, size_px, _STRONG_WEIGHT)


def _with_jpeg_comment(jpeg: bytes, comment: str) -> bytes:
    """The comment as segment COM right after the start marker (ITU-T T.81, B.2.4.5)."""
    text = comment.encode("utf-8")
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text + jpeg[2:]


def _with_png_text(png: bytes, key: str, value: str) -> bytes:
    """A text chunk right after the header (ISO/IEC 15948, 11.3.4.3)."""
    body = b"tEXt" + key.encode("latin-1") + b"\0" + value.encode("latin-1")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    after_header = 8 + 25
    return png[:after_header] + chunk + png[after_header:]
