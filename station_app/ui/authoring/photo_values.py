"""The picture rules of a photo check as texts of tables, and back: parts compared with a reference, and ArUco markers. No Qt.

Places are fractions of the picture as the camera's view shows it; tables say them in percent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from station_app.domain.checks import PhotoCheck
from station_app.domain.media import Picture
from station_app.domain.view import MARKERS_OF, MarkerPlace, PartRegion
from station_app.ui.authoring.form_fields import Field, FieldFault, FieldKind, parse, written

PHOTOS: Final = ("image/png", "image/jpeg")
LONGEST_PART = 60
_SCORE = Field("min_score", "Alike at least", FieldKind.NUMBER, low=1, high=100)
_ACROSS = Field("x", "Across", FieldKind.NUMBER, low=0, high=100)
_MIDDLE = 0.5
replace = msgspec.structs.replace


# --- parts -----------------------------------------------------------------------------------------------------------


def part_rows(check: PhotoCheck) -> list[list[str]]:
    """Name, and how alike it must be in percent."""
    return [[part.name, _percent(part.min_score)] for part in check.parts]


def with_part_rows(check: PhotoCheck, rows: Sequence[Sequence[str]]) -> PhotoCheck:
    """The check with these rows; where each part is goes with its row. Raises FieldFault."""
    before = part_rows(check)
    left = list(range(len(before)))
    taken: list[int | None] = []
    for row in rows:
        same = next((number for number in left if before[number] == list(row)), None)
        taken.append(same)
        if same is not None:
            left.remove(same)
    if len(rows) == len(before):  # nothing was added or removed: another text in the same row
        taken = [number if number is not None else left.pop(0) for number in taken]
    return replace(check, parts=tuple(_part(check, old, row) for old, row in zip(taken, rows, strict=True)))


def _part(check: PhotoCheck, old: int | None, row: Sequence[str]) -> PartRegion:
    name, score = row[0].strip(), float(parse(_SCORE, row[1]))
    if len(name) > LONGEST_PART:
        raise FieldFault(f"A part's name has at most {LONGEST_PART} characters.")
    part = check.parts[old] if old is not None else PartRegion(name, 0.4, 0.4, 0.2, 0.2)
    return replace(part, name=name, min_score=round(score / 100, 4))


def new_part_name(check: PhotoCheck) -> str:
    """A name that no part has."""
    taken = {part.name for part in check.parts}
    return next(name for number in range(1, len(taken) + 2) if (name := f"part {number}") not in taken)


def with_part(check: PhotoCheck, x: float, y: float, width: float, height: float) -> PhotoCheck:
    """The check with one more part, in that rectangle."""
    region = PartRegion(new_part_name(check), *_inside(x, y, width, height))
    return replace(check, parts=(*check.parts, region))


def with_part_at(check: PhotoCheck, index: int, x: float, y: float, width: float, height: float) -> PhotoCheck:
    """The check with a part in another rectangle."""
    x, y, width, height = _inside(x, y, width, height)
    moved = replace(check.parts[index], x=x, y=y, width=width, height=height)
    return replace(check, parts=(*check.parts[:index], moved, *check.parts[index + 1 :]))


def _inside(x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
    """A thousandth is finer than anybody draws; rounding must not lead out of the picture."""
    x, y = round(x, 3), round(y, 3)
    return x, y, round(min(max(width, 0.01), 1 - x), 3), round(min(max(height, 0.01), 1 - y), 3)


# --- markers ---------------------------------------------------------------------------------------------------------


def marker_rows(check: PhotoCheck) -> list[list[str]]:
    """Number, and where its middle must be in percent of width and height."""
    return [[str(place.id), _percent(place.x), _percent(place.y)] for place in check.markers.places]


def with_marker_rows(check: PhotoCheck, rows: Sequence[Sequence[str]]) -> PhotoCheck:
    """The check with these rows. Raises FieldFault."""
    most = MARKERS_OF.get(check.markers.dictionary, 1000) - 1
    number = Field("id", "Marker", FieldKind.WHOLE, low=0, high=most)
    places = [
        MarkerPlace(
            int(parse(number, row[0] or "-")),
            *(round(float(parse(_ACROSS, text or "-")) / 100, 4) for text in row[1:]),
        )
        for row in rows
    ]
    return with_markers(check, places)


def with_markers(check: PhotoCheck, places: Iterable[MarkerPlace]) -> PhotoCheck:
    """The check with these markers."""
    return replace(check, markers=replace(check.markers, places=tuple(places)))


def new_marker(check: PhotoCheck, x: float = _MIDDLE, y: float = _MIDDLE) -> MarkerPlace:
    """A marker with the first number that is free."""
    taken = {place.id for place in check.markers.places}
    return MarkerPlace(next(n for n in range(len(taken) + 1) if n not in taken), round(x, 3), round(y, 3))


# --- contradictions --------------------------------------------------------------------------------------------------


def reference_fault(picture: Picture) -> str:
    """Why a file cannot be compared with what a camera takes; empty for nothing."""
    if picture.media_type in PHOTOS:
        return ""
    return f"{picture.file} is no photo that could be compared. Choose a .png or .jpg taken with this camera and view."


def photo_contradictions(check: PhotoCheck) -> dict[str, str]:
    """What does not fit together, by the path of the field where it is said."""
    found: dict[str, str] = {}
    if check.min_brightness > check.max_brightness:
        found["min_brightness"] = f"Above the brightest ({check.max_brightness:g}). Are they swapped?"
    if check.code and check.code_is_unit:
        found["code"] = "Says less than “must show the unit's code”. Choose one of them."
    if check.parts and check.reference is None:
        found["reference"] = "The parts are compared with nothing: choose a picture of a good unit."
    elif check.reference is not None and not check.parts:
        found["reference"] = "It has no effect yet: draw the parts that must be there."
    names = [part.name for part in check.parts]
    if not all(names):
        found["parts"] = "Every part needs a name: the operator reads it."
    elif len(set(names)) < len(names):
        found["parts"] = "Every name is used once."
    numbers = [place.id for place in check.markers.places]
    most = MARKERS_OF.get(check.markers.dictionary, 1000) - 1
    if len(set(numbers)) < len(numbers):
        found["markers"] = "Every marker is used once."
    elif any(number > most for number in numbers):
        found["markers"] = f"The markers of {check.markers.dictionary} have the numbers 0 to {most}."
    return found


def _percent(fraction: float) -> str:
    return written(round(fraction * 100, 2))
