"""Projection: poison is set aside and visible, neighbours arrive, arrival order does not matter, rebuilding changes nothing."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from station_app.domain.chain import MAX_BODY_BYTES, REC, Row
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    Comment,
    EpochStart,
    EquipmentState,
    EvidenceCaptured,
    Fact,
    MachineValue,
    Measurement,
    encode_body,
)
from station_app.services.ports import ChainBroken, Unreachable
from station_app.storage.shared import PostgresSharedDatabase
from station_app.storage.shared.admin import rebuild_projection, retry_quarantine
from station_app.storage.shared.schema import reporting_tables
from tests.shared_database import BASE_US, STATION_A, STATION_B, ChainWriter, PlantDatabase

ON_STEP: dict[str, Any] = {"job_id": "J1", "serial": "GR-1", "order_id": "4711", "operation": "10", "step_id": "press"}


@pytest.fixture
def station(plant: PlantDatabase) -> Iterator[PostgresSharedDatabase]:
    client = PostgresSharedDatabase(plant.address(STATION_A))
    yield client
    client.close()


def measurement(value_text: str = "12.50", **changes: Any) -> Measurement:
    values = {
        "characteristic": "bore",
        "value_text": value_text,
        "unit": "mm",
        "source": "gauge",
        "outcome": Outcome.PASS,
    }
    return Measurement(**{**ON_STEP, **values, **changes})


def machine_value(value_text: str) -> MachineValue:
    return MachineValue(
        **ON_STEP, characteristic="force", tag="f", address="opcua://p/ns=2;s=F", value_text=value_text, unit="kN",
        quality="Good", status="Good", received_us=BASE_US, outcome=Outcome.PASS,
    )  # fmt: skip


def contents(plant: PlantDatabase) -> dict[str, list[Any]]:
    """Every reporting table and the quarantine, as far as it is not a count of attempts."""
    columns = "station, chan, epoch, seq, rec_id, kind, ver, sqlstate, message, serials, resolved_by, resolution"
    statements = {name: f'SELECT * FROM mes."{name}" ORDER BY rec_id' for name in reporting_tables}
    statements["quarantine"] = f"SELECT {columns} FROM mes.quarantine ORDER BY station, chan, epoch, seq"
    with plant.connect() as admin:
        return {name: admin.execute(statement.encode()).fetchall() for name, statement in statements.items()}


def test_fields_arrive_with_their_types(plant: PlantDatabase, station: PostgresSharedDatabase) -> None:
    chain = ChainWriter(STATION_A)
    row = chain.row(measurement("0.1250", nominal="0.12", lower_limit="", upper_limit="1.3E-1"), clock_offset_ms=1500)
    picture = chain.row(
        EvidenceCaptured(
            **ON_STEP, sha256="0" * 64, media_type="image/jpeg", size_bytes=9, width_px=4, height_px=3, camera="c", view="v",
            sharpness=0.25, codes=("GR-1", 'a,"b"'), outcome=Outcome.FAIL,
        )
    )  # fmt: skip
    station.append_batch(REC, 1, 1, chain.rows)
    found = plant.sql(
        "SELECT rec_id, station, seq, actor, value_text, value_text_number, nominal_number, lower_limit_number,"
        " upper_limit_number, attempt, (extract(epoch FROM wall_time) * 1000000)::bigint,"
        " (extract(epoch FROM corrected_time) * 1000000)::bigint FROM mes.measurement"
    )
    assert found == [
        (row.rec_id, STATION_A, 1, "p.novak", "0.1250", Decimal("0.1250"), Decimal("0.12"), None, Decimal("0.13"), 1,
         row.wall_us, row.wall_us + 1_500_000)
    ]  # fmt: skip
    columns = "rec_id, codes, faults, sharpness, outcome, size_bytes"
    assert plant.sql(f"SELECT {columns} FROM mes.evidence_captured") == [
        (picture.rec_id, ["GR-1", 'a,"b"'], [], 0.25, "FAIL", 9)
    ]


POISON: dict[str, tuple[Fact, dict[str, Any], str]] = {
    "NUL in JSON": (Comment(text="x"), {"body": b'{"text":"a\\u0000b"}'}, "22P05"),
    "NUL byte": (Comment(text="x"), {"body": b'{"text":"a\x00b"}'}, "22021"),
    "bad UTF-8": (Comment(text="x"), {"body": b'{"text":"\xff\xfe"}'}, "22021"),
    "not JSON": (Comment(text="x"), {"body": b"<html>"}, "22P02"),
    "not an object": (Comment(text="x"), {"body": b"[1]"}, "22023"),
    "missing field": (Comment(text="x"), {"body": b"{}"}, "23502"),
    "word for a number": (Comment(text="x"), {"kind": "equipment_state", "body": b'{"state":"up"}'}, "22P02"),
    "NaN": (measurement("NaN"), {}, "22P02"),
    "infinity": (measurement(upper_limit="-Infinity"), {}, "22P02"),
    "error frame as reading": (measurement("ERR6"), {}, "22P02"),
    "machine NaN": (machine_value("nan"), {}, "22P02"),
    "number beyond all bounds": (measurement("1e9999"), {"body": encode_body(measurement("1" + "0" * 140000))}, "22003"),
    "unknown kind": (Comment(text="x"), {"kind": "telepathy"}, "MES10"),
    "kind that is SQL": (Comment(text="x"), {"kind": "comment\"; DROP TABLE mes.station; --"}, "MES10"),
    "newer version": (Comment(text="x"), {"ver": 2}, "MES10"),
    "year 300000": (Comment(text="x"), {"wall_us": 2**63 - 1}, "22008"),
    "nested without end": (Comment(text="x"), {"body": b"[" * 1_000_000}, "54001"),
    "lone surrogate": (Comment(text="x"), {"body": b'{"text":"\\ud800"}'}, "22P02"),
    "serial too long for an index": (Comment(text="x", serial="".join(map(str, range(3000)))), {}, "54000"),
    "over 1 MiB": (Comment(text="x"), {"body": b'{"text":"' + b"x" * MAX_BODY_BYTES + b'"}'}, "MES11"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(POISON))
def test_poison_is_set_aside_and_neighbours_arrive(
    plant: PlantDatabase, station: PostgresSharedDatabase, name: str
) -> None:
    fact, changes, sqlstate = POISON[name]
    chain = ChainWriter(STATION_A)
    before = [chain.row(Comment(text="before")), chain.row(measurement("1"))]
    poison = chain.row(fact, **changes)
    after = [chain.row(measurement("2")), chain.row(Comment(text="after"))]
    assert station.append_batch(REC, 1, 1, chain.rows) == 5
    assert station.read_log(REC, 1, 0, 10) == chain.rows, "it landed byte for byte"
    found = plant.sql("SELECT rec_id, station, chan, epoch, seq, sqlstate, attempts, resolved_by FROM mes.quarantine")
    assert found == [(poison.rec_id, STATION_A, REC, 1, 3, sqlstate, 1, None)]
    projected = plant.sql("SELECT rec_id FROM mes.comment UNION ALL SELECT rec_id FROM mes.measurement")
    assert {rec_id for (rec_id,) in projected} == {row.rec_id for row in (*before, *after)}


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE mes.station; --", "$$ || pg_sleep(9) --", "{x}", "a\\'b", "%s %(a)s :b"]
)
def test_sql_in_strings_is_text(plant: PlantDatabase, station: PostgresSharedDatabase, text: str) -> None:
    chain = ChainWriter(STATION_A)
    chain.row(Comment(text=text, serial=text), actor=text, boot_id=text)
    station.append_batch(REC, 1, 1, chain.rows)
    assert plant.sql("SELECT text, serial, actor FROM mes.comment") == [(text, text, text)]
    assert [logged.row for logged in station.trace(text)] == chain.rows
    assert plant.sql("SELECT count(*) FROM mes.station") == [(2,)]


def test_a_body_of_exactly_1_mib_is_projected(plant: PlantDatabase, station: PostgresSharedDatabase) -> None:
    chain = ChainWriter(STATION_A)
    body = b'{"text":"' + b"x" * (MAX_BODY_BYTES - 11) + b'"}'
    assert len(body) == MAX_BODY_BYTES
    chain.row(Comment(text="x"), body=body)
    station.append_batch(REC, 1, 1, chain.rows)
    assert plant.sql("SELECT octet_length(text) FROM mes.comment") == [(MAX_BODY_BYTES - 11,)]


def test_a_machine_value_may_be_a_word_and_a_field_may_be_new(
    plant: PlantDatabase, station: PostgresSharedDatabase
) -> None:
    chain = ChainWriter(STATION_A)
    chain.row(machine_value("RUNNING"))
    chain.row(machine_value(" -1.5e3 "))
    chain.row(Comment(text="x"), body=b'{"text":"x","mood":"fine"}')
    station.append_batch(REC, 1, 1, chain.rows)
    found = plant.sql("SELECT value_text_number FROM mes.machine_value ORDER BY seq")
    assert found == [(None,), (Decimal("-1500"),)]
    assert plant.sql("SELECT text, serial FROM mes.comment") == [("x", "")]


def test_a_quarantined_record_is_still_found_by_its_unit(plant: PlantDatabase, station: PostgresSharedDatabase) -> None:
    chain = ChainWriter(STATION_A)
    chain.row(measurement("NaN"))
    station.append_batch(REC, 1, 1, chain.rows)
    assert [logged.row for logged in station.trace("GR-1")] == chain.rows


def test_an_unknown_kind_is_projected_after_a_migration(fresh_plant: PlantDatabase) -> None:
    fresh_plant.sql("DELETE FROM mes.record_kind WHERE kind = 'comment'")
    station = PostgresSharedDatabase(fresh_plant.address(STATION_A))
    chain = ChainWriter(STATION_A)
    chain.row(measurement("NaN"))
    chain.row(Comment(text="from the future"))
    station.append_batch(REC, 1, 1, chain.rows)
    station.close()
    assert fresh_plant.sql("SELECT seq, sqlstate FROM mes.quarantine ORDER BY seq") == [(1, "22P02"), (2, "MES10")]
    fresh_plant.sql("INSERT INTO mes.record_kind VALUES ('comment', 1)")
    assert retry_quarantine(fresh_plant.admin_url) == 2
    assert fresh_plant.sql("SELECT text FROM mes.comment") == [("from the future",)]
    assert fresh_plant.sql("SELECT seq, attempts FROM mes.quarantine") == [(1, 2)]
    fresh_plant.sql("UPDATE mes.quarantine SET resolved_by = 'qe', resolution = 'a typing error'")
    assert retry_quarantine(fresh_plant.admin_url) == 0


# --- the same record more than once ----------------------------------------------------------------------------------


def moved_chain(first: ChainWriter, parent: Row, moved: list[Row], epoch: int = 2, **changes: Any) -> ChainWriter:
    """A later epoch with the same records again, as after a fork; ``changes`` make them say something else."""
    chain = ChainWriter(first.station, epoch=epoch)
    chain.row(EpochStart(parent_epoch=1, parent_seq=parent.seq, parent_hash=parent.hash.hex(), reason="restored"))
    for row in moved:
        header = {
            name: getattr(row, name)
            for name in ("rec_id", "kind", "ver", "actor", "wall_us", "utc_offset_min", "mono_ns", "boot_id", "body")
        }
        chain.row(Comment(text="x"), **{**header, "clock_offset_ms": row.clock_offset_ms, **changes})
    return chain


def test_a_rehomed_record_is_projected_once_at_its_first_place(
    plant: PlantDatabase, station: PostgresSharedDatabase
) -> None:
    first = ChainWriter(STATION_A)
    rows = [first.row(Comment(text="kept")), first.row(measurement("1")), first.row(measurement("NaN"))]
    station.append_batch(REC, 1, 1, rows)
    station.append_batch(REC, 2, 1, moved_chain(first, rows[0], rows[1:]).rows)
    assert plant.sql("SELECT epoch, seq FROM mes.measurement") == [(1, 2)]
    assert plant.sql("SELECT epoch, seq, sqlstate FROM mes.quarantine") == [(1, 3, "22P02")]


def test_another_content_under_the_same_identity_is_quarantined(
    plant: PlantDatabase, station: PostgresSharedDatabase
) -> None:
    first = ChainWriter(STATION_A)
    rows = [first.row(Comment(text="kept")), first.row(Comment(text="true"))]
    forged = moved_chain(first, rows[0], rows[1:], body=b'{"text":"forged"}')
    station.append_batch(REC, 1, 1, rows)
    station.append_batch(REC, 2, 1, forged.rows)
    assert plant.sql("SELECT text FROM mes.comment ORDER BY seq") == [("kept",), ("true",)]
    assert plant.sql("SELECT epoch, seq, sqlstate FROM mes.quarantine") == [(2, 2, "MES12")]


def test_twice_in_one_batch(plant: PlantDatabase, station: PostgresSharedDatabase) -> None:
    chain = ChainWriter(STATION_A)
    row = chain.row(Comment(text="once"))
    chain.row(Comment(text="once"), rec_id=row.rec_id, wall_us=row.wall_us, mono_ns=row.mono_ns)
    chain.row(Comment(text="other"), rec_id=row.rec_id)
    chain.row(Comment(text="next"))
    station.append_batch(REC, 1, 1, chain.rows)
    assert plant.sql("SELECT seq, text FROM mes.comment ORDER BY seq") == [(1, "once"), (4, "next")]
    assert plant.sql("SELECT seq, sqlstate FROM mes.quarantine") == [(3, "MES12")]


Delivery = tuple[str, int, int, list[Row]]


def deliveries() -> list[Delivery]:
    """Batches of two stations and two epochs with repeated and contradicting identities, and poison."""
    a, b = ChainWriter(STATION_A), ChainWriter(STATION_B)
    rows = [
        a.row(Comment(text="kept")),
        a.row(measurement("1")),
        a.row(measurement("NaN")),
        a.row(Comment(text="true")),
    ]
    again = moved_chain(a, rows[0], rows[1:3])
    again.row(Comment(text="forged"), rec_id=rows[3].rec_id)
    again.row(measurement("7"), rec_id=rows[0].rec_id)
    b.row(measurement("5"), rec_id=rows[1].rec_id)
    b.row(Comment(text="b"), kind="telepathy")
    b.row(machine_value("1.5"))
    return [
        (STATION_A, 1, 1, rows[:2]), (STATION_A, 1, 3, rows[2:]), (STATION_A, 2, 1, again.rows), (STATION_B, 1, 1, b.rows[:1]),
        (STATION_B, 1, 2, b.rows[1:]),
    ]  # fmt: skip


def possible_orders(batches: list[Delivery]) -> list[list[int]]:
    """Orders in which the server takes the batches: each epoch in its own order, an epoch after its parent's row."""
    return [
        list(order)
        for order in itertools.permutations(range(len(batches)))
        if order.index(0) < order.index(1) and order.index(3) < order.index(4) and order.index(0) < order.index(2)
    ]


