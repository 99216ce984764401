"""The derived copy: readable, names its original, and leaves it untouched."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from drivers.simulation.scene import Scene, SceneRenderer
from drivers.vision.geometry import Shown
from drivers.vision.headers import PictureError, check_complete, probe
from drivers.vision.jpeg import decode
from drivers.vision.overlay import MARK_KINDS, DrawnMark, Overlay, draw_overlay, original_sha256

ORIGINAL = SceneRenderer().render(Scene(), 1)
OVERLAY = Overlay("2026-11-20 07:45 UTC", "GX40-000101", "Jörg Müßig", "Meßschieber MS-017")


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png"])
def test_the_copy_names_its_original_and_is_a_whole_picture(media_type: str) -> None:
    before = hashlib.sha256(ORIGINAL).hexdigest()
    copy = draw_overlay(ORIGINAL, OVERLAY, media_type=media_type)
    assert original_sha256(copy) == before == hashlib.sha256(ORIGINAL).hexdigest()
    header = probe(copy)
    check_complete(copy, header)
    assert (header.media_type, header.width_px) == (media_type, 1280)
    picture = decode(copy)
    assert picture.shape[0] > 720, "the text is under the picture, not on it"
    if media_type == "image/png":
        assert np.array_equal(picture[:720], decode(ORIGINAL))


def test_no_other_picture_names_an_original() -> None:
    assert original_sha256(ORIGINAL) is None


def test_umlauts_are_drawn() -> None:
    """A letter that the typeface lacks is drawn as a question mark."""
    drawn = [
        decode(draw_overlay(ORIGINAL, Overlay(unit=text), media_type="image/png"))[720:] for text in ("ü", "u", "?")
    ]
    assert not np.array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])


@pytest.mark.parametrize("kind", MARK_KINDS)
def test_a_mark_changes_the_copy_near_its_place_only(kind: str) -> None:
    mark = DrawnMark(kind, 0.3, 0.3, 0.36, 0.4, "Kratzer")
    copy = decode(draw_overlay(ORIGINAL, Overlay(marks=(mark,)), media_type="image/png"))[:720]
    changed = np.argwhere(np.any(copy != decode(ORIGINAL), axis=2))
    assert len(changed) > 500
    top, left = changed.min(axis=0)
    bottom, right = changed.max(axis=0)
    assert top > 60 and left > 200 and bottom < 400 and right < 600


def test_a_mark_at_the_edge_keeps_its_text_inside() -> None:
    mark = DrawnMark("arrow", 1.0, 0.0, 0.9, 0.1, "ganz am Rand")
    assert probe(draw_overlay(ORIGINAL, Overlay(marks=(mark,)))).width_px == 1280


def test_many_long_texts_get_lines_of_their_own_and_small_pictures_too() -> None:
    small = draw_overlay(
        ORIGINAL, Overlay("Zeit " * 40, "Teil", "Person " * 30, "Messmittel " * 20), shown=Shown(0, 0, 0.2, 0.2)
    )
    header = probe(small)
    assert header.width_px == 256
    assert header.height_px > 144 + 4 * 13


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(PictureError, match="not a picture"):
        draw_overlay(b"nothing", OVERLAY)
    with pytest.raises(ValueError, match='"star"; allowed: arrow, box, circle'):
        draw_overlay(ORIGINAL, Overlay(marks=(DrawnMark("star", 0, 0, 1, 1),)))
    with pytest.raises(ValueError, match="image/gif"):
        draw_overlay(ORIGINAL, OVERLAY, media_type="image/gif")
