"""Bounded memory, gaps and min/max columns."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.trend_blocks import Blocks
from widgets.trend_series import Series, find_gaps


def test_memory_is_allocated_once_and_never_grows() -> None:
    series = Series(1_000)
    before = series.nbytes
    for start in range(0, 20_000, 37):
        series.append(np.arange(start, start + 37, dtype=float), np.ones(37))
    assert series.nbytes == before < 40 * 1_000
    assert len(series) == 1_000


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60), st.integers(2, 50))
def test_the_newest_samples_are_kept_in_order(sizes: list[int], capacity: int) -> None:
    series = Series(capacity)
    total = 0
    for size in sizes:
        times = np.arange(total, total + size, dtype=float)
        series.append(times, times * 2)
        total += size
    times, values = series.window(-1, total + 1)
    expected = np.arange(max(0, total - capacity), total, dtype=float)
    assert np.array_equal(times, expected)
    assert np.array_equal(values, expected * 2)


def test_a_window_reaches_one_sample_over_each_edge() -> None:
    series = Series(100)
    series.append(np.arange(20.0), np.arange(20.0))
    times, _ = series.window(5.5, 8.5)
    assert times.tolist() == [5, 6, 7, 8, 9]


def test_samples_older_than_the_newest_are_left_out() -> None:
    series = Series(100)
    assert series.append(np.array([1.0, 2.0, 1.5, 3.0]), np.zeros(4)) == 3
    assert series.append(np.array([2.9, 3.1]), np.zeros(2)) == 1
    assert series.window(0, 9)[0].tolist() == [1, 2, 3, 3.1]


def test_a_clock_set_back_a_year_starts_anew() -> None:
    series = Series(100)
    series.append(np.array([1e9, 1e9 + 1]), np.zeros(2))
    series.append(np.array([1e9 - 31e6]), np.ones(1))
    assert series.window(0, 2e9)[0].tolist() == [1e9 - 31e6]


def test_infinity_counts_as_no_value() -> None:
    series = Series(10)
    series.append(np.array([1.0, 2.0]), np.array([math.inf, 1.0]))
    assert find_gaps(*series.window(0, 3)) == [(1.0, 2.0)]


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="must be of one length"):
        Series(10).append(np.zeros(2), np.zeros(3))
    with pytest.raises(ValueError, match="capacity is 1"):
        Series(1)


def test_gaps_run_from_the_first_bad_to_the_next_good_sample() -> None:
    nan = math.nan
    times = np.arange(7.0)
    assert find_gaps(times, np.array([1, nan, nan, 2, 3, 4, nan])) == [(1.0, 3.0), (6.0, None)]
    assert find_gaps(times, np.zeros(7)) == []


def test_nothing_yet_at_the_time_of_the_first_value_is_no_gap() -> None:
    series = Series(100)
    series.append(np.array([5.0, 5.0, 6.0, 7.0, 7.0, 8.0]), np.array([math.nan, 1.0, 1.0, math.nan, 1.0, 1.0]))
    assert [(gap.start_s, gap.end_s) for gap in series.gaps(0.0, 10.0)] == [(7.0, 7.0)], "later on it was lost"
    late = Series(100)
    late.append(np.array([5.0, 6.0]), np.array([math.nan, 1.0]))
    assert [(gap.start_s, gap.end_s) for gap in late.gaps(0.0, 10.0)] == [(5.0, 6.0)], "it was waited for"


def test_each_gap_keeps_its_reason() -> None:
    series = Series(100)
    bad, good = np.array([math.nan]), np.array([1.0])
    for at, value, reason in (
        (1.0, good, ""),
        (2.0, bad, "press lost"),
        (3.0, bad, "press lost"),
        (4.0, good, ""),
        (5.0, bad, "BadNoData"),
    ):
        series.append(np.array([at]), value, reason)
    found = [(gap.start_s, gap.end_s, gap.reason) for gap in series.gaps(0, 9)]
    assert found == [(2.0, 4.0, "press lost"), (5.0, None, "BadNoData")]


def test_the_whole_gap_around_an_instant() -> None:
    nan = math.nan
    series = Series(100)
    series.append(np.arange(4.0), np.array([1, nan, nan, 2.0]), "press lost")
    series.append(np.array([9.0, 10.0]), np.array([nan, nan]), "BadNoData")
    gap = series.gap_at(2.5)
    assert gap is not None and (gap.start_s, gap.end_s, gap.reason) == (1.0, 3.0, "press lost")
    assert series.gap_at(5.0) is None and series.gap_at(-1.0) is None
    lasting = series.gap_at(99.0)
    assert lasting is not None and (lasting.start_s, lasting.end_s, lasting.reason) == (9.0, None, "BadNoData")


@pytest.mark.parametrize("capacity", [3_000, 3_001])
def test_very_many_samples_are_drawn_from_blocks_with_the_same_extremes(capacity: int) -> None:
    chance = np.random.default_rng(3)
    series = Series(capacity)
    values = chance.normal(size=20_000)
    values[chance.integers(0, 20_000, 40)] = math.nan
    for start in range(0, 20_000, 617):
        series.append(np.arange(start, min(start + 617, 20_000), dtype=float), values[start : start + 617])
    for start_s, end_s in ((0, 30_000), (18_003, 19_500), (19_000, 19_011)):
        parts = series.parts(start_s, end_s, 5)
        times, window = series.window(start_s, end_s)
        assert parts.counts == times.size
        assert parts.extremes() == (np.nanmin(window), np.nanmax(window))
        assert bool(parts.broken.any()) == bool(np.isnan(window).any())
        assert np.all(np.diff(parts.times) > 0)
    assert series.parts(0, 30_000, 5).size < capacity / 10


def test_blocks_hold_the_extremes_of_full_blocks_only() -> None:
    blocks = Blocks(4, 20)
    values = np.array([1.0, 5, -2, 3, math.nan, 7, 8, 9, 4])
    blocks.fill(values, 9)
    parts = blocks.parts(np.arange(9.0), values, 0, 9)
    assert parts.times.tolist() == [0, 4, 8]
    assert (parts.low.tolist(), parts.high.tolist()) == ([-2, 7, 4], [5, 9, 4])
    assert parts.broken.tolist() == [False, True, False]
