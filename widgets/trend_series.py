"""The newest samples of one tag in bounded memory: gaps of bad quality, and blocks for drawing very many of them.

Times are seconds since the epoch as float64, values float64; NaN is a sample of bad quality.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from widgets.trend_blocks import Blocks
from widgets.trend_parts import NOTHING, Array, Parts, samples

BLOCKS: Final = (128, 16)
"""So many samples have their extremes beside them: a million samples are drawn from eight thousand blocks."""
BLOCKS_A_COLUMN: Final = 4
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
    time range is therefore always a plain slice. Every 16 and every 128 samples have their extremes beside them, which
    are found once. Memory: about 35 bytes x capacity, allocated once.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 2:
            raise ValueError(f"capacity is {capacity}; a trend keeps at least 2 samples")
        self._capacity = capacity
        # moving by whole blocks keeps up to one block more
        size = 2 * capacity + BLOCKS[0]
        self._times: Array = np.empty(size, dtype=np.float64)
        self._values: Array = np.empty(size, dtype=np.float64)
        self._levels = tuple(Blocks(block, size) for block in BLOCKS)
        self._end = 0
        self._reasons: deque[tuple[float, str]] = deque(maxlen=MOST_REASONS)

    def __len__(self) -> int:
        return min(self._end, self._capacity)

    @property
    def nbytes(self) -> int:
        """Bytes held, constant from the start."""
        return self._times.nbytes + self._values.nbytes + sum(level.nbytes for level in self._levels)

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
        for level in self._levels:
            level.keep_from(self._end, 0)
        self._reasons.clear()

    def first_s(self) -> float | None:
        """The time of the oldest sample."""
        return float(self._times[max(0, self._end - self._capacity)]) if self._end else None

    def parts(self, start_s: float, end_s: float, columns: int) -> Parts:
        """A window as it is drawn in so many columns: samples, or blocks of them where these are fine enough."""
        left, right = self._bounds(start_s, end_s)
        for level in self._levels:
            if right - left >= level.length * BLOCKS_A_COLUMN * columns:
                return level.parts(self._times, self._values, left, right)
        return samples(self._times[left:right], self._values[left:right]) if right > left else NOTHING

    def window(self, start_s: float, end_s: float) -> tuple[Array, Array]:
        """The samples from `start_s` to `end_s` with one more on either side, so lines reach the edges."""
        left, right = self._bounds(start_s, end_s)
        return self._times[left:right], self._values[left:right]

    def _bounds(self, start_s: float, end_s: float) -> tuple[int, int]:
        """The places of a window with one sample more on either side."""
        oldest = max(0, self._end - self._capacity)
        times = self._times[oldest : self._end]
        first = int(np.searchsorted(times, start_s, side="left"))
        after = int(np.searchsorted(times, end_s, side="right"))
        return oldest + max(0, first - 1), oldest + min(times.size, after + 1)

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

    def gap_at(self, time_s: float) -> Gap | None:
        """The whole gap that an instant lies in, from its first bad to the next good sample; None where the value is good."""
        oldest = max(0, self._end - self._capacity)
        times = self._times[oldest : self._end]
        bad = np.isnan(self._values[oldest : self._end])
        at = int(np.searchsorted(times, time_s, side="right")) - 1
        if at < 0 or not bad[at]:
            return None
        good_before, good_after = np.flatnonzero(~bad[:at]), np.flatnonzero(~bad[at:])
        first = int(good_before[-1]) + 1 if good_before.size else 0
        end_s = float(times[at + int(good_after[0])]) if good_after.size else None
        begin_s = float(times[first])
        return Gap(begin_s, end_s, self._reason_between(begin_s, times[-1] if end_s is None else end_s))

    def _write(self, times: Array, values: Array) -> None:
        if self._end + times.size > self._times.size:
            self._make_room()
        self._times[self._end : self._end + times.size] = times
        self._values[self._end : self._end + times.size] = values
        self._end += times.size
        for level in self._levels:
            level.fill(self._values, self._end)

    def _make_room(self) -> None:
        """Move the newest samples to the front, by whole blocks, so that their extremes move with them."""
        moved = (self._end - min(self._end, self._capacity)) // BLOCKS[0] * BLOCKS[0]
        kept = self._end - moved
        # numpy copies overlapping slices correctly
        self._times[:kept] = self._times[moved : self._end]
        self._values[:kept] = self._values[moved : self._end]
        self._end = kept
        for level in self._levels:
            level.keep_from(moved, kept)

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
