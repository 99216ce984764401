"""USB cameras by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.cameras.camera import CameraLost
from drivers.cameras.usb import camera_names, camera_number

NAMES = {0: "HD Pro Webcam C920", 2: "USB Microscope", 4: "USB Microscope 2"}


def test_a_number_is_a_number() -> None:
    assert camera_number(3, {}) == 3


@pytest.mark.parametrize(("name", "number"), [("c920", 0), ("USB Microscope", 2), ("microscope 2", 4)])
def test_a_name_is_found_whole_or_in_part(name: str, number: int) -> None:
    assert camera_number(name, NAMES) == number


def test_no_camera_and_several_say_what_there_is() -> None:
    with pytest.raises(CameraLost, match=r'no camera is called "thermal". There are: 0 "HD Pro Webcam C920", 2 "USB'):
        camera_number("thermal", NAMES)
    with pytest.raises(CameraLost, match=r'3 cameras are called "c"; use the number|2 cameras are called "usb"'):
        camera_number("usb", NAMES)
    with pytest.raises(CameraLost, match="none whose name is known"):
        camera_number("thermal", {})


def test_names_as_the_kernel_lists_them(tmp_path: Path) -> None:
    """A camera has two nodes: pictures come from the first, the second is for descriptions only."""
    for node, name, index in (
        ("video0", "HD Webcam", "0"),
        ("video1", "HD Webcam", "1"),
        ("video10", "Microscope", "0"),
    ):
        (tmp_path / node).mkdir()
        (tmp_path / node / "name").write_text(name + "\n", encoding="utf-8")
        (tmp_path / node / "index").write_text(index + "\n", encoding="utf-8")
    assert camera_names(tmp_path) == {0: "HD Webcam", 10: "Microscope"}
    assert camera_names(tmp_path / "absent") == {}
