"""The state machine of the synchronization, step by step."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from station_app.domain.chain import AUDIT, REC
from station_app.services.ports import ChainBroken, Gap, JournalFull, Refused, SchemaMismatch, SharedDatabaseError
from station_app.services.sync_state import SyncPhase
from station_app.services.synchronizer import ALARM_RETRY_S, LONGEST_BACKOFF_S, POLL_S
from tests.fakes.shared_server import Cut
from tests.sync_station import SyncStation


def _phase(station: SyncStation) -> SyncPhase:
    return station.state.name


def test_the_way_of_a_good_day() -> None:
    station = SyncStation()
    station.record(3)
    station.until_idle()
    names = [state.name for state in station.states]
    assert list(dict.fromkeys(names)) == [SyncPhase.HELLO, SyncPhase.DRAIN, SyncPhase.IDLE]
    station.assert_equal()
    assert station.state.connected
    assert station.journal.peer(REC).acked_seq == 3


def test_not_connected_before_the_first_answer() -> None:
    station = SyncStation()
    assert station.state.name is SyncPhase.OFFLINE
    assert not station.state.connected
    station.synchronizer.step()
    assert not station.state.connected
    station.synchronizer.step()
    assert station.state.connected


def test_records_go_in_batches_of_500_and_the_first_channel_first() -> None:
    station = SyncStation()
    station.record(2, AUDIT)
    station.record(1100)
    station.until_idle()
    assert station.database.batches == [(REC, 1, 1, 500), (REC, 1, 501, 500), (REC, 1, 1001, 100), (AUDIT, 1, 1, 2)]


def test_a_record_goes_before_the_next_chunk_of_a_file() -> None:
    station = SyncStation()
    station.capture(b"a" * 600_000)
    while not station.database.chunks:
        station.synchronizer.step()
    station.record()
    station.synchronizer.step()
    assert station.database.batches == [(REC, 1, 1, 1)]
    assert len(station.database.chunks) <= 2
    station.until_idle()
    assert station.database.chunks == [0, 1, 2]


def test_a_commit_while_idle_is_delivered_with_the_next_step() -> None:
    station = SyncStation()
    station.until_idle()
    station.record()
    result = station.synchronizer.step()
    assert result.delay_s == 0
    station.assert_equal()


def test_idle_waits_for_the_poll_and_a_commit_may_wake_it() -> None:
    station = SyncStation()
    station.until_idle()
    station.clock.advance(4)
    result = station.synchronizer.step()
    assert result.delay_s == pytest.approx(POLL_S - 4)
    assert result.wakeable


def test_the_poll_says_hello_again() -> None:
    station = SyncStation()
    station.until_idle()
    before = station.state.last_contact_us
    station.next_poll()
    after = station.state.last_contact_us
    assert before is not None
    assert after is not None
    assert after - before >= POLL_S * 1e6


def test_a_cut_before_and_after_the_commit_changes_nothing_but_the_time() -> None:
    cuts: tuple[Cut, ...] = ("before", "after")
    for cut in cuts:
        station = SyncStation()
        station.record(10)
        station.synchronizer.step()
        station.synchronizer.step()
        station.server.cuts.append(cut)
        station.synchronizer.step()
        assert station.state.name is SyncPhase.BACKOFF
        assert not station.state.connected
        assert station.state.next_attempt_us is not None
        station.until_idle()
        station.assert_equal()


def test_backoff_has_jitter_grows_and_is_bounded() -> None:
    station = SyncStation()
    waits = []
    for _ in range(60):
        station.server.cuts.append("before")
        result = station.synchronizer.step()
        while result.delay_s == 0:
            result = station.synchronizer.step()
        assert not result.wakeable
        waits.append(result.delay_s)
        station.clock.advance(result.delay_s)
    assert max(waits[:1]) <= 0.5
    assert max(waits) <= LONGEST_BACKOFF_S
    assert max(waits) > LONGEST_BACKOFF_S / 2
    assert min(waits[10:]) < LONGEST_BACKOFF_S / 4
    assert len(set(waits)) == len(waits)


def test_backoff_is_waited_out_unless_somebody_asks() -> None:
    station = SyncStation()
    station.server.cuts.append("before")
    left_s = 0.0
    while not left_s:
        left_s = station.synchronizer.step().delay_s
    assert station.synchronizer.step().delay_s == pytest.approx(left_s)
    assert _phase(station) is SyncPhase.BACKOFF
    station.synchronizer.retry_now()
    station.synchronizer.step()
    assert _phase(station) is SyncPhase.HELLO


@pytest.mark.parametrize(
    ("error", "code"),
    [(Refused("the login is refused"), "refused"), (SchemaMismatch("schema version 0"), "schema")],
)
def test_what_a_person_must_repair_is_an_alarm_and_a_slow_retry(error: SharedDatabaseError, code: str) -> None:
    station = SyncStation()
    station.record()
    station.database.errors.append(error)
    result = station.synchronizer.step()
    while result.delay_s == 0:
        result = station.synchronizer.step()
    assert 0.8 * ALARM_RETRY_S <= result.delay_s <= 1.2 * ALARM_RETRY_S
    assert [(fault.code, fault.text) for fault in station.state.alarms] == [(code, str(error))]
    station.clock.advance(result.delay_s)
    station.until_idle()
    assert station.state.faults == ()
    station.assert_equal()


@pytest.mark.parametrize(
    "error", [Refused("no right to append"), SharedDatabaseError("numeric field overflow (22003)")]
)
def test_a_fault_that_lasts_stands_without_a_break_although_the_server_greets(error: SharedDatabaseError) -> None:
    """An alarm that is cleared and raised with every contact fills the journal, and sounds each time."""
    station = SyncStation()
    station.record()
    station.database.errors.extend([error] * 5)
    while not station.state.alarms:
        station.clock.advance(station.synchronizer.step().delay_s)
    told = len(station.states)
    while station.database.errors:
        station.clock.advance(station.synchronizer.step().delay_s)
    assert all(state.alarms for state in station.states[told:])
    station.clock.advance(2 * LONGEST_BACKOFF_S)
    station.until_idle()
    assert station.state.faults == ()
    station.assert_equal()


def test_a_full_disk_is_not_over_because_a_small_thing_could_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    station = SyncStation()
    station.server.publish("person", "anna", b"{}")
    apply_master = station.journal.apply_master

    def full(*_: object) -> Future[None]:
        failed: Future[None] = Future()
        failed.set_exception(JournalFull("no room"))
        return failed

    monkeypatch.setattr(station.journal, "apply_master", full)
    while not station.state.alarms:
        station.clock.advance(station.synchronizer.step().delay_s)
    told = len(station.states)
    for _ in range(30):
        station.clock.advance(station.synchronizer.step().delay_s)
    assert all([fault.code for fault in state.alarms] == ["journal"] for state in station.states[told:])
    monkeypatch.setattr(station.journal, "apply_master", apply_master)
    station.clock.advance(2 * LONGEST_BACKOFF_S)
    station.until_idle()
    assert station.state.faults == ()


def test_a_gap_says_hello_again_and_sends_from_there() -> None:
    station = SyncStation()
    station.record(3)
    station.database.errors.append(Gap("has up to 0"))
    station.until_idle()
    station.assert_equal()
    assert station.state.faults == ()


def test_a_chain_refused_once_is_asked_about_and_refused_again_is_an_alarm() -> None:
    station = SyncStation()
    station.record(3)
    station.database.errors.extend([ChainBroken("not the record"), ChainBroken("not the record")])
    result = station.synchronizer.step()
    while result.delay_s == 0:
        result = station.synchronizer.step()
    assert result.delay_s >= 0.8 * ALARM_RETRY_S
    assert [fault.code for fault in station.state.alarms] == ["tampered"]
    assert "refuses the records: not the record" in station.state.alarms[0].text
    station.clock.advance(result.delay_s)
    station.until_idle()
    assert station.state.faults == ()


def test_endless_gaps_become_an_alarm() -> None:
    station = SyncStation()
    station.record(3)
    station.database.errors.extend([Gap("has up to 0")] * 50)
    result = station.synchronizer.step()
    for _ in range(50):
        if result.delay_s:
            break
        result = station.synchronizer.step()
    assert [fault.code for fault in station.state.alarms] == ["tampered"]


def test_an_unexpected_answer_is_a_fault_and_is_tried_again() -> None:
    station = SyncStation()
    station.record()
    station.database.errors.append(SharedDatabaseError("numeric field overflow (22003)"))
    while station.state.name is not SyncPhase.BACKOFF:
        station.synchronizer.step()
    assert [fault.code for fault in station.state.alarms] == ["database"]
    station.clock.advance(60)
    station.until_idle()
    assert station.state.faults == ()


def test_a_full_disk_does_not_stop_the_delivery() -> None:
    station = SyncStation()
    station.record(1200)
    station.journal.full = True
    for _ in range(6):
        station.synchronizer.step()
    assert len(station.server_rows()) == 1200
    assert [fault.code for fault in station.state.alarms] == ["journal"]
    station.journal.full = False
    station.clock.advance(60)
    station.next_poll()
    assert station.state.faults == ()
    station.assert_equal()


def test_a_journal_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    station = SyncStation()
    station.record()

    def broken(*_: object) -> None:
        raise JournalFull("no room")

    monkeypatch.setattr(station.journal, "rows", broken)
    while station.state.name is not SyncPhase.BACKOFF:
        station.synchronizer.step()
    assert station.state.reason == "no room"


def test_the_clock_offset_is_measured_from_the_middle_of_the_call() -> None:
    station = SyncStation()
    station.server.now_us = lambda: station.clock.wall_us() + 2_500_000
    station.until_idle()
    assert station.offsets == [2500]
    assert station.recorder.clock_offset_ms == 2500
    assert station.state.clock_offset_ms == 2500
    assert station.journal.peer(REC).clock_offset_ms == 2500
    assert station.record()[0].clock_offset_ms == 2500


def test_the_wall_clock_may_be_set_by_years() -> None:
    station = SyncStation()
    for years in (30, -50, 20):
        station.clock.step_wall(years * 365 * 86_400)
        station.record(2)
        station.until_idle()
        station.next_poll()
        station.assert_equal()


def test_a_state_is_told_only_when_it_changed() -> None:
    station = SyncStation()
    station.until_idle()
    told = len(station.states)
    station.synchronizer.step()
    station.synchronizer.step()
    assert len(station.states) == told


def test_reasons_and_times_of_lost_contact() -> None:
    station = SyncStation()
    station.until_idle()
    contact = station.state.last_contact_us
    station.clock.advance(100)
    station.server.cuts.append("before")
    while station.state.name is not SyncPhase.BACKOFF:
        station.synchronizer.step()
    state = station.state
    assert state.last_contact_us == contact
    assert "cut" in state.reason
    assert state.since_us == station.clock.wall_us()
