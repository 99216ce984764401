"""The camera: byte for byte, newest first, and honest about every way a stream can be wrong."""

from __future__ import annotations

import logging
import socket
import struct
import threading
import urllib.request
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from drivers.base import AddressError, Connection, ConnectionState
from drivers.mjpeg import Frame, MjpegCamera
from drivers.simulation.control import PlantControl
from drivers.simulation.process import PlantProcess
from drivers.vision.check import check_picture
from drivers.vision.jpeg import encode_jpeg
from drivers.vision.view_rules import ViewRules
from tests.drivers_support import quick
from tests.waiting import wait_until

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=%s\r\n\r\n"
Serve = Callable[[socket.socket], None]


def jpeg(number: int) -> bytes:
    return encode_jpeg(np.full((20, 30, 3), number % 250, dtype=np.uint8)) + b"\xff\xd9"


def part(content: bytes, length: int | None = None) -> bytes:
    said = len(content) if length is None else length
    return b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % said + content + b"\r\n"


class ScriptedCamera:
    """Answers each connection with ``serve`` in a thread of its own."""

    def __init__(self) -> None:
        self.serve: Serve = lambda connection: None
        self.connections = 0
        self._ended = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/stream"
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            with connection:
                try:
                    connection.settimeout(5)
                    connection.recv(4096)
                    self.serve(connection)
                except OSError:
                    continue

    def hold(self) -> None:
        self._ended.wait(5)

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        self._listener.close()


@pytest.fixture
def scripted() -> Iterator[ScriptedCamera]:
    camera = ScriptedCamera()
    yield camera
    camera.close()


class Watch:
    """A running camera with its states."""

    def __init__(self, url: str, **options: float) -> None:
        self.states: list[ConnectionState] = []
        self.camera = MjpegCamera("camera", url, self.states.append, backoff=quick(), **options)

    def __enter__(self) -> Watch:
        self.camera.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.camera.close()
        assert self.states[-1].connection is Connection.CLOSED
        assert not [thread for thread in threading.enumerate() if thread.name == "camera camera"]

    def connected(self) -> bool:
        return bool(self.states) and self.states[-1].connection is Connection.CONNECTED

    def reasons(self) -> str:
        return " | ".join(state.reason for state in self.states)

    def frame(self) -> Frame:
        wait_until(lambda: self.camera.latest() is not None, 5, f"a frame ({self.reasons()})")
        frame = self.camera.latest()
        assert frame is not None
        return frame


def test_the_cameras_own_bytes_are_kept(scripted: ScriptedCamera) -> None:
    sent = [jpeg(number) for number in range(5)]

    def serve(connection: socket.socket) -> None:
        connection.sendall(HEAD % b"frame" + b"".join(part(content) for content in sent))
        scripted.hold()

    scripted.serve = serve
    with Watch(scripted.url, timeout_s=5) as watch:
        wait_until(lambda: watch.frame().number == 5, 5, "the newest frame")
        assert watch.frame().original == sent[-1]
        assert (watch.frame().width_px, watch.frame().height_px) == (30, 20)
        scripted._ended.set()


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (b"frame", b"--frame\r\nContent-Type: image/jpeg\r\n\r\n%s\r\n--frame\r\n\r\n"),
        (b"--frame", b"--frame\r\ncontent-length: 0%d\r\n\r\n%s\r\n"),
        (b'"frame"', b"\r\n--frame\nContent-Type: image/jpeg\n\n%s\n--frame\n\n"),
    ],
)
def test_streams_as_different_cameras_write_them(scripted: ScriptedCamera, header: bytes, body: bytes) -> None:
    content = jpeg(7)

    def serve(connection: socket.socket) -> None:
        filled = body % (len(content), content) if b"%d" in body else body % content
        connection.sendall(HEAD % header + filled)
        scripted.hold()

    scripted.serve = serve
    with Watch(scripted.url, timeout_s=5) as watch:
        assert watch.frame().original == content
        scripted._ended.set()


def huge_size() -> bytes:
    return b"\xff\xd8\xff\xc0\x00\x11\x08" + struct.pack(">HH", 9000, 9000) + b"\x03\xff\xd9"


