from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from station_app.domain.checks import PhotoCheck
from station_app.domain.job import CheckProgress, Mark
from station_app.ui.check_view import CardContext
from station_app.ui.look import sized_look
from station_app.ui.photo_view import REFUSED_SHOWN_S, PhotoView
from station_app.ui.pictures import PictureStore
from tests.bench_station import BenchStation
from widgets.card import CardState
from widgets.photo_card import PhotoCard

CHECK = PhotoCheck(id="p", title="Photo", camera="bench", reaction="Turn it.")


def jpeg(grey: int) -> bytes:
    return bytes(cv2.imencode(".jpg", np.full((48, 64, 3), grey, np.uint8))[1].tobytes())


@pytest.fixture
def view(bench: BenchStation, qtbot: QtBot) -> PhotoView:
    look = sized_look("light", "en", 1280, 800)
    context = CardContext(bench.services, look, PictureStore(bench.services), "U-1", True, lambda: None, lambda: None)
    view = PhotoView(CHECK, context)
    qtbot.addWidget(view.card)
    view.update(CheckProgress(CHECK), False, False)
    return view


def card(view: PhotoView) -> PhotoCard:
    assert isinstance(view.card, PhotoCard)
    return view.card


def test_the_camera_is_live_until_a_picture_is_taken(view: PhotoView, bench: BenchStation, qtbot: QtBot) -> None:
    view.follow(0.0)
    assert not card(view).picture.has_picture
    bench.cameras["bench"].jpeg = jpeg(90)
    view.follow(0.1)
    qtbot.waitUntil(lambda: card(view).picture.has_picture)
    assert view.card.note_text() == "live"
    done = CheckProgress(CHECK, Mark.DONE, rec_id="r1", evidence_sha256=bench.evidence.put(jpeg(90)))
    view.update(done, False, False)
    assert view.card.state is CardState.OK and view.card.note_text() == "saved"


def test_a_refused_picture_says_why_and_the_camera_is_live_again(
    view: PhotoView, bench: BenchStation, qtbot: QtBot
) -> None:
    bench.cameras["bench"].jpeg = jpeg(90)
    failed = CheckProgress(
        CHECK, Mark.FAILED, note="Too dark.", rec_id="r1", evidence_sha256=bench.evidence.put(jpeg(20))
    )
    view.follow(10.0)
    view.update(failed, False, False)
    assert view.card.state is CardState.FAILED and view.card.message.text() == "Too dark. Turn it."
    live = "live; the refused picture is kept"
    view.follow(10.0 + REFUSED_SHOWN_S / 2)
    assert live not in card(view).picture.accessibleName()

    def live_again() -> bool:
        view.follow(10.0 + REFUSED_SHOWN_S)
        return card(view).picture.accessibleName() == live

    qtbot.waitUntil(live_again)
    assert view.card.message.text() == "Too dark. Turn it."


def test_an_attempt_that_was_not_saved_shows_the_refusal_again(view: PhotoView, bench: BenchStation) -> None:
    failed = CheckProgress(
        CHECK, Mark.FAILED, note="Too dark.", rec_id="r1", evidence_sha256=bench.evidence.put(jpeg(20))
    )
    view.update(failed, False, False)
    view.update(failed, True, False)
    assert view.card.note_text() == "saving"
    view.update(replace(failed), False, False)
    assert view.card.state is CardState.FAILED and view.card.note_text() == ""
