"""A camera's view as values: how the camera is set for it, and what a picture of it must be.

``ViewRules`` belong to the work (a check of a work master or an inspection plan carries them), ``ViewSettings`` to the
station (station.toml). Places are fractions of the picture's width and height from its top left.
"""

from __future__ import annotations

import msgspec

NO_CODE, ANY_CODE, UNIT_CODE = "", "any", "unit"
ROTATIONS_DEG = (0, 90, 180, 270)
MARKERS_OF = {
    f"{side}X{side}_{count}": count for side in (4, 5, 6, 7) for count in (50, 100, 250, 1000)
}  # ArUco's dictionaries, and how many markers each has


class Crop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rectangle of the original that a view shows; as a whole when nothing is given."""

    x: float = 0.0
    y: float = 0.0
    width: float = 1.0
    height: float = 1.0


class ViewSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a camera is set for a view. None leaves exposure, focus and gain (in the driver's units) to the camera.

    Crop and rotation (clockwise, after the crop) are for preview, checks and derived copies; the original bytes are kept
    as the camera sent them.
    """

    exposure: float | None = None
    focus: float | None = None
    gain: float | None = None
    crop: Crop = Crop()
    rotation_deg: int = 0

    def same_controls(self, other: ViewSettings) -> bool:
        """Whether the camera itself is set alike."""
        return (self.exposure, self.focus, self.gain) == (other.exposure, other.focus, other.gain)


class PartRegion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A marked rectangle; ``name`` is what the operator calls the part in it.

    ``min_score`` is how alike it must be to the reference picture, 0 to 1.
    """

    name: str
    x: float
    y: float
    width: float
    height: float
    min_score: float = 0.6


class MarkerPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the centre of the ArUco marker of that number must be."""

    id: int
    x: float
    y: float


class MarkerRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Markers of ``size_mm`` at expected places, each at most ``tolerance`` (of the picture's width) away from it."""

    dictionary: str = "4X4_50"
    size_mm: float = 0.0
    tolerance: float = 0.03
    places: tuple[MarkerPlace, ...] = ()


class ViewRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
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


class ControlLimit(msgspec.Struct, frozen=True):
    """A control of a camera (exposure, focus, gain) and how far it goes, in the driver's units.

    ``supported`` False: the camera does not let it be set. ``low``, ``high`` None: the driver does not tell.
    """

    name: str
    supported: bool
    value: float | None = None
    low: float | None = None
    high: float | None = None


def settings_lines(camera: str, view: str, settings: ViewSettings) -> list[str]:
    """The lines for station.toml that set a camera so for a view ("" is the camera's own); what is left out is as usual."""
    table = f"[cameras.{camera}.views.{view}]" if view else f"[cameras.{camera}]"
    values = {name: getattr(settings, name) for name in ("exposure", "focus", "gain")}
    lines = [table, *(f"{name} = {value:g}" for name, value in values.items() if value is not None)]
    if settings.rotation_deg or view:
        lines.append(f"rotation = {settings.rotation_deg}")
    if settings.crop != Crop() or view:
        crop = settings.crop
        sizes = f"x = {crop.x:g}, y = {crop.y:g}, width = {crop.width:g}, height = {crop.height:g}"
        lines.append(f"crop = {{ {sizes} }}")
    return lines
