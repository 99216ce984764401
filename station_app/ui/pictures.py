"""Pictures for the screen, decoded on the pool: instruction drawings, kept photos and camera frames.

The main thread only turns a decoded image into a pixmap. Decoded pictures are kept, the least recently shown goes first.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QPoint, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QImageReader, QPainter, QTransform
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from station_app.domain.view import ViewSettings
from station_app.services.ports import EvidenceError
from station_app.services.posting import when_done
from station_app.services.station import StationServices

LARGEST_SIDE_PX: Final = 4096
CACHE_BYTES: Final = 96 << 20
LOOK_MS: Final = 16
"""Twice as often as a camera of 30 pictures a second sends one."""
LOOKING_S: Final = 0.3


@dataclass(frozen=True, slots=True)
class _Key:
    sha256: str
    width_px: int
    height_px: int


def decode(content: bytes, width_px: int, height_px: int, is_svg: bool) -> QImage:
    """The picture as large as fits ``width_px`` x ``height_px``; empty when it cannot be read. Any thread.

    Drawings are rendered at that size; photos are only made smaller. JPEG, PNG and SVG.
    """
    box = QSize(min(width_px, LARGEST_SIDE_PX), min(height_px, LARGEST_SIDE_PX))
    if is_svg:
        return _render(content, box)
    image = QImage.fromData(content)
    if image.isNull() or (image.width() <= box.width() and image.height() <= box.height()):
        return image
    return image.scaled(box, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _render(content: bytes, box: QSize) -> QImage:
    renderer = QSvgRenderer(QByteArray(content))
    if not renderer.isValid():
        return QImage()
    size = renderer.defaultSize().scaled(box, Qt.AspectRatioMode.KeepAspectRatio)
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    return image


Shown = Callable[[QImage], None]


def decode_frame(jpeg: bytes, settings: ViewSettings, width_px: int, height_px: int) -> QImage:
    """A camera's JPEG as its view shows it (cropped, then turned), at most that large. Any thread.

    Cut and made smaller while it is decoded: that takes less time than after, and other threads run meanwhile.
    """
    buffer = QBuffer()
    buffer.setData(QByteArray(jpeg))
    reader = QImageReader(buffer, QByteArray(b"jpeg"))
    size, crop = reader.size(), settings.crop
    if not size.isValid():
        return QImage()
    part = QRectF(crop.x * size.width(), crop.y * size.height(), crop.width * size.width(), crop.height * size.height())
    clip = part.toAlignedRect().intersected(QRect(QPoint(), size))
    box = QSize(width_px, height_px)
    if settings.rotation_deg in (90, 270):
        box.transpose()
    if clip.size() != size:
        reader.setClipRect(clip)
    if clip.width() > box.width() or clip.height() > box.height():
        reader.setScaledSize(clip.size().scaled(box, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return image.transformed(QTransform().rotate(settings.rotation_deg)) if settings.rotation_deg else image


class PictureStore:
    """Decoded pictures by content hash and size. Lives on the main thread."""

    def __init__(self, services: StationServices) -> None:
        self._services = services
        self._kept: OrderedDict[_Key, QImage] = OrderedDict()
        self._bytes = 0
        self._waiting: dict[_Key, list[Shown]] = {}

    def show(self, sha256: str, media_type: str, width_px: int, height_px: int, shown: Shown) -> None:
        """Give the picture to ``shown``: at once when it is here, else when it is decoded (empty: it cannot be shown)."""
        key = _Key(sha256, width_px, height_px)
        image = self._kept.get(key)
        if image is not None:
            self._kept.move_to_end(key)
            shown(image)
        elif key in self._waiting:
            self._waiting[key].append(shown)
        else:
            self._waiting[key] = [shown]
            self._decode(key, media_type)

    def fetch(self, sha256: str, media_type: str, width_px: int, height_px: int) -> None:
        """Decode a picture that will be wanted soon."""
        self.show(sha256, media_type, width_px, height_px, lambda _image: None)

    def _decode(self, key: _Key, media_type: str) -> None:
        library, is_svg = self._services.library, "svg" in media_type

        def work() -> QImage:
            try:
                return decode(library.picture(key.sha256), key.width_px, key.height_px, is_svg)
            except EvidenceError:
                return QImage()

        when_done(
            self._services.pool.submit(work),
            self._services.post,
            lambda image: self._arrived(key, image),
            lambda error: self._failed(key, error),
        )

    def _arrived(self, key: _Key, image: QImage) -> None:
        if not image.isNull():
            self._kept[key] = image
            self._bytes += image.sizeInBytes()
            while self._bytes > CACHE_BYTES and len(self._kept) > 1:
                _, gone = self._kept.popitem(last=False)
                self._bytes -= gone.sizeInBytes()
        for shown in self._waiting.pop(key, []):
            shown(image)

    def _failed(self, key: _Key, error: BaseException) -> None:
        self._arrived(key, QImage())
        raise error


class Preview:
    """The newest frame of a camera, decoded on the pool; a frame that comes while one is decoded is passed over.

    Between two calls of :meth:`refresh` it looks for new frames by itself, as often as a camera sends them, while its
    ``card`` is seen and somebody has called within ``LOOKING_S``; without a card only when it is called.
    """

    def __init__(
        self,
        services: StationServices,
        camera: str,
        width_px: int,
        height_px: int,
        shown: Shown,
        card: QWidget | None = None,
    ) -> None:
        self._services = services
        self._camera = camera
        self._size = (width_px, height_px)
        self._shown = shown
        self._busy = False
        self._last_time = 0.0
        self._look_until_s = 0.0
        self._timer: QTimer | None = None
        if card is not None:
            self._timer = QTimer(card)  # it ends with the card
            self._timer.setInterval(LOOK_MS)
            self._timer.setTimerType(Qt.TimerType.PreciseTimer)
            self._timer.timeout.connect(lambda: self._look_again(card))

    def refresh(self) -> None:
        """Look for a newer frame, now and for a while; an empty image is shown when a frame cannot be decoded."""
        self._look_until_s = time.monotonic() + LOOKING_S
        if self._timer is not None and not self._timer.isActive():
            self._timer.start()
        self._look()

    def _look_again(self, card: QWidget) -> None:
        if self._timer is not None and (time.monotonic() > self._look_until_s or not card.isVisible()):
            self._timer.stop()
            return
        self._look()

    def _look(self) -> None:
        frame = self._services.pictures.preview(self._camera)
        if self._busy or frame is None or frame.received_time == self._last_time:
            return
        self._busy = True
        self._last_time = frame.received_time
        settings = self._services.pictures.shown(self._camera)
        when_done(
            # the frame may have to be encoded first (USB, RTSP): not on the main thread
            self._services.pool.submit(lambda: decode_frame(frame.jpeg, settings, *self._size)),
            self._services.post,
            self._arrived,
            self._failed,
        )

    def _arrived(self, image: QImage) -> None:
        self._busy = False
        self._shown(image)

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        raise error
