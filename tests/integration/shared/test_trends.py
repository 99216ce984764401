"""Machine data on the real server: what a supervisor sees of any station, and what nobody may do."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from station_app.domain.ids import RecordIds
from station_app.domain.trend import GapKind
from station_app.services.line_trends import LineTrends
from station_app.services.recording import Recorder
from station_app.services.sync_state import SyncPhase
from station_app.services.synchronize import build_synchronizer
from station_app.storage.shared import PostgresSharedDatabase
from station_app.storage.shared.block_cache import BlockCache
from station_app.storage.shared.overview import LineReader
from station_app.storage.shared.trends import ArrivedTrends, SharedTrendHistory
from tests.fakes.clock import FakeClock
from tests.fakes.evidence import FakeEvidenceStore
from tests.fakes.journal import FakeJournal
from tests.machine_data import T0_US, Bench, block, ramp
from tests.shared_database import STATION_A, STATION_B, PlantDatabase
from tests.waiting import wait_until


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1, thread_name_prefix="pool") as made:
        yield made


@pytest.fixture
def delivered(plant: PlantDatabase, tmp_path: Path) -> Iterator[Bench]:
    """A station's past of 20 blocks, all delivered."""
    bench = Bench(tmp_path)
    bench.store(ramp(20 * 1024))
    client = PostgresSharedDatabase(plant.address(STATION_A), station=STATION_A)
    for sealed in bench.outbox.waiting(100):
        client.trend_put(sealed)
        client.trend_put(sealed)
    client.close()
    yield bench
    bench.close()


@pytest.fixture
def seen(plant: PlantDatabase) -> Iterator[SharedTrendHistory]:
    """Station A as a supervisor sees it."""
    history = SharedTrendHistory(plant.address("reader"), STATION_A)
    yield history
    history.close()


def test_a_supervisor_sees_what_the_station_sees(delivered: Bench, seen: SharedTrendHistory) -> None:
    span = (T0_US + 1_500_000_000, T0_US + 4_000_000_000)
    here, there = delivered.history.read_raw("force", *span, 10_000), seen.read_raw("force", *span, 10_000)
    assert here.time_us.tolist() == there.time_us.tolist()
    assert here.value.tolist() == there.value.tolist()
    (tag,) = seen.tags()
    assert (tag.name, tag.count) == ("force", 20 * 1024)
    here_far, there_far = (h.envelope("force", *span, 100) for h in (delivered.history, seen))
    assert np.array_equal(here_far.maximum, there_far.maximum)
    assert seen.read_raw("unknown", *span, 10).time_us.size == 0


def test_many_blocks_come_in_several_answers(plant: PlantDatabase, delivered: Bench, seen: SharedTrendHistory) -> None:
    source = plant.sql("SELECT pg_get_functiondef('mes.line_trend_content'::regproc)")[0][0]
    assert "1048576" in source
    try:
        plant.sql(source.replace("1048576", "2000"))
        found = seen.read_raw("force", 0, 1 << 62, 100_000)
    finally:
        plant.sql(source)
    assert found.value.tolist() == [float(n) for n in range(20 * 1024)]


def test_a_block_changed_on_the_server_is_told(
    plant: PlantDatabase, delivered: Bench, seen: SharedTrendHistory
) -> None:
    plant.sql("UPDATE mes.trend_block SET content = content || 'x' WHERE start_us = %s", T0_US + 1024 * 1_000_000)
    found = seen.read_raw("force", 0, 1 << 62, 100_000)
    assert found.time_us.size == 19 * 1024
    assert [gap.kind for gap in found.gaps] == [GapKind.DAMAGED]


def test_what_was_fetched_is_not_fetched_again(plant: PlantDatabase, delivered: Bench) -> None:
    client, cache = PostgresSharedDatabase(plant.address(STATION_B), station=STATION_B), BlockCache()
    trends = ArrivedTrends(client, STATION_A, cache)
    before = trends.read_raw("force", 0, 1 << 62, 100_000)
    plant.sql("UPDATE mes.trend_block SET content = 'gone'")
    again = trends.read_raw("force", 0, 1 << 62, 100_000)
    assert (again.value.tolist(), again.gaps) == (before.value.tolist(), ())
    empty = BlockCache()
    others = ArrivedTrends(client, STATION_A, empty).read_raw("force", 0, 1 << 62, 10)
    assert {gap.kind for gap in others.gaps} == {GapKind.DAMAGED}
    assert empty.size_bytes == 0, "what is damaged is not kept as if it were not"
    client.close()


