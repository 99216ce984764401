"""The sync worker's thread: what wakes it, what stops it, and what it does about errors of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from station_app.domain.chain import REC
from station_app.domain.ids import RecordIds
from station_app.domain.records import Comment
from station_app.services.ports import Hello, Unreachable
from station_app.services.recording import Recorder
from station_app.services.sync_state import SyncFault, SyncPhase, SyncState
from station_app.services.synchronize import SyncWorker, build_synchronizer, drain
from station_app.storage.clock import SystemClock
from tests.fakes.evidence import FakeEvidenceStore
from tests.fakes.journal import FakeJournal
from tests.fakes.shared_database import FakeServer, FakeSharedDatabase
from tests.sync_station import STATION
from tests.waiting import wait_until


class Bench:
    """A worker on stand-ins, with the real clock."""

    def __init__(self) -> None:
        self.server = FakeServer()
        self.journal = FakeJournal(STATION)
        self.clock = SystemClock()
        self.recorder = Recorder(self.journal, self.clock, RecordIds())
        self.database = FakeSharedDatabase(self.server, STATION)
        self.states: list[SyncState] = []
        self.applied: list[int] = []
        self.worker = SyncWorker(
            self.journal, self.database, FakeEvidenceStore(), self.recorder, self.clock, on_state=self.states.append,
            on_master_applied=lambda: self.applied.append(self.journal.master_cursor()),
        )  # fmt: skip

    def record(self, count: int = 1) -> None:
        """Record and wake, as a station does."""
        self.recorder.record([Comment(text="x")] * count, "P-1").result()
        self.worker.wake()

    def delivered(self) -> int:
        """How many records the server has."""
        return len(self.server.rows(STATION, REC, 1))

    def is_idle(self) -> bool:
        """Whether the worker has nothing to do."""
        return self.worker.state.name is SyncPhase.IDLE


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    assert bench.worker.stop()


def test_delivers_what_was_recorded_before_and_after_the_start(bench: Bench) -> None:
    bench.record(3)
    bench.worker.start()
    wait_until(lambda: bench.is_idle() and bench.delivered() == 3, 5, "the first delivery")
    bench.record()
    wait_until(lambda: bench.delivered() == 4, 1, "a woken delivery, long before the poll")


def test_a_notification_pulls_long_before_the_poll(bench: Bench) -> None:
    bench.worker.start()
    wait_until(bench.is_idle, 5, "rest")
    bench.server.publish("reasons", "a", b"1")
    wait_until(lambda: bench.journal.master("reasons"), 3, "the published change")


def test_a_commit_does_not_hurry_a_backoff_but_a_person_does(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    hellos: list[str] = []
    refusing = threading.Event()
    refusing.set()
    honest = bench.database.hello

    def hello(chan: str, epoch: int) -> Hello:
        hellos.append(chan)
        if refusing.is_set():
            raise Unreachable("no")
        return honest(chan, epoch)

    monkeypatch.setattr(bench.database, "hello", hello)
    monkeypatch.setattr("station_app.services.synchronizer.SHORTEST_BACKOFF_S", 1e6)
    monkeypatch.setattr("station_app.services.synchronizer.LONGEST_BACKOFF_S", 1e6)
    bench.worker.start()
    wait_until(lambda: bench.worker.state.name is SyncPhase.BACKOFF, 5, "the backoff")
    for _ in range(20):
        bench.record()
    assert len(hellos) == 1
    refusing.clear()
    bench.worker.retry_now()
    wait_until(lambda: bench.delivered() == 20, 5, "the delivery after the person asked")


def test_stops_out_of_a_long_wait_at_once(bench: Bench) -> None:
    bench.worker.start()
    wait_until(bench.is_idle, 5, "rest")
    begun = time.monotonic()
    assert bench.worker.stop()
    assert time.monotonic() - begun < 2


def test_stop_says_when_the_server_holds_it_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answer = threading.Event(), threading.Event()

    def hello(chan: str, epoch: int) -> Hello:
        asked.set()
        answer.wait(10)
        raise Unreachable("no")

    monkeypatch.setattr(bench.database, "hello", hello)
    bench.worker.start()
    assert asked.wait(5)
    assert not bench.worker.stop(0.05)
    answer.set()
    assert bench.worker.stop()


@pytest.mark.expected_log("error of the program")
def test_an_error_of_our_own_is_loud_and_not_the_end(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = bench.journal.rows
    broken: list[str] = []

    def rows(*arguments: object) -> object:
        if not broken:
            broken.append("once")
            raise ZeroDivisionError
        return honest(*arguments)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(bench.journal, "rows", rows)
    bench.record()
    bench.worker.start()
    wait_until(lambda: broken, 5, "the error")
    bench.worker.retry_now()
    wait_until(lambda: bench.delivered() == 1, 5, "the delivery after the error")


def test_a_lost_connection_in_idle_is_noticed_by_the_next_step(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(timeout_s: float) -> bool:
        raise Unreachable("gone")

    bench.worker.start()
    wait_until(bench.is_idle, 5, "rest")
    monkeypatch.setattr(bench.database, "wait_hint", lost)
    bench.server.cuts.append("before")
    wait_until(lambda: any(state.name is SyncPhase.BACKOFF for state in bench.states), 5, "the backoff")


def test_a_worker_that_was_never_started_stops() -> None:
    assert Bench().worker.stop()


def test_drain_ends_when_everything_is_delivered() -> None:
    bench = Bench()
    bench.record(1200)
    synchronizer = build_synchronizer(bench.journal, bench.database, FakeEvidenceStore(), bench.recorder, bench.clock)
    bench.server.cuts.extend([None, None, "after"])
    state = drain(synchronizer, 20)
    assert state.name is SyncPhase.IDLE
    assert state.waiting == 0
    assert bench.delivered() == 1200


def test_drain_ends_with_its_time() -> None:
    bench = Bench()
    bench.record(2)
    synchronizer = build_synchronizer(bench.journal, bench.database, FakeEvidenceStore(), bench.recorder, bench.clock)
    bench.server.cuts.extend(["before"] * 10_000)
    state = drain(synchronizer, 0.2)
    assert state.name is not SyncPhase.IDLE
    assert state.waiting == 2


def test_alarms_stand_before_remarks() -> None:
    remark, alarm = SyncFault("a", "a remark", alarm=False), SyncFault("b", "an alarm")
    state = SyncState(SyncPhase.IDLE, 0, 0, faults=(remark, alarm))
    assert state.alarms == (alarm,)


def test_a_restored_server_that_published_anew_is_told_although_its_revision_is_the_same(bench: Bench) -> None:
    backup = bench.server.backup()
    bench.server.publish("reasons", "andon", b"1")
    bench.worker.start()
    wait_until(lambda: bench.applied == [1] and bench.is_idle(), 10, "the first revision")
    bench.server.restore(backup)
    bench.server.publish("reasons", "andon", b"2")
    wait_until(lambda: bench.applied == [1, 1], 10, "the other first revision")
    assert [item.body for item in bench.journal.master("reasons")] == [b"2"]
