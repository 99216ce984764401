"""Read and write two-dimensional and bar codes (zxing-cpp, far better at this than OpenCV's detectors)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

Picture = npt.NDArray[np.uint8]
Point = tuple[int, int]
MAX_TEXT_CHARACTERS = 1500
TIME_LIMIT_S = 0.25
# the names that are told to others, by the library's: they do not change when the library renames its own. Texts, because
# the library complains at the end of the program about objects of its own that a module still holds
FORMAT_NAMES = {
    "QRCode": "QRCode",
    "QRCodeModel1": "QRCode",
    "QRCodeModel2": "QRCode",
    "MicroQRCode": "MicroQRCode",
    "RMQRCode": "RMQRCode",
    "DataMatrix": "DataMatrix",
    "Aztec": "Aztec",
    "AztecCode": "Aztec",
    "PDF417": "PDF417",
    "MicroPDF417": "MicroPDF417",
    "CompactPDF417": "PDF417",
    "Code128": "Code128",
    "Code39": "Code39",
    "Code39Std": "Code39",
    "Code39Ext": "Code39",
    "Code93": "Code93",
    "Codabar": "Codabar",
    "ITF": "ITF",
    "ITF14": "ITF",
    "EAN8": "EAN8",
    "EAN13": "EAN13",
    "UPCA": "UPCA",
    "UPCE": "UPCE",
}
_STRONG = ("QRCode", "MicroQRCode", "RMQRCode", "DataMatrix", "Aztec", "PDF417", "Code128", "Code39", "EAN13")
_ALL = ("AllReadable",)
_SMALL_PX = 1000
_LARGE_PX = 1200
_TURNS_DEG = (45.0, 22.5, 67.5)
Affine = npt.NDArray[np.float64]
_DOUBLE: Affine = np.eye(2, 3) * 2


@dataclass(frozen=True, slots=True)
class Code:
    """A code found in a picture.

    ``position`` is its four corners (x, y) in pixels, clockwise from its own top left. ``text`` is what is printed
    under it; ``elements`` are the characters of a GS1 element string with its separators, empty for any other code.
    ``symbology`` is the AIM identifier (ISO/IEC 15424), ``turned_deg`` how the symbol is turned, clockwise.
    """

    text: str
    format: str
    position: tuple[Point, Point, Point, Point]
    symbology: str = ""
    elements: str = ""
    turned_deg: int = 0


def read_codes(
    image: Picture, time_limit_s: float = TIME_LIMIT_S, wanted: Callable[[Code], bool] | None = None
) -> list[Code]:
    """All readable codes of a picture, from top to bottom; BGR (height, width, 3) or grey (height, width).

    ``wanted`` says which code the caller looks for: a large picture is then looked at in half its size first, which takes a
    third of the time, and what is found there is the answer when it is among it. A smaller code beside it may then not
    be told. Where it is not among it the whole picture is searched as ever.

    Codes that are turned or mirrored are found at once. Where nothing is found, the picture is tried light for dark,
    sharpened, enlarged, tilted and evened out, until something is found or ``time_limit_s`` is over. Kinds of codes whose
    own check is too weak for that (ITF, EAN-8, UPC-E, Codabar) are read from the picture as it is only: a changed
    picture was seen to show them where there are none.
    """
    began_s = time.monotonic()
    picture = np.ascontiguousarray(image)
    # OpenCV makes it grey in a third of the time that the code reader needs for it
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), dtype=np.uint8) if picture.ndim == 3 else picture
    if wanted is not None and max(grey.shape) > _LARGE_PX:
        found = _read(_halved(grey), _DOUBLE, _STRONG)
        if any(wanted(code) for code in found):
            return found
    found = _read(grey)
    if found:
        return found
    for variant in _variants(grey):
        if time.monotonic() - began_s > time_limit_s:
            break
        found = _read(variant.draw(), variant.back, variant.formats)
        if found:
            break
    return found


@dataclass(frozen=True, slots=True)
class _Variant:
    """A changed picture that may be easier to read; ``back`` (2 x 3) leads its points back."""

    draw: Callable[[], Picture]
    back: Affine
    formats: tuple[str, ...] = _STRONG


def _variants(grey: Picture) -> Iterator[_Variant]:
    """The likeliest to help first."""
    same: Affine = np.eye(2, 3)
    yield _Variant(lambda: _sharpened(grey, 2.0), same)
    # the library looks for light symbols on dark among the two-dimensional ones only
    yield _Variant(lambda: np.asarray(cv2.bitwise_not(grey), dtype=np.uint8), same, _ALL)
    if max(grey.shape) < _SMALL_PX:
        yield _Variant(lambda: _sharpened(_enlarged(grey), 4.0), same / 2)
    for angle_deg in _TURNS_DEG:
        yield _tilted(grey, angle_deg)
    yield _Variant(lambda: np.asarray(cv2.createCLAHE(4.0, (8, 8)).apply(grey), dtype=np.uint8), same)
    yield _Variant(lambda: _sharpened(grey, 5.0), same)


def _tilted(grey: Picture, angle_deg: float) -> _Variant:
    """For bar codes, which are searched along and across only."""
    matrix, side_px = _turn(grey, angle_deg)
    back = np.asarray(cv2.invertAffineTransform(matrix), dtype=np.float64)
    return _Variant(lambda: _turned(grey, matrix, side_px), back)


def _turn(grey: Picture, angle_deg: float) -> tuple[Affine, int]:
    """Turning about the middle into a square that holds all of it: bar codes are searched along and across only."""
    height, width = grey.shape[:2]
    side_px = int(np.hypot(height, width)) + 1
    matrix = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1.0), dtype=np.float64)
    matrix[:, 2] += (side_px - width) / 2, (side_px - height) / 2
    return matrix, side_px


def _turned(grey: Picture, matrix: Affine, side_px: int) -> Picture:
    return np.asarray(cv2.warpAffine(grey, matrix, (side_px, side_px), borderValue=255.0), dtype=np.uint8)


def _enlarged(grey: Picture) -> Picture:
    return np.asarray(cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def _halved(grey: Picture) -> Picture:
    return np.asarray(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _sharpened(grey: Picture, sigma_px: float) -> Picture:
    blurred = cv2.GaussianBlur(grey, (0, 0), sigma_px)
    return np.asarray(cv2.addWeighted(grey, 3.0, blurred, -2.0, 0.0), dtype=np.uint8)


def _read(picture: Picture, back: Affine | None = None, formats: tuple[str, ...] = _ALL) -> list[Code]:
    wanted = zxingcpp.BarcodeFormats([getattr(zxingcpp.BarcodeFormat, name) for name in formats])
    barcodes = [found for found in zxingcpp.read_barcodes(picture, formats=wanted) if found.valid]
    codes = [_code(found, back) for found in barcodes]
    if any("<" in code.text and not code.elements for code in codes):
        # the library writes control characters as <LF> and the like; the text itself is asked for then
        plain = zxingcpp.read_barcodes(picture, formats=wanted, text_mode=zxingcpp.TextMode.Plain)
        texts = {_corners(found.position, back): str(found.text) for found in plain if found.valid}
        codes = [code if code.elements else _with_text(code, texts.get(code.position, code.text)) for code in codes]
    return sorted(codes, key=lambda code: (code.position[0][1], code.position[0][0]))


def _code(found: zxingcpp.Barcode, back: Affine | None) -> Code:
    is_gs1 = found.content_type == zxingcpp.ContentType.GS1
    return Code(
        text=str(found.text),
        format=FORMAT_NAMES.get(found.format.name, str(found.format.name)),
        position=_corners(found.position, back),
        symbology=str(found.symbology_identifier),
        elements=bytes(found.bytes).decode("latin-1") if is_gs1 else "",
        turned_deg=int(found.orientation) % 360,
    )


def _with_text(code: Code, text: str) -> Code:
    return Code(text, code.format, code.position, code.symbology, code.elements, code.turned_deg)


def _corners(position: zxingcpp.Position, back: Affine | None = None) -> tuple[Point, Point, Point, Point]:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    points = np.array([(corner.x, corner.y) for corner in corners], dtype=np.float64)
    if back is not None:
        points = points @ back[:, :2].T + back[:, 2]
    first, second, third, fourth = ((round(float(x)), round(float(y))) for x, y in points)
    return first, second, third, fourth


def write_datamatrix(text: str, size_px: int) -> Picture:
    """A square DataMatrix as a grey picture of ``size_px``, quiet zone included, black on white.

    Modules are whole pixels; what is left over widens the quiet zone. Raises ValueError for a text that is
    empty or too long, and for a size in which a module would be smaller than a pixel.
    """
    if not 1 <= len(text) <= MAX_TEXT_CHARACTERS:
        raise ValueError(f"text has {len(text)} characters; allowed: 1 to {MAX_TEXT_CHARACTERS}")
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix)
    modules = np.array(code.to_image(scale=1, add_quiet_zones=True), dtype=np.uint8)
    scale = size_px // max(modules.shape)
    if scale < 1:
        raise ValueError(f"size_px is {size_px}; this text needs at least {max(modules.shape)}")
    enlarged = np.kron(modules, np.ones((scale, scale), dtype=np.uint8))
    picture = np.full((size_px, size_px), 255, dtype=np.uint8)
    top, left = (size_px - enlarged.shape[0]) // 2, (size_px - enlarged.shape[1]) // 2
    picture[top : top + enlarged.shape[0], left : left + enlarged.shape[1]] = enlarged
    return picture
