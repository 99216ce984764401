"""What is removed, and what never is."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station_app.services.ports import Room
from station_app.storage.historian.retention import (
    MIB,
    HistoryLimits,
    remove_older,
    remove_oldest,
    room_for,
    used_bytes,
)
from tests.machine_data import T0_US, Bench, ramp, sample

LIMITS = HistoryLimits(keep_days=30, max_bytes=100 * MIB, min_free_bytes=1000 * MIB)


def remove(bench: Bench, older_than_us: int | None = None) -> int:
    bench.connection.execute("BEGIN IMMEDIATE")
    removed = (
        remove_oldest(bench.connection) if older_than_us is None else remove_older(bench.connection, older_than_us)
    )
    bench.connection.execute("COMMIT")
    bench.recording.forget_summaries()
    return removed


def deliver(bench: Bench, count: int) -> None:
    bench.outbox.delivered([block.block_id for block in bench.outbox.waiting(count)])
    bench.store()


def test_what_is_not_delivered_is_never_removed(bench: Bench) -> None:
    bench.store(ramp(10_240))
    deliver(bench, 4)
    assert remove(bench) == 4
    assert remove(bench) == 0
    assert bench.values() == [float(n) for n in range(4096, 10_240)]
    bench.clock.advance(400 * 86400)
    assert remove(bench, bench.clock.wall_us()) == 0
    deliver(bench, 2)
    assert remove(bench, bench.clock.wall_us()) == 2


@settings(max_examples=20, deadline=None)
@given(actions=st.lists(st.sampled_from(["store", "deliver", "age", "size", "restart"]), max_size=25))
def test_in_any_order_of_events_undelivered_blocks_stay(
    tmp_path_factory: pytest.TempPathFactory, actions: list[str]
) -> None:
    bench = Bench(tmp_path_factory.mktemp("keep"))
    stored, delivered = 0, 0
    for action in actions:
        if action == "store":
            bench.store(ramp(2048, T0_US + stored * 1_000_000))
            stored += 2048
        elif action == "deliver":
            delivered += len(bench.outbox.waiting(1)) * 1024
            deliver(bench, 1)
        elif action == "restart":
            bench.crash()
            bench.start()
        else:
            bench.clock.advance(1)
            remove(bench, bench.clock.wall_us() if action == "age" else None)
    left = bench.history.read_raw("force", T0_US + delivered * 1_000_000, 1 << 62, 1 << 30)
    assert left.time_us.size == stored - delivered
    bench.close()


def test_without_a_shared_database_age_and_size_decide(tmp_path: Path) -> None:
    bench = Bench(tmp_path, deliver=False)
    bench.store(ramp(4096))
    assert bench.sql("SELECT count(*) FROM waiting") == [(0,)]
    assert remove(bench, bench.clock.wall_us()) == 0, "sealed this moment"
    bench.clock.advance(10)
    assert remove(bench, bench.clock.wall_us()) == 4
    bench.close()


def test_a_devices_wrong_clock_removes_nothing(bench: Bench) -> None:
    bench.store([sample(T0_US - 80_000_000_000 + n, 1.0, received_us=T0_US) for n in range(1024)])
    deliver(bench, 1)
    assert remove(bench, T0_US - 1) == 0


def test_summaries_and_gaps_go_with_the_last_block_they_stand_for(bench: Bench) -> None:
    for number in range(40):
        bench.store(ramp(1024, T0_US + number * 1_024_000_000))
    deliver(bench, 100)
    assert remove(bench) == 40
    assert bench.sql("SELECT count(*) FROM block") == [(0,)]
    for number in range(40, 60):
        bench.store(ramp(1024, T0_US + number * 1_024_000_000))
    found = bench.history.envelope("force", T0_US, T0_US + 60 * 1_024_000_000, 10)
    assert found.count.sum() == 20 * 1024


def test_freed_room_is_used_again(bench: Bench) -> None:
    noise = random.Random(5)
    sizes = []
    for number in range(6):
        bench.store([sample(T0_US + number * 10**10 + n * 1000, noise.random()) for n in range(20_480)])
        deliver(bench, 1000)
        sizes.append(used_bytes(bench.connection))
        remove(bench)
    assert max(sizes) <= 2.2 * sizes[0]


@pytest.mark.parametrize(
    ("free_mib", "used_mib", "room"),
    [
        (5000, 50, Room.ENOUGH),
        (999, 50, Room.DELIVERED_REMOVED),
        (499, 50, Room.THINNED),
        (249, 50, Room.STOPPED),
        (5000, 101, Room.THINNED),
        (5000, 126, Room.STOPPED),
        (249, 126, Room.STOPPED),
    ],
)
def test_room_is_given_up_in_the_stated_order(free_mib: int, used_mib: int, room: Room) -> None:
    found, text = room_for(LIMITS, free_mib * MIB, used_mib * MIB)
    assert found is room
    assert bool(text) is (room is not Room.ENOUGH)


def test_at_the_limit_the_room_is_not_better_with_every_look() -> None:
    room = room_for(LIMITS, 999 * MIB, 0)[0]
    assert room is Room.DELIVERED_REMOVED
    for free_mib in (1000, 1099, 1001):
        room, text = room_for(LIMITS, free_mib * MIB, 0, room)
        assert room is Room.DELIVERED_REMOVED
        assert "1100 should be" in text
    assert room_for(LIMITS, 1101 * MIB, 0, room) == (Room.ENOUGH, "")
    assert room_for(LIMITS, 1000 * MIB, 0) == (Room.ENOUGH, "")
