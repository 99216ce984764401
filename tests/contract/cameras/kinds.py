"""The kinds of cameras that the contract is run on: the same scene through each, with a hand on its cable."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from drivers.base import StateSink
from drivers.cameras.camera import CameraThread
from drivers.cameras.files import FileCamera
from drivers.cameras.stream import StreamCamera
from drivers.cameras.usb import UsbAddress, UsbCamera
from drivers.mjpeg import MjpegCamera
from drivers.simulation.control import PlantControl
from drivers.simulation.process import PlantProcess
from drivers.simulation.scene import Scene, SceneRenderer
from drivers.simulation.usb import SimulatedUsb
from tests.drivers_support import quick

STILL_AFTER_S = 0.8
KINDS = ("mjpeg", "stream", "usb", "file")


class CameraBench:
    """One kind of camera: ``open`` makes it, ``plug`` pulls and puts its plug, ``freeze`` lets its picture stand."""

    def __init__(self, kind: str, plant: PlantProcess, control: PlantControl, folder: Path) -> None:
        self.kind = kind
        self.keeps_own_bytes = kind in ("mjpeg", "file")
        self.may_freeze = kind != "file"
        self._plant, self._control = plant, control
        self._usb = SimulatedUsb()
        self._pictures = folder / "pictures"
        if kind == "file":
            self._pictures.mkdir()
            renderer = SceneRenderer()
            for number in range(3):
                (self._pictures / f"{number}.jpg").write_bytes(renderer.render(Scene(), number))

    def open(self, on_state: StateSink) -> CameraThread:
        makers: dict[str, Callable[[], CameraThread]] = {
            "mjpeg": lambda: MjpegCamera(
                "bench", self._plant.camera_url, on_state, still_after_s=STILL_AFTER_S, backoff=quick()
            ),
            "stream": lambda: StreamCamera(
                "bench", self._plant.camera_url, on_state, still_after_s=STILL_AFTER_S, backoff=quick()
            ),
            "usb": lambda: UsbCamera(
                "bench",
                UsbAddress(0),
                on_state,
                still_after_s=STILL_AFTER_S,
                backoff=quick(),
                open_camera=self._usb.open,
            ),
            "file": lambda: FileCamera("bench", self._pictures, on_state, fps=20, backoff=quick()),
        }
        return makers[self.kind]()

    def plug(self, plugged: bool) -> None:
        if self.kind == "usb":
            self._usb.plugged = plugged
        elif self.kind == "file":
            aside = self._pictures.with_name("aside")
            shutil.move(aside, self._pictures) if plugged else shutil.move(self._pictures, aside)
        else:
            self._control.fault("device gone", not plugged, "camera")

    def freeze(self, frozen: bool) -> None:
        if self.kind == "usb":
            self._usb.frozen = frozen
        else:
            self._control.fault("value frozen", frozen, "camera")
