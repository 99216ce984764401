"""What stands over the curves: the units and steps in work and the events of the time in sight, from journal and fold."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from concurrent.futures import Future

from station_app.domain.recent_work import RecentEvent, WorkSpan
from station_app.services.ports import HistorianError, JournalError
from station_app.services.posting import when_done
from station_app.services.work_past import PastWork
from station_app.ui.trend_origin import TrendOrigin

BESIDE = 1.0
LEAST_S = 86_400.0
"""A screen on each side is asked for as well, and at least a day: the journal has no order by time to be quick with."""
MOST_MARKS = 120
"""More marks than these stand over each other; what is not in order is kept first."""


class TrendPast:
    """Answers for a span in sight. What must be asked for comes later: ``arrived`` is told then."""

    def __init__(self, origin: TrendOrigin, arrived: Callable[[], None]) -> None:
        self._origin, self._arrived = origin, arrived
        self._read = PastWork(0, 0)
        self._known = self._read
        self._asked: Future[PastWork] | None = None
        self._asked_span = (0, 0)

    def look(self, start_s: float, end_s: float, *, again: bool = False) -> None:
        """Ask the journal for a span and what lies beside it, unless it is known; ``again``: in any case."""
        start_us, end_us = _us(start_s), _us(end_s)
        known = self._read
        if not again and known.from_us <= start_us and end_us <= known.to_us:
            return
        if self._asked is not None:
            if not again and self._asked_span[0] <= start_us and end_us <= self._asked_span[1]:
                return
            self._asked.cancel()
        beside_us = _us(max(LEAST_S, (end_s - start_s) * BESIDE))
        self._asked_span = max(0, start_us - beside_us), end_us + beside_us
        asked = self._asked = self._origin.work_past.between(*self._asked_span)
        when_done(
            asked,
            self._origin.post,
            lambda found: self._take(asked, found),
            lambda error: self._not_read(asked, error),
        )

    def forget(self) -> None:
        """Nobody looks any more: an answer that is on its way is dropped."""
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None

    def recorded(self) -> None:
        """Something was recorded: the fold knows the newest of it, the journal need not be asked."""
        read, recent = self._read, self._origin.recent()
        self._known = PastWork(
            read.from_us,
            read.to_us,
            _newest_word(read.units, recent.unit_spans),
            _newest_word(read.steps, recent.step_spans),
            tuple(sorted({*read.events, *recent.events}, key=lambda event: event.at_us)),
        )
        self._arrived()

    def units(self, start_s: float, end_s: float) -> list[WorkSpan]:
        """The units of a span, oldest first."""
        return _inside(self._known.units, start_s, end_s)

    def steps(self, start_s: float, end_s: float) -> list[WorkSpan]:
        """The steps of a span, oldest first."""
        return _inside(self._known.steps, start_s, end_s)

    def events(self, start_s: float, end_s: float) -> list[RecentEvent]:
        """The events of a span, oldest first; of very many those that somebody must see."""
        found = [event for event in self._known.events if start_s <= event.at_us / 1e6 <= end_s]
        if len(found) <= MOST_MARKS:
            return found
        kept = sorted(found, key=_weight)[:MOST_MARKS]
        return sorted(kept, key=lambda event: event.at_us)

    def unit_at(self, time_s: float) -> WorkSpan | None:
        """The unit in work at an instant."""
        return next((span for span in reversed(self.units(time_s, time_s)) if span.start_us / 1e6 <= time_s), None)

    def _take(self, asked: Future[PastWork], found: PastWork) -> None:
        if self._asked is asked:
            self._asked, self._read = None, found
            self.recorded()

    def _not_read(self, asked: Future[PastWork], error: BaseException) -> None:
        if self._asked is asked:
            self._asked = None
            if not isinstance(error, JournalError | HistorianError):
                raise error
            # the window's banner says what is wrong with the journal, the trend's own question what is with the server


def _weight(event: RecentEvent) -> tuple[int, int]:
    """What is shown first where not all can be: remarks, what is not in order, then the newest."""
    in_order = event.outcome is not None and event.outcome.value == "PASS"
    return (2 if in_order else 1 if event.outcome is None and not event.author else 0), -event.at_us


def _newest_word(read: Iterable[WorkSpan], recent: Iterable[WorkSpan]) -> tuple[WorkSpan, ...]:
    """Spans from both; of one that both have the recent word counts, which may know its end."""
    spans = {(span.serial, span.step_id, span.start_us): span for span in (*read, *recent)}
    return tuple(sorted(spans.values(), key=lambda span: span.start_us))


def _inside(spans: tuple[WorkSpan, ...], start_s: float, end_s: float) -> list[WorkSpan]:
    def ended_s(span: WorkSpan) -> float:
        return math.inf if span.end_us is None else span.end_us / 1e6

    return [span for span in spans if span.start_us / 1e6 <= end_s and ended_s(span) >= start_s]


def _us(time_s: float) -> int:
    return max(0, round(time_s * 1e6))
