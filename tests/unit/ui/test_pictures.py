from __future__ import annotations

import threading

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPdfWriter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from station_app.domain.view import Crop, ViewSettings
from station_app.ui import pictures
from station_app.ui.decoding import PDF, decode, decode_frame, pages_of
from station_app.ui.pictures import PictureStore, Preview
from tests.bench_station import BenchStation

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200"><rect width="400" height="200" fill="red"/></svg>'

SVG_TYPE = "image/svg+xml"


def jpeg(width_px: int, height_px: int) -> bytes:
    return bytes(cv2.imencode(".jpg", np.full((height_px, width_px, 3), 90, np.uint8))[1].tobytes())


def test_drawings_are_rendered_at_the_size_of_their_place() -> None:
    image = decode(SVG, 1000, 1000, SVG_TYPE)
    assert (image.width(), image.height()) == (1000, 500)
    assert image.pixelColor(500, 250).red() == 255


def test_photos_are_made_smaller_and_never_larger() -> None:
    assert decode(jpeg(800, 400), 400, 400, "image/jpeg").width() == 400
    assert decode(jpeg(80, 40), 400, 400, "image/jpeg").width() == 80


@pytest.mark.qt_log_ignore("JPEG", extend=True)
@pytest.mark.parametrize("content", [b"", b"nonsense", jpeg(800, 400)[:30]], ids=["empty", "nonsense", "cut"])
@pytest.mark.parametrize("media_type", [SVG_TYPE, "image/jpeg", PDF])
def test_what_cannot_be_read_is_an_empty_image(content: bytes, media_type: str) -> None:
    assert decode(content, 400, 400, media_type).isNull()


