"""How the tiles of a line share a screen: as large as they can be, for people who read them from metres away."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

TILE_WIDTH_MM: Final = 120.0
TILE_HEIGHT_MM: Final = 74.0
"""The smallest tile on which everything is written at its own size."""
NARROWEST_MM: Final = 100.0
LARGEST_SCALE: Final = 2.0
SCALE_STEP: Final = 0.05
FILLING_COUNTS: Final = 1.5
"""How much a full screen counts against larger tiles: empty places look like stations that are missing."""


@dataclass(frozen=True)
class TileGrid:
    """Tiles beside each other, how much larger than usual each is drawn, and whether its explaining line is left out."""

    columns: int
    scale: float
    dense: bool


def tile_grid(tiles: int, width_mm: float, height_mm: float, gap_mm: float) -> TileGrid:
    """The grid in which ``tiles`` are largest on a field of that size, with few places left empty.

    A dense grid may need more height than there is; it scrolls. ``scale`` is 1 to ``LARGEST_SCALE``, in steps of 0.05: a
    banner that comes and goes changes it seldom.
    """
    most = max(1, int((width_mm + gap_mm) // (NARROWEST_MM + gap_mm)))
    best, best_worth, best_fit = 1, -1.0, 0.0
    for columns in range(1, min(most, max(1, tiles)) + 1):
        rows = math.ceil(max(1, tiles) / columns)
        width = (width_mm - gap_mm * (columns - 1)) / columns
        height = (height_mm - gap_mm * (rows - 1)) / rows
        fit = min(width / TILE_WIDTH_MM, height / TILE_HEIGHT_MM, LARGEST_SCALE)
        worth = fit * (tiles / (columns * rows)) ** FILLING_COUNTS
        if worth > best_worth:
            best, best_worth, best_fit = columns, worth, fit
    scale = max(1.0, math.floor(best_fit / SCALE_STEP + 1e-6) * SCALE_STEP)
    return TileGrid(best, round(scale, 2), dense=best_fit < 1.0 and tiles > 1)
