"""The extremes of every so many samples, found once: what is drawn when there are many more samples than pixels."""

from __future__ import annotations

import numpy as np

from widgets.trend_parts import Array, Parts


class Blocks:
    """Lowest and highest value, and whether one is missing, of each full block of `length` samples of an array."""

    def __init__(self, length: int, size: int) -> None:
        self.length = length
        self._low: Array = np.empty(size // length)
        self._high: Array = np.empty(size // length)
        self._broken = np.zeros(size // length, dtype=bool)
        self._full = 0

    @property
    def nbytes(self) -> int:
        """Bytes held, constant."""
        return self._low.nbytes + self._high.nbytes + self._broken.nbytes

    def fill(self, values: Array, end: int) -> None:
        """The blocks of `values[:end]` that have become full."""
        full = end // self.length
        if full <= self._full:
            return
        new = slice(self._full, full)
        table = values[self._full * self.length : full * self.length].reshape(-1, self.length)
        self._low[new] = np.fmin.reduce(table, axis=1)
        self._high[new] = np.fmax.reduce(table, axis=1)
        self._broken[new] = np.isnan(table).any(axis=1)
        self._full = full

    def keep_from(self, moved: int, kept: int) -> None:
        """The samples moved to the front by `moved` places, a multiple of the length; `kept` of them are left."""
        full = min(self._full - moved // self.length, kept // self.length)
        self._full = max(0, full)
        first = moved // self.length
        for array in (self._low, self._high, self._broken):
            array[: self._full] = array[first : first + self._full]

    def parts(self, times: Array, values: Array, left: int, right: int) -> Parts:
        """The samples from `left` to `right` by blocks, and one by one where no whole block lies inside."""
        first, after = -(-left // self.length), right // self.length
        edges = slice(left, first * self.length), slice(after * self.length, right)
        inside = slice(first * self.length, after * self.length, self.length)
        before, behind = values[edges[0]], values[edges[1]]
        return Parts(
            np.concatenate((times[edges[0]], times[inside], times[edges[1]])),
            np.concatenate((before, self._low[first:after], behind)),
            np.concatenate((before, self._high[first:after], behind)),
            np.concatenate((np.isnan(before), self._broken[first:after], np.isnan(behind))),
            right - left,
        )