@pytest.mark.expected_log(r"^camera: ")
@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"", "closed connection without response"),
        (b"\x16\x03\x01 nonsense\r\n\r\n", "not HTTP"),
        (
            b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
            "401 Unauthorized; check its URL and login",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>", "no MJPEG stream but text/html"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace\r\n\r\n", "names no boundary"),
        (HEAD % b"frame" + b"x\r\n" * 100, "no boundary between its pictures"),
        (HEAD % b"frame" + b"--frame\r\n" + b"a: b\r\n" * 100, "headers do not end"),
        (HEAD % b"frame" + b"--frame\r\nContent-Length: many\r\n\r\n", "a length is no number"),
        (
            HEAD % b"frame" + b"--frame\r\nContent-Length: 30000000\r\n\r\n",
            "announces a picture of 30000000 bytes",
        ),
        (HEAD % b"frame" + b"--frame\r\nContent-Length: -5\r\n\r\n", "announces a picture of -5 bytes"),
        (HEAD % b"frame" + part(b"no picture"), "not a picture"),
        (HEAD % b"frame" + part(jpeg(1)[:-40]), "truncated"),
        (HEAD % b"frame" + part(jpeg(1), length=5000), "truncated"),
        (HEAD % b"frame" + part(huge_size()), "9000 x 9000"),
        (HEAD % b"frame" + part(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x05"), "no JPEG"),
        (HEAD % b"frame" + part(jpeg(1)), "ended its stream"),
    ],
)
def test_a_wrong_stream_has_a_reason_and_recovers(
    scripted: ScriptedCamera, answer: bytes, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.serve = lambda connection: connection.sendall(answer)

    def right(connection: socket.socket) -> None:
        connection.sendall(HEAD % b"frame" + part(jpeg(9)))
        scripted.hold()

    with caplog.at_level(logging.INFO, logger="drivers"), Watch(scripted.url, timeout_s=3) as watch:
        wait_until(lambda: says in watch.reasons(), 5, f"{says} in {watch.reasons()}")
        wait_until(lambda: scripted.connections > 2, 5, "it keeps trying")
        scripted.serve = right
        wait_until(watch.connected, 5, "connected")
        assert watch.frame().original == jpeg(9) or "ended" in says
        scripted._ended.set()
    if "ended" not in says:
        assert [record.levelname for record in caplog.records][:2] == ["WARNING", "INFO"]


@pytest.mark.expected_log(r"^camera: ")
def test_a_part_without_end_is_refused(scripted: ScriptedCamera) -> None:
    def serve(connection: socket.socket) -> None:
        connection.sendall(HEAD % b"frame" + b"--frame\r\n\r\n")
        for _ in range(30):
            connection.sendall(b"\xff" * 1_000_000)

    scripted.serve = serve
    with Watch(scripted.url, timeout_s=3) as watch:
        wait_until(lambda: "without end" in watch.reasons(), 10, "refused")


@pytest.mark.expected_log(r"^camera: ")
def test_a_silent_camera_is_lost_in_time(scripted: ScriptedCamera) -> None:
    def serve(connection: socket.socket) -> None:
        connection.sendall(HEAD % b"frame" + part(jpeg(1)))
        scripted.hold()

    scripted.serve = serve
    with Watch(scripted.url, timeout_s=0.5) as watch:
        watch.frame()
        wait_until(lambda: "no picture from 127.0.0.1 for 0.5 s" in watch.reasons(), 2, "lost")
        assert watch.camera.latest() is not None, "the last picture stays for the preview"
        assert watch.camera.latest(max_age_s=0.1) is None, "but is none to take as evidence"
        scripted._ended.set()


def test_closing_does_not_wait_for_the_camera(scripted: ScriptedCamera) -> None:
    scripted.serve = lambda connection: scripted.hold()
    with Watch(scripted.url, timeout_s=60):
        wait_until(lambda: scripted.connections == 1, 5, "connected")
    scripted._ended.set()


@pytest.mark.expected_log(r"^camera: ")
def test_the_simulated_camera_and_its_faults(plant: PlantProcess, control: PlantControl) -> None:
    rules = ViewRules(min_sharpness=0.006, min_brightness=40, code="unit")
    control.set_serial("GX40-000127")
    with Watch(plant.camera_url, still_after_s=1.0) as watch:

        def verdict() -> list[str]:
            return check_picture(watch.frame().original, rules, unit="GX40-000127").faults

        wait_until(lambda: verdict() == [], 5, "a good picture")
        control.fault("blurred", True)
        wait_until(lambda: any("Blurred" in fault for fault in verdict()), 5, "blurred")
        control.fault("blurred", False)
        control.set_serial("GX40-000999")
        wait_until(lambda: any("Wrong unit" in fault for fault in verdict()), 5, "another unit")
        control.fault("value frozen", True, "camera")
        wait_until(lambda: "the picture stands still" in watch.reasons(), 5, "stands still")
        assert watch.camera.latest(max_age_s=0.8) is None
        control.fault("value frozen", False, "camera")
        wait_until(watch.connected, 5, "moving again")
        control.fault("device gone", True, "camera")
        wait_until(lambda: not watch.connected(), 3, "gone")
        control.fault("device gone", False, "camera")
        wait_until(watch.connected, 5, "back")


def test_a_single_picture_by_http(plant: PlantProcess) -> None:
    with urllib.request.urlopen(plant.camera_url.replace("stream.mjpg", "snapshot.jpg"), timeout=5) as answer:
        content = answer.read()
    assert check_picture(content, ViewRules()).accepted


@pytest.mark.parametrize("url", ["", "rtsp://h/x", "http://", "http://h:99999/x", "http://h:0/", "http://h/a b"])
def test_urls_that_are_none(url: str) -> None:
    with pytest.raises(AddressError, match="allowed"):
        MjpegCamera("camera", url, lambda state: None)


def test_a_login_is_not_repeated_in_the_message() -> None:
    with pytest.raises(AddressError) as refusal:
        MjpegCamera("camera", "ftp://user:secret@h/x", lambda state: None)
    assert "secret" not in str(refusal.value)