def test_very_many_blocks_are_drawn_from_what_is_known_of_them(
    delivered: Bench, seen: SharedTrendHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (T0_US, T0_US + 20 * 1024 * 1_000_000)
    exact = seen.envelope("force", *whole, 20)
    monkeypatch.setattr("station_app.storage.shared.trends.MOST_READ", 10)
    rough = seen.envelope("force", *whole, 20)
    assert (rough.count.sum(), rough.minimum[0], rough.maximum[-1]) == (20 * 1024, 0.0, 20 * 1024 - 1)
    assert rough.mean == pytest.approx(exact.mean)


def test_the_login_decides_whose_a_block_is(plant: PlantDatabase, delivered: Bench) -> None:
    assert plant.sql("SELECT DISTINCT station FROM mes.trend_block") == [(STATION_A,)]
    other = SharedTrendHistory(plant.address("reader"), STATION_B)
    assert other.tags() == []
    other.close()


def deliver_all(bench: Bench, plant: PlantDatabase) -> None:
    """A station's application on the real server: started, and stopped when nothing is left to send."""
    journal, clock = FakeJournal(STATION_A), FakeClock()
    client = PostgresSharedDatabase(plant.address(STATION_A), station=STATION_A)
    recorder = Recorder(journal, clock, RecordIds())
    synchronizer = build_synchronizer(journal, client, FakeEvidenceStore(), recorder, clock, trends=bench.outbox)
    for _ in range(100):
        if synchronizer.step().delay_s:
            break
    client.close()
    assert synchronizer.state.name is SyncPhase.IDLE


def test_the_newest_samples_and_a_crash_reach_the_line(
    plant: PlantDatabase, tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    bench = Bench(tmp_path, station=STATION_A)
    bench.store(ramp(1500))
    deliver_all(bench, plant)
    reader = LineReader(plant.address("reader"))
    line = LineTrends(reader, lambda path: ArrivedTrends(reader, path, BlockCache()), pool).station(STATION_A)
    known = line.look(T0_US).result()
    assert known.tags["force"].end_us == T0_US + 1_499_000_000
    assert line.read_raw("force", 0, 1 << 62, 10_000).value.tolist() == [float(n) for n in range(1500)]
    bench.crash()
    bench.clock.advance(3600)
    bench.start()
    bench.store(ramp(600, T0_US + 3_600_000_000))
    deliver_all(bench, plant)
    known = line.look(T0_US).result()
    assert [gap.kind for gap in known.gaps] == [GapKind.CRASH, GapKind.NOT_RUNNING]
    assert known.reach_us == bench.clock.wall_us() - 2_000_000
    drawn = line.envelope("force", T0_US, T0_US + 5_000_000_000, 100)
    assert set(known.gaps) <= set(drawn.gaps) and int(drawn.count.sum()) == 2100
    assert plant.sql("SELECT count, (SELECT count(*) FROM mes.trend_block) FROM mes.trend_tail") == [(52, 2)]
    history = SharedTrendHistory(plant.address("reader"), STATION_A)
    (tag,) = history.tags()
    assert (tag.count, tag.end_us) == (2100, T0_US + 4_199_000_000)
    assert history.read_raw("force", 0, 1 << 62, 10_000).gaps == known.gaps, "“station history” tells them as well"
    history.close()
    reader.close()
    bench.close()


def test_a_call_of_a_killed_process_puts_no_tail_behind_its_block(
    plant: PlantDatabase, pool: ThreadPoolExecutor
) -> None:
    tail, sealed = block("t", [1.0, 2.0]), block("t", [1.0, 2.0, 3.0])
    client = PostgresSharedDatabase(plant.address(STATION_A), station=STATION_A)
    put = "SELECT mes.trend_tail_put(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    with plant.connect(STATION_A) as killed:
        killed.autocommit = False
        killed.execute(put.encode(), astuple(tail)[1:])
        delivered = pool.submit(client.trend_put, sealed)
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        wait_until(lambda: plant.sql(waiting) == [(1,)] or delivered.done(), 5, "the block to wait for the other call")
        killed.commit()
        delivered.result()
    assert [b.count for b in client.line_blocks(STATION_A, "t", 0, 1 << 62)] == [3]
    client.close()
