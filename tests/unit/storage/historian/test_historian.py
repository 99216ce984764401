"""The historian's thread: on disk within two seconds, nothing silent, nothing that stops the work."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.field import BoundedQueue, SampleQueue
from station_app.domain.trend import GapKind
from station_app.services.ports import Room
from station_app.storage.historian import HistoryLimits, SqliteHistorian, SqliteTrendHistory, retention
from station_app.storage.historian import historian as module
from station_app.storage.historian.recording import Recording
from station_app.storage.sqlite import CORRUPT, FULL, sqlite_module
from tests.fakes.clock import FakeClock
from tests.machine_data import ALL, STATION, T0_US, ramp, sample
from tests.waiting import wait_until

MIB = 1 << 20


class Running:
    """A historian whose disk and clock obey the test."""

    def __init__(self, folder: Path, queue: int = 100_000) -> None:
        self.path = folder / "historian.sqlite"
        self.intake: SampleQueue = BoundedQueue(queue)
        self.clock = FakeClock(T0_US)
        self.free_bytes = 10_000 * MIB
        self.limits = HistoryLimits(30, 100 * MIB, 1000 * MIB)
        self.history = SqliteTrendHistory(self.path, STATION)
        self.historian = self.make()

    def make(self) -> SqliteHistorian:
        return SqliteHistorian(
            self.path, STATION, rules={"force": ALL}, limits=self.limits, clock=self.clock, intake=self.intake,
            deliver=False, free_bytes=lambda _: self.free_bytes,
        )  # fmt: skip

    def values(self) -> list[float]:
        found: list[float] = self.history.read_raw("force", 0, 1 << 62, 1 << 30).value.tolist()
        return found

    def gaps(self) -> list[GapKind]:
        return [gap.kind for gap in self.history.read_raw("force", 0, 1 << 62, 1).gaps]

    def until(self, condition: Callable[[], object], what: str) -> None:
        def asked() -> object:
            self.historian.wake()
            return condition()

        wait_until(asked, 10, what)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path)
    yield running
    running.historian.stop()
    running.history.close()


def test_what_is_written_is_on_disk_within_two_seconds(running: Running) -> None:
    running.historian.start()
    running.historian.write(ramp(2000))
    wait_until(lambda: len(running.values()) == 2000, 2.0, "the samples on disk")
    running.historian.write(ramp(10, T0_US + 10_000_000_000))
    running.historian.stop()
    assert len(running.values()) == 2010, "the end saves what is there"
    assert running.historian.state.written == 2010


def test_an_overflow_of_the_queue_is_counted_and_a_gap(tmp_path: Path) -> None:
    running = Running(tmp_path, queue=100)
    running.historian.start()
    running.until(running.path.exists, "the file")
    running.historian.write(ramp(1000))
    running.until(lambda: running.historian.state.dropped > 0, "the loss to be told")
    running.historian.stop()
    assert running.historian.state.dropped + len(running.values()) == 1000
    assert running.gaps() == [GapKind.OVERFLOW]
    running.history.close()


@pytest.mark.expected_log("machine data cannot be stored", "machine data is stored again")
def test_a_folder_that_cannot_be_written_is_a_fault_until_it_can(running: Running) -> None:
    running.path.mkdir()
    running.historian.start()
    running.until(lambda: running.historian.state.fault, "the fault")
    assert "cannot be stored" in running.historian.state.fault
    running.path.rmdir()
    running.clock.advance(10)
    running.until(lambda: not running.historian.state.fault, "the recovery")
    running.historian.write(ramp(5))
    running.until(lambda: len(running.values()) == 5, "samples")


@pytest.mark.expected_log("room for machine data")
def test_a_disk_that_fills_up_is_told_and_given_up_in_order_and_heals(running: Running) -> None:
    running.historian.start()

    def look(free_mib: int, room: Room) -> None:
        running.free_bytes = free_mib * MIB
        running.clock.advance(6)
        running.until(lambda: running.historian.state.room is room, f"{room.name} at {free_mib} MiB")

    look(900, Room.DELIVERED_REMOVED)
    look(400, Room.THINNED)
    running.historian.write([sample(T0_US + n * 100_000, float(n)) for n in range(100)])
    running.until(lambda: len(running.values()) == 11, "one sample a second, and the last one")
    look(100, Room.STOPPED)
    assert "no longer stored" in running.historian.state.room_text
    running.historian.write(ramp(50, T0_US + 20_000_000))
    running.until(lambda: running.historian.state.dropped == 50, "the loss to be counted")
    look(5000, Room.ENOUGH)
    assert running.gaps() == [GapKind.DISK_FULL]
    running.historian.write(ramp(5, T0_US + 100_000_000))
    running.until(lambda: len(running.values()) == 16, "storing again")


def test_a_tag_that_comes_later_is_kept_from_then_on_and_after_it_began_anew(running: Running) -> None:
    def values() -> list[float]:
        found: list[float] = running.history.read_raw("late", 0, 1 << 62, 1 << 30).value.tolist()
        return found

    running.historian.start()
    running.historian.write([dataclasses.replace(sample(T0_US, 1.0), tag="late")])
    running.historian.write(ramp(5, T0_US))
    running.until(lambda: len(running.values()) == 5, "the samples of the others")
    assert values() == [], "nobody asked for it"
    running.historian.keep("late", ALL)
    running.historian.write([dataclasses.replace(sample(T0_US + 1_000_000, 2.0), tag="late")])
    running.until(lambda: values() == [2.0], "the first sample")
    running.historian.keep("late", ALL)
    running.historian.write([dataclasses.replace(sample(T0_US + 2_000_000, 3.0), tag="late")])
    running.until(lambda: values() == [2.0, 3.0], "the next one, though it was asked for again")


@pytest.mark.expected_log("room for machine data")
def test_a_file_that_is_too_large_loses_its_oldest_blocks(tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.limits = HistoryLimits(30, 2 * MIB, 0)
    running.historian = running.make()
    running.historian.start()
    noise = random.Random(1)
    for start in range(0, 400_000, 20_000):
        running.historian.write([sample(T0_US + n * 1000, noise.random()) for n in range(start, start + 20_000)])
        running.until(lambda end=start + 20_000: running.historian.state.written == end, "the samples on disk")  # type: ignore[misc]  # bound now
        running.clock.advance(6)
    running.until(lambda: running.historian.state.size_bytes <= 2 * MIB, "the oldest to go")
    running.historian.stop()
    kept = running.history.read_raw("force", 0, 1 << 62, 1 << 30).time_us
    assert kept[-1] == T0_US + 399_999 * 1000
    assert kept[0] > T0_US + 100_000 * 1000
    running.history.close()


def test_by_age_nothing_goes_until_the_clock_was_steady_for_an_hour(running: Running) -> None:
    running.historian.start()
    running.historian.write(ramp(4096))
    running.until(lambda: running.historian.state.written == 4096, "the samples on disk")
    running.clock.step_wall(10 * 365 * 86400)
    for _ in range(3):
        running.clock.advance(1000)
        running.until(lambda: running.historian._look_due_ns > running.clock.mono_ns(), "a look at the room")
        assert len(running.values()) == 4096
    running.clock.advance(3000)
    running.until(lambda: not running.values(), "the data of ten years ago to go")


@pytest.mark.expected_log("was kept as")
def test_a_file_that_is_damaged_is_set_aside_and_storing_goes_on(running: Running) -> None:
    running.historian.start()
    running.historian.write(ramp(5000))
    running.until(lambda: len(running.values()) == 5000, "samples")
    running.historian.stop()
    running.history.close()
    with running.path.open("rb+") as file:
        file.seek(4096)
        file.write(b"\x55" * (running.path.stat().st_size - 4096))
    running.history = SqliteTrendHistory(running.path, STATION)
    running.historian = running.make()
    running.historian.start()
    running.historian.write(ramp(5))
    running.until(lambda: running.historian.state.remark, "the file to be set aside")
    running.until(lambda: running.values() == [0.0, 1.0, 2.0, 3.0, 4.0], "samples in a new file")
    assert "was kept as" in running.historian.state.remark


@pytest.mark.expected_log("machine data cannot be stored", "was kept as", "stored again")
def test_damage_that_shows_itself_while_storing_is_set_aside_too(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.historian.start()
    running.historian.write(ramp(5))
    running.until(lambda: len(running.values()) == 5, "samples")
    error = sqlite_module().DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = CORRUPT

    def corrupt(*_: object, **__: object) -> bool:
        monkeypatch.undo()
        raise error

    monkeypatch.setattr(Recording, "save", corrupt)
    running.until(lambda: "was kept as" in running.historian.state.remark, "the file to be set aside")
    running.historian.write(ramp(3))
    running.until(lambda: len(running.values()) == 3, "samples in a new file")


@pytest.mark.expected_log("removed or replaced", "stored again")
def test_a_file_that_is_removed_while_in_use_is_told_and_begun_anew(running: Running) -> None:
    running.historian.start()
    running.historian.write(ramp(5))
    running.until(lambda: len(running.values()) == 5, "samples")
    for file in running.path.parent.glob("historian.sqlite*"):
        file.unlink()
    running.clock.advance(6)
    running.until(lambda: "removed or replaced" in running.historian.state.fault, "the fault")
    running.clock.advance(6)
    running.until(lambda: not running.historian.state.fault, "a new file")
    running.historian.write(ramp(3))
    running.until(lambda: len(running.values()) == 3, "samples in the new file")


@pytest.mark.expected_log("machine data cannot be stored", "machine data is stored again")
def test_a_fault_of_the_room_is_not_over_because_samples_are_stored(
    running: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """On a full disk a small save may find room where a removal finds none: one alarm, not one with every look."""

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    running.historian.start()
    running.until(lambda: running.historian._look_due_ns > running.clock.mono_ns(), "a first look")
    monkeypatch.setattr(module, "used_bytes", full)
    running.clock.advance(6)
    running.until(lambda: running.historian.state.fault, "the fault")
    for second in range(5):
        running.historian.write(ramp(1, T0_US + second * 1_000_000))
        running.clock.advance(2)
        running.until(lambda n=second: running.historian.state.written == n + 1, "a sample on disk")  # type: ignore[misc]  # bound now
        assert running.historian.state.fault
    monkeypatch.setattr(module, "used_bytes", retention.used_bytes)
    running.clock.advance(6)
    running.until(lambda: not running.historian.state.fault, "the recovery")
    lines = [record.message for record in caplog.records if "machine data" in record.message]
    assert len(lines) == 2, lines


@pytest.mark.expected_log("machine data cannot be stored", "room for machine data", "machine data is stored again")
def test_on_a_full_disk_what_is_delivered_is_removed_although_nothing_can_be_saved(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.historian.start()
    running.historian.write(ramp(4096))
    running.until(lambda: running.historian.state.written == 4096, "the samples on disk")
    error = sqlite_module().OperationalError("database or disk is full")
    error.sqlite_errorcode = FULL

    def no_room(*_: object, **__: object) -> bool:
        raise error

    monkeypatch.setattr(Recording, "save", no_room)
    running.free_bytes = 0
    running.clock.advance(6)
    running.until(lambda: running.historian.state.room is Room.STOPPED, "the room to be judged")
    running.until(lambda: not running.values(), "delivered blocks to go")
    assert running.historian.state.fault
    monkeypatch.undo()
    running.clock.advance(10)
    running.until(lambda: not running.historian.state.fault, "the recovery")


@pytest.mark.expected_log("error of the program", "machine data is stored again")
def test_what_was_in_memory_when_the_file_was_opened_anew_is_told(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.historian.start()
    running.historian.write(ramp(5))
    running.until(lambda: len(running.values()) == 5, "samples")
    monkeypatch.setattr(Recording, "save", lambda *_, **__: 1 // 0)
    running.historian.write(ramp(7, T0_US + 10_000_000))
    running.until(lambda: running.historian.state.fault, "the fault")
    running.historian.write(ramp(4, T0_US + 20_000_000))
    running.until(lambda: running.historian.state.dropped == 11, "samples that came while the file was closed")
    monkeypatch.undo()
    running.clock.advance(6)
    running.until(lambda: not running.historian.state.fault, "the recovery")
    (gap,) = running.history.read_raw("force", 0, 1 << 62, 1).gaps
    assert gap.kind is GapKind.NOT_STORED
    assert gap.reason.startswith("11 samples were not stored"), "and the application neither ended nor was it away"


@pytest.mark.expected_log("machine data cannot be stored", "machine data is stored again")
def test_what_came_before_the_file_could_be_opened_is_told(running: Running) -> None:
    running.historian.start()
    running.historian.write(ramp(3))
    running.until(lambda: len(running.values()) == 3, "samples")
    running.historian.stop()
    running.clock.advance(60)
    kept = running.path.rename(running.path.with_suffix(".kept"))
    running.path.mkdir()
    running.historian = running.make()
    began_us = running.clock.wall_us()
    running.historian.start()
    running.until(lambda: running.historian.state.fault, "the fault")
    running.historian.write(ramp(9, began_us))
    running.until(lambda: running.historian.state.dropped == 9, "the loss")
    running.path.rmdir()
    kept.rename(running.path)
    running.clock.advance(30)
    running.until(lambda: not running.historian.state.fault, "the recovery")
    absence, loss = running.history.read_raw("force", 0, 1 << 62, 1).gaps
    assert (absence.kind, absence.end_us) == (GapKind.NOT_RUNNING, began_us)
    assert (loss.kind, loss.start_us) == (GapKind.NOT_STORED, began_us)


@pytest.mark.expected_log("error of the program", "machine data is stored again")
def test_an_error_of_our_own_is_told_and_storing_begins_anew(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    running.historian.start()
    running.historian.write(ramp(5))
    running.until(lambda: len(running.values()) == 5, "samples")
    monkeypatch.setattr(module, "used_bytes", lambda _: 1 // 0)
    running.clock.advance(10)
    running.until(lambda: "error of the program" in running.historian.state.fault, "the fault")
    monkeypatch.setattr(module, "used_bytes", retention.used_bytes)
    running.clock.advance(10)
    running.until(lambda: not running.historian.state.fault, "the recovery")
    running.historian.write(ramp(5, T0_US + 10_000_000))
    running.until(lambda: len(running.values()) == 10, "more samples")
