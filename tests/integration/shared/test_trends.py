"""Machine data on the real server: what a supervisor sees of any station, and what nobody may do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from station_app.domain.trend import GapKind
from station_app.storage.shared import PostgresSharedDatabase
from station_app.storage.shared.block_cache import BlockCache
from station_app.storage.shared.trends import ArrivedTrends, SharedTrendHistory
from tests.machine_data import T0_US, Bench, ramp
from tests.shared_database import STATION_A, STATION_B, PlantDatabase


@pytest.fixture
def delivered(plant: PlantDatabase, tmp_path: Path) -> Iterator[Bench]:
    """A station's past of 20 blocks, all delivered."""
    bench = Bench(tmp_path)
    bench.store(ramp(20 * 1024))
    client = PostgresSharedDatabase(plant.address(STATION_A), station=STATION_A)
    for block in bench.outbox.waiting(100):
        client.trend_put(block)
        client.trend_put(block)
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
