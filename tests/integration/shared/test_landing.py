"""What only the real server shows of landing: limits of a call, many writers, large bodies, a server put back in time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors

from station_app.domain.chain import REC
from station_app.domain.records import Comment, EpochStart
from station_app.services.ports import ChainBroken, Gap, SharedDatabaseError
from station_app.storage.shared import PostgresSharedDatabase
from station_app.storage.shared.verify import verify_server
from tests.shared_database import STATION_A, STATION_B, ChainWriter, PlantDatabase, copied


@pytest.fixture
def station(plant: PlantDatabase) -> Iterator[PostgresSharedDatabase]:
    client = PostgresSharedDatabase(plant.address(STATION_A))
    yield client
    client.close()


def raw_batch(connection: psycopg.Connection[Any], chain: ChainWriter, **changes: Any) -> None:
    """Call append_batch with arrays of the test's own making."""
    rows = chain.rows
    names = ("rec_id", "kind", "ver", "actor", "wall_us", "utc_offset_min", "mono_ns", "boot_id", "clock_offset_ms")
    arrays: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in (*names, "body", "hash")} | changes
    types = ("text", "text", "integer", "text", "bigint", "integer", "bigint", "text", "bigint", "bytea", "bytea")
    marks = ", ".join(f"%s::{kind}[]" for kind in types)
    connection.execute(f"SELECT mes.append_batch('rec', 1, 1, {marks})".encode(), list(arrays.values()))


def test_many_and_large_records_go_in_several_calls(station: PostgresSharedDatabase) -> None:
    chain = ChainWriter(STATION_A)
    large = b'{"text":"' + b"x" * 900_000 + b'"}'
    for _ in range(12):
        chain.row(Comment(text="x"), body=large)
    chain.many(2100)
    assert station.append_batch(REC, 1, 1, chain.rows) == 2112
    assert station.read_log(REC, 1, 0, 3000) == chain.rows


def test_a_call_beyond_its_limits_is_refused(plant: PlantDatabase) -> None:
    chain = ChainWriter(STATION_A)
    chain.many(2001)
    with plant.connect(STATION_A) as connection, pytest.raises(psycopg.Error) as caught:
        raw_batch(connection, chain)
    assert caught.value.sqlstate == "MES03"


@pytest.mark.parametrize("name", ["kind", "actor", "clock_offset_ms", "body", "hash"])
def test_arrays_of_different_length_are_refused(plant: PlantDatabase, name: str) -> None:
    chain = ChainWriter(STATION_A)
    chain.many(3)
    with plant.connect(STATION_A) as connection:
        for shorter in ([], [getattr(row, name) for row in chain.rows[:2]]):
            with pytest.raises(psycopg.Error) as caught:
                raw_batch(connection, chain, **{name: shorter})
            assert caught.value.sqlstate == "MES03"


@pytest.mark.parametrize("name", ["rec_id", "kind", "ver", "actor", "wall_us", "body", "hash"])
def test_nulls_are_refused(plant: PlantDatabase, name: str) -> None:
    chain = ChainWriter(STATION_A)
    chain.many(2)
    values = [getattr(chain.rows[0], name), None]
    with plant.connect(STATION_A) as connection, pytest.raises((errors.NotNullViolation, psycopg.Error)) as caught:
        raw_batch(connection, chain, **{name: values})
    assert caught.value.sqlstate in ("23502", "MES02")
    assert plant.sql("SELECT count(*) FROM mes.station_log") == [(0,)]


def test_two_copies_of_a_station_delivering_at_once_land_each_row_once(plant: PlantDatabase) -> None:
    rows = ChainWriter(STATION_A).many(600)
    failures: list[BaseException] = []

    def drain() -> None:
        client = PostgresSharedDatabase(plant.address(STATION_A))
        try:
            for start in range(0, 600, 20):
                client.append_batch(REC, 1, start + 1, rows[start : start + 20])
        except SharedDatabaseError as error:
            failures.append(error)
        finally:
            client.close()

    threads = [threading.Thread(target=drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert plant.sql("SELECT count(*), count(DISTINCT rec_id) FROM mes.station_log") == [(600, 600)]
    assert plant.sql("SELECT count(*) FROM mes.comment") == [(600,)]
    assert verify_server(plant.address(STATION_A)) == []


def test_two_copies_cannot_begin_the_same_epoch(plant: PlantDatabase, station: PostgresSharedDatabase) -> None:
    first = ChainWriter(STATION_A).many(2)
    station.append_batch(REC, 1, 1, first)
    outcomes: list[str] = []
    barrier = threading.Barrier(4)

    def begin(number: int) -> None:
        chain = ChainWriter(STATION_A, epoch=2)
        start = EpochStart(parent_epoch=1, parent_seq=2, parent_hash=first[1].hash.hex(), reason=f"copy {number}")
        chain.row(start)
        client = PostgresSharedDatabase(plant.address(STATION_A))
        client.hello(REC, 1)
        barrier.wait(20)
        try:
            client.append_batch(REC, 2, 1, chain.rows)
            outcomes.append("begun")
        except ChainBroken:
            outcomes.append("refused")
        finally:
            client.close()

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["begun", "refused", "refused", "refused"]


def test_one_client_serves_several_threads(plant: PlantDatabase, station: PostgresSharedDatabase) -> None:
    station.append_batch(REC, 1, 1, ChainWriter(STATION_A).many(50))
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(station.hello(REC, 1).last_seq)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [50] * 12


def test_a_server_restored_from_a_backup_takes_the_missing_rows_again(fresh_plant: PlantDatabase) -> None:
    rows = ChainWriter(STATION_A).many(30)
    original = PostgresSharedDatabase(fresh_plant.address(STATION_A))
    original.append_batch(REC, 1, 1, rows[:20])
    original.close()
    with copied(fresh_plant.server, fresh_plant, f"{fresh_plant.name}_restored") as copy:
        original = PostgresSharedDatabase(fresh_plant.address(STATION_A))
        original.append_batch(REC, 1, 21, rows[20:])
        original.close()
        restored = PostgresSharedDatabase(copy.address(STATION_A))
        hello = restored.hello(REC, 1)
        assert (hello.last_seq, hello.last_hash) == (20, rows[19].hash), "behind what it once acknowledged"
        with pytest.raises(Gap):
            restored.append_batch(REC, 1, 31, ChainWriter(STATION_A).many(1))
        assert restored.append_batch(REC, 1, 21, rows[20:]) == 30
        assert restored.read_log(REC, 1, 0, 100) == rows
        restored.close()


def test_stations_do_not_wait_for_each_other(plant: PlantDatabase, station: PostgresSharedDatabase) -> None:
    other = ChainWriter(STATION_B)
    other.many(2)
    with psycopg.connect(plant.url(STATION_B)) as holding:
        raw_batch(holding, other)
        assert station.append_batch(REC, 1, 1, ChainWriter(STATION_A).many(2)) == 2
        holding.rollback()
