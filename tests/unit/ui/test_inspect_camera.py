"""The camera of the inspection page: what is seen in a frame, and frames that come too late."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from drivers.simulation.scene import Scene, SceneRenderer
from station_app.domain.checks import PhotoCheck
from station_app.services.pictures import Judged
from station_app.ui.check_view import CardContext
from station_app.ui.inspect_camera import CameraView, LargePhotoView, verdict_text
from station_app.ui.look import sized_look
from station_app.ui.pictures import PictureStore
from tests.bench_station import BenchStation

LOOK_PX = (1280, 800)


def judged(codes: tuple[str, ...] = (), faults: tuple[str, ...] = ()) -> Judged:
    return Judged("image/jpeg", 1280, 720, 0.01, codes, faults)


def test_what_is_seen_is_said_in_a_few_words() -> None:
    assert verdict_text(judged(("U-1",)), "U-1") == "code = unit"
    assert verdict_text(judged(("U-2",)), "U-1") == "code U-2, not this unit"
    blurred = "Blurred: sharpness 0.0011, at least 0.0060 is needed."
    assert verdict_text(judged(faults=(blurred,)), "U-1") == "no code in sight · Blurred"


def test_a_frame_that_is_decoded_when_its_step_is_over_is_dropped(bench: BenchStation, qtbot: QtBot) -> None:
    bench.cameras["bench"].jpeg = SceneRenderer().render(Scene("U-1"), 1)
    services, look = bench.services, sized_look("light", "en", *LOOK_PX)
    context = CardContext(services, look, PictureStore(services), "U-1", True, lambda: None, lambda: None)
    view = LargePhotoView(PhotoCheck(id="p", title="Photo", camera="bench"), "7", context)
    view.follow(time.time())
    view.card.deleteLater()
    QCoreApplication.sendPostedEvents(view.card, QEvent.Type.DeferredDelete.value)
    qtbot.waitUntil(lambda: not view._preview._busy)


def test_a_station_without_a_camera_says_so(bench: BenchStation, qtbot: QtBot) -> None:
    services = bench.services
    services.pictures._cameras = {}
    camera = CameraView(services, sized_look("light", "en", *LOOK_PX))
    qtbot.addWidget(camera.card)
    camera.follow(time.time(), "U-1", None)
    assert camera.card.picture.accessibleName() == "This station has no camera."
