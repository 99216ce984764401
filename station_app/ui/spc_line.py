"""Other stations on a chart: looked for while somebody looks, whose points may be missing, and the way to their trends."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer

from station_app.domain.spc.points import ChartPoint
from station_app.services.spc import ChartEntry
from station_app.ui.line_trend import LineTrend
from station_app.ui.line_trend_opening import open_line_trend
from station_app.ui.page import RECORDS, Page, ShowUnit
from station_app.ui.spc_line_words import missing_text
from station_app.ui.trace_trends import TimeAtStation

LOOK_AGAIN_MS = 5000
AROUND_S = 1800.0


class OtherStations:
    """What a page of charts has to do with the other stations of the line. ``looked`` is called with every look."""

    def __init__(self, page: Page, entry: Callable[[], ChartEntry | None], looked: Callable[[], None]) -> None:
        self._page, self._entry, self._looked = page, entry, looked
        self._control = page.services.quality.control
        self._timer = QTimer(page)
        self._timer.setInterval(LOOK_AGAIN_MS)
        self._timer.timeout.connect(self._seek)

    def look(self) -> None:
        """From now on: what they measured is asked for at once, and then every five seconds."""
        self._timer.start()
        self.seek_now()

    def look_away(self) -> None:
        """Nobody looks: nothing is asked."""
        self._timer.stop()

    def seek_now(self) -> None:
        """Ask without waiting, for example for another chart."""
        entry = self._entry()
        if entry is not None:
            self._control.seek_line(entry, now=True)

    def names(self, entry: ChartEntry) -> list[str]:
        """The other stations that have points on a chart, by path."""
        return [] if self._control.line is None else sorted(self._control.line.points(entry.chart_id))

    def missing(self, entry: ChartEntry, wanted: str) -> str:
        """Whose points may be missing on a chart of the ``wanted`` stations, as a sentence; empty for nobody's."""
        line = self._control.line
        if line is None:
            return ""
        now_us = self._page.services.ledger.clock.wall_us()
        return missing_text(line.missing(entry.chart_id), wanted, line.fault(entry.chart_id), now_us)

    def open_trend(self, point: ChartPoint) -> LineTrend:
        """What the machines of the point's own station did half an hour before and after it."""
        page, at_s = self._page, point.at_us / 1e6
        around_us = int(AROUND_S * 1e6)
        time = TimeAtStation(point.station, point.serial, point.at_us - around_us, point.at_us + around_us)
        span_s = (at_s - AROUND_S, at_s + AROUND_S)
        view = open_line_trend(page.services, page.look, page.window(), time, span_s)
        view.moment_s = at_s
        view.unit_wanted.connect(lambda _serial: view.dismiss())
        view.unit_wanted.connect(lambda serial: page.wants_page.emit(RECORDS, ShowUnit(serial)))
        return view

    def _seek(self) -> None:
        entry = self._entry()
        if entry is not None:
            self._control.seek_line(entry)
            # silence becomes longer without anything coming
            self._looked()
