"""Camera addresses: each kind opens its own, each fault is named, no login is repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.base import AddressError
from drivers.cameras.camera import CameraThread
from drivers.cameras.files import FileCamera
from drivers.cameras.opening import Login, check_camera_url, file_address, open_camera, usb_address
from drivers.cameras.stream import StreamCamera
from drivers.cameras.usb import UsbAddress, UsbCamera
from drivers.mjpeg import MjpegCamera


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://h/stream.mjpg", MjpegCamera),
        ("https://h:8443/x?channel=2", MjpegCamera),
        ("rtsp://h:554/stream1", StreamCamera),
        ("video+http://h/live.ts", StreamCamera),
        ("usb://0", UsbCamera),
        ("usb://HD%20Webcam", UsbCamera),
        ("file:///pictures", FileCamera),
    ],
)
def test_the_scheme_says_the_kind(url: str, kind: type[CameraThread]) -> None:
    check_camera_url(url)
    assert type(open_camera("bench", url, lambda state: None)) is kind


def test_a_login_is_added_where_it_belongs() -> None:
    camera = open_camera("bench", "http://h/x", lambda state: None, Login("anna", "p@ss/word"))
    assert isinstance(camera, MjpegCamera)


def test_usb_options() -> None:
    assert usb_address("usb://1") == UsbAddress(1)
    wanted = UsbAddress("HD Webcam", 1920, 1080, 30.0, "YUY2")
    assert usb_address("usb://HD%20Webcam?width=1920&height=1080&fps=30&format=YUY2") == wanted


def test_file_options() -> None:
    assert file_address("file:///a/b%20c.mp4?fps=5") == (Path("/a/b c.mp4"), 5.0)
    assert file_address("file:///folder")[1] == 0.0


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "allowed: http://HOST/PATH"),
        ("ftp://h/x", 'ftp://h...": not usable'),
        ("http://", "not usable"),
        ("http://h:0/", "not usable"),
        ("http://h:99999/x", "Port out of range"),
        ("http://h/a b", "not usable"),
        ("usb://", "names no camera"),
        ("usb://0/x", "names no camera"),
        ("usb://0?width=0", 'width is "0"; allowed: above 0 to 8192'),
        ("usb://0?width=wide", 'width is "wide"'),
        ("usb://0?fps=1e9", "fps"),
        ("usb://0?format=MJPEG", "four letters"),
        ("usb://0?colour=red", 'unknown option "colour"; allowed: width, height, fps, format'),
        ("file://share/x", "three slashes"),
        ("file:///", "three slashes"),
        ("file:///x?rate=5", 'unknown option "rate"; allowed: fps'),
        ("/dev/video0", "allowed"),
    ],
)
def test_what_is_no_camera_says_why(url: str, says: str) -> None:
    with pytest.raises(AddressError) as refused:
        check_camera_url(url)
    assert says in str(refused.value)
    with pytest.raises(AddressError):
        open_camera("bench", url, lambda state: None)


def test_a_login_in_a_wrong_url_is_not_repeated() -> None:
    with pytest.raises(AddressError) as refused:
        check_camera_url("ftp://user:secret@h/x")
    assert "secret" not in str(refused.value)
