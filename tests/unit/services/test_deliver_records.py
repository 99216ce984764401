"""Clones, restored journals, restored servers and tampering: how histories part and are joined again."""

from __future__ import annotations

import copy
import dataclasses

import pytest

from station_app.domain.chain import AUDIT, REC, Row
from station_app.domain.log import LoggedRow
from station_app.domain.records import EpochStart, decode_body
from station_app.services.sync_state import SyncPhase
from station_app.services.synchronizer import REHOMED_STANDS_S
from tests.drafts import epoch_start
from tests.sync_station import STATION, SyncStation


def _delivered(count: int) -> SyncStation:
    station = SyncStation()
    station.record(count)
    station.until_idle()
    return station


def _clone(station: SyncStation) -> SyncStation:
    return SyncStation(station.server, copy.deepcopy(station.journal))


def _start(row: Row) -> EpochStart:
    fact = decode_body(row.kind, row.body)
    assert isinstance(fact, EpochStart)
    return fact


def _ids(rows: list[Row]) -> list[str]:
    return [row.rec_id for row in rows]


def test_a_restored_server_gets_everything_again() -> None:
    station = _delivered(3)
    backup = station.server.backup()
    station.record(4)
    station.until_idle()
    station.server.restore(backup)
    station.next_poll()
    station.assert_equal()
    assert len(station.server_rows()) == 7
    assert station.journal.epochs(REC)[-1].epoch == 1


def test_an_empty_server_gets_every_epoch_again() -> None:
    first = _delivered(3)
    backup = copy.deepcopy(first.journal)
    first.record(2)
    first.until_idle()
    station = SyncStation(first.server, backup)
    station.record(2)
    station.until_idle()
    rows = station.server_rows()
    assert {row.epoch for row in rows} == {1, 2}
    station.server.restore(SyncStation().server.backup())
    station.next_poll()
    assert station.server_rows() == rows
    station.assert_equal()


