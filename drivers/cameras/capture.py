"""Pictures through OpenCV's VideoCapture: what USB cameras, RTSP streams and video files have in common.

OpenCV decodes, so the camera's own bytes are not to be had: the original of such a picture is its first lossless encoding.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Protocol, cast

import cv2
import numpy as np

from drivers.cameras.camera import CameraLost
from drivers.cameras.controls import (
    ControlSettings,
    ControlState,
    Properties,
    apply_controls,
    measure_limits,
    no_controls,
)
from drivers.cameras.frame import RawShot
from drivers.vision.codes import Picture
from drivers.vision.headers import MAX_PIXELS, MAX_SIDE_PX


class Capture(Properties, Protocol):
    """The part of cv2.VideoCapture that is used here; the simulated USB camera has it too."""

    def isOpened(self) -> bool: ...  # noqa: N802  (OpenCV's name)

    def read(self) -> tuple[bool, Picture | None]: ...

    def release(self) -> None: ...


OpenCapture = Callable[[], Capture]


def quiet_opencv() -> None:
    """Keep OpenCV and FFmpeg from writing to standard error what is told here in our own words and once."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def video_capture(what: str | int, backend: int, options: Sequence[int] = ()) -> Capture:
    """cv2.VideoCapture of a URL, a file or a camera's number, without its chatter."""
    quiet_opencv()
    return cast("Capture", cv2.VideoCapture(what, backend, list(options)))


class CaptureSource:
    """One opened VideoCapture. ``silent`` says what it means when no picture comes; ``settable``: it is a camera.

    Raises CameraLost with ``refused`` when it cannot be opened.
    """

    def __init__(self, open_capture: OpenCapture, refused: str, silent: str, *, settable: bool = False) -> None:
        self._silent = silent
        self._settable = settable
        try:
            self._capture = open_capture()
        except cv2.error as error:
            raise CameraLost(refused) from error
        if not self._capture.isOpened():
            self._capture.release()
            raise CameraLost(refused)

    def next(self) -> RawShot:
        """The next picture. Raises CameraLost."""
        try:
            done, picture = self._capture.read()
        except cv2.error as error:
            raise CameraLost(f"{self._silent} ({error.err})") from error
        if not done or picture is None or picture.size == 0:
            raise CameraLost(self._silent)
        return RawShot(_as_bgr(picture))

    def apply(self, settings: ControlSettings) -> tuple[ControlState, ...]:
        """Set what is asked and read it back."""
        return apply_controls(self._capture, settings) if self._settable else no_controls(settings)

    def limits(self) -> tuple[ControlState, ...]:
        """What can be set and how far."""
        return measure_limits(self._capture) if self._settable else no_controls(ControlSettings())

    def frames_per_s(self) -> float:
        """What the video or camera says about itself; 0 when it says nothing."""
        return max(0.0, float(self._capture.get(cv2.CAP_PROP_FPS)))

    def interrupt(self) -> None:
        """Nothing can wake OpenCV; it gives up by itself after its time limits."""

    def close(self) -> None:
        """Release the device."""
        self._capture.release()


def _as_bgr(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    if max(height, width) > MAX_SIDE_PX or height * width > MAX_PIXELS:
        raise CameraLost(f"the camera sends pictures of {width} x {height} pixels; allowed: {MAX_SIDE_PX} each")
    if picture.ndim == 2:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    return np.asarray(picture, dtype=np.uint8)
