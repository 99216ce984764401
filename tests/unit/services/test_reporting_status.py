"""What a station tells the line: also that it cannot save, which it cannot record."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import pytest

from station_app.domain.chain import Draft, Row
from station_app.domain.ids import RecordIds
from station_app.domain.master import Person
from station_app.domain.records import Comment
from station_app.domain.station_fold import StationFold
from station_app.domain.status import AlarmStatus
from station_app.services.alarms import NOT_SAVED, Alarms
from station_app.services.ledger import Ledger
from station_app.services.ports import JournalError, JournalFull
from station_app.services.posting import PostQueue
from station_app.services.recording import Recorder
from station_app.services.reporting_status import alarms_told
from tests.fakes.clock import FakeClock
from tests.fakes.journal import FakeJournal

NO_ROOM = JournalFull("no room for the journal")


class FullableJournal(FakeJournal):
    """A journal whose disk can be full for bodies of more than ``fits_bytes``."""

    fits_bytes: int | None = None

    def append(self, drafts: Sequence[Draft]) -> Future[list[Row]]:
        if self.fits_bytes is None or all(len(draft.body) <= self.fits_bytes for draft in drafts):
            return super().append(drafts)
        failed: Future[list[Row]] = Future()
        failed.set_exception(NO_ROOM)
        return failed

    def prove_room(self) -> Future[None]:
        if self.fits_bytes is None:
            return super().prove_room()
        failed: Future[None] = Future()
        failed.set_exception(NO_ROOM)
        return failed


@pytest.fixture
def journal() -> FullableJournal:
    return FullableJournal()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def posts() -> PostQueue:
    return PostQueue()


@pytest.fixture
def ledger(journal: FullableJournal, clock: FakeClock, posts: PostQueue) -> Ledger:
    return Ledger(Recorder(journal, clock, RecordIds()), StationFold(lambda _sha256: None), clock, posts.post)


def serve(posts: PostQueue) -> None:
    while posts.run_one(0.0):
        continue


def ticking(ledger: Ledger, clock: FakeClock, posts: PostQueue) -> Callable[[], list[AlarmStatus]]:
    """What the station does once a second, answering the alarms that it tells."""
    numbers = itertools.count()
    alarms = Alarms(ledger, [], lambda: f"A-{next(numbers)}")

    def tick() -> list[AlarmStatus]:
        ledger.try_again()
        serve(posts)
        alarms.condition(*NOT_SAVED, bool(ledger.fault), ledger.fault, "high")
        serve(posts)
        clock.advance(1)
        return alarms_told(ledger, alarms)[0]

    return tick


def test_a_journal_that_cannot_save_is_told_at_once_and_recorded_when_it_is_over(
    journal: FullableJournal, clock: FakeClock, posts: PostQueue, ledger: Ledger
) -> None:
    tick = ticking(ledger, clock, posts)
    assert tick() == []
    journal.fits_bytes = -1
    began_us = clock.wall_us()
    saving = ledger.commit([Comment(text="a")], "p")
    serve(posts)
    with pytest.raises(JournalError):
        saving.result()
    expected = AlarmStatus("", "journal", "no room for the journal", "unacknowledged, active", "high", began_us)
    assert tick() == tick() == [expected]
    assert list(journal.all_rows("rec")) == []
    journal.fits_bytes = None
    tick()
    (told,) = tick()
    assert (told.source, told.text, told.state) == ("journal", "no room for the journal", "unacknowledged, cleared")
    assert ledger.fault == ""
    assert [row.kind for row in journal.all_rows("rec")] == ["alarm_transition"] * 2


def test_an_alarm_that_found_room_where_an_action_did_not_stays_until_the_action_would(
    journal: FullableJournal, clock: FakeClock, posts: PostQueue, ledger: Ledger
) -> None:
    tick = ticking(ledger, clock, posts)
    journal.fits_bytes = 1_000
    saving = ledger.commit([Comment(text="x" * 5_000)], "p")
    serve(posts)
    with pytest.raises(JournalError):
        saving.result()
    for _ in range(5):
        (told,) = tick()
        assert (told.alarm_id, told.state) == ("A-0", "unacknowledged, active"), "recorded, and told once"
        assert ledger.fault == "no room for the journal"
    journal.fits_bytes = None
    (told,) = tick()
    assert (told.state, ledger.fault) == ("unacknowledged, cleared", "")


def test_of_very_many_alarms_the_most_urgent_are_listed_and_all_are_counted(
    clock: FakeClock, posts: PostQueue, ledger: Ledger
) -> None:
    numbers = itertools.count()
    alarms = Alarms(ledger, [], lambda: f"A{next(numbers)}")
    for n in range(500):
        alarms.condition(f"tag{n}", "high limit", True, f"tag{n} is high", "critical" if n == 7 else "medium")
        serve(posts)
        clock.advance(1)
    ledger.person = Person(id="anna", name="Anna Keller", roles=("operator",))
    for alarm in alarms.listed()[:450]:
        alarms.shelve(alarm.alarm_id, 600, "cleaning")
        serve(posts)
    alarms.acknowledge(next(a.alarm_id for a in alarms.listed() if a.source == "tag8"))
    serve(posts)
    listed, counted = alarms_told(ledger, alarms)
    assert (len(listed), counted.total, counted.unacknowledged, counted.critical) == (20, 50, 49, 1)
    assert (listed[0].source, listed[1].source) == ("tag7", "tag49"), "shelved ones take no place from others"
    assert "tag8" not in [alarm.source for alarm in listed], "what somebody has seen comes last"
