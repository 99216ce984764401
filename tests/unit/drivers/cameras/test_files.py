"""Files as cameras: pictures keep their bytes, videos begin again, what is wrong is named with its path."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.base import ConnectionState
from drivers.cameras.camera import CameraLost
from drivers.cameras.files import FileCamera, PictureFiles, VideoFile
from drivers.vision.jpeg import encode_jpeg, encode_png
from tests.drivers_support import quick
from tests.waiting import wait_until


def grey(value: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((48, 64, 3), value, dtype=np.uint8)


def video(path: Path, pictures: int) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (64, 48))
    for number in range(pictures):
        writer.write(grey(20 + 40 * number))
    writer.release()
    return path


def test_a_single_picture_comes_again_and_again_and_is_not_frozen(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encode_png(grey(50)))
    states: list[ConnectionState] = []
    with FileCamera("file", path, states.append, fps=100) as camera:
        wait_until(lambda: (frame := camera.latest()) is not None and frame.number > 5, 5, "frames")
        frame = camera.latest()
        assert frame is not None and frame.original == path.read_bytes()
    assert [state.reason for state in states] == ["", "", ""]


def test_a_folder_is_played_in_the_order_of_names_and_again(tmp_path: Path) -> None:
    contents = {name: encode_jpeg(grey(value)) for name, value in (("2.jpg", 90), ("1.JPG", 30))}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "notes.txt").write_text("not a picture", encoding="utf-8")
    source = PictureFiles(tmp_path, 1000)
    assert [source.next().original for _ in range(3)] == [contents["1.JPG"], contents["2.jpg"], contents["1.JPG"]]


def test_a_video_is_played_and_begins_again(tmp_path: Path) -> None:
    source = VideoFile(video(tmp_path / "v.avi", 4), 1000)
    try:
        levels = [int(source.next().pixels.mean()) for _ in range(6)]
    finally:
        source.close()
    assert levels == pytest.approx([20, 60, 100, 140, 20, 60], abs=3)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("broken.jpg", encode_jpeg(grey(1))[:-30], r"broken\.jpg: the picture is truncated"),
        (
            "huge.png",
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xea\x60\x00\x00\xea\x60",
            r"huge\.png: .*60000 x 60000",
        ),
        ("text.jpg", b"no picture", r"text\.jpg: this is not a picture"),
    ],
)
def test_a_wrong_picture_is_named_with_its_path(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CameraLost, match=says):
        PictureFiles(tmp_path / name, 100).next()


def test_what_is_not_there_or_no_video_is_named(tmp_path: Path) -> None:
    with pytest.raises(CameraLost, match=r"none\.jpg: No such file"):
        PictureFiles(tmp_path / "none.jpg", 10).next()
    with pytest.raises(CameraLost, match="the folder has no picture"):
        PictureFiles(tmp_path, 10).next()
    with pytest.raises(CameraLost, match=r"none\.mp4: there is no such file"):
        VideoFile(tmp_path / "none.mp4", 0)
    (tmp_path / "text.mp4").write_bytes(b"no video")
    with pytest.raises(CameraLost, match=r"text\.mp4: this is not a video"):
        VideoFile(tmp_path / "text.mp4", 0)


@pytest.mark.expected_log(r"^file: .*broken\.jpg: the picture is truncated")
def test_a_camera_tells_the_reason(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(encode_jpeg(grey(1))[:-30])
    with FileCamera("file", tmp_path, lambda state: None, backoff=quick()) as camera:
        wait_until(lambda: "truncated" in camera.reason, 5, "the reason")