def test_the_projection_does_not_depend_on_the_order_of_arrival(plant: PlantDatabase) -> None:
    batches = deliveries()
    orders = possible_orders(batches)
    assert len(orders) == 20
    clients = {path: PostgresSharedDatabase(plant.address(path)) for path in (STATION_A, STATION_B)}
    emptied = (*reporting_tables, "quarantine", "station_log", "station_head")
    expected: dict[str, list[Any]] | None = None
    for order in orders:
        with plant.connect() as admin:
            for name in emptied:
                admin.execute(f'DELETE FROM mes."{name}"'.encode())
        for number in order:
            path, epoch, first_seq, rows = batches[number]
            clients[path].append_batch(REC, epoch, first_seq, rows)
        found = contents(plant)
        assert expected is None or found == expected, order
        expected = found
    for client in clients.values():
        client.close()
    assert expected is not None
    assert {row[7] for row in expected["quarantine"]} == {"22P02", "MES10", "MES12"}


def test_rebuilding_changes_nothing(plant: PlantDatabase) -> None:
    clients = {path: PostgresSharedDatabase(plant.address(path)) for path in (STATION_A, STATION_B)}
    for path, epoch, first_seq, rows in deliveries():
        clients[path].append_batch(REC, epoch, first_seq, rows)
    many = ChainWriter(STATION_B, chan="audit")
    for number in range(2500):
        many.row(Comment(text=f"remark {number}", serial=f"GR-{number % 7}"))
    clients[STATION_B].append_batch("audit", 1, 1, many.rows)
    for client in clients.values():
        client.close()
    before = contents(plant)
    plant.sql("UPDATE mes.measurement SET value_text = 'tampered'")
    plant.sql("DELETE FROM mes.comment WHERE seq = 17")
    header = "station, chan, epoch, seq, wall_time, corrected_time, actor"
    plant.sql(
        f"INSERT INTO mes.comment SELECT 'fake', {header}, text, serial, job_id, supersedes FROM mes.comment LIMIT 1"
    )
    assert contents(plant) != before
    assert rebuild_projection(plant.admin_url) == 4 + 5 + 3 + 2500
    assert contents(plant) == before


