"""A disk that really is full: nothing stops, what was lost is told, and storing resumes by itself."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from drivers.field import BoundedQueue, SampleQueue
from station_app.domain.trend import GapKind
from station_app.storage.clock import SystemClock
from station_app.storage.historian import HistoryLimits, SqliteHistorian, SqliteTrendHistory
from tests.integration.test_journal_full_disk import small_disk as small_disk
from tests.machine_data import ALL, STATION, T0_US, sample
from tests.small_disk import fill
from tests.waiting import wait_until


@pytest.mark.expected_log("machine data cannot be stored", "machine data is stored again")
def test_storing_stops_at_a_full_disk_and_resumes_when_there_is_room(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("station_app.storage.historian.recording.MOST_UNSAVED", 40_000)
    noise = random.Random(2)
    numbers = iter(range(1 << 30))
    intake: SampleQueue = BoundedQueue(100_000)
    path = small_disk / "historian.sqlite"
    historian = SqliteHistorian(
        path, STATION, rules={"force": ALL}, limits=HistoryLimits(min_free_bytes=0), clock=SystemClock(), intake=intake,
        deliver=True,
    )  # fmt: skip
    history = SqliteTrendHistory(path, STATION)
    written = 0

    def write(count: int) -> None:
        nonlocal written
        written += count
        historian.write([sample(T0_US + next(numbers) * 1000, noise.random()) for _ in range(count)])
        historian.wake()

    def stored() -> int:
        return int(history.read_raw("force", 0, 1 << 62, 1 << 30).time_us.size)

    historian.start()
    write(5000)
    wait_until(lambda: stored() == 5000, 5, "the first samples")
    ballast = fill(small_disk)

    def failing() -> bool:
        write(500)
        return bool(historian.state.fault)

    wait_until(failing, 10, "the disk to be full")

    def dropping() -> bool:
        write(5000)
        return historian.state.dropped > 0

    wait_until(dropping, 10, "samples that fit nowhere")
    ballast.unlink()
    wait_until(lambda: not historian.state.fault, 10, "storing to resume")
    historian.stop()
    assert stored() + historian.state.dropped == written
    assert GapKind.DISK_FULL in {gap.kind for gap in history.read_raw("force", 0, 1 << 62, 1).gaps}
    history.close()
