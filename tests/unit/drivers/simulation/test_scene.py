"""What the simulated camera renders."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.simulation.scene import HEIGHT_PX, WIDTH_PX, Scene, SceneRenderer
from drivers.vision.codes import read_codes


@pytest.fixture(scope="module")
def renderer() -> SceneRenderer:
    return SceneRenderer(seed=5)


def test_the_label_carries_the_serial(renderer: SceneRenderer) -> None:
    for serial in ("GX40-000127", "A", "GX40-000127-REWORK-2026-11-20"):
        picture = renderer.picture(Scene(serial=serial), 1)
        assert picture.shape == (HEIGHT_PX, WIDTH_PX, 3)
        assert [code.text for code in read_codes(picture)] == [serial]


def test_no_two_frames_are_the_same(renderer: SceneRenderer) -> None:
    scene = Scene()
    frames = {renderer.render(scene, number) for number in range(8)}
    assert len(frames) == 8


def test_a_missing_part_shows_where_it_belongs_and_only_there(renderer: SceneRenderer) -> None:
    whole = renderer.picture(Scene(), 1).astype(int)
    missing = renderer.picture(Scene(part_missing=True), 1).astype(int)
    changed = np.argwhere(np.abs(whole - missing).max(axis=2) > 25)
    top, left = changed.min(axis=0)
    bottom, right = changed.max(axis=0)
    assert len(changed) > 5000
    assert 640 < left < right < 840
    assert 240 < top < bottom < 460
