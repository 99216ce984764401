"""What every camera keeps to, whatever its kind: the same tests on each."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers.base import Connection, ConnectionState
from drivers.cameras.camera import CameraThread
from drivers.cameras.controls import CONTROL_NAMES, ControlSettings
from drivers.cameras.frame import Frame
from drivers.simulation.control import PlantControl
from drivers.simulation.process import PlantProcess
from drivers.vision.jpeg import decode
from tests.contract.cameras.kinds import KINDS, CameraBench
from tests.waiting import wait_until

LOST_WITHIN_S = 4.0
BACK_WITHIN_S = 8.0


@pytest.fixture(scope="module")
def plant() -> Iterator[PlantProcess]:
    with PlantProcess() as running:
        yield running


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, plant: PlantProcess, tmp_path: Path) -> Iterator[CameraBench]:
    with plant.control() as control:
        yield CameraBench(request.param, plant, control, tmp_path)
        reset(control)


def reset(control: PlantControl) -> None:
    control.fault("device gone", False, "camera")
    control.fault("value frozen", False, "camera")


class Watched:
    """A running camera with its states; at the end its thread is gone."""

    def __init__(self, bench: CameraBench) -> None:
        self.states: list[ConnectionState] = []
        self.camera: CameraThread = bench.open(self.states.append)

    def __enter__(self) -> Watched:
        self.camera.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.camera.close()
        assert self.states[-1].connection is Connection.CLOSED
        assert not [thread for thread in threading.enumerate() if thread.name == "camera bench"]

    def is_(self, connection: Connection) -> bool:
        return bool(self.states) and self.states[-1].connection is connection

    def frame(self) -> Frame:
        wait_until(lambda: self.camera.latest() is not None, 5, "a frame")
        frame = self.camera.latest()
        assert frame is not None
        return frame


def test_the_newest_frame_wins_and_carries_its_time_and_size(bench: CameraBench) -> None:
    with Watched(bench) as watched:
        assert watched.states[0].connection is Connection.CONNECTING
        first = watched.frame()
        wait_until(lambda: watched.frame().number >= first.number + 3, 5, "newer frames")
        frame = watched.frame()
        assert abs(time.time() - frame.received_time) < 1.0
        assert (frame.width_px, frame.height_px) == (1280, 720)
        assert watched.is_(Connection.CONNECTED) and watched.camera.reason == ""
        assert [state.connection for state in watched.states] == [Connection.CONNECTING, Connection.CONNECTED]


def test_the_original_is_the_cameras_own_or_lossless_and_does_not_change(bench: CameraBench) -> None:
    with Watched(bench) as watched:
        frame = watched.frame()
        before = hashlib.sha256(frame.original).hexdigest()
        assert frame.media_type == ("image/jpeg" if bench.keeps_own_bytes else "image/png")
        assert decode(frame.original).shape == decode(frame.jpeg).shape == (720, 1280, 3)
        assert (frame.jpeg == frame.original) is bench.keeps_own_bytes
        wait_until(lambda: watched.frame().number > frame.number, 5, "a newer frame")
        assert hashlib.sha256(frame.original).hexdigest() == before
        assert np.array_equal(decode(frame.original), decode(frame.original))


@pytest.mark.expected_log(r"^bench: ")
def test_lost_with_a_reason_and_back_without_a_restart(bench: CameraBench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="drivers"), Watched(bench) as watched:
        number = watched.frame().number
        bench.plug(False)
        wait_until(lambda: watched.is_(Connection.LOST) and watched.states[-1].retry_at, LOST_WITHIN_S, "lost")
        assert watched.states[-1].reason == watched.camera.reason != ""
        wait_until(lambda: watched.camera.latest(max_age_s=0.2) is None, 2, "no fresh picture")
        assert watched.camera.latest() is not None, "the last one stays for the preview"
        bench.plug(True)
        wait_until(lambda: watched.is_(Connection.CONNECTED), BACK_WITHIN_S, "back")
        assert watched.frame().number > number and watched.camera.reason == ""
    lines = [record.levelname for record in caplog.records if record.name.startswith("drivers.")]
    assert lines == ["WARNING", "INFO"], "one line for the failure, one for the recovery"


@pytest.mark.expected_log(r"^bench: ")
def test_cold_start_without_the_camera(bench: CameraBench) -> None:
    bench.plug(False)
    with Watched(bench) as watched:
        wait_until(lambda: watched.is_(Connection.LOST), LOST_WITHIN_S, "lost")
        assert watched.camera.latest() is None
        bench.plug(True)
        wait_until(lambda: watched.is_(Connection.CONNECTED), BACK_WITHIN_S, "there")


@pytest.mark.expected_log(r"^bench: the picture stands still")
def test_a_frozen_picture_is_noticed_and_is_no_new_one(bench: CameraBench) -> None:
    if not bench.may_freeze:
        pytest.skip("a file is asked to stand still")
    with Watched(bench) as watched:
        watched.frame()
        bench.freeze(True)
        wait_until(lambda: watched.is_(Connection.LOST), LOST_WITHIN_S, "noticed")
        assert "stands still" in watched.states[-1].reason
        assert "stands still" in watched.camera.reason
        assert watched.camera.latest(max_age_s=0.5) is None, "nothing can be captured from it"
        bench.freeze(False)
        wait_until(lambda: watched.is_(Connection.CONNECTED), BACK_WITHIN_S, "moving again")


def test_settings_and_limits_are_answered(bench: CameraBench) -> None:
    with Watched(bench) as watched:
        watched.frame()
        states = watched.camera.apply(ControlSettings(exposure=200)).result(5)
        assert tuple(state.name for state in states) == CONTROL_NAMES
        assert states[0].value == 200 if states[0].supported else states[0].note == "not supported by this camera"
        limits = watched.camera.limits().result(5)
        assert tuple(state.name for state in limits) == CONTROL_NAMES


def test_it_can_be_closed_at_once_and_before_it_was_started(bench: CameraBench) -> None:
    with Watched(bench):
        pass
    never = bench.open(lambda state: None)
    never.close()
