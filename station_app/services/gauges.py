"""The gauges' readings on the main thread: the latest of each, and what came since a page last looked.

A page remembers ``newest`` when it opens, subscribes to ``changed``, and asks :meth:`GaugeReadings.since` with the number
that it saw last: each reading is then used once, also when several came between two looks. What is measured is recorded with
``Execution.measure(check_id, reading.text, source="gauge", gauge=reading.gauge)`` when the reading is usable; otherwise
``reading.reason`` says why not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from drivers.gauges.reading import Reading
from station_app.services.notices import Notice

MOST_KEPT = 500

AskGauge = Callable[[str], "Future[Reading]"]


@dataclass(frozen=True, slots=True)
class GaugeView:
    """How a gauge is shown and used. ``mode``: "pressed" (its key sends a reading, which is meant), "continuous" or "asked"
    (its readings are a live display; a person or a step takes the one that counts).
    """

    title: str
    unit: str
    mode: str
    can_be_asked: bool = False


@dataclass(frozen=True, slots=True)
class NumberedReading:
    """A reading with its number: they count up over all gauges, from 1."""

    number: int
    reading: Reading


class GaugeReadings:
    """What the gauges say. ``views`` are the configured ones by name; ``changed`` is told once per batch."""

    def __init__(self, views: Mapping[str, GaugeView] | None = None, ask: AskGauge | None = None) -> None:
        self.views = dict(views or {})
        self.changed = Notice()
        self.newest = 0
        self._ask = ask
        self._latest: dict[str, Reading] = {}
        self._kept: deque[NumberedReading] = deque(maxlen=MOST_KEPT)

    def take(self, readings: Iterable[Reading]) -> None:
        """Enter a batch, oldest first; readings of gauges that are not configured are left out."""
        before = self.newest
        for reading in readings:
            if reading.gauge not in self.views:
                continue
            self.newest += 1
            self._latest[reading.gauge] = reading
            self._kept.append(NumberedReading(self.newest, reading))
        if self.newest != before:
            self.changed.tell()

    def latest(self, gauge: str) -> Reading | None:
        """The newest reading of a gauge, of any quality: Bad as soon as its line is lost. None when nothing ever came."""
        return self._latest.get(gauge)

    def since(self, number: int) -> list[NumberedReading]:
        """The readings after this number, oldest first, as far as they are kept (the last 500)."""
        return [kept for kept in self._kept if kept.number > number]

    def ask(self, gauge: str) -> Future[Reading]:
        """Ask a gauge for a reading; it also comes the usual way. The future's reading is Bad when there is no answer.

        Raises KeyError for an unknown gauge.
        """
        if self._ask is None or gauge not in self.views:
            raise KeyError(gauge)
        return self._ask(gauge)
