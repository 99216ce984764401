"""The pictures of a trace: read here or from the server, decoded on the pool."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtGui import QImage

from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui.decoding import decode

LARGE_PX = (1800, 1300)


class TracePictures:
    """Loads the pictures of the trace that is shown; those of an earlier one are dropped when they come."""

    def __init__(self, services: StationServices, arrived: Callable[[str, QImage], None]) -> None:
        self._services, self._arrived = services, arrived
        self._round = 0
        self.images: dict[str, QImage] = {}

    def load(self, hashes: Iterable[str]) -> None:
        """Load these, and forget the ones before."""
        self._round += 1
        self.images.clear()
        for sha256 in dict.fromkeys(hashes):
            self._load(sha256, self._round)

    def _load(self, sha256: str, turn: int) -> None:
        tracing = self._services.tracing

        def work() -> QImage:
            content = tracing.picture(sha256)
            return QImage() if content is None else decode(content, *LARGE_PX, "image/jpeg")

        def loaded(image: QImage) -> None:
            if turn == self._round:
                self.images[sha256] = image
                self._arrived(sha256, image)

        def failed(error: BaseException) -> None:
            raise error

        when_done(self._services.pool.submit(work), self._services.post, loaded, failed)
