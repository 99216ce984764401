"""The verdict on pictures of the simulated unit: each fault is found and named."""

from __future__ import annotations

import re
from dataclasses import replace

import cv2
import numpy as np
import pytest

from drivers.simulation.scene import Scene, SceneRenderer
from drivers.vision.check import check_picture
from drivers.vision.codes import Code
from drivers.vision.geometry import Shown
from drivers.vision.jpeg import encode_jpeg
from drivers.vision.view_rules import MarkerPlace, MarkerRule, PartRegion, ViewRules

UNIT = "GX40-000127"
RULES = ViewRules(min_sharpness=0.006, min_brightness=40, max_brightness=200, code="unit")
PARTS = ViewRules(
    reference_sha256="named elsewhere",
    parts=(PartRegion("left bearing", 0.24, 0.30, 0.23, 0.40), PartRegion("right bearing", 0.49, 0.32, 0.17, 0.33)),
)


@pytest.fixture(scope="module")
def renderer() -> SceneRenderer:
    return SceneRenderer(seed=1)


@pytest.fixture(scope="module")
def good(renderer: SceneRenderer) -> bytes:
    return renderer.render(Scene(serial=UNIT), 1)


def test_a_good_picture_is_accepted(good: bytes) -> None:
    verdict = check_picture(good, RULES, unit=UNIT)
    assert verdict.accepted, verdict.faults
    assert (verdict.width, verdict.height) == (1280, 720)
    assert [code.text for code in verdict.codes] == [UNIT]


@pytest.mark.parametrize(
    ("scene", "begins"),
    [
        (Scene(serial=UNIT, blurred=True), ["Blurred: sharpness", "No code: none can be read"]),
        (Scene(serial="GX40-000128"), ["Wrong unit: the picture shows GX40-000128, not GX40-000127."]),
        (Scene(serial=UNIT, dark=True), ["Too dark: brightness 1"]),
    ],
)
def test_each_fault_has_its_sentence(renderer: SceneRenderer, scene: Scene, begins: list[str]) -> None:
    verdict = check_picture(renderer.render(scene, 1), RULES, unit=UNIT)
    assert not verdict.accepted
    assert len(verdict.faults) == len(begins)
    assert all(fault.startswith(start) for fault, start in zip(verdict.faults, begins, strict=True)), verdict.faults


def test_too_bright_and_burnt_out(good: bytes) -> None:
    assert check_picture(good, ViewRules(max_brightness=30)).faults[0].startswith("Too bright")
    burnt = np.full((100, 100, 3), 120, dtype=np.uint8)
    burnt[:30] = 255
    verdict = check_picture(encode_jpeg(burnt), ViewRules(max_overexposed=0.2))
    assert verdict.overexposed == pytest.approx(0.3, abs=0.02)
    assert verdict.faults[0].startswith("Overexposed: 30.0% of the picture is burnt out, at most 20.0%")


def test_without_an_open_unit_no_code_is_the_right_one(good: bytes) -> None:
    assert check_picture(good, RULES).faults == [
        "Wrong unit: the picture shows GX40-000127, not the open unit (none is open)."
    ]
    assert check_picture(good, ViewRules(code="any")).accepted


def test_what_a_code_names_is_said_by_the_caller(good: bytes) -> None:
    def last_three(code: Code) -> tuple[str, ...]:
        return (code.text[-3:],)

    assert check_picture(good, RULES, unit="127", names_in_code=last_three).accepted


def test_another_resolution_is_named(good: bytes) -> None:
    (fault,) = check_picture(good, ViewRules(width_px=1920, height_px=1080)).faults
    assert fault == "Another size: the camera delivers 1280 x 720 pixels, this view was set up for 1920 x 1080."
    assert check_picture(good, ViewRules(width_px=1280)).accepted


def test_a_missing_part_is_named_and_other_light_is_no_fault(renderer: SceneRenderer, good: bytes) -> None:
    missing = renderer.picture(Scene(part_missing=True), 40)
    gradient = np.linspace(0.6, 1.3, 1280, dtype=np.float32)[None, :, None]
    for light in (np.float32(0.3), np.float32(1.0), np.float32(1.25), gradient):
        whole = np.clip(renderer.picture(Scene(), 17) * light, 0, 255).astype(np.uint8)
        verdict = check_picture(encode_jpeg(whole), PARTS, reference=good)
        assert verdict.accepted, verdict.faults
        lit = np.clip(missing * light, 0, 255).astype(np.uint8)
        verdict = check_picture(encode_jpeg(lit), PARTS, reference=good)
        assert len(verdict.faults) == 1
        assert verdict.faults[0].startswith("Part missing: right bearing is not as in the reference picture (alike ")
        assert [part.present for part in verdict.parts] == [True, False]
        assert verdict.parts[0].score > 0.9 > 0.4 > verdict.parts[1].score


