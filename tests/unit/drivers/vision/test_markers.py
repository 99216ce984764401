"""Markers: found by number, missed by number, and the size of a pixel."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

from drivers.vision.codes import Picture
from drivers.vision.markers import check_markers, find_markers, write_marker
from drivers.vision.view_rules import MarkerPlace, MarkerRule


def sheet(*places: tuple[int, int, int], side_px: int = 80) -> Picture:
    picture = np.full((480, 640), 235, dtype=np.uint8)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for number, x, y in places:
        half = side_px // 2
        picture[y - half : y + half, x - half : x + half] = cv2.aruco.generateImageMarker(dictionary, number, side_px)
    return picture


def test_markers_at_their_places_give_the_scale() -> None:
    found = find_markers(sheet((3, 160, 120), (4, 480, 360)), "4X4_50")
    assert set(found) == {3, 4}
    rule = MarkerRule("4X4_50", 40.0, 0.02, (MarkerPlace(3, 0.25, 0.25), MarkerPlace(4, 0.75, 0.75)))
    verdict = check_markers(found, rule, 640, 480)
    assert verdict.faults == []
    assert verdict.mm_per_px == pytest.approx(0.5, rel=0.02)


def test_a_missing_and_a_displaced_marker_are_named() -> None:
    found = find_markers(sheet((3, 130, 120)), "4X4_50")
    rule = MarkerRule("4X4_50", 40.0, 0.02, (MarkerPlace(3, 0.25, 0.25), MarkerPlace(4, 0.75, 0.75)))
    displaced, missing = check_markers(found, rule, 640, 480).faults
    assert re.match("Out of place: marker 3 lies (29|30|31) pixels too far left", displaced)
    assert missing == "Marker missing: marker 4 is not in the picture or not readable."


def test_a_marker_that_is_there_twice_proves_nothing() -> None:
    assert find_markers(sheet((3, 160, 120), (3, 480, 360)), "4X4_50") == {}


def test_without_markers_there_is_no_scale() -> None:
    assert find_markers(sheet(), "4X4_50") == {}
    assert check_markers({}, MarkerRule(size_mm=10, places=(MarkerPlace(1, 0.5, 0.5),)), 640, 480).mm_per_px is None


def test_an_unknown_dictionary_says_which_there_are() -> None:
    with pytest.raises(ValueError, match=r'"9X9"; allowed: .*4X4_50'):
        find_markers(sheet(), "9X9")


def test_a_written_marker_is_found_and_one_that_there_is_not_is_refused() -> None:
    picture = np.full((200, 200), 255, np.uint8)
    picture[50:150, 50:150] = write_marker("5X5_100", 42, 100)
    assert set(find_markers(picture, "5X5_100")) == {42}
    with pytest.raises(ValueError, match="0 to 99"):
        write_marker("5X5_100", 100, 100)
    with pytest.raises(ValueError, match="allowed"):
        write_marker("9X9_1", 1, 100)
