"""Pictures for the screen, decoded on the pool: instruction drawings, kept photos and camera frames.

The main thread only turns a decoded image into a pixmap. Decoded pictures are kept, the least recently shown goes first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtSvg import QSvgRenderer

from station_app.domain.view import Crop, ViewSettings
from station_app.services.pictures import Frame
from station_app.services.ports import EvidenceError
from station_app.services.posting import when_done
from station_app.services.station import StationServices

LARGEST_SIDE_PX: Final = 4096
CACHE_BYTES: Final = 96 << 20


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


def shown_part(image: QImage, settings: ViewSettings) -> QImage:
    """What a view shows of a camera's picture: cropped, then turned. Any thread."""
    crop = settings.crop
    if crop != Crop():
        left, top = round(crop.x * image.width()), round(crop.y * image.height())
        image = image.copy(left, top, round(crop.width * image.width()), round(crop.height * image.height()))
    return image.transformed(QTransform().rotate(settings.rotation_deg)) if settings.rotation_deg else image


def _decode_frame(frame: Frame, settings: ViewSettings, width_px: int, height_px: int) -> QImage:
    """A frame as its view shows it, at most ``width_px`` x ``height_px``. Cut before it is made smaller: any thread."""
    if settings == ViewSettings():
        return decode(frame.jpeg, width_px, height_px, False)
    image = shown_part(QImage.fromData(frame.jpeg), settings)
    box = QSize(width_px, height_px)
    if image.isNull() or (image.width() <= box.width() and image.height() <= box.height()):
        return image
    return image.scaled(box, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


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
    """The newest frame of a camera, decoded on the pool; a frame that comes while one is decoded is passed over."""

    def __init__(self, services: StationServices, camera: str, width_px: int, height_px: int, shown: Shown) -> None:
        self._services = services
        self._camera = camera
        self._size = (width_px, height_px)
        self._shown = shown
        self._busy = False
        self._last_time = 0.0

    def refresh(self) -> None:
        """Look for a newer frame; an empty image is shown when the camera has fallen silent."""
        frame = self._services.pictures.preview(self._camera)
        if self._busy or frame is None or frame.received_time == self._last_time:
            return
        self._busy = True
        self._last_time = frame.received_time
        settings = self._services.pictures.shown(self._camera)
        when_done(
            self._services.pool.submit(_decode_frame, frame, settings, *self._size),
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
