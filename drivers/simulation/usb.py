"""A simulated USB camera: it has the methods of cv2.VideoCapture, and the faults of a camera on a cable.

``UsbCamera(..., open_camera=SimulatedUsb().open)`` reads it like a real one.
"""

from __future__ import annotations

import threading
import time

import cv2
import numpy as np

from drivers.cameras.usb import UsbAddress
from drivers.simulation.scene import Scene, SceneRenderer
from drivers.vision.codes import Picture

FPS = 30.0
_UNKNOWN = -1.0


class SimulatedUsb:
    """The plug and what is at it; a test pulls it, freezes the picture or changes the size from another thread.

    ``ranges`` are the controls it has, by cv2 property, with their limits; it takes the nearest value it can.
    """

    def __init__(self, seed: int = 3) -> None:
        self.scene = Scene()
        self.plugged = True
        self.frozen = False
        self.size_px = (1280, 720)
        self.ranges = {
            int(cv2.CAP_PROP_EXPOSURE): (3.0, 2047.0),
            int(cv2.CAP_PROP_GAIN): (0.0, 255.0),
            int(cv2.CAP_PROP_AUTO_EXPOSURE): (1.0, 3.0),
        }
        self.values = {int(cv2.CAP_PROP_EXPOSURE): 250.0, int(cv2.CAP_PROP_GAIN): 64.0}
        self.opened = 0
        self._renderer = SceneRenderer(seed)
        self._number = 0
        self._picture: Picture | None = None
        self._drawing = threading.Lock()

    def open(self, number: int, address: UsbAddress) -> SimulatedCapture:
        """As ``cv2.VideoCapture(number)`` followed by the address's settings."""
        self.opened += 1
        if address.width_px and address.height_px:
            self.size_px = (address.width_px, address.height_px)
        return SimulatedCapture(self)

    def picture(self) -> Picture:
        """What the sensor sees now."""
        with self._drawing:
            if self._picture is None or not self.frozen:
                self._number += 1
                drawn = self._renderer.picture(self.scene, self._number)
                if self.size_px != (drawn.shape[1], drawn.shape[0]):
                    drawn = np.asarray(cv2.resize(drawn, self.size_px), dtype=np.uint8)
                self._picture = drawn
            return self._picture.copy()


class SimulatedCapture:
    """One opening of the simulated camera."""

    def __init__(self, camera: SimulatedUsb) -> None:
        self._camera = camera
        self._open = camera.plugged
        self._due_s = 0.0

    def isOpened(self) -> bool:  # noqa: N802  (OpenCV's name)
        return self._open

    def read(self) -> tuple[bool, Picture | None]:
        """Waits for the next picture like a camera does; nothing once the plug was pulled."""
        time.sleep(max(0.0, self._due_s - time.monotonic()))
        self._due_s = time.monotonic() + 1 / FPS
        if not self._camera.plugged:
            self._open = False
        return (True, self._camera.picture()) if self._open else (False, None)

    def get(self, property_id: int, /) -> float:
        """A control's value, -1 for what it does not have."""
        if property_id == cv2.CAP_PROP_BACKEND:
            return float(cv2.CAP_V4L2)
        return self._camera.values.get(property_id, _UNKNOWN)

    def set(self, property_id: int, value: float, /) -> bool:
        """Take the nearest value within the control's limits."""
        if property_id not in self._camera.ranges:
            return False
        low, high = self._camera.ranges[property_id]
        self._camera.values[property_id] = min(max(value, low), high)
        return True

    def release(self) -> None:
        """Close it."""
        self._open = False
