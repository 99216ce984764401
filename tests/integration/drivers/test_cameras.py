"""Cameras over real sockets and files: streams that are none, resolutions that change, addresses end to end."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from drivers.base import Connection, ConnectionState
from drivers.cameras.opening import Login, open_camera
from drivers.cameras.stream import StreamCamera
from drivers.cameras.usb import UsbAddress, UsbCamera
from drivers.simulation.process import PlantProcess
from drivers.simulation.scene import Scene, SceneRenderer
from drivers.simulation.usb import SimulatedUsb
from drivers.vision.check import check_picture
from drivers.vision.view_rules import ViewRules
from tests.drivers_support import quick
from tests.waiting import wait_until


@pytest.mark.parametrize("prefix", ["http", "video+http"])
def test_an_address_opens_the_plants_camera(plant: PlantProcess, prefix: str) -> None:
    states: list[ConnectionState] = []
    url = plant.camera_url.replace("http", prefix, 1)
    with open_camera("bench", url, states.append, Login("anna", "secret")) as camera:
        wait_until(lambda: camera.latest() is not None, 5, "a frame")
        frame = camera.latest()
        assert frame is not None
        assert frame.media_type == ("image/jpeg" if prefix == "http" else "image/png")
        assert check_picture(frame.original, ViewRules(code="any")).accepted


def test_a_file_address_opens_a_folder(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(SceneRenderer().render(Scene("U-7"), 1))
    with open_camera("demo", f"{tmp_path.as_uri()}?fps=50", lambda state: None) as camera:
        wait_until(lambda: camera.latest() is not None, 5, "a frame")
        frame = camera.latest()
        assert frame is not None
        assert check_picture(frame.original, ViewRules(code="unit"), unit="U-7").accepted


@pytest.mark.expected_log(r"^camera: no video from 127\.0\.0\.1")
@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_stream_that_never_answers_is_told_in_time(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hole:
        url = f"{scheme}://127.0.0.1:{hole.getsockname()[1]}/x"
        began_s = time.monotonic()
        with StreamCamera("camera", url, lambda state: None, timeout_s=0.5, backoff=quick()) as camera:
            wait_until(lambda: "no video from 127.0.0.1" in camera.reason, 3, "the reason")
            assert camera.latest() is None
        assert time.monotonic() - began_s < 5.0, "closing waits for the time limit at most"


@pytest.mark.expected_log(r"^camera: no video from")
def test_an_answer_that_is_no_video_is_told(plant: PlantProcess) -> None:
    url = plant.camera_url.replace("stream.mjpg", "nothing")
    with StreamCamera("camera", url, lambda state: None, backoff=quick()) as camera:
        wait_until(lambda: "not with a video" in camera.reason, 5, "the reason")
        assert "127.0.0.1" in camera.reason


def test_another_resolution_is_taken_as_it_comes_and_refused_by_the_view() -> None:
    usb = SimulatedUsb()
    states: list[ConnectionState] = []
    rules = ViewRules(width_px=1280, height_px=720)
    with UsbCamera("table", UsbAddress(0), states.append, open_camera=usb.open) as camera:

        def width_px() -> int:
            frame = camera.latest()
            return 0 if frame is None else frame.width_px

        wait_until(lambda: width_px() == 1280, 5, "the first size")
        usb.size_px = (640, 360)
        wait_until(lambda: width_px() == 640, 5, "the other size")
        frame = camera.latest()
        assert frame is not None
        (fault,) = check_picture(frame.original, rules).faults
        assert fault.startswith("Another size: the camera delivers 640 x 360 pixels")
        assert [state.connection for state in states] == [Connection.CONNECTING, Connection.CONNECTED]


@pytest.mark.expected_log(r"^table: the camera sends pictures of 9000 x 10 pixels")
def test_pixels_beyond_the_limits_are_refused() -> None:
    usb = SimulatedUsb()
    usb.size_px = (9000, 10)
    with UsbCamera("table", UsbAddress(0), lambda state: None, open_camera=usb.open, backoff=quick()) as camera:
        wait_until(lambda: "9000 x 10" in camera.reason, 5, "refused")
        assert camera.latest() is None