def test_pictures_are_decoded_on_the_pool_and_kept(
    bench: BenchStation, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []

    def noted(content: bytes, width_px: int, height_px: int, media_type: str, page: int) -> QImage:
        threads.append(threading.current_thread().name)
        return decode(content, width_px, height_px, media_type, page)

    monkeypatch.setattr(pictures, "decode", noted)
    sha256 = bench.evidence.put(SVG)
    store, shown = PictureStore(bench.services), list[QImage]()
    store.show(sha256, "image/svg+xml", 512, 512, shown.append)
    store.show(sha256, "image/svg+xml", 512, 512, shown.append)
    assert shown == []
    qtbot.waitUntil(lambda: len(shown) == 2)
    store.show(sha256, "image/svg+xml", 512, 512, shown.append)
    assert len(shown) == 3 and not shown[2].isNull()
    assert len(threads) == 1 and threads[0].startswith("pool")


def test_a_picture_that_is_not_here_is_shown_as_empty(bench: BenchStation, qtbot: QtBot) -> None:
    shown = list[QImage]()
    PictureStore(bench.services).show("0" * 64, "image/png", 512, 512, shown.append)
    qtbot.waitUntil(lambda: len(shown) == 1)
    assert shown[0].isNull()


def test_the_cache_is_bounded(bench: BenchStation, qtbot: QtBot) -> None:
    store, shown = PictureStore(bench.services, 3 * 100 * 100 * 4), list[QImage]()
    hashes = [bench.evidence.put(jpeg(100, 100 - n)) for n in range(6)]
    for number, sha256 in enumerate(hashes, 1):
        store.show(sha256, "image/jpeg", 256, 256, shown.append)
        qtbot.waitUntil(lambda n=number: len(shown) == n)  # type: ignore[misc]  # mypy cannot infer lambdas with defaults
    store.show(hashes[-1], "image/jpeg", 256, 256, shown.append)
    assert len(shown) == 7
    store.show(hashes[0], "image/jpeg", 256, 256, shown.append)
    assert len(shown) == 7
    qtbot.waitUntil(lambda: len(shown) == 8)
    assert store.kept_bytes <= 3 * 100 * 100 * 4


def test_wishes_that_were_overtaken_are_not_decoded(
    bench: BenchStation, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded = list[int]()
    go_on = threading.Event()

    def held(content: bytes, width_px: int, height_px: int, media_type: str, page: int) -> QImage:
        go_on.wait(20)
        decoded.append(width_px)
        return QImage(1, 1, QImage.Format.Format_RGB32)

    monkeypatch.setattr(pictures, "decode", held)
    sha256 = bench.evidence.put(SVG)
    store, shown = PictureStore(bench.services), list[QImage]()
    for width_px in range(1, 61):
        store.show(sha256, SVG_TYPE, width_px, 10, shown.append)
    go_on.set()
    qtbot.waitUntil(lambda: 60 in decoded)
    # two were begun before, the newest ones are wanted
    assert len(decoded) <= 2 + pictures.WANTED and 30 not in decoded
    store.show(sha256, SVG_TYPE, 30, 10, shown.append)
    qtbot.waitUntil(lambda: 30 in decoded)


def pdf(pages: int) -> bytes:
    """A document with as many pages."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    painter = QPainter(writer)
    for page in range(pages):
        if page:
            writer.newPage()
        painter.fillRect(0, 0, 4000, 4000, Qt.GlobalColor.red if page == 1 else Qt.GlobalColor.blue)
    painter.end()
    return bytes(buffer.data().data())


def test_a_page_of_a_document_is_drawn_on_white_and_says_how_many_there_are(qapp: object) -> None:
    content = pdf(3)
    image = decode(content, 400, 400, PDF, 2)
    assert pages_of(image) == 3 and image.height() == 400
    assert image.pixelColor(40, 40).red() > 200 and image.pixelColor(40, 40).blue() < 60
    assert image.pixelColor(1, 399).name() == "#ffffff"
    assert decode(content, 400, 400, PDF, 4).isNull()
    assert pages_of(decode(SVG, 10, 10, SVG_TYPE)) == 1


def test_the_preview_decodes_each_frame_once(bench: BenchStation, qtbot: QtBot) -> None:
    shown = list[QImage]()
    preview = Preview(bench.services, "bench", 320, 240, shown.append)
    preview.refresh()
    assert shown == []
    bench.cameras["bench"].jpeg = jpeg(640, 480)
    preview.refresh()
    preview.refresh()
    qtbot.waitUntil(lambda: len(shown) == 1)
    assert shown[0].width() == 320


def quarters(width_px: int, height_px: int) -> bytes:
    """Red top left, green top right, blue bottom left, white bottom right."""
    picture = np.zeros((height_px, width_px, 3), np.uint8)
    half_x, half_y = width_px // 2, height_px // 2
    picture[:half_y, :half_x] = (0, 0, 255)
    picture[:half_y, half_x:] = (0, 255, 0)
    picture[half_y:, :half_x] = (255, 0, 0)
    picture[half_y:, half_x:] = (255, 255, 255)
    return bytes(cv2.imencode(".jpg", picture)[1].tobytes())


def test_a_frame_is_cropped_turned_and_fits_its_place() -> None:
    content = quarters(800, 400)
    whole = decode_frame(content, ViewSettings(), 400, 400)
    assert (whole.width(), whole.height()) == (400, 200)
    cut = decode_frame(content, ViewSettings(crop=Crop(0.5, 0.0, 0.5, 0.5)), 1000, 1000)
    assert (cut.width(), cut.height()) == (400, 200), "never larger than it is"
    assert cut.pixelColor(200, 100).green() > 200 > 60 > cut.pixelColor(200, 100).red()
    turned = decode_frame(content, ViewSettings(rotation_deg=90), 100, 400)
    assert (turned.width(), turned.height()) == (100, 200)
    assert turned.pixelColor(75, 50).red() > 200 > 60 > turned.pixelColor(75, 50).blue(), (
        "the top left is at the top right"
    )
    both = decode_frame(content, ViewSettings(crop=Crop(0.0, 0.5, 0.5, 0.5), rotation_deg=180), 1000, 1000)
    assert both.pixelColor(200, 100).blue() > 200 > 60 > both.pixelColor(200, 100).green()


@pytest.mark.qt_log_ignore("JPEG", extend=True)
@pytest.mark.parametrize("content", [b"", b"nonsense", quarters(80, 40)[:20]], ids=["empty", "nonsense", "cut"])
def test_a_frame_that_cannot_be_read_is_an_empty_image(content: bytes) -> None:
    assert decode_frame(content, ViewSettings(), 400, 400).isNull()


def test_a_preview_shows_every_frame_while_its_card_is_seen(bench: BenchStation, qtbot: QtBot) -> None:
    card = QWidget()
    qtbot.addWidget(card)
    card.show()
    shown: list[QImage] = []
    preview = Preview(bench.services, "bench", 320, 240, shown.append, card)
    bench.cameras["bench"].jpeg = jpeg(80, 40)
    preview.refresh()
    qtbot.waitUntil(lambda: len(shown) >= 4)
    card.hide()
    qtbot.waitUntil(lambda: not any(timer.isActive() for timer in card.findChildren(QTimer)))