def test_rebuilding_while_a_station_delivers_loses_nothing_and_locks_nobody_out(plant: PlantDatabase) -> None:
    chain = ChainWriter(STATION_A)
    for _ in range(150):
        for fact in (
            measurement("1"),
            Comment(text="x"),
            machine_value("2"),
            EquipmentState(state=1000),
            measurement("NaN"),
        ):
            chain.row(fact)
    delivered: list[int] = []

    def drain() -> None:
        client = PostgresSharedDatabase(plant.address(STATION_A))
        for start in range(0, 750, 5):
            delivered.append(client.append_batch(REC, 1, start + 1, chain.rows[start : start + 5]))
        client.close()

    thread = threading.Thread(target=drain)
    thread.start()
    while thread.is_alive():
        rebuild_projection(plant.admin_url)
    thread.join(60)
    assert delivered == list(range(5, 755, 5)), "no delivery failed for the rebuilding"
    before = contents(plant)
    assert [len(before[kind]) for kind in ("comment", "measurement", "quarantine")] == [150, 150, 150]
    assert rebuild_projection(plant.admin_url) == 750
    assert contents(plant) == before


def test_a_failure_of_the_server_quarantines_nothing(fresh_plant: PlantDatabase) -> None:
    fresh_plant.sql(
        "CREATE FUNCTION mes.no_room() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$"
    )
    fresh_plant.sql("CREATE TRIGGER no_room BEFORE INSERT ON mes.comment FOR EACH ROW EXECUTE FUNCTION mes.no_room()")
    station = PostgresSharedDatabase(fresh_plant.address(STATION_A))
    chain = ChainWriter(STATION_A)
    chain.row(Comment(text="x"))
    with pytest.raises(Unreachable):
        station.append_batch(REC, 1, 1, chain.rows)
    assert fresh_plant.sql("SELECT count(*) FROM mes.quarantine") == [(0,)]
    assert station.hello(REC, 1).last_seq == 0
    fresh_plant.sql("DROP TRIGGER no_room ON mes.comment")
    assert station.append_batch(REC, 1, 1, chain.rows) == 1
    station.close()


def test_the_bodies_are_json_as_written(station: PostgresSharedDatabase) -> None:
    chain = ChainWriter(STATION_A)
    chain.row(Comment(text="Prüfung „ß“ 中文"))
    station.append_batch(REC, 1, 1, chain.rows)
    assert json.loads(station.read_log(REC, 1, 0, 1)[0].body)["text"] == "Prüfung „ß“ 中文"
    with pytest.raises(ChainBroken):
        station.append_batch(REC, 1, 1, ChainWriter(STATION_A).many(1))
