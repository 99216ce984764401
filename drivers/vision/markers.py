"""ArUco markers: where they are, whether that is where they belong, and how large a pixel is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from drivers.vision.codes import Picture
from drivers.vision.sharpness import grey_of
from drivers.vision.view_rules import MarkerRule

Corners = npt.NDArray[np.float32]
DICTIONARIES = tuple(sorted(name.removeprefix("DICT_") for name in dir(cv2.aruco) if name.startswith("DICT_")))


@dataclass(frozen=True, slots=True)
class MarkerVerdict:
    """What was found of the markers. ``mm_per_px`` is None when no marker of known size was found."""

    faults: list[str]
    mm_per_px: float | None


def find_markers(picture: Picture, dictionary: str) -> dict[int, Corners]:
    """The corners (4 x 2, pixels, clockwise) of every marker by its number; one that is there twice counts as absent.

    Raises ValueError for a dictionary that ArUco does not have.
    """
    if dictionary not in DICTIONARIES:
        raise ValueError(f'the dictionary is "{dictionary}"; allowed: {", ".join(DICTIONARIES)}')
    markers = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, f"DICT_{dictionary}"))
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    corners, ids, _ = cv2.aruco.ArucoDetector(markers, parameters).detectMarkers(grey_of(picture))
    # without any, OpenCV answers None where its types promise an array
    numbers = [int(number) for number in np.asarray(ids).ravel()] if len(corners) else []
    return {
        number: np.asarray(found, dtype=np.float32).reshape(4, 2)
        for number, found in zip(numbers, corners, strict=True)
        if numbers.count(number) == 1
    }


def write_marker(dictionary: str, number: int, size_px: int) -> Picture:
    """A marker as a grey picture of ``size_px``, black on white, without a quiet zone.

    Raises ValueError for a dictionary that ArUco does not have or a number that is not in it.
    """
    if dictionary not in DICTIONARIES:
        raise ValueError(f'the dictionary is "{dictionary}"; allowed: {", ".join(DICTIONARIES)}')
    markers = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, f"DICT_{dictionary}"))
    if not 0 <= number < len(markers.bytesList):
        raise ValueError(f"the marker is {number}; {dictionary} has 0 to {len(markers.bytesList) - 1}")
    return np.asarray(cv2.aruco.generateImageMarker(markers, number, size_px), dtype=np.uint8)


def check_markers(found: Mapping[int, Corners], rule: MarkerRule, width_px: int, height_px: int) -> MarkerVerdict:
    """Whether every expected marker is at its place; the picture's size is needed for the places."""
    faults = []
    for place in rule.places:
        corners = found.get(place.id)
        if corners is None:
            faults.append(f"Marker missing: marker {place.id} is not in the picture or not readable.")
            continue
        x, y = corners.mean(axis=0)
        right, down = float(x) - place.x * width_px, float(y) - place.y * height_px
        if np.hypot(right, down) > rule.tolerance * width_px:
            faults.append(f"Out of place: marker {place.id} lies {_direction(right, down)}.")
    return MarkerVerdict(faults, _mm_per_px(found, rule))


def _direction(right_px: float, down_px: float) -> str:
    parts = []
    if abs(right_px) >= 1:
        parts.append(f"{abs(right_px):.0f} pixels too far {'right' if right_px > 0 else 'left'}")
    if abs(down_px) >= 1:
        parts.append(f"{abs(down_px):.0f} pixels too {'low' if down_px > 0 else 'high'}")
    return " and ".join(parts)


def _mm_per_px(found: Mapping[int, Corners], rule: MarkerRule) -> float | None:
    """The mean over the sides of the expected markers."""
    expected = {place.id for place in rule.places}
    sides = [
        float(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1).mean())
        for number, corners in found.items()
        if number in expected
    ]
    return rule.size_mm / (sum(sides) / len(sides)) if sides and rule.size_mm else None
