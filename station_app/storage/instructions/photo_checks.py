"""The photo check as it is authored: the rules of its view, and the reference picture that parts are compared with.

[[step.check]]
type = "photo"
id = "bearings"
title = "Both bearings"
camera = "bench"
min_sharpness = 0.006
reference = { file = "good.png" }
parts = [{ name = "right bearing", x = 0.5, y = 0.35, width = 0.15, height = 0.25 }]
"""

from __future__ import annotations

from station_app.domain.authored import AuthoredTable
from station_app.domain.checks import PhotoCheck
from station_app.domain.media import Picture
from station_app.domain.view import ANY_CODE, MARKERS_OF, NO_CODE, MarkerPlace, MarkerRule, PartRegion
from station_app.storage.instructions.fields import NAME, NAME_ALLOWED, CommonFields, note_twice
from station_app.storage.instructions.media import MediaFolder, read_picture

PHOTOS = ("image/png", "image/jpeg")
WIDEST_PX = 60_000
_ROUNDING = 0.0005


def read_photo(table: AuthoredTable, common: CommonFields, media: MediaFolder) -> PhotoCheck:
    """The photo check in a table; a part outside its picture, or one that nothing is compared with, is a fault."""
    low, high = (
        table.number("min_brightness", 0.0, low=0, high=255),
        table.number("max_brightness", 255.0, low=0, high=255),
    )
    if low > high:
        table.fault("min_brightness", f"is above max_brightness ({high:g})", "less than it; are they swapped?")
    code_is_unit = table.boolean("code_is_unit", False)
    code = table.text("code", NO_CODE, choices=(NO_CODE, ANY_CODE))
    if code and code_is_unit:
        table.fault("code", "says less than code_is_unit = true", "one of them")
    reference, parts = _read_reference(table, media), _read_parts(table)
    if parts and not table.has("reference"):
        table.fault("parts", "are compared with nothing", 'reference = { file = "good.png" }, a picture of a good unit')
    if table.has("reference") and not table.has("parts"):
        table.fault("reference", "has no effect without parts", "parts = [{ name, x, y, width, height }]")
    return PhotoCheck(
        **common,
        camera=table.text("camera", pattern=NAME, allowed=f"a camera's name ({NAME_ALLOWED})"),
        view=table.text("view", "", longest=60),
        min_sharpness=table.number("min_sharpness", 0.0, low=0, high=1000),
        min_brightness=low,
        code_is_unit=code_is_unit,
        max_brightness=high,
        max_overexposed=table.number("max_overexposed", 1.0, low=0, high=1),
        code=code,
        width_px=table.integer("width_px", 0, low=0, high=WIDEST_PX),
        height_px=table.integer("height_px", 0, low=0, high=WIDEST_PX),
        markers=_read_markers(table),
        reference=reference,
        parts=parts,
    )


def _read_reference(check: AuthoredTable, media: MediaFolder) -> Picture | None:
    table = check.table("reference")
    if table is None:
        return None
    picture = read_picture(table, media)
    if picture is not None and picture.media_type not in PHOTOS:
        table.fault("file", "is no photo that could be compared", "a .png or .jpg taken with this camera and view")
        return None
    return picture


def _read_parts(check: AuthoredTable) -> tuple[PartRegion, ...]:
    tables = check.tables("parts")
    parts = []
    for table in tables:
        part = PartRegion(
            name=table.text("name", longest=60, allowed="what the operator calls the part"),
            x=table.number("x", low=0, high=1),
            y=table.number("y", low=0, high=1),
            width=table.number("width", low=0.01, high=1),
            height=table.number("height", low=0.01, high=1),
            min_score=table.number("min_score", 0.6, low=0.01, high=1),
        )
        if part.x + part.width > 1 + _ROUNDING or part.y + part.height > 1 + _ROUNDING:
            table.fault("", "reaches out of the picture", "x + width and y + height at most 1")
        table.done()
        parts.append(part)
    note_twice(tables, [part.name for part in parts], "name")
    return tuple(parts)


def _read_markers(check: AuthoredTable) -> MarkerRule:
    table = check.table("markers")
    if table is None:
        return MarkerRule()
    dictionary = table.text("dictionary", "4X4_50", choices=tuple(MARKERS_OF))
    place_tables = table.tables("places", required=True)
    places = []
    for place_table in place_tables:
        number = place_table.integer("id", low=0, high=MARKERS_OF.get(dictionary, 1000) - 1)
        x, y = place_table.number("x", low=0, high=1), place_table.number("y", low=0, high=1)
        places.append(MarkerPlace(number, x, y))
        place_table.done()
    for index, place in enumerate(places):
        if place.id in [other.id for other in places[:index]]:
            place_tables[index].fault("id", "is used twice", "each marker once")
    rule = MarkerRule(
        dictionary=dictionary,
        size_mm=table.number("size_mm", 0.0, low=0, high=10_000),
        tolerance=table.number("tolerance", 0.03, low=0.001, high=1),
        places=tuple(places),
    )
    table.done()
    return rule