def test_a_restored_station_takes_its_own_records_back_and_goes_on_in_a_new_epoch() -> None:
    station = _delivered(3)
    backup = copy.deepcopy(station.journal)
    lost = station.record(2)
    station.until_idle()
    restored = SyncStation(station.server, backup)
    unsent = restored.record(2)
    restored.until_idle()
    restored.assert_equal()
    rows = restored.server_rows()
    assert [(row.epoch, row.seq) for row in rows] == [(1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (2, 1), (2, 2), (2, 3)]
    assert _ids(rows[3:5]) == _ids(lost)
    assert _ids(rows[6:]) == _ids(unsent)
    start = _start(rows[5])
    assert (start.parent_epoch, start.parent_seq, start.parent_hash) == (1, 3, rows[2].hash.hex())
    assert "record 5 of rec epoch 1 is another one" in start.reason
    assert restored.rehomed == [REC]
    assert [(fault.code, fault.alarm) for fault in restored.state.faults] == [("rehomed rec", False)]
    restored.clock.advance(REHOMED_STANDS_S)
    restored.next_poll()
    assert restored.state.faults == ()  # it is over: a second copy would have shown itself long ago


def test_a_station_restored_without_new_records_takes_its_own_back() -> None:
    station = _delivered(2)
    backup = copy.deepcopy(station.journal)
    station.record(3)
    station.until_idle()
    restored = SyncStation(station.server, backup)
    restored.until_idle()
    restored.assert_equal()
    assert len(restored.server_rows()) == 6
    assert "the server has rec epoch 1 up to 5, this journal up to 2" in _start(restored.server_rows()[-1]).reason


def test_a_lost_journal_gets_the_whole_history_back() -> None:
    station = _delivered(700)
    fresh = SyncStation(station.server)
    own = fresh.record(2)
    fresh.until_idle()
    fresh.assert_equal()
    rows = fresh.server_rows()
    assert len(rows) == 703
    assert _ids(rows[701:]) == _ids(own)
    assert (_start(rows[700]).parent_epoch, _start(rows[700]).parent_seq) == (0, 0)


def test_a_clone_delivers_what_both_had_once() -> None:
    station = SyncStation()
    station.record(3)
    common = station.record(2)
    clone = _clone(station)
    station.until_idle()
    own = clone.record(1)
    clone.until_idle()
    clone.assert_equal()
    assert _ids(clone.server_rows())[3:5] == _ids(common)
    assert _ids(clone.server_rows())[-1:] == _ids(own)
    assert clone.rehomed == []


def test_a_record_that_a_clone_moved_before_is_not_moved_twice() -> None:
    station = _delivered(1)
    clone = _clone(station)
    station.record(1)  # at the place where the clone's record stands
    shared = clone.record(1)
    second_clone = _clone(clone)
    station.until_idle()
    clone.until_idle()
    second_clone.until_idle()
    second_clone.assert_equal()
    assert _ids(second_clone.server_rows()).count(shared[0].rec_id) == 1


def test_a_second_fork_is_an_alarm() -> None:
    station = _delivered(1)
    clone = _clone(station)
    for _ in range(2):
        clone.record()
        clone.next_poll() if clone.state.name is SyncPhase.IDLE else clone.until_idle()
        station.record()
        station.next_poll()
    assert "no second copy" in station.state.alarms[0].text


def test_the_common_row_is_found_far_back() -> None:
    station = _delivered(2)
    backup = copy.deepcopy(station.journal)
    station.record(2500)
    station.until_idle()
    restored = SyncStation(station.server, backup)
    restored.record(2600)
    restored.until_idle()
    restored.assert_equal()
    assert len(restored.server_rows()) == 2 + 2500 + 1 + 2600


def _move_on(station: SyncStation, new_epoch: int) -> list[Row]:
    """Start a new epoch here and add a record, without the server."""
    parent = station.journal.head(REC)
    station.journal.rehome(REC, parent, new_epoch, epoch_start(parent), []).result()
    return station.record()


def test_an_epoch_that_only_the_server_has_is_taken_over() -> None:
    station = _delivered(2)
    clone = _clone(station)
    _move_on(clone, 2)
    clone.until_idle()
    own = _move_on(station, 3)
    station.next_poll()
    station.assert_equal()
    assert {row.epoch for row in station.server_rows()} == {1, 2, 4}
    assert _ids(station.server_rows())[-1:] == _ids(own)


def test_both_channels_part_on_their_own() -> None:
    station = SyncStation()
    station.record(2, REC)
    station.record(2, AUDIT)
    station.until_idle()
    backup = copy.deepcopy(station.journal)
    station.record(1, AUDIT)
    station.until_idle()
    restored = SyncStation(station.server, backup)
    restored.until_idle()
    restored.assert_equal()
    assert restored.rehomed == [AUDIT]
    assert restored.journal.epochs(REC)[-1].epoch == 1


# --- tampering --------------------------------------------------------------------------------------------------


def _tamper_at_server(station: SyncStation, seq: int, **changes: object) -> None:
    logged = station.server.state.logs[STATION, REC, 1]
    row = dataclasses.replace(logged[seq - 1].row, **changes)  # type: ignore[arg-type]  # header fields by name
    logged[seq - 1] = LoggedRow(STATION, row, 0)


def _alarm(station: SyncStation) -> str:
    for _ in range(40):
        result = station.synchronizer.step()
        if [fault.code for fault in station.state.alarms] == ["tampered"]:
            return station.state.alarms[0].text
        station.clock.advance(result.delay_s)
    raise AssertionError(f"no alarm: {station.state}")


def test_a_last_row_that_was_changed_at_the_server_is_an_alarm_and_changes_nothing_here() -> None:
    station = _delivered(5)
    before = list(station.journal.all_rows(REC))
    _tamper_at_server(station, 5, body=b"{}", hash=b"x" * 32)
    station.clock.advance(15)
    assert "seq 5: content does not match its hash" in _alarm(station)
    assert list(station.journal.all_rows(REC)) == before


def test_a_delivered_record_that_was_changed_here_and_chained_anew_is_an_alarm() -> None:
    station = _delivered(2)
    forged = SyncStation(station.server)
    ids = iter(_ids(list(station.journal.all_rows(REC))))
    forged.ids.next = lambda wall_us: next(ids)  # type: ignore[method-assign]  # the same records, other content
    forged.clock.step_wall(77)
    forged.record(2)
    forged.ids.next = station.ids.next  # type: ignore[method-assign]  # honest again
    assert "has one content in this journal" in _alarm(forged)
    assert station.server_rows() == list(station.journal.all_rows(REC))


def test_an_undelivered_record_that_was_changed_here_is_an_alarm() -> None:
    station = _delivered(2)
    row = station.record()[0]
    station.journal._rows[REC, 1, 3] = dataclasses.replace(row, body=b'{"text":"forged"}')
    assert "the content does not match its hash" in _alarm(station)
    assert len(station.server_rows()) == 2


@pytest.mark.parametrize("gone", [range(1, 3), range(1, 5)])
def test_records_that_nobody_has_any_more_are_an_alarm(gone: range) -> None:
    station = _delivered(5)
    backup = station.server.backup()
    backup.logs[STATION, REC, 1] = backup.logs[STATION, REC, 1][:1]
    station.server.restore(backup)
    for seq in gone:
        del station.journal._rows[REC, 1, seq]
    station.clock.advance(15)
    assert "no longer has" in _alarm(station) or "only from" in _alarm(station)
