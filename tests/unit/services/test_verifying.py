"""The comparison of a journal with the server names the first record that differs."""

from __future__ import annotations

import copy
import dataclasses

import pytest

from station_app.domain.chain import AUDIT, REC
from station_app.domain.log import LoggedRow
from station_app.services import verifying
from station_app.services.verifying import compare_with_server
from tests.sync_station import STATION, SyncStation


def _found(station: SyncStation) -> list[tuple[str, int, int]]:
    return [(found.chan, found.epoch, found.seq) for found in compare_with_server(station.journal, station.database)]


def _delivered(count: int) -> SyncStation:
    station = SyncStation()
    station.record(count)
    station.record(2, AUDIT)
    station.until_idle()
    return station


def test_nothing_differs_and_waiting_records_are_no_difference() -> None:
    station = SyncStation()
    assert _found(station) == []
    station = _delivered(5)
    station.record(3)
    assert _found(station) == []


def test_a_restored_server_is_named_where_it_ends() -> None:
    station = _delivered(5)
    log = station.server.state.logs[STATION, REC, 1]
    del log[3:]
    difference = compare_with_server(station.journal, station.database)[0]
    assert (difference.chan, difference.seq) == (REC, 4)
    assert "acknowledged up to 5" in str(difference)


def test_a_restored_station_is_named_where_it_lacks_records() -> None:
    station = _delivered(5)
    backup = copy.deepcopy(station.journal)
    station.record(2)
    station.until_idle()
    restored = SyncStation(station.server, backup)
    assert _found(restored) == [(REC, 1, 6)]


def test_an_epoch_that_only_the_server_has_is_named() -> None:
    station = _delivered(5)
    backup = copy.deepcopy(station.journal)
    station.record()
    station.until_idle()
    other = SyncStation(station.server, copy.deepcopy(backup))
    other.record()
    other.until_idle()
    assert _found(SyncStation(station.server, backup)) == [(REC, 1, 6), (REC, 2, 1)]


def test_the_first_other_record_is_named_across_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    station = _delivered(7)
    backup = copy.deepcopy(station.journal)
    station.record(9)
    station.until_idle()
    clone = SyncStation(station.server, backup)
    clone.record(12)
    monkeypatch.setattr(verifying, "PAGE_ROWS", 3)
    assert _found(clone) == [(REC, 1, 8)]


def test_a_server_whose_rows_are_gone_under_its_head_is_named() -> None:
    station = _delivered(5)
    log = station.server.state.logs[STATION, REC, 1]
    log[2] = LoggedRow(STATION, dataclasses.replace(log[2].row, hash=b"x" * 32), 0)
    assert _found(station) == []  # the heads agree: the server's own verification finds it
    log[4] = LoggedRow(STATION, dataclasses.replace(log[4].row, hash=b"x" * 32), 0)
    assert _found(station) == [(REC, 1, 3)]
