from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.base import Quality
from station_app.domain.chain import REC
from station_app.domain.records import EvidenceCaptured
from station_app.domain.rules import FAILURE_VIEW
from station_app.services.posting import PostQueue
from station_app.services.recording import read_rows
from tests.bench_station import ANNA, ANNA_PIN, BEARING_LOT, HOUSING, UNIT, BenchStation
from tests.waiting import wait_until


class Headless:
    """A station without a window, at its press step."""

    def __init__(self, folder: Path) -> None:
        self.posts = PostQueue()
        self.station = BenchStation(folder, self.posts.post)
        self.services = self.station.services
        self.station.cameras["bench"].jpeg = bytes(
            cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))[1].tobytes()
        )

    def run(self) -> None:
        """Until nothing more is posted for a moment."""
        while self.posts.run_one(0.2):
            pass

    def to_press_step(self) -> None:
        self.services.people.sign_in_badge(ANNA, ANNA_PIN)
        wait_until(lambda: self.posts.run_one(0.01) and self.services.people.person, 5, "the sign-in")
        for text in (UNIT, HOUSING):
            self.services.scanning.scan(text)
            self.run()
        self.services.execution.confirm()
        self.run()
        self.services.scanning.scan(BEARING_LOT)
        self.run()

    def capture(self, value: float, quality: Quality = Quality.GOOD) -> None:
        self.station.sample("press.peak_force", value, quality)
        self.services.execution.capture_value("press_peak_force")
        self.run()

    def photos(self) -> list[EvidenceCaptured]:
        found = [recorded.fact for recorded in read_rows(self.station.journal.all_rows(REC))]
        return [fact for fact in found if isinstance(fact, EvidenceCaptured)]


@pytest.fixture
def headless(tmp_path: Path) -> Iterator[Headless]:
    station = Headless(tmp_path / "station")
    station.to_press_step()
    yield station
    station.run()
    station.station.close()


def test_a_failed_value_is_photographed_once_without_holding_up_the_work(headless: Headless) -> None:
    was_busy = list[bool]()
    headless.services.ledger.changed.subscribe(lambda: was_busy.append(headless.services.ledger.busy))
    headless.station.sample("press.peak_force", 14.86)
    headless.services.execution.capture_value("press_peak_force")
    headless.run()
    # busy while the value is saved, never for its picture
    assert was_busy == [True, False, False]
    (photo,) = headless.photos()
    job = headless.services.execution.job
    assert job is not None and job.current is not None
    assert (photo.view, photo.check_id, photo.camera, photo.attempt) == (FAILURE_VIEW, "", "bench", 1)
    assert photo.step_id == job.current.step.id and job.current.pictures == [photo.sha256]
    assert headless.station.evidence.has(photo.sha256)
    headless.services.execution.repeat_step()
    headless.run()
    assert job.current.pictures == [] and len(headless.photos()) == 1


def test_every_failure_has_its_own_photo(headless: Headless) -> None:
    headless.capture(14.86)
    headless.capture(15.0)
    assert len(headless.photos()) == 2


def test_passing_and_bad_quality_are_not_photographed(headless: Headless) -> None:
    headless.capture(12.0, Quality.BAD)
    headless.capture(12.0)
    assert headless.photos() == []


def test_without_a_picture_the_work_goes_on(headless: Headless) -> None:
    headless.station.cameras["bench"].jpeg = b""
    headless.capture(14.86)
    assert headless.photos() == [] and headless.services.ledger.fault == ""
    headless.services.execution.repeat_step()
    headless.run()


def test_what_failed_before_a_restart_is_not_photographed_later(headless: Headless, tmp_path: Path) -> None:
    headless.station.cameras["bench"].jpeg = b""
    headless.capture(14.86)
    headless.station.close()
    again = Headless(tmp_path / "station")
    headless.station = again.station
    again.services.calls.raise_call("andon", "Safety")
    again.run()
    assert again.photos() == []
