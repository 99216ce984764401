"""Tampering on the server is found and the first bad record named: any byte, a row, the order, the tail, an epoch, a file."""

from __future__ import annotations

import hashlib

import pytest

from station_app.domain.chain import AUDIT, REC, content_hash
from station_app.domain.outcome import Outcome
from station_app.domain.records import Comment, EpochStart, EvidenceCaptured
from station_app.services.ports import Refused
from station_app.storage.shared import PostgresSharedDatabase
from station_app.storage.shared.admin import Publication, publish
from station_app.storage.shared.verify import ChainFault, verify_server
from tests.shared_database import STATION_A, STATION_B, ChainWriter, PlantDatabase

WHERE = "station = %s AND chan = 'rec' AND epoch = 1"
PICTURE = bytes(range(256)) * 1500


@pytest.fixture
def delivered(plant: PlantDatabase) -> PlantDatabase:
    """Two stations' records in two channels and a second epoch, a picture, and master data."""
    client = PostgresSharedDatabase(plant.address(STATION_A))
    chain = ChainWriter(STATION_A)
    chain.many(9)
    sha256 = hashlib.sha256(PICTURE).hexdigest()
    chain.row(
        EvidenceCaptured(
            job_id="J", serial="S", order_id="O", operation="10", step_id="s", sha256=sha256, media_type="image/png",
            size_bytes=len(PICTURE), width_px=1, height_px=1, camera="c", view="v", outcome=Outcome.PASS,
        )
    )  # fmt: skip
    client.append_batch(REC, 1, 1, chain.rows)
    client.append_batch(AUDIT, 1, 1, ChainWriter(STATION_A, chan=AUDIT).many(3))
    fork = ChainWriter(STATION_A, epoch=2)
    fork.row(EpochStart(parent_epoch=1, parent_seq=8, parent_hash=chain.rows[7].hash.hex(), reason="restored"))
    fork.many(2)
    client.append_batch(REC, 2, 1, fork.rows)
    for number in range(2):
        client.blob_put(sha256, number, PICTURE[number * 262144 : (number + 1) * 262144])
    client.blob_seal(sha256, len(PICTURE), "image/png")
    client.close()
    other = PostgresSharedDatabase(plant.address(STATION_B))
    other.append_batch(REC, 1, 1, ChainWriter(STATION_B).many(4))
    other.close()
    publish(plant.url("publisher"), [Publication("order", str(number), b"{}") for number in range(3)])
    return plant


def both(plant: PlantDatabase) -> list[ChainFault]:
    """The faults that the station finds; the auditor must find the same."""
    own = verify_server(plant.address(STATION_A))
    all_stations = verify_server(plant.address("auditor"))
    assert [fault for fault in all_stations if fault.station in (STATION_A, "")] == own
    assert [fault for fault in all_stations if fault.station == STATION_B] == []
    return own


def places(faults: list[ChainFault]) -> list[tuple[str, int, int]]:
    return [(fault.chan, fault.epoch, fault.seq) for fault in faults]


def test_what_was_delivered_is_in_order(delivered: PlantDatabase) -> None:
    assert both(delivered) == []


@pytest.mark.parametrize(
    "change",
    [
        "body = set_byte(body, 9, get_byte(body, 9) # 1)", "body = body || ' '", "actor = 'x'", "kind = 'hold'", "ver = 2",
        "rec_id = 'x'", "wall_us = wall_us + 1", "utc_offset_min = 0", "mono_ns = 0", "boot_id = ''", "clock_offset_ms = 0",
        "hash = sha256('x')",
    ],
)  # fmt: skip
def test_any_changed_byte_is_found(delivered: PlantDatabase, change: str) -> None:
    delivered.sql(f"UPDATE mes.station_log SET {change} WHERE {WHERE} AND seq = 5", STATION_A)
    faults = both(delivered)
    assert places(faults) == [(REC, 1, 5)]
    assert "content does not match its hash" in str(faults[0])


def test_a_changed_note_of_what_a_record_says_is_found(delivered: PlantDatabase) -> None:
    """By it the server tells a record that came twice from a forged one."""
    delivered.sql(f"UPDATE mes.station_log SET content_sha = sha256('x') WHERE {WHERE} AND seq = 5", STATION_A)
    faults = both(delivered)
    assert places(faults) == [(REC, 1, 5)]
    assert "noted beside it" in str(faults[0])


def test_a_removed_row_is_found(delivered: PlantDatabase) -> None:
    delivered.sql(f"DELETE FROM mes.station_log WHERE {WHERE} AND seq = 4", STATION_A)
    faults = both(delivered)
    assert places(faults) == [(REC, 1, 4)]
    assert "missing" in faults[0].problem


def test_a_removed_tail_is_found(delivered: PlantDatabase) -> None:
    delivered.sql(f"DELETE FROM mes.station_log WHERE {WHERE} AND seq > 8", STATION_A)
    assert places(both(delivered)) == [(REC, 1, 9)]