def test_the_shown_part_is_what_is_checked(good: bytes) -> None:
    """A crop without the label has no code; turned by a quarter, the parts lie elsewhere for both pictures alike."""
    verdict = check_picture(good, ViewRules(code="any"), shown=Shown(0.0, 0.0, 0.6, 1.0))
    assert verdict.faults == ["No code: none can be read; one must be in the picture."]
    assert (verdict.width, verdict.height) == (1280, 720), "of the original"
    turned = ViewRules(parts=(PartRegion("left bearing", 0.3, 0.24, 0.4, 0.23),))
    assert check_picture(good, turned, reference=good, shown=Shown(rotation_deg=90)).accepted


def test_a_view_that_is_set_up_wrongly_says_so(good: bytes) -> None:
    outside = replace(PARTS, parts=(PartRegion("bolt", 0.9, 0.9, 0.2, 0.2),))
    (fault,) = check_picture(good, outside, reference=good).faults
    assert fault == 'View set up wrongly: the region "bolt" is too small or not inside the picture.'
    (fault,) = check_picture(good, PARTS).faults
    assert fault.startswith("No reference: the picture to compare with")
    (fault,) = check_picture(good, PARTS, reference=b"no picture").faults
    assert fault == "View set up wrongly: this is not a picture; allowed: JPEG, PNG."
    flat = encode_jpeg(np.full((720, 1280, 3), 90, dtype=np.uint8))
    (fault,) = check_picture(flat, PARTS, reference=good).faults
    assert fault.startswith("Another view: ")
    rule = ViewRules(markers=MarkerRule("no such", 20, 0.1, (MarkerPlace(0, 0.5, 0.5),)))
    (fault,) = check_picture(good, rule).faults
    assert fault.startswith('View set up wrongly: the dictionary is "no such"; allowed: ')


@pytest.mark.parametrize("content", [b"", b"nothing", b"\xff\xd8\xff\xe0"])
def test_bytes_that_are_no_picture_are_a_verdict_too(content: bytes) -> None:
    verdict = check_picture(content, RULES)
    assert not verdict.accepted
    assert len(verdict.faults) == 1
    assert verdict.faults[0][0].isupper()
    assert verdict.width == 0


def test_a_cut_picture_says_truncated(good: bytes) -> None:
    assert check_picture(good[: len(good) // 2], RULES).faults == ["The picture is truncated: its end is missing."]


def test_markers_and_parts_together(good: bytes) -> None:
    """Markers give place and scale, and lay a picture that was taken from elsewhere over the reference."""
    rules = ViewRules(
        markers=MarkerRule("4X4_50", 15.0, 0.02, (MarkerPlace(7, 0.08, 0.12), MarkerPlace(8, 0.92, 0.88))),
        parts=PARTS.parts,
    )
    reference = with_markers(SceneRenderer().picture(Scene(), 1))
    verdict = check_picture(encode_jpeg(reference), rules, reference=encode_jpeg(reference))
    assert verdict.accepted, verdict.faults
    assert verdict.mm_per_px == pytest.approx(15 / 60, rel=0.03)
    moved = np.array([[1, 0, 60], [0, 1, 20]], dtype=np.float32)
    elsewhere = np.asarray(cv2.warpAffine(reference, moved, (1280, 720)), dtype=np.uint8)
    verdict = check_picture(encode_jpeg(elsewhere), rules, reference=encode_jpeg(reference))
    assert [fault.partition(":")[0] for fault in verdict.faults] == ["Out of place", "Out of place"]
    assert re.search("marker 7 lies (59|60|61) pixels too far right and (19|20|21) pixels too low", verdict.faults[0])
    assert all(part.present for part in verdict.parts), "the comparison follows the markers"


def with_markers(
    picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for number, x, y in ((7, 102, 86), (8, 1178, 634)):
        picture[y - 42 : y + 42, x - 42 : x + 42] = 255
        picture[y - 30 : y + 30, x - 30 : x + 30] = cv2.aruco.generateImageMarker(dictionary, number, 60)[:, :, None]
    return picture
