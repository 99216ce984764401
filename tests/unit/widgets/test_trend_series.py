"""Bounded memory, gaps and min/max columns."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from widgets.trend_series import Series, decimate, find_gaps, nice_range


def test_memory_is_allocated_once_and_never_grows() -> None:
    series = Series(1_000)
    before = series.nbytes
    for start in range(0, 20_000, 37):
        series.append(np.arange(start, start + 37, dtype=float), np.ones(37))
    assert series.nbytes == before == 32_000
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


def test_decimation_keeps_the_extremes_of_every_column() -> None:
    generator = np.random.default_rng(1)
    times = np.arange(0, 1800, 0.1)
    values = generator.normal(size=times.size)
    values[7_777], values[9_999] = 50.0, -40.0
    columns = 600
    drawn_times, drawn = decimate(times, values, 0, 1800, columns)
    assert drawn.size <= 2 * (columns + 1)
    assert (np.max(drawn), np.min(drawn)) == (50.0, -40.0)
    step = 1800 / columns
    for column in (0, 17, 599):
        inside = values[(times >= column * step) & (times < (column + 1) * step)]
        shown = drawn[(drawn_times >= column * step) & (drawn_times < (column + 1) * step)]
        assert (np.min(shown), np.max(shown)) == (np.min(inside), np.max(inside))
    assert np.all(np.diff(drawn_times) >= 0)


def test_a_gap_survives_decimation_even_when_narrower_than_a_column() -> None:
    times = np.arange(0, 1000, 0.01)
    values = np.ones(times.size)
    values[50_000:50_003] = math.nan
    _, drawn = decimate(times, values, 0, 1000, 300)
    assert np.isnan(drawn).sum() == 1
    values[20_000:40_000] = math.nan
    drawn_times, drawn = decimate(times, values, 0, 1000, 300)
    inside = (drawn_times > 205) & (drawn_times < 395)
    assert np.isnan(drawn[inside]).all()


def test_columns_do_not_move_with_the_window() -> None:
    generator = np.random.default_rng(2)
    times = np.arange(0, 600, 0.1)
    values = generator.normal(size=times.size)
    first = dict(zip(*decimate(times, values, 0, 500, 100), strict=True))
    second = dict(zip(*decimate(times, values, 3, 503, 100), strict=True))
    middle = [t for t in first if 20 < t < 480]
    assert all(second[t] == first[t] for t in middle)


def test_few_samples_come_back_unchanged() -> None:
    times, values = np.arange(5.0), np.arange(5.0)
    assert decimate(times, values, 0, 5, 100)[1] is values
    with pytest.raises(ValueError, match="cannot draw 0 columns"):
        decimate(times, values, 0, 5, 0)


@example(9.542782704995965e-13, 9.542782704995965e-13)
@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_axis_ranges_are_round_and_hold_the_values(low: float, span: float) -> None:
    bottom, top, step = nice_range(low, low + span)
    tolerance = step * 1e-6
    assert bottom <= low + tolerance
    assert top >= low + span - tolerance
    assert 1 <= round((top - bottom) / step) <= 6


def test_an_axis_of_nothing_is_still_an_axis() -> None:
    assert nice_range(math.inf, -math.inf) == (0.0, 1.0, 0.5)
