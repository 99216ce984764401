"""The arithmetic of a trend: bounded memory for samples, gaps of bad quality, and min/max a pixel column.

Times are seconds since the epoch as float64, values float64; NaN is a sample of bad quality.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CLOCK_SET_BACK_S: Final = 5.0
MOST_REASONS: Final = 200


@dataclass(frozen=True)
class Gap:
    """A stretch without a good value; `end_s` is None while it lasts."""

    start_s: float
    end_s: float | None
    reason: str = ""


class Series:
    """The last `capacity` samples of one tag, kept in one contiguous array of twice that length.

    Writing moves forward; at the end of the array the last `capacity` samples move to its front. Reading a
    time range is therefore always a plain slice. Memory: 32 bytes x capacity, allocated once.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 2:
            raise ValueError(f"capacity is {capacity}; a trend keeps at least 2 samples")
        self._capacity = capacity
        self._times: Array = np.empty(2 * capacity, dtype=np.float64)
        self._values: Array = np.empty(2 * capacity, dtype=np.float64)
        self._end = 0
        self._reasons: deque[tuple[float, str]] = deque(maxlen=MOST_REASONS)

    def __len__(self) -> int:
        return min(self._end, self._capacity)

    @property
    def nbytes(self) -> int:
        """Bytes held, constant from the start."""
        return self._times.nbytes + self._values.nbytes

    def append(self, times: Array, values: Array, reason: str = "") -> int:
        """Add samples in time order; returns how many were kept.

        Samples older than the newest one are left out. When the clock was set back by more than 5 s the
        series starts anew, because a drawing cannot show one instant twice.
        Raises ValueError when the shapes differ.
        """
        times = np.asarray(times, dtype=np.float64)
        values = np.asarray(values, dtype=np.float64)
        if times.shape != values.shape or times.ndim != 1:
            raise ValueError(f"times {times.shape} and values {values.shape} must be of one length")
        if times.size == 0:
            return 0
        # infinity is no measured value either
        values = np.where(np.isfinite(values), values, np.nan)
        if self._end and times[0] < self._times[self._end - 1] - CLOCK_SET_BACK_S:
            self.clear()
        floor = self._times[self._end - 1] if self._end else -np.inf
        keep = times >= np.maximum.accumulate(np.maximum(times, floor))
        times, values = times[keep][-self._capacity :], values[keep][-self._capacity :]
        if reason and times.size:
            self._note_reason(times, values, reason)
        self._write(times, values)
        return int(times.size)

    def clear(self) -> None:
        """Forget everything."""
        self._end = 0
        self._reasons.clear()

    def window(self, start_s: float, end_s: float) -> tuple[Array, Array]:
        """The samples from `start_s` to `end_s` with one more on either side, so lines reach the edges."""
        first = max(0, self._end - self._capacity)
        times = self._times[first : self._end]
        left = max(0, int(np.searchsorted(times, start_s, side="left")) - 1)
        right = min(times.size, int(np.searchsorted(times, end_s, side="right")) + 1)
        return times[left:right], self._values[first : self._end][left:right]

    def nearest(self, time_s: float) -> tuple[float, float] | None:
        """Time and value of the last sample at or before `time_s` (else the first one)."""
        first = max(0, self._end - self._capacity)
        if self._end == first:
            return None
        times = self._times[first : self._end]
        at = max(0, int(np.searchsorted(times, time_s, side="right")) - 1)
        return float(times[at]), float(self._values[first + at])

    def last(self) -> tuple[float, float] | None:
        """The newest sample."""
        return (float(self._times[self._end - 1]), float(self._values[self._end - 1])) if self._end else None

    def gaps(self, start_s: float, end_s: float) -> list[Gap]:
        """The stretches of bad quality that touch the window.

        A device's "nothing yet" just before its first value, at the time of that value, is the beginning and no gap.
        """
        times, values = self.window(start_s, end_s)
        oldest_s = self._times[max(0, self._end - self._capacity)] if self._end else None
        return [
            Gap(begin, end, self._reason_between(begin, end_s if end is None else end))
            for begin, end in find_gaps(times, values)
            if not begin == end == oldest_s
        ]

    def _write(self, times: Array, values: Array) -> None:
        if self._end + times.size > self._times.size:
            kept = min(self._end, self._capacity)
            # numpy copies overlapping slices correctly
            self._times[:kept] = self._times[self._end - kept : self._end]
            self._values[:kept] = self._values[self._end - kept : self._end]
            self._end = kept
        self._times[self._end : self._end + times.size] = times
        self._values[self._end : self._end + times.size] = values
        self._end += times.size

    def _note_reason(self, times: Array, values: Array, reason: str) -> None:
        bad = np.flatnonzero(np.isnan(values))
        if bad.size and (not self._reasons or self._reasons[-1][1] != reason or self._last_was_good()):
            self._reasons.append((float(times[bad[0]]), reason))

    def _last_was_good(self) -> bool:
        return self._end == 0 or not np.isnan(self._values[self._end - 1])

    def _reason_between(self, begin_s: float, end_s: float) -> str:
        for at, reason in reversed(self._reasons):
            if begin_s <= at <= end_s:
                return reason
        earlier = [reason for at, reason in self._reasons if at <= begin_s]
        return earlier[-1] if earlier else ""


