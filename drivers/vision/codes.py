"""Read and write two-dimensional and bar codes (zxing-cpp, far better at this than OpenCV's detectors)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import zxingcpp

Picture = npt.NDArray[np.uint8]
Point = tuple[int, int]
MAX_TEXT_CHARACTERS = 1500


@dataclass(frozen=True, slots=True)
class Code:
    """A code found in a picture.

    ``position`` is its four corners (x, y) in pixels, clockwise from its top left.
    """

    text: str
    format: str
    position: tuple[Point, Point, Point, Point]


def read_codes(image: Picture) -> list[Code]:
    """All readable codes of a picture, in no order; BGR (height, width, 3) or grey (height, width)."""
    return [
        Code(found.text, str(found.format.name), _corners(found.position))
        for found in zxingcpp.read_barcodes(np.ascontiguousarray(image))
        if found.valid
    ]


def _corners(position: zxingcpp.Position) -> tuple[Point, Point, Point, Point]:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    first, second, third, fourth = ((int(corner.x), int(corner.y)) for corner in corners)
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
