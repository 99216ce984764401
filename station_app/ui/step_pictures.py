"""Which pictures of steps are decoded when: what is looked at first coarsely, then finely, and the next steps' ahead.

A coarse picture takes a third of the time, and there is room for many: whoever goes on quickly sees at least that at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QImage

from station_app.domain.media import Criterion, Picture
from station_app.domain.work_master import Step
from station_app.ui.decoding import LARGEST_SIDE_PX
from station_app.ui.pictures import PictureStore

AHEAD = 2
"""So many of the following steps are decoded before they are wanted."""
COARSE_AHEAD = 6
"""So many of them coarsely."""
COARSE_PX = (512, 384)
COARSE_FROM_BYTES = 200_000
"""Photos with less than that are decoded finely in no time."""
_PHOTOS = ("image/jpeg", "image/png")

Arrived = Callable[[QImage], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture for a place of ``size_px``; ``page`` from 1 where it is a document."""

    picture: Picture
    size_px: tuple[int, int]
    page: int = 1


def is_video(picture: Picture) -> bool:
    """Whether it moves."""
    return picture.media_type.startswith("video/")


class StepPictures:
    """Decoded pictures of steps from a store. Main thread."""

    def __init__(self, store: PictureStore) -> None:
        self._store = store

    def show(self, wanted: Wanted, coarse: Arrived, fine: Arrived) -> None:
        """Give the picture to ``fine``, empty where it cannot be shown; to ``coarse`` before that where it takes a while.

        What is decoded already comes at once.
        """
        came: list[bool] = []

        def arrived(image: QImage) -> None:
            came.append(True)
            fine(image)

        def arrived_coarse(image: QImage) -> None:
            if not came and not image.isNull():
                coarse(image)

        picture = wanted.picture
        # only of a JPEG the coarse picture comes sooner; of others it is there where it was decoded ahead
        sooner = picture.media_type == "image/jpeg" or self._store.is_kept(picture.sha256, *COARSE_PX)
        if _is_large(picture) and sooner and not self._store.is_kept(picture.sha256, *wanted.size_px, wanted.page):
            self._store.show(picture.sha256, picture.media_type, *COARSE_PX, arrived_coarse)
        self.fetch(wanted, arrived)

    def fetch(self, wanted: Wanted, arrived: Arrived = lambda _image: None) -> None:
        """Decode a picture for a place."""
        picture = wanted.picture
        self._store.show(picture.sha256, picture.media_type, *wanted.size_px, arrived, wanted.page)

    def detail(self, picture: Picture, arrived: Arrived, page: int = 1) -> None:
        """Decode a photo as large as it is, for whoever looks closely; drawings and pages are rendered as large."""
        self.fetch(Wanted(picture, (LARGEST_SIDE_PX, LARGEST_SIDE_PX), page), arrived)

    def fetch_ahead(
        self, here: Sequence[Picture | Criterion], following: Sequence[Step], size_px: tuple[int, int]
    ) -> None:
        """The first picture of the steps that follow, and what else this one has."""
        coming = [entry for step in following[:COARSE_AHEAD] for entry in step.pictures[:1] if not is_video(entry)]
        for picture in coming:
            if _is_large(picture):
                self._store.fetch(picture.sha256, picture.media_type, *COARSE_PX)
        soon = [entry for step in following[:AHEAD] for entry in step.pictures[:1]]
        other = [entry for entry in here[1:3] if isinstance(entry, Picture)]
        for picture in (*soon, *other):
            if not is_video(picture):
                self.fetch(Wanted(picture, size_px, picture.page))


def _is_large(picture: Picture) -> bool:
    return picture.media_type in _PHOTOS and picture.size_bytes >= COARSE_FROM_BYTES
