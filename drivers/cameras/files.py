"""A file as a camera: one picture, a folder of pictures, or a video, over and over; for tests and demonstrations.

A picture's own bytes are kept, as a network camera's are. A picture that stands still is what was asked for here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import cv2

from drivers.base import StateSink
from drivers.cameras.camera import CameraLost, CameraThread, Source
from drivers.cameras.capture import CaptureSource, video_capture
from drivers.cameras.controls import ControlSettings, ControlState, no_controls
from drivers.cameras.frame import EncodedShot, RawShot
from drivers.connection import Backoff
from drivers.vision.headers import PictureError

PICTURES = (".jpg", ".jpeg", ".png")
PICTURES_PER_S = 10.0


class FileCamera(CameraThread):
    """Plays ``path`` at ``fps`` pictures a second; 0: a video's own rate, ten pictures a second otherwise."""

    def __init__(
        self, device: str, path: Path, on_state: StateSink, *, fps: float = 0.0, backoff: Backoff | None = None
    ) -> None:
        def open_source() -> Source:
            if path.is_dir() or path.suffix.lower() in PICTURES:
                return PictureFiles(path, fps or PICTURES_PER_S)
            return VideoFile(path, fps)

        super().__init__(device, open_source, on_state, still_after_s=None, backoff=backoff)


class PictureFiles:
    """The pictures of a folder in the order of their names, or one picture again and again."""

    def __init__(self, path: Path, fps: float) -> None:
        self._files = _endless(path)
        self._pace = _Pace(fps)

    def next(self) -> EncodedShot:
        """The next picture, when it is due. Raises CameraLost naming the file."""
        self._pace.wait()
        file = next(self._files)
        try:
            return EncodedShot(file.read_bytes())
        except PictureError as error:
            raise CameraLost(f"{file}: {error}") from error
        except OSError as error:
            raise CameraLost(f"{file}: {error.strerror or error}") from error

    def apply(self, settings: ControlSettings) -> tuple[ControlState, ...]:
        """Nothing can be set at a file."""
        return no_controls(settings)

    def limits(self) -> tuple[ControlState, ...]:
        """Nothing can be set at a file."""
        return no_controls(ControlSettings())

    def interrupt(self) -> None:
        """Do not wait for the next picture."""
        self._pace.end()

    def close(self) -> None:
        """Nothing is open between two pictures."""


class VideoFile:
    """A video at its own pace, from the beginning again when it ends."""

    def __init__(self, path: Path, fps: float) -> None:
        if not path.is_file():
            raise CameraLost(f"{path}: there is no such file or folder")
        self._path = path
        self._video = self._open()
        self._pace = _Pace(fps or self._video.frames_per_s() or PICTURES_PER_S)
        self._delivered = False

    def next(self) -> RawShot:
        """The next picture, when it is due. Raises CameraLost for a video without any."""
        self._pace.wait()
        try:
            shot = self._video.next()
        except CameraLost:
            if not self._delivered:
                raise
            self._video.close()
            self._video, self._delivered = self._open(), False
            shot = self._video.next()
        self._delivered = True
        return shot

    def apply(self, settings: ControlSettings) -> tuple[ControlState, ...]:
        """Nothing can be set at a file."""
        return no_controls(settings)

    def limits(self) -> tuple[ControlState, ...]:
        """Nothing can be set at a file."""
        return no_controls(ControlSettings())

    def interrupt(self) -> None:
        """Do not wait for the next picture."""
        self._pace.end()

    def close(self) -> None:
        """Close the file."""
        self._video.close()

    def _open(self) -> CaptureSource:
        return CaptureSource(
            lambda: video_capture(str(self._path), cv2.CAP_FFMPEG),
            f"{self._path}: this is not a video",
            f"{self._path}: the video has no picture",
        )


class _Pace:
    """Waits between pictures; the first comes at once, and whoever closes need not wait."""

    def __init__(self, fps: float) -> None:
        self._interval_s = 1.0 / fps
        self._ended = threading.Event()
        self._first = True

    def wait(self) -> None:
        if not self._first:
            self._ended.wait(self._interval_s)
        self._first = False

    def end(self) -> None:
        self._ended.set()


def _endless(path: Path) -> Iterator[Path]:
    """The files, listed again each round: pictures may be added while it runs. Raises CameraLost for none."""
    while True:
        files = sorted(f for f in path.iterdir() if f.suffix.lower() in PICTURES) if path.is_dir() else [path]
        if not files:
            raise CameraLost(f"{path}: the folder has no picture ({', '.join(PICTURES)})")
        yield from files
