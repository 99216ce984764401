"""What all cameras share: repeated pictures, and requests to the camera's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest

from drivers.base import Connection, ConnectionState
from drivers.cameras.camera import CameraLost, CameraThread, RepeatWatch
from drivers.cameras.controls import ControlSettings, ControlState, no_controls
from drivers.cameras.frame import RawShot
from tests.drivers_support import quick
from tests.waiting import wait_until


class ScriptedSource:
    """Delivers what ``give`` gives."""

    def __init__(self, give: Callable[[], RawShot]) -> None:
        self._give = give
        self.applied: list[ControlSettings] = []
        self.woken = threading.Event()

    def next(self) -> RawShot:
        self.woken.wait(0.005)
        return self._give()

    def apply(self, settings: ControlSettings) -> tuple[ControlState, ...]:
        self.applied.append(settings)
        return no_controls(settings)

    def limits(self) -> tuple[ControlState, ...]:
        return no_controls(ControlSettings())

    def interrupt(self) -> None:
        self.woken.set()

    def close(self) -> None:
        self.woken.set()


def picture(number: int) -> RawShot:
    return RawShot(np.full((8, 8, 3), number % 256, dtype=np.uint8))


def test_a_repeating_set_of_pictures_stands_still_too() -> None:
    """An encoder that is fed a standing picture repeats its key frames: never two equal ones in a row."""
    watch = RepeatWatch(0.0)
    assert [watch.is_new(mark) for mark in (1, 2, 3, 1, 2, 3, 4)] == [True, True, True, False, False, False, True]
    assert not RepeatWatch(60.0).stands_still()
    assert RepeatWatch(0.0).stands_still()


def test_where_standing_still_is_allowed_every_picture_is_new() -> None:
    watch = RepeatWatch(None)
    assert [watch.is_new(7), watch.is_new(7), watch.stands_still()] == [True, True, False]


def test_a_picture_is_forgotten_after_many_others() -> None:
    watch = RepeatWatch(60.0)
    assert all(watch.is_new(mark) for mark in range(500))
    assert watch.is_new(0)


@pytest.mark.expected_log(r"^bench: the picture stands still", r"^bench: gone")
def test_settings_are_applied_on_the_cameras_thread_and_again_after_a_reconnect() -> None:
    sources: list[ScriptedSource] = []
    count = iter(range(10_000))
    gone = threading.Event()

    def give() -> RawShot:
        if gone.is_set():
            raise CameraLost("gone")
        return picture(next(count))

    def open_source() -> ScriptedSource:
        sources.append(ScriptedSource(give))
        return sources[-1]

    states: list[ConnectionState] = []
    camera = CameraThread("bench", open_source, states.append, backoff=quick())
    wanted = ControlSettings(exposure=100)
    with pytest.raises(CameraLost, match="not connected"):
        camera.apply(wanted).result(1)
    with camera:
        wait_until(lambda: camera.latest() is not None, 5, "a frame")
        assert sources[0].applied == [wanted], "what was asked before the start"
        assert camera.apply(wanted).result(5) == no_controls(wanted)
        assert camera.limits().result(5) == no_controls(ControlSettings())
        gone.set()
        wait_until(lambda: camera.reason == "gone", 5, "lost")
        gone.clear()
        wait_until(lambda: states[-1].connection is Connection.CONNECTED, 5, "back")
        assert sources[-1] is not sources[0] and sources[-1].applied == [wanted]
        assert camera.reason == ""
    with pytest.raises(CameraLost):
        camera.limits().result(1)
    assert states[-1].connection is Connection.CLOSED


@pytest.mark.expected_log(r"internal error")
def test_a_bug_of_ours_is_loud_shows_the_camera_as_lost_and_is_begun_anew(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.cameras.camera.AFTER_OUR_FAULT_S", 0.02)

    def give() -> RawShot:
        raise ZeroDivisionError("a bug")

    states: list[ConnectionState] = []
    with CameraThread("bench", lambda: ScriptedSource(give), states.append):
        wait_until(lambda: states[-1].connection is Connection.LOST, 5, "lost")
        wait_until(lambda: len(caplog.records) >= 2, 5, "a second attempt")
    assert "a bug" in caplog.text
    assert states[-1].connection is Connection.CLOSED
