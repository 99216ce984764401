"""What the line overview reads through a reader's login."""

from __future__ import annotations

import msgspec
import pytest

from station_app.domain.chain import REC
from station_app.domain.records import Comment, JobState
from station_app.domain.status import AlarmStatus, CallStatus, StationStatus
from station_app.services.ports import Refused, SharedDatabaseError
from station_app.storage.shared import PostgresSharedDatabase
from station_app.storage.shared.admin import resolve_quarantine
from station_app.storage.shared.audit import Delivered, delivered_records
from station_app.storage.shared.overview import LineReader
from tests.shared_database import STATION_A, STATION_B, ChainWriter, PlantDatabase


def status(**changes: object) -> StationStatus:
    values = {"station": STATION_A, "name": "ASM-10", "state": 1000, "state_text": "producing", "sent_us": 5}
    return StationStatus(**{**values, **changes})  # type: ignore[arg-type]  # fields of their own types


def test_every_station_is_shown_with_its_last_status_and_its_age(plant: PlantDatabase) -> None:
    station, reader = PostgresSharedDatabase(plant.address(STATION_A)), LineReader(plant.address("reader"))
    station.status(status(waiting=3))
    latest = status(
        waiting=7, serial="GR-1", calls=(CallStatus("c", "andon", "parts", 1),),
        alarms=(AlarmStatus("a", "press", "gone", "unacknowledged, active", "high", 1),),
    )  # fmt: skip
    station.status(latest)
    first, second = reader.line_status()
    assert first.status == latest
    assert first.contact_age_s is not None
    assert 0 <= first.contact_age_s < 30
    assert (second.status.station, second.status.name, second.contact_age_s) == (STATION_B, "ASM-20", None)
    plant.sql("UPDATE mes.station_status SET received_at = received_at - interval '1 minute'")
    aged = reader.line_status()[0].contact_age_s
    assert aged is not None
    assert 60 <= aged < 90
    station.close()
    reader.close()


def test_a_station_cannot_speak_for_another_nor_blind_the_overview(plant: PlantDatabase) -> None:
    station, reader = PostgresSharedDatabase(plant.address(STATION_B)), LineReader(plant.address("reader"))
    station.status(status(station=STATION_A))
    first, second = reader.line_status()
    assert first.contact_age_s is None
    assert second.status.station == STATION_B
    beyond = status(alarms=(AlarmStatus("a", "press", "gone", "unacknowledged, active", "high", 1 << 62),))
    not_utf8 = b'{"station":"\xff","name":"x","state":1,"state_text":"","sent_us":1}'
    for unreadable in (b"\xff", not_utf8, b"[" * 100_000, msgspec.json.encode(beyond)):
        plant.sql("UPDATE mes.station_status SET status = %s", unreadable)
        told = [line.status.state_text for line in reader.line_status()]
        assert told == ["never in contact", "status cannot be read"]
    station.close()
    reader.close()


def test_units_are_read_across_stations(plant: PlantDatabase) -> None:
    station, reader = PostgresSharedDatabase(plant.address(STATION_A)), LineReader(plant.address("reader"))
    chain = ChainWriter(STATION_A)
    chain.row(
        JobState(
            job_id="J", serial="GR-1", order_id="O", operation="10", state="Running", product="GR", work_master_id="W",
            work_master_version="1", work_master_sha256="0" * 64,
        )
    )  # fmt: skip
    station.append_batch(REC, 1, 1, chain.rows)
    assert [logged.row for logged in reader.trace("GR-1")] == chain.rows
    assert [unit.state for unit in reader.unit_status("GR-1")] == ["Running"]
    assert reader.component_use("GR-1") == []
    station.close()
    reader.close()


def test_quarantine_is_visible_until_it_is_resolved(plant: PlantDatabase) -> None:
    station, reader = PostgresSharedDatabase(plant.address(STATION_A)), LineReader(plant.address("reader"))
    chain = ChainWriter(STATION_A)
    poison = chain.row(Comment(text="x"), body=b'{"text":"a\\u0000b"}')
    chain.row(Comment(text="x"), kind="telepathy")
    station.append_batch(REC, 1, 1, chain.rows)
    first, second = reader.quarantine()
    assert (first.station, first.seq, first.rec_id, first.sqlstate, first.attempts) == (
        STATION_A, 1, poison.rec_id, "22P05", 1,
    )  # fmt: skip
    assert second.message == "kind telepathy version 1 waits for a migration"
    resolve_quarantine(plant.admin_url, (STATION_A, REC, 1, 1), "q.engineer", "a fault of the scanner")
    assert [quarantined.seq for quarantined in reader.quarantine()] == [2]
    with pytest.raises(SharedDatabaseError, match="seq 9"):
        resolve_quarantine(plant.admin_url, (STATION_A, REC, 1, 9), "q.engineer", "x")
    station.close()
    reader.close()


def test_everything_delivered_is_listed_for_an_auditor(plant: PlantDatabase) -> None:
    station = PostgresSharedDatabase(plant.address(STATION_A))
    chain = ChainWriter(STATION_A)
    chain.many(3)
    station.append_batch(REC, 1, 1, chain.rows)
    station.close()
    found = list(delivered_records(plant.address("auditor")))
    assert found == [Delivered(STATION_A, REC, 1, row.seq, row.rec_id, "comment") for row in chain.rows]
    with pytest.raises(Refused):
        list(delivered_records(plant.address("reader")))
