"""What a curve is drawn from: stretches of time with a lowest and a highest value, and the line made of them.

A sample is a part whose lowest and highest value are the same; a point of an envelope or a block of samples has two. So
samples, summaries and both beside each other are drawn by one way, and nothing jumps where one takes the place of the
other. Times are seconds since the epoch as float64; NaN is a part without a trustworthy value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


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


def polyline(parts: Parts, start_s: float, end_s: float, columns: int) -> tuple[Array, Array]:
    """The line to draw: at most about two points (min and max, in the order they came) for each pixel column.

    Columns are anchored to absolute time, so a moving window does not shimmer. A part without a trustworthy value inside a
    column ends the line there: the column is followed by a NaN. Few samples come back unchanged.
    Raises ValueError for no columns or no time.
    """
    if columns < 1 or end_s <= start_s:
        raise ValueError(f"cannot draw {columns} columns from {start_s} to {end_s}")
    if not parts.size or (parts.raw and parts.size <= 2 * columns):
        return parts.times, parts.low
    column = np.floor(parts.times / ((end_s - start_s) / columns)).astype(np.int64)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(column)) + 1))
    ends = np.concatenate((starts[1:], [parts.size])) - 1
    lows = np.fmin.reduceat(parts.low, starts)
    highs = lows if starts.size == parts.size and parts.raw else np.fmax.reduceat(parts.high, starts)
    broken = np.logical_or.reduceat(parts.broken, starts)
    # the line goes from the extreme near where the column begins to the one near where it ends
    rising = ~(parts.low[starts] + parts.high[starts] > parts.low[ends] + parts.high[ends])
    out_times, out_values = np.empty(starts.size * 3), np.full(starts.size * 3, np.nan)
    out_times[0::3], out_times[2::3] = parts.times[starts], parts.times[ends]
    out_times[1::3] = (parts.times[starts] + parts.times[ends]) / 2
    out_values[0::3], out_values[1::3] = np.where(rising, lows, highs), np.where(rising, highs, lows)
    keep = np.ones(out_times.size, dtype=bool)
    keep[2::3] = broken
    return out_times[keep], out_values[keep]
