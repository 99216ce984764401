"""From the tag table to a trend: each new sample once, and why a gap is one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from station_app.services.station import StationServices
from station_app.services.tags import BadSpan
from station_app.ui.trend_tags import state_names
from widgets.trend_view import TrendView

Array = NDArray[np.float64]


class TrendFeed:
    """Fills a trend with the newest values of its pens; the keys of the pens are names of tags."""

    def __init__(self, services: StationServices, view: TrendView, tags: Sequence[str]) -> None:
        self._services, self._view = services, view
        self._taken: dict[str, int] = {}
        self._newest_s = -math.inf
        self.follow(tags)

    def follow(self, tags: Sequence[str]) -> None:
        """Fill these from now on; those that were followed already go on where they are."""
        self._taken = {tag: self._taken.get(tag, 0) for tag in tags}

    def take(self) -> None:
        """Append what came since the last time."""
        for tag, taken in self._taken.items():
            history = self._services.tags.history(tag)
            if history is None or history.count == taken:
                continue
            if history.count < taken:
                # a clock was set back and the history began anew
                taken = 0
            times, values = history.added_since(taken)
            for piece_times, piece_values, reason in pieces(times, values, history.bad_spans):
                self._view.append(tag, piece_times, piece_values, reason)
            self._taken[tag] = history.count
            if times.size:
                self._newest_s = max(self._newest_s, float(times[-1]))
            self._view.set_state_names(tag, state_names(self._services, tag))

    def newest_s(self) -> float:
        """The time of the newest sample of any pen; minus infinity before the first."""
        return self._newest_s


def pieces(times: Array, values: Array, spans: Sequence[BadSpan]) -> Iterator[tuple[Array, Array, str]]:
    """The samples in stretches, each with the status that makes it bad (empty where it is good).

    ``times`` are seconds since the epoch, ascending; a span without an end lasts.
    """
    begin = 0
    for span in spans:
        end = math.inf if span.end is None else span.end
        first = int(np.searchsorted(times, span.start))
        after = int(np.searchsorted(times, end)) if math.isfinite(end) else times.size
        first, after = max(first, begin), max(after, begin)
        if first > begin:
            yield times[begin:first], values[begin:first], ""
        if after > first:
            yield times[first:after], values[first:after], span.status
        begin = after
    if begin < times.size:
        yield times[begin:], values[begin:], ""