def test_swapped_rows_are_found(delivered: PlantDatabase) -> None:
    swap = "seq = CASE seq WHEN 3 THEN -6 WHEN 6 THEN -3 END"
    delivered.sql(f"UPDATE mes.station_log SET {swap} WHERE {WHERE} AND seq IN (3, 6)", STATION_A)
    delivered.sql(f"UPDATE mes.station_log SET seq = -seq WHERE {WHERE} AND seq < 0", STATION_A)
    assert places(both(delivered)) == [(REC, 1, 3)]


def test_an_added_row_is_found(delivered: PlantDatabase) -> None:
    columns = (
        "rec_id, kind, ver, actor, wall_us, utc_offset_min, mono_ns, boot_id, clock_offset_ms, body, hash, content_sha"
    )
    delivered.sql(
        f"INSERT INTO mes.station_log (station, chan, epoch, seq, {columns}) SELECT station, chan, epoch, 11, {columns}"
        f" FROM mes.station_log WHERE {WHERE} AND seq = 10",
        STATION_A,
    )
    assert places(both(delivered)) == [(REC, 1, 11)]


def test_a_row_moved_from_another_station_is_found(delivered: PlantDatabase) -> None:
    delivered.sql(f"DELETE FROM mes.station_log WHERE {WHERE} AND seq = 1", STATION_A)
    delivered.sql(f"UPDATE mes.station_log SET station = %s WHERE {WHERE} AND seq = 1", STATION_A, STATION_B)
    assert places(verify_server(delivered.address(STATION_A))) == [(REC, 1, 1)]
    assert [fault.station for fault in verify_server(delivered.address("auditor"))] == [STATION_A, STATION_B]


def test_a_changed_head_is_found(delivered: PlantDatabase) -> None:
    delivered.sql(f"UPDATE mes.station_head SET last_hash = sha256('x') WHERE {WHERE}", STATION_A)
    assert places(both(delivered)) == [(REC, 1, 10)]


def test_rows_without_a_head_are_found_by_the_auditor(delivered: PlantDatabase) -> None:
    delivered.sql(f"DELETE FROM mes.station_head WHERE {WHERE}", STATION_A)
    assert places(verify_server(delivered.address("auditor"))) == [(REC, 1, 10)]


def test_a_recomputed_parent_is_found_by_the_next_epoch(delivered: PlantDatabase) -> None:
    """Who rewrites the end of an epoch with new hashes is found by the epoch that left it there."""
    chain = ChainWriter(STATION_A)
    rows = chain.many(10)
    for row in rows:
        delivered.sql(
            "UPDATE mes.station_log SET rec_id = %s, wall_us = %s, mono_ns = %s, kind = 'comment', actor = %s, body = %s,"
            f" hash = %s, content_sha = %s WHERE {WHERE} AND seq = %s",
            row.rec_id, row.wall_us, row.mono_ns, row.actor, row.body, row.hash, content_hash(row), STATION_A, row.seq,
        )  # fmt: skip
    delivered.sql(f"UPDATE mes.station_head SET last_hash = %s WHERE {WHERE}", rows[-1].hash, STATION_A)
    faults = verify_server(delivered.address(STATION_A))
    assert places(faults) == [(REC, 2, 1)]
    assert "parent" in faults[0].problem


def test_a_changed_file_is_found(delivered: PlantDatabase) -> None:
    delivered.sql("UPDATE mes.blob_chunk SET content = set_byte(content, 7, 0) WHERE chunk_no = 1")
    for who in (STATION_A, "auditor"):
        faults = verify_server(delivered.address(who))
        assert [fault.chan for fault in faults] == ["file"]
        assert faults[0].rec_id == hashlib.sha256(PICTURE).hexdigest()
        assert verify_server(delivered.address(who), files=False) == []


def test_changed_master_data_is_found(delivered: PlantDatabase) -> None:
    delivered.sql("UPDATE mes.master_change SET body = 'x' WHERE rev = 2")
    assert places(both(delivered)) == [("master", 0, 2)]
    delivered.sql("DELETE FROM mes.master_change WHERE rev = 2")
    assert places(both(delivered)) == [("master", 0, 2)]


def test_many_rows_are_verified_in_pages(plant: PlantDatabase) -> None:
    client = PostgresSharedDatabase(plant.address(STATION_A))
    chain = ChainWriter(STATION_A)
    chain.many(2500)
    chain.row(Comment(text="last"))
    client.append_batch(REC, 1, 1, chain.rows)
    client.close()
    assert verify_server(plant.address(STATION_A)) == []
    plant.sql("UPDATE mes.station_log SET actor = 'x' WHERE seq = 2400")
    assert places(verify_server(plant.address("auditor"))) == [(REC, 1, 2400)]


def test_a_reader_may_not_verify(plant: PlantDatabase) -> None:
    with pytest.raises(Refused):
        verify_server(plant.address("reader"))
