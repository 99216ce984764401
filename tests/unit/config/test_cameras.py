"""Cameras in station.toml: their kinds, logins and views, and each fault of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from station_app.cli.output import camera_fault
from station_app.config import DriverChecks, device_password, load_config
from station_app.config.read import check_config
from station_app.domain.fault import Fault
from station_app.domain.view import Crop, ViewSettings
from station_app.storage.files import write_secret

STATION = '[station]\npath = "Demo/Plant/Hall1/Line1/ASM-10"\nname = "ASM-10"\nkind = "assembly"\nfolder = "files"\n'


def faults(tmp_path: Path, camera: str) -> list[Fault]:
    return check_config(
        STATION + "[cameras.bench]\n" + camera, tmp_path / "station.toml", checks=DriverChecks(camera=camera_fault)
    )


def test_a_camera_with_a_login_and_views(tmp_path: Path) -> None:
    write_secret(tmp_path / "camera.password", "s3cret")
    file = tmp_path / "station.toml"
    file.write_text(
        STATION
        + """
[cameras.bench]
url = "rtsp://camera7:554/stream1"
title = "Bench"
user = "station"
password_file = "camera.password"
rotation = 90

[cameras.table]
url = "usb://HD%20Webcam?width=1920&height=1080&fps=30"
exposure = 250
[cameras.table.views.label]
exposure = 80
focus = 35.5
crop = { x = 0.5, y = 0.1, width = 0.4, height = 0.5 }
""",
        encoding="utf-8",
    )
    config = load_config(file, checks=DriverChecks(camera=camera_fault))
    bench, table = config.cameras["bench"], config.cameras["table"]
    assert (bench.user, device_password(bench), bench.view) == ("station", "s3cret", ViewSettings(rotation_deg=90))
    assert table.view == ViewSettings(exposure=250)
    assert table.views["label"] == ViewSettings(exposure=80, focus=35.5, crop=Crop(0.5, 0.1, 0.4, 0.5))


@pytest.mark.parametrize(
    "url",
    [
        "http://h/stream.mjpg", "https://h/x", "rtsp://h/x", "rtsps://h/x", "video+http://h/x", "usb://0",
        "usb://HD%20Webcam", "file:///pictures", "file:///v.mp4?fps=5",
    ],
)  # fmt: skip
def test_every_kind_of_url(tmp_path: Path, url: str) -> None:
    assert faults(tmp_path, f'url = "{url}"') == []


@pytest.mark.parametrize(
    ("camera", "key", "says"),
    [
        ('url = "rstp://h/x"', "url", 'Did you mean "rtsp"'),
        ('url = "http://anna:s3cret@h/x"', "url", "holds a user or a password"),
        ('url = "usb://0?width=wide"', "url", 'width is "wide"'),
        ('url = "file:///"', "url", "no file of this computer"),
        ('url = "http://h/x"\nexposure = 5', "exposure", "cannot be set at a http:// camera"),
        ('url = "usb://0"\nexposure = "long"', "exposure", "is not a number"),
        ('url = "usb://0"\nrotation = 45', "rotation", "is no quarter turn"),
        ('url = "usb://0"\ncrop = { x = 0.8, width = 0.5 }', "crop", "is not inside the picture"),
        ('url = "usb://0"\ncrop = { x = 2 }', "crop.x", "too large"),
        ('url = "usb://0"\ncrop = { left = 0.1 }', "crop.left", "not known here"),
        ('url = "usb://0"\nuser = "anna"', "user", "has no effect at a usb:// camera"),
        ('url = "rtsp://h/x"\npassword = "s3cret"', "password", "must not be in this file"),
        ('url = "rtsp://h/x"\npassword_file = "none"', "password_file", "no effect without user"),
        ('url = "usb://0"\n[cameras.bench.views.label]\nrotation = 1', "views.label.rotation", "no quarter turn"),
        ('url = "usb://0"\n[cameras.bench.views.label]\nzoom = 2', "views.label.zoom", "not known here"),
    ],
)
def test_each_fault_says_where_and_what(tmp_path: Path, camera: str, key: str, says: str) -> None:
    found = faults(tmp_path, camera)
    named = [fault for fault in found if fault.key == f"cameras.bench.{key}"]
    assert any(says in fault.message for fault in named), [str(fault) for fault in found]
    assert not any("s3cret" in str(fault) for fault in found)
    assert all(fault.line > 5 for fault in found)
