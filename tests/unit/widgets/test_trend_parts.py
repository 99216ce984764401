"""From samples and envelopes to the line that is drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest

from widgets.trend_parts import NOTHING, Parts, joined, polyline, samples, with_breaks


def test_a_line_keeps_the_extremes_of_every_column() -> None:
    generator = np.random.default_rng(1)
    times = np.arange(0, 1800, 0.1)
    values = generator.normal(size=times.size)
    values[7_777], values[9_999] = 50.0, -40.0
    columns = 600
    drawn_times, drawn = polyline(samples(times, values), 0, 1800, columns)
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
    _, drawn = polyline(samples(times, values), 0, 1000, 300)
    assert np.isnan(drawn).sum() == 1
    values[20_000:40_000] = math.nan
    drawn_times, drawn = polyline(samples(times, values), 0, 1000, 300)
    inside = (drawn_times > 205) & (drawn_times < 395)
    assert np.isnan(drawn[inside]).all()


def test_columns_do_not_move_with_the_window() -> None:
    generator = np.random.default_rng(2)
    times = np.arange(0, 600, 0.1)
    values = generator.normal(size=times.size)
    first = dict(zip(*polyline(samples(times, values), 0, 500, 100), strict=True))
    second = dict(zip(*polyline(samples(times, values), 3, 503, 100), strict=True))
    middle = [t for t in first if 20 < t < 480]
    assert all(second[t] == first[t] for t in middle)


def test_few_samples_come_back_unchanged() -> None:
    times, values = np.arange(5.0), np.arange(5.0)
    assert polyline(samples(times, values), 0, 5, 100)[1] is values
    assert polyline(NOTHING, 0, 5, 100)[0].size == 0
    with pytest.raises(ValueError, match="cannot draw 0 columns"):
        polyline(samples(times, values), 0, 5, 0)


def test_an_envelope_is_drawn_as_its_samples_are() -> None:
    """Zoomed far out, summaries and samples give the same lowest and highest value in every column."""
    chance = np.random.default_rng(4)
    times = np.arange(0, 1000, 0.01)
    values = chance.normal(size=times.size)
    points = values.reshape(-1, 50)
    summary = Parts(times[::50], points.min(axis=1), points.max(axis=1), np.zeros(2000, bool), times.size)
    columns = 400

    def extremes(parts: Parts) -> list[tuple[float, float]]:
        drawn_times, drawn = polyline(parts, 0, 1000, columns)
        column = np.floor(drawn_times / 2.5 + 1e-9).astype(int)
        return [(float(drawn[column == c].min()), float(drawn[column == c].max())) for c in range(1, columns - 1)]

    assert extremes(summary) == extremes(samples(times, values))


def test_a_line_ends_where_nothing_was_recorded() -> None:
    parts = with_breaks(samples(np.array([1.0, 2.0, 8.0]), np.array([1.0, 2.0, 3.0])), [2.0])
    assert parts.times.tolist() == [1, 2, 2, 8]
    assert np.isnan(parts.low).tolist() == [False, False, True, False]
    assert parts.raw and parts.broken.tolist() == [False, False, True, False]
    assert with_breaks(NOTHING, [2.0]) is NOTHING


def test_stretches_are_joined_in_their_order_and_stay_raw_only_together() -> None:
    raw = samples(np.array([1.0, 2.0]), np.array([1.0, math.nan]))
    envelope = Parts(np.array([3.0]), np.array([0.0]), np.array([2.0]), np.zeros(1, bool), 50)
    both = joined([raw, NOTHING, envelope])
    assert both.times.tolist() == [1, 2, 3] and not both.raw and both.counts == 52
    assert joined([raw, raw.between(5, 6)]) is raw and joined([]) is NOTHING
    assert both.extremes() == (0.0, 2.0) and NOTHING.extremes() is None


def drawn_at(line: tuple[np.ndarray, np.ndarray], time_s: float) -> float:
    """Where the line is at an instant: straight between its points, NaN where it has ended."""
    times, values = line
    after = int(np.searchsorted(times, time_s, side="right"))
    if after in (0, times.size):
        return math.nan
    before = after - 1
    share = (time_s - times[before]) / (times[after] - times[before])
    return float(values[before] + share * (values[after] - values[before]))


def test_sparse_values_are_drawn_as_steps_and_dense_ones_as_lines() -> None:
    times, values = np.array([0.0, 1.0, 2.0, 50.0, 51.0, 90.0]), np.array([1.0, 2.0, 3.0, 7.0, math.nan, 4.0])
    line = polyline(samples(times, values), 0, 100, 100, 5.0)
    assert [drawn_at(line, t) for t in (1.5, 30.0, 49.99)] == [2.5, 3.0, 3.0]
    assert math.isnan(drawn_at(line, 70.0)), "what was bad is not held"
    held_until_bad = polyline(samples(times, values), 0, 100, 100, 0.0)
    assert math.isnan(held_until_bad[1][-2])
    assert drawn_at(polyline(samples(times, values), 0, 100, 100), 26.0) == 5.0, "unless asked for"


@pytest.mark.parametrize("columns", [20, 200, 2000])
def test_what_was_last_said_is_held_however_far_out(columns: int) -> None:
    """Bursts with silence between them: in the silence the line lies at the last value of the burst before."""
    chance = np.random.default_rng(7)
    starts = np.arange(40) * 1000.0 + chance.uniform(0, 100, 40)
    times = np.sort(np.concatenate([start + chance.uniform(0, 5, 30) for start in starts]))
    values = chance.normal(size=times.size)
    values[chance.integers(0, times.size, 5)] = math.nan
    line = polyline(samples(times, values), 0, 40_000, columns, 1.0)
    column_s = 40_000 / columns
    assert np.all(np.diff(line[0]) >= 0)
    for start in starts[1:-1]:
        silent_s = start + 5 + 0.5 * (900 - 5)
        last = values[int(np.searchsorted(times, silent_s)) - 1]
        if column_s < 300 and math.isfinite(last):
            assert drawn_at(line, silent_s) == pytest.approx(last), "never a slanting line"
    assert np.nanmax(line[1]) == np.nanmax(values)
    assert np.nanmin(line[1]) == np.nanmin(values)


def test_of_an_envelope_the_value_that_the_line_ends_at_is_held() -> None:
    times = np.array([0.0, 100.0, 200.0, 900.0])
    low, high = np.array([1.0, 1.0, 2.0, 5.0]), np.array([1.0, 3.0, 4.0, 5.0])
    line = polyline(Parts(times, low, high, np.zeros(4, bool), 40), 0, 1000, 100, 1.0)
    assert drawn_at(line, 50.0) == 1.0
    assert drawn_at(line, 150.0) in (1.0, 3.0)
    assert drawn_at(line, 600.0) in (2.0, 4.0)
    assert drawn_at(line, 899.0) == drawn_at(line, 300.0)