def find_gaps(times: Array, values: Array) -> list[tuple[float, float | None]]:
    """Runs of NaN as (first bad time, next good time); the end is None when no good value follows."""
    bad = np.isnan(values)
    if not bad.any():
        return []
    edges = np.diff(np.concatenate(([False], bad, [False])).astype(np.int8))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return [
        (float(times[start]), float(times[end]) if end < times.size else None)
        for start, end in zip(starts, ends, strict=True)
    ]


def decimate(times: Array, values: Array, start_s: float, end_s: float, columns: int) -> tuple[Array, Array]:
    """At most about 2 points (min and max, in the order they came) for each of `columns` pixel columns.

    Columns are anchored to absolute time, so a moving window does not shimmer. A NaN inside a column ends the
    line there: the column is followed by a NaN. Short inputs come back unchanged.
    """
    if columns < 1 or end_s <= start_s:
        raise ValueError(f"cannot draw {columns} columns from {start_s} to {end_s}")
    if times.size <= 2 * columns:
        return times, values
    step = (end_s - start_s) / columns
    column = np.floor(times / step).astype(np.int64)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(column)) + 1))
    bad = np.isnan(values)
    low_first = np.where(bad, np.inf, values)
    lows = np.minimum.reduceat(low_first, starts)
    highs = np.maximum.reduceat(np.where(bad, -np.inf, values), starts)
    empty = ~np.isfinite(lows)
    broken = np.logical_or.reduceat(bad, starts)
    ends = np.concatenate((starts[1:], [times.size])) - 1
    rising = low_first[starts] <= low_first[ends]
    out_times = np.empty(starts.size * 3)
    out_values = np.full(starts.size * 3, np.nan)
    middle = (times[starts] + times[ends]) / 2
    out_times[0::3], out_times[1::3], out_times[2::3] = times[starts], middle, times[ends]
    out_values[0::3] = np.where(empty, np.nan, np.where(rising, lows, highs))
    out_values[1::3] = np.where(empty, np.nan, np.where(rising, highs, lows))
    keep = np.ones(out_times.size, dtype=bool)
    keep[2::3] = broken
    return out_times[keep], out_values[keep]


def nice_range(low: float, high: float) -> tuple[float, float, float]:
    """An axis from `low` to `high` widened to round numbers: (bottom, top, step between grid lines)."""
    if not np.isfinite(low) or not np.isfinite(high):
        return 0.0, 1.0, 0.5
    span = high - low
    # below this the axis could not tell its own grid lines apart
    if span <= max(abs(low), abs(high), 1e-3) * 1e-9:
        span = abs(high) * 0.1 if abs(high) > 1e-12 else 1.0
        low, high = low - span / 2, high + span / 2
        span = high - low
    raw = span / 3
    power = 10.0 ** np.floor(np.log10(raw))
    step = float(next(m for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999) * power)
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step), step
