"""The verdict on pictures of the simulated unit: each fault is found and named."""

from __future__ import annotations

import pytest

from drivers.simulation.scene import Scene, SceneRenderer
from drivers.vision.check import PictureRules, check_picture

RULES = PictureRules(min_sharpness=0.006, min_brightness=40, max_brightness=200, expected_code="GX40-000127")


@pytest.fixture(scope="module")
def renderer() -> SceneRenderer:
    return SceneRenderer(seed=1)


def test_a_good_picture_is_accepted(renderer: SceneRenderer) -> None:
    verdict = check_picture(renderer.render(Scene(serial="GX40-000127"), 1), RULES)
    assert verdict.accepted, verdict.faults
    assert (verdict.width, verdict.height) == (1280, 720)
    assert [code.text for code in verdict.codes] == ["GX40-000127"]


@pytest.mark.parametrize(
    ("scene", "begins"),
    [
        (Scene(serial="GX40-000127", blurred=True), ["Blurred: sharpness", "No code can be read"]),
        (Scene(serial="GX40-000128"), ["Wrong unit: the picture shows GX40-000128, not GX40-000127."]),
    ],
)
def test_each_fault_has_its_sentence(renderer: SceneRenderer, scene: Scene, begins: list[str]) -> None:
    verdict = check_picture(renderer.render(scene, 1), RULES)
    assert not verdict.accepted
    assert len(verdict.faults) == len(begins)
    assert all(fault.startswith(start) for fault, start in zip(verdict.faults, begins, strict=True)), verdict.faults


def test_dark_and_bright(renderer: SceneRenderer) -> None:
    dark = check_picture(renderer.render(Scene(serial="GX40-000127", dark=True), 1), RULES)
    assert dark.faults[0].startswith("Too dark: brightness 1")
    picture = renderer.render(Scene(serial="GX40-000127"), 1)
    bright = check_picture(picture, PictureRules(max_brightness=30))
    assert bright.faults[0].startswith("Too bright")


@pytest.mark.parametrize("content", [b"", b"nothing", b"\xff\xd8\xff\xe0"])
def test_bytes_that_are_no_picture_are_a_verdict_too(content: bytes) -> None:
    verdict = check_picture(content, RULES)
    assert not verdict.accepted
    assert len(verdict.faults) == 1
    assert verdict.faults[0][0].isupper()
    assert verdict.width == 0


def test_a_cut_picture_says_truncated(renderer: SceneRenderer) -> None:
    content = renderer.render(Scene(), 1)
    assert check_picture(content[: len(content) // 2], RULES).faults == [
        "The picture is truncated: its end is missing."
    ]
