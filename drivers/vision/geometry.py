"""The part of a picture that a view shows: cropped, then turned. For previews, checks and derived copies.

The original bytes are never cut or turned: they are the evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from drivers.vision.codes import Picture

ROTATIONS_DEG = (0, 90, 180, 270)
_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown: a rectangle in fractions of the original (x, y from its top left), then turned clockwise.

    Raises ValueError for a rectangle that is not inside the picture or a turn that is no quarter.
    """

    x: float = 0.0
    y: float = 0.0
    width: float = 1.0
    height: float = 1.0
    rotation_deg: int = 0

    def __post_init__(self) -> None:
        inside = 0 <= self.x < self.x + self.width <= 1 and 0 <= self.y < self.y + self.height <= 1
        if not inside:
            raise ValueError(f"the crop {self.x:g}, {self.y:g}, {self.width:g}, {self.height:g} is not inside 0 to 1")
        if self.rotation_deg not in ROTATIONS_DEG:
            raise ValueError(f"the rotation is {self.rotation_deg}; allowed: {', '.join(map(str, ROTATIONS_DEG))}")


def shown_part(picture: Picture, shown: Shown) -> Picture:
    """The shown part of a picture; at least one pixel."""
    height, width = picture.shape[:2]
    left, top = min(int(shown.x * width), width - 1), min(int(shown.y * height), height - 1)
    right = max(left + 1, round((shown.x + shown.width) * width))
    bottom = max(top + 1, round((shown.y + shown.height) * height))
    part = picture[top:bottom, left:right]
    if shown.rotation_deg:
        return np.asarray(cv2.rotate(part, _TURNS[shown.rotation_deg]), dtype=np.uint8)
    return np.ascontiguousarray(part)
