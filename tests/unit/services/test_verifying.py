"""The comparison of a journal with the server names the first record that differs."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
from typing import Any

import pytest

from station_app.domain.chain import AUDIT, REC
from station_app.domain.log import LoggedRow
from station_app.services import verifying
from station_app.services.verifying import compare_store, compare_with_server, damaged_master
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


def _with_master() -> SyncStation:
    station = SyncStation()
    for name in "ab":
        station.server.publish("reasons", name, name.encode())
    station.until_idle()
    return station


def test_master_data_that_is_alike_and_what_is_not_pulled_yet_are_no_difference() -> None:
    station = _with_master()
    station.server.publish("reasons", "a", b"newer")
    station.server.publish("reasons", "b", b"", "remove")
    assert compare_store(station.journal, station.database) == []
    station.until_idle()
    assert compare_store(station.journal, station.database) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"id": "z"}, ["reasons a: this station has it, the server does not", "reasons z: the server has it"]),
        ({"kind": "tool"}, ["reasons a: this station has it, the server does not", "tool a: the server has it"]),
        ({"op": "remove"}, ["reasons a: this station has it, the server does not"]),
        (
            {"body": b"x", "sha256": hashlib.sha256(b"x").hexdigest()},
            ["reasons a: this station has another content than the server"],
        ),
    ],
)
def test_master_data_that_somebody_changed_at_the_server_is_named(change: dict[str, Any], expected: list[str]) -> None:
    """Its kind, its name and what was done stand outside of its hash."""
    station = _with_master()
    master = station.server.state.master
    master[0] = dataclasses.replace(master[0], **change)
    found = compare_store(station.journal, station.database)
    assert len(found) == len(expected)
    for text, difference in zip(expected, found, strict=True):
        assert text in difference


def test_a_document_that_somebody_changed_in_the_journal_is_named() -> None:
    station = _with_master()
    assert damaged_master(station.journal) == []
    item = station.journal.master("reasons")[1]
    station.journal.apply_master([dataclasses.replace(item, body=b"x")], 2, snapshot=False).result()
    assert damaged_master(station.journal) == ["master data reasons b (revision 2): does not match its SHA-256"]


def test_a_sealed_file_that_the_server_lacks_is_named() -> None:
    station = SyncStation()
    blob, other = station.capture(b"picture"), station.capture(b"another")
    station.until_idle()
    assert compare_store(station.journal, station.database) == []
    del station.server.state.sealed[blob.sha256]
    (difference,) = compare_store(station.journal, station.database)
    assert blob.sha256 in difference
    assert other.sha256 not in difference
