"""A page with four pens, as a trends page has: the product's trend view, fed from the tag table and drawn 10 times a second."""

from __future__ import annotations

import math
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout

from station_app.services.station import StationServices
from station_app.ui.look import Look
from station_app.ui.page import Page
from station_app.ui.pages import PageEntry
from widgets.trend_canvas import TrendPen
from widgets.trend_view import TrendView

PENS = 4
DRAW_MS = 100
PAGE_ID = "pens"


class PensPage(Page):
    """The first four tags of the station, live."""

    page_id: ClassVar[str] = PAGE_ID

    def __init__(self, services: StationServices, look: Look) -> None:
        super().__init__(services, look)
        self._tags = list(services.tags.tags)[:PENS]
        views = services.tag_views
        self._trend = TrendView(look, [TrendPen(tag, views[tag].title, views[tag].unit) for tag in self._tags])
        self._taken_until = dict.fromkeys(self._tags, -math.inf)
        layout = QVBoxLayout(self)
        layout.addWidget(self._trend)
        self._timer = QTimer(self)
        self._timer.setInterval(DRAW_MS)
        self._timer.timeout.connect(self._follow)

    @property
    def title(self) -> str:
        """The page's name."""
        return "Pens"

    def shown(self) -> None:
        """Begin to draw."""
        self._timer.start()

    def hidden(self) -> None:
        """Stop drawing."""
        self._timer.stop()

    def _follow(self) -> None:
        for tag in self._tags:
            history = self.services.tags.history(tag)
            if history is None:
                continue
            times, values = history.since(self._taken_until[tag])
            new = times > self._taken_until[tag]
            if new.any():
                self._trend.append(tag, times[new], values[new])
                self._taken_until[tag] = float(times[-1])
        self._trend.redraw(self.services.ledger.clock.wall_us() / 1e6)


ENTRY = PageEntry(PAGE_ID, "Pens", "Four pens", "mdi6.chart-line", Qt.Key.Key_F12, PensPage)
