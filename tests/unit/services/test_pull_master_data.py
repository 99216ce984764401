"""Master data: pages with their cursor, snapshots after a restore, and documents that are not what they say."""

from __future__ import annotations

import dataclasses

import pytest

from station_app.services import pull_master_data
from tests.sync_station import SyncStation


def _documents(station: SyncStation) -> dict[str, bytes]:
    return {change.id: change.body for change in station.journal.master("reasons")}


def test_changes_are_pulled_in_pages_and_applied_with_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull_master_data, "PAGE_CHANGES", 3)
    station = SyncStation()
    for number in range(10):
        station.server.publish("reasons", f"r{number % 4}", str(number).encode())
    station.server.publish("reasons", "r0", b"", "remove")
    station.until_idle()
    assert _documents(station) == {"r1": b"9", "r2": b"6", "r3": b"7"}
    assert station.journal.master_cursor() == 11


def test_nothing_new_applies_nothing() -> None:
    station = SyncStation()
    station.server.publish("reasons", "a", b"1")
    station.until_idle()
    applied = station.journal.master("reasons")
    station.next_poll()
    assert station.journal.master("reasons") == applied


def test_a_hint_pulls_at_once() -> None:
    station = SyncStation()
    station.until_idle()
    station.server.publish("reasons", "a", b"1")
    station.synchronizer.step()
    assert _documents(station) == {}
    station.synchronizer.hint()
    station.synchronizer.step()
    assert _documents(station) == {"a": b"1"}


def test_a_cursor_beyond_the_server_takes_a_snapshot() -> None:
    station = SyncStation()
    station.server.publish("reasons", "a", b"1")
    backup = station.server.backup()
    station.server.publish("reasons", "b", b"2")
    station.until_idle()
    station.server.restore(backup)
    station.next_poll()
    assert _documents(station) == {"a": b"1"}
    assert station.journal.master_cursor() == 1


@pytest.mark.parametrize("published", [["c"], ["c", "d"], ["c", "d", "e"]])
def test_a_restored_server_that_published_anew_is_noticed(published: list[str]) -> None:
    station = SyncStation()
    station.server.publish("reasons", "a", b"1")
    backup = station.server.backup()
    station.server.publish("reasons", "b", b"2")
    station.until_idle()
    station.server.restore(backup)
    for name in published:
        station.server.publish("reasons", name, b"3")
    station.next_poll()
    assert _documents(station) == {"a": b"1"} | dict.fromkeys(published, b"3")


def test_a_removal_at_the_cursor_is_compared_too() -> None:
    station = SyncStation()
    station.server.publish("reasons", "a", b"1")
    backup = station.server.backup()
    station.server.publish("reasons", "b", b"2")
    station.until_idle()
    station.server.restore(backup)
    station.server.publish("reasons", "a", b"", "remove")
    station.next_poll()
    assert _documents(station) == {}


def test_a_document_that_does_not_match_its_hash_is_not_taken_over() -> None:
    station = SyncStation()
    station.server.publish("reasons", "a", b"1")
    station.until_idle()
    station.server.publish("reasons", "a", b"2")
    station.server.publish("reasons", "b", b"3")
    change = station.server.state.master[1]
    station.server.state.master[1] = dataclasses.replace(change, body=b"forged")
    station.next_poll()
    assert _documents(station) == {"a": b"1", "b": b"3"}
    assert "reasons a (revision 2) does not match its hash" in station.state.alarms[0].text
    station.next_poll()
    assert _documents(station) == {"a": b"1", "b": b"3"}
    station.server.publish("reasons", "a", b"4")
    station.next_poll()
    assert _documents(station) == {"a": b"4", "b": b"3"}
    assert station.state.faults == ()


def test_a_document_repaired_in_its_place_is_taken_and_no_fault_stands() -> None:
    station = SyncStation()
    station.server.publish("reasons", "a", b"1")
    whole = station.server.state.master[0]
    station.server.state.master[0] = dataclasses.replace(whole, body=b"forged")
    blob = station.capture(b"a")
    station.until_idle()
    assert "reasons a (revision 1)" in station.state.alarms[0].text
    assert blob.sha256 in station.server.state.sealed
    station.server.state.master[0] = whole  # no new revision says so
    station.next_poll()
    assert _documents(station) == {"a": b"1"}
    assert station.state.faults == ()


def test_a_work_master_that_cannot_be_read_is_named() -> None:
    station = SyncStation()
    station.server.publish("work_master", "wm@1", b"not JSON")
    station.until_idle()
    assert "work master wm@1" in station.state.alarms[0].text
