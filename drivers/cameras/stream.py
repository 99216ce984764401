"""Video over the network: RTSP, and video over HTTP that is not Motion JPEG, through OpenCV's FFmpeg.

RTSP runs over TCP, so that a lost packet is a delay and not a grey stripe in the evidence.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import cv2

from drivers.base import StateSink
from drivers.cameras.camera import CameraThread
from drivers.cameras.capture import CaptureSource, video_capture
from drivers.connection import Backoff

# a video encoder that sees a calm scene sends the same picture again for some seconds, until its next key frame
STILL_AFTER_S = 10.0


class StreamCamera(CameraThread):
    """A network camera by RTSP or HTTP video; ``url`` as FFmpeg takes it, with user and password if it needs them."""

    def __init__(
        self,
        device: str,
        url: str,
        on_state: StateSink,
        *,
        timeout_s: float = 2.0,
        still_after_s: float = STILL_AFTER_S,
        backoff: Backoff | None = None,
    ) -> None:
        host = urlsplit(url).hostname or "the camera"

        limit_ms = int(timeout_s * 1000)
        options = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, limit_ms, cv2.CAP_PROP_READ_TIMEOUT_MSEC, limit_ms)

        def open_source() -> CaptureSource:
            return CaptureSource(
                lambda: video_capture(url, cv2.CAP_FFMPEG, options),
                f"no video from {host}: it does not answer, or not with a video; check its URL and login",
                f"no picture from {host} for {timeout_s:g} s, or it ended its stream",
            )

        super().__init__(device, open_source, on_state, still_after_s=still_after_s, backoff=backoff)
