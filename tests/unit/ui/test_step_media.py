"""What a step shows: chosen by thumbnails and keys, in a language, with a clear word for what cannot be shown."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from station_app.domain.media import Picture
from station_app.domain.work_master import Step
from station_app.ui.look import sized_look
from station_app.ui.pictures import PictureStore
from station_app.ui.step_media import ShownStep, StepMedia, media_texts
from tests.bench_station import BenchStation
from tests.every_check_bench import BAD_SVG, CRITERION, DRAWING, GOOD_SVG, picture
from tests.unit.ui.test_pictures import pdf
from widgets.media_panel import EnlargedPicture, MediaPanel

SIZE_PX = (640, 480)


@pytest.fixture
def media(bench: BenchStation, qtbot: QtBot) -> Iterator[StepMedia]:
    look = sized_look("light", "en", 1280, 800)
    panel = MediaPanel(look, media_texts())
    qtbot.addWidget(panel)
    panel.resize(800, 600)
    panel.show()
    for content in (GOOD_SVG, BAD_SVG):
        bench.evidence.put(content)
    yield StepMedia(bench.services, look, panel, PictureStore(bench.services))
    panel.hide()


def show(media: StepMedia, *pictures: Picture, language: str = "en", **more: Any) -> MediaPanel:
    step = Step(id="s", title={"en": "Step", "de": "Schritt"}, text={"en": ""}, pictures=pictures, **more)
    media.show(ShownStep(step, (), language, SIZE_PX))
    panel = media.parent()
    assert isinstance(panel, MediaPanel)
    return panel


def test_one_picture_needs_no_thumbnails_and_its_marks_are_in_the_language(media: StepMedia, qtbot: QtBot) -> None:
    panel = show(media, DRAWING, language="de")
    qtbot.waitUntil(lambda: panel.picture.has_picture)
    assert not panel.strip.isVisible()
    assert [callout.text for callout in panel.picture.callouts] == ["Sitz, sauber"]
    assert [region.text for region in panel.picture.regions] == ["Hier schauen"]
    panel = show(media, DRAWING, language="xx")
    qtbot.waitUntil(lambda: [callout.text for callout in panel.picture.callouts] == ["Seat, clean"])


def test_several_are_leafed_through_and_good_stands_beside_bad(media: StepMedia, qtbot: QtBot) -> None:
    panel = show(media, DRAWING, criteria=(CRITERION,))
    assert panel.strip.isVisible() and len(panel.strip.thumbnails) == 2
    panel.step(1)
    qtbot.waitUntil(lambda: all(view.has_picture for view in panel.pair.pictures))
    assert panel.pair.isVisible() and not panel.picture.isVisible()
    panel.step(1)
    assert panel.index == 1, "after the last one nothing comes"
    panel.pair.tapped.emit(1)
    (large,) = panel.window().findChildren(EnlargedPicture)
    assert large.picture.has_picture
    large.dismiss()
    panel.strip.thumbnails[0].click()
    assert panel.picture.isVisible() and panel.index == 0


def test_a_document_opens_at_its_page_and_is_turned(media: StepMedia, bench: BenchStation, qtbot: QtBot) -> None:
    content = pdf(3)
    bench.evidence.put(content)
    panel = show(media, picture("d.pdf", content, "application/pdf", page=2))
    qtbot.waitUntil(panel.page_buttons[0].isVisible)
    assert media.page == 2
    panel.page_buttons[1].click()
    qtbot.waitUntil(lambda: not panel.page_buttons[1].isEnabled())
    assert media.page == 3 and panel.page_buttons[0].isEnabled()


def test_what_is_damaged_or_missing_is_said_in_its_place(media: StepMedia, bench: BenchStation, qtbot: QtBot) -> None:
    bench.evidence.put(b"<svg broken")
    panel = show(media, picture("b.svg", b"<svg broken", "image/svg+xml"))
    cannot = "The picture of this step cannot be shown"
    qtbot.waitUntil(lambda: panel.picture.accessibleName() == cannot)
    panel = show(media, picture("m.png", b"not here", "image/png"))
    qtbot.waitUntil(lambda: panel.picture.accessibleName() == cannot)
    panel = show(media)
    assert panel.picture.accessibleName() == "This step has no picture"


def test_what_is_decoded_when_the_window_is_gone_is_dropped(
    bench: BenchStation, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, decoded = threading.Event(), threading.Event()
    found = bench.services.library.picture

    def slow(sha256: str) -> bytes:
        assert go_on.wait(10)
        decoded.set()
        return found(sha256)

    monkeypatch.setattr(bench.services.library, "picture", slow)
    bench.evidence.put(GOOD_SVG)
    look = sized_look("light", "en", 1280, 800)
    panel = MediaPanel(look, media_texts())
    store = PictureStore(bench.services)
    show(StepMedia(bench.services, look, panel, store), DRAWING, criteria=(CRITERION,))
    shiboken6.delete(panel)
    go_on.set()
    drawing = drawing_key(DRAWING)
    qtbot.waitUntil(lambda: decoded.is_set() and store.is_kept(*drawing))


def drawing_key(drawing: Picture) -> tuple[str, int, int, int]:
    return drawing.sha256, *SIZE_PX, drawing.page


def film(folder: Path) -> bytes:
    """A second of a moving dot, VP8 in WebM."""
    file = folder / "film.webm"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"VP80"), 15, (160, 120))
    for number in range(15):
        frame = np.full((120, 160, 3), 200, np.uint8)
        cv2.circle(frame, (10 + number * 9, 60), 9, (40, 60, 200), -1)
        writer.write(frame)
    writer.release()
    return file.read_bytes()


@pytest.mark.qt_log_ignore("multimedia|RHI|media", extend=True)
def test_a_video_plays_rests_by_touch_and_a_damaged_one_is_said(
    media: StepMedia, bench: BenchStation, qtbot: QtBot, tmp_path: Path
) -> None:
    from widgets.video_view import VideoView

    content = film(tmp_path)
    bench.evidence.put(content)
    bench.evidence.put(b"no film")
    panel = show(media, picture("f.webm", content, "video/webm"))
    (view,) = panel.findChildren(VideoView)
    qtbot.waitUntil(lambda: view.has_frame and view.is_playing)
    resting = list[bool]()
    for _ in range(2):
        view.toggle()
        resting.append(view.is_playing)
    assert resting == [False, True]
    show(media, picture("n.webm", b"no film", "video/webm"))
    qtbot.waitUntil(lambda: view.is_broken)
    show(media, picture("m.webm", b"not here", "video/webm"))
    qtbot.waitUntil(lambda: view.is_broken)
    show(media, DRAWING)
    assert not view.isVisible() and not view.is_playing


def test_the_following_steps_are_decoded_ahead(media: StepMedia, qtbot: QtBot) -> None:
    coming = Step(id="n", title={"en": "N"}, text={"en": ""}, pictures=(CRITERION.bad,) if CRITERION.bad else ())
    step = Step(id="s", title={"en": "S"}, text={"en": ""}, pictures=(DRAWING,))
    media.show(ShownStep(step, (coming,), "en", SIZE_PX))
    qtbot.waitUntil(lambda: media.store.decoding == 0)
    panel = show(media, *coming.pictures)
    assert panel.picture.has_picture, "it stands there at once"


def test_another_steps_picture_never_stands_beside_this_steps_text(
    media: StepMedia, bench: BenchStation, qtbot: QtBot
) -> None:
    panel = show(media, DRAWING)
    qtbot.waitUntil(lambda: panel.picture.has_picture)
    go_on = threading.Event()
    for _ in range(2):
        bench.pool.submit(go_on.wait, 20)
    other = CRITERION.bad
    assert other is not None
    show(media, other)
    assert not panel.picture.has_picture and panel.picture.callouts == ()
    go_on.set()
    qtbot.waitUntil(lambda: panel.picture.has_picture)


def photo(width_px: int, height_px: int) -> bytes:
    """A JPEG that takes a moment to decode."""
    noise = np.random.default_rng(5).integers(0, 255, (height_px, width_px, 3), np.uint8)
    return bytes(cv2.imencode(".jpg", noise)[1].tobytes())


def test_a_large_photo_stands_there_coarsely_at_once_and_finely_soon(
    media: StepMedia, bench: BenchStation, qtbot: QtBot
) -> None:
    content = photo(1600, 1200)
    bench.evidence.put(content)
    large = picture("l.jpg", content, "image/jpeg")
    coming = Step(id="n", title={"en": "N"}, text={"en": ""}, pictures=(large,))
    far = [Step(id=f"f{n}", title={"en": "F"}, text={"en": ""}) for n in range(4)]
    step = Step(id="s", title={"en": "S"}, text={"en": ""}, pictures=(DRAWING,))
    media.show(ShownStep(step, (*far, coming), "en", SIZE_PX))
    qtbot.waitUntil(lambda: media.store.decoding == 0)
    assert not media.store.is_kept(large.sha256, *SIZE_PX), "too far ahead to be decoded finely"
    panel = show(media, large)
    assert panel.picture.resolution.width() == 512 and media.current() is None
    panel.picture.zoom_by(1.1)
    qtbot.waitUntil(lambda: panel.picture.resolution.width() == SIZE_PX[0])
    assert media.current() is not None and panel.picture.zoom == pytest.approx(1.1)


def test_whoever_looks_closely_sees_every_pixel(media: StepMedia, bench: BenchStation, qtbot: QtBot) -> None:
    content = photo(1600, 1200)
    bench.evidence.put(content)
    panel = show(media, picture("l.jpg", content, "image/jpeg"))
    qtbot.waitUntil(lambda: panel.picture.resolution.width() == SIZE_PX[0])
    panel.picture.zoom_by(2.0)
    qtbot.waitUntil(lambda: panel.picture.resolution.width() == 1600)
    assert panel.picture.zoom == 2.0
    panel.enlarged.emit(0)
    (large,) = panel.window().findChildren(EnlargedPicture)
    qtbot.waitUntil(lambda: large.picture.resolution.width() == 1600)
    large.dismiss()
