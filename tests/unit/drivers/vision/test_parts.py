"""Comparison with a good unit: told apart when moved, turned, blurred, noisy, smaller; refused when it is another view."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from drivers.simulation.scene import Scene, SceneRenderer
from drivers.vision.alignment import AlignmentError
from drivers.vision.codes import Picture
from drivers.vision.parts import compare_parts
from drivers.vision.view_rules import PartRegion

REGIONS = [PartRegion("left bearing", 0.24, 0.30, 0.23, 0.40), PartRegion("right bearing", 0.49, 0.32, 0.17, 0.33)]
RENDERER = SceneRenderer(seed=5)
REFERENCE = RENDERER.picture(Scene(), 1)
NOISE = np.random.default_rng(1).normal(0, 12, REFERENCE.shape)


def moved(picture: Picture, turn_deg: float, right_px: float, down_px: float) -> Picture:
    matrix = np.asarray(cv2.getRotationMatrix2D((640, 360), turn_deg, 1.0), dtype=np.float64)
    matrix[:, 2] += np.array([right_px, down_px])
    return np.asarray(cv2.warpAffine(picture, matrix, (1280, 720), borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8)


def varied(picture: Picture) -> dict[str, Picture]:
    return {
        "shifted": moved(picture, 0, 25, -14),
        "turned by 2": moved(picture, 2, 10, 5),
        "turned by 4 and shifted": moved(picture, -4, 30, 5),
        "a little blurred": np.asarray(cv2.GaussianBlur(picture, (0, 0), 2.0), dtype=np.uint8),
        "noisy": np.clip(picture + NOISE, 0, 255).astype(np.uint8),
        "half the size": np.asarray(cv2.resize(picture, (640, 360)), dtype=np.uint8),
    }


@pytest.mark.parametrize("how", list(varied(REFERENCE)))
def test_present_and_missing_are_told_apart(how: str) -> None:
    whole, missing = (varied(RENDERER.picture(Scene(part_missing=gone), 33))[how] for gone in (False, True))
    assert [part.present for part in compare_parts(whole, REFERENCE, REGIONS)] == [True, True]
    left, right = compare_parts(missing, REFERENCE, REGIONS)
    assert (left.present, right.present) == (True, False)
    assert left.score - right.score > 0.5, "no close decision"


def test_another_view_and_other_proportions_are_refused() -> None:
    random = np.random.default_rng(0).integers(0, 255, REFERENCE.shape).astype(np.uint8)
    with pytest.raises(AlignmentError, match="Another view"):
        compare_parts(random, REFERENCE, REGIONS)
    with pytest.raises(AlignmentError, match="Another size: the picture is 720 x 720 pixels"):
        compare_parts(REFERENCE[:, :720], REFERENCE, REGIONS)


def test_a_region_that_shows_nothing_is_the_authors_fault() -> None:
    flat = REFERENCE.copy()
    flat[:100, :100] = 80
    with pytest.raises(ValueError, match='"corner" shows nothing in the reference'):
        compare_parts(flat, flat, [PartRegion("corner", 0.01, 0.01, 0.05, 0.08)])
