"""What a view demands of its pictures, as values: frozen, comparable, and written as JSON by whoever keeps them.

Places are fractions of the picture's width and height from its top left, so that they hold for any size.
"""

from __future__ import annotations

from dataclasses import dataclass

NO_CODE, ANY_CODE, UNIT_CODE = "", "any", "unit"


@dataclass(frozen=True, slots=True)
class PartRegion:
    """A marked rectangle; ``name`` is what the operator calls the part in it.

    ``min_score`` is how alike it must be to the reference picture, 0 to 1.
    """

    name: str
    x: float
    y: float
    width: float
    height: float
    min_score: float = 0.6


@dataclass(frozen=True, slots=True)
class MarkerPlace:
    """Where the centre of the ArUco marker of that number must be."""

    id: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class MarkerRule:
    """Markers of ``size_mm`` at expected places, each at most ``tolerance`` (of the picture's width) away from it.

    ``dictionary`` is ArUco's: "4X4_50", "5X5_100"... An empty rule (no places) demands nothing.
    """

    dictionary: str = "4X4_50"
    size_mm: float = 0.0
    tolerance: float = 0.03
    places: tuple[MarkerPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class ViewRules:
    """What a picture must be. Everything has a value that demands nothing.

    ``max_overexposed`` is the share of pixels that may be burnt out; ``code``: "", "any" or "unit" (a code of the open
    unit). ``reference_sha256`` names the picture of a good unit that ``parts`` are compared with. ``width_px`` and
    ``height_px`` are the size for which the view was set up.
    """

    min_sharpness: float = 0.0
    min_brightness: float = 0.0
    max_brightness: float = 255.0
    max_overexposed: float = 1.0
    code: str = NO_CODE
    width_px: int = 0
    height_px: int = 0
    markers: MarkerRule = MarkerRule()
    reference_sha256: str = ""
    parts: tuple[PartRegion, ...] = ()
