"""Whether the parts in marked regions are there, by comparison with the picture of a good unit.

Brighter or darker light changes neither of the two figures that are compared: the normalised correlation of the grey
values, and that of the edges. Each region is searched a little around its place, for what the alignment left over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from drivers.vision.alignment import AlignmentError, align, working_size
from drivers.vision.codes import Picture
from drivers.vision.sharpness import grey_of
from drivers.vision.view_rules import PartRegion

SEARCH_PX = 8
MIN_CONTRAST = 3.0
_SMOOTHING_PX = 1.2
_SAME_PROPORTIONS = 0.02

Grey = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PartScore:
    """How alike a region is to the reference: ``score`` 0 to 1, the mean of ``grey`` and ``edges`` (-1 to 1 each)."""

    name: str
    score: float
    grey: float
    edges: float
    present: bool


def compare_parts(
    picture: Picture, reference: Picture, regions: Sequence[PartRegion], dictionary: str = "4X4_50"
) -> list[PartScore]:
    """The score of every region. Raises AlignmentError (for the operator) and ValueError (for the author of the view)."""
    here, there = working_size(grey_of(picture)), working_size(grey_of(reference))
    _refuse_other_proportions(picture, reference)
    if here.shape != there.shape:
        here = np.asarray(cv2.resize(here, there.shape[::-1]), dtype=np.uint8)
    aligned = align(here, there, dictionary)
    smooth_here, smooth_there = _smoothed(aligned), _smoothed(there)
    edges_here, edges_there = _edges(smooth_here), _edges(smooth_there)
    scores = []
    for region in regions:
        box = region_box(region, there.shape[1], there.shape[0])
        if float(_part(smooth_there, box).std()) < MIN_CONTRAST:
            raise ValueError(
                f'the region "{region.name}" shows nothing in the reference picture that could be compared'
            )
        grey = _similarity(smooth_here, smooth_there, box)
        edges = _similarity(edges_here, edges_there, box)
        score = max(0.0, (grey + edges) / 2)
        scores.append(PartScore(region.name, score, grey, edges, score >= region.min_score))
    return scores


def region_box(region: PartRegion, width_px: int, height_px: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom in pixels. Raises ValueError when it is not inside the picture."""
    left, top = round(region.x * width_px), round(region.y * height_px)
    right, bottom = round((region.x + region.width) * width_px), round((region.y + region.height) * height_px)
    if not (0 <= left < right <= width_px and 0 <= top < bottom <= height_px) or min(right - left, bottom - top) < 8:
        raise ValueError(f'the region "{region.name}" is too small or not inside the picture')
    return left, top, right, bottom


def _refuse_other_proportions(picture: Picture, reference: Picture) -> None:
    here, there = (shape[1] / shape[0] for shape in (picture.shape, reference.shape))
    if abs(here / there - 1) > _SAME_PROPORTIONS:
        raise AlignmentError(
            f"Another size: the picture is {picture.shape[1]} x {picture.shape[0]} pixels, the reference picture "
            f"{reference.shape[1]} x {reference.shape[0]}."
        )


def _smoothed(grey: Picture) -> Grey:
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), _SMOOTHING_PX), dtype=np.float32)


def _edges(grey: Grey) -> Grey:
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(across, down), dtype=np.float32)


def _part(picture: Grey, box: tuple[int, int, int, int], margin_px: int = 0) -> Grey:
    left, top, right, bottom = box
    height, width = picture.shape[:2]
    return picture[
        max(0, top - margin_px) : min(height, bottom + margin_px),
        max(0, left - margin_px) : min(width, right + margin_px),
    ]


def _similarity(here: Grey, there: Grey, box: tuple[int, int, int, int]) -> float:
    """The best normalised correlation of the reference's region near its place, -1 to 1."""
    found = cv2.matchTemplate(_part(here, box, SEARCH_PX), _part(there, box), cv2.TM_CCOEFF_NORMED)
    best = float(np.max(found))
    return best if np.isfinite(best) else 0.0
