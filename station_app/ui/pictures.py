"""Pictures for the screen, decoded on the pool: instruction drawings, kept photos and camera frames.

The main thread only turns a decoded image into a pixmap. Decoded pictures are kept, the least recently shown goes first.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from station_app.services.ports import EvidenceError
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui.decoding import decode, decode_frame

CACHE_BYTES: Final = 96 << 20
WANTED: Final = 24
"""How many of the newest wishes are still worth decoding: whoever leafs quickly leaves the others behind."""
LOOK_MS: Final = 16
"""Twice as often as a camera of 30 pictures a second sends one."""
LOOKING_S: Final = 0.3

Shown = Callable[[QImage], None]


@dataclass(frozen=True, slots=True)
class _Key:
    sha256: str
    width_px: int
    height_px: int
    page: int


class PictureStore:
    """Decoded pictures by content hash, size and page; those least recently shown go first. Lives on the main thread."""

    def __init__(self, services: StationServices, cache_bytes: int = CACHE_BYTES) -> None:
        self._services = services
        self._cache_bytes = cache_bytes
        self._kept: OrderedDict[_Key, QImage] = OrderedDict()
        self._bytes = 0
        self._waiting: dict[_Key, list[Shown]] = {}
        self._wanted: deque[_Key] = deque(maxlen=WANTED)

    @property
    def kept_bytes(self) -> int:
        """How much the decoded pictures take."""
        return self._bytes

    @property
    def decoding(self) -> int:
        """How many pictures are waited for."""
        return len(self._waiting)

    def show(self, sha256: str, media_type: str, width_px: int, height_px: int, shown: Shown, page: int = 1) -> None:
        """Give the picture to ``shown``: at once when it is here, else when it is decoded (empty: it cannot be shown).

        A wish that many newer ones have overtaken is dropped.
        """
        key = _Key(sha256, width_px, height_px, page)
        image = self._kept.get(key)
        self._wanted.append(key)
        if image is not None:
            self._kept.move_to_end(key)
            shown(image)
        elif key in self._waiting:
            self._waiting[key].append(shown)
        else:
            self._waiting[key] = [shown]
            self._decode(key, media_type)

    def is_kept(self, sha256: str, width_px: int, height_px: int, page: int = 1) -> bool:
        """Whether a picture is decoded already."""
        return _Key(sha256, width_px, height_px, page) in self._kept

    def fetch(self, sha256: str, media_type: str, width_px: int, height_px: int, page: int = 1) -> None:
        """Decode a picture that will be wanted soon."""
        self.show(sha256, media_type, width_px, height_px, lambda _image: None, page)

    def _decode(self, key: _Key, media_type: str) -> None:
        library, wanted = self._services.library, self._wanted

        def work() -> QImage | None:
            if key not in tuple(wanted):
                return None
            try:
                return decode(library.picture(key.sha256), key.width_px, key.height_px, media_type, key.page)
            except EvidenceError:
                return QImage()

        when_done(
            self._services.pool.submit(work),
            self._services.post,
            lambda image: self._arrived(key, media_type, image),
            lambda error: self._failed(key, error),
        )

    def _arrived(self, key: _Key, media_type: str, image: QImage | None) -> None:
        if image is None:
            if key in self._wanted:
                self._decode(key, media_type)  # wanted anew while it was passed over
            else:
                self._waiting.pop(key, None)
            return
        if not image.isNull():
            self._kept[key] = image
            self._bytes += image.sizeInBytes()
            while self._bytes > self._cache_bytes and len(self._kept) > 1:
                _, gone = self._kept.popitem(last=False)
                self._bytes -= gone.sizeInBytes()
        for shown in self._waiting.pop(key, []):
            shown(image)

    def _failed(self, key: _Key, error: BaseException) -> None:
        for shown in self._waiting.pop(key, []):
            shown(QImage())
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
