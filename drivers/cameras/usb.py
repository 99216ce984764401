"""Cameras at this computer's own USB, by number or by name.

A number may mean another camera after replugging; a name is looked up at every connection. Names are known on
Linux only, where the kernel lists them; OpenCV has no way to ask for them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2

from drivers.base import StateSink
from drivers.cameras.camera import CameraLost, CameraThread
from drivers.cameras.capture import Capture, CaptureSource, video_capture
from drivers.connection import Backoff

VIDEO_DEVICES = Path("/sys/class/video4linux")


@dataclass(frozen=True, slots=True)
class UsbAddress:
    """``usb://NUMBER`` or ``usb://NAME``; 0 leaves size and rate to the camera, ``pixel_format`` is a FourCC."""

    camera: int | str
    width_px: int = 0
    height_px: int = 0
    fps: float = 0.0
    pixel_format: str = "MJPG"


OpenUsb = Callable[[int, UsbAddress], Capture]


def camera_names(folder: Path = VIDEO_DEVICES) -> dict[int, str]:
    """The kernel's names of the video devices that can capture (their first node), by number; empty elsewhere."""
    found = {}
    for device in sorted(folder.glob("video*")) if folder.is_dir() else []:
        index = device / "index"
        name = device / "name"
        if name.is_file() and (not index.is_file() or index.read_text(encoding="utf-8").strip() == "0"):
            found[int(device.name.removeprefix("video"))] = name.read_text(encoding="utf-8").strip()
    return found


def camera_number(camera: int | str, names: dict[int, str]) -> int:
    """The number of a camera given by number or name. Raises CameraLost naming what there is."""
    if isinstance(camera, int):
        return camera
    wanted = camera.casefold()
    exact = [number for number, name in names.items() if name.casefold() == wanted]
    numbers = exact or [number for number, name in names.items() if wanted in name.casefold()]
    if len(numbers) == 1:
        return numbers[0]
    there = ", ".join(f'{number} "{name}"' for number, name in names.items()) or "none whose name is known"
    if numbers:
        raise CameraLost(f'{len(numbers)} cameras are called "{camera}"; use the number. There are: {there}')
    raise CameraLost(f'no camera is called "{camera}". There are: {there}')


def open_usb(number: int, address: UsbAddress) -> Capture:
    """The camera of that number, asked for the address's size and rate."""
    capture = video_capture(number, _backend())
    if not capture.isOpened():
        return capture
    # the format first: without compression USB 2 has no room for the larger sizes
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*address.pixel_format))
    for property_id, value in (
        (cv2.CAP_PROP_FRAME_WIDTH, address.width_px),
        (cv2.CAP_PROP_FRAME_HEIGHT, address.height_px),
        (cv2.CAP_PROP_FPS, address.fps),
    ):
        if value:
            capture.set(property_id, value)
    # a queue of old pictures is of no use: the newest wins
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture


def _backend() -> int:
    if sys.platform == "win32":
        return int(cv2.CAP_DSHOW)
    return int(cv2.CAP_AVFOUNDATION if sys.platform == "darwin" else cv2.CAP_V4L2)


class UsbCamera(CameraThread):
    """A camera at USB. ``open_camera`` opens it: OpenCV's VideoCapture, or a stand-in that has its methods."""

    def __init__(
        self,
        device: str,
        address: UsbAddress,
        on_state: StateSink,
        *,
        still_after_s: float = 3.0,
        backoff: Backoff | None = None,
        open_camera: OpenUsb = open_usb,
    ) -> None:
        def open_source() -> CaptureSource:
            number = camera_number(address.camera, {} if isinstance(address.camera, int) else camera_names())
            return CaptureSource(
                lambda: open_camera(number, address),
                f"no camera {address.camera} at USB; look at its plug, and whether another program uses it",
                f"the camera {address.camera} at USB delivers no picture; look at its plug",
                settable=True,
            )

        super().__init__(device, open_source, on_state, still_after_s=still_after_s, backoff=backoff)
