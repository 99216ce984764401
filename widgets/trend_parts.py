"""What a curve is drawn from: stretches of time with a lowest and a highest value, and the line made of them.

A sample is a part whose lowest and highest value are the same; a point of an envelope or a block of samples has two. So
samples, summaries and both beside each other are drawn by one way, and nothing jumps where one takes the place of the
other. Times are seconds since the epoch as float64; NaN is a part without a trustworthy value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
STEP_PX: Final = 2.5
"""Nearer than so many pixels a step cannot be told from a line."""


@dataclass(frozen=True)
class Parts:
    """Parts in order of time; all arrays have shape (n,).

    ``times`` is when a part begins, ``low`` and ``high`` its extremes (NaN: none), ``broken`` whether the line ends in it
    because something in it is not trustworthy. ``counts`` is how many samples all parts together stand for.
    """

    times: Array
    low: Array
    high: Array
    broken: Flags
    counts: int = 0

    @property
    def size(self) -> int:
        """How many parts."""
        return int(self.times.size)

    @property
    def raw(self) -> bool:
        """Whether each part is one sample."""
        return self.low is self.high

    def between(self, start_s: float, end_s: float, beside: int = 0) -> Parts:
        """The parts that begin in [start, end), and so many more on each side."""
        first, after = (int(n) for n in np.searchsorted(self.times, [start_s, end_s]))
        first, after = max(0, first - beside), min(self.size, after + beside)
        low = self.low[first:after]
        share = (after - first) / self.size if self.size else 0.0
        return Parts(
            self.times[first:after],
            low,
            low if self.raw else self.high[first:after],
            self.broken[first:after],
            round(self.counts * share),
        )

    def extremes(self) -> tuple[float, float] | None:
        """The lowest and the highest value, None where there is none."""
        low, high = self.low[np.isfinite(self.low)], self.high[np.isfinite(self.high)]
        return (float(low.min()), float(high.max())) if low.size and high.size else None


def samples(times: Array, values: Array) -> Parts:
    """Each sample as a part."""
    return Parts(times, values, values, np.isnan(values), int(times.size))


NOTHING = samples(np.empty(0), np.empty(0))
"""No part at all."""


def break_at(time_s: float) -> Parts:
    """A place where every line ends."""
    nan = np.array([np.nan])
    return Parts(np.array([time_s]), nan, nan, np.array([True]))


def joined(pieces: Sequence[Parts]) -> Parts:
    """Several stretches, each after the one before, as one."""
    pieces = [piece for piece in pieces if piece.size]
    if not pieces:
        return NOTHING
    if len(pieces) == 1:
        return pieces[0]
    low = np.concatenate([piece.low for piece in pieces])
    raw = all(piece.raw for piece in pieces)
    return Parts(
        np.concatenate([piece.times for piece in pieces]),
        low,
        low if raw else np.concatenate([piece.high for piece in pieces]),
        np.concatenate([piece.broken for piece in pieces]),
        sum(piece.counts for piece in pieces),
    )


def with_breaks(parts: Parts, times_s: Sequence[float]) -> Parts:
    """The same with the line ended at these times: where nothing was recorded, no sample says so."""
    if not times_s or not parts.size:
        return parts
    at = np.sort(np.asarray(times_s, dtype=np.float64))
    places = np.searchsorted(parts.times, at, side="right")
    low = np.insert(parts.low, places, np.nan)
    return Parts(
        np.insert(parts.times, places, at),
        low,
        low if parts.raw else np.insert(parts.high, places, np.nan),
        np.insert(parts.broken, places, True),
        parts.counts,
    )


def polyline(
    parts: Parts, start_s: float, end_s: float, columns: int, hold_after_s: float = math.inf
) -> tuple[Array, Array]:
    """The line to draw: at most about two points (min and max, in the order they came) for each pixel column.

    Columns are anchored to absolute time, so a moving window does not shimmer. A part without a trustworthy value inside a
    column ends the line there: the column is followed by a NaN. Few samples come back unchanged.

    Parts further apart than ``hold_after_s`` (and a few pixels) are joined by a step: nothing was said in between, so the last
    value still counted. An envelope does not know which value was its last: the one that the line ends at is held.
    Raises ValueError for no columns or no time.
    """
    if columns < 1 or end_s <= start_s:
        raise ValueError(f"cannot draw {columns} columns from {start_s} to {end_s}")
    column_s = (end_s - start_s) / columns
    hold_after_s = max(hold_after_s, STEP_PX * column_s)
    if not parts.size or (parts.raw and parts.size <= 2 * columns):
        return _held(parts.times, parts.low, hold_after_s)
    column = np.floor(parts.times / column_s).astype(np.int64)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(column)) + 1))
    ends = np.concatenate((starts[1:], [parts.size])) - 1
    lows = np.fmin.reduceat(parts.low, starts)
    highs = lows if starts.size == parts.size and parts.raw else np.fmax.reduceat(parts.high, starts)
    broken = np.logical_or.reduceat(parts.broken, starts)
    # the line goes from the extreme near where the column begins to the one near where it ends
    rising = ~(parts.low[starts] + parts.high[starts] > parts.low[ends] + parts.high[ends])
    times, values = np.empty((starts.size, 5)), np.full((starts.size, 5), np.nan)
    times[:, 0], times[:, 2], times[:, 3] = parts.times[starts], parts.times[ends], parts.times[ends]
    times[:, 1] = (times[:, 0] + times[:, 2]) / 2
    times[:-1, 4], times[-1, 4] = parts.times[starts[1:]], math.inf
    values[:, 0], values[:, 1] = np.where(rising, lows, highs), np.where(rising, highs, lows)
    last, last_high = parts.low[ends], parts.high[ends]
    values[:, 3] = values[:, 4] = np.where(last == last_high, last, values[:, 1])
    waits = np.isfinite(last) & (times[:, 4] - times[:, 3] > hold_after_s)
    waits[-1] = False
    keep = np.ones(times.shape, dtype=bool)
    keep[:, 2] = broken
    keep[:, 3:] = waits[:, np.newaxis]
    return times[keep], values[keep]


def _held(times: Array, values: Array, hold_after_s: float) -> tuple[Array, Array]:
    """The same with a corner behind each value that the next one is far from."""
    waits = np.flatnonzero((np.diff(times) > hold_after_s) & np.isfinite(values[:-1]))
    if not waits.size:
        return times, values
    return np.insert(times, waits + 1, times[waits + 1]), np.insert(values, waits + 1, values[waits])
