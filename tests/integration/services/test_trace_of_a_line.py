"""A unit traced through the real shared database: three stations delivered, one of them asks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path

import pytest

from station_app.domain.chain import AUDIT, REC, Draft, Row
from station_app.domain.master_book import MasterBook
from station_app.domain.trace import trace_unit
from station_app.domain.unit_trace import EvidencePresence, FlagCode, UnitState, UnitTrace
from station_app.services.tracing import Tracing
from station_app.storage.evidence import FileEvidenceStore
from station_app.storage.journal import SqliteJournal
from station_app.storage.shared import PostgresSharedDatabase
from station_app.storage.shared.admin import add_station
from tests.records import ASM10, ASM20, BEARING, INS30, PICTURE_TOP, SERIAL, UnitHistory, complete_unit
from tests.shared_database import PlantDatabase

STATIONS = (ASM10, ASM20, INS30)


def rows_of(unit: UnitHistory, station: str, chan: str) -> list[Row]:
    return [logged.row for logged in unit.logs[station].rows if logged.row.chan == chan]


@pytest.fixture
def clients(plant: PlantDatabase) -> Iterator[dict[str, PostgresSharedDatabase]]:
    logins = {path: add_station(plant.admin_url, path) for path in STATIONS}
    line = replace(plant, logins=logins)
    opened = {path: PostgresSharedDatabase(line.address(path)) for path in STATIONS}
    yield opened
    for client in opened.values():
        client.close()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with SqliteJournal(tmp_path / "journal.sqlite", INS30) as opened:
        yield opened


def deliver(unit: UnitHistory, station: str, client: PostgresSharedDatabase) -> None:
    for chan in (REC, AUDIT):
        rows = rows_of(unit, station, chan)
        if rows:
            client.append_batch(chan, 1, 1, rows)


def traced(
    clients: dict[str, PostgresSharedDatabase], journal: SqliteJournal, folder: Path, serial: str = SERIAL
) -> UnitTrace:
    with ThreadPoolExecutor(1) as pool:
        store = FileEvidenceStore(folder / "evidence")
        return Tracing(journal, store, clients[INS30], pool, MasterBook, lambda: True).trace_now(serial)


def test_a_trace_through_the_server_is_the_fold_of_all_records(
    clients: dict[str, PostgresSharedDatabase], journal: SqliteJournal, tmp_path: Path
) -> None:
    unit = complete_unit()
    for station in (ASM10, ASM20):
        deliver(unit, station, clients[station])
    own = [Draft(**{f.name: getattr(row, f.name) for f in fields(Draft)}) for row in rows_of(unit, INS30, REC)]
    journal.append(own).result()
    client = clients[ASM10]
    sha256 = hashlib.sha256(PICTURE_TOP).hexdigest()
    client.blob_put(sha256, 0, PICTURE_TOP)
    client.blob_seal(sha256, len(PICTURE_TOP), "image/jpeg")

    before = traced(clients, journal, tmp_path)
    waiting = before.flag(FlagCode.WAITING)
    assert waiting is not None and len(waiting.rec_ids) == len(own)
    assert before.pictures[0].presence == EvidencePresence(local=False, server=True)

    deliver(unit, INS30, clients[INS30])
    after = traced(clients, journal, tmp_path)
    assert after.flag(FlagCode.WAITING) is None and after.contradictions == ()
    assert after.server_reached and after.state is UnitState.PASSED
    expected = trace_unit(SERIAL, unit.rows)
    for name in ("order_id", "product", "state_text", "record_count", "first_us", "last_us", "heads"):
        assert getattr(after, name) == getattr(expected, name) == getattr(before, name), name
    assert [len(getattr(after, name)) for name in ("jobs", "components", "pictures", "holds", "calls", "alarms")] == [
        len(getattr(expected, name)) for name in ("jobs", "components", "pictures", "holds", "calls", "alarms")
    ]
    assert [m.value_text for m in after.measurements()] == [m.value_text for m in expected.measurements()]
    assert [use.used_in for use in after.components[1].uses] == [SERIAL]
    part = traced(clients, journal, tmp_path, BEARING)
    assert (part.state, [use.used_in for use in part.used_in]) == (UnitState.COMPONENT, [SERIAL])
