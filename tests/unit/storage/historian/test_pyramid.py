"""Summaries above summaries: whole after restarts, steps back in time and removals."""

from __future__ import annotations

import numpy as np

from station_app.storage.historian.sealing import BLOCK_SAMPLES
from station_app.storage.historian.summary import PART
from tests.machine_data import T0_US, Bench, ramp

SPAN_US = BLOCK_SAMPLES * 1000


def assert_whole(bench: Bench) -> None:
    """Every level stands for the same samples, and the parts of a row are the rows below it."""
    sums = bench.sql("SELECT level, sum(count), sum(usable), min(minimum), max(maximum) FROM block GROUP BY level")
    assert len({row[1:] for row in sums}) == 1, sums
    for level in range(1, len(sums)):
        parts = np.concatenate(
            [
                np.frombuffer(row[0], PART)
                for row in bench.sql("SELECT parts FROM block WHERE level = ? ORDER BY id", level)
            ]
        )
        below = bench.sql("SELECT start_us, minimum, maximum, usable FROM block WHERE level = ? ORDER BY id", level - 1)
        assert [(p["start_us"], p["minimum"], p["maximum"], p["usable"]) for p in parts] == below


def test_levels_grow_with_the_blocks_and_survive_restarts(bench: Bench) -> None:
    for number in range(300):
        bench.store(ramp(BLOCK_SAMPLES, T0_US + number * SPAN_US, 1000))
        if number % 37 == 0:
            bench.crash()
            bench.start()
        if number % 50 == 0:
            assert_whole(bench)
    assert_whole(bench)
    assert bench.sql("SELECT level, count(*) FROM block GROUP BY level") == [(0, 300), (1, 19), (2, 2)]


def test_steps_back_in_time_end_a_row_and_nothing_is_counted_twice(bench: Bench) -> None:
    for number in range(80):
        start_us = T0_US + (number - 30 * (number // 40)) * SPAN_US
        bench.store(ramp(BLOCK_SAMPLES, start_us, 1000))
    assert_whole(bench)
    spans = bench.sql("SELECT start_us, end_us FROM block WHERE level = 1")
    assert max(end - start for start, end in spans) <= 16 * SPAN_US


def test_a_clock_that_runs_back_all_the_time_makes_no_endless_tower(bench: Bench) -> None:
    for number in range(100):
        bench.store(ramp(BLOCK_SAMPLES, T0_US - number * SPAN_US, 1000))
    assert bench.sql("SELECT max(level) FROM block")[0][0] <= 2
    assert_whole(bench)


def test_a_failed_save_leaves_the_levels_as_they_were(bench: Bench) -> None:
    for number in range(20):
        bench.store(ramp(BLOCK_SAMPLES, T0_US + number * SPAN_US, 1000))
        bench.recording.take(ramp(BLOCK_SAMPLES, T0_US + (number + 100) * SPAN_US, 1000))

        def fail(_: object) -> None:
            raise ZeroDivisionError

        try:
            bench.recording.save([fail])
        except ZeroDivisionError:
            assert_whole(bench)
    bench.store()
    assert_whole(bench)
    assert bench.sql("SELECT sum(count) FROM block WHERE level = 0") == [(40 * BLOCK_SAMPLES,)]
