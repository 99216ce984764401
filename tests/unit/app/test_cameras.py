"""From station.toml to cameras: the right kind, its own settings from the first connection on."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.cameras import usb
from drivers.cameras.files import FileCamera
from drivers.mjpeg import MjpegCamera
from drivers.simulation.usb import SimulatedUsb
from drivers.vision.codes import Code
from station_app.app.cameras import build_camera, build_cameras, limits_of, names_in_code, setter_of, views_of
from station_app.config import StationConfig, load_config
from station_app.domain.view import ViewSettings
from station_app.services.pictures import CameraAway
from tests.waiting import wait_until

EXPOSURE = int(cv2.CAP_PROP_EXPOSURE)


def config_of(folder: Path, cameras: str) -> StationConfig:
    file = folder / "station.toml"
    station = (
        '[station]\npath = "Demo/Plant/Hall1/Line1/ASM-10"\nname = "ASM-10"\nkind = "assembly"\nfolder = "files"\n'
    )
    file.write_text(station + cameras, encoding="utf-8")
    return load_config(file)


def test_each_camera_is_of_its_kind_and_has_its_views(tmp_path: Path) -> None:
    config = config_of(
        tmp_path,
        '[cameras.a]\nurl = "http://h/x"\nrotation = 180\n[cameras.b]\nurl = "file:///pictures"\n'
        "[cameras.b.views.top]\nrotation = 90\n",
    )
    cameras = build_cameras(config, lambda state: None)
    assert isinstance(cameras["a"], MjpegCamera) and isinstance(cameras["b"], FileCamera)
    assert views_of(config) == {
        "a": {"": ViewSettings(rotation_deg=180)},
        "b": {"": ViewSettings(), "top": ViewSettings(rotation_deg=90)},
    }


def test_a_cameras_own_exposure_is_set_when_it_connects_and_a_views_when_it_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    plug = SimulatedUsb()
    defaults = usb.UsbCamera.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "open_camera", plug.open)
    config = config_of(tmp_path, '[cameras.table]\nurl = "usb://0"\nexposure = 120\n')
    with caplog.at_level(logging.INFO, logger="drivers"), build_camera(config, "table", lambda state: None) as camera:
        wait_until(lambda: camera.latest() is not None, 5, "a frame")
        assert plug.values[EXPOSURE] == 120
        setter_of({"table": camera})("table", ViewSettings(exposure=9000))
        wait_until(lambda: "the camera took 2047 instead of 9000" in caplog.text, 5, "told in the log")


def test_what_a_code_names() -> None:
    corners = ((0, 0), (1, 0), (1, 1), (0, 1))
    assert names_in_code(Code("U-1", "QRCode", corners)) == ("U-1",)
    gs1 = Code("(01)09506000134352(21)U-1", "DataMatrix", corners, "]d2", "010950600013435221U-1")
    assert names_in_code(gs1) == ("(01)09506000134352(21)U-1", "U-1")
    broken = Code("?", "DataMatrix", corners, "]d2", "5599")
    assert names_in_code(broken) == ("?",), "a GS1 code that breaks the rules still has its text"


def test_what_a_camera_lets_be_set_is_answered_by_its_own_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug = SimulatedUsb()
    defaults = usb.UsbCamera.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "open_camera", plug.open)
    config = config_of(tmp_path, '[cameras.table]\nurl = "usb://0"\nexposure = 120\n')
    camera = build_camera(config, "table", lambda state: None)
    with ThreadPoolExecutor(1) as pool:
        ask = limits_of({"table": camera}, pool)
        with pytest.raises(CameraAway):
            ask("table").result(10)
        with camera:
            wait_until(lambda: camera.latest() is not None, 5, "a frame")
            limits = {limit.name: limit for limit in ask("table").result(10)}
            before = camera.latest()
            wait_until(lambda: camera.latest() is not before, 5, "the picture goes on")
        exposure = limits["exposure"]
        assert (exposure.supported, exposure.value) == (True, 120), "what it was set to is left as it was"
        assert exposure.low is not None and exposure.high == 2047
        assert plug.values[EXPOSURE] == 120
        with pytest.raises(CameraAway):
            ask("table").result(10)


def test_a_camera_without_controls_says_so(tmp_path: Path) -> None:
    (tmp_path / "one.png").write_bytes(cv2.imencode(".png", np.zeros((8, 8, 3), np.uint8))[1].tobytes())
    config = config_of(tmp_path, f'[cameras.b]\nurl = "{tmp_path.as_uri()}"\n')
    with ThreadPoolExecutor(1) as pool, build_camera(config, "b", lambda state: None) as camera:
        wait_until(lambda: camera.latest() is not None, 5, "a frame")
        assert not any(limit.supported for limit in limits_of({"b": camera}, pool)("b").result(10))
